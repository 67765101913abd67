"""Bring in a table that somebody has: units, criteria and answers, and nothing that it does not say.

The file is the one source, known by its hash. Each answer becomes a statement of evidence that
says where it stands in the table, and an assessment that rests on it. What a blank means is what
the map says; a blank that was looked for becomes a search.
"""

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils import get_column_letter

from analysis.fieldwork.forms import CODE, DATE, LINK, TEXT
from analysis.fieldwork.names import (
    Names,
    criterion_names,
    listed_or,
    near_units,
    unit_names,
)
from analysis.fieldwork.proposal import ADDED, CHANGED, UNCHANGED, Change, Proposal
from analysis.fieldwork.returned import Line
from analysis.fieldwork.table_file import TableFile, read_table_file
from analysis.fieldwork.table_map import (
    BLANKS,
    FOUND_NOTHING,
    NOBODY_LOOKED,
    NOT_ASKED,
    Question,
    Searched,
    TableMap,
    UnitColumns,
    read_map,
)
from analysis.frames import each_row, records
from analysis.problems import Problem, StudyError, shorten
from analysis.study import Study, journal
from analysis.study import vocabulary as v
from analysis.study.load import load_to_fill

FILLED = ("units", "sources", "evidence")
"""Tables that may be empty before a table is brought in."""
_BESIDE = ("date", "source", "note", "coder")
_KINDS = {"date": DATE, "source": LINK, "coder": CODE}
_UNIT_COLUMNS = ("name", "short_name", "region", "country")
_PLACES = {"unit": "unit_id", "date": "observed_on", "coder": "coder", "note": "note"}
"""Columns of the study to which what stands beside an answer goes."""
_DATED = ("observed_on", "not_before", "not_after")
_KEYS = {
    "assessments": ("unit_id", "criterion_id", *_DATED),
    "codings": ("unit_id", "criterion_id", "coder", *_DATED),
    "searches": ("unit_id", "searched_on", "where"),
    "sources": ("source_id",),
}
"""What tells the rows of a table apart."""
_LOOKED_FOR_BY_NOBODY = (NOBODY_LOOKED, v.NOT_ASSESSED)
_SILENT = (NOT_ASKED, *_LOOKED_FOR_BY_NOBODY)
"""Meanings that leave a cell not assessed. No row says so: it would hide a later search."""
_NAMED_AT_MOST = 20
"""Questions that a statement on the blanks of a unit names; the others are counted."""
_WRITE_A_MAP = "write a map (--map; docs/filling.md)"


@dataclass(frozen=True)
class Imported:
    """What a table comes to.

    Attributes:
        changes: every row of the study that comes of it.
        answers: for each criterion, how many cells of the table have which level or unknown.
        notes: what was tidied in reading it and what was left out, as sentences.
        written: the files of the study that were changed; none in a dry run.
    """

    changes: list[Change]
    answers: dict[str, Counter]
    notes: list[str]
    written: list[str]


@dataclass(frozen=True)
class _Answer:
    """One answer of the table, or one blank.

    Attributes:
        line: where it stands.
        unit, criterion: the cell of the study.
        meaning: a level, a typed unknown, or what a blank means.
        text: what the table says; empty for a blank.
        question: what the table calls the criterion.
        dated: ``observed_on``, ``not_before`` and ``not_after``.
        coders: who is named as having given it.
    """

    line: Line
    unit: str
    criterion: str
    meaning: str
    text: str
    question: str
    dated: tuple[str, str, str]
    coders: tuple[str, ...]


def import_table(
    path: Path,
    folder: Path,
    map_path: Path | None = None,
    dry_run: bool = False,
    preview: Callable[[Imported], None] = lambda imported: None,
) -> Imported:
    """Bring a table into a study: all that it says, or nothing.

    Args:
        path: the table, ``.csv`` or ``.xlsx``.
        folder: the study's folder.
        map_path: the map; ``None``: the table has the study's own headings and words.
        dry_run: write nothing.
        preview: shown the change before anything is written.

    Raises:
        StudyError: it cannot be brought in; the error holds every problem found, and the study
            is as it was.
    """
    if dry_run:
        imported, _ = _prepared(load_to_fill(folder, FILLED), path, map_path)
        preview(imported)
        return imported
    with journal.changing(folder):
        imported, files = _prepared(load_to_fill(folder, FILLED), path, map_path)
        preview(imported)
        if files:
            journal.commit(folder, files)
        return Imported(imported.changes, imported.answers, imported.notes, sorted(files))


