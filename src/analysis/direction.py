"""Right-to-left text among left-to-right text.

Text that could change the direction of the text around it is put between isolate characters
(Unicode Standard Annex 9). We isolate a name, never the sentence that contains it.
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
# From the first right-to-left letter to the last, with no other letter between; a bracket after it
# with such letters belongs to the run.
_RUN = re.compile(
    rf"([{_LETTERS}](?:(?:{_BETWEEN}{_BRACKETS})*{_BETWEEN}(?:[{_LETTERS}]\d*|{_BRACKETS}))?)"
)
_RIGHT_TO_LEFT = {"R", "AL"}
_SENTENCE_ENDS = re.compile(r"[.?!](?:\s|$)")


def turns(text: str) -> bool:
    """Return whether a text could change the direction of the text around it."""
    # Called for every text of every page. Most are ASCII, which cannot.
    return not text.isascii() and bool(_TURNS.search(text))


def isolated_name(name: str) -> str:
    """Return a name, isolated if it could change the direction of the sentence around it."""
    return f"{_ISOLATE}{name}{_END}" if turns(name) else name


def starts_from_right(text: str) -> bool:
    """Return whether the first letter of a text is one that is written from right to left."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in kinds if kind in {"L", *_RIGHT_TO_LEFT}), "L") != "L"


def is_right_to_left(text: str) -> bool:
    """Return whether a text is written from right to left: its first letter says so.

    Isolated names in the text do not count. Some texts that begin with a right-to-left name are
    still left to right: they contain a sentence and a lower-case word, and they end in a
    left-to-right letter or consist mostly of such letters.
    """
    text = "".join(_ISOLATED.split(text)[::2])
    has_lower_case_word = any(word[0].islower() for word in text.split())
    has_sentence = has_lower_case_word and _SENTENCE_ENDS.search(text)
    mainly_from_left = not starts_from_right(text[::-1]) or _mostly_from_left(text)
    return starts_from_right(text) and not (has_sentence and mainly_from_left)


def _mostly_from_left(text: str) -> bool:
    kinds = [unicodedata.bidirectional(char) for char in text]
    return kinds.count("L") > sum(map(kinds.count, _RIGHT_TO_LEFT))


def kept_apart(text: str, right_to_left: bool) -> str:
    """Return a text between isolate characters that set its direction."""
    return f"{_RIGHT if right_to_left else _LEFT}{text}{_END}"


def set_apart(
    text: str,
    right_to_left: bool | None = None,
    keep: Callable[[str, bool], str] = kept_apart,
    join: Callable[[Iterable[str]], str] = "".join,
) -> str:
    """Return a text with each part isolated that could change its direction or its surroundings.

    In left-to-right prose, these parts are the names that are already isolated and every
    right-to-left run. A right-to-left text is isolated as a whole.

    Args:
        text: the text.
        right_to_left: its direction, if it is part of a text whose direction is known; default:
            judged by its letters.
        keep: isolates a part in a direction (default: :func:`kept_apart`).
        join: joins the parts.
    """
    parts = _ISOLATED.split(text)
    names = [keep(name, starts_from_right(name)) for name in parts[1::2]]
    whole = is_right_to_left(text) if right_to_left is None else right_to_left
    pieces = [[part] if whole else _RUN.split(part) for part in parts[::2]]
    # A direction character that is never closed would have effect up to the end of the text.
    unclosed = any(turns(part) for piece in pieces for part in piece[::2])
    for piece in pieces:
        piece[1::2] = [keep(run, True) for run in piece[1::2]]
    joined = join(
        part for piece, name in zip(pieces, [*names, ""], strict=True) for part in (*piece, name)
    )
    return keep(joined, whole) if whole or unclosed else joined


def stretches(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the isolated parts of a text and the parts between them, without isolate characters.

    Each part comes with whether it is written from right to left.
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
    """Yield the lines of a text; an isolate that spans lines is closed and reopened on each.

    A line of plain text is a paragraph, and a direction character has no effect beyond it.
    """
    inside: list[str] = []
    for line in lines:
        reopened = "".join(inside)
        for sign in re.findall(f"[{_LEFT}-{_END}]", line):
            if sign != _END:
                inside.append(sign)
            elif inside:
                inside.pop()
        yield f"{reopened}{line}{_END * len(inside)}"


def without_marks(text: str) -> str:
    """Return a text without direction marks, embeddings and overrides; isolates of names stay."""
    return re.sub("[\u200e\u200f\u202a-\u202e]", "", text)


def without_direction(text: str) -> str:
    """Return a text without any direction characters, for places where nothing can close them."""
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
