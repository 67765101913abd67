"""The catalogue of spoiled workbooks: each is taken in with a note, or refused at a cell."""

import datetime as dt
import functools
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from helpers import cell as read_cell
from helpers import contents, copy_of_real_study, edit_cell, find_row, read_rows, run
from made import real
from office import Office, needs_office
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from spoiled import (
    CODING_PART,
    DAY,
    REASON,
    ROWS,
    UNITS,
    Case,
    Filed,
    Names,
    Zipped,
    added,
    again,
    changed,
    copied,
    document,
    exact,
    expected,
    fits,
    moved,
    put,
    refused,
    row,
    rows_named,
    rows_of,
    sheet,
    spoil,
    taken,
    uses_office,
)

from analysis.fieldwork import coding_workbook, intake, open_workbook
from analysis.fieldwork.adjudication import adjudication_workbook
from analysis.fieldwork.changeset import UNCHANGED
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.read_cells import FROM_1904
from analysis.fieldwork.reply_form import reply_form
from analysis.study import StudyError, load

HOW = "write 2021, 2021-12 or 2021-12-03"
AS_TEXT = f"format the cell as text, and {HOW}"
CHOOSE = "choose one of the list"
SPELLING = "A code was read in another spelling: "
STRAY = "Stray spaces or signs were taken out: "
REAL = "A date of the program was read as a day: "
WRITTEN = "A date was written another way: "
RENAMED = "A column was renamed, and read as "
MOVED = "Columns were moved, and read by their marks: Coding."
GONE = "A row that was sent did not come back. Nothing follows from that: "
STRUCK = "Text that is struck through was read as if it stood: "
BOLD = TextBlock(InlineFont(b=True), "Bold")
HIDDEN_ROWS = "Rows that are hidden, or that a filter hides, were read too: Coding."
MARKS_GONE = "The row of marks is gone, and the columns were read by their headings: Coding."
LEFT_ASIDE = "A column that is not ours was left out: "
COPY = ("Coding_2!A1", "Coding_2", "it is a copy of another sheet", "delete the one")

# What the cases add: a coding where there was none, whole in the workbook and in the table.
FILLED = {
    "level": "met",
    "observed_on": "2022-01-20",
    "read_on": "2026-11-23",
    "confidence": "high",
    "evidence_1": "E040",
    "rationale": "It says so.",
}
NEW = {
    "unit_id": "essex",
    "criterion_id": "guidance-exists",
    "coder": "coder-1",
    "observed_on": "2022-01-20",
    "read_on": "2026-11-23",
    "level": "met",
    "evidence_ids": "E040",
    "confidence": "high",
    "rationale": "It says so.",
}
NEW_SOURCE = {
    "source_id": "coder-1-s1",
    "publisher": "Essex Police",
    "title": "Procedure",
    "published": "2023-05",
    "kind": "force_policy",
    "url": "https://example.org/procedure",
    "extent_read": "whole",
    "read_on": "2026-11-23",
}
NEW_EVIDENCE = {
    "evidence_id": "coder-1-e1",
    "scope": "unit",
    "unit_id": "essex",
    "source_id": "coder-1-s1",
    "published": "2023-05",
    "states": "The procedure says what to do.",
    "extent_read": "whole",
}
NEW_SEARCH = {
    "unit_id": "essex",
    "searched_on": "2026-11-23",
    "where": "the site of the force",
    "queries": "one | two | three",
    "queries_count": "3",
}
DOCUMENTS = (document("New sources", **NEW_SOURCE), document("New evidence", **NEW_EVIDENCE))
IN_TABLES = (added("sources", **NEW_SOURCE), added("evidence", **NEW_EVIDENCE))
AT_END = {"unit_id": "Essex Police", "criterion_id": "Written guidance", **FILLED}


def date(name: str, value: object, notes: str, **formats: object) -> Case:
    """A date that is read as the one that stood there."""
    return taken(name, put("{sharing.observed_on}", value, **formats), notes=notes)


def delete(name: str) -> Callable:
    """Return a step that deletes a row."""
    return sheet(lambda table, names: table.delete_rows(names.number(name)))


def strike_last_word(table, names) -> None:
    """Strike through the last word of why the row ``sharing`` has its level."""
    cell = table[names.said("{rationale}{sharing}")]
    head, last = cell.value.rsplit(" ", 1)
    cell.value = CellRichText(f"{head} ", TextBlock(InlineFont(strike=True), last))


def no_date(name: str, value: object, rule: str, remedy: str = HOW, shown: str = "") -> Case:
    at = ("{sharing.observed_on}", shown or str(value), rule, remedy)
    return refused(name, put("{sharing.observed_on}", value), at=at)


DATES = [
    date("a day as a real date", dt.datetime(2021, 12, 3), REAL + "{sharing.observed_on}."),
    no_date(
        "a real date on the first of a month",
        dt.datetime(2021, 12, 1),
        "it may have been a month or a year",
        AS_TEXT,
        "2021-12-01",
    ),
    date(
        "a day as a serial number",
        44533,
        "A day count was read as a day: {sharing.observed_on}.",
        number_format="General",
    ),
    no_date("a serial number of the first of a month", 44531, "it may have been a month", AS_TEXT),
    no_date("a number that is no day", 7, "the number is not a date", AS_TEXT),
    no_date("a day count as text", "44533", "it can be read as two different days"),
    taken(
        "a year as a number",
        put("{rule.observed_on}", 2021),
        notes="A number was read as a year: {rule.observed_on}.",
        gives=changed("rule", observed_on="2021"),
    ),
    no_date(
        "a year in a cell with the format of a date",
        dt.datetime(1905, 7, 13),
        "it may have been the year 2021",
        AS_TEXT,
        "1905-07-13",
    ),
    date("3 December 2021", "3 December 2021", WRITTEN + "{sharing.observed_on}."),
    date("3rd Dec. 2021", "3rd Dec. 2021", WRITTEN + "{sharing.observed_on}."),
    date("December 3, 2021", "December 3, 2021", WRITTEN + "{sharing.observed_on}."),
    date("2021/12/3", "2021/12/3", WRITTEN + "{sharing.observed_on}."),
    taken(
        "Dec 2021",
        put("{rule.observed_on}", "Dec 2021"),
        notes=WRITTEN + "{rule.observed_on}.",
    ),
    taken(
        "13/12/2021",
        put("{sharing.observed_on}", "13/12/2021"),
        notes=WRITTEN + "{sharing.observed_on}.",
        gives=changed("sharing", observed_on="2021-12-13"),
    ),
    no_date("03/12/2021", "03/12/2021", "it can be read as two different days"),
    no_date("2021-02-30", "2021-02-30", "there is no such date as 2021-02-30"),
    no_date("3 Dec 21", "3 Dec 21", "it is not a date"),
    no_date("Spring 2021", "Spring 2021", "it is not a date"),
    no_date(
        "a date with a time", dt.datetime(2021, 12, 3, 14, 30), "it is a time of day", shown="14:30"
    ),
    no_date("a time without a date", dt.time(14, 30), "it is not a date", shown="14:30"),
    no_date(
        "a first of a month with midnight, as text",
        "2021-12-01 00:00:00",
        "it may have been a month",
        AS_TEXT,
    ),
    taken(
        "the calendar of 1904",
        lambda book, names: setattr(book, "epoch", CALENDAR_MAC_1904),
        put("{sharing.observed_on}", dt.datetime(2021, 12, 3), "{link.observed_on}", 43071),
        notes=(
            REAL + "{sharing.observed_on}.",
            "A day count was read as a day: {link.observed_on}.",
            FROM_1904 + ": {sharing.observed_on}:E{link}.",
        ),
    ),
    date("an apostrophe in front", "'2021-12-03", WRITTEN + "{sharing.observed_on}."),
    date("a mark of direction behind", "2021-12-03\u200e", WRITTEN + "{sharing.observed_on}."),
    no_date("a truth value for a date", True, "a truth value is not a date", shown="True"),
]

