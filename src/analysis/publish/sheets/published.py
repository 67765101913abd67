"""The tables of what others published: totals and scores."""

import pandas as pd

from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.measure.row_key import RowKey
from analysis.publish.sheets import NOT_AVAILABLE, group_names, unit_head
from analysis.show.labels import (
    among_words,
    levels_words,
    word,
)
from analysis.study.published import rounding_words


def published_totals(results: Results) -> pd.DataFrame:
    """Return the published totals beside what the evidence names."""
    table, study = results.totals, results.study
    labels, names = study.lookup("criteria", "label"), study.lookup("units", "name")
    if table.empty:
        return pd.DataFrame({"Total": [NOT_AVAILABLE], "Note": ["No published total is held."]})
    return pd.DataFrame(
        {
            "Total": table["total_id"],
            "Criterion": table["criterion_id"].map(labels),
            "Level": table["level"].map(levels_words),
            "On": table["as_of"],
            "Published as": table["relation"].map(word),
            "Published count": table["count"],
            "Out of": table["of"],
            "Among": [among_words(text, names) for text in table["among"]],
            "Named by the evidence": table["named"],
            "Could not tell": table["cannot_be_told"],
            "Compared with the evidence": table["status"],
            "Still open by": table["open_by"],
            "Set aside": table["set_aside"],
            "Clashes with": table["clash"].where(table["clash"] != "", "none"),
            "Source": table["source_id"],
            "Note": table["note"].where(table["note"] != "", "none"),
        }
    )


def published_scores(results: Results) -> pd.DataFrame:
    """Return the published scores, how they were rounded, and what they settle."""
    table, study = results.published_scores, results.study
    names, groups = study.lookup("units", "name"), group_names(results)
    does = {bearing.row: bearing.said for bearing in results.bearings}
    given = {row.score_id: row for row in each_row(study["published_scores"])}
    return pd.DataFrame(
        {
            "Score": table["score_id"],
            unit_head(results): table["unit_id"].map(names),
            "Of": table["group_id"].map(groups),
            "On": table["as_of"],
            "Published": table["score"],
            "Rounding": [
                rounding_words(given[name]).removeprefix(", ") or "not rounded"
                for name in table["score_id"]
            ],
            "Compared with the evidence": table["status"],
            "What it does on this date": [
                does.get(
                    RowKey("published_scores", (name,)), "It is of another day, and does nothing."
                )
                for name in table["score_id"]
            ],
            "Set aside": table["set_aside"],
            "Clashes with": table["clash"].where(table["clash"] != "", "none"),
            "Source": table["source_id"],
            "Note": table["note"].where(table["note"] != "", "none"),
        }
    )
