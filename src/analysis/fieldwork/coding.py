"""The coding workbook: one coder's codings out, and what a returned one changes.

A coder codes without sight of another's levels (Krippendorff, Content Analysis, 4th edition,
2019, chapter 12, on independence), so the workbook holds that coder's own rows and no others.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from analysis.fieldwork.codebook import codebook_page
from analysis.fieldwork.forms import (
    CODE,
    MOST_EVIDENCE,
    NEW_EVIDENCE,
    NEW_SEARCHES,
    NEW_SOURCES,
    coding_form,
)
from analysis.fieldwork.proposal import ADDED, CHANGED, UNCHANGED, Draft, Proposal
from analysis.fieldwork.reading import Reader, bring_in_documents, extents
from analysis.fieldwork.returned import Line, Returned
from analysis.fieldwork.tidy import tidied_text
from analysis.fieldwork.workbooks import FormRow, Page, WorkbookMaker
from analysis.frames import each_row, records
from analysis.problems import Problem, StudyError, shorten
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.groups import exemptions
from analysis.study.marks import codebook_marks, short_mark
from analysis.wording import agreeing

KIND = "coding"
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
DATED = ("observed_on", "not_before", "not_after")
_CELL = ("unit_id", "criterion_id")
SPARE_ROWS, SPARE_DOCUMENTS = 100, 30
_MARK = re.compile(r"([A-Za-z0-9&_-]+)/([A-Za-z0-9&_-]+)/([0-9a-f]{10}|new|aside)")

Row = dict[str, str]
Held = dict[tuple[str, ...], dict[str, int]]
"""A coder's codings: for each cell, the place of each by the sign of what it says."""

_DO = (
    "One row of the sheet Coding is one {unit}, one criterion and one date. Choose the level from the list, or an unknown code where no level can be told. If in doubt, choose inconclusive, and say why.",
    "Code what a source says, by the rules on the sheet Codebook; never what anyone is believed to do. Every level needs evidence: choose its ids, one a column.",
    "A date may be a year, a month or a day: 2021, 2021-12 or 2021-12-03. Where the document bears none, leave the date empty and say between which days it must lie, if that is known.",
    "For a second date of the same {unit} and criterion, use an empty row at the end, and leave its first column empty. Do not delete old rows. If you change one, it replaces your own earlier coding, whose old version is kept.",
    "Documents and evidence that are not held yet go on the sheets New sources and New evidence, under the ids that stand there; what you searched for goes on New searches, also where nothing was found.",
    "Write no personal details: of any person concerned no more than that there was a case, where it is needed at all.",
    "Sheets may be sorted (whole rows), filtered and widened. Keep the first column of Coding, and the first row, as they are.",
)


def coding_workbook(
    study: Study,
    coder: str,
    units: Sequence[str] = (),
    only_unknown: bool = False,
    batch: str = "",
) -> bytes:
    """Return a coder's workbook.

    Args:
        study: the study.
        coder: the coder's name, as it stands or is to stand in ``codings.csv``.
        units: these units only; none named: all.
        only_unknown: only the cells for which this coder has no level yet.
        batch: the batch of work that it is recorded as
            (:func:`analysis.fieldwork.assigning.assign`).

    Raises:
        StudyError: the coder has no name, or a unit is not in the study.
    """
    coder = checked_coder(study, coder)
    units = list(units) or list(study["units"]["unit_id"])
    own = study["codings"][study["codings"]["coder"] == coder]
    cited = max([0, *(ids.count(";") + 1 for ids in own["evidence_ids"] if ids)])
    form = coding_form(max(4, cited + 1))
    title = f"Coding workbook of {coder}: {study.descriptor.title}"
    marks = codebook_marks(study.tables)
    about = {"Workbook": KIND, "Coder": coder, "Coder mark": short_mark(tidied_text(coder, CODE))}
    about |= {"Batch": batch} if batch else {}
    about["Codebook"] = short_mark(*marks.values())
    about |= {f"Criterion {name}": mark for name, mark in marks.items()}
    maker = WorkbookMaker(study, title, about, _with_noun(study, _DO))
    offer_lists(maker, study)
    maker.page(codebook_page(study))
    for page in held_pages(study, units):
        maker.page(page)
    maker.form(form, list(coding_rows(study, own, units, only_unknown)), SPARE_ROWS, frozen=3)
    add_document_forms(maker, study, coder)
    return maker.as_bytes()


