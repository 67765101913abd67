"""Target axes: axes of a caller's figure on which a chart is drawn, and whether it fits there."""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.layout_engine import LayoutEngine

_SLACK = 1.1  # a chart may be compressed by this factor before its parts overlap
_TOLERANCE = 2 / 72  # inches that the frames of two texts may share without their letters meeting
_PADS = 0.3  # inches, in all, that a layout engine leaves around axes and their texts
_LEAST_AXES = 0.1  # inches of axes that are kept, however large the texts around them are


@dataclass(frozen=True)
class TargetAxes:
    """The axes to draw on; with ``fit``, the figure is resized to the height that the chart needs."""

    axes: Axes
    fit: bool


_TARGET: ContextVar[TargetAxes | None] = ContextVar("target_axes", default=None)


@dataclass
class _ChartOnAxes:
    """The chart on one pair of axes.

    Attributes:
        low, up: the vertical position of the bottom and top of the axes in their figure or
            subfigure, from 0 to 1, before room is made for the texts.
        bottom, width: the height and the least width that the chart needs, in inches.
        needs: returns the heights that the chart and its texts need at a given width.
    """

    low: float
    up: float
    bottom: float = 0.0
    width: float = 0.0
    needs: Callable[[float], "Heights"] = lambda width: Heights(0, 0, 0)


class Heights(NamedTuple):
    """The height that a chart needs, in inches: its title, the drawing, and the caveats below."""

    head: float
    body: float
    foot: float


_CHARTS: WeakKeyDictionary[Axes, _ChartOnAxes] = WeakKeyDictionary()


def target_axes() -> TargetAxes | None:
    """Return the axes to draw charts on; ``None`` means that each chart has its own page."""
    return _TARGET.get()


@contextmanager
def on_axes(axes: Axes, fit: bool = False) -> Iterator[None]:
    """Within this context, draw each chart whole on these axes instead of on its own page.

    Args:
        axes: axes of any figure.
        fit: whether to resize the figure, of which these are the only axes, to the height needed.
    """
    token = _TARGET.set(TargetAxes(axes, fit))
    try:
        yield
    finally:
        _TARGET.reset(token)


def is_on_axes() -> bool:
    """Return whether charts are drawn on a caller's axes instead of on their own page."""
    return _TARGET.get() is not None


def figure_of(part: Axes | FigureBase) -> Figure:
    """Return the root figure of axes or of a subfigure."""
    figure = part.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes are on no figure any more: give axes of a figure")
    return figure


def inches_of(part: Axes | FigureBase) -> tuple[float, float]:
    """Return the width and height of axes or of a subfigure, in inches."""
    place, dots = part.get_window_extent(), figure_of(part).dpi
    return place.width / dots, place.height / dots


def keep_room(axes: Axes, head: float, foot: float) -> None:
    """Make room for texts above (``head``) and below (``foot``) the axes, in inches.

    A layout engine makes this room itself, if there is enough. Otherwise the axes are shrunk
    vertically within their grid cell; the text below takes priority over the text above.
    """
    figure, high = figure_of(axes), inches_of(axes.figure)[1]
    low, up = _cell(axes)
    place, layout = axes.get_position(), figure.get_layout_engine()
    ends = (place.y0, place.y1) if layout is None else (low, up)
    drawn = _CHARTS.setdefault(axes, _ChartOnAxes(*ends))
    if layout is not None:
        if _apply_layout(layout, figure) and (up - low) * high > head + foot + _PADS:
            return
        axes.set_in_layout(False)
    # Texts are made smaller to fit: small letters are legible, but text outside the figure is lost.
    small = min(1, ((up - low) * high - _LEAST_AXES) / (head + foot))
    for text in (axes.title, axes.xaxis.label):
        text.set_fontsize(float(text.get_fontsize()) * small)
    head, foot = head * small, foot * small
    bottom = max(drawn.low, low + foot / high)
    top = max(min(drawn.up, up - head / high), bottom + _LEAST_AXES / high)
    axes.set_position((place.x0, bottom, place.width, top - bottom))


def _cell(axes: Axes) -> tuple[float, float]:
    """Return the bottom and top of the grid cell of axes in their (sub)figure, from 0 to 1."""
    if (spec := axes.get_subplotspec()) is None:
        return 0.0, 1.0
    rows = spec.get_gridspec().nrows
    return 1 - (spec.rowspan.stop / rows), 1 - spec.rowspan.start / rows


