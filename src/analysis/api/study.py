"""A study in a notebook: its tables as typed frames, and the measures of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.api.documents import Documents, Quotations
from analysis.api.given import as_folder, as_ids, as_weights, no_such, of_kind, read_date
from analysis.api.summary import Summary
from analysis.api.typed import typed
from analysis.measure.national import criteria_in_use
from analysis.measure.results import measure
from analysis.measure.shown import shown
from analysis.measure.tree import weighting
from analysis.problems import refusal
from analysis.publish.manifest import input_hashes
from analysis.study import Study as StudyData
from analysis.study import as_coded, coders, data_read_on, load
from analysis.study.evidence import quotations
from analysis.study.journal import settle
from analysis.study.public import public
from analysis.study.scope import chosen_criteria, chosen_units, with_weights
from analysis.wording import agreeing, spoken

if TYPE_CHECKING:
    from analysis.api.reading import Table
    from analysis.api.results import Results


def read_study(folder: str | Path) -> Study:
    """Read a study from its folder.

    Raises:
        StudyError: it is not valid; the error lists every problem, with its place and remedy.
    """
    folder = as_folder("folder", folder)
    if folder.is_dir():
        settle(folder)
    # Hashed before it is read: if a file changes in between, a report is refused.
    inputs = input_hashes(folder) if folder.is_dir() else {}
    return Study(replace(load(folder), inputs=inputs))


class Study(Summary):
    """A study. Each of its tables is an attribute, and an item: ``study.units``.

    A table is a new typed frame each time, so that an edit of it never changes the study.
    """

    def __init__(self, data: StudyData):
        """Wrap a study that was loaded; read one with :func:`read_study`."""
        remedy = "not a path: pg.read_study(path) reads a study"
        self._whole = of_kind("data", data, StudyData, remedy)
        self._data = public(self._whole)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse an assignment that would only seem to change a table."""
        if name in self.tables:
            raise AttributeError(f"{name!r} is a table of the study, not a copy: change a copy")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables."""
        return iter(self.tables)

    def __contains__(self, name: object) -> bool:
        """Return whether a table has the name."""
        return name in self.tables

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table by its name.

        Raises:
            KeyError: the study has no such table.
        """
        tables = self._data.descriptor.tables
        if not isinstance(table, str) or table not in tables:
            raise KeyError(str(no_such("table", table, tables, "table")))
        return typed(tables[table], self._data[table])

    @property
    def documents(self) -> Documents:
        """The public documents that were collected, as a table that can be searched."""
        return Documents.of(self["documents"], self._data, self._whole)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table as an attribute."""
        return self[name] if name in self.tables else super().__getattr__(name)

    def __dir__(self) -> list[str]:
        """Return the names for completion: the methods, and the tables."""
        return sorted({*object.__dir__(self), *self.tables})

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.tables)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables."""
        if "_data" not in self.__dict__:  # as while the study is being copied
            return ()
        return tuple(self._data.descriptor.tables)

    @property
    def title(self) -> str:
        """The study's title."""
        return self._data.descriptor.title

    @property
    def unit(self) -> str:
        """The study's noun for one unit."""
        return self._data.settings.unit_noun.singular

    @property
    def units_called(self) -> str:
        """The study's noun for several units."""
        return self._data.settings.unit_noun.plural

    @property
    def coders(self) -> tuple[str, ...]:
        """The names of the coders."""
        return tuple(coders(self._data))

    @property
    def about_coders(self) -> str:
        """What the study says of its coders."""
        return self._data.settings.coders

    def measure(
        self,
        as_of: str | dt.date | pd.Timestamp | None = None,
        known_by: str | dt.date | pd.Timestamp | None = None,
        weights: Mapping[str, float] | pd.Series | None = None,
        criteria: Sequence[str] | None = None,
        units: str | Sequence[str] | None = None,
    ) -> Results:
        """Compute the study's measures.

        Args:
            as_of: the date of the state, ``"2021"`` meaning its last day; default: the day by
                which the data had been read.
            known_by: count only what had been read by this day; default: everything.
            weights: other weights than the study's own, by criterion or recommendation.
            criteria: ids of the criteria to show; every score rests on all of them.
            units: which units to show and rank: a query on the columns of ``units``, such as
                ``"region == 'Wales'"``, an id, ids, or a mask of ``study.units``. Published totals
                are applied to all units first.

        Raises:
            StudyError: a date, a weight or an id is not valid, a criterion asks nothing yet, no
                weight is above 0, or no unit exists on the date.
        """
        from analysis.api.results import Results

        dates = read_date("as_of", as_of), read_date("known_by", known_by)
        other_weights = as_weights(weights)
        weighed = with_weights(self._data, other_weights)
        if other_weights and not weighting(weighed).columns and weighting(self._data).columns:
            rule = "with these weights nothing weighs, so that there is no score"
            remedy = "leave one above 0"
            raise refusal("weights", rule, remedy, other_weights)
        results = measure(weighed, *dates)
        measured = results.study
        unit_ids, criterion_ids, query = (), (), ""
        if units is not None:
            table = typed(measured.descriptor.tables["units"], measured["units"])
            given = as_ids("units", units, self._data["units"]["unit_id"])
            unit_ids = chosen_units(table, given)
            query = given if isinstance(given, str) and given not in unit_ids else ""
        if criteria is not None:
            given = as_ids("criteria", criteria, measured["criteria"]["criterion_id"])
            in_use = list(criteria_in_use(measured)["criterion_id"])
            criterion_ids = chosen_criteria(measured["criteria"], given, in_use)
        return Results(shown(results, unit_ids, criterion_ids, query))

    def agreement(self) -> pd.DataFrame:
        """Return how far the coders agree, by criterion and in all, and on how many cells."""
        from analysis.fieldwork.agreement import as_table
        from analysis.fieldwork.rounds import agreement_by_round

        return as_table(agreement_by_round(self._data))

    def table(self, name: str) -> Table:
        """Return a table of the study for reading by its name, such as ``agreement``.

        Raises:
            StudyError: there is no table of this name; the message has the names.
        """
        from analysis.api.tables import record_of

        return record_of(self._data, name)

    def quotations(self, evidence: str | Sequence[str] | None = None) -> Quotations:
        """Return the quotations from documents, each marked within its context.

        Args:
            evidence: ids of evidence, or a mask of ``study.evidence``; default: all of it.

        Raises:
            StudyError: there is no evidence of such an id.
        """
        ids = self._data["evidence"]["evidence_id"]
        given = as_ids("evidence", ids if evidence is None else evidence, ids)
        evidence_ids = [given] if isinstance(given, str) else given
        for evidence_id in evidence_ids:
            if evidence_id not in set(ids):
                raise no_such("evidence", evidence_id, ids, "statement of evidence")
        quotation_of = quotations(self._data)
        lines = [self._data.mark] if self._data.mark else []
        return Quotations([quotation_of[key] for key in evidence_ids if key in quotation_of], lines)

    def as_coded(self, coder: str) -> Study:
        """Return the study with one coder's own codings in place of the assessments.

        Raises:
            KeyError: nobody of this name has coded.
        """
        if coder not in self.coders:
            raise KeyError(str(no_such("coder", coder, self.coders, "coder")))
        return Study(as_coded(self._whole, coder))

    def _lines(self) -> list[str]:
        data = self._data
        without_question = len(data["criteria"]) - len(criteria_in_use(data))
        # Without this, results would seem to have lost some criteria.
        asks = agreeing(without_question, "asks", "ask")
        why = f" ({without_question} {asks} nothing yet: the text behind was not read)"
        counts = f"{len(data['units'])} {self.units_called}, {len(data['criteria'])} criteria"
        counts += why if without_question else ""
        rows = sum(len(data[name]) for name in self.tables)
        lines = [
            f"Study: {self.title} (version {data.descriptor.version})",
            f"{counts}, {len(data['evidence'])} statements of evidence; {rows} rows in all.",
            f"Read by {spoken(data_read_on(data))}."
            if _has_reading_date(data)
            else "Nothing was read yet.",
        ]
        return [*lines, data.mark] if data.mark else lines


def _has_reading_date(data: StudyData) -> bool:
    try:
        data_read_on(data)
    except ValueError:
        return False
    return True
