"""Starting points in the plane that nobody had to guess: the two leading singular vectors of the votes,
turned into line from year to year.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh, orthogonal_procrustes

from detente.measurement.idealpoints.ballots import Ballots, Floats
from detente.measurement.idealpoints.starts import MEMORY, centred_votes
from detente.measurement.idealpoints.threads import one_thread


@one_thread
def constant_plane(ballots: Ballots) -> Floats:
    """One point (2,) per actor for all time, as (N, 2): the two leading left singular vectors of the
    item-centred votes, block by block.
    """
    from scipy.sparse import csr_array

    actor = ballots.node_actor[ballots.item_node]
    shape = (len(ballots.actors), len(ballots.items))
    table = csr_array((centred_votes(ballots), (actor, ballots.vote_item)), shape=shape)
    point = np.zeros((len(ballots.actors), 2))
    for block in range(int(ballots.block.max()) + 1):
        inside = np.flatnonzero(ballots.block == block)
        rows = table[inside]
        point[inside] = _leading((rows @ rows.T).toarray())
    return _unit(point[ballots.node_actor])


@one_thread
def chained_plane(ballots: Ballots) -> Floats:
    """A point (2,) per actor and session, as (N, 2): each session's two leading singular vectors, turned to
    match those before (orthogonal Procrustes: Schönemann 1966, Psychometrika 31:1).
    """
    centred = centred_votes(ballots)
    session = ballots.node_session[ballots.item_node]
    order = np.argsort(session, kind="stable")
    edges = np.searchsorted(session[order], np.arange(len(ballots.sessions) + 1))
    memory = np.zeros((len(ballots.actors), 2))
    theta = np.zeros((len(ballots.node_actor), 2))
    for t in range(len(ballots.sessions)):
        chosen = order[edges[t] : edges[t + 1]]
        nodes, row = np.unique(ballots.item_node[chosen], return_inverse=True)
        items, column = np.unique(ballots.vote_item[chosen], return_inverse=True)
        dense = np.zeros((len(nodes), len(items)))
        np.add.at(dense, (row, column), centred[chosen])
        point = _leading(dense @ dense.T)
        actors = ballots.node_actor[nodes]
        if t:
            point = point @ orthogonal_procrustes(point, memory[actors])[0]
        memory *= MEMORY
        memory[actors] += (1 - MEMORY) * point
        theta[nodes] = point
    return _unit(theta)


def turned(ballots: Ballots, theta: Floats) -> list[tuple[int, Floats]]:
    """Sessions before which the plane turns by more than 60 degrees, or over; and what turns the earlier
    points to match, rows times it.
    """
    follows = np.flatnonzero(np.diff(ballots.node_actor) == 0)
    later = ballots.node_session[follows + 1]
    found = []
    for t in range(1, len(ballots.sessions)):
        here = follows[later == t]
        if len(here) < 3:
            continue
        turn = orthogonal_procrustes(theta[here], theta[here + 1])[0]
        if np.linalg.det(turn) < 0 or np.trace(turn) < 1.0:
            found.append((t, np.asarray(turn)))
    return found


def _leading(gram: Floats) -> Floats:
    """The two leading eigenvectors (n, 2) of a Gram matrix, each of mean square 1, the first larger entry
    positive so that the sign is settled.
    """
    size = len(gram)
    vectors = eigh(gram, subset_by_index=[max(0, size - 2), size - 1])[1][:, ::-1] * np.sqrt(size)
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), np.arange(vectors.shape[1])])
    out = np.zeros((size, 2))
    out[:, : vectors.shape[1]] = vectors
    return out


def _unit(theta: Floats) -> Floats:
    spread = theta.std(0)
    return np.asarray((theta - theta.mean(0)) / np.where(spread > 0, spread, 1.0))
