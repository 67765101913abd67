"""What a returned workbook says outside what is taken in: each is named with its cell."""

import functools
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from filled import Filled
from helpers import edit_cell, find_row
from made import LIBRARY, library
from office import needs_office
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.fieldwork.adjudication import adjudication_workbook
from analysis.fieldwork.changeset import Intake
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.filled_or_sorted import SORTED_ALONE
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.read_cells import ADDRESS, COMMENT, OBJECT, TEXT_OUTSIDE_CELLS
from analysis.fieldwork.read_workbook import read_workbook
from analysis.fieldwork.reply_form import reply_form
from analysis.fieldwork.request_tracker import tracking_workbook
from analysis.fieldwork.sent_texts import (
    CHANGED_SINCE,
    CHANGED_TEXT,
    EMPTIED,
    OTHER_COLUMN,
    OTHER_SHEET,
    RENAMED,
    ROWS_GONE,
    SHEET_GONE,
    SHEET_SINCE,
    TEXTS_SENT,
)
from analysis.study import StudyError

MAKERS = {
    "Coding": lambda: coding_workbook(library(), "coder-a"),
    "Settling": lambda: adjudication_workbook(library(), ["library-two"]),
    "Your reply": lambda: reply_form(library(), "library-one"),
    "Requests": lambda: tracking_workbook(library(), [("library-one", "window")]),
}
"""The four kinds of workbook, by the sheet that people fill."""
TABS = list(MAKERS)
CROSSED = [TABS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in TABS[1:])]
"""The same, where each of them is crossed with something else."""
LINK = "https://example.org/policy.pdf"


@functools.cache
def unchanged(tab: str) -> bytes:
    return MAKERS[tab]()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LIBRARY, tmp_path / "study")


def intake(folder: Path, tab: str, *changes: Callable[[Workbook], object]) -> Intake:
    """Take in a workbook of which some cells were changed."""
    path = folder.parent / "returned.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(unchanged(tab)))
    for change in changes:
        change(book)
    book.save(path)
    return take_in(path, folder, dry_run=True)


def cell(tab: str, place: str, **values: object) -> Callable[[Workbook], None]:
    """Return a change of a cell's attributes."""

    def change(book: Workbook) -> None:
        for name, value in values.items():
            setattr(book[tab][place], name, value)

    return change


def page(title: str) -> Callable[[Workbook], None]:
    return lambda book: book.create_sheet(title)


# --- nothing is said of what was sent ----------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_a_workbook_that_comes_back_as_it_was_sent_brings_no_note(tab, folder):
    assert intake(folder, tab).notes == []


@needs_office
@pytest.mark.parametrize("tab", TABS)
def test_a_workbook_that_libreoffice_saved_brings_no_note(tab, folder, office):
    path = folder.parent / "returned.xlsx"
    path.write_bytes(unchanged(tab))
    office.save_again(path, path)
    assert take_in(path, folder, dry_run=True).notes == []


@pytest.mark.parametrize("tab", TABS)
def test_an_older_workbook_without_the_marks_brings_no_note(tab, folder):
    assert intake(folder, tab, without_marks).notes == []


def without_marks(book: Workbook) -> None:
    """Take out what tells the texts that were sent, as in workbooks before 0.2."""
    last = book["Lists"]
    (column,) = (one.column for one in last[1] if one.value == TEXTS_SENT)
    last.delete_cols(column)


def test_sheets_may_be_sorted_renamed_and_moved(folder):
    def sort(book: Workbook) -> None:
        sheet = book["What we say"]
        rows = [[one.value for one in line] for line in sheet.iter_rows(min_row=12)]
        for number, row in enumerate(reversed(rows), start=12):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value
        sheet.title = "As we are told"
        book.move_sheet(sheet, 3)

    assert intake(folder, "Your reply", sort).notes == [f"{RENAMED}: As we are told."]


