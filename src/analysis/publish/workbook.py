"""The gap tables as a workbook, by the accessible spreadsheet rules.

One table a sheet, its title in A1, notices above it, one header row, marked as a table; a
cover, contents and notes; no merged cells, no filters, no frozen panes, no colour as a cue
(Analysis Function, "Releasing statistics in spreadsheets"). ``[x]`` stands for not available
and ``[z]`` for not applicable; 0 is a true zero only.
"""

from dataclasses import dataclass
from itertools import chain

import pandas as pd
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.cell_records import CellRecord, cell_records
from analysis.frames import each_row, records
from analysis.measure.gaps import GAP_STATES
from analysis.measure.national import asked_criteria, states_by_criterion
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.measure.statements import Statement
from analysis.measure.tree import TOTAL
from analysis.show.notes import draft_line, notes
from analysis.show.words import (
    DECIDED,
    among_words,
    count_words,
    gap_words,
    level_word,
    levels_words,
    word,
)
from analysis.spreadsheet import as_bytes, font, new_workbook, put_text, row_height
from analysis.study import vocabulary as v
from analysis.study.levels import level_names
from analysis.study.marks import OLDER_LEVEL
from analysis.study.published import rounding_words
from analysis.study.sources import with_sources
from analysis.wording import capital, listed

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"
_REST = "in the tables of the folder data, beside this workbook"
_NUMBER = Alignment(wrap_text=True, vertical="top", horizontal="right")


@dataclass(frozen=True)
class Sheet:
    """One table for one sheet: its tab, title, notices above, and cells as shown."""

    tab: str
    title: str
    notes: list[str]
    table: pd.DataFrame


def gap_workbook(results: Results, named: dict[str, Statement]) -> bytes:
    """Return the workbook; the same results give the same bytes."""
    sheets = _sheets(results, named)
    title = f"{results.study.descriptor.title}: gap tables"
    creator = listed([one.title for one in results.study.descriptor.contributors])
    book = new_workbook(title, creator)
    book.calculation = CalcProperties(fullCalcOnLoad=False)
    cover = book.active
    cover.title = "Cover"
    _write_lines(cover, title, _cover_lines(results, named))
    contents = pd.DataFrame([(one.tab, one.title) for one in sheets], columns=["Sheet", "Table"])
    about, marks = _notes_table(results), [one for one in (results.study.mark,) if one]
    _write_table(book.create_sheet("Contents"), Sheet("Contents", "Contents", marks, contents))
    _write_table(book.create_sheet("Notes"), Sheet("Notes", "Notes", marks, about))
    for cell in book["Contents"]["A"][2 + len(marks) :]:  # below the title, the mark and the header
        cell.hyperlink = f"#'{cell.value}'!A1"
        cell.font = font(color="12436D", underline="single")
    for one in sheets:
        _write_table(book.create_sheet(one.tab), one)
    return as_bytes(book)


def _cover_lines(results: Results, named: dict[str, Statement]) -> list[str]:
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


def _sheets(results: Results, named: dict[str, Statement]) -> list[Sheet]:
    study = results.study
    many = study.settings.unit_noun.plural
    one = capital(study.settings.unit_noun.singular)
    criteria, units = study["criteria"], study["units"]
    every = list(criteria["criterion_id"]), list(units["unit_id"])
    labels, names = study.lookup("criteria", "label"), study.lookup("units", "name")
    return [
        Sheet(
            "National gaps",
            f"How many {many} meet each recommendation, fall short, or cannot be told",
            notes(results, every[0]),
            _national_gaps(results),
        ),
        Sheet(
            "National figures",
            f"How many {many} are at each state of each criterion",
            notes(results, every[0]),
            _national(results, labels),
        ),
        Sheet(
            "Published totals",
            "Published totals beside what the evidence names",
            notes(results, every[0]),
            _totals(results, labels, names),
        ),
        *(
            [
                Sheet(
                    "Published scores",
                    "Published scores, how they were rounded, and what they settle",
                    notes(results, every[0]),
                    _published_scores(results, one, names),
                )
            ]
            if len(results.published_scores)
            else []
        ),
        Sheet(
            "Gaps",
            f"What each {study.settings.unit_noun.singular} meets, what is missing and what is unknown, by recommendation",
            notes(results, *every),
            _gaps(results, one, names, labels),
        ),
        Sheet(
            "Scores",
            f"Worst and best score that the evidence allows each {study.settings.unit_noun.singular}",
            notes(results, *every),
            _scores(results, one, names),
        ),
        Sheet(
            "Matrix",
            f"The state of every {study.settings.unit_noun.singular} on every criterion",
            notes(results, *every),
            _matrix(results, one, names, labels),
        ),
        Sheet(
            "Evidence",
            "Evidence cited by a coding, in our own words, with its source",
            notes(results, *every),
            _evidence(results, names),
        ),
        Sheet(
            "Replies",
            f"What each {study.settings.unit_noun.singular} replied, in our own words, and what became of it",
            notes(results, *every),
            _replies(results, one, names, labels),
        ),
        Sheet("Sources", "The documents listed", notes(results), _sources(results)),
    ]


