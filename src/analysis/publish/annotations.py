"""Quotations as W3C Web Annotations: JSON-LD from which other programs can find the quoted words."""

import base64
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from analysis.fieldwork.cell_records import listed_ids
from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.evidence import Quotation, with_sources
from analysis.study.values import is_on_the_web

FILE = "annotations.jsonld"
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
"""The JSON-LD context, which is named but never fetched."""
UNIT, CRITERION, LEVEL = "unit:", "criterion:", "level:"
"""The prefixes of tags that name an id."""
_Cells = dict[str, list[tuple[str, str]]]


def annotations(results: Results) -> dict[str, Any] | None:
    """Return the collection of annotations, or ``None`` if nothing is quoted.

    There is one annotation for each cell that rests on a quotation. A quotation on which no cell
    rests has one annotation without a criterion.
    """
    study = results.study
    cells = _cells(results)
    items = [item for row in _quoted(study) for item in _statement_annotations(study, row, cells)]
    if not items:
        return None
    return {
        "@context": CONTEXT,
        "id": _name(study, ""),
        "type": "AnnotationCollection",
        "label": f"{study.descriptor.title}: what is quoted",
        "total": len(items),
        "first": {
            "id": _name(study, "first page"),
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": items,
        },
    }


def _quoted(study: Study) -> Iterator[dict[str, Any]]:
    """Yield the published statements of evidence that quote a document."""
    evidence = study["evidence"]
    shown = evidence["evidence_id"].isin(study.cited_evidence()) | (evidence["scope"] != "unit")
    return (row for row in with_sources(study, "evidence", shown) if row["quotation"])


def _statement_annotations(
    study: Study, row: dict[str, Any], cells: _Cells
) -> Iterator[dict[str, Any]]:
    name = row["evidence_id"]
    unit = [UNIT + row["unit_id"]] if row["unit_id"] else []
    for criterion, state in cells.get(name, []) or [("", "")]:
        tags = [*unit, CRITERION + criterion] if criterion else unit
        if state and state not in v.UNKNOWNS:
            tags = [*tags, LEVEL + state]
        words = {"purpose": "describing", "value": row["states"], "format": "text/plain"}
        yield {
            "id": _name(study, f"{name} {criterion}"),
            "type": "Annotation",
            "motivation": "classifying",
            "body": [
                *({"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags),
                {"type": "TextualBody", **words},
            ],
            "target": _target(row["quotation"], row["source"]["url"]),
        }


def _cells(results: Results) -> _Cells:
    """Return the criteria and states of the cells that rest on each statement."""
    cells = defaultdict(list)
    for cell in each_row(results.matrix.cells):
        for name in listed_ids(cell.evidence_ids):
            cells[name].append((cell.criterion_id, cell.state))
    return cells


def _target(quotation: Quotation, address: str) -> dict[str, Any]:
    around = {"prefix": quotation.prefix, "suffix": quotation.suffix}
    return {
        "type": "SpecificResource",
        "source": next(
            filter(is_on_the_web, (quotation.retrieved_from, address)), _by_hash(quotation.sha256)
        ),
        "state": {
            "type": "TimeState",
            # Only the day of retrieval is known.
            "sourceDateStart": f"{quotation.retrieved_on}T00:00:00Z",
            "sourceDateEnd": f"{quotation.retrieved_on}T23:59:59Z",
            **({"cached": quotation.archived} if quotation.archived else {}),
            "schema:sha256": quotation.sha256,
        },
        "selector": {
            "type": "TextQuoteSelector",
            "exact": quotation.exact,
            **{name: text for name, text in around.items() if text},
        },
    }


def _by_hash(sha256: str) -> str:
    """Return the URI that names a document by its hash (RFC 6920)."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def _name(study: Study, what: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"policygap {study.descriptor.name} {what}").urn
