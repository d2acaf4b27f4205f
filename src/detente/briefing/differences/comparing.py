"""What two briefs say, compared: numbers by what they are, sentences by their words, parts by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from detente.briefing.differences.causes import Cause, Kind, causes, possible, verdict
from detente.briefing.differences.opening import Held

Beyond = Literal["beyond", "within", "no interval", "interval only"]
ALIKE = 0.5
"""Share of words in common from which one sentence counts as another reworded."""
VALUES = ("value", "low", "high", "mark")


@dataclass(frozen=True)
class Moved:
    """A number that changed: both rows, where the change lies beside the intervals, what it can be from."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    beyond: Beyond
    causes: tuple[Kind, ...]

    @property
    def change(self) -> float:
        """The later value less the earlier."""
        return float(self.after["value"]) - float(self.before["value"])


@dataclass(frozen=True)
class Reworded:
    """A sentence whose words changed; without one side where it came or went."""

    section: str
    before: str
    after: str


@dataclass(frozen=True)
class Part:
    """A section, figure, gap or table that came, went or changed."""

    kind: str
    what: str
    how: str


@dataclass(frozen=True)
class Difference:
    """All that differs between two briefs."""

    one: Held
    two: Held
    causes: tuple[Cause, ...]
    moved: tuple[Moved, ...]
    came: tuple[Mapping[str, Any], ...]
    went: tuple[Mapping[str, Any], ...]
    same: int
    reworded: tuple[Reworded, ...]
    refigured: int
    parts: tuple[Part, ...]

    @property
    def changed(self) -> bool:
        """Whether anything that is said differs."""
        return bool(self.moved or self.came or self.went or self.reworded or self.parts or self.refigured)

    @property
    def verdict(self) -> str:
        """What made the change, in a sentence."""
        return verdict(self.causes, changed=self.changed)


def compare(one: Held, two: Held) -> Difference:
    """Return what differs between two briefs, the first before, the second after.

    >>> compare(*open_briefs(["before", "after"])).verdict  # doctest: +SKIP
    """
    found = causes(one, two)
    pairs, came, went = _paired(one.numbers, two.numbers)
    moved = tuple(
        Moved(before, after, _beyond(before, after), possible(found, (before, after)))
        for before, after in pairs
        if any(before[key] != after[key] for key in VALUES)
    )
    reworded, refigured = _sentences(one, two)
    parts = tuple(_parts(one, two))
    same = len(pairs) - len(moved)
    return Difference(one, two, found, moved, came, went, same, reworded, refigured, parts)


Row = Mapping[str, Any]


def _paired(
    before: Sequence[Row], after: Sequence[Row]
) -> tuple[list[tuple[Row, Row]], tuple[Row, ...], tuple[Row, ...]]:
    """Return the numbers that are the same thing, in the order of the later brief; what came; what went.

    Several numbers of one thing are matched where their values agree, then in their order.
    """
    waiting: dict[tuple[str, str], list[Row]] = {}
    for row in before:
        waiting.setdefault((row["what"], row["unit"]), []).append(row)
    partner: dict[int, Row] = {}
    for exact in (True, False):
        for place, row in enumerate(after):
            held = waiting.get((row["what"], row["unit"]), [])
            fits = [each for each in held if not exact or each["value"] == row["value"]]
            if place not in partner and fits:
                partner[place] = fits[0]
                held.remove(fits[0])
    pairs = [(partner[place], row) for place, row in enumerate(after) if place in partner]
    came = tuple(row for place, row in enumerate(after) if place not in partner)
    left = {id(row) for held in waiting.values() for row in held}
    return pairs, came, tuple(row for row in before if id(row) in left)


def _beyond(before: Row, after: Row) -> Beyond:
    """Return whether a change lies beyond the intervals: whether they do not overlap."""
    if None in (before["low"], before["high"], after["low"], after["high"]):
        return "no interval"
    if before["value"] == after["value"] and before["mark"] == after["mark"]:
        return "interval only"
    return "beyond" if after["low"] > before["high"] or after["high"] < before["low"] else "within"


def _sentences(one: Held, two: Held) -> tuple[tuple[Reworded, ...], int]:
    """Return the sentences whose words changed, and how many moved their figures alone."""
    before, after = _by_section(one), _by_section(two)
    found: list[Reworded] = []
    refigured = 0
    for key in [*before, *(key for key in after if key not in before)]:
        earlier, later = before.get(key, []), after.get(key, [])
        if key in before and key in after:
            matched = list(_matched(earlier, later))
            found.extend(
                Reworded(key, a["text"] if a else "", b["text"] if b else "")
                for a, b in matched
                if (a is None or b is None or a["form"] != b["form"])
            )
            refigured += sum(
                a is not None and b is not None and a["form"] == b["form"] and a["text"] != b["text"]
                for a, b in matched
            )
    return tuple(found), refigured


def _by_section(held: Held) -> dict[str, list[Mapping[str, str]]]:
    sections = {section["key"]: list(section["sentences"]) for section in held.outline["sections"]}
    return {"answer": list(held.outline["answer"]), **sections}


Said = Mapping[str, str]


def _matched(before: list[Said], after: list[Said]) -> Iterator[tuple[Said | None, Said | None]]:
    """Yield sentences in pairs: the same form, else much alike, else alone."""
    matcher = SequenceMatcher(None, [a["form"] for a in before], [b["form"] for b in after], autojunk=False)
    for what, start, end, since, until in matcher.get_opcodes():
        if what == "equal":
            yield from zip(before[start:end], after[since:until], strict=True)
        else:
            yield from _reworded(before[start:end], after[since:until])


def _reworded(before: list[Said], after: list[Said]) -> Iterator[tuple[Said | None, Said | None]]:
    rest = list(after)
    for said in before:
        best = max(rest, key=lambda other: _alike(said, other), default=None)
        if best is None or _alike(said, best) < ALIKE:
            yield said, None
            continue
        rest.remove(best)
        yield said, best
    yield from ((None, said) for said in rest)


def _alike(one: Said, two: Said) -> float:
    return SequenceMatcher(None, one["form"].split(), two["form"].split(), autojunk=False).ratio()


def _parts(one: Held, two: Held) -> Iterator[Part]:
    """Yield verdicts, sections, exhibits, gaps and tables that came, went or changed."""
    verdicts = [
        {key: said for section in each.outline["sections"] for key, said in section["verdicts"].items()}
        for each in (one, two)
    ]
    for key in sorted(verdicts[0].keys() & verdicts[1].keys()):
        if verdicts[0][key] != verdicts[1][key]:
            yield Part("verdict", key, f"{verdicts[0][key]} before, {verdicts[1][key]} now")
    for kind in ("sections", "exhibits", "gaps"):
        before, after = _keys(one, kind), _keys(two, kind)
        yield from (Part(kind.removesuffix("s"), what, "went") for what in before if what not in after)
        yield from (Part(kind.removesuffix("s"), what, "came") for what in after if what not in before)
    tables = [name for name in one.files if name.startswith("numbers/") and name != "numbers/numbers.csv"]
    for name in sorted(set(tables) & set(two.files)):
        if one.files[name] != two.files[name]:
            yield Part("table", name, "rows differ")


def _keys(held: Held, kind: str) -> list[str]:
    if kind == "gaps":
        return list(held.outline["gaps"])
    sections = held.outline["sections"]
    if kind == "sections":
        return [section["key"] for section in sections]
    return [key for section in sections for key in section["exhibits"]]