def _prepared(study: Study, path: Path, map_path: Path | None) -> tuple[Imported, dict[str, bytes]]:
    if map_path is None:
        table = read_table_file(path)
        said = _own_headings(study, table)
    else:
        said = read_map(map_path)
        table = read_table_file(path, said.sheet, said.headings_row, said.last_row)
    bringing = _Import(study, table, said, (map_path or path).name, map_path is not None)
    bringing.propose()
    table.note_besides()
    proposal, returned = bringing.proposal, table.returned
    files = proposal.files() if not returned.problems else {}
    if returned.problems:
        raise StudyError(returned.in_order())
    return Imported(proposal.changes, bringing.answers, returned.said(), []), files


def _own_headings(study: Study, table: TableFile) -> TableMap:
    """Return the map of a table that has the study's own headings and words.

    Raises:
        StudyError: a heading is none of them.
    """
    held, no_units = table.headings, study["units"].empty
    is_long = {"criterion_id", "answer"} <= set(held)
    criteria = [] if is_long else [one for one in study["criteria"]["criterion_id"] if one in held]
    known = {"unit_id", *criteria, *_BESIDE, *(_UNIT_COLUMNS if no_units else ())}
    known |= {"criterion_id", "answer"} if is_long else set()
    first = table.place(table.headings_row, 1)
    for heading, column in held.items():
        if heading not in known:
            place = table.place(table.headings_row, column)
            rule = f"without a map a heading is unit_id, the id of a criterion, or one of: {', '.join((*_BESIDE, 'criterion_id', 'answer'))}"
            remedy = f"correct it, add the criterion to criteria.csv, or {_WRITE_A_MAP}"
            table.returned.refuse(place, heading, rule, remedy)
    if "unit_id" not in held:
        rule = "without a map a column is headed unit_id, and none is"
        table.returned.refuse(first, "", rule, f"head it so, or {_WRITE_A_MAP}")
    if not (criteria or is_long):
        rule = "without a map columns are headed by ids of criteria, or criterion_id and answer, and none is"
        table.returned.refuse(first, "", rule, f"head them so, or {_WRITE_A_MAP}")
    if table.returned.problems:
        raise StudyError(table.returned.in_order())
    words = [*study["levels"]["level"], *v.TYPED, NOT_ASKED, NOBODY_LOOKED]
    units = {one: one for one in _UNIT_COLUMNS if one in held}
    named = {"criterion": "criterion_id", "answer": "answer"} if is_long else {}
    return TableMap.model_validate(
        named
        | {one: one for one in _BESIDE if one in held}
        | {
            "unit": "unit_id",
            "units": units | {"unit_id": "unit_id"} if no_units else None,
            "criteria": {one: {"criterion": one} for one in criteria},
            "answers": {one: one for one in words},
            # What is second-hand is of low confidence, by the codebook.
            "confidence": v.CONFIDENCE[0],
        }
    )


