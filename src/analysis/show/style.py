"""One style for every picture: type, greys, the title and the notes below."""

import functools
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import BoxStyle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from analysis.direction import is_right_to_left, set_apart, turns
from analysis.measure.statements import Statement
from analysis.show.drawing import Drawing
from analysis.study import faces

Named = dict[str, Statement]
"""The named statements by id."""

INK, QUIET, PAPER, LINE = "#1d1d1d", "#5a5a5a", "#ffffff", "#b8b8b8"

_RC = {
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    # Text from the data is text, whatever dollar signs it holds.
    "text.parse_math": False,
    # Letters lie where the outlines say, so that a text is as wide in pixels as it is on paper.
    "text.hinting": "no_hinting",
    "svg.hashsalt": "policygap",
    "svg.fonttype": "path",
}
WIDTH, HIGH = 17 / 2.54, 22.5 / 2.54
"""Inches: what a picture has on a page of A4, in the Word document and (a little more) the PDF.

Drawn at the width of the page it is printed at the size it is drawn at, type and all.
"""
NOTE, LABEL, TITLE = 7, 8, 12
"""Type sizes in points; nothing is set smaller than a note."""

_MARGIN = 0.08  # inches
_LINE_HEIGHT, _MIDDLE = 1.2, 0.26  # of the type size, as matplotlib sets this face


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


def _style(held: faces.Faces):
    # From the defaults: a reader's own matplotlibrc must not change a byte. Only what it changed
    # is set back, since to set all some 300 takes as long as to draw a chart.
    own = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if name != "backend" and matplotlib.rcParams[name] != value
    }
    return matplotlib.rc_context({**own, **_RC, "font.family": held.families})


def styled(draw):
    """Draw a chart in the one style."""

    @functools.wraps(draw)
    def drawn(*arguments, **named):
        # Lines are broken by the widths of the letters that are drawn.
        with _style(faces.use(getattr(arguments[0], "study", None))):
            return draw(*arguments, **named)

    return drawn


