"""The gap tables as a workbook, by the accessible spreadsheet rules.

One table a sheet, its title in A1, notices above it, one header row, marked as a table; a
cover, contents and notes; no merged cells, no filters, no frozen panes, no colour as a cue
(Analysis Function, "Releasing statistics in spreadsheets"). ``[x]`` stands for not available
and ``[z]`` for not applicable; 0 is a true zero only.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from analysis.frames import each_row
from analysis.measure.figures import NamedFigure
from analysis.measure.results import Results
from analysis.publish.material import Material
from analysis.publish.sheets import (
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    evidence,
    national,
    published,
    units,
)
from analysis.show.caveats import caveats, draft_line
from analysis.show.labels import (
    level_word,
)
from analysis.spreadsheet import as_bytes, font, new_workbook, put_link, put_text, row_height
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.levels import level_names
from analysis.wording import listed

_REST = "in the tables of the folder data, beside this workbook"
_NUMBER = Alignment(wrap_text=True, vertical="top", horizontal="right")


@dataclass(frozen=True)
class Sheet:
    """One table for one sheet: its tab, title, notices above, and cells as shown.

    ``link`` is the column whose texts are links; empty: none is.
    """

    tab: str
    title: str
    caveats: list[str]
    table: pd.DataFrame
    link: str = ""


def gap_workbook(results: Results, named: dict[str, NamedFigure]) -> bytes:
    """Return the workbook; the same results give the same bytes."""
    study, lines = results.study, _cover_lines(results, named)
    title = f"{study.descriptor.title}: gap tables"
    return accessible_workbook(study, title, lines, _notes_table(results), _shown_sheets(results))


def accessible_workbook(
    study: Study, title: str, lines: list[str], notes: pd.DataFrame, sheets: list[Sheet]
) -> bytes:
    """Return a workbook by the rules above: the cover with its lines, contents, notes and sheets."""
    creator = listed([contributor.title for contributor in study.descriptor.contributors])
    book = new_workbook(title, creator)
    book.calculation = CalcProperties(fullCalcOnLoad=False)
    cover = book.worksheets[0]
    cover.title = "Cover"
    _write_lines(cover, title, lines)
    tabs = [(sheet.tab, sheet.title) for sheet in sheets]
    contents = pd.DataFrame(tabs, columns=["Sheet", "Table"])
    marks = [mark for mark in (study.mark,) if mark]
    _write_table(book.create_sheet("Contents"), Sheet("Contents", "Contents", marks, contents))
    _write_table(book.create_sheet("Notes"), Sheet("Notes", "Notes", marks, notes))
    for cell in book["Contents"]["A"][2 + len(marks) :]:  # below the title, the mark and the header
        put_link(cell, f"#'{cell.value}'!A1")
    for sheet in sheets:
        _write_table(book.create_sheet(sheet.tab), sheet)
    return as_bytes(book)


def _cover_lines(results: Results, named: dict[str, NamedFigure]) -> list[str]:
    study = results.study
    return [
        draft_line(study).strip(),
        # It speaks of all units, with their number.
        f"{'The study as a whole: ' if study.scope.units else ''}{study.descriptor.description}",
        f"State as of {named['dates.as_of'].text}, from what had been read by {named['dates.known_by'].text}. Data version {study.descriptor.version}.",
        *study["notices"].loc[study["notices"]["scope"] == "study", "text"],
        "Every table has a sheet of its own; Contents lists them. Notes explains every state and sign.",
        f"Contact: {study.settings.contact}",
        f"Licence: {study.descriptor.licenses[0].name} for our own words; each source's own terms stay with its publisher.",
    ]


def _notes_table(results: Results) -> pd.DataFrame:
    study = results.study
    names = level_names(study)
    levels = [
        (
            level_word(names[row.scale_id, row.level]),
            f"{row.meaning}. Value {row.value} on 0 to 1.",
        )
        for row in each_row(study["levels"])
    ]
    unknowns = [(level_word(code), v.MEANING[code] + ".") for code in v.UNKNOWNS]
    signs = [
        (NOT_AVAILABLE, "Not available: nothing is known, or nothing is scored."),
        (
            NOT_APPLICABLE,
            "Not applicable: the criterion or recommendation does not apply, or is not scored.",
        ),
        ("0", "A true zero: counted, and there are none."),
        (
            "low, high",
            "Worst and best score that the evidence allows, 0 to 100, rounded once, here.",
        ),
        ("known", "Share of the weight in settled cells, per cent."),
    ]
    return pd.DataFrame([*levels, *unknowns, *signs], columns=["Sign", "Meaning"])


def _sheets(results: Results) -> list[Sheet]:
    study, noun = results.study, results.study.settings.unit_noun
    criteria, every_unit = list(study["criteria"]["criterion_id"]), list(study["units"]["unit_id"])
    on_criteria, on_units = caveats(results, criteria), caveats(results, criteria, every_unit)
    scores = Sheet(
        "Published scores",
        "Published scores, how they were rounded, and what they settle",
        on_criteria,
        published.published_scores(results),
    )
    return [
        Sheet(
            "National gaps",
            f"How many {noun.plural} meet each recommendation, how many fall short, and for how many we could not tell",
            on_criteria,
            national.national_gaps(results),
        ),
        Sheet(
            "National figures",
            f"How many {noun.plural} are at each state of each criterion",
            on_criteria,
            national.national_figures(results),
        ),
        Sheet(
            "Published totals",
            "Published totals beside what the evidence names",
            on_criteria,
            published.published_totals(results),
        ),
        *([scores] if len(results.published_scores) else []),
        Sheet(
            "Gaps",
            f"What each {noun.singular} meets, what is missing and what is unknown, by recommendation",
            on_units,
            units.gaps(results),
        ),
        Sheet(
            "Scores",
            f"Worst and best score that the evidence allows each {noun.singular}",
            on_units,
            units.scores(results),
        ),
        Sheet(
            "Matrix",
            f"The state of every {noun.singular} on every criterion",
            on_units,
            units.matrix(results),
        ),
        Sheet(
            "Evidence",
            "Evidence cited by a coding, in our own words, with its source",
            on_units,
            evidence.evidence(results),
        ),
        Sheet(
            "Replies",
            f"What each {noun.singular} replied, in our own words, and what became of it",
            on_units,
            evidence.replies(results),
        ),
        Sheet("Sources", "The documents listed", caveats(results), evidence.sources(results)),
    ]


def _shown_sheets(results: Results) -> list[Sheet]:
    """Return the sheets; where no unit is named, without those that are then empty."""
    public = results.study.scope.public
    return [sheet for sheet in _sheets(results) if not (public and sheet.table.empty)]


def _write_lines(sheet: Worksheet, title: str, lines: list[str]) -> None:
    sheet.column_dimensions["A"].width = 100
    put_text(sheet, 1, 1, title).font = font(bold=True, size=15)
    for number, line in enumerate(filter(None, lines), start=2):
        put_text(sheet, number, 1, line, _REST)
    for number, (cell,) in enumerate(sheet.iter_rows(max_col=1), start=1):
        sheet.row_dimensions[number].height = row_height([cell.value], [100], cell.font.sz)
    _lay_out(sheet)


def _write_table(sheet: Worksheet, content: Sheet) -> None:
    """Write the title, the notices and the table, and mark the table as a table."""
    # Above the table these lines stand beside nothing and run over the columns to their right.
    loose = Alignment(vertical="top")
    title = put_text(sheet, 1, 1, content.title)
    title.font, title.alignment = font(bold=True, size=14), loose
    for number, text in enumerate(content.caveats, start=2):
        put_text(sheet, number, 1, text, _REST).alignment = loose
    head = len(content.caveats) + 2
    _write_rows(sheet, content.table, head, content.link)
    _mark_table(sheet, content, head)
    sheet.print_title_rows = f"{head}:{head}"
    _lay_out(sheet)


def _write_rows(sheet: Worksheet, table: pd.DataFrame, head: int, link: str) -> None:
    widths = []
    for column, name in enumerate(table.columns, start=1):
        put_text(sheet, head, column, str(name)).font = font(bold=True)
        longest = max([len(str(name)), *table[name].astype(str).str.len()])
        widths.append(min(max(longest + 3, 12), 55))
        sheet.column_dimensions[get_column_letter(column)].width = widths[-1]
    for row, values in enumerate(each_row(table), start=head + 1):
        for column, value in enumerate(values, start=1):
            if isinstance(value, str):
                cell = put_text(sheet, row, column, value, _REST)
                if table.columns[column - 1] == link and value != NOT_AVAILABLE:
                    put_link(cell, value)
            else:
                number = float(value)
                cell = sheet.cell(row, column, int(number) if number.is_integer() else number)
                cell.alignment = _NUMBER
                sheet.cell(head, column).alignment = _NUMBER
        sheet.row_dimensions[row].height = row_height(values, widths)


def _mark_table(sheet: Worksheet, content: Sheet, head: int) -> None:
    last = f"{get_column_letter(len(content.table.columns))}{head + len(content.table)}"
    table = Table(displayName=content.tab.replace(" ", "_"), ref=f"A{head}:{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    table._initialise_columns()  # pyright: ignore[reportAttributeAccessIssue]  # the stub lacks it
    for column, name in zip(table.tableColumns, content.table.columns, strict=True):
        column.name = str(name)
    table.autoFilter = None  # the library adds filter buttons otherwise
    sheet.add_table(table)


def _lay_out(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def write(material: Material, folder: Path) -> None:
    """Write the workbook as a part of a build."""
    (folder / "gap-tables.xlsx").write_bytes(gap_workbook(material.results, material.named))
