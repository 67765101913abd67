"""Caveats that accompany every published result: the draft mark, the dates, the notices."""

from collections.abc import Sequence

from analysis.measure.gaps import notices
from analysis.measure.imported import import_notices
from analysis.measure.results import Results
from analysis.measure.scores import in_force
from analysis.study import Study, data_read_on, first_day
from analysis.wording import agreeing, some_of


def caveats(results: Results, criteria: Sequence[str] = (), units: Sequence[str] = ()) -> list[str]:
    """Return the caveats on a result: the draft mark, the dates and the notices that apply."""
    study = results.study
    dates = results.dates_sentence
    general = study["notices"].loc[study["notices"]["scope"] == "study", "text"]
    count = len(in_force(study, results.matrix.as_of))
    scored = int((study["criteria"]["scored"] == "yes").sum())
    if count < scored:
        some = some_of(count, scored, "scored criterion", "scored criteria")
        verbs = agreeing(
            count, "is in force on this date, and counts", "are in force on this date, and count"
        )
        dates += f" Only {some} {verbs}."
    if results.matrix.as_of > data_read_on(study):
        dates += " This date is later than anything that was read."
    if results.matrix.as_of < first_day(study):
        dates += " This date is earlier than any date in the study."
    # Every result names the published figures that contradict each other: readers easily miss them.
    clashes = [sentence[0].upper() + sentence[1:] for sentence in results.clashes]
    general = [*import_notices(results), *general]
    return [draft_line(study) + dates, *clashes, *general, *notices(study, criteria, units)]


def caveats_on_scores(results: Results, units: Sequence[str] | None = None) -> list[str]:
    """Return the caveats on the scores of these units; ``None`` means all units."""
    criteria = results.study["criteria"]
    scored = list(criteria.loc[criteria["scored"] == "yes", "criterion_id"])
    return caveats(
        results, scored, list(results.study["units"]["unit_id"]) if units is None else units
    )


def draft_line(study: Study) -> str:
    """Return the draft mark with a space after it, or an empty string if the study has no mark."""
    return f"{study.mark} ".lstrip()
