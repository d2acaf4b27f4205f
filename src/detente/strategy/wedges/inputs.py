"""What a wedge analysis rests on: the members of a bloc, who would divide them, who would hold them.

Every number may be one for all, one for each target (N,), or one for each draw and target (M, N). Rewards,
ties and pressure are in one unit: what it is worth to the target to stand a whole line nearer to others on
what it fully cares for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, StrategyError, raise_all

Floats = NDArray[np.float64]
Numbers = Floats | float


@dataclass(frozen=True, eq=False)
class Targets:
    """Members of the bloc. What it would lose in each, all from 0 to 1: its `share` of the bloc's capability,
    how often it is `pivot` under the decision rule (a power index), and the `loss` of cohesion without it.

    How it is aligned: distances `to_divider` and `to_bloc` (0 to 1), how much it `cares` for what they are
    measured on (0 to 1), and `ties` to the bloc beyond that (dependence, guarantees; at least 0).
    """

    share: Numbers
    pivot: Numbers
    loss: Numbers
    to_divider: Numbers
    to_bloc: Numbers
    cares: Numbers = 1.0
    ties: Numbers = 0.0


@dataclass(frozen=True, eq=False)
class Divider:
    """Who would detach targets: the most it can give (`reward`), how far its word is believed (`credible`, 0
    to 1; its own allies may stand in the way), what a unit costs it.

    The most it can hurt (`pressure`), at what cost a unit, and the `blowback`: how much of each unit drives
    the target to the bloc. `stake` is what the whole bloc's weight is worth to it.
    """

    reward: Numbers
    credible: Numbers = 1.0
    cost: Numbers = 1.0
    pressure: Numbers = 0.0
    pressure_cost: Numbers = 1.0
    blowback: Numbers = 0.5
    stake: Numbers = 1.0


@dataclass(frozen=True, eq=False)
class Defender:
    """Who would hold them: the `reward` it gives or stands ready to give, how far its word is believed
    (`credible`), the share of pressure that it takes off a target (`protection`), and what a unit more of
    each costs. `stake` is what the whole bloc's weight is worth to it.
    """

    reward: Numbers
    credible: Numbers = 1.0
    cost: Numbers = 1.0
    credible_cost: Numbers = 1.0
    protection: Numbers = 0.0
    protection_cost: Numbers = 1.0
    stake: Numbers = 1.0


SHARES = {"share", "pivot", "loss", "to_divider", "to_bloc", "cares", "credible", "protection"}
"""What cannot be more than 1; nothing can be less than 0."""


def drawn(*sides: Targets | Divider | Defender) -> tuple[list[dict[str, Floats]], int]:
    """Return all numbers as arrays (M, N) by name for each side, and how many draws were left out.

    A draw in which any number is missing is left out for all. Raises `StrategyError` with all numbers that
    are out of range, and where shapes do not go together.
    """
    raw = [
        {field.name: np.asarray(getattr(side, field.name), dtype=float) for field in fields(side)}
        for side in sides
    ]
    try:
        shape = np.broadcast_shapes((1, 1), *(values.shape for each in raw for values in each.values()))
    except ValueError as error:
        hint = "give one for all, one for each target (N,), or one for each draw and target (M, N)"
        raise StrategyError(Problem("wedges", "numbers do not go together in shape", hint)) from error
    if len(shape) > 2:
        raise StrategyError(Problem("wedges", f"numbers of shape {shape}", "give (draws, targets) at most"))
    raise_all(
        StrategyError,
        [problem for side, each in zip(sides, raw, strict=True) for problem in _odd(side, each)],
    )
    full = [{name: np.broadcast_to(values, shape) for name, values in each.items()} for each in raw]
    whole = np.isfinite([values for each in full for values in each.values()]).all(axis=(0, 2))
    if not whole.any():
        raise StrategyError(Problem("wedges", "a number is missing in every draw", "look at the inputs"))
    return [{name: values[whole] for name, values in each.items()} for each in full], int((~whole).sum())


def _odd(side: Targets | Divider | Defender, numbers: dict[str, Floats]) -> Iterator[Problem]:
    for name, values in numbers.items():
        most = 1.0 if name in SHARES else np.inf
        odd = (values < 0) | (values > most)
        if odd.any():
            where = f"{type(side).__name__.lower()}: {name}"
            hint = "give 0 to 1" if name in SHARES else "give 0 or more"
            yield Problem(where, f"{values[odd].flat[0]:g} is out of range ({odd.sum()} numbers)", hint)
