"""What became of the units' replies, and what an accepted one changed.

Before a reply: the assessments without those that name it in ``settled_by``, and with those that
it replaced. After it: the assessments as they stand.
"""

import dataclasses
import datetime as dt

import pandas as pd

from analysis.frames import each_row
from analysis.measure.scores import scores
from analysis.measure.tree import TOTAL
from analysis.study import Study, states

TAKEN = ("accepted", "partly")
"""Decisions after which an assessment may follow."""
_MEASURES = ("low", "high", "known")


def before_reply(study: Study, reply_id: str) -> Study:
    """Return the study as it would stand had the reply not been followed."""
    rows, past = study["assessments"], study["assessments_history"]
    kept = rows[rows["settled_by"] != reply_id]
    restored = past.loc[past["replaced_by"] == reply_id, list(rows.columns)]
    tables = {**study.tables, "assessments": pd.concat([kept, restored], ignore_index=True)}
    return dataclasses.replace(study, tables=tables)


def reply_effects(study: Study, as_of: dt.date, known_by: dt.date) -> pd.DataFrame:
    """Return the cells, and the unit's score, before and after each reply that was followed.

    Returns:
        One row for each accepted reply and cell whose state it changed, at least one a reply:
        ``reply_id``, ``unit_id``, ``criterion_id`` (empty: no state changed), ``before``,
        ``after``, and the unit's ``low``, ``high`` (0 to 100) and ``known`` (0 to 1), each with
        ``_before`` and ``_after``; missing where nothing is in the sum.
    """
    taken = study["replies"][study["replies"]["decision"].isin(TAKEN)]
    measures = [f"{name}_{when}" for name in _MEASURES for when in ("before", "after")]
    columns = ["reply_id", "unit_id", "criterion_id", "before", "after", *measures]
    if taken.empty:
        return pd.DataFrame(columns=columns)
    rows = []
    after = states(study, as_of, known_by)
    score_after = _totals(study, after)
    for reply in each_row(taken):
        earlier = before_reply(study, reply.reply_id)
        before = states(earlier, as_of, known_by)
        scored = _scores_of(reply.unit_id, _totals(earlier, before), score_after)
        own = (after.cells["unit_id"] == reply.unit_id).to_numpy()
        old, new = before.cells[own], after.cells[own]
        changed = (old["state"] != new["state"]).to_numpy()
        cells = list(
            zip(
                new.loc[changed, "criterion_id"],
                old.loc[changed, "state"],
                new.loc[changed, "state"],
                strict=True,
            )
        )
        rows += [(reply.reply_id, reply.unit_id, *cell, *scored) for cell in cells or [("",) * 3]]
    return pd.DataFrame(rows, columns=columns)


def _totals(study: Study, matrix) -> pd.DataFrame:
    table = scores(study, matrix)
    return table[table["group_id"] == TOTAL].set_index("unit_id")


def _scores_of(unit: str, before: pd.DataFrame, after: pd.DataFrame) -> list[float]:
    tables = (before, after)
    return [table[name].to_dict().get(unit, float("nan")) for name in _MEASURES for table in tables]
