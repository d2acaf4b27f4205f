"""Known vulnerabilities of what the lock pins, as pip-audit learns them from the package index.

Not every index tells vulnerabilities; a mirror may answer for none, or tell of a package that it has no fault
where it knows nothing. So a version with published faults is asked about first: where the answer leaves them
out, no answer counts, and every package is named as not checked.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from proof.audit.pins import Pin, sets

KNOWN_BAD = Pin("jinja2", "3.1.2")
"""Has published faults, CVE-2024-22195 among them."""
Ask = Callable[[list[Pin]], str]


@dataclass(frozen=True)
class Answer:
    """What is known of some pins: faults by pin, and why others could not be checked."""

    checked: tuple[str, ...]
    faults: dict[str, tuple[str, ...]]
    unchecked: dict[str, str]


def read_answer(told: str) -> Answer:
    """Return what pip-audit said, as it writes it in JSON."""
    faults: dict[str, tuple[str, ...]] = {}
    unchecked, checked = {}, []
    for each in json.loads(told)["dependencies"]:
        if "skip_reason" in each:
            unchecked[each["name"]] = each["skip_reason"]
            continue
        pin = f"{each['name']}=={each['version']}"
        checked.append(pin)
        if each["vulns"]:
            faults[pin] = tuple(
                f"{fault['id']} (mended in {', '.join(fault['fix_versions']) or 'no version yet'})"
                for fault in each["vulns"]
            )
    return Answer(tuple(checked), faults, unchecked)


def ask_all(pins: list[Pin], ask: Ask) -> Answer:
    """Return what is known of all pins; none counts as checked where the version known to be bad is not."""
    try:
        trial = read_answer(ask([KNOWN_BAD]))
    except (OSError, ValueError, KeyError) as error:
        return Answer((), {}, {str(pin): f"the index gave no answer: {error}" for pin in pins})
    if not trial.faults:
        why = trial.unchecked.get(KNOWN_BAD.name, f"the index tells no fault of {KNOWN_BAD}, which has some")
        return Answer((), {}, {str(pin): f"the index does not tell: {why}" for pin in pins})
    found = [read_answer(ask(each)) for each in sets(pins)]
    return Answer(
        tuple(pin for each in found for pin in each.checked),
        {pin: faults for each in found for pin, faults in each.faults.items()},
        {pin: why for each in found for pin, why in each.unchecked.items()},
    )


def pip_audit(program: Path) -> Ask:
    """Return a function that asks pip-audit about pins. It raises `OSError` where that gave no answer."""

    def ask(pins: list[Pin]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            listed = Path(folder) / "pins.txt"
            listed.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
            command = [program, "-r", listed, "--no-deps", "--disable-pip", "--format=json"]
            ran = subprocess.run(
                [*map(str, command), "--progress-spinner=off"], capture_output=True, text=True
            )
        if not ran.stdout.strip():
            lines = ran.stderr.strip().splitlines()
            raise OSError(lines[-1] if lines else f"pip-audit ended with {ran.returncode}")
        return ran.stdout

    return ask
