"""Axes that a picture is given to be drawn on, and whether they have room for it."""

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

_CLOSE = 1.1  # pressed together by no more than this nothing meets
_TOUCH = 2 / 72  # inches that the frames of two texts may share without their letters meeting
_PADS = 0.3  # inches that a layout leaves about axes and their texts, in all
_LEAST = 0.1  # inches of axes that are left however large the texts about them are


@dataclass(frozen=True)
class Given:
    """Axes that a picture is drawn on; ``fit``: their figure is made as high as it needs."""

    axes: Axes
    fit: bool


_GIVEN: ContextVar[Given | None] = ContextVar("given", default=None)


@dataclass
class _Drawn:
    """What is drawn on axes.

    Attributes:
        low, up: where the axes begin and end, up their part of a figure, from 0 to 1, unless they
            are made lower.
        bottom, width: how high, and how wide at the least, what is drawn has to be, in inches.
        needs: says how much height all of it needs where it is so wide.
    """

    low: float
    up: float
    bottom: float = 0.0
    width: float = 0.0
    needs: Callable[[float], "Heights"] = lambda width: Heights(0, 0, 0)


class Heights(NamedTuple):
    """How many inches of height a picture needs: the title, what is drawn, the notes."""

    head: float
    body: float
    foot: float


_DRAWN: WeakKeyDictionary[Axes, _Drawn] = WeakKeyDictionary()


def given() -> Given | None:
    """Return the axes that pictures are drawn on; none: they have a page of their own."""
    return _GIVEN.get()


@contextmanager
def on_axes(axes: Axes, fit: bool = False) -> Iterator[None]:
    """Draw the pictures that are made meanwhile on these axes, whole, and on no page.

    Args:
        axes: of any figure.
        fit: whether the axes are all of their figure, which is made as high as they need.
    """
    token = _GIVEN.set(Given(axes, fit))
    try:
        yield
    finally:
        _GIVEN.reset(token)


def is_on_axes() -> bool:
    """Return whether pictures are drawn on axes that are given, and on no page."""
    return _GIVEN.get() is not None


def figure_of(part: Axes | FigureBase) -> Figure:
    """Return the whole figure that axes, or a part of a figure, are on."""
    figure = part.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes are on no figure any more: give axes of a figure")
    return figure


def inches_of(part: Axes | FigureBase) -> tuple[float, float]:
    """Return how wide and how high axes are, or a part of a figure, in inches."""
    place, dots = part.get_window_extent(), figure_of(part).dpi
    return place.width / dots, place.height / dots


def keep_room(axes: Axes, head: float, foot: float) -> None:
    """Make room for texts so many inches high above and below axes.

    A layout does so by itself, unless they leave it none. Else the axes are made lower, and lie
    within the cell of their grid; what stands below counts for more than what stands above.
    """
    figure, high = figure_of(axes), inches_of(axes.figure)[1]
    low, up = _cell(axes)
    place, layout = axes.get_position(), figure.get_layout_engine()
    ends = (place.y0, place.y1) if layout is None else (low, up)
    drawn = _DRAWN.setdefault(axes, _Drawn(*ends))
    if layout is not None:
        if _laid_out(layout, figure) and (up - low) * high > head + foot + _PADS:
            return
        axes.set_in_layout(False)
    # Small letters can be made out, and what is beyond the end of a figure is lost.
    small = min(1, ((up - low) * high - _LEAST) / (head + foot))
    for text in (axes.title, axes.xaxis.label):
        text.set_fontsize(float(text.get_fontsize()) * small)
    head, foot = head * small, foot * small
    bottom = max(drawn.low, low + foot / high)
    top = max(min(drawn.up, up - head / high), bottom + _LEAST / high)
    axes.set_position((place.x0, bottom, place.width, top - bottom))


def _cell(axes: Axes) -> tuple[float, float]:
    """Return where the cell of axes begins and ends, up its part of a figure, from 0 to 1."""
    if (spec := axes.get_subplotspec()) is None:
        return 0.0, 1.0
    rows = spec.get_gridspec().nrows
    return 1 - (spec.rowspan.stop / rows), 1 - spec.rowspan.start / rows


def remember(axes: Axes, bottom: float, width: float) -> None:
    """Remember how high, and how wide at the least, what is drawn on axes has to be, in inches."""
    _DRAWN[axes].bottom, _DRAWN[axes].width = bottom, width


