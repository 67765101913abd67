"""Charts over several pages, each of which fits on A4 at the size it is drawn at."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pandas as pd
from matplotlib.figure import Figure

from analysis.measure.results import Results
from analysis.show.caveats import caveats_on_scores
from analysis.show.sheet import Sheet
from analysis.show.style import HIGH, WIDTH, Chart, styled
from analysis.show.target_axes import is_on_axes
from analysis.wording import DOZEN

Items = TypeVar("Items", pd.DataFrame, list[str])

MOST_PAGES = DOZEN
"""The most pages of a chart; beyond that, readers are referred to the table instead."""

_TOLERANCE = 0.001  # share of a length: too small a difference to see


def over_pages(
    items: Items,
    draw: Callable[[Items, str], list[Chart]],
    table: pd.DataFrame,
    otherwise: Callable[[], Chart],
) -> Chart:
    """Return a chart on as few pages as its items need.

    Args:
        items: the rows of the chart.
        draw: draws some of the items, on several pages side by side if needed. It also takes the
            end of the title, which says which part this is.
        table: the table behind all the pages.
        otherwise: returns the placeholder for a chart that needs too many pages.
    """
    pages = pages_that_hold(items, draw)
    if not pages:
        return otherwise()
    more = [
        replace(page, name=f"{page.name}-{number}", table=table)
        for number, page in enumerate(pages[1:], start=2)
    ]
    return replace(pages[0], table=table, more=tuple(more))


def pages_that_hold(items: Items, draw: Callable[[Items, str], list[Chart]]) -> list[Chart]:
    """Return as few pages as the items need; an empty list if they need too many."""
    if is_on_axes():
        return draw(items, "")
    count = 1
    while count <= MOST_PAGES:
        step = math.ceil(len(items) / count) or 1
        parts = [items[at : at + step] for at in range(0, max(len(items), 1), step)]
        pages = [
            page
            for number, part in enumerate(parts)
            for page in draw(part, _part_label(number, len(parts)))
        ]
        if len(pages) > MOST_PAGES:
            break
        excess = max(page.figure.get_figheight() for page in pages) / HIGH
        if step == 1 or excess <= 1 + _TOLERANCE:
            return pages
        count = max(count + 1, math.ceil(count * excess))
    return []


def _part_label(number: int, count: int) -> str:
    return f" (part {number + 1} of {count})" if count > 1 else ""


def left_out(name: str, title: str, table: pd.DataFrame, what: str, where: str) -> Chart:
    """Return the placeholder for a chart that would be too large: its table, and where to read it."""
    reason = f"{what} would be too large for a picture that can be read: see {where}."
    return Chart(name, title, f"Not drawn. {reason}", table, Figure(), left_out=reason)


@styled
def not_drawn(results: Results, why: str) -> Chart:
    """Draw the placeholder for a chart on axes: why there is no chart, and the caveats."""
    sheet = Sheet(why, caveats_on_scores(results))
    figure = sheet.finished(sheet.top + 0.1)
    return Chart("not-drawn", why, f"Not drawn: {why}.", pd.DataFrame(), figure)


def fits(chart: Chart) -> bool:
    """Return whether a chart fits on a page as drawn; always true on a caller's axes."""
    if is_on_axes():
        return True
    wide, high = chart.figure.get_size_inches()
    return wide <= WIDTH * (1 + _TOLERANCE) and high <= HIGH * (1 + _TOLERANCE)
