"""Cases and patches written as files: YAML that reads back as the same values."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from detente.cases.reading import case_text
from detente.cases.scenarios import baseline_digest, patched, scenario_named
from detente.cases.starter import free_file
from detente.files import write_text

if TYPE_CHECKING:
    from detente.cases.schema import Case


def dumped(content: Any) -> str:
    """Return plain values as YAML that reads back as the same values, by the rules of case files.

    >>> dumped({"baseline": "12e4"})
    'baseline: "12e4"\\n'
    """
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes text that begins with a digit in quotes: a digest such as 12e4 is no number. No aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if text[:1].isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_derived(name: str, case: Case, patch: str | None, *, folder: Path) -> Path:
    """Write `case`, or what a patch makes of it (a scenario by key, or a file by its path), as a case file.

    Tables that the case names are found from where the new file lies. Returns its path, `folder/name.yaml`.
    Raises `CaseError` where the name cannot be used, the file is there already, or the patch does not fit;
    `EvidenceError` where the folder cannot be written.
    """
    target, said = free_file(name, folder=folder), f"# {case.name} ({baseline_digest(case)})"
    made = case
    if patch is not None:
        scenario = scenario_named(case, patch)
        made = patched(case, scenario, name=Path(patch).stem, anything=True)
        said += f", changed: {' '.join(scenario.title.split())}\n# {' '.join(scenario.reason.split())}"
        if made.scenarios and (now := baseline_digest(made)) != baseline_digest(case):
            said += "\n# Its scenarios name the earlier baseline. See whether they still say what\n"
            said += f'# they should, then set `baseline: "{now}"` in each.'
    data = json.loads(case_text(made))
    for table, (path, mapping) in zip(data.get("data", ()), made.tables(), strict=True):
        table["path"] = os.path.relpath(path, folder)
        table["mapping"] = mapping if isinstance(mapping, dict) else os.path.relpath(mapping, folder)
    write_text(target, f"{said}\n{dumped(data)}")
    return target
