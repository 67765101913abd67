"""The context on what others published: recommendations, totals, scores and events."""

import datetime as dt

import pandas as pd

from analysis.frames import each_row, grouped, records, records_by_key
from analysis.measure.gaps import notices
from analysis.measure.results import Results
from analysis.show.labels import among_words, count_words, level_word, levels_words
from analysis.study import Study
from analysis.study.evidence import with_sources
from analysis.study.published import rounding_words
from analysis.wording import spoken


def recommendation_records(results: Results) -> list[dict]:
    """Return every recommendation with its criteria, its published totals and its source."""
    study = results.study
    counts = records_by_key(results.national_gaps.set_index("recommendation_id"))
    totals = _totals(results)
    criteria_of = grouped(study["criteria"], "recommendation_id")
    sources = {row["source_id"]: row for row in records(study["sources"])}
    rows = []
    for row in records(study["recommendations"]):
        name = row["recommendation_id"]
        criteria = criteria_of.get(name, [])
        ids = [criterion["criterion_id"] for criterion in criteria]
        rows.append(
            {
                **row,
                "criteria": criteria,
                "scored": counts[name]["scored"] == "yes",
                "totals": records(totals[totals["criterion_id"].isin(ids)]),
                "source": sources.get(row["source_id"], {}),
                "notices": notices(study, criteria=ids),
            }
        )
    return rows


def _totals(results: Results) -> pd.DataFrame:
    """Return the published totals up to the date of the results, in words.

    A total is about its own day, so a total of a later date is left out.
    """
    study, totals = results.study, results.totals
    totals = totals[totals["as_of"] <= results.matrix.as_of.isoformat()]
    names = study.lookup("units", "short_name")
    return totals.assign(
        label=totals["criterion_id"].map(study.lookup("criteria", "label")),
        count_in_words=[count_words(row) for row in records(totals)],
        levels=totals["level"].map(levels_words),
        counted=[among_words(among, names) for among in totals["among"]],
    )


def counts_on_recommendations(results: Results, recommended: list[dict]) -> list[dict]:
    """Return the published totals, each with the recommendation that it is about.

    Args:
        results: the results.
        recommended: the records from :func:`recommendation_records`.
    """
    study = results.study
    publishers = study.lookup("sources", "publisher")
    return [
        {
            **total,
            "recommendation": rec["recommendation_id"],
            "day": spoken(dt.date.fromisoformat(total["as_of"])),
            "publisher": publishers[total["source_id"]],
            "notices": notices(study, [total["criterion_id"]]),
        }
        for rec in recommended
        for total in rec["totals"]
    ]


def published_scores(study: Study) -> list[dict]:
    """Return every published score, with its source and its rounding in words."""
    rounding = [rounding_words(row) for row in each_row(study["published_scores"])]
    return [
        {**row, "as_published": text.removeprefix(", ") or "not rounded"}
        for row, text in zip(with_sources(study, "published_scores"), rounding, strict=True)
    ]


def implied_totals(results: Results) -> list[dict]:
    """Return the figures that the published totals of each day imply, by criterion."""
    labels = results.study.lookup("criteria", "label")
    totals = grouped(results.totals, "as_of", "criterion_id")
    return [
        {
            "day": spoken(dt.date.fromisoformat(day)),
            "label": labels[criterion],
            "totals": [total["total_id"] for total in totals.get((day, criterion), [])],
            "figures": [
                ("Mean, on 0 to 100", f"bounds.{day}.{criterion}.mean"),
                *(
                    (level_word(row["level"]), f"bounds.{day}.{criterion}.units.{row['level']}")
                    for row in rows
                    if row["level"]
                ),
            ],
            "notices": notices(results.study, criteria=[criterion]),
        }
        for (day, criterion), rows in grouped(
            results.national_bounds, "as_of", "criterion_id"
        ).items()
    ]


def events(study: Study) -> list[dict]:
    """Return the events, each with its source, by date, with undated events last."""
    return sorted(with_sources(study, "events"), key=lambda event: event["date"] or "unknown")