def checked_coder(study: Study, coder: str) -> str:
    """Return a coder's name, after checking that it can stand in a table and come back."""
    rule = _fault_of_name(tidied_text(coder, CODE))
    if rule:
        remedy = "name the coder as it is to stand in the data, such as --coder coder-1"
        raise StudyError([Problem("--coder", None, "", shorten(coder), rule, remedy)])
    return _as_held(study, coder)


def _fault_of_name(name: str) -> str:
    if not name:
        return "a coder needs a name"
    if not name.isprintable() or len(name) > 100:
        return "a coder's name is one printable line of at most 100 characters"
    return ""


def _as_held(study: Study, coder: str) -> str:
    name = tidied_text(coder, CODE)
    return {tidied_text(one, CODE): one for one in study["codings"]["coder"]}.get(name, name)


def offer_lists(maker: WorkbookMaker, study: Study, besides: Sequence[str] = ()) -> None:
    """Give a workbook the lists of its drop-downs; ``besides``: further choices of level."""
    levels = study["levels"].groupby("scale_id", sort=False)["level"].agg(list)
    extra = [*v.TYPED, *besides]
    maker.offer(
        units=study["units"]["name"],
        criteria=study["criteria"]["label"],
        confidence=v.CONFIDENCE[::-1],
        evidence=study["evidence"]["evidence_id"],
        sources=study["sources"]["source_id"],
        extents=extents(study),
        kinds=sorted(set(study["sources"]["kind"]) - {""}),
        scopes=list(dict.fromkeys(["unit", *study["evidence"]["scope"]])),
        levels=[*(one for names in levels for one in names), *extra],
        **{f"scale {scale}": [*names, *extra] for scale, names in levels.items()},
    )


def held_pages(study: Study, units: Sequence[str]) -> list[Page]:
    """Return the sheets with the sources and the evidence that are held, for some units."""
    sources, names = study["sources"], study.lookup("units", "name")
    evidence = study["evidence"]
    evidence = evidence[evidence["unit_id"].isin(units) | (evidence["scope"] != "unit")]
    source_rows = [
        (one.source_id, one.publisher, one.title, one.published, one.extent_read, one.url)
        for one in each_row(sources[sources["source_id"].isin(evidence["source_id"])])
    ]
    # The note of a piece of evidence may hold what another coder made of it: it stays out.
    evidence_rows = [
        (
            one.evidence_id,
            names.get(one.unit_id, one.scope),
            one.states,
            one.extent_read,
            one.source_id,
            one.published,
            one.not_before,
            one.not_after,
        )
        for one in each_row(evidence)
    ]
    of_sources = [("Source", 10), ("Publisher", 30), ("Title", 60), ("Published", 12)]
    of_sources += [("How much was read", 16), ("Address", 60)]
    of_evidence = [("Evidence", 10), ("About", 26), ("What it says, in our own words", 90)]
    of_evidence += [("How much was read", 16), ("Source", 10), ("Published", 12)]
    of_evidence += [("If undated: not before", 12), ("If undated: not after", 12)]
    return [
        Page("Sources held", of_sources, source_rows),
        Page("Evidence held", of_evidence, evidence_rows),
    ]


def add_document_forms(maker: WorkbookMaker, study: Study, who: str) -> None:
    """Add the sheets for new sources, evidence and searches, with ids that are free."""
    stem = re.sub(r"[^a-z0-9]+", "-", who.lower()).strip("-") or "new"
    for form, table, letter in ((NEW_SOURCES, "sources", "s"), (NEW_EVIDENCE, "evidence", "e")):
        key = form.fields[0].name
        ids = _free_ids(set(study[table][key]), f"{stem}-{letter}")
        maker.form(form, [FormRow({key: one}) for one in ids], frozen=1)
    maker.form(NEW_SEARCHES, [], SPARE_DOCUMENTS, frozen=1)


def _free_ids(held: set[str], stem: str) -> list[str]:
    numbers = (re.fullmatch(rf"{re.escape(stem)}(\d+)", one) for one in held)
    last = max((int(found[1]) for found in numbers if found), default=0)
    return [f"{stem}{number}" for number in range(last + 1, last + SPARE_DOCUMENTS + 1)]


def _with_noun(study: Study, lines: Sequence[str]) -> list[str]:
    return [line.replace("{unit}", study.settings.unit_noun.singular) for line in lines]


