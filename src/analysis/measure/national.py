"""National figures: how many units are at each level and each unknown of a criterion."""

import pandas as pd

from analysis.study import Matrix, Study
from analysis.study import vocabulary as v


def states_by_criterion(study: Study) -> dict[str, list[str]]:
    """Return the states that each criterion can have: levels from best to worst, then unknowns."""
    levels, criteria = study["levels"], study["criteria"]
    order = pd.to_numeric(levels["value"]).sort_values(ascending=False, kind="stable").index
    ranked = levels.loc[order].groupby("scale_id")["level"].agg(list)
    by_scale = {scale: [*names, *v.UNKNOWNS] for scale, names in ranked.items()}
    return {
        name: by_scale[scale]
        for name, scale in zip(criteria["criterion_id"], criteria["scale_id"], strict=True)
    }


def criteria_in_use(study: Study) -> pd.DataFrame:
    """Return the criteria that ask something: scored ones first, then context.

    A criterion under a recommendation whose text was not read asks nothing yet; a column of blanks
    under its name would read like a finding. If only some criteria are shown, the others are left
    out.
    """
    criteria = study["criteria"]
    groups = study["recommendations"]
    unread = criteria["recommendation_id"].isin(
        groups.loc[groups["text_read"] == "not_read", "recommendation_id"]
    )
    rows = criteria[~unread]
    if study.scope.criteria:
        rows = rows[rows["criterion_id"].isin(study.scope.criteria)]
    return rows.sort_values("scored", key=lambda scored: scored != "yes", kind="stable")


def national(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Count the units at every state of every criterion.

    Returns:
        ``criterion_id``, ``state``, ``units``: for each criterion every state that it can
        have, so that the counts of a criterion sum to the number of units. A 0 is a true zero.
    """
    counts = matrix.cells.groupby(["criterion_id", "state"]).size().to_dict()
    rows = [
        (criterion, state, counts.get((criterion, state), 0))
        for criterion, states in states_by_criterion(study).items()
        for state in states
    ]
    return pd.DataFrame(rows, columns=["criterion_id", "state", "units"])
