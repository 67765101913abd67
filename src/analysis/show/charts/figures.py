"""Published figures side by side, each over its own period."""

import datetime as dt

from analysis.measure.figures import comparable_figures
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.notes import draft_line
from analysis.show.style import Chart, Named, new_figure, styled, wrapped


@styled
def figures_chart(results: Results, named: Named) -> Chart:
    """Draw published figures that seem to count the same thing, each over its own period."""
    study = results.study
    table = comparable_figures(study)
    pairs = named["figures.irreconcilable"]
    title = "Published figures on the same subject cover different periods and areas"
    if pairs.value:
        title += f", and do not reconcile (pairs that clash: {pairs.text})"
    groups = list(table.groupby("comparison", sort=False))
    row, head = 0.52, 0.34
    high = len(table) * row + len(groups) * head + 0.4
    figure, axes = new_figure(
        10,
        high,
        title,
        [
            draft_line(study)
            + "Each line runs over the period that a figure covers; the number is the figure as published. A clash: taking each period at its widest, the shorter lies within the longer and has the larger count."
        ],
    )
    start = dt.date.fromordinal(int(table["first"].min())).year
    end = min(dt.date.fromordinal(int(table["last"].max())).year + 1, dt.MAXYEAR)
    days = dt.date(start, 1, 1).toordinal(), dt.date(end, 1, 1).toordinal()
    # The right half of the picture is for the words that belong to each line.
    axes.set(xlim=(days[0], days[0] + (days[1] - days[0]) * 2.15), ylim=(high, 0))
    for year in range(start, end + 1):
        day = dt.date(year, 1, 1).toordinal()
        axes.vlines(day, 0.3, high, color="#e3e3e3", lw=0.8, zorder=0)
        if year < end:
            axes.text(day + 183, 0.24, str(year), size=8, ha="center", va="bottom")
    y = 0.4
    for comparison, group in groups:
        axes.text(days[0], y + 0.16, comparison, size=9, weight="bold", va="center")
        y += head
        for one in group.itertuples():
            axes.plot(
                [one.first, one.last],
                [y + 0.2, y + 0.2],
                color=style.PALETTE[0],
                lw=5,
                solid_capstyle="butt",
            )
            value = named[f"figures.{one.figure_id}"].text
            words = f"{one.figure_id}: {value} {one.unit}"
            axes.text(days[1] + 20, y + 0.12, words, size=8.5, weight="bold", va="center")
            scope = wrapped(one.scope, 4.6, 7)[0]
            axes.text(days[1] + 20, y + 0.32, scope, size=7, va="center", color=style.QUIET)
            y += row
    told = [
        f"{one.figure_id}, {one.measure}: {named[f'figures.{one.figure_id}'].text} ({one.period_start} to {one.period_end}; {one.scope})"
        for one in table.itertuples()
    ]
    alt = f"Lines over a calendar, one for each published figure. {title}. {'; '.join(told)}."
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
    return Chart("figures", title, alt, table[columns].reset_index(drop=True), figure)
