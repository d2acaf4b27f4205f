"""The command line: a thin shell over the library. `main` is the command `detente`."""

from __future__ import annotations

import os
import sys

from cyclopts import App, CycloptsError

import detente
from detente.commands import (
    advising,
    auditing,
    backtesting,
    cases,
    differing,
    opening,
    projecting,
    reading,
    serving,
    simulation,
)
from detente.commands.data import data
from detente.commands.events import events
from detente.commands.showing import BREAK, DONE, UNUSABLE, complain
from detente.errors import DetenteError

app = App(
    name="detente",
    help="Measure, simulate and stress-test alliances: how united is a group of states, on what evidence?",
    version=detente.__version__,
    help_epilogue="Begin with: detente brief atlantic. "
    "Exit codes: 0 done; 1 there is something to mend; 2 input that cannot be used.",
    result_action="return_value",
)
app.register_install_completion_command(help="Install completion of commands and options in your shell.")
for command in (cases.brief, cases.measure, cases.new, cases.check, cases.schema):
    app.command(command)
app.command(simulation.bargain)
app.command(projecting.project)
app.command(advising.advise)
app.command(serving.serve)
app.command(backtesting.backtest)
app.command(auditing.audit)
app.command(reading.read)
app.command(differing.diff)
app.command(opening.open_saved, name="open")
app.command(data)
app.command(events)
app.command(simulation.score)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit; where the input cannot be used, name every problem and exit with 2."""
    try:
        code = app(arguments, exit_on_error=False)
    except DetenteError as error:
        complain(error)
        code = UNUSABLE
    except CycloptsError:
        code = UNUSABLE
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was changed\n")
        code = BREAK
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    sys.exit(code if isinstance(code, int) else DONE)
