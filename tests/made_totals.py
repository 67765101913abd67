"""Made studies with published totals and scores, and a plain second opinion on what they imply.

The second opinion tries every completion of the open cells, one after the other.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd
from made import matrix_of, one_cell, replaced

from analysis.study import Matrix, Study
from analysis.study import vocabulary as v

TODAY = "2023-01-01"
"""The day of every matrix made by hand (:func:`made.matrix_of`)."""


def total(count: int, level: str = "met", criterion: str = "c", **cells: str) -> dict:
    """Return a row of published_totals.csv that may settle cells and speaks of :data:`TODAY`."""
    row = {"criterion_id": criterion, "level": level, "count": str(count)}
    return {**row, "as_of": TODAY, "settles_cells": "yes", **cells}


def score(value: str, step: str, unit: str = "u1", group: str = "total", **cells: str) -> dict:
    """Return a row of published_scores.csv that may settle cells and speaks of :data:`TODAY`."""
    row = {"unit_id": unit, "group_id": group, "score": value, "step": step}
    return {**row, "as_of": TODAY, "settles_cells": "yes", **cells}


def made(
    units: int | Sequence[str] = 4,
    criteria: Sequence[tuple[str, str, str]] = (("c", "g", "1"),),
    groups: Sequence[tuple[str, str, str]] = (("g", "", "1"),),
    totals: Sequence[dict] = (),
    scores: Sequence[dict] = (),
    levels: Mapping[str, str] | None = None,
) -> Study:
    """Return a study of invented units in memory, with nothing assessed.

    Args:
        units: how many, or the region of each; they are called u1, u2 and so on.
        criteria: id, group and weight of each.
        groups: id, parent and weight of each.
        totals: rows (:func:`total`); called P1, P2 and so on; out of all units where not said.
        scores: rows (:func:`score`); called G1, G2 and so on.
        levels: the one scale; default: met 1, partly 0.5, not_met 0.
    """
    study = one_cell()
    regions = ["-"] * units if isinstance(units, int) else list(units)

    def table(name: str, rows: list[dict]) -> pd.DataFrame:
        like = study[name].iloc[0].to_dict() if len(study[name]) else {}
        columns = study[name].columns
        assert all(set(row) <= set(columns) for row in rows)
        full = [{**dict.fromkeys(columns, ""), **like, **row} for row in rows]
        return pd.DataFrame(full, columns=columns, dtype=object)

    given = {
        "units": [
            {
                "unit_id": f"u{number}",
                "name": f"Made-up {number}",
                "short_name": f"Made-up {number}",
                "region": region,
                "tile_column": str(number),
            }
            for number, region in enumerate(regions, start=1)
        ],
        "recommendations": [
            {"recommendation_id": name, "label": name, "parent_id": parent, "weight": weight}
            for name, parent, weight in groups
        ],
        "criteria": [
            {"criterion_id": name, "label": name, "recommendation_id": group, "weight": weight}
            for name, group, weight in criteria
        ],
        "published_totals": [
            {
                "total_id": f"P{number}",
                "of": str(len(regions)),
                "confidence": "high",
                "source_id": "S1",
                **row,
            }
            for number, row in enumerate(totals, start=1)
        ],
        "published_scores": [
            {"score_id": f"G{number}", "source_id": "S1", **row}
            for number, row in enumerate(scores, start=1)
        ],
        "evidence": [{"unit_id": "u1"}],
        "codings": [{"unit_id": "u1"}],
        "searches": [
            {"unit_id": f"u{number}", "criterion_ids": ";".join(name for name, _, _ in criteria)}
            for number in range(1, len(regions) + 1)
        ],
        "levels": [
            {"level": name, "value": value, "meaning": name}
            for name, value in (levels or {"met": "1", "partly": "0.5", "not_met": "0"}).items()
        ],
    }
    given["rules"] = [
        {"criterion_id": name, "level": one["level"]}
        for name, _, _ in criteria
        for one in given["levels"]
    ]
    return replaced(study, **{name: table(name, rows) for name, rows in given.items()})


# --- every completion, one after the other ----------------------------------------------------

_TABLES = ["units", "recommendations", "criteria", "levels", "published_totals", "published_scores"]


def plain(study: Study) -> dict[str, list[dict]]:
    """Return the tables that the second opinion reads, as plain rows."""
    return {name: study[name].to_dict("records") for name in _TABLES}


def completions(
    tables: dict[str, list[dict]], matrix: Matrix, rows: set[str] | None = None
) -> Iterator[dict[tuple[str, str], str]]:
    """Yield every way to fill the open cells that keeps to the published rows of the day.

    Args:
        tables: of the study (:func:`plain`).
        matrix: the states.
        rows: ids of the rows that bind; default: all.
    """
    states = {
        (row.unit_id, row.criterion_id): row.state for row in matrix.cells.itertuples(index=False)
    }
    open_ = [key for key, state in states.items() if state in v.OPEN]
    scale = [one["level"] for one in tables["levels"]]
    day = matrix.as_of.isoformat()
    totals, scores = (
        [one for one in tables[name] if one["as_of"] == day and (rows is None or one[key] in rows)]
        for name, key in (("published_totals", "total_id"), ("published_scores", "score_id"))
    )
    for filled in itertools.product(scale, repeat=len(open_)):
        way = {**states, **dict(zip(open_, filled, strict=True))}
        if all(_keeps_total(tables, one, way) for one in totals) and all(
            _keeps_score(tables, one, way) for one in scores
        ):
            yield {key: way[key] for key in open_}


def _keeps_total(tables: dict, row: dict, way: dict) -> bool:
    among = []
    for unit in tables["units"]:
        text = row["among"]
        if text == "" or text == f"region={unit['region']}" or unit["unit_id"] in text.split(";"):
            among.append(unit["unit_id"])
    at = 0
    for unit in among:
        if way[unit, row["criterion_id"]] in row["level"].split(";"):
            at += 1
    # Whom the publisher left out may be at the level, or not: some choice of them must fit.
    left_out, count = len(among) - int(row["of"]), int(row["count"])
    for hidden in range(left_out + 1):
        counted = at - hidden
        if row["relation"] in ("", "exactly") and counted == count:
            return True
        if row["relation"] == "at_least" and counted >= count:
            return True
        if row["relation"] == "at_most" and counted <= count:
            return True
    return False


def _keeps_score(tables: dict, row: dict, way: dict) -> bool:
    mean = naive_score(tables, row["unit_id"], row["group_id"], way, row["weights"])
    return mean is not None and (
        abs(100 * mean - Fraction(row["score"])) <= Fraction(row["step"]) / 2
    )


def naive_score(
    tables: dict, unit: str, group: str, way: dict, weights: str = ""
) -> Fraction | None:
    """Return the weighted mean of a unit's levels below a group, 0 to 1, with a publisher's weights."""
    value = {one["level"]: Fraction(one["value"]) for one in tables["levels"]}
    own = dict(part.split("=") for part in weights.split(";") if part)
    parts = []
    for one in tables["criteria"]:
        state = way[unit, one["criterion_id"]]
        if one["recommendation_id"] == group and state not in v.OUT_OF_SUM:
            weight = Fraction(own.get(one["criterion_id"], one["weight"]))
            parts.append((weight, value[state]))
    for one in tables["recommendations"]:
        if one["parent_id"] == ("" if group == "total" else group):
            inside = naive_score(tables, unit, one["recommendation_id"], way, weights)
            if inside is not None:
                parts.append((Fraction(own.get(one["recommendation_id"], one["weight"])), inside))
    whole = sum(weight for weight, _ in parts)
    return sum(weight * inside for weight, inside in parts) / whole if whole else None


# --- 409 units on 90 questions, of which the publisher gave section scores ------------------------

SECTIONS, QUESTIONS = 9, 10
HIDDEN = (2, 3, 5)
LEVELS = ("not_met", "partly", "met")


def made_sections(units: int = 409, seed: int = 11) -> tuple[Study, Matrix, dict]:
    """Return a made study whose publisher gave every section's score, and hid some answers.

    Returns:
        The study; its matrix, with 2, 3 or 5 cells of each section not assessed; and for each
        unit and section its weights, true levels (0, 1 or 2 halves), hidden places, published
        score in tenths and rounding step in tenths.
    """
    random = np.random.default_rng(seed)
    weights = random.integers(1, 6, (SECTIONS, QUESTIONS))
    truth = random.integers(0, 3, (units, SECTIONS, QUESTIONS))
    sections = [f"section-{number + 1}" for number in range(SECTIONS)]
    criteria = [
        (f"question-{section + 1}-{place + 1}", sections[section], str(weights[section, place]))
        for section in range(SECTIONS)
        for place in range(QUESTIONS)
    ]
    states, scores, facts = {}, [], {}
    for unit, section in itertools.product(range(units), range(SECTIONS)):
        hidden = random.permutation(QUESTIONS)[: random.choice(HIDDEN)]
        for place in range(QUESTIONS):
            level = LEVELS[truth[unit, section, place]]
            key = (f"u{unit + 1}", f"question-{section + 1}-{place + 1}")
            states[key] = v.NOT_ASSESSED if place in hidden else level
        halves, whole = int(weights[section] @ truth[unit, section]), int(weights[section].sum())
        step = 10 if unit % 2 else 1  # tenths: some publish whole numbers, some one decimal
        tenths = (1000 * halves + whole * step) // (2 * whole * step) * step  # half up
        text = f"{tenths // 10}.{tenths % 10}"
        scores.append(score(text, str(step / 10), f"u{unit + 1}", sections[section]))
        facts[unit, section] = (weights[section], truth[unit, section], hidden, tenths, step)
    study = made(units, criteria, [(name, "", "1") for name in sections], scores=scores)
    return study, matrix_of(study, states, v.NOT_ASSESSED), facts


def section_completions(fact: tuple) -> np.ndarray:
    """Return every completion of a section's hidden answers, shape (ways, hidden), in halves.

    The score of S halves over a weight of W is 1000 S / 2W tenths, and may be half a step away
    from what was published.
    """
    weights, truth, hidden, tenths, step = fact
    ways = np.array(list(itertools.product(range(3), repeat=len(hidden))))
    seen = np.delete(np.arange(QUESTIONS), hidden)
    halves = int(weights[seen] @ truth[seen]) + ways @ weights[hidden]
    whole = int(weights.sum())
    return ways[np.abs(1000 * halves - 2 * whole * tenths) <= whole * step]
