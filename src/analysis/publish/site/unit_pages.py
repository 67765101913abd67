"""The table of the units, and the page of each."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from analysis.frames import each_row, grouped
from analysis.measure.figures import given
from analysis.measure.tree import Weighting, weighting
from analysis.publish.context.tables import open_questions
from analysis.publish.context.units import absent_units, unit_sections
from analysis.publish.requests import Request, requests
from analysis.publish.site.downloads import letters, of_unit
from analysis.publish.site.page_maker import PageMaker
from analysis.show.labels import gap_parts
from analysis.study.asking import Asking
from analysis.study.places import has_map
from analysis.wording import capital


def units(maker: PageMaker) -> None:
    """Make the table of the units, and a page for each."""
    study, results = maker.study, maker.results
    heading = capital(study.settings.unit_noun.plural)
    sections = unit_sections(results)
    maker.page(
        maker.units_index,
        "units",
        heading,
        sections=sections,
        known_class={
            row.unit_id: _known_class(row.known) for row in each_row(results.total.reset_index())
        },
        absent=absent_units(study),
        mapped=has_map(study),
        regions=(study["units"]["region"] != "").any(),
    )
    for unit, context in zip(sections, _contexts(maker), strict=True):
        name = unit["unit_id"]
        maker.page(
            maker.at.unit(name),
            "unit",
            unit["name"],
            [(heading, maker.units_index)],
            ([name], maker.labels),
            unit=unit,
            **context,
        )


def _contexts(maker: PageMaker) -> Iterator[dict[str, Any]]:
    """Yield what the page of each unit takes beside its section."""
    study, results = maker.study, maker.results
    gaps, questions = grouped(results.gaps, "unit_id"), open_questions(results)
    above, below = defaultdict(list), defaultdict(list)
    for pair in each_row(results.pairs):
        above[pair.above].append(pair.below)
        below[pair.below].append(pair.above)
    weights, asking = weighting(study), Asking(study)
    trees = [_tree(maker, weights, number) for number in weights.sets]
    sent_online = _sent_online(maker)
    not_asked = [label for label in maker.labels if label not in maker.criteria]
    for name, weights_number in zip(study["units"]["unit_id"], weights.of_unit, strict=True):
        yield {
            "not_asked": not_asked,
            "gaps": [
                row | {part: gap_parts(row[part]) for part in ("missing", "unknown")}
                for row in gaps.get(name, [])
            ],
            "tree": trees[weights_number],
            "given": given(results),
            "above": above[name],
            "below": below[name],
            "open": questions.get(name, []),
            "files": of_unit(name, maker.beside),
            "letters": [
                (path, asking.named(asking.holders[number - 1], name))
                for path, number in letters(name, maker.beside)
            ],
            "online": sent_online.get(name),
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
    criteria, groups = list(maker.labels), maker.study.lookup("recommendations", "label")
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
