"""The charts. Each takes results, draws one tidy table, and says in words what it shows."""

import datetime as dt

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import FancyBboxPatch, Rectangle

from analysis.measure.figures import comparable_figures
from analysis.measure.gaps import notices
from analysis.measure.results import COVERAGE, SETTLED, Results
from analysis.measure.scores import shown
from analysis.measure.statements import Statement, spoken
from analysis.show import style
from analysis.show.style import Chart, glyph, new_figure, wedge, wrapped
from analysis.show.words import MEANING, listed, word
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.dates import first_days, last_days

Named = dict[str, Statement]


def all_charts(results: Results, named: Named) -> list[Chart]:
    """Return every chart that the study has data for, in the order of the report."""
    charts = [
        matrix_chart(results, named),
        intervals_chart(results, named),
        tile_map(results, named),
        coverage_chart(results, named),
    ]
    if (results.study["events"]["date"] != "").any():
        charts.append(timeline_chart(results, named))
    if len(comparable_figures(results.study)):
        charts.append(figures_chart(results, named))
    return charts


def notes(results: Results, criteria: list[str] = (), units: list[str] = ()) -> list[str]:
    """Return what must stand with a result: draft mark, dates and the notices that apply."""
    study = results.study
    dates = f"State as of {spoken(results.matrix.as_of)}, from what had been read by {spoken(results.matrix.known_by)}."
    general = study["notices"].loc[study["notices"]["scope"] == "study", "text"]
    return [draft_line(study) + dates, *general, *notices(study, criteria, units)]


def draft_line(study: Study) -> str:
    """Return the draft mark, or nothing once the study is checked."""
    return "DRAFT, not yet checked by named researchers. " if study.settings.is_draft else ""


