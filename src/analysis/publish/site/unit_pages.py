"""The table of the units, and the page of each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from analysis.frames import each_row, grouped, records
from analysis.measure.figures import given
from analysis.measure.figures.findings import SILENCE
from analysis.measure.results import Results
from analysis.measure.score_basis import OneDocument
from analysis.measure.tree import Weighting, weighting
from analysis.publish.context.answers import (
    NO_ANSWER,
    finding_text,
    findings_by_word,
    has_answer,
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
from analysis.study.asking import Asking
from analysis.study.places import has_map
from analysis.wording import capital

FEW = 3
"""Documents on which several answers rest, of which a page speaks at once; others fold."""


def units(maker: PageMaker, sections: Sequence[dict]) -> None:
    """Make the table of the units, and a page for each.

    Args:
        maker: of the pages.
        sections: of :func:`analysis.publish.context.units.unit_sections`.
    """
    study, results = maker.study, maker.results
    heading = capital(study.settings.unit_noun.plural)
    maker.page(
        maker.units_index,
        "units",
        heading,
        sections=sections,
        tiles=sorted(sections, key=_tile) if has_map(maker.study) else [],
        silence=SILENCE,
        known_class={
            row.unit_id: _known_class(row.known) for row in each_row(results.total.reset_index())
        },
        absent=absent_units(study),
        mapped=has_map(study),
        regions=(study["units"]["region"] != "").any(),
    )
    unit_pages(maker, sections)


def unit_pages(maker: PageMaker, sections: Sequence[dict], only: str = "") -> None:
    """Make the page of each unit, or ``only`` that of one, named by its id."""
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
    """Yield what the page of each unit takes beside its section."""
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
            "given": given(results),
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
    """Return open questions by what would answer them: a step, and the documents to read.

    Each with its ``step`` in words, its ``sources`` and its ``rows``, the heaviest first.
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
    """Return what orders the tiles of a map as they are read: by row, then by column."""
    return int(unit["tile_row"]), int(unit["tile_column"]), unit["name"]


def _documents(maker: PageMaker) -> dict[str, list[OneDocument]]:
    """Return the documents on which several answers of each unit rest, those of most first."""
    documents = defaultdict(list)
    for document in sorted(
        maker.results.one_document, key=lambda document: -len(document.criteria)
    ):
        documents[document.unit_id].append(document)
    return documents


def _answers(maker: PageMaker, unit: dict, gaps: list[dict]) -> dict[str, Any]:
    """Return what was found of a unit, for its page and for an e-mail."""
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
    """Return the request to each unit of which it is known where requests are sent."""
    units = maker.study["units"]
    reached = (units["request_address"] != "") | (units["whatdotheyknow_name"] != "")
    if not reached.any():
        return {}
    made = requests(maker.results, list(units.loc[reached, "unit_id"]))
    return {request.unit_id: request for request in made if not request.body}


def _tree(maker: PageMaker, weights: Weighting, number: int) -> list[dict]:
    """Return the groups of a score, the whole first, each with its parts and their weights.

    Args:
        maker: of the pages.
        weights: the weights of every unit.
        number: of a set of weights.
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
                # A group that is there for display only is no part of the score.
                if part.is_criterion or part.weights[number] > 0
            ],
        }
        for group in reversed(weights.tree.groups)
    ]


def _known_class(share: float) -> str:
    """Return the class of a unit's tile: how much of its weight is known."""
    if pd.isna(share) or share == 0:
        return "known-none"
    if share == 1:
        return "known-all"
    return "known-some" if share <= 0.5 else "known-most"