TEXTS = [
    taken("nothing at all"),
    taken("saved by LibreOffice", ("text", "Coding", "{level}{sharing}", "not_met")),
    taken(
        "stray spaces",
        put("{sharing.level}", "  not_met ", "{sharing.observed_on}", " 2021-12-03 "),
        notes=(STRAY + "{sharing.level}.", WRITTEN + "{sharing.observed_on}."),
    ),
    taken(
        "spaces that do not break",
        put(
            "{sharing.evidence_1}",
            "\u00a0E041",
            "{sharing.unit_id}",
            "Gloucestershire\u00a0Constabulary",
        ),
        notes=STRAY + "{sharing.unit_id}, {sharing.evidence_1}.",
    ),
    taken(
        "a space without width in a code",
        put("{sharing.level}", "not\u200b_met"),
        notes=STRAY + "{sharing.level}.",
    ),
    taken(
        "a space without width in an empty cell",
        put("{empty.rationale}", "\u200b"),
        notes=STRAY + "{empty.rationale}.",
    ),
    taken(
        "other case",
        put("{sharing.level}", "NOT MET", "{sharing.confidence}", "High"),
        notes=SPELLING + "{sharing.level}, {sharing.confidence}.",
    ),
    taken(
        "an evidence id in other case",
        put("{sharing.evidence_1}", "e041"),
        notes="Evidence ids were read in another case: {sharing.evidence_1}.",
    ),
    taken(
        "ends of lines as Windows writes them",
        row("empty", **FILLED),
        exact("{empty.rationale}", 't="inlineStr"><is><t>One._x000D_\nTwo.</t></is>'),
        notes=STRAY + "{empty.rationale}.",
        gives=added("codings", **NEW | {"rationale": "One.\nTwo."}),
    ),
    taken(
        "marks of direction in a reason",
        row(
            "empty",
            **FILLED
            | {"rationale": "The word \u200f\u0645\u0631\u062d\u0628\u0627\u200e, it says."},
        ),
        gives=added(
            "codings",
            **NEW | {"rationale": "The word \u200f\u0645\u0631\u062d\u0628\u0627\u200e, it says."},
        ),
    ),
    taken(
        "a text as long as a cell can hold",
        row("empty", **FILLED | {"rationale": "x" * 32_767}),
        gives=added("codings", **NEW | {"rationale": "x" * 32_767}),
    ),
    refused(
        "a text longer than a cell can hold",
        row("empty", **FILLED),
        exact("{empty.rationale}", 't="inlineStr"><is><t>' + "x" * 40_000 + "</t></is>"),
        at=("{empty.rationale}", "xxx", "32", "horten"),
    ),
    taken(
        "a number for a reason",
        row("empty", **FILLED),
        put("{empty.rationale}", 7),
        notes="A number was read as text: {empty.rationale}.",
        gives=added("codings", **NEW | {"rationale": "7"}),
    ),
    refused(
        "a truth value for a level",
        put("{sharing.level}", True),
        at=("{sharing.level}", "TRUE", "it is not a level of the scale", "use one of: met, partly"),
    ),
]

