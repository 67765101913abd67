"""What was corrected of a checked study: assessments that had been checked, and were replaced."""

from analysis.frames import records
from analysis.study.load import Study


def corrections(study: Study) -> list[dict[str, str]]:
    """Return the checked assessments that were replaced since, the latest first; of a draft none."""
    rows = study["assessments_history"]
    rows = rows[(rows["checked_on"] != "") & (not study.settings.is_draft)]
    return records(rows.sort_values("replaced_on", ascending=False, kind="stable"))
