"""A document's text as it is compared with a quotation: what typesetting added is taken away.

Only how the words were set is taken away: line ends, hyphens at line ends, ligatures, the shape
of quotation marks and dashes, letters drawn twice, running heads. Letters, figures and spaces
between words stay, so that a text that compares equal says the same words.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

PAGE_BREAK = "\f"
"""Stands between two pages of a text."""

# One sign for one sign, so that places stay.
_SAME_SIGN = str.maketrans(
    dict.fromkeys("‘’‚‛′´`", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " ")
    | dict.fromkeys("\u2008\u2009\u200a\u202f\u205f\u3000", " ")
)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphens, joiners and signs without width."""
_CHANGED = re.compile(
    rf"(?P<line_end>-[{_UNSEEN}]*\s*[\n\f]\s*|(?<=\w)-[{_UNSEEN}]*\s+(?=\w))|(?P<hyphen>-)|(?P<space>\s{{2,}}|[^\S ])"
    rf"|(?P<ligature>[{''.join(_LIGATURES)}])|(?P<unseen>[{_UNSEEN}]+)"
)
_DOUBLED_LINE = re.compile(r"(?m)^[^\S\n]*+(?:(?:(\S)\1)++[^\S\n]*+)++$")
"""A line in which every letter stands twice: a bold face, drawn by drawing each letter twice."""
_HEAD_LINES = 2
"""Lines at the top and at the foot of a page that may be a running head."""


@dataclass(frozen=True)
class Comparable:
    """A text without what typesetting added.

    Attributes:
        key: the words, with one space between them and without any hyphen.
        hyphens: the places in ``key`` before which a hyphen stands.
        line_ends: those of them at which a line ended: there the hyphen may be the printer's.
        original: the text as it was read.
    """

    key: str
    hyphens: frozenset[int]
    line_ends: frozenset[int]
    original: str
    _at: tuple[list[int], list[int]]

    def place(self, at: int) -> int:
        """Return the place in the original of a character of ``key``."""
        keys, places = self._at
        run = bisect_right(keys, at) - 1
        return places[run] + at - keys[run]

    def page(self, at: int) -> int:
        """Return the page, from 1, on which a character of ``key`` stands."""
        return bisect_right(self._page_starts, self.place(at))

    @cached_property
    def _page_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(PAGE_BREAK, self.original))]


def comparable(text: str, leave_out: Sequence[tuple[int, int]] = ()) -> Comparable:
    """Return a text as it is compared.

    Args:
        text: pages with :data:`PAGE_BREAK` between them, or a quotation.
        leave_out: spans of it that are no part of what it says, such as running heads.
    """
    same = _DOUBLED_LINE.sub(_once, text.translate(_SAME_SIGN))
    for start, end in leave_out:
        same = same[:start] + " " * (end - start) + same[end:]
    parts: list[str] = []
    keys, places, length, last = [0], [0], 0, 0
    hyphens, line_ends = set(), set()

    def put(words: str, place: int) -> None:
        nonlocal length
        if words:
            keys.append(length)
            places.append(place)
            parts.append(words)
            length += len(words)

    for match in _CHANGED.finditer(same):
        put(same[last : match.start()], last)
        last = match.end()
        if match["hyphen"] or match["line_end"]:
            hyphens.add(length)
            if match["line_end"]:
                line_ends.add(length)
        elif match["space"]:
            put(" ", match.start())
        elif match["ligature"]:
            put(_LIGATURES[match[0]], match.start())
    put(same[last:], last)
    return Comparable(
        "".join(parts), frozenset(hyphens), frozenset(line_ends), text, (keys, places)
    )


def running_heads(pages: Sequence[str]) -> list[tuple[int, int]]:
    """Return the spans, in the joined text, of lines that most pages begin or end with.

    Figures in them may differ from page to page, as those of the pages do. Of a text of fewer
    than three pages nothing is taken for a running head.
    """
    lines: list[tuple[str, int, int]] = []
    start = 0
    for page in pages:
        for a, b in _edge_lines(page):
            lines.append((re.sub(r"\d+|\s+", " ", page[a:b]).strip(), start + a, start + b))
        start += len(page) + len(PAGE_BREAK)
    many = Counter(words for words, _, _ in lines)
    least = max(3, len(pages) // 2)
    return [(a, b) for words, a, b in lines if many[words] >= least]


def _edge_lines(page: str) -> list[tuple[int, int]]:
    """Return the spans of the lines at the top and the foot of a page, without empty ones."""
    lines, end = page.split("\n"), len(page)
    top = islice(_spans(lines), _HEAD_LINES)
    foot = islice(_spans(reversed(lines)), _HEAD_LINES)
    return sorted({*top, *((end - b, end - a) for a, b in foot)})


def _spans(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where each line that is not empty begins and ends."""
    start = 0
    for line in lines:
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def readable(text: str, leave_out: Sequence[tuple[int, int]] = ()) -> str:
    """Return a text as it reads: without running heads, words at line ends put together."""
    for start, end in leave_out:
        text = text[:start] + " " * (end - start) + text[end:]
    return re.sub(r"-(?<=\w-)\s*\n\s*(?=[a-z])", "", text)


def _once(line: re.Match[str]) -> str:
    """Return a line with the second of each two letters unseen, if a word of it is long enough."""
    if max(map(len, line[0].split())) < 6:
        return line[0]
    return re.sub(r"(\S)\1", rf"\1{_UNSEEN[1]}", line[0])
