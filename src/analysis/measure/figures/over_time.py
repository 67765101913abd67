"""Figures on the dates of comparison, and on what changed between them."""

from collections.abc import Iterable

from analysis.measure.figures.inventory import scored_cells
from analysis.measure.figures.named import STUDY_ROW, About, NamedFigure, cell_keys, counted_rows
from analysis.measure.results import Results
from analysis.measure.state_changes import came_into_force
from analysis.study import vocabulary as v
from analysis.wording import spoken


def _dates(results: Results) -> Iterable[NamedFigure]:
    matrix, many = results.matrix, results.study.settings.unit_noun.plural
    report = results.study.settings.report.date
    for name, day, definition in (
        ("as_of", matrix.as_of, "Date of the state shown"),
        ("known_by", matrix.known_by, "Only what had been read by this day counts"),
        ("report", report, f"Day of the report that the study compares {many} with"),
    ):
        iso, text = day.isoformat(), spoken(day)
        yield NamedFigure(f"dates.{name}", iso, text, f"{definition}.", (STUDY_ROW,))


def _changes(results: Results) -> Iterable[NamedFigure]:
    for number, (label, matrix) in enumerate(results.over_time):
        name, scored = f"at.{matrix.as_of.isoformat()}", scored_cells(results.study, matrix)
        settled = scored[~scored["state"].isin(v.UNKNOWNS)]
        applies = scored[~scored["state"].isin(v.OUT_OF_SUM)]
        when = f"{label} ({matrix.as_of})"
        counts = [
            ("settled", f"Scored questions with an answer: {when}.", settled),
            ("scored", f"Scored questions in force and applicable: {when}.", applies),
        ]
        if number:
            table = results.changes[number - 1]
            since = "that came into force since the date before"
            counts += [
                ("changed", f"Questions whose state differs from the date before: {when}.", table),
                ("begun", f"Questions without an answer {since}: {label}.", table[came_into_force(table)]),
            ]  # fmt: skip
        for part, definition, cells in counts:
            about = About("at", day=matrix.as_of, part=part)
            yield counted_rows(f"{name}.{part}", definition, cell_keys(cells), about)


PARTS = _dates, _changes
"""The functions that yield the figures, in order."""
