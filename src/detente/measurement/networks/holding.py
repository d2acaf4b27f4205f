"""What holds a member in: how much each of its ties, layer by layer, adds to what parting it would cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.measurement.networks.descent import pulls
from detente.measurement.networks.graph import Ints
from detente.measurement.networks.margins import Stand
from detente.measurement.networks.ties import Ties

COLUMNS = ["actor", "other", "layer", "contribution", "mark", "source"]
OTHERS_MOVE = "what others spare by moving along"
"""The layer of the row that no single tie accounts for."""


def away(base: Stand, node: int) -> int:
    """Return the camp that a node would leave the core's for: where it is, if that is another; else of the
    others, also an empty one where one may be founded, the one that its ties pull to most.
    """
    here = int(base.best.labels[node])
    if here:
        return here
    columns = base.k or int(base.best.labels.max()) + 2
    return 1 + int(np.argmax(pulls(*base.rows, base.best.labels, columns)[node, 1:]))


def sides(base: Stand, node: int) -> Ints:
    """Return where each actor is for a node that would leave (actors,): 1 in the core's camp, -1 in the one
    that it would go to, 0 elsewhere.
    """
    labels = base.best.labels
    return np.asarray((labels == 0).astype(np.int64) - (labels == away(base, node)).astype(np.int64))


def holds(base: Stand, node: int, ties: Ties) -> pd.DataFrame:
    """Return a row for each tie of `node` that would come to fit the camps, or not to, if it alone left.

    `contribution` is what the tie has in favour of the core's camp, in the weight of ties: its signed weight
    where the other actor is in that camp, less the same where it is in the camp that the node would go to.
    """
    actor = ties.actors[node]
    rows = ties.rows.assign(whole=ties.whole)
    rows = rows[((rows["a"] == actor) | (rows["b"] == actor)) & (rows["whole"] != 0)]
    other = rows["b"].where(rows["a"] == actor, rows["a"])
    side = sides(base, node)[pd.Index(ties.actors).get_indexer(pd.Index(other))]
    told = pd.DataFrame(
        {
            "actor": actor,
            "other": other,
            "layer": rows["layer"],
            "contribution": side * rows["whole"] * ties.unit,
            "mark": rows["mark"],
            "source": rows["source"],
        }
    )
    found: pd.DataFrame = told[side != 0]
    order, falling = ["contribution", "other", "layer"], [False, True, True]
    return found.sort_values(order, ascending=falling, ignore_index=True)


def with_rest(told: pd.DataFrame, actor: str, margin: float) -> pd.DataFrame:
    """Return the rows with one more, so that they add up to the margin: others move along where that spares
    something, and then parting costs less than the ties of the one that leaves.
    """
    last = {
        "actor": actor,
        "other": None,
        "layer": OTHERS_MOVE,
        "contribution": margin - float(told["contribution"].sum()),
        "mark": "estimated",
        "source": ", ".join(sorted(set(told["source"]))),
    }
    return pd.concat([told, pd.DataFrame([last])[COLUMNS]], ignore_index=True)