def _national_gaps(results: Results) -> pd.DataFrame:
    labels = results.study.lookup("recommendations", "label")
    asks = results.study.lookup("recommendations", "asks")
    criteria = results.study.lookup("criteria", "label")
    table = results.national_gaps
    frame = pd.DataFrame(
        {
            "Recommendation": table["recommendation_id"].map(labels),
            "What it asks, as far as it was read": [
                asks[name] or "Its text was not read" for name in table["recommendation_id"]
            ],
            "Scored": table["scored"],
        }
    )
    for state in GAP_STATES:
        frame[capital(word(state))] = (
            table[state].astype(object).where(table[state].notna(), NOT_APPLICABLE)
        )
    said = {
        one["total_id"]: f"{count_words(one)} at {levels_words(one['level'])} on "
        f"{criteria[one['criterion_id']]}, {one['as_of']}; named by the evidence: {one['named']}"
        for one in records(results.totals)
    }
    frame["Published total"] = [
        "; ".join(said[one] for one in ids.split(";") if one) or "none held"
        for ids in table["published_totals"]
    ]
    return frame


def _national(results: Results, labels: dict) -> pd.DataFrame:
    study = results.study
    criteria = asked_criteria(study)["criterion_id"]
    counts = {
        key: table.set_index("state")["units"]
        for key, table in results.national.groupby("criterion_id")
    }
    scales, names = study.lookup("criteria", "scale_id"), level_names(study)
    every = states_by_criterion(study)
    held = {
        name: {names.get((scales[name], state), state): state for state in every[name]}
        for name in criteria
    }
    scored = study.lookup("criteria", "scored")
    frame = pd.DataFrame(
        {
            "Criterion": [labels[name] for name in criteria],
            "Scored": [scored[name] for name in criteria],
        }
    )
    columns: dict[str, list] = {}
    for state in dict.fromkeys(chain.from_iterable(held.values())):
        head = _head(level_word(state), [*frame.columns, *columns])
        columns[head] = [
            counts[name].get(held[name].get(state), NOT_APPLICABLE) for name in criteria
        ]
    return pd.concat([frame, pd.DataFrame(columns)], axis=1)


def _head(words: str, heads: list[str]) -> str:
    """Return the head of a new column; no two may be alike, whatever their capitals."""
    head = words[:1].upper() + words[1:]
    taken = {name.casefold() for name in heads}
    while head.casefold() in taken:
        head += " (level)"
    return head


def _totals(results: Results, labels: dict, names: dict) -> pd.DataFrame:
    table = results.totals
    if table.empty:
        return pd.DataFrame({"Total": [NOT_AVAILABLE], "Note": ["No published total is held."]})
    return pd.DataFrame(
        {
            "Total": table["total_id"],
            "Criterion": table["criterion_id"].map(labels),
            "Level": table["level"].map(levels_words),
            "On": table["as_of"],
            "Published as": table["relation"].map(word),
            "Published count": table["count"],
            "Out of": table["of"],
            "Among": [among_words(text, names) for text in table["among"]],
            "Named by the evidence": table["named"],
            "Cannot be told": table["cannot_be_told"],
            "Held against the evidence": table["status"],
            "Still open by": table["open_by"],
            "Set aside": table["set_aside"],
            "Clashes with": table["clash"].where(table["clash"] != "", "none"),
            "Source": table["source_id"],
            "Note": table["note"].where(table["note"] != "", "none"),
        }
    )


