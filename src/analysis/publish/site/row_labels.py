"""The rows that a named figure is made of, in words, and the state that each cell had."""

import datetime as dt
from collections.abc import Callable

from analysis.frames import each_row
from analysis.measure.figures import NamedFigure, RowKey
from analysis.measure.results import Results
from analysis.measure.tree import TOTAL
from analysis.study import Matrix, Study

StateOf = Callable[[RowKey], str]
"""The function from a row to its state; empty where it has none."""


class RowLabels:
    """Says what a row is: who or what it is about, and on what."""

    def __init__(self, study: Study):
        """Take the names of a study."""
        self._units = study.lookup("units", "short_name")
        on_groups = {**study.lookup("recommendations", "label"), TOTAL: "In all"}
        on_criteria = study.lookup("criteria", "label")
        self._subjects = {
            "matrix": on_criteria,
            "next": on_criteria,
            "gaps": on_groups,
            "scores": on_groups,
        }
        publisher = study.lookup("sources", "publisher")
        of_evidence = study.lookup("evidence", "source_id")
        self._names = {
            "sources": publisher,
            "evidence": {name: publisher[source] for name, source in of_evidence.items()},
            "criteria": study.lookup("criteria", "label"),
            "recommendations": study.lookup("recommendations", "label"),
            "figures": study.lookup("figures", "measure"),
            "events": study.lookup("events", "event"),
            "published_totals": {
                total: f"Count by {publisher[source]}"
                for total, source in study.lookup("published_totals", "source_id").items()
            },
        }

    def __call__(self, row: RowKey) -> tuple[str, str]:
        """Return who or what a row is about, and on what."""
        table, (first, *rest) = row
        if table == "pairs":
            return self._units[first], f"surely above {self._units[rest[0]]}"
        if table in self._subjects:
            return self._units[first], self._subjects[table][rest[0]]
        if table in ("units", "ranks"):
            return self._units[first], ""
        return first, " / ".join((self._names.get(table, {}).get(first, ""), *rest)).strip()


def states_at(results: Results) -> Callable[[NamedFigure], tuple[dt.date, StateOf]]:
    """Return the function from a figure to its day and the state of each of its rows then.

    Figures about an earlier date count the states of that date.
    """
    days: dict[tuple[str, dt.date | None], Matrix] = {
        ("at", matrix.as_of): matrix for _, matrix in results.over_time
    }
    for total in each_row(results.totals):
        day = dt.date.fromisoformat(total.as_of)
        days["totals", day] = days["bounds", day] = results.constrained_at(day).matrix
    by_group = results.gaps.set_index(["unit_id", "recommendation_id"])["finding"].to_dict()
    by_day: dict[dt.date, dict] = {}

    def at(figure: NamedFigure) -> tuple[dt.date, StateOf]:
        matrix = days.get((figure.about.kind, figure.about.day), results.matrix)
        if matrix.as_of not in by_day:
            cells = matrix.cells.set_index(["unit_id", "criterion_id"])
            by_day[matrix.as_of] = cells["state"].to_dict()
        tables = {"matrix": by_day[matrix.as_of], "next": by_day[matrix.as_of], "gaps": by_group}
        return matrix.as_of, lambda row: tables.get(row.table, {}).get(row.key, "")

    return at
