"""What of a study may go out: nothing of a private document does, in whatever is published."""

from dataclasses import replace

import pandas as pd

from analysis.study.load import Study

QUOTED = ("document_id", "page", "quote", "prefix", "suffix")
"""Columns of evidence that say where it stands in a document."""


def public(study: Study) -> Study:
    """Return a study without what it has of private documents.

    Site, report, workbook, notebooks, tables and annotations are all made from this. What evidence
    says in our own words stays.
    """
    documents, sources = study.tables["documents"], study.tables["sources"]
    is_public = documents["access"] == "public"
    if is_public.all():
        return study
    shown = documents[is_public]
    shown = shown.assign(
        replaces=shown["replaces"].where(shown["replaces"].isin(shown["document_id"]), "")
    )
    of_private = sources["source_id"].isin(documents.loc[~is_public, "source_id"])
    traced = of_private & ~sources["sha256"].isin(shown["sha256"])
    tables = {
        "documents": shown,
        "evidence": _without(study.tables["evidence"], shown["document_id"]),
        "sources": sources.assign(sha256=sources["sha256"].mask(traced, "")),
    }
    return replace(study, tables={**study.tables, **tables})


def _without(evidence: pd.DataFrame, shown: pd.Series) -> pd.DataFrame:
    """Return evidence that names and quotes no documents but those shown."""
    is_shown = evidence["document_id"].isin(shown)
    return evidence.assign(**{name: evidence[name].where(is_shown, "") for name in QUOTED})
