"""The tables of results as CSV, and the Data Package that describes them."""

import hashlib
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.measure.results import Results
from analysis.publish.annotations import FILE as ANNOTATIONS
from analysis.publish.annotations import annotations
from analysis.publish.build_context import BuildContext
from analysis.publish.data_dictionary import TABLES, Published, table_schema, title_of
from analysis.publish.files import write_json
from analysis.publish.wide_matrix import NAME as WIDE
from analysis.publish.wide_matrix import describe_wide, wide_matrix
from analysis.show.caveats import caveats, draft_line
from analysis.show.drawing import Drawing
from analysis.spreadsheet import FORMULA_STARTS
from analysis.study import Study
from analysis.study.descriptor import FILE
from analysis.study.evidence import changes_since_reading
from analysis.study.public import QUOTED
from analysis.study.tables import as_csv

MATRIX = ["unit_id", "criterion_id", "state", "observed_on", "evidence_ids", "last_level"]
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_REQUEST_COLUMNS = ("request_address", "whatdotheyknow_name")
"""Columns of units that say where requests are sent."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def data_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return every published table by its file name without extension."""
    study = results.study
    criteria, units = list(study["criteria"]["criterion_id"]), list(study["units"]["unit_id"])
    tables = {
        "matrix": _with_since_read(study, results.matrix.cells[MATRIX], "evidence_ids"),
        WIDE: wide_matrix(results),
        "scores": results.scores,
        "national": results.national,
        "gaps": _with_since_read(study, results.gaps, "evidence_ids"),
        "national-gaps": results.national_gaps,
        "published-totals": results.totals,
        "published-scores": results.published_scores,
        "bounds": results.bounds,
        "national-bounds": results.national_bounds,
        "ranks": results.ranks,
        "pairs": results.pairs,
        "next": results.next_questions,
        "changes": _changes(results),
        "scores-by-reading": results.readings,
        "replies": study["replies"],
        "reply-effects": results.reply_effects,
        "notices": pd.DataFrame({"notice": caveats(results, criteria, units)}),
        **_referenced_tables(study),
    }
    # If no unit may be named, a table of units would have a header and no rows.
    return {
        name: rows
        for name, rows in tables.items()
        if not study.scope.public or not (name == WIDE or {"unit_id", "above"} & {*rows})
    }


