"""The chart of comparable published figures, each drawn over its own period."""

import datetime as dt
import math

import pandas as pd

from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.measure.side_by_side import comparable_figures
from analysis.show import style
from analysis.show.caveats import draft_line
from analysis.show.charts.pages import left_out, over_pages
from analysis.show.lines import lines_high, width_of, wrapped
from analysis.show.sheet import Sheet
from analysis.show.style import LABEL, NOTE, Chart, Lettering, Look, Named, styled
from analysis.show.symbols import PALETTE
from analysis.wording import stopped


@styled
def figures_chart(results: Results, named: Named) -> Chart:
    """Draw published figures that seem to count the same thing, each over its own period."""
    study = results.study
    table = comparable_figures(study)
    pairs = named["figures.irreconcilable"]
    title = "Published figures on the same subject cover different periods and areas"
    if pairs.value:
        title += f", and do not reconcile (pairs that clash: {pairs.text})"
    columns = [
        "comparison",
        "figure_id",
        "measure",
        "value",
        "unit",
        "period_start",
        "period_end",
        "scope",
        "source_id",
    ]

    def page(names: list[str], place: str) -> list[Chart]:
        return [_page(results, named, table[table["comparison"].isin(names)], title + place)]

    whole = table[columns].reset_index(drop=True)
    what = f"A line for each of {len(table):,} figures"
    return over_pages(
        list(dict.fromkeys(table["comparison"])),
        page,
        whole,
        lambda: left_out("figures", title, whole, what, "the table of figures"),
    )


def _page(results: Results, named: Named, table: pd.DataFrame, title: str) -> Chart:
    study = results.study
    note = "Each line runs over the period that a figure covers; the number is the figure as published. A clash: taking each period at its widest, the shorter lies within the longer and has the larger count."
    sheet = Sheet(title, [draft_line(study) + note])
    start = dt.date.fromordinal(int(table["first"].min())).year
    end = min(dt.date.fromordinal(int(table["last"].max())).year + 1, dt.MAXYEAR)
    days = [dt.date(year, 1, 1).toordinal() for year in range(start, end + 1)]
    # The right half of the chart holds the text for each line.
    half = (sheet.left + sheet.right) / 2
    room = sheet.right - half - 0.12
    per_day = (half - sheet.left) / (days[-1] - days[0])

    def at(day):
        return sheet.left + (day - days[0]) * per_day

    step = math.ceil((width_of("2000", LABEL) + 0.06) / (365 * per_day))
    for year, day in list(zip(range(start, end), days, strict=False))[::step]:
        sheet.text(at(day + 183), sheet.top + 0.08, str(year), Lettering(ha="center"))
    y = sheet.top + 0.22
    left, top, wide, years = [], [], [], []
    for comparison, group in table.groupby("comparison", sort=False):
        heading = wrapped(str(comparison), sheet.right - sheet.left, LABEL + 1, bold=True)
        high = lines_high(heading, LABEL + 1)
        sheet.text(sheet.left, y + 0.08 + high / 2, heading, Lettering(size=LABEL + 1, bold=True))
        y += high + 0.14
        begin = y
        for row in each_row(group):
            value = f"{row.figure_id}: {named[f'figures.{row.figure_id}'].text} {row.unit}"
            scope = wrapped(row.scope, room, NOTE)
            value = wrapped(value, room, LABEL, bold=True)
            high, low = lines_high(value, LABEL), lines_high(scope, NOTE)
            sheet.text(half + 0.12, y + high / 2, value, Lettering(bold=True))
            sheet.text(
                half + 0.12, y + high + low / 2, scope, Lettering(size=NOTE, color=style.QUIET)
            )
            left.append(at(row.first))
            top.append(y + high / 2 - 0.035)
            wide.append(at(row.last) - at(row.first))
            y += high + low + 0.1
        years += [[(at(day), begin - 0.02), (at(day), y - 0.06)] for day in days]
    sheet.bars(left, top, wide, 0.07, Look(PALETTE[0]))
    sheet.lines(years, color="#d0d0d0")
    details = [
        f"{row.figure_id}, {row.measure}: {named[f'figures.{row.figure_id}'].text} ({row.period_start} to {row.period_end}; {row.scope})"
        for row in each_row(table)
    ]
    alt = f"Lines over a calendar, one for each published figure. {title}. {stopped(details, 'data/charts/figures.csv')}."
    return Chart("figures", title, alt, table, sheet.finished(y))
