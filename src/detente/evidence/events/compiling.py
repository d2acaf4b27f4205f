"""Compiles `codes.csv` from the code tables of the providers; facts alone, no text of theirs but wordings.

`python -m detente.evidence.events.compiling MIRROR SCORES`: `MIRROR/events/` holds GDELT's scores
(`cameo_goldstein.tsv`) and CAMEO's relation to PLOVER (`cameo_to_plover.txt`); `SCORES` is ICEWS's table of
codes, names and scores (`goldstein_mappings.csv`).
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from detente.evidence.events.codes import quad_of_root
from detente.evidence.readers.cameo import wording
from detente.evidence.readers.frames import csv as read_csv
from detente.evidence.readers.frames import present
from detente.files import write_text

TARGET = Path(__file__).with_name("codes.csv")
COLUMNS = ("code", "root", "quad", "goldstein_icews", "goldstein_gdelt", "plover", "wording")
_PLOVER = re.compile(r"^(\d{2,4}):\s*([A-Z]+)")


def compile_codes(mirror: Path, scores: Path) -> pd.DataFrame:
    """Return the table of codes. Raises `EvidenceError` where a table is missing or lacks a column."""
    icews = read_csv(scores, ("code", "name", "goldstein")).set_index("code")
    gdelt = read_csv(
        mirror / "events" / "cameo_goldstein.tsv", ("cameoCode", "GoldsteinScale"), sep="\t"
    ).set_index("cameoCode")["GoldsteinScale"]
    lines = present(mirror / "events" / "cameo_to_plover.txt").read_text(encoding="utf-8", errors="replace")
    plover = {found[1]: found[2] for found in map(_PLOVER.match, lines.splitlines()) if found}
    codes = sorted({*icews.index, *gdelt.index, *plover})
    return pd.DataFrame(
        {
            "code": codes,
            "root": [code[:2] for code in codes],
            "quad": [quad_of_root(int(code[:2])) for code in codes],
            "goldstein_icews": [_plain(icews["goldstein"].get(code)) for code in codes],
            "goldstein_gdelt": [_plain(gdelt.get(code)) for code in codes],
            "plover": [plover.get(code, "") for code in codes],
            "wording": [wording(icews["name"].get(code, "")) for code in codes],
        }
    )


def _plain(value: str | None) -> str:
    return "" if value is None else f"{float(value):g}"


def main(words: Sequence[str]) -> None:
    """Write `codes.csv` anew."""
    frame = compile_codes(Path(words[0]), Path(words[1]))
    text = frame.to_csv(index=False, columns=list(COLUMNS), lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    write_text(TARGET, text)


if __name__ == "__main__":
    main(sys.argv[1:])
