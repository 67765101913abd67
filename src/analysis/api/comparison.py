"""Two versions of a study compared, in a notebook."""

import datetime as dt

import pandas as pd

from analysis.api.given import no_such, of_kind, read_date
from analysis.api.reading import Table, labelled
from analysis.api.study import Study
from analysis.api.summary import Summary
from analysis.api.typed import copied
from analysis.measure.attribution import Comparison as Versions
from analysis.measure.attribution import compare as compare_versions
from analysis.show.comparison import (
    changed_cells,
    changed_evidence,
    changed_settings,
    in_sentences,
    moved_scores,
    what_must_stand,
)


def compare(
    old: Study, new: Study, as_of: str | dt.date | pd.Timestamp | None = None
) -> "Comparison":
    """Compare two versions of a study: what differs, and how far each cause moved a score.

    Args:
        old: the earlier version.
        new: the later version.
        as_of: the date of the state in both; default: for each version the day by which its data
            had been read.

    Raises:
        StudyError: it is not a date, no unit exists on it in one of the versions, or the two are
            not versions of one study.
    """
    for name, version in (("old", old), ("new", new)):
        of_kind(name, version, Study, "a study, as pg.read_study(folder) returns it")
    return Comparison(compare_versions(old._data, new._data, read_date("as_of", as_of)))


class Comparison(Summary):
    """Two versions of a study, and why their results differ. Every frame is a copy."""

    def __init__(self, versions: Versions):
        """Wrap versions that were compared; compare them with :func:`compare`."""
        self._versions = of_kind("versions", versions, Versions, "what pg.compare compares")

    @property
    def attribution(self) -> pd.DataFrame:
        """How far each cause moved each unit's score: the parts add up (Shapley values)."""
        parts = copied(self._versions.parts)
        numbers = ["before", "after", "part"]
        parts[numbers] = parts[numbers].map(float).astype("Float64")
        return parts

    @property
    def cells(self) -> pd.DataFrame:
        """The cells whose state differs, with the causes."""
        return copied(self._versions.cells)

    @property
    def changes(self) -> pd.DataFrame:
        """Each row and each setting that differs, with its cause."""
        return copied(self._versions.changes)

    @property
    def sentences(self) -> list[str]:
        """What differs, in sentences."""
        return in_sentences(self._versions)

    @property
    def caveats(self) -> list[str]:
        """The caveats that must accompany the differences."""
        return what_must_stand(self._versions)

    def table(self, name: str = "scores") -> Table:
        """Return a table for reading: ``scores``, ``cells``, ``unscored cells``, ``evidence``, ``settings``.

        Raises:
            StudyError: there is no table of this name; the message has the names.
        """
        if not isinstance(name, str) or name not in _TABLES:
            raise no_such("table", name, _TABLES, "table")
        title, make = _TABLES[name]
        table = labelled(self._versions.new, make(self._versions), ("lowest", "highest", "known"))
        return Table(table, f"{title}.", self.caveats)

    def _lines(self) -> list[str]:
        old, new = self._versions.old.descriptor, self._versions.new.descriptor
        return [
            f"Version {old.version} compared with {new.version}",
            *self.sentences,
            *self.caveats,
        ]


def _cells(moves_score: bool):
    # OLD may be one coder's codings, whose row numbers are those of no file.
    return lambda versions: changed_cells(versions, moves_score).drop(columns="row_before")


_TABLES = {
    "scores": ("Scores that moved, and by how much from each cause", moved_scores),
    "cells": ("Cells whose state changed, and can move a score", _cells(True)),
    "unscored cells": ("Cells whose state changed, and can move no score", _cells(False)),
    "evidence": ("Evidence that is new, corrected or gone", changed_evidence),
    "settings": ("What differs for all", changed_settings),
}
