"""The context of a unit: its cells, gaps, evidence, searches, requests and replies."""

import math
from dataclasses import replace
from itertools import chain

from analysis.fieldwork.cell_records import CellRecord, listed_ids
from analysis.frames import each_row, grouped, records, records_by_key
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.publish.context.method import life_in_words
from analysis.show.labels import DECIDED, gap_parts, interval_words
from analysis.study import Study
from analysis.study.cells import searches_by_unit
from analysis.study.dates import exist_on
from analysis.study.evidence import with_sources
from analysis.study.requests import sent_requests
from analysis.study.settings import Display
from analysis.wording import spoken_date


def unit_sections(results: Results) -> list[dict]:
    """Return one section for each unit: its interval, cells, gaps, evidence and searches."""
    study, scores = results.study, records_by_key(results.total)
    cells, evidence, replies = unit_cells(results), cited_evidence(study), replies_by_cell(results)
    sent = _sent_for_reply(results)
    gaps, searches, notices, requests = (
        grouped(table, "unit_id")
        for table in (
            results.gaps,
            searches_by_unit(study),
            study["notices"],
            sent_requests(study).assign(
                label=lambda rows: (
                    rows["criterion_id"].map(study.lookup("criteria", "label")).fillna("all of it")
                )
            ),
        )
    )
    return [
        {
            **unit,
            **_score(scores[name], study.settings.display),
            "published": [bearing.text for bearing in results.bearings if name in bearing.units],
            "cells": cells[name],
            "replies": replies.get((name, ""), []),
            # A criterion occurs under each group above it, but is listed once.
            "short": dict.fromkeys(
                pair for row in gaps.get(name, []) for pair in gap_parts(row["missing"])
            ),
            "evidence": evidence.get(name, []),
            "searches": searches.get(name, []),
            "requests": requests.get(name, []),
            "sent": sent.get(name, ""),
            "notices": [notice["text"] for notice in notices.get(name, [])],
        }
        for name, unit in zip(study["units"]["unit_id"], records(study["units"]), strict=True)
    ]


def _sent_for_reply(results: Results) -> dict[str, str]:
    """Return, by unit, a sentence on when it was last sent its page and its deadline for a reply.

    After the deadline, a unit without a reply since it was first sent its page gets a sentence that
    says so. Only what was known by the knowledge date counts.
    """
    known_by = results.matrix.known_by.isoformat()
    replies = results.study["replies"]
    replies = replies[replies["received_on"] <= known_by]
    latest = replies.groupby("unit_id")["received_on"].max().to_dict()
    rows = results.study["notified"].sort_values("sent_on")
    sentences, first = {}, {}
    for row in each_row(rows[rows["sent_on"] <= known_by]):
        since = first.setdefault(row.unit_id, row.sent_on)
        text = f"It was sent this page on {spoken_date(row.sent_on)}, for a reply by {spoken_date(row.reply_by)}."
        if row.reply_by < known_by and latest.get(row.unit_id, "") < since:
            text += " We have no reply on record. That says nothing for or against it."
        sentences[row.unit_id] = text
    return sentences


def _score(score: dict, display: Display) -> dict:
    """Return an interval in words, whether there is one, and whether any weight is known."""
    return {
        "interval": interval_words(score["low"], score["high"], score["known"], display),
        "applies": not math.isnan(score["low"]),
        "known": score["known"] > 0,
    }


def unit_cells(results: Results) -> dict[str, list[CellRecord]]:
    """Return the cells of each unit, in the order of the criteria, with the replies on each."""
    criteria = list(criteria_in_use(results.study)["criterion_id"])
    replies = replies_by_cell(results)
    units: dict[str, dict[str, CellRecord]] = {}
    for cell in results.cell_records:
        cell = replace(cell, replies=replies.get(cell.key, []))
        units.setdefault(cell.unit_id, {})[cell.criterion_id] = cell
    return {unit: [cells[name] for name in criteria] for unit, cells in units.items()}


def replies_by_cell(results: Results) -> dict[tuple[str, str], list[dict]]:
    """Return the replies by unit and criterion, each with the changes that it led to."""
    study = results.study
    labels, display = study.lookup("criteria", "label"), study.settings.display
    effects = grouped(results.reply_effects, "reply_id")
    followed = set(study["assessments"]["settled_by"])
    replies = grouped(study["replies"], "unit_id", "criterion_id")
    for reply in chain.from_iterable(replies.values()):
        changes = effects.get(reply["reply_id"], [])
        reply |= {
            "decided": DECIDED[reply["decision"]],
            "cited": listed_ids(reply["evidence_ids"]),
            "cells": [
                {**change, "label": labels[change["criterion_id"]]}
                for change in changes
                if change["criterion_id"]
            ],
            # The scores are the same in every row, so the first row is used.
            "scores": [
                interval_words(
                    *(change[f"{end}_{when}"] for end in ("low", "high", "known")), display=display
                )
                for change in changes[:1]
                for when in ("before", "after")
            ],
            "followed": reply["reply_id"] in followed,
        }
    return replies


def cited_evidence(study: Study) -> dict[str, list[dict]]:
    """Return the evidence of each unit that a coding cites."""
    evidence = study["evidence"]
    cited = evidence["evidence_id"].isin(study.cited_evidence())
    rows = with_sources(study, "evidence", cited & (evidence["scope"] == "unit"))
    units: dict[str, list[dict]] = {}
    for row in rows:
        units.setdefault(row["unit_id"], []).append(row)
    return units


def absent_units(study: Study) -> list[dict]:
    """Return the units that are not on the pages, each with a sentence on why not."""
    if study.day is None:
        return []
    day, units, names = study.day, study.tables["units"], study.lookup("units", "short_name")
    existing = set(units.loc[exist_on(units, day), "unit_id"])
    return [
        {
            "unit_id": row["unit_id"],
            "sentence": f"{row['short_name']} is not among those shown here."
            if row["unit_id"] in existing
            else life_in_words(row, row["exists_from"], day.isoformat(), names),
        }
        for row in records(units[~units["unit_id"].isin(study["units"]["unit_id"])])
    ]
