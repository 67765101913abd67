"""The tables of evidence: statements, replies and sources."""

import pandas as pd

from analysis.measure.results import Results
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE, unit_head
from analysis.show.labels import (
    DECIDED,
)
from analysis.study import vocabulary as v
from analysis.study.quoted import Quotation
from analysis.study.sources import with_sources
from analysis.wording import capital


def evidence(results: Results) -> pd.DataFrame:
    """Return the evidence cited by a coding, in our own words, with its source."""
    study, names = results.study, results.study.lookup("units", "name")
    cited = with_sources(
        study, "evidence", study["evidence"]["evidence_id"].isin(study.cited_evidence())
    )
    if not cited:
        return pd.DataFrame({"Evidence": [NOT_AVAILABLE], "What it says": ["None is held."]})
    any_quoted = any(row["quotation"] for row in cited)
    return pd.DataFrame(
        {
            "Evidence": row["evidence_id"],
            "About": names.get(row["unit_id"], NOT_APPLICABLE),
            "What it says, in our own words": " ".join(
                filter(None, (row["states"], row["since_read"]))
            ),
            "How far it was read": capital(v.EXTENT[row["extent_read"]]),
            "Source": row["source"]["source_id"],
            "Publisher": row["source"]["publisher"],
            "Title": row["source"]["title"] or NOT_AVAILABLE,
            "Published": row["source"]["published"] or NOT_AVAILABLE,
            "Address": row["source"]["url"] or NOT_AVAILABLE,
            **(_quoted(row["quotation"]) if any_quoted else {}),
        }
        for row in cited
    )


def _quoted(one: Quotation | None) -> dict[str, str]:
    """Return the cells on what a statement quotes; one that quotes nothing has none to give."""
    cells = {
        "Quotation": "exact",
        "Words before it": "prefix",
        "Words after it": "suffix",
        "Page": "page",
        "Retrieved on": "retrieved_on",
        "SHA-256 of the document": "sha256",
        "Archived copy": "archived",
    }
    if one is None:
        return dict.fromkeys(cells, NOT_APPLICABLE)
    return {head: getattr(one, name) or NOT_AVAILABLE for head, name in cells.items()}


def replies(results: Results) -> pd.DataFrame:
    """Return what each unit replied, in our own words, and what became of it."""
    study, table = results.study, results.study["replies"]
    names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
    if table.empty:
        return pd.DataFrame({"Reply": [NOT_AVAILABLE], "What it says": ["No reply is held."]})
    frame = pd.DataFrame(
        {
            "Reply": table["reply_id"],
            unit_head(results): table["unit_id"].map(names),
            "Received": table["received_on"],
            "Criterion": table["criterion_id"].map(labels).fillna("The whole"),
            "What it says, in our own words": table["says"],
            "Evidence": table["evidence_ids"],
            "Decision": table["decision"].map(DECIDED),
            "Why": table["reason"],
            "What followed": table["assessment"],
        }
    )
    return frame.where(frame != "", "none")


def sources(results: Results) -> pd.DataFrame:
    """Return the documents listed."""
    table = results.study["sources"]
    columns = {
        "source_id": "Source",
        "publisher": "Publisher",
        "title": "Title",
        "published": "Published",
        "extent_read": "How far it was read",
        "read_on": "Read on",
        "url": "Address",
    }
    table = table.assign(extent_read=[capital(v.EXTENT[one]) for one in table["extent_read"]])
    table = table[list(columns)].rename(columns=columns)
    return table.where(table != "", NOT_AVAILABLE)
