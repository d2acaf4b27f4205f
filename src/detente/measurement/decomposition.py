"""Kernels of a change in cohesion: who joined and left, what was put to the vote, and who votes otherwise.

Cohesion in a window is a mean over roll calls. Two switches lead from a bloc of constant members, those who
belong to both windows, to the bloc as it was: one lets those who joined count by their dates, the other those
who left. A switch's effect is its mean over the two orders of switching (Shapley 1953); joining and leaving
are the effects in the later window less those in the earlier.

What is left is the change among constant members. Roll calls are sorted into strata; with p_k the share of
stratum k in a window and m_k its mean, the change of sum_k p_k m_k is, exactly (Kitagawa 1955),

    sum_k (p_k' - p_k) (m_k + m_k') / 2  +  sum_k (p_k + p_k') / 2 (m_k' - m_k)

The first sum is the agenda: what was voted on more, and what less. In the second, a stratum that is one text,
voted on in both windows, tells of members' own votes. One that shares no more than a title or a kind tells of
own votes or of other texts, and which of the two cannot be told. A stratum that one window lacks has no
change of its own to add: its m is taken to be the same in both, so that all that it moves is agenda.

Arrays in, arrays out. The first row of weights counts every roll call once; the others are resamples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.measurement.linear import multiply

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Held:
    """The roll calls of one window.

    `weights` (draws, roll calls). `scores` (4, roll calls): cohesion of the constant members; with those who
    joined; with those who left; with both, which is the bloc as it was. NaN where it is not defined. `strata`
    (roll calls): the number of each roll call's stratum, the same in both windows.
    """

    weights: Floats
    scores: Floats
    strata: Ints


@dataclass(frozen=True)
class Parts:
    """A change and its parts, (draws) each; joining to undivided add up to after - before.

    `same_text` is the mean change over texts voted on in both windows, which `own` counts by their share;
    `same_question` that over these and what came back under the same title.
    """

    before: Floats
    after: Floats
    joining: Floats
    leaving: Floats
    agenda: Floats
    own: Floats
    undivided: Floats
    same_text: Floats
    same_question: Floats


def decompose(before: Held, after: Held, *, text: Mask, question: Mask) -> Parts:
    """Return the parts of the change from one window to the next.

    `text` (strata) says which are one text, `question` which are one text or one title.

    >>> once, strata = np.ones((1, 2)), np.array([0, 1])
    >>> first = Held(once, np.tile([0.5, 1.0], (4, 1)), strata)
    >>> second = Held(once, np.tile([0.7, 1.0], (4, 1)), strata)
    >>> recurs = np.array([True, False])
    >>> parts = decompose(first, second, text=recurs, question=recurs)
    >>> [round(float(part[0]), 3) for part in (parts.own, parts.same_text, parts.agenda)]
    [0.1, 0.2, 0.0]
    """
    levels = means(before), means(after)
    (joined, left), (joined_after, left_after) = (effects(each) for each in levels)
    p, m = by_stratum(before, strata=len(text))
    p_after, m_after = by_stratum(after, strata=len(text))
    m, m_after = np.where(np.isnan(m), m_after, m), np.where(np.isnan(m_after), m, m_after)
    share, moved = (p + p_after) / 2, np.nan_to_num(m_after - m)
    own, titled = ((share * moved)[:, which].sum(axis=1) for which in (text, question))
    return Parts(
        before=levels[0][:, 3],
        after=levels[1][:, 3],
        joining=joined_after - joined,
        leaving=left_after - left,
        agenda=((p_after - p) * np.nan_to_num(m + m_after) / 2).sum(axis=1),
        own=own,
        undivided=(share * moved)[:, ~text].sum(axis=1),
        same_text=_ratio(own, share[:, text].sum(axis=1)),
        same_question=_ratio(titled, share[:, question].sum(axis=1)),
    )


def at_the_pace(before: Held, after: Held, *, pairs: Ints, years: tuple[Floats, Floats]) -> Floats:
    """Return the change that would be if all votes moved as those on one text do from one time to the next.

    `pairs` (n, 2): places of an earlier and a later roll call on one text, the roll calls of `before` counted
    first; `years`: when the roll calls of each window were held. The pace is the sum of the changes of these
    pairs among constant members over the years between them; it counts over the years between the windows'
    mean dates. A pair counts in a resample as often as its later roll call. (draws), NaN without pairs.

    >>> held = Held(np.ones((1, 2)), np.tile([0.5, 0.6], (4, 1)), np.array([0, 0]))
    >>> years = np.array([2000.0, 2002]), np.array([2005.0, 2007])
    >>> round(float(at_the_pace(held, held, pairs=np.array([[0, 1]]), years=years)[0]), 3)
    0.25
    """
    score = np.concatenate([before.scores[0], after.scores[0]])
    when = np.concatenate(years)
    earlier, later = pairs.T
    weights = np.concatenate([before.weights, after.weights], axis=1)[:, later]
    moved, apart = (score[later] - score[earlier])[:, None], (when[later] - when[earlier])[:, None]
    pace = _ratio(multiply(weights, moved), multiply(weights, apart))[:, 0]
    first, last = (_mean_date(held, each) for held, each in zip((before, after), years, strict=True))
    return np.asarray(pace * (last - first))


def _mean_date(held: Held, years: Floats) -> Floats:
    return _ratio(multiply(held.weights, years[:, None])[:, 0], held.weights.sum(axis=1))


def means(held: Held) -> Floats:
    """Return the mean of each of the four scores in each draw, (draws, 4); NaN where nothing is defined."""
    defined = ~np.isnan(held.scores)
    total = multiply(held.weights, np.where(defined, held.scores, 0).T)
    return _ratio(total, multiply(held.weights, defined.T.astype(float)))


def effects(levels: Floats) -> tuple[Floats, Floats]:
    """Return what joining and what leaving add to cohesion in one window; `levels` as from `means`.

    >>> joining, leaving = effects(np.array([[0.5, 0.7, 0.4, 0.5]]))
    >>> float(joining[0].round(3)), float(leaving[0].round(3))
    (0.15, -0.15)
    """
    constant, joined, left, both = levels.T
    return ((joined - constant) + (both - left)) / 2, ((left - constant) + (both - joined)) / 2


def by_stratum(held: Held, *, strata: int) -> tuple[Floats, Floats]:
    """Return each stratum's share of the roll calls, and its mean among constant members: (draws, strata).

    Roll calls without a score are passed over. A stratum that a resample misses has no share in it, and the
    mean that it has in the roll calls as they were held; one without roll calls, NaN.
    """
    score = held.scores[0]
    placed = np.flatnonzero(~np.isnan(score))
    placed = placed[np.argsort(held.strata[placed], kind="stable")]
    present, first = np.unique(held.strata[placed], return_index=True)
    weights = held.weights[:, placed]
    size, total = np.zeros((2, len(weights), strata))
    if len(placed):
        size[:, present] = np.add.reduceat(weights, first, axis=1)
        total[:, present] = np.add.reduceat(weights * score[placed], first, axis=1)
    mean = _ratio(total, size)
    return _ratio(size, size.sum(axis=1, keepdims=True)), np.where(size > 0, mean, mean[:1])


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below, NaN where nothing is below."""
    return np.asarray(np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0))
