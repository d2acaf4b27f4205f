"""What a reader must know of ideal points, in words: their sign and scale, their votes, how to read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from detente.measurement.shifts import SEGMENT

if TYPE_CHECKING:
    from detente.measurement.casting import Chosen
    from detente.measurement.idealpoints import IdealPoints

Notes = list[tuple[str, str]]


def fit_notes(result: IdealPoints, chosen: Chosen) -> Notes:
    """Return what is to be said of an estimate: identification, votes, what was set aside, diagnostics."""
    checks, days = result.diagnostics, chosen.calendar
    years = f"{days['year'].min()}–{days['year'].max()}"
    notes = [
        ("identification", result.identification),
        (
            "votes",
            f"{checks['votes']:,} votes of {checks['actors']} actors in {int(days['roll_calls'].sum()):,} "
            f"roll calls, sessions {days['session'].min()} to {days['session'].max()} ({years}), "
            f"from {chosen.source}",
        ),
        ("choice of votes", chosen.words),
    ]
    for row in chosen.account.to_dict("records"):
        notes.append(("set aside", f"{row['reason']}: {row['roll_calls']:,} roll calls"))
    for row in result.account.to_dict("records"):
        what = "kept, with a remark" if row["kept"] else "set aside"
        notes.append(
            (
                what,
                f"{row['reason']}: {row['votes']:,} votes in {row['roll_calls']:,} roll calls, "
                f"as {row['examples']}",
            )
        )
    moves = [float(move) for move in checks["joint_steps"]]
    steps = f"then {len(moves)} joint Newton steps, the last moving no point by more than {moves[-1]:.2g}"
    few = "; too few votes for the prior to stay in the background" if checks["too_few_votes"] else ""
    notes.append(("diagnostics", f"{checks['engine']}: {checks['iterations']} iterations, {steps}{few}"))
    draws = 0 if result.draws is None else result.draws.sizes["draw"]
    notes.append(("intervals", f"of 90 %, from {draws} joint draws: {checks['intervals']}"))
    return notes


def general_notes(
    joined: Mapping[str, str], tables: Mapping[str, pd.DataFrame], series: pd.DataFrame
) -> Notes:
    """Return what is to be said of paths, shifts, and the published series."""
    present = set(tables["ideal_points"]["actor"])
    heirs = [f"{after} continues {before}" for before, after in sorted(joined.items()) if after in present]
    notes = [("former states", "; ".join(heirs))] if heirs else []
    notes += [
        (
            "members",
            "a bloc has the members of the day of the session's middle roll call, as far as they voted; "
            "its mean moves when members move and when members join or leave",
        ),
        (
            "change points",
            f"sessions in which the mean of a path shifted between segments of {SEGMENT} or more, in more "
            "than half of the draws, give or take one; neither noise nor a steady drift is one",
        ),
    ]
    last = tables["ideal_points"]["year"].max()
    for column, held in series.groupby("column"):
        beyond = held["year"].max()
        later = f"; it runs to {beyond}, the votes to {last}" if beyond > last else ""
        words = "on another scale: compared by correlation and a line for each year, never on one axis"
        notes.append(("published", f"{column} is {words}{later}"))
    return notes
