"""All measures of one study at one date, computed once and passed on."""

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from analysis.fieldwork.cell_records import CellRecord, cell_records
from analysis.measure.audit import (
    Bearing,
    audit_scores,
    audit_totals,
    bearings,
    clash_sentence,
    published_days,
)
from analysis.measure.bounds import (
    bounded_values,
    cell_bounds,
    national_bounds,
    no_progress,
    score_bounds,
)
from analysis.measure.constraints import Constrained, constrained
from analysis.measure.dominance import (
    Dominance,
    EquivalenceClass,
    dominance_within,
    order,
    pair_table,
    ranks,
)
from analysis.measure.gaps import gaps, national_gaps
from analysis.measure.national import criteria_in_use, national
from analysis.measure.priorities import next_questions
from analysis.measure.score_basis import OneDocument, one_document, reply_effects, scores_by_reading
from analysis.measure.scores import CellValues, scores
from analysis.measure.sensitivity import Sensitivity
from analysis.measure.state_changes import differences
from analysis.measure.tree import TOTAL
from analysis.study import Matrix, Study, check_someone_exists, data_read_on, known, states
from analysis.study import vocabulary as v
from analysis.study.public import public
from analysis.wording import spoken

SETTLED = "settled"
NOT_SETTLED = "not_settled"
COVERAGE = (SETTLED, NOT_SETTLED, v.NOT_FOUND, v.WITHHELD, v.NOT_ASSESSED, "does_not_apply")


