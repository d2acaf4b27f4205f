"""What the spatial model may assume: every option of KTAB's model, each value with what it means.

The names of values are KTAB's own, so that its files and papers can be followed; the names of options say
what they choose, with KTAB's name beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from detente.errors import Problem, SimulationError, did_you_mean

VotingRule = Literal["Prop", "Binary", "PropBin", "PropCbc", "Cubic", "ASymProsp"]
Victory = Literal["Linear", "Square", "Quartic", "Octic", "Binary"]
Election = Literal["Conditional", "MarkovUniform", "MarkovIncentive"]
Transition = Literal["Deterministic", "Stochastic"]
RiskAdjustment = Literal["None", "OneThird", "Half", "TwoThirds", "Full"]
RiskRange = Literal["Min", "Mid", "Max"]
ThirdParties = Literal["NoCommit", "SemiCommit", "FullCommit"]
Meeting = Literal["S1P1", "S2P2", "S2PMax"]
Offers = Literal["InitOnlyInterp", "InitRcvrInterp", "PWCompInterp"]


@dataclass(frozen=True)
class Choice:
    """One option: KTAB's name for it, what it decides, and its values with their meaning, the default
    first.
    """

    ktab: str
    decides: str
    values: Mapping[str, str]


CHOICES: dict[str, Choice] = {
    "voting_rule": Choice(
        "VotingRule",
        "how many votes an actor of weight W casts for an option that gives it du more utility",
        {
            "Prop": "W du",
            "Binary": "W or -W, in full from a difference of 1e-8",
            "PropBin": "W (0.8 du + 0.2 binary)",
            "PropCbc": "W (0.5 du + 0.5 du³)",
            "Cubic": "W du³",
            "ASymProsp": "W du for losses, 2/3 W du for gains",
        },
    ),
    "victory": Choice(
        "VictoryProbModel",
        "how the strengths of two coalitions become the chance that one beats the other",
        {
            "Linear": "in proportion to strength",
            "Square": "to its square",
            "Quartic": "to its fourth power",
            "Octic": "to its eighth power",
            "Binary": "the stronger wins from 10 % more strength on, in proportion before",
        },
    ),
    "election": Choice(
        "PCEModel",
        "how chances between two options become the chance of each option",
        {
            "Conditional": "the chance to beat every other option, given that one does",
            "MarkovUniform": "long run, each option as likely to be put against the winner",
            "MarkovIncentive": "long run, options put against the winner by what their supporters gain",
        },
    ),
    "transition": Choice(
        "StateTransitions",
        "which offer of its queue an actor takes up",
        {"Deterministic": "the likeliest", "Stochastic": "one drawn by its chance"},
    ),
    "risk_adjustment": Choice(
        "BigRAdjust",
        "how far an observer sees another's attitude to risk rather than its own",
        {
            "OneThird": "two thirds its own, one third the other's",
            "None": "its own only",
            "Half": "half and half",
            "TwoThirds": "one third its own, two thirds the other's",
            "Full": "the other's only",
        },
    ),
    "risk_range": Choice(
        "BigRRange",
        "the range of attitudes to risk, from the actor least likely to win to the likeliest",
        {"Mid": "-1/2 to 1", "Min": "0 to 1", "Max": "-1 to 1"},
    ),
    "third_parties": Choice(
        "ThirdPartyCommit",
        "what a third party stakes on the side that it joins",
        {
            "SemiCommit": "it must adopt the position of the winner if its side loses",
            "NoCommit": "nothing; third parties then never take sides",
            "FullCommit": "it adopts the winner's position either way; third parties then never take sides",
        },
    ),
    "meeting": Choice(
        "InterVecBrgn",
        "where two actors meet on each issue, by salience s and chance to win P",
        {
            "S2P2": "weights (s P)²",
            "S1P1": "weights s P",
            "S2PMax": "only the likelier loser moves",
        },
    ),
    "offers": Choice(
        "BargnModel",
        "whose view of the contest shapes the offer",
        {
            "InitOnlyInterp": "the challenger's",
            "InitRcvrInterp": "one offer by each one's view",
            "PWCompInterp": "both views in one offer, weighted by capability times salience",
        },
    ),
}
"""Every option, its values and their meaning."""

_VOTES = {
    "Prop": (1.0, 0.0, 0.0, 1.0),
    "Binary": (0.0, 0.0, 1.0, 1.0),
    "PropBin": (1.0 - 0.2, 0.0, 0.2, 1.0),
    "PropCbc": (0.5, 0.5, 0.0, 1.0),
    "Cubic": (0.0, 1.0, 0.0, 1.0),
    "ASymProsp": (1.0, 0.0, 0.0, 2.0 / 3.0),
}
_POWERS = {"Binary": 0, "Linear": 1, "Square": 2, "Quartic": 4, "Octic": 8}
_ELECTIONS = {"Conditional": 0, "MarkovUniform": 1, "MarkovIncentive": 2}
_SHARES = {"None": (1, 0), "OneThird": (2, 1), "Half": (1, 1), "TwoThirds": (1, 2), "Full": (0, 1)}
_RANGES = {"Min": (1.0, 0.0, 1.0), "Mid": (3.0, 1.0, 2.0), "Max": (2.0, 1.0, 1.0)}
_MEETINGS = {"S2PMax": 0, "S1P1": 1, "S2P2": 2}
_OFFERS = {"InitOnlyInterp": 0, "InitRcvrInterp": 1, "PWCompInterp": 2}


class Rules(NamedTuple):
    """The options as numbers, for compiled code.

    A vote of weight W for a gap du is W (linear du + cubic du³ + binary clip(du / 1e-8)), times `gains`
    where du > 0; `plain` marks W du. `power` 0 is the binary victory. R^h = (own_share R_h + other_share
    R_i) / sum.
    """

    plain: bool
    linear: float
    cubic: float
    binary: float
    gains: float
    power: int
    election: int
    own_share: float
    other_share: float
    risk_scale: tuple[float, float, float]
    committed: bool
    meeting: int
    offers: int
    stochastic: bool
    ktab: bool
    misperceived: bool
    most_turns: int
    quiet: float


@dataclass(frozen=True)
class SpatialOptions:
    """What the spatial model assumes; the defaults are those of KTAB's CSV runs. `CHOICES` says what each
    means.

    A run ends after `most_turns`, or from the second turn on when actors together move less than `quiet`
    times what they moved in the first. `compat="ktab"` repeats KTAB's program with its faults, for
    comparison; otherwise they are corrected, and `corrections` lists how. Raises `SimulationError` for
    unknown values.

    >>> SpatialOptions(victory="Square").victory
    'Square'
    """

    voting_rule: VotingRule = "Prop"
    victory: Victory = "Linear"
    election: Election = "Conditional"
    transition: Transition = "Deterministic"
    risk_adjustment: RiskAdjustment = "OneThird"
    risk_range: RiskRange = "Mid"
    third_parties: ThirdParties = "SemiCommit"
    meeting: Meeting = "S2P2"
    offers: Offers = "InitOnlyInterp"
    most_turns: int = 100
    quiet: float = 0.02
    compat: Literal["ktab"] | None = None

    def __post_init__(self) -> None:
        problems = [
            Problem(
                name,
                f"unknown value {value!r}",
                did_you_mean(str(value), known) or f"one of {', '.join(known)}",
            )
            for name, choice in CHOICES.items()
            if (value := getattr(self, name)) not in (known := choice.values)
        ]
        if self.compat not in (None, "ktab"):
            problems.append(Problem("compat", f"unknown value {self.compat!r}", "'ktab', or leave it out"))
        if self.most_turns < 1:
            problems.append(Problem("most_turns", f"is {self.most_turns}", "give 1 or more"))
        if not 0 < self.quiet < float("inf"):
            problems.append(Problem("quiet", f"is {self.quiet}", "give a positive number"))
        if problems:
            raise SimulationError(*problems)

    @classmethod
    def from_ktab(cls, values: Mapping[str, str], **others: Any) -> SpatialOptions:
        """Return options from KTAB's names of options and values; those not named keep their defaults.

        Raises `SimulationError` for names that KTAB does not know.

        >>> SpatialOptions.from_ktab({"VictoryProbModel": "Square"}).victory
        'Square'
        """
        names = {choice.ktab: name for name, choice in CHOICES.items()}
        unknown = [
            Problem(f"KTAB's option {name!r}", "is not known", did_you_mean(name, names))
            for name in values
            if name not in names
        ]
        if unknown:
            raise SimulationError(*unknown)
        chosen: dict[str, Any] = {names[name]: value for name, value in values.items()}
        return cls(**chosen, **others)

    def rules(self, *, misperceived: bool = False) -> Rules:
        """Return the options as numbers, for compiled code."""
        linear, cubic, binary, gains = _VOTES[self.voting_rule]
        own, others = _SHARES[self.risk_adjustment]
        return Rules(
            plain=self.voting_rule == "Prop",
            linear=linear,
            cubic=cubic,
            binary=binary,
            gains=gains,
            power=_POWERS[self.victory],
            election=_ELECTIONS[self.election],
            own_share=float(own),
            other_share=float(others),
            risk_scale=_RANGES[self.risk_range],
            committed=self.third_parties == "SemiCommit",
            meeting=_MEETINGS[self.meeting],
            offers=_OFFERS[self.offers],
            stochastic=self.transition == "Stochastic",
            ktab=self.compat == "ktab",
            misperceived=misperceived,
            most_turns=self.most_turns,
            quiet=float(self.quiet),
        )
