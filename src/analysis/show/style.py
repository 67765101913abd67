"""One style for every picture: type, greys, the title and the notes below."""

import functools
import io
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

from analysis.measure.figures import NamedFigure
from analysis.show.drawing import Drawing
from analysis.show.lines import lines_high, width_of, wrapped
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

MIDDLE = 0.26  # of the type size, as matplotlib sets this face


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


def style(chosen: faces.Faces | None = None):
    """Set the one style, with the faces of a study; default: those that are in use."""
    chosen = chosen or faces.current()
    # From the defaults: a reader's own matplotlibrc must not change a byte. Only what it changed
    # is set back, since to set all some 300 takes as long as to draw a chart.
    own = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if name != "backend" and matplotlib.rcParams[name] != value
    }
    settings: Any = {**own, **_RC, "font.family": chosen.families}
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
        broken = [wrapped(label, most, size) for label in labels]
        lines = max(map(len, broken), default=1)
        # Between the labels of two rows there need be less room than between two lines of one.
        least = lines_high(["-"] * lines, size) + (0.02 if lines > 1 else -0.15 * size / 72)
        if least * len(labels) <= room:
            break
    wide = max((width_of(line, size) for label in broken for line in label), default=0.0)
    return Rows(broken, size, wide, max(least, min(usual, room / max(len(labels), 1))))


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
