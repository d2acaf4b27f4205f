"""An invented case of three members, with a scenario, elections, levers and a decision."""

from __future__ import annotations

from detente.cases import Case
from detente.cases.scenarios import baseline_digest
from detente.cases.yamltext import parse
from tests.tolls import HEAD

CASE = (
    HEAD
    + """\
projection:
  years: 2
  items: [tolls]
  alignment: false
  moves: {value: 0.1, low: 0.05, high: 0.2, reason: Invented.}
  events:
    vote:
      title: A vote in one of them
      date: 2020-09-01
      kind: election
      shift: {tolls: {POL: -0.2}}
      low: 0.5
      high: 1.5
      backlash: 0.3
      reason: Invented.
    newcomer:
      title: Another joins
      date: 2021-02-01
      kind: membership
      join: {THREE: [ITA]}
      reason: Invented.
  lines:
    low: {title: Wants hardly any tolls, item: tolls, at: 0.2, watch: THREE}
  reason: Invented.
strategies:
  title: What they can do
  reason: Invented.
  players:
    payer:
      title: The payer
      actors: [DEU]
      objectives:
        hold: {title: Tolls are renewed, want: more, measure: {passes: renewal}, reason: Invented.}
    other:
      title: The other
      actors: [RUS]
      objectives:
        lapse: {title: Tolls lapse, want: less, measure: {passes: renewal}, reason: Invented.}
  levers:
    pay:
      title: Pay for agreement
      owner: payer
      kind: side_payment
      means: reward
      date: 2020-02-01
      pays: {renewal: {DEU: 0.1, FRA: 0.1}}
      cost: {value: 0.1, low: 0.0, high: 0.2, unit: points, reason: Invented.}
      reason: Invented.
    majority:
      title: Decide by majority
      owner: payer
      kind: rule
      means: institution
      date: 2020-02-01
      rules: {renewal: simple_majority}
      cost: {value: 0.1, low: 0.0, high: 0.2, unit: points, reason: Invented.}
      reason: Invented.
"""
)
FORUM = """\
forum:
  name: The meeting
  place: Here
  perception:
    hope: {value: 0.5, low: 0.2, high: 0.8}
    esteem: {value: 0.2, low: 0.0, high: 0.4}
    noise: 0.0
    reason: Invented.
  meetings:
    spring: {title: Spring, date: 2019-12-01, items: [tolls], present: [THREE], source: Invented.}
"""
SCENARIOS = """\
scenarios:
  crisis:
    title: A crisis
    baseline: "@"
    patch:
      projection:
        events:
          shock: {title: A shock, date: 2020-05-01, shift: {tolls: {THREE: -0.2}}, reason: Invented.}
    reason: Invented.
  slow:
    title: All move slowly
    baseline: "@"
    patch: {projection: {moves: {value: 0.01, low: 0.005, high: 0.02}}}
    reason: Invented.
"""


def whole_case() -> str:
    """Return the case with its scenarios, which name the digest of the rest."""
    document = parse(CASE)
    digest = baseline_digest(Case.model_validate(document.data))
    return CASE + SCENARIOS.replace("@", digest)