def warn_of_lack(axes: Axes, needs: Callable[[float], Heights], stacklevel: int = 2) -> None:
    """Warn where a figure has no room for the pictures on it; say which size would do.

    Args:
        axes: those that were drawn on last.
        needs: says how much height the picture on them needs where it is so wide, in inches.
        stacklevel: of the warning.
    """
    figure, drawn = figure_of(axes), []
    _DRAWN[axes].needs = needs
    if (layout := figure.get_layout_engine()) is not None:
        _laid_out(layout, figure)
    for ax in figure.axes:
        if ax in _DRAWN:
            drawn.append(ax)
            # To make room for this picture, others may have become lower.
            ax.set_ylim(max(_DRAWN[ax].bottom, inches_of(ax)[1]), 0)
            ax.get_tightbbox()  # puts title and label where they will be drawn
    if not any(_pressed(ax) for ax in drawn) and not _crowded(drawn):
        return
    has = inches_of(figure)
    size = [math.ceil(max(sizes)) for sizes in zip(*map(_needed, drawn), strict=True)]
    in_inches = "{} × {} inches".format
    remedy = f"give figsize=({size[0]}, {size[1]})"
    if size[0] <= has[0] and size[1] <= has[1]:
        remedy = 'give the figure layout="constrained", or put its axes further apart'
    warnings.warn(
        f"the figure has {in_inches(*(f'{side:.3g}' for side in has))} and needs about {in_inches(*size)}, "
        f"so that texts of its pictures overlap or are cut off: {remedy}",
        stacklevel=stacklevel + 1,
    )


def _laid_out(layout: LayoutEngine, figure: Figure) -> bool:
    """Lay a figure out; return whether there was room for all that is on it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        layout.execute(figure)
    lacks = [warning for warning in caught if "not applied" in str(warning.message)]
    for warning in caught:
        if warning not in lacks:  # ours names a size, as theirs does not
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return not lacks


def _pressed(axes: Axes) -> bool:
    wide, high = inches_of(axes)
    return max(axes.get_xlim()[1] / wide, axes.get_ylim()[0] / high) > _CLOSE


def _needed(axes: Axes) -> tuple[float, float]:
    """Return how wide and high the figure of axes has to be, so that these have their room."""
    figure, part = inches_of(figure_of(axes)), inches_of(axes.figure)
    low, up = _cell(axes)
    drawn, own = _DRAWN[axes], inches_of(axes)[0]
    wide = max(own, drawn.width)
    head, body, foot = drawn.needs(wide)
    # As the axes stand where they have room for the texts, and as they were made lower for them.
    ends = [(drawn.low, 0.0), (low, foot)], [(drawn.up, 0.0), (up, head)]
    high = max(
        (body + below + above) / (top - bottom) for (bottom, below), (top, above) in product(*ends)
    )
    return figure[0] * wide / own, high * figure[1] / part[1] + 0.2


def _crowded(drawn: list[Axes]) -> bool:
    """Return whether texts of pictures meet each other, other axes or the end of the figure."""
    figure = figure_of(drawn[0])
    texts = [[ax.title, ax.xaxis.label, *ax.texts] for ax in drawn]
    dots = figure.dpi
    boxes = [np.array([text.get_window_extent().extents for text in part]) / dots for part in texts]
    flat = np.concatenate(boxes)
    if (flat[:, :2] < -_TOUCH).any() or (flat[:, 2:] > np.add(inches_of(figure), _TOUCH)).any():
        return True
    if (_meeting(flat, flat).sum(axis=1) > 1).any():
        return True
    others = {ax: np.atleast_2d(ax.get_window_extent().extents) / dots for ax in figure.axes}
    return any(
        _meeting(own[:2], place).any()
        for ax, own in zip(drawn, boxes, strict=True)
        for other, place in others.items()
        if other is not ax
    )


def _meeting(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which boxes (left, bottom, right, top) share more than a margin with which others."""
    some, others = some[:, np.newaxis], others[np.newaxis]
    shared = np.minimum(some[..., 2:], others[..., 2:]) - np.maximum(some[..., :2], others[..., :2])
    return np.asarray((shared > _TOUCH).all(axis=-1))
