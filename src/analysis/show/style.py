"""One style for every picture: type, greys, the title and the notes below."""

import functools
import io
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from analysis.measure.statements import Statement
from analysis.show.marks import PALETTE, UNKNOWN_MARK, level_marks  # noqa: F401
from analysis.study import vocabulary as v

Named = dict[str, Statement]
"""The named statements by id."""

INK, QUIET, PAPER, LINE = "#1d1d1d", "#5a5a5a", "#ffffff", "#b8b8b8"

UNKNOWN_FILL = {
    v.INCONCLUSIVE: "#cfcfcf",
    v.OUTDATED: "#b4b4b4",
    v.WITHHELD: "#9a9a9a",
    v.NOT_FOUND: "#ececec",
    v.NOT_ASSESSED: "#f7f7f7",
    v.NOT_IN_FORCE: "#e0e0e0",
    v.NOT_APPLICABLE: "#dcdcdc",
}
_RC = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    # Text from the data is text, whatever dollar signs it holds.
    "text.parse_math": False,
    "svg.hashsalt": "policygap",
    "svg.fonttype": "path",
}
_MARGIN = 0.25  # inches
_LINE_HEIGHT = 1.35  # of the type size


@dataclass(frozen=True)
class Chart:
    """A picture with the table behind it.

    Attributes:
        name: file name without ending.
        title: the finding, in one sentence.
        alt: text alternative: kind of picture, data and finding.
        table: the tidy table that is drawn.
        figure: the drawing.
    """

    name: str
    title: str
    alt: str
    table: pd.DataFrame
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


def _style():
    # From the defaults: a reader's own matplotlibrc must not change a byte.
    return matplotlib.style.context(["default", _RC])


def styled(draw):
    """Draw a chart in the one style."""

    @functools.wraps(draw)
    def drawn(*arguments, **named):
        with _style():
            return draw(*arguments, **named)

    return drawn


def new_figure(
    width: float, height: float, title: str, notes: list[str], left: float = 0.0, right: float = 0.0
) -> tuple[Figure, Axes]:
    """Return a figure with its title above and its notes below, and the axes between.

    Args:
        width: of the whole picture, in inches.
        height: of the axes, in inches.
        title: the finding; wrapped.
        notes: sentences that must stand with the picture; wrapped, in small type.
        left: room beside the axes for labels, in inches.
        right: the same, on the right.
    """
    heading = wrapped(title, width - 2 * _MARGIN, 13)
    footing = [line for note in notes for line in wrapped(note, width - 2 * _MARGIN, 7.5)]
    above = _MARGIN + len(heading) * 13 * _LINE_HEIGHT / 72 + 0.12
    below = _MARGIN + len(footing) * 7.5 * _LINE_HEIGHT / 72 + 0.1
    total = above + height + below
    figure = Figure(figsize=(width, total), facecolor=PAPER)
    figure.text(
        _MARGIN / width,
        1 - _MARGIN / total,
        "\n".join(heading),
        size=13,
        weight="bold",
        va="top",
        linespacing=_LINE_HEIGHT,
    )
    figure.text(
        _MARGIN / width,
        _MARGIN / total,
        "\n".join(footing),
        size=7.5,
        color=QUIET,
        va="bottom",
        linespacing=_LINE_HEIGHT,
    )
    inner = width - 2 * _MARGIN - left - right
    box = ((_MARGIN + left) / width, below / total, inner / width, height / total)
    axes = figure.add_axes(box)
    # Labels are drawn as text: matplotlib's own ticks take as long as all the rest together.
    axes.set_axis_off()
    return figure, axes


def label_rows(axes: Axes, labels: Iterable[str]) -> None:
    """Write a label to the left of each row, the first at y = 0."""
    beside, va, ha = axes.get_yaxis_text1_transform(3.5)
    for row, label in enumerate(labels):
        axes.text(0, row, label, size=8, transform=beside, va=va, ha=ha)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return the text in lines that fit a width in inches at a type size in points."""
    # Letters of this face are 0.56 of the type size wide on average, with some room to spare.
    return textwrap.wrap(text, max(8, int(width * 72 / (size * 0.56)))) or [""]


def glyph(text: str) -> Path:
    """Return a text as a marker centred on its point, so that one path serves many cells."""
    path = TextPath((0, 0), text, size=1)
    low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
    return _as_marker((path.vertices - (low + high) / 2) * 0.85, path.codes)


def wedge(value: float) -> Path:
    """Return a pie slice that fills ``value`` (above 0, to 1) of a disc of diameter 1."""
    circle = Path.unit_circle() if value >= 1 else Path.wedge(90 - 360 * value, 90)
    return _as_marker(circle.vertices / 2, circle.codes)


def _as_marker(vertices: np.ndarray, codes: np.ndarray) -> Path:
    # A marker is scaled until its outermost point fits; a bare move to the corner of the unit
    # square is that point, so that a dash keeps the size of the type that it is set in.
    return Path(np.vstack([vertices, [0.5, 0.5]]), [*codes, Path.MOVETO])


def ring() -> Path:
    """Return the outline of a disc of diameter 1."""
    return wedge(1)


def _saved(canvas, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    with _style():
        canvas.figure.savefig(buffer, format=kind, **options)
    return buffer.getvalue()
