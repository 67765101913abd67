"""The matrix chart: every cell, unit by criterion, with a colour and a symbol for its state."""

import math

import numpy as np
import pandas as pd

from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.caveats import caveats
from analysis.show.charts.pages import left_out, over_pages
from analysis.show.labels import level_word
from analysis.show.lines import lines_high, width_of, wrapped
from analysis.show.sheet import Sheet
from analysis.show.style import (
    HIGH,
    LABEL,
    NOTE,
    WIDTH,
    Chart,
    Lettering,
    Look,
    Named,
    box,
    fit_row_labels,
    styled,
    wedge,
)
from analysis.show.symbols import (
    MOST_LEVELS,
    UNKNOWN_FILL,
    UNKNOWN_MARK,
    LevelMark,
    level_marks,
    places_note,
)
from analysis.show.target_axes import is_on_axes
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import Level
from analysis.wording import agreeing, counted

_COLUMN_GAP, _ROW_GAP = 0.03, 0.02  # inches of white between cells
_GROUP_GAP = 0.3  # gap between scored and unscored criteria, as a share of a column
_MOST_CELLS = 40_000  # more than a dozen pages can hold


@styled
def matrix_chart(results: Results, named: Named) -> Chart:
    """Draw every cell, unit by criterion, with a colour and a symbol for its state."""
    study = results.study
    criteria = criteria_in_use(study)
    units = study["units"]
    cells = results.matrix.cells
    table = cells[cells["criterion_id"].isin(criteria["criterion_id"])].copy()
    table = table[["unit_id", "criterion_id", "state", "last_level", "observed_on"]]
    title = (
        f"What we read answers {named['cells.settled'].text} of {named['cells.scored'].text} scored "
        f"questions; for {named['units.nothing_known'].text} of {named['study.units'].text} "
        f"{agreeing(len(units), *study.settings.unit_noun.both)} it answers none"
    )

    def page(units: pd.DataFrame, place: str) -> list[Chart]:
        column_parts = _split_columns(study, criteria, table)
        return [
            _page(results, part, units, title + place + _part_label(number, len(column_parts)))
            for number, part in enumerate(column_parts)
        ]

    def too_large() -> Chart:
        what = f"A picture of {len(table):,} cells"
        return left_out("matrix", title, table, what, "data/matrix.csv")

    table = table.reset_index(drop=True)
    return over_pages(units, page, table, too_large) if len(table) <= _MOST_CELLS else too_large()


def _part_label(number: int, count: int) -> str:
    return f" (criteria: part {number + 1} of {count})" if count > 1 else ""


