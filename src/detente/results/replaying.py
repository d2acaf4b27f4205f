"""Making a saved result again: the same bytes, or what differs and what may have changed it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import Problem, ResultError
from detente.evidence import open_evidence
from detente.folders import Result, write_folder
from detente.notebook import Shown
from detente.results.comparing import TableDifference, changed_digests, changed_tables
from detente.results.opening import Opened, open_result

if TYPE_CHECKING:
    import pandas as pd

    from detente.cases import Case
    from detente.measurement.measures import Measures
    from detente.simulation.projection.preparing import Known


@dataclass(frozen=True, eq=False)
class Replayed(Shown):
    """A saved result beside the same made again: `same` says whether every file has the same bytes.

    `changed` are versions and digests that are others now; `tables` say how tables differ; `files` are all
    files whose bytes do.
    """

    saved: Opened
    result: Result
    files: tuple[str, ...]
    changed: tuple[str, ...]
    tables: tuple[TableDifference, ...]

    @property
    def same(self) -> bool:
        """Whether every file has the same bytes."""
        return not self.files

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return whether the bytes are the same, what was made otherwise, and what differs by table."""
        import pandas as pd

        title, *rest = repr(self).splitlines()
        columns = [each.name for each in fields(TableDifference)]
        rows = pd.DataFrame([astuple(each) for each in self.tables], columns=columns)
        return f"Made again: {title}", "; ".join(rest[: 1 + len(self.changed)]), rows

    def __repr__(self) -> str:
        lines = [
            "the same bytes" if self.same else f"{len(self.files)} files differ: {', '.join(self.files)}"
        ]
        if self.changed:
            lines += ["made otherwise:", *(f"  {each}" for each in self.changed)]
        elif not self.same:
            lines.append("made on the same versions from the same inputs: please report it")
        lines += ["tables:", *(f"  {each}" for each in self.tables)] if self.tables else []
        return "\n".join(lines)


def replay(saved: Opened) -> Replayed:
    """Make a saved result again, and compare; raises as the verb does that makes it."""
    if saved.kind not in MAKERS:
        raise ResultError(Problem(str(saved.folder), f"is a {saved.kind!r}, which cannot be made again", ""))
    result = MAKERS[saved.kind](saved)
    with tempfile.TemporaryDirectory() as held:
        again = open_result(write_folder(result.content(), Path(held) / "again"))
        old, new = saved.manifest["files"], again.manifest["files"]
        files = tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
        tables = tuple(changed_tables(saved, again))
    return Replayed(saved, result, files, tuple(changed_digests(saved.made, again.made)), tables)


def _case(saved: Opened) -> Case:
    if saved.case is None:
        raise ResultError(Problem(str(saved.folder), "holds no case", "it cannot be made again"))
    return saved.case


def _measured(saved: Opened) -> Measures:
    from detente.measurement import measure

    asked = saved.made["measured"]
    return measure(_case(saved), open_evidence(), seed=asked["seed"], draws=asked["draws"])


def _known(saved: Opened) -> Known:
    from detente.simulation.backtest.shipped import stored_fit
    from detente.simulation.projection.preparing import Known

    evidence = open_evidence()
    fit = stored_fit(_case(saved), evidence) if saved.made["fitted"] else None
    return Known(evidence, _measured(saved), fit)


def _outlook(saved: Opened) -> Result:
    from detente.simulation.projection.outlook import outlook

    asked, until = saved.made["options"], saved.made["options"]["until"]
    return outlook(
        _case(saved),
        _known(saved),
        scenario=asked["scenario"],
        until=date.fromisoformat(until) if until else None,
        draws=saved.made["draws"],
        seed=saved.made["seed"],
        trajectories=asked["trajectories"],
    )


def _advice(saved: Opened) -> Result:
    from detente.simulation.projection.preparing import prepare
    from detente.strategy.campaign.advice import advise

    asked, seed = saved.made["options"], saved.made["seed"]
    return advise(
        prepare(_case(saved), _known(saved), seed=seed),
        asked["actor"],
        against=asked["against"],
        draws=saved.made["draws"],
        seed=seed,
        stress=asked["stress"],
        deep=asked["deep"],
    )


def _bargain(saved: Opened) -> Result:
    from detente.simulation.bargaining.asked import read_asked
    from detente.simulation.bargaining.verb import bargain

    asked = read_asked((saved.folder / "inputs.json").read_text(encoding="utf-8"))
    return bargain(
        asked.given,
        model=saved.made["options"]["model"],
        options=asked.options,
        perceptions=asked.perceptions,
        draws=saved.made["draws"],
        seed=saved.made["seed"],
    )


MAKERS: Mapping[str, Callable[[Opened], Result]] = {
    "outlook": _outlook,
    "advice": _advice,
    "measures": _measured,
    "bargain": _bargain,
}
