"""What may be said of two units: only what the pair table holds, and otherwise that it is open."""

import numpy as np

from analysis.frames import each_row, records_by_key
from analysis.measure.figures import SURE, NamedFigure, given, surely_above
from analysis.measure.figures.named import unit_names
from analysis.measure.priorities import deciders
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.show.labels import interval_words
from analysis.study import vocabulary as v
from analysis.study.published import units_among
from analysis.wording import capital, listed

SHOWN_AT_MOST = 5
"""Open cells named as what would decide a pair."""


def comparison_sentences(results: Results) -> list[NamedFigure]:
    """Return one sentence for each unit that is surely above others, with the pairs behind it.

    Units are in the study's order, which is no ranking.
    """
    names = unit_names(results.study)
    below: dict[str, list[str]] = {}
    for row in each_row(results.pairs):
        below.setdefault(row.above, []).append(row.below)
    sentences = []
    for unit, others in below.items():
        parts = [surely_above(results, unit, other) for other in others]
        sentences.append(
            NamedFigure(
                f"compared.{unit}",
                len(others),
                f"{names[unit]} is surely above "
                f"{listed([names[other] for other in others], 'data/pairs.csv')}.",
                f"What {unit} is above {SURE}.",
                tuple(row for part in parts for row in part.rows),
            )
        )
    return sentences


def compared(results: Results, one: str, other: str) -> list[str]:
    """Say in sentences what is sure of two units, and what would decide it.

    Args:
        results: the results.
        one: id of a unit.
        other: id of another.
    """
    found, names = results.comparisons, unit_names(results.study)
    a, b = (found.unit_ids.index(unit) for unit in (one, other))
    nothing = [names[unit] for unit, place in ((one, a), (other, b)) if not found.scored[place]]
    if nothing:
        return [f"Nothing applies to {listed(nothing)} on this date, so nothing is compared."]
    weighed = _own_weights(results, one) != _own_weights(results, other)
    at = "at each one’s own weights" if weighed else "at the study’s own weights"
    held = f"{_interval(results, one)}; {_interval(results, other)}; {at}."
    held = " ".join(filter(None, (held, given(results))))
    for upper, lower, first, second in ((one, other, a, b), (other, one, b, a)):
        if found.above[first, second]:
            said = surely_above(results, upper, lower).text
            return [f"{said}, {SURE}.", held]
    if found.at_or_above[a, b] and found.at_or_above[b, a]:
        return [f"{names[one]} and {names[other]} are level, {SURE}.", held]
    for upper, lower, first, second in ((one, other, a, b), (other, one, b, a)):
        if found.at_or_above[first, second]:
            said = f"{names[upper]} is surely at or above {names[lower]}, and may be level with it."
            return [said, held, *_what_would_decide(results, one, other)]
    said = f"It cannot be told which is above the other: {names[one]}, or {names[other]}."
    if found.conservative[a, b]:
        criteria = results.study["criteria"]
        scored = criteria.loc[criteria["scored"] == "yes", "criterion_id"]
        apart = results.matrix.grid()[scored].isin(v.OUT_OF_SUM)
        differ = ["different criteria apply to them"] * (
            not np.array_equal(apart.loc[one], apart.loc[other])
        )
        differ += ["different weights hold for them"] * weighed
        said += f" {capital(listed(differ))}, so a cautious bound was used."
    return [said, held, *_what_would_decide(results, one, other)]


def _own_weights(results: Results, unit: str) -> dict[str, float]:
    """Return the weights that hold for a unit and not for all, by criterion or group."""
    rows, units = results.study["group_weights"], results.study["units"]
    of_it = units[units["unit_id"] == unit]
    return {
        row.node_id: float(row.weight)
        for row in each_row(rows)
        if units_among(of_it, row.among).any()
    }


def _interval(results: Results, unit: str) -> str:
    names, row = unit_names(results.study), records_by_key(results.total)[unit]
    words = interval_words(row["low"], row["high"], row["known"], results.study.settings.display)
    return f"{names[unit]} {words}"


def _what_would_decide(results: Results, one: str, other: str) -> list[str]:
    study = results.study
    names, labels = unit_names(study), study.lookup("criteria", "label")
    cells = deciders(study, results.matrix, one, other, *results.narrowed)
    if cells:
        said = "One answer alone could decide it, any of: "
        told = [(cell.unit_id, cell.criterion_id, cell.weight) for cell in cells]
    else:
        table = results.next_questions
        table = table[table["unit_id"].isin([one, other])]
        if not len(table):
            return ["Nothing is open: it is the range of the weights that leaves it undecided."]
        said = "No one answer alone would decide it; the heaviest open questions: "
        columns = ["unit_id", "criterion_id", "weight"]
        told = list(table[columns].itertuples(index=False, name=None))
    parts = [
        f"{labels[criterion]} ({names[unit]}, {shown(100 * weight, study.settings.display, positive=True)}%)"
        for unit, criterion, weight in told[:SHOWN_AT_MOST]
    ]
    more = len(told) - len(parts)
    return [f"{said}{listed([*parts, f'{more} more'] if more else parts)}."]
