"""The national timeline."""

import datetime as dt

import numpy as np

from analysis.measure.results import Results
from analysis.show import style
from analysis.show.notes import draft_line
from analysis.show.style import Chart, Named, new_figure, styled
from analysis.study.dates import first_days, last_days


@styled
def timeline_chart(results: Results, named: Named) -> Chart:
    """Draw the national timeline: each event at its date, with the number of its table row."""
    study = results.study
    table = study["events"].copy()
    dated = table[table["date"] != ""].copy()
    dated["first"], dated["last"] = first_days(dated["date"]), last_days(dated["date"])
    dated["middle"] = (dated["first"] + dated["last"]) / 2
    dated = dated.sort_values(["middle", "event_id"], kind="stable")
    start = dt.date.fromordinal(int(dated["first"].min())).year
    end = min(dt.date.fromordinal(int(dated["last"].max())).year + 1, dt.MAXYEAR)
    width = 10.5
    per_day = (width - 0.5) / (dt.date(end, 1, 1).toordinal() - dt.date(start, 1, 1).toordinal())
    lanes = _lanes(dated["middle"].to_numpy() * per_day, 0.36)
    title = (
        f"{named['study.events'].text} events, {start} to {end - 1}: the report came on "
        f"{named['dates.report'].text}"
    )
    high = (max(lanes) + 1) * 0.27 + 0.75
    undated = named["study.events.undated"].text
    note = f"Numbers are those of the table of events. A line shows a date known only to the month or year. Not drawn: {undated} without a date."
    figure, axes = new_figure(width, high, title, [draft_line(study) + note])
    axes.set(
        xlim=(dt.date(start, 1, 1).toordinal(), dt.date(end, 1, 1).toordinal()),
        ylim=(-0.35 / 0.27, (max(lanes) + 1) + 0.4 / 0.27),
    )
    years = [dt.date(year, 1, 1).toordinal() for year in range(start, end + 1)]
    axes.hlines(-0.45, years[0], years[-1], color=style.QUIET, lw=1)
    for year, day in zip(range(start, end), years, strict=False):
        axes.text(day + 183, -0.55, str(year), size=8, ha="center", va="top")
        axes.vlines(day, -0.6, -0.3, color=style.QUIET, lw=1)
    report = study.settings.report.date.toordinal()
    top = axes.get_ylim()[1]
    axes.vlines(report, -0.45, top - 0.8, color=style.PALETTE[2], lw=1.5, zorder=0)
    axes.text(
        report,
        top - 0.75,
        f"The report, {named['dates.report'].text}",
        size=8,
        color=style.PALETTE[2],
        weight="bold",
        ha="center",
        va="bottom",
    )
    for lane, one in zip(lanes, dated.itertuples(), strict=True):
        if one.last - one.first > 1:
            axes.hlines(lane + 0.1, one.first, one.last, color=style.PALETTE[0], lw=2, alpha=0.45)
        axes.text(
            one.middle,
            lane + 0.1,
            one.event_id,
            size=6.5,
            ha="center",
            va="center",
            color=style.PAPER,
            bbox={
                "boxstyle": "round,pad=0.28",
                "facecolor": style.PALETTE[0],
                "edgecolor": style.PAPER,
                "linewidth": 0.8,
            },
        )
    alt = f"Timeline with one numbered mark for each event that has a date. {title}. The table of events gives each one's date, actor and source."
    return Chart("timeline", title, alt, table.reset_index(drop=True), figure)


def _lanes(places: np.ndarray, apart: float) -> list[int]:
    """Return the lowest lane for each place (sorted) in which its neighbour is far enough."""
    ends: list[float] = []
    lanes = []
    for place in places:
        lane = next((number for number, end in enumerate(ends) if place - end >= apart), len(ends))
        ends[lane : lane + 1] = [place]
        lanes.append(lane)
    return lanes
