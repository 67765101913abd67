"""A picture over pages: no page is larger than a sheet of A4 holds at the size it is drawn at."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pandas as pd
from matplotlib.figure import Figure

from analysis.measure.results import Results
from analysis.show.caveats import caveats_on_scores
from analysis.show.given import is_on_axes
from analysis.show.sheet import Sheet
from analysis.show.style import HIGH, WIDTH, Chart, styled
from analysis.wording import DOZEN

Items = TypeVar("Items", pd.DataFrame, list[str])

MOST_PAGES = DOZEN
"""Pages beyond which nobody looks a picture through: what it would show is in the table."""

_CLOSE = 0.001  # of a length: no difference that could be seen


def over_pages(
    items: Items,
    draw: Callable[[Items, str], list[Chart]],
    table: pd.DataFrame,
    otherwise: Callable[[], Chart],
) -> Chart:
    """Return a picture on as few pages as hold its items.

    Args:
        items: what has a row each.
        draw: draws some of them, side by side on several pages if need be, given the words that
            its title ends with: which of the pages it is.
        table: what is behind all of the pages.
        otherwise: gives what stands for a picture of too many pages.
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
    """Return as few pages as hold the items; none where there would be too many."""
    if is_on_axes():
        return draw(items, "")
    count = 1
    while count <= MOST_PAGES:
        step = math.ceil(len(items) / count) or 1
        blocks = [items[at : at + step] for at in range(0, max(len(items), 1), step)]
        pages = [
            page
            for number, block in enumerate(blocks)
            for page in draw(block, _part_label(number, len(blocks)))
        ]
        if len(pages) > MOST_PAGES:
            break
        over = max(page.figure.get_figheight() for page in pages) / HIGH
        if step == 1 or over <= 1 + _CLOSE:
            return pages
        count = max(count + 1, math.ceil(count * over))
    return []


def _part_label(number: int, count: int) -> str:
    return f" (part {number + 1} of {count})" if count > 1 else ""


def left_out(name: str, title: str, table: pd.DataFrame, what: str, where: str) -> Chart:
    """Return what stands for a picture that would be too large: the table, and where it leads."""
    reason = f"{what} would be too large for a picture that can be read: see {where}."
    return Chart(name, title, f"Not drawn. {reason}", table, Figure(), left_out=reason)


@styled
def not_drawn(results: Results, why: str) -> Chart:
    """Draw on axes what stands in place of a picture: why there is none, and the caveats."""
    sheet = Sheet(why, caveats_on_scores(results))
    figure = sheet.finished(sheet.top + 0.1)
    return Chart("not-drawn", why, f"Not drawn: {why}.", pd.DataFrame(), figure)


def fits(chart: Chart) -> bool:
    """Return whether a picture is printed at the size it is drawn at, or on axes that are given."""
    if is_on_axes():
        return True
    wide, high = chart.figure.get_size_inches()
    return wide <= WIDTH * (1 + _CLOSE) and high <= HIGH * (1 + _CLOSE)
