"""Results in a notebook: frames, tables for reading, pictures, named figures, the report."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.api.figures import Figures
from analysis.api.given import as_folder, of_kind, refused_value
from analysis.api.summary import Summary
from analysis.api.typed import category, copied
from analysis.measure.gaps import FINDINGS, GAP_STATES
from analysis.measure.national import criteria_in_use, states_by_criterion
from analysis.measure.results import Results as Measures
from analysis.show.caveats import caveats
from analysis.wording import counted

if TYPE_CHECKING:
    from analysis.api.plots import Plots
    from analysis.api.reading import Table

_YES_OR_NO = ("scored", "conservative", "settles_cells")


class Results(Summary):
    """The measures of a study at a date. Every frame is a copy, and can be edited."""

    def __init__(self, measures: Measures):
        """Wrap measures; get them by :meth:`analysis.Study.measure`."""
        expected = "what study.measure() measures, of a study of pg.read_study(folder)"
        self._measures = of_kind("measures", measures, Measures, expected)

    @property
    def as_of(self) -> pd.Timestamp:
        """The date of the state."""
        return pd.Timestamp(self._measures.matrix.as_of)

    @property
    def known_by(self) -> pd.Timestamp:
        """The knowledge date: only what had been read by this day counts."""
        return pd.Timestamp(self._measures.matrix.known_by)

    @property
    def caveats(self) -> list[str]:
        """The caveats on these results: draft mark, what was asked for, dates, notices."""
        study = self._measures.study
        return caveats(self._measures, self._criteria, list(study["units"]["unit_id"]))

    @property
    def matrix(self) -> pd.DataFrame:
        """The state of every cell as unordered categories: units as rows, criteria as columns."""
        grid, states = self._measures.matrix.grid(), states_by_criterion(self._measures.study)
        columns = {name: category(grid[name], states[name]) for name in self._criteria}
        index = grid.index.rename("unit_id")
        return pd.DataFrame(columns, index).rename_axis(columns="criterion_id")

    @property
    def labels(self) -> dict[str, str]:
        """The name of each unit, criterion and recommendation by its id, to rename rows or columns."""
        study = self._measures.study
        tables = {"units": "short_name", "criteria": "label", "recommendations": "label"}
        return {key: text for names in tables.items() for key, text in study.lookup(*names).items()}

    @property
    def scores(self) -> pd.DataFrame:
        """The worst and best score that the evidence allows, 0 to 100, and the share known."""
        return copied(self._measures.scores)

    @property
    def gaps(self) -> pd.DataFrame:
        """What is missing and what is unknown for each unit on each recommendation."""
        table = copied(self._measures.gaps)
        columns = {"state": GAP_STATES, "finding": FINDINGS}
        return table.assign(
            **{name: category(table[name], list(values)) for name, values in columns.items()}
        )

    @property
    def national(self) -> pd.DataFrame:
        """How many units are at each state of each criterion."""
        table = self._measures.national
        return copied(table[table["criterion_id"].isin(self._criteria)])

    @property
    def national_gaps(self) -> pd.DataFrame:
        """How many units meet each recommendation, fall short, or could not be judged."""
        return _with_booleans(self._measures.national_gaps)

    @property
    def coverage(self) -> pd.DataFrame:
        """How much is known of each criterion."""
        return self._measures.coverage.loc[self._criteria].copy()

    @property
    def ranks(self) -> pd.DataFrame:
        """The best and the worst rank that each unit can have, among those shown."""
        return copied(self._measures.ranks)

    @property
    def pairs(self) -> pd.DataFrame:
        """The pairs of units of which one is surely above the other (robust dominance)."""
        return _with_booleans(self._measures.pairs)

    @property
    def priorities(self) -> pd.DataFrame:
        """Information priorities: open cells, ranked by how far an answer would narrow the result."""
        table = self._measures.next_questions
        return copied(table[table["criterion_id"].isin(self._criteria)])

    @property
    def published_totals(self) -> pd.DataFrame:
        """Published counts beside what the evidence shows."""
        return _with_booleans(self._measures.totals)

    @property
    def cells(self) -> pd.DataFrame:
        """Every cell shown: its state, its date and the evidence behind it."""
        table = self._measures.matrix.cells
        return copied(table[table["criterion_id"].isin(self._criteria)].drop(columns="row"))

    @cached_property
    def figures(self) -> Figures:
        """The named figures: ``results.figures["cells.settled"].value``."""
        return Figures(self._measures)

    @cached_property
    def plot(self) -> Plots:
        """Pictures on ordinary axes: ``results.plot.matrix(ax)``."""
        from analysis.api.plots import Plots

        return Plots(self._measures, self.figures)

    def table(self, name: str) -> Table:
        """Return a table for reading, with labels, the study's rounding and caveats.

        Raises:
            StudyError: there is no table of this name; the message has the names.
        """
        from analysis.api.tables import table_of

        return table_of(self._measures, name)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables for reading."""
        from analysis.api.tables import TABLES

        return tuple(TABLES)

    def say(self, *sentences: str) -> None:
        """Print sentences in which ``{name}`` stands for a named figure.

        ``{unit}`` and ``{units}`` stand for the study's own noun.
        """
        print(*map(self.figures.fill, sentences), sep="\n")

    def report(self, out: str | Path) -> Path:
        """Build the report and its files into a folder; an earlier output there is replaced whole.

        Raises:
            StudyError: the folder holds something else or cannot be written, or the study has
                changed since it was read.
        """
        from analysis.publish.build import build
        from analysis.publish.files import refuse_to_replace

        out = as_folder("out", out)
        refuse_to_replace(out, self._measures.study.folder)
        try:
            return build(self._measures, out)
        except OSError as error:
            rule = f"the folder cannot be written ({error.strerror or error})"
            raise refused_value("out", out, rule, "name a folder elsewhere") from error

    @property
    def _criteria(self) -> list[str]:
        return list(criteria_in_use(self._measures.study)["criterion_id"])

    def _lines(self) -> list[str]:
        study = self._measures.study
        many = counted(len(study["units"]), *study.settings.unit_noun.both)
        lines = [
            f"Results: {study.descriptor.title}",
            self._measures.dates_sentence,
            f"{many} by {counted(len(self._criteria), 'criterion', 'criteria')}.",
            study.mark,
            f"What must stand with them: {len(self.caveats)} sentences in .caveats",
        ]
        return [line for line in lines if line]


def _with_booleans(table: pd.DataFrame) -> pd.DataFrame:
    columns = table.columns.intersection(list(_YES_OR_NO))
    values = {name: (table[name] == "yes").astype("boolean") for name in columns}
    return copied(table.assign(**values))