def coding_rows(
    study: Study, own: pd.DataFrame, units: Sequence[str], only_unknown: bool
) -> Iterator[FormRow]:
    """Yield the rows of a coder's sheet Coding; ``own``: the codings that are the coder's."""
    unit_name, label = study.lookup("units", "name"), study.lookup("criteria", "label")
    scale = study.lookup("criteria", "scale_id")
    held: dict[tuple[str, str], list[dict]] = {}
    for row in records(own):
        held.setdefault((row["unit_id"], row["criterion_id"]), []).append(row)
    never = exemptions(study, dt.date.min)
    for unit in units:
        for criterion in study["criteria"]["criterion_id"]:
            rows = held.get((unit, criterion), [])
            if not rows and (unit, criterion) in never:
                continue  # there is nothing to look for
            if only_unknown and any(row["level"] not in v.UNKNOWNS for row in rows):
                continue
            shown = {"unit_id": unit_name[unit], "criterion_id": label[criterion]}
            choices = {"level": f"scale {scale[criterion]}"}
            for row in rows or [{}]:
                mark = row_mark(unit, criterion, row)
                yield FormRow({**coded_texts(row), **shown, "row": mark}, choices)


def coded_texts(row: dict[str, str]) -> dict[str, str]:
    """Return a coding or assessment as the columns of a form: its evidence one id a column."""
    texts = {name: row.get(name, "") for name in row if name != "evidence_ids"}
    ids = row.get("evidence_ids", "").split(";")
    first, rest = ids[: MOST_EVIDENCE - 1], ids[MOST_EVIDENCE - 1 :]
    columns = [*first, *([";".join(rest)] if rest else [])]
    return texts | {f"evidence_{number}": one for number, one in enumerate(columns, start=1)}


def row_mark(unit: str, criterion: str, row: dict[str, str], names: Sequence[str] = CODED) -> str:
    """Return the mark of a row: its cell, and a sign of what it said when it was written out."""
    if not row:
        return f"{unit}/{criterion}/new"
    return f"{unit}/{criterion}/{said_mark(row, names)}"


def said_mark(row: dict[str, str], names: Sequence[str] = CODED) -> str:
    """Return a sign of what a row says, the same after its texts have been tidied."""
    return short_mark(*(tidied_text(row[name]) for name in names))


def propose_codings(proposal: Proposal, reason: str, on: dt.date) -> None:
    """Work out what a returned coding workbook changes, and keep it in the proposal.

    Args:
        proposal: of the study as it stands and the workbook.
        reason: why existing codings are replaced; needed where any is.
        on: the day on which they are.
    """
    coder, reader = _whose(proposal), Reader(proposal)
    if coder:
        bring_in_documents(proposal, reader)
        _Codings(proposal, reader, coder).propose(reason, on)
        _record_return(proposal, coder, on)


