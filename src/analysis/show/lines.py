"""Text in lines: how wide and high it is in the faces in use. Nothing here loads what draws."""

import re

from analysis.direction import is_right_to_left, set_apart, turns
from analysis.study import faces

LINE_HEIGHT = 1.2  # of the type size, as matplotlib sets this face


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return the width in inches of a text in one line at a type size in points."""
    return _wider(0, text, bold) * size / 72


def _wider(wide: float, text: str, bold: bool) -> float:
    """Return the width of a line, in widths of the type size, to which a text was added."""
    advance = faces.current().advance
    for letter in text:
        wide += advance(letter, bold)
    return wide


def lines_high(lines: list[str], size: float) -> float:
    """Return the height in inches of lines at a type size in points."""
    return len(lines) * size * LINE_HEIGHT / 72


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Return the text in lines that fit a width in inches at a type size in points.

    A word that is wider than a line is broken after a sign in it, such as a hyphen; else where
    the line ends, but with some letters left for the next.
    """
    limit = width * 72 / size
    lines, line, filled = [], "", 0.0
    for word in text.split():
        joined = _wider(filled, f" {word}" if line else word, bold)
        if joined <= limit:
            line, filled = f"{line} {word}" if line else word, joined
            continue
        lines += [line] if line else []
        *broken, line = _broken(word, limit, bold)
        lines, filled = lines + broken, _wider(0, line, bold)
    return [*lines, line]


_PART = re.compile(r"[^-–—/_.,:;&=?]*[-–—/_.,:;&=?]+|[^-–—/_.,:;&=?]+")
_LEFT_OVER = 3  # letters: fewer are not left alone on the last line of a word


def _broken(word: str, limit: float, bold: bool) -> list[str]:
    """Return a word in parts that fit a limit in widths of the type size."""
    if _wider(0, word, bold) <= limit:
        return [word]
    parts, filled = [], 0.0
    for piece in _PART.findall(word):
        joined = _wider(filled, piece, bold)
        if parts and joined <= limit:
            parts[-1], filled = parts[-1] + piece, joined
            continue
        first = len(parts)
        for letter in piece:
            joined = _wider(filled, letter, bold)
            if len(parts) == first or joined > limit:
                parts.append("")
                joined = _wider(0, letter, bold)
            parts[-1], filled = parts[-1] + letter, joined
        short = _LEFT_OVER - len(parts[-1])
        if len(parts) - first > 1 and 0 < short <= len(parts[-2]) - _LEFT_OVER:
            moved = parts[-2][-short:] + parts[-1]
            if _wider(0, moved, bold) <= limit:
                parts[-2:] = [parts[-2][:-short], moved]
                filled = _wider(0, moved, bold)
    return parts


def as_drawn(lines: list[str]) -> str:
    """Return lines as they are drawn: each in the direction of the text that they make up."""
    shown, text = map(faces.current().shown, lines), " ".join(lines)
    if not turns(text):
        return "\n".join(shown)
    way = is_right_to_left(text)
    return "\n".join(f"\u200e{set_apart(line, way)}" for line in shown)
