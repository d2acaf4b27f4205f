"""Advice in plain sentences. Each says how sure it is; none names a best portfolio that is not told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from detente.strategy.campaign.payoffs import COST
from detente.strategy.campaign.sides import NOTHING
from detente.strategy.campaign.verdicts import firmness, risk

if TYPE_CHECKING:
    from detente.strategy.campaign.advice import Advice

NAMED = 4


def sentences(advice: Advice) -> Iterator[str]:
    """Yield what is to be said, in order: what holds up, what it risks, the game, signs, breaks, wedges."""
    yield from _holds_up(advice)
    yield from _risk(advice)
    yield from _targets(advice)
    yield from _medal(advice)
    yield from _game(advice)
    yield from _turning(advice)
    yield from _watch(advice)
    yield from _breaks(advice)
    yield from _wedge(advice)
    yield from advice.notes


def _holds_up(advice: Advice) -> Iterator[str]:
    found, best = advice.campaign, advice.weighed.best
    title = found.side.title
    who, other = found.side.player.title, found.other.player.title
    table = best.frame()
    first = table.iloc[0]
    answers = f"{len(found.columns)} answers" if len(found.columns) > 1 else "no answer"
    many = f"{who}, {len(found.rows)} portfolios against {answers} of {other}, over {best.futures:,} futures"
    if advice.weighed.alike:
        yield f"{many}: all come to the same points in every future; nothing tells them apart."
        return
    regret = f"{first['regret']:.2f} points ({first['low']:.2f} to {first['high']:.2f})"
    if best.portfolio is not None:
        second = table.iloc[1]
        gap = f"{second['over_leader']:.2f} ({second['over_low']:.2f} to {second['over_high']:.2f})"
        yield (
            f"{many}: “{title(best.portfolio)}” loses least against what would have been best, {regret}; "
            f"the next, “{title(second['portfolio'])}”, loses {gap} more."
        )
    else:
        names = [f"“{title(name)}”" for name in best.together]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"{many}: which is best cannot be told. Alike are {', '.join(names[:NAMED])}{more}."
    if advice.leader == NOTHING:
        yield "None of its own levers loses less, on average, than doing nothing new."


def _risk(advice: Advice) -> Iterator[str]:
    found, name = advice.campaign, advice.failing.portfolio
    worse = dict(advice.weighed.gambles[["portfolio", "worse"]].to_numpy())[name]
    yield (
        f"“{found.side.title(name)}” does worse than doing nothing in {worse:.0%} of futures, answers "
        f"taken together: {risk(worse)}."
    )
    failing = advice.failing
    if failing.why:
        yield f"When it fails against no answer: {failing.why}."
    elif not failing.box.empty:
        ends = []
        for each in failing.box.to_dict("records"):
            low, high = each["p_low"], each["p_high"]
            limits = [f"above {each['low']:.2g}"] if np.isfinite(low) else []
            limits += [f"below {each['high']:.2g}"] if np.isfinite(high) else []
            ends.append(f"“{each['input']}” is {' and '.join(limits)}")
        yield (
            f"Against no answer it fails in {failing.share:.0%}; {failing.coverage:.0%} of these lie where "
            f"{'; '.join(ends[:NAMED])} (there it fails in {failing.density:.0%})."
        )


def _targets(advice: Advice) -> Iterator[str]:
    """How often what is good enough comes about, under the leader among portfolios and without any."""
    name, wants = advice.failing.portfolio, advice.campaign.side.player.objectives
    rows = advice.weighed.targets
    still = rows[rows["portfolio"] == NOTHING].set_index("objective")
    for row in rows[rows["portfolio"] == name].to_dict("records"):
        want, before = wants[row["objective"]], still.loc[row["objective"]]
        way = "at least" if want.want == "more" else "at most"
        yield (
            f"“{want.title}”: its target, {way} {row['target']:g}, is met in {row['met']:.0%} "
            f"({row['low']:.0%} to {row['high']:.0%}) of futures and answers, without it in "
            f"{before['met']:.0%} ({before['low']:.0%} to {before['high']:.0%})."
        )


def _medal(advice: Advice) -> Iterator[str]:
    """The other side of the medal: objectives on which the leader loses."""
    found = advice.campaign
    rows = found.objective_frame()
    own = rows[(rows["portfolio"] == advice.failing.portfolio)].set_index("objective")
    still = rows[(rows["portfolio"] == NOTHING)].set_index("objective")
    wants = found.side.player.objectives
    lost = []
    for name in own.index:
        change = float(own.loc[name, "points"] - still.loc[name, "points"])
        if change < -0.05:
            told = "its cost" if name == COST else f"“{wants[name].title}”"
            lost.append(f"{told} {change:+.2f}")
    if lost:
        yield f"The other side of it, in points: {', '.join(lost)}."


def _game(advice: Advice) -> Iterator[str]:
    found, game = advice.campaign, advice.played.empirical
    supports = game.supports_frame()
    many = len(game.frame()) // 2
    count = "one equilibrium" if many == 1 else f"{many} equilibria"
    if supports.empty:
        yield "No equilibrium of the game was found."
        return
    top = supports.iloc[0]
    own = " or ".join(f"“{found.side.title(name)}”" for name in top["rows"])
    theirs = " or ".join(f"“{found.other.title(name)}”" for name in top["columns"])
    firm = firmness(top["share"])
    yield (
        f"The game of mean payoffs has {count}. Under resampling the commonest plays {own} against "
        f"{theirs}, in {top['share']:.0%} of games: {firm}."
    )
    for who, way in zip((found.side, found.other), advice.played.commitment, strict=True):
        row = way.frame().iloc[0]
        if row["over_best"] > 0.05:
            yield (
                f"{who.player.title} gains {row['over_best']:.2f} points over the best equilibrium found by "
                f"committing itself first."
            )


def _turning(advice: Advice) -> Iterator[str]:
    found, rows = advice.campaign, advice.turning.rows
    wants = found.side.player.objectives
    if rows.empty:
        yield "No single weight, from nothing to four times as much, would put another portfolio first."
        return
    told = []
    near = rows.assign(far=np.abs(np.log(np.maximum(rows["factor"], 0.1)))).sort_values("far", kind="stable")
    for row in near.head(3).to_dict("records"):
        name = "cost" if row["objective"] == COST else f"“{wants[row['objective']].title}”"
        weighed = f"{row['factor']:.2g} times as much" if row["factor"] else "nothing"
        told.append(f"{name} weighed {weighed} (“{found.side.title(row['portfolio'])}”)")
    yield f"Another portfolio would lead if {'; or '.join(told)}."


def _watch(advice: Advice) -> Iterator[str]:
    adapted, title = advice.adapted, advice.campaign.side.title
    useful = adapted.frame()
    useful = useful[useful["useful"]]
    if useful.empty:
        yield "No sign was found on which to switch portfolios: none gains beyond doubt on futures held out."
    for row in useful.head(2).to_dict("records"):
        way = "at or above" if row["above"] else "at or below"
        first, last = f"{row['since']:%Y}", f"{row['until']:%Y}"
        when = f"in {first}" if first == last else f"from {first} to {last}"
        yield (
            f"Watch “{row['sign']}”: once it is {way} {row['threshold']:.3g} {when}, switch from "
            f"“{title(row['start'])}” to “{title(row['then'])}”; this gains {row['gain']:.2f} "
            f"({row['low']:.2f} to {row['high']:.2f}) points."
        )
    if not adapted.worthwhile:
        yield "It is not shown that waiting to learn more is worth what it delays."


def _breaks(advice: Advice) -> Iterator[str]:
    knobs = advice.knobs
    for each in advice.breaks:
        found = each.found
        if not found.routes:
            yield (
                f"{each.title}: nothing within what is plausible was found to bring it about (as it is "
                f"{found.base:.3g}, worst of {each.checked} runs {found.worst:.3g})."
            )
            continue
        if found.distance == 0:
            yield f"{each.title}: so it is already, on average over futures ({found.base:.3g})."
            continue
        routes = []
        for route in found.routes:
            order = np.argsort(-(route.cosines**2), kind="stable")
            parts = [i for i in order if route.cosines[i] ** 2 >= 0.05][:NAMED]
            told = ", ".join(f"{knobs[found.space.names[i]]} {route.change[i]:+.2f}" for i in parts)
            routes.append(f"{route.distance:.2f} away ({told})")
        kind = "one route" if len(routes) == 1 else f"{len(routes)} routes"
        unsure = "" if each.settled else "; the search had not settled, and nearer ones may be left"
        yield (
            f"{each.title}: {kind} found, {'; then '.join(routes)}; 1 is one knob turned as far as is "
            f"plausible{unsure}."
        )


def _wedge(advice: Advice) -> Iterator[str]:
    wedged = advice.wedged
    if wedged is None:
        return
    rows = wedged.frame()
    leader = wedged.analysis.leader
    if leader is None:
        often = rows.sort_values("first", ascending=False, kind="stable")
        told = [f"{row['target']} ({row['first']:.0%})" for row in often.head(3).to_dict("records")]
        yield (
            f"No member stands out as the one to be detached: first in how often it is worth most come "
            f"{', '.join(told)}."
        )
    else:
        top = rows[rows["target"] == wedged.targets[leader]].iloc[0]
        yield (
            f"The member most worth detaching is {top['target']}; it gives way to rewards in "
            f"{top['gives_way_to_reward']:.0%} of draws, and what binds it is: {top['move']}."
        )
