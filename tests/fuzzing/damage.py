"""How input is damaged: bytes, lines and cells of a text, and the parts of nested data."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[Any, ...]
FEW = st.sampled_from((1, 1, 1, 2, 3))
"""Edits of one example: most often one, so that what is read behind it is reached."""
LONG = 1_000_000
ODD_TEXTS = (
    "", " ", "\n", "\t", "\x00", "\x1b[31m", "\ufeff", "\u202e", "\u200b", "\ud7ff", "\U0010ffff", "é" * 200,
    "nan", "NaN", "inf", "-inf", "1e999", "-0", "1_000", "0x10", "1,5", "٣", "９９", "²", "1" * 400,
    "RUЅ", "ＤＥＵ", "de\u0301u", "NO", "yes", "null", "~", "2020-02-30", "0000-00-00", "9999-12-31",
    "2020-1-1", "20200101", "-1", "1e300", "1e-320", "[", "{", "]", "}", "&a", "*a", "!!python/object:x",
    "<<", "---", "...", "%YAML 9.9", "#", "'", '"', "\\", "../../etc/passwd", "CON", "a" * 300, "{{7*7}}",
    "{0}", "%s", "'; DROP TABLE votes; --", "=1+1", "<script>", "&amp;", "&#x110000;", "\r\n", "\x85",
    "\u2028",
)  # fmt: skip
"""Texts that have broken readers of all kinds: signs, numbers and days that are none, look-alikes."""
ODD_BYTES = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\x80", b"\xed\xa0\x80", b"\xe9",
    b"\x85",
    b"\r", b"\n", b"\r\n", b"\t", b",", b";",
    b'"', b"'", b'""', b"{", b"[", b"(", b"<", b"&", b"*", b"!", b"-" * 40,
    b"[" * 3000, b"{a: " * 200, b"<a>" * 2000, b"PK\x03\x04", b"PAR1", b"%PDF", b"9" * 5000, b"a" * 200_000,
    b"&a [*a, *a]", b"NaN", b"1e999", b"\x1b[2J",
)  # fmt: skip


def odd_texts() -> st.SearchStrategy[str]:
    """Return texts, odd ones first."""
    return st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=30))


def odd_values() -> st.SearchStrategy[Any]:
    """Return values of every type that JSON and YAML have, most of them out of place anywhere."""
    numbers = st.one_of(
        st.sampled_from([0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400]),
        st.sampled_from([0.0, -0.0, 1e308, 5e-324, 0.1, float("nan"), float("inf"), float("-inf")]),
        st.integers(),
        st.floats(),
    )
    plain = st.one_of(st.none(), st.booleans(), numbers, odd_texts(), st.dates().map(str))
    return st.one_of(
        plain,
        st.recursive(
            plain,
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(odd_texts(), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        st.sampled_from(
            [nested(30), nested(400), "x" * LONG, list(range(2000)), {str(n): n for n in range(500)}]
        ),
    )


def nested(depth: int) -> Any:
    """Return lists in lists."""
    found: Any = "x"
    for _ in range(depth):
        found = [found]
    return found


@st.composite
def damaged(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Return one of `seeds` with a few edits, or now and then bytes of no origin."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.binary(max_size=200))
    held = draw(st.sampled_from(seeds))
    for _ in range(draw(FEW)):
        held = draw(_edited(held))
    return held


@st.composite
def _edited(draw: st.DrawFn, held: bytes) -> bytes:
    """Return bytes with one edit: of a span, of a byte, of lines, or of a cell."""
    kind = draw(
        st.sampled_from(("cut", "put", "flip", "end", "again", "line", "lines", "cell", "cell", "cell"))
    )
    at = draw(st.integers(0, len(held)))
    if kind == "cut":
        return held[:at] + held[at + draw(st.integers(1, 40)) :]
    if kind == "put":
        return held[:at] + draw(st.sampled_from(ODD_BYTES)) + held[at:]
    if kind == "flip":
        return held[:at] + bytes([draw(st.integers(0, 255))]) + held[at + 1 :]
    if kind == "end":
        return held[:at]
    if kind == "again":
        return held[:at] + held[at : at + draw(st.integers(1, 60))] + held[at:]
    rows = held.split(b"\n")
    row = draw(st.integers(0, len(rows) - 1))
    if kind == "line":
        rows.insert(row, rows[draw(st.integers(0, len(rows) - 1))])
    elif kind == "lines":
        del rows[row : row + draw(st.integers(1, 3))]
    else:
        rows[row] = draw(_recelled(rows[row]))
    return b"\n".join(rows)


@st.composite
def _recelled(draw: st.DrawFn, row: bytes) -> bytes:
    """Return a line with one of its cells replaced, taken out or given twice."""
    mark = max((b"\t", b",", b";", b":"), key=row.count)
    cells = row.split(mark)
    place = draw(st.integers(0, len(cells) - 1))
    kind = draw(st.sampled_from(("new", "new", "new", "out", "twice")))
    if kind == "out":
        del cells[place]
    elif kind == "twice":
        cells.insert(place, cells[place])
    else:
        cells[place] = draw(odd_texts()).encode("utf-8", "surrogatepass")
    return mark.join(cells)


def places(data: Any, *, at: Path = ()) -> Iterator[Path]:
    """Yield where the parts of nested data stand."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, part in steps:
        yield (*at, step)
        yield from places(part, at=(*at, step))


@st.composite
def altered(draw: st.DrawFn, seed: Any) -> Any:
    """Return nested data with a few parts taken out, renamed, replaced, given twice, or put elsewhere."""
    data = copy.deepcopy(seed)
    for _ in range(draw(FEW)):
        known = list(places(data))
        if not known:
            return draw(odd_values())
        *way, last = known[draw(st.integers(0, len(known) - 1))]
        around = data
        for step in way:
            around = around[step]
        kind = draw(st.sampled_from(("value", "value", "out", "rename", "swap", "wrap")))
        if kind == "value":
            around[last] = draw(odd_values())
        elif kind == "out":
            del around[last]
        elif kind == "rename" and isinstance(around, dict):
            around[draw(odd_texts())] = around.pop(last)
        elif kind == "wrap":
            around[last] = draw(
                st.sampled_from(([around[last]], {"value": around[last]}, [around[last]] * 2))
            )
        else:
            other = known[draw(st.integers(0, len(known) - 1))]
            around[last] = copy.deepcopy(_part(data, other))
    return data


def _part(data: Any, way: Path) -> Any:
    for step in way:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def as_json(data: Any) -> bytes:
    """Return data as JSON, with the words for numbers that JSON does not have."""
    return json.dumps(data, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
