"""The commands on bargaining: what comes out when actors bargain, and how good the models are on record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from detente.commands.grading import forecasts
from detente.commands.showing import DONE, Output, records, say, say_json, table

score = App(name="score", help="How good models and forecasts are where the outcome is known.")
score.command(forecasts)


@score.command
def deu(
    file: Annotated[
        Path | None, Parameter(help="The table of DEU III (tab-separated); without it, what ships is shown.")
    ] = None,
    *,
    seed: Annotated[int, Parameter(help="Seed of the bootstrap.")] = 0,
    show: Output = Output(),
) -> int:
    """Score every model of bargaining on decisions in the European Union, against the weighted mean.

    Errors are in points of a scale of 0 to 100, with intervals of 95 % from a bootstrap over proposals.
    """
    from detente.simulation.scoring.contest import LEFT_OUT, contest, shipped

    if file is None:
        board, aside = shipped(), None
    else:
        from detente.evidence import open_evidence

        board, aside = contest(file, open_evidence(), seed=seed)
    if show.json:
        say_json(records(board))
        return DONE
    rows = [
        {
            "model": row["model"],
            "error": f"{row['mean_error']:.2f} ({row['mean_error_low']:.2f} to {row['mean_error_high']:.2f})",
            "worse": f"{row['worse_by']:+.2f} ({row['worse_low']:+.2f} to {row['worse_high']:+.2f})",
            "ten": f"{100 * row['within_ten']:.0f} %",
            "verdict": row["verdict"],
        }
        for row in records(board)
    ]
    heads = {
        "model": "model", "error": "mean error", "worse": "than the weighted mean", "ten": "within 10",
        "verdict": "verdict",
    }  # fmt: skip
    table(rows, heads, title=f"{int(board['issues'].iloc[0])} issues")
    for model, why in LEFT_OUT.items():
        say(f"not scored: {model}: {why}")
    for each in [] if aside is None else records(aside):
        say(f"set aside: {each['why']} ({each['count']}: {each['examples']})")
    return DONE


def bargain(
    file: Annotated[Path, Parameter(help="Actors: a table as CSV, or a scenario of KTAB's (CSV or XML).")],
    *,
    model: Annotated[str, Parameter(help="Name of the model; see the documentation.")] = "compromise",
    draws: Annotated[int, Parameter(help="Draws of what is uncertain.")] = 1000,
    seed: Annotated[int, Parameter(help="Seed of the draws.")] = 0,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder for every table, as CSV.")
    ] = None,
    show: Output = Output(),
) -> int:
    """Say what comes out when the actors of a file bargain.

    A table has columns actor, issue, position, salience, capability (0 to 100), and any ..._low and ..._high.
    """
    from detente.simulation.bargaining.verb import bargain

    found = bargain(file, model=model, draws=draws, seed=seed)
    if output is not None:
        found.write(output)
    if show.json:
        say_json(
            {
                "model": found.model, "ended": found.ended, "circle": found.circle, "notes": found.notes,
                "corrections": found.corrections, "outcome": records(found.outcome),
            }
        )  # fmt: skip
        return DONE
    say(repr(found))
    for each in found.corrections:
        say(f"  {each}")
    if output is not None:
        say(f"\n{output}")
    return DONE
