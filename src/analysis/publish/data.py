"""The tables behind: every result as CSV, for others to build on."""

import itertools
from pathlib import Path

import pandas as pd

from analysis.measure.results import Results
from analysis.show.notes import notes
from analysis.show.style import Chart
from analysis.spreadsheet import FORMULA_STARTS
from analysis.study.tables import write_table

MATRIX = ["unit_id", "criterion_id", "state", "observed_on", "evidence_ids", "last_level"]


def data_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return every published table by file name, without ending."""
    study = results.study
    return {
        "matrix": results.matrix.cells[MATRIX],
        "scores": results.scores,
        "national": results.national,
        "gaps": results.gaps,
        "national-gaps": results.national_gaps,
        "published-totals": results.totals,
        "ranks": results.ranks,
        "pairs": results.pairs,
        "next": results.next_questions,
        "changes": _changes(results),
        "scores-by-reading": results.readings,
        "replies": study["replies"],
        "reply-effects": results.reply_effects,
        "notices": pd.DataFrame({"notice": notes(results, *_everything(study))}),
    }


def write_data(results: Results, charts: list[Chart], folder: Path) -> None:
    """Write the tables into a folder, and those behind the charts into ``charts/`` below it."""
    below = folder / "charts"
    (below if charts else folder).mkdir(parents=True)
    for name, table in data_tables(results).items():
        write_table(folder / f"{name}.csv", guarded(table))
    for chart in charts:
        write_table(below / f"{chart.name}.csv", guarded(chart.table))


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no text is taken for a formula when a spreadsheet opens it.

    Such a text gets an apostrophe before it; numbers stay as they are. The study's own tables
    hold the text as it is.
    """

    def guard(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

    texts = table.select_dtypes(include=["object", "str"]).columns
    return table.assign(**{name: table[name].map(guard) for name in texts})


def _everything(study) -> tuple[list[str], list[str]]:
    return list(study["criteria"]["criterion_id"]), list(study["units"]["unit_id"])


def _changes(results: Results) -> pd.DataFrame:
    steps = itertools.pairwise(matrix for _, matrix in results.over_time)
    tables = [
        table.assign(from_date=str(before.as_of), to_date=str(after.as_of))
        for table, (before, after) in zip(results.changes, steps, strict=True)
    ]
    columns = [
        "from_date",
        "to_date",
        "unit_id",
        "criterion_id",
        "before",
        "after",
        "why",
        "evidence_ids",
    ]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)