def _split_columns(study: Study, criteria: pd.DataFrame, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Split the criteria into parts that each fit the width of a page; on axes, do not split."""
    if is_on_axes():
        return [criteria]
    label_width = _label_width(study["units"])
    least_width = _least_column_width(study, table)
    room = WIDTH - 0.16 - label_width - 2 * _GROUP_GAP * least_width
    count = math.ceil(len(criteria) * least_width / room)
    step = math.ceil(len(criteria) / count)
    return [criteria[at : at + step] for at in range(0, len(criteria), step)]


def _label_width(units: pd.DataFrame) -> float:
    """Return the width of the unit names in inches: the wider of normal and small type."""
    return (
        max(fit_row_labels(units["short_name"], room, usual=0.2).wide for room in (HIGH, 0)) + 0.08
    )


def _least_column_width(study: Study, table: pd.DataFrame) -> float:
    """Return the least width of a column, in inches: that of a symbol or of a line of type."""
    scales = table["criterion_id"].map(study.lookup("criteria", "scale_id"))
    marks = level_marks(study)
    signs = {_cell_symbol(marks, *pair) for pair in zip(scales, table["state"], strict=True)}
    return max([0.125, *(width_of(sign, NOTE) for sign in signs)]) + 2 * _COLUMN_GAP


def _page(results: Results, criteria: pd.DataFrame, units: pd.DataFrame, title: str) -> Chart:
    """Draw the cells of some units and some criteria."""
    study = results.study
    table = results.matrix.cells
    table = table[
        table["criterion_id"].isin(criteria["criterion_id"])
        & table["unit_id"].isin(units["unit_id"])
    ]
    lines = caveats(results, list(criteria["criterion_id"]), list(units["unit_id"]))
    if any(mark.number for mark in level_marks(study).values()):
        lines.append(places_note(study))
    scale = study.lookup("criteria", "scale_id")
    states = list(zip(table["criterion_id"].map(scale), table["state"], strict=True))

    place = _column_places(criteria)
    columns = max(place.values(), default=0) + 1
    label_width = _label_width(units)
    sheet = Sheet(title, lines)
    left = sheet.left + label_width
    step = (sheet.right - left) / columns
    turned, heads = _heads(list(criteria["label"]), step)
    top = sheet.top + 0.24 + _heads_height(turned, heads)
    levels, unknowns = _legend(study, states)
    room = sheet.room - (top - sheet.top) - _LEGEND_LINE * (2 + len(unknowns))
    names = fit_row_labels(units["short_name"], room, usual=0.2)
    row = names.high

    across = {criterion: left + (at + 0.5) * step for criterion, at in place.items()}
    down = dict(zip(units["unit_id"], top + row * (np.arange(len(units)) + 0.5), strict=True))
    for label, y in zip(names.labels, down.values(), strict=True):
        sheet.text(left - 0.06, y, label, Lettering(size=names.size, ha="right"))
    _draw_headings(sheet, criteria, across, step)
    look = Lettering(NOTE, turned=True) if turned else Lettering(NOTE, ha="center", va="bottom")
    for label, x in zip(heads, across.values(), strict=True):
        sheet.text(x, top - 0.03, label, look)
    x, y = (
        table[key].map(at).to_numpy() for key, at in (("criterion_id", across), ("unit_id", down))
    )
    _draw_states(sheet, study, x, y, states, (step - _COLUMN_GAP, row - _ROW_GAP))

    bottom = top + row * len(units) + 0.1
    for entries in (levels, unknowns):
        if entries:
            texts = [words for *_, words in entries]
            left_ends, middles, bottom = sheet.flowed(bottom, texts, size=NOTE, key=0.38)
            entry_states = [(scale_id, state) for scale_id, state, _ in entries]
            _draw_states(
                sheet, study, np.array(left_ends) + 0.16, middles, entry_states, (0.32, 0.13)
            )
    alt = (
        f"Matrix of {counted(len(units), *study.settings.unit_noun.both)} by "
        f"{counted(len(criteria), 'criterion', 'criteria')}. "
        f"Each cell shows a level or the kind of unknown, by colour and by mark. {title}."
    )
    return Chart("matrix", title, alt, table, sheet.finished(bottom))


_LEGEND_LINE = 0.165  # inches, the height of a line of the legend


def _column_places(criteria: pd.DataFrame) -> dict[str, float]:
    scored = (criteria["scored"] == "yes").to_numpy()
    places = np.arange(len(criteria)) + _GROUP_GAP * ~scored * scored.any()
    return dict(zip(criteria["criterion_id"], places, strict=True))


def _heads(labels: list[str], step: float) -> tuple[bool, list[list[str]]]:
    """Return whether the column heads are turned on their side, and the lines of each head."""
    words = {word for label in labels for word in label.split()}
    if max((width_of(word, NOTE) for word in words), default=0) <= step - 0.02:
        heads = [wrapped(label, step - 0.02, NOTE) for label in labels]
        if max(map(len, heads)) <= 5:
            return False, heads
    # A turned head has as many lines as fit the width of its column, and whatever length they need.
    most = max(1, math.floor(step / lines_high(["-"], NOTE)))
    return True, [_wrapped_head(label, most) for label in labels]


def _wrapped_head(label: str, most: int) -> list[str]:
    # Start near the least room that can hold the label in ``most`` lines.
    steps = math.ceil((width_of(label, NOTE) / most - 1.2) / 0.2)
    room = 1.2 + 0.2 * max(0, steps - 1)
    # The room should also hold the longest word, unless that is very long.
    longest = max((width_of(part, NOTE) for part in label.split()), default=0)
    room = max(room, min(longest, 2.2))
    while len(lines := wrapped(label, room, NOTE)) > most:
        room += 0.2
    return lines


def _heads_height(turned: bool, heads: list[list[str]]) -> float:
    if turned:
        return max(width_of(line, NOTE) for lines in heads for line in lines)
    return max(lines_high(lines, NOTE) for lines in heads)


def _draw_headings(sheet: Sheet, criteria: pd.DataFrame, across: dict, step: float) -> None:
    scored = criteria["scored"] == "yes"
    for heading, part in (
        ("Scored", criteria[scored]),
        ("Context, not scored", criteria[~scored]),
    ):
        if len(part):
            places = [across[criterion] for criterion in part["criterion_id"]]
            left, right = (
                min(places) - (step - _COLUMN_GAP) / 2,
                max(places) + (step - _COLUMN_GAP) / 2,
            )
            y = sheet.top
            x = min(left, sheet.right - width_of(heading, LABEL, bold=True))
            sheet.text(x, y + 0.06, heading, Lettering(bold=True))
            sheet.lines([[(left, y + 0.15), (right, y + 0.15)]], color=style.INK)


def _draw_states(
    sheet: Sheet, study: Study, x, y, states: list[tuple[str, str]], size: tuple[float, float]
) -> None:
    """Draw cells at these positions: x and y of shape (n,), states as (scale, state) pairs."""
    marks, (wide, tall) = level_marks(study), size
    disc = min(0.8 * tall, 0.12)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    codes, kinds = pd.factorize(pd.Series(states, dtype=object))
    for number, (scale, state) in enumerate(kinds):
        where = codes == number
        place = x[where], y[where]
        mark = marks.get((scale, state))
        fill = mark.colour if mark else UNKNOWN_FILL[state]
        sheet.stamp(box(wide, tall), *place, Look(fill))
        if mark and mark.number:
            sheet.signs(*place, _cell_symbol(marks, scale, state), style.PAPER)
        elif mark:
            sheet.stamp(wedge(1, disc), *place, Look("none", edge=style.PAPER, lw=0.8))
            if mark.value > 0:
                sheet.stamp(wedge(mark.value, disc), *place, Look(style.PAPER))
        else:
            sheet.signs(*place, _cell_symbol(marks, scale, state))


def _cell_symbol(marks: dict[Level, LevelMark], scale: str, state: str) -> str:
    """Return the symbol written in a cell; empty if a disc is drawn instead."""
    mark = marks.get((scale, state))
    return UNKNOWN_MARK[state] if mark is None else mark.number


def _legend(study: Study, states: list[tuple[str, str]]) -> list[list[tuple[str, str, str]]]:
    """Return the two parts of the legend: the levels, and the unknowns that occur.

    Each entry is (scale, state, words).
    """
    marks = level_marks(study)
    scales = list(dict.fromkeys(scale for scale, _ in states))
    levels = []
    # Scales with the same levels and values share one entry for each level.
    shared_scales: dict[tuple, list[str]] = {}
    for scale in dict.fromkeys(scale for scale, _ in marks if scale in scales):
        entries = tuple((level, mark) for (other, level), mark in marks.items() if other == scale)
        shared_scales.setdefault(entries, []).append(scale)
    for entries, of in shared_scales.items():
        among = f" ({of[0] if len(of) == 1 else f'{of[0]} and {len(of) - 1} more'})"
        # A long scale shows only its best and its worst level.
        shown = entries if len(entries) <= MOST_LEVELS else (entries[0], entries[-1])
        for level, mark in shown:
            words = level_word(level)
            if shown is not entries:
                words += (
                    f", {'best' if mark is entries[0][1] else 'worst'} of {len(entries)} levels"
                )
            levels.append((of[0], level, words + among * (len(shared_scales) > 1)))
    present = {state for _, state in states}
    unknown = [
        ("", code, f"{level_word(code)}: {v.MEANING[code]}")
        for code in v.UNKNOWNS
        if code in present
    ]
    return [levels, unknown]