def write_data(results: Results, charts: Sequence[Drawing], folder: Path) -> None:
    """Write the tables, and the tables of the charts, into a folder as a Data Package.

    Each table is a CSV file with a byte order mark, so that spreadsheet programs read it as UTF-8.
    The tables of the charts are in ``charts/``. The descriptor, ``datapackage.json``, follows the
    Data Package standard, version 2.
    """
    study, descriptor = results.study, _package(results)
    (folder / "charts" if charts else folder).mkdir(parents=True)
    tables = [
        (name, f"{name}.csv", describe_wide(study) if name == WIDE else TABLES[name], table, "")
        for name, table in data_tables(results).items()
    ]
    for chart in charts:
        about = Published(chart.title, based_on=chart.based_on, columns=chart.columns)
        path = f"charts/{chart.name}.csv"
        tables.append((f"chart-{chart.name}", path, about, chart.table, chart.alt))
    for name, path, about, table, alt in tables:
        content = as_csv(guarded(table), marked=True)
        (folder / path).write_bytes(content)
        descriptor["resources"].append(
            {
                "name": name,
                "type": "table",
                "path": path,
                "title": title_of(study, about),
                **({"description": alt} if alt else {}),
                "format": "csv",
                "mediatype": "text/csv",
                **_size_and_hash(content),
                "schema": table_schema(study, name, list(table.columns), about),
            }
        )
    if (quoted := annotations(results)) is not None:
        write_json(folder / ANNOTATIONS, quoted)
        descriptor["resources"].append(_annotations_resource((folder / ANNOTATIONS).read_bytes()))
    write_json(folder / FILE, descriptor)


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no spreadsheet program takes a text for a formula.

    Such a text gets an apostrophe before it. Numbers are unchanged, even if the study has them as
    text. The study's own tables keep the text unchanged.
    """

    def guard(value: object) -> object:
        if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
            return value
        return value if _NUMBER.fullmatch(value) else f"'{value}"

    texts = table.select_dtypes(include=["object", "str"]).columns
    return table.assign(**{name: table[name].map(guard) for name in texts})


def _package(results: Results) -> dict:
    """Return the descriptor of the results, without resources."""
    study = results.study
    own, report = study.descriptor, study.settings.report
    address = study.lookup("sources", "url").get(report.source_id, "")
    found_at = {"path": address} if re.match("https?://", address) else {}
    return {
        "$schema": PROFILE,
        "name": f"{own.name}-results",
        "title": f"Results of: {own.title}",
        "description": f"{draft_line(study)}{own.description}",
        "version": own.version,
        "licenses": [
            {key: text for key, text in licence.model_dump().items() if text}
            for licence in own.licenses
        ],
        "contributors": [{"title": contributor.title} for contributor in own.contributors],
        "sources": [
            {"title": f"The study {own.name}: {own.title}", "version": own.version},
            {"title": f"{report.publisher}: {report.title} ({report.date})", **found_at},
        ],
        "results": {
            "status": study.settings.status,
            "as_of": results.matrix.as_of.isoformat(),
            "known_by": results.matrix.known_by.isoformat(),
            "contact": study.settings.contact,
        },
        "resources": [],
    }


def _annotations_resource(content: bytes) -> dict:
    return {
        "name": "annotations",
        "path": ANNOTATIONS,
        "title": "What is quoted, as W3C Web Annotations",
        "format": "jsonld",
        "mediatype": "application/ld+json",
        **_size_and_hash(content),
    }


def _size_and_hash(content: bytes) -> dict:
    return {
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }


def _referenced_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return the study's own tables that ids in the results refer to, without working notes."""
    study = study.at(None)  # a figure of an earlier date may name a unit that has ended since
    tables = {
        name: study[name]
        for name in ("units", "recommendations", "criteria", "levels", "figures", "sources")
    }
    # No id refers to these tables, but they affect the scores.
    tables |= {"applicability": study["applicability"], "group-weights": study["group_weights"]}
    evidence, documents = study["evidence"], study["documents"]
    cited = evidence[evidence["evidence_id"].isin(study.cited_evidence())]
    if "document_id" in (cited := _without_unused(cited, QUOTED)):
        tables["documents"] = documents[documents["document_id"].isin(cited["document_id"])]
    tables["evidence"] = _with_since_read(study, cited, "evidence_id")
    tables["sources"] = _without_unused(tables["sources"], ["archived"])
    tables["units"] = _without_unused(tables["units"], _REQUEST_COLUMNS)
    notes = ["note", "search_terms"]
    return {name: table.drop(columns=notes, errors="ignore") for name, table in tables.items()}


def _with_since_read(study: Study, table: pd.DataFrame, ids: str) -> pd.DataFrame:
    """Add a column on later changes to the cited documents, if any document was rechecked."""
    if study["checks"].empty:
        return table
    return table.assign(since_read=changes_since_reading(study, table[ids]))


def _without_unused(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Drop columns that a later profile added, if all of them are empty."""
    used = (table[[*columns]] != "").any(axis=None)
    return table if used else table.drop(columns=[*columns])


def _changes(results: Results) -> pd.DataFrame:
    steps = itertools.pairwise(matrix for _, matrix in results.over_time)
    tables = [
        table.assign(from_date=str(before.as_of), to_date=str(after.as_of))
        for table, (before, after) in zip(results.changes, steps, strict=True)
    ]
    columns = [
        "from_date",
        "to_date",
        "unit_id",
        "criterion_id",
        "before",
        "after",
        "why",
        "evidence_ids",
    ]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def write(context: BuildContext, folder: Path) -> None:
    """Write the tables as a part of a build."""
    write_data(context.results, context.charts, folder / "data")
