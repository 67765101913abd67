"""Convert the lines of a form into rows of a study's tables: names into ids, cells into codes.

Each row that we send has a mark: its cell, and a fingerprint of its content when it was written.
"""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from analysis.fieldwork.changeset import UNCHANGED, Changeset, TableDraft
from analysis.fieldwork.names import Names, code_names, criterion_names, listed_or, unit_names
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import short_mark

CODED_COLUMNS = (
    "observed_on",
    "not_before",
    "not_after",
    "read_on",
    "level",
    "evidence_ids",
    "confidence",
    "rationale",
)
"""The content of a row on a cell; its fingerprint covers these columns."""

DATE_COLUMNS: tuple[str, ...] = ("observed_on", "not_before", "not_after")

MARK_PATTERN = re.compile(r"([A-Za-z0-9&_-]+)/([A-Za-z0-9&_-]+)/([0-9a-f]{10}|new|aside)")

Row = dict[str, str]


class Mark(NamedTuple):
    """The unit, the criterion and the fingerprint of a row as sent; all empty for a new row."""

    unit: str = ""
    criterion: str = ""
    fingerprint: str = ""


def row_mark(unit: str, criterion: str, row: Row, names: Sequence[str] = CODED_COLUMNS) -> str:
    """Return the mark of a row: its cell, and a fingerprint of its content, or "new"."""
    return f"{unit}/{criterion}/{text_mark(row, names) if row else 'new'}"


def text_mark(row: dict[str, str], names: Sequence[str] = CODED_COLUMNS) -> str:
    """Return a fingerprint of a row's content, which normalising the texts does not change."""
    return short_mark(*(normalised_text(row[name]) for name in names))


def places_by_mark(
    draft: TableDraft, places: Iterable[int], names: Sequence[str] = CODED_COLUMNS
) -> dict[str, int]:
    """Return the indexes of some rows of a table by their fingerprints."""
    return {text_mark(draft.rows[place], names): place for place in places}


def dates_of(row: Row) -> tuple[str, ...]:
    """Return the dates that distinguish a row from others of its cell."""
    return tuple(row[name] for name in DATE_COLUMNS)


def mark_of(changeset: Changeset, line: SheetRow) -> Mark | None:
    """Return the mark of a line; if it cannot be read, add a problem and return ``None``."""
    text = line["row"].replace(" ", "")
    if not text:
        return Mark()
    rule, study = "the mark of the row was changed", changeset.study
    if match := MARK_PATTERN.fullmatch(text):
        mark = Mark(*match.groups())
        has_criterion = mark.criterion in study.lookup("criteria", "label")
        if has_criterion and mark.unit in set(study["units"]["unit_id"]):
            return mark
        rule = "the study has no such unit or criterion (any more)"
    remedy = "put it back as it was; empty it if the row is new"
    changeset.workbook.refuse(line.place("row"), line["row"], rule, remedy)
    return None


def note_missing(workbook: ReadWorkbook, returned: Counter[tuple[str, str]]) -> None:
    """Note the rows that were sent and did not come back; deleting a row changes nothing.

    Args:
        workbook: the workbook.
        returned: number of its rows on each unit and criterion.
    """
    marks = filter(None, map(MARK_PATTERN.fullmatch, workbook.sent))
    for unit, criterion in (Counter((mark[1], mark[2]) for mark in marks) - returned).elements():
        note = "A row that was sent did not come back. Nothing follows from that"
        workbook.note(note, f"{unit}/{criterion}")


def also_changed(old: dict[str, str], new: dict[str, str], **more: str) -> str:
    """Return words for the changed columns of a row that its summary does not show.

    Args:
        old: the row in the study.
        new: the row in the workbook.
        more: further columns, each with a word for it.
    """
    words = {"evidence_ids": "evidence", "rationale": "reason", "read_on": "day of reading"}
    words |= {"not_before": "earliest day", "not_after": "latest day"}
    names = [word for name, word in (words | more).items() if old[name] != new[name]]
    return f"; also: {', '.join(names)}" if names else ""


