"""The forms of the working workbooks: one description of their sheets for writing and reading.

A form is a sheet with one table. Its first row has the machine names of the columns, its second
row their labels, so that a column that was moved, hidden or renamed can still be found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

LAYOUT = "1"
"""Version of these forms; a workbook with another layout is not read."""

TEXT, CODE, DATE, LINK = "text", "code", "date", "link"
"""How a cell is read: as text, as one line, as a date (year, month or day), or as an address."""

MOST_EVIDENCE = 8
"""The most columns for evidence; the last one takes several ids, joined by ``;``."""


@dataclass(frozen=True)
class Field:
    """A column of a form.

    Attributes:
        name: machine name, unique in its form; if possible, the name of the study's column.
        label: heading; ``{unit}`` stands for the study's noun.
        width: width of the column, in characters.
        kind: :data:`TEXT`, :data:`CODE`, :data:`DATE` or :data:`LINK`.
        choices: name of the drop-down list; a row may override it; empty for no list.
        only_choices: whether the program refuses other values; if not, it only warns.
        editable: whether people fill it; other columns are for reading, and are not read back.
        may_lack: whether workbooks written by older versions lack the column.
    """

    name: str
    label: str
    width: int
    kind: str = CODE
    choices: str = ""
    only_choices: bool = True
    editable: bool = True
    may_lack: bool = False


@dataclass(frozen=True)
class Form:
    """A sheet with one table: its name, tab, and columns in order."""

    name: str
    tab: str
    fields: tuple[Field, ...]

    def mark(self, field: Field) -> str:
        """Return the text in the first row that identifies a column."""
        return f"{self.name}.{field.name}"

    def only_identifies(self, name: str) -> bool:
        """Return whether a column only identifies its row, and is no content by itself."""
        return name in (self.fields[0].name, "unit_id", "criterion_id", "scope")


_added_later = partial(Field, may_lack=True)
"""A column added in a later version: workbooks written by older versions lack it."""
ROW = Field("row", "Row mark (empty for a new row)", 34)
UNIT = Field("unit_id", "{unit}", 26, choices="units")
CRITERION = Field("criterion_id", "Criterion", 24, choices="criteria")
_PUBLISHED = Field("published", "Published (2021, 2021-12 or 2021-12-03)", 16, DATE)
_BOUNDS = (
    Field("not_before", "If undated: not before", 14, DATE),
    Field("not_after", "If undated: not after", 14, DATE),
)
_DATES = (
    Field("observed_on", "Date of what it says (2021, 2021-12 or 2021-12-03)", 16, DATE),
    *_BOUNDS,
    Field("read_on", "Read on (day)", 14, DATE),
)
_LEVEL = Field("level", "Level, or unknown code", 18, choices="levels")
_CONFIDENCE = Field("confidence", "Confidence", 13, choices="confidence")
_RATIONALE = Field("rationale", "Why, in our own words", 60, TEXT)
_FIXED = (
    Field("row", "Row mark", 34),
    Field("unit_id", "{unit} (keep as it is)", 22, TEXT),
    Field("criterion_id", "Criterion (keep as it is)", 22, TEXT),
)
_SCOPE_LABEL = "About one {unit}, or many? (empty: one)"
_EXTENT = Field("extent_read", "How much was read", 16, choices="extents")


def evidence_columns(cited: Iterable[str], least: int = 4) -> int:
    """Return the number of columns for the ids that the rows cite, joined by ``;``, plus one."""
    return max([least, *(ids.count(";") + 2 for ids in cited if ids)])


def evidence_fields(count: int) -> tuple[Field, ...]:
    """Return the columns for evidence, one id each; the last may hold more."""
    return tuple(
        Field(f"evidence_{n}", f"Evidence {n}", 13, choices="evidence", only_choices=False)
        for n in range(1, min(count, MOST_EVIDENCE) + 1)
    )


def coding_form(evidence: int) -> Form:
    """Return the form that a coder fills; a row is one unit, criterion and date."""
    fields = (
        ROW,
        UNIT,
        CRITERION,
        _LEVEL,
        *_DATES,
        _CONFIDENCE,
        *evidence_fields(evidence),
        _RATIONALE,
    )
    return Form("coding", "Coding", fields)


def adjudication_form(evidence: int, coders: list[str]) -> Form:
    """Return the form for adjudication, with a column for the codings of each coder."""
    coder_fields = tuple(
        Field(f"said_{number}", f"{coder} says", 44, TEXT, editable=False)
        for number, coder in enumerate(coders, start=1)
    )
    fields = (
        ROW,
        UNIT,
        CRITERION,
        *coder_fields,
        Field("compared", "Do they agree?", 20, editable=False),
        _LEVEL,
        *_DATES,
        _CONFIDENCE,
        *evidence_fields(evidence),
        _RATIONALE,
        Field("settled_by", "Settled by: agreement, who, or a reply’s id", 20),
        Field("settled_why", "Why, unless by agreement", 44, TEXT),
    )
    return Form("settling", "Settling", fields)


NEW_SOURCES = Form(
    "sources",
    "New sources",
    (
        Field("source_id", "Source id", 16),
        Field("publisher", "Publisher", 30),
        Field("title", "Title, as published", 50, TEXT),
        _PUBLISHED,
        Field("kind", "Kind", 20, choices="kinds", only_choices=False),
        Field("url", "Address", 50, LINK),
        _EXTENT,
        Field("read_on", "Read on (day)", 14, DATE),
    ),
)

NEW_EVIDENCE = Form(
    "evidence",
    "New evidence",
    (
        Field("evidence_id", "Evidence id", 16),
        Field("scope", _SCOPE_LABEL, 16, choices="scopes", only_choices=False),
        Field("unit_id", "{unit}", 26, choices="units"),
        Field("source_id", "Source id", 16, choices="sources", only_choices=False),
        _PUBLISHED,
        *_BOUNDS,
        Field("states", "What it says, in our own words", 60, TEXT),
        _EXTENT,
        Field("note", "Note (not published)", 30, TEXT),
    ),
)

NEW_SEARCHES = Form(
    "searches",
    "New searches",
    (
        UNIT,
        Field("searched_on", "Searched on (day)", 16, DATE),
        Field("where", "Where", 40),
        Field("queries", "Queries, one a line or joined by |", 60, TEXT),
        Field("note", "Note", 30, TEXT),
        _added_later(
            "criterion_ids", "Criteria that it bears on, one a line or joined by ;", 50, TEXT
        ),
    ),
)

PASSAGES = Form(
    "passages",
    "Passages",
    (
        *_FIXED,
        Field("document", "Whole document", 34, TEXT, editable=False),
        Field("page", "Page", 8, editable=False),
        Field("passage", "Passage (one of the best by its words; no reading of the whole)", 80, TEXT, editable=False),
        Field("link", "Open the document", 34, LINK, editable=False),
        Field("evidence_id", "Pick it: id of a row of New evidence", 18, choices="new evidence", only_choices=False),
        Field("quote", "The exact words that you quote, at most 60", 60, TEXT),
    ),
)  # fmt: skip
"""Passages to pick from; a picked passage gives its evidence the source, page and quotation."""

NOTHING_FOUND = Form(
    "nothing",
    "Read, nothing found",
    (
        *_FIXED,
        Field("documents", "Documents held (keep as it is)", 30, TEXT),
        Field("queries", "Search terms (keep as they are)", 40, TEXT),
        Field("hits", "Passages listed, by document and page (keep as they are)", 40, TEXT),
        Field("choice", "What you read, if it holds nothing on this", 30, choices="nothing found"),
        Field("searched_on", "Read on (day)", 14, DATE),
    ),
)
"""For each unit and criterion: what was read of the documents held without finding anything."""

POSITIONS = ("yes", "in part", "no", "we hold nothing")
"""The positions that a unit may choose in its reply: evidence to be coded, not levels."""

REPLY = Form(
    "answers",
    "Your reply",
    (
        ROW,
        Field("asked", "Question", 44, TEXT, editable=False),
        Field("found", "What we say", 28, TEXT, editable=False),
        _added_later(
            "position",
            f"Your answer: {', '.join(POSITIONS[:-1])}, or {POSITIONS[-1]}",
            16,
            choices="positions",
            only_choices=False,
        ),
        _added_later("since", "Since when", 14, TEXT),
        Field("document", "Document that shows it: title, date, address", 40, TEXT),
        Field("answer", "Anything else", 40, TEXT),
    ),
)


def ledger_form(evidence: int) -> Form:
    """Return the form of the ledger of replies; a row is one reply on one criterion."""
    fields = (
        Field("reply_id", "Reply id", 18),
        Field("received_on", "Received on (day)", 16, DATE),
        Field("criterion_id", "Criterion (empty: the whole)", 24, choices="criteria"),
        Field("says", "What it says, in our own words", 60, TEXT),
        *evidence_fields(evidence),
        Field("decision", "Decision", 14, choices="decisions"),
        Field("reason", "Why", 44, TEXT),
        Field("assessment", "What followed, in our own words", 44, TEXT),
    )
    return Form("replies", "Ledger of replies", fields)


def tracking_form(evidence: int) -> Form:
    """Return the form of the tracker of requests; a row is one question to one body."""
    fields = (
        Field("request_id", "Request id", 18),
        UNIT,
        Field("criterion_id", "Criterion (empty: all)", 24, choices="criteria"),
        _added_later("asked_of", "Asked of (empty: the {unit} itself)", 36),
        Field("sent_on", "Sent on (day)", 14, DATE),
        Field("due_on", "Answer due on (empty: worked out)", 16, DATE),
        Field("answered_on", "Answered on (day)", 16, DATE),
        Field("outcome", "What came of it", 26, choices="outcomes"),
        Field("waits_for", "What it waits for", 26, editable=False),
        _added_later("exemption", "If refused: the exemption named", 22),
        _added_later("review_asked_on", "Review asked for on (day)", 16, DATE),
        _added_later("reviewed_on", "If refused: reviewed on (day)", 16, DATE),
        _added_later("review_outcome", "What the review came to", 26, choices="review outcomes"),
        _added_later("complained_on", "Complaint to the regulator on (day)", 16, DATE),
        _added_later("complaint_decided_on", "Complaint decided on (day)", 16, DATE),
        _added_later(
            "complaint_outcome", "What the complaint came to", 26, choices="complaint outcomes"
        ),
        *evidence_fields(evidence),
        Field("note", "Note", 44, TEXT),
    )
    return Form("requests", "Requests", fields)


FORMS = (
    coding_form(1),
    adjudication_form(1, ["A coder"]),
    NEW_SOURCES,
    NEW_EVIDENCE,
    NEW_SEARCHES,
    PASSAGES,
    NOTHING_FOUND,
    REPLY,
    ledger_form(1),
    tracking_form(1),
)
"""Every form that intake can read; numbered columns, such as evidence_2, are found by stem."""
