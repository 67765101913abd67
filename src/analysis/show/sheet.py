"""A picture in the making, on a page of its own or on axes that are given."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as Shape
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, AffineDeltaTransform

from analysis.show.given import figure_of, given, inches_of, keep_room, remember
from analysis.show.lines import as_drawn, lines_high, width_of, wrapped
from analysis.show.style import (
    HIGH,
    INK,
    LABEL,
    LINE,
    MIDDLE,
    NOTE,
    PAPER,
    PLAIN,
    QUIET,
    TITLE,
    WIDTH,
    Lettering,
    Look,
)

_MARGIN = 0.08  # inches
_IN_PIXELS = 1.15  # as high lines are, at the most, in a figure that is saved in whole pixels


class Sheet:
    """A picture in the making: title above, caveats below, and what is drawn between them.

    All places are inches from the left and from the top of the picture. On a page it has no
    axes: those of matplotlib take as long to make as all that is drawn in them. On axes that are
    given, the inches are the units of its data, the title is theirs, and the caveats are the label
    of x.

    Attributes:
        left, right: where drawing may begin and must end, across.
        top: where drawing may begin, below the title.
        room: the height that is left for drawing on a page of A4, or in the axes.
    """

    def __init__(self, title: str, caveats: list[str], width: float = WIDTH):
        """Begin a picture so many inches wide with its title; axes have a width of their own."""
        self._given, self._width = given(), width
        self._fit = self._given is not None and self._given.fit
        if self._given:
            self._begin_on_axes(self._given.axes, title, caveats)
        else:
            self._begin_on_page(title, caveats, width)

    def _begin_on_page(self, title: str, caveats: list[str], width: float) -> None:
        self.left, self.right = _MARGIN, width - _MARGIN
        self.figure = Figure(figsize=(width, 1), facecolor=PAPER)
        self._inches = self.figure.dpi_scale_trans
        # From the top: set once the height is known.
        self._down = Affine2D()
        self._place = self._down + self._inches
        self._write, self._draw = self.figure.text, self.figure.add_artist
        self._break(title, caveats, self.right - self.left)
        self.text(self.left, _MARGIN, self._heading, Lettering(size=TITLE, va="top", bold=True))
        self.top = _MARGIN + self._head()
        self.room = HIGH - self.top - self._foot()

    def _begin_on_axes(self, axes: Axes, title: str, caveats: list[str]) -> None:
        self.figure = figure_of(axes)
        # Whoever saves the figure may do so in whole pixels, in which letters are a little wider.
        self._break(title, caveats, 0.96 * inches_of(axes)[0])
        # In the middle, where a title that is set later takes its place; in lines from the left.
        looks = {"size": TITLE, "weight": "bold", "pad": 5, "multialignment": "left"}
        axes.set_title(as_drawn(self._heading), **looks)
        looks = {"x": 0, "ha": "left", "multialignment": "left", "labelpad": 5}
        # On axes of others title and caveats keep the colours of these, which suit their figure.
        looks |= {"color": QUIET} if self._fit else {}
        axes.set_xlabel(as_drawn(self._caveats), size=NOTE, **looks)
        # Our colours are chosen to stand out from white.
        axes.set(xticks=[], yticks=[], facecolor=PAPER)
        axes.spines[:].set_visible(False)
        if not self._fit:
            keep_room(axes, _IN_PIXELS * self._head(), _IN_PIXELS * self._foot())
        self.left, self.top = 0.0, 0.0
        self.right, self.room = inches_of(axes)
        self._place = axes.transData
        # A shape has its y upwards.
        data: Any = axes.transData  # it is affine, as its axes are linear
        self._inches = Affine2D().scale(1, -1) + AffineDeltaTransform(data)
        self._write, self._draw = axes.text, axes.add_artist

    def _break(self, title: str, caveats: list[str], across: float) -> None:
        self._heading = wrapped(title, across, TITLE, bold=True)
        self._caveats = [line for caveat in caveats for line in wrapped(caveat, across, NOTE)]

    def _head(self) -> float:
        return lines_high(self._heading, TITLE) + 0.1

    def _foot(self) -> float:
        return 0.12 + lines_high(self._caveats, NOTE) + _MARGIN

    def finished(self, bottom: float) -> Figure:
        """Return the figure, with the caveats below what is drawn, which ends at ``bottom``."""
        if self._given:
            return self._finished_on_axes(self._given.axes, bottom)
        high = bottom + self._foot()
        self.figure.set_size_inches(self.right + _MARGIN, high)
        self._down.scale(1, -1).translate(0, high)
        self.text(
            self.left, bottom + 0.12, self._caveats, Lettering(size=NOTE, va="top", color=QUIET)
        )
        return self.figure

    def _finished_on_axes(self, axes: Axes, bottom: float) -> Figure:
        if self._fit:
            wide, high = self.right + 2 * _MARGIN, _MARGIN + self._head() + bottom + self._foot()
            self.figure.set_size_inches(wide, high)
            axes.set_position(
                (_MARGIN / wide, self._foot() / high, self.right / wide, bottom / high)
            )
        axes.set_xlim(0, self.right)
        axes.set_ylim(bottom if self._fit else max(bottom, self.room), 0)
        if not self._fit:
            remember(axes, bottom, self._width - 2 * _MARGIN)
        return self.figure

    def text(self, x: float, y: float, text: str | list[str], look: Lettering = PLAIN) -> None:
        """Write a text, or lines of text, at a place."""
        self._write(
            x,
            y,
            as_drawn([text] if isinstance(text, str) else text),
            size=look.size,
            ha=look.ha,
            va=look.va,
            color=look.color,
            weight="bold" if look.bold else "normal",
            rotation=90 if look.turned else 0,
            rotation_mode="anchor" if look.turned else "default",
            transform=self._place,
        )

    def texts(self, x, y, texts: list[str], look: Lettering = PLAIN) -> None:
        """Write many texts of one line, each centred on its place: x and y of shape (n,).

        A text that comes again is drawn as one shape, which takes no longer than to write it
        once. The shape has the text for its label.
        """
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), y)
        codes, kinds = pd.factorize(np.array(texts, dtype=object))
        for number, text in enumerate(kinds):
            where = codes == number
            if where.sum() > 1 and not self._given:
                self._repeat(x[where], y[where], text, look)
                continue
            for across, down in zip(x[where], y[where], strict=True):
                self.text(across, down, text, look)

    def _repeat(self, x, y, text: str, look: Lettering) -> None:
        shape = TextPath((0, 0), as_drawn([text]), size=look.size / 72)
        across = {"left": 0, "center": 0.5, "right": 1}[look.ha] * width_of(text, look.size)
        middle = Shape(shape.vertices - (across, MIDDLE * look.size / 72), shape.codes)
        self.stamp(middle, x, y, Look(look.color)).set_label(text)

    def signs(self, x, y, sign: str, ink: str = INK) -> None:
        """Write one sign, in the middle of its ink, at many places: x and y of shape (n,)."""
        shape = TextPath((0, 0), sign, size=NOTE / 72)
        low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
        middle = Shape(shape.vertices - (low + high) / 2, shape.codes)
        self.stamp(middle, x, y, Look(ink, edge=ink, lw=0.25)).set_label(sign)

    def stamp(self, shape: Shape, x, y, look: Look) -> Collection:
        """Draw one shape, in inches from its own middle, at many places: x and y of shape (n,)."""
        places = {"offsets": np.column_stack([x, y]), "offset_transform": self._place}
        return self._add(PathCollection([shape], **places, **look.of_shapes()), self._inches)

    def bars(self, left, top, wide, tall: float, look: Look) -> Collection:
        """Draw bars of one height: left, top and width of shape (n,)."""
        left, top, wide = np.broadcast_arrays(np.asarray(left, dtype=float), top, wide)
        right, bottom = left + wide, top + tall
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        shapes: Any = np.moveaxis(np.array(corners), 2, 0)
        return self._add(PolyCollection(shapes, **look.of_shapes()), self._place)

    def lines(self, segments, color: str = LINE, lw: float = 0.8) -> None:
        """Draw lines below all else: segments of shape (n, 2, 2), from (x, y) to (x, y)."""
        self._add(LineCollection(segments, color=color, lw=lw, zorder=0), self._place)

    def _add(self, drawn: Collection, transform) -> Collection:
        drawn.set_transform(transform)
        # Whole pixels are no unit of a page.
        drawn.set_snap(False)
        self._draw(drawn)
        if self._given:
            drawn.set_clip_on(False)
        return drawn

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
            wide = key + max(width_of(line, size) for line in lines)
            if x > self.left and x + wide > self.right:
                x, y = self.left, y + step
            # An entry of several lines has those for itself.
            more = lines_high(lines[1:], size)
            places.append((x, y + more / 2))
            self.text(x + key, y + more / 2, lines, Lettering(size=size))
            x, y = (self.left, y + more + step) if more else (x + wide + 0.25, y)
        return *zip(*places, strict=True), y + (step / 2 if x > self.left else -step / 2)
