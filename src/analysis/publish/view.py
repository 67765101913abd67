"""Results as records: the plain lists and dictionaries that pages and documents are made from."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pandas as pd

from analysis.fieldwork.cell_records import CellRecord, cell_records, listed_ids
from analysis.frames import each_row, records, records_by_key
from analysis.measure.change import came_into_force
from analysis.measure.gaps import GAP_STATES, notices
from analysis.measure.national import asked_criteria
from analysis.measure.next_questions import national_questions
from analysis.measure.readings import known_units
from analysis.measure.results import COVERAGE, Results
from analysis.measure.scores import shown
from analysis.measure.tree import POOLED, TOTAL
from analysis.show.marks import MOST_LEVELS, level_marks
from analysis.show.words import (
    DECIDED,
    STEP,
    among_words,
    count_words,
    gap_parts,
    interval_words,
    level_word,
    levels_words,
    listed,
    word,
)
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.asking import sent_requests
from analysis.study.dates import exist_on
from analysis.study.levels import level_names
from analysis.study.published import rounding_words
from analysis.study.rounding import rounded
from analysis.study.searches import searches_by_unit
from analysis.study.sources import with_sources
from analysis.wording import DOZEN, agreeing, beyond, counted, exact, spoken

MOST_ROWS = 3_000
"""Rows that a table of a page holds at most: what has more is said to be in the tables behind."""
MOST_COLUMNS = 20
"""States side by side in a table: more of them stand one below another."""


def events(study: Study) -> list[dict]:
    """Return the events, each with its source, by date; last those of which it is not known."""
    return sorted(with_sources(study, "events"), key=lambda one: one["date"] or "unknown")


def states_key(study: Study) -> list[dict]:
    """Return every level and every unknown with its meaning.

    ``among`` follows a level that has its name in common with another: the scale it is of.
    """
    names, marks = level_names(study), level_marks(study)
    # What looks and means the same on several scales is told once.
    levels: dict[tuple, dict] = {}
    for row in each_row(study["levels"]):
        name = names[row.scale_id, row.level]
        one = {"state": row.level, "meaning": row.meaning, "scale": row.scale_id}
        one["among"] = name.removeprefix(row.level)
        levels.setdefault((name, row.meaning, marks[row.scale_id, row.level]), one)
    told = Counter((one["state"], one["among"]) for one in levels.values())
    for one in levels.values():
        # Of one name and worth alike, but not of one meaning.
        if told[one["state"], one["among"]] > 1 and not one["among"]:
            one["among"] = f" ({one['scale']})"
    unknowns = [
        {"state": code, "meaning": v.MEANING[code], "scale": "", "among": ""} for code in v.UNKNOWNS
    ]
    return [*levels.values(), *unknowns]


def recommendations(results: Results) -> list[dict]:
    """Return every recommendation with its criteria, counts, published totals and the units named."""
    study = results.study
    counts = records_by_key(results.national_gaps.set_index("recommendation_id"))
    totals = results.totals.assign(
        label=results.totals["criterion_id"].map(study.lookup("criteria", "label"))
    )
    # A total speaks of its own day: before it, nobody had counted.
    totals = totals[totals["as_of"] <= results.matrix.as_of.isoformat()]
    named_units = study.lookup("units", "short_name")
    totals = totals.assign(
        said=[count_words(one) for one in records(totals)],
        levels=totals["level"].map(levels_words),
        counted=[among_words(one, named_units) for one in totals["among"]],
    )
    names = study.lookup("units", "short_name")
    by_state = results.gaps.groupby(["recommendation_id", "state"])["unit_id"].agg(list).to_dict()
    sources = {row["source_id"]: row for row in records(study["sources"])}
    rows = []
    for row in records(study["recommendations"]):
        name = row["recommendation_id"]
        criteria = study["criteria"][study["criteria"]["recommendation_id"] == name]
        rows.append(
            {
                **row,
                "criteria": records(criteria),
                "scored": counts[name]["scored"] == "yes",
                "counts": {state: counts[name][state] for state in GAP_STATES},
                "totals": records(totals[totals["criterion_id"].isin(criteria["criterion_id"])]),
                "named": {
                    state: [
                        {"unit_id": unit, "short_name": names[unit]}
                        for unit in by_state.get((name, state), [])
                    ]
                    for state in GAP_STATES
                },
                "source": sources.get(row["source_id"], {}),
                "notices": notices(study, criteria=list(criteria["criterion_id"])),
            }
        )
    return rows


def published_scores(study: Study) -> list[dict]:
    """Return every published score, with its source and with how it was rounded, in words."""
    said = [rounding_words(one) for one in each_row(study["published_scores"])]
    return [
        {**row, "as_published": text.removeprefix(", ") or "not rounded"}
        for row, text in zip(with_sources(study, "published_scores"), said, strict=True)
    ]


def implied_totals(results: Results) -> list[dict]:
    """Return what the published totals of each day imply, criterion by criterion."""
    study = results.study
    table = results.national_bounds
    labels = study.lookup("criteria", "label")
    said = []
    for (day, criterion), rows in table.groupby(["as_of", "criterion_id"], sort=False):
        stem = f"bounds.{day}.{criterion}"
        levels = [one for one in rows["level"] if one]
        said.append(
            {
                "day": spoken(dt.date.fromisoformat(day)),
                "label": labels[criterion],
                "totals": [
                    one["total_id"]
                    for one in records(results.totals)
                    if (one["as_of"], one["criterion_id"]) == (day, criterion)
                ],
                "figures": [
                    ("Mean, on 0 to 100", f"{stem}.mean"),
                    *((level_word(one), f"{stem}.units.{one}") for one in levels),
                ],
                "notices": notices(study, criteria=[criterion]),
            }
        )
    return said


def _step(step: str, body: str) -> str:
    """Return what to do first; what another body holds is asked of it."""
    return f"ask {body} for it" if body and step == "ask" else STEP[step]


def questions(results: Results) -> dict:
    """Return what to ask next: by criterion over all units, and the questions of each unit."""
    study, display = results.study, results.study.settings.display
    labels = study.lookup("criteria", "label")
    sources = {one["source_id"]: one for one in records(study["sources"])}
    table = results.next_questions
    held: dict[str, list[dict]] = {}
    for row in records(table):
        row |= {
            "label": labels[row["criterion_id"]],
            "share": shown(100 * row["weight"], display, positive=True),
            "said": _step(row["step"], row["ask_of"]),
            "sources": [sources[one] for one in row["source_ids"].split(";") if one],
        }
        held.setdefault(row["unit_id"], []).append(row)
    national = [
        {
            **row,
            "label": labels[row["criterion_id"]],
            "weight": rounded(row["weight"], 1, display.rounding, positive=True),
        }
        for row in records(national_questions(study, table))
    ]
    return {"national": national, "of": held, "steps": STEP}


def national_counts(results: Results) -> list[dict]:
    """Return the criteria asked, each with its count of units at every state.

    Of a scale of many levels those are left out at which there is no unit on any criterion;
    ``left_out`` says how many.
    """
    study = results.study
    held: dict[str, list[tuple[str, int]]] = {}
    for row in each_row(results.national):
        held.setdefault(row.criterion_id, []).append((row.state, row.units))
    scales = study.lookup("criteria", "scale_id")
    used = {(scales[name], state) for name, counts in held.items() for state, n in counts if n}
    kept: dict[str, list[str]] = {}
    left_out: dict[str, int] = {}
    for criterion, scale in scales.items():
        every = [state for state, _ in held[criterion]]
        few = len(every) - len(v.UNKNOWNS) <= MOST_LEVELS
        kept[scale] = [s for s in every if few or s in v.UNKNOWNS or (scale, s) in used]
        left_out[scale] = len(every) - len(kept[scale])
    return [
        {
            **criterion,
            "counts": [
                (state, int(count))
                for state, count in held[criterion["criterion_id"]]
                if state in kept[criterion["scale_id"]]
            ],
            "left_out": left_out[criterion["scale_id"]],
            "notices": notices(study, criteria=[criterion["criterion_id"]]),
        }
        for criterion in records(asked_criteria(study))
    ]


def coverage_table(results: Results) -> dict:
    """Return how much is known of each criterion: the kinds, and a row of counts for each."""
    criteria = asked_criteria(results.study)
    table = results.coverage.loc[criteria["criterion_id"]]
    return {
        "kinds": list(COVERAGE),
        "rows": list(zip(criteria["label"], table.to_numpy().tolist(), strict=True)),
    }


def score_table(results: Results) -> dict:
    """Return the table of intervals: one row a unit, one column a group and the total."""
    study, display = results.study, results.study.settings.display
    present = set(results.scores["group_id"])
    groups = [one for one in study["recommendations"]["recommendation_id"] if one in present]
    labels = study.lookup("recommendations", "label")
    held = results.scores.set_index(["unit_id", "group_id"])
    words = {
        key: interval_words(row.low, row.high, row.known, display)
        for key, row in zip(held.index, each_row(held), strict=True)
    }
    return {
        "groups": [{"id": one, "label": labels[one]} for one in groups],
        "rows": [
            {
                "unit": unit,
                "cells": [
                    words.get((unit["unit_id"], one), word("does_not_apply"))
                    for one in [*groups, TOTAL]
                ],
            }
            for unit in records(study["units"])
        ],
    }


def dates_compared(results: Results) -> list[dict]:
    """Return the dates of comparison: what was settled then, and what differs from before."""
    study = results.study
    names, labels = study.lookup("units", "short_name"), study.lookup("criteria", "label")
    steps = []
    for number, (label, matrix) in enumerate(results.over_time):
        before = results.over_time[number - 1][1] if number else matrix
        step = {
            "label": label,
            "date": spoken(matrix.as_of),
            "key": f"at.{matrix.as_of.isoformat()}",
            "changes": [],
            "lives": _lives_between(study, before, matrix),
        }
        if number:
            table = results.changes[number - 1]
            table = table[~came_into_force(table)]
            step["changes"] = [
                {
                    **row,
                    "unit": names[row["unit_id"]],
                    "label": labels[row["criterion_id"]],
                }
                for row in records(table)
            ]
        steps.append(step)
    return steps


def _lives_between(study: Study, before: Matrix, after: Matrix) -> list[str]:
    """Name the units that began or ended between two dates, and say what that does to counts."""
    units, noun = study.tables["units"], study.settings.unit_noun.both
    first, last = before.as_of.isoformat(), after.as_of.isoformat()
    began = (units["exists_from"] > first) & (units["exists_from"] <= last)
    ended = (units["exists_until"] >= first) & (units["exists_until"] < last)
    changed = records(units[began | ended])
    if not changed:
        return []
    names = study.lookup("units", "short_name")
    ids = [set(matrix.cells["unit_id"]) for matrix in (before, after)]
    counts = [len(held) for held in (ids[0], ids[1], ids[0] & ids[1])]
    said = [_life(row, first, last, names) for row in changed]
    if len(said) > DOZEN:
        said = [*said[:DOZEN], f"And {beyond(said):,} more: see the table of units."]
    return [
        *said,
        f"So the counts are of {counted(counts[0], *noun)} at the earlier date and {counts[1]} at "
        f"the later one; only {counted(counts[2], *noun)} {agreeing(counts[2], 'exists', 'exist')} "
        "at both and can differ.",
    ]


def _life(row: dict, first: str, last: str, names: dict[str, str]) -> str:
    """Say in a sentence or two when a unit began or ended, seen from two dates."""
    name, began, ended = row["short_name"], row["exists_from"], row["exists_until"]
    days = [one and spoken(dt.date.fromisoformat(one)) for one in (began, ended)]
    if ended >= last or not ended:
        return f"{name} exists only from {days[0]}."
    between = f"{name} existed only from {days[0]} to {days[1]}, and at neither date."
    said = between if began > first else f"{name} existed until {days[1]}."
    followed = [names[one] for one in row["successor_ids"].split(";") if one]
    return f"{said} It was followed by {listed(followed)}." if followed else said


def unit_sections(results: Results) -> list[dict]:
    """Return one section for each unit: its interval, cells, gaps, evidence and searches."""
    study = results.study
    display = study.settings.display
    scores = records_by_key(results.total)
    cells, gaps = unit_cells(results), by_unit(results.gaps)
    searches, notices_of = by_unit(searches_by_unit(study)), by_unit(study["notices"])
    requests, labels = by_unit(sent_requests(study)), study.lookup("criteria", "label")
    cited, replies = cited_evidence(study), replies_by_cell(results)
    sections = []
    for unit in records(study["units"]):
        name = unit["unit_id"]
        score = scores[name]
        sections.append(
            {
                **unit,
                "interval": interval_words(score["low"], score["high"], score["known"], display),
                "published": [one.said for one in results.bearings if name in one.units],
                "applies": not pd.isna(score["low"]),
                "known": score["known"] > 0,
                "cells": cells[name],
                "replies": replies.get((name, ""), []),
                # A criterion stands under each group above it: it is named once.
                "short": dict.fromkeys(
                    pair for row in gaps.get(name, []) for pair in gap_parts(row["missing"])
                ),
                "evidence": cited.get(name, []),
                "searches": searches.get(name, []),
                "requests": [
                    {**one, "label": labels.get(one["criterion_id"], "all of it")}
                    for one in requests.get(name, [])
                ],
                "notices": [one["text"] for one in notices_of.get(name, [])],
            }
        )
    return sections


def group_rules(study: Study) -> list[str]:
    """Say of each group of units which criteria do not apply to it, and which weights it has."""
    names, labels = study.lookup("units", "short_name"), study.lookup("criteria", "label")
    nodes = {**study.lookup("recommendations", "label"), **labels}
    usual = {**study.lookup("recommendations", "weight"), **study.lookup("criteria", "weight")}
    said = []
    for row in records(study["applicability"]):
        since = f" from {row['from_day']} on" if row["from_day"] else ""
        among, reason = among_words(row["among"], names), row["reason"].rstrip(".")
        said.append(f"{among}: “{labels[row['criterion_id']]}” does not apply{since}. {reason}.")
    weights = study["group_weights"]
    if study.settings.aggregation == POOLED:  # there groups weigh nothing
        weights = weights[weights["node_id"].isin(list(labels))]
    for row in records(weights):
        among, reason = among_words(row["among"], names), row["reason"].rstrip(".")
        node, other = nodes[row["node_id"]], usual[row["node_id"]]
        said.append(
            f"{among}: the weight of “{node}” is {exact(row['weight'])}, where it else is {exact(other)}. {reason}."
        )
    return said


def absent_units(study: Study) -> list[dict]:
    """Return the units that do not exist on the study's day or are not shown, and say which."""
    units, names = study.tables["units"], study.lookup("units", "short_name")
    there = set(units.loc[exist_on(units, study.day), "unit_id"]) if study.day else set()
    absent = records(units[~units["unit_id"].isin(study["units"]["unit_id"])])
    day = study.day.isoformat() if absent else ""
    return [
        {
            "unit_id": row["unit_id"],
            "said": f"{row['short_name']} is not among those shown here."
            if row["unit_id"] in there
            else _life(row, row["exists_from"], day, names),
        }
        for row in absent
    ]