def _published_scores(results: Results, one: str, names: dict) -> pd.DataFrame:
    table, study = results.published_scores, results.study
    groups = {**study.lookup("recommendations", "label"), TOTAL: "In all"}
    does = {bearing.row: bearing.said for bearing in results.bearings}
    given = {row.score_id: row for row in each_row(study["published_scores"])}
    return pd.DataFrame(
        {
            "Score": table["score_id"],
            one: table["unit_id"].map(names),
            "Of": table["group_id"].map(groups),
            "On": table["as_of"],
            "Published": table["score"],
            "Rounding": [
                rounding_words(given[name]).removeprefix(", ") or "not rounded"
                for name in table["score_id"]
            ],
            "Held against the evidence": table["status"],
            "What it does on this date": [
                does.get(f"published_scores/{name}", "It is of another day, and does nothing.")
                for name in table["score_id"]
            ],
            "Set aside": table["set_aside"],
            "Clashes with": table["clash"].where(table["clash"] != "", "none"),
            "Source": table["source_id"],
            "Note": table["note"].where(table["note"] != "", "none"),
        }
    )


def _gaps(results: Results, one: str, names: dict, labels: dict) -> pd.DataFrame:
    table, groups = results.gaps, results.study.lookup("recommendations", "label")
    return pd.DataFrame(
        {
            one: table["unit_id"].map(names),
            "Recommendation": table["recommendation_id"].map(groups),
            "State": table["state"].map(word),
            "What is missing": [gap_words(text, labels) for text in table["missing"]],
            "What is unknown": [gap_words(text, labels, empty="none") for text in table["unknown"]],
            "Evidence": table["evidence_ids"].where(table["evidence_ids"] != "", "none"),
            "Notice": table["notices"].where(table["notices"] != "", "none"),
        }
    )


def _scores(results: Results, one: str, names: dict) -> pd.DataFrame:
    table, display = results.scores, results.study.settings.display

    groups = {**results.study.lookup("recommendations", "label"), TOTAL: "In all"}

    def number(values):
        return [float(shown(value, display)) for value in values]

    return pd.DataFrame(
        {
            one: table["unit_id"].map(names),
            "Group": table["group_id"].map(groups),
            "Low": number(table["low"]),
            "High": number(table["high"]),
            "Known, per cent": number(100 * table["known"]),
        }
    )


def _matrix(results: Results, one: str, names: dict, labels: dict) -> pd.DataFrame:
    criteria = set(asked_criteria(results.study)["criterion_id"])
    cells = cell_records(results.study, results.matrix)
    heads = (
        one, "Criterion", "State", "Last known level", "When", "Confidence", "Why", "Evidence",
    )  # fmt: skip
    rows = [
        (
            names[cell.unit_id],
            labels[cell.criterion_id],
            level_word(cell.state),
            level_word(cell.last_level) if cell.last_level else NOT_APPLICABLE,
            cell.when or NOT_AVAILABLE,
            cell.assessment["confidence"] if cell.when else NOT_AVAILABLE,
            _why(cell),
            ";".join(row["evidence_id"] for row in cell.evidence) or "none",
        )
        for cell in cells
        if cell.criterion_id in criteria
    ]
    return pd.DataFrame(rows, columns=list(heads))


def _why(cell: CellRecord) -> str:
    older = OLDER_LEVEL if cell.earlier_rules else ""
    said = " ".join(filter(None, (cell.assessment["rationale"], cell.why_carried, older)))
    return said if cell.when else cell.reason


