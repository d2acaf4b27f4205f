"""Where our spatial model departs from KTAB's program, and what that program does instead."""

from __future__ import annotations

from dataclasses import dataclass

from detente.simulation.bargaining.options import SpatialOptions


@dataclass(frozen=True)
class Correction:
    """One fault or gap of KTAB's program, what is done here, and the options under which it matters.

    `options` are (name, values) pairs, of which all must hold; none means always.
    """

    ktab: str
    here: str
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applies(self, options: SpatialOptions) -> bool:
        """Return whether it matters under these options."""
        return all(getattr(options, name) in values for name, values in self.options)

    def __str__(self) -> str:
        return f"KTAB {self.ktab}; here {self.here}"


CORRECTIONS = (
    Correction(
        "takes the challenger's expected gain, as the challenged sees it, for its chance to win",
        "the chance is taken",
        (("offers", ("InitRcvrInterp", "PWCompInterp")),),
    ),
    Correction(
        "weighs the challenged actor's view by the challenger's capability",
        "by its own",
        (("offers", ("PWCompInterp",)),),
    ),
    Correction(
        "stops with an error where observers take others' attitudes to risk as they are",
        "the run goes on",
        (("risk_adjustment", ("Full",)),),
    ),
    Correction(
        "stops with an error on consensus, two blocs, zero salience or capability, and one or two actors",
        "equal chances mean no attitude to risk, and the run goes on",
    ),
    Correction(
        "gives equal challenges and equal offers to the actor listed first, or by rounding in the last digit",
        "differences below 1e-12 are ties, broken by the smaller own move, then by name",
    ),
    Correction(
        "draws random numbers in threads that race, so that a seed does not repeat",
        "each number hangs on seed, run, turn and actor only",
        (("transition", ("Stochastic",)),),
    ),
    Correction(
        "seeks the long-run chances without end, or stops with an error",
        "turns in which they do not settle within 1000 steps are counted",
        (("election", ("MarkovUniform", "MarkovIncentive")),),
    ),
    Correction(
        "goes round and round until its turns are used up",
        "a run that comes back to an earlier state ends there and says so",
        (("transition", ("Deterministic",)),),
    ),
    Correction(
        "lets rounding lead attitudes to risk out of their range where chances hardly differ",
        "they stay within",
    ),
    Correction(
        "reports for an actor near several positions the chance of the last",
        "of the first",
    ),
)
"""Every departure, the option-bound ones with their options."""


def corrections(options: SpatialOptions) -> tuple[str, ...]:
    """Return in words what is done otherwise than in KTAB's program under these options; none with
    compat="ktab".

    >>> corrections(SpatialOptions(compat="ktab"))
    ()
    >>> any("own" in each for each in corrections(SpatialOptions(offers="PWCompInterp")))
    True
    """
    if options.compat == "ktab":
        return ()
    return tuple(str(each) for each in CORRECTIONS if each.applies(options))
