"""From a case to its prospects: futures of the baseline and of each scenario, told by tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from detente.cases.projection import ALIGNMENT
from detente.cases.scenarios import patched
from detente.errors import DetenteError
from detente.measurement.missing import Missing, as_frame
from detente.simulation.ensemble.comparing import compare
from detente.simulation.projection.crossing import newly_crossed
from detente.simulation.projection.frames import FRAMES, framed
from detente.simulation.projection.outlook import Difference, Outlook, outlook
from detente.simulation.projection.preparing import prepare
from detente.simulation.projection.prospects import Prospects
from detente.simulation.projection.telling import calendar, drivers, sizes

if TYPE_CHECKING:
    from detente.cases.schema import Case
    from detente.simulation.backtest.boards import Boards
    from detente.simulation.projection.preparing import Known

DECIMALS = 5
TOLD = 3
"""How many members are explained where the case names none."""
STEPS_A_YEAR = 2
KINDS = {"cohesion": "bloc", "blocs": "bloc"}


@dataclass(frozen=True)
class _Other:
    """A scenario that fits, the digest of its futures, and what is otherwise in them."""

    key: str
    case: Case
    digest: str
    against: Difference


def foresee(case: Case, known: Known, *, boards: Boards | None, seed: int, draws: int) -> Prospects:
    """Return the prospects of a case, as `prospects.prospects` says."""
    base = outlook(case, known, draws=draws, seed=seed)
    others, unfit = _scenarios(case, known, base)
    held = {name: _yearly(base, name) for name in ("positions", "blocs", "cohesion", "exposure", "crossings")}
    held["crossings"] = _marked(case, held["crossings"])
    held |= {name: base.frame(name) for name in ("decisions", "votes")}
    held["scenarios"] = framed(
        "scenarios",
        (
            {"scenario": each.key, "title": case.scenarios[each.key].title, "digest": each.digest,
             "reason": case.scenarios[each.key].reason}
            for each in others
        ),
    )  # fmt: skip
    held["differences"] = _stacked("differences", [_differences(each, base) for each in others])
    held["why"] = _why(base, held["crossings"], held["positions"], held["blocs"])
    held["events"] = calendar(case, {each.key: each.case for each in others})
    held["drivers"] = drivers(case, base.prepared.levels)
    held["assumed"] = sizes(case)
    held["missing"] = as_frame([*base.prepared.missing, *unfit, *_unscored(boards)])
    held |= _scores(boards)
    return Prospects(
        **{name: _plain(frame, FRAMES[name]) for name, frame in held.items()},
        digest=base.digest,
        law=known.fit.source if known.fit is not None else "",
        scored_on=f"{boards.plan.first} to {boards.last} ({boards.source})" if boards is not None else "",
        seed=seed,
        draws=draws,
    )


def _scenarios(case: Case, known: Known, base: Outlook) -> tuple[list[_Other], list[Missing]]:
    """Return the scenarios that fit, and why the others do not."""
    others, unfit = [], []
    for key, scenario in case.scenarios.items():
        try:
            under = patched(case, scenario, name=key)
            prepared = prepare(under, known, seed=base.ensemble.seed, like=base.prepared)
            told = compare(base.prepared.futures, prepared.futures, draws=base.draws, seed=base.ensemble.seed)
            digest = told.digest.removeprefix(f"{base.ensemble.digest}-")
            others.append(_Other(key, under, f"{digest}-{base.draws}", Difference(prepared, told, key)))
        except DetenteError as error:
            unfit += [
                Missing("scenarios", scenario.title, f"{each.where} {each.what}", each.hint)
                for each in error.problems
            ]
    return others, unfit


def _yearly(told: Outlook | Difference, table: str) -> pd.DataFrame:
    """Return a table's rows of the start and of every year after it, and of the end."""
    times = told.prepared.futures.times
    kept = {*times[::STEPS_A_YEAR], times[-1]}
    rows = told.frame(table)
    return rows[rows["time"].isin(kept)]


def _marked(case: Case, rows: pd.DataFrame) -> pd.DataFrame:
    assert case.projection is not None
    items = [case.projection.lines[key].item for key in rows["line"]]
    return rows.assign(item=items, mark=[_mark(item) for item in items])


