"""One style for every picture: type, greys, the title and the notes below."""

import functools
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import rc_params_from_file
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import BoxStyle
from matplotlib.path import Path as Shape

from analysis.direction import is_right_to_left, set_apart, turns
from analysis.measure.figures import NamedFigure
from analysis.show.drawing import Drawing
from analysis.study import faces

Named = Mapping[str, NamedFigure]
"""The named figures by id."""

INK, QUIET, PAPER, LINE = "#1d1d1d", "#5a5a5a", "#ffffff", "#b8b8b8"

_RC = dict(
    rc_params_from_file(Path(__file__).with_name("policygap.mplstyle"), use_default_template=False)
)
WIDTH, HIGH = 17 / 2.54, 22.5 / 2.54
"""Inches: what a picture has on a page of A4, in the Word document and (a little more) the PDF.

Drawn at the width of the page it is printed at the size it is drawn at, type and all.
"""
NOTE, LABEL, TITLE = 7, 8, 12
"""Type sizes in points; nothing is set smaller than a note."""

LINE_HEIGHT, MIDDLE = 1.2, 0.26  # of the type size, as matplotlib sets this face


@dataclass(frozen=True)
class Lettering:
    """How a text is written: its size in points, where its place is in it, and its colour."""

    size: float = LABEL
    ha: str = "left"
    va: str = "center"
    color: str = INK
    bold: bool = False
    turned: bool = False


PLAIN = Lettering()


@dataclass(frozen=True)
class Look:
    """How shapes are drawn: each of its parts is for all shapes, or has one for each."""

    fill: Any
    edge: Any = "none"
    lw: float = 0.0
    ls: Any = "-"

    def of_shapes(self) -> dict[str, Any]:
        """Return the look as the collections of matplotlib take it; shapes lie above lines."""
        ends = {"facecolor": self.fill, "edgecolor": self.edge}
        return {**ends, "lw": self.lw, "ls": self.ls, "zorder": 1}


@dataclass(frozen=True)
class Chart(Drawing):
    """A picture that can be drawn in more than one form.

    Attributes:
        figure: the drawing; for the others see :class:`analysis.show.drawing.Drawing`.
    """

    figure: Figure = field(repr=False)

    def svg(self) -> bytes:
        """Return the picture as SVG; the same drawing gives the same bytes."""
        return self._svg

    @functools.cached_property
    def _svg(self) -> bytes:
        # Several parts of a build show the same picture, and drawing it takes the longest.
        metadata = {"Date": None, "Creator": None, "Title": self.title}
        return _saved(FigureCanvasSVG(self.figure), "svg", metadata=metadata)

    def png(self, dpi: int = 110) -> bytes:
        """Return the picture as PNG; the same drawing gives the same bytes."""
        metadata = {"Software": None, "Title": self.title, "Description": self.alt}
        return _saved(FigureCanvasAgg(self.figure), "png", dpi=dpi, metadata=metadata)

    def _repr_mimebundle_(self, include=None, exclude=None):
        # A notebook shows the picture, keeps its text alternative, and nbval compares the text.
        data = {"image/png": self.png(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def style(held: faces.Faces | None = None):
    """Set the one style, with the faces of a study; default: those that are in use."""
    held = held or faces.current()
    # From the defaults: a reader's own matplotlibrc must not change a byte. Only what it changed
    # is set back, since to set all some 300 takes as long as to draw a chart.
    own = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if name != "backend" and matplotlib.rcParams[name] != value
    }
    settings: Any = {**own, **_RC, "font.family": held.families}
    return matplotlib.rc_context(settings)


def styled(draw):
    """Draw a chart in the one style."""

    @functools.wraps(draw)
    def drawn(*arguments, **named):
        # Lines are broken by the widths of the letters that are drawn.
        with style(faces.use(getattr(arguments[0], "study", None))):
            return draw(*arguments, **named)

    return drawn


@dataclass(frozen=True)
class Rows:
    """The labels of rows: in lines, at one type size, with the room that they take in inches.

    Attributes:
        labels: each in lines.
        size: of the type.
        wide: of the widest line.
        high: of each row.
    """

    labels: list[list[str]]
    size: float
    wide: float
    high: float


def rows(labels: Iterable[str], room: float, usual: float, most: float = 2.2) -> Rows:
    """Return the labels of rows that fit a height in inches, if they can.

    A row is as high as the room allows, but no higher than is usual, and no lower than its label
    needs. Where that is too high, the labels are set in the smallest type.

    Args:
        labels: of the rows.
        room: the height for all of them.
        usual: the height of a row where there is room enough.
        most: the width beyond which a label is wrapped.
    """
    labels = list(labels)
    for size in (LABEL, NOTE):
        held = [wrapped(one, most, size) for one in labels]
        lines = max(map(len, held), default=1)
        # Between the labels of two rows there need be less room than between two lines of one.
        least = lines_high(["-"] * lines, size) + (0.02 if lines > 1 else -0.15 * size / 72)
        if least * len(labels) <= room:
            break
    wide = max((width_of(line, size) for one in held for line in one), default=0.0)
    return Rows(held, size, wide, max(least, min(usual, room / max(len(labels), 1))))


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
    return "\n".join(f"\u200e{set_apart(one, way)}" for one in shown)


def box(wide: float, tall: float, rounded: float = 0.0) -> Shape:
    """Return a box, in inches from its middle, its corners rounded by a radius."""
    # BoxStyle makes another class, which can be called.
    shape: Any = (
        BoxStyle("Round", pad=0, rounding_size=rounded) if rounded else BoxStyle("Square", pad=0)
    )
    return shape(-wide / 2, -tall / 2, wide, tall, 1)


def wedge(value: float, size: float) -> Shape:
    """Return a pie slice that fills ``value`` (above 0, to 1) of a disc ``size`` inches wide."""
    circle = Shape.unit_circle() if value >= 1 else Shape.wedge(90 - 360 * value, 90)
    return Shape(np.asarray(circle.vertices) * size / 2, circle.codes)


def _saved(canvas, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    with style():
        canvas.figure.savefig(buffer, format=kind, **options)
    return buffer.getvalue()
