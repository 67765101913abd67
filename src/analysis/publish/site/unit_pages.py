"""The table of the units, the page of each unit, and the page that compares two units."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from analysis.direction import set_apart, without_direction
from analysis.fieldwork.cell_records import CellRecord
from analysis.frames import each_row, grouped, records
from analysis.measure.figures import published_rows_caveat
from analysis.measure.figures.findings import SILENCE
from analysis.measure.results import Results
from analysis.measure.score_basis import OneDocument
from analysis.measure.tree import TOTAL, Weighting, weighting
from analysis.publish.context.answers import (
    NO_ANSWER,
    dates_spoken,
    finding_text,
    findings_by_word,
    has_answer,
    named_source,
    question_groups,
    shared_reasons,
    silence,
    text_to_send,
)
from analysis.publish.context.tables import open_questions
from analysis.publish.context.units import absent_units
from analysis.publish.requests import Request, requests
from analysis.publish.site.downloads import by_unit, letters, of_unit
from analysis.publish.site.page_maker import PageMaker
from analysis.show.labels import level_word
from analysis.study.requests import Asking
from analysis.wording import capital

FEW = 3
"""The most documents behind several answers that a page shows unfolded."""


def units(maker: PageMaker, sections: Sequence[dict]) -> None:
    """Make the page with the table of the units.

    Args:
        maker: the maker of the pages.
        sections: the sections from :func:`analysis.publish.context.units.unit_sections`.
    """
    study, results = maker.study, maker.results
    heading = capital(study.settings.unit_noun.plural)
    maker.page(
        maker.units_index,
        "units",
        heading,
        sections=sections,
        tiles=sorted(sections, key=_tile) if maker.study.has_map else [],
        silence=SILENCE,
        known_class={
            row.unit_id: _known_class(row.known) for row in each_row(results.total.reset_index())
        },
        absent=absent_units(study),
        mapped=study.has_map,
        regions=(study["units"]["region"] != "").any(),
    )


def unit_pages(maker: PageMaker, sections: Sequence[dict], only: str = "") -> None:
    """Make the page of each unit, or only the page of the unit with the id ``only``."""
    heading = capital(maker.study.settings.unit_noun.plural)
    gaps = grouped(maker.results.gaps, "unit_id")
    for unit, context in zip(sections, _contexts(maker), strict=True):
        name = unit["unit_id"]
        if only not in ("", name):
            continue
        maker.page(
            maker.at.unit(name),
            "unit",
            unit["name"],
            [(heading, maker.units_index)],
            ([name], maker.labels),
            unit=unit,
            **_answers(maker, unit, gaps.get(name, [])),
            **context,
        )


def _contexts(maker: PageMaker) -> Iterator[dict[str, Any]]:
    """Yield the context of each unit's page, beyond its section."""
    study, results = maker.study, maker.results
    questions = open_questions(results)
    above, below = sure_pairs(results)
    weights, asking = weighting(study), Asking(study)
    trees = [_tree(maker, weights, number) for number in weights.sets]
    sent_online, documents = _sent_online(maker), _documents(maker)
    files = by_unit(maker.beside)
    not_asked = [label for label in maker.labels if label not in maker.criteria]
    for name, weights_number in zip(study["units"]["unit_id"], weights.of_unit, strict=True):
        requested = dict(letters(files[name]))
        yield {
            "not_asked": not_asked,
            "tree": trees[weights_number],
            "given": published_rows_caveat(results),
            "above": above[name],
            "below": below[name],
            "open": grouped_by_step(questions.get(name, [])),
            "documents": documents[name],
            "few": FEW,
            "files": [pair for pair in of_unit(files[name]) if pair[0] not in requested],
            "letters": [
                (path, asking.named(asking.holders[number - 1], name))
                for path, number in requested.items()
            ],
            "online": sent_online.get(name),
        }


def grouped_by_step(questions: Iterable[dict]) -> list[dict[str, Any]]:
    """Group open questions by what would answer them: the step and the documents to read.

    Each group has its ``step`` in words, its ``sources`` and its ``rows``, in the given order.
    """
    steps: dict[tuple, dict[str, Any]] = {}
    for row in questions:
        key = row["step_words"], *(source["source_id"] for source in row["sources"])
        step = steps.setdefault(
            key, {"step": row["step_words"], "sources": row["sources"], "rows": []}
        )
        step["rows"].append(row)
    return list(steps.values())


