"""Case files and scenario files: whatever they hold, a case comes of it or every problem is named."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from detente.cases import Case, load_case
from detente.cases.reading import library, shipped_cases
from detente.cases.scenarios import patched, scenario_named
from detente.cases.yamltext import parse
from detente.errors import CaseError
from tests.fuzzing.damage import altered, as_json, damaged, odd_texts
from tests.fuzzing.outcomes import MINUTES, fuzzed, tried, written
from tests.webapp.tolls import whole_case

STARTER = resources.files("detente.cases").joinpath("starter.yaml").read_text(encoding="utf-8")
SHIPPED = [library().joinpath(f"{name}.yaml").read_text(encoding="utf-8") for name in shipped_cases()]
TEXTS = (STARTER.replace("{name}", "mine"), whole_case(), *(SHIPPED if MINUTES else []))
"""The shipped cases are large, and take most of the time: they are for `make fuzz`."""
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


def plain(text: str) -> Any:
    """Return what a case says."""
    return parse(text).data


SAID = tuple(plain(text) for text in TEXTS)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@st.composite
def cases(draw: st.DrawFn) -> bytes:
    """Return a case with parts of it altered, as JSON or as YAML, which a case file may both be."""
    data = draw(altered(draw(st.sampled_from(SAID))))
    if draw(st.booleans()):
        return as_json(data)
    text: str = yaml.dump(data, Dumper=DUMPER, allow_unicode=True, sort_keys=False)
    return text.encode("utf-8", "surrogatepass")


def read(path: Path) -> Any:
    """Read a case; the error is of a case, and names the file."""
    found = tried("case files", lambda: load_case(path), kind=CaseError)
    if isinstance(found, CaseError):
        assert all(problem.where.startswith(str(path)) for problem in found.problems)
    else:
        assert isinstance(found, Case)
    return found


@fuzzed(10)
@given(held=cases(), name=st.sampled_from(("case.yaml", "case.json")))
def test_a_case_with_parts_altered_is_a_case_or_its_problems(tmp_path: Path, held: bytes, name: str) -> None:
    read(written(tmp_path, name, held))


@fuzzed(15)
@given(held=damaged(tuple(text.encode() for text in (*TEXTS, BOMB))))
def test_a_damaged_case_file_is_a_case_or_its_problems(tmp_path: Path, held: bytes) -> None:
    read(written(tmp_path, "case.yaml", held))


@fuzzed(15)
@given(
    name=st.one_of(odd_texts(), odd_texts().map(lambda text: f"{text}.yaml"), odd_texts().map("~{}".format))
)
def test_any_name_of_a_case_is_found_or_not(name: str) -> None:
    tried("names of cases", lambda: load_case(name), kind=CaseError)


@pytest.fixture(scope="module")
def tolls(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The case that scenarios are laid over."""
    return load_case(written(tmp_path_factory.mktemp("tolls"), "tolls.yaml", whole_case().encode()))


SCENARIO = plain(whole_case())["scenarios"]["crisis"]


@fuzzed(10)
@given(data=altered(SCENARIO))
def test_a_scenario_file_gives_a_case_or_its_problems(tmp_path: Path, tolls: Case, data: Any) -> None:
    path = written(tmp_path, "crisis.yaml", as_json(data))

    def laid_over() -> Case:
        return patched(tolls, scenario_named(tolls, str(path)), name="crisis")

    tried("scenario files", laid_over, kind=CaseError)


@fuzzed(8)
@given(held=damaged((as_json(SCENARIO), yaml.safe_dump(SCENARIO).encode())))
def test_a_damaged_scenario_file_gives_a_case_or_its_problems(
    tmp_path: Path, tolls: Case, held: bytes
) -> None:
    path = written(tmp_path, "crisis.yaml", held)

    def laid_over() -> Case:
        return patched(tolls, scenario_named(tolls, str(path)), name="crisis")

    tried("scenario files", laid_over, kind=CaseError)
