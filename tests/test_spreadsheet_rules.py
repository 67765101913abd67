"""The accessible spreadsheet rules of docs/outputs.md, each read back from the file."""

import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from helpers import ROOT
from lxml import etree
from made import library
from office import needs_office

from analysis.measure.results import measure
from analysis.publish.data_dictionary import TABLES
from analysis.publish.sheets import sheet_heads
from analysis.publish.workbook import _sheets
from analysis.study import load

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SIGNS = ("[x]", "[z]")
CHECKS = {}


@pytest.fixture(scope="module", params=["published", "published_made"], ids=["real", "made"])
def path(request) -> Path:
    return request.getfixturevalue(request.param) / "gap-tables.xlsx"


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def rules() -> dict[str, str]:
    """Return the checklist of the docs: each rule, and whether it is done, partly, or the user's job."""
    text = (ROOT / "docs/outputs.md").read_text("utf-8")
    table = text.partition("## Spreadsheet rules")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.M)
    return {rule: state for rule, state in rows if rule not in ("rule", "---")}


def checks(rule: str):
    """Bind a check to the rule of the docs that it reads back."""

    def bind(check):
        CHECKS[rule] = check
        return check

    return bind


def tables(book) -> list:
    return book.worksheets


@checks("one table a sheet, marked as a table, from column A, title in A1")
def _one_table(path, book):
    for sheet in tables(book):
        (table,) = sheet.tables.values()
        assert re.match(r"A\d+:", table.ref) and sheet["A1"].value, sheet.title
        assert sheet.dimensions.split(":")[1] == table.ref.split(":")[1], sheet.title


@checks("a summary first, then contents and notes sheets")
def _front(path, book):
    assert book.sheetnames[:4] == ["Summary", "Matrix wide", "Contents", "Notes"]
    listed = [cell.value for cell in book["Contents"]["A"]]
    others = [name for name in book.sheetnames if name != "Contents"]
    assert listed[-len(others) :] == others
    for cell in book["Contents"]["A"][-len(others) :]:
        assert cell.hyperlink.location == f"'{cell.value}'!A1"


@checks("headings on the same row of every sheet")
def _same_row(path, book):
    refs = [table.ref for sheet in book for table in sheet.tables.values()]
    assert len({ref.partition(":")[0] for ref in refs}) == 1, refs


@checks("dates are dates, and addresses are links")
def _dates_and_links(path, book):
    dated = linked = 0
    for sheet in tables(book):
        (table,) = sheet.tables.values()
        head, *rows = sheet[table.ref]
        for cell in (cell for row in rows for cell in row):
            name = head[cell.column - 1].value
            dated += cell.is_date
            assert cell.is_date or not re.fullmatch(r"20\d\d-\d\d-\d\d", str(cell.value)), cell
            if name in ("Address", "Archived copy") and str(cell.value).startswith("http"):
                linked += 1
                assert cell.hyperlink.target == cell.value
    assert dated and linked


@checks("one header row, text wrapped, no merged cells")
def _header(path, book):
    for sheet in tables(book):
        (table,) = sheet.tables.values()
        head, *rows = sheet[table.ref]
        assert table.headerRowCount == 1 and all(isinstance(cell.value, str) for cell in head)
        assert len({cell.value for cell in head}) == len(head), sheet.title
        texts = [cell for row in rows for cell in row if cell.data_type == "s"]
        assert all(cell.alignment.wrap_text for cell in texts), sheet.title
        assert not sheet.merged_cells.ranges


@checks("no filters, frozen panes, hidden rows, images or macros")
def _nothing_else(path, book):
    for sheet in book.worksheets:
        assert sheet.freeze_panes is None and sheet.auto_filter.ref is None
        assert all(table.autoFilter is None for table in sheet.tables.values())
        assert sheet.sheet_state == "visible"
        lines = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
        assert not any(one.hidden for one in lines), sheet.title
    with zipfile.ZipFile(path) as held:
        names = " ".join(held.namelist())
    assert not re.search(r"media/|drawings/|charts/|vbaProject|\.bin|externalLinks", names)


