"""The words in which a vote may be written, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from detente.errors import MeasurementError, Problem, did_you_mean

NO, ABSTAIN, YES, ABSENT = 0, 1, 2, -1

MEANING: Mapping[str, int] = {
    **dict.fromkeys(("yes", "y", "yea", "yeas", "aye", "ayes", "for", "in favour", "in favor", "pro"), YES),
    **dict.fromkeys(("approve", "approved", "support", "+", "1", "1.0", "true"), YES),
    **dict.fromkeys(("abstain", "a", "abstained", "abstention", "abstaining", "abst", "present"), ABSTAIN),
    **dict.fromkeys(("no", "n", "nay", "nays", "against", "con", "contra", "reject", "oppose"), NO),
    **dict.fromkeys(("-", "0", "0.0", "false"), NO),
    **dict.fromkeys(("absent", "x", "", "nan", "none", "na", "n/a", "<na>", "missing", "not voting"), ABSENT),
    **dict.fromkeys(("did not vote", "non-voting", "nonvoting", "non voting", "not present", "nv"), ABSENT),
}
"""Common spellings in lower case. Provider's numbers (1 = yes, 2 = abstain, 3 = no) differ by provider: name
them.
"""

CODES: Mapping[str, int] = {"no": NO, "abstain": ABSTAIN, "yes": YES, "absent": ABSENT}


def read_votes(votes: pd.Series, own: Mapping[str, str] | None = None) -> npt.NDArray[np.int8]:
    """Return votes as codes: 0 no, 1 abstain, 2 yes, -1 absent.

    `own` names further words: `{"2": "abstain"}`; they come before the common spellings.
    Raises MeasurementError that lists every unknown word.

    >>> read_votes(pd.Series(["Yes", "N", "abstention", None])).tolist()
    [2, 0, 1, -1]
    """
    index, found = pd.factorize(votes, use_na_sentinel=True)
    words = [str(word).strip().casefold() for word in found]
    meaning = {**MEANING, **_own_words(own or {})}
    problems = [
        Problem(f"vote {word!r}", "is no known word for a vote", _hint(word))
        for word in sorted(set(words) - set(meaning))
    ]
    if problems:
        raise MeasurementError(*problems)
    codes = np.array([*(meaning[word] for word in words), ABSENT], np.int8)
    return codes[index]


def _own_words(own: Mapping[str, str]) -> dict[str, int]:
    wrong = [
        Problem(f"words: {word!r}", f"cannot mean {meaning!r}", "use 'yes', 'abstain', 'no' or 'absent'")
        for word, meaning in own.items()
        if meaning not in CODES
    ]
    if wrong:
        raise MeasurementError(*wrong)
    return {str(word).strip().casefold(): CODES[meaning] for word, meaning in own.items()}


def _hint(word: str) -> str:
    guess = did_you_mean(word, [known for known in MEANING if len(known) > 1])
    return f"{guess + ' or ' if guess else ''}say what it means: words={{{word!r}: 'yes'}}"
