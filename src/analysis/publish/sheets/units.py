"""The tables of units: gaps, scores and every cell."""

from collections.abc import Mapping

import pandas as pd

from analysis.fieldwork.cell_records import CellRecord
from analysis.measure.gaps import notices
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE, as_sheet
from analysis.publish.wide_matrix import NOTICE, question_heads, wide_matrix
from analysis.show.labels import level_word
from analysis.study import vocabulary as v
from analysis.study.codebook import OLDER_LEVEL
from analysis.study.evidence import changes_since_reading


def gaps(results: Results) -> pd.DataFrame:
    """Return what each unit meets, what is missing and what is unknown, by recommendation."""
    table = results.gaps
    notices = zip(
        table["notices"], changes_since_reading(results.study, table["evidence_ids"]), strict=True
    )
    joined = [" ".join(filter(None, notice)) for notice in notices]
    return as_sheet(results, "gaps", table.assign(notices=joined))


def scores(results: Results) -> pd.DataFrame:
    """Return the worst and the best score that the evidence allows each unit."""
    table = results.scores
    return as_sheet(results, "scores", table.assign(notices=_on_units(results, table["unit_id"])))


def matrix(results: Results) -> pd.DataFrame:
    """Return the state of every unit on every criterion."""
    criteria = set(criteria_in_use(results.study)["criterion_id"])
    cells = [row for row in results.cell_records if row.criterion_id in criteria]
    if not cells:
        return pd.DataFrame()
    table = pd.DataFrame(
        {
            "unit_id": cell.unit_id,
            "criterion_id": cell.criterion_id,
            "state": cell.state,
            "last_level": level_word(cell.last_level) if cell.last_level else NOT_APPLICABLE,
            "observed_on": cell.when or NOT_AVAILABLE,
            "confidence": cell.assessment["confidence"] if cell.when else NOT_AVAILABLE,
            "rationale": _why(cell),
            "evidence_ids": ";".join(row["evidence_id"] for row in cell.evidence),
        }
        for cell in cells
    )
    table = table.assign(notices=_on_units(results, table["unit_id"]))
    return as_sheet(results, "matrix", table, state=level_word)


def wide(results: Results, tags: Mapping[str, str]) -> pd.DataFrame:
    """Return the matrix in wide format, with tags of notices in the column headings.

    Args:
        results: the results of the study.
        tags: the tag of each criterion with a notice: "[note 1]".
    """
    study, table = results.study, wide_matrix(results).drop(columns="unit_id")
    heads = question_heads(study, lambda name, label: f"{label} {tags.get(name, '')}".rstrip())
    named = dict(zip(question_heads(study), heads, strict=True))
    shown = table.rename(columns=named)
    shown[NOTICE] = shown[NOTICE].replace("", "none of its own")
    shown = shown.replace({"": NOT_AVAILABLE, level_word(v.NOT_APPLICABLE): NOT_APPLICABLE})
    regions = shown.columns[1]
    return shown if (table[regions] != "").any() else shown.drop(columns=regions)


def _on_units(results: Results, units: pd.Series) -> list[str]:
    """Return the notices on the unit of each row."""
    by_unit = {unit: " ".join(notices(results.study, units=[unit])) for unit in units.unique()}
    return [by_unit[unit] for unit in units]


def _why(cell: CellRecord) -> str:
    older = OLDER_LEVEL if cell.earlier_rules else ""
    why = (cell.assessment["rationale"], cell.why_carried, older) if cell.when else (cell.reason,)
    return " ".join(filter(None, (*why, cell.since_read)))
