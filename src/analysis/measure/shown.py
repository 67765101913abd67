"""Results that show only some units, ranked among themselves, or no unit by name.

Their bounds rest on everything that was published about all units.
"""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.measure.audit import Bearing
from analysis.measure.bounds import no_progress
from analysis.measure.constraints import Constrained
from analysis.measure.dominance import Dominance
from analysis.measure.gaps import national_gaps
from analysis.measure.national import criteria_in_use, national
from analysis.measure.results import Results, measure
from analysis.measure.scores import CellValues
from analysis.measure.sensitivity import Sensitivity
from analysis.problems import shorten
from analysis.study import Matrix, Study, as_coded, chosen_coder
from analysis.study.public import name_hider, without_units
from analysis.study.scope import Scope, chosen_criteria, chosen_units, with_weights
from analysis.wording import counted, stopped


@dataclass(frozen=True, kw_only=True)
class Shown(Results):
    """Results of some units: bounds under the totals of all units, and ranks among those shown.

    Attributes:
        whole: the results of all units.
    """

    whole: Results

    @property
    def everyone(self) -> Study:
        """The study with all units of the date, which published totals are about."""
        return self.whole.everyone

    def without_progress(self) -> "Shown":
        """Return these results without their callback for progress, which cannot be pickled."""
        return replace(self, progress=no_progress, whole=self.whole.without_progress())

    def constrained_at(self, day: dt.date) -> Constrained:
        """Return the matrix of a date with all units, with what was published for that day."""
        return self.whole.constrained_at(day)

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Every published total, compared with the evidence on all units."""
        return self.whole.totals

    @cached_property
    def published_scores(self) -> pd.DataFrame:
        """Every published score of the units shown."""
        return self._of_shown(self.whole.published_scores)

    @cached_property
    def clashes(self) -> list[str]:
        """The clashes of published rows, over all units."""
        return self.whole.clashes

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """The bounds of every open cell of the units shown, under everything published."""
        return self._of_shown(self.whole.bounds)

    @cached_property
    def bearings(self) -> list[Bearing]:
        """The effects of what was published for this day on the units shown."""
        return [bearing for bearing in self.whole.bearings if self._names & set(bearing.units)]

    @cached_property
    def score_bounds(self) -> pd.DataFrame:
        """The scores of the units shown, within the totals of all."""
        return self._of_shown(self.whole.score_bounds)

    @cached_property
    def national_bounds(self) -> pd.DataFrame:
        """What published totals imply for all units."""
        return self.whole.national_bounds

    @cached_property
    def comparisons(self) -> Dominance:
        """The dominance between all pairs of units shown."""
        return among(self.whole.comparisons, self._positions)

    @cached_property
    def cell_values(self) -> CellValues:
        """The bounds of each cell shown, under everything published."""
        return self.whole.cell_values.of(self._positions)

    @cached_property
    def _names(self) -> set[str]:
        return set(self.study["units"]["unit_id"])

    @cached_property
    def _positions(self) -> np.ndarray:
        return np.flatnonzero(self.whole.study["units"]["unit_id"].isin(self._names))

    def _of_shown(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["unit_id"].isin(self._names)].reset_index(drop=True)


def measure_scope(study: Study, scope: Scope, *dates, progress=no_progress) -> Results:
    """Compute the measures of a study as a scope asks for them.

    Args:
        study: a valid study.
        scope: the coder, weights, units and criteria that are asked for.
        dates: the date of the state and the knowledge date; see
            :func:`analysis.measure.results.measure`.
        progress: called with each step of long work.

    Raises:
        StudyError: the study no longer has a coder, node, unit or criterion of the scope.
    """
    if scope.coder:
        study = as_coded(study, chosen_coder(study, scope.coder))
    results = measure(with_weights(study, dict(scope.weights)), *dates, progress=progress)
    measured = results.study
    if scope.units:
        chosen_units(measured["units"], scope.units)
    if scope.criteria:
        ids = list(criteria_in_use(measured)["criterion_id"])
        chosen_criteria(measured["criteria"], scope.criteria, ids)
    results = shown(results, scope.units, scope.criteria, scope.query)
    return unnamed(results) if scope.public else results


def among(dominance: Dominance, places: np.ndarray) -> Dominance:
    """Return the dominance between some units, given by their positions."""
    square = np.ix_(places, places)
    return Dominance(
        tuple(dominance.unit_ids[place] for place in places),
        dominance.scored[places],
        dominance.above[square],
        dominance.at_or_above[square],
        dominance.conservative[square],
    )


def shown(
    results: Results, units: tuple[str, ...] = (), criteria: tuple[str, ...] = (), query: str = ""
) -> Results:
    """Return results that show and rank some units, and show some criteria; none given: all.

    Every bound rests on all units and every score on all criteria. The scope of the study says so.

    Args:
        results: of all units.
        units: ids of units that exist on the date, in the study's order.
        criteria: ids of criteria; scores still rest on all.
        query: the words by which the units were chosen, if any.
    """
    study, scope = results.study, results.study.scope
    # All units together are no selection.
    units = () if len(units) == len(study["units"]) else units
    ids = criteria_in_use(study)["criterion_id"]
    criteria = () if set(ids) <= set(criteria) else criteria
    if units:
        noun, words = study.settings.unit_noun, shorten(query, 200)
        words = words or stopped(units, "of scores", ", ")
        text = f"Shown: {len(units)} of {len(study['units'])} {noun.plural}, {words}."
        scope = scope.stating(text, units=units, query=query)
    if criteria:
        text = f"Shown: {len(criteria)} of {len(study['criteria'])} criteria; scores rest on all."
        scope = scope.stating(text, criteria=criteria)
    if scope is study.scope:
        return results
    if not units:
        return replace(results, study=replace(study, scope=scope))
    part = replace(study, scope=scope)
    cells, gaps, scores = (
        table[table["unit_id"].isin(units)].reset_index(drop=True)
        for table in (results.matrix.cells, results.gaps, results.scores)
    )
    matrix = replace(results.matrix, cells=cells, shape=(len(units), results.matrix.shape[1]))
    return Shown(
        study=part,
        matrix=matrix,
        scores=scores,
        national=national(part, matrix),
        gaps=gaps,
        national_gaps=national_gaps(part, gaps),
        read_on=results.read_on,
        progress=results.progress,
        whole=results,
    )


@dataclass(frozen=True, kw_only=True)
class Unnamed(Shown):
    """National results: counts over all units, and no row of any unit."""

    @property
    def counted_gaps(self) -> pd.DataFrame:
        """The gap table behind counts, with all units."""
        return self.whole.gaps

    def at(self, day: dt.date) -> Matrix:
        """Return the matrix of another date, without rows."""
        return without_rows(self.whole.at(day))

    @cached_property
    def changes(self) -> list[pd.DataFrame]:
        """The changes between dates, without rows."""
        return [table.iloc[:0] for table in self.whole.changes]

    @cached_property
    def next_questions(self) -> pd.DataFrame:
        """The information priorities, without rows."""
        return self.whole.next_questions.iloc[:0]

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The scores by coder, without rows."""
        return self.whole.readings.iloc[:0]

    @cached_property
    def reply_effects(self) -> pd.DataFrame:
        """The effects of replies, without rows."""
        return self.whole.reply_effects.iloc[:0]

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """The sensitivity to scenarios, over all units."""
        return self.whole.sensitivity

    @cached_property
    def clashes(self) -> list[str]:
        """The clashes of published rows; a sentence that names a unit is reduced to say so."""
        return list(map(name_hider(self.whole.study), self.whole.clashes))


