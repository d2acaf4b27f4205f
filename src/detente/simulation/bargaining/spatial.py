"""One run of KTAB's spatial model of politics, with all that can be said about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.errors import Problem, SimulationError
from detente.simulation.bargaining.actors import Actors, Floats, Perceptions
from detente.simulation.bargaining.corrections import corrections
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.results import Ended, Run
from detente.simulation.bargaining.spatial_chances import position_chances
from detente.simulation.bargaining.spatial_inputs import Draws, Ints, blank_story, prepare
from detente.simulation.bargaining.spatial_kernel import GOES_ROUND, OUT_OF_TIME, SETTLED, play_many
from detente.simulation.bargaining.spatial_notes import notes_on

HOW: dict[int, Ended] = {SETTLED: "settled", GOES_ROUND: "goes round", OUT_OF_TIME: "out of time"}


@dataclass(frozen=True, eq=False)
class SpatialRun(Run):
    """One run of the spatial model.

    Besides positions: ideals (T + 1, N, D); the chance (T + 1, N) of each actor's position in an election
    of all positions, shared with those at the same place; and by turn and actor (T, N) the attitude to
    risk, the index of the actor challenged (-1 none), the chance to win and the gain that the challenger
    saw, and the index of the actor whose offer it took up (-1 none).
    """

    options: SpatialOptions
    ideals: Floats
    chances: Floats
    risks: Floats
    targets: Ints
    odds: Floats
    gains: Floats
    taken: Ints

    def challenges(self) -> pd.DataFrame:
        """Return one row for each challenge: turn, challenger, target, chance, gain, and whether each of
        the two took up an offer of the challenger.
        """
        turn, challenger = np.nonzero(self.targets >= 0)
        target = self.targets[turn, challenger]
        names = np.array(self.actors.names, dtype=object)
        return pd.DataFrame(
            {
                "turn": turn + 1,
                "challenger": names[challenger],
                "target": names[target],
                "chance": self.odds[turn, challenger],
                "gain": self.gains[turn, challenger],
                "challenger_moves": self.taken[turn, challenger] == challenger,
                "target_moves": self.taken[turn, target] == challenger,
            }
        )

    def table(self) -> pd.DataFrame:
        """Return one row for each turn, actor and issue: turn, actor, issue, position, ideal, chance."""
        many = len(self.actors.issues)
        return super().table().assign(ideal=self.ideals.ravel(), chance=np.repeat(self.chances.ravel(), many))


def run_spatial(
    actors: Actors,
    *,
    options: SpatialOptions | None = None,
    perceptions: Perceptions | None = None,
    seed: int = 0,
) -> SpatialRun:
    """Run KTAB's spatial model of politics until it settles, goes round or runs out of turns.

    Each turn every actor challenges whom it gains most by challenging, and offers a settlement; all vote on
    the offers before each actor, which takes up one. The model is KTAB's (KAPSARC, smpc at commit 3b5b063);
    it takes in any number of issues. With `perceptions` each actor judges contests, and shapes its offers, by
    what it believes; attitudes to risk, and how offers are valued and voted on, are as they are. `seed`
    matters in stochastic mode only, where the run is number 0 of `run_many`. Raises `SimulationError` for
    perceptions that do not fit the actors.

    >>> half = [[0.5], [0.5]]
    >>> two = Actors(["A", "B"], ["budget"], capability=[1, 3], position=[[0.2], [0.8]], salience=half)
    >>> run = run_spatial(two)
    >>> run.ended, run.final.ravel().tolist()
    ('settled', [0.701, 0.701])
    """
    chosen = options or SpatialOptions()
    order = actors.order if chosen.compat is None else np.arange(actors.size)
    batch = prepare(actors, Draws(perceptions=perceptions))
    if batch.runs > 1:
        raise SimulationError(Problem("perceptions", f"are of {batch.runs} runs", "use run_many for them"))
    world, start = batch.part(0, 1, order)
    story = blank_story(chosen, *actors.position.shape, still=batch.still)
    final, ended = np.empty((1, *actors.position.shape)), np.empty((1, 4), dtype=np.int64)
    rules = chosen.rules(misperceived=batch.misperceived)
    play_many(world, start, rules, np.uint64(seed % 2**64), np.uint64(0), story, final, ended)
    turns, how, circle, unsettled = ended[0].tolist()
    chances = position_chances(story, turns, world, rules)
    back = np.argsort(order)
    positions = story.position[: turns + 1, back]
    targets, taken = (_renamed(each[:turns], order)[:, back] for each in (story.target, story.taken))
    return SpatialRun(
        model="spatial model of politics",
        actors=actors,
        positions=positions,
        ended=HOW[how],
        circle=circle,
        notes=notes_on(actors, positions, HOW[how], circle=circle, unsettled=unsettled),
        corrections=corrections(chosen),
        options=chosen,
        ideals=story.ideal[: turns + 1, back],
        chances=chances[:, back],
        risks=story.risk[:turns, back],
        targets=targets,
        odds=story.chance[:turns, back],
        gains=story.gain[:turns, back],
        taken=taken,
    )


def _renamed(sorted_index: Ints, order: Ints) -> Ints:
    """Return indices of actors in processing order as indices in the actors' own order; -1 stays."""
    return np.append(order, -1)[sorted_index]
