"""The map of a table that has the study's own headings and words."""

from analysis.fieldwork.table_answers import BESIDE, WRITE_A_MAP
from analysis.fieldwork.table_file import TableFile
from analysis.fieldwork.table_map import NOBODY_LOOKED, NOT_ASKED, TableMap
from analysis.problems import StudyError
from analysis.study import Study
from analysis.study import vocabulary as v

_UNIT_COLUMNS = ("name", "short_name", "region", "country")


def default_map(study: Study, table: TableFile) -> TableMap:
    """Return the map of a table that has the study's own headings and words.

    Raises:
        StudyError: a heading is none of them.
    """
    headings, no_units = table.headings, study["units"].empty
    is_long = {"criterion_id", "answer"} <= set(headings)
    criteria = (
        [] if is_long else [name for name in study["criteria"]["criterion_id"] if name in headings]
    )
    known = {"unit_id", *criteria, *BESIDE, *(_UNIT_COLUMNS if no_units else ())}
    known |= {"criterion_id", "answer"} if is_long else set()
    first = table.place(table.headings_row, 1)
    for heading, column in headings.items():
        if heading not in known:
            place = table.place(table.headings_row, column)
            rule = f"without a map a heading is unit_id, the id of a criterion, or one of: {', '.join((*BESIDE, 'criterion_id', 'answer'))}"
            remedy = f"correct it, add the criterion to criteria.csv, or {WRITE_A_MAP}"
            table.workbook.refuse(place, heading, rule, remedy)
    if "unit_id" not in headings:
        rule = "without a map a column is headed unit_id, and none is"
        table.workbook.refuse(first, "", rule, f"head it so, or {WRITE_A_MAP}")
    if not (criteria or is_long):
        rule = "without a map columns are headed by ids of criteria, or criterion_id and answer, and none is"
        table.workbook.refuse(first, "", rule, f"head them so, or {WRITE_A_MAP}")
    if table.workbook.problems:
        raise StudyError(table.workbook.problems_in_order())
    words = [*study["levels"]["level"], *v.TYPED, NOT_ASKED, NOBODY_LOOKED]
    units = {name: name for name in _UNIT_COLUMNS if name in headings}
    named = {"criterion": "criterion_id", "answer": "answer"} if is_long else {}
    return TableMap.model_validate(
        named
        | {name: name for name in BESIDE if name in headings}
        | {
            "unit": "unit_id",
            "units": units | {"unit_id": "unit_id"} if no_units else None,
            "criteria": {criterion: {"criterion": criterion} for criterion in criteria},
            "answers": {word: word for word in words},
            # What is second-hand is of low confidence, by the codebook.
            "confidence": v.CONFIDENCE[0],
        }
    )