def replies_by_cell(results: Results) -> dict[tuple[str, str], list[dict]]:
    """Return the replies by unit and criterion, each with what it changed, if it was followed."""
    study, display = results.study, results.study.settings.display
    effects: dict[str, list[dict]] = {}
    for row in records(results.reply_effects):
        effects.setdefault(row["reply_id"], []).append(row)
    labels = study.lookup("criteria", "label")
    held: dict[tuple[str, str], list[dict]] = {}
    for reply in records(study["replies"]):
        changes = effects.get(reply["reply_id"], [])
        scores = [
            interval_words(
                *(changes[0][f"{name}_{when}"] for name in ("low", "high", "known")), display
            )
            for when in ("before", "after")
            if changes
        ]
        cells = [
            {**one, "label": labels[one["criterion_id"]]} for one in changes if one["criterion_id"]
        ]
        said = {
            **reply,
            "decided": DECIDED[reply["decision"]],
            "cited": listed_ids(reply["evidence_ids"]),
            "cells": cells,
            "scores": scores,
            "followed": (study["assessments"]["settled_by"] == reply["reply_id"]).any(),
        }
        held.setdefault((reply["unit_id"], reply["criterion_id"]), []).append(said)
    return held


def reading_table(results: Results) -> dict:
    """Return the intervals under each coder and as settled, of units of which any is known."""
    study, table = results.study, results.readings
    names, display = study.lookup("units", "short_name"), study.settings.display
    held = {
        (row.unit_id, row.reading): interval_words(row.low, row.high, row.known, display)
        for row in each_row(table)
    }
    readings = list(dict.fromkeys(table["reading"]))
    # What applies to a unit does so under every reading: who has no interval did not read it.
    rows = [
        (unit, names[unit], [held.get((unit, one), "not read") for one in readings])
        for unit in known_units(table)
    ]
    return {"names": readings, "rows": rows}


