"""The tables of evidence: statements, replies and sources."""

import pandas as pd

from analysis.measure.results import Results
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE, as_sheet, days
from analysis.study.evidence import Quotation, with_sources

ADDRESS, ARCHIVED, RETRIEVED = "Address", "Archived copy", "Retrieved on"


def evidence(results: Results) -> pd.DataFrame:
    """Return the evidence cited by a coding, in our own words, with its source."""
    study, names = results.study, results.study.lookup("units", "name")
    cited = with_sources(
        study, "evidence", study["evidence"]["evidence_id"].isin(study.cited_evidence())
    )
    if not cited:
        return pd.DataFrame({"Evidence": [NOT_AVAILABLE], "What it says": ["None is held."]})
    of_source = ("publisher", "title", "published", "url")
    sheet = as_sheet(
        results,
        "evidence",
        # Overwrites the statement's own date with that of its source, which the sheet shows.
        pd.DataFrame(
            row
            | {name: row["source"][name] for name in of_source}
            | {"states": " ".join(filter(None, (row["states"], row["since_read"])))}
            for row in cited
        ),
        NOT_AVAILABLE,
        unit_id=lambda unit: names.get(unit, NOT_APPLICABLE),
    )
    if not any(row["quotation"] for row in cited):
        return sheet
    quoted = pd.DataFrame(_quoted(row["quotation"]) for row in cited)
    return sheet.join(quoted.astype(object).assign(**{RETRIEVED: days(quoted[RETRIEVED])}))


def _quoted(quotation: Quotation | None) -> dict[str, str]:
    """Return the cells on a statement's quotation; "not applicable" if it has none."""
    cells = {
        "Quotation": "exact",
        "Words before it": "prefix",
        "Words after it": "suffix",
        "Page": "page",
        RETRIEVED: "retrieved_on",
        "SHA-256 of the document": "sha256",
        ARCHIVED: "archived",
    }
    if quotation is None:
        return dict.fromkeys(cells, NOT_APPLICABLE)
    return {head: getattr(quotation, name) or NOT_AVAILABLE for head, name in cells.items()}


def replies(results: Results) -> pd.DataFrame:
    """Return the replies of units, in our own words, and the decision on each."""
    table, labels = results.study["replies"], results.study.lookup("criteria", "label")
    if table.empty:
        return pd.DataFrame({"Reply": [NOT_AVAILABLE], "What it says": ["No reply is held."]})
    return as_sheet(
        results, "replies", table, criterion_id=lambda criterion: labels.get(criterion, "The whole")
    )


def sources(results: Results) -> pd.DataFrame:
    """Return the table of sources."""
    return as_sheet(results, "sources", results.study["sources"], NOT_AVAILABLE)
