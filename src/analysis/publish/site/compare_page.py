"""The page on which two units stand side by side."""

import json
from collections.abc import Sequence
from typing import Any

from analysis.direction import set_apart, without_direction
from analysis.fieldwork.cell_records import CellRecord
from analysis.measure.figures import given
from analysis.measure.tree import TOTAL
from analysis.publish.context.answers import dates_spoken, has_answer, named_source
from analysis.publish.site.page_maker import PageMaker
from analysis.publish.site.unit_pages import sure_pairs
from analysis.show.labels import level_word


def compare(maker: PageMaker, sections: Sequence[dict]) -> None:
    """Make the page: the pairs that are decided, and what a script needs to show any two.

    Args:
        maker: of the pages.
        sections: of :func:`analysis.publish.context.units.unit_sections`.
    """
    _, below = sure_pairs(maker.results)
    maker.page(
        "compare.html",
        "compare",
        f"Compare two {maker.study.settings.unit_noun.plural}",
        below=below,
        deciding=[unit["unit_id"] for unit in sections if below[unit["unit_id"]]],
        given=given(maker.results),
        data=json.dumps(_data(maker, sections, below), ensure_ascii=False, separators=(",", ":")),
    )


def _data(maker: PageMaker, sections: Sequence[dict], below: dict) -> dict[str, Any]:
    """Return the units with their ranges and answers; answers and pairs are by number."""
    places = {unit["unit_id"]: place for place, unit in enumerate(sections)}
    answers: dict[tuple[str, str], int] = {}
    # A reader meets two of which there is something to see, where there are two.
    shown_first = sorted(
        places.values(), key=lambda place: not has_answer(sections[place]["cells"])
    )
    return {
        "start": sorted(shown_first[:2]),
        "questions": [_question(maker, name) for name in maker.criteria],
        "units": [
            {
                "id": unit["unit_id"],
                "name": without_direction(unit["short_name"]),
                "page": maker.at.unit(unit["unit_id"]),
                "score": _score(maker, unit),
                "notices": [set_apart(text) for text in unit["notices"]],
                "answers": [
                    answers.setdefault(_answer(cell), len(answers)) for cell in unit["cells"]
                ],
                "below": [places[other] for other in below[unit["unit_id"]]],
            }
            for unit in sections
        ],
        "answers": list(answers),
    }


def _question(maker: PageMaker, criterion: str) -> str:
    """Return the name of a question; one that is not scored is said to be context."""
    note = "" if maker.is_scored[criterion] == "yes" else " (context, not scored)"
    return without_direction(maker.labels[criterion]) + note


def _score(maker: PageMaker, unit: dict) -> str:
    """Return the range of a unit, or what stands where there is none to speak of."""
    if not unit["applies"]:
        return "no score: nothing scored applies on this date"
    if not has_answer(unit["cells"]):
        return "no score: what we read answers no scored question"
    low, high, known = (
        maker.named[f"score.{unit['unit_id']}.{TOTAL}.{part}"].text
        for part in ("low", "high", "known_percent")
    )
    return f"{low} to {high} of 100, {known} known"


def _answer(cell: CellRecord) -> tuple[str, str]:
    """Return the state of a cell with its date, and what shows it."""
    state, last = level_word(cell.state), cell.last_level
    state = f"{state} (last known: {level_word(last)})" if last else state
    sources = "; ".join(map(named_source, cell.sources))
    why = f"{cell.assessment['rationale']} Source: {sources}." if sources else ""
    return f"{state}, {dates_spoken(cell.when)}" if cell.when else state, without_direction(why)