@checks("no fill or colour as the only cue")
def _no_fill(path, book):
    for sheet in book.worksheets:
        assert all(cell.fill.fill_type is None for row in sheet.iter_rows() for cell in row), (
            sheet.title
        )
        assert not sheet.conditional_formatting
        for table in sheet.tables.values():
            assert not table.tableStyleInfo.showRowStripes


@checks("empty cells explained: `[x]` not available, `[z]` not applicable; 0 only for a true zero")
def _no_empty_cell(path, book):
    used = set()
    for sheet in tables(book):
        (table,) = sheet.tables.values()
        values = [cell.value for row in sheet[table.ref] for cell in row]
        assert not any(value in (None, "") or str(value).isspace() for value in values)
        used |= {value for value in values if value in SIGNS}
    explained = {cell.value for cell in book["Notes"]["A"]}
    assert used and used <= explained and {"0", *SIGNS} <= explained


@checks("document title and language set; the cursor at A1")
def _named(path, book):
    assert book.properties.title and book.properties.language == "en-GB"
    assert book.active.title == "Summary"
    for sheet in book.worksheets:
        selected = [(one.activeCell, one.sqref) for one in sheet.sheet_view.selection]
        assert selected == [("A1", "A1")] and sheet.sheet_view.topLeftCell in (None, "A1")


@checks("text that begins like a formula stays text")
def _no_formula(path, book):
    with zipfile.ZipFile(path) as held:
        for name in held.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert not list(etree.fromstring(held.read(name)).iter(f"{MAIN}f")), name
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if str(cell.value).startswith(("=", "+", "-", "@")):
                    assert cell.data_type == "n" or cell.quotePrefix, (sheet.title, cell.coordinate)


@pytest.mark.parametrize("rule", CHECKS)
def test_the_workbook_keeps_to_the_rule(rule, path, book):
    CHECKS[rule](path, book)


def test_each_rule_of_the_docs_that_is_done_has_a_check_and_no_other():
    states = rules()
    assert set(states) >= set(CHECKS) and len(states) > 8
    assert {rule for rule, state in states.items() if state == "done"} == set(CHECKS)
    assert all(re.match("done|partly|the user's job", state) for state in states.values())


@needs_office
def test_libreoffice_opens_it_and_every_table_is_where_it_was(path, book, office, tmp_path):
    # LibreOffice leaves a lock beside what it opens, and this folder is shared.
    copy = shutil.copy(path, tmp_path / "copy.xlsx")
    office.save_again(copy, tmp_path / "again.xlsx")
    again = openpyxl.load_workbook(tmp_path / "again.xlsx")
    assert again.sheetnames == book.sheetnames
    assert again.properties.title == book.properties.title
    for sheet in book.worksheets:
        other = again[sheet.title]
        assert {one.ref for one in other.tables.values()} == {
            one.ref for one in sheet.tables.values()
        }, sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                found = other[cell.coordinate]
                assert found.data_type == cell.data_type, (sheet.title, cell.coordinate)
                if cell.data_type == "n":
                    assert found.value == pytest.approx(cell.value)
                else:
                    assert found.value == cell.value, (sheet.title, cell.coordinate)


def test_each_sheet_shows_a_published_table_as_it_is_described(made_folder):
    """But for those that have a column for each state or question of a study."""
    results = measure(load(made_folder))
    for sheet in _sheets(results):
        name = sheet.tab.lower().replace(" ", "-")
        if name not in ("national-figures", "matrix-wide"):
            heads = sheet_heads(results.study, name)
            assert list(sheet.table.columns) == list(heads.values()), sheet.tab


def test_a_column_of_a_sheet_that_nobody_described_is_named(monkeypatch):
    monkeypatch.setitem(TABLES, "ranks", replace(TABLES["ranks"], sheet=("unit_id", "luck")))
    with pytest.raises(LookupError, match="column luck of ranks is described nowhere"):
        sheet_heads(library(), "ranks")
