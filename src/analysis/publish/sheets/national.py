"""The tables over all units: recommendations met, units at each state, and what others published."""

from collections.abc import Iterable

import pandas as pd

from analysis.frames import RowKey, each_row, records
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE, as_sheet
from analysis.show.labels import count_words, level_word, levels_words
from analysis.study.codebook import level_names
from analysis.study.published import rounding_words
from analysis.wording import capital


def national_gaps(results: Results) -> pd.DataFrame:
    """Return how many units meet each recommendation, fall short, or could not be judged."""
    study, table = results.study, results.national_gaps
    asks, criteria = study.lookup("recommendations", "asks"), study.lookup("criteria", "label")
    totals = {
        row["total_id"]: f"{count_words(row)} at {levels_words(row['level'])} on "
        f"{criteria[row['criterion_id']]}, {row['as_of']}; named by the evidence: {row['named']}"
        for row in records(results.totals)
    }
    published = [
        "; ".join(totals[part] for part in ids.split(";") if part) or "none held"
        for ids in table["published_totals"]
    ]
    return as_sheet(
        results,
        "national-gaps",
        table.assign(asks=table["recommendation_id"].map(asks), published_totals=published),
        asks=lambda text: text or "Its text was not read",
    )


def national_figures(results: Results) -> pd.DataFrame:
    """Return how many units are at each state of each criterion."""
    criteria = criteria_in_use(results.study).set_index("criterion_id")
    counts = results.national[results.national["criterion_id"].isin(criteria.index)]
    names, scales = level_names(results.study), counts["criterion_id"].map(criteria["scale_id"])
    pairs = zip(scales, counts["state"], strict=True)
    counts = counts.assign(name=[str(names.get(pair, pair[1])) for pair in pairs])
    wide = counts.pivot(index="criterion_id", columns="name", values="units")
    wide = wide.reindex(index=criteria.index, columns=counts["name"].unique()).astype(object)
    columns = {"Criterion": criteria["label"], "Scored": criteria["scored"]}
    for name, values in wide.items():
        columns[_head(level_word(str(name)), columns)] = values.fillna(NOT_APPLICABLE)
    return pd.DataFrame(columns).reset_index(drop=True)


def _head(words: str, heads: Iterable[str]) -> str:
    """Return the heading of a new column, different from all others even if case is ignored."""
    head = capital(words)
    taken = {name.casefold() for name in heads}
    while head.casefold() in taken:
        head += " (level)"
    return head


def published_totals(results: Results) -> pd.DataFrame:
    """Return the published totals beside the counts in the evidence."""
    if results.totals.empty:
        return pd.DataFrame({"Total": [NOT_AVAILABLE], "Note": ["No published total is held."]})
    return as_sheet(results, "published-totals", results.totals)


def published_scores(results: Results) -> pd.DataFrame:
    """Return the published scores, how they were rounded, and what they decide."""
    table = results.published_scores
    effect = {bearing.row: bearing.text for bearing in results.bearings}
    given = {row.score_id: row for row in each_row(results.study["published_scores"])}
    keys = [RowKey("published_scores", (name,)) for name in table["score_id"]]
    table = table.assign(
        rounding=[rounding_words(given[name]).removeprefix(", ") for name in table["score_id"]],
        effect=[effect.get(key, "It is of another day, and does nothing.") for key in keys],
    )
    return as_sheet(results, "published-scores", table, rounding=lambda text: text or "not rounded")
