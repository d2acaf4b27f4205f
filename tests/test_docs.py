"""Nothing public is undocumented: every command, source, table and shipped case has its place in the docs."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import detente
from detente.cases import shipped_cases
from detente.commands import app
from tests.docs_blocks import SHELL, every

DOCS = Path(__file__).resolve().parents[1] / "docs"
FRONT = (
    "briefing", "cases", "evidence", "evidence.events", "measurement", "measurement.idealpoints", "reading",
    "results",
)  # fmt: skip
"""Rooms that say what is public in them."""
SECTIONS = Path(detente.__file__).parent / "briefing" / "sections"


@pytest.fixture
def exhibits(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that writes the pages on charts."""
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module("exhibits")


def everything() -> str:
    """Return the text of all documentation pages, generated ones left out."""
    pages = (page for page in DOCS.rglob("*.md") if "generated" not in page.parts)
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def test_every_command_is_shown_in_use() -> None:
    text = everything()
    data = {"list", "pull", "import", "forget", "status", "rebuild"}
    names = [name for name in app if not name.startswith("-") and name != "data"]
    wanted = [f"detente {name}" for name in names] + [f"detente data {name}" for name in data]
    assert [name for name in wanted if name not in text] == []


def test_every_shipped_case_is_described() -> None:
    assert [case for case in shipped_cases() if f"`{case}`" not in everything()] == []


def test_the_generated_reference_covers_every_table_source_and_key() -> None:
    sys.path.insert(0, str(DOCS))
    try:
        from generate import case_keys, commands, sources, tables
    finally:
        sys.path.remove(str(DOCS))
    from detente.cases.schema import Case
    from detente.evidence.sources import Registry
    from detente.evidence.tables import SCHEMA

    assert all(f"## detente {name}\n" in commands() for name in ("brief", "data pull"))
    assert [name for name in SCHEMA if f"## {name}\n" not in tables()] == []
    assert [source.id for source in Registry.load().sources if f"## {source.id}\n" not in sources()] == []
    assert [key for key in Case.model_fields if f"`{key}`" not in case_keys()] == []


def test_the_scores_of_models_in_the_docs_are_those_that_ship() -> None:
    sys.path.insert(0, str(DOCS))
    try:
        from generate import corrected, decision_rules, models, options, scores
    finally:
        sys.path.remove(str(DOCS))
    from detente.simulation.bargaining.corrections import CORRECTIONS
    from detente.simulation.bargaining.models import MODELS
    from detente.simulation.bargaining.options import CHOICES
    from detente.simulation.institutions.catalogue import rules
    from detente.simulation.scoring.contest import shipped

    board, told = shipped(), scores()
    assert [row for row in board["model"] if f"| {row} | " not in told] == []
    assert f"| {board['mean_error'].iloc[0]:.2f} (" in told
    assert [name for name in MODELS if f"`{name}`" not in models()] == []
    assert [name for name in CHOICES if f"`{name}`" not in options()] == []
    assert [each.here for each in CORRECTIONS if each.here not in corrected()] == []
    assert [key for key in rules() if f"`{key}`" not in decision_rules()] == []


def test_all_python_in_the_docs_is_python() -> None:
    for block in every("python"):
        compile(block.text, block.where, "exec")


def test_all_commands_in_the_docs_are_understood() -> None:
    wrong = []
    for block in every(*SHELL):
        for words in block.commands():
            try:
                app.parse_args(words, exit_on_error=False, print_error=False)
            except Exception as error:  # whatever keeps a reader from typing it
                wrong.append(f"{block.where}: detente {' '.join(words)}: {error}")
    assert wrong == []


def keys() -> Iterator[str]:
    """Yield the keys of exhibits that stand in the code, with `x` for what is filled in."""
    for path in sorted(SECTIONS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "Figure",
                "Table",
                "Docket",
            )
            first = node.args[0] if isinstance(node, ast.Call) and named and node.args else None
            if isinstance(first, ast.Constant):
                yield str(first.value)
            elif isinstance(first, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "x" for part in first.values
                )


