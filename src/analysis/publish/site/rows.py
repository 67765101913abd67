"""The rows that a named figure is made of, in words, and the state that each cell had."""

import datetime as dt
from collections.abc import Callable

from analysis.frames import each_row
from analysis.measure.figures import NamedFigure, RowKey
from analysis.measure.results import Results
from analysis.measure.tree import TOTAL
from analysis.study import Study

StateOf = Callable[[RowKey], str]
"""The function from a row to its state; empty where it has none."""


class RowWords:
    """Says what a row is: who or what it is about, and on what."""

    def __init__(self, study: Study):
        """Take the names of a study."""
        self._units = study.lookup("units", "short_name")
        on_groups = {**study.lookup("recommendations", "label"), TOTAL: "In all"}
        on_criteria = study.lookup("criteria", "label")
        self._on = {
            "matrix": on_criteria,
            "next": on_criteria,
            "gaps": on_groups,
            "scores": on_groups,
        }
        publisher = study.lookup("sources", "publisher")
        of_evidence = study.lookup("evidence", "source_id")
        self._said = {
            "sources": publisher,
            "evidence": {one: publisher[source] for one, source in of_evidence.items()},
            "criteria": study.lookup("criteria", "label"),
            "recommendations": study.lookup("recommendations", "label"),
            "figures": study.lookup("figures", "measure"),
            "events": study.lookup("events", "event"),
        }

    def __call__(self, row: RowKey) -> tuple[str, str]:
        """Return who or what a row is about, and on what."""
        table, (first, *rest) = row
        if table == "pairs":
            return self._units[first], f"surely above {self._units[rest[0]]}"
        if table in self._on:
            return self._units[first], self._on[table][rest[0]]
        if table in ("units", "ranks"):
            return self._units[first], ""
        return first, " / ".join((self._said.get(table, {}).get(first, ""), *rest)).strip()


def states_at(results: Results) -> Callable[[NamedFigure], tuple[dt.date, StateOf]]:
    """Return the function from a figure to its day and the state of each of its rows then.

    Figures about an earlier date count the states of that date.
    """
    days = {("at", matrix.as_of): matrix for _, matrix in results.over_time}
    for total in each_row(results.totals):
        day = dt.date.fromisoformat(total.as_of)
        days["totals", day] = results.constrained_at(day).matrix
    gaps = results.gaps
    by_group = dict(
        zip(
            zip(gaps["unit_id"], gaps["recommendation_id"], strict=True), gaps["state"], strict=True
        )
    )
    held: dict[dt.date, dict[tuple[str, str], str]] = {}

    def at(figure: NamedFigure) -> tuple[dt.date, StateOf]:
        matrix = days.get((figure.about.kind, figure.about.day), results.matrix)
        if matrix.as_of not in held:
            cells = matrix.cells
            keys = zip(cells["unit_id"], cells["criterion_id"], strict=True)
            held[matrix.as_of] = dict(zip(keys, cells["state"], strict=True))
        tables = {"matrix": held[matrix.as_of], "next": held[matrix.as_of], "gaps": by_group}
        return matrix.as_of, lambda row: tables.get(row.table, {}).get(row.key, "")

    return at