class _Import:
    """One table, held against the study."""

    def __init__(self, study: Study, table: TableFile, said: TableMap, named: str, mapped: bool):
        self.study, self.table, self.map = study, table, said
        self.returned = table.returned
        self.proposal = Proposal(study, table.returned)
        self.map_name, self.mapped = named, mapped
        self.read_on = said.read_on or dt.date.today().isoformat()
        self.source_id = f"table-{table.sha256[:10]}"
        self.criteria = criterion_names(study)
        self.scale = study.lookup("criteria", "scale_id")
        self.levels: dict[str, set[str]] = defaultdict(set)
        for row in each_row(study["levels"]):
            self.levels[row.scale_id].add(row.level)
        self.answers: dict[str, Counter] = {one: Counter() for one in self.scale}
        self.refused: dict[tuple, list[tuple[str, str, str]]] = {}
        self.stated = set(study["evidence"]["evidence_id"])
        self.held = {table: self.proposal.draft(table).places(*key) for table, key in _KEYS.items()}

    # --- from the table to the answers -----------------------------------------------------

    def propose(self) -> None:
        self._check_meanings()
        columns = self._columns()
        if self.returned.problems:
            return
        names = self._unit_names(columns)
        if self.returned.problems:
            return
        answers = list(self._answers(columns, names))
        self._say_what_was_refused()
        if self.returned.problems:
            return
        cells: dict[tuple, list[_Answer]] = defaultdict(list)
        for one in answers:
            cells[one.unit, one.criterion, one.dated].append(one)
        for cell, held in cells.items():
            self._take_cell(cell, held)
        self._take_blanks(answers)
        if self.proposal.changing:
            self._take_source()

    def _check_meanings(self) -> None:
        """Refuse a map that gives an answer a meaning that nothing in the study has."""
        known = {*self.study["levels"]["level"], *v.TYPED, *BLANKS}
        for place, answers in self._answer_lists():
            for text, meaning in answers.items():
                if meaning not in known:
                    rule = "it is no level of levels.csv, no unknown that is typed, and no meaning of a blank"
                    if meaning in v.DERIVED:
                        rule = (
                            f"this unknown is derived and never typed; a search is {FOUND_NOTHING}"
                        )
                    remedy = f"use a level of the criterion's scale, or one of: {', '.join((*v.TYPED, *BLANKS))}"
                    self._refuse_map(f"{place}.{text}", meaning, rule, remedy)

    def _answer_lists(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        yield "answers", self.map.answers
        for heading, question in self.map.criteria.items():
            yield f"criteria.{heading}.answers", question.answers

    def _columns(self) -> dict[str, int]:
        """Return the column of everything that the map names; a question's name begins with ?."""
        said, units = self.map, self.map.units or UnitColumns()
        wanted = {"unit": said.unit, "criterion": said.criterion, "answer": said.answer}
        wanted |= {name: getattr(said, name) for name in _BESIDE}
        wanted |= {f"units.{name}": text for name, text in units}
        wanted |= {} if said.is_long else {f"?{heading}": heading for heading in said.criteria}
        wanted = {name: heading for name, heading in wanted.items() if heading}
        found = {name: self.table.column(heading) for name, heading in wanted.items()}
        columns = {name: column for name, column in found.items() if column is not None}
        for name, heading in wanted.items():
            if name not in columns or heading in self.table.twice:
                rule = f"row {self.table.headings_row} of the table has no such heading"
                rule = "two columns of the table have this heading" if name in columns else rule
                remedy = shorten(f"its headings are: {', '.join(self.table.headings)}", 300)
                place = f"criteria.{name[1:]}" if name.startswith("?") else name
                self._refuse_map(place, heading, rule, remedy)
        for heading, question in said.criteria.items():
            if len(self.criteria.meant(question.criterion)) != 1:
                rule = "it is no criterion of the study"
                remedy = "use an id of criteria.csv, or add the criterion there, with a rule for each level in rules.csv"
                self._refuse_map(f"criteria.{heading}", question.criterion, rule, remedy)
        for heading, column in self.table.headings.items():
            if column not in columns.values():
                place = self.table.place(self.table.headings_row, column)
                note = f"The column “{shorten(heading)}” is not in the map, and was left out"
                self.returned.note(note, place)
        return columns

    def _unit_names(self, columns: Mapping[str, int]) -> Names:
        if not self.study["units"].empty:
            return unit_names(self.study)
        if self.map.units is None:
            rule = "the study has no units yet"
            remedy = "fill units.csv, or say in the map under units which columns hold their name, short_name, region and country"
            self._refuse_map("units", "", rule, remedy)
            return Names({})
        units = self.proposal.draft("units")
        units.order = []  # the table's own
        first: dict[str, dict[str, str]] = {}
        spellings: dict[str, set[str]] = defaultdict(set)
        for number in self.table.rows:
            text = self.table.text(number, columns["unit"])
            if not text:
                continue  # refused where its answers are read
            row = self._unit_row(number, text, columns)
            places = {name: columns.get(f"units.{name}", columns["unit"]) for name in ("", *row)}
            line = self._line(number, places)
            unit = row["unit_id"]
            if unit not in first:
                first[unit] = row
                units.add(row, line)
                self.proposal.say(ADDED, "units", row, row["name"], line)
            for name in UnitColumns.model_fields:
                if row.get(name) != first[unit].get(name):
                    said = first[unit].get(name) or "nothing"
                    rule = f"an earlier row says {said} of this unit ({unit})"
                    self.returned.refuse(
                        line.place(name), row.get(name, ""), rule, "make the rows alike"
                    )
                    break
            spellings[unit] |= {text, row["name"], row["short_name"]}
        return Names(spellings)

    def _unit_row(self, number: int, name: str, columns: Mapping[str, int]) -> dict[str, str]:
        """Return the unit of a row of the table; ``name``: what its answers name it by."""
        given = {
            column: self.table.text(number, columns[f"units.{column}"])
            for column in UnitColumns.model_fields
            if f"units.{column}" in columns
        }
        row = {"name": name} | {column: text for column, text in given.items() if text}
        return {"unit_id": _as_id(name), "short_name": row["name"], **row}

    def _line(
        self, number: int, places: Mapping[str, int], texts: dict[str, str] | None = None
    ) -> Line:
        letters = {name: get_column_letter(column) for name, column in places.items()}
        return Line(self.table.tab, number, texts or {}, letters)

    def _answers(self, columns: Mapping[str, int], names: Names) -> Iterator[_Answer]:
        kept = {name: columns[name] for name in _BESIDE if name in columns}
        places = {_PLACES[name]: columns[name] for name in ("unit", *kept) if name in _PLACES}
        for number in self.table.rows:
            unit = self._unit(number, columns["unit"], names)
            beside = {
                name: self.table.text(number, column, _KINDS.get(name, TEXT))
                for name, column in kept.items()
            }
            coders = (" ".join(part.split()) for part in beside.get("coder", "").split(";"))
            named = tuple(dict.fromkeys(filter(None, coders)))
            day = beside.get("date") or self.map.observed_on
            dated = (day, "", "") if day else ("", self.map.not_before, self.map.not_after)
            for heading, column, question in self._questions(number, columns):
                criterion = self._criterion(number, columns, heading, question)
                if not (unit and criterion):
                    continue
                read = self._read(number, column, question, criterion)
                if read is not None:
                    line = self._line(number, {"level": column, **places}, beside)
                    yield _Answer(line, unit, criterion, *read, heading, dated, named)

    def _questions(
        self, number: int, columns: Mapping[str, int]
    ) -> Iterator[tuple[str, int, Question]]:
        """Yield what a row answers: the question's heading, the column of the answer, the map."""
        if self.map.is_long:
            heading = self.table.text(number, columns["criterion"])
            yield heading, columns["answer"], self._question(heading)
            return
        for heading, question in self.map.criteria.items():
            yield heading, columns[f"?{heading}"], question

    def _question(self, text: str) -> Question:
        """Return what the map says of a question that a row names, or that it names a criterion."""
        like = {name.casefold(): one for name, one in self.map.criteria.items()}
        return (
            self.map.criteria.get(text)
            or like.get(text.casefold())
            or Question(criterion=text or "-")
        )

    def _criterion(
        self, number: int, columns: Mapping[str, int], heading: str, question: Question
    ) -> str:
        meant = self.criteria.meant(question.criterion)
        if len(meant) == 1:
            return next(iter(meant))
        rule = "the row names no criterion" if not heading else "it is no criterion of the study"
        remedy = "add it to criteria.csv, with a rule for each level in rules.csv, or say in the map which criterion it is (criteria)"
        self._refuse("criterion", number, columns["criterion"], heading, rule, remedy)
        return ""

    def _unit(self, number: int, column: int, names: Names) -> str:
        text = self.table.text(number, column)
        meant = names.meant(text)
        if len(meant) == 1:
            return next(iter(meant))
        noun = self.study.settings.unit_noun.singular
        rule = f"it is no {noun} of the study" if text else f"the row names no {noun}"
        rule = f"it can mean {' or '.join(sorted(meant))}" if meant else rule
        near = near_units(self.study, text)
        remedy = f"did you mean {listed_or(near)}? " if near else ""
        remedy += "write it as units.csv has it, or add it there; of a row below the table, say last_row in the map"
        self._refuse("unit", number, column, text, rule, remedy)
        return ""

    def _read(
        self, number: int, column: int, question: Question, criterion: str
    ) -> tuple[str, str] | None:
        """Return what a cell means, and what it says; ``None``, and a problem kept, of neither."""
        already = len(self.returned.problems)
        text = self.table.text(number, column)
        if len(self.returned.problems) > already:
            return None  # a cell that cannot be read is not to be blamed again for saying nothing
        meaning, levels = self._meaning(question, text), self.levels[self.scale[criterion]]
        if meaning in {*levels, *v.TYPED, *BLANKS}:
            self.answers[criterion][meaning if text else f"blank: {meaning}"] += 1
            return meaning, text
        of_levels, unknowns = ", ".join(sorted(levels)), ", ".join(v.TYPED)
        if meaning:
            rule = f"by the map it means {meaning}, which is no level of {criterion}"
            remedy = f"give the criterion answers of its own in the map, with: {of_levels}"
        elif not text:
            rule = "the cell is blank, and nothing says what a blank means"
            remedy = f"say in the map (blank) one of: {', '.join(BLANKS)}"
        elif self.mapped:
            rule = "the map does not say what this answer means"
            remedy = f"add it to answers in the map, as a level of {criterion} or one of: {unknowns}, {', '.join(BLANKS)}"
        else:
            rule = f"without a map it must be a level of {criterion}: {of_levels}"
            remedy = f"correct it, or {_WRITE_A_MAP}; an unknown is one of: {unknowns}"
        self._refuse(criterion, number, column, text, rule, remedy)
        return None

    def _meaning(self, question: Question, text: str) -> str:
        if not text:
            return question.blank or self.map.blank
        for answers in (question.answers, self.map.answers):
            found = answers.get(text) or {
                name.casefold(): meaning for name, meaning in answers.items()
            }.get(text.casefold())
            if found:
                return found
        return ""

    # --- from the answers to the study's tables ---------------------------------------------

    def _take_cell(self, cell: tuple, held: list[_Answer]) -> None:
        """Take in what the table says of one unit, criterion and date."""
        unit, criterion, dated = cell
        given = [one for one in held if one.meaning not in (*_SILENT, FOUND_NOTHING)]
        others = [one for one in held if one not in given and not one.coders]
        meanings = {one.meaning for one in [*given, *others]}
        codings = {(name, one.meaning): one for one in given[::-1] for name in one.coders}
        told_apart = all(one.coders for one in given) and len({name for name, _ in codings}) == len(
            codings
        )
        if len(meanings) > 1 and (others or not told_apart):
            first = held[0]
            other = next(one for one in held if one.meaning != first.meaning)
            rule = f"{first.line.place('level')} says {shorten(first.text) or 'nothing'} of the same unit, criterion and date"
            remedy = "keep one of the two, give each its date, or name who gave it (coder)"
            self.returned.refuse(other.line.place("level"), other.text, rule, remedy)
            return
        if not given:
            return
        if len(held) > 1 and not any(one.coders for one in held):
            note = "An answer that the table gives more than once was taken once"
            self.returned.note(note, held[1].line.place("level"))
        row = dict(zip(_DATED, dated, strict=True))
        row |= {"unit_id": unit, "criterion_id": criterion, "read_on": self.read_on}
        row |= {"confidence": self.map.confidence}
        if len(meanings) == 1:
            self._assess(row, given)
        else:
            note = "Coders differ: their codings were taken in, and no level stands until they are settled (policygap settle)"
            self.returned.note(note, given[0].line.place("level"))
        for (name, _), one in reversed(codings.items()):
            self._code(row | {"coder": name}, one)

    def _assess(self, row: dict[str, str], given: list[_Answer]) -> None:
        row = row | {
            "settled_by": v.IMPORTED,
            "settled_why": f"{self.table.name} says so; the documents behind the table were not read",
        }
        old = self._add("assessments", row, given)
        if old:
            rule = f"by the map it means {given[0].meaning}, and the study holds {old['level']} of that date, settled by {shorten(old['settled_by'])}"
            remedy = "say in the map from when its answers are (observed_on or not_before), or change the level in a settling workbook (policygap settle)"
            self.returned.refuse(given[0].line.place("level"), given[0].text, rule, remedy)

    def _code(self, row: dict[str, str], one: _Answer) -> None:
        old = self._add("codings", row, [one])
        if old:
            rule = f"the study holds {old['level']} by {row['coder']} of that date"
            remedy = (
                "correct the table, or change the coding in a coder's workbook (policygap workbook)"
            )
            self.returned.refuse(one.line.place("level"), one.text, rule, remedy)

    def _add(self, table: str, row: dict[str, str], given: list[_Answer]) -> dict[str, str] | None:
        """Add the row that answers come to; return the one of another level that is in its place."""
        first, (_, old) = given[0], self._old(table, row)
        if old and old["level"] != first.meaning:
            return old
        row = row | {
            "level": first.meaning,
            "rationale": f"As the imported table has it: “{first.text}”.",
        }
        if not old:
            row["evidence_ids"] = ";".join(dict.fromkeys(map(self._evidence, given)))
            self.proposal.draft(table).add(row, first.line)
        what = UNCHANGED if old else ADDED
        self.proposal.say(what, table, row, first.meaning, first.line)
        return None

    def _evidence(self, one: _Answer) -> str:
        """Return the id of the statement that an answer is, added when it is first cited."""
        place = one.line.place("level").rpartition("!")[2]
        column = "" if self.map.is_long else f", column “{one.question}”,"
        what = f"says on “{one.question}”" if self.map.is_long else "says"
        states = f"Row {one.line.number}{column} of {self.table.name} {what}: “{one.text}”."
        if one.line["source"]:
            states += f" It names as its source: {one.line['source']}"
        return self._state(
            f"{self.source_id}-{place}", one.unit, states, one.line["note"], one.line
        )

    def _state(self, name: str, unit: str, states: str, note: str, line: Line) -> str:
        if name not in self.stated:
            self.stated.add(name)
            row = {
                "evidence_id": name,
                "scope": "unit",
                "unit_id": unit,
                "source_id": self.source_id,
                "states": states,
                # All that the table holds was read, and nothing of the documents behind it.
                "extent_read": "whole_excerpt",
                "note": note,
            }
            self.proposal.draft("evidence").add(row, line)
            self.proposal.say(ADDED, "evidence", row, name, line)
        return name

    def _take_blanks(self, answers: Iterable[_Answer]) -> None:
        """Log the searches that blanks stand for; keep beside each unit what others mean."""
        searches: dict[tuple[str, str], list[_Answer]] = defaultdict(list)
        silent: dict[str, list[_Answer]] = defaultdict(list)
        for one in answers:
            if one.meaning in _SILENT:
                silent[one.unit].append(one)
            elif one.meaning == FOUND_NOTHING and self.map.searched:
                own = one.line["date"] if len(one.line["date"]) == len("YYYY-MM-DD") else ""
                searches[one.unit, own or self.map.searched.on].append(one)
        for (unit, day), found in searches.items():
            self._search(self.map.searched, unit, day, found)
        for unit, found in silent.items():
            self._state_blanks(unit, found)

    def _state_blanks(self, unit: str, found: list[_Answer]) -> None:
        """State as evidence on which questions the table has no answer about a unit."""
        parts = []
        for words, meanings in (
            ("not asked", (NOT_ASKED,)),
            ("nobody looked", _LOOKED_FOR_BY_NOBODY),
        ):
            asked = [f"“{one.question}”" for one in found if one.meaning in meanings]
            more = [f"{len(asked) - _NAMED_AT_MOST} more"] if asked[_NAMED_AT_MOST:] else []
            if asked:
                parts.append(f"{', '.join(asked[:_NAMED_AT_MOST] + more)} ({words})")
        line = found[0].line
        name = f"{self.source_id}-{line.letters['unit_id']}{line.number}"
        states = f"No answer stands in {self.table.name} on {'; '.join(parts)}. What no answer means is what was declared when the table was brought in."
        states = " ".join([states, *_said_beside(found, ("date", "source", "coder"))])
        self._state(name, unit, states, " ".join(_said_beside(found, ("note",))), line)

    def _search(self, searched: Searched | None, unit: str, day: str, found: list[_Answer]) -> None:
        if searched is None:
            return  # the map then has no answer that means it
        own = ("source", "note", "coder") if found[0].line["date"] == day else _BESIDE
        note = " ".join([self._why_found_nothing(found), *_said_beside(found, own)])
        row = {
            "unit_id": unit,
            "searched_on": day,
            "where": searched.where,
            "queries": " | ".join(searched.queries),
            "queries_count": str(len(searched.queries)),
        }
        place, old = self._old("searches", row)
        known, before = old.get("note", ""), {*old.get("criterion_ids", "").split(";")} - {""}
        criteria = {one.criterion for one in found}
        row["note"] = known if note in known else f"{known} {note}".strip()
        row["criterion_ids"] = ";".join(one for one in self.scale if one in criteria | before)
        draft, line = self.proposal.draft("searches"), found[0].line
        same = criteria <= before and note in known
        if place is None:
            draft.add(row, line)
        elif not same:
            draft.replace(place, old | row, line)
        what = ADDED if place is None else UNCHANGED if same else CHANGED
        said = ", ".join(one for one in self.scale if one in criteria)
        self.proposal.say(what, "searches", row, said, line)

    def _why_found_nothing(self, found: list[_Answer]) -> str:
        said = dict.fromkeys(f"“{one.text}”" if one.text else "blank" for one in found)
        return f"Imported from {self.table.name}, where the answer is {' or '.join(said)}: that was declared to mean that it was looked for and not found."

    def _old(self, table: str, row: Mapping[str, str]) -> tuple[int | None, dict[str, str]]:
        """Return the place and the text of the row that the study has with the same key."""
        places = self.held[table].get(tuple(row[name] for name in _KEYS[table]))
        if not places:
            return None, {}
        return places[0], records(self.study[table].iloc[places])[0]

    def _take_source(self) -> None:
        row = {
            "source_id": self.source_id,
            "publisher": self.map.publisher or "Not stated",
            "title": self.returned.file,
            "title_kind": "described",
            "kind": v.IMPORTED,
            "url": self.map.url,
            "extent_read": "whole_excerpt",
            "read_on": self.read_on,
            "sha256": self.table.sha256,
        }
        line = Line(self.table.tab, self.table.headings_row, {}, {"": "A"})
        if not self._old("sources", row)[1]:
            self.proposal.draft("sources").add(row, line)
            self.proposal.say(ADDED, "sources", row, self.returned.file, line)

    # --- saying what is wrong ----------------------------------------------------------------

    def _refuse(
        self, kind: str, number: int, column: int, text: str, rule: str, remedy: str
    ) -> None:
        """Keep a problem; one value that is wrong in many cells is said once, with how many."""
        place = self.table.place(number, column)
        self.refused.setdefault((kind, text, rule), []).append((place, text, remedy))

    def _say_what_was_refused(self) -> None:
        for (_, text, rule), cells in self.refused.items():
            more = len(cells) - 1
            also = (
                f" (and in {more} more cell{'s' if more > 1 else ''} of the table)" if more else ""
            )
            place, _, remedy = cells[0]
            self.returned.refuse(place, text, rule + also, remedy)

    def _refuse_map(self, place: str, value: str, rule: str, remedy: str) -> None:
        name = self.map_name if self.mapped else self.returned.file
        problem = Problem(shorten(name), None, shorten(place), shorten(value), rule, remedy)
        self.returned.problems.append(problem)


def _said_beside(found: Iterable[_Answer], kinds: Iterable[str]) -> list[str]:
    """Say what a table has beside blanks: its own day, source, note and coder of each."""
    held: dict[str, list[str]] = {}
    for one in found:
        parts = [f"{kind} {text}" for kind in kinds if (text := one.line[kind])]
        if parts:
            held.setdefault("; ".join(parts), []).append(f"“{one.question}”")
    return [
        f"Beside {', '.join(questions)} it has: {said.rstrip('.')}."
        for said, questions in held.items()
    ]


def _as_id(text: str) -> str:
    """Return a name as an id: it stays as it is where it can be one."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9&_-]*", text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