SHEETS = [
    taken(
        "empty rows in between",
        sheet(lambda table, names: table.insert_rows(names.number("sharing"), 3)),
    ),
    taken(
        "hidden columns",
        sheet(lambda table, names: setattr(table.column_dimensions["I"], "hidden", True)),
        notes="Hidden columns were read too: Coding!I.",
    ),
    taken(
        "hidden rows",
        sheet(lambda table, names: setattr(table.row_dimensions[5], "hidden", True)),
        notes=HIDDEN_ROWS,
    ),
    taken("columns moved", ("move", "Coding", "{level}", "B"), notes=MOVED),
    taken(
        "a column renamed",
        put("{labels.level}", "Verdict"),
        notes=RENAMED + "'Level, or unknown code': {labels.level}.",
    ),
    taken(
        "the marks deleted",
        sheet(lambda table, names: table.delete_rows(1)),
        notes=MARKS_GONE,
    ),
    refused(
        "marks and headings both deleted",
        sheet(lambda table, names: table.delete_rows(1, 2)),
        at=("Coding!A1", "", "neither the marks nor the headings", "put the first two rows back"),
    ),
    refused(
        "a column deleted",
        ("delete", "Coding", "{level}"),
        at=(
            "Coding!A1",
            "Level, or unknown code",
            "the column marked coding.level is not there",
            "put it back",
        ),
    ),
    refused(
        "a column of evidence deleted from the middle",
        ("delete", "Coding", "{evidence_2}"),
        at=(
            "Coding!A1",
            "Evidence 2",
            "the column marked coding.evidence_2 is not there",
            "put it back",
        ),
    ),
    refused(
        "three columns deleted",
        sheet(
            lambda table, names: table.delete_cols(
                table[names.said("{labels.level}")[7:]].column, 3
            )
        ),
        at=(
            "Coding!A1",
            "Level, or unknown code, Date of what it says",
            "the columns marked coding.level, coding.observed_on and coding.not_before are not",
            "put them back",
        ),
    ),
    refused(
        "two columns copied",
        sheet(
            lambda table, names: [
                setattr(table.cell(1, 20 + step), "value", table.cell(1, 4 + step).value)
                for step in (0, 1)
            ]
        ),
        at=(
            "Coding!T1",
            "coding.level",
            "two columns have the same mark, as at Coding!U1",
            "delete the copied column",
        ),
    ),
    refused(
        "a column copied",
        ("insert", "Coding", "E"),
        ("paste", "Coding", "D1:D60", "E1"),
        at=(
            "Coding!E1",
            "coding.level",
            "two columns have the same mark",
            "delete the copied column",
        ),
    ),
    taken(
        "a column added",
        put("Coding!T2", "My notes", "Coding!T30", "ask again"),
        notes=LEFT_ASIDE + "Coding!T2, Coding!T30.",
    ),
    taken(
        "notes beside, without a heading",
        put("Coding!U30", "ask again"),
        notes=LEFT_ASIDE + "Coding!U30.",
    ),
    taken(
        "a filter left on",
        ("autofilter", "Coding", "A2:R60", "D", "not_met"),
        notes=HIDDEN_ROWS,
    ),
    refused("the sheet copied, and both the same", ("copy sheet", "Coding"), at=COPY),
    refused(
        "the sheet copied, and the copy changed",
        ("copy sheet", "Coding"),
        ("text", "Coding_2", "{level}{sharing}", "partly"),
        at=COPY,
    ),
    taken(
        "the sheet renamed",
        lambda book, names: setattr(book["Coding"], "title", "Essex & co"),
        notes="A sheet was renamed, and read by its marks: Essex & co.",
    ),
    taken(
        "the sheet hidden",
        lambda book, names: setattr(book["Coding"], "sheet_state", "hidden"),
        notes="A hidden sheet was read too: Coding.",
    ),
    refused(
        "the sheet to fill deleted",
        lambda book, names: book.remove(book["Coding"]),
        at=("Start", "", "the sheet to fill is not there", "return the workbook that was sent"),
    ),
    refused(
        "the first sheet deleted",
        lambda book, names: book.remove(book["Start"]),
        at=(
            "Start",
            "",
            "no sheet says what this workbook is",
            "return the workbook that was sent",
        ),
    ),
    *(
        taken(name, add, notes="A sheet with a chart has no cells to read: Mine.")
        for name, add in {
            "a sheet for a chart added": lambda book, names: book.create_chartsheet("Mine"),
            "a sheet with a chart added": lambda book, names: book.create_chartsheet(
                "Mine", 0
            ).add_chart(BarChart()),
        }.items()
    ),
    taken(
        "the first sheet renamed",
        lambda book, names: setattr(book["Start"], "title", "Read me"),
        notes="A sheet that is only for reading was renamed: Read me.",
    ),
    refused(
        "the coder emptied",
        put("{start.coder}", None),
        at=("{start.coder}", "", "it does not say whose coding this is", "the line Coder"),
    ),
    refused(
        "a coder's name that cannot be one",
        put("{start.coder}", "x" * 101),
        at=("{start.coder}", "xxx", "one printable line of at most 100", "the line Coder"),
    ),
    refused(
        "the study changed",
        put("{start.study}", "forty-three-forces"),
        at=("{start.study}", "forty-three-forces", "it belongs to another study", "name the study"),
    ),
    refused(
        "another layout",
        put("{start.layout}", "9"),
        at=(
            "{start.layout}",
            "9",
            "its layout is not the one read here",
            "have a new workbook written",
        ),
    ),
    refused(
        "a workbook of another kind",
        put("{start.workbook}", "accounts"),
        at=(
            "{start.workbook}",
            "accounts",
            "it is not a workbook that can be taken in",
            "return the workbook",
        ),
    ),
    taken(
        "a cell far away",
        put("Coding!XFD1048576", "x"),
        notes=LEFT_ASIDE + "Coding!XFD1048576.",
    ),
]

CELLS = [
    taken(
        "a formula with its result",
        exact("{sharing.level}", 't="str"><f>"not"&amp;"_met"</f><v>not_met</v>'),
        notes="The stored result of a formula was read: {sharing.level}.",
    ),
    refused(
        "a formula without a result",
        put("{sharing.level}", "=D3"),
        at=("{sharing.level}", "=D3", "it is a formula", "write the text itself"),
    ),
    refused(
        "a formula whose result is an error",
        exact("{sharing.level}", 't="e"><f>1/0</f><v>#DIV/0!</v>'),
        at=("{sharing.level}", "=1/0", "it is a formula", "write the text itself"),
    ),
    refused(
        "an error",
        exact("{sharing.level}", 't="e"><v>#N/A</v>'),
        at=("{sharing.level}", "#N/A", "the program shows an error here", "write the text itself"),
    ),
    refused(
        "rows merged",
        ("merge", "Coding", "D{sharing}:D{link}"),
        at=("Coding!D{sharing}:D{link}", "not_met", "the cells are merged", "unmerge them"),
    ),
    taken(
        "headings merged",
        sheet(lambda table, names: table.merge_cells("E2:H2")),
        notes=(
            RENAMED + "'If undated: not before': {labels.not_before}.",
            RENAMED + "'If undated: not after': {labels.not_after}.",
            RENAMED + "'Read on (day)': {labels.read_on}.",
        ),
    ),
    taken(
        "empty cells merged",
        sheet(lambda table, names: table.merge_cells(names.said("L{sharing}:N{sharing}"))),
        notes="Cells that are merged, and empty, were passed over: Coding!L{sharing}:N{sharing}.",
    ),
    taken(
        "a comment",
        put("{sharing.level}", "not_met", comment=Comment("Sure?", "A reader")),
        notes="Comments are not taken in: {sharing.level}.",
    ),
    taken(
        "a cell struck through, and an empty one",
        put("{sharing.level}", "not_met", "{sharing.evidence_4}", None, font=Font(strike=True)),
        notes=STRUCK + "{sharing.level}.",
    ),
    taken(
        "words of a cell struck through",
        sheet(strike_last_word),
        row("undated", **{"rationale": CellRichText(BOLD, " and plain")}),
        notes=STRUCK + "{sharing.rationale}.",
        gives=changed("undated", rationale="Bold and plain"),
    ),
    taken(
        "words struck through, saved by LibreOffice",
        sheet(strike_last_word),
        ("typed", "Coding", "{rationale}{spare}", ""),
        notes=STRUCK + "{sharing.rationale}.",
    ),
]

