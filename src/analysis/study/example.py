"""Example rows for each table of a new study, marked so that validation refuses them."""

MARK = "EXAMPLE-"
"""The prefix of the ids of example rows; a study with such a row is not valid."""

_UNIT, _ASKED, _CONTEXT = "EXAMPLE-unit", "EXAMPLE-criterion", "EXAMPLE-context"
_SOURCE, _EVIDENCE, _GROUP = "EXAMPLE-source", "EXAMPLE-evidence", "EXAMPLE-recommendation"
_DAY = "2024-05-01"
_CELL = {"unit_id": _UNIT, "criterion_id": _ASKED}
_READ = {
    "observed_on": "2024-04",
    "read_on": _DAY,
    "level": "EXAMPLE-yes",
    "evidence_ids": _EVIDENCE,
    "confidence": "high",
    "rationale": "EXAMPLE: why a rule of this criterion fits what the evidence states",
}
_SETTLED = {
    "settled_by": "EXAMPLE: who or what settled it",
    "settled_why": "EXAMPLE: why this level stands",
}
_REPLACED = {"replaced_on": _DAY, "replaced_why": "EXAMPLE: why it was replaced"}

ROWS: dict[str, list[dict[str, str]]] = {
    "units": [{"unit_id": _UNIT, "name": "EXAMPLE: a unit’s full name", "short_name": "EXAMPLE"}],
    "recommendations": [
        {
            "recommendation_id": _GROUP,
            "label": "EXAMPLE: a recommendation",
            "kind": "recommendation",
            "asks": "EXAMPLE: what it asks, in our own words",
            "text_read": "full",
            "weight": "1",
            "source_id": _SOURCE,
        }
    ],
    "criteria": [
        {
            "criterion_id": _ASKED,
            "recommendation_id": _GROUP,
            "label": "EXAMPLE: a question in short",
            "question": "EXAMPLE: the question as it is asked of every unit?",
            "scale_id": "EXAMPLE-scale",
            "weight": "1",
            "scored": "yes",
        },
        {
            "criterion_id": _CONTEXT,
            "label": "EXAMPLE: a question of context",
            "question": "EXAMPLE: a question that counts in no score?",
            "scale_id": "EXAMPLE-scale",
            "weight": "0",
            "scored": "no",
        },
    ],
    "group_weights": [
        {
            "node_id": _ASKED,
            "among": _UNIT,
            "weight": "2",
            "reason": "EXAMPLE: why the weight is another for these units",
        }
    ],
    "applicability": [
        {
            "criterion_id": _CONTEXT,
            "among": _UNIT,
            "from_day": "2030-01-01",
            "reason": "EXAMPLE: why the criterion does not apply to these units",
        }
    ],
    "rules": [
        {"criterion_id": _ASKED, "level": "EXAMPLE-yes", "rule": "EXAMPLE: what a source must say"},
        {"criterion_id": _ASKED, "level": "EXAMPLE-no", "rule": "EXAMPLE: what a source must say"},
    ],
    "levels": [
        {"scale_id": "EXAMPLE-scale", "level": "EXAMPLE-yes", "value": "1", "meaning": "EXAMPLE"},
        {"scale_id": "EXAMPLE-scale", "level": "EXAMPLE-no", "value": "0", "meaning": "EXAMPLE"},
    ],
    "sources": [
        {
            "source_id": _SOURCE,
            "publisher": "EXAMPLE: who published it",
            "title": "EXAMPLE: the document’s own title",
            "published": "2024-04",
            "extent_read": "whole",
            "read_on": _DAY,
        }
    ],
    "documents": [
        {
            "document_id": "EXAMPLE-document",
            "source_id": _SOURCE,
            "media_type": "application/pdf",
            "bytes": "1",
            "pages": "1",
            "words": "0",
            "retrieved_on": _DAY,
            "retrieved_from": "https://example.org/EXAMPLE",
            "access": "public",
            "sha256": "0" * 64,
            "text_sha256": "0" * 64,
            "extractor": "EXAMPLE: policygap collect fills this table",
        }
    ],
    "evidence": [
        {
            "evidence_id": _EVIDENCE,
            "scope": "unit",
            "unit_id": _UNIT,
            "source_id": _SOURCE,
            "published": "2024-04",
            "states": "EXAMPLE: what the source says of this unit, in our own words",
            "extent_read": "whole",
        }
    ],
    "checks": [
        {
            "document_id": "EXAMPLE-document",
            "checked_on": _DAY,
            "status": "gone",
            "why": "EXAMPLE: policygap recheck fills this table",
        }
    ],
    "codings": [
        {**_CELL, **_READ, "coder": "EXAMPLE coder"},
        {**_CELL, **_READ, "criterion_id": _CONTEXT, "coder": "EXAMPLE coder"},
    ],
    "codings_history": [{**_CELL, **_READ, "coder": "EXAMPLE coder", **_REPLACED}],
    "assignments": [{"coder": "EXAMPLE coder", "unit_id": _UNIT, "given_on": _DAY}],
    "picks": [{**_CELL, "coder": "EXAMPLE coder", "evidence_id": _EVIDENCE}],
    "assessments": [{**_CELL, **_READ, **_SETTLED}],
    "assessments_history": [
        {**_CELL, **_READ, **_SETTLED, **_REPLACED, "replaced_by": "EXAMPLE: who replaced it"}
    ],
    "set_aside": [{**_CELL, "criterion_id": _CONTEXT, **_SETTLED}],
    "findings": [
        {
            "unit_id": _UNIT,
            "recommendation_id": _GROUP,
            "text": "EXAMPLE: who said what and when, with its exceptions",
            "rests_on": f"{_ASKED}=EXAMPLE-yes",
            "written_by": "EXAMPLE: who wrote it",
            "checked_by": "EXAMPLE: who checked it",
            "checked_on": _DAY,
        }
    ],
    "notified": [{"unit_id": _UNIT, "sent_on": _DAY, "reply_by": "2030-01-01"}],
    "searches": [
        {
            "unit_id": _UNIT,
            "searched_on": _DAY,
            "where": "EXAMPLE: where it was looked for",
            "queries": "EXAMPLE: first query | EXAMPLE: second query",
            "queries_count": "2",
            "criterion_ids": _CONTEXT,
        }
    ],
    "published_totals": [
        {
            "total_id": "EXAMPLE-total",
            "criterion_id": _ASKED,
            "level": "EXAMPLE-yes",
            "count": "1",
            "of": "1",
            "as_of": _DAY,
            "confidence": "high",
            "settles_cells": "no",
            "source_id": _SOURCE,
        }
    ],
    "published_scores": [
        {
            "score_id": "EXAMPLE-score",
            "unit_id": _UNIT,
            "group_id": "total",
            "score": "100",
            "step": "1",
            "as_of": _DAY,
            "settles_cells": "no",
            "source_id": _SOURCE,
        }
    ],
    "figures": [
        {
            "figure_id": "EXAMPLE-figure",
            "measure": "EXAMPLE: its short name",
            "value": "1",
            "unit": "EXAMPLE: what is counted",
            "scope": "EXAMPLE: the area that it covers",
            "what_it_counts": "EXAMPLE: what it counts, in our own words",
            "source_id": _SOURCE,
        }
    ],
    "events": [
        {
            "event_id": "EXAMPLE-event",
            "date": "2024-04",
            "actor": "EXAMPLE: who",
            "event": "EXAMPLE: what happened, in our own words",
            "source_id": _SOURCE,
        }
    ],
    "notices": [
        {
            "notice_id": "EXAMPLE-notice",
            "scope": "study",
            "text": "EXAMPLE: a sentence that must stand with every result",
        }
    ],
    "requests": [
        {
            "request_id": "EXAMPLE-request",
            "unit_id": _UNIT,
            "criterion_id": _CONTEXT,
            "sent_on": _DAY,
        }
    ],
    "replies": [
        {
            "reply_id": "EXAMPLE-reply",
            "unit_id": _UNIT,
            "received_on": _DAY,
            "says": "EXAMPLE: what the unit says of its assessment, in our own words",
            "decision": "open",
        }
    ],
}
"""Rows by table. Some have two, where one would break a rule: a scored criterion needs a rule for
each level."""
