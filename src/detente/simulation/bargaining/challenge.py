"""The challenge model: actors press others to give in, by what they expect to gain (Bueno de Mesquita).

As read by Scholz, Calbert and Smith (2011, doi 10.5220/0003121500180030), one issue at a time. Each round:

1. the median by weighted votes, which is the outcome so far;
2. the probability that i prevails over j, from who sides with whom;
3. what each expects of challenging every other, first without attitude to risk;
4. risk: who is safe near the centre takes less of it (security of all others' challenges);
5. expected utilities again, with risk;
6. offers: give in, compromise, or stay; each takes the offer that costs it least; all move at once.

The published equations do not give the published table; one reading of the denominator in step 2 does
(`pairs`). With the chance that the status quo holds (`hold`) below 1, outcomes change much: the model is
never to be shown at one value alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CLOSE = 1e-12


@dataclass(frozen=True)
class Challenge:
    """How the model is read."""

    hold: float = 1.0
    """Q, the chance that the status quo holds if nobody challenges."""
    denominator: Literal["pairs", "paper"] = "pairs"
    """What probabilities are shares of: votes over all ordered pairs of positions, which gives the published
    table; or those between the two positions, as the equations are printed, so that P_ij + P_ji = 1."""
    choice: Literal["middle", "move"] = "middle"
    """Which compromise is taken: the one whose weighted middle is lowest, as in the published table; or the
    one that asks for the least move."""
    rounds: int = 10


@dataclass(frozen=True)
class Rounds:
    """What happened: positions (rounds + 1, actors), median and mean of each, risk (rounds, actors)."""

    position: Floats
    median: Floats
    mean: Floats
    risk: Floats
    settled: bool
    """Whether the last round moved nobody."""
    cycle: int
    """After how many rounds positions come back; 0 where they do not."""


def challenge(position: Floats, weight: Floats, salience: Floats, spec: Challenge | None = None) -> Rounds:
    """Return the rounds of the challenge model on one issue; all arrays are (actors,), salience from 0 to 1.

    `weight` is capability times salience. Nobody moves where all agree or nobody has weight.

    >>> found = challenge(np.array([0.0, 0.4, 1.0]), np.ones(3), np.full(3, 0.5))
    >>> found.median.round(3).tolist()[0]
    0.4
    """
    spec = spec or Challenge()
    order = np.lexsort((salience, weight, position))
    found = _played(position[order], weight[order], salience[order], spec)
    back = np.argsort(order)
    return replace(found, position=found.position[:, back], risk=found.risk[:, back])


def _played(position: Floats, weight: Floats, salience: Floats, spec: Challenge) -> Rounds:
    """Return the rounds of actors in order of position: no sum hangs on the order they were given in."""
    reach = float(position.max() - position.min()) if len(position) else 0.0
    track: list[Floats] = [np.asarray(position, dtype=float)]
    risks: list[Floats] = []
    cycle = 0
    while len(risks) < spec.rounds and reach > 0 and weight.sum() > 0:
        moved, risk = step(track[-1], weight, salience, reach=reach, spec=spec)
        risks.append(risk)
        track.append(moved)
        same = [
            back for back in range(1, len(track)) if np.allclose(track[-1 - back], moved, atol=CLOSE, rtol=0)
        ]
        if same:
            cycle = same[0] if same[0] > 1 else 0
            break
    held = np.array(track)
    return Rounds(
        position=held,
        median=np.array([centre(each, weight, reach) for each in held]),
        mean=np.array(
            [(each * weight).sum() / weight.sum() if weight.sum() > 0 else each.mean() for each in held]
        ),
        risk=np.array(risks).reshape(len(risks), len(position)),
        settled=len(track) == 1 or bool(np.allclose(track[-1], track[-2], atol=CLOSE, rtol=0)),
        cycle=cycle,
    )


def step(
    position: Floats, weight: Floats, salience: Floats, *, reach: float, spec: Challenge
) -> tuple[Floats, Floats]:
    """Return positions after one round, and the exponents of risk."""
    middle = centre(position, weight, reach)
    calm = np.ones(len(position))
    sides = _Sides(position, weight, salience, reach, middle, spec)
    _, of_others = sides.expected(calm)
    risk = exponents(np.where(np.eye(len(position), dtype=bool), 0.0, of_others).sum(axis=1))
    own, of_others = sides.expected(risk)
    moved = [_moved(position, own[i], of_others[i], i, spec) for i in range(len(position))]
    return np.array(moved), risk


def centre(position: Floats, weight: Floats, reach: float) -> float:
    """Return the position that no other beats by weighted votes; of several, the lowest, whoever holds it."""
    far = (weight[:, None] * np.abs(position[:, None] - position[None, :])).sum(axis=0)
    return float(position[far <= far.min() + CLOSE * max(reach, 1.0)].min())


def exponents(security: Floats) -> Floats:
    """Return the exponents of risk, from 1/2 to 2, of what others expect to gain from each (actors,).

    Who has least to fear takes the least risk. All 1 where all are equally safe.
    """
    high, low = float(security.max()), float(security.min())
    if high - low <= CLOSE:
        return np.ones(len(security))
    attitude = (2 * security - high - low) / (high - low)
    return np.asarray((1 - attitude / 3) / (1 + attitude / 3))


@dataclass(frozen=True)
class _Sides:
    """One round: who stands where, with what weight, and where the median is."""

    position: Floats
    weight: Floats
    salience: Floats
    reach: float
    middle: float
    spec: Challenge

    def expected(self, risk: Floats) -> tuple[Floats, Floats]:
        """Return what i expects of challenging j, and of j challenging it, both as i sees them: (n, n)."""
        gap = np.abs(self.position[:, None] - self.position[None, :]) / self.reach
        prevails = self.probability(risk, gap)
        own = self._utility(prevails, gap, risk[:, None], salience=self.salience[None, :], mover=0)
        others = self._utility(prevails.T, gap, risk[:, None], salience=self.salience[:, None], mover=1)
        return own, others

    def probability(self, risk: Floats, gap: Floats) -> Floats:
        """Return the chance that i prevails over j: what sides with i, over all that is cast (n, n)."""
        curved = gap ** risk[:, None]
        prefers = self.weight[:, None, None] * (curved[:, None, :] - curved[:, :, None])
        siding = np.maximum(prefers, 0.0).sum(axis=0)
        cast = np.abs(prefers)
        total = cast.sum(axis=0) if self.spec.denominator == "paper" else np.full(gap.shape, cast.sum())
        held = (gap > 0) & (total > 0)
        return np.asarray(np.divide(siding, total, out=np.zeros_like(siding), where=held))

    def _utility(
        self, prevails: Floats, gap: Floats, risk: Floats, *, salience: Floats, mover: int
    ) -> Floats:
        """Return expected utility of challenges between i and j, in the eyes of i, whose risk counts.

        `mover` is 0 where i challenges, 1 where j does; `salience` is the one who is challenged.
        """
        success, failure = 2 - 4 * (0.5 - 0.5 * gap) ** risk, 2 - 4 * (0.5 + 0.5 * gap) ** risk
        stays = 2 - 4 * 0.5**risk
        challenged = salience * (prevails * success + (1 - prevails) * failure) + (1 - salience) * success
        off = np.abs(self.position - self.middle) / self.reach
        challenger = off[:, None] if mover == 0 else off[None, :]
        shift = 0.25 * (challenger + gap)
        nearer = challenger < gap
        drift = np.where(nearer, 2 - 4 * np.maximum(0.5 - shift, 0) ** risk, 2 - 4 * (0.5 + shift) ** risk)
        return np.asarray(challenged - self.spec.hold * stays - (1 - self.spec.hold) * drift)


def _moved(position: Floats, own: Floats, others: Floats, i: int, spec: Challenge) -> float:
    """Return where actor i goes: it gives in where it would lose, else meets someone, else stays."""
    here = position[i]
    giving_in, meeting = [], []
    for j, there in enumerate(position):
        a, b = own[j], others[j]
        if there == here:
            continue
        if b > a > 0:
            giving_in.append((abs(there - here), there))
        elif b > 0 > a and b > -a:
            target = here + (there - here) * (-a / b)
            middle = (-a * here + b * there) / (b - a)
            meeting.append((middle if spec.choice == "middle" else abs(target - here), target))
        elif b > 0 > a and spec.choice == "move":
            meeting.append((abs(there - here), there))
    best = giving_in or meeting
    return float(min(best)[1]) if best else float(here)
