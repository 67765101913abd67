"""The timeline chart of national events."""

import datetime as dt
import math

import numpy as np
import pandas as pd

from analysis.measure.results import Results
from analysis.show import style
from analysis.show.caveats import draft_line
from analysis.show.charts.pages import left_out, over_pages
from analysis.show.lines import width_of
from analysis.show.sheet import Sheet
from analysis.show.style import LABEL, NOTE, Chart, Lettering, Look, Named, box, styled
from analysis.show.symbols import PALETTE
from analysis.study.dates import first_days, last_days

_LANE = 0.19  # inches


@styled
def timeline_chart(results: Results, named: Named) -> Chart:
    """Draw the national timeline: each event at its date, with the number of its table row."""
    study = results.study
    table = study["events"].copy()
    dated = table[table["date"] != ""].copy()
    dated["first"], dated["last"] = first_days(dated["date"]), last_days(dated["date"])
    dated["middle"] = (dated["first"] + dated["last"]) / 2
    dated = dated.sort_values(["middle", "event_id"], kind="stable")
    table = table.reset_index(drop=True)
    what = f"A mark for each of {len(dated):,} events"
    return over_pages(
        dated,
        lambda part, place: [_page(results, named, part, place)],
        table,
        lambda: left_out("timeline", "The events", table, what, "the table of events"),
    )


def _page(results: Results, named: Named, dated: pd.DataFrame, place: str) -> Chart:
    study = results.study
    start = dt.date.fromordinal(int(dated["first"].min())).year
    end = min(dt.date.fromordinal(int(dated["last"].max())).year + 1, dt.MAXYEAR)
    title = (
        f"{named['study.events'].text} events, {start} to {end - 1}: the report came on "
        f"{named['dates.report'].text}{place}"
    )
    undated = named["study.events.undated"].text
    note = f"Numbers are those of the table of events. A line shows a date known only to the month or year. Not drawn: {undated} without a date."
    sheet = Sheet(title, [draft_line(study) + note])
    wide = max(width_of(name, NOTE) for name in dated["event_id"]) + 0.07
    # A mark may extend beyond the first and the last day by half its width.
    left, right = sheet.left + wide / 2, sheet.right - wide / 2
    days = [dt.date(year, 1, 1).toordinal() for year in range(start, end + 1)]
    per_day = (right - left) / (days[-1] - days[0])

    def at(day):
        return left + (day - days[0]) * per_day

    x = at(dated["middle"].to_numpy())
    lanes = np.array(_lanes(x, wide + 0.02))
    top = sheet.top + 0.26
    foot = top + (max(lanes) + 1) * _LANE + 0.05
    y = foot - 0.05 - (lanes + 0.5) * _LANE
    ticks = [[(at(day), foot - 0.05), (at(day), foot + 0.05)] for day in days]
    sheet.lines([[(left, foot), (right, foot)], *ticks], color=style.QUIET, lw=1)
    step = math.ceil((width_of("2000", LABEL) + 0.06) / (365 * per_day))
    for year, day in list(zip(range(start, end), days, strict=False))[::step]:
        sheet.text(at(day + 183), foot + 0.12, str(year), Lettering(ha="center"))
    day = study.settings.report.date
    # If there are several pages, the report is drawn on the page with its year.
    if not place or start <= day.year < end:
        report = at(day.toordinal())
        sheet.lines([[(report, top - 0.08), (report, foot)]], color=PALETTE[2], lw=1.5)
        words = f"The report, {named['dates.report'].text}"
        half = width_of(words, LABEL, bold=True) / 2
        middle = min(max(report, sheet.left + half), sheet.right - half)
        sheet.text(middle, top - 0.17, words, Lettering(ha="center", color=PALETTE[2], bold=True))
    long = (dated["last"] - dated["first"] > 1).to_numpy()
    spans = np.stack([at(dated["first"].to_numpy()), y, at(dated["last"].to_numpy()), y], axis=1)
    sheet.lines(spans[long].reshape(-1, 2, 2), color="#6f8aa5", lw=2)
    sheet.stamp(box(wide, 0.155, 0.03), x, y, Look(PALETTE[0], edge=style.PAPER, lw=0.8))
    sheet.texts(x, y, list(dated["event_id"]), Lettering(size=NOTE, ha="center", color=style.PAPER))
    alt = f"Timeline with one numbered mark for each event that has a date. {title}. The table of events gives each one's date, actor and source."
    return Chart("timeline", title, alt, dated, sheet.finished(foot + 0.2))


def _lanes(places: np.ndarray, apart: float) -> list[int]:
    """Return, for each position (sorted), the lowest lane whose last mark is far enough away."""
    ends: list[float] = []
    lanes = []
    for place in places:
        lane = next((number for number, end in enumerate(ends) if place - end >= apart), len(ends))
        ends[lane : lane + 1] = [place]
        lanes.append(lane)
    return lanes
