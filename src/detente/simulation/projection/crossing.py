"""Who crosses a line since the start, and who stood beyond it from the first."""

from __future__ import annotations

import pandas as pd


def newly_crossed(crossings: pd.DataFrame) -> pd.DataFrame:
    """Return crossings at the end, with the share that was beyond the line at the `start`, and the share that
    crossed it since then (`newly`), the likeliest first. Whoever starts beyond the line is left out.

    >>> rows = [("2026", "camp", "A", 0.1, 0.1, False), ("2030", "camp", "A", 0.2, 0.4, False)]
    >>> columns = ["time", "line", "actor", "beyond", "crossed", "starts_beyond"]
    >>> told = newly_crossed(pd.DataFrame(rows, columns=columns))
    >>> told[["actor", "start", "crossed", "newly"]].round(2).values.tolist()
    [['A', 0.1, 0.4, 0.3]]
    """
    near = crossings[~crossings["starts_beyond"].astype(bool)]
    first, last = (near[near["time"] == end] for end in (near["time"].min(), near["time"].max()))
    start = first.set_index(["line", "actor"])["beyond"].rename("start")
    told = last.join(start, on=["line", "actor"])
    told = told.assign(newly=told["crossed"] - told["start"])
    return pd.DataFrame(told).sort_values(
        ["newly", "line", "actor"], ascending=[False, True, True], ignore_index=True
    )
