"""The tables for reading that a study has, by name: its own, and what they come to."""

import hashlib
from collections.abc import Callable

import pandas as pd

from analysis.api.given import no_such
from analysis.api.reading import Table, labelled
from analysis.api.typed import NUMBERS
from analysis.fieldwork.agreement import agreement, as_table, confusion, disagreements
from analysis.measure.side_by_side import irreconcilable
from analysis.show.labels import level_word
from analysis.study import Study
from analysis.study.cells import searches_by_unit


def record_of(study: Study, name: str) -> Table:
    """Return a table of a study for reading.

    Raises:
        StudyError: there is no table of this name.
    """
    own = study.descriptor.tables
    if not isinstance(name, str):
        raise no_such("table", name, [*RECORDS, *own], "table")
    if name in RECORDS:
        title, make = RECORDS[name]
    elif name in own:
        title, make = own[name].title or name, lambda study: study[name]
    else:
        raise no_such("table", name, [*RECORDS, *own], "table")
    lines = [study.mark] if study.mark else []
    numbers = (
        []
        if name in RECORDS
        else [field.name for field in own[name].fields if field.type in NUMBERS]
    )
    return Table(labelled(study, make(study), numbers), f"{title.rstrip('.')}.", lines)


def _agreement(study: Study) -> pd.DataFrame:
    table = as_table(agreement(study))
    return table[["criterion_id", "measure", "cells", "same", "in_words"]]


def _confusion(study: Study) -> pd.DataFrame:
    table = confusion(study).rename(index=level_word, columns=level_word)
    return table.rename_axis("value").reset_index()


def _files(study: Study) -> pd.DataFrame:
    rows = [
        (table.path, len(study[name]), _hash(study, table.path))
        for name, table in study.descriptor.tables.items()
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "sha256"])


def _hash(study: Study, path: str) -> str:
    # As brought up, where an older version wrote it; else as it was read, or lies in the folder.
    if path in study.inputs and path not in study.migrated_files:
        return study.inputs[path][:16]
    content = study.migrated_files.get(path) or (study.folder / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


def _read_by_unit(study: Study) -> pd.DataFrame:
    """Return how many statements and queries there are of each unit, and how many are cited."""
    evidence, searches = study["evidence"], searches_by_unit(study)
    cited = evidence[evidence["evidence_id"].isin(study.cited_evidence())]
    queries = pd.to_numeric(searches["queries_count"]).groupby(searches["unit_id"]).sum()
    units = study["units"]["unit_id"]
    counts = {
        "statements": evidence["unit_id"].value_counts(),
        "cited": cited["unit_id"].value_counts(),
        "queries": queries,
    }
    columns = {name: units.map(count).fillna(0).astype(int) for name, count in counts.items()}
    return study["units"][["unit_id", "region"]].assign(**columns)


def _counted(table: str, columns: list[str], noun: str) -> Callable[[Study], pd.DataFrame]:
    def make(study: Study) -> pd.DataFrame:
        rows = study[table].replace(dict.fromkeys(columns, ""), "(not recorded)")
        return rows.groupby(columns).size().rename(noun).reset_index()

    return make


RECORDS: dict[str, tuple[str, Callable[[Study], pd.DataFrame]]] = {
    "agreement": ("How far the coders agree, and on how many cells", _agreement),
    "confusion": ("How often each pair of values met", _confusion),
    "disagreements": ("Each cell on which the coders differ", disagreements),
    "evidence read": (
        "Statements of evidence, by how far the document was read",
        _counted("evidence", ["scope", "extent_read"], "statements"),
    ),
    "sources read": (
        "Documents, by how far they were read",
        _counted("sources", ["kind", "extent_read"], "documents"),
    ),
    "read by unit": ("What was read and looked for, of each", _read_by_unit),
    "irreconcilable": (
        "Published figures where the shorter period has the larger count",
        irreconcilable,
    ),
    "files": ("The tables of the study, as they were read", _files),
}
"""What a study's own tables come to: the title of each, and what makes it."""
