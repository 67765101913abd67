"""Text measurement and wrapping in the typefaces in use, without loading matplotlib."""

import re

from analysis.direction import is_right_to_left, set_apart, turns
from analysis.study import faces

LINE_HEIGHT = 1.2  # of the type size, as matplotlib sets this face


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return the width in inches of a text on one line, at a type size in points."""
    return _extended_width(0, text, bold) * size / 72


def _extended_width(wide: float, text: str, bold: bool) -> float:
    """Return the width of a line after a text is added to it, in multiples of the type size."""
    advance = faces.current().advance
    for letter in text:
        wide += advance(letter, bold)
    return wide


def lines_high(lines: list[str], size: float) -> float:
    """Return the height in inches of these lines, at a type size in points."""
    return len(lines) * size * LINE_HEIGHT / 72


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Wrap a text into lines that fit a width in inches, at a type size in points.

    A word that is wider than a line is broken after punctuation in it, such as a hyphen.
    Otherwise it is broken at the end of the line, with at least a few letters on the next line.
    """
    limit = width * 72 / size
    lines, line, filled = [], "", 0.0
    for word in text.split():
        joined = _extended_width(filled, f" {word}" if line else word, bold)
        if joined <= limit:
            line, filled = f"{line} {word}" if line else word, joined
            continue
        lines += [line] if line else []
        *broken, line = _split_word(word, limit, bold)
        lines, filled = lines + broken, _extended_width(0, line, bold)
    return [*lines, line]


_BREAKABLE_PART = re.compile(r"[^-–—/_.,:;&=?]*[-–—/_.,:;&=?]+|[^-–—/_.,:;&=?]+")
_LEAST_LEFT = 3  # letters that the last part of a broken word has at least


def _split_word(word: str, limit: float, bold: bool) -> list[str]:
    """Split a word into parts that fit a limit, in multiples of the type size."""
    if _extended_width(0, word, bold) <= limit:
        return [word]
    parts, filled = [], 0.0
    for piece in _BREAKABLE_PART.findall(word):
        joined = _extended_width(filled, piece, bold)
        if parts and joined <= limit:
            parts[-1], filled = parts[-1] + piece, joined
            continue
        first = len(parts)
        for letter in piece:
            joined = _extended_width(filled, letter, bold)
            if len(parts) == first or joined > limit:
                parts.append("")
                joined = _extended_width(0, letter, bold)
            parts[-1], filled = parts[-1] + letter, joined
        short = _LEAST_LEFT - len(parts[-1])
        if len(parts) - first > 1 and 0 < short <= len(parts[-2]) - _LEAST_LEFT:
            moved = parts[-2][-short:] + parts[-1]
            if _extended_width(0, moved, bold) <= limit:
                parts[-2:] = [parts[-2][:-short], moved]
                filled = _extended_width(0, moved, bold)
    return parts


def as_drawn(lines: list[str]) -> str:
    """Join lines for drawing, each with the writing direction of the text as a whole."""
    shown, text = map(faces.current().shown, lines), " ".join(lines)
    if not turns(text):
        return "\n".join(shown)
    direction = is_right_to_left(text)
    return "\n".join(f"\u200e{set_apart(line, direction)}" for line in shown)
