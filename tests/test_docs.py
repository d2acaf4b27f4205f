"""Nothing public is undocumented: every command, source, table and shipped case has its place in the docs."""

from __future__ import annotations

from pathlib import Path

from detente.cases import shipped_cases
from detente.commands import app

DOCS = Path(__file__).resolve().parents[1] / "docs"


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
    import sys

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
    import sys

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
