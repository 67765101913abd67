"""National figures: how many units are at each level and each unknown of a criterion."""

import pandas as pd

from analysis.study import Matrix, Study
from analysis.study import vocabulary as v


def states_of(study: Study, criterion: str) -> list[str]:
    """Return the states that a criterion can have: levels from best to worst, then unknowns."""
    scale = study.lookup("criteria", "scale_id")[criterion]
    levels = study["levels"][study["levels"]["scale_id"] == scale]
    order = pd.to_numeric(levels["value"]).sort_values(ascending=False, kind="stable").index
    return [*levels.loc[order, "level"], *v.UNKNOWNS]


def asked_criteria(study: Study) -> pd.DataFrame:
    """Return the criteria that ask something: scored ones first, then context.

    A criterion behind a recommendation whose text was not read asks nothing yet; to show every
    unit's blank under its name would read like a finding.
    """
    criteria = study["criteria"]
    groups = study["recommendations"]
    unread = criteria["recommendation_id"].isin(
        groups.loc[groups["text_read"] == "not_read", "recommendation_id"]
    )
    asked = criteria[~unread]
    return asked.sort_values("scored", key=lambda scored: scored != "yes", kind="stable")


def national(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Count the units at every state of every criterion.

    Returns:
        ``criterion_id``, ``state``, ``units``: for each criterion every state that it can
        have, so that the counts of a criterion sum to the number of units. A 0 is a true zero.
    """
    counts = matrix.cells.groupby(["criterion_id", "state"]).size()
    rows = [
        (criterion, state, int(counts.get((criterion, state), 0)))
        for criterion in study["criteria"]["criterion_id"]
        for state in states_of(study, criterion)
    ]
    return pd.DataFrame(rows, columns=["criterion_id", "state", "units"])
