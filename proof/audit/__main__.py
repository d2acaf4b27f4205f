"""`python -m proof.audit ENVIRONMENT TOOLS OUT`: the audit of an installation of the core lock.

ENVIRONMENT holds detente and the core lock, nothing else; TOOLS holds pip-audit and cyclonedx-py; OUT gets
`sbom.cdx.json` and `audit.json`. Ends with 0 when all is well, and with 1 after naming what is wrong.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib.metadata import Distribution, distributions
from pathlib import Path

from proof.audit.footprint import Footprint, Limits, measure
from proof.audit.licences import ACCEPTED, Licence, read, vendored
from proof.audit.pins import Pin, read_pins
from proof.audit.sbom import write_sbom
from proof.audit.vulnerabilities import Answer, ask_all, pip_audit

PROJECT = Path(__file__).resolve().parents[2]
LOCK = PROJECT / "locks" / "core.txt"
CARRIED = PROJECT / "src" / "detente" / "briefing" / "vendor" / "VENDOR.json"
OURS = "detente"


def audit(environment: Path, tools: Path, out: Path) -> list[str]:
    """Audit an installation, say what is found, and return what is wrong."""
    libraries = next(environment.glob("lib/python*/site-packages"))
    packages = list(distributions(path=[str(libraries)]))
    pins, carried = read_pins(LOCK.read_text(encoding="utf-8")), CARRIED.read_text(encoding="utf-8")
    licences = sorted(map(read, packages), key=lambda each: each.package) + vendored(carried)
    answer = ask_all(pins, pip_audit(tools / "pip-audit"))
    footprint, limits = measure(environment, libraries, packages), Limits()
    bill = out / "sbom.cdx.json"
    out.mkdir(parents=True, exist_ok=True)
    components = write_sbom(
        environment, tools=tools, project=PROJECT / "pyproject.toml", carried=carried, target=bill
    )
    wrong = [
        *not_as_pinned(pins, packages),
        *(each.wrong for each in licences if each.wrong),
        *(f"{pin} has known faults: {', '.join(faults)}" for pin, faults in answer.faults.items()),
        *footprint.wrong(limits),
    ]
    told = {
        "licences": [{**asdict(each), "kind": each.kind.name.lower()} for each in licences],
        "vulnerabilities": asdict(answer),
        "footprint": asdict(footprint),
        "limits": asdict(limits),
        "wrong": wrong,
    }
    (out / "audit.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"{len(licences)} licences", of_licences(licences, pins))
    say("Known vulnerabilities", of_vulnerabilities(answer))
    say("Footprint", of_footprint(footprint, limits))
    say("Bill of materials", [f"{components} components, valid CycloneDX: {bill}"])
    return wrong


def not_as_pinned(pins: list[Pin], packages: list[Distribution]) -> list[str]:
    """Return what the lock pins for this interpreter and is not installed so, and the other way round."""
    wanted = {(pin.name, pin.version) for pin in pins if pin.here}
    found = {(each.package, each.version) for each in map(read, packages) if each.package != OURS}
    return [
        *(f"{name} {version} is in the lock and not installed" for name, version in sorted(wanted - found)),
        *(f"{name} {version} is installed and not in the lock" for name, version in sorted(found - wanted)),
    ]


def of_licences(licences: list[Licence], pins: list[Pin]) -> list[str]:
    """Return what to say of licences: how many bind nobody, and every one that does or was not seen."""
    free = [each for each in licences if not each.copyleft and not each.wrong]
    unseen = [f"{pin} ({pin.marker})" for pin in pins if not pin.here]
    return [
        f"{len(free)} permissive",
        *(
            each.wrong
            or f"{each.package} {each.version}: {', '.join(sorted(each.copyleft))}. Accepted: "
            f"{ACCEPTED[each.package].why}"
            for each in licences
            if each not in free
        ),
        *([f"not seen, being for other interpreters: {', '.join(unseen)}"] if unseen else []),
    ]


def of_vulnerabilities(answer: Answer) -> list[str]:
    """Return what to say of vulnerabilities; what was not checked is said to be so."""
    lines = [f"{len(answer.checked)} packages checked, {len(answer.faults)} with known faults"]
    lines += [f"{pin}: {', '.join(faults)}" for pin, faults in answer.faults.items()]
    if answer.unchecked:
        reason = next(iter(answer.unchecked.values()))
        lines.append(f"NOT CHECKED: {len(answer.unchecked)} packages. {reason}")
    return lines


def of_footprint(found: Footprint, limits: Limits) -> list[str]:
    """Return each figure beside its limit."""
    return [
        f"{found.packages} packages (asked for: fewer than {limits.packages})",
        f"{found.megabytes:.0f} MB, of which {found.megabytes_compiled:.0f} compiled bytecode "
        f"(asked for: less than {limits.megabytes:.0f})",
        f"import detente: {found.import_cpu_seconds:.2f} CPU-seconds (asked for: less than "
        f"{limits.import_cpu_seconds})",
        f"detente --help: {found.help_cpu_seconds:.2f} CPU-seconds (asked for: less than "
        f"{limits.help_cpu_seconds})",
    ]


def say(title: str, lines: list[str]) -> None:
    """Print a title and its lines."""
    sys.stdout.write("\n".join([title, *(f"  {line}" for line in lines)]) + "\n")


def main(arguments: list[str]) -> int:
    """Audit what the arguments name, and return the exit code."""
    wrong = audit(*map(Path, arguments))
    say("Wrong" if wrong else "Nothing is wrong", wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
