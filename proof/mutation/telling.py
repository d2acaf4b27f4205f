"""What a run found: a table of modules, and one of the faults that lived, each with the reason."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof import say
from proof.mutation.pairs import HERE, ROOT

PAGE = ROOT / "docs" / "reference" / "proof-mutation.md"
MARKER = "<!-- what follows is written by `make mutation` -->\n"
KINDS = {
    "same": "the result is the same",
    "equal": "another answer that is as good",
    "speed": "only the work differs",
    "unreached": "never run, or only by a test that is too slow without a compiler",
    "rounding": "differs below what is promised",
    "guard": "beyond what comes up",
}
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Why:
    """Why a fault may live: one of `KINDS`, and the reason in words."""

    kind: str
    why: str


def read_reasons(path: Path = HERE / "explained.toml") -> dict[Key, Why]:
    """Return the reasons by module, function, line before and after; `ValueError` for an unknown kind."""
    reasons = {}
    for module, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for each in entries:
            if each["kind"] not in KINDS:
                raise ValueError(
                    f"{path.name}: {module}: no kind {each['kind']!r}; there are {', '.join(KINDS)}"
                )
            key = (f"detente.{module}", each["function"], each["before"], each["after"])
            reasons[key] = Why(each["kind"], each["why"])
    return reasons


def tell(folder: Path, groups: Sequence[str], *, page: Path | None = None) -> int:
    """Print what came of the faults in these groups, or write it to `page`; return 1 for one unexplained."""
    reasons = read_reasons()
    rows, known, unknown = [], [], []
    for group in groups:
        for each in json.loads((folder / f"{group}.json").read_text(encoding="utf-8")):
            lived = [fault for fault in each["tried"] if fault["fate"] in ("survived", "unreached")]
            keys = [key_of(each["module"], fault) for fault in lived]
            told = [key for key in keys if key in reasons]
            known += told
            unknown += [key for key in keys if key not in reasons]
            rows.append((each["module"], each["number"], len(each["tried"]), len(lived), len(told)))
    text = report(rows, {key: reasons[key] for key in dict.fromkeys(known)})
    if page is None:
        say(text)
    else:
        head = page.read_text(encoding="utf-8").split(MARKER)[0]
        page.write_text(head + MARKER + "\n" + text, encoding="utf-8")
    for module, function, before, after in unknown:
        say(f"unexplained: {module} {function}\n    {before}\n    {after}")
    return 1 if unknown else 0


def key_of(module: str, fault: dict[str, Any]) -> Key:
    """Return what a fault is known by in `explained.toml`."""
    return module, fault["function"], fault["before"], fault["after"]


def report(rows: Sequence[tuple[str, int, int, int, int]], known: dict[Key, Why]) -> str:
    """Return both tables in Markdown, with the score: of the faults tried, the share that a test noticed."""
    number, tried, lived, told = (sum(column) for column in zip(*(row[1:] for row in rows), strict=True))
    heads = ("module", "possible", "tried", "noticed", "lived", "explained", "score")
    lines = [
        (_short(name), number, tried, tried - lived, lived, told, f"{1 - lived / tried:.0%}")
        for name, number, tried, lived, told in [*rows, ("all", number, tried, lived, told)]
    ]
    faults = [
        (f"`{_short(module)}`: `{function}`", f"`{before}` → `{after}`", f"{KINDS[why.kind]}: {why.why}")
        for (module, function, before, after), why in known.items()
    ]
    return "\n".join([*_table(heads, lines), "", *_table(("where", "fault", "why it may live"), faults), ""])


def _short(module: str) -> str:
    return module.removeprefix("detente.")


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    cells = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in cells]
