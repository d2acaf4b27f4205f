"""The verbs on one case, from check and measure to advise and brief; each is a call into the rooms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from detente.cases import load_case
from detente.evidence import Event, import_file, open_evidence
from detente.files import check_writable
from detente.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import pandas as pd

    from detente.briefing import Brief
    from detente.cases import Case
    from detente.claims.audit import Audit
    from detente.evidence import Evidence
    from detente.executors import How
    from detente.measurement import Finding, Measures
    from detente.simulation.outcomes import Outcomes
    from detente.simulation.projection.outlook import Outlook
    from detente.simulation.projection.prospects import Prospects
    from detente.simulation.record.chain import Entry
    from detente.strategy.campaign import options as sides
    from detente.strategy.campaign.advice import Advice


def _silent(_event: Event) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class Study(Shown):
    """A case, the evidence at hand, and what can be asked of them.

    The same `seed` and evidence give the same numbers, byte for byte. `draws` is the number of bootstrap
    draws behind each interval. `report` is told what long work is doing. `cache` is the folder of the
    evidence, where it is not the user's own.
    """

    case: Case
    seed: int = 0
    draws: int = 1000
    report: Callable[[Event], None] = _silent
    cache: Path | None = None

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence in the user's cache, with the case's own tables; opened when it is first asked for.

        Raises `EvidenceError` where the cache cannot be written or a table of the case cannot be read.
        """
        for path, mapping in self.case.tables():
            import_file(path, mapping, folder=self.cache, report=self.report)
        return open_evidence(folder=self.cache, report=self.report)

    def with_options(self, *, seed: int | None = None, draws: int | None = None) -> Study:
        """Return the same study with another seed or number of draws."""
        return replace(
            self, seed=self.seed if seed is None else seed, draws=self.draws if draws is None else draws
        )

    def glance(self) -> tuple[str, str, pd.DataFrame]:
        """Return what the case asks, as of when, and of which blocs."""
        import pandas as pd

        case = self.case
        asked = f"{case.question} As of {case.as_of}; {self.draws:,} draws for an interval, seed {self.seed}."
        blocs = [{"bloc": key, "title": bloc.title} for key, bloc in case.blocs.items()]
        return f"Study: {case.title}", asked, pd.DataFrame(blocs, columns=["bloc", "title"])

    def check(self) -> Sequence[Finding]:
        """Return what would keep the case from being answered, or answered in full, and how to mend it."""
        from detente.claims.checks import findings
        from detente.measurement import preflight
        from detente.measurement.findings import gravest_first
        from detente.simulation import checks

        found = preflight(self.case, self.evidence), checks.preflight(self.case, self.evidence)
        return gravest_first([*found[0], *found[1], *findings(self.case, self.evidence)])

    def measure(self) -> Measures:
        """Return what the case asks to be measured, each with its interval, and what could not be.

        Raises `MeasurementError` where the case cannot be measured at all.
        """
        return self._measures

    @cached_property
    def _measures(self) -> Measures:
        from detente.measurement import measure

        def report(text: str) -> None:
            self._tell(f"measuring {text}")

        return measure(self.case, self.evidence, seed=self.seed, draws=self.draws, report=report)

    def _tell(self, text: str) -> None:
        self.report(Event("step", text))

    def simulate(self) -> Outcomes:
        """Return what comes of the case's agenda, at its meetings and in its decisions; empty without one.

        Uncertain inputs are drawn `draws` times, and as often as an interval needs at least. Raises
        `MeasurementError` as `measure` does, and `SimulationError` where nothing can come of the agenda.
        """
        return self._outcomes

    @cached_property
    def _outcomes(self) -> Outcomes:
        from detente.simulation.outcomes import LEAST_DRAWS, simulate

        measures, draws = self.measure(), max(self.draws, LEAST_DRAWS)
        self._tell("simulating the agenda")
        return simulate(self.case, self.evidence, measures, seed=self.seed, draws=draws)

    def project(
        self,
        scenario: str | None = None,
        *,
        draws: int | None = None,
        until: date | int | None = None,
        how: How | None = None,
        trajectories: int = 0,
    ) -> Outlook:
        """Return futures of the case, or of a scenario of it (by key, or by the path of a file).

        From the day the case looks from until a day or the end of a year, or for the case's own years.
        `how` says how to run (threads or workers, a folder to pick up from, whom to tell); `trajectories`
        keeps the positions of so many futures. Two scenarios with the same `draws` and `seed` share their
        luck.

        Raises `CaseError` for a scenario that does not fit the case, `SimulationError` for a window that
        makes no sense and events that do not fit, `MeasurementError` as `measure` does.
        """
        from datetime import date

        from detente.cases.scenarios import patched, scenario_named
        from detente.simulation.backtest.shipped import stored_fit
        from detente.simulation.projection.outlook import outlook
        from detente.simulation.projection.preparing import Known

        case = self.case
        if scenario is not None:
            case = patched(case, scenario_named(case, scenario), name=scenario)
        measures = self.measure()
        self._tell(f"drawing futures{f' of {scenario}' if scenario else ''}")
        known = Known(self.evidence, measures, stored_fit(self.case, self.evidence))
        return outlook(
            case,
            known,
            scenario=scenario or "",
            until=date(until, 12, 31) if isinstance(until, int) else until,
            draws=self.draws if draws is None else draws,
            seed=self.seed,
            how=how,
            trajectories=trajectories,
        )

    def prospects(self) -> Prospects:
        """Return what the brief tells of the future: the case's futures, its scenarios, and the scoreboard.

        Drawn `draws` times, and kept between runs. Raises as `project` does; a scenario that does not fit is
        a row of `missing`.
        """
        return self._prospects

    @cached_property
    def _prospects(self) -> Prospects:
        from detente.simulation.outcomes import LEAST_DRAWS
        from detente.simulation.projection.prospects import prospects

        draws = max(self.draws, LEAST_DRAWS)
        return prospects(
            self.case, self.evidence, self.measure(), seed=self.seed, draws=draws, report=self._tell
        )

    def seal(self, record: Path | None = None, *, on: date | None = None) -> Entry | None:
        """Seal what the brief says of the future in the forecast record, on a day (today if left out).

        Returns the line that was written; None where the case asks for no projection, or all of it is past.
        Raises `SimulationError` where the record is broken or cannot be written.
        """
        from datetime import date

        from detente.simulation.projection.sealing import seal

        if self.case.projection is None:
            return None
        return seal(self.case, self.evidence, self.prospects(), on=on or date.today(), record=record)

    def advise(
        self,
        actor: str,
        *,
        against: str | None = None,
        draws: int | None = None,
        how: How | None = None,
        stress: bool = True,
        deep: int = 0,
    ) -> Advice:
        """Return what an actor of the case can do, and what holds up, against the answers of another.

        `actor` and `against` are players of the case by key, or any of their actors. `how` says where to run.
        With `deep`, all sets of up to so many levers are compared, of both sides.
        Raises `StrategyError` where the case has no strategies or no such player, and as `project` does.
        """
        from detente.simulation.backtest.shipped import stored_fit
        from detente.simulation.projection.preparing import Known, prepare
        from detente.strategy.campaign.advice import advise
        from detente.strategy.campaign.sides import player_named

        for name in (actor, against or actor):
            player_named(self.case, name)
        known = Known(self.evidence, self.measure(), stored_fit(self.case, self.evidence))
        self._tell(f"playing portfolios of {actor}")
        return advise(
            prepare(self.case, known, seed=self.seed),
            actor,
            against=against,
            draws=self.draws if draws is None else draws,
            seed=self.seed,
            how=how,
            stress=stress,
            deep=deep,
        )

    def options(self) -> sides.Options:
        """Return what the brief tells of each side's options: portfolios, games, signs, breaks and wedges.

        Over a number of futures of its own, whatever `draws` is, and kept between runs. Raises
        `StrategyError` where the case has no strategies, and as `project` does.
        """
        return self._options

    @cached_property
    def _options(self) -> sides.Options:
        from detente.strategy.campaign.options import options

        return options(self.case, self.evidence, self.measure(), seed=self.seed, report=self._tell)

    def audit(self) -> Audit:
        """Return the claims of the case with their verdicts, and what would change them; empty without any.

        Futures behind them are drawn `draws` times; verdicts are kept between runs. Raises `CaseError` for
        names in tests that the evidence has otherwise spelt, and `MeasurementError` as `measure` does.
        """
        return self._audit

    @cached_property
    def _audit(self) -> Audit:
        from detente.claims.audit import audit

        case, measures = self.case, self.measure()
        asked = {"seed": self.seed, "draws": self.draws}
        return audit(case, self.evidence, measures, outcomes=self.simulate, report=self._tell, **asked)

    def brief(self, folder: str | Path, *, formats: Sequence[str] = ("html",)) -> Brief:
        """Write the brief and its numbers into `folder`, whole or not at all, and say where.

        `formats` are of html, md, json, pdf, and of the charts vega, svg, png. Raises `MeasurementError` and
        `SimulationError` as `measure` and `simulate` do, and `EvidenceError` where the folder cannot be
        written, or a form is unknown or needs what is not installed.
        """
        from detente.briefing import Found, write_brief
        from detente.briefing.formats import Made, check_formats

        how = Made(check_formats(formats), self.draws)
        check_writable(Path(folder))
        found = Found(
            self.measure(),
            outcomes=self.simulate() if self.case.agenda is not None else None,
            prospects=self.prospects() if self.case.projection is not None else None,
            audit=self.audit() if self.case.claims else None,
            options=self.options() if self.case.strategies is not None else None,
        )
        self._tell("writing the brief")
        return write_brief(self.case, self.evidence, found, Path(folder), seed=self.seed, how=how)


