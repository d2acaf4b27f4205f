"""Scenarios: patches on a case that know the baseline they were written for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import CaseError, Problem, did_you_mean, raise_all

if TYPE_CHECKING:
    from detente.cases.projection import Scenario
    from detente.cases.schema import Case

BASE = (
    "as_of", "rival", "ally", "blocs", "issues", "absent", "stance", "ideal_points", "dependence", "agenda",
    "decisions", "projection", "data",
)  # fmt: skip
"""Sections that futures hang on."""
SHORTEST = 8
"""Least number of digits of a digest by which a scenario may name its baseline."""


def baseline_digest(case: Case) -> str:
    """Return the digest of everything in `case` that its futures hang on: 16 hexadecimal digits.

    >>> from detente.cases import load_case
    >>> len(baseline_digest(load_case("atlantic")))
    16
    """
    held = case.model_dump(mode="json", include=set(BASE))
    text = json.dumps(held, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def scenario_named(case: Case, name: str) -> Scenario:
    """Return a scenario of `case` by key, or the one in a file by its path.

    Raises `CaseError` where there is none, or where the file holds something else.
    """
    if name in case.scenarios:
        return case.scenarios[name]
    if Path(name).suffix in (".yaml", ".yml", ".json"):
        return _read(Path(name))
    known = list(case.scenarios)
    there = f"scenarios of this case: {', '.join(known)}" if known else "the case has no `scenarios:`"
    hint = f"{did_you_mean(name, known)} {there}; a file goes by its path, as in ./mine.yaml".strip()
    raise CaseError(Problem(f"scenario {name!r}", "there is none of this name", hint))


def patched(case: Case, scenario: Scenario, *, name: str, anything: bool = False) -> Case:
    """Return `case` as it is under a scenario; with `anything`, a patch may change other sections too.

    Raises `CaseError` where the scenario was written for another baseline, changes a section that no
    scenario may change, or makes a case that is none; with every problem at once.
    """
    from pydantic import ValidationError

    from detente.cases.complaints import complaints, spoken
    from detente.cases.references import broken
    from detente.cases.schema import Case

    raise_all(CaseError, list(_unfit(case, scenario, name, anything=anything)))
    data = merged(case.model_dump(by_alias=True, exclude_unset=True), scenario.patch)
    try:
        return Case.model_validate(data, context={"file": case.file} if case.file else None)
    except ValidationError as error:
        found = [(spoken(path), what, hint) for path, what, hint in complaints(list(error.errors()), data)]
        found += [(spoken(each.path), each.what, each.hint) for each in broken(data)]
        where = f"scenarios.{name}.patch"
        raise CaseError(
            *(Problem(f"{where}: {path}", what, hint) for path, what, hint in dict.fromkeys(found))
        ) from error


def merged(held: Any, patch: Any) -> Any:
    """Return `held` with a patch laid over it: sections merged, the rest replaced, null takes out (RFC 7396).

    >>> merged({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}})
    {'a': {'c': 2, 'd': 3}}
    """
    if not isinstance(patch, Mapping):
        return patch
    found = dict(held) if isinstance(held, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


def _unfit(case: Case, scenario: Scenario, name: str, *, anything: bool) -> Iterator[Problem]:
    from detente.cases.projection import PARTS

    now, where = baseline_digest(case), f"scenarios.{name}"
    if len(scenario.baseline) < SHORTEST or not now.startswith(scenario.baseline):
        what = f"was written for the baseline {scenario.baseline}, and this case is {now}"
        hint = f"see whether it still says what it should, then set `baseline: {now}`"
        yield Problem(f"{where}.baseline", what, hint)
    for section in scenario.patch:
        if section not in PARTS and not anything:
            hint = f"{did_you_mean(section, PARTS)} a scenario may change {', '.join(PARTS)}".strip()
            yield Problem(f"{where}.patch.{section}", "is no section that a scenario may change", hint)


def _read(path: Path) -> Scenario:
    from pydantic import ValidationError

    from detente.cases.projection import Scenario
    from detente.cases.yamltext import parse

    try:
        document = parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        hint = "name a file with `title`, `baseline`, `patch` and `reason`"
        raise CaseError(Problem(str(path), "cannot be read", hint)) from error
    raise_all(CaseError, [Problem(f"{path}:{flaw.line}", flaw.what, flaw.hint) for flaw in document.flaws])
    try:
        return Scenario.model_validate(document.data)
    except ValidationError as error:
        found = [
            Problem(f"{path}:{document.line(each['loc'])}", each["msg"], "see `detente schema`: scenarios")
            for each in error.errors()
        ]
        raise CaseError(*found) from error