def test_a_row_copied_for_another_date_brings_no_note(folder):
    """Its first column is cleared, as the workbook says; what the coders say is copied with it."""

    def copy(book: Workbook) -> None:
        sheet = book["Settling"]
        last = max(one.row for one in sheet["A"] if one.value)
        for one in sheet[last]:
            sheet.cell(last + 1, one.column).value = one.value
        names = {one.value.partition(".")[2]: one.column for one in sheet[1]}
        for name, text in {"row": None, "observed_on": "2020", "settled_by": "A reader"}.items():
            sheet.cell(last + 1, names[name]).value = text
        sheet.cell(last + 1, names["settled_why"]).value = "An older page says so."

    taken = intake(folder, "Settling", copy)
    assert taken.notes == []
    assert [one.what for one in taken.changes if one.what != "unchanged"] == ["added"]


# --- what people write beside what is asked --------------------------------------------------------


@pytest.mark.parametrize("tab", CROSSED)
@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ([("Start", "A40", "We disagree.")], f"{CHANGED_TEXT}: Start!A40."),
        ([("Start", "C5", "no")], f"{CHANGED_TEXT}: Start!C5."),
        ([("Start", "B1", 7)], f"{CHANGED_TEXT}: Start!B1."),
        ([("{}", "AB9", "Ask Jo.")], f"{OTHER_COLUMN}: {{}}!AB9."),
        ([("{}", "AB1", "Mine")], f"{OTHER_COLUMN}: {{}}!AB1."),
        ([("{}", "AB4", "=1+1")], f"{OTHER_COLUMN}: {{}}!AB4."),
        ([("{}", f"AB{n}", "x") for n in (5, 6, 7, 9)], f"{OTHER_COLUMN}: {{}}!AB5:AB7, {{}}!AB9."),
        ([("Lists", "B400", "A new one")], f"{CHANGED_TEXT}: Lists!B400."),
        ([("New sources", "A3", "We disagree.")], f"{CHANGED_TEXT}: 'New sources'!A3."),
        ([("Our answer", "C9", "No.")], f"{OTHER_SHEET}: 'Our answer'!C9."),
    ],
)
def test_what_is_written_elsewhere_is_named(tab, changes, note, folder):
    if changes[0][0] == "New sources" and tab == "Settling":
        pytest.skip("it has no such sheet")
    made = [page("Our answer")] if changes[0][0] == "Our answer" else []
    made += [cell(sheet.format(tab), place, value=text) for sheet, place, text in changes]
    shown = f"'{tab}'" if " " in tab else tab
    assert intake(folder, tab, *made).notes == [note.replace("{}", shown)]


@pytest.mark.parametrize("tab", CROSSED)
@pytest.mark.parametrize("sheet", ["{}", "Start", "Lists"])
def test_a_comment_is_named_wherever_it_stands(tab, sheet, folder):
    sheet = sheet.format(tab)
    notes = intake(folder, tab, cell(sheet, "B4", comment=Comment("We disagree.", "Them"))).notes
    assert notes == [f"{COMMENT}: {sheet if ' ' not in sheet else repr(sheet)}!B4."]


@pytest.mark.parametrize(
    ("tab", "sheet", "place", "text"),
    [
        ("Your reply", "Your reply", "C4", "This is wrong."),
        # What stands elsewhere in the same column was not said of this question.
        ("Your reply", "Your reply", "C3", "points 4"),
        ("Your reply", "Your reply", "B5", "Why do you ask?"),
        ("Your reply", "Your reply", "C2", "What is wrong here"),
        ("Your reply", "Your reply", "B16", "We were never asked."),
        ("Your reply", "What we say", "C13", "Because we say so."),
        ("Your reply", "What we say", "C22", "It says nothing of the kind."),
        ("Your reply", "What we say", "C24", "Look again."),
        ("Your reply", "What we say", "A5", "It is the same."),
        ("Your reply", "What we say", "B31", "We disagree with all of this."),
        ("Your reply", "Your reply", "C14", "Ask for Jo."),
        ("Your reply", "Ledger of replies", "A4", "We disagree."),
        ("Settling", "Settling", "D3", "points_4"),
        ("Settling", "Codebook", "F2", "Another rule."),
        ("Coding", "Evidence held", "C2", "It says more."),
        ("Coding", "Sources held", "F2", "https://example.org/moved"),
    ],
)
def test_a_text_that_only_shows_and_was_changed_is_named(tab, sheet, place, text, folder):
    shown = f"'{sheet}'" if " " in sheet else sheet
    notes = intake(folder, tab, cell(sheet, place, value=text)).notes
    assert notes == [f"{CHANGED_TEXT}: {shown}!{place}."]


