"""Whatever a verb returns shows itself in a notebook, and text from data is never taken for HTML."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import detente
from detente.notebook import MOST, panel
from detente.results.comparing import TableDifference
from detente.results.replaying import Replayed
from detente.study import Study
from tests.results.made_study import studied
from tests.results.test_tabular import TIES, VOTES
from tests.test_commands_advising import STRATEGIES
from tests.test_commands_projection import CASE

CLAIM = """\
claims:
  apart:
    statement: The three drift <b>apart.
    who: A <b>paper
    when: 2019-06-01
    source: Invented.
    tests:
      none: {kind: untestable, title: None, why: Nobody asked., needed: An answer.}
"""
UNSHOWN = {
    "Sequence[Finding]": "a plain list of what the check found",
    "Entry | None": "a line of the record, which is text",
}
"""What verbs return that is no result."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A study of a small case every title of which holds a tag."""
    text = re.sub(r"title: (\w)", r"title: <b>\1", f"{CASE}{STRATEGIES}{CLAIM}")
    with studied(text, tmp_path_factory.mktemp("shown")) as study:
        yield study


def _bargain() -> Any:
    rows = {"actor": ["<b>A", "B"], "issue": ["<b>budget"] * 2, "position": [0, 100], "salience": 50}
    return detente.bargain(pd.DataFrame({**rows, "capability": [1, 3]}))


def _network() -> Any:
    return detente.ties(pd.DataFrame({**TIES, "a": ["<b>A", "B", "C"], "b": ["B", "C", "<b>A"]}))


def _replayed(study: Study, folder: Path) -> Replayed:
    saved = detente.open(_bargain().save(folder / "bargain"))
    changes = TableDifference("<b>outcome", gone=1, new=2, largest=0.5, where="mean of <b>A")
    return Replayed(saved, _bargain(), ("tables/outcome.csv",), ("versions: <b>: 1, now 2",), (changes,))


Make = Callable[[Study, Path], Any]
RESULTS: dict[str, Make] = {
    "Study": lambda study, _: study,
    "Measures": lambda study, _: study.measure(),
    "Outcomes": lambda study, _: study.simulate(),
    "Outlook": lambda study, _: study.project(draws=60, until=2020),
    "Difference": lambda study, _: study.project("turn", draws=60, until=2020).against(
        study.project(draws=60, until=2020)
    ),
    "Prospects": lambda study, _: study.prospects(),
    "Advice": lambda study, _: study.advise("berlin", draws=100, stress=False),
    "Options": lambda study, _: study.options(),
    "Audit": lambda study, _: study.audit(),
    "Brief": lambda study, folder: study.brief(folder / "brief"),
    "Bargain": lambda *_: _bargain(),
    "Opened": lambda _, folder: detente.open(_bargain().save(folder / "saved")),
    "Replayed": _replayed,
    "Ties": lambda *_: _network(),
    "Camps": lambda *_: detente.camps(_network()),
    "Detachment": lambda *_: detente.detachment(_network(), ["<b>A", "B"]),
    "IdealPoints": lambda *_: detente.ideal_points(pd.DataFrame(VOTES).replace("a", "<b>a"), draws=20),
}
TAGLESS = {"Measures", "Outlook", "Difference", "Prospects", "Ties"}
"""Results whose first rows hold codes and keys of a case, or counts, which cannot hold a tag."""


def test_every_result_of_a_public_verb_is_among_those_shown() -> None:
    verbs: list[Any] = [
        getattr(detente, name) for name in detente.__all__ if name not in ("Study", "__version__")
    ]
    verbs += [each for name, each in vars(Study).items() if inspect.isfunction(each) and name[0] != "_"]
    returned = {str(inspect.signature(verb).return_annotation).split(".")[-1] for verb in verbs}
    returned -= {"None", "tuple[str, str, pd.DataFrame]", "DataFrame]"}
    assert returned - set(UNSHOWN) - set(RESULTS) == set()


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_shows_itself_and_escapes_what_it_shows(kind: str, study: Study, tmp_path: Path) -> None:
    result = RESULTS[kind](study, tmp_path)
    assert type(result).__name__ == kind
    html = result._repr_html_()
    assert html.startswith("<div><p><b>") and "<table" in html and "<script" not in html
    told = html.removeprefix("<div><p><b>").replace("</b>", "", 1)
    assert "<b>" not in told
    assert ("&lt;b&gt;" in told) != (kind in TAGLESS)


def test_texts_are_shown_whole_and_rows_up_to_a_few() -> None:
    long = "a sentence of more than fifty letters, which a table would cut if it were let to"
    html = panel("T", "N", pd.DataFrame({"text": [long] * (MOST + 1)}))
    assert html.count(long) == MOST and f"{MOST} of {MOST + 1} rows" in html
