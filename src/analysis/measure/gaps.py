"""Gap tables: for each unit and recommendation what is met, what is missing, what is unknown."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import each_row
from analysis.measure.exact import level_values
from analysis.measure.scores import cell_values
from analysis.measure.tree import columns_below, weighting
from analysis.study import Matrix, Study

MEETS = "meets"
FALLS_SHORT = "falls_short"
CANNOT_BE_TOLD = "cannot_be_told"
DOES_NOT_APPLY = "does_not_apply"
GAP_STATES = (MEETS, FALLS_SHORT, CANNOT_BE_TOLD, DOES_NOT_APPLY)

IN_PART = "in_part"
NOT_MET = "not_met"
FINDINGS = (MEETS, IN_PART, NOT_MET, FALLS_SHORT, CANNOT_BE_TOLD, DOES_NOT_APPLY)
"""The findings for a unit on a recommendation; three of them are ways to fall short."""


def gaps(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Return the gap table of every unit on every recommendation that is scored.

    A unit *falls short* if at least one known cell is below its scale's highest level. It *meets*
    the recommendation if every cell is known and at the highest level. Otherwise it *cannot be
    told*: an unknown never counts for or against a unit.

    A unit that falls short meets the recommendation *in part* if a known cell is above its scale's
    lowest level, and does *not* meet it if all its cells are known and at the lowest. If some are
    known and at the lowest and the others unknown, the finding stays at *falls short*.

    Returns:
        ``unit_id``, ``recommendation_id``, ``state`` (of :data:`GAP_STATES`), ``finding`` (of
        :data:`FINDINGS`), ``missing`` and ``unknown`` (criteria with their state, joined by "; "),
        ``evidence_ids`` (joined by ";") and ``notices`` (the notices that must stand with the row,
        joined by a space).
    """
    criteria = study["criteria"]
    cells = cell_values(study, matrix)
    state = matrix.grid().to_numpy(dtype=object)
    evidence = matrix.grid("evidence_ids").to_numpy(dtype=object)
    values = [[*map(float, levels.values())] for levels in level_values(study)]
    least, most = np.array([min(own) for own in values]), np.array([max(own) for own in values])
    short = cells.known & cells.counts & (cells.low < most - 1e-9)
    above = cells.known & cells.counts & (cells.low > least + 1e-9)
    unknown = ~cells.known & cells.counts
    stated = np.array(criteria["criterion_id"], dtype=object) + ": " + state
    unit_ids, criterion_ids = study["units"]["unit_id"].tolist(), criteria["criterion_id"].tolist()
    units_with_notices = set(study["notices"]["unit_id"])
    on_unit = {unit: notices(study, units=[unit]) for unit in units_with_notices if unit}
    rows = []
    weights = weighting(study)
    below = [
        {group.name: columns_below(group, number) for group in weights.tree.groups}
        for number in weights.sets
    ]
    on_group = {
        name: notices(study, criteria=[criterion_ids[column] for column in sorted(columns)])
        for name in study["recommendations"]["recommendation_id"]
        if (columns := {column for groups in below for column in groups.get(name, ())})
    }
    for unit, unit_id in enumerate(unit_ids):
        for group, on_criteria in on_group.items():
            columns = below[weights.of_unit[unit]].get(group, ())
            inside = [column for column in columns if cells.counts[unit, column]]
            gap = _state(short[unit, inside], unknown[unit, inside])
            rows.append(
                (
                    unit_id,
                    group,
                    gap,
                    _finding(gap, above[unit, inside], unknown[unit, inside]),
                    "; ".join(stated[unit, column] for column in inside if short[unit, column]),
                    "; ".join(stated[unit, column] for column in inside if unknown[unit, column]),
                    ";".join(_merged(evidence[unit, column] for column in inside)),
                    " ".join([*on_criteria, *on_unit.get(unit_id, ())]),
                )
            )
    columns = ["unit_id", "recommendation_id", "state", "finding", "missing", "unknown"]
    return pd.DataFrame(rows, columns=[*columns, "evidence_ids", "notices"])


def national_gaps(study: Study, gap_table: pd.DataFrame) -> pd.DataFrame:
    """Count, for each recommendation of the study, the units in each state of the gap table.

    Returns:
        One row for each recommendation, in the study's order: ``recommendation_id``, ``scored``,
        one column for each of :data:`GAP_STATES`, and ``published_totals`` (ids of the published
        totals on its criteria, joined by ";"). If no criterion of a recommendation is scored, the
        counts are missing (``<NA>``), never zero.
    """
    counts = pd.crosstab(gap_table["recommendation_id"], gap_table["state"])
    counts = counts.reindex(columns=list(GAP_STATES), fill_value=0)
    names = study["recommendations"]["recommendation_id"]
    table = counts.reindex(names).astype("Int64")
    table.insert(0, "scored", table.notna().all(axis=1).map({True: "yes", False: "no"}))
    behind = study["published_totals"]["criterion_id"].map(
        study.lookup("criteria", "recommendation_id")
    )
    totals = study["published_totals"]["total_id"].groupby(behind).agg(";".join)
    table["published_totals"] = totals.reindex(table.index).fillna("")
    return table.rename_axis("recommendation_id").reset_index()


def notices(study: Study, criteria: Sequence[str] = (), units: Sequence[str] = ()) -> list[str]:
    """Return the notices that must stand with results on these criteria and units.

    Notices on the whole study are left out, since they accompany every result.
    """
    table = study["notices"]
    chosen = table[table["criterion_id"].isin(criteria) | table["unit_id"].isin(units)]
    if chosen.empty:
        return []
    labels, names = study.lookup("criteria", "label"), study.lookup("units", "short_name")
    # A notice may say "this criterion": apart from its cell it needs the name before it.
    return [
        f"{isolated_name(labels.get(row.criterion_id) or names[row.unit_id])}: {row.text}"
        for row in each_row(chosen)
    ]


def _state(short: np.ndarray, unknown: np.ndarray) -> str:
    if not len(short):
        return DOES_NOT_APPLY
    if short.any():
        return FALLS_SHORT
    return CANNOT_BE_TOLD if unknown.any() else MEETS


def _finding(gap: str, above: np.ndarray, unknown: np.ndarray) -> str:
    if gap != FALLS_SHORT:
        return gap
    if above.any():
        return IN_PART
    return FALLS_SHORT if unknown.any() else NOT_MET


def _merged(cited) -> list[str]:
    return list(dict.fromkeys(part for ids in cited for part in ids.split(";") if part))
