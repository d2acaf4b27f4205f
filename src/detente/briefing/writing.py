"""A brief on disk: the page, its numbers as tidy files, and a manifest that says what it was made from."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.briefing.composing import compose
from detente.briefing.exhibits import Figure, Page, Table
from detente.briefing.formats.content import outline, twin
from detente.briefing.formats.making import MANIFEST, Forms, Made
from detente.briefing.ledger import Ledger
from detente.briefing.material import Found, Material, material_of
from detente.briefing.output import as_csv, as_json, put
from detente.briefing.page import Back, Head, render
from detente.briefing.reading import day
from detente.briefing.sources import source_table
from detente.folders import code_digest
from detente.notebook import Shown

if TYPE_CHECKING:
    import pandas as pd

    from detente.cases import Case
    from detente.evidence import Evidence

PAGES = ("brief.html", "brief.pdf", "brief.md", "brief.json", "manifest.json")
"""What a reader opens first, where it was asked for."""
PACKAGES = ("altair", "duckdb", "jinja2", "numpy", "pandas", "scipy")


@dataclass(frozen=True)
class Brief(Shown):
    """A brief as written: where its files lie, the answer as plain text, and what it cannot say."""

    folder: Path
    page: Path
    numbers: Path
    manifest: Path
    tables: tuple[Path, ...]
    answer: tuple[str, ...]
    gaps: tuple[str, ...]

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return where the page is, and the answer that opens it."""
        import pandas as pd

        return f"Brief: {self.page}", " ".join(self.gaps), pd.DataFrame({"answer": self.answer})


def write_brief(
    case: Case,
    evidence: Evidence,
    found: Found,
    folder: Path,
    *,
    seed: int,
    how: Made = Made(),
) -> Brief:
    """Write what was `found` of `case` to `folder`, whole or not at all, in the forms that `how` names.

    Beside it lie `numbers/`, `numbers.json` and `manifest.json`. The same inputs and seed give the same
    bytes. Raises `EvidenceError` where the folder cannot be written, or a form needs what is not installed.

    >>> study = detente.load("atlantic")  # doctest: +SKIP
    >>> found = Found(study.measure())  # doctest: +SKIP
    >>> write_brief(study.case, study.evidence, found, Path("out"), seed=0).answer[0]  # doctest: +SKIP
    """
    material = material_of(case, evidence, found)
    page, ledger = compose(material), Ledger()
    made = made_from(material, seed=seed, draws=how.draws)
    back = Back(source_table(material), _told(made, material))
    html = render(_head(material), page, back, ledger)
    content = twin(_head(material), page, back, ledger, made=made)
    files = Forms(page, content, html, how.formats).made() | _tidy(page, back, ledger, case.name)
    hashes = {name: _hash(held) for name, held in sorted(files.items())}
    files["manifest.json"] = as_json({**made, "outline": outline(content), "files": hashes})
    folder = Path(folder)
    put(folder, files)
    return Brief(
        folder,
        folder / next(name for name in PAGES if name in files),
        folder / "numbers.json",
        folder / "manifest.json",
        tuple(folder / name for name in sorted(files) if name.startswith("numbers/")),
        tuple(each.text() for each in page.answer),
        tuple(gap.what for gap in page.gaps),
    )


def _hash(held: str | bytes) -> str:
    return hashlib.sha256(held.encode() if isinstance(held, str) else held).hexdigest()


def _tidy(page: Page, back: Back, ledger: Ledger, case: str) -> dict[str, str | bytes]:
    """Return the tables and the list of numbers, as files."""
    files: dict[str, str | bytes] = {
        f"numbers/{table.key}.csv": as_csv(table.frame) for table in tables(page, back)
    }
    files["numbers/numbers.csv"] = as_csv(ledger.frame())
    files["numbers.json"] = as_json({"case": case, "numbers": [entry.row() for entry in ledger.entries()]})
    return files


def tables(page: Page, back: Back) -> tuple[Table, ...]:
    """Return every table of a page once, in the order of the page."""
    shown = [each for section in page.sections for each in section.exhibits]
    held = [each.table if isinstance(each, Figure) else each for each in shown]
    return (*(each for each in held if isinstance(each, Table)), back.sources)


def made_from(material: Material, *, seed: int, draws: int | None = None) -> dict[str, Any]:
    """Return what the manifest says: digests, hashes of inputs, versions, seed; no time of day."""
    from detente.cases import case_digest

    listed = material.evidence.sources()
    inputs = [
        {
            "source": str(row["id"]),
            "vintage": _or_none(row.get("vintage")),
            "sha256": _or_none(row.get("sha256")),
        }
        for row in listed.to_dict("records")
    ]
    simulated, ahead = material.outcomes, material.prospects
    return {
        "manifest": MANIFEST,
        "case": {
            "name": material.case.name,
            "as_of": f"{material.case.as_of:%Y-%m-%d}",
            "digest": case_digest(material.case),
        },
        "evidence": {
            "digest": material.evidence.digest,
            "inputs": sorted(inputs, key=lambda each: str(each["source"])),
        },
        "seed": seed,
        "draws": {
            "intervals": draws,
            "simulated": simulated.draws if simulated else None,
            "projected": ahead.draws if ahead else None,
        },
        "code": code_digest(),
        "versions": {"detente": _version("detente"), "python": platform.python_version()}
        | {name: _version(name) for name in PACKAGES},
    }


def _told(made: Mapping[str, Any], material: Material) -> tuple[tuple[str, str], ...]:
    versions = ", ".join(f"{name} {number}" for name, number in made["versions"].items())
    notes = tuple(
        (f"Note {place}", " ".join(note.split())) for place, note in enumerate(material.case.notes, start=1)
    )
    assumed = (("Assumed", " ".join(material.measures.assumptions)),) if material.measures.assumptions else ()
    places = material.measures.ideal_point_notes
    simulated = material.outcomes
    drawn = (
        (("Simulated", f"{simulated.draws:,} draws of what is uncertain, seed {simulated.seed}"),)
        if simulated
        else ()
    )
    ahead = material.prospects
    projected = (
        (("Projected", f"{ahead.draws:,} futures, seed {ahead.seed}, digest {ahead.digest[:16]}"),)
        if ahead
        else ()
    )
    sides = material.options
    played = (
        (("Options", f"{sides.draws:,} futures behind each pair of portfolios, seed {sides.seed}"),)
        if sides
        else ()
    )
    told = [f"{what}: {text}" for what, text in zip(places["what"], places["text"], strict=True)]
    return (
        *notes,
        *assumed,
        *((("Ideal points", "; ".join(told)),) if told else ()),
        *drawn,
        *projected,
        *played,
        ("Case", f"{made['case']['name']}, digest {made['case']['digest']}"),
        ("Evidence", f"digest {made['evidence']['digest']}"),
        ("Seed", str(made["seed"])),
        ("Software", versions),
    )


def _head(material: Material) -> Head:
    case = material.case
    return Head(
        title=case.title,
        question=" ".join(case.question.split()),
        date=f"As of {day(case.as_of)}",
        provenance="Computed from the sources named at the end. Blocs have the members of this day; each "
        "series ends on a date of its own. The same inputs give this page again, byte for byte.",
        version=_version("detente"),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