@pytest.mark.parametrize(
    ("sheet", "place", "text"),
    [
        ("Your reply", "A13", "library-one/whole: no"),
        ("What we say", "A14", "Our weekends"),
        ("What we say", "A22", "Document 99"),
    ],
)
def test_a_first_cell_that_was_changed_is_named_and_not_its_row(sheet, place, text, folder):
    notes = intake(folder, "Your reply", cell(sheet, place, value=text)).notes
    assert notes == [f"{CHANGED_TEXT}: {quoted(sheet)}!{place}."]


def quoted(sheet: str) -> str:
    return f"'{sheet}'" if " " in sheet else sheet


@pytest.mark.parametrize(
    ("sheet", "place", "other"),
    [
        # What another row of the same column says, also one with the same first cell.
        ("What we say", "B12", "B15"),
        ("Codebook", "C2", "C4"),
        ("What we say", "C22", "C23"),
        ("Start", "B3", "B2"),
        ("Lists", "A3", "A2"),
    ],
)
def test_a_text_that_stands_elsewhere_in_its_column_is_named(sheet, place, other, folder):
    tab = "Coding" if sheet == "Codebook" else "Your reply"

    def repeat(book: Workbook) -> None:
        assert book[sheet][place].value != book[sheet][other].value
        book[sheet][place].value = book[sheet][other].value

    assert intake(folder, tab, repeat).notes == [f"{CHANGED_TEXT}: {quoted(sheet)}!{place}."]


def test_emptied_cells_and_deleted_rows_of_shown_sheets_are_named(folder):
    notes = intake(
        folder,
        "Your reply",
        cell("What we say", "C13", value=None),
        cell("Your reply", "C5", value=None),
        cell("Your reply", "A6", value=None),
        lambda book: book["Your reply"].delete_rows(9),
        lambda book: book["What we say"].delete_rows(24),
    ).notes
    assert notes == [
        f"{EMPTIED}: 'What we say'!C13, 'Your reply'!A6, 'Your reply'!C5.",
        f"{ROWS_GONE}: 'What we say'!A24, 'Your reply'!A9.",
    ]


@pytest.mark.parametrize(
    ("tab", "sheet"),
    [
        ("Your reply", "What we say"),
        ("Your reply", "New searches"),
        ("Coding", "Evidence held"),
        ("Coding", "New sources"),
        ("Settling", "Codebook"),
        ("Requests", "New evidence"),
    ],
)
def test_a_sheet_that_is_gone_is_named(tab, sheet, folder):
    notes = intake(folder, tab, lambda book: book.remove(book[sheet])).notes
    assert notes == [f"{SHEET_GONE}: {sheet}."]


def test_without_its_last_sheet_a_workbook_is_an_older_one(folder):
    notes = intake(
        folder,
        "Your reply",
        lambda book: book.remove(book["Lists"]),
        cell("What we say", "C14", value="No."),
    ).notes
    assert notes == [f"{CHANGED_SINCE}: 'What we say'!C14.", f"{SHEET_SINCE}: Lists."]


