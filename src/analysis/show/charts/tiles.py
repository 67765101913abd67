"""The tile-grid map: how much is known, where."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.style import Chart, Named, new_figure, styled, wrapped
from analysis.show.words import listed


@styled
def tile_map(results: Results, named: Named) -> Chart:
    """Draw a tile for every unit, near its neighbours, shaded by the share of weight known."""
    study, display = results.study, results.study.settings.display
    units = study["units"]
    table = units[["unit_id", "short_name", "tile_column", "tile_row"]].copy()
    table[["tile_column", "tile_row"]] = table[["tile_column", "tile_row"]].astype(int)
    table["known"] = results.total["known"].to_numpy()
    plural = study.settings.unit_noun.plural
    title = (
        f"Something scored is known of {named['units.some_weight_known'].text} of "
        f"{named['study.units'].text} {plural}"
    )
    kinds = [
        ("nothing known", style.PAPER, "#8a8a8a"),
        ("up to half of the weight known", "#c5dcef", "#c5dcef"),
        ("more than half known", "#356a9a", "#356a9a"),
        ("all known", style.PALETTE[0], style.PALETTE[0]),
    ]
    columns, rows = table["tile_column"], table["tile_row"]
    size = min(1.2, 9.3 / (columns.max() - columns.min() + 1))
    tall = 0.62 * size
    high = (rows.max() - rows.min() + 1) * tall + 0.5
    lines = [
        *notes(
            results,
            list(study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"]),
            list(units["unit_id"]),
        ),
        "Each tile is one of the "
        + plural
        + ", placed near its neighbours; its size says nothing.",
    ]
    wide = (columns.max() - columns.min() + 1) * size
    figure, axes = new_figure(max(wide + 0.5, 8.5), high, title, lines)
    span = (max(wide + 0.5, 8.5) - 0.5) / size
    axes.set(
        xlim=(
            columns.min() - 0.5 - (span - wide / size) / 2,
            columns.max() + 0.5 + (span - wide / size) / 2,
        ),
        ylim=(rows.max() + 0.5 + 0.5 / tall, rows.min() - 0.5),
    )
    for one in table.itertuples():
        kind = (
            0 if not one.known > 0 else 3 if one.known > 1 - 1e-9 else 1 if one.known <= 0.5 else 2
        )
        _, fill, edge = kinds[kind]
        axes.add_artist(_tile(one.tile_column, one.tile_row, fill, edge, dashed=kind == 0))
        ink = style.PAPER if kind > 1 else style.INK
        words = wrapped(one.short_name, 0.9, 7)
        known = (
            "nothing to score"
            if np.isnan(one.known)
            else "nothing known"
            if kind == 0
            else f"{shown(100 * one.known, display)}% known"
        )
        text = "\n".join(words)
        axes.text(
            one.tile_column,
            one.tile_row - 0.1,
            text,
            size=7,
            ha="center",
            va="center",
            color=ink,
            weight="bold",
        )
        axes.text(
            one.tile_column,
            one.tile_row + 0.31,
            known,
            size=6.5,
            ha="center",
            va="center",
            color=ink,
        )
    left = axes.get_xlim()[0] + 0.1
    for number, (label, fill, edge) in enumerate(kinds):
        x, y = left + number * span / 4, rows.max() + 0.5 + 0.3 / tall
        axes.add_artist(
            _tile(x + 0.09, y, fill, edge, dashed=number == 0, size=(0.18, 0.18 * size / tall))
        )
        axes.text(x + 0.25, y, label, size=7.5, va="center")
    known = table[table["known"] > 0]
    told = [f"{one.short_name} {shown(100 * one.known, display)}%" for one in known.itertuples()]
    alt = (
        f"Tile-grid map of {len(table)} {plural}, shaded by the share of weight known. {title}: "
        f"{listed(told)}."
    )
    return Chart("tile-map", title, alt, table, figure)


def _tile(x: float, y: float, fill: str, edge: str, dashed: bool, size=(0.95, 0.92)):
    wide, tall = size
    return FancyBboxPatch(
        (x - wide / 2, y - tall / 2),
        wide,
        tall,
        boxstyle="round,pad=0,rounding_size=0.04",
        facecolor=fill,
        edgecolor=edge,
        lw=0.9,
        ls=(0, (4, 3)) if dashed else "-",
    )
