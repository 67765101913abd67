"""The order chart: a Hasse diagram of which units are surely above which others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measure.dominance import EquivalenceClass
from analysis.measure.figures.named import unit_names
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.caveats import caveats_on_scores
from analysis.show.charts.pages import fits, left_out
from analysis.show.fields import INTEGER, Field
from analysis.show.lines import lines_high, width_of, wrapped
from analysis.show.sheet import Sheet
from analysis.show.style import WIDTH, Chart, Lettering, Look, Named, box, styled
from analysis.show.symbols import PALETTE
from analysis.show.target_axes import is_on_axes
from analysis.wording import agreeing, stopped

COLUMNS = {
    "group": Field("The group of units that nothing tells apart; empty: no order", INTEGER),
    "layer": Field("The layer in which it is drawn, from 1 at the top", INTEGER),
    "groups_directly_above": Field("Groups surely above with none between, joined by ;"),
}
_BEHIND = "data/charts/order.csv"
MOST_GROUPS, MOST_BESIDE = 45, 6
"""More groups, or more of them side by side, make a diagram that nobody can read."""

_TYPE, _PAD = 7, 0.06  # points, inches
_LAYER_GAP, _BOX_GAP = 0.4, 0.12  # inches, between layers and between boxes
_LINE_ROOM = 0.15  # inches, for a line that passes through a layer
_LEAST_WIDTH, _MOST_WIDTH = 0.8, 1.1  # inches; within these, a box fits its longest word


def can_be_drawn(results: Results) -> bool:
    """Return whether there is a robust dominance to draw, and room to draw all of them."""
    groups = [group for group in results.order if not group.apart]
    layers = [group.layer for group in groups]
    return 0 < len(groups) <= MOST_GROUPS and max(map(layers.count, layers)) <= MOST_BESIDE


def order_left_out(results: Results) -> Chart:
    """Return the placeholder for a diagram that would be too large to read."""
    names, many = results.study.lookup("units", "short_name"), results.study.settings.unit_noun
    groups = sum(not group.apart for group in results.order)
    title = f"Which {many.plural} are surely above others"
    table, what = _table(results.order, names), f"A diagram of {groups:,} groups of {many.plural}"
    return left_out("order", title, table, what, "data/pairs.csv")


@styled
def order_chart(results: Results, named: Named) -> Chart:
    """Draw the equivalence classes of units, joined where one is surely above another."""
    if not (is_on_axes() or can_be_drawn(results)):
        return order_left_out(results)
    study = results.study
    names, many = study.lookup("units", "short_name"), study.settings.unit_noun.plural
    spoken = unit_names(study)
    groups = [group for group in results.order if not group.apart]
    unplaced = [spoken[unit] for group in results.order if group.apart for unit in group.units]
    title = (
        f"In {named['pairs.count'].text} of {named['pairs.possible'].text} "
        f"{agreeing(int(named['pairs.possible'].value or 0), 'pair', 'pairs')} of {many} one is surely above "
        "the other"
    )
    lines = [
        *caveats_on_scores(results),
        f"The {many} in one box have the same {many} above and below them. A way down the lines leads from a box to what is surely below it. Two boxes with no such way between them are not ranked, whatever their height.",
    ]
    layers = _layers(groups)
    longest = max(width_of(word, _TYPE) for name in names.values() for word in name.split())
    least = min(max(longest + 2 * _PAD, _LEAST_WIDTH), _MOST_WIDTH)
    # Many boxes or lines side by side make a wider chart, which is printed smaller.
    wide = max(
        sum(least + _BOX_GAP if item.text else _LINE_ROOM for item in layer) for layer in layers
    )
    sheet = Sheet(title, lines, width=max(WIDTH, wide + 0.16))
    _place(
        layers,
        {number: [spoken[unit] for unit in group.units] for number, group in enumerate(groups)},
        sheet,
    )
    items = {item.key: item for layer in layers for item in layer}
    boxes = [item for item in items.values() if item.text]
    links = [
        ((items[above].x, items[above].bottom), (item.x, item.top))
        for item in items.values()
        for above in item.above
    ]
    passing_lines = [
        ((item.x, item.top), (item.x, item.bottom)) for item in items.values() if not item.text
    ]
    sheet.lines(links + passing_lines, color=style.QUIET, lw=1)
    for item in boxes:
        _draw_box(sheet, item, Look(style.PAPER, PALETTE[0], lw=1))
    bottom = max(item.bottom for item in boxes)
    scored = int(results.comparisons.scored.sum())
    if unplaced:
        wide = sheet.right - sheet.left
        below = [
            f"{len(unplaced)} of {scored} {many} cannot be placed above or below any: ",
            *wrapped(stopped(unplaced, _BEHIND, ", "), wide - 2 * _PAD, _TYPE),
        ]
        top, tall = bottom + 0.25, lines_high(below, _TYPE) + 2 * _PAD
        middle = (sheet.left + sheet.right) / 2
        bottom = top + tall
        item = _Item((), [], below, middle, wide, top, bottom)
        _draw_box(sheet, item, Look(style.PAPER, "#8a8a8a", lw=1, ls=(0, (4, 3))))
    details = [
        f"{stopped([spoken[unit] for unit in groups[above].units], _BEHIND, ', ')} above "
        f"{stopped([spoken[unit] for unit in group.units], _BEHIND, ', ')}"
        for group in groups
        for above in group.under
    ]
    alt = (
        f"Layered diagram of {len(groups)} groups of {many}, lines from each to those surely "
        f"below it. {title}. Directly joined: {stopped(details, _BEHIND)}. "
        f"{len(unplaced)} of {scored} {many} cannot be placed above or below any."
    )
    chart = Chart("order", title, alt, _table(results.order, names), sheet.finished(bottom))
    return chart if fits(chart) else order_left_out(results)


def _table(groups: list[EquivalenceClass], names: dict[str, str]) -> pd.DataFrame:
    rows = [
        (number, unit, names[unit], group.layer + 1, ";".join(str(n + 1) for n in group.under))
        for number, group in enumerate(groups, start=1)
        if not group.apart
        for unit in group.units
    ]
    rows += [
        (pd.NA, unit, names[unit], pd.NA, "")
        for group in groups
        if group.apart
        for unit in group.units
    ]
    columns = ["group", "unit_id", "short_name", "layer", "groups_directly_above"]
    return pd.DataFrame(rows, columns=columns).astype({"group": "Int64", "layer": "Int64"})


@dataclass
class _Item:
    """A box, or a line that passes through a layer (a dummy node), with its position in inches."""

    key: tuple[int, ...]
    above: list[tuple[int, ...]]
    text: list[str]
    x: float = 0.0
    wide: float = _LINE_ROOM
    top: float = 0.0
    bottom: float = 0.0


def _layers(groups: list[EquivalenceClass]) -> list[list[_Item]]:
    """Return the items of each layer; a line has an item in each layer that it passes."""
    layers: list[list[_Item]] = [[] for _ in range(1 + max(group.layer for group in groups))]
    for number, group in enumerate(groups):
        item = _Item((number,), [], ["-"])
        layers[group.layer].append(item)
        for upper in group.under:
            above = (upper,)
            for between in range(groups[upper].layer + 1, group.layer):
                dummy = _Item((upper, number, between), [above], [])
                layers[between].append(dummy)
                above = dummy.key
            item.above.append(above)
    return layers


def _place(layers: list[list[_Item]], names: dict[int, list[str]], sheet: Sheet) -> None:
    """Position every item: below the mean of the items above it, as far as there is room."""
    x: dict[tuple[int, ...], float] = {}
    top = sheet.top
    for layer in layers:
        middle = {item.key: np.mean([x[key] for key in item.above] or [0.0]) for item in layer}
        layer.sort(key=lambda item, middle=middle: (middle[item.key], item.key))
        boxes = [item for item in layer if item.text]
        room = sheet.right - sheet.left - _LINE_ROOM * (len(layer) - len(boxes))
        wide = min(2.2, room / len(boxes) - _BOX_GAP)
        for item in boxes:
            text = stopped(names[item.key[0]], _BEHIND, ", ")
            item.wide, item.text = wide, wrapped(text, wide - 2 * _PAD, _TYPE)
        tall = max(lines_high(item.text, _TYPE) for item in boxes) + 2 * _PAD
        left = sheet.left + (room - len(boxes) * (wide + _BOX_GAP)) / 2
        for item in layer:
            step = item.wide + _BOX_GAP if item.text else _LINE_ROOM
            item.x, left = left + step / 2, left + step
            # All items of a layer have one height, so that every line runs in the gap between layers.
            item.top, item.bottom = top, top + tall
            x[item.key] = item.x
        top += tall + _LAYER_GAP


def _draw_box(sheet: Sheet, item: _Item, look: Look) -> None:
    tall = item.bottom - item.top
    middle = item.top + tall / 2
    sheet.stamp(box(item.wide, tall, rounded=0.04), [item.x], [middle], look)
    sheet.text(item.x, middle, item.text, Lettering(size=_TYPE, ha="center"))
