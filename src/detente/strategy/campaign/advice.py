"""The verb of this room: what a player can do, what holds up, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from detente.cases.reading import case_text
from detente.errors import Problem, StrategyError
from detente.files import write_text
from detente.folders import Content, Result
from detente.simulation.projection.outlook import made_of
from detente.strategy.campaign import breaking, saying
from detente.strategy.campaign.adapting import Adapted, adapting
from detente.strategy.campaign.breaking import Breaking
from detente.strategy.campaign.failing import Failing, drivers, failing
from detente.strategy.campaign.matrix import Campaign, campaign
from detente.strategy.campaign.payoffs import in_words
from detente.strategy.campaign.playing import Played, play
from detente.strategy.campaign.sides import NOTHING, asked_of, opponent, player_named, side
from detente.strategy.campaign.stress import stressed
from detente.strategy.campaign.turning import Turning, turning
from detente.strategy.campaign.wedging import Wedged, wedging
from detente.strategy.campaign.weighing import Weighed, weigh

if TYPE_CHECKING:
    from detente.executors import How
    from detente.simulation.projection.preparing import Prepared
    from detente.strategy.sensitivity.indices import Indices

STRESSED = 64
"""Futures behind each turn of the knobs."""


@dataclass(frozen=True, eq=False)
class Advice(Result):
    """What a player can do, against another: all that was worked out, as tables and plain sentences.

    `leader` is the portfolio with the least mean regret: it is called best only where
    `weighed.best.portfolio` says so.
    """

    campaign: Campaign
    weighed: Weighed
    played: Played
    failing: Failing
    drivers: pd.DataFrame
    turning: Turning
    adapted: Adapted
    breaks: tuple[Breaking, ...] = ()
    stress: Indices | None = None
    wedged: Wedged | None = None
    notes: tuple[str, ...] = ()
    deep: int = 0
    """Up to how many levers all sets were compared of; 0: the portfolios of the case."""

    @property
    def leader(self) -> str:
        """The portfolio with the least mean regret."""
        return self.campaign.rows[self.weighed.best.leader]

    @property
    def best(self) -> str | None:
        """The best portfolio, or None where it cannot be told from others."""
        return self.weighed.best.portfolio

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What is advised, how sure that is, and what would change it."""
        return tuple(saying.sentences(self))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        found = dict(self._frames())
        return {name: frame for name, frame in found.items() if not frame.empty}

    def _frames(self) -> Iterator[tuple[str, pd.DataFrame]]:
        titles = {side.key: side for side in (self.campaign.side, self.campaign.other)}
        yield (
            "portfolios",
            pd.DataFrame(
                [
                    {"player": key, "portfolio": name, "title": held.title(name), "levers": ", ".join(levers)}
                    for key, held in titles.items()
                    for name, levers in held.portfolios.items()
                ]
            ),
        )
        yield "matrix", self.campaign.frame()
        yield "outcomes", self.campaign.outcome_frame()
        yield "objectives", self.campaign.objective_frame()
        yield "regret", self.weighed.best.frame()
        yield "gambles", self.weighed.gambles
        yield "targets", self.weighed.targets
        yield "robustness", self.weighed.robustness.frame()
        yield "front", self.weighed.front.frame()
        yield "equilibria", self.played.empirical.frame()
        yield "supports", self.played.empirical.supports_frame()
        yield "commitment", self.played.commitment_frame()
        yield "failing", self.failing.box
        yield "failing_again", self.failing.stable
        yield "failing_leaves", self.failing.leaves
        yield "drivers", self.drivers
        yield "turning", self.turning.rows
        yield "pathways", self.adapted.frame()
        yield "waiting", self.adapted.waiting_frame()
        if self.breaks:
            yield "broken", pd.DataFrame([each.row() for each in self.breaks])
            yield "breaks", pd.concat([each.frame(self.knobs) for each in self.breaks], ignore_index=True)
        if self.stress is not None:
            yield "stress", self.stress.frame()
        if self.wedged is not None:
            yield "wedges", self.wedged.frame()

    @property
    def knobs(self) -> dict[str, str]:
        """Titles of what is turned to find out where it breaks."""
        stress = asked_of(self.campaign.prepared.case).stress
        return {key: knob.title for key, knob in stress.knobs.items()} if stress else {}

    def content(self) -> Content:
        """Return all of it for a folder."""
        held, case = self.campaign, self.campaign.prepared.case
        options = {"actor": held.side.key, "against": held.other.key, "deep": self.deep,
                   "stress": bool(self.breaks) or self.stress is not None}  # fmt: skip
        return Content(
            "advice",
            repr(self),
            self.frames(),
            {**made_of(held.prepared), "seed": held.seed, "draws": held.draws, "options": options},
            texts={f"case/{case.name}.json": case_text(case), "advice.txt": f"{self!r}\n"},
            about={"sentences": self.sentences, "notes": self.notes},
            shown="regret",
        )

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return what is advised, and the regret of every portfolio."""
        futures = f"{len(self.campaign.kept):,} futures"
        sure = f"Mean regret over {futures} and all answers; over_low, over_high: 95 %."
        return self.sentences[0], sure, self.weighed.best.frame()

    def write(self, folder: Path) -> list[Path]:
        """Write every table as CSV, and the sentences as text, into `folder`; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, frame in self.frames().items():
            write_text(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
            written.append(folder / f"{name}.csv")
        write_text(folder / "advice.txt", "\n".join(self.sentences) + "\n")
        return [*written, folder / "advice.txt"]

    def __repr__(self) -> str:
        return "\n".join(self.sentences)


def advise(
    prepared: Prepared,
    actor: str,
    *,
    against: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    how: How | None = None,
    stress: bool = True,
    deep: int = 0,
) -> Advice:
    """Return what a player of a case can do, by its key or one of its actors, against another player.

    `stress` also searches for what breaks the alliance. With `deep`, all sets of up to so many levers of both
    are compared, whatever portfolios the case names. Raises `StrategyError` where the case has no
    strategies or no such player, and as `campaign` does.
    """
    case = prepared.case
    key = player_named(case, actor)
    other = player_named(case, against) if against is not None else opponent(case, key)
    if other == key:
        raise StrategyError(Problem("against", f"{key!r} cannot be played against itself", "name another"))
    sides = side(case, key, deep=deep), side(case, other, deep=deep)
    found = campaign(prepared, *sides, draws=draws, seed=seed, how=how)
    weighed = weigh(found)
    ranked = [name for name in weighed.best.frame()["portfolio"] if name != NOTHING]
    breaks, indices = broken(prepared, seed=seed) if stress else ((), None)
    wedge = asked_of(case).wedge
    return Advice(
        campaign=found,
        weighed=weighed,
        played=play(found),
        failing=failing(found, ranked[0]),
        drivers=drivers(found, ranked[0]),
        turning=turning(found),
        adapted=adapting(found, ranked[:2]),
        breaks=breaks,
        stress=indices,
        wedged=wedging(prepared) if wedge and key in (wedge.divider, wedge.defender) else None,
        notes=tuple(_notes(found)),
        deep=deep,
    )


def broken(prepared: Prepared, *, seed: int = 0) -> tuple[tuple[Breaking, ...], Indices | None]:
    """Return where a case breaks, and on which of its knobs that hangs; nothing where it does not ask."""
    stress = asked_of(prepared.case).stress
    if stress is None:
        return (), None
    held = stressed(prepared, stress, draws=STRESSED, seed=seed)
    return tuple(breaking.breaking(held, stress, name) for name in stress.breaks), breaking.drivers(held)


def _notes(found: Campaign) -> Iterator[str]:
    if found.lost:
        lost = f"{found.lost} of {found.draws} futures"
        yield f"{lost} grew beyond bounds in some portfolio, and count in none."
    case = found.prepared.case
    voted = {ballot.key for ballot in found.prepared.futures.ballots}
    levers = {**found.side.levers, **found.other.levers}
    idle = [each.title for each in levers.values() if each.pays and not voted & set(each.pays)]
    if idle:
        yield f"Pay for decisions that come up in no future, and buy nothing: {', '.join(idle)}."
    told = "; ".join(in_words(each, case) for each in found.measures)
    yield f"Read from the futures: {told}. All else that counts is assumed, lever by lever."