def test_a_form_of_another_kind_of_workbook_is_named(folder):
    """It is found by its marks, and nothing would read it there."""

    def add(book: Workbook) -> None:
        other = openpyxl.load_workbook(io.BytesIO(unchanged("Your reply")))["New searches"]
        sheet = book.create_sheet("New searches")
        for row in other.iter_rows(max_row=2):
            for one in row:
                sheet.cell(one.row, one.column).value = one.value
        sheet["C3"] = "the shelf"

    (note,) = intake(folder, "Settling", add).notes
    assert note.startswith(f"{OTHER_SHEET}: 'New searches'!A1:A2, ")
    assert "'New searches'!C1:C3" in note


def test_a_line_above_the_table_is_named(folder):
    def change(book: Workbook) -> None:
        book["Your reply"].insert_rows(1)
        book["Your reply"]["A1"] = "See our letter."

    assert intake(folder, "Your reply", change).notes == [f"{CHANGED_TEXT}: 'Your reply'!A1."]


@pytest.mark.parametrize("older", [False, True])
def test_a_reply_written_in_five_wrong_places_is_named_five_times(older, folder):
    notes = intake(
        folder,
        "Your reply",
        *([without_marks] if older else []),
        cell("Your reply", "C4", value="This is wrong: we are open every evening."),
        cell("Your reply", "C5", comment=Comment("We disagree.", "Them")),
        cell("Start", "A40", value="We disagree with all of this."),
        cell("Your reply", "B16", value="We were never asked."),
        page("Our response"),
        cell("Our response", "A1", value="Evening hours: every evening."),
    ).notes
    assert notes == [
        f"{COMMENT}: 'Your reply'!C5.",
        f"{CHANGED_SINCE if older else CHANGED_TEXT}: "
        "Start!A40, 'Your reply'!B16, 'Your reply'!C4.",
        f"{OTHER_SHEET}: 'Our response'!A1.",
    ]


def test_a_form_without_the_sheet_that_the_unit_fills_is_refused(folder):
    with pytest.raises(StudyError) as caught:
        intake(folder, "Your reply", lambda book: book.remove(book["Your reply"]))
    assert [one.column for one in caught.value.problems] == ["Your reply"]


def test_an_answer_in_the_column_of_documents_is_refused_in_its_cell(folder):
    with pytest.raises(StudyError) as caught:
        intake(folder, "Your reply", cell("Your reply", "F5", value="Our by-law."))
    (problem,) = caught.value.problems
    assert (problem.column, problem.value) == ("'Your reply'!F5", "Our by-law.")


# --- links ---------------------------------------------------------------------------------------


def source(**texts: str) -> Callable[[Workbook], None]:
    """Return a change that fills the first row of the sheet for new sources."""
    usual = {"publisher": "Library One", "title": "Policy", "read_on": "2022-07-01"}

    def change(book: Workbook) -> None:
        sheet = book["New sources"]
        places = {one.value.partition(".")[2]: one.column for one in sheet[1]}
        for name, text in (usual | texts).items():
            sheet.cell(3, places[name]).value = text

    return change


def linked(target: str, sheet: str = "New sources", place: str = "F3") -> Callable:
    return cell(sheet, place, hyperlink=target)


def address_taken(folder: Path, *changes: Callable) -> tuple[str, list[str]]:
    """Return the address with which a source comes into the study, and the notes."""
    intake(folder, "Coding", *changes)
    taken = take_in(folder.parent / "returned.xlsx", folder)
    rows = openpyxl.load_workbook(folder.parent / "returned.xlsx")["New sources"]
    row = find_row(folder, "sources", source_id=rows["A3"].value)
    header, *lines = (folder / "sources.csv").read_text(encoding="utf-8").splitlines()
    return lines[row - 2].split(",")[header.split(",").index("url")], taken.notes


TAKEN = "The address behind a link was taken: 'New sources'!F3."


