"""Briefings: a two-page letter to each unit with what was found, and what it is asked to send.

A page that is too long is made in a shorter form that refers to the report; the type size stays.
"""

import bisect
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import jinja2

from analysis.direction import isolated_name
from analysis.fieldwork.cell_records import CellRecord
from analysis.frames import grouped, records
from analysis.measure.imported import import_notices, imported_cells
from analysis.measure.priorities import ALREADY_ASKED, READ_WHOLE
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.publish.build_context import BuildContext
from analysis.publish.context.answers import FINDING_WORDS
from analysis.publish.context.published import recommendation_records
from analysis.publish.context.tables import open_questions
from analysis.publish.context.units import unit_sections
from analysis.publish.document_model import Block, page_blocks
from analysis.publish.markup import isolating, mark_of
from analysis.publish.typeset import Typesetter, page_count
from analysis.show.caveats import draft_line
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import OLDER_LEVEL
from analysis.study.warnings import LONGEST_NOTICE
from analysis.wording import capital, spoken

FORMS = (
    (900, 30, True), *((letters, 30, False) for letters in (900, 500, 380, 320, 270, 220, 180, 150)),
    (130, 30, False), (110, 20, False), (95, 17, False), (80, 14, False), (60, 10, False),
    (50, 7, False), (40, 5, False), (30, 3, False), (20, 2, False), (10, 2, False), (5, 1, False),
)  # fmt: skip
"""Forms of a page, from the fullest: the most letters of a text, the most rows of a table, and
whether sources are named by their publishers or by their numbers on the site."""
WHOLE = {
    "notices": 1200, "contact": 200, "notice": LONGEST_NOTICE, "title": 200, "name": 100, "question": 300,
    "asks": 400,
}  # fmt: skip
"""The letters up to which each kind of required text is never shortened."""
_SEND_WHOLE = "This in full (we read a part), or a document of your own:"
_SEND_PASSAGE = "The document or passage that says it; or word that you hold none."
MATERIAL_BY_STATE = {
    v.INCONCLUSIVE: "The passage that decides it, in this document or in another.",
    v.OUTDATED: "What is in force now: ours is older.",
    v.WITHHELD: "What you can release, or the exemption that you rely on.",
}
"""What a unit is asked to send, by the state of an open question; otherwise ``_SEND_PASSAGE``."""
CITED = 3
"""The most sources named beside a question; the report names all of them."""
PARTS = ("known", "asked")
"""The parts of a briefing, each on a page of its own."""


class Briefings:
    """Makes the briefings on units. Use one instance for many units, since shared work is cached."""

    def __init__(self, results: Results):
        """Prepare the shared template, the typesetter and the context of every unit."""
        self._setter = Typesetter(results)
        self._template = _environment(results).get_template("briefing.html.j2")
        self._common = _common_context(results)
        self._units = dict(_unit_contexts(results))
        dates = (spoken(day) for day in (results.matrix.known_by, results.matrix.as_of))
        self._dates = "what we had read by {} about {}".format(*dates)

    def pdf(self, unit: str) -> bytes:
        """Return the briefing on a unit, named by its id: a tagged PDF (PDF/UA-1) of two pages."""
        return _fitted_to_pages(self._make(unit), self._pages(unit), self._typical_forms)

    @functools.cached_property
    def _typical_forms(self) -> list[int]:
        """The form of each part of the first unit's briefing, a first guess for the others.

        It is always that of the first unit, so it does not depend on what was made before.
        """
        first = next(iter(self._units))
        make = self._make(first)
        return [_fullest_form(make, page) for page in self._pages(first)]

    def _make(self, unit: str) -> "Make":
        record = self._units[unit]["unit"]
        title = f"Briefing: {_shortened(record['name'], 200)}"
        # The footer, of one line, names the unit, since the second page may be passed on alone.
        name = isolated_name(_shortened(record["short_name"], 24))
        return functools.partial(self._setter.pdf, title, f"{name}: {self._dates}")

    def _pages(self, unit: str) -> "list[_Page]":
        context = {**self._common, **self._units[unit]}
        return [_Page(self._template, {**context, "part": part}) for part in PARTS]


