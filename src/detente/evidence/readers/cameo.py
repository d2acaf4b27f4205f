"""CAMEO events by their wording: the code and the Goldstein score of 'Impose embargo, boycott, or sanctions'.

Wordings of ICEWS have their code and score from the table of codes that ships. Others are looked up in the
provider's, of which two are needed, since CAMEO was renumbered between them: what one calls 163 the other
calls 166. Each is looked up by its text first:

1. code: from `cameo_to_plover.txt`, which is numbered as ICEWS is; else from `cameo_goldstein.tsv`.
2. score: from `cameo_goldstein.tsv` by text; else by the code of step 1.

A wording that neither table knows has no code and no score. Where only the older table knows it (roots 01 and
02), its third digit may differ from the number that ICEWS would give.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from detente.errors import EvidenceError, Problem, raise_all
from detente.evidence.events.codes import by_wording, cameo
from detente.evidence.readers.frames import PULL, csv, numbers, present

SCORES = "cameo_goldstein.tsv"
PLOVER = "cameo_to_plover.txt"
_ENTRY = re.compile(r"^(\d{2,4}):[^#]*#\s*(.+?)\s*$")
_VAGUE = re.compile(r",?\s*not spec(ified)?\b( below)?\.?")


def wording(text: str) -> str:
    """Return the wording of an event without case, punctuation, 'or', 'and' and 'not specified below'.

    >>> wording(" Coerce, not specified below ") == wording("coerce")
    True
    """
    words = re.findall(r"[a-z]+", _VAGUE.sub(" ", text.lower()))
    return " ".join(word for word in words if word not in ("or", "and"))


def coded(texts: pd.Series, folder: Path) -> pd.DataFrame:
    """Return the CAMEO `code` and the `goldstein` score of each event text; missing where no table has it.

    Raises `EvidenceError` where a code table is missing, corrupt, or lacks a column.
    """
    scores = _scores(folder / SCORES)
    plover = _plover(folder / PLOVER)
    by_text = dict(zip(scores["wording"], scores["score"], strict=True))
    by_code = dict(zip(scores["cameoCode"], scores["score"], strict=True))
    older = dict(zip(scores["wording"], scores["cameoCode"], strict=True))
    codes, values = [], []
    for text in texts:
        key = wording(text)
        shipped = by_wording().get(key)
        code = shipped or plover.get(key)
        codes.append(code or older.get(key))
        told = by_text.get(key, by_code.get(code) if code else None)
        values.append(cameo()[shipped].icews if shipped else told)
    return pd.DataFrame(
        {"code": codes, "goldstein": pd.Series(values, dtype="float64").to_numpy()}, index=texts.index
    )


def _scores(path: Path) -> pd.DataFrame:
    """Return the scores by wording; where two codes share one, the first stands, and roots last."""
    rows = csv(path, ("Description", "GoldsteinScale", "cameoCode"), sep="\t")
    rows = numbers(rows, ["GoldsteinScale"], path)
    made = rows.assign(wording=rows["Description"].fillna("").map(wording), score=rows["GoldsteinScale"])
    specific = made[made["cameoCode"].str.len() > 2]
    return pd.concat([specific, made]).drop_duplicates("wording")


def _plover(path: Path) -> dict[str, str]:
    lines = present(path).read_text(encoding="utf-8", errors="replace").splitlines()
    entries = [entry for entry in map(_ENTRY.match, lines) if entry]
    if not entries:
        problem = Problem(str(path), "holds no line such as '042: CONSULT, visit, # Make a visit'", PULL)
        raise_all(EvidenceError, [problem])
    return {wording(entry[2]): entry[1] for entry in reversed(entries)}