@pytest.mark.parametrize(
    ("shown", "target", "taken", "notes"),
    [
        ("Our policy page", LINK, LINK, [TAKEN]),
        ("Our policy page", f"{LINK}#page=3", f"{LINK}#page=3", [TAKEN]),
        ("www.example.org", "http://www.example.org/", "www.example.org", None),
        (LINK, LINK, LINK, []),
        ("https://example.org", "https://example.org/", "https://example.org", []),
        (LINK, "", LINK, []),
        ("doi:10.1000/182", "", "doi:10.1000/182", []),
        (f'=HYPERLINK("{LINK}","Our policy page")', "", LINK, [TAKEN]),
        (f'=hyperlink( "{LINK}" )', "", LINK, [TAKEN]),
    ],
)
def test_the_address_behind_a_link_is_taken(shown, target, taken, notes, folder):
    changes = [source(url=shown), *([linked(target)] if target else [])]
    # The library writes the target over an empty cell's text only; the text that shows stays.
    changes.append(source(url=shown))
    if notes is None:
        with pytest.raises(StudyError) as caught:
            intake(folder, "Coding", *changes)
        assert "it is not an address" in caught.value.problems[0].rule
        return
    assert address_taken(folder, *changes) == (taken, notes)


@pytest.mark.parametrize(
    ("shown", "target", "rule"),
    [
        ("Our policy page", "", "it is not an address"),
        ("www.example.org/policy", "", "it is not an address"),
        ("https://", "", "it is not an address"),
        ("https://example.org/a b", "", "it is not an address"),
        ("Our policy page", "Policy.pdf", "it is not an address"),
        ("Our policy page", "mailto:desk@example.org", "it is not an address"),
        ("Our policy page", "file:///C:/policy.pdf", "it is not an address"),
        ('=HYPERLINK("https://example.org/"&"6","here")', "", "is worked out by the formula"),
        ('=HYPERLINK("https://example.org/"&"6")', "", "is worked out by the formula"),
        ('=HYPERLINK(C9,"here")', "", "is worked out by the formula"),
        (f'=IF(1=1,HYPERLINK("{LINK}","here"),"")', "", "is worked out by the formula"),
        (LINK, "https://example.org/another", "the cell shows one address, and leads to another"),
    ],
)
def test_what_is_no_address_is_refused_in_its_cell(shown, target, rule, folder):
    changes = [source(url=shown), *([linked(target)] if target else []), source(url=shown)]
    with pytest.raises(StudyError) as caught:
        intake(folder, "Coding", *changes)
    (problem,) = caught.value.problems
    assert problem.column == "'New sources'!F3"
    assert rule in problem.rule
    assert problem.remedy


@pytest.mark.parametrize(
    ("tab", "sheet", "place"),
    [
        ("Your reply", "Start", "B3"),
        ("Your reply", "What we say", "C13"),
        ("Coding", "New sources", "C3"),
        ("Settling", "Settling", "A3"),
    ],
)
def test_an_address_behind_any_other_cell_is_named(tab, sheet, place, folder):
    text = openpyxl.load_workbook(io.BytesIO(unchanged(tab)))[sheet][place].value
    changes = [linked(LINK, sheet, place), cell(sheet, place, value=text)]
    if sheet == "New sources":
        changes.append(source(url=LINK))
    shown = f"'{sheet}'" if " " in sheet else sheet
    assert intake(folder, tab, *changes).notes == [f"{ADDRESS}: {shown}!{place}."]


@pytest.mark.parametrize(
    ("formula", "shown", "named"),
    [
        (f'HYPERLINK("{LINK}","see our page")', "see our page", True),
        ('HYPERLINK("https://example.org/"&"6","see our page")', "see our page", True),
        (f'IF(1=1,HYPERLINK("{LINK}","see our page"),"")', "see our page", True),
        (f'HYPERLINK("{LINK}")', LINK, False),
        ('"see our "&"page"', "see our page", False),
    ],
)
def test_an_address_behind_a_formula_is_named_where_none_is_asked_for(
    formula, shown, named, folder
):
    path = folder.parent / "returned.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(unchanged("Your reply")))
    book["Your reply"]["D5"] = "To be a formula"
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    written = f'<c r="D5" t="str"><f>{escape(formula)}</f><v>{shown}</v></c>'.encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            if b"To be a formula" in content:
                content = re.sub(rb'<c r="D5".*?</c>', written, content)
            new.writestr(name, content)
    notes = read_workbook(path).sentences()
    assert (f"{ADDRESS}: 'Your reply'!D5." in notes) == named
    assert "The stored result of a formula was read: 'Your reply'!D5." in notes


