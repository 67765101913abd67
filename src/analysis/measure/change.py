"""What differs between two dates, cell by cell, and which rows explain it."""

import pandas as pd

from analysis.study import Matrix, Study
from analysis.study import vocabulary as v


def differences(study: Study, before: Matrix, after: Matrix) -> pd.DataFrame:
    """Return every cell whose state differs between two dates, with the reason.

    Returns:
        ``unit_id``, ``criterion_id``, ``before``, ``after``, ``why`` (one sentence that names
        the date of the row behind the later state) and ``evidence_ids`` of that row.
    """
    old, new = before.cells, after.cells
    changed = (old["state"] != new["state"]).to_numpy()
    table = new.loc[changed, ["unit_id", "criterion_id"]].copy()
    table["before"], table["after"] = old.loc[changed, "state"], new.loc[changed, "state"]
    table["why"] = [reason(study, after, cell) for cell in new[changed].itertuples()]
    table["evidence_ids"] = new.loc[changed, "evidence_ids"]
    return table.reset_index(drop=True)


def reason(study: Study, matrix: Matrix, cell) -> str:
    """Say in one sentence why a cell of the matrix has its state.

    Args:
        study: the study.
        matrix: the matrix that the cell is of.
        cell: a row of ``matrix.cells``, as ``itertuples`` gives it.
    """
    if cell.state == v.NOT_IN_FORCE:
        criteria = study["criteria"].set_index("criterion_id")
        return f"It applies from {criteria.at[cell.criterion_id, 'applies_from']}."
    if cell.row < 0:
        found = cell.state == v.NOT_FOUND
        return "Searched for, and nothing was found." if found else "Nobody has looked."
    row = study["assessments"].loc[cell.row]
    dated = _dated(row)
    if cell.state == v.OUTDATED:
        said = f"{cell.last_level.replace('_', ' ')}, {dated}"
        return f"The last level known ({said}) is from before the report."
    if cell.state == v.INCONCLUSIVE and row["level"] not in v.UNKNOWNS:
        return f"A level is held, {dated}: on this date it may or may not hold yet."
    subject = (
        "What was read does not settle it" if cell.state in v.UNKNOWNS else "A source shows it"
    )
    return f"{subject}, {dated}."


def _dated(row: pd.Series) -> str:
    if row["observed_on"]:
        return f"dated {row['observed_on']}"
    after = f" from {row['not_before']}" if row["not_before"] else ""
    return f"undated,{after} to {row['not_after'] or row['read_on']}"
