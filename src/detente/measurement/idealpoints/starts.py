"""Starting points that nobody had to guess: leading singular vectors of the votes, kept in line from year to
year.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.threads import one_thread

POWER_STEPS, SETTLED = 60, 1e-6
MEMORY = 0.7
"""Weight of the past when a session's direction is aligned with those before it."""


def constant_start(ballots: Ballots) -> Floats:
    """One point per actor for all time: the leading left singular vector of the item-centred votes, block by
    block.

    Good where blocs are stable; where they are not, the direction may turn over time, and `chained_start` is
    better.
    """
    from scipy.sparse import csr_array

    centred = centred_votes(ballots)
    actor = ballots.node_actor[ballots.item_node]
    shape = (len(ballots.actors), len(ballots.items))
    table = csr_array((centred, (actor, ballots.vote_item)), shape=shape)
    point = _first_direction(table)
    for block in range(1, int(ballots.block.max()) + 1):
        inside = ballots.block == block
        point[inside] = _first_direction(table[np.flatnonzero(inside)])
    return _unit(point[ballots.node_actor])


@one_thread
def chained_start(ballots: Ballots) -> Floats:
    """A point per actor and session: each session's leading singular vector, its sign aligned with those
    before.
    """
    centred = centred_votes(ballots)
    session = ballots.node_session[ballots.item_node]
    order = np.argsort(session, kind="stable")
    edges = np.searchsorted(session[order], np.arange(len(ballots.sessions) + 1))
    memory = np.zeros(len(ballots.actors))
    theta = np.zeros(len(ballots.node_actor))
    for t in range(len(ballots.sessions)):
        chosen = order[edges[t] : edges[t + 1]]
        nodes, row = np.unique(ballots.item_node[chosen], return_inverse=True)
        items, column = np.unique(ballots.vote_item[chosen], return_inverse=True)
        dense = np.zeros((len(nodes), len(items)))
        np.add.at(dense, (row, column), centred[chosen])
        last = len(nodes) - 1
        point = eigh(dense @ dense.T, subset_by_index=[last, last])[1][:, 0] * np.sqrt(len(nodes))
        actors = ballots.node_actor[nodes]
        if point @ memory[actors] < 0:
            point = -point
        memory *= MEMORY
        memory[actors] += (1 - MEMORY) * point
        theta[nodes] = point
    return _unit(theta)


def centred_votes(ballots: Ballots) -> Floats:
    """Votes about their item's mean."""
    item, vote = ballots.vote_item, ballots.item_vote.astype(float)
    size = np.diff(ballots.item_start)
    return vote - (np.bincount(item, vote, len(size)) / size)[item]


def _first_direction(table: object) -> Floats:
    """The leading left singular vector by power iteration from a fixed vector, so that it is the same every
    time.
    """
    from scipy.sparse import csr_array

    matrix = csr_array(table)
    turned = matrix.T.tocsr()
    vector: Floats = np.random.default_rng(1).standard_normal(matrix.shape[0])
    for _ in range(POWER_STEPS):
        image = matrix @ (turned @ vector)
        norm = np.linalg.norm(image)
        if norm == 0:
            return np.asarray(image)
        image /= norm
        moved, vector = np.abs(image - vector).max(), image
        if moved < SETTLED:
            break
    return np.asarray(vector * np.sqrt(matrix.shape[0]))


def _unit(theta: Floats) -> Floats:
    spread = theta.std()
    return (theta - theta.mean()) / spread if spread > 0 else theta


def turning_points(ballots: Ballots, theta: Floats) -> list[int]:
    """Sessions before which the points of the actors turn round: their correlation with the session before is
    negative.
    """
    follows = np.flatnonzero(np.diff(ballots.node_actor) == 0)
    later = ballots.node_session[follows + 1]
    products = np.bincount(later, theta[follows] * theta[follows + 1], len(ballots.sessions))
    return [int(t) for t in np.flatnonzero(products < 0)]