# --- what is in no cell ----------------------------------------------------------------------------


def with_parts(folder: Path, tab: str, sheet: int, kind: str, target: str, content: str) -> Intake:
    """Take in a workbook to one of whose sheets a part hangs, as programs write it."""
    path = folder.parent / "returned.xlsx"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="http://schemas.example.org/{kind}" Target="{target}"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(io.BytesIO(unchanged(tab))) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr(f"xl/worksheets/_rels/sheet{sheet}.xml.rels", relations)
        new.writestr(f"xl/{target.removeprefix('../')}", content)
    return take_in(path, folder, dry_run=True)


ANCHOR = """<xdr:wsDr xmlns:xdr="x" xmlns:a="a"><xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col>
<xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row></xdr:from><xdr:to><xdr:col>9</xdr:col>
<xdr:row>9</xdr:row></xdr:to><xdr:sp><a:t>We disagree.</a:t></xdr:sp></xdr:twoCellAnchor>
</xdr:wsDr>"""


@pytest.mark.parametrize(
    ("kind", "target", "content", "note"),
    [
        ("drawing", "../drawings/drawing1.xml", ANCHOR, f"{OBJECT}: 'Your reply'!D7."),
        (
            "threadedComment",
            "../threadedComments/threadedComment1.xml",
            '<ThreadedComments><threadedComment ref="C6" id="{1}"><text>No.</text>'
            "</threadedComment></ThreadedComments>",
            f"{COMMENT}: 'Your reply'!C6.",
        ),
        (
            "vmlDrawing",
            "../drawings/vmlDrawing1.vml",
            '<xml><x:ClientData ObjectType="Edit"/></xml>',
            f"{OBJECT}: Your reply.",
        ),
        ("oleObject", "../embeddings/oleObject1.bin", "letter", f"{OBJECT}: Your reply."),
        ("vmlDrawing", "../drawings/vmlDrawing1.vml", '<x ObjectType="Note"/>', ""),
        ("printerSettings", "../printerSettings/printerSettings1.bin", "x", ""),
    ],
)
def test_what_lies_on_a_sheet_is_named(kind, target, content, note, folder):
    taken = with_parts(folder, "Your reply", 3, kind, target, content)
    assert taken.notes == ([note] if note else [])


@pytest.mark.parametrize("tab", TABS)
def test_a_chart_on_a_sheet_is_named(tab, folder):
    notes = intake(folder, tab, lambda book: book[tab].add_chart(BarChart(), "D8")).notes
    shown = f"'{tab}'" if " " in tab else tab
    assert notes == [f"{OBJECT}: {shown}!D8."]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda book: text_of_page(book, "oddHeader", "We disagree"), "header of Your reply"),
        (lambda book: text_of_page(book, "evenFooter", "See &D"), "footer of Your reply"),
        (lambda book: text_of_page(book, "firstFooter", "No, page &P"), "footer of Your reply"),
        (lambda book: text_of_page(book, "oddFooter", "Page &P of &N"), ""),
        (lambda book: text_of_page(book, "oddFooter", "&A, &D"), ""),
        (lambda book: defined(book, "Our_answer", '"we disagree"'), "name Our_answer"),
        (lambda book: defined(book, "We_disagree", "Start!$A$1"), "name We_disagree"),
        (lambda book: defined(book, "_xlnm.Print_Area", "Start!$A$1"), ""),
        (lambda book: prompt(book, "We disagree"), "prompt at 'Your reply'!D4"),
        (lambda book: setattr(book.properties, "description", "No"), "description of the file"),
    ],
)
def test_words_that_are_in_no_cell_are_named(change, place, folder):
    notes = intake(folder, "Your reply", change).notes
    assert notes == ([f"{TEXT_OUTSIDE_CELLS}: {place}."] if place else [])