def _evidence(results: Results, names: dict) -> pd.DataFrame:
    study = results.study
    cited = with_sources(
        study, "evidence", study["evidence"]["evidence_id"].isin(study.cited_evidence())
    )
    if not cited:
        return pd.DataFrame({"Evidence": [NOT_AVAILABLE], "What it says": ["None is held."]})
    return pd.DataFrame(
        {
            "Evidence": row["evidence_id"],
            "About": names.get(row["unit_id"], NOT_APPLICABLE),
            "What it says, in our own words": row["states"],
            "How far it was read": capital(v.EXTENT[row["extent_read"]]),
            "Source": row["source"]["source_id"],
            "Publisher": row["source"]["publisher"],
            "Title": row["source"]["title"] or NOT_AVAILABLE,
            "Published": row["source"]["published"] or NOT_AVAILABLE,
            "Address": row["source"]["url"] or NOT_AVAILABLE,
        }
        for row in cited
    )


def _replies(results: Results, one: str, names: dict, labels: dict) -> pd.DataFrame:
    table = results.study["replies"]
    if table.empty:
        return pd.DataFrame({"Reply": [NOT_AVAILABLE], "What it says": ["No reply is held."]})
    frame = pd.DataFrame(
        {
            "Reply": table["reply_id"],
            one: table["unit_id"].map(names),
            "Received": table["received_on"],
            "Criterion": table["criterion_id"].map(labels).fillna("The whole"),
            "What it says, in our own words": table["says"],
            "Evidence": table["evidence_ids"],
            "Decision": table["decision"].map(DECIDED),
            "Why": table["reason"],
            "What followed": table["assessment"],
        }
    )
    return frame.where(frame != "", "none")


def _sources(results: Results) -> pd.DataFrame:
    table = results.study["sources"]
    columns = {
        "source_id": "Source",
        "publisher": "Publisher",
        "title": "Title",
        "published": "Published",
        "extent_read": "How far it was read",
        "read_on": "Read on",
        "url": "Address",
    }
    table = table.assign(extent_read=[capital(v.EXTENT[one]) for one in table["extent_read"]])
    table = table[list(columns)].rename(columns=columns)
    return table.where(table != "", NOT_AVAILABLE)


def _write_lines(sheet: Worksheet, title: str, lines: list[str]) -> None:
    sheet.column_dimensions["A"].width = 100
    put_text(sheet, 1, 1, title).font = font(bold=True, size=15)
    for number, line in enumerate((line for line in lines if line), start=2):
        put_text(sheet, number, 1, line, _REST)
    for (cell,) in sheet.iter_rows(max_col=1):
        sheet.row_dimensions[cell.row].height = row_height([cell.value], [100], cell.font.sz)
    _lay_out(sheet)


def _write_table(sheet: Worksheet, one: Sheet) -> None:
    """Write the title, the notices and the table, and mark the table as one."""
    # Above the table these lines stand beside nothing and run over the columns to their right.
    loose = Alignment(vertical="top")
    title = put_text(sheet, 1, 1, one.title)
    title.font, title.alignment = font(bold=True, size=14), loose
    for number, note in enumerate(one.notes, start=2):
        put_text(sheet, number, 1, note, _REST).alignment = loose
    head = len(one.notes) + 2
    widths = []
    for column, name in enumerate(one.table.columns, start=1):
        put_text(sheet, head, column, str(name)).font = font(bold=True)
        longest = max([len(str(name)), *one.table[name].astype(str).str.len()])
        widths.append(min(max(longest + 3, 12), 55))
        sheet.column_dimensions[get_column_letter(column)].width = widths[-1]
    for row, values in enumerate(each_row(one.table), start=head + 1):
        for column, value in enumerate(values, start=1):
            if isinstance(value, str):
                put_text(sheet, row, column, value, _REST)
            else:
                number = float(value)
                cell = sheet.cell(row, column, int(number) if number.is_integer() else number)
                cell.alignment = _NUMBER
                sheet.cell(head, column).alignment = _NUMBER
        sheet.row_dimensions[row].height = row_height(values, widths)
    last = f"{get_column_letter(len(one.table.columns))}{head + len(one.table)}"
    table = Table(displayName=one.tab.replace(" ", "_"), ref=f"A{head}:{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    table._initialise_columns()
    for column, name in zip(table.tableColumns, one.table.columns, strict=True):
        column.name = str(name)
    table.autoFilter = None  # the library adds filter buttons otherwise
    sheet.add_table(table)
    sheet.print_title_rows = f"{head}:{head}"
    _lay_out(sheet)


def _lay_out(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
