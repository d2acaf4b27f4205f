"""Writes what the pages on charts take from the charts themselves: pictures, words, and columns of tables.

Figures and tables are those of the shipped cases, worked out from the shipped facts; what neither shows is
drawn from the invented case of the tests. Every exhibit needs an entry in `charts/`, a heading under the
label `chart-<key>`, and every column of its table a meaning in `charts/columns.csv`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from detente.briefing.exhibits import Docket, Figure, Page, Table

if TYPE_CHECKING:
    from detente.briefing import Found
    from detente.study import Study

HERE = Path(__file__).parent
CHARTS = HERE / "charts"
INVENTED = "an invented case"
FIRST = "atlantic"
"""The case whose exhibits are shown where there is a choice."""
OUTSIDE = frozenset({"numbers", "calibration", "whatif", "forum_table"})
"""Entries of what stands on no page of a brief."""
LABEL = re.compile(r"^\(chart-([a-z0-9-]+)\)=\n#+ (.+)$", re.MULTILINE)
FAMILIES = (
    (re.compile(r"options_(?P<each>.+)"), "options_player"),
    (re.compile(r"threat_(?P<each>.+)"), "threat_rank"),
    (re.compile(r"decisions_power_(?P<each>.+)"), "decisions_power"),
    (re.compile(r"(?P<each>.+)_assumed"), "assumed"),
)
"""Keys that are made for each player, ranking, bloc or part of a case, and the entry for all of them."""


BESIDE = {"options_matrix": "options_game", "occasions_dates": "occasions_timeline"}
"""Tables that go by another key than their figure, and that key."""


@dataclass(frozen=True)
class Specimen:
    """One exhibit as a case shows it."""

    exhibit: Figure | Table | Docket
    section: str
    cases: tuple[str, ...]


def entries() -> dict[str, str]:
    """Return the title of every entry in `charts/`, by the key of its exhibit."""
    found: dict[str, str] = {}
    for page in sorted(CHARTS.glob("*.md")):
        for label, title in LABEL.findall(page.read_text(encoding="utf-8")):
            found[label.replace("-", "_")] = title
    return found


def entry_of(key: str) -> str | None:
    """Return the entry that describes the exhibit `key`; None where there is none.

    >>> entry_of("unity_over_time"), entry_of("options_of_nobody_special"), entry_of("nothing")
    ('unity_over_time', 'options_player', None)
    """
    held = _entries()
    family = next((entry for pattern, entry in FAMILIES if pattern.fullmatch(key)), None)
    return next((each for each in (key, BESIDE.get(key), family) if each in held), None)


@cache
def _entries() -> dict[str, str]:
    return entries()


def meaning_of(table: str, column: str) -> str | None:
    """Return what a column of a table means; None where nobody said so.

    >>> meaning_of("unity_over_time", "absent_share") is not None, meaning_of("sides", "nothing")
    (True, None)
    """
    held, names = _meanings(), (table, entry_of(table), "")
    return next((held[name, column] for name in names if name is not None and (name, column) in held), None)


@cache
def _meanings() -> Mapping[tuple[str, str], str]:
    """Return meanings by table and column; a table that is left out stands for all."""
    with (CHARTS / "columns.csv").open(encoding="utf-8", newline="") as handle:
        return {
            (table, row["column"]): row["meaning"]
            for row in csv.DictReader(handle)
            for table in row["tables"].split(" ")
        }


def undescribed(tables: Mapping[str, list[str]]) -> list[str]:
    """Return what the pages on charts leave out: keys without an entry, columns without a meaning."""
    keys = [key for key in tables if entry_of(key) is None]
    columns = [
        f"{key}.{column}"
        for key, held in tables.items()
        for column in held
        if meaning_of(key, column) is None
    ]
    return keys + columns


def table_of(exhibit: Figure | Table | Docket) -> Table | None:
    """Return the table of an exhibit; claims one by one have none."""
    if isinstance(exhibit, Figure):
        return exhibit.table
    return exhibit if isinstance(exhibit, Table) else None


# The pages ------------------------------------------------------------------------------------------


def write_charts() -> None:
    """Write pictures, words, columns and the index. Raises `ValueError` where something has no entry."""
    specimens = collect()
    tables = {
        table.key: [str(name) for name in table.frame]
        for each in specimens.values()
        if (table := table_of(each.exhibit)) is not None
    }
    left = undescribed(tables) + [key for key in specimens if entry_of(key) is None]
    shown = described(specimens).keys() | OUTSIDE
    left += [f"{entry}: no exhibit shows it" for entry in entries() if entry not in shown]
    if left:
        raise ValueError(f"docs/charts: without an entry, a meaning, or an exhibit: {', '.join(left)}")
    pictures, parts = CHARTS / "pictures", CHARTS / "generated"
    for folder in (pictures, parts):
        folder.mkdir(exist_ok=True)
    for entry, each in described(specimens).items():
        (parts / f"{entry}.md").write_text(_told(entry, each, pictures), encoding="utf-8")
    (parts / "index.md").write_text(_index(described(specimens)), encoding="utf-8")


def described(specimens: Mapping[str, Specimen]) -> dict[str, Specimen]:
    """Return the first specimen of every entry, in the order of the page."""
    found: dict[str, Specimen] = {}
    for key, each in specimens.items():
        entry = entry_of(key)
        if entry is not None:
            found.setdefault(entry, each)
    return found


def collect() -> dict[str, Specimen]:
    """Return every exhibit of the shipped cases and of the invented one, by key."""
    found: dict[str, Specimen] = {}
    for case, page in pages():
        for section in page.sections:
            for exhibit in section.exhibits:
                earlier = found.get(exhibit.key)
                if earlier is None:
                    found[exhibit.key] = Specimen(exhibit, section.title, (case,))
                elif case != INVENTED:
                    found[exhibit.key] = Specimen(earlier.exhibit, earlier.section, (*earlier.cases, case))
    return found


def pages() -> Iterator[tuple[str, Page]]:
    """Yield the content of the brief of every shipped case, from the shipped facts alone."""
    from generate import shipped_facts

    import detente
    from detente.briefing.composing import compose
    from detente.briefing.exhibits import Section
    from detente.briefing.material import material_of
    from detente.briefing.sources import source_table
    from detente.cases import shipped_cases

    with shipped_facts():
        for case in sorted(shipped_cases(), key=lambda name: (name != FIRST, name)):
            study = detente.load(case)
            material = material_of(study.case, study.evidence, _found(study))
            page = compose(material)
            last = Section("sources", "Sources", (), (source_table(material),))
            yield case, replace(page, sections=(*page.sections, last))
    yield INVENTED, invented()


def _found(study: Study) -> Found:
    """Return all that a brief of a case tells."""
    from detente.briefing import Found

    case = study.case
    return Found(
        study.measure(),
        outcomes=study.simulate() if case.agenda else None,
        prospects=study.prospects() if case.projection else None,
        audit=study.audit() if case.claims else None,
        options=study.options() if case.strategies else None,
    )


def invented() -> Page:
    """Return the content of a brief on the invented case, with an event study and votes of powers."""
    sys.path.insert(0, str(HERE.parent))
    try:
        from tests.briefing import ruritania, ruritania_measures, test_occasions
    finally:
        sys.path.remove(str(HERE.parent))
    from detente.briefing.composing import compose

    verdicts = (("main", "thaw"), ("pact", "none seen"), ("out", "cannot tell"))
    rows = [test_occasions.verdict_on(dyad, verdict) for dyad, verdict in verdicts]
    measured = {**test_occasions.tables(*rows), "comparison": ruritania_measures.comparison().iloc[:0]}
    return compose(ruritania.material(test_occasions.case(), **measured))


def _told(entry: str, each: Specimen, pictures: Path) -> str:
    """Return picture, words and columns of one exhibit."""
    exhibit, parts = each.exhibit, []
    if isinstance(exhibit, Figure):
        name = _picture(entry, exhibit, pictures)
        many = len(exhibit.panels)
        first = f" The first of {many} panels." if many > 1 else ""
        parts += [f"![{exhibit.title}](pictures/{name})", f"*“{exhibit.title}”, {each.cases[0]}.{first}*"]
        parts += [f"**What it shows.** {exhibit.shows}", f"**How to read it.** {exhibit.reading}"]
        parts += [f"**Mind.** {exhibit.note}"] if exhibit.note else []
    elif isinstance(exhibit, Table):
        parts += [f"*“{exhibit.title}”, {each.cases[0]}.*"]
        parts += [f"**How to read it.** {exhibit.note}"] if exhibit.note else []
    table = table_of(exhibit)
    if table is not None:
        parts += [_columns(entry, exhibit.key, table)]
    return "\n\n".join(parts) + "\n"


def _picture(entry: str, figure: Figure, pictures: Path) -> str:
    """Draw the first panel of a figure, and return the name of its file."""
    from detente.briefing.exhibits import Section
    from detente.briefing.formats.charts import charts

    alone = replace(figure, panels=figure.panels[:1])
    drawn = charts(Page((), (), (Section("one", "", (), (alone,)),)), ("svg",))
    name = f"{entry}.svg"
    (pictures / name).write_text(str(next(iter(drawn.values()))), encoding="utf-8")
    return name


def _columns(entry: str, key: str, table: Table) -> str:
    """Return where the numbers of a table are, and what its columns mean."""
    from generate import _table

    heads = {column.field: column for column in table.columns}
    rows = []
    for name in map(str, table.frame):
        shown = heads.get(name)
        rows.append((f"`{name}`", shown.title if shown else "", str(meaning_of(table.key, name))))
    file = table.key if entry == key else _pattern(entry)
    where = f"**Columns** of `numbers/{file}.csv`, and of its `rows` in `brief.json`:"
    return f"{where}\n\n{_table(('column', 'on the page', 'meaning'), rows)}"


def _pattern(entry: str) -> str:
    pattern = next(pattern for pattern, name in FAMILIES if name == entry)
    return re.sub(r"\(\?P<each>\.\+\)", "<…>", pattern.pattern)


def _index(specimens: Mapping[str, Specimen]) -> str:
    """Return one table of all entries."""
    from generate import _table

    titles, kinds = entries(), {Figure: "chart", Table: "table", Docket: "text"}
    rows = []
    for entry, each in specimens.items():
        family = entry if entry == each.exhibit.key else _pattern(entry)
        link = f"[{titles[entry]}](#chart-{entry.replace('_', '-')})"
        rows.append((link, f"`{family}`", kinds[type(each.exhibit)], ", ".join(each.cases)))
    return _table(("", "key", "", "shown by"), rows) + "\n"