@dataclass(frozen=True)
class _Page:
    """A part of a briefing, which can be rendered in each of the forms; form 0 is the fullest."""

    template: jinja2.Template
    context: dict
    _made: dict[int, list[Block]] = field(default_factory=dict)

    def form(self, number: int) -> list[Block]:
        if number not in self._made:
            letters, rows, by_name = FORMS[number]
            form = {"letters": letters, "rows": rows, "by_name": by_name}
            page = self.template.render(**self.context, **form)
            self._made[number] = page_blocks(page)
        return self._made[number]


Make = Callable[[list[list[Block]]], bytes]
"""The function that typesets the parts of a document as PDF."""


def _fitted_to_pages(make: Make, pages: Sequence[_Page], usual: Sequence[int]) -> bytes:
    """Return the document with each part in the fullest form that fits on one page.

    Most documents of a small study fit in their fullest form, which is tried first. Otherwise
    each part is fitted by itself.
    """
    if not any(usual):
        made = make([page.form(0) for page in pages])
        if page_count(made) == len(pages):
            return made
    return make(
        [
            page.form(_fullest_form(make, page, form))
            for page, form in zip(pages, usual, strict=True)
        ]
    )


def _fullest_form(make: Make, page: _Page, usual: int = 0) -> int:
    """Return the number of the fullest form that fits on one page, or of the shortest form.

    ``usual``: the form that most pages of this kind have, which is tried first.
    """

    def fits(number: int) -> bool:
        return page_count(make([page.form(number)])) == 1

    # Forms are ordered by height, the tallest first, so a binary search finds the first that fits.
    low, high = 0, len(FORMS) - 1
    for number in (usual, usual - 1, usual + 1):
        if low <= number < high:
            low, high = (low, number) if fits(number) else (number + 1, high)
    return bisect.bisect_left(range(high), True, lo=low, key=fits)


def _environment(results: Results) -> jinja2.Environment:
    made = isolating()
    made.filters.update(
        mark=mark_of(results.study), short=_short, stopped=_with_full_stop, notice=_notice
    )
    return made


@jinja2.pass_context
def _short(context: jinja2.runtime.Context, text: str, least: int = 0) -> str:
    """Return a text shortened to the length that the form of the page allows.

    Args:
        context: the context of the page.
        text: the text.
        least: the letters up to which it is not shortened, but at most ten times the form's length.
    """
    letters = context["letters"]
    return _shortened(text, max(letters, min(least, 10 * letters)))


def _notice(text: str) -> str:
    """Return a notice on a cell or a unit, which is not shortened by any form."""
    return _shortened(text, WHOLE["notice"])


def _with_full_stop(text: str) -> str:
    """Return a text with a full stop, unless it already ends a sentence."""
    return text if text.endswith((".", "!", "?", "…", "?”", ".”", "!”")) else f"{text}."


def _shortened(text: str, letters: int) -> str:
    """Return a text cut between words to at most ``letters`` letters, with an ellipsis."""
    if len(text) <= letters:
        return text
    cut = text[: letters - 1]
    whole = cut.rpartition(" ")[0]
    return f"{(whole if len(whole) > letters / 2 else cut).rstrip(' ,;:.')} …"


def _common_context(results: Results) -> dict:
    """Return the template context that all briefings share."""
    study = results.study
    notices = study["notices"]
    return {
        "descriptor": study.descriptor,
        "settings": study.settings,
        "draft": draft_line(study),
        "stated": study.scope.stated,
        "dates": results.dates_sentence,
        "notices": _shortened(
            " ".join(notices.loc[notices["scope"] == "study", "text"]), WHOLE["notices"]
        ),
        "contact": ""
        if "study.contact" in study.descriptor.placeholders
        else _shortened(study.settings.contact, WHOLE["contact"]),
        "whole": WHOLE,
        "cited": CITED,
        "meaning": v.MEANING,
        "older": OLDER_LEVEL,
        "labels": study.lookup("criteria", "label"),
    }


