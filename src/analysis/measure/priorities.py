"""Information priorities: the weight of every open cell, what its answer would decide, the step.

Cells that rest on a document that has changed or gone since it was read come first. An answer
narrows its unit's interval by the cell's weight, whatever it is. So the cells are then ranked by
weight, by the expected number of pairs that the answer decides, by ease, and by the study's order.

The expected number of pairs rests on one stated assumption (:data:`ASSUMPTION`). It is no
forecast: a unit that published nothing is not as likely to be at one level as at another.
"""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.frames import each_row
from analysis.measure.exact import level_values
from analysis.measure.minimum_difference import if_known, signs
from analysis.measure.scores import CellValues, cell_values
from analysis.measure.weight_tree import UnitCells, WeightTree, unit_cells, weight_tree
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.asof import outcomes
from analysis.study.dates import last_days
from analysis.study.evidence import changes_since_reading
from analysis.study.requests import Asking, sent_requests

ASSUMPTION = (
    "each level that an open question can still have is taken to be equally likely, and all else "
    "stays as it is"
)
"""The assumption of the expected number of pairs."""

READ_WHOLE, ASK, SEARCH, ALREADY_ASKED = "read_whole", "ask", "search", "already_asked"
STEPS = (READ_WHOLE, ASK, SEARCH, ALREADY_ASKED)
"""The steps by ease: read the whole of a document seen only in part; ask the unit; search where
nobody looked; no easy step, since it was asked already."""

SEEN_IN_PART = ("opening",)
"""Extents of reading that leave more of the document to be read."""

COLUMNS = [
    "unit_id", "criterion_id", "state", "weight", "expected_pairs", "step", "source_ids",
    "ask_of", "rank",
]  # fmt: skip


def next_questions(study: Study, matrix: Matrix, cells: CellValues | None = None) -> pd.DataFrame:
    """Return every open cell that bears weight, the first to ask about first.

    Args:
        study: the study.
        matrix: the states at a date.
        cells: the bounds of each cell, where they are tighter than the scale's; default: the
            scale's.

    Returns:
        ``unit_id``, ``criterion_id``, ``state``; ``weight``, the cell's share of its unit's
        total at the study's own weights, above 0 to 1; ``expected_pairs``, by how many the
        sure statements that involve the unit would grow, on average over the cell's levels
        (see :data:`ASSUMPTION`); ``step`` (of :data:`STEPS`), ``source_ids`` (the documents
        to read, joined by ";"), ``ask_of`` (who holds the answer, where it is not the unit
        itself) and ``rank``, from 1 over all units. A unit's own list is its
        rows, in the same order.
    """
    tree = weight_tree(study)
    by_evidence = cell_values(study, matrix)
    rows = unit_cells(study, cells or by_evidence)
    known = by_evidence.known[:, tree.columns]
    expected = _expected_pairs(study, tree, rows)
    shares: dict[tuple[int, bytes], dict[int, Fraction]] = {}
    asking = Asking(study)
    documents, sent = _documents_seen_in_part(study, matrix), sent_requests(study)
    waiting = asking.by_cell(sent[outcomes(sent) == ""]).keys()
    unit_ids, criteria = list(study["units"]["unit_id"]), list(study["criteria"]["criterion_id"])
    state = matrix.grid().to_numpy(dtype=object)
    again = cells_to_read_again(study, matrix)
    stale = set(zip(again["unit_id"], again["criterion_id"], strict=True))
    entries = []
    for unit, place in zip(*np.nonzero(rows.counts & ~known), strict=True):
        counts = rows.counts[unit]
        number = int(rows.sets[unit])
        key = (number, counts.tobytes())
        if key not in shares:
            shares[key] = tree.shares(counts, number)
        column = tree.columns[place]
        cell = (unit_ids[unit], criteria[column])
        sources = documents.get(cell, [])
        step = READ_WHOLE if sources else _step(state[unit, column], cell in waiting)
        # Equal fractions give equal floats, so ties stay ties.
        weight, pairs = float(shares[key][column]), float(expected[unit, place])
        order = (cell not in stale, -weight, -pairs, STEPS.index(step), int(unit), column)
        values = (weight, pairs, step, ";".join(sources), asking.body(*cell))
        entries.append((order, (*cell, state[unit, column], *values)))
    entries.sort(key=lambda entry: entry[0])
    ranked = [(*row, rank) for rank, (_, row) in enumerate(entries, start=1)]
    return pd.DataFrame(ranked, columns=COLUMNS)