class RowReader:
    """Reads the lines of one returned workbook, and adds a problem for each unreadable cell."""

    def __init__(self, changeset: Changeset):
        """Index the names of the study, and the ids of evidence that the workbook adds."""
        study = changeset.study
        self.workbook: ReadWorkbook = changeset.workbook
        self._units, self._criteria = unit_names(study), criterion_names(study)
        self._confidence = code_names(v.CONFIDENCE)
        scale = study.lookup("criteria", "scale_id")
        levels = study["levels"].groupby("scale_id")["level"].agg(list)
        self._legal = {criterion: [*levels[name], *v.TYPED] for criterion, name in scale.items()}
        self._levels = {criterion: code_names(codes) for criterion, codes in self._legal.items()}
        new_evidence = [line["evidence_id"] for line in self.workbook.forms.get("evidence", [])]
        self._evidence = code_names(
            [*study["evidence"]["evidence_id"], *filter(None, new_evidence)]
        )

    def unit(self, line: SheetRow, mark: str = "") -> str:
        """Return the unit of a line; ``mark`` is the unit in its row mark, if any."""
        return self._subject(line, "unit_id", self._units, mark)

    def criterion(self, line: SheetRow, mark: str = "", needed: bool = True) -> str:
        """Return the criterion of a line; ``mark`` is the criterion in its row mark, if any."""
        if not needed and not line["criterion_id"]:
            return ""
        return self._subject(line, "criterion_id", self._criteria, mark)

    def criteria(self, line: SheetRow) -> str:
        """Return the criteria that a line names, one a line or joined by ``;``, as ids."""
        texts = [part.strip() for part in line["criterion_ids"].replace("\n", ";").split(";")]
        criteria = []
        for text in filter(None, texts):
            meant = self._criteria.meant(text)
            if len(meant) != 1:
                place, rule = line.place("criterion_ids"), "the study has no such criterion"
                remedy = "write criteria as the sheet Codebook names them, joined by ;"
                self.workbook.refuse(place, text, rule, remedy)
            criteria += [criterion for criterion in meant if criterion not in criteria]
        return ";".join(criteria)

    def level(self, line: SheetRow, criterion: str) -> str:
        """Return the level or unknown code of a line; if it is not valid, add a problem."""
        text = self._code(line, "level", self._levels[criterion])
        legal = self._legal[criterion]
        if text and text not in legal:
            # Compare without regard to case.
            like = difflib.get_close_matches(text.casefold(), [level.casefold() for level in legal])
            near = [level for level in legal if level.casefold() in like]
            meant = f"did you mean {listed_or(sorted(near))}? " if near else ""
            rule = f"it is not a level of the scale of {criterion}"
            remedy = f"{meant}use one of: {', '.join(legal)}"
            if code_names(v.DERIVED).meant(text):
                rule = "this unknown is derived and never typed"
                remedy = "leave the row empty, and enter what was searched on New searches"
            self.workbook.refuse(line.place("level"), text, rule, remedy)
        return text

    def confidence(self, line: SheetRow) -> str:
        """Return the confidence of a line."""
        return self._code(line, "confidence", self._confidence)

    def code(self, line: SheetRow, name: str, codes: Iterable[str]) -> str:
        """Return the code in a cell; a text that is none of the codes is returned unchanged."""
        return self._code(line, name, code_names(codes))

    def evidence_ids(self, line: SheetRow) -> str:
        """Return the evidence ids of a line, joined by ``;``, in order, each once."""
        ids: list[str] = []
        for name, text in line.several("evidence").items():
            parts = [part for part in re.split(r"[;,\s]+", text) if part]
            # We join ids by ; ourselves if there are more of them than columns.
            if len(parts) > 1 and not re.fullmatch(r"[^,\s]+", text):
                note = "Several evidence ids in one cell were read one by one"
                self.workbook.note(note, line.place(name))
            for part in parts:
                meant = self._evidence.meant(part)
                evidence_id = next(iter(meant)) if len(meant) == 1 else part
                if evidence_id != part:
                    note = "Evidence ids were read in another case"
                    self.workbook.note(note, line.place(name))
                if evidence_id in ids:
                    note = "Evidence cited twice in a row was taken once"
                    self.workbook.note(note, line.place(name))
                ids.append(evidence_id)
        return ";".join(dict.fromkeys(ids))

    def _code(self, line: SheetRow, name: str, codes: Names) -> str:
        text, meant = line[name], codes.meant(line[name])
        if len(meant) != 1 or text in meant:
            return text
        self.workbook.note("A code was read in another spelling", line.place(name))
        return next(iter(meant))

    def _subject(self, line: SheetRow, name: str, names: Names, mark: str) -> str:
        text, meant = line[name], names.meant(line[name])
        kind = "unit" if name == "unit_id" else "criterion"
        if mark and text and mark not in meant:
            rule = f"the row is marked as that of {mark}: either the mark or the {kind} was changed, or the rows were sorted by some columns only"
            remedy = "put the row back as it was; for a new row, use an empty one at the end"
            self.workbook.refuse(line.place(name), text, rule, remedy)
            return ""
        if mark:
            return mark
        if len(meant) == 1:
            return next(iter(meant))
        rule = f"no {kind} is named" if not text else f"the study has no such {kind}"
        rule = f"it can mean more than one {kind}" if meant else rule
        self.workbook.refuse(line.place(name), text, rule, "choose one of the list")
        return ""


