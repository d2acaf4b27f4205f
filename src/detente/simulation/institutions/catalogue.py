"""The decision rules that ship with detente, as data: `catalogue.yaml`, checked when it is read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from detente.cases.rules import Rule
from detente.errors import DetenteError, Problem, did_you_mean


@cache
def rules() -> dict[str, Rule]:
    """Return the rules by key.

    >>> rules()["reinforced_majority"].source
    'Treaty on the Functioning of the European Union, Article 238(2)'
    """
    text = files(__package__).joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return {key: Rule.model_validate(rule) for key, rule in yaml.safe_load(text).items()}


def rule_named(key: str) -> Rule:
    """Return a rule by key; raises `DetenteError` where there is none."""
    known = rules()
    if key not in known:
        hint = did_you_mean(key, known) or f"rules are {', '.join(known)}"
        raise DetenteError(Problem("rule", f"no rule is called {key!r}", hint))
    return known[key]
