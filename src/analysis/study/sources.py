"""What is said with its source, and how a source is named in prose."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.frames import records
from analysis.study.load import Study
from analysis.study.looks import changes_since_reading
from analysis.study.quoted import quotations


def with_sources(study: Study, table: str, where: pd.Series | None = None) -> list[dict[str, Any]]:
    """Return the rows of a table, each with the row of its source; ``where`` picks rows.

    A statement of evidence also has what became since of the document behind it (``since_read``,
    which may be empty), and its ``quotation``, which may be ``None``.
    """
    rows = study[table] if where is None else study[table][where]
    sources = {row["source_id"]: row for row in records(study["sources"])}
    if table == "evidence":
        rows = rows.assign(since_read=changes_since_reading(study, rows["evidence_id"]))
    made = [{**row, "source": sources[row["source_id"]]} for row in records(rows)]
    if table == "evidence":
        quoted = quotations(study)
        made = [{**row, "quotation": quoted.get(row["evidence_id"])} for row in made]
    return made


def titled(source: Mapping[str, str]) -> str:
    """Return a source's title: in quotation marks only where the words are the document's own."""
    title = source["title"]
    if title and source["title_kind"] != "described":
        title = f"“{title}”"
    return " ".join(filter(None, (title, source["note"] and f"({source['note']})")))
