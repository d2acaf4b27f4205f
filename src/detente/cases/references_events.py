"""Names that `event_study:` uses and other sections declare; works on plain data, however unfinished."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from detente.cases.lookup import Broken, listed, neither, part_of


def broken(case: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield sides that are neither actors nor blocs, and a study without occasions or after the day."""
    asked = part_of(case, "event_study")
    if not asked:
        return
    for key in part_of(asked, "dyads"):
        for place, side in listed(part_of(asked, "dyads", key), "sides"):
            yield from neither(("event_study", "dyads", key, "sides", place), side, part_of(case, "blocs"))
    if not (asked.get("occasions") or asked.get("dates") or part_of(case, "forum").get("occasions")):
        hint = "add `occasions:` with a topic of facts, or `dates:`; or name the forum's `occasions`"
        yield Broken(("event_study",), "no occasion is named", hint)
    since, as_of = _day(asked.get("since")), _day(case.get("as_of"))
    if since is not None and as_of is not None and since > as_of:
        what = f"the study begins after the day the brief looks from ({as_of})"
        yield Broken(("event_study", "since"), what, "set an earlier `since`, or a later `as_of`")


def _day(value: Any) -> date | None:
    """Return a day however it is written, None where it is none."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    return value if type(value) is date else None
