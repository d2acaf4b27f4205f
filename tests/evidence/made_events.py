"""Small files of events in providers' layouts, for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

from detente.evidence.events.formats import LAYOUTS

GIVEN = {
    "GLOBALEVENTID": "1",
    "SQLDATE": "20150218",
    "Actor1CountryCode": "USA",
    "Actor2CountryCode": "RUS",
    "EventCode": "042",
    "QuadClass": "1",
    "GoldsteinScale": "1.9",
    "NumMentions": "4",
    "AvgTone": "-2.5",
}


def gdelt(layout: str = "gdelt2", **changed: str) -> str:
    """Return one line of GDELT; what is not said is empty, or as in `GIVEN`."""
    cells = {**GIVEN, **changed}
    return "\t".join(cells.get(name, "") for name in LAYOUTS[layout].columns) + "\n"


def lines(*given: dict[str, str], layout: str = "gdelt2") -> str:
    """Return lines of GDELT, numbered from 1 where no number is given."""
    return "".join(gdelt(layout, **{"GLOBALEVENTID": str(n), **each}) for n, each in enumerate(given, 1))


def written(path: Path, text: str | bytes) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(path: Path, text: str | bytes, *, member: str = "", packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an archive of one file and return its path."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr(member or path.stem, text)
    return path


ICEWS_HEADS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country",
)  # fmt: skip
POLECAT_HEADS = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Recipient Name", "Recipient Country", "Recipient COW",
)  # fmt: skip


def headed(heads: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    """Return a table with tabs, its header first."""
    return "".join("\t".join(row) + "\n" for row in (heads, *rows))
