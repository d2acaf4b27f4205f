"""The verb: what comes out when these actors bargain under one model, what is uncertain drawn many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente import files
from detente.errors import Problem, ResultError, SimulationError, did_you_mean, raise_all
from detente.folders import Content, Result
from detente.simulation.bargaining.actors import Actors, Floats, Perceptions
from detente.simulation.bargaining.asked import Asked
from detente.simulation.bargaining.averages import compromise
from detente.simulation.bargaining.models import MODELS, Answer, Question
from detente.simulation.bargaining.options import SpatialOptions
from detente.simulation.bargaining.spatial_inputs import Draws
from detente.simulation.bargaining.uncertain import Uncertain, uncertain_from
from detente.tabular import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

LEVEL = 0.90
USUAL_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Bargain(Result):
    """What a model found, as tables.

    `outcome`: issue, outcome, low, high (90 per cent of the draws; missing if nothing is uncertain).
    `positions`: turn, actor, issue, position. `tables`: what else the model tells, by name. `ended` is
    'settled', 'goes round' (after `circle` turns positions are as before) or 'out of time'. `drawn` (draws,
    issues) are the outcomes of the draws. `notes` and `corrections` are in words.
    """

    model: str
    actors: Actors
    outcome: pd.DataFrame
    positions: pd.DataFrame
    ended: str
    circle: int
    drawn: Floats
    unsettled: float
    """The share of the draws that did not settle."""
    notes: tuple[str, ...]
    corrections: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    asked: Asked | None = None
    """What it was asked of, from which it can be made again."""

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        own = {"outcome": self.outcome, "positions": self.positions, "actors": self.actors.table()}
        return {**own, **self.tables}

    def content(self) -> Content:
        """Return all of it for a folder; raises `ResultError` where it does not know what was asked."""
        if self.asked is None:
            raise ResultError(
                Problem("bargain", "does not know what was asked", "save what `bargain` returns")
            )
        import xarray as xr

        rows, issues = self.drawn.reshape(-1, len(self.actors.issues)), list(self.actors.issues)
        drawn = xr.Dataset({"drawn": (("draw", "issue"), rows)}, {"issue": issues})
        return Content(
            "bargain",
            repr(self),
            self.frames(),
            {"seed": self.asked.seed, "draws": self.asked.draws, "options": {"model": self.model}},
            arrays={"data": drawn} if len(self.drawn) else {},
            texts={"inputs.json": self.asked.text()},
            about={"ended": self.ended, "circle": self.circle, "unsettled": self.unsettled,
                   "notes": self.notes, "corrections": self.corrections},
        )  # fmt: skip

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return the outcome, and how sure it is."""
        sure = (
            f"low and high: 90 % of {len(self.drawn):,} draws" if len(self.drawn) else "nothing is uncertain"
        )
        title = f"{MODELS[self.model].title} of {self.actors.size} actors: {self.ended}"
        return title, f"{'. '.join([sure, *self.notes])}.", self.outcome

    def write(self, folder: str | Path) -> list[Path]:
        """Write every table into `folder` as CSV, whole or not at all, and return where.

        Raises `EvidenceError` where the folder cannot be written.
        """
        written = []
        for name, frame in self.frames().items():
            target = Path(folder) / f"{name}.csv"
            files.write_text(target, frame.to_csv(index=name == "votes", lineterminator="\n"))
            written.append(target)
        return written

    def __repr__(self) -> str:
        lines = [f"{MODELS[self.model].title} of {self.actors.size} actors: {self.ended}"]
        for issue, outcome, low, high in self.outcome.itertuples(index=False):
            between = (
                "" if np.isnan(low) else f" ({low:.3f} to {high:.3f} in 90 % of {len(self.drawn):,} draws)"
            )
            lines.append(f"  {issue}: {outcome:.3f}{between}")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])


def bargain(
    actors: Actors | Uncertain | IntoDataFrame | str | Path,
    *,
    model: str = "compromise",
    options: Any = None,
    perceptions: Perceptions | None = None,
    draws: int = USUAL_DRAWS,
    seed: int = 0,
) -> Bargain:
    """Return what comes out when `actors` bargain under `model`, one of `MODELS`.

    `actors` are `Actors`; `Uncertain`, with ranges; a table (of pandas, Polars or Arrow) of actor, issue,
    position, salience, capability on 0 to 100, with columns `..._low` and `..._high` for ranges; or a file of
    KTAB's (CSV or XML) or of such a table. `options` are the model's own (`SpatialOptions`, `Challenge`,
    `Influence`, `Confidence`), or a mapping of them. `perceptions` say what each actor believes of the
    others, for the spatial model. Where inputs have ranges, `draws` of them are made from `seed`. Positions
    and outcomes run from 0 to 1. Raises `SimulationError` with all that is wrong.

    >>> table = pd.DataFrame({"actor": ["A", "B"], "issue": "budget", "position": [0, 100], "salience": 50,
    ...                       "capability": [1, 3]})
    >>> bargain(table).outcome["outcome"].tolist()
    [0.75]
    """
    given = read_actors(actors)
    spec = _options(model, options, perceptions, draws)
    asked = Question(spec, perceptions, seed)
    answer = MODELS[model].solve(given.actors, asked)
    drawn, unsettled = _drawn(given, model, asked, draws, seed) if given.ranges else (np.empty((0, 0)), 0.0)
    notes = list(answer.notes)
    if unsettled:
        notes.append(f"{100 * unsettled:.1f} % of the draws did not settle")
    return Bargain(
        model=model,
        actors=given.actors,
        outcome=_outcome(given.actors, answer, drawn),
        positions=_positions(given.actors, answer.positions),
        ended=answer.ended,
        circle=answer.circle,
        drawn=drawn,
        unsettled=unsettled,
        notes=tuple(notes),
        corrections=answer.corrections,
        tables=answer.tables,
        asked=Asked(given, spec, perceptions, draws, seed),
    )


