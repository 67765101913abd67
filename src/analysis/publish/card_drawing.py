"""Drawing of social cards: 1200 by 630 pixels, the finding at the top and the caveats at the foot."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from analysis.publish.cards import ELSEWHERE, PIXELS, Card
from analysis.show.lines import as_drawn, lines_high, width_of, wrapped
from analysis.show.style import INK, LINE, PAPER, QUIET, style
from analysis.show.symbols import PALETTE
from analysis.study import faces

_DPI = 100
_WIDE, _HIGH = PIXELS[0] / _DPI, PIXELS[1] / _DPI
_MARGIN, _GAP = 0.55, 0.22  # inches
_ACROSS = _WIDE - 2 * _MARGIN
_ROOM = _HIGH - 2 * _MARGIN
_SCALES = tuple(step / 100 for step in range(100, 40, -5))
"""Scales of the type size to try in turn; at the last one, texts that do not fit are shortened."""
_LEGIBLE = 0.6
"""The scale below which caveats on single questions are replaced by a reference to the page."""
_ABOVE_FINDING = 2
"""The number of texts above the finding: what the page belongs to, and its heading."""

_DRAWING = Lock()
"""Held while drawing: matplotlib is not thread-safe, and on one core the background is a thread."""


def drawn_card(card: Card) -> bytes:
    """Return a card as PNG, in the typefaces in use; the same card gives the same bytes."""
    with _DRAWING, style():
        return _as_png(_layout(card))


@dataclass(frozen=True)
class _Text:
    """Lines of one type size, with their colour, weight and the gap below them."""

    lines: tuple[str, ...]
    size: float
    color: str = INK
    bold: bool = False
    gap: float = _GAP

    @property
    def height(self) -> float:
        """The height of the lines and the gap, in inches."""
        return lines_high([*self.lines], self.size) + self.gap if self.lines else 0.0


def _layout(card: Card) -> list[_Text]:
    """Return the texts of a card, as large as fits.

    If they do not fit at the smallest size, the finding and the heading end in an ellipsis. Caveats
    are never shortened: each is given in full, or the card refers to the page that has it.
    """
    full = (*card.caveats, *card.particular)
    for scale in _SCALES:
        caveats = full
        if scale < _LEGIBLE and card.particular:
            caveats = (*card.caveats, ELSEWHERE)
        texts = _texts(card, caveats, scale)
        if _total_height(texts) <= _ROOM:
            return texts
    fewer = [(*card.caveats[:most], ELSEWHERE) for most in range(len(card.caveats), 0, -1)]
    tried = [_texts(card, caveats, _SCALES[-1]) for caveats in (full, *fewer)]
    texts = next((texts for texts in tried if _total_height(texts[-2:]) <= _ROOM / 2), tried[-1])
    return [*_shortened(texts[:-2], _ROOM - _total_height(texts[-2:])), *texts[-2:]]


def _total_height(texts: Sequence[_Text]) -> float:
    return sum(text.height for text in texts)


def _shortened(texts: Sequence[_Text], room: float) -> list[_Text]:
    """Return as much of the texts as fits, with an ellipsis where something is left out.

    Each text above the finding takes at most half of the room that remains.
    """
    shown: list[_Text] = []
    for number, text in enumerate(texts):
        most = room / 2 if number < _ABOVE_FINDING else room
        one_line = lines_high([""], text.size)
        count = min(len(text.lines), int((most - text.gap) / one_line))
        if count < 1 and text.lines:
            shown[-1] = _with_ellipsis(shown[-1])
            break
        part = replace(text, lines=text.lines[:count])
        shown.append(part if count == len(text.lines) else _with_ellipsis(part))
        room -= part.height
    return shown


def _with_ellipsis(text: _Text) -> _Text:
    """Return a text with an ellipsis after the last word that leaves room for it."""
    *lines, last = text.lines
    words = last.removesuffix(" …").split(" ")
    while len(words) > 1 and not _has_room(f"{' '.join(words)} …", text):
        words.pop()
    last = " ".join(words)
    while not _has_room(f"{last} …", text):
        last = last[:-1]
    return replace(text, lines=(*lines, f"{last} …"))


def _has_room(line: str, text: _Text) -> bool:
    return width_of(line, text.size, text.bold) <= _ACROSS


def _texts(card: Card, caveats: Sequence[str], scale: float) -> list[_Text]:
    def text(parts: Sequence[str], size: float, color: str = INK, bold: bool = False) -> _Text:
        size = round(size * scale, 1)
        lines = (line for part in parts if part for line in wrapped(part, _ACROSS, size, bold))
        return _Text(tuple(lines), size, color, bold, _GAP * scale)

    return [
        text([card.above], 17, QUIET),
        text([card.heading], 34, bold=True),
        *(text([line], 22) for line in card.lines),
        text(caveats[:1], 15, bold=True),
        text(caveats[1:], 14, QUIET),
    ]


def _as_png(texts: list[_Text]) -> bytes:
    """Return the card as PNG: the finding from the top, the caveats at the foot."""
    families = tuple(faces.current().families)
    finding, foot = _strip(tuple(texts[:-2]), families), _strip(tuple(texts[-2:]), families)
    card = Image.new("RGB", PIXELS, PAPER)
    margin, down = round(_MARGIN * _DPI), PIXELS[1] - round(_MARGIN * _DPI) - foot.height
    card.paste(PALETTE[0], (0, 0, 20, PIXELS[1]))
    card.paste(finding, (margin, margin))
    card.paste(LINE, (margin, down - 12, PIXELS[0] - margin, down - 10))
    card.paste(foot, (margin, down))
    buffer = io.BytesIO()
    # 32 colours are enough: black, grey and one more, with the shades of anti-aliased letters.
    few = card.quantize(32, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(buffer, format="PNG")
    return buffer.getvalue()


@lru_cache(maxsize=64)
def _strip(texts: tuple[_Text, ...], families: tuple[str, ...]) -> Image.Image:
    """Draw texts below one another. Cached, since many cards have the same foot."""
    height = max(math.ceil(_total_height(texts) * _DPI), 1)
    figure = Figure(figsize=(_ACROSS, height / _DPI), dpi=_DPI, facecolor=PAPER)
    down = 0.0
    for text in texts:
        figure.text(
            0,
            1 - down * _DPI / height,
            as_drawn(list(text.lines)),
            size=text.size,
            color=text.color,
            weight="bold" if text.bold else "normal",
            family=families,
            va="top",
            linespacing=1.2,
        )
        down += text.height
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    size = canvas.get_width_height()
    drawn = Image.frombuffer("RGBA", size, bytes(canvas.buffer_rgba()), "raw", "RGBA", 0, 1)
    return drawn.convert("RGB")
