"""What must stand with every result: the draft mark, the dates, the notices; what can be shown."""

import pandas as pd

from analysis.measure.gaps import notices
from analysis.measure.results import Results
from analysis.measure.statements import spoken
from analysis.study import Study


def notes(results: Results, criteria: list[str] = (), units: list[str] = ()) -> list[str]:
    """Return what must stand with a result: draft mark, dates and the notices that apply."""
    study = results.study
    dates = f"State as of {spoken(results.matrix.as_of)}, from what had been read by {spoken(results.matrix.known_by)}."
    general = study["notices"].loc[study["notices"]["scope"] == "study", "text"]
    return [draft_line(study) + dates, *general, *notices(study, criteria, units)]


def draft_line(study: Study) -> str:
    """Return the draft mark, or nothing once the study is checked."""
    return "DRAFT, not yet checked by named researchers. " if study.settings.is_draft else ""


def shown_criteria(study: Study) -> pd.DataFrame:
    """Return the criteria that can be shown: scored ones first, then context.

    A criterion behind a recommendation whose text was not read asks nothing yet; showing 43
    blanks under its name would read like a finding.
    """
    criteria = study["criteria"]
    read = study.lookup("recommendations", "text_read")
    unread = criteria["recommendation_id"].map(read) == "not_read"
    order = (criteria["scored"] != "yes").astype(int)
    return (
        criteria[~unread]
        .assign(order=order)
        .sort_values("order", kind="stable")
        .drop(columns="order")
    )
