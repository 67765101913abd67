"""The chart style: type, greys, page size, and how shapes and texts look."""

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
"""Inches: the room for a chart on an A4 page, in the Word document and (a little more) the PDF.

A chart of this width is printed at the size it is drawn at, including its type.
"""
NOTE, LABEL, TITLE = 7, 8, 12
"""Type sizes in points; nothing is smaller than a note."""

MIDDLE = 0.26  # height of the middle of a line, as a share of the type size in this typeface


@dataclass(frozen=True)
class Lettering:
    """How a text is written: size in points, alignment to its position, colour, weight, rotation."""

    size: float = LABEL
    ha: str = "left"
    va: str = "center"
    color: str = INK
    bold: bool = False
    turned: bool = False


PLAIN = Lettering()


@dataclass(frozen=True)
class Look:
    """How shapes are drawn: each attribute is one value for all shapes, or one value per shape."""

    fill: Any
    edge: Any = "none"
    lw: float = 0.0
    ls: Any = "-"

    def of_shapes(self) -> dict[str, Any]:
        """Return the arguments for a matplotlib collection; shapes lie above lines."""
        ends = {"facecolor": self.fill, "edgecolor": self.edge}
        return {**ends, "lw": self.lw, "ls": self.ls, "zorder": 1}


@dataclass(frozen=True)
class Chart(Drawing):
    """A chart as a matplotlib figure, which can be drawn as SVG or PNG.

    Attributes:
        figure: the figure; for the other attributes see :class:`analysis.show.drawing.Drawing`.
    """

    figure: Figure = field(repr=False)

    def svg(self) -> bytes:
        """Return the chart as SVG; the same drawing gives the same bytes."""
        return self._svg

    @functools.cached_property
    def _svg(self) -> bytes:
        # Cached: several parts of a build show the same chart, and drawing it is slow.
        metadata = {"Date": None, "Creator": None, "Title": self.title}
        return _saved(FigureCanvasSVG(self.figure), "svg", metadata=metadata)

    def png(self, dpi: int = 110) -> bytes:
        """Return the chart as PNG; the same drawing gives the same bytes."""
        metadata = {"Software": None, "Title": self.title, "Description": self.alt}
        return _saved(FigureCanvasAgg(self.figure), "png", dpi=dpi, metadata=metadata)

    def _repr_mimebundle_(self, include=None, exclude=None):
        # A notebook shows the PNG and keeps the text alternative, which nbval compares.
        data = {"image/png": self.png(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def style(chosen: faces.Faces | None = None):
    """Return a context with the chart style and a study's typefaces; default: those in use."""
    chosen = chosen or faces.current()
    # Starts from matplotlib's defaults: a user's matplotlibrc must not change a byte of the output.
    # Only changed settings are reset, since resetting all 300 takes as long as drawing a chart.
    own = {
        name: value
        for name, value in matplotlib.rcParamsDefault.items()
        if name != "backend" and matplotlib.rcParams[name] != value
    }
    settings: Any = {**own, **_RC, "font.family": chosen.families}
    return matplotlib.rc_context(settings)


def styled(draw):
    """Decorate a function so that it draws its chart in the chart style."""

    @functools.wraps(draw)
    def drawn(*arguments, **named):
        # The study's typefaces must be in use: their letter widths decide the line breaks.
        with style(faces.use(getattr(arguments[0], "study", None))):
            return draw(*arguments, **named)

    return drawn


@dataclass(frozen=True)
class RowLabels:
    """The labels of a chart's rows, wrapped at one type size, and the room that they take.

    Attributes:
        labels: the lines of each label.
        size: the type size, in points.
        wide: the width of the widest line, in inches.
        high: the height of each row, in inches.
    """

    labels: list[list[str]]
    size: float
    wide: float
    high: float


def fit_row_labels(
    labels: Iterable[str], room: float, usual: float, most: float = 2.2
) -> RowLabels:
    """Wrap the labels of a chart's rows so that the rows fit a height in inches, if they can.

    A row is as high as the room allows, but not higher than ``usual``, nor lower than its label
    needs. If the rows do not fit, the labels are set in the smallest type.

    Args:
        labels: the labels of the rows.
        room: the height for all rows, in inches.
        usual: the height of a row if there is enough room, in inches.
        most: the width beyond which a label is wrapped, in inches.
    """
    labels = list(labels)
    for size in (LABEL, NOTE):
        broken = [wrapped(label, most, size) for label in labels]
        lines = max(map(len, broken), default=1)
        # One-line labels of neighbouring rows may be closer together than the lines of one label.
        least = lines_high(["-"] * lines, size) + (0.02 if lines > 1 else -0.15 * size / 72)
        if least * len(labels) <= room:
            break
    wide = max((width_of(line, size) for label in broken for line in label), default=0.0)
    return RowLabels(broken, size, wide, max(least, min(usual, room / max(len(labels), 1))))


def box(wide: float, tall: float, rounded: float = 0.0) -> Shape:
    """Return a box in inches from its centre, with corners rounded by this radius."""
    # BoxStyle returns an instance of another class, which is callable.
    shape: Any = (
        BoxStyle("Round", pad=0, rounding_size=rounded) if rounded else BoxStyle("Square", pad=0)
    )
    return shape(-wide / 2, -tall / 2, wide, tall, 1)


def wedge(value: float, size: float) -> Shape:
    """Return a pie slice: the share ``value`` (0 < value ≤ 1) of a disc ``size`` inches wide."""
    circle = Shape.unit_circle() if value >= 1 else Shape.wedge(90 - 360 * value, 90)
    return Shape(np.asarray(circle.vertices) * size / 2, circle.codes)


def _saved(canvas, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    with style():
        canvas.figure.savefig(buffer, format=kind, **options)
    return buffer.getvalue()
