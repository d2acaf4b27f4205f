"""Every shipped fact table, and what compiles it. A new table is a function in its theme and a row here."""

from __future__ import annotations

from pathlib import Path

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.compiling import (
    aid,
    capability,
    defence,
    energy,
    memberships,
    munich,
    opinion,
    politics,
    sanctions,
    trade,
    votes,
)
from detente.evidence.compiling.writing import FactTable, render
from detente.files import write_text

FACTS = Path(__file__).resolve().parent.parent / "facts"

VOTES = "ukraine_votes/unga_ukraine_68-262_ES-11-1_tidy.csv"
SHARES = "energy/eurostat_russia_import_share.csv"
ELECTIONS = "populism/ppeg_parl_2025v1.parquet"

TABLES = (
    FactTable("memberships/blocs.csv", memberships.compile_memberships, (ELECTIONS,)),
    FactTable("roll_calls/ukraine.csv", votes.compile_roll_calls, (VOTES,)),
    FactTable("votes/ukraine.csv", votes.compile_votes, (VOTES,)),
    FactTable("ties/crude_import_share.csv", energy.compile_crude_share, (SHARES,)),
    FactTable("ties/products_import_share.csv", energy.compile_products_share, (SHARES,)),
    FactTable("ties/coal_import_share.csv", energy.compile_coal_share, (SHARES,)),
    FactTable(
        "ties/fossil_purchases_eur.csv",
        energy.compile_fossil_purchases,
        ("energy/russia_fossil_exports.csv",),
    ),
    FactTable("ties/trade.csv", trade.compile_trade, ("trade_russia/eu_trade_russia_neighbours.csv",)),
    FactTable("ties/views.csv", opinion.compile_views, ("opinion/pew_favourability.csv",)),
    FactTable("ties/aid.csv", aid.compile_aid, ("ukraine_support/kiel_panel.csv", "macro/gdp.csv")),
    FactTable("ties/sanction_cases.csv", sanctions.compile_sanction_cases, ("sanctions/GSDB_V3.csv",)),
    FactTable("ties/munich_security_index.csv", munich.compile_risks),
    FactTable(
        "indicators/capability.csv", capability.compile_capability, ("macro/gdp.csv", "macro/population.csv")
    ),
    FactTable("indicators/defence.csv", defence.compile_defence),
    FactTable(
        "indicators/populism.csv",
        politics.compile_populism,
        ("populism/populist_share_by_election_derived.csv",),
    ),
    FactTable("facts/elections.csv", politics.compile_elections, (ELECTIONS,)),
    FactTable("facts/munich_conferences.csv", munich.compile_conferences),
    FactTable("facts/munich_participation.csv", munich.compile_participation),
    FactTable("facts/munich_security_index.csv", munich.compile_index),
)


def compiled(mirror: Path) -> dict[str, str]:
    """Return the CSV text of every table by its path, compiled from `mirror`.

    Raises `EvidenceError` that names each file the mirror lacks, or what a table's own checks found.
    """
    wanted = sorted({file for table in TABLES for file in table.reads if not (mirror / file).is_file()})
    hint = "name a folder laid out as the mirror: one folder for each source of the registry"
    raise_all(EvidenceError, [Problem(str(mirror / file), "is not there", hint) for file in wanted])
    return {table.path: render(table.table, table.compile(mirror)) for table in TABLES}


def write(mirror: Path) -> dict[str, int]:
    """Write every table under `facts/` and return its number of rows by path."""
    texts = compiled(mirror)
    for path, text in texts.items():
        write_text(FACTS / path, text)
    return {path: text.count("\n") - 1 for path, text in texts.items()}


def check(mirror: Path) -> None:
    """Raise `EvidenceError` that names each table whose shipped bytes are not those that `mirror` gives."""
    hint = f"type: python -m detente.evidence.compiling {mirror}"
    texts = compiled(mirror)
    raise_all(EvidenceError, [Problem(path, "is not what compiles", hint) for path in _differing(texts)])


def _differing(texts: dict[str, str]) -> list[str]:
    shipped = {str(path.relative_to(FACTS)): path.read_bytes() for path in sorted(FACTS.rglob("*.csv"))}
    return sorted(
        path
        for path in texts.keys() | shipped.keys()
        if shipped.get(path) != texts.get(path, "").encode("utf-8")
    )
