"""The command on advice: what a player can do against another's answers, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from detente.commands.cases import CaseName, Folder
from detente.commands.running import Running
from detente.commands.showing import DONE, Output, progress, records, say, say_json, table
from detente.files import check_writable

if TYPE_CHECKING:
    from detente.cases import Case
    from detente.evidence import Event
    from detente.strategy.campaign.advice import Advice

FEWEST = 100
"""Fewer futures tell portfolios apart by luck."""
DEEPEST = 4


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """Whose advice, against whom, and over how many futures."""

    actor: Annotated[
        str | None, Parameter(help="A player of the case or one of its actors; without it, all are listed.")
    ] = None
    against: Annotated[str | None, Parameter(help="Whose answers count, if not the case's.")] = None
    draws: Annotated[int, Parameter(validator=validators.Number(gte=FEWEST), help="How many futures.")] = 1000
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="Seed: the same seed gives the same bytes.")
    ] = 0
    deep: Annotated[
        int,
        Parameter(
            validator=validators.Number(gte=0, lte=DEEPEST),
            help="Compare all sets of up to so many levers, of both sides; 0: the portfolios of the case.",
        ),
    ] = 0
    stress: Annotated[bool, Parameter(help="Search for what would break the alliance.")] = True


def advise(
    case: CaseName,
    *,
    asked: Asked = Asked(),
    running: Running = Running(),
    output: Folder = None,
    show: Output = Output(),
) -> int:
    """Say what a player can do: which portfolio of levers holds up, what breaks it, and how sure that is."""
    from detente.study import load

    if asked.actor is None:
        return _players(load(case).case, show)
    if output is not None:
        check_writable(output)
    with progress(show) as report:
        found = _found(case, asked, running, report)
    if output is not None:
        found.write(output)
    if show.json:
        say_json(_as_json(found))
    elif output is not None:
        say(str(output))
    else:
        _show(found)
    return DONE


def _found(case: str, asked: Asked, running: Running, report: Callable[[Event], None]) -> Advice:
    from detente.study import load

    then = "comparing portfolios, and looking for what would break them"
    how = running.how(report, "pairs of portfolios are played", then=then)
    study = replace(load(case, seed=asked.seed), report=report)
    assert asked.actor is not None
    return study.advise(
        asked.actor,
        against=asked.against,
        draws=asked.draws,
        how=how,
        stress=asked.stress,
        deep=asked.deep,
    )


def _players(case: Case, show: Output) -> int:
    """Show who can be asked about, and what each can do."""
    from detente.strategy.campaign.sides import asked_of, opponent

    held = asked_of(case)
    rows: list[dict[str, Any]] = [
        {
            "player": key, "title": player.title, "actors": list(player.actors),
            "against": opponent(case, key) if len(held.players) > 1 else None,
            "levers": {name: each.title for name, each in held.levers.items() if each.owner == key},
        }
        for key, player in held.players.items()
    ]  # fmt: skip
    if show.json:
        say_json({"players": rows})
        return DONE
    told = [
        {**row, "actors": ", ".join(row["actors"]), "levers": "; ".join(row["levers"].values())}
        for row in rows
    ]
    heads = {"player": "player", "actors": "actors", "against": "against", "levers": "levers"}
    table(told, heads, title=f"{held.title}: players and their levers")
    say(f"Then: detente advise {case.name} --actor {rows[0]['player']}")
    return DONE


def _as_json(found: Advice) -> dict[str, Any]:
    game = found.campaign
    return {
        "player": game.side.key,
        "against": game.other.key,
        "draws": game.draws,
        "lost": game.lost,
        "seed": game.seed,
        "leader": found.leader,
        "best": found.best,
        "together": list(found.weighed.best.together),
        "sentences": list(found.sentences),
        "tables": {name: records(frame) for name, frame in found.frames().items()},
    }


def _show(found: Advice) -> None:
    say(repr(found))
    say()
    heads = {"title": "portfolio", "regret": "regret", "interval": "95 %", "points": "points",
             "worse": "worse than nothing new", "verdict": ""}  # fmt: skip
    who, other = (side.player.title for side in (found.campaign.side, found.campaign.other))
    table(_portfolios(found), heads, title=f"Portfolios of {who}, against {other}")
    heads = {"own": who, "theirs": other, "share": "resampled games", "verdict": ""}
    table(_game(found), heads, title="Equilibria that came up")
    say(
        "Regret is what a portfolio loses against the best one in the same future, in points of the player's "
        "objectives; points are above what comes where nobody does anything new. Sizes are assumed; "
        "intervals are for the number of futures."
    )


def _portfolios(found: Advice) -> Iterator[dict[str, Any]]:
    gambles = found.weighed.gambles.set_index("portfolio")
    title, best = found.campaign.side.title, found.best
    for row in found.weighed.best.frame().to_dict("records"):
        name = str(row["portfolio"])
        alike = "loses least" if name == best else "cannot be told apart"
        yield {
            "title": title(name),
            "regret": f"{row['regret']:.2f}",
            "interval": f"{row['low']:.2f} to {row['high']:.2f}",
            "points": f"{gambles['points'][name]:+.2f}",
            "worse": f"{gambles['worse'][name]:.0%}",
            "verdict": "loses more" if row["told_apart"] else alike,
        }


def _game(found: Advice) -> Iterator[dict[str, Any]]:
    from detente.strategy.campaign.verdicts import firmness

    own, theirs = found.campaign.side.title, found.campaign.other.title
    for row in found.played.empirical.supports_frame().head(3).to_dict("records"):
        yield {
            "own": " or ".join(own(str(name)) for name in row["rows"]),
            "theirs": " or ".join(theirs(str(name)) for name in row["columns"]),
            "share": f"{row['share']:.0%}",
            "verdict": firmness(row["share"]),
        }
