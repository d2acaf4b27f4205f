"""What the terminal shows of measures: which tables, which rows of them, and under which titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.commands.showing import records, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from detente.study import Study

TABLES = {
    "cohesion": (
        "How alike members vote, by bloc, issue and window",
        "bloc issue window value low high roll_calls",
    ),
    "weakest": (
        "Who agrees least with the rest of its bloc (π)",
        "bloc actor window value low high roll_calls",
    ),
    "stance": ("Who stands where on the rival", "actor group value low high measurements"),
    "loadings": ("What the scale rests on", "title loading low high explained information actors"),
    "dependence": ("Dependence, latest year", "title actor year value unit"),
    "missing": ("What could not be measured", "part what why hint"),
}
"""What the terminal shows of the tables; --json and --output give all of them in full."""
POINTS = {
    "ideal_point_notes": ("What the points are, and what they rest on", "what text"),
    "bloc_paths": (
        "Where blocs and actors stand, latest sessions",
        "series year mean low high spread spread_low spread_high members",
    ),
    "distances": ("First side less the second, latest sessions", "title year value low high"),
    "change_points": (
        "When a path shifted",
        "series year before after shift low high probability",
    ),
    "published": ("Against the published series, all years together", "column r spearman n"),
    "ideal_points": ("Actors of the case, latest session", "actor group year mean low high votes"),
}
"""The same of the ideal points, where they alone are asked for."""
CAMPS = {
    "camp_periods": (
        "How far from balance the ties are, latest periods",
        "period actors ties share frustration bound gap proven camps",
    ),
    "camp_members": ("Which camp actors are in, latest period", "actor camp pull pull_share"),
    "realignments": (
        "More changes of camp than is usual",
        "period next moved expected_low expected_high p_value",
    ),
    "detachment": (
        "How firmly members are held, latest period",
        "bloc actor margin low high share null_low null_high p_value proven",
    ),
    "leaving_together": ("Who would save most by leaving together", "bloc a b joint saving proven"),
    "camp_flows": (
        "Who went from which camp to which, latest periods",
        "period next camp next_camp n actors",
    ),
    "holds": ("What holds the least firmly held in most", "bloc actor other contribution"),
    "pair_agreement": ("Pairs shown that agree least", "a b value low high"),
}
"""The same of the camps."""
SHOWN = {
    "cohesion": "measure == 'agreement_index' and window in @windows",
    "weakest": "measure == 'pi' and rank <= 3 and issue == @issue",
    "dependence": "latest",
    "published": "year != year",
    "ideal_points": "group != 'other' and session == session.max()",
    "camp_members": "start == start.max() and actor in @actors",
    "realignments": "moved > expected_high",
    "detachment": "period == period.iloc[-1]",
    "camp_flows": "camp != next_camp",
    "holds": "other == other and contribution >= contribution.quantile(0.98)",
    "pair_agreement": "value <= value.quantile(0.03)",
}
LATEST = {"bloc_paths": "series", "distances": "comparison", "camp_periods": "mark", "camp_flows": "new"}
"""Tables of paths, and what tells one path from another: of each, the last sessions are shown."""
LAST = 5


def show_tables(study: Study, frames: Mapping[str, DataFrame], tables: Mapping[str, tuple[str, str]]) -> None:
    """Show of each table what a reader wants to see first."""
    named = {*study.measure().members["actor"], study.case.ally, study.case.rival}
    known = {
        "windows": ("all", *study.case.windows),
        "issue": next(iter(study.case.issues)),
        "actors": named,
    }
    for name, (title, columns) in tables.items():
        rows = frames[name]
        if name in SHOWN and len(rows):
            rows = rows.query(SHOWN[name], local_dict=known)
        if name in LATEST:
            rows = rows.groupby(LATEST[name], sort=False).tail(LAST)
        spoken = [column for column in ("year", "period", "next") if column in rows]
        rows = rows.assign(**{column: rows[column].astype(str) for column in spoken})
        if len(rows):
            table(records(rows), {key: key.replace("_", " ") for key in columns.split()}, title=title)
