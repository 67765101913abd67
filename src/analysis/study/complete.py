"""Levels whose rule needs the complete reply, and that rest on less."""

from analysis.frames import each_row
from analysis.study.load import Study
from analysis.study.vocabulary import COMPLETE_REPLY
from analysis.wording import capital


def why_carried(study: Study) -> dict[int, str]:
    """Return, for each assessment that rests on a broken copy of the reply, why it stands.

    The keys are indices of the assessments. Their rule needs the complete reply, and all that a
    copy holds was read, so that a reader has to see the adjudicator's reason beside the level.
    """
    rules, rows = study["rules"], study["assessments"]
    rules = rules[rules["needs"] == COMPLETE_REPLY]
    needing = set(zip(rules["criterion_id"], rules["level"], strict=True))
    extent = study.lookup("evidence", "extent_read")
    return {
        index: f"The copy read breaks off. {capital(row.settled_by)}: {row.settled_why}"
        for index, row in zip(rows.index, each_row(rows), strict=True)
        if (row.criterion_id, row.level) in needing
        and "whole" not in {extent[part] for part in row.evidence_ids.split(";")}
    }