def project(
    case: str | Path | Case | Study,
    scenario: str | None = None,
    *,
    draws: int = 1000,
    until: date | int | None = None,
    seed: int = 0,
    how: How | None = None,
    trajectories: int = 0,
) -> Outlook:
    """Return futures of a case, by name, path, or as it is at hand; see `Study.project`."""
    return _study(case, seed=seed, draws=draws).project(
        scenario, until=until, how=how, trajectories=trajectories
    )


def _study(case: str | Path | Case | Study, *, seed: int, draws: int) -> Study:
    from detente.cases import Case

    if isinstance(case, Study):
        return case.with_options(seed=seed, draws=draws)
    return Study(case, seed, draws) if isinstance(case, Case) else load(case, seed=seed, draws=draws)


def advise(
    case: str | Path | Case | Study,
    *,
    actor: str,
    against: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    how: How | None = None,
    stress: bool = True,
    deep: int = 0,
) -> Advice:
    """Return what an actor of a case can do, by name, path, or as it is at hand; see `Study.advise`."""
    study = _study(case, seed=seed, draws=draws)
    return study.advise(actor, against=against, how=how, stress=stress, deep=deep)


def load(case: str | Path, *, seed: int = 0, draws: int = 1000) -> Study:
    """Return the study of a shipped case (by name) or of your own case file (by path).

    Raises `CaseError` with every problem of the file, in order of lines.

    >>> load("atlantic").case.rival
    'RUS'
    """
    return Study(load_case(case), seed=seed, draws=draws)
