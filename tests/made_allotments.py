"""A small made-up study of another subject: councils on allotments, under other laws, or under none."""

import copy
from pathlib import Path

from made import write_tables

from analysis.study.profile import full_descriptor, template

SCOTTISH = {
    "countries": ["Scotland"],
    "name": "Freedom of Information (Scotland) Act 2002",
    "addressee": "records manager",
    "request": "Please treat this as a request under section 1 of the Freedom of Information (Scotland) Act 2002.",
    "refusal": "If you refuse part of this, please say which exemption you rely on and why, send the rest, and tell me how to require a review (section 20).",
    "cost": "If all of it would cost too much (section 12), please answer the questions in the order given as far as you can, and tell me, under your duty to advise and assist (section 15), how I could ask for the remainder.",
    "time": "The Act asks you to answer promptly, and not later than the twentieth working day after the day on which this reaches you (section 10).",
    "days": 20,
    "holidays": ["GB-SCT"],
}
"""From the Act as published on legislation.gov.uk (2002 asp 13); working days: section 73."""
INVENTED = {
    "countries": ["Inventia"],
    "name": "Open Books Act",
    "request": "I ask for this under article 3 of the Open Books Act.",
    "time": "The Open Books Act gives you 30 days.",
    "days": 30,
    "count": "calendar",
}
SOCIETY = "the allotment society that works with {unit}"

_DAY, _READ = "2024-02-01", "2026-03-02"
_COUNCILS = [
    # id, name, country: two under the Scottish Act, one under an invented one, one under none.
    ("upper", "Council of Upper Plot", "Scotland"),
    ("lower", "Council of Lower Plot", "Scotland"),
    ("far", "Council of Far Plot", "Inventia"),
    ("lost", "Council of Lost Plot", "Erewhon"),
]
_TABLES = {
    "units": [
        {"unit_id": one, "name": name, "short_name": name[11:], "code": one, "region": "The Plots"}
        | {"country": country, "tile_column": str(number), "tile_row": "1"}
        for number, (one, name, country) in enumerate(_COUNCILS, start=1)
    ],
    "recommendations": [
        {
            "recommendation_id": "plots",
            "label": "Allotments",
            "kind": "group",
            "asks": "Let people dig.",
        }
        | {"text_read": "full", "weight": "1", "source_id": "P1"},
    ],
    "criteria": [
        {"criterion_id": one, "recommendation_id": "plots", "label": label, "question": question}
        | {"scale_id": "dug", "weight": "1", "scored": "yes", "ask_of": body}
        for one, label, question, body in [
            ("waiting", "Waiting list", "Does the council publish its waiting list?", ""),
            ("water", "Water", "Is there a tap on each site?", ""),
            ("bees", "Bees", "May beehives be kept on the council’s sites?", SOCIETY),
        ]
    ],
    "levels": [
        {"scale_id": "dug", "level": level, "value": value, "meaning": "As it says."}
        for level, value in (("yes", "1"), ("no", "0"))
    ],
    "rules": [
        {"criterion_id": one, "level": level, "rule": f"The source says {level}."}
        for one in ("waiting", "water", "bees")
        for level in ("yes", "no")
    ],
    "sources": [
        {"source_id": "P1", "publisher": "The Made-up Diggers", "title": "Room to Dig", "url": ""}
        | {"published": _DAY, "kind": "report", "extent_read": "whole", "read_on": _READ},
        {"source_id": "P2", "publisher": "Council of Upper Plot", "title": "Our sites", "url": ""}
        | {"published": "2025-05", "kind": "page", "extent_read": "whole", "read_on": _READ},
    ],
    "evidence": [
        {"evidence_id": "D1", "scope": "unit", "unit_id": "upper", "source_id": "P2"}
        | {
            "published": "2025-05",
            "states": "Lists its sites, each with a tap.",
            "extent_read": "whole",
        },
    ],
    "assessments": [
        {"unit_id": "upper", "criterion_id": "water", "observed_on": "2025-05", "read_on": _READ}
        | {"level": "yes", "evidence_ids": "D1", "confidence": "high", "rationale": "It says so."}
        | {"settled_by": "agreement"},
    ],
    "codings": [
        {"unit_id": "upper", "criterion_id": "water", "observed_on": "2025-05", "read_on": _READ}
        | {"level": "yes", "evidence_ids": "D1", "confidence": "high", "rationale": "It says so."}
        | {"coder": coder}
        for coder in ("ann", "ben")
    ],
    "searches": [
        {"unit_id": one, "searched_on": _READ, "where": "its site", "criterion_ids": "waiting"}
        | {"queries": "waiting list", "queries_count": "1"}
        for one in ("lower", "far", "lost")
    ],
    "notices": [{"notice_id": "N1", "scope": "study", "text": "All of this is invented."}],
}


def write_allotments(
    folder: Path, laws=(SCOTTISH, INVENTED), about="how you let allotments"
) -> Path:
    """Write the study; return its folder."""
    descriptor = copy.deepcopy(full_descriptor(template()))
    descriptor |= {"name": "allotments", "title": "Four made-up councils on allotments"}
    descriptor |= {"description": "Invented.", "contributors": [{"title": "Made-up gardeners"}]}
    descriptor["study"] |= {
        "contact": "The made-up gardeners, gardeners@example.org",
        "unit_noun": {"singular": "council", "plural": "councils"},
        "report": {"title": "Room to Dig", "date": _DAY, "publisher": "The Made-up Diggers"}
        | {"source_id": "P1"},
        "coders": "Invented readings.",
        "requests": {"about": about, "laws": list(laws)},
    }
    return write_tables(folder, descriptor, _TABLES)
