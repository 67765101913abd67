"""Requests under the Freedom of Information Act 2000 (section 1), one for each unit, ready to send.

A request asks for recorded information, one question for each criterion that is not known, in
the words of the codebook. It bears no day of its making, and names no person: what a sender has
to fill in is marked, and counted.
"""

import datetime as dt
import io
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.shared import Mm, Pt

from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.measure.statements import spoken
from analysis.publish.markup import without_direction
from analysis.publish.view import with_sources
from analysis.spreadsheet import EPOCH, stable_zip
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.asof import outcomes
from analysis.study.sources import titled

PLACEHOLDER = re.compile(r"\[to fill in: [^\]]*\]")
_ASKED = (v.INCONCLUSIVE, v.OUTDATED, v.NOT_FOUND, v.NOT_ASSESSED)
"""Unknowns that a request may settle; what was withheld has been asked for already."""
_WIDTH = 78

TITLE, HEADING, TEXT, QUESTION = "title", "heading", "text", "question"


@dataclass(frozen=True)
class Request:
    """A request to one unit: its blocks, as pairs of kind and text, and what it asks about."""

    unit_id: str
    blocks: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]

    @property
    def placeholders(self) -> list[str]:
        """What a sender has to fill in, each once."""
        return list(dict.fromkeys(PLACEHOLDER.findall("\n".join(text for _, text in self.blocks))))


def requests(results: Results, units: Sequence[str] = ()) -> list[Request]:
    """Return a request for each unit of which something can still be asked, in the study's order.

    Args:
        results: the study's results.
        units: these units only; none named: all.
    """
    study, cells = results.study, results.matrix.cells
    wanted = [one for one in study["units"]["unit_id"] if not units or one in units]
    open_ = {
        (one.unit_id, one.criterion_id): one
        for one in cells[cells["state"].isin(_ASKED)].itertuples()
    }
    for cell in asked_already(results):
        open_.pop(cell, None)
    criteria, cited = list(asked_criteria(study).itertuples()), _citations(study)
    made = []
    for unit in wanted:
        asked = [one for one in criteria if (unit, one.criterion_id) in open_]
        questions = [_question(one, open_[unit, one.criterion_id], cited) for one in asked]
        if questions:
            names = tuple(one.criterion_id for one in asked)
            made.append(Request(unit, tuple(_blocks(study, unit, questions)), names))
    return made


def asked_already(results: Results) -> list[tuple[str, str]]:
    """Return the cells about which a request is out, or was answered in full."""
    held = results.study["requests"]
    held = held[~outcomes(held).isin(["no_answer", "partly_answered"])]
    every = list(results.study["criteria"]["criterion_id"])
    return [
        (one.unit_id, criterion)
        for one in held.itertuples()
        for criterion in ([one.criterion_id] if one.criterion_id else every)
    ]


def _blocks(study: Study, unit: str, questions: list[str]) -> Iterator[tuple[str, str]]:
    report = study.settings.report
    name = study.lookup("units", "name")[unit]
    since = spoken(report.date)
    if study.settings.draft_mark:
        yield TEXT, f"[{study.settings.draft_mark} Take this line out before sending.]"
    yield TITLE, f"Request for information: {name}"
    yield (
        TEXT,
        f"To: {name}, freedom of information officer, [to fill in: its address for requests]",
    )
    yield (
        TEXT,
        "From: [to fill in: name of the person or body asking], [to fill in: address for the answer]",
    )
    yield TEXT, "Date: [to fill in: day of sending]"
    yield (
        TEXT,
        "Please treat this as a request under section 1 of the Freedom of Information Act 2000.",
    )
    yield (
        TEXT,
        f"It is about what your officers are told to do with the information of victims and witnesses of crime, in the terms of “{report.title}” ({report.publisher}, {since}).",
    )
    yield HEADING, "What I ask for"
    many = len(questions) > 1
    yield (
        TEXT,
        f"For {'each question' if many else 'the question'} below, please send the recorded information that you hold which answers it: the policy, procedure, guidance, instruction or record itself, or the passage that applies, with the date from which it has applied. If it has changed since {since}, please send each version with its dates.",
    )
    for number, question in enumerate(questions, start=1):
        yield QUESTION, f"{number}. {question}"
    yield HEADING, "How I ask for it"
    yield (
        TEXT,
        "By e-mail if you can. If you hold nothing on a question, please say so for that question: that is an answer too. If another body holds it, such as the one that oversees you, please tell me which.",
    )
    yield (
        TEXT,
        "I ask for no information about any person, and for nothing about any single case. Please leave such details out.",
    )
    yield (
        TEXT,
        "If you refuse part of this, or neither confirm nor deny that you hold it, please say which exemption you rely on and why, send the rest, and tell me how to ask for a review.",
    )
    yield (
        TEXT,
        "If to answer all of it would go over the cost limit (section 12), please answer the questions in the order given as far as the limit allows, and tell me, under your duty to advise and assist (section 16), how I could ask for the remainder.",
    )
    yield (
        TEXT,
        "The Act gives you until the twentieth working day after the day on which this reaches you (section 10).",
    )
    yield TEXT, "Yours faithfully,"
    yield TEXT, "[to fill in: name of the person or body asking]"


