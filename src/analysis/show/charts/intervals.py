"""The chart of the interval of every unit's total score."""

import numpy as np
import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.caveats import caveats_on_scores
from analysis.show.charts.pages import left_out, over_pages
from analysis.show.labels import interval_words
from analysis.show.lines import width_of
from analysis.show.sheet import Sheet
from analysis.show.style import LABEL, Chart, Lettering, Look, Named, fit_row_labels, styled
from analysis.show.symbols import PALETTE
from analysis.wording import agreeing, counted, stopped


@styled
def intervals_chart(results: Results, named: Named) -> Chart:
    """Draw the interval of every unit's total score, sorted by the share known, then by name."""
    study = results.study
    table = results.total.reset_index()[["unit_id", "low", "high", "known"]]
    table = table.merge(study["units"][["unit_id", "short_name"]], on="unit_id")
    table = table.sort_values(["known", "short_name"], ascending=[False, True], kind="stable")
    title = (
        f"For {named['units.no_weight_known'].text} of {named['study.units'].text} "
        f"{agreeing(len(table), *study.settings.unit_noun.both)} what we read leaves the "
        "whole range of scores open"
    )
    table = table.reset_index(drop=True)
    what = f"A bar for each of {len(table):,} {study.settings.unit_noun.plural}"
    return over_pages(
        table,
        lambda part, place: [_page(results, part, title + place)],
        table,
        lambda: left_out("intervals", title, table, what, "data/scores.csv"),
    )


def _page(results: Results, table: pd.DataFrame, title: str) -> Chart:
    study, display = results.study, results.study.settings.display
    lines = [
        *caveats_on_scores(results, list(table["unit_id"])),
        "Each bar runs from the worst to the best score that the evidence allows. Sorted by the share of weight known, then by name: it is not a ranking.",
    ]
    words = [interval_words(row.low, row.high, row.known, display) for row in each_row(table)]
    sheet = Sheet(title, lines)
    labels = fit_row_labels(table["short_name"], sheet.room - 0.2, usual=0.2)
    row = labels.high
    top = sheet.top + 0.2
    scale = Scale(sheet, labels.wide + 0.08, max(width_of(word, LABEL) for word in words) + 0.08)
    scale.draw(sheet.top, top + row * len(table))
    y = top + row * (np.arange(len(table)) + 0.5)
    for place, label in zip(y, labels.labels, strict=True):
        sheet.text(scale.left - 0.08, place, label, Lettering(size=labels.size, ha="right"))
    drawn = table["low"].notna().to_numpy()
    known, tall = table["known"].to_numpy()[drawn] > 0, 0.62 * row
    scale.bars(
        table[drawn],
        y[drawn] - tall / 2,
        tall,
        Look(
            fill=np.where(known, PALETTE[0], style.PAPER),
            edge=np.where(known, PALETTE[0], "#8a8a8a"),
            lw=0.8,
            ls=["-" if solid else (0, (4, 3)) for solid in known],
        ),
    )
    sheet.texts(scale.right + 0.08, y, words)
    known_rows = table[table["known"] > 0]
    details = [
        f"{isolated_name(row.short_name)} {interval_words(row.low, row.high, row.known, display)}"
        for row in each_row(known_rows)
    ]
    alt = (
        f"Horizontal bars: for each of {counted(len(table), *study.settings.unit_noun.both)} the worst "
        f"and best total score, 0 to 100, that the evidence allows. {title}. "
        f"With something known: {stopped(details, 'data/charts/intervals.csv')}."
    )
    figure = sheet.finished(top + row * len(table))
    return Chart("intervals", title, alt, table, figure)


class Scale:
    """The horizontal axis of scores, 0 to 100, between the labels on its left and right."""

    def __init__(self, sheet: Sheet, left: float, right: float):
        """Leave room for labels on the left and right, in inches."""
        self._sheet = sheet
        self.left, self.right = sheet.left + left, sheet.right - right

    def at(self, score):
        """Return the horizontal position of scores, in inches."""
        return self.left + score / 100 * (self.right - self.left)

    def draw(self, top: float, bottom: float) -> None:
        """Draw the numbers of the axis at the top, and grid lines down to the bottom."""
        for score in (0, 25, 50, 75, 100):
            self._sheet.text(self.at(score), top + 0.08, str(score), Lettering(ha="center"))
            self._sheet.lines(
                [[(self.at(score), top + 0.18), (self.at(score), bottom)]], color="#e3e3e3"
            )

    def bars(self, table, top, tall, look: Look) -> None:
        """Draw a bar from ``low`` to ``high`` for each row, visible even if both are equal."""
        low, high = self.at(table["low"].to_numpy()), self.at(table["high"].to_numpy())
        self._sheet.bars(low, top, np.maximum(high - low, 0.02), tall, look)
