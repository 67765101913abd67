"""Read a workbook from before an id changed under the ids that the study has today."""

from analysis.fieldwork.workbook_content import ReadWorkbook
from analysis.study import Study
from analysis.study.versions import current_ids

UNDER_ANOTHER_ID = "It was written under another id, and is read under today’s (former_ids)"


def under_current_ids(workbook: ReadWorkbook, study: Study) -> None:
    """Give the marks of a workbook's rows, and what it says of itself, the ids of today."""
    units, criteria = (current_ids(study, table) for table in ("units", "criteria"))

    def current(mark: str) -> str:
        parts = mark.replace(" ", "").split("/")
        if len(parts) < 3:
            return mark
        unit, criterion, *rest = parts
        return "/".join([units.get(unit, unit), criteria.get(criterion, criterion), *rest])

    if not units and not criteria:
        return
    workbook.sent = [current(mark) for mark in workbook.sent]
    for line in (line for lines in workbook.forms.values() for line in lines if line["row"]):
        mark = current(line["row"])
        if mark != line["row"].replace(" ", ""):
            workbook.note(UNDER_ANOTHER_ID, line.place("row"))
            line.texts["row"] = mark
    about = workbook.about
    for former, current_id in criteria.items():
        if mark_then := about.get(f"criterion {former}".lower()):
            about.setdefault(f"criterion {current_id}".lower(), mark_then)
    if about.get("unit") in units:
        workbook.note(UNDER_ANOTHER_ID, workbook.about_places.get("unit", "Start"))
        about["unit"] = units[about["unit"]]
