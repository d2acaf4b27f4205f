"""Layouts of files of events: which column holds what, in GDELT 1.0 and 2.0, ICEWS, POLECAT and one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from detente.errors import EvidenceError, Problem, did_you_mean, raise_all
from detente.evidence.events.codes import Scale
from detente.evidence.yamlfile import read_yaml


@dataclass(frozen=True)
class Layout:
    """Which column of a file holds what; empty where there is none.

    `source` and `target` name one or more columns: the first that is filled counts. `date_form` is as in
    strptime. `columns` are all columns in order, for files without a header. `actors` are labels of the
    file's own, with the codes they stand for. `several` separates several actors in one cell: such an event
    counts once for each pair.

    >>> Layout(name="mine", date="day", source=("who",), target=("whom",), goldstein="score").used
    ('day', 'who', 'whom', 'score')
    """

    name: str
    date: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    code: str = ""
    text: str = ""
    quad: str = ""
    goldstein: str = ""
    mentions: str = ""
    tone: str = ""
    id: tuple[str, ...] = ()
    date_form: str = "%Y-%m-%d"
    columns: tuple[str, ...] = ()
    several: str = ""
    separator: str = "\t"
    quote: str = ""
    scale: Scale = "icews"
    actors: Mapping[str, str] = field(default_factory=dict)

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        single = (self.code, self.text, self.quad, self.goldstein, self.mentions, self.tone)
        named = (self.date, *self.source, *self.target, *(name for name in single if name), *self.id)
        return tuple(dict.fromkeys(named))

    @classmethod
    def load(cls, path: Path) -> Layout:
        """Read the layout of one's own table from YAML: `date: COLUMN`, `source: COLUMN` and so on.

        Raises `EvidenceError` for a file that is not there or no YAML, unknown keys, and what is missing.
        """
        given = read_yaml(path)
        told = dict(given) if isinstance(given, Mapping) else {}
        return cls.of(told, where=path.name)

    @classmethod
    def of(cls, told: Mapping[str, Any], *, where: str = "mapping") -> Layout:
        """Return the layout of one's own table from a mapping. Raises `EvidenceError` as `load` does."""
        known = [each.name for each in fields(cls) if each.name not in ("name", "columns")]
        unknown = [
            Problem(
                where, f"unknown key {key!r}", did_you_mean(str(key), known) or f"one of: {', '.join(known)}"
            )
            for key in told
            if key not in known
        ]
        lacking = [
            Problem(where, f"nothing is said of {key!r}", f"name the column that holds it, `{key}: COLUMN`")
            for key in ("date", "source", "target")
            if not told.get(key)
        ]
        raise_all(EvidenceError, [*unknown, *lacking, *_misshapen(told, where)])
        lists = {key: _names(told[key]) for key in ("source", "target", "id") if told.get(key)}
        plain = {key: value for key, value in told.items() if key not in lists}
        return cls(name="own", **{"separator": ",", "quote": '"', **plain, **lists})


def _misshapen(told: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Yield what is not written as it must be: names of columns, signs, labels of actors."""
    for key, value in told.items():
        texts: Sequence[Any] = [value]
        hint = "write it as text, in quotes where it is a number or a sign"
        if key in ("source", "target", "id"):
            texts = value if isinstance(value, (list, tuple)) else [value]
            hint = "name a column, or several in brackets"
        elif key == "actors":
            texts = [*value, *value.values()] if isinstance(value, Mapping) else [None]
            hint = "write {LABEL: CODE}"
        elif key == "scale" and value not in get_args(Scale):
            texts, hint = [None], f"one of: {', '.join(get_args(Scale))}"
        if not all(isinstance(each, str) for each in texts):
            yield Problem(where, f"{key} is {str(value)[:40]!r}", hint)
        elif key in ("separator", "quote", "several") and len(value) > 1:
            yield Problem(where, f"{key} is {value[:40]!r}", "give one sign")


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _actor(number: int) -> tuple[str, ...]:
    parts = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code"
    return tuple(f"Actor{number}{part}" for part in (*parts.split(), "Type3Code"))


def _place(of: str, *, second: bool) -> tuple[str, ...]:
    parts = ("Type", "FullName", "CountryCode", "ADM1Code", *(("ADM2Code",) if second else ()))
    return tuple(f"{of}Geo_{part}" for part in (*parts, "Lat", "Long", "FeatureID"))


def _gdelt(*, second: bool) -> tuple[str, ...]:
    """Return the columns of GDELT in order; 2.0 has a second administrative level for each place."""
    event = ("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale")
    reports = ("NumMentions", "NumSources", "NumArticles", "AvgTone")
    places = [name for of in ("Actor1", "Actor2", "Action") for name in _place(of, second=second)]
    when = ("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate")
    return (*when, *_actor(1), *_actor(2), *event, *reports, *places, "DATEADDED", "SOURCEURL")


def _of_gdelt(name: str, columns: tuple[str, ...]) -> Layout:
    return Layout(
        name=name,
        date="SQLDATE",
        date_form="%Y%m%d",
        source=("Actor1CountryCode",),
        target=("Actor2CountryCode",),
        code="EventCode",
        quad="QuadClass",
        goldstein="GoldsteinScale",
        mentions="NumMentions",
        tone="AvgTone",
        id=("GLOBALEVENTID",),
        columns=columns,
        scale="gdelt",
    )


_ICEWS = Layout(
    name="icews",
    date="Event Date",
    source=("Source Country", "Source Name"),
    target=("Target Country", "Target Name"),
    code="CAMEO Code",
    text="Event Text",
    goldstein="Intensity",
    # A number of an event comes again with another day or actor: the number alone says too little.
    id=("Event ID", "Event Date", "Source Name", "Target Name", "CAMEO Code"),
)
_ICEWS_TEXT = Layout(
    name="icews-text",
    date="day",
    source=("who",),
    target=("whom",),
    text="text",
    id=("day", "who", "text", "whom"),
    columns=("who", "text", "whom", "day"),
)
_POLECAT = Layout(
    name="polecat",
    date="Event Date",
    source=("Actor Country",),
    target=("Recipient Country",),
    code="Event Type",
    quad="Quad Code",
    goldstein="Intensity",
    id=("Event ID",),
    several=";",
)
_V1, _V2 = _gdelt(second=False), _gdelt(second=True)

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "gdelt2": _of_gdelt("gdelt2", _V2),
        "gdelt1": _of_gdelt("gdelt1", _V1),
        "gdelt1-backfile": _of_gdelt("gdelt1-backfile", _V1[:-1]),
        "icews": _ICEWS,
        "icews-text": _ICEWS_TEXT,
        "polecat": _POLECAT,
    }
)
"""The layouts that are known by name."""
TITLES = {
    "gdelt2": "GDELT 2.0",
    "gdelt1": "GDELT 1.0",
    "gdelt1-backfile": "GDELT 1.0, historical files",
    "icews": "ICEWS as published",
    "icews-text": "ICEWS in four columns",
    "polecat": "POLECAT",
    "own": "your own table",
}
FORMS = tuple(LAYOUTS)
Form = Literal["gdelt2", "gdelt1", "gdelt1-backfile", "icews", "icews-text", "polecat"]
