"""From futures with names to a plan of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.simulation.ensemble.luck import WORDS
from detente.simulation.ensemble.plan import Events, Law, Lines, Luck, Outside, Plan, Rules, Votes
from detente.simulation.ensemble.streams import Streams, quantile_tables, streams

if TYPE_CHECKING:
    from detente.simulation.dynamics import Dynamics
    from detente.simulation.ensemble.ballots import Ballot, Size
    from detente.simulation.ensemble.futures import Futures
    from detente.simulation.ensemble.shocks import Cells, Shock
    from detente.simulation.institutions.compiled import Compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STRENGTHS = ("doubt", "abstention", "hold", "pressure", "isolation")
SIDES = ("failed", "passed")
NEAR = 1e-12


def packed(futures: Futures, *, like: tuple[Futures, Plan] | None = None) -> Plan:
    """Return the plan of some futures; of others `like` them with their plan, the law is taken if it is the
    same.

    >>> from detente.simulation.dynamics import Dynamics
    >>> from detente.simulation.ensemble.futures import Futures
    >>> still = Dynamics(actors=("A", "B"), issues=("budget",), start=np.array([[0.0], [1.0]]))
    >>> packed(Futures(dynamics=still, steps=4)).rows
    (10, 0)
    """
    shocks = tuple(sorted(futures.shocks, key=lambda shock: shock.step))
    outside = _outside(futures)
    tables, which = quantile_tables(futures.dynamics.dof)
    votes, rules = _votes(futures)
    same = like is not None and like[0].dynamics is futures.dynamics
    return Plan(
        law=like[1].law if like and same else _law(futures.dynamics, which),
        outside=outside,
        events=_events(futures, shocks),
        votes=votes,
        rules=rules,
        luck=_luck(futures, shocks, outside, tables),
        lines=_lines(futures),
        every=futures.every,
        once=_once(futures, shocks),
        ranges=np.array([(s.low, s.high, s.chance, s.backlash) for s in shocks]).reshape(-1, 4),
        factors=np.array(
            [[(getattr(b, side).low, getattr(b, side).high) for side in SIDES] for b in futures.ballots]
        ).reshape(-1, 2, 2),
        strengths=np.array(
            [[(s.low, s.value, s.high) for s in _strengths(b)] for b in futures.ballots]
        ).reshape(-1, 5, 3),
    )


def _strengths(ballot: Ballot) -> list[Size]:
    return [getattr(ballot, name) for name in STRENGTHS]


def _law(dynamics: Dynamics, which: Ints) -> Law:
    covariance = dynamics.start_cov
    actors = len(dynamics.actors)
    root = np.zeros((0, actors, actors)) if covariance is None else np.stack([_root(c) for c in covariance])
    influence = np.zeros((-(-actors // 4) * 4, -(-actors // 2) * 2))
    influence[:actors, :actors] = dynamics.influence
    held = (
        dynamics.alpha, dynamics.omega[:, None], dynamics.beta, dynamics.sigma_common, dynamics.sigma_own,
        which, dynamics.start, dynamics.start_sd, root, influence, dynamics.influence.sum(axis=1),
    )  # fmt: skip
    return Law(*(_fresh(each) for each in held))


def _fresh(values: NDArray[Any]) -> NDArray[Any]:
    """Return a copy in C's order that can be written to, so that code is compiled for one kind of array."""
    return np.array(values, order="C")


def _root(covariance: Floats) -> Floats:
    """Return the Cholesky factor, with columns of zeros where nothing is left to vary.

    Column by column and without a library for matrices, whose sums may follow the number of threads.
    """
    left = (covariance + covariance.T) / 2
    found = np.zeros_like(left)
    least = NEAR * max(float(left.diagonal().max(initial=0.0)), 0.0)
    for column in range(len(left)):
        pivot = left[column, column]
        if pivot > least:
            found[column:, column] = left[column:, column] / np.sqrt(pivot)
            left -= np.outer(found[:, column], found[:, column])
    return found


def _outside(futures: Futures) -> Outside:
    held = futures.covariates
    assert held is not None
    walks = held.spread > 0
    walk = np.where(walks, np.cumsum(walks).reshape(walks.shape) - 1, -1)
    tables = (held.start, held.start_sd, held.path, held.spread, walk, held.low, held.high)
    return Outside(*(_fresh(each) for each in tables))


def _table(cells: Cells, actors: Sequence[str], names: Sequence[str], otherwise: float = 0.0) -> Floats:
    """Return sizes by actor and name as a table."""
    found = np.full((len(actors), len(names)), otherwise)
    for (actor, name), size in cells.items():
        found[actors.index(actor), names.index(name)] = size
    return found


