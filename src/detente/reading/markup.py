"""Markup taken out of a text, in one pass: nothing is run, fetched or expanded, whatever the markup says.

The standard library's HTML parser needs time in the square of the length of some malformed pages; this one
only has to tell text from markup, and needs time in its length for any page.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from detente.reading.words import word_set

BREAK = "\u2029"
"""Sets blocks apart without a new line, so that lines keep their numbers."""
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls, marks that turn the direction of text, and characters that carry text nobody sees."""
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
TAG_END = re.compile(r"""(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
HUGE = re.compile(r"&#\d{8,};?")
HIDDEN = re.compile(
    r"""\shidden(?=[\s=/>]|$)|aria-hidden\s*=\s*["']?true|style\s*=\s*["'][^"']{0,500}?"""
    r"""(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d]))""",
    re.IGNORECASE,
)
RAW = frozenset({"script", "style", "textarea", "title", "iframe", "noscript", "noembed", "noframes", "xmp"})
UNSEEN = frozenset({"script", "style", "template", "noscript"})
UNREAD = frozenset({"template", "svg", "math", "object", "select", "canvas", "audio", "video", "button"})
VOID = word_set("area base br col embed hr img input link meta param source track wbr")
INLINE = word_set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span "
    "strike strong sub sup time tt u var wbr"
)


@dataclass(frozen=True)
class Stripped:
    """What is left of a source: the text, the lines of the source it stems from, and what was left out."""

    text: str
    starts: tuple[tuple[int, int], ...]
    hidden: int = 0
    invisible: int = 0
    unfinished: int = 0


def strip_invisible(text: str) -> tuple[str, int]:
    """Return a text without invisible characters, and how many there were.

    >>> strip_invisible("Rus\u200bsia")
    ('Russia', 1)
    """
    plain, count = INVISIBLE.subn("", text)
    return plain, count


@dataclass
class _Taken:
    """Text as it is taken out of the markup, piece by piece."""

    source: str
    flowing: bool
    pieces: list[str] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0
    invisible: int = 0
    hidden: int = 0
    line: int = 1
    counted: int = 0

    def take(self, start: int, end: int) -> None:
        """Take the text between two places of the source."""
        if start >= end:
            return
        unescaped = html.unescape(HUGE.sub("\ufffd", self.source[start:end]))
        plain, invisible = strip_invisible(unescaped)
        self.invisible += invisible
        if self.flowing:
            plain = re.sub(r"\s+", " ", plain)
        self.line += self.source.count("\n", self.counted, start)
        self.counted = start
        self.put(plain)

    def put(self, piece: str) -> None:
        self.starts.append((self.length, self.line))
        self.pieces.append(piece)
        self.length += len(piece)


def strip_html(source: str, *, flowing: bool = True) -> Stripped:
    """Return the text that a reader of the page would see, blocks apart by empty lines.

    Where the source is not `flowing`, its own spaces and line breaks stay.

    >>> strip_html("<p>Rus<b>sia</b> &amp; all<script>alert('!')</script></p>").text.strip()
    'Russia & all'
    """
    taken, at = _Taken(source, flowing), 0
    while (opens := source.find("<", at)) >= 0:
        taken.take(at, opens)
        at = _declared(source, opens) or _tag(taken, opens)
        if at < 0:
            return _done(taken, unfinished=len(source) - opens)
    taken.take(at, len(source))
    return _done(taken)


def _done(taken: _Taken, *, unfinished: int = 0) -> Stripped:
    return Stripped("".join(taken.pieces), tuple(taken.starts), taken.hidden, taken.invisible, unfinished)


def _declared(source: str, opens: int) -> int:
    """Return where a comment, declaration or instruction ends that begins here; 0 where none does."""
    if source.startswith("<!--", opens):
        return _after(source, "-->", opens + 4)
    if not source.startswith(("<!", "<?"), opens):
        return 0
    close = source.find(">", opens)
    inner = source.find("[", opens, close if close >= 0 else len(source))
    return _after(source, "]>" if inner >= 0 else ">", opens)


def _after(source: str, what: str, start: int) -> int:
    found = source.find(what, start)
    return len(source) if found < 0 else found + len(what)


def _tag(taken: _Taken, opens: int) -> int:
    """Return where the tag that begins here ends, with all that it hides; -1 where it never does."""
    source = taken.source
    named = TAG.match(source, opens)
    if named is None:
        taken.take(opens, opens + 1)
        return opens + 1
    ends = TAG_END.match(source, named.end())
    if ends is None:
        return -1
    name, after = named[2].lower(), ends.end()
    if named[1]:
        _apart(taken, name)
        return after
    unseen = name not in VOID and HIDDEN.search(source, named.end(), after) is not None
    if not source.endswith("/>", opens, after) and (name in RAW or name in UNREAD or unseen):
        close = _closing(source, name, after, nested=name not in RAW)
        taken.hidden += close - after
        if name not in UNSEEN:
            _apart(taken, name)
        return close
    _apart(taken, name)
    return after


def _apart(taken: _Taken, name: str) -> None:
    """Set blocks apart; letters of a word may stand in several inline elements."""
    if name not in INLINE:
        taken.put(("\n" if name == "br" else "\n\n") if taken.flowing else BREAK)


def _closing(source: str, name: str, at: int, *, nested: bool) -> int:
    """Return where the element that began before `at` ends, its end tag included."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE).finditer(source, at):
        if tag[1]:
            depth -= 1
            if depth == 0 or not nested:
                return _after(source, ">", tag.end())
        elif nested:
            depth += 1
    return len(source)


_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_LEAD = re.compile(r"\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+)+")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_EMPHASIS = re.compile(r"(?<!\w)[*_`]+|[*_`]+(?!\w)")


def strip_markdown(source: str) -> Stripped:
    """Return Markdown as plain text on the same lines; code and tables are left out, lists stand apart.

    >>> strip_markdown("# Head\\n*Unity* [held](http://x).").text.replace(BREAK, "|")
    '|Head|\\nUnity held.'
    """
    lines, hidden, inside = [], 0, ""
    for line in _without_front(source).split("\n"):
        fence = _FENCE.match(line)
        if fence and (not inside or fence[1] == inside):
            inside = "" if inside else fence[1]
            unread = True
        else:
            unread = bool(inside) or line.lstrip().startswith("|") or not line.strip("-=*_ ")
        lines.append("" if unread else _plain_line(line))
        hidden += len(line) if unread else 0
    plain = "\n".join(lines)
    if "<" not in plain and "&" not in plain:
        return Stripped(plain, ((0, 1),), hidden)
    found = strip_html(plain, flowing=False)
    return Stripped(found.text, found.starts, found.hidden + hidden, found.invisible, found.unfinished)


def _plain_line(line: str) -> str:
    """Return one line without its marks; heads and items of lists stand apart from their neighbours."""
    lead = _LEAD.match(line)
    body = _LINK.sub(r"\1", _IMAGE.sub("", line[lead.end() :] if lead else line))
    plain = _EMPHASIS.sub("", body)
    if not lead:
        return plain
    return f"{BREAK}{plain}{BREAK if '#' in lead[0] else ''}"


def _without_front(source: str) -> str:
    """Return Markdown with its front matter blanked, so that lines keep their numbers."""
    front = re.match(r"---\n(?:(?!---\n).*\n){0,200}?---\n", source)
    return "\n" * source.count("\n", 0, front.end()) + source[front.end() :] if front else source