class _Codings:
    """The lines of one coding workbook, held against the study."""

    def __init__(self, proposal: Proposal, reader: Reader, coder: str):
        self.proposal, self.reader, self.coder = proposal, reader, coder
        self.returned, self.draft = proposal.returned, proposal.draft("codings")
        own = {
            key[1:]: places
            for key, places in self.draft.places("coder", *_CELL).items()
            if key[0] == coder
        }
        self.held: Held = {cell: places_by_mark(self.draft, places) for cell, places in own.items()}
        dated = self.draft.places("coder", *_CELL, *DATED)
        self.of_date = {key[1:]: places for key, places in dated.items() if key[0] == coder}
        self.outdated = changed_criteria(proposal)
        self.rules_marks = codebook_marks(proposal.study.tables)
        self.taken: list[tuple[Line, tuple, Row]] = []
        self.kept: set[int] = set()

    def propose(self, reason: str, on: dt.date) -> None:
        seen: set[tuple[str, ...]] = set()
        came: Counter[tuple[str, str]] = Counter()
        for line in self.returned.forms.get("coding", []):
            mark = mark_of(self.proposal, line)
            came.update([mark[:2]] if mark else [])
            if mark is None or not _says_anything(line, mark):
                continue
            row = _coding(self.reader, line, mark, self.coder)
            if row is None:
                continue
            said = (row["unit_id"], row["criterion_id"], said_mark(row))
            came.update([] if mark else [said[:2]])
            if said in seen:
                self.returned.note("A row that stands twice was taken once", line.place())
            else:
                self._compare(line, mark, row)
            seen.add(said)
        note_missing(self.returned, came)
        for line, row, place in self._with_places():
            self._take(line, row, place, {"replaced_on": on.isoformat(), "replaced_why": reason})

    def _compare(self, line: Line, mark: tuple, row: Row) -> None:
        """Keep a row that says something new; say of it that it is unchanged, or refuse it."""
        place = self.held.get(_cell(row), {}).get(said_mark(row))
        if place is not None:
            self.kept.add(place)
            self.proposal.say(UNCHANGED, "codings", row, _in_short(row), line)
        elif mark and said_mark(row) == mark[2]:
            _refuse_as_old(self.proposal, line, "the study holds another coding here since")
        elif row["criterion_id"] in self.outdated:
            _refuse_as_old(self.proposal, line, "the rules of this criterion were changed since")
        else:
            row["rules_mark"] = self.rules_marks[row["criterion_id"]]
            self.taken.append((line, mark, row))

    def _take(self, line: Line, row: Row, place: int | None, past: Row) -> None:
        """Add a new coding, or put a changed one in the place of the one that it replaces."""
        same_date = self.of_date.setdefault((*_cell(row), *_dates(row)), [])
        place = same_date[0] if place is None and same_date else place
        if place is None:
            same_date.append(len(self.draft.rows))
            self.draft.add(row, line)
            self.proposal.say(ADDED, "codings", row, _in_short(row), line)
            return
        taken_by, old = self.draft.lines[place], self.draft.rows[place]
        if place in self.kept or taken_by is not None:
            other = f" ({taken_by.place()})" if taken_by else ""
            rule = f"another row{other} gives this cell another coding of the same date"
            remedy = "keep one of the two, or change the date of one"
            self.returned.refuse(line.place("level"), row["level"], rule, remedy)
            return
        said = f"{_in_short(old)} → {_in_short(row)}{besides(old, row)}"
        self.proposal.say(CHANGED, "codings", row, said, line)
        self.proposal.keep_old("codings", old, past, line)
        self.draft.replace(place, row, line)

    def _with_places(self) -> Iterator[tuple[Line, Row, int | None]]:
        """Yield each line and row with the place of the coding that it changes, if it changes one.

        A row is often copied to hold a second date: then one of the copies is the row that was
        there, and the others are new.
        """
        copies: dict[int, list[tuple[Line, Row]]] = {}
        for line, mark, row in self.taken:
            base = mark[2] if mark else "new"
            place = self.held.get(_cell(row), {}).get(base)
            if place is not None and place not in self.kept:
                copies.setdefault(place, []).append((line, row))
            elif place is None and base != "new":
                said = "the coding that this row changes was changed since"
                _refuse_as_old(self.proposal, line, said)
            else:
                yield line, row, None
        for place, lines in copies.items():
            date = _dates(self.draft.rows[place])
            original = (
                lines if len(lines) == 1 else [one for one in lines if _dates(one[1]) == date]
            )
            for line, row in lines:
                if len(original) == 1:
                    yield line, row, place if row is original[0][1] else None
                    continue
                rule = "the row was copied, and which of the copies it was cannot be told"
                remedy = "clear the first column of the new one"
                self.returned.refuse(line.place("row"), line["row"], rule, remedy)


def places_by_mark(
    draft: Draft, places: Iterable[int], names: Sequence[str] = CODED
) -> dict[str, int]:
    """Return the places of some rows of a table by the sign of what each says."""
    return {said_mark(draft.rows[place], names): place for place in places}


def _record_return(proposal: Proposal, coder: str, on: dt.date) -> None:
    """Record that a coder's batch came back, and say what counts as read without a row."""
    batch = proposal.returned.about.get("batch", "")
    draft, every = proposal.draft("assignments"), list(proposal.study["criteria"]["criterion_id"])
    places = draft.places("coder", "batch").get((coder, batch), []) if batch else []
    cells: set[tuple[str, ...]] = set()
    for row in (draft.rows[place] for place in places):
        row["returned_on"] = row["returned_on"] or on.isoformat()
        criteria = row["criterion_ids"].split(";") if row["criterion_ids"] else every
        cells.update((coder, row["unit_id"], one) for one in criteria)
    without = cells - proposal.draft("codings").places("coder", "unit_id", "criterion_id").keys()
    place = proposal.returned.about_places.get("batch", "Start")
    if without:
        count = (
            f"{len(without)} of {len(cells)} cells given" if len(cells) > 1 else "the cell given"
        )
        verb = agreeing(len(without), "counts", "count")
        said = f"Batch {batch} of {coder} came back: {count} {verb} as read without a row"
        proposal.returned.note(said, place)
    if not places and not proposal.changes:
        said = "No coding came back, and what was given is not recorded: nothing counts as read"
        proposal.returned.note(said, place)


