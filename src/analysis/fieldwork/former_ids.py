"""Read a workbook from before an id changed under the ids that the study has today."""

from analysis.fieldwork.workbook_content import Returned
from analysis.study import Study
from analysis.study.former import current_ids

UNDER_ANOTHER_ID = "It was written under another id, and is read under today’s (former_ids)"


def under_current_ids(returned: Returned, study: Study) -> None:
    """Give the marks of a workbook's rows, and what it says of itself, the ids of today."""
    units, criteria = (current_ids(study, table) for table in ("units", "criteria"))

    def current(mark: str) -> str:
        parts = mark.replace(" ", "").split("/")
        if len(parts) != 3:
            return mark
        unit, criterion, sign = parts
        return f"{units.get(unit, unit)}/{criteria.get(criterion, criterion)}/{sign}"

    if not units and not criteria:
        return
    returned.sent = [current(mark) for mark in returned.sent]
    for line in (line for lines in returned.forms.values() for line in lines if line["row"]):
        mark = current(line["row"])
        if mark != line["row"].replace(" ", ""):
            returned.note(UNDER_ANOTHER_ID, line.place("row"))
            line.texts["row"] = mark
    about = returned.about
    for former, one in criteria.items():
        if said := about.get(f"criterion {former}".lower()):
            about.setdefault(f"criterion {one}".lower(), said)
    if about.get("unit") in units:
        returned.note(UNDER_ANOTHER_ID, returned.about_places.get("unit", "Start"))
        about["unit"] = units[about["unit"]]