def matrix_chart(results: Results, named: Named) -> Chart:
    """Draw every cell, unit by criterion, each state with a colour and a mark of its own."""
    study = results.study
    criteria = shown_criteria(study)
    units = study["units"]
    cells = results.matrix.cells
    table = cells[cells["criterion_id"].isin(criteria["criterion_id"])].copy()
    table = table[["unit_id", "criterion_id", "state", "last_level", "observed_on"]]
    place = _column_places(criteria)
    names = dict(zip(units["unit_id"], range(len(units)), strict=True))
    x = table["criterion_id"].map(place).to_numpy(dtype=float)
    y = table["unit_id"].map(names).to_numpy(dtype=float)

    title = (
        f"The public record settles {named['cells.settled'].text} of {named['cells.scored'].text} "
        f"scored cells; for {named['units.nothing_known'].text} of {named['study.units'].text} "
        f"{study.settings.unit_noun.plural} it settles none"
    )
    all_ids, unit_ids = list(criteria["criterion_id"]), list(units["unit_id"])
    scale = study.lookup("criteria", "scale_id")
    states = list(zip(table["criterion_id"].map(scale), table["state"], strict=True))
    legend = _legend(study, states)
    row = 0.235
    rows_high = len(units) * row
    legend_lines = -(-len(legend) // 2)
    height = rows_high + 0.85 + 0.28 + legend_lines * 0.25
    figure, axes = new_figure(10, height, title, notes(results, all_ids, unit_ids), left=1.95)
    bottom = len(units) + (0.28 + legend_lines * 0.25) / row
    axes.set(xlim=(-0.5, max(place.values(), default=0) + 0.5), ylim=(bottom, -0.85 / row))
    axes.set_xticks([])
    axes.set_yticks(range(len(units)), units["short_name"], size=8)
    axes.set_yticks(range(len(units)))
    for tick in axes.get_yticklabels():
        tick.set_color(style.INK)
    _draw_states(axes, study, x, y, states, row * 72)
    for criterion in criteria.itertuples():
        label = "\n".join(wrapped(criterion.label, 0.78, 7.5))
        axes.text(place[criterion.criterion_id], -0.75, label, size=7.5, ha="center", va="bottom")
    _column_headings(axes, criteria, place, row)
    _draw_legend(axes, study, legend, len(units) + 0.28 / row, 0.25 / row, row * 72)
    alt = (
        f"Matrix of {len(units)} {study.settings.unit_noun.plural} by {len(criteria)} criteria. "
        f"Each cell shows a level or the kind of unknown, by colour and by mark. {title}."
    )
    return Chart("matrix", title, alt, table.reset_index(drop=True), figure)


def intervals_chart(results: Results, named: Named) -> Chart:
    """Draw the interval of every unit's total score, sorted by the share known, then by name."""
    study, display = results.study, results.study.settings.display
    table = results.total.reset_index()[["unit_id", "low", "high", "known"]]
    table = table.merge(study["units"][["unit_id", "short_name"]], on="unit_id")
    table = table.sort_values(["known", "short_name"], ascending=[False, True], kind="stable")
    title = (
        f"For {named['units.nothing_known'].text} of {named['study.units'].text} "
        f"{study.settings.unit_noun.plural} the evidence allows every score"
    )
    row = 0.235
    all_ids = list(study["criteria"].query("scored == 'yes'")["criterion_id"])
    lines = [
        *notes(results, all_ids, list(table["unit_id"])),
        "Each bar runs from the worst to the best score that the evidence allows. Sorted by the share of weight known, then by name: it is no ranking.",
    ]
    figure, axes = new_figure(10, len(table) * row + 0.3, title, lines, left=1.95, right=1.9)
    axes.set(xlim=(0, 100), ylim=(len(table) - 0.5, -0.5 - 0.3 / row))
    axes.set_yticks(range(len(table)), table["short_name"], size=8)
    axes.xaxis.tick_top()
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.tick_params(axis="x", pad=-12, labelsize=8)
    axes.vlines([0, 25, 50, 75, 100], -0.5, len(table) - 0.5, color="#e3e3e3", lw=0.8, zorder=0)
    for place, one in enumerate(table.itertuples()):
        label = interval_words(one.low, one.high, one.known, display)
        if not np.isnan(one.low):
            known = one.known > 0
            axes.barh(
                place,
                max(one.high - one.low, 0.6),
                left=one.low,
                height=0.62,
                color=style.PALETTE[0] if known else style.PAPER,
                edgecolor=style.PALETTE[0] if known else "#8a8a8a",
                lw=0.8,
                ls="-" if known else (0, (4, 3)),
            )
        axes.text(102, place, label, size=8, va="center", color=style.INK)
    known = table[table["known"] > 0]
    told = [
        f"{one.short_name} {interval_words(one.low, one.high, one.known, display)}"
        for one in known.itertuples()
    ]
    alt = (
        f"Horizontal bars: for each of {len(table)} {study.settings.unit_noun.plural} the worst "
        f"and best total score, 0 to 100, that the evidence allows. {title}. "
        f"With something known: {'; '.join(told) or 'none'}."
    )
    return Chart("intervals", title, alt, table.reset_index(drop=True), figure)


def interval_words(low: float, high: float, known: float, display) -> str:
    """Return an interval with its known share, such as "40 to 85, 54% known"."""
    if np.isnan(low):
        return "nothing to score"
    if known <= 1e-9:
        return f"{shown(low, display)} to {shown(high, display)}, nothing known"
    return f"{shown(low, display)} to {shown(high, display)}, {shown(100 * known, display)}% known"


def tile_map(results: Results, named: Named) -> Chart:
    """Draw a tile for every unit, near its neighbours, shaded by the share of weight known."""
    study, display = results.study, results.study.settings.display
    units = study["units"]
    table = units[["unit_id", "short_name", "tile_column", "tile_row"]].copy()
    table[["tile_column", "tile_row"]] = table[["tile_column", "tile_row"]].astype(int)
    table["known"] = results.total["known"].to_numpy()
    plural = study.settings.unit_noun.plural
    title = (
        f"Something scored is known of {named['units.something_known'].text} of "
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
            list(study["criteria"].query("scored == 'yes'")["criterion_id"]),
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
    axes.set_xticks([])
    axes.set_yticks([])
    for one in table.itertuples():
        kind = (
            0 if not one.known > 0 else 3 if one.known > 1 - 1e-9 else 1 if one.known <= 0.5 else 2
        )
        _, fill, edge = kinds[kind]
        axes.add_patch(_tile(one.tile_column, one.tile_row, fill, edge, dashed=kind == 0))
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
        axes.add_patch(
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


def coverage_chart(results: Results, named: Named) -> Chart:
    """Draw, for each criterion, how many units are settled, seen, searched or not looked at."""
    study = results.study
    criteria = shown_criteria(study)
    table = results.coverage.loc[criteria["criterion_id"]]
    kinds = [kind for kind in COVERAGE if kind == SETTLED or table[kind].any()]
    colours = dict(
        zip(COVERAGE, (style.PALETTE[0], "#9dbdd8", "#ececec", "#ffffff", "#d0d0d0"), strict=True)
    )
    most = table.iloc[:, 0].idxmax()
    labels = study.lookup("criteria", "label")
    title = (
        f"No criterion is settled for more than {named[f'national.{most}.settled'].text} of "
        f"{named['study.units'].text} {study.settings.unit_noun.plural}"
    )
    row = 0.42
    figure, axes = new_figure(
        10, len(table) * row + 0.55, title, notes(results, list(table.index)), left=1.75
    )
    axes.set(
        xlim=(0, max(len(study["units"]), 1) * 1.003), ylim=(len(table) - 0.5, -0.5 - 0.55 / row)
    )
    axes.set_yticks(
        range(len(table)),
        [
            labels[one] + ("" if scored else " (context)")
            for one, scored in zip(table.index, criteria["scored"] == "yes", strict=True)
        ],
        size=8,
    )
    axes.set_xticks([])
    for place, counts in enumerate(table[kinds].itertuples(index=False)):
        start = 0
        for kind, count in zip(kinds, counts, strict=True):
            if count:
                axes.barh(
                    place,
                    count,
                    left=start,
                    height=0.66,
                    color=colours[kind],
                    edgecolor="#6f6f6f",
                    lw=0.6,
                )
                ink = style.PAPER if kind == SETTLED else style.INK
                axes.text(
                    start + count / 2,
                    place,
                    str(count),
                    ha="center",
                    va="center",
                    size=8,
                    color=ink,
                )
            start += count
    step = axes.get_xlim()[1] / len(kinds)
    for number, kind in enumerate(kinds):
        axes.add_patch(
            Rectangle(
                (number * step, -0.5 - 0.42 / row),
                0.016 * axes.get_xlim()[1],
                0.16 / row,
                facecolor=colours[kind],
                edgecolor="#6f6f6f",
                lw=0.6,
            )
        )
        axes.text(
            (number + 0.0) * step + 0.024 * axes.get_xlim()[1],
            -0.5 - 0.34 / row,
            word(kind),
            size=8,
            va="center",
        )
    told = [
        f"{labels[one]}: {listed([f'{count} {word(kind)}' for kind, count in counts.items() if count])}"
        for one, counts in table[kinds].iterrows()
    ]
    alt = f"Stacked bars: for each criterion, the {study.settings.unit_noun.plural} by how much is known. {title}. {'; '.join(told)}."
    return Chart("coverage", title, alt, table.reset_index(), figure)


def timeline_chart(results: Results, named: Named) -> Chart:
    """Draw the national timeline: each event at its date, with the number of its table row."""
    study = results.study
    table = study["events"].copy()
    dated = table[table["date"] != ""].copy()
    dated["first"], dated["last"] = first_days(dated["date"]), last_days(dated["date"])
    dated["middle"] = (dated["first"] + dated["last"]) / 2
    dated = dated.sort_values(["middle", "event_id"], kind="stable")
    start = dt.date.fromordinal(int(dated["first"].min())).year
    end = dt.date.fromordinal(int(dated["last"].max())).year + 1
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
    axes.set_xticks([])
    axes.set_yticks([])
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


def figures_chart(results: Results, named: Named) -> Chart:
    """Draw published figures that seem to count the same thing, each over its own period."""
    study = results.study
    table = comparable_figures(study)
    pairs = named["figures.irreconcilable"]
    title = "Published figures on the same subject cover different periods and areas"
    if pairs.value:
        title += f", and do not reconcile: {pairs.text} pairs clash"
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
    end = dt.date.fromordinal(int(table["last"].max())).year + 1
    days = dt.date(start, 1, 1).toordinal(), dt.date(end, 1, 1).toordinal()
    # The right half of the picture is for the words that belong to each line.
    axes.set(xlim=(days[0], days[0] + (days[1] - days[0]) * 2.15), ylim=(high, 0))
    axes.set_xticks([])
    axes.set_yticks([])
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


def shown_criteria(study: Study) -> pd.DataFrame:
    """Return the criteria that can be shown: scored ones first, then context.

    A criterion behind a recommendation whose text was not read asks nothing yet; showing 43
    blanks under its name would read like a finding.
    """
    criteria = study["criteria"]
    read = study.lookup("recommendations", "text_read")
    unread = criteria["recommendation_id"].map(read) == "not_read"
    order = (criteria["scored"] != "yes").astype(int)
    return (
        criteria[~unread]
        .assign(order=order)
        .sort_values("order", kind="stable")
        .drop(columns="order")
    )


def _column_places(criteria: pd.DataFrame) -> dict[str, float]:
    gap = 0.35 * (criteria["scored"] != "yes").to_numpy() * (criteria["scored"] == "yes").any()
    places = np.arange(len(criteria)) + gap
    return dict(zip(criteria["criterion_id"], places, strict=True))


def _column_headings(
    axes: Axes, criteria: pd.DataFrame, place: dict[str, float], row: float
) -> None:
    for heading, rows in (
        ("Scored", criteria[criteria["scored"] == "yes"]),
        ("Context, not scored", criteria[criteria["scored"] != "yes"]),
    ):
        if len(rows):
            places = [place[one] for one in rows["criterion_id"]]
            y = -0.72 / row
            axes.text(min(places) - 0.45, y, heading, size=8, weight="bold", va="bottom")
            axes.hlines(y + 0.1, min(places) - 0.45, max(places) + 0.45, color=style.INK, lw=0.8)


def _draw_states(
    axes: Axes, study: Study, x, y, states: list[tuple[str, str]], size: float
) -> None:
    """Draw cells at the given places: x and y of shape (n,), states as (scale, state)."""
    marks = style.level_marks(study)
    codes, kinds = pd.factorize(pd.Series(states, dtype=object))
    for number, (scale, state) in enumerate(kinds):
        where = codes == number
        mark = marks.get((scale, state))
        fill = mark.colour if mark else style.UNKNOWN_FILL[state]
        boxes = [
            Rectangle((left - 0.46, top - 0.42), 0.92, 0.84)
            for left, top in zip(x[where], y[where], strict=True)
        ]
        axes.add_collection(PatchCollection(boxes, facecolor=fill, edgecolor="none"))
        area = (size * 0.55) ** 2
        if mark:
            axes.scatter(
                x[where],
                y[where],
                s=area,
                marker=style.ring(),
                facecolor="none",
                edgecolor=style.PAPER,
                lw=0.9,
            )
            if mark.value > 0:
                axes.scatter(
                    x[where],
                    y[where],
                    s=area,
                    marker=wedge(mark.value),
                    facecolor=style.PAPER,
                    edgecolor="none",
                )
        else:
            axes.scatter(
                x[where],
                y[where],
                s=area,
                marker=glyph(style.UNKNOWN_MARK[state]),
                facecolor=style.INK,
                edgecolor=style.INK,
                lw=0.35,
                snap=False,
            )


def _legend(study: Study, states: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Return (scale, state, words) for every level of the scales shown and every unknown there."""
    marks = style.level_marks(study)
    scales = list(dict.fromkeys(scale for scale, _ in states))
    levels = [(scale, level, word(level)) for scale, level in marks if scale in scales]
    if len(scales) > 1:
        levels = [(scale, level, f"{words} ({scale})") for scale, level, words in levels]
    held = {state for _, state in states}
    unknown = [
        ("", state, f"{word(state)}: {MEANING[state]}") for state in v.UNKNOWNS if state in held
    ]
    return [*levels, *unknown]


def _draw_legend(axes: Axes, study: Study, legend, top: float, step: float, size: float) -> None:
    left, right = axes.get_xlim()
    per_column = -(-len(legend) // 2)
    # Levels have short names and unknowns long ones: the second column gets more room.
    for number, (scale, state, words) in enumerate(legend):
        column, line = divmod(number, per_column)
        x = left - 1.2 + 0.45 + column * (right - left) * 0.5
        y = top + (line + 0.5) * step
        _draw_states(axes, study, np.array([x]), np.array([y]), [(scale, state)], size)
        for collection in axes.collections:
            collection.set_clip_on(False)
        lines = "\n".join(wrapped(words, 4.2, 7))
        axes.text(x + 0.6, y, lines, size=7, va="center")


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


def _lanes(places: np.ndarray, apart: float) -> list[int]:
    """Return the lowest lane for each place (sorted) in which its neighbour is far enough."""
    ends: list[float] = []
    lanes = []
    for place in places:
        lane = next((number for number, end in enumerate(ends) if place - end >= apart), len(ends))
        ends[lane : lane + 1] = [place]
        lanes.append(lane)
    return lanes
