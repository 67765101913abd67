"""The cells that differ between two dates, and the rows that explain why."""

import pandas as pd

from analysis.frames import each_row
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.sentences import reasons


def differences(study: Study, before: Matrix, after: Matrix) -> pd.DataFrame:
    """Return every cell whose state differs between two dates, with the reason.

    Only units that exist at both dates are compared.

    Returns:
        ``unit_id``, ``criterion_id``, ``before``, ``after``, ``why`` (one sentence that names
        the date of the row behind the later state) and ``evidence_ids`` of that row.
    """
    key = ["unit_id", "criterion_id"]
    old = before.cells.set_index(key)["state"]
    new = after.cells.reset_index(drop=True)
    earlier = old.reindex(pd.MultiIndex.from_frame(new[key])).reset_index(drop=True)
    changed = earlier.notna() & (earlier != new["state"])
    table = new.loc[changed, key].copy()
    table["before"], table["after"] = earlier[changed], new.loc[changed, "state"]
    study = study.at(after.as_of)
    starts = study.lookup("criteria", "applies_from")
    # A criterion that came into force has two reasons: the day, and what is known since.
    started = [
        f"It applies from {starts[row.criterion_id]}. " if row.before == v.NOT_IN_FORCE else ""
        for row in each_row(table)
    ]
    table["why"] = [
        first + then for first, then in zip(started, reasons(study, new[changed]), strict=True)
    ]
    table["evidence_ids"] = new.loc[changed, "evidence_ids"]
    return table.reset_index(drop=True)


def came_into_force(table: pd.DataFrame) -> pd.Series:
    """Return which differences are only a criterion that came into force, still unknown."""
    return (table["before"] == v.NOT_IN_FORCE) & table["after"].isin(v.UNKNOWNS)