def _question(criterion, cell, cited: dict[str, str]) -> str:
    """Return one question: the codebook's own, what is held already, and what that leaves open.

    Args:
        criterion: its row of the criteria.
        cell: its row of the matrix.
        cited: see :func:`_citations`.
    """
    said = criterion.question
    if criterion.applies_from:
        said += f" (Since {spoken(dt.date.fromisoformat(criterion.applies_from))}.)"
    held = [cited[one] for one in cell.evidence_ids.split(";") if one]
    if not held:
        return said
    why = {
        v.OUTDATED: "That is from before the report: please send what has applied since.",
    }.get(cell.state, "What could be read of it does not settle the question.")
    # Who sends this need not have read it.
    return f"{said} Public already: {'; '.join(dict.fromkeys(held))}. {why}"


def _citations(study: Study) -> dict[str, str]:
    """Return where each statement of evidence stands, in the words of a letter, by its id."""
    said = {}
    for one in with_sources(study, "evidence"):
        source = one["source"]
        title = f", {titled(source)}" if titled(source) else ""
        when = f", {source['published']}" if source["published"] else ""
        read = one["extent_read"]
        part = f" ({v.EXTENT[read]})" if read in ("opening", "whole_excerpt") else ""
        where = f", {source['url']}" if source["url"] else ""
        said[one["evidence_id"]] = f"{source['publisher']}{title}{when}{where}{part}"
    return said


def write_texts(made: Sequence[Request], folder: Path) -> None:
    """Write each request as ``UNIT.txt`` into a folder; without a request there is no folder."""
    for one in made:
        folder.mkdir(exist_ok=True)
        (folder / f"{one.unit_id}.txt").write_text(as_text(one), encoding="utf-8", newline="\n")


def write_requests(made: Sequence[Request], folder: Path) -> None:
    """Write each request as ``UNIT.docx`` and ``UNIT.txt`` into a folder."""
    write_texts(made, folder)
    for one in made:
        (folder / f"{one.unit_id}.docx").write_bytes(as_docx(one))


def as_text(request: Request) -> str:
    """Return a request as plain text, in lines of at most 78 signs."""
    parts = []
    for kind, marked in request.blocks:
        text = without_direction(marked)
        hanging = "   " if kind == QUESTION else ""
        lines = textwrap.fill(
            text, _WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
        )
        parts.append(f"{lines}\n{'=' * min(len(text), _WIDTH)}" if kind == TITLE else lines)
    return "\n\n".join(parts) + "\n"


def as_docx(request: Request, language: str = "en-GB") -> bytes:
    """Return a request as a Word document, with real headings; the same one, the same bytes."""
    document = docx.Document()
    (page,) = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for kind, text in request.blocks:
        if kind in (TITLE, HEADING):
            document.add_heading(text, level=1 if kind == TITLE else 2)
        else:
            paragraph = document.add_paragraph(text)
            if kind == QUESTION:
                paragraph.paragraph_format.left_indent = Pt(18)
                paragraph.paragraph_format.first_line_indent = Pt(-18)
    core = document.core_properties
    core.title = next(text for kind, text in request.blocks if kind == TITLE)
    core.author, core.language, core.comments = "", language, ""
    core.created = core.modified = EPOCH
    buffer = io.BytesIO()
    document.save(buffer)
    return stable_zip(buffer.getvalue())
