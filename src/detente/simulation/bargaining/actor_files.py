"""Files of actors: a plain table with a row for each actor and issue, or a scenario of KTAB's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.errors import Problem, SimulationError
from detente.simulation.bargaining.uncertain import Uncertain, uncertain_from

PLAIN = {"actor", "issue", "position"}


def read_actor_file(path: Path) -> Uncertain:
    """Return actors from a CSV with columns actor, issue, position, salience, capability (0 to 100), and any
    `..._low` and `..._high`; or from a scenario of KTAB's, CSV or XML.

    Raises `SimulationError` with every problem of the file.
    """
    if path.suffix.casefold() != ".xml" and _plain(path):
        try:
            table = pd.read_csv(path, skipinitialspace=True, encoding="utf-8-sig")
        except (pd.errors.ParserError, ValueError) as error:
            raise SimulationError(Problem(path.name, f"is no table ({error})", "save it as CSV")) from error
        try:
            return uncertain_from(table)
        except SimulationError as error:
            placed = [Problem(f"{path.name}, {each.where}", each.what, each.hint) for each in error.problems]
            raise SimulationError(*placed) from error
    from detente.simulation.bargaining.ktab_files import read_scenario

    return Uncertain(read_scenario(path).actors, {})


def _plain(path: Path) -> bool:
    """Return whether the first line of a file names the columns of a plain table."""
    try:
        with path.open(encoding="utf-8-sig") as handle:
            head = {name.strip().casefold() for name in handle.readline().split(",")}
    except (OSError, UnicodeDecodeError) as error:
        raise SimulationError(Problem(str(path), f"cannot be read ({error})", "check the path")) from error
    return head >= PLAIN
