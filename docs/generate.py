"""Writes the reference pages that follow from the code: commands, tables, sources, keys, bargaining."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.simulation.backtest.boards import Boards


def write_reference(folder: Path) -> None:
    """Write every generated page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "commands": commands(), "tables": tables(), "sources": sources(), "case": case_keys(),
        "models": models(), "scoreboard": scores(), "options": options(), "corrections": corrected(),
        "rules": decision_rules(), "backtest": backtest(),
    }  # fmt: skip
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([_row(*heads), _row(*("---" for _ in heads)), *(_row(*row) for row in rows)])


def commands() -> str:
    """Return the page on the commands: what each says of itself when asked for help."""
    from detente.commands import app
    from detente.commands.data import data
    from detente.commands.events import events
    from detente.commands.simulation import score

    groups = {"data": data, "events": events, "score": score}
    paths: list[tuple[str, ...]] = [
        (name,) for name in app if not name.startswith("-") and name not in groups
    ]
    paths += [(group, name) for group, held in groups.items() for name in held if not name.startswith("-")]
    return "\n".join(f"## detente {' '.join(path)}\n\n```text\n{_help(path)}\n```\n" for path in paths)


def _help(path: tuple[str, ...]) -> str:
    """Return what a command says of itself, on a page 82 letters wide."""
    from rich.console import Console

    from detente.commands import app

    told = io.StringIO()
    app.help_print(path, console=Console(file=told, width=82, no_color=True, force_terminal=False))
    return told.getvalue().split("Begin with:")[0].strip()


def tables() -> str:
    """Return the page on the evidence tables, from their schema."""
    from detente.evidence.tables import KEYS, SCHEMA

    parts = []
    for name, columns in SCHEMA.items():
        unique = f"Unique by: {', '.join(f'`{key}`' for key in KEYS[name])}.\n\n" if name in KEYS else ""
        rows = [(f"`{c.name}`", c.type, c.meaning, "may be empty" if c.optional else "") for c in columns]
        parts.append(f"## {name}\n\n{unique}{_table(('column', 'type', 'meaning', ''), rows)}\n")
    return "\n".join(parts)


