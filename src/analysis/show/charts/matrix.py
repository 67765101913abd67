"""Every cell, unit by criterion, each state with a colour and a mark of its own."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.style import Chart, Named, glyph, label_rows, new_figure, styled, wedge, wrapped
from analysis.show.words import word
from analysis.study import Study
from analysis.study import vocabulary as v


@styled
def matrix_chart(results: Results, named: Named) -> Chart:
    """Draw every cell, unit by criterion, each state with a colour and a mark of its own."""
    study = results.study
    criteria = asked_criteria(study)
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
    legend_lines = max(map(len, legend))
    height = rows_high + 0.85 + 0.28 + legend_lines * 0.25
    figure, axes = new_figure(10, height, title, notes(results, all_ids, unit_ids), left=1.95)
    bottom = len(units) + (0.28 + legend_lines * 0.25) / row
    axes.set(xlim=(-0.5, max(place.values(), default=0) + 0.5), ylim=(bottom, -0.85 / row))
    label_rows(axes, units["short_name"])
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
    axes: Axes, study: Study, x, y, states: list[tuple[str, str]], size: float, width: float = 0.92
) -> None:
    """Draw cells at the given places: x and y of shape (n,), states as (scale, state)."""
    marks = style.level_marks(study)
    codes, kinds = pd.factorize(pd.Series(states, dtype=object))
    for number, (scale, state) in enumerate(kinds):
        where = codes == number
        mark = marks.get((scale, state))
        fill = mark.colour if mark else style.UNKNOWN_FILL[state]
        boxes = [
            Rectangle((left - width / 2, top - 0.42), width, 0.84)
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


def _legend(study: Study, states: list[tuple[str, str]]) -> list[list[tuple[str, str, str]]]:
    """Return the two columns of the legend: levels, and the unknowns that there are.

    Each entry is (scale, state, words).
    """
    marks = style.level_marks(study)
    scales = list(dict.fromkeys(scale for scale, _ in states))
    levels = [(scale, level, word(level)) for scale, level in marks if scale in scales]
    if len(scales) > 1:
        levels = [(scale, level, f"{words} ({scale})") for scale, level, words in levels]
    held = {state for _, state in states}
    unknown = [("", one, f"{word(one)}: {v.MEANING[one]}") for one in v.UNKNOWNS if one in held]
    return [levels, unknown]


def _draw_legend(axes: Axes, study: Study, legend, top: float, step: float, size: float) -> None:
    left, right = axes.get_xlim()
    # Placed in inches, so that it looks the same beside one criterion and beside twenty.
    inch = (right - left) / (axes.get_position().width * axes.figure.get_figwidth())
    for number, column in enumerate(legend):
        x = left + (number * 3.2 - 0.6) * inch
        for line, (scale, state, words) in enumerate(column):
            y = top + (line + 0.5) * step
            place = np.array([x]), np.array([y])
            _draw_states(axes, study, *place, [(scale, state)], size, width=0.74 * inch)
            axes.text(x + 0.5 * inch, y, "\n".join(wrapped(words, 4.4, 7)), size=7, va="center")
    for collection in axes.collections:
        collection.set_clip_on(False)