def _mark(item: str) -> str:
    return "estimated" if item == ALIGNMENT else "assumed"


def _differences(other: _Other, base: Outlook) -> pd.DataFrame:
    """Return what is otherwise in a scenario: by year, by occasion, and of crossings at the end."""
    found = []
    for table, name in KINDS.items():
        before = _yearly(base, table)["mean"].to_numpy()
        rows = _yearly(other.against, table).rename(columns={name: "name", "mean": "difference"})
        found.append(rows.assign(kind=table, before=before, after=before + rows["difference"].to_numpy()))
    votes = other.against.frame("decisions")
    votes = votes.rename(columns={"decision": "name", "begins": "time", "step": "item"})
    found.append(votes.assign(kind="decisions", mark="assumed", item=votes["item"].astype(str)))
    crossed = other.against.frame("crossings").rename(columns={"actor": "name"})
    crossed = crossed[(crossed["time"] == crossed["time"].max()) & ~crossed["starts_beyond"].astype(bool)]
    crossed = _marked(other.case, crossed)
    found.append(crossed.assign(kind="crossings", item=crossed["line"]))
    return _stacked("differences", found).assign(scenario=other.key)


def _stacked(table: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = FRAMES[table]
    held = [each.reindex(columns=columns) for each in parts if len(each)]
    # Rows as they are: columns that one part lacks altogether would change the types of the others.
    return pd.DataFrame([row for each in held for row in each.to_dict("records")], columns=columns)


def _why(
    base: Outlook, crossings: pd.DataFrame, positions: pd.DataFrame, blocs: pd.DataFrame
) -> pd.DataFrame:
    """Return what changes are made of, for blocs and for the members shown."""
    shown = shown_members(base, crossings, positions)
    rows = base.why().rename(columns={"issue": "item"})
    rows = rows[(rows["kind"] == "bloc") | rows["name"].isin(shown)]
    starts = {
        (str(row[name]), str(row["item"])): float(row["mean"])
        for frame, name in ((positions, "actor"), (blocs, "bloc"))
        for row in frame[frame["time"] == frame["time"].min()].to_dict("records")
    }
    cells = list(zip(rows["name"], rows["item"], strict=True))
    told = [cell in starts for cell in cells]
    start = [starts[cell] for cell, there in zip(cells, told, strict=True) if there]
    return rows[told].assign(start=start, scenario="", mark=[_mark(item) for item in rows[told]["item"]])


def shown_members(base: Outlook, crossings: pd.DataFrame, positions: pd.DataFrame) -> list[str]:
    """Return who is explained: those whom the case names, else those likeliest to cross, else to move."""
    assert base.case.projection is not None
    if base.case.projection.show:
        return list(base.case.projection.show)
    newly = newly_crossed(crossings)
    if len(newly) and newly["newly"].max() > 0:
        return newly["actor"].drop_duplicates().head(TOLD).tolist()
    start, end = _ends(positions)
    wide = positions.pivot_table(index=["actor", "item"], columns="time", values="mean")
    moved = (wide[end] - wide[start]).abs().groupby("actor").max()
    return moved.sort_values(ascending=False, kind="stable").head(TOLD).index.tolist()


def _ends(rows: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    return rows["time"].min(), rows["time"].max()


def _unscored(boards: Boards | None) -> list[Missing]:
    if boards is not None:
        return []
    why = "no backtest of this case is at hand, so that nothing is known of how good such forecasts were"
    return [
        Missing("projection", "scoreboard", why, "detente backtest CASE works it out, from votes at hand")
    ]


def _scores(boards: Boards | None) -> dict[str, pd.DataFrame]:
    if boards is None:
        return {}
    return {
        "scores": boards.scores, "scored_events": boards.events, "scored_covariates": boards.covariates,
        "defaults": boards.defaults,
    }  # fmt: skip


def _plain(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the columns of a table, numbers rounded beyond what futures can tell."""
    told = frame.reindex(columns=columns).reset_index(drop=True)
    numbers = told.select_dtypes("float").columns
    return told.assign(**{str(name): told[name].round(DECIMALS) for name in numbers})