def sources() -> str:
    """Return the page on the sources, from the registry."""
    from detente.evidence.sources import Registry

    parts = []
    for source in Registry.load().sources:
        basis = (
            "" if source.licence_basis == "stated" else " (general knowledge: check before you redistribute)"
        )
        files = (
            ", ".join(f"`{file.name}`" for file in source.files)
            or "none: compiled by hand, shipped with a citation on each row"
        )
        lines = [
            f"## {source.id}",
            f"**{source.title}.** {source.citation}",
            "",
            f"- Provider: {source.provider}, <{source.url}>",
            f"- Licence: {source.licence}{basis}. {source.terms}",
            f"- Vintage: {source.vintage or 'as cited on each row'}",
            f"- Files: {files}",
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def case_keys() -> str:
    """Return the page on the keys of a case file, from its schema."""
    from itertools import groupby

    from detente.cases.schema_json import field_rows, json_schema

    schema = json_schema()
    about = {"Case": schema, **schema["$defs"]}
    parts = []
    for section, fields in groupby(field_rows(), key=lambda row: row[0]):
        rows = [(f"`{key}`", f"`{default}`" if default else "", text) for _, key, default, text in fields]
        words = about[section].get("description", "")
        parts.append(f"## {section}\n\n{words}\n\n{_table(('key', 'default', 'meaning'), rows)}\n")
    return "\n".join(parts)


def models() -> str:
    """Return the models of bargaining, from their registry."""
    from detente.simulation.bargaining.models import MODELS

    rows = [(f"`{name}`", model.title, model.source) for name, model in MODELS.items()]
    return _table(("name", "model", "from"), rows) + "\n"


def scores() -> str:
    """Return how far each model is off on decisions on record, from the scoreboard that ships."""
    from detente.simulation.scoring.contest import LEFT_OUT, shipped

    error = "{mean_error:.2f} ({mean_error_low:.2f} to {mean_error_high:.2f})"
    beyond = "{worse_by:+.2f} ({worse_low:+.2f} to {worse_high:+.2f})"
    forms = ("{model}", error, beyond, "{median_error:.1f}", "{within_ten:.0%}", "{verdict}")
    rows = [tuple(form.format_map(row) for form in forms) for row in shipped().to_dict("records")]
    heads = ("model", "mean error", "beyond the weighted mean’s", "median error", "within ten", "verdict")
    left = "".join(f"\nNot scored: {name}, for {why}.\n" for name, why in LEFT_OUT.items())
    issues = int(shipped()["issues"].iloc[0])
    return f"{_table(heads, rows)}\n\n{issues} issues; points of a scale of 0 to 100.\n{left}"


def backtest() -> str:
    """Return what forecasts of positions were worth in each shipped case, from the tables that ship."""
    from detente.simulation.backtest.boards import MODEL, YARDSTICK

    heads = ("case", "years", "CRPS", "random walk", "difference", "verdict", "cover of 50, 80, 95 %")
    rows = []
    for case, boards in _boards():
        held = boards.scores[boards.scores["quantity"] == "position"]
        for horizon, part in held.groupby("horizon"):
            here = part.set_index("model")
            one, walk = here.loc[MODEL], here.loc[YARDSTICK]
            less = "{crps_less:+.4f} ({less_low:+.4f} to {less_high:+.4f})".format_map(one)
            cover = ", ".join(f"{one[f'cover{level}']:.0%}" for level in (50, 80, 95))
            crps = (f"{each['crps']:.4f}" for each in (one, walk))
            rows.append((case, str(horizon), *crps, less, str(one["verdict"]), cover))
    return f"{_table(heads, rows)}\n"


def _boards() -> Iterator[tuple[str, Boards]]:
    """Yield the tables of the backtest that ship with each case."""
    from detente.cases import load_case, shipped_cases
    from detente.evidence import open_evidence
    from detente.simulation.backtest.shipped import boards_of

    with shipped_facts(), open_evidence() as evidence:
        for case in shipped_cases():
            boards = boards_of(load_case(case), evidence)
            if boards is not None:
                yield case, boards


@contextmanager
def shipped_facts() -> Iterator[None]:
    """Let the evidence be the shipped facts alone, whatever the reader has pulled or imported."""
    own = {"DETENTE_CACHE": str(Path(__file__).parent / "_build" / "cache")}
    before = {name: os.environ.pop(name, None) for name in (*own, "DETENTE_MIRROR")}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def options() -> str:
    """Return every option of the spatial model, with its values, the default first."""
    from detente.simulation.bargaining.options import CHOICES

    rows = [
        (
            f"`{name}` ({choice.ktab})",
            choice.decides,
            "; ".join(f"`{k}`: {v}" for k, v in choice.values.items()),
        )
        for name, choice in CHOICES.items()
    ]
    return _table(("option", "what it decides", "values"), rows) + "\n"


def corrected() -> str:
    """Return where our spatial model departs from KTAB's program, from the list that each run reports."""
    from detente.simulation.bargaining.corrections import CORRECTIONS

    rows = [
        (
            each.ktab,
            each.here,
            "; ".join(f"`{name}`: {', '.join(held)}" for name, held in each.options) or "always",
        )
        for each in CORRECTIONS
    ]
    return _table(("KTAB", "here", "matters with"), rows) + "\n"


def decision_rules() -> str:
    """Return the decision rules that ship."""
    from detente.simulation.institutions.catalogue import rules

    rows = [(f"`{key}`", rule.title, rule.source or "", rule.note or "") for key, rule in rules().items()]
    return _table(("key", "rule", "laid down in", "mind"), rows) + "\n"