def remember(axes: Axes, bottom: float, width: float) -> None:
    """Record the height and the least width that the chart on these axes needs, in inches."""
    _CHARTS[axes].bottom, _CHARTS[axes].width = bottom, width


def warn_of_lack(axes: Axes, needs: Callable[[float], Heights], stacklevel: int = 2) -> None:
    """Warn if a figure is too small for the charts on it, and name a size that is large enough.

    Args:
        axes: the axes that were drawn on last.
        needs: returns the heights that their chart needs at a given width, in inches.
        stacklevel: the stack level of the warning.
    """
    figure, drawn = figure_of(axes), []
    _CHARTS[axes].needs = needs
    if (layout := figure.get_layout_engine()) is not None:
        _apply_layout(layout, figure)
    for ax in figure.axes:
        if ax in _CHARTS:
            drawn.append(ax)
            # The layout may have shrunk other axes to make room for this chart.
            ax.set_ylim(max(_CHARTS[ax].bottom, inches_of(ax)[1]), 0)
            ax.get_tightbbox()  # puts title and label where they will be drawn
    if not any(_is_compressed(ax) for ax in drawn) and not _has_overlaps(drawn):
        return
    has = inches_of(figure)
    size = [math.ceil(max(sizes)) for sizes in zip(*map(_needed_size, drawn), strict=True)]
    in_inches = "{} × {} inches".format
    remedy = f"give figsize=({size[0]}, {size[1]})"
    if size[0] <= has[0] and size[1] <= has[1]:
        remedy = 'give the figure layout="constrained", or put its axes further apart'
    warnings.warn(
        f"the figure has {in_inches(*(f'{side:.3g}' for side in has))} and needs about {in_inches(*size)}, "
        f"so that texts of its pictures overlap or are cut off: {remedy}",
        stacklevel=stacklevel + 1,
    )


def _apply_layout(layout: LayoutEngine, figure: Figure) -> bool:
    """Apply a layout engine to a figure; return whether everything on the figure had room."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        layout.execute(figure)
    no_room = [warning for warning in caught if "not applied" in str(warning.message)]
    for warning in caught:
        if warning not in no_room:  # replaced by our own warning, which names a sufficient size
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return not no_room


def _is_compressed(axes: Axes) -> bool:
    """Return whether the axes are much smaller than the chart drawn on them."""
    wide, high = inches_of(axes)
    return max(axes.get_xlim()[1] / wide, axes.get_ylim()[0] / high) > _SLACK


def _needed_size(axes: Axes) -> tuple[float, float]:
    """Return the width and height, in inches, that the figure needs so that these axes have room."""
    figure, part = inches_of(figure_of(axes)), inches_of(axes.figure)
    low, up = _cell(axes)
    drawn, own = _CHARTS[axes], inches_of(axes)[0]
    wide = max(own, drawn.width)
    head, body, foot = drawn.needs(wide)
    # Two cases for each end: axes that have room for the texts, and axes shrunk to make room.
    ends = [(drawn.low, 0.0), (low, foot)], [(drawn.up, 0.0), (up, head)]
    high = max(
        (body + below + above) / (top - bottom) for (bottom, below), (top, above) in product(*ends)
    )
    return figure[0] * wide / own, high * figure[1] / part[1] + 0.2


def _has_overlaps(drawn: list[Axes]) -> bool:
    """Return whether texts of charts overlap each other or other axes, or leave the figure."""
    figure = figure_of(drawn[0])
    texts = [[ax.title, ax.xaxis.label, *ax.texts] for ax in drawn]
    dots = figure.dpi
    boxes = [np.array([text.get_window_extent().extents for text in part]) / dots for part in texts]
    flat = np.concatenate(boxes)
    if (flat[:, :2] < -_TOLERANCE).any() or (
        flat[:, 2:] > np.add(inches_of(figure), _TOLERANCE)
    ).any():
        return True
    if (_overlapping(flat, flat).sum(axis=1) > 1).any():
        return True
    others = {ax: np.atleast_2d(ax.get_window_extent().extents) / dots for ax in figure.axes}
    return any(
        _overlapping(own[:2], place).any()
        for ax, own in zip(drawn, boxes, strict=True)
        for other, place in others.items()
        if other is not ax
    )


def _overlapping(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return a matrix of which boxes (left, bottom, right, top) overlap by more than a margin."""
    some, others = some[:, np.newaxis], others[np.newaxis]
    shared = np.minimum(some[..., 2:], others[..., 2:]) - np.maximum(some[..., :2], others[..., :2])
    return np.asarray((shared > _TOLERANCE).all(axis=-1))