def cells_to_read_again(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Return the cells, open or known, that rest on a document that has changed or gone since."""
    texts = changes_since_reading(study, matrix.cells["evidence_ids"])
    return matrix.cells[[text != "" for text in texts]]


def national_questions(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Sum the open cells of :func:`next_questions` by criterion, the heaviest first.

    Returns:
        ``criterion_id``, ``cells`` (open), ``weight`` and ``expected_pairs`` (sums), and one
        column of cells for each of :data:`STEPS`.
    """
    order = [key for key in study["criteria"]["criterion_id"] if key in set(table["criterion_id"])]
    cells = table.groupby("criterion_id")
    sums = cells[["weight", "expected_pairs"]].sum().reindex(order)
    sums.insert(0, "cells", cells.size().reindex(order))
    steps = pd.crosstab(table["criterion_id"], table["step"]).reindex(columns=list(STEPS))
    sums = sums.join(steps.reindex(order).fillna(0).astype(int))
    # Sums of floats: what differs by less than a billionth is a tie.
    rounded = sums[["weight", "expected_pairs"]].round(9)
    rounded = rounded.sort_values(["weight", "expected_pairs"], ascending=False, kind="stable")
    return sums.loc[rounded.index].rename_axis("criterion_id").reset_index()


class Decider(NamedTuple):
    """An open cell of one of two units of which a single answer could decide the pair."""

    unit_id: str
    criterion_id: str
    weight: float


def deciders(
    study: Study, matrix: Matrix, first: str, second: str, cells: CellValues | None = None
) -> list[Decider]:
    """Return the open cells that could, alone, make one of two units surely above the other.

    A cell is returned if at least one of the levels that it can have would do so, all else equal.
    The heaviest in its unit's total comes first, then in the study's order.

    Args:
        study: the study.
        matrix: the states at a date.
        first: a unit with something in the sum.
        second: another.
        cells: as for :func:`next_questions`.
    """
    tree = weight_tree(study)
    rows = unit_cells(study, cells or cell_values(study, matrix))
    order = list(study["units"]["unit_id"])
    criteria = list(study["criteria"]["criterion_id"])
    places = [order.index(first), order.index(second)]
    deciding = set()
    for unit, other in (places, places[::-1]):
        weights = tree.shares(rows.counts[unit], int(rows.sets[unit]))
        for outcome in if_known(tree, rows[[unit]], rows[[other]], _levels(study, tree)):
            if outcome.above.any() or outcome.below.any():
                column = tree.columns[outcome.column]
                deciding.add((-weights[column], unit, column))
    return [
        Decider(order[unit], criteria[column], float(-weight))
        for weight, unit, column in sorted(deciding)
    ]


def _levels(study: Study, tree: WeightTree) -> list[list[float]]:
    """Return the values of the scale of each criterion that bears weight, one for each level."""
    values = level_values(study)
    return [[*map(float, values[column].values())] for column in tree.columns]


def _expected_pairs(study: Study, tree: WeightTree, rows: UnitCells) -> np.ndarray:
    """Return, for each open cell, the mean growth of the sure statements on its unit.

    The mean is over the cell's levels, each as likely as another; exact, as fractions; shape
    (units, criteria with weight).
    """
    grown = np.full(rows.counts.shape, Fraction(0), dtype=object)
    scored = np.flatnonzero(rows.counts.any(axis=1))
    inside = rows[scored]
    if not len(inside):
        return grown
    first, kind = inside.kinds()
    distinct = inside[first]
    # A unit's own kind may be among the others: it can never be surely above or below it,
    # since what is settled of the one is still possible of the other.
    others = np.bincount(kind)
    above = signs(tree, distinct, distinct) > 0
    now = (above | above.T) @ others
    growth = np.zeros(distinct.counts.shape, dtype=int)
    times = np.zeros(distinct.counts.shape, dtype=int)
    for outcome in if_known(tree, distinct, distinct, _levels(study, tree)):
        decided = (outcome.above | outcome.below) @ others
        growth[outcome.rows, outcome.column] += decided - now[outcome.rows]
        times[outcome.rows, outcome.column] += 1
    for place, column in zip(*np.nonzero(times), strict=True):
        mean = Fraction(int(growth[place, column]), int(times[place, column]))
        grown[scored[kind == place], column] = mean
    return grown


def _step(state: object, is_waiting: bool) -> str:
    """Return the step for a cell with no document left to read."""
    if state == v.WITHHELD or is_waiting:
        return ALREADY_ASKED
    return SEARCH if state == v.NOT_ASSESSED else ASK


def _documents_seen_in_part(study: Study, matrix: Matrix) -> dict[tuple[str, str], list[str]]:
    """Return the documents with more to be read, by unit and criterion.

    Only evidence on the unit that a coding or an assessment of that criterion cites: reading on in
    another document would not lead to this answer. Only documents with an address. After the
    report's day, no document from before it, since its level would be outdated.
    """
    evidence = study["evidence"]
    last = last_days(
        evidence["published"].where(evidence["published"] != "", evidence["not_after"])
    )
    report = study.settings.report.date.toordinal()
    late = np.isnan(last) | (last >= report) | (matrix.as_of.toordinal() <= report)
    address = evidence["source_id"].map(study.lookup("sources", "url")).fillna("")
    more = (evidence["scope"] == "unit") & evidence["extent_read"].isin(SEEN_IN_PART) & late
    more &= address.str.startswith(("http://", "https://"))
    source = dict(
        zip(evidence.loc[more, "evidence_id"], evidence.loc[more, "source_id"], strict=True)
    )
    unit_of = study.lookup("evidence", "unit_id")
    documents: dict[tuple[str, str], set[str]] = {}
    for table in ("codings", "assessments"):
        for row in each_row(study[table]):
            for part in row.evidence_ids.split(";"):
                if part in source and unit_of[part] == row.unit_id:
                    documents.setdefault((row.unit_id, row.criterion_id), set()).add(source[part])
    return {key: sorted(sources) for key, sources in documents.items()}
