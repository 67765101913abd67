"""The partial order of the units: who is surely above whom, and who cannot be told apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from analysis.measure.order import Alike
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.style import Chart, Named, new_figure, styled, wrapped

MOST_GROUPS, MOST_BESIDE = 45, 7
"""More groups, or more of them side by side, make a diagram that nobody can read."""

_WIDTH, _TYPE, _LINE = 9.5, 7.5, 0.145  # inches, points, inches
_GAP, _WAY = 0.5, 0.3  # between layers; room for a line that passes a layer


def can_be_drawn(results: Results) -> bool:
    """Return whether there is a sure statement to draw, and room to draw them all."""
    groups = [one for one in results.order if not one.apart]
    layers = [one.layer for one in groups]
    return 0 < len(groups) <= MOST_GROUPS and max(map(layers.count, layers)) <= MOST_BESIDE


@styled
def order_chart(results: Results, named: Named) -> Chart:
    """Draw the groups of units that cannot be told apart, joined where one is surely above."""
    study = results.study
    names, many = study.lookup("units", "short_name"), study.settings.unit_noun.plural
    groups = [one for one in results.order if not one.apart]
    apart = [names[unit] for one in results.order if one.apart for unit in one.units]
    title = (
        f"In {named['pairs.count'].text} of {named['pairs.possible'].text} pairs of {many} one "
        "is surely above the other"
    )
    layers = _layers(groups)
    _place(layers, {one: [names[unit] for unit in group.units] for one, group in enumerate(groups)})
    below = [
        f"{len(apart)} {many} cannot be ranked against any: ",
        *wrapped(", ".join(apart), 9, _TYPE),
    ]
    low = max(one.bottom for layer in layers for one in layer) + 0.35
    high = low + (len(below) * _LINE + 0.25 if apart else 0)
    scored = list(study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"])
    lines = [
        *notes(results, scored, list(study["units"]["unit_id"])),
        f"The {many} of one box cannot be told apart. A way down the lines leads from a box to what is surely below it; two boxes with no such way between them are not ranked, whatever their height in the picture.",
    ]
    figure, axes = new_figure(10, high, title, lines)
    axes.set(xlim=(0, _WIDTH), ylim=(high, 0))
    held = {one.key: one for layer in layers for one in layer}
    for one in held.values():
        for above in one.above:
            upper = held[above]
            axes.plot([upper.x, one.x], [upper.bottom, one.top], color=style.QUIET, lw=1, zorder=0)
        if one.text:
            _box(axes, one.x, one.top, one.wide, one.bottom - one.top, one.text)
        else:
            axes.plot([one.x, one.x], [one.top, one.bottom], color=style.QUIET, lw=1, zorder=0)
    if apart:
        _box(axes, _WIDTH / 2, low, _WIDTH - 0.05, high - low - 0.05, below, dashed=True)
    told = [
        f"{', '.join(names[unit] for unit in groups[above].units)} above "
        f"{', '.join(names[unit] for unit in group.units)}"
        for group in groups
        for above in group.under
    ]
    alt = (
        f"Layered diagram of {len(groups)} groups of {many}, lines from each to those surely "
        f"below it. {title}. Directly joined: {'; '.join(told)}. "
        f"{len(apart)} {many} cannot be ranked against any."
    )
    return Chart("order", title, alt, _table(results.order, names), figure)


def _table(groups: list[Alike], names: dict[str, str]) -> pd.DataFrame:
    rows = [
        (number, unit, names[unit], group.layer + 1, ";".join(str(one + 1) for one in group.under))
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
    """A box, or a line that passes a layer on its way down, with its place in inches."""

    key: tuple[int, ...]
    above: list[tuple[int, ...]]
    text: list[str]
    x: float = 0.0
    wide: float = _WAY
    top: float = 0.0
    bottom: float = 0.0


def _layers(groups: list[Alike]) -> list[list[_Item]]:
    """Return the items of each layer; a line over several layers has one in each between."""
    layers: list[list[_Item]] = [[] for _ in range(1 + max(one.layer for one in groups))]
    for number, group in enumerate(groups):
        item = _Item((number,), [], ["-"])
        layers[group.layer].append(item)
        for upper in group.under:
            above = (upper,)
            for between in range(groups[upper].layer + 1, group.layer):
                way = _Item((upper, number, between), [above], [])
                layers[between].append(way)
                above = way.key
            item.above.append(above)
    return layers


def _place(layers: list[list[_Item]], names: dict[int, list[str]]) -> None:
    """Give every item its place: below the middle of what is above it, as far as there is room."""
    x: dict[tuple[int, ...], float] = {}
    top = 0.1
    for layer in layers:
        middle = {one.key: np.mean([x[key] for key in one.above] or [0.0]) for one in layer}
        layer.sort(key=lambda one, middle=middle: (middle[one.key], one.key))
        boxes = [one for one in layer if one.text]
        room = _WIDTH - _WAY * (len(layer) - len(boxes))
        wide = min(2.6, room / len(boxes) - 0.15)
        for one in boxes:
            one.wide, one.text = wide, wrapped(", ".join(names[one.key[0]]), wide - 0.15, _TYPE)
        tall = max(len(one.text) for one in boxes) * _LINE + 0.16
        left = (_WIDTH - sum(one.wide + 0.15 for one in boxes) - _WIDTH + room) / 2
        for one in layer:
            step = one.wide + (0.15 if one.text else 0)
            one.x, left = left + step / 2, left + step
            # All of one height, so that every line runs in the gap between two layers.
            one.top, one.bottom = top, top + tall
            x[one.key] = one.x
        top += tall + _GAP


def _box(axes: Axes, x: float, top: float, wide: float, tall: float, text, dashed=False) -> None:
    axes.add_artist(
        FancyBboxPatch(
            (x - wide / 2, top),
            wide,
            tall,
            boxstyle="round,pad=0,rounding_size=0.04",
            facecolor=style.PAPER,
            edgecolor="#8a8a8a" if dashed else style.PALETTE[0],
            lw=1,
            ls=(0, (4, 3)) if dashed else "-",
        )
    )
    axes.text(x, top + tall / 2, "\n".join(text), size=_TYPE, ha="center", va="center")
