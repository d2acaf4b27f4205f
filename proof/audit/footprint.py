"""What an installation takes: packages, megabytes on disk, and CPU-seconds before a first answer.

Packages are counted with detente itself. A megabyte is a million bytes; what pip compiles when it installs
counts, as it lies on the user's disk. CPU-seconds (user and system) are the least of some runs, warm.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

RUNS = 5


@dataclass(frozen=True)
class Limits:
    """What an installation may take: each figure must be below."""

    packages: int = 50
    megabytes: float = 450
    import_cpu_seconds: float = 0.3
    help_cpu_seconds: float = 0.3


@dataclass(frozen=True)
class Footprint:
    """What an installation takes, and the packages that take most (megabytes before compiling)."""

    packages: int
    megabytes: float
    megabytes_compiled: float
    import_cpu_seconds: float
    help_cpu_seconds: float
    heaviest: tuple[tuple[str, float], ...] = ()

    def wrong(self, limits: Limits) -> list[str]:
        """Return one sentence for every limit that is not kept."""
        most = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in self.heaviest[:6])
        found = []
        if self.packages >= limits.packages:
            found.append(
                f"{self.packages} packages are installed; fewer than {limits.packages} are asked for"
            )
        if self.megabytes >= limits.megabytes:
            found.append(
                f"an installation takes {self.megabytes:.0f} MB, "
                f"{self.megabytes_compiled:.0f} of them compiled; less than "
                f"{limits.megabytes:.0f} is asked for (before compiling: {most})"
            )
        for what, spent, limit in (
            ("import detente", self.import_cpu_seconds, limits.import_cpu_seconds),
            ("detente --help", self.help_cpu_seconds, limits.help_cpu_seconds),
        ):
            if spent >= limit:
                found.append(f"`{what}` takes {spent:.2f} CPU-seconds; less than {limit} is asked for")
        return found


def measure(environment: Path, libraries: Path, packages: list[Distribution]) -> Footprint:
    """Measure an environment, given its folder of libraries and what is installed there."""
    sizes = {path: path.lstat().st_size for path in libraries.rglob("*") if not path.is_dir()}
    compiled = sum(size for path, size in sizes.items() if path.suffix == ".pyc")
    heaviest = sorted(((each.name, weight(each)) for each in packages), key=lambda each: -each[1])
    return Footprint(
        packages=len(packages),
        megabytes=sum(sizes.values()) / 1e6,
        megabytes_compiled=compiled / 1e6,
        import_cpu_seconds=least_cpu(str(environment / "bin" / "python"), "-c", "import detente"),
        help_cpu_seconds=least_cpu(str(environment / "bin" / "detente"), "--help"),
        heaviest=tuple(heaviest),
    )


def weight(package: Distribution) -> float:
    """Return the megabytes of the files that a package lists as its own, compiled ones left out."""
    paths = [Path(str(file.locate())) for file in package.files or () if file.suffix != ".pyc"]
    return sum(path.lstat().st_size for path in paths if path.is_file()) / 1e6


def least_cpu(*command: str) -> float:
    """Return the least CPU-seconds of some runs of a command, after one that warms it up.

    Raises `subprocess.CalledProcessError` where the command fails.
    """
    return min([cpu_of(*command) for _ in range(RUNS + 1)][1:])


def cpu_of(*command: str) -> float:
    """Return the CPU-seconds, user and system, of one run of a command."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return used.ru_utime + used.ru_stime
