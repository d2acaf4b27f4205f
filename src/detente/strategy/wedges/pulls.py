"""The balance of pulls on each target, draw by draw.

What holds a target (our operationalisation, as all equations here): H = cares (d_divider - d_bloc) + ties.

- Selective accommodation (Crawford 2011, 2021) pulls it away by A = c_D R_D - c_B R_B - H: the divider's
  reward against the defender's, each as far as it is believed: relative reward power (Izumikawa 2013).
- Coercion pulls it away by C = (1 - protection - blowback) P - c_B R_B - H. Where blowback is more than what
  is left of the pressure, coercion binds instead of dividing, whatever its size.

A target gives way where a pull is above 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.strategy.wedges.inputs import Floats

Side = dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Pulls:
    """What holds, the defender's reward included (`held`), and the pulls of both ways to divide, (M, N)."""

    held: Floats
    accommodation: Floats
    coercion: Floats


def balance(targets: Side, divider: Side, defender: Side) -> Pulls:
    """Return the pulls on targets from numbers (M, N) by name."""
    aligned = targets["cares"] * (targets["to_divider"] - targets["to_bloc"]) + targets["ties"]
    held = aligned + defender["credible"] * defender["reward"]
    left = 1 - defender["protection"] - divider["blowback"]
    return Pulls(
        held,
        divider["credible"] * divider["reward"] - held,
        left * divider["pressure"] - held,
    )


def weight(targets: Side, mix: Floats) -> Floats:
    """Return the strategic weight (M, N) of targets: what the bloc loses in each, from 0 to 1.

    A mean of the share of capability, of how often it is pivotal, and of the loss of cohesion, by `mix` (3,).
    """
    parts = np.stack([targets["share"], targets["pivot"], targets["loss"]])
    return np.asarray(np.einsum("i,imn->mn", mix, parts))


def price(pulls: Pulls, divider: Side) -> Floats:
    """Return the least reward (M, N) for which a target gives way, infinite where no word is believed."""
    wanted = np.maximum(pulls.held, 0.0)
    return np.where(wanted > 0, _over(wanted, divider["credible"]), 0.0)


def worth(pulls: Pulls, weights: Floats, divider: Side) -> tuple[Floats, Floats]:
    """Return what accommodation and coercion of each target are worth to the divider, (M, N) each.

    An offer is raised until it is taken, and paid only then; nothing is offered that costs more than the
    target is worth. Pressure costs the same whether the target gives way or not.
    """
    gain = divider["stake"] * weights
    taken = pulls.accommodation > 0
    paid = np.where(taken, divider["cost"] * np.where(taken, price(pulls, divider), 0.0), 0.0)
    rewarded = np.where(taken, np.maximum(gain - paid, 0.0), 0.0)
    pressed = np.where(pulls.coercion > 0, gain, 0.0) - divider["pressure_cost"] * divider["pressure"]
    return rewarded, pressed


def answers(gap: Floats, pressed: Floats, divider: Side, defender: Side) -> dict[str, tuple[Floats, Floats]]:
    """Return how much of each binding move (M, N) closes a gap, infinite where none does, and the cost.

    `reward` more of it; `guarantee` a word that is believed more, at most fully; `protection` more of it, at
    most full, which is of use only where targets are `pressed` (N,).
    """
    open_ = np.maximum(gap, 0.0)
    more = {
        "reward": (_over(open_, defender["credible"]), defender["cost"]),
        "guarantee": (
            _up_to(_over(open_, defender["reward"]), 1 - defender["credible"]), defender["credible_cost"],
        ),
        "protection": (
            _up_to(_over(open_, np.where(pressed, divider["pressure"], 0.0)), 1 - defender["protection"]),
            defender["protection_cost"],
        ),
    }  # fmt: skip
    return {
        name: (size, np.where(np.isfinite(size), cost * np.where(np.isfinite(size), size, 0.0), np.inf))
        for name, (size, cost) in more.items()
    }


def _over(wanted: Floats, each: Floats) -> Floats:
    """Return wanted / each, 0 where nothing is wanted, infinite where each is 0."""
    some = each > 0
    return np.where(wanted > 0, np.where(some, wanted / np.where(some, each, 1.0), np.inf), 0.0)


def _up_to(size: Floats, most: Floats) -> Floats:
    return np.where(size <= most, size, np.inf)
