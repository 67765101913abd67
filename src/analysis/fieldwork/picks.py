"""Intake of the sheets with passages: passages picked, and documents read without a finding."""

import re
from collections.abc import Container
from dataclasses import dataclass

from analysis.documents.library import Library, StudyDocument
from analysis.documents.quotations import ABSENT, NEAR, faults
from analysis.fieldwork.changeset import Changeset
from analysis.fieldwork.coded_cells import Cell
from analysis.fieldwork.forms import NEW_EVIDENCE, NOTHING_FOUND, PASSAGES
from analysis.fieldwork.names import code_names
from analysis.fieldwork.passages import (
    LISTED,
    NO_UNIT_MARK,
    NOTHING,
    WHOLE,
    listed_mark,
    quote_mark,
    unit_called,
)
from analysis.fieldwork.row_reader import RowReader, bring_in
from analysis.fieldwork.workbook_content import SheetRow
from analysis.problems import WARNING
from analysis.study import Study
from analysis.study.rules.documents import WORDS_AT_MOST
from analysis.study.signs import one_line
from analysis.wording import capital, counted

_MARK = re.compile(r"([A-Za-z0-9&_-]+)/([A-Za-z0-9&_-]+)/([A-Za-z0-9&_-]+)/(\d+)/([0-9a-f]{10})")
_LISTED_MARK = re.compile(r"([A-Za-z0-9&_-]+)/([A-Za-z0-9&_-]+)/read-([0-9a-f]{10})")
CONTRADICTS_MARK = "the row shows something else than its mark says"
MARK_CHANGED = "the mark of the row was changed, or the study does not have its unit or criterion"
PUT_BACK = "put it back as it was"
NOT_PICKED = "A quotation was changed on a passage that is not picked, and was not taken in"
NOT_CHECKED = "A quotation could not be checked, as the text of its document is not on this machine"


@dataclass(frozen=True)
class _Picked:
    """A passage that was picked: its line, criterion, unit and evidence."""

    line: SheetRow
    criterion: str
    unit: str
    evidence: str


class Picks:
    """The passages that a coder picked in a workbook.

    Attributes:
        quoted: by evidence id, the columns of the evidence that are filled from the passage.
    """

    def __init__(self, changeset: Changeset, coder: str):
        """Read the picked passages; add a problem for each that cannot be accepted."""
        self._changeset, self._coder = changeset, coder
        self._workbook, self._library = changeset.workbook, Library(changeset.study)
        new_evidence = self._workbook.forms.get(NEW_EVIDENCE.name, [])
        self._ids = code_names(filter(None, (line["evidence_id"] for line in new_evidence)))
        self._with_text = {line["evidence_id"] for line in new_evidence if line["states"]}
        self.quoted: dict[str, dict[str, str]] = {}
        self._picked: list[_Picked] = []
        for line in self._workbook.forms.get(PASSAGES.name, []):
            self._read(line)

    @property
    def cells(self) -> set[Cell]:
        """The cells on which a passage was picked."""
        return {(pick.unit, pick.criterion) for pick in self._picked}

    def bring_in(self, batch: str) -> None:
        """Add the picks to the study; their evidence must be in the changeset already."""
        draft = self._changeset.draft("evidence")
        units = {row["evidence_id"]: row["unit_id"] for row in draft.rows}
        rows = []
        for pick in self._picked:
            if pick.evidence in units:
                row = {"coder": self._coder, "unit_id": units[pick.evidence], "batch": batch}
                row |= {"criterion_id": pick.criterion, "evidence_id": pick.evidence}
                rows.append((pick.line, row))
        bring_in(self._changeset, "picks", ("coder", "criterion_id", "evidence_id"), rows)

    def _read(self, line: SheetRow) -> None:
        mark = _MARK.fullmatch(line["row"].replace(" ", ""))
        if not line["evidence_id"]:
            if mark and quote_mark(line["quote"]) != mark[5]:
                self._workbook.note_all(NOT_PICKED, line.place("quote"))
            return
        if not mark or not self._is_in_study(mark):
            self._refuse(line, "row", MARK_CHANGED, PUT_BACK)
            return
        unit, criterion, document, page, _ = mark.groups()
        study_document = self._library.documents[document]
        if column := _differing_column(self._changeset.study, line, mark):
            self._refuse(line, column, CONTRADICTS_MARK, PUT_BACK)
            return
        meant = self._ids.meant(line["evidence_id"])
        evidence = next(iter(meant)) if len(meant) == 1 else line["evidence_id"]
        if evidence not in self._with_text:
            rule = "no row of New evidence says under this id what the passage says"
            remedy = "say it there in your own words, and write the id of that row here"
            self._refuse(line, "evidence_id", rule, remedy)
            return
        words = self._quotation(line, study_document, int(page))
        unit = "" if unit == NO_UNIT_MARK else unit
        quoted = {
            "source_id": study_document.source_id,
            **({"unit_id": unit} if unit else {}),
            **words,
        }
        if evidence in self.quoted and self.quoted[evidence] != quoted:
            rule = "another passage is picked under the same id of evidence"
            self._refuse(line, "evidence_id", rule, "give each passage an id of its own")
            return
        self.quoted[evidence] = quoted
        self._picked.append(_Picked(line, criterion, unit, evidence))

    def _is_in_study(self, mark: re.Match[str]) -> bool:
        study = self._changeset.study
        units = {NO_UNIT_MARK, *study["units"]["unit_id"]}
        criteria = set(study["criteria"]["criterion_id"])
        return mark[1] in units and mark[2] in criteria and mark[3] in self._library.documents

    def _quotation(self, line: SheetRow, document: StudyDocument, page: int) -> dict[str, str]:
        """Return the quotation columns of evidence; if invalid, add a problem and return {}."""
        quote = one_line(line["quote"])
        row = {"document_id": document.document_id, "page": str(page), "quote": quote}
        row |= {"prefix": "", "suffix": ""}
        if not quote or len(quote.split()) > WORDS_AT_MOST:
            rule = f"it has more than {WORDS_AT_MOST} words" if quote else "no words are quoted"
            self._refuse(line, "quote", rule, "quote only the words that decide")
            return {}
        text = self._library.quotable(document.document_id)
        if text is None:
            self._workbook.note(NOT_CHECKED, line.place("quote"))
            return row
        checked = text.check(quote, page)
        about = {"document_id": document.document_id, "unread": document.unread}
        if checked.status in (NEAR, ABSENT):
            for fault in faults(line.number, quote, str(page), checked, about):
                if fault.severity == WARNING:
                    self._workbook.note(capital(fault.rule), line.place("quote"))
                    return row
                self._refuse(line, "quote", fault.rule, fault.remedy)
            return {}
        prefix, suffix = map(one_line, text.context(checked))
        found_page = page if page in checked.pages else checked.pages[0]
        return row | {"page": str(found_page), "prefix": prefix, "suffix": suffix}

    def _refuse(self, line: SheetRow, name: str, rule: str, remedy: str) -> None:
        self._workbook.refuse(line.place(name), line[name], rule, remedy)