def without_rows(matrix: Matrix) -> Matrix:
    """Return a matrix of the same dates and criteria, and of no unit."""
    return replace(matrix, cells=matrix.cells.iloc[:0], shape=(0, matrix.shape[1]))


def unnamed(results: Results) -> Results:
    """Return the results that may be published: those of a draft name no unit.

    Raises:
        StudyError: the codebook or the descriptor of a draft names a unit; the error lists each
            place.
    """
    study = results.study
    if not study.settings.is_draft:
        return results
    noun, count = study.settings.unit_noun, len(study["units"])
    public = without_units(study)
    lacking = len(study["figures"]) - len(public["figures"])
    sentence = f"No {noun.singular} is named while this is a draft: counts are of all {count}. Left out: events"
    if lacking:
        figures = counted(lacking, "published figure", "published figures")
        sentence += f", and {figures} with the name of one or with a source that has it"
    sentence += "."
    public = replace(public, scope=study.scope.stating(sentence, public=True))
    return Unnamed(
        study=public,
        matrix=without_rows(results.matrix),
        scores=results.scores.iloc[:0],
        national=results.national,
        gaps=results.gaps.iloc[:0],
        national_gaps=results.national_gaps,
        read_on=results.read_on,
        progress=results.progress,
        whole=results,
    )
