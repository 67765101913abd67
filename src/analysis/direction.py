"""Texts written from right to left among those written from left to right.

What could turn the text around it stands between signs that keep it apart (Unicode Standard
Annex 9): a name does, never the sentence that it stands in.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

_ISOLATE, _LEFT, _RIGHT, _END = "\u2068", "\u2066", "\u2067", "\u2069"
_LETTERS = "\u0590-\u08ff\ufb1d-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_TURNS = re.compile(f"[{_LETTERS}\u200e\u200f\u202a-\u202e{_LEFT}-{_END}]")
_ISOLATED = re.compile(f"{_ISOLATE}([^{_LEFT}-{_END}]*){_END}")
_BETWEEN = rf"(?:[{_LETTERS}]|[^\w()\n\u200e\u200f\u202a-\u202e{_LEFT}-{_END}]|[\d_])*"
_BRACKETS = rf"\((?=[^()]*[{_LETTERS}]){_BETWEEN}\)"
# From the first such letter to the last with no other letter between, or the bracket after it.
_RUN = re.compile(
    rf"([{_LETTERS}](?:(?:{_BETWEEN}{_BRACKETS})*{_BETWEEN}(?:[{_LETTERS}]\d*|{_BRACKETS}))?)"
)
_RIGHT_TO_LEFT = {"R", "AL"}
_SENTENCE_ENDS = re.compile(r"[.?!](?:\s|$)")


def turns(text: str) -> bool:
    """Return whether a text could turn the direction of what stands around it."""
    # Asked of every text of every page: most are in ASCII, which turns nothing.
    return not text.isascii() and bool(_TURNS.search(text))


def isolated_name(name: str) -> str:
    """Return a name so that it turns no sentence in which it stands."""
    return f"{_ISOLATE}{name}{_END}" if turns(name) else name


def starts_from_right(text: str) -> bool:
    """Return whether the first letter of a text is one that is written from right to left."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in kinds if kind in {"L", *_RIGHT_TO_LEFT}), "L") != "L"


def is_right_to_left(text: str) -> bool:
    """Return whether a text is written from right to left: its first letter says so.

    A name that is kept apart in it does not count, and a text with a sentence in it that has words
    in small letters and ends in our letters, or is mostly in them, is not, whatever name it begins
    with.
    """
    text = "".join(_ISOLATED.split(text)[::2])
    small = any(word[0].islower() for word in text.split())
    sentence = small and _SENTENCE_ENDS.search(text)
    ours = not starts_from_right(text[::-1]) or _mostly_from_left(text)
    return starts_from_right(text) and not (sentence and ours)


def _mostly_from_left(text: str) -> bool:
    kinds = [unicodedata.bidirectional(char) for char in text]
    return kinds.count("L") > sum(map(kinds.count, _RIGHT_TO_LEFT))


def kept_apart(text: str, right_to_left: bool) -> str:
    """Return a text between the signs that keep it apart and give it its direction."""
    return f"{_RIGHT if right_to_left else _LEFT}{text}{_END}"


def set_apart(
    text: str,
    right_to_left: bool | None = None,
    keep: Callable[[str, bool], str] = kept_apart,
    join: Callable[[Iterable[str]], str] = "".join,
) -> str:
    """Return a text with all kept apart in it that could turn it, or what stands around it.

    Of prose that is the names which it keeps apart, and every run from right to left. A text
    that is itself written from right to left is kept apart as a whole.

    Args:
        text: the text.
        right_to_left: its direction, where it is a part of a text that has one.
        keep: keeps a part of it apart, in its direction (:func:`kept_apart`).
        join: joins the parts.
    """
    parts = _ISOLATED.split(text)
    names = [keep(name, starts_from_right(name)) for name in parts[1::2]]
    whole = is_right_to_left(text) if right_to_left is None else right_to_left
    pieces = [[part] if whole else _RUN.split(part) for part in parts[::2]]
    # A sign of direction could stand open to the end of the text.
    unclosed = any(turns(part) for piece in pieces for part in piece[::2])
    for piece in pieces:
        piece[1::2] = [keep(run, True) for run in piece[1::2]]
    made = join(
        part for piece, name in zip(pieces, [*names, ""], strict=True) for part in (*piece, name)
    )
    return keep(made, whole) if whole or unclosed else made


def stretches(text: str) -> Iterator[tuple[bool, str]]:
    """Give the parts of a text that are kept apart, and what is between them, without the signs.

    Each with whether it is written from right to left.
    """
    inside = [False]
    for part in re.split(f"([{_LEFT}-{_END}])", text):
        if part == _END:
            inside = inside[:-1] or [False]
        elif part in (_LEFT, _RIGHT, _ISOLATE):
            inside.append(part == _RIGHT)
        elif part:
            yield inside[-1], part


def apart_by_line(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines of a text, so that what is kept apart over their end is so on each of them.

    A line of plain text is a paragraph, and no sign of direction reaches beyond it.
    """
    inside: list[str] = []
    for line in lines:
        begun = "".join(inside)
        for sign in re.findall(f"[{_LEFT}-{_END}]", line):
            if sign != _END:
                inside.append(sign)
            elif inside:
                inside.pop()
        yield f"{begun}{line}{_END * len(inside)}"


def without_marks(text: str) -> str:
    """Return a text without the signs that turn its direction; what keeps names apart stays."""
    return re.sub("[\u200e\u200f\u202a-\u202e]", "", text)


def without_direction(text: str) -> str:
    """Return a text without the signs that turn its direction, where no element can end them."""
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
