"""Every shipped fact table, and what compiles it. To add a table, add a function to its theme and a row here."""

from __future__ import annotations

from pathlib import Path

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.compiling import (
    aid,
    capability,
    energy,
    memberships,
    opinion,
    politics,
    sanctions,
    trade,
    votes,
)
from detente.evidence.compiling.writing import FactTable, render
from detente.files import write_text

FACTS = Path(__file__).resolve().parent.parent / "facts"

TABLES = (
    FactTable("memberships/blocs.csv", memberships.compile_memberships),
    FactTable("roll_calls/ukraine.csv", votes.compile_roll_calls),
    FactTable("votes/ukraine.csv", votes.compile_votes),
    FactTable("ties/crude_import_share.csv", energy.compile_crude_share),
    FactTable("ties/products_import_share.csv", energy.compile_products_share),
    FactTable("ties/coal_import_share.csv", energy.compile_coal_share),
    FactTable("ties/fossil_purchases_eur.csv", energy.compile_fossil_purchases),
    FactTable("ties/trade.csv", trade.compile_trade),
    FactTable("ties/views.csv", opinion.compile_views),
    FactTable("ties/aid.csv", aid.compile_aid),
    FactTable("ties/sanction_cases.csv", sanctions.compile_sanction_cases),
    FactTable("indicators/capability.csv", capability.compile_capability),
    FactTable("indicators/populism.csv", politics.compile_populism),
    FactTable("facts/elections.csv", politics.compile_elections),
)


def compiled(mirror: Path) -> dict[str, str]:
    """Return the CSV text of every table by its path, compiled from `mirror`.

    Raises `EvidenceError` that names each file the mirror lacks, or what a table's own checks found.
    """
    return {table.path: render(table.table, table.compile(mirror)) for table in TABLES}


def write(mirror: Path) -> dict[str, int]:
    """Write every table under `facts/` and return its number of rows by path."""
    texts = compiled(mirror)
    for path, text in texts.items():
        write_text(FACTS / path, text)
    return {path: text.count("\n") - 1 for path, text in texts.items()}


def check(mirror: Path) -> None:
    """Raise `EvidenceError` that names each table whose shipped bytes are not those compiled from `mirror`."""
    hint = f"type: python -m detente.evidence.compiling {mirror}"
    texts = compiled(mirror)
    raise_all(EvidenceError, [Problem(path, "is not what compiles", hint) for path in _differing(texts)])


def _differing(texts: dict[str, str]) -> list[str]:
    shipped = {str(path.relative_to(FACTS)): path.read_bytes() for path in sorted(FACTS.rglob("*.csv"))}
    return sorted(
        path for path in texts.keys() | shipped.keys() if shipped.get(path) != texts.get(path, "").encode("utf-8")
    )