def read_actors(given: Any) -> Uncertain:
    """Return actors with their ranges from whatever `bargain` takes."""
    if isinstance(given, Uncertain):
        return given
    if isinstance(given, Actors):
        return Uncertain(given, {})
    given = as_pandas(given)
    if isinstance(given, pd.DataFrame):
        return uncertain_from(given)
    if isinstance(given, (str, Path)):
        from detente.simulation.bargaining.actor_files import read_actor_file

        found: Uncertain = read_actor_file(Path(given))
        return found
    hint = "give Actors, a table of actor, issue, position, salience, capability, or a path"
    raise SimulationError(Problem("actors", f"a {type(given).__name__} holds no actors", hint))


def _options(model: str, options: Any, perceptions: Perceptions | None, draws: int) -> Any:
    problems = []
    if model not in MODELS:
        hint = did_you_mean(model, MODELS) or f"models are {', '.join(MODELS)}"
        raise SimulationError(Problem("model", f"no model is called {model!r}", hint))
    kind = MODELS[model].options
    if options is not None and kind is None:
        problems.append(Problem("options", f"the model {model!r} takes none", "leave them out"))
    elif isinstance(options, Mapping) and kind is not None:
        try:
            options = kind(**options)
        except TypeError as error:
            known = ", ".join(vars(kind()).keys())
            problems.append(Problem("options", str(error).split(") ")[-1], f"the model takes {known}"))
    elif options is not None and kind is not None and not isinstance(options, kind):
        problems.append(Problem("options", f"{options!r} does not fit {model!r}", f"give {kind.__name__}"))
    if perceptions is not None and model != "spatial":
        problems.append(Problem("perceptions", f"the model {model!r} has none", 'use model="spatial"'))
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        problems.append(Problem("draws", f"{draws!r} is no number of draws", "give 1 or more; 1000 is usual"))
    raise_all(SimulationError, problems)
    return options


def _drawn(given: Uncertain, model: str, asked: Question, draws: int, seed: int) -> tuple[Floats, float]:
    """Return the outcome of each draw (draws, issues), and the share of draws that did not settle."""
    inputs = given.draws(draws, seed=seed)
    if model == "spatial":
        from detente.simulation.bargaining.spatial_batch import stream

        chosen = asked.options or SpatialOptions()
        told = Draws(inputs.positions, inputs.saliences, inputs.capabilities, asked.perceptions)
        parts = list(stream(given.actors, told, options=chosen, seed=seed))
        settled = np.concatenate([part.settled for part in parts])
        return np.concatenate([part.mean for part in parts]), float(1 - settled.mean())
    if model == "compromise":
        where, care, weight = _each(given.actors, inputs, draws)
        return compromise(where, weight[..., None] * care), 0.0
    answers = [MODELS[model].solve(each, asked) for each in _redrawn(given.actors, inputs, draws)]
    return np.array([each.outcome for each in answers]), float(
        np.mean([each.ended != "settled" for each in answers])
    )


def _each(actors: Actors, inputs: Draws, draws: int) -> tuple[Floats, Floats, Floats]:
    """Return positions, saliences and capabilities with one axis of draws in front."""
    own = (actors.position, actors.salience, actors.capability)
    drawn = (inputs.positions, inputs.saliences, inputs.capabilities)
    where, care, weight = (
        np.broadcast_to(table if each is None else np.asarray(each), (draws, *table.shape))
        for table, each in zip(own, drawn, strict=True)
    )
    return where, care, weight


def _redrawn(actors: Actors, inputs: Draws, draws: int) -> list[Actors]:
    held = zip(*_each(actors, inputs, draws), strict=True)
    return [
        Actors(actors.names, actors.issues, position=where, salience=care, capability=weight)
        for where, care, weight in held
    ]


def _outcome(actors: Actors, answer: Answer, drawn: Floats) -> pd.DataFrame:
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    none = np.full((2, len(actors.issues)), np.nan)
    low, high = np.quantile(drawn, ends, axis=0) if len(drawn) else none
    return pd.DataFrame({"issue": actors.issues, "outcome": answer.outcome, "low": low, "high": high})


def _positions(actors: Actors, track: Floats) -> pd.DataFrame:
    turns, size, many = track.shape
    return pd.DataFrame(
        {
            "turn": np.repeat(np.arange(turns), size * many),
            "actor": np.tile(np.repeat(actors.names, many), turns),
            "issue": np.tile(actors.issues, turns * size),
            "position": track.ravel(),
        }
    )