def _opens(steps: Sequence[int], last: int) -> Ints:
    """Return where those of each step begin, for steps in order."""
    return np.searchsorted(np.array(steps, dtype=np.int64), np.arange(last + 2)).astype(np.int64)


def _events(futures: Futures, shocks: Sequence[Shock]) -> Events:
    dynamics, many = futures.dynamics, len(shocks)
    actors, issues, covariates = dynamics.actors, dynamics.issues, dynamics.covariates
    return Events(
        opens=_opens([shock.step for shock in shocks], futures.steps),
        shift=_stack([_table(s.shift, actors, issues) for s in shocks], (many, len(actors), len(issues))),
        change=_stack(
            [_table(s.change, actors, covariates) for s in shocks], (many, len(actors), len(covariates))
        ),
        target=_stack(
            [_table(s.target, actors, covariates, np.nan) for s in shocks],
            (many, len(actors), len(covariates)),
        ),
        news=_stack([[s.news.get(issue, 0.0) for issue in issues] for s in shocks], (many, len(issues))),
        hears=_stack([[float(a in s.hears) for a in actors] for s in shocks], (many, len(actors))),
        member=memberships(dynamics, shocks, futures.steps),
    )


def memberships(dynamics: Dynamics, shocks: Sequence[Shock], steps: int) -> Floats:
    """Return who belongs to which bloc at the start and after each step, (steps + 1, actors, blocs)."""
    member = np.repeat(dynamics.membership[None], steps + 1, axis=0)
    for shock in sorted(shocks, key=lambda shock: shock.step):
        for (actor, bloc), value in shock.members.items():
            member[shock.step :, dynamics.actors.index(actor), dynamics.blocs.index(bloc)] = value
    return member


def _stack(rows: Sequence[object], shape: tuple[int, ...]) -> Floats:
    return np.array(rows, dtype=float).reshape(shape)


def _votes(futures: Futures) -> tuple[Votes, Rules]:
    ballots, names = futures.ballots, futures.dynamics
    actors, issues, covariates = names.actors, names.issues, names.covariates
    occasions = sorted((step, place) for place, ballot in enumerate(ballots) for step in ballot.steps)
    held = [ballots[place].rule_at(step) for step, place in occasions]
    different = list({id(rule): rule for rule in held}.values())
    sides = [[getattr(ballot, side) for side in SIDES] for ballot in ballots]

    def after(kind: str, columns: Sequence[str]) -> Floats:
        tables = [[_table(getattr(side, kind), actors, columns) for side in both] for both in sides]
        return _stack(tables, (len(ballots), 2, len(actors), len(columns)))

    votes = Votes(
        opens=_opens([step for step, _ in occasions], futures.steps),
        ballot=_whole([place for _, place in occasions]),
        rule=_whole([[rule is each for each in different].index(True) for rule in held]),
        pay=_pay(futures, occasions),
        issue=_whole([issues.index(ballot.issue) for ballot in ballots]),
        slope=np.array([ballot.slope for ballot in ballots], dtype=float),
        cut=np.array([ballot.cut for ballot in ballots], dtype=float),
        on=_whole([_place(covariates, ballot.on) for ballot in ballots]),
        pressed=_whole([_place(covariates, ballot.pressed_by) for ballot in ballots]),
        level=_stack([[b.level.get(a, 0.0) for a in actors] for b in ballots], (len(ballots), len(actors))),
        isolates=np.array([ballot.isolation.high > 0 for ballot in ballots], dtype=np.bool_),
        shift=after("shift", issues),
        drift=after("drift", issues),
        change=after("change", covariates),
    )
    return votes, _rules(different, actors)


def _pay(futures: Futures, occasions: Sequence[tuple[int, int]]) -> Floats:
    """Return what each actor is paid at each occasion."""
    found = np.zeros((len(occasions), len(futures.dynamics.actors)))
    for payment in futures.payments:
        column = futures.dynamics.actors.index(payment.actor)
        for row, (step, place) in enumerate(occasions):
            if futures.ballots[place].key == payment.ballot and payment.since <= step <= payment.until:
                found[row, column] += payment.size
    return found