def text_of_page(book: Workbook, part: str, text: str) -> None:
    getattr(book["Your reply"], part).center.text = text


def defined(book: Workbook, name: str, text: str) -> None:
    book.defined_names[name] = DefinedName(name, attr_text=text)


def prompt(book: Workbook, text: str) -> None:
    rule = DataValidation(type="textLength", operator="greaterThan", formula1="0", prompt=text)
    book["Your reply"].add_data_validation(rule)
    rule.add("D4")


def test_answers_that_were_sorted_alone_are_named(folder):
    filled = Filled(unchanged("Your reply"))
    answers, ledger = filled.form("answers"), filled.form("replies")
    rows = [row for row in answers.rows() if "/" in answers.texts(row).get("row", "")][:8]
    for row, text in zip(
        rows, ["Box", "Easter", "Fees", "Hours", "Lamps", "Steps", "Stock", "Window"], strict=True
    ):
        answers.put(row, answer=f"{text}: see the card.")
    free = next(one for one in ledger.rows() if list(ledger.texts(one)) == ["reply_id"])
    ledger.put(free, received_on="2022-08-01", says="It answers.", decision="open")
    notes = take_in(filled.save(folder.parent / "returned.xlsx"), folder, dry_run=True).notes
    assert notes == [f"{SORTED_ALONE}: 'Your reply'!G{rows[0]}."]


def test_a_link_on_an_empty_address_is_taken_and_named(folder):
    def change(book: Workbook) -> None:
        linked(LINK)(book)
        book["New sources"]["F3"].value = None

    assert address_taken(folder, source(), change) == (LINK, [TAKEN])


def test_a_link_on_an_empty_cell_elsewhere_is_named(folder):
    def change(book: Workbook) -> None:
        linked(LINK, "New sources", "C3")(book)
        book["New sources"]["C3"].value = None

    assert intake(folder, "Coding", change).notes == [f"{ADDRESS}: 'New sources'!C3."]


def test_a_decision_that_is_missing_is_said_once(folder):
    filled = Filled(unchanged("Your reply"))
    ledger = filled.form("replies")
    free = next(one for one in ledger.rows() if list(ledger.texts(one)) == ["reply_id"])
    ledger.put(free, received_on="2022-08-01", says="It answers.")
    with pytest.raises(StudyError) as caught:
        take_in(filled.save(folder.parent / "returned.xlsx"), folder, dry_run=True)
    (problem,) = caught.value.problems
    assert "(empty)" not in problem.rule


def test_an_answer_where_it_belongs_is_taken_in_and_brings_no_note(folder):
    filled = Filled(unchanged("Your reply"))
    answers, ledger = filled.form("answers"), filled.form("replies")
    answers.put(answers.find("library-one/evening"), answer="We are open every evening.")
    row = next(one for one in ledger.rows() if list(ledger.texts(one)) == ["reply_id"])
    ledger.put(
        row,
        received_on="2022-08-01",
        criterion_id="Evening hours",
        says="It is open every evening.",
        decision="open",
    )
    taken = take_in(filled.save(folder.parent / "returned.xlsx"), folder)
    assert taken.notes == []
    assert taken.written == ["replies.csv"]


def test_an_older_workbook_is_held_against_the_study_as_it_stands(folder):
    """It does not bring the marks of its texts: what the study says otherwise since, is named."""
    row = find_row(folder, "criteria", criterion_id="evening")
    edit_cell(folder, "criteria", row, "label", "Evenings")
    notes = intake(folder, "Your reply", without_marks).notes
    assert any("'Your reply'!B4" in one for one in notes)
    assert intake(folder, "Your reply").notes == []
