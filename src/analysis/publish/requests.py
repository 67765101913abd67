"""Requests for information, one for each body that holds an answer, as text.

A request asks for recorded information. It has one question for each criterion that is not known,
or is known only from the openings of documents. Questions are in the words of the codebook, under
the law that the study names for the unit's country. A request has no date and names no person: the
sender fills in the marked placeholders.
"""

import datetime as dt
import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd

from analysis.direction import (
    apart_by_line,
    isolated_name,
    set_apart,
    without_direction,
    without_marks,
)
from analysis.frames import each_row
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.publish.build_context import BuildContext
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.asof import outcomes
from analysis.study.evidence import titled, with_sources
from analysis.study.requests import Asking, sent_requests
from analysis.study.settings import Law
from analysis.wording import spoken

PLACEHOLDER = re.compile(r"\[to (?:fill in|be set)\b[^\]]*\]")
_OPEN_STATES = (v.INCONCLUSIVE, v.OUTDATED, v.NOT_FOUND, v.NOT_ASSESSED)
"""Unknowns that a request may resolve; withheld information has already been asked for."""
_WIDTH = 78

TITLE, HEADING, TEXT, QUESTION = "title", "heading", "text", "question"
ENVELOPE = "envelope"
"""The addressee, sender, date and close, for which a web form has its own fields."""

_FORM = "https://www.whatdotheyknow.com/new/"
"""The address of a prefilled form; see https://www.whatdotheyknow.com/help/api."""
_LONGEST_ADDRESS = 8000
"""The longest address that every browser and server should accept (RFC 9110, section 4.1)."""


@dataclass(frozen=True)
class Form:
    """A web form through which a request can be sent.

    Attributes:
        address: the address of the form.
        has_text: whether the address fills in the text of the request, if that is not too long.
    """

    address: str
    has_text: bool


@dataclass(frozen=True)
class Request:
    """A request about one unit.

    Attributes:
        unit_id: the id of the unit.
        blocks: pairs of kind and text.
        criteria: the ids of the criteria that it asks about.
        body: the body that is asked; empty if it is the unit itself.
        number: 1 for the unit itself; from 2 for other bodies, the same number for every unit.
        form_name: the name of the body at WhatDoTheyKnow; empty if not known.
    """

    unit_id: str
    blocks: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]
    body: str = ""
    number: int = 1
    form_name: str = ""

    @property
    def form(self) -> Form | None:
        """The prefilled web form for the request; ``None`` if the body has no known form."""
        if not self.form_name:
            return None
        kinds = (TEXT, HEADING, QUESTION)
        text = "\n\n".join(in_plain_letters(text) for kind, text in self.blocks if kind in kinds)
        fields = {"title": self.title}
        whole = f"{_FORM}{self.form_name}?{urlencode({**fields, 'default_letter': text})}"
        if len(whole) <= _LONGEST_ADDRESS:
            return Form(whole, True)
        return Form(f"{_FORM}{self.form_name}?{urlencode(fields)}", False)

    @property
    def title(self) -> str:
        """Its title, in plain letters."""
        return next(in_plain_letters(text) for kind, text in self.blocks if kind == TITLE)

    @property
    def name(self) -> str:
        """The name of its file without extension; ids contain no full stop."""
        return self.unit_id if self.number == 1 else f"{self.unit_id}.{self.number}"

    @property
    def placeholders(self) -> list[str]:
        """The placeholders that the sender has to fill in, each once."""
        return list(dict.fromkeys(PLACEHOLDER.findall("\n".join(text for _, text in self.blocks))))


def requests(results: Results, units: Sequence[str] = ()) -> list[Request]:
    """Return the requests for all questions that can still be asked, in the study's order of units.

    There is one request to each unit, and one to each other body that holds answers about it.

    Args:
        results: the study's results.
        units: the ids of the units; default: all units.
    """
    study, cells, asking = results.study, results.matrix.cells, Asking(results.study)
    wanted = [unit for unit in study["units"]["unit_id"] if not units or unit in units]
    asked_for = cells["state"].isin(_OPEN_STATES) | _rests_on_openings(study, cells)
    open_cells = {(row.unit_id, row.criterion_id): row for row in each_row(cells[asked_for])}
    sent = sent_requests(study)
    for cell in asking.by_cell(sent[~outcomes(sent).isin(["no_answer", "partly_answered"])]):
        open_cells.pop(cell, None)
    criteria, cited = list(each_row(criteria_in_use(study))), _citations(study)
    form_names = study.lookup("units", "whatdotheyknow_name")
    made = []
    for unit, (number, holder) in itertools.product(wanted, enumerate(asking.holders, start=1)):
        to_ask = [
            row
            for row in criteria
            if row.ask_of == holder and (unit, row.criterion_id) in open_cells
        ]
        if to_ask:
            questions = [
                _question(row, open_cells[unit, row.criterion_id], cited) for row in to_ask
            ]
            names = tuple(row.criterion_id for row in to_ask)
            body = asking.body(unit, names[0])
            blocks = tuple(_blocks(study, unit, body, asking.law(unit), questions))
            form_name = "" if body else form_names[unit]
            made.append(Request(unit, blocks, names, body, number, form_name))
    return made


def _rests_on_openings(study: Study, cells: pd.DataFrame) -> pd.Series:
    """Return which cells have a level that rests only on the openings of documents."""
    extents = study.lookup("evidence", "extent_read")
    openings = {name for name, extent in extents.items() if extent == "opening"}
    on_openings = cells["evidence_ids"].str.split(";").map(openings.issuperset)
    return ~cells["state"].isin(v.UNKNOWNS) & on_openings


