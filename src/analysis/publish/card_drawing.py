"""Social cards drawn: 1200 by 630 pixels, what was found at the top, what must be said at the foot."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from analysis.publish.cards import ELSEWHERE, PIXELS, Card
from analysis.show.lines import as_drawn, lines_high, wrapped
from analysis.show.style import INK, LINE, PAPER, QUIET, style
from analysis.show.symbols import PALETTE
from analysis.study import faces

_DPI = 100
_WIDE, _HIGH = PIXELS[0] / _DPI, PIXELS[1] / _DPI
_MARGIN, _GAP = 0.55, 0.22  # inches
_ACROSS = _WIDE - 2 * _MARGIN
_ROOM = _HIGH - 2 * _MARGIN
_SCALES = tuple(step / 100 for step in range(100, 20, -5))
_LEGIBLE = 0.6
"""The scale below which caveats of single questions make way for where they stand."""

_ALONE = Lock()
"""matplotlib draws in one thread at a time; where one core is all, the background is a thread."""


def drawn_card(card: Card) -> bytes:
    """Return a card as PNG, in the faces in use; the same card gives the same bytes."""
    with _ALONE, style():
        return _drawn(_laid_out(card))


@dataclass(frozen=True)
class _Text:
    """Lines of one size, how they look, and the white below them."""

    lines: tuple[str, ...]
    size: float
    color: str = INK
    bold: bool = False
    gap: float = _GAP

    @property
    def high(self) -> float:
        """The height that they take, in inches."""
        return lines_high([*self.lines], self.size) + self.gap if self.lines else 0.0


def _laid_out(card: Card) -> list[_Text]:
    """Return the texts of a card, as large as there is room for."""
    full, texts = (*card.caveats, *card.particular), []
    for scale in _SCALES:
        caveats = full
        if scale < _LEGIBLE and card.particular:
            caveats = (*card.caveats, ELSEWHERE)
        texts = _texts(card, caveats, scale)
        if sum(text.high for text in texts) <= _ROOM:
            break
    return texts


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


def _drawn(texts: list[_Text]) -> bytes:
    """Return the texts drawn: the finding from the top, what must be said with it at the foot."""
    families = tuple(faces.current().families)
    finding, foot = _strip(tuple(texts[:-2]), families), _strip(tuple(texts[-2:]), families)
    card = Image.new("RGB", PIXELS, PAPER)
    margin, down = round(_MARGIN * _DPI), PIXELS[1] - round(_MARGIN * _DPI) - foot.height
    card.paste(PALETTE[0], (0, 0, 20, PIXELS[1]))
    card.paste(finding, (margin, margin))
    card.paste(LINE, (margin, down - 12, PIXELS[0] - margin, down - 10))
    card.paste(foot, (margin, down))
    buffer = io.BytesIO()
    # Few colours: black, grey and one more, with what smooths the edges of letters.
    few = card.quantize(32, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(buffer, format="PNG")
    return buffer.getvalue()


@lru_cache(maxsize=64)
def _strip(texts: tuple[_Text, ...], families: tuple[str, ...]) -> Image.Image:
    """Return texts drawn below one another. What is at the foot of many cards is drawn once."""
    high = max(math.ceil(sum(text.high for text in texts) * _DPI), 1)
    figure = Figure(figsize=(_ACROSS, high / _DPI), dpi=_DPI, facecolor=PAPER)
    down = 0.0
    for text in texts:
        figure.text(
            0,
            1 - down * _DPI / high,
            as_drawn(list(text.lines)),
            size=text.size,
            color=text.color,
            weight="bold" if text.bold else "normal",
            family=families,
            va="top",
            linespacing=1.2,
        )
        down += text.high
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    size = canvas.get_width_height()
    drawn = Image.frombuffer("RGBA", size, bytes(canvas.buffer_rgba()), "raw", "RGBA", 0, 1)
    return drawn.convert("RGB")