OF_ROWS = [
    taken("an empty row filled", row("empty", **FILLED), gives=added("codings", **NEW)),
    taken("a row at the end", row("spare", **AT_END), gives=added("codings", **NEW)),
    taken(
        "an empty row filled, by somebody new",
        row("empty", **FILLED),
        coder="coder-9",
        gives=added("codings", **NEW | {"coder": "coder-9"}),
    ),
    taken(
        "a reason that begins with =, typed into a cell of text",
        row("empty", **FILLED),
        ("typed", "Coding", "{rationale}{empty}", "=1+1"),
        gives=added("codings", **NEW | {"rationale": "=1+1"}),
    ),
    taken(
        "a day typed far below, into a cell without a format",
        row("far", **AT_END),
        ("typed", "Coding", "{observed_on}{far}", "3/12/2021"),
        notes=REAL + "{far.observed_on}.",
        gives=added("codings", **NEW | {"observed_on": "2021-12-03"}),
    ),
    refused(
        "a month typed far below, into a cell without a format",
        row("far", **AT_END),
        ("typed", "Coding", "{observed_on}{far}", "1/12/2021"),
        at=("{far.observed_on}", "2021-12-01", "it may have been a month", AS_TEXT),
    ),
    taken("a row far below", row("far", **AT_END), gives=added("codings", **NEW)),
    taken(
        "a second date, at the end",
        row("spare", **AT_END),
        row("second", **AT_END | {"observed_on": "2023", "level": "partly"}),
        gives=(
            added("codings", **NEW),
            added("codings", **NEW | {"observed_on": "2023", "level": "partly"}),
        ),
    ),
    taken(
        "a row copied for a second date",
        copied("rule", "spare", observed_on="2023-05", level="partly"),
        gives=again("rule", observed_on="2023-05", level="partly"),
    ),
    taken(
        "a row copied, and nothing changed",
        copied("rule", "spare"),
        notes="A row that was there twice was taken once: {spare.row}.",
    ),
    taken(
        "a new row that stands twice",
        row("spare", **AT_END),
        row("second", **AT_END),
        gives=added("codings", **NEW),
        notes="A row that was there twice was taken once: {second.row}.",
    ),
    refused(
        "two new rows of one date that differ",
        row("spare", **AT_END),
        row("second", **AT_END | {"level": "partly"}),
        at=("{second.level}", "partly", "another row (Coding!A{spare})", "keep one of the two"),
    ),
    refused(
        "a row copied, and both changed",
        copied("rule", "spare", observed_on="2023-05"),
        row("rule", observed_on="2023-06"),
        at=(
            (
                "{rule.row}",
                "",
                "we cannot tell which of the copies is the original",
                "clear the first column",
            ),
            (
                "{spare.row}",
                "",
                "we cannot tell which of the copies is the original",
                "clear the first column",
            ),
        ),
    ),
    refused(
        "a row copied, and its level changed",
        copied("rule", "spare", level="partly"),
        at=("{spare.level}", "partly", "another row", "keep one of the two"),
    ),
    refused(
        "a mark edited",
        put("{sharing.row}", "mine"),
        at=("{sharing.row}", "mine", "the mark of the row was changed", "put it back as it was"),
    ),
    refused(
        "a mark of a unit that is not there",
        put("{sharing.row}", "atlantis/guidance-exists/new"),
        at=("{sharing.row}", "atlantis", "the study has no such unit or criterion", "put it back"),
    ),
    taken("a mark emptied", put("{sharing.row}", None)),
    refused(
        "a unit renamed",
        put("{sharing.unit_id}", "Glos Police"),
        at=(
            "{sharing.unit_id}",
            "Glos Police",
            "the row is marked as that of gloucestershire",
            "put the row back",
        ),
    ),
    taken("a unit by its id", put("{sharing.unit_id}", "gloucestershire")),
    refused(
        "a unit that is not in the study",
        row("spare", **AT_END | {"unit_id": "Atlantis Police"}),
        at=("{spare.unit_id}", "Atlantis Police", "the study has no such unit", CHOOSE),
    ),
    refused(
        "a unit that can be either of two",
        row("spare", **AT_END | {"unit_id": "essex police"}),
        since=lambda folder: edit_cell(
            folder, "units", find_row(folder, "units", unit_id="kent"), "short_name", "Essex-Police"
        ),
        at=("{spare.unit_id}", "essex police", "it can mean more than one unit", CHOOSE),
    ),
    refused(
        "no unit",
        row("spare", **AT_END | {"unit_id": None}),
        at=("{spare.unit_id}", "", "no unit is named", CHOOSE),
    ),
    refused(
        "a criterion that is not in the study",
        row("spare", **AT_END | {"criterion_id": "Kindness"}),
        at=("{spare.criterion_id}", "Kindness", "the study has no such criterion", CHOOSE),
    ),
    refused(
        "a level that is not on the scale",
        put("{sharing.level}", "mostly met"),
        at=(
            "{sharing.level}",
            "mostly met",
            "it is not a level of the scale",
            "use one of: met, partly",
        ),
    ),
    refused(
        "an unknown that is derived",
        put("{sharing.level}", "not_found"),
        at=("{sharing.level}", "not_found", "this unknown is derived and never typed", ""),
    ),
    refused(
        "a level emptied",
        put("{sharing.level}", None),
        at=("{sharing.level}", "", "", ""),
    ),
    refused(
        "a coding emptied",
        ("clear", "Coding", "D{sharing}:R{sharing}"),
        at=("{sharing.level}", "", "a coding that was made is emptied here", "put it back"),
    ),
    refused(
        "a coding emptied, and its unit too",
        ("clear", "Coding", "B{sharing}:R{sharing}"),
        at=("{sharing.level}", "", "a coding that was made is emptied here", "put it back"),
    ),
    taken(
        "a row deleted", delete("sharing"), notes=GONE + "gloucestershire/stop-sharing-on-doubt."
    ),
    taken(
        "a row deleted, and written again at the end",
        copied("sharing", "spare", row=None),
        delete("sharing"),
    ),
    taken(
        "an empty row deleted, and one cleared",
        row("hollow", row=None, unit_id=None, criterion_id=None),
        delete("empty"),
        notes=GONE + "essex/guidance-exists, essex/guidance-clear.",
    ),
    taken(
        "a row deleted, and the list of those sent",
        delete("sharing"),
        lambda book, names: book.remove(book["Lists"]),
        notes="A sheet that the study would write now is not there (an older workbook): Lists.",
    ),
    taken(
        "a coding changed, with a reason",
        put("{sharing.level}", "partly"),
        gives=changed("sharing", level="partly"),
    ),
    refused(
        "a coding changed, without a reason",
        put("{sharing.level}", "partly"),
        reason="",
        at=("{sharing.level}", "not_met", "no reason is given", "--reason"),
    ),
    taken(
        "a coding changed in its reason alone",
        put("{sharing.rationale}", "Read again, and shorter."),
        gives=changed("sharing", rationale="Read again, and shorter."),
    ),
]

