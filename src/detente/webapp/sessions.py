"""Sessions: a case with its evidence, and everything that was worked out for it once.

The case that the command names is the session without an id; each upload makes another. Ids are of this
process alone: after a restart an old one is unknown, which the page answers by loading itself anew.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.cases.projection import ALIGNMENT
from detente.errors import DetenteError, Problem
from detente.webapp.answering import BASELINE, recalled
from detente.webapp.asked import AT_ONCE, FEWEST, Asked, Known
from detente.webapp.keeping import Kept
from detente.webapp.memory import give_back
from detente.webapp.workshop import GROUNDS, Bench, Here

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.evidence import Gazetteer
    from detente.simulation.projection.preparing import Known as Basis
    from detente.simulation.projection.preparing import Prepared
    from detente.webapp.numbers import Numbers, Tell
    from detente.webapp.studying import Study

MOST_SESSIONS = 8
PREPARED = 6
"""Preparations kept, of a few megabytes each."""
BASES = 16
ANSWERS = 32
LONGEST = 20
"""Years that the page looks ahead at most."""
HALF_YEAR = timedelta(days=183)
REACH = {"item": 1.0, "alignment": 2.0, "share": 1.0, "level": 5.0}
"""How far a slider moves a position, alignment, a driver that is a share, and one that is not."""


class GoneError(DetenteError):
    """A session that this process does not know."""


@dataclass(eq=False)
class Session:
    """One case as explored: its study, and all that is kept of it. Safe to use from several threads.

    `folder` is what goes with it: the tables that were uploaded, and evidence with them.
    """

    study: Study
    name: str
    id: str = ""
    bench: Bench = field(default_factory=Here)
    folder: Path | None = None
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "pieces"))
    step: str = ""
    _prepared: Kept[Prepared] = field(default_factory=lambda: Kept(PREPARED))
    _bases: Kept[Numbers] = field(default_factory=lambda: Kept(BASES))
    _answers: Kept[dict[str, Any]] = field(default_factory=lambda: Kept(ANSWERS))
    _made: Kept[Any] = field(default_factory=lambda: Kept(16))
    wholes: Kept[bytes] = field(default_factory=lambda: Kept(16))

    def warm(self) -> None:
        """Work out what every answer of the what-if needs; what goes wrong is told to who asks for it."""
        with contextlib.suppress(DetenteError):
            self.base(self.unmoved)
        give_back()

    def made(self, name: str, make: Callable[[], Any]) -> Any:
        """Return something of this session that is worked out once."""
        return self._made.get(name, make)

    def answered(self, asked: Asked, tell: Tell | None = None) -> dict[str, Any]:
        """Return the answer of the what-if; the last few are kept, and that to nothing moved between runs."""
        if (found := self._answers.peek(asked)) is not None:
            return found

        def make() -> dict[str, Any]:
            from detente.webapp.whatif import answer, run

            return answer(self, run(self, asked, tell=tell))

        made = recalled(self, BASELINE, make) if asked == self.unmoved else make()
        return self._answers.get(asked, lambda: made)

    @property
    def unmoved(self) -> Asked:
        """What is asked where no control is moved."""
        return Asked(self.draws, self.study.seed)

    def tell(self, step: str) -> None:
        """Note what long work is doing, for whoever waits for it."""
        self.step = step

    @property
    def draws(self) -> int:
        """How many futures are drawn where an address does not say."""
        return min(max(self.study.draws, FEWEST), AT_ONCE)

    @property
    def case(self) -> Case:
        """The case as it is in its file."""
        return self.study.case

    @cached_property
    def basis(self) -> Basis:
        """What futures start from; measured when first asked for, and kept between runs."""
        from detente.measurement.grounds import kept_grounds
        from detente.simulation.backtest.shipped import stored_fit
        from detente.simulation.projection.preparing import Known as Basis

        study, evidence = self.study, self.study.evidence
        found = kept_grounds(study.case, evidence, seed=study.seed, draws=study.draws)
        measured = found or self.bench.ask(study, GROUNDS, self.tell)
        return Basis(evidence, measured, stored_fit(study.case, evidence))

    def prepared(self, case: Case, asked: Asked) -> Prepared:
        """Return what futures of `case` are drawn from, without any event; `asked` says which scenarios are
        laid over it, how far it looks, and the seed.
        """
        from detente.simulation.projection.preparing import prepare

        deep = tuple(key for key in asked.scenarios if _deep(self.case, key))
        key = deep, asked.until, asked.seed
        end = date(asked.until, 12, 31) if asked.until is not None else None

        def make() -> Prepared:
            assert case.projection is not None
            still = case.projection.model_copy(update={"events": {}})
            bare = case.model_copy(update={"projection": still})
            return prepare(bare, self.basis, until=end, seed=asked.seed)

        self.asks()
        return self._prepared.get(key, make)

    def asks(self) -> None:
        """Raise `DetenteError` where the case asks for no futures."""
        if self.case.projection is None:
            hint = "add `projection:`; `detente schema` explains it"
            raise DetenteError(Problem(self.case.name, "asks for no projection", hint))

    def base(self, asked: Asked, tell: Tell | None = None) -> Numbers:
        """Return the numbers of the baseline, with the luck and the window of what is asked."""
        from detente.webapp.numbers import draw_numbers
        from detente.webapp.whatif import happening

        def make() -> Numbers:
            prepared = self.prepared(self.case, asked.bare)
            futures = happening(self.case, prepared)
            return draw_numbers(futures, draws=asked.draws, seed=asked.seed, pool=self.pool, tell=tell)

        return self._bases.get((asked.until, asked.seed, asked.draws), make)

    @cached_property
    def known(self) -> Known:
        """What may be named in an address."""
        from detente.simulation.institutions.catalogue import rules

        self.asks()
        case, prepared = self.case, self.prepared(self.case, Asked(1000, self.study.seed))
        assert case.projection is not None
        dynamics = prepared.futures.dynamics
        drivers = case.projection.drivers
        reach = {key: REACH["share" if each.share else "level"] for key, each in drivers.items()}
        return Known(
            scenarios=tuple(case.scenarios),
            events=_events(case),
            levers=tuple(case.strategies.levers) if case.strategies else (),
            items=dynamics.issues,
            drivers=tuple(drivers),
            parties=(*case.blocs, *prepared.names.actors),
            decisions=tuple(case.decisions),
            rules=tuple(rules()),
            span=_span(case.as_of),
            reach={**dict.fromkeys(dynamics.issues, REACH["item"]), ALIGNMENT: REACH["alignment"], **reach},
            shown=tuple(f"{bloc}/{item}" for bloc in dynamics.blocs for item in dynamics.issues),
        )

    @cached_property
    def titles(self) -> Mapping[str, Mapping[str, str]]:
        """What items and blocs are called."""
        items = self.case.agenda.items if self.case.agenda else {}
        return {
            "item": {**{key: each.title for key, each in items.items()}, ALIGNMENT: "General alignment"},
            "bloc": {key: each.title for key, each in self.case.blocs.items()},
        }

    def actor(self, code: str) -> str:
        """Return the name of an actor."""
        return self._gazetteer.name(code) if code in self._gazetteer.codes else code

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return self.study.evidence.gazetteer

    def close(self) -> None:
        """Let go of threads, of the database, and of what was uploaded."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        if "evidence" in vars(self.study):
            self.study.evidence.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _deep(case: Case, key: str) -> bool:
    """Return whether a scenario changes more than events, so that futures are prepared anew."""
    patch = case.scenarios[key].patch
    return set(patch) != {"projection"} or set(patch["projection"] or ()) != {"events"}


