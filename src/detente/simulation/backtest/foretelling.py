"""What each model says at one origin, from the panel of that year alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.simulation.backtest.blocs import QUANTITIES, Series, series, summed
from detente.simulation.backtest.boards import MODEL
from detente.simulation.backtest.crossing import Side, crossed, sides_now
from detente.simulation.backtest.outcomes import CLEAR
from detente.simulation.backtest.predictive import Normal, Predictive, Sampled
from detente.simulation.drawing import stream
from detente.simulation.panel.baselines import BASELINES, Normals
from detente.simulation.panel.data import Panel
from detente.simulation.panel.fit import PanelFit, fit_panel
from detente.simulation.panel.forecast import forecast
from detente.simulation.panel.layout import Spec

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RECENT = 5
"""Years whose readings tell how noisy the next will be."""
FALL, CROSS = "cohesion falls", "member crosses"


@dataclass(frozen=True)
class Design:
    """What is compared: models by name, MODEL among them, beside the baselines; years ahead; draws and seed.

    `sides`: pairs of a bloc and another bloc or actor; a member crosses when it is read nearer to the other's
    mean than to its own bloc's. `uncertain` draws parameters too.
    """

    models: Mapping[str, Spec] = field(default_factory=lambda: {MODEL: Spec()})
    years: int = 5
    draws: int = 1000
    seed: int = 0
    sides: tuple[tuple[str, str], ...] = ()
    uncertain: bool = True


@dataclass(frozen=True, eq=False)
class Foretold:
    """Forecasts of one model and quantity: one for each horizon, each of everybody in `who`."""

    model: str
    quantity: str
    who: tuple[str, ...]
    forecasts: tuple[Predictive, ...]


@dataclass(frozen=True, eq=False)
class Foreseen:
    """Probabilities (H, N) that something happens to each of `who` by each horizon."""

    model: str
    event: str
    who: tuple[str, ...]
    chance: Floats


@dataclass(frozen=True, eq=False)
class Told:
    """All that was said at one origin. `falls`: spread of a bloc above which its cohesion has fallen; `fit`
    is that of MODEL.
    """

    forecasts: tuple[Foretold, ...]
    events: tuple[Foreseen, ...]
    falls: Mapping[str, float]
    sides: tuple[Side, ...]
    fit: PanelFit


@dataclass(frozen=True, eq=False)
class Origin:
    """One origin: its panel, the noise that readings of its actors (N,) usually have, and its blocs."""

    panel: Panel
    noise: Floats
    inside: Mapping[str, Bools]
    lines: Mapping[str, Mapping[str, Series]]
    sides: tuple[Side, ...]

    @classmethod
    def of(cls, panel: Panel, sides: tuple[tuple[str, str], ...]) -> Origin:
        """Return the origin of a panel, with the blocs of its last year that have a series."""
        member = panel.tables[0][-1]
        inside = {bloc: member[:, column] > 0 for column, bloc in enumerate(panel.blocs)}
        lines = {bloc: series(panel, held) for bloc, held in inside.items()}
        known = {bloc: held for bloc, held in lines.items() if not np.isnan(held[QUANTITIES[1]].values[-1])}
        return cls(panel, _usual_noise(panel), inside, known, tuple(sides_now(panel, sides)))

    @property
    def falls(self) -> dict[str, float]:
        """Spread of each bloc above which its cohesion has fallen by more than one usual change."""
        found = {}
        for bloc, held in self.lines.items():
            spread = held[QUANTITIES[1]]
            found[bloc] = float(spread.values[-1]) + spread.usual_change
        return found


def foretell(panel: Panel, design: Design) -> Told:
    """Return what models and baselines say at the end of a panel. Nothing outside of it is looked at."""
    origin = Origin.of(panel, design.sides)
    forecasts: list[Foretold] = []
    events: list[Foreseen] = []
    for name, spec in design.models.items():
        fit = fit_panel(panel, spec, uncertain=design.uncertain)
        if name == MODEL:
            main = fit
        drawn = list(_sampled(origin, fit, design))
        positions = tuple(each for each, _ in drawn)
        forecasts.append(Foretold(name, "position", panel.actors, positions))
        readings = [each.readings for each in positions]
        for quantity in QUANTITIES if origin.lines else ():
            told = tuple(blocs[quantity] for _, blocs in drawn)
            forecasts.append(Foretold(name, quantity, tuple(origin.lines), told))
        events += _events_drawn(origin, name, readings)
    for name, rule in BASELINES.items():
        normals = tuple(_normal(origin, rule(panel, design.years)))
        forecasts.append(Foretold(name, "position", panel.actors, normals))
        rng = stream(design.seed, "backtest", name, str(panel.years[-1]))
        events += _crossings(origin, name, [each.sample(design.draws, rng) for each in normals])
    for quantity in QUANTITIES:
        forecasts += _by_series(origin, quantity, design.years)
    events += _falls_by_series(origin, forecasts)
    return Told(tuple(forecasts), tuple(events), origin.falls, origin.sides, main)


def _usual_noise(panel: Panel) -> Floats:
    sd = np.where(panel.sd[-RECENT:] <= CLEAR, panel.sd[-RECENT:], np.nan)
    everybody = float(np.nanmedian(sd))
    there = ~np.isnan(sd).all(axis=0)
    own = np.full(sd.shape[1], everybody)
    own[there] = np.nanmedian(sd[:, there], axis=0)
    return own**2


def _sampled(
    origin: Origin, fit: PanelFit, design: Design
) -> Iterator[tuple[Sampled, dict[str, Predictive]]]:
    """Yield forecasts of positions, and of blocs, year by year."""
    panel = origin.panel
    rng = stream(design.seed, "backtest", str(panel.years[-1]))
    found = forecast(fit, years=design.years, draws=design.draws, rng=rng)
    noise = np.tile(origin.noise, (design.years, 1))
    for positions, readings in zip(found.positions, found.readings(noise, rng), strict=True):
        told = Sampled(positions, readings, origin.noise, found.wild_share, found.wild_variance)
        held = [summed(readings, origin.inside[bloc]) for bloc in origin.lines]
        blocs: dict[str, Predictive] = {
            quantity: Sampled.of(np.column_stack([each[quantity] for each in held]))
            for quantity in QUANTITIES
            if held
        }
        yield told, blocs


def _normal(origin: Origin, told: Normals) -> Iterator[Normal]:
    for mean, variance in zip(told.mean, told.variance, strict=True):
        yield Normal(mean, np.sqrt(variance + (0.0 if told.noisy else origin.noise)))


def _by_series(origin: Origin, quantity: str, years: int) -> Iterator[Foretold]:
    """Yield what rules say of blocs' series; a bloc whose series is too short for one has none."""
    said = [
        {bloc: held[quantity].forecasts(h) for bloc, held in origin.lines.items()}
        for h in range(1, years + 1)
    ]
    whole = [bloc for bloc in origin.lines if all(each[bloc] for each in said)]
    if not whole:
        return
    for name in said[0][whole[0]]:
        told = [[each[bloc][name] for bloc in whole] for each in said]
        yield Foretold(
            name,
            quantity,
            tuple(whole),
            tuple(
                Normal(np.concatenate([one.mean for one in row]), np.concatenate([one.sd for one in row]))
                for row in told
            ),
        )


def _events_drawn(origin: Origin, name: str, readings: list[Floats]) -> Iterator[Foreseen]:
    limits = origin.falls
    chance = np.array(
        [
            [
                float((summed(each, origin.inside[bloc])[QUANTITIES[1]] > limit).mean())
                for bloc, limit in limits.items()
            ]
            for each in readings
        ]
    ).reshape(len(readings), len(limits))
    yield Foreseen(name, FALL, tuple(limits), chance)
    yield from _crossings(origin, name, readings)


def _crossings(origin: Origin, name: str, readings: list[Floats]) -> Iterator[Foreseen]:
    for side in origin.sides:
        chance = np.array([crossed(side, each).mean(axis=0) for each in readings])
        yield Foreseen(name, CROSS, side.who, chance)


def _falls_by_series(origin: Origin, forecasts: list[Foretold]) -> Iterator[Foreseen]:
    limits = origin.falls
    for told in forecasts:
        if told.quantity == QUANTITIES[1] and isinstance(told.forecasts[0], Normal):
            limit = np.array([limits[bloc] for bloc in told.who])
            chance = np.array([1 - each.score(limit).below for each in told.forecasts])
            yield Foreseen(told.model, FALL, told.who, chance)