def _unit_contexts(results: Results) -> Iterator[tuple[str, dict]]:
    """Yield each unit's id with the template context of its briefing."""
    study = results.study
    recommendations = recommendation_records(results)
    questions, gaps = open_questions(results), grouped(results.gaps, "unit_id")
    asks, reply_by = study.lookup("criteria", "question"), _reply_days(study)
    without_document = _without_one_document(results)
    imported = set(imported_cells(results)["unit_id"])
    for unit in unit_sections(results):
        name = unit["unit_id"]
        standing = {
            row["recommendation_id"]: capital(FINDING_WORDS[row["finding"]])
            for row in gaps.get(name, [])
        }
        settled = [cell for cell in unit["cells"] if cell.known]
        open_cells = [cell for cell in unit["cells"] if not cell.known]
        yield (
            name,
            {
                "unit": unit,
                "imported": import_notices(results, [name]) if name in imported else [],
                "reply_by": reply_by.get(name, ""),
                "settled": _grouped_by_statement(settled),
                "open": _grouped_by_statement(open_cells),
                "alone": without_document.get(name, []),
                "again": [cell for cell in unit["cells"] if cell.since_read],
                "open_states": list(dict.fromkeys(cell.state for cell in open_cells)),
                "asked": [
                    {
                        **recommendation,
                        "standing": standing.get(recommendation["recommendation_id"], ""),
                    }
                    for recommendation in recommendations
                    if recommendation["scored"]
                ],
                "context": [
                    recommendation["label"]
                    for recommendation in recommendations
                    if recommendation["text_read"] != "not_read" and not recommendation["scored"]
                ],
                "unread": [
                    recommendation["label"]
                    for recommendation in recommendations
                    if recommendation["text_read"] == "not_read" and not recommendation["scored"]
                ],
                "questions": _questions_to_answer(questions.get(name, []), asks),
                "replies": list(chain(unit["replies"], *(cell.replies for cell in unit["cells"]))),
            },
        )


def _grouped_by_statement(cells: Iterable[CellRecord]) -> list[list[CellRecord]]:
    """Group cells about which the briefing says the same, so that it says it once."""
    groups: dict[tuple, list[CellRecord]] = {}
    for cell in cells:
        level = (cell.criterion["scale_id"], cell.state, cell.last_level, cell.when)
        why = (cell.reason, cell.assessment["rationale"], cell.assessment["confidence"])
        noted = (cell.why_carried, cell.since_read, cell.earlier_rules, *cell.notices)
        named = tuple(source["source_id"] for source in cell.sources)
        groups.setdefault((level, why, noted, named), []).append(cell)
    return [*groups.values()]


def _questions_to_answer(rows: Sequence[dict], asks: Mapping[str, str]) -> list[dict]:
    """Return the open questions of a unit, each with what the unit is asked to send.

    ``again`` marks a question that needs the same documents as an earlier question.
    """
    wanted = [
        (_material_to_send(row), row["ask_of"], [source["source_id"] for source in row["sources"]])
        for row in rows
    ]
    return [
        {
            **row,
            "question": asks[row["criterion_id"]],
            "please": what[0],
            "again": bool(what[2]) and what in wanted[:place],
        }
        for place, (row, what) in enumerate(zip(rows, wanted, strict=True))
    ]


def _material_to_send(row: dict) -> str:
    """Return what a unit is asked to send on an open question."""
    if row["step"] == ALREADY_ASKED:
        return "What has changed since we asked."
    return (
        _SEND_WHOLE
        if row["step"] == READ_WHOLE
        else MATERIAL_BY_STATE.get(row["state"], _SEND_PASSAGE)
    )


def _without_one_document(results: Results) -> dict[str, list[dict]]:
    """Return, by unit, each document behind several answers, with the interval without it."""
    study = results.study
    sources = {row["source_id"]: row for row in records(study["sources"])}
    documents: dict[str, list[dict]] = {}
    for document in results.one_document:
        low, high = (shown(end, study.settings.display) for end in (document.low, document.high))
        source, answers = sources[document.source_id], len(document.criteria)
        entry = {"answers": answers, "source": source, "low": low, "high": high}
        documents.setdefault(document.unit_id, []).append(entry)
    return documents


def _reply_days(study: Study) -> dict[str, str]:
    """Return, by unit, the latest deadline for its reply, in words."""
    last = study["notified"].groupby("unit_id")["reply_by"].max()
    return {str(unit): spoken(dt.date.fromisoformat(day)) for unit, day in last.items()}


def write(context: BuildContext, folder: Path) -> None:
    """Write the briefings as a part of a build."""
    (folder / "briefings").mkdir()
    for unit, content in context.briefings().items():
        (folder / "briefings" / f"{unit}.pdf").write_bytes(content)
