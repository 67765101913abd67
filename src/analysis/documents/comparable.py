"""Normalise a document's text for comparison with a quotation: remove what typesetting added.

Typesetting means line ends, hyphens at line ends, ligatures, the shape of quotation marks and
dashes, letters drawn twice, and running heads. Letters, digits and spaces between words stay, so
that two texts that compare equal have the same words.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

PAGE_BREAK = "\f"
"""Separates the pages of a text."""

# Each sign is replaced by exactly one, so that positions in the text stay the same.
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
"""A line in which every letter occurs twice: some PDFs draw each letter twice to make it bold."""
_HEAD_LINES = 2
"""Lines at the top and at the foot of a page that may be a running head."""


@dataclass(frozen=True)
class Comparable:
    """A normalised text, with its positions in the original.

    Attributes:
        key: the words, with one space between them and without any hyphen.
        hyphens: the positions in ``key`` before which the original has a hyphen.
        line_ends: those of ``hyphens`` at the end of a line, where typesetting may add one.
        original: the text as it was read.
    """

    key: str
    hyphens: frozenset[int]
    line_ends: frozenset[int]
    original: str
    _at: tuple[list[int], list[int]]

    def place(self, at: int) -> int:
        """Return the position in the original of a character of ``key``."""
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
    """Normalise a text for comparison.

    Args:
        text: pages with :data:`PAGE_BREAK` between them, or a quotation.
        leave_out: spans of the text to leave out, such as running heads.
    """
    uniform = _DOUBLED_LINE.sub(_undoubled, text.translate(_SAME_SIGN))
    for start, end in leave_out:
        uniform = uniform[:start] + " " * (end - start) + uniform[end:]
    parts: list[str] = []
    keys, places, length, last = [0], [0], 0, 0
    hyphens, line_ends = set(), set()

    def append_run(words: str, place: int) -> None:
        nonlocal length
        if words:
            keys.append(length)
            places.append(place)
            parts.append(words)
            length += len(words)

    for match in _CHANGED.finditer(uniform):
        append_run(uniform[last : match.start()], last)
        last = match.end()
        if match["hyphen"] or match["line_end"]:
            hyphens.add(length)
            if match["line_end"]:
                line_ends.add(length)
        elif match["space"]:
            append_run(" ", match.start())
        elif match["ligature"]:
            append_run(_LIGATURES[match[0]], match.start())
    append_run(uniform[last:], last)
    return Comparable(
        "".join(parts), frozenset(hyphens), frozenset(line_ends), text, (keys, places)
    )


def running_heads(pages: Sequence[str]) -> list[tuple[int, int]]:
    """Return the spans, in the joined text, of lines that half the pages or more begin or end with.

    Numbers in such a line may differ from page to page, as page numbers do. A line must repeat
    three times at least.
    """
    lines: list[tuple[str, int, int]] = []
    start = 0
    for page in pages:
        for a, b in _edge_lines(page):
            lines.append((re.sub(r"\d+|\s+", " ", page[a:b]).strip(), start + a, start + b))
        start += len(page) + len(PAGE_BREAK)
    counts = Counter(words for words, _, _ in lines)
    threshold = max(3, len(pages) // 2)
    return [(a, b) for words, a, b in lines if counts[words] >= threshold]


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
    """Return a text without running heads, with words that were split at line ends rejoined."""
    for start, end in leave_out:
        text = text[:start] + " " * (end - start) + text[end:]
    return re.sub(r"-(?<=\w-)\s*\n\s*(?=[a-z])", "", text)


def _undoubled(line: re.Match[str]) -> str:
    """Make the second of each pair of letters invisible, if the line has a word of 6 or more."""
    if max(map(len, line[0].split())) < 6:
        return line[0]
    return re.sub(r"(\S)\1", rf"\1{_UNSEEN[1]}", line[0])
