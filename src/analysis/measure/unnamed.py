"""National results that name no unit: what may leave the house while a study is a draft."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from analysis.measure.results import Results
from analysis.measure.sensitivity import Sensitivity
from analysis.measure.shown import Shown
from analysis.study import Matrix
from analysis.study.public import name_hider, without_units
from analysis.wording import counted


@dataclass(frozen=True, kw_only=True)
class Unnamed(Shown):
    """National results: the counts of all units, and no row of any."""

    @property
    def counted_gaps(self) -> pd.DataFrame:
        """The gap table that counts are of, with all units."""
        return self.whole.gaps

    def at(self, day: dt.date) -> Matrix:
        """Return the matrix of another date, without its rows."""
        return without_rows(self.whole.at(day))

    @cached_property
    def changes(self) -> list[pd.DataFrame]:
        """What differs between dates, without its rows."""
        return [table.iloc[:0] for table in self.whole.changes]

    @cached_property
    def next_questions(self) -> pd.DataFrame:
        """What to ask next, without its rows."""
        return self.whole.next_questions.iloc[:0]

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The scores under each reading, without their rows."""
        return self.whole.readings.iloc[:0]

    @cached_property
    def reply_effects(self) -> pd.DataFrame:
        """What came of each reply, without its rows."""
        return self.whole.reply_effects.iloc[:0]

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """How far results depend on choices, of all units."""
        return self.whole.sensitivity

    @cached_property
    def clashes(self) -> list[str]:
        """What was published and cannot be true; a sentence that names a unit says only that."""
        return list(map(name_hider(self.whole.study), self.whole.clashes))


def without_rows(matrix: Matrix) -> Matrix:
    """Return a matrix of the same dates and criteria, and of no unit."""
    return replace(matrix, cells=matrix.cells.iloc[:0], shape=(0, matrix.shape[1]))


def unnamed(results: Results) -> Results:
    """Return what of results may leave the house: of a draft no unit by name; else all.

    Raises:
        StudyError: the codebook or the descriptor of a draft names a unit; of every such place.
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
