"""Find likely spreadsheet slips in a returned workbook: cells dragged down, columns sorted alone.

Neither can be told for certain from what was intended, so each is only noted for a person to check.
"""

import contextlib
import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.fieldwork.forms import DATE, FORMS, TEXT
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow

FILLED_DOWN = "These count up or down by one from row to row, as when a cell is dragged down: look whether they were meant"
SORTED_ALONE = "This column stands in order and its rows do not, as when it was sorted alone: look whether each row has its own"
_FEWEST_ROWS, _FEWEST_ROWS_ALONE = 4, 5
"""Fewest rows that count up or down before they are noted. The first applies to dates, evidence
ids, and two columns that count together; the second to any other single column."""
_CHANCE_LIMIT = 1 / 250
"""Probability of a chance order below which a sorted column is noted."""
_FIELDS = {field.name: field for form in FORMS for field in form.fields}
_ID_COLUMNS = {form.fields[0].name for form in FORMS} | {
    "unit_id",
    "criterion_id",
    "scope",
    "source_id",
}
_ACTION_DAYS = ("read_on", "searched_on", "received_on", "sent_on", "due_on", "answered_on")
"""Days of actions. People work from the top down, so these columns are often in order."""


def note_filled_or_sorted(workbook: ReadWorkbook, lines: Sequence[SheetRow]) -> None:
    """Note columns that count up or down by one from row to row, and columns sorted alone.

    Args:
        workbook: the workbook.
        lines: its rows that add or change something.
    """
    for tab in dict.fromkeys(line.sheet for line in lines):
        rows = sorted((line for line in lines if line.sheet == tab), key=lambda line: line.number)
        counting = list(_counting_columns(workbook, rows))
        for name, run in counting:
            for line in run:
                workbook.note_all(FILLED_DOWN, line.place(name))
        for name in _sorted_alone(workbook, rows):
            if name not in dict(counting):
                workbook.note_all(SORTED_ALONE, rows[0].place(name))


def _counting_columns(
    workbook: ReadWorkbook, rows: list[SheetRow]
) -> Iterator[tuple[str, list[SheetRow]]]:
    """Yield each column and run of rows that counts by one, if that is unlikely to be intended."""
    runs = [
        (name, run)
        for name in _columns(rows)
        for step in (1, -1)
        for run in _runs(rows, name, step)
    ]
    new_evidence = {line["evidence_id"] for line in workbook.forms.get("evidence", [])}
    for name, run in runs:
        numbers = {line.number for line in run}
        other_column_counts = any(
            other != name and len(numbers & {line.number for line in other_run}) >= _FEWEST_ROWS
            for other, other_run in runs
        )
        if re.fullmatch(r"\d{4}-\d\d-\d\d", run[0][name]):
            yield name, run
        elif _on_document_sheet(rows) or {line[name] for line in run} & new_evidence:
            continue  # annual documents, or new evidence in the order in which it was found
        elif other_column_counts or (
            len(run) >= _fewest_rows(name) and _not_explained_by_order(name, run)
        ):
            yield name, run


def _fewest_rows(name: str) -> int:
    dated = name in _FIELDS and _FIELDS[name].kind == DATE
    return _FEWEST_ROWS if dated or name.startswith("evidence_") else _FEWEST_ROWS_ALONE


def _on_document_sheet(rows: list[SheetRow]) -> bool:
    """Return whether rows are from a sheet for new sources, evidence or searches."""
    return bool(rows[0].letters.keys() & {"publisher", "states", "queries"})


def _not_explained_by_order(name: str, run: list[SheetRow]) -> bool:
    """Return whether the order of the rows alone cannot explain a run.

    It can in two cases: evidence is often numbered by unit, so that ids count up over several
    units; and one cell may have dates that count up over several years.
    """
    cells = {(line["unit_id"], line["criterion_id"]) for line in run}
    if name.startswith("evidence_"):
        return len({unit for unit, _ in cells}) == 1
    return len(cells) > 1 or _FIELDS.get(name) is None or _FIELDS[name].kind != DATE


def _columns(rows: list[SheetRow]) -> list[str]:
    """Return the columns with codes or dates, without those that identify the row."""
    names = dict.fromkeys(name for line in rows for name in line.texts)
    kinds = {name: _FIELDS.get(name) or _FIELDS.get(re.sub(r"_\d+$", "_1", name)) for name in names}
    return [
        name
        for name, field in kinds.items()
        if field and field.kind != TEXT and name not in _ID_COLUMNS
    ]


def _runs(rows: list[SheetRow], name: str, step: int) -> Iterator[list[SheetRow]]:
    """Yield the runs of adjacent rows in which a column counts by ``step`` (1 or -1)."""
    run = rows[:1]
    for above, line in pairwise(rows):
        if line.number == above.number + 1 and line[name] in _filled_down(above[name], step):
            run.append(line)
            continue
        if len(run) >= _FEWEST_ROWS:
            yield run
        run = [line]
    if len(run) >= _FEWEST_ROWS:
        yield run


def _filled_down(text: str, step: int) -> set[str]:
    """Return the texts that a spreadsheet may fill in below a text when it is dragged down."""
    following = set()
    if match := re.fullmatch(r"(\d{4})-(\d\d)", text):
        months = 12 * int(match[1]) + int(match[2]) - 1 + step
        following.add(f"{months // 12:04}-{months % 12 + 1:02}")
    elif match := re.fullmatch(r"(.*?)(\d+)", text, re.DOTALL):
        number = int(match[2]) + step
        following = {f"{match[1]}{number}", f"{match[1]}{number:0{len(match[2])}}"}
    with contextlib.suppress(ValueError, OverflowError):  # it is not a day
        following.add((dt.date.fromisoformat(text) + dt.timedelta(days=step)).isoformat())
    return following


def _sorted_alone(workbook: ReadWorkbook, rows: list[SheetRow]) -> Iterator[str]:
    """Yield the columns whose texts are sorted although the rows are still in the order sent."""
    if _on_document_sheet(rows):
        return  # people often enter these in order of date or name
    places = {name: place for place, name in enumerate(workbook.sent)}
    key = next(iter(rows[0].letters), "")
    sent = [(places[line[key]], line) for line in rows if line[key] in places]
    if len(sent) < 2 or any(above[0] > below[0] for above, below in pairwise(sent)):
        return
    for name in rows[0].letters:
        if name in (*_ID_COLUMNS, *_ACTION_DAYS) or name.startswith("evidence_"):
            continue
        texts = [line[name] for _, line in sent if line[name]]
        if name in _FIELDS and _FIELDS[name].kind == TEXT:
            texts = [re.sub(r"\d+", "", text) for text in texts]  # without page numbers
        if (
            texts in (sorted(texts), sorted(texts, reverse=True))
            and _sorted_probability(texts) < _CHANCE_LIMIT
        ):
            yield name


def _sorted_probability(texts: list[str]) -> float:
    """Return the probability that texts in random order are sorted, ascending or descending."""
    equal = sum(math.lgamma(count + 1) for count in Counter(texts).values())
    return 2 * math.exp(equal - math.lgamma(len(texts) + 1))