def test_every_chart_and_table_that_the_code_can_make_has_its_entry(exhibits: ModuleType) -> None:
    found = set(keys())
    assert len(found) > 60 and [key for key in sorted(found) if exhibits.entry_of(key) is None] == []


def test_entries_on_charts_say_how_they_are_computed_and_what_they_cannot_tell(exhibits: ModuleType) -> None:
    for page in exhibits.CHARTS.glob("*.md"):
        for part in page.read_text(encoding="utf-8").split("\n(chart-")[1:]:
            key = part.split(")")[0].replace("-", "_")
            own = key in exhibits.OUTSIDE or key == "claims_one_by_one"
            words = (
                () if own else ("**How it is computed.**", "**What it cannot tell.**", f"generated/{key}.md")
            )
            assert [each for each in words if each not in part] == [], key


def test_the_glossary_of_columns_names_columns_once() -> None:
    lines = (DOCS / "charts" / "columns.csv").read_text(encoding="utf-8").splitlines()[1:]
    named = [tuple(line.split(",")[:2]) for line in lines]
    assert [each for each in set(named) if named.count(each) > 1] == []


def documented() -> dict[str, list[str]]:
    """Return the names on the page on Python, with the members listed of each."""
    page = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    found = re.findall(r"^\.\. auto\w+:: ([\w.]+)(?:\(\))?\n(?:   :members:(.*)\n)?", page, re.MULTILINE)
    return {name: [each.strip() for each in members.split(",") if each.strip()] for name, members in found}


def at(name: str) -> object:
    """Return what bears a dotted name."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f"{name} is nowhere")


def test_every_name_on_the_page_on_python_is_there_and_has_words() -> None:
    for name, members in documented().items():
        assert (getattr(at(name), "__doc__", None) or "").strip(), name
        fields = getattr(at(name), "__dataclass_fields__", {})
        assert [each for each in members if not hasattr(at(name), each) and each not in fields] == []


def test_every_public_name_is_on_the_page_on_python() -> None:
    there = {id(at(name)) for name in documented()}
    public = [name for name in detente.__all__ if not name.startswith("__")]
    assert [name for name in public if id(getattr(detente, name)) not in there] == []


def test_every_public_name_of_the_front_rooms_is_on_the_page_on_python() -> None:
    there = {id(at(name)) for name in documented()}
    missed = [
        f"{room}.{name}"
        for room in FRONT
        for name in importlib.import_module(f"detente.{room}").__all__
        if isinstance(found := at(f"detente.{room}.{name}"), type | FunctionType) and id(found) not in there
    ]
    assert missed == []


def test_every_function_on_the_page_on_python_shows_an_example_or_says_where_one_is() -> None:
    functions = {name: found for name in documented() if isinstance(found := at(name), FunctionType)}
    bare = [name for name, found in functions.items() if ">>>" not in (found.__doc__ or "")]
    shown = "\n".join(block.text for block in every("python"))
    assert [name for name in bare if not re.search(rf"\b{name.rsplit('.', 1)[1]}\(", shown)] == []


def test_the_map_of_rooms_names_every_folder_in_its_row() -> None:
    package = Path(detente.__file__).parent
    told = (DOCS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)/` (.*)$", told, re.MULTILINE))
    rooms = [
        path for path in package.iterdir() if (path / "__init__.py").exists() and path.name != "commands"
    ]
    inside = [
        (room.name, path.name)
        for room in rooms
        for path in room.iterdir()
        if path.is_dir() and not path.name.startswith("_") and any(path.glob("[!_]*"))
    ]
    assert sorted(rows) == sorted(room.name for room in rooms)
    assert [pair for pair in sorted(inside) if f"`{pair[1]}/`" not in rows[pair[0]]] == []


def test_what_the_guide_for_contributors_names_is_there() -> None:
    package, told = (
        Path(detente.__file__).parent,
        (DOCS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    )
    named = re.findall(r"`((?:\w+/)+\w+\.(?:py|yaml|csv))`", told)
    places = [
        (package / path, package / "simulation" / path, DOCS.parent / path)
        for path in named
        if "NAME" not in path
    ]
    assert places and [held[0] for held in places if not any(each.exists() for each in held)] == []
