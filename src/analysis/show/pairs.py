"""Sentences that compare two units: robust dominance where it holds, otherwise that it is open."""

import numpy as np

from analysis.frames import each_row, records_by_key
from analysis.measure.figures import SURE, NamedFigure, published_rows_caveat, surely_above
from analysis.measure.figures.named import unit_names
from analysis.measure.priorities import deciders
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.show.labels import interval_words
from analysis.study import vocabulary as v
from analysis.study.published import units_among
from analysis.wording import capital, listed

SHOWN_AT_MOST = 5
"""The most open cells to name as answers that could decide a pair."""


def comparison_sentences(results: Results) -> list[NamedFigure]:
    """Return one sentence for each unit that is surely above others, with the rows of its pairs.

    Units are in the study's order, which is not a ranking.
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


def compared(results: Results, unit: str, other: str) -> list[str]:
    """Return sentences on which of two units is surely above, and on what could decide it.

    Args:
        results: the results.
        unit: the id of a unit.
        other: the id of another unit.
    """
    dominance, names = results.comparisons, unit_names(results.study)
    a, b = (dominance.unit_ids.index(name) for name in (unit, other))
    unscored = [
        names[name] for name, place in ((unit, a), (other, b)) if not dominance.scored[place]
    ]
    if unscored:
        return [f"Nothing applies to {listed(unscored)} on this date, so nothing is compared."]
    own_weights_differ = _own_weights(results, unit) != _own_weights(results, other)
    at = "at each one’s own weights" if own_weights_differ else "at the study’s own weights"
    basis = f"{_interval(results, unit)}; {_interval(results, other)}; {at}."
    basis = " ".join(filter(None, (basis, published_rows_caveat(results))))
    for upper, lower, first, second in ((unit, other, a, b), (other, unit, b, a)):
        if dominance.above[first, second]:
            sentence = surely_above(results, upper, lower).text
            return [f"{sentence}, {SURE}.", basis]
    if dominance.at_or_above[a, b] and dominance.at_or_above[b, a]:
        return [f"{names[unit]} and {names[other]} are level, {SURE}.", basis]
    for upper, lower, first, second in ((unit, other, a, b), (other, unit, b, a)):
        if dominance.at_or_above[first, second]:
            sentence = (
                f"{names[upper]} is surely at or above {names[lower]}, and may be level with it."
            )
            return [sentence, basis, *_deciding_answers(results, unit, other)]
    sentence = f"We could not tell which is above the other: {names[unit]}, or {names[other]}."
    if dominance.conservative[a, b]:
        criteria = results.study["criteria"]
        scored = criteria.loc[criteria["scored"] == "yes", "criterion_id"]
        out_of_sum = results.matrix.grid()[scored].isin(v.OUT_OF_SUM)
        differ = ["different criteria apply to them"] * (
            not np.array_equal(out_of_sum.loc[unit], out_of_sum.loc[other])
        )
        differ += ["different weights hold for them"] * own_weights_differ
        sentence += f" {capital(listed(differ))}, so a cautious bound was used."
    return [sentence, basis, *_deciding_answers(results, unit, other)]


def _own_weights(results: Results, unit: str) -> dict[str, float]:
    """Return the weights that a unit has as a member of a group of units, by criterion or group."""
    rows, units = results.study["group_weights"], results.study["units"]
    unit_row = units[units["unit_id"] == unit]
    return {
        row.node_id: float(row.weight)
        for row in each_row(rows)
        if units_among(unit_row, row.among).any()
    }


def _interval(results: Results, unit: str) -> str:
    names, row = unit_names(results.study), records_by_key(results.total)[unit]
    words = interval_words(row["low"], row["high"], row["known"], results.study.settings.display)
    return f"{names[unit]} {words}"


def _deciding_answers(results: Results, unit: str, other: str) -> list[str]:
    """Return a sentence on the open questions whose answers could decide the pair."""
    study = results.study
    names, labels = unit_names(study), study.lookup("criteria", "label")
    cells = deciders(study, results.matrix, unit, other, results.cell_values)
    if cells:
        lead = "One answer alone could decide it, any of: "
        open_cells = [*cells]
    else:
        table = results.next_questions
        table = table[table["unit_id"].isin([unit, other])]
        if not len(table):
            return ["Nothing is open: it is the range of the weights that leaves it undecided."]
        lead = "No one answer alone would decide it; the heaviest open questions: "
        columns = ["unit_id", "criterion_id", "weight"]
        open_cells = list(table[columns].itertuples(index=False, name=None))
    parts = [
        f"{labels[criterion]} ({names[name]}, {shown(100 * weight, study.settings.display, positive=True)}%)"
        for name, criterion, weight in open_cells[:SHOWN_AT_MOST]
    ]
    more = len(open_cells) - len(parts)
    return [f"{lead}{listed([*parts, f'{more} more'] if more else parts)}."]