def _events(case: Case) -> dict[str, tuple[str, ...]]:
    """Return every event with the scenarios that alone have it; none of them for an event of the baseline."""
    assert case.projection is not None
    found: dict[str, tuple[str, ...]] = dict.fromkeys(case.projection.events, ())
    for name, scenario in case.scenarios.items():
        patch = scenario.patch.get("projection") or {}
        for key in patch.get("events") or {}:
            if key not in case.projection.events:
                found[key] = (*found.get(key, ()), name)
    return found


def _span(as_of: date) -> tuple[int, int]:
    """Return the first year with a half-year left in it, and the last that the page looks to."""
    first = as_of.year if date(as_of.year, 12, 31) - as_of >= HALF_YEAR else as_of.year + 1
    return first, as_of.year + LONGEST


class Sessions:
    """The sessions of one process: the first, and the last few that were uploaded."""

    def __init__(self, first: Session) -> None:
        self.first = first
        self._others: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, id: str) -> Session:
        """Return a session by id, the first without one; raises `GoneError` where there is none."""
        if not id:
            return self.first
        with self._lock:
            if id in self._others:
                self._others.move_to_end(id)
                return self._others[id]
        what = "this page belongs to a server that is no longer there, or has let it go"
        raise GoneError(Problem("session", what, "load the page anew, and upload the case again"))

    def add(self, study: Study, name: str, folder: Path | None = None) -> Session:
        """Return a new session for a study, which `folder` goes with.

        Where there are too many, the one idle longest is let go.
        """
        session = Session(study, name, secrets.token_urlsafe(9), bench=self.first.bench, folder=folder)
        gone: list[Session] = []
        with self._lock:
            self._others[session.id] = session
            while len(self._others) > MOST_SESSIONS:
                gone.append(self._others.popitem(last=False)[1])
        for each in gone:
            each.close()
        return session

    def close(self) -> None:
        """Close all."""
        self.first.bench.close()
        for each in (self.first, *self._others.values()):
            each.close()
