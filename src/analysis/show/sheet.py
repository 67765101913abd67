"""The drawing surface of a chart: a page of its own, or axes of a caller's figure."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as Shape
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, AffineDeltaTransform

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
from analysis.show.target_axes import figure_of, inches_of, keep_room, remember, target_axes

_MARGIN = 0.08  # inches
_PIXEL_ALLOWANCE = 1.15  # line heights may grow by this factor when rounded to whole pixels


class Sheet:
    """The drawing surface of a chart: title above, caveats below, and the drawing between them.

    All positions are in inches from the left and from the top. A page has no matplotlib axes:
    making them takes as long as drawing everything in them. On a caller's axes, inches are the
    data units, the title is the title of the axes, and the caveats are the label of the x axis.

    Attributes:
        left, right: the left and right limits of the drawing.
        top: the upper limit of the drawing, below the title.
        room: the height that is left for the drawing on an A4 page, or in the axes.
    """

    def __init__(self, title: str, caveats: list[str], width: float = WIDTH):
        """Start a chart with its title; ``width`` is in inches, and axes keep their own width."""
        self._target, self._width = target_axes(), width
        self._fit = self._target is not None and self._target.fit
        if self._target:
            self._begin_on_axes(self._target.axes, title, caveats)
        else:
            self._begin_on_page(title, caveats, width)

    def _begin_on_page(self, title: str, caveats: list[str], width: float) -> None:
        self.left, self.right = _MARGIN, width - _MARGIN
        self.figure = Figure(figsize=(width, 1), facecolor=PAPER)
        self._shape_transform = self.figure.dpi_scale_trans
        # Flips y to count from the top; set once the height is known.
        self._from_top = Affine2D()
        self._place_transform = self._from_top + self._shape_transform
        self._write, self._draw = self.figure.text, self.figure.add_artist
        self._wrap_texts(title, caveats, self.right - self.left)
        self.text(self.left, _MARGIN, self._heading, Lettering(size=TITLE, va="top", bold=True))
        self.top = _MARGIN + self._title_height()
        self.room = HIGH - self.top - self._caveats_height()

    def _begin_on_axes(self, axes: Axes, title: str, caveats: list[str]) -> None:
        self.figure = figure_of(axes)
        # Narrower by 4%: if the caller saves in whole pixels, letters are a little wider.
        self._wrap_texts(title, caveats, 0.96 * inches_of(axes)[0])
        # Centred, so that a title that the caller sets later replaces it; its lines align left.
        looks = {"size": TITLE, "weight": "bold", "pad": 5, "multialignment": "left"}
        axes.set_title(as_drawn(self._heading), **looks)
        looks = {"x": 0, "ha": "left", "multialignment": "left", "labelpad": 5}
        # On a caller's axes, title and caveats keep the colours that suit the caller's figure.
        looks |= {"color": QUIET} if self._fit else {}
        axes.set_xlabel(as_drawn(self._caveats), size=NOTE, **looks)
        # Our colours are chosen to stand out from white.
        axes.set(xticks=[], yticks=[], facecolor=PAPER)
        axes.spines[:].set_visible(False)
        if not self._fit:
            keep_room(
                axes,
                _PIXEL_ALLOWANCE * self._title_height(),
                _PIXEL_ALLOWANCE * self._caveats_height(),
            )
        self.left, self.top = 0.0, 0.0
        self.right, self.room = inches_of(axes)
        self._place_transform = axes.transData
        # Shapes have y upwards, so it is flipped here.
        data: Any = axes.transData  # affine, since the axes are linear
        self._shape_transform = Affine2D().scale(1, -1) + AffineDeltaTransform(data)
        self._write, self._draw = axes.text, axes.add_artist

    def _wrap_texts(self, title: str, caveats: list[str], across: float) -> None:
        self._heading = wrapped(title, across, TITLE, bold=True)
        self._caveats = [line for caveat in caveats for line in wrapped(caveat, across, NOTE)]

    def _title_height(self) -> float:
        return lines_high(self._heading, TITLE) + 0.1

    def _caveats_height(self) -> float:
        return 0.12 + lines_high(self._caveats, NOTE) + _MARGIN

    def finished(self, bottom: float) -> Figure:
        """Return the figure, with the caveats below the drawing, which ends at ``bottom``."""
        if self._target:
            return self._finished_on_axes(self._target.axes, bottom)
        high = bottom + self._caveats_height()
        self.figure.set_size_inches(self.right + _MARGIN, high)
        self._from_top.scale(1, -1).translate(0, high)
        self.text(
            self.left, bottom + 0.12, self._caveats, Lettering(size=NOTE, va="top", color=QUIET)
        )
        return self.figure

    def _finished_on_axes(self, axes: Axes, bottom: float) -> Figure:
        if self._fit:
            wide, high = (
                self.right + 2 * _MARGIN,
                _MARGIN + self._title_height() + bottom + self._caveats_height(),
            )
            self.figure.set_size_inches(wide, high)
            axes.set_position(
                (_MARGIN / wide, self._caveats_height() / high, self.right / wide, bottom / high)
            )
        axes.set_xlim(0, self.right)
        axes.set_ylim(bottom if self._fit else max(bottom, self.room), 0)
        if not self._fit:
            remember(axes, bottom, self._width - 2 * _MARGIN)
        return self.figure

    def text(self, x: float, y: float, text: str | list[str], look: Lettering = PLAIN) -> None:
        """Write a text, or lines of text, at a position."""
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
            transform=self._place_transform,
        )

    def texts(self, x, y, texts: list[str], look: Lettering = PLAIN) -> None:
        """Write many one-line texts, each vertically centred on its position: x and y of shape (n,).

        On a page, a text that occurs several times is drawn as one repeated shape, which takes no
        longer than writing it once. The shape has the text as its label.
        """
        x, y = np.broadcast_arrays(np.asarray(x, dtype=float), y)
        codes, kinds = pd.factorize(np.array(texts, dtype=object))
        for number, text in enumerate(kinds):
            where = codes == number
            if where.sum() > 1 and not self._target:
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
        """Draw one symbol, centred on its outline, at many positions: x and y of shape (n,)."""
        shape = TextPath((0, 0), sign, size=NOTE / 72)
        low, high = shape.vertices.min(axis=0), shape.vertices.max(axis=0)
        middle = Shape(shape.vertices - (low + high) / 2, shape.codes)
        self.stamp(middle, x, y, Look(ink, edge=ink, lw=0.25)).set_label(sign)

    def stamp(self, shape: Shape, x, y, look: Look) -> Collection:
        """Draw one shape, in inches from its centre, at many positions: x and y of shape (n,)."""
        positions = {"offsets": np.column_stack([x, y]), "offset_transform": self._place_transform}
        return self._add(
            PathCollection([shape], **positions, **look.of_shapes()), self._shape_transform
        )

    def bars(self, left, top, wide, tall: float, look: Look) -> Collection:
        """Draw bars of the same height: left, top and width of shape (n,)."""
        left, top, wide = np.broadcast_arrays(np.asarray(left, dtype=float), top, wide)
        right, bottom = left + wide, top + tall
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        shapes: Any = np.moveaxis(np.array(corners), 2, 0)
        return self._add(PolyCollection(shapes, **look.of_shapes()), self._place_transform)

    def lines(self, segments, color: str = LINE, lw: float = 0.8) -> None:
        """Draw lines below everything else: segments of shape (n, 2, 2), from (x, y) to (x, y)."""
        self._add(LineCollection(segments, color=color, lw=lw, zorder=0), self._place_transform)

    def _add(self, drawn: Collection, transform) -> Collection:
        drawn.set_transform(transform)
        # A page is not made of whole pixels, so nothing snaps to them.
        drawn.set_snap(False)
        self._draw(drawn)
        if self._target:
            drawn.set_clip_on(False)
        return drawn

    def flowed(self, top: float, texts: list[str], size: float = LABEL, key: float = 0.3):
        """Lay out the entries of a legend side by side, in as many lines as needed.

        Each entry has room for a symbol, ``key`` inches wide, and for its text, which is written.

        Returns:
            The left end of each symbol, the vertical middle of each, and the bottom of the legend.
        """
        step = 0.165
        positions, x, y = [], self.left, top + step / 2
        for text in texts:
            lines = wrapped(text, self.right - self.left - key, size)
            wide = key + max(width_of(line, size) for line in lines)
            if x > self.left and x + wide > self.right:
                x, y = self.left, y + step
            # An entry of several lines shares them with no other entry.
            more = lines_high(lines[1:], size)
            positions.append((x, y + more / 2))
            self.text(x + key, y + more / 2, lines, Lettering(size=size))
            x, y = (self.left, y + more + step) if more else (x + wide + 0.25, y)
        return *zip(*positions, strict=True), y + (step / 2 if x > self.left else -step / 2)
