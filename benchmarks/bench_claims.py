"""Speed of an audit: every claim of a shipped case put to its tests, cold and as kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from detente.claims.auditing import Bench, put_to_tests
from detente.simulation.backtest.shipped import boards_of
from detente.study import Study, load


@pytest.fixture(scope="module", params=["atlantic", "asean"])
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """A shipped case on a cache of its own, measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_CACHE", str(tmp_path_factory.mktemp("cache")))
        found = load(request.param)
        found.measure()
        found.simulate()
        yield found


def test_every_claim_is_tested(benchmark: Any, study: Study) -> None:
    boards = boards_of(study.case, study.evidence)

    def audit() -> None:
        put_to_tests(
            Bench(
                study.case, study.evidence, study.measure(), study.simulate, boards, study.seed, study.draws
            )
        )

    benchmark.pedantic(audit, rounds=2, warmup_rounds=1)


def test_a_kept_audit_is_read_again(benchmark: Any, study: Study) -> None:
    study.audit()

    def again() -> None:
        load(study.case.name).audit()

    benchmark.pedantic(again, rounds=2)
