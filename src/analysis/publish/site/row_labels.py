"""The rows that a named statement is made of, in words, and the state that each cell had."""

import datetime as dt
from collections.abc import Callable

import pandas as pd

from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.measure.statements import Statement
from analysis.measure.tree import TOTAL
from analysis.study import Study

StateOf = Callable[[list[str]], str]
"""The function from a row's table and keys to its state; empty where it has none."""


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
        }

    def __call__(self, key: list[str]) -> tuple[str, str]:
        """Return who or what a row is about, and on what, from its table and keys."""
        table, first, *rest = key
        if table == "pairs":
            return self._units[first], f"surely above {self._units[rest[0]]}"
        if table in self._subjects:
            return self._units[first], self._subjects[table][rest[0]]
        if table in ("units", "ranks"):
            return self._units[first], ""
        return first, " / ".join((self._names.get(table, {}).get(first, ""), *rest)).strip()


def states_at(results: Results) -> Callable[[Statement], tuple[dt.date, StateOf]]:
    """Return the function from a statement to its day and the state of each of its rows then.

    Figures about an earlier date count the states of that date.
    """
    days = {f"at.{matrix.as_of}": matrix for _, matrix in results.over_time}
    for total in each_row(results.totals):
        day = dt.date.fromisoformat(total.as_of)
        days[f"totals.{total.total_id}"] = results.constrained_at(day).matrix
    by_group = _states(results.gaps, "recommendation_id")
    by_day: dict[dt.date, dict] = {}

    def at(statement: Statement) -> tuple[dt.date, StateOf]:
        matrix = days.get(statement.id.rpartition(".")[0], results.matrix)
        if matrix.as_of not in by_day:
            by_day[matrix.as_of] = _states(matrix.cells, "criterion_id")
        tables = {"matrix": by_day[matrix.as_of], "next": by_day[matrix.as_of], "gaps": by_group}
        return matrix.as_of, lambda key: tables.get(key[0], {}).get(tuple(key[1:]), "")

    return at


def _states(table: pd.DataFrame, on: str) -> dict:
    """Return the states of a table by unit, and by criterion or recommendation."""
    return table.set_index(["unit_id", on])["state"].to_dict()
