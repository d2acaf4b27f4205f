"""The bill of materials (CycloneDX, JSON): every package of an installation, and the JavaScript in the wheel.

cyclonedx-py lists the packages; what detente carries itself is added here, and the whole is checked against
the schema of CycloneDX by cyclonedx-py's own library.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
told = sys.stdin.read()
version = SchemaVersion.from_version(sys.argv[1])
fault = JsonStrictValidator(version).validate_str(told)
if fault:
    sys.exit(f"the bill of materials does not keep to its schema: {fault}")
"""
"""Run by the Python that has cyclonedx-py, which need not be ours."""
VERSION = "1.6"


def write_sbom(environment: Path, *, tools: Path, project: Path, carried: str, target: Path) -> int:
    """Write the bill of an environment, and return how many components it names.

    Parameters: the `bin` folder with cyclonedx-py; the project's `pyproject.toml`; what `VENDOR.json` says.
    Raises `RuntimeError` with what the program said where it fails, or where the bill is not valid.
    """
    python = str(environment / "bin" / "python")
    options = ["--pyproject", str(project), "--output-reproducible", "--spec-version", VERSION]
    listed = _run([str(tools / "cyclonedx-py"), "environment", *options, "--output-format", "JSON", python])
    bill = add_carried(json.loads(listed), carried)
    text = json.dumps(bill, indent=2, ensure_ascii=False) + "\n"
    _run([str(tools / "python"), "-c", VALIDATE, VERSION], given=text)
    target.write_text(text, encoding="utf-8")
    return len(bill["components"])


def add_carried(bill: dict[str, Any], carried: str) -> dict[str, Any]:
    """Return the bill with the JavaScript that detente carries, each file with its digest."""
    more = [
        {
            "type": "library",
            "bom-ref": f"npm-{each['package']}",
            "name": each["package"],
            "version": each["version"],
            "purl": f"pkg:npm/{each['package']}@{each['version']}",
            "description": f"carried in the wheel as {each['file']}",
            "hashes": [{"alg": "SHA-256", "content": each["sha256"]}],
            "licenses": [{"license": {"id": each["licence"]}}],
        }
        for each in json.loads(carried)["files"]
    ]
    root = bill["metadata"]["component"]["bom-ref"]
    needs = [
        {**each, "dependsOn": sorted([*each.get("dependsOn", []), *(one["bom-ref"] for one in more)])}
        if each["ref"] == root
        else each
        for each in bill["dependencies"]
    ]
    refs = [{"ref": one["bom-ref"]} for one in more]
    return {**bill, "components": [*bill["components"], *more], "dependencies": [*needs, *refs]}


def _run(command: list[str], *, given: str | None = None) -> str:
    ran = subprocess.run(command, input=given, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(ran.stderr.strip() or f"{command[0]} ended with {ran.returncode}")
    return ran.stdout