@dataclass(frozen=True)
class Results:
    """A study's results.

    Attributes:
        study: what was known by the knowledge date, of the units that exist at the date.
        matrix: the state of every cell.
        scores: see :func:`analysis.measure.scores.scores`.
        national: see :func:`analysis.measure.national.national`.
        gaps: see :func:`analysis.measure.gaps.gaps`.
        national_gaps: see :func:`analysis.measure.gaps.national_gaps`.
        read_on: the day by which all that the study holds had been read; the default of dates.
        progress: called with each step of long work.
    """

    study: Study
    matrix: Matrix
    scores: pd.DataFrame
    national: pd.DataFrame
    gaps: pd.DataFrame
    national_gaps: pd.DataFrame
    read_on: dt.date
    progress: Callable[[str], None] = no_progress
    _constrained: dict[dt.date, Constrained] = field(default_factory=dict, repr=False)

    def without_progress(self) -> "Results":
        """Return these results without their callback for progress, which cannot be pickled."""
        return replace(self, progress=no_progress)

    @property
    def dates_sentence(self) -> str:
        """The sentence on dates that must accompany every result."""
        return (
            f"What we had read by {spoken(self.matrix.known_by)} about the position on "
            f"{spoken(self.matrix.as_of)}."
        )

    @property
    def everyone(self) -> Study:
        """The study with all units of the date, even if only some are shown."""
        return self.study

    @property
    def counted_gaps(self) -> pd.DataFrame:
        """The gap table that counts are made from; it has all units also where none may be named."""
        return self.gaps

    @property
    def total(self) -> pd.DataFrame:
        """The rows of the scores that are totals, indexed by unit, with every unit.

        A unit with nothing in the sum has missing values: it has no score, not a zero.
        """
        rows = self.scores[self.scores["group_id"] == TOTAL].set_index("unit_id")
        return rows.reindex(self.study["units"]["unit_id"])

    @cached_property
    def one_document(self) -> list[OneDocument]:
        """See :func:`analysis.measure.score_basis.one_document`."""
        return one_document(self.study, self.matrix)

    @cached_property
    def cell_records(self) -> list[CellRecord]:
        """Every cell; see :func:`analysis.fieldwork.cell_records.cell_records`."""
        return cell_records(self.study, self.matrix)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """How much is known of each criterion.

        One row for each criterion, indexed by ``criterion_id``: counts of units by
        :data:`COVERAGE`, which sum to the number of units.
        """
        kinds = self.national["state"].map(_coverage_kind)
        table = self.national.groupby(["criterion_id", kinds])["units"].sum().unstack(fill_value=0)
        order = self.study["criteria"]["criterion_id"]
        return table.reindex(index=order, columns=list(COVERAGE), fill_value=0)

    def at(self, day: dt.date) -> Matrix:
        """Return the matrix of another date, at the same knowledge date."""
        return states(self.study, day, self.matrix.known_by)

    def constrained_at(self, day: dt.date) -> Constrained:
        """Return the matrix of a date with what was published for that day."""
        if day not in self._constrained:
            matrix = self.matrix if day == self.matrix.as_of else self.at(day)
            self._constrained[day] = constrained(self.study.at(day), matrix)
        return self._constrained[day]

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Every published total; see :func:`analysis.measure.audit.audit_totals`."""
        return audit_totals(self.study, self.constrained_at)

    @cached_property
    def published_scores(self) -> pd.DataFrame:
        """Every published score; see :func:`analysis.measure.audit.audit_scores`."""
        return audit_scores(self.study, self.constrained_at)

    @cached_property
    def clashes(self) -> list[str]:
        """Published rows of days up to this one that cannot all be true, a sentence for each clash."""
        days = [day for day in published_days(self.study) if day <= self.matrix.as_of]
        return [
            clash_sentence(self.study.at(day), clash)
            for day in days
            for clash in self.constrained_at(day).clashes
        ]

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """The bounds of every open cell; see :func:`analysis.measure.bounds.cell_bounds`."""
        return cell_bounds(self.study, self.constrained_at(self.matrix.as_of), self.progress)

    @cached_property
    def bearings(self) -> list[Bearing]:
        """The effects of what was published for this day; see :func:`analysis.measure.audit.bearings`."""
        published = self.constrained_at(self.matrix.as_of)
        if not published.rows:
            return []
        settled = self.bounds[self.bounds["settled_by_totals"] == "yes"]
        cells = set(zip(settled["unit_id"], settled["criterion_id"], strict=True))
        return bearings(self.study, published, cells)

    @cached_property
    def score_bounds(self) -> pd.DataFrame:
        """The scores within the totals; see :func:`analysis.measure.bounds.score_bounds`."""
        return score_bounds(self.study, self.constrained_at(self.matrix.as_of), self.progress)

    @cached_property
    def national_bounds(self) -> pd.DataFrame:
        """What published totals imply for their criteria on their days.

        See :func:`analysis.measure.bounds.national_bounds`.
        """
        by_day = self.study["published_totals"].groupby("as_of")["criterion_id"].agg(set)
        tables = [
            national_bounds(
                self.study, self.constrained_at(dt.date.fromisoformat(str(day))), criteria
            )
            for day, criteria in by_day.items()
        ]
        nothing = national_bounds(self.study, self.constrained_at(self.matrix.as_of), ())
        return pd.concat(tables, ignore_index=True) if tables else nothing

    @cached_property
    def readings(self) -> pd.DataFrame:
        """See :func:`analysis.measure.score_basis.scores_by_reading`."""
        return scores_by_reading(self.study, self.matrix.as_of, self.matrix.known_by)

    @cached_property
    def reply_effects(self) -> pd.DataFrame:
        """See :func:`analysis.measure.score_basis.reply_effects`."""
        return reply_effects(self.study, self.matrix.as_of, self.matrix.known_by)

    @cached_property
    def over_time(self) -> list[tuple[str, Matrix]]:
        """The study's dates of comparison and this one, with their labels, in order."""
        labels: dict[dt.date, list[str]] = {}
        for compared in sorted(self.study.settings.compare_dates, key=lambda day: day.date):
            if compared.date < self.matrix.as_of:
                labels.setdefault(compared.date, []).append(compared.label)
        earlier = [("; ".join(names), self.at(day)) for day, names in labels.items()]
        return [*earlier, ("This report’s date", self.matrix)]

    @cached_property
    def changes(self) -> list[pd.DataFrame]:
        """What differs between each date of :attr:`over_time` and the one before it.

        Only criteria that ask something; see :func:`analysis.measure.national.criteria_in_use`.
        One table for each date but the first; see
        :func:`analysis.measure.state_changes.differences`.
        """
        steps = itertools.pairwise(matrix for _, matrix in self.over_time)
        ids = criteria_in_use(self.study)["criterion_id"]
        tables = [differences(self.study, before, after) for before, after in steps]
        return [table[table["criterion_id"].isin(ids)].reset_index(drop=True) for table in tables]

    @cached_property
    def comparisons(self) -> Dominance:
        """The dominance between all pairs; see :func:`analysis.measure.dominance.dominance_within`."""
        return dominance_within(self.study, self.constrained_at(self.matrix.as_of))

    @cached_property
    def cell_values(self) -> CellValues:
        """The bounds of each cell; see :func:`analysis.measure.bounds.bounded_values`."""
        return bounded_values(self.study, self.constrained_at(self.matrix.as_of))

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The sure statements; see :func:`analysis.measure.dominance.pair_table`."""
        return pair_table(self.comparisons)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """The rank range of every unit; see :func:`analysis.measure.dominance.ranks`."""
        return ranks(self.comparisons)

    @cached_property
    def order(self) -> list[EquivalenceClass]:
        """The partial order of the units; see :func:`analysis.measure.dominance.order`."""
        return order(self.comparisons)

    @cached_property
    def next_questions(self) -> pd.DataFrame:
        """The information priorities; see :func:`analysis.measure.priorities.next_questions`."""
        return next_questions(self.study, self.matrix, self.cell_values)

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """The sensitivity of these results to scenarios; see :class:`analysis.measure.sensitivity.Sensitivity`."""
        return Sensitivity(self.study, self.matrix)


def measure(
    study: Study,
    as_of: dt.date | None = None,
    known_by: dt.date | None = None,
    progress: Callable[[str], None] = no_progress,
) -> Results:
    """Compute all measures of a study; those that rest on published totals are computed on demand.

    Args:
        study: a valid study.
        as_of: the date of the state; default: the day by which the data had been read.
        known_by: count only what had been read by this day; default: everything.
        progress: called with each step of long work.

    Raises:
        StudyError: no unit exists on that date.
    """
    read_on = data_read_on(study)
    as_of, known_by = as_of or read_on, known_by or read_on
    check_someone_exists(study, as_of)
    study = _with_dates_stated(known(public(study), known_by).at(as_of), as_of, known_by, read_on)
    matrix = states(study, as_of, known_by)
    table = gaps(study, matrix)
    return Results(
        study=study,
        matrix=matrix,
        scores=scores(study, matrix),
        national=national(study, matrix),
        gaps=table,
        national_gaps=national_gaps(study, table),
        read_on=read_on,
        progress=progress,
    )


def _with_dates_stated(study: Study, as_of: dt.date, known_by: dt.date, read_on: dt.date) -> Study:
    """Return the study with a sentence in its scope on each date that is not its own."""
    own, scope = f"the study’s own ({spoken(read_on)})", study.scope
    if as_of != read_on:
        scope = scope.stating(f"The date is {spoken(as_of)}, not {own}.")
    if known_by < read_on:  # by a later day nothing else had been read
        scope = scope.stating(
            f"We count only what had been read by {spoken(known_by)}, not by {own}."
        )
    return replace(study, scope=scope)


def _coverage_kind(state: str) -> str:
    if state in v.OUT_OF_SUM:
        return "does_not_apply"
    if state in (v.NOT_FOUND, v.WITHHELD, v.NOT_ASSESSED):
        return state
    return NOT_SETTLED if state in v.UNKNOWNS else SETTLED