def bring_in_nothing_found(
    changeset: Changeset, reader: RowReader, coder: str, picked: Container[Cell]
) -> None:
    """Add a search for each cell on which a coder read the documents held and found nothing.

    Args:
        changeset: the changeset of the workbook.
        reader: the reader of its lines.
        coder: the coder of the workbook.
        picked: the cells on which a passage was picked.
    """
    lines = [
        line for line in changeset.workbook.forms.get(NOTHING_FOUND.name, []) if line["choice"]
    ]
    rows = [(line, _nothing_found(changeset, reader, line, coder, picked)) for line in lines]
    key = ("unit_id", "searched_on", "where")
    bring_in(changeset, "searches", key, [(line, row) for line, row in rows if row])


def _differing_column(study: Study, line: SheetRow, mark: re.Match[str]) -> str:
    """Return the first column whose text contradicts the mark of its row; empty if none does."""
    unit = "" if mark[1] == NO_UNIT_MARK else mark[1]
    label = study.lookup("criteria", "label")[mark[2]]
    for name, text in {"unit_id": unit_called(study, unit), "criterion_id": label}.items():
        if one_line(line[name]) != one_line(text):
            return name
    return ""


def _nothing_found(
    changeset: Changeset, reader: RowReader, line: SheetRow, coder: str, picked: Container[Cell]
) -> dict[str, str]:
    """Return the row of a search from a line; if it is refused, add a problem and return {}."""
    workbook, labels = changeset.workbook, changeset.study.lookup("criteria", "label")
    mark = _LISTED_MARK.fullmatch(line["row"].replace(" ", ""))
    units, choice = set(changeset.study["units"]["unit_id"]), reader.code(line, "choice", NOTHING)
    place, rule, remedy = "choice", "", "choose one of the list, or leave it empty"
    if not mark or mark[1] not in units or mark[2] not in labels:
        place, rule, remedy = "row", MARK_CHANGED, PUT_BACK
    elif column := _differing_column(changeset.study, line, mark):
        place, rule, remedy = column, CONTRADICTS_MARK, PUT_BACK
    elif listed_mark(line.texts) != mark[3]:
        place, rule = "documents", "the row does not list any more what it was sent with"
        remedy = "put documents, terms and passages back; for others, write a new workbook"
    elif choice not in NOTHING:
        rule = "it is not on the list"
    elif choice == LISTED and not line["hits"]:
        rule, remedy = "no passage is listed, so none was read", "read the whole, or leave it empty"
    elif (mark[1], mark[2]) in picked:
        rule, remedy = "a passage is picked on the same criterion", "empty one of the two"
    if rule or mark is None:
        workbook.refuse(line.place(place), line[place], rule, remedy)
        return {}
    unit, criterion, _ = mark.groups()
    count = counted(len(line["documents"].split(";")), "document", "documents")
    what = f"{count} collected for the study, read whole" if choice == WHOLE else ""
    what = what or f"the passages listed of {count} collected for the study"
    queries = line["queries"] or "read whole, without search terms"
    return {
        "unit_id": unit,
        "searched_on": line["searched_on"],
        "where": f"{what}, by {coder} for “{labels[criterion]}”",
        "queries": queries,
        "queries_count": str(len(queries.split("|"))),
        "note": f"Documents: {line['documents']}. Passages listed: {line['hits'] or 'none'}.",
        "criterion_ids": criterion,
    }