def bring_in(
    changeset: Changeset, table: str, key: tuple[str, ...], rows: list[tuple[SheetRow, dict]]
) -> None:
    """Add rows to a table; refuse a row that would change an existing one with the same key.

    Args:
        changeset: the changeset of the workbook.
        table: the table.
        key: the columns that identify a row.
        rows: each workbook line with the row to add.
    """
    draft = changeset.draft(table)
    existing = draft.places(*key)
    for line, row in rows:
        values = tuple(row.get(name, "") for name in key)
        same, key_text = existing.get(values), ", ".join(values)
        if not same:
            existing[values] = [len(draft.rows)]
            changeset.put(table, row, key_text, line)
        elif all(draft.rows[same[0]][name] == text for name, text in row.items()):
            changeset.record(UNCHANGED, table, row, key_text, line)
        else:
            rule = f"{key_text} is in {table} already, and says something else"
            remedy = (
                "give the new one an id of its own; a workbook does not change what the study has"
            )
            changeset.workbook.refuse(line.place(key[0]), values[0], rule, remedy)


NOT_TAKEN = "A row says only whom or what it is about, and was not taken in"


def lines_with(
    workbook: ReadWorkbook,
    form: str,
    *naming: str,
    ready: Callable[[SheetRow], bool] = lambda line: True,
) -> list[SheetRow]:
    """Return the lines of a form with any text outside the columns ``naming``.

    We send prepared rows with these columns filled in. A line with nothing else is skipped. It is
    noted if the user filled one of these columns, apart from the first, the row's name.

    Args:
        workbook: the workbook.
        form: the name of the form.
        naming: the columns that only identify a row, with the row's name first.
        ready: returns whether a line has these columns as we sent them.
    """
    lines, sent = [], workbook.sent
    for line in workbook.forms.get(form, []):
        typed = next((name for name in naming[:0:-1] if line[name]), "")
        if any(text for name, text in line.texts.items() if name not in naming):
            lines.append(line)
        # If the workbook no longer lists the rows sent, any name counts as sent.
        elif typed and not ((not sent or line[naming[0]] in sent) and ready(line)):
            workbook.note_all(NOT_TAKEN, line.place(typed))
    return lines


def bring_in_documents(
    changeset: Changeset, reader: RowReader, quoted: Mapping[str, dict[str, str]] | None = None
) -> None:
    """Add the new sources, evidence and searches of a workbook.

    ``quoted`` has, by evidence id, the columns filled from a picked passage.
    """
    workbook, study = changeset.workbook, changeset.study
    sources = [(line, dict(line.texts)) for line in lines_with(workbook, "sources", "source_id")]
    for line, row in sources:
        row["extent_read"] = reader.code(line, "extent_read", extents(study))
    bring_in(changeset, "sources", ("source_id",), sources)
    evidence = [
        (line, _evidence(reader, study, line, (quoted or {}).get(line["evidence_id"], {})))
        for line in lines_with(
            workbook, "evidence", "evidence_id", "scope", ready=lambda line: not line["scope"]
        )
    ]
    bring_in(changeset, "evidence", ("evidence_id",), evidence)
    searches = [(line, _search(reader, line)) for line in lines_with(workbook, "searches")]
    bring_in(changeset, "searches", ("unit_id", "searched_on", "where"), searches)


def extents(study: Study) -> list[str]:
    """Return the codes for how much of a document was read."""
    fields = {field.name: field for field in study.descriptor.tables["evidence"].fields}
    return list(fields["extent_read"].constraints.enum or ())


def _evidence(
    reader: RowReader, study: Study, line: SheetRow, quoted: dict[str, str]
) -> dict[str, str]:
    filled = {name: text for name, text in line.texts.items() if text}
    row = dict.fromkeys(line.texts, "") | quoted | filled
    row |= {"extent_read": reader.code(line, "extent_read", extents(study))}
    if line["unit_id"] or line["scope"] not in ("", "unit"):
        row["unit_id"] = reader.unit(line) if line["unit_id"] else ""
    row["scope"] = line["scope"] or ("unit" if row.get("unit_id") else "")
    return row


def _search(reader: RowReader, line: SheetRow) -> dict[str, str]:
    queries = [part.strip() for part in line["queries"].replace("\n", "|").split("|")]
    queries = [query for query in queries if query]
    row = {name: line[name] for name in ("searched_on", "where", "note")}
    count = str(len(queries)) if queries else ""
    return row | {
        "unit_id": reader.unit(line),
        "queries": " | ".join(queries),
        "queries_count": count,
        "criterion_ids": reader.criteria(line),
    }