class Sheet:
    """A picture in the making: title above, notes below, and what is drawn between them.

    All places are inches from the left and from the top of the picture. It has no axes: those
    of matplotlib take as long to make as all that is drawn in them.

    Attributes:
        left, right: where drawing may begin and must end, across.
        top: where drawing may begin, below the title.
        room: the height that is left for drawing on a page of A4.
    """

    def __init__(self, title: str, notes: list[str], width: float = WIDTH):
        """Begin a picture so many inches wide with its title."""
        self.left, self.right = _MARGIN, width - _MARGIN
        self.figure = Figure(figsize=(width, 1), facecolor=PAPER)
        self._inches = self.figure.dpi_scale_trans
        # From the top: set once the height is known.
        self._down = Affine2D()
        self._place = self._down + self._inches
        across = self.right - self.left
        heading = wrapped(title, across, TITLE, bold=True)
        self._notes = [line for note in notes for line in wrapped(note, across, NOTE)]
        self.text(self.left, _MARGIN, heading, size=TITLE, va="top", bold=True)
        self.top = _MARGIN + lines_high(heading, TITLE) + 0.1
        self.room = HIGH - self.top - self._foot()

    def _foot(self) -> float:
        return 0.12 + lines_high(self._notes, NOTE) + _MARGIN

    def finished(self, bottom: float) -> Figure:
        """Return the figure, with the notes below what is drawn, which ends at ``bottom``."""
        high = bottom + self._foot()
        self.figure.set_size_inches(self.right + _MARGIN, high)
        self._down.scale(1, -1).translate(0, high)
        self.text(self.left, bottom + 0.12, self._notes, size=NOTE, va="top", color=QUIET)
        return self.figure

    def text(
        self,
        x: float,
        y: float,
        text: str | list[str],
        size: float = LABEL,
        ha: str = "left",
        va: str = "center",
        color: str = INK,
        bold: bool = False,
        turned: bool = False,
    ) -> None:
        """Write a text, or lines of text, at a place."""
        self.figure.text(
            x,
            y,
            _as_drawn([text] if isinstance(text, str) else text),
            size=size,
            ha=ha,
            va=va,
            color=color,
            weight="bold" if bold else "normal",
            rotation=90 if turned else 0,
            rotation_mode="anchor" if turned else "default",
            transform=self._place,
        )

    def texts(self, x, y, texts: list[str], size=LABEL, ha="left", color=INK) -> None:
        """Write many texts of one line, each centred on its place: x and y of shape (n,).

        A text that comes again is drawn as one shape, which takes no longer than to write it
        once. The shape has the text for its label.
        """
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), y)
        codes, kinds = pd.factorize(np.array(texts, dtype=object))
        for number, text in enumerate(kinds):
            where = codes == number
            if where.sum() > 1:
                self._repeat(x[where], y[where], text, size, ha, color)
            else:
                self.text(x[where][0], y[where][0], text, size=size, ha=ha, color=color)

    def _repeat(self, x, y, text: str, size: float, ha: str, color: str) -> None:
        shape = TextPath((0, 0), _as_drawn([text]), size=size / 72)
        across = {"left": 0, "center": 0.5, "right": 1}[ha] * width_of(text, size)
        middle = Path(shape.vertices - (across, _MIDDLE * size / 72), shape.codes)
        self.stamp(middle, x, y, color).set_label(text)

    def signs(self, x, y, sign: str, ink: str = INK) -> None:
        """Write one sign, in the middle of its ink, at many places: x and y of shape (n,)."""
        shape = TextPath((0, 0), sign, size=NOTE / 72)
        low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
        middle = Path(shape.vertices - (low + high) / 2, shape.codes)
        self.stamp(middle, x, y, ink, edge=ink, lw=0.25).set_label(sign)

    def stamp(self, shape: Path, x, y, fill: str, edge="none", lw=0.0, ls="-"):
        """Draw one shape, in inches from its own middle, at many places: x and y of shape (n,)."""
        return self._add(
            PathCollection(
                [shape],
                offsets=np.column_stack([x, y]),
                offset_transform=self._place,
                facecolor=fill,
                edgecolor=edge,
                lw=lw,
                ls=ls,
                zorder=1,
            ),
            self._inches,
        )

    def bars(self, left, top, wide, tall: float, fill, edge="none", lw=0.0, ls="-"):
        """Draw bars of one height: left, top and width of shape (n,), looks for all or each."""
        left, top, wide = np.broadcast_arrays(np.asarray(left, dtype=float), top, wide)
        right, bottom = left + wide, top + tall
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        shapes = np.moveaxis(np.array(corners), 2, 0)
        return self._add(
            PolyCollection(shapes, facecolor=fill, edgecolor=edge, lw=lw, ls=ls, zorder=1),
            self._place,
        )

    def lines(self, segments, color: str = LINE, lw: float = 0.8) -> None:
        """Draw lines below all else: segments of shape (n, 2, 2), from (x, y) to (x, y)."""
        self._add(LineCollection(segments, color=color, lw=lw, zorder=0), self._place)

    def _add(self, drawn: Collection, transform) -> Collection:
        drawn.set_transform(transform)
        # Whole pixels are no unit of a page.
        drawn.set_snap(False)
        return self.figure.add_artist(drawn)

    def flowed(self, top: float, texts: list[str], size: float = LABEL, key: float = 0.3):
        """Place the entries of a legend side by side, in as many lines as it takes.

        Each has room for its sign, ``key`` inches wide, and its text, which is written.

        Returns:
            Where each sign begins across, the middle of each down, and where the legend ends.
        """
        step = 0.165
        places, x, y = [], self.left, top + step / 2
        for text in texts:
            lines = wrapped(text, self.right - self.left - key, size)
            wide = key + max(width_of(one, size) for one in lines)
            if x > self.left and x + wide > self.right:
                x, y = self.left, y + step
            # An entry of several lines has those for itself.
            more = lines_high(lines[1:], size)
            places.append((x, y + more / 2))
            self.text(x + key, y + more / 2, lines, size=size)
            x, y = (self.left, y + more + step) if more else (x + wide + 0.25, y)
        return *zip(*places, strict=True), y + (step / 2 if x > self.left else -step / 2)


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
    return len(lines) * size * _LINE_HEIGHT / 72


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


def _as_drawn(lines: list[str]) -> str:
    """Return lines as they are drawn: each in the direction of the text that they make up."""
    shown, text = map(faces.current().shown, lines), " ".join(lines)
    if not turns(text):
        return "\n".join(shown)
    way = is_right_to_left(text)
    return "\n".join(f"\u200e{set_apart(one, way)}" for one in shown)


def box(wide: float, tall: float, rounded: float = 0.0) -> Path:
    """Return a box, in inches from its middle, its corners rounded by a radius."""
    shape = (
        BoxStyle("Round", pad=0, rounding_size=rounded) if rounded else BoxStyle("Square", pad=0)
    )
    return shape(-wide / 2, -tall / 2, wide, tall, 1)


def wedge(value: float, size: float) -> Path:
    """Return a pie slice that fills ``value`` (above 0, to 1) of a disc ``size`` inches wide."""
    circle = Path.unit_circle() if value >= 1 else Path.wedge(90 - 360 * value, 90)
    return Path(circle.vertices * size / 2, circle.codes)


def _saved(canvas, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    with _style(faces.current()):
        canvas.figure.savefig(buffer, format=kind, **options)
    return buffer.getvalue()
