"""The tables of what others published: totals and scores."""

import pandas as pd

from analysis.frames import RowKey, each_row
from analysis.measure.results import Results
from analysis.publish.sheets import NOT_AVAILABLE, as_sheet
from analysis.study.published import rounding_words


def published_totals(results: Results) -> pd.DataFrame:
    """Return the published totals beside what the evidence names."""
    if results.totals.empty:
        return pd.DataFrame({"Total": [NOT_AVAILABLE], "Note": ["No published total is held."]})
    return as_sheet(results, "published-totals", results.totals)


def published_scores(results: Results) -> pd.DataFrame:
    """Return the published scores, how they were rounded, and what they settle."""
    table = results.published_scores
    effect = {bearing.row: bearing.text for bearing in results.bearings}
    given = {row.score_id: row for row in each_row(results.study["published_scores"])}
    keys = [RowKey("published_scores", (name,)) for name in table["score_id"]]
    table = table.assign(
        rounding=[rounding_words(given[name]).removeprefix(", ") for name in table["score_id"]],
        effect=[effect.get(key, "It is of another day, and does nothing.") for key in keys],
    )
    return as_sheet(results, "published-scores", table, rounding=lambda text: text or "not rounded")