EVIDENCE = [
    refused(
        "evidence that is not held",
        put("{sharing.evidence_1}", "E999"),
        at=("{sharing.evidence_1}", "E999", "", ""),
    ),
    refused(
        "evidence about another force",
        put("{sharing.evidence_1}", "E051"),
        at=(
            "{sharing.evidence_1}",
            "E051",
            "E051 is about hampshire, not about gloucestershire",
            "",
        ),
    ),
    refused(
        "the second evidence about another force",
        put("{undated.evidence_2}", "E051"),
        at=("{undated.evidence_2}", "E022;E051", "E051 is about hampshire", ""),
    ),
    taken(
        "evidence joined by commas",
        put("{undated.evidence_1}", "E022, E023", "{undated.evidence_2}", None),
        notes="Several evidence ids in one cell were read one by one: {undated.evidence_1}.",
    ),
    taken(
        "evidence cited twice",
        put("{undated.evidence_3}", "E022"),
        notes="Evidence cited twice in a row was taken once: {undated.evidence_3}.",
    ),
    taken(
        "gaps between the evidence",
        put("{undated.evidence_2}", None, "{undated.evidence_7}", "E023"),
    ),
    taken(
        "new evidence of a new source, cited at once",
        *DOCUMENTS,
        row("empty", **FILLED | {"evidence_1": "coder-1-e1"}),
        gives=(*IN_TABLES, added("codings", **NEW | {"evidence_ids": "coder-1-e1"})),
    ),
    refused(
        "new evidence of a source that is not held",
        document("New evidence", **NEW_EVIDENCE | {"source_id": "S999"}),
        at=("'New evidence'!D3", "S999", "", ""),
    ),
    refused(
        "new evidence under an id that is used",
        *DOCUMENTS,
        put("New evidence!A3", "E041"),
        at=("'New evidence'!A3", "E041", "E041 is in evidence already", "an id of its own"),
    ),
    refused(
        "a new source under an id that is used",
        document("New sources", **NEW_SOURCE | {"source_id": "S001"}),
        at=("'New sources'!A3", "S001", "S001 is in sources already", "an id of its own"),
    ),
    refused(
        "two new pieces of evidence under one id",
        *DOCUMENTS,
        document("New evidence", 4, **NEW_EVIDENCE | {"states": "Another."}),
        at=("'New evidence'!A4", "coder-1-e1", "coder-1-e1 is in evidence already", "of its own"),
    ),
    refused(
        "new evidence without an id",
        *DOCUMENTS,
        put("New evidence!A3", None),
        at=("'New evidence'!A3", "", "", ""),
    ),
    taken(
        "a new search",
        document("New searches", **NEW_SEARCH | {"queries": "one\ntwo | three"}),
        gives=added("searches", **NEW_SEARCH),
    ),
    refused(
        "a search without queries",
        document("New searches", **NEW_SEARCH | {"queries": None}),
        at=("'New searches'!D3", "", "", ""),
    ),
]


def change_rule(folder: Path) -> None:
    """Change a decision rule of stop-sharing-on-doubt."""
    line = find_row(folder, "rules", criterion_id="stop-sharing-on-doubt", level="met")
    edit_cell(folder, "rules", line, "rule", "Another rule altogether.")


def recode(folder: Path) -> None:
    """Change coder-1's coding of the row ``sharing``."""
    unit, criterion = ROWS["sharing"].split("/")
    cells = {"unit_id": unit, "criterion_id": criterion, "coder": "coder-1"}
    edit_cell(folder, "codings", find_row(folder, "codings", **cells), "level", "partly")


EARLIER = "The workbook was written with an earlier version of the codebook: Start."
SINCE = [
    taken(
        "an older codebook, its rule not touched",
        row("empty", **FILLED),
        since=change_rule,
        notes=EARLIER,
        gives=added("codings", **NEW),
    ),
    refused(
        "an older codebook, its rule touched",
        put("{sharing.level}", "partly"),
        since=change_rule,
        at=(
            "{sharing.level}",
            "partly",
            "the rules of this criterion were changed since",
            "write a new",
        ),
    ),
    refused(
        "a coding changed since, and again here",
        put("{sharing.level}", "met"),
        since=recode,
        at=(
            "{sharing.level}",
            "met",
            "the coding that this row changes was changed since",
            "write a new",
        ),
    ),
    refused(
        "a coding changed since, and not here",
        since=recode,
        at=(
            "{sharing.level}",
            "not_met",
            "the study holds another coding here since",
            "write a new",
        ),
    ),
    taken(
        "a coding changed since, and here to the same",
        put("{sharing.level}", "partly"),
        since=recode,
    ),
]