def _whole(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _place(names: Sequence[str], name: str | None) -> int:
    return -1 if name is None else names.index(name)


def _rules(rules: Sequence[Compiled], actors: Sequence[str]) -> Rules:
    """Return rules one after another."""
    leaves = [leaf for rule in rules for leaf in rule.leaves]
    codes = [rule.polish() for rule in rules]
    return Rules(
        whose=_ends([len(rule.voters) for rule in rules]),
        who=_whole([actors.index(actor) for rule in rules for actor in rule.voters.actors]),
        leaf_at=_ends([len(rule.leaves) for rule in rules]),
        gain_at=_ends([leaf.gain.size for leaf in leaves]),
        gain=np.concatenate([np.empty(0, dtype=np.int64), *(leaf.gain.ravel() for leaf in leaves)]),
        need=_whole([leaf.need for leaf in leaves]),
        code_at=_ends([len(code) for code in codes]),
        code=np.concatenate([np.empty(0, dtype=np.int64), *codes]),
    )


def _ends(lengths: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _lines(futures: Futures) -> Lines:
    issues = futures.dynamics.issues
    issue = _whole([issues.index(line.issue) for line in futures.lines])
    at = np.array([line.at for line in futures.lines], dtype=float)
    start = futures.dynamics.start.mean(axis=0)[:, issue].T
    return Lines(issue, at, np.where(start >= at[:, None], 1.0, -1.0))


def _once(futures: Futures, shocks: Sequence[Shock]) -> Streams:
    names: list[tuple[str, ...]] = [
        (what, shock.key) for shock in shocks for what in ("chance", "size", "side")
    ]
    names += [("consequence", ballot.key, side) for ballot in futures.ballots for side in SIDES]
    names += [("strength", name) for name in STRENGTHS]
    return streams(names)


def _luck(futures: Futures, shocks: Sequence[Shock], outside: Outside, tables: Floats) -> Luck:
    """Return the streams, and which of them are needed when."""
    dynamics = futures.dynamics
    actors, issues, covariates = dynamics.actors, dynamics.issues, dynamics.covariates
    walks = tuple((actors[i], covariates[c]) for i, c in np.argwhere(outside.walk >= 0).tolist())
    standing, ends = _standing(actors, issues, dynamics.blocs, covariates, walks)
    start, common, walk = ends
    names: list[tuple[str, ...]] = []
    turns = -(-futures.steps // WORDS)
    wanted = np.zeros((turns + 1, len(standing)), dtype=np.bool_)
    wanted[0, :start] = True
    wanted[1:, start:] = True
    columns = [wanted]
    vote = np.full((len(futures.ballots), len(actors)), -1, dtype=np.int64)
    news = np.full((len(shocks), len(issues)), -1, dtype=np.int64)
    for row, ballot in enumerate(futures.ballots):
        held = {actor for step in ballot.steps for actor in ballot.rule_at(step).voters.actors}
        for place in sorted(actors.index(actor) for actor in held):
            vote[row, place] = len(standing) + len(names)
            names.append(("vote", ballot.key, actors[place]))
            columns.append(_turns(ballot.steps, turns))
    for row, shock in enumerate(shocks):
        for place in [issues.index(issue) for issue, sd in shock.news.items() if sd > 0]:
            news[row, place] = len(standing) + len(names)
            names.append(("news", shock.key, issues[place]))
            columns.append(_turns([shock.step], turns))
    wanted = np.concatenate(columns, axis=1)
    told = np.concatenate([standing, streams(names)])
    return Luck(told, wanted, tables, start, common, walk, vote, news)


@lru_cache(maxsize=4)
def _standing(
    actors: tuple[str, ...],
    issues: tuple[str, ...],
    blocs: tuple[str, ...],
    covariates: tuple[str, ...],
    walks: tuple[tuple[str, str], ...],
) -> tuple[Streams, tuple[int, int, int]]:
    """Return the streams that all futures with the same names have, and where those of actors' own shocks, of
    blocs and of walks begin.
    """
    names: list[tuple[str, ...]] = [("start", *cell) for cell in product(actors, issues)]
    names += [("level", *cell) for cell in product(actors, covariates)]
    start = len(names)
    names += [("own", *cell) for cell in product(actors, issues)]
    common = len(names)
    names += [("common", *cell) for cell in product((*blocs, ""), issues)]
    walk = len(names)
    names += [("walk", *cell) for cell in walks]
    return streams(names), (start, common, walk)


def _turns(steps: Sequence[int], turns: int) -> NDArray[np.bool_]:
    """Return in which turns a stream is wanted, as a column."""
    found = np.zeros((turns + 1, 1), dtype=np.bool_)
    found[[1 + (step - 1) // WORDS for step in steps]] = True
    return found