_REFUSAL = "If you cannot send part of this, please say why, and send the rest."
_COST = (
    "If all of it is too much, please answer the questions in the order given as far as you can. "
    "Please tell me how I could ask for the rest."
)
"""Default sentences, if the law named in the study has none of its own or no law is named."""


def _blocks(
    study: Study, unit: str, body: str, law: Law | None, questions: list[str]
) -> Iterator[tuple[str, str]]:
    settings, name = study.settings, _apart(study.lookup("units", "name")[unit])
    since = spoken(settings.report.date)
    published = settings.report
    report = f"“{_apart(published.title)}” ({_apart(published.publisher)}, {since})"
    about = settings.requests.about
    many = len(questions) > 1
    if study.mark:
        yield TEXT, f"[{study.mark} Take this line out before sending.]"
    yield TITLE, f"Request for information{' about' if body else ':'} {name}"
    to = [f"{body[:1].upper()}{body[1:]}" or name, law.addressee if law else ""]
    blank = "its name, and its address for requests" if body else "its address for requests"
    address = "" if body else study.lookup("units", "request_address")[unit]
    yield ENVELOPE, f"To: {', '.join(filter(None, to))}, {address or f'[to fill in: {blank}]'}"
    yield (
        ENVELOPE,
        "From: [to fill in: name of the person or body asking], [to fill in: address for the answer]",
    )
    yield ENVELOPE, "Date: [to fill in: day of sending]"
    if law:
        yield TEXT, law.request
    follows = f"The question{'s follow' if many else ' follows'} the report {report}."
    if body:
        yield TEXT, f"{follows} Here, “the {settings.unit_noun.singular}” means {name}."
    else:
        yield TEXT, f"It is about {about}, in the terms of {report}." if about else follows
    yield HEADING, "What I ask for"
    yield (
        TEXT,
        f"For {'each question' if many else 'the question'} below, please send the recorded information that you hold which answers it. That is the policy, procedure, guidance, instruction or record itself, or the passage that applies. Please say from which date it has applied. If it has changed since {since}, please send each version with its dates.",
    )
    for number, question in enumerate(questions, start=1):
        yield QUESTION, f"{number}. {question}"
    yield HEADING, "How I ask for it"
    such = name if body else "the one that oversees you"
    yield (
        TEXT,
        f"By e-mail if you can. If you hold nothing on a question, please say so for that question: that is an answer too. If another body holds it, such as {such}, please tell me which.",
    )
    yield (
        TEXT,
        "I ask for no information about any person, and for nothing about any single case. Please leave such details out.",
    )
    yield TEXT, (law and law.refusal) or _REFUSAL
    yield TEXT, (law and law.cost) or _COST
    if law and law.time:
        yield TEXT, law.time
    yield ENVELOPE, "Yours faithfully,"
    yield ENVELOPE, "[to fill in: name of the person or body asking]"


def _question(criterion, cell, cited: dict[str, str]) -> str:
    """Return one question in the codebook's words, with the known sources and what they leave open.

    Args:
        criterion: the row of the criterion.
        cell: the row of the matrix.
        cited: see :func:`_citations`.
    """
    question = criterion.question
    if criterion.applies_from:
        question += f" (Since {spoken(dt.date.fromisoformat(criterion.applies_from))}.)"
    citations = [cited[part] for part in cell.evidence_ids.split(";") if part]
    if not citations:
        return question
    if cell.state == v.OUTDATED:
        why = "That is from before the report: please send what has applied since."
    elif cell.state in v.UNKNOWNS:
        why = "What could be read of it does not settle the question."
    else:
        why = "What could be read of it gives an answer. Please send the record behind that answer, and any change since."
    # Impersonal wording, since the sender need not have read the sources.
    return f"{question} Public already: {'; '.join(dict.fromkeys(citations))}. {why}"


def in_plain_letters(text: str) -> str:
    """Return a text of a request as a file shows it, with its writing directions isolated."""
    return set_apart(without_marks(text))


def _apart(name: str) -> str:
    """Return a name isolated, so that its writing direction does not affect the text around it."""
    return isolated_name(without_direction(name))


def _citations(study: Study) -> dict[str, str]:
    """Return, by id, the citation of each statement of evidence, as a letter gives it."""
    citations = {}
    for row in with_sources(study, "evidence"):
        source = row["source"]
        title = f", {_apart(titled(source))}" if titled(source) else ""
        when = f", {source['published']}" if source["published"] else ""
        read = row["extent_read"]
        part = f" ({v.EXTENT[read]})" if read in ("opening", "whole_excerpt") else ""
        where = f", {source['url']}" if source["url"] else ""
        citations[row["evidence_id"]] = f"{_apart(source['publisher'])}{title}{when}{where}{part}"
    return citations


def write_texts(made: Sequence[Request], folder: Path) -> None:
    """Write each request as a text file into a folder, which is made only if there is a request."""
    for request in made:
        folder.mkdir(exist_ok=True)
        (folder / f"{request.name}.txt").write_text(
            as_text(request), encoding="utf-8", newline="\n"
        )


def as_text(request: Request) -> str:
    """Return a request as plain text, in lines of at most 78 characters."""
    parts = []
    for kind, marked in request.blocks:
        text = in_plain_letters(marked)
        hanging = "   " if kind == QUESTION else ""
        wrapped = textwrap.wrap(
            text, _WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
        )
        lines = "\n".join(apart_by_line(wrapped))
        parts.append(f"{lines}\n{'=' * min(len(text), _WIDTH)}" if kind == TITLE else lines)
    return "\n\n".join(parts) + "\n"


def write(context: BuildContext, folder: Path) -> None:
    """Write the requests as a part of a build."""
    write_texts(requests(context.results), folder / "requests")