def by_unit(table: pd.DataFrame) -> dict[str, list[dict]]:
    """Return the rows of a table by their unit."""
    held: dict[str, list[dict]] = {}
    for row in records(table):
        held.setdefault(row["unit_id"], []).append(row)
    return held


def unit_cells(results: Results) -> dict[str, list[CellRecord]]:
    """Return the cells of each unit, criteria in the order shown, with what their replies changed."""
    criteria = list(asked_criteria(results.study)["criterion_id"])
    replies = replies_by_cell(results)
    units: dict[str, dict[str, CellRecord]] = {}
    for cell in cell_records(results.study, results.matrix):
        cell = replace(cell, replies=replies.get(cell.key, []))
        units.setdefault(cell.unit_id, {})[cell.criterion_id] = cell
    return {unit: [cells[name] for name in criteria] for unit, cells in units.items()}


def cited_evidence(study: Study) -> dict[str, list[dict]]:
    """Return the evidence of each unit that a coding cites."""
    cited = study.cited_evidence()
    held: dict[str, list[dict]] = {}
    own = study["evidence"]["evidence_id"].isin(cited) & (study["evidence"]["scope"] == "unit")
    for row in with_sources(study, "evidence", own):
        held.setdefault(row["unit_id"], []).append(row)
    return held


def uncited_evidence(study: Study) -> list[dict]:
    """Return the evidence on one unit that no coding cites: listed, under no unit's name."""
    used = {row["evidence_id"] for rows in cited_evidence(study).values() for row in rows}
    free = (study["evidence"]["scope"] == "unit") & ~study["evidence"]["evidence_id"].isin(used)
    return with_sources(study, "evidence", free)
