"""Sentences on findings that a person wrote and another checked, shown while they hold."""

from collections.abc import Mapping

from analysis.frames import each_row
from analysis.study.asof import Matrix
from analysis.study.load import Study
from analysis.study.rules.findings import states_named


def written_findings(study: Study, matrix: Matrix) -> dict[tuple[str, str], str]:
    """Return the sentences that hold, by unit and recommendation.

    A sentence holds while each state that it rests on is that of the matrix. In its place a page
    says what was found in the words that it has for all.
    """
    cells = matrix.cells
    keys = zip(cells["unit_id"], cells["criterion_id"], strict=True)
    states = dict(zip(keys, cells["state"], strict=True)) if len(study["findings"]) else {}
    return {
        (row.unit_id, row.recommendation_id): row.text
        for row in each_row(study["findings"])
        if _holds(row.unit_id, states_named(row.rests_on), states)
    }


def _holds(unit: str, named: Mapping[str, str], states: Mapping[tuple[str, str], str]) -> bool:
    return all(states.get((unit, criterion)) == state for criterion, state in named.items())