PAIRS = [
    taken(
        "columns moved + a column renamed",
        ("move", "Coding", "{level}", "B"),
        put("Coding!B2", "Verdict"),
        notes=(MOVED, RENAMED + "'Level, or unknown code': Coding!B2."),
    ),
    taken(
        "columns moved + the marks deleted",
        ("move", "Coding", "{level}", "B"),
        ("delete", "Coding", "1"),
        notes=(MOVED, MARKS_GONE),
    ),
    refused(
        "a column renamed + the marks deleted",
        put("{labels.level}", "Verdict"),
        sheet(lambda table, names: table.delete_rows(1)),
        at=(
            "Coding!A1",
            "Level, or unknown code",
            "the column marked coding.level is not there",
            "put it back",
        ),
    ),
    refused(
        "the marks deleted + a column copied",
        ("insert", "Coding", "E"),
        ("paste", "Coding", "D1:D60", "E1"),
        ("delete", "Coding", "1"),
        at=("Coding!E1", "coding.level", "two columns have the same", "delete the copied column"),
    ),
    refused(
        "columns moved + a level that is not on the scale",
        ("move", "Coding", "{level}", "B"),
        ("text", "Coding", "B{sharing}", "mostly met"),
        at=("Coding!B{sharing}", "mostly met", "it is not a level of the scale", ""),
    ),
    refused(
        "a row copied + the level changed in the first",
        copied("rule", "spare", observed_on="2023-05"),
        row("rule", level="partly", observed_on="2023-06"),
        at=(
            (
                "{rule.row}",
                "hampshire/guidance-clear",
                "which of the copies is the original",
                "clear the first column",
            ),
            (
                "{spare.row}",
                "hampshire/guidance-clear",
                "which of the copies is the original",
                "clear the first column",
            ),
        ),
    ),
    taken(
        "a row copied for a second date + the first one's level changed",
        copied("rule", "spare", observed_on="2023-05"),
        row("rule", level="partly"),
        gives=(changed("rule", level="partly"), again("rule", observed_on="2023-05")),
    ),
    refused(
        "sorted by one column only + a filter",
        ("sort", "Coding", "A{sharing}:A{link}", "A", False),
        ("autofilter", "Coding", "A2:R60", "D", "not_met"),
        at=(
            (
                "{sharing.criterion_id}",
                "No sharing on doubt",
                "marked as that of third-party-link",
                "put the row back",
            ),
            (
                "{link.criterion_id}",
                "Link to a third party",
                "marked as that of stop-sharing",
                "put the row back",
            ),
        ),
    ),
    taken(
        "sorted whole + a filter",
        ("sort", "Coding", "A3:R46", "D"),
        ("autofilter", "Coding", "A2:R60", "D", "not_met"),
        notes=HIDDEN_ROWS,
    ),
    refused(
        "the sheet copied + renamed",
        ("copy sheet", "Coding"),
        ("rename sheet", "Coding", "Mine"),
        at=COPY,
    ),
    refused(
        "the sheet copied + the copy sorted",
        ("copy sheet", "Coding"),
        ("sort", "Coding_2", "A3:R46", "D"),
        at=COPY,
    ),
    refused(
        "the sheet copied + a row added to the copy",
        ("copy sheet", "Coding"),
        ("text", "Coding_2", "R{spare}", "And this."),
        at=COPY,
    ),
    refused(
        "the sheet copied + a row of the copy deleted",
        row("empty", **FILLED),
        ("copy sheet", "Coding"),
        ("delete", "Coding_2", "{empty}"),
        at=COPY,
    ),
    refused(
        "the first sheet copied + its coder changed",
        lambda book, names: setattr(book.copy_worksheet(book["Start"]), "title", "Old"),
        lambda book, names: book.move_sheet("Old", -20),
        put("{start.coder}", "coder-2"),
        at=("{start.coder}", "coder-2", "two sheets say what this workbook is", "delete the one"),
    ),
    refused(
        "the coder changed + a new row",
        put("{start.coder}", "coder-3"),
        row("empty", **FILLED),
        at=("{start.coder}", "coder-3", "no coder of this name coded before", "as it stood"),
    ),
    refused(
        "a real date on the first of a month + the calendar of 1904",
        lambda book, names: setattr(book, "epoch", CALENDAR_MAC_1904),
        put("{sharing.observed_on}", dt.datetime(2021, 12, 1)),
        at=("{sharing.observed_on}", "2021-12-01", "it may have been a month", AS_TEXT),
    ),
    refused(
        "a formula for a date + its result on the first of a month",
        exact("{sharing.observed_on}", "><f>DATE(2021,12,1)</f><v>44531</v>"),
        at=("{sharing.observed_on}", "44531", "it may have been a month", AS_TEXT),
    ),
    taken(
        "a unit without width and in other case + a level in words",
        row("spare", **AT_END | {"unit_id": "\u00a0ESSEX\u200b police", "level": "Met"}),
        notes=(STRAY + "{spare.unit_id}.", SPELLING + "{spare.level}."),
        gives=added("codings", **NEW),
    ),
    refused(
        "an older codebook + a row copied for a second date",
        copied("sharing", "spare", observed_on="2023-05"),
        since=change_rule,
        at=(
            "{spare.level}",
            "not_met",
            "the rules of this criterion were changed since",
            "write a new",
        ),
    ),
    refused(
        "a mark emptied + the coding changed since",
        put("{sharing.row}", None, "{sharing.level}", "met"),
        since=recode,
        reason="",
        at=("{sharing.level}", "partly", "no reason is given", "--reason"),
    ),
    refused(
        "rows merged + a coding emptied",
        sheet(lambda table, names: table.merge_cells(names.said("D{sharing}:R{sharing}"))),
        at=("Coding!D{sharing}:R{sharing}", "not_met", "the cells are merged", "unmerge them"),
    ),
    refused(
        "new evidence under an id that is used + cited at once",
        document("New evidence", **NEW_EVIDENCE | {"evidence_id": "E040", "source_id": "S002"}),
        row("empty", **FILLED),
        at=("'New evidence'!A3", "E040", "E040 is in evidence already", "an id of its own"),
    ),
    refused(
        "a real date + another fault in the same row",
        put("{sharing.observed_on}", dt.datetime(2021, 12, 1), "{sharing.level}", "mostly met"),
        at=(
            ("{sharing.observed_on}", "2021-12-01", "it may have been a month", AS_TEXT),
            ("{sharing.level}", "mostly met", "it is not a level of the scale", ""),
        ),
    ),
    taken(
        "a column added in the middle + a hidden row",
        ("insert", "Coding", "D"),
        ("text", "Coding", "D{sharing}", "ask again"),
        ("hide", "Coding", "5"),
        notes=(LEFT_ASIDE + "Coding!D{sharing}.", HIDDEN_ROWS),
    ),
    taken(
        "saved by LibreOffice + a day typed into a cell of text",
        ("typed", "Coding", "{observed_on}{sharing}", "3 December 2021"),
        notes=WRITTEN + "{sharing.observed_on}.",
    ),
]

# What cannot be opened, or is no workbook of ours, has no cell: the file is named, in one line.
SAVE_AS = "save it as"
RETURN = "fill the workbook that was sent, and return it as an Excel workbook (.xlsx)"


def unopened(name: str, change: object, rule: str, remedy: str = SAVE_AS) -> Case:
    return refused(name, change, at=("", "", rule, remedy))


def rezipped(path: Path, **changes: bytes | None) -> None:
    """Write a file again with other parts; ``None`` takes one out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in (parts | changes).items():
            if content is not None:
                new.writestr(name, content)


def compound_file(path: Path, stream: str) -> None:
    """Make the file an OLE one with a stream of this name, as .xls and encrypted files are."""
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504
    path.write_bytes(head + stream.encode("utf-16-le") + b"\0" * 512)


def of_another_program(path: Path, kind: str) -> None:
    """Make the file a zip archive as OpenDocument has it."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<office:document-content/>")


def as_strict(parts: dict[str, bytes], names: Names) -> None:
    """Give the parts the namespaces of the strict kind."""
    for name, content in parts.items():
        parts[name] = content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )


def with_content(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def locked_archive(path: Path) -> None:
    """Set the flag of encryption on every part of the archive."""
    content = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = content.find(sign)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(sign, place + 4)
    path.write_bytes(content)


def bomb(path: Path) -> None:
    """Add a part that says that it is larger unpacked than may be: a megabyte a kilobyte."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\0" * (SMALL_LIMIT + 1))


def laughs(parts: dict[str, bytes], names: Names) -> None:
    """Put entities of entities of entities into a sheet."""
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(9)
    )
    head = f"<?xml version='1.0'?><!DOCTYPE worksheet [{entities}]>".encode()
    sheet = parts[CODING_PART].replace(b"<t>not_met</t>", b"<t>&l8;</t>", 1)
    parts[CODING_PART] = head + sheet


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def of_macros(parts: dict[str, bytes], names: Names) -> None:
    parts["xl/vbaProject.bin"] = b"macros"


def charts_only(path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.save(path)


DOCUMENT = {
    "[Content_Types].xml": b'<Types><Override PartName="/word/document.xml"/></Types>',
    "word/document.xml": b"<w:document/>",
    "xl/workbook.xml": None,
}
SMALL_LIMIT = 4 * 2**20
FILES = [
    unopened(
        "encrypted",
        Filed(lambda path: compound_file(path, "EncryptedPackage")),
        "it is protected by a password",
        "save it without a password",
    ),
    unopened("an old .xls", Filed(lambda path: compound_file(path, "Workbook")), "old kind (.xls)"),
    unopened("a locked archive", Filed(locked_archive), "it is protected by a password", "save it"),
    unopened("with macros", Zipped(of_macros), "it holds macros (.xlsm)", "save it as .xlsx"),
    unopened(
        "a binary workbook",
        Filed(lambda path: rezipped(path, **{"xl/workbook.xml": None, "xl/workbook.bin": b"x"})),
        "binary kind (.xlsb)",
    ),
    unopened(
        "an .ods",
        Filed(lambda path: of_another_program(path, "spreadsheet")),
        "it is an OpenDocument spreadsheet (.ods)",
    ),
    unopened(
        "an .odt", Filed(lambda path: of_another_program(path, "text")), "it is not a workbook"
    ),
    unopened(
        "of Apple Numbers",
        Filed(lambda path: rezipped(path, **{"Index/Document.iwa": b"x"})),
        "it is a document of Apple Numbers",
        "export it: save it as",
    ),
    unopened(
        "of the strict kind",
        Zipped(as_strict),
        "it is a workbook of the strict kind (Strict Open XML Spreadsheet)",
        "save it as the plain kind: Excel Workbook (.xlsx)",
    ),
    unopened(
        "an old .doc",
        Filed(lambda path: compound_file(path, "WordDocument")),
        "it is a document of Word (.doc)",
        RETURN,
    ),
    *(
        unopened(name, Filed(functools.partial(with_content, content)), rule, RETURN)
        for name, content, rule in (
            ("a .csv", b"a,b\n1,2\n", "it is text, with its cells parted by commas (CSV)"),
            (
                "a .csv with decimal commas",
                b"\xef\xbb\xbfunit;level\nOne;0,5\n",
                "it is text, with its cells parted by semicolons (CSV)",
            ),
            ("a .tsv", b"a\tb\n1,5\t2\n", "it is text, with its cells parted by tabs"),
            (
                "text as Excel calls Unicode",
                "a\tb\n".encode("utf-16"),
                "it is text, with its cells parted by tabs",
            ),
            ("a web page", b"\n<html><table></table></html>", "it is a web page or another XML"),
            ("a .pdf", b"%PDF-1.7\n", "it is a PDF"),
            ("a letter", b"Dear all\n", "it is not a workbook"),
            ("zeros", bytes(900), "it is not a workbook"),
            ("an empty file", b"", "it is empty"),
        )
    ),
    unopened(
        "a .docx",
        Filed(lambda path: rezipped(path, **DOCUMENT)),
        "it is not a workbook",
    ),
    unopened(
        "cut off",
        Filed(lambda path: path.write_bytes(path.read_bytes()[:-2000])),
        "it is damaged",
        "open it in a spreadsheet program",
    ),
    unopened(
        "damaged in the middle",
        Zipped(lambda parts, names: parts.update({CODING_PART: parts[CODING_PART][:5000]})),
        "it is damaged",
        "open it in a spreadsheet program",
    ),
    unopened(
        "a part missing",
        Filed(lambda path: rezipped(path, **{"xl/styles.xml": b"<nothing"})),
        "it is damaged",
        "open it in a spreadsheet program",
    ),
    unopened(
        "larger unpacked than may be", Filed(bomb), "unpacked it is larger", "return the workbook"
    ),
    unopened("entities of entities", Zipped(laughs), "it is damaged", "open it in a spreadsheet"),
    unopened("a folder", Filed(as_folder), "it is not a file", "name the workbook"),
    unopened("not there", Filed(lambda path: path.unlink()), "there is no such file", "name the"),
    unopened("charts alone", Filed(charts_only), "it has no sheet", "return the workbook"),
    refused(
        "a workbook of somebody else's",
        Filed(lambda path: openpyxl.Workbook().save(path)),
        at=(
            "Start",
            "",
            "no sheet says what this workbook is",
            "return the workbook that was sent",
        ),
    ),
]

CASES = [*DATES, *TEXTS, *SHEETS, *CELLS, *OF_ROWS, *EVIDENCE, *SINCE, *PAIRS, *FILES]


@functools.cache
def unspoiled(coder: str) -> tuple[bytes, Names]:
    """Return a coder's workbook of the real study, and where things are in it."""
    # A hundred empty rows at the end say no more than ten, and take most of the time.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding_workbook, "SPARE_ROWS", 10)
        content = coding_workbook.coding_workbook(real(), coder, UNITS)
    return content, Names.of(content)


def office_if(wanted: bool, request: pytest.FixtureRequest) -> Office | None:
    """Return the one LibreOffice of all tests, where it is wanted."""
    return request.getfixturevalue("office") if wanted else None


def problems_and_intake(path: Path, folder: Path, reason: str):
    """Take a workbook in; return the problems, or what it came to."""
    try:
        return [], take_in(path, folder, reason, on=DAY)
    except StudyError as error:
        return error.problems, None


def visible(folder: Path) -> dict[str, str]:
    """Return the files of a study; the lock that every command takes is no change."""
    return {name: one for name, one in contents(folder).items() if name != ".journal.lock"}


def marks_of(case: Case) -> list[pytest.MarkDecorator]:
    """Return the markers of a case: a third of them, none with two changes at once, is not slow."""
    slow = case in PAIRS or CASES.index(case) % 3
    return [needs_office] * uses_office(case) + [pytest.mark.slow] * bool(slow)


@pytest.mark.parametrize(
    "case",
    [pytest.param(one, id=one.name, marks=marks_of(one)) for one in CASES],
)
def test_a_spoiled_workbook_is_taken_in_or_refused(case, tmp_path, request, monkeypatch):
    monkeypatch.setattr(open_workbook, "LARGEST_CONTENT", SMALL_LIMIT)
    folder, path = copy_of_real_study(tmp_path), tmp_path / "returned.xlsx"
    content, names = unspoiled(case.coder)
    path.write_bytes(content)
    spoil(case, path, names, office_if(uses_office(case), request))
    if case.since:
        case.since(folder)
    else:
        # The copy is the study that was read already: to read it each time takes a third of all.
        monkeypatch.setattr(intake, "load", lambda folder: replace(real(), folder=folder))
    before, rows, wanted = visible(folder), rows_of(folder), expected(case, folder)

    problems, taken_in = problems_and_intake(path, folder, case.reason)
    monkeypatch.setattr(intake, "load", load)

    if case.refused:
        said = "\n".join(map(str, problems))
        wanted = [[one for one in problems if fits(one, each, names)] for each in case.refused]
        assert all(wanted), said
        # Merged cells let their rows break other rules; nothing else may be blamed.
        at_fault = set().union(*(rows_named(names.said(one.place)) for one in case.refused))
        assert set().union(*(rows_named(one.column) for one in problems)) <= at_fault, said
        assert all(one.file == path.name and one.rule and one.remedy for one in problems), said
        assert visible(folder) == before
        return
    assert not problems, "\n".join(map(str, problems))
    assert sorted(taken_in.notes) == sorted(map(names.said, case.notes))
    assert moved(rows, rows_of(folder)) == wanted
    told = Counter(one.table for one in taken_in.changes if one.what != UNCHANGED)
    counts = {table: come.total() for table, (_, come) in wanted.items()}
    assert told == {table: n for table, n in counts.items() if not table.endswith("_history")}
    if not wanted:
        assert visible(folder) == before
        return
    after = visible(folder)
    assert not take_in(path, folder, case.reason, on=DAY).written
    assert visible(folder) == after


@needs_office
@pytest.mark.parametrize("column", ["row", "unit_id", "level", "evidence_1"])
def test_a_sheet_sorted_by_one_column_only_is_refused_row_by_row(column, tmp_path, office):
    """Each row then has a cell of another's, and where nothing tells, the rules of the study do."""
    folder, path = copy_of_real_study(tmp_path), tmp_path / "returned.xlsx"
    content, names = unspoiled("coder-1")
    path.write_bytes(content)
    letter = names.letters[column]
    cells = f"{letter}3:{letter}{names.number('last')}"
    spoil(Case("sorted", (("sort", "Coding", cells, letter, False),)), path, names, office)
    before = visible(folder)
    problems, _ = problems_and_intake(path, folder, REASON)
    assert len(problems) > 5
    assert all(one.column.startswith("Coding!") and one.rule and one.remedy for one in problems)
    assert visible(folder) == before


def test_the_catalogue_is_as_large_as_it_says():
    assert len({one.name for one in CASES}) == len(CASES)
    assert len(CASES) - len(PAIRS) >= 40
    assert len(PAIRS) >= 15


@pytest.mark.parametrize("office_saves", [False, pytest.param(True, marks=needs_office)])
def test_text_that_looks_like_a_formula_stays_text(office_saves, tmp_path, request):
    """Out of the tables into a workbook, and back in again, sign for sign."""
    folder, path = copy_of_real_study(tmp_path), tmp_path / "coding.xlsx"
    starts = ["=1+1", "+44 20", "-5", "@SUM(A1)", "\tindented"]
    lines = [
        number
        for number, one in enumerate(read_rows(folder, "codings"), start=1)
        if one[0] in UNITS and one[2] == "coder-1"
    ]
    for number, start in zip(lines, starts, strict=False):
        text = f"{start} was what they wrote, _x000D_ and all"
        edit_cell(folder, "codings", number, "rationale", text)
    for table, key, column in (
        ("evidence", {"evidence_id": "E040"}, "states"),
        ("sources", {"source_id": real().lookup("evidence", "source_id")["E040"]}, "title"),
    ):
        edit_cell(folder, table, find_row(folder, table, **key), column, f"=1+1 {table}")
    path.write_bytes(coding_workbook.coding_workbook(load(folder), "coder-1", UNITS))
    if office_saves:
        office_if(True, request).save_again(path, path)
    held = [one for tab in openpyxl.load_workbook(path) for line in tab.iter_rows() for one in line]
    assert not [one.coordinate for one in held if one.data_type == "f"]
    for start in [*starts, "=1+1 evidence", "=1+1 sources"]:
        assert any(str(one.value).startswith(start) for one in held), start
    before = visible(folder)
    assert not take_in(path, folder, on=DAY).written
    assert visible(folder) == before


@pytest.mark.parametrize("office_saves", [False, pytest.param(True, marks=needs_office)])
def test_text_that_looks_like_a_formula_stands_unescaped_in_the_tables(
    office_saves, tmp_path, request
):
    folder, path = copy_of_real_study(tmp_path), tmp_path / "returned.xlsx"
    content, names = unspoiled("coder-1")
    path.write_bytes(content)
    starts = ["=1+1", "+44 20", "-5", "@SUM(A1)"]
    cells = ["{empty.rationale}", "New evidence!H3", "New sources!C3", "New sources!B3"]

    def write(book, names):
        row("empty", **FILLED | {"evidence_1": "coder-1-e1"})(book, names)
        for step in DOCUMENTS:
            step(book, names)
        for place, text in zip(cells, starts, strict=True):
            cell = names.cell(book, place)
            cell.value, cell.data_type, cell.quotePrefix = text, "s", True

    steps = [write]
    if office_saves:
        steps.append(("text", "Coding", "{rationale}{empty}", "=1+1"))
    spoil(Case("text", tuple(steps)), path, names, office_if(office_saves, request))
    take_in(path, folder, on=DAY)
    wanted = [
        ("codings", {"coder": "coder-1", "unit_id": "essex"}, "rationale"),
        ("evidence", {"evidence_id": "coder-1-e1"}, "states"),
        ("sources", {"source_id": "coder-1-s1"}, "title"),
        ("sources", {"source_id": "coder-1-s1"}, "publisher"),
    ]
    found = [
        read_cell(folder, table, find_row(folder, table, **key), column)
        for table, key, column in wanted
    ]
    assert found == starts
    # And out again: into the coder's workbook, the one to settle in, and the form to reply on.
    edit_cell(
        folder, "assessments", find_row(folder, "assessments", unit_id="essex"), "rationale", "=1+1"
    )
    study = load(folder)
    for content in (
        coding_workbook.coding_workbook(study, "coder-1", UNITS),
        adjudication_workbook(study, UNITS),
        reply_form(study, "essex"),
    ):
        (tmp_path / "again.xlsx").write_bytes(content)
        if office_saves:
            office_if(True, request).save_again(tmp_path / "again.xlsx", tmp_path / "again.xlsx")
        book = openpyxl.load_workbook(tmp_path / "again.xlsx")
        cells = [cell for one in book for line in one.iter_rows() for cell in line]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        assert any("=1+1" in str(cell.value) for cell in cells)


def test_the_command_says_every_problem_and_shows_no_traceback(tmp_path):
    folder, path = copy_of_real_study(tmp_path), tmp_path / "returned.xlsx"
    content, names = unspoiled("coder-1")
    path.write_bytes(content)
    step = put("{sharing.observed_on}", dt.datetime(2021, 12, 1), "{link.level}", "mostly met")
    spoil(Case("two faults", (step,)), path, names, None)
    before = visible(folder)
    ended = run("intake", path, folder, "--reason", REASON)
    assert ended.returncode == 1
    for part in ("{sharing.observed_on}", "2021-12-01", "{link.level}", "mostly met", "2 problems"):
        assert names.said(part) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert visible(folder) == before
