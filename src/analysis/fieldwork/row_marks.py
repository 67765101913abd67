"""The marks of rows that are sent: which cell each is of, and what it said when it was written."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from analysis.fieldwork.changeset import Changeset, TableDraft
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow
from analysis.study.codebook import short_mark

CODED = (
    "observed_on",
    "not_before",
    "not_after",
    "read_on",
    "level",
    "evidence_ids",
    "confidence",
    "rationale",
)
"""What a row says of its cell; its mark is made of these."""

DATED: tuple[str, ...] = ("observed_on", "not_before", "not_after")

MARK = re.compile(r"([A-Za-z0-9&_-]+)/([A-Za-z0-9&_-]+)/([0-9a-f]{10}|new|aside)")

Row = dict[str, str]


def row_mark(unit: str, criterion: str, row: dict[str, str], names: Sequence[str] = CODED) -> str:
    """Return the mark of a row: its cell, and a sign of what it said when it was written out."""
    if not row:
        return f"{unit}/{criterion}/new"
    return f"{unit}/{criterion}/{text_mark(row, names)}"


def text_mark(row: dict[str, str], names: Sequence[str] = CODED) -> str:
    """Return a sign of what a row says, the same after its texts have been tidied."""
    return short_mark(*(normalised_text(row[name]) for name in names))


def places_by_mark(
    draft: TableDraft, places: Iterable[int], names: Sequence[str] = CODED
) -> dict[str, int]:
    """Return the places of some rows of a table by the sign of what each says."""
    return {text_mark(draft.rows[place], names): place for place in places}


def mark_of(changeset: Changeset, line: SheetRow) -> tuple[str, str, str] | tuple[()] | None:
    """Return the unit, criterion and sign of a line's mark.

    Empty: the row is new. ``None``: the mark cannot be read, and that is kept as a problem.
    """
    text = line["row"].replace(" ", "")
    if not text:
        return ()
    match = MARK.fullmatch(text)
    study = changeset.study
    if match:
        unit, criterion = match[1], match[2]
        if unit in set(study["units"]["unit_id"]) and criterion in study.lookup(
            "criteria", "label"
        ):
            return unit, criterion, match[3]
        rule = "the study has no such unit or criterion (any more)"
    else:
        rule = "the mark of the row was changed"
    remedy = "put it back as it was; empty it if the row is new"
    changeset.workbook.refuse(line.place("row"), line["row"], rule, remedy)
    return None


def note_missing(workbook: ReadWorkbook, came: Counter[tuple[str, str]]) -> None:
    """Note the rows that were sent and did not come back: to delete one says nothing of its cell.

    Args:
        workbook: the workbook.
        came: how many of its rows are on each unit and criterion.
    """
    marks = filter(None, map(MARK.fullmatch, workbook.sent))
    for unit, criterion in (Counter((mark[1], mark[2]) for mark in marks) - came).elements():
        note = "A row that was sent did not come back. Nothing follows from that"
        workbook.note(note, f"{unit}/{criterion}")


def besides(old: dict[str, str], new: dict[str, str], **more: str) -> str:
    """Return what else changes in a row: words for the columns that are not shown.

    Args:
        old: the row as it is held.
        new: the row as it comes.
        more: further columns, each with its word.
    """
    words = {"evidence_ids": "evidence", "rationale": "reason", "read_on": "day of reading"}
    words |= {"not_before": "earliest day", "not_after": "latest day"}
    names = [word for name, word in (words | more).items() if old[name] != new[name]]
    return f"; also: {', '.join(names)}" if names else ""
