"""The tables of units: gaps, scores and every cell."""

import pandas as pd

from analysis.fieldwork.cell_records import CellRecord
from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE, group_names, unit_head
from analysis.show.labels import (
    gap_words,
    level_word,
    word,
)
from analysis.study.looks import said_since
from analysis.study.marks import OLDER_LEVEL


def gaps(results: Results) -> pd.DataFrame:
    """Return what each unit meets, what is missing and what is unknown, by recommendation."""
    table, study = results.gaps, results.study
    names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
    notices = zip(table["notices"], said_since(study, table["evidence_ids"]), strict=True)
    return pd.DataFrame(
        {
            unit_head(results): table["unit_id"].map(names),
            "Recommendation": table["recommendation_id"].map(group_names(results)),
            "State": table["state"].map(word),
            "What is missing": [gap_words(text, labels) for text in table["missing"]],
            "What is unknown": [gap_words(text, labels, empty="none") for text in table["unknown"]],
            "Evidence": table["evidence_ids"].where(table["evidence_ids"] != "", "none"),
            "Notice": [" ".join(filter(None, said)) or "none" for said in notices],
        }
    )


def scores(results: Results) -> pd.DataFrame:
    """Return the worst and the best score that the evidence allows each unit."""
    table, display = results.scores, results.study.settings.display

    def number(values: pd.Series) -> list[float]:
        return [float(shown(value, display)) for value in values]

    return pd.DataFrame(
        {
            unit_head(results): table["unit_id"].map(results.study.lookup("units", "name")),
            "Group": table["group_id"].map(group_names(results)),
            "Low": number(table["low"]),
            "High": number(table["high"]),
            "Known, per cent": number(100 * table["known"]),
        }
    )


def matrix(results: Results) -> pd.DataFrame:
    """Return the state of every unit on every criterion."""
    study, criteria = results.study, set(asked_criteria(results.study)["criterion_id"])
    names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
    heads = ["Criterion", "State", "Last known level", "When", "Confidence", "Why", "Evidence"]
    rows = [
        (
            names[cell.unit_id],
            labels[cell.criterion_id],
            level_word(cell.state),
            level_word(cell.last_level) if cell.last_level else NOT_APPLICABLE,
            cell.when or NOT_AVAILABLE,
            cell.assessment["confidence"] if cell.when else NOT_AVAILABLE,
            _why(cell),
            ";".join(one["evidence_id"] for one in cell.evidence) or "none",
        )
        for cell in results.cell_records
        if cell.criterion_id in criteria
    ]
    return pd.DataFrame(rows, columns=[unit_head(results), *heads])


def _why(cell: CellRecord) -> str:
    older = OLDER_LEVEL if cell.earlier_rules else ""
    why = (cell.assessment["rationale"], cell.why_carried, older) if cell.when else (cell.reason,)
    return " ".join(filter(None, (*why, cell.since_read)))
