"""The tile-grid map: the share of weight known for each unit, by place."""

import numpy as np
import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.show import style
from analysis.show.caveats import caveats_on_scores
from analysis.show.charts.pages import fits, left_out
from analysis.show.lines import lines_high, width_of, wrapped
from analysis.show.sheet import Sheet
from analysis.show.style import NOTE, WIDTH, Chart, Lettering, Look, Named, box, styled
from analysis.show.symbols import PALETTE
from analysis.wording import agreeing, stopped

_KINDS = (
    ("no answer", style.PAPER, "#8a8a8a"),
    ("up to half of the weight known", "#c5dcef", "#6f8fab"),
    ("more than half known", "#356a9a", "#356a9a"),
    ("all known", PALETTE[0], PALETTE[0]),
)
_GAP = 0.025  # inches, between tiles


@styled
def tile_map_chart(results: Results, named: Named) -> Chart:
    """Draw a tile for every unit, near its neighbours, shaded by the share of weight known."""
    study, display = results.study, results.study.settings.display
    units = study["units"]
    table = units[["unit_id", "short_name", "tile_column", "tile_row"]].copy()
    table[["tile_column", "tile_row"]] = table[["tile_column", "tile_row"]].astype(int)
    table["known"] = results.total["known"].to_numpy()
    plural = study.settings.unit_noun.plural
    title = (
        f"A scored question has an answer for {named['units.some_weight_known'].text} of "
        f"{named['study.units'].text} {agreeing(len(table), *study.settings.unit_noun.both)}"
    )
    lines = [
        *caveats_on_scores(results),
        "Each tile is one of the "
        + plural
        + ", placed near its neighbours; its size says nothing.",
    ]
    words = [_words(known, display) for known in table["known"]]
    chart = _map(results, table, title, lines, words)
    if not fits(chart):
        # If tiles have no room for names, they show only the per cent.
        lines.append(
            "The number in a tile is the per cent of its weight that is known; data/charts/tile-map.csv names the tiles."
        )
        numbers = [shown(100 * share, display) if share > 0 else "" for share in table["known"]]
        chart = _map(results, table, title, lines, numbers, named=False)
    if fits(chart):
        return chart
    what = f"A map of {len(table):,} tiles"
    return left_out("tile-map", title, table, what, "data/charts/tile-map.csv")


def _map(
    results: Results,
    table: pd.DataFrame,
    title: str,
    lines: list[str],
    words: list[str],
    named: bool = True,
) -> Chart:
    """Draw the tiles with these words in them and, if ``named``, the names of the units."""
    study, display = results.study, results.study.settings.display
    plural = study.settings.unit_noun.plural
    columns, rows = table["tile_column"], table["tile_row"]
    across, down = columns.max() - columns.min() + 1, rows.max() - rows.min() + 1
    # A tile is at least as wide as the widest words, so a map with many columns is a wider chart.
    narrow = max(width_of(word, NOTE) for word in words) + _GAP + 0.04
    size = max(min(1.2, WIDTH / across), narrow)
    sheet = Sheet(title, lines, width=max(WIDTH, across * size))
    names = [
        wrapped(name, size - _GAP - 0.02, NOTE) if named else [] for name in table["short_name"]
    ]
    most = max(map(len, names))
    tall = lines_high(["-"] * (most + 1), NOTE) + 0.16
    begin = (sheet.left + sheet.right - across * size) / 2
    x = begin + (columns - columns.min() + 0.5).to_numpy() * size
    y = sheet.top + (rows - rows.min() + 0.5).to_numpy() * tall
    kinds = np.array([_kind(known) for known in table["known"]])
    middle, foot = y - 0.04 - lines_high(["-"], NOTE) / 2, y + tall / 2 - 0.11
    bottom = sheet.top + down * tall + 0.08
    signs, lows, end = sheet.flowed(bottom, [label for label, *_ in _KINDS], key=0.25)
    for kind, (_, fill, edge) in enumerate(_KINDS):
        look = Look(fill, edge, lw=0.9, ls="-" if kind else (0, (4, 3)))
        where = kinds == kind
        ink, foot_ink = (style.PAPER,) * 2 if kind > 1 else (style.INK, style.QUIET)
        if where.any():
            shape = box(size - _GAP, tall - _GAP, rounded=0.04)
            sheet.stamp(shape, x[where], y[where], look)
        sheet.stamp(box(0.17, 0.12, rounded=0.02), [signs[kind] + 0.085], [lows[kind]], look)
        for tile in np.flatnonzero(where):
            sheet.text(
                x[tile], middle[tile], names[tile], Lettering(size=NOTE, ha="center", color=ink)
            )
        worded = where & np.array([word != "" for word in words])
        texts = [words[tile] for tile in np.flatnonzero(worded)]
        sheet.texts(
            x[worded], foot[worded], texts, Lettering(size=NOTE, ha="center", color=foot_ink)
        )
    known = table[table["known"] > 0]
    details = [
        f"{isolated_name(row.short_name)} {shown(100 * row.known, display)}%"
        for row in each_row(known)
    ]
    alt = (
        f"Tile-grid map of {len(table)} {plural}, shaded by the share of weight known. {title}: "
        f"{stopped(details, 'data/charts/tile-map.csv')}."
    )
    return Chart("tile-map", title, alt, table, sheet.finished(end))


def _kind(known: float) -> int:
    """Return the index in the legend of a share known; a unit with nothing to score has index 0."""
    return 0 if not known > 0 else 3 if known == 1 else 1 if known <= 0.5 else 2


def _words(known: float, display) -> str:
    if np.isnan(known):
        return "nothing to score"
    return f"{shown(100 * known, display)}% known" if known > 0 else "no answer"