def sure_pairs(results: Results) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the units that each unit is surely below, and those that it is surely above."""
    above, below = defaultdict(list), defaultdict(list)
    for pair in each_row(results.pairs):
        above[pair.below].append(pair.above)
        below[pair.above].append(pair.below)
    return above, below


def _tile(unit: dict) -> tuple[int, int, str]:
    """Return the sort key of a tile on the map: by row, then by column."""
    return int(unit["tile_row"]), int(unit["tile_column"]), unit["name"]


def _documents(maker: PageMaker) -> dict[str, list[OneDocument]]:
    """Return, by unit, the documents behind several answers, those with most answers first."""
    documents = defaultdict(list)
    for document in sorted(
        maker.results.one_document, key=lambda document: -len(document.criteria)
    ):
        documents[document.unit_id].append(document)
    return documents


def _answers(maker: PageMaker, unit: dict, gaps: list[dict]) -> dict[str, Any]:
    """Return the template context on the findings on a unit, with the text of an e-mail."""
    study, cells = maker.study, unit["cells"]
    answered = has_answer(cells)
    sentences = {
        group: text for (name, group), text in maker.written.items() if name == unit["unit_id"]
    }
    findings = findings_by_word(row for row in gaps if row["recommendation_id"] not in sentences)
    no_answer = NO_ANSWER.format(one=study.settings.unit_noun.singular)
    found = finding_text(findings, lambda group: maker.groups[group]) if answered else no_answer
    return {
        "findings": findings,
        "sentences": sentences,
        "answered": answered,
        "no_answer": no_answer,
        "silence": silence(cells),
        "question_groups": question_groups(records(study["recommendations"]), cells, gaps),
        "reasons": shared_reasons(cells),
        "email": text_to_send(
            f"{unit['name']}: {study.descriptor.title}",
            " ".join([*sentences.values(), found, *unit["notices"]]).strip(),
            unit["interval"] if answered else "",
            cells,
            maker.caveats([unit["unit_id"]], maker.labels),
        ),
    }


def _sent_online(maker: PageMaker) -> dict[str, Request]:
    """Return the request to each unit with a known address or web form for requests."""
    units = maker.study["units"]
    has_address = (units["request_address"] != "") | (units["whatdotheyknow_name"] != "")
    if not has_address.any():
        return {}
    made = requests(maker.results, list(units.loc[has_address, "unit_id"]))
    return {request.unit_id: request for request in made if not request.body}


def _tree(maker: PageMaker, weights: Weighting, number: int) -> list[dict]:
    """Return the groups of the weight tree, the root first, each with its parts and their weights.

    Args:
        maker: the maker of the pages.
        weights: the weights of every unit.
        number: the number of the set of weights.
    """
    criteria, groups = list(maker.labels), maker.groups
    return [
        {
            "id": group.name,
            "label": groups.get(group.name, "In all"),
            "parts": [
                {
                    "is_group": not part.is_criterion,
                    "id": criteria[part.column] if part.is_criterion else part.name,
                    "weight": f"{Decimal(str(float(part.weights[number]))).normalize():,f}",
                }
                for part in group.children
                # A group with no weight is for display only.
                if part.is_criterion or part.weights[number] > 0
            ],
        }
        for group in reversed(weights.tree.groups)
    ]


def _known_class(share: float) -> str:
    """Return the CSS class of a unit's tile, by the share of its weight that is known."""
    if pd.isna(share) or share == 0:
        return "known-none"
    if share == 1:
        return "known-all"
    return "known-some" if share <= 0.5 else "known-most"


def compare(maker: PageMaker, sections: Sequence[dict]) -> None:
    """Make the page that lists the decided pairs, with the data for a script to compare any two.

    Args:
        maker: the maker of the pages.
        sections: the sections from :func:`analysis.publish.context.units.unit_sections`.
    """
    _, below = sure_pairs(maker.results)
    maker.page(
        "compare.html",
        "compare",
        f"Compare two {maker.study.settings.unit_noun.plural}",
        below=below,
        deciding=[unit["unit_id"] for unit in sections if below[unit["unit_id"]]],
        given=published_rows_caveat(maker.results),
        data=json.dumps(_data(maker, sections, below), ensure_ascii=False, separators=(",", ":")),
    )


def _data(maker: PageMaker, sections: Sequence[dict], below: dict) -> dict[str, Any]:
    """Return the units with their intervals and answers; answers and pairs are given by index."""
    places = {unit["unit_id"]: place for place, unit in enumerate(sections)}
    answers: dict[tuple[str, str], int] = {}
    # The page starts with two units that have answers, if there are two.
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
    """Return the label of a question; an unscored question is marked as context."""
    note = "" if maker.is_scored[criterion] == "yes" else " (context, not scored)"
    return without_direction(maker.labels[criterion]) + note


def _score(maker: PageMaker, unit: dict) -> str:
    """Return the interval of a unit in words, or why there is no score."""
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
    """Return the state of a cell with its date, and the evidence for it."""
    state, last = level_word(cell.state), cell.last_level
    state = f"{state} (last known: {level_word(last)})" if last else state
    sources = "; ".join(map(named_source, cell.sources))
    why = f"{cell.assessment['rationale']} Source: {sources}." if sources else ""
    return f"{state}, {dates_spoken(cell.when)}" if cell.when else state, without_direction(why)
