"""What was found of one unit: by recommendation, question by question, and as a text to send."""

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
"""What was found of a unit on a recommendation, in words."""
NO_ANSWER = (
    "What we read answers no scored question about this {one} at this date, so it has no score. "
    "That says nothing for or against it."
)
"""What stands first where nothing scored is known of a unit; ``{one}``: what a unit is called."""
NOT_THE_SAME = "That is not the same as there being none."
"""What stands once with all on which a search found nothing."""
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")


def dates_spoken(text: str) -> str:
    """Return a sentence of ours with its dates as British prose writes them."""
    return _DATE.sub(lambda found: spoken_date(found[0]), text)


def findings_by_word(gaps: Iterable[dict]) -> list[tuple[str, list[str]]]:
    """Return the recommendations by what was found on them, each finding in words.

    Args:
        gaps: the rows of the gap table on one unit.
    """
    groups: dict[str, list[str]] = {finding: [] for finding in FINDINGS}
    for row in gaps:
        groups[row["finding"]].append(row["recommendation_id"])
    return [(FINDING_WORDS[finding], names) for finding, names in groups.items() if names]


def has_answer(cells: Iterable[CellRecord]) -> bool:
    """Whether any scored question is answered."""
    return any(cell.known and cell.criterion["scored"] == "yes" for cell in cells)


def silence(cells: Iterable[CellRecord]) -> str:
    """Return what there is in place of answers, in a sentence: what is nearest to one."""
    states = {cell.state for cell in cells if cell.criterion["scored"] == "yes"}
    return next((f"{capital(have)}." for state, have in SILENCE.items() if state in states), "")


def question_groups(
    recommendations: Iterable[dict], cells: Sequence[CellRecord], gaps: Iterable[dict]
) -> list[dict[str, Any]]:
    """Return the questions on a unit under their recommendations; last those under none.

    Returns:
        The ``id`` and ``label`` of each recommendation, its ``finding`` in words (empty: it is
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
    """Whether no row is behind a cell, so that its reason is all that there is to say."""
    rows = (cell.evidence, cell.codings, cell.assessments, cell.replaced, cell.not_adjudicated)
    return not any((*rows, cell.requests, cell.replies))


def shared_reasons(cells: Iterable[CellRecord]) -> dict[str, dict[str, Any]]:
    """Return the reasons that several bare cells share, each with its place, state and criteria."""
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
    """Return a source as a reader would name it: who said it, in what, and when.

    Publisher and title turn neither each other nor the date.
    """
    when = spoken_date(source["published"]) if source["published"] else "not dated"
    parts = (isolated_name(source["publisher"]), isolated_name(titled(source)), when)
    return ", ".join(filter(None, parts))


def text_to_send(
    title: str, finding: str, score: str, cells: Sequence[CellRecord], caveats: Sequence[str]
) -> str:
    """Return what was found of a unit as plain text, with its dates and caveats.

    Names from right to left stand between the signs that keep them apart.

    Args:
        title: who it is about, and which study says it.
        finding: what was found, in one or more sentences.
        score: the interval in words; empty: there is none to speak of.
        cells: its cells.
        caveats: what must stand with it; the first one, with the dates, stands first.
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
    # Each line by itself, so that no sign of direction stands open beyond it.
    return "\n".join(map(set_apart, "\n\n".join(filter(None, parts)).split("\n")))


def _answer(cell: CellRecord) -> str:
    """Return an answer with its date, its sources, and all that must stand beside it."""
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
    """Return what was found of a unit in one sentence, from :func:`findings_by_word`."""
    texts = (f"{words}: {', '.join(map(label, names))}" for words, names in findings)
    return f"{capital('; '.join(texts))}." if findings else ""
