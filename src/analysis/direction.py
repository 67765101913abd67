"""Texts written from right to left among those written from left to right.

What could turn the text around it stands between signs that keep it apart (Unicode Standard
Annex 9): a name does, never the sentence that it stands in.
"""

import re
import unicodedata
from collections.abc import Iterator

_ISOLATE, _LEFT, _RIGHT, _END = "\u2068", "\u2066", "\u2067", "\u2069"
_TURNS = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]")
_ISOLATED = re.compile(f"{_ISOLATE}([^{_LEFT}-{_END}]*){_END}")
_RIGHT_TO_LEFT = {"R", "AL"}


def turns(text: str) -> bool:
    """Return whether a text could turn the direction of what stands around it."""
    return bool(_TURNS.search(text))


def isolated_name(name: str) -> str:
    """Return a name so that it turns no sentence in which it stands."""
    return f"{_ISOLATE}{name}{_END}" if turns(name) else name


def between_isolates(text: str) -> list[str]:
    """Return the text in parts: what stands free and, at odd places, what is kept apart."""
    return _ISOLATED.split(text)


def is_right_to_left(text: str) -> bool:
    """Return whether most letters of a text are written from right to left."""
    kinds = [unicodedata.bidirectional(one) for one in text]
    return sum(one in _RIGHT_TO_LEFT for one in kinds) > kinds.count("L")


def kept_apart(text: str, right_to_left: bool) -> str:
    """Return a text between the signs that keep it apart and give it its direction."""
    return f"{_RIGHT if right_to_left else _LEFT}{text}{_END}"


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


def without_direction(text: str) -> str:
    """Return a text without the signs that turn its direction, where no element can end them."""
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
