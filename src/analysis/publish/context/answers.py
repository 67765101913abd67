"""The findings on one unit: by recommendation, question by question, and as a text to send."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from analysis.direction import isolated_name, set_apart
from analysis.fieldwork.cell_records import CellRecord
from analysis.measure.figures.findings import NAMING, SILENCE
from analysis.measure.gaps import CANNOT_BE_TOLD, DOES_NOT_APPLY, FINDINGS
from analysis.show.labels import level_word
from analysis.study.evidence import titled
from analysis.wording import capital, spoken_date

FINDING_WORDS = {
    **NAMING,
    CANNOT_BE_TOLD: "could not tell",
    DOES_NOT_APPLY: "does not apply",
}
"""The finding on a unit and a recommendation, in words."""
NO_ANSWER = (
    "What we read answers no scored question about this {one} at this date, so it has no score. "
    "That says nothing for or against it."
)
"""The first sentence on a unit with no scored answer; ``{one}`` is the noun for a unit."""
NOT_THE_SAME = "That is not the same as there being none."
"""The sentence given once with all questions on which a search found nothing."""
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")


def dates_spoken(text: str) -> str:
    """Return a sentence with its ISO dates written as in British prose."""
    return _DATE.sub(lambda found: spoken_date(found[0]), text)


def findings_by_word(gaps: Iterable[dict]) -> list[tuple[str, list[str]]]:
    """Return each finding in words, with the ids of the recommendations that have it.

    Args:
        gaps: the rows of the gap table for one unit.
    """
    groups: dict[str, list[str]] = {finding: [] for finding in FINDINGS}
    for row in gaps:
        groups[row["finding"]].append(row["recommendation_id"])
    return [(FINDING_WORDS[finding], names) for finding, names in groups.items() if names]


def has_answer(cells: Iterable[CellRecord]) -> bool:
    """Return whether any scored question has an answer."""
    return any(cell.known and cell.criterion["scored"] == "yes" for cell in cells)


def silence(cells: Iterable[CellRecord]) -> str:
    """Return a sentence on the best that there is without an answer, such as an older answer."""
    states = {cell.state for cell in cells if cell.criterion["scored"] == "yes"}
    return next((f"{capital(have)}." for state, have in SILENCE.items() if state in states), "")


def question_groups(
    recommendations: Iterable[dict], cells: Sequence[CellRecord], gaps: Iterable[dict]
) -> list[dict[str, Any]]:
    """Return the questions on a unit by recommendation, with those under none last.

    Returns:
        The ``id`` and ``label`` of each recommendation, its ``finding`` in words (empty if it is
        not scored) and its ``cells``.
    """
    findings = {row["recommendation_id"]: FINDING_WORDS[row["finding"]] for row in gaps}
    groups = [
        {
            "id": row["recommendation_id"],
            "label": row["label"],
            "finding": findings.get(row["recommendation_id"], ""),
            "cells": _under(cells, row["recommendation_id"]),
        }
        for row in recommendations
    ]
    groups.append({"id": "", "label": "Other questions", "finding": "", "cells": _under(cells, "")})
    return [group for group in groups if group["cells"] or group["finding"]]


def _under(cells: Iterable[CellRecord], recommendation: str) -> list[CellRecord]:
    return [cell for cell in cells if cell.criterion["recommendation_id"] == recommendation]


def is_bare(cell: CellRecord) -> bool:
    """Return whether no row is behind a cell, so that only its reason can be shown."""
    rows = (cell.evidence, cell.codings, cell.assessments, cell.replaced, cell.not_adjudicated)
    return not any((*rows, cell.requests, cell.replies))


def shared_reasons(cells: Iterable[CellRecord]) -> dict[str, dict[str, Any]]:
    """Return the reasons shared by several bare cells, each with its anchor, state and criteria."""
    sharing: dict[str, list[CellRecord]] = {}
    for cell in cells:
        if is_bare(cell):
            sharing.setdefault(cell.reason, []).append(cell)
    shared = ((reason, group) for reason, group in sharing.items() if len(group) > 1)
    return {
        reason: {
            "place": f"page.why.{number}",
            "state": group[0].state,
            "criteria": [cell.criterion for cell in group],
        }
        for number, (reason, group) in enumerate(shared, start=1)
    }


def named_source(source: dict) -> str:
    """Return a source as readers name it: publisher, title and date.

    The writing directions of publisher and title are isolated from each other and from the date.
    """
    when = spoken_date(source["published"]) if source["published"] else "not dated"
    parts = (isolated_name(source["publisher"]), isolated_name(titled(source)), when)
    return ", ".join(filter(None, parts))


def text_to_send(
    title: str, finding: str, score: str, cells: Sequence[CellRecord], caveats: Sequence[str]
) -> str:
    """Return the findings on a unit as plain text, with dates and caveats.

    Right-to-left names are enclosed in Unicode isolates.

    Args:
        title: the unit and the study.
        finding: the finding, in one or more sentences.
        score: the interval in words; empty if there is none to give.
        cells: the cells of the unit.
        caveats: the caveats; the first one, with the dates, comes before the finding.
    """
    answered = [cell for cell in cells if cell.known]
    parts = [
        title,
        caveats[0],
        finding,
        score and f"Score that what we read allows, out of 100: {score}.",
        _listed("What we read says", map(_answer, answered)),
        _listed("No current answer to", map(_open, (cell for cell in cells if not cell.known))),
        _listed("To be read with this", caveats[1:]),
    ]
    # Isolated line by line, so that no direction mark stays open after its line.
    return "\n".join(map(set_apart, "\n\n".join(filter(None, parts)).split("\n")))


def _answer(cell: CellRecord) -> str:
    """Return an answer with its date, its sources and its notices."""
    beside = (cell.why_carried, cell.since_read, *cell.notices)
    sources = "; ".join(map(named_source, cell.sources))
    parts = (
        f"{cell.criterion['label']}: {level_word(cell.state)} ({_dated(cell)}).",
        cell.assessment["rationale"],
        sources and f"Source: {sources}.",
        *beside,
    )
    return " ".join(filter(None, parts))


def _open(cell: CellRecord) -> str:
    last = f"; last known: {level_word(cell.last_level)}, {_dated(cell)}" if cell.last_level else ""
    return f"{cell.criterion['label']} ({level_word(cell.state)}{last})"


def _dated(cell: CellRecord) -> str:
    return dates_spoken(cell.when) if cell.when else "no source"


def _listed(heading: str, lines: Iterable[str]) -> str:
    text = "\n".join(f"- {line}" for line in lines)
    return text and f"{heading}:\n{text}"


def finding_text(findings: Sequence[tuple[str, Sequence[str]]], label: Callable[[str], str]) -> str:
    """Return the findings on a unit, from :func:`findings_by_word`, in one sentence."""
    texts = (f"{words}: {', '.join(map(label, names))}" for words, names in findings)
    return f"{capital('; '.join(texts))}." if findings else ""