def note_missing(returned: Returned, came: Counter[tuple[str, str]]) -> None:
    """Note the rows that were sent and did not come back: to delete one says nothing of its cell.

    Args:
        returned: the workbook.
        came: how many of its rows are on each unit and criterion.
    """
    marks = filter(None, map(_MARK.fullmatch, returned.sent))
    for unit, criterion in (Counter((one[1], one[2]) for one in marks) - came).elements():
        said = "A row that was sent did not come back, and nothing was concluded from that"
        returned.note(said, f"{unit}/{criterion}")


def _whose(proposal: Proposal) -> str:
    """Return whose coding a workbook is; empty, and a problem kept, where it cannot be told."""
    returned, study = proposal.returned, proposal.study
    coder = _as_held(study, returned.about.get("coder", ""))
    rule = _fault_of_name(coder)
    if not coder:
        rule = "it does not say whose coding this is"
    elif not rule and coder not in set(study["codings"]["coder"]):
        marks = (_MARK.fullmatch(line["row"]) for line in returned.forms.get("coding", []))
        if any(found and found[3] not in ("new", "aside") for found in marks):
            rule = "no coder of this name coded before, and rows here are marked as coded before"
    if not rule and returned.about.get("coder mark") != short_mark(tidied_text(coder, CODE)):
        rule = "the workbook was written for another coder, and a coder's name was changed here"
    if rule:
        remedy = "write the coder's name in the line Coder as it stood when the workbook was sent"
        returned.refuse_about("coder", rule, remedy)
        return ""
    return coder


def changed_criteria(proposal: Proposal) -> set[str]:
    """Return the criteria whose rules are not those that the workbook was written with."""
    about, now = proposal.returned.about, codebook_marks(proposal.study.tables)
    if about.get("codebook") == short_mark(*now.values()):
        return set()
    changed = {one for one, mark in now.items() if about.get(f"criterion {one}".lower()) != mark}
    said = "The workbook was written with an earlier version of the codebook"
    proposal.returned.note(said, "Start")
    return changed


def _refuse_as_old(proposal: Proposal, line: Line, rule: str) -> None:
    rule += ", after the workbook was written"
    remedy = "have a new workbook written, and enter it there"
    proposal.returned.refuse(line.place("level"), line["level"], rule, remedy)


def mark_of(proposal: Proposal, line: Line) -> tuple[str, str, str] | tuple[()] | None:
    """Return the unit, criterion and sign of a line's mark.

    Empty: the row is new. ``None``: the mark cannot be read, and that is kept as a problem.
    """
    text = line["row"].replace(" ", "")
    if not text:
        return ()
    found = _MARK.fullmatch(text)
    study = proposal.study
    if found:
        unit, criterion = found[1], found[2]
        if unit in set(study["units"]["unit_id"]) and criterion in study.lookup(
            "criteria", "label"
        ):
            return unit, criterion, found[3]
        rule = "the study has no such unit or criterion (any more)"
    else:
        rule = "the mark of the row was changed"
    remedy = "put it back as it was; empty it if the row is new"
    proposal.returned.refuse(line.place("row"), line["row"], rule, remedy)
    return None


def _says_anything(line: Line, mark: tuple) -> bool:
    """Return whether a line is more than a row that was sent out empty and came back empty."""
    if mark and mark[2] != "new":
        return True  # a coding that was made: emptied, it is still to be answered for
    shown = {"row", "unit_id", "criterion_id"} if mark else {"row"}
    return any(text for name, text in line.texts.items() if name not in shown)


def _coding(reader: Reader, line: Line, mark: tuple, coder: str) -> Row | None:
    unit = reader.unit(line, mark[0] if mark else "")
    criterion = reader.criterion(line, mark[1] if mark else "")
    if not unit or not criterion:
        return None
    if mark and mark[2] != "new" and not any(line[name] for name in ("level", "rationale")):
        rule = "a coding that was made is emptied here, and an old coding is never thrown away"
        remedy = "put it back, or code the cell anew: not_assessed, say, with the reason"
        reader.returned.refuse(line.place("level"), "", rule, remedy)
        return None
    return {
        "unit_id": unit,
        "criterion_id": criterion,
        "coder": coder,
        **{name: line[name] for name in (*DATED, "read_on", "rationale")},
        "level": reader.level(line, criterion),
        "confidence": reader.confidence(line),
        "evidence_ids": reader.evidence_ids(line),
        "batch": reader.returned.about.get("batch", ""),
    }


def _cell(row: Row) -> tuple[str, str]:
    return row["unit_id"], row["criterion_id"]


def _dates(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in DATED)


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


def _in_short(row: dict[str, str]) -> str:
    when = row["observed_on"] or "undated"
    return f"{row['level']} ({when}, {row['confidence']})"
