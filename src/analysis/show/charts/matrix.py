"""Every cell, unit by criterion, each state with a colour and a mark of its own."""

import math

import numpy as np
import pandas as pd

from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.show import style
from analysis.show.caveats import caveats
from analysis.show.charts.pages import left_out, over_pages
from analysis.show.given import is_on_axes
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
    rows,
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
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import Level
from analysis.wording import agreeing, counted

_BESIDE, _BELOW = 0.03, 0.02  # inches of white between cells
_BETWEEN = 0.3  # of a column, between what is scored and what is not
_MOST_CELLS = 40_000  # more than a dozen pages could ever hold


@styled
def matrix_chart(results: Results, named: Named) -> Chart:
    """Draw every cell, unit by criterion, each state with a colour and a mark of its own."""
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
        blocks = _side_by_side(study, criteria, table)
        return [
            _page(results, block, units, title + place + _part_label(number, len(blocks)))
            for number, block in enumerate(blocks)
        ]

    def too_large() -> Chart:
        what = f"A picture of {len(table):,} cells"
        return left_out("matrix", title, table, what, "data/matrix.csv")

    table = table.reset_index(drop=True)
    return over_pages(units, page, table, too_large) if len(table) <= _MOST_CELLS else too_large()


def _part_label(number: int, count: int) -> str:
    return f" (criteria: part {number + 1} of {count})" if count > 1 else ""


def _side_by_side(study: Study, criteria: pd.DataFrame, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the criteria in blocks, each of no more columns than a page, if any, is wide."""
    if is_on_axes():
        return [criteria]
    beside = _beside(study["units"])
    narrow = _narrow(study, table)
    room = WIDTH - 0.16 - beside - 2 * _BETWEEN * narrow
    count = math.ceil(len(criteria) * narrow / room)
    step = math.ceil(len(criteria) / count)
    return [criteria[at : at + step] for at in range(0, len(criteria), step)]


def _beside(units: pd.DataFrame) -> float:
    """Return the width of the names of units; wrapped, those in smaller type may be the wider."""
    return max(rows(units["short_name"], room, usual=0.2).wide for room in (HIGH, 0)) + 0.08


def _narrow(study: Study, table: pd.DataFrame) -> float:
    """Return how narrow a column may be: no narrower than a sign, or a line of type."""
    scales = table["criterion_id"].map(study.lookup("criteria", "scale_id"))
    marks = level_marks(study)
    signs = {_written(marks, *pair) for pair in zip(scales, table["state"], strict=True)}
    return max([0.125, *(width_of(sign, NOTE) for sign in signs)]) + 2 * _BESIDE


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
    beside = _beside(units)
    sheet = Sheet(title, lines)
    left = sheet.left + beside
    step = (sheet.right - left) / columns
    turned, heads = _heads(list(criteria["label"]), step)
    top = sheet.top + 0.24 + _high(turned, heads)
    levels, unknowns = _legend(study, states)
    room = sheet.room - (top - sheet.top) - _LEGEND * (2 + len(unknowns))
    names = rows(units["short_name"], room, usual=0.2)
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
    _draw_states(sheet, study, x, y, states, (step - _BESIDE, row - _BELOW))

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


_LEGEND = 0.165  # inches, a line of it


def _column_places(criteria: pd.DataFrame) -> dict[str, float]:
    scored = (criteria["scored"] == "yes").to_numpy()
    places = np.arange(len(criteria)) + _BETWEEN * ~scored * scored.any()
    return dict(zip(criteria["criterion_id"], places, strict=True))


def _heads(labels: list[str], step: float) -> tuple[bool, list[list[str]]]:
    """Return whether the heads of columns so wide are turned, and each head in lines."""
    words = {word for label in labels for word in label.split()}
    if max((width_of(word, NOTE) for word in words), default=0) <= step - 0.02:
        heads = [wrapped(label, step - 0.02, NOTE) for label in labels]
        if max(map(len, heads)) <= 5:
            return False, heads
    # Turned, a head has as many lines as its column is wide, and is as long as that takes.
    most = max(1, math.floor(step / lines_high(["-"], NOTE)))
    return True, [_fitted(label, most) for label in labels]


def _fitted(label: str, most: int) -> list[str]:
    # No room is enough that is narrower than the label in so many lines of one width.
    steps = math.ceil((width_of(label, NOTE) / most - 1.2) / 0.2)
    room = 1.2 + 0.2 * max(0, steps - 1)
    # Nor one that breaks a word, unless the word is very long.
    longest = max((width_of(part, NOTE) for part in label.split()), default=0)
    room = max(room, min(longest, 2.2))
    while len(lines := wrapped(label, room, NOTE)) > most:
        room += 0.2
    return lines


def _high(turned: bool, heads: list[list[str]]) -> float:
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
            left, right = min(places) - (step - _BESIDE) / 2, max(places) + (step - _BESIDE) / 2
            y = sheet.top
            x = min(left, sheet.right - width_of(heading, LABEL, bold=True))
            sheet.text(x, y + 0.06, heading, Lettering(bold=True))
            sheet.lines([[(left, y + 0.15), (right, y + 0.15)]], color=style.INK)


def _draw_states(
    sheet: Sheet, study: Study, x, y, states: list[tuple[str, str]], size: tuple[float, float]
) -> None:
    """Draw cells of a size at the given places: x and y of shape (n,), states as (scale, state)."""
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
            sheet.signs(*place, _written(marks, scale, state), style.PAPER)
        elif mark:
            sheet.stamp(wedge(1, disc), *place, Look("none", edge=style.PAPER, lw=0.8))
            if mark.value > 0:
                sheet.stamp(wedge(mark.value, disc), *place, Look(style.PAPER))
        else:
            sheet.signs(*place, _written(marks, scale, state))


def _written(marks: dict[Level, LevelMark], scale: str, state: str) -> str:
    """Return what is written in a cell: empty where a disc is drawn."""
    mark = marks.get((scale, state))
    return UNKNOWN_MARK[state] if mark is None else mark.number


def _legend(study: Study, states: list[tuple[str, str]]) -> list[list[tuple[str, str, str]]]:
    """Return the two parts of the legend: levels, and the unknowns that there are.

    Each entry is (scale, state, words).
    """
    marks = level_marks(study)
    scales = list(dict.fromkeys(scale for scale, _ in states))
    levels = []
    # Scales of the same levels, worth the same, have one entry for each level.
    alike: dict[tuple, list[str]] = {}
    for scale in dict.fromkeys(scale for scale, _ in marks if scale in scales):
        entries = tuple((level, mark) for (other, level), mark in marks.items() if other == scale)
        alike.setdefault(entries, []).append(scale)
    for entries, of in alike.items():
        among = f" ({of[0] if len(of) == 1 else f'{of[0]} and {len(of) - 1} more'})"
        # Of many levels the ends; the numbers between them run on.
        shown = entries if len(entries) <= MOST_LEVELS else (entries[0], entries[-1])
        for level, mark in shown:
            words = level_word(level)
            if shown is not entries:
                words += (
                    f", {'best' if mark is entries[0][1] else 'worst'} of {len(entries)} levels"
                )
            levels.append((of[0], level, words + among * (len(alike) > 1)))
    present = {state for _, state in states}
    unknown = [
        ("", code, f"{level_word(code)}: {v.MEANING[code]}")
        for code in v.UNKNOWNS
        if code in present
    ]
    return [levels, unknown]
