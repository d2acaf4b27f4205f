"""Plain YAML with line numbers: text, numbers, true and false, dates, lists and sections, and nothing else.

Built from the parser's events, not by its loader: no tag is obeyed, no alias expanded, nothing recursed.
Words follow YAML 1.2: only `true` and `false` are booleans, so a country's `NO` stays text.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

Path = tuple[str | int, ...]

DEEPEST = 20

_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Flaw:
    """Something that the text may not hold: its line, what it is, and what to type instead."""

    line: int
    what: str
    hint: str


@dataclass
class Document:
    """What the text says, the line of each part, what it may not hold, and whether it was read to its end."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    whole: bool = True

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest part around it that the text has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """Return what `text` says; what is wrong with it stands in `flaws`, as far as the text could be read.

    >>> parse("blocs: {Nordic: [NO, SE]}").data
    {'blocs': {'Nordic': ['NO', 'SE']}}
    >>> parse("a: 1\\na: 2").flaws[0].what
    "'a' stands here twice: first in line 1"
    """
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            building.take(event)
            if not building.document.whole:
                break
    except yaml.MarkedYAMLError as error:
        building.give_up(_unreadable(error, text))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"a character that no text may hold (U+{_code(error.character):04X})"
        building.give_up(Flaw(line, what, "save the file as plain UTF-8 text"))
    return building.document


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _code(character: Any) -> int:
    return character if isinstance(character, int) else ord(character)


def _unreadable(error: yaml.MarkedYAMLError, text: str) -> Flaw:
    mark = error.problem_mark or error.context_mark
    place = mark.line if mark else 0
    rows = text.splitlines()
    row = rows[place] if place < len(rows) else ""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return Flaw(place + 1, "a tab stands at the start of the line", "indent with spaces")
    before = f" {error.context}" if error.context else ""
    what = f"not YAML:{before} {error.problem}".rstrip()
    hint = (
        "check the indentation, that each `key:` is followed by a space, and that quotes and brackets close"
    )
    return Flaw(place + 1, what, hint)


@dataclass
class _Open:
    """A list or section that is still being read, where it stands, and the key that waits for its value."""

    path: Path
    holds: dict[str, Any] | list[Any]
    key: str | None = None
    twice: bool = False


class _Building:
    def __init__(self) -> None:
        self.document = Document()
        self.stack: list[_Open] = []
        self.documents = 0

    def give_up(self, flaw: Flaw) -> None:
        self.document.flaws.append(flaw)
        self.document.whole = False

    def flaw(self, event: yaml.Event, what: str, hint: str) -> None:
        self.document.flaws.append(Flaw(_line(event), what, hint))

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._start(event)
        elif isinstance(event, yaml.AliasEvent):
            self.flaw(event, f"'*{event.anchor}' repeats another part", "write it out: aliases are not read")
            self._place(event, None)
        elif isinstance(event, yaml.NodeEvent):
            self._mark_unread(event)
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _start(self, event: yaml.Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self.flaw(
                event, "a second document starts here", "keep one case in one file, without `---` between"
            )
            self.document.whole = False

    def _mark_unread(self, event: yaml.NodeEvent) -> None:
        if event.anchor:
            self.flaw(event, f"'&{event.anchor}' names a part to repeat", "remove it: aliases are not read")
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            hint = "remove it: a case holds text, numbers, true and false, dates, lists and sections"
            self.flaw(event, f"the tag '{shown}' is not read", hint)

    def _node(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.ScalarEvent):
            if self._awaits_key():
                self._take_key(event)
            else:
                self._place(event, self._scalar(event))
            return
        if self._awaits_key():
            self.flaw(event, "a list or section stands where a key should", "write the key as a word")
            self.document.whole = False
            return
        if len(self.stack) >= DEEPEST:
            self.flaw(
                event, f"nested more than {DEEPEST} deep", "no part of a case goes that deep: flatten it"
            )
            self.document.whole = False
            return
        holds: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(self._place(event, holds), holds))

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].holds, dict) and self.stack[-1].key is None

    def _take_key(self, event: yaml.ScalarEvent) -> None:
        around = self.stack[-1]
        around.key = event.value
        path = (*around.path, event.value)
        around.twice = event.value in around.holds
        if around.twice:
            first = self.document.lines[path]
            what = f"'{event.value}' stands here twice: first in line {first}"
            self.flaw(event, what, "remove one of them, or rename it")
        else:
            self.document.lines[path] = _line(event)

    def _place(self, event: yaml.Event, value: Any) -> Path:
        """Put `value` where the text has it, and return its path. A repeated key keeps its first value."""
        if not self.stack:
            self.document.data = value
            self.document.lines[()] = _line(event)
            return ()
        around = self.stack[-1]
        if isinstance(around.holds, list):
            path: Path = (*around.path, len(around.holds))
            around.holds.append(value)
            self.document.lines[path] = _line(event)
            return path
        if around.key is None:
            return around.path
        path = (*around.path, around.key)
        if not around.twice:
            around.holds[around.key] = value
        around.key = None
        return path

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        value: str = event.value
        if event.style or not event.implicit[0]:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if _WHOLE.fullmatch(value):
            return int(value)
        if _NUMBER.fullmatch(value):
            return float(value)
        if _DATE.fullmatch(value):
            with contextlib.suppress(ValueError):
                return date.fromisoformat(value)
        return value
