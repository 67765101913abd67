"""A made-up study in several scripts: island councils with Arabic, Welsh, Chinese and long names.

It has all that a publication can show, under a law that is nowhere in force: seven levels, quotations,
a reply, a count and a score that others published, and sentences that a person wrote.
"""

import copy
import hashlib
from pathlib import Path

from made import write_tables
from made_face import write_face

from analysis.study.profile import full_descriptor, template

ARABIC, HEBREW = "مجلس جزيرة الخيال (2)", "מועצת האי הבדוי"
WELSH, CHINESE = "Cyngor Ynys Ddychmygol", "虛構島議會"
LONG = "The Entirely Made-up Council of " + ", ".join(
    f"{name} Invented Rocks" for name in ("Northernmost", "Easternmost", "Southernmost", "Middle")
)
UNBROKEN = "Llanddychmygol" + "ynysfawrddychmygol" * 5 + "goch"
UNITS = {
    "arabic": (ARABIC, "جزيرة الخيال (2)"),
    "hebrew": (HEBREW, "האי הבדוי"),
    "welsh": (WELSH, "Ynys Ddychmygol"),
    "chinese": (CHINESE, "虛構島"),
    "long": (LONG, LONG.removeprefix("The Entirely ")),
    "unbroken": (f"Cyngor {UNBROKEN}", UNBROKEN),
    "plain": ("Council of Made-up Isle", "Made-up Isle"),
    "none": ("Council of Nothing Isle", "Nothing Isle"),
}
"""Each unit with its name and its short name."""
LAW = {
    "countries": ["Inventia"],
    "name": "Open Books Act",
    "request": "I ask for this under article 3 of the Open Books Act.",
    "time": "The Open Books Act gives you 30 days.",
    "days": 30,
    "count": "calendar",
}
STEPS = {f"step-{number}": str(round(1 - number / 6, 4)) for number in range(7)} | {"step-6": "0"}
"""A scale of seven levels."""
YES_NO = {"published": "1", "kept_back": "0"}
CRITERIA = {
    # id: (group, label, question, scale, scored)
    "ferry": ("boats", "Ferry times", "Does the council publish when its ferry goes?", "steps", "yes"),
    "pier": ("boats", "Llanfa ar gyfer pob cwch sy’n cyrraedd yr ynys ddychmygol, haf a gaeaf", "Who may use the pier, and who says so?", "steps", "yes"),
    "gulls": ("birds", "عدد النوارس", "Are the gulls counted?", "yes-no", "yes"),
    "eggs": ("birds", "Eggs", "Is it forbidden to take eggs?", "steps", "yes"),
    "weather": ("", "Weather", "Does the council say what the weather is?", "yes-no", "no"),
}  # fmt: skip
CELLS = {
    # The first two are wholly known, at the best and nearly at the best.
    "plain": {"ferry": "step-0", "pier": "step-0", "gulls": "published", "eggs": "step-0"},
    "chinese": {"ferry": "step-0", "pier": "step-0", "gulls": "published", "eggs": "step-1"},
    "arabic": {"ferry": "step-0", "pier": "step-6", "gulls": "kept_back", "weather": "published"},
    "hebrew": {"ferry": "step-3", "gulls": "withheld", "eggs": "not_applicable"},
    "welsh": {"ferry": "step-5", "pier": "step-2", "gulls": "published", "eggs": "inconclusive"},
    "long": {"ferry": "step-4", "pier": "step-6", "gulls": "kept_back"},
    "unbroken": {"ferry": "step-6", "eggs": "step-6"},
}
REPORT_DAY, DAY, READ = "2024-02-01", "2025-05-02", "2026-03-02"
QUOTES = {
    "arabic": "لا يجوز استخدام الرصيف (2) إلا بإذن من المجلس.",
    "hebrew": "המעבורת יוצאת בשעה 9.",
    "chinese": "渡輪每日九時開出。",
    "welsh": "Mae’r llong yn gadael am naw.",
    "long": "The ferry leaves " + "when it is full, or its master says so, " * 5 + "or never.",
    "unbroken": f"{UNBROKEN} {UNBROKEN}",
}


FACE = "faces/han.ttf"
HAN = "".join(sorted({sign for sign in CHINESE + QUOTES["chinese"] + "渡輪" if sign > "⿿"}))
"""The signs that our own face does not have."""
ADDRESS = "https://example.org/islands/site/"


def write_islands(folder: Path, with_face: bool = True) -> Path:
    """Write the study and return its folder.

    Args:
        folder: where to write it.
        with_face: whether it names a face that has every letter, in its folder.
    """
    descriptor = copy.deepcopy(full_descriptor(template()))
    descriptor |= {"name": "islands", "title": "Eight made-up island councils on boats and birds"}
    descriptor |= {"description": "Invented.", "contributors": [{"title": "Made-up islanders"}]}
    settings = descriptor["study"]
    settings |= {
        "contact": "The made-up islanders, islanders@example.org",
        "unit_noun": {"singular": "island council", "plural": "island councils"},
        "report": {"title": "جزر بلا خرائط (Islands Without Maps)", "date": REPORT_DAY}
        | {"publisher": "The Made-up Society of Sailors", "source_id": "S0"},
        "coders": "Invented readings of invented records.",
        "compare_dates": [{"date": REPORT_DAY, "label": "The report’s day"}],
        "requests": {"about": "how you let people come and go", "laws": [LAW]},
        "site_address": ADDRESS,
    }
    settings["display"] |= {"faces": [FACE] if with_face else []}
    settings["weight_box"] |= {"nodes": ["total", "boats", "birds"]}
    write_tables(folder, descriptor, _tables())
    if with_face:
        (folder / FACE).parent.mkdir()
        write_face(folder / FACE, HAN, "Test Islands")
    return folder


def _tables() -> dict[str, list[dict[str, str]]]:
    levels = {"steps": STEPS, "yes-no": YES_NO}
    codings = [
        {"unit_id": unit, "criterion_id": criterion, "observed_on": DAY, "read_on": READ}
        | {"level": level, "evidence_ids": f"E-{unit}", "confidence": "high"}
        | {"rationale": f"{UNITS[unit][1]} says so: {QUOTES.get(unit, 'it is there to be read.')}"}
        for unit, cells in CELLS.items()
        for criterion, level in cells.items()
    ]
    return {
        "units": [
            {"unit_id": unit, "name": name, "short_name": short, "code": f"I{number}"}
            | {"region": ("North", "الجنوب", "Y Gorllewin Pell Iawn Iawn")[number % 3]}
            | {"country": "Inventia" if number < 7 else "Erewhon"}
            | {"tile_column": str(number % 3 + 1), "tile_row": str(number // 3 + 1)}
            for number, (unit, (name, short)) in enumerate(UNITS.items(), start=1)
        ],
        "recommendations": [
            {"recommendation_id": group, "label": label, "kind": "group", "asks": asks}
            | {"text_read": "full", "weight": "1", "source_id": "S0"}
            for group, label, asks in (
                ("boats", "Boats", "Say when boats go, and who may land."),
                ("birds", "Birds, and all else that flies over the islands by day or by night, invented or not", "Count them."),
            )
        ],
        "criteria": [
            {"criterion_id": one, "recommendation_id": group, "label": label, "question": question}
            | {"scale_id": scale, "weight": "1", "scored": scored}
            | {"ask_of": "the harbour master of {unit}" if one == "pier" else ""}
            for one, (group, label, question, scale, scored) in CRITERIA.items()
        ],
        "levels": [
            {"scale_id": scale, "level": level, "value": value, "meaning": f"Made up: {level}."}
            for scale, values in levels.items()
            for level, value in values.items()
        ],
        "rules": [
            {"criterion_id": one, "level": level, "rule": f"The source says {level}."}
            for one, (*_, scale, _) in CRITERIA.items()
            for level in levels[scale]
        ],
        "sources": [
            {"source_id": "S0", "publisher": "The Made-up Society of Sailors"}
            | {"title": "جزر بلا خرائط (Islands Without Maps)", "published": REPORT_DAY}
            | {"kind": "report", "extent_read": "whole", "read_on": READ},
            *(
                {"source_id": f"S-{unit}", "publisher": name, "title": f"{short}: 1, 2 (3)"}
                | {"url": f"https://example.org/{unit}", "published": DAY, "kind": "page"}
                | {"extent_read": "whole", "read_on": READ}
                for unit, (name, short) in UNITS.items()
            ),
        ],
        "evidence": [
            {"evidence_id": f"E-{unit}", "scope": "unit", "unit_id": unit, "published": DAY}
            | {"source_id": f"S-{unit}", "states": f"{UNITS[unit][1]} says when its ferry goes."}
            | {"extent_read": "whole", "quote": QUOTES.get(unit, "")}
            | {"document_id": f"D-{unit}" if unit in QUOTES else ""}
            for unit in UNITS
        ],
        "documents": [
            {"document_id": f"D-{unit}", "source_id": f"S-{unit}", "unit_id": unit}
            | dict.fromkeys(("sha256", "text_sha256"), hashlib.sha256(quote.encode()).hexdigest())
            | {"media_type": "text/plain"}
            | {"bytes": str(len(quote.encode())), "pages": "1", "words": str(len(quote.split()))}
            | {"retrieved_on": READ, "access": "public", "extractor": "made up"}
            for unit, quote in QUOTES.items()
        ],
        "codings": [row | {"coder": coder} for row in codings for coder in ("ann", "ben")],
        "assessments": [row | {"settled_by": "agreement"} for row in codings],
        "findings": [
            {"unit_id": "arabic", "recommendation_id": "boats", "rests_on": "pier=step-6"}
            | {"text": f"{UNITS['arabic'][1]} said on 2 May 2025 that nobody may use its pier."}
            | {"written_by": "cat", "checked_by": "dan", "checked_on": READ},
        ],
        "searches": [
            {"unit_id": unit, "searched_on": READ, "where": f"the site of {UNITS[unit][1]}"}
            | {"criterion_ids": "ferry;pier;gulls", "queries": "ferry; 渡輪", "queries_count": "2"}
            for unit in UNITS
            if unit != "none"
        ],
        "published_totals": [
            {"total_id": "T1", "criterion_id": "gulls", "level": "published", "count": "3", "of": "8"}
            | {"as_of": DAY, "confidence": "low", "settles_cells": "no", "source_id": "S0"}
            | {"note": "The island councils are not named."},
        ],
        "figures": [
            {"figure_id": f"F{number}", "measure": measure, "value": value, "unit": "gulls"}
            | {"period_start": "2024", "period_end": "2024", "scope": "Inventia"}
            | {"what_it_counts": "Gulls seen", "source_id": "S0", "comparison": "gulls"}
            for number, (measure, value) in enumerate((("Gulls", "12000"), ("نوارس", "700")))
        ],
        "events": [
            {"event_id": "V1", "date": REPORT_DAY, "actor": "The Made-up Society of Sailors"}
            | {"event": "Publishes its report.", "source_id": "S0"},
            {"event_id": "V2", "date": DAY, "actor": ARABIC, "event": "Closes its pier (2)."}
            | {"source_id": "S-arabic"},
        ],
        "notices": [
            {"notice_id": "N1", "scope": "study", "text": "All of this is invented."},
            {"notice_id": "N2", "scope": "criterion", "criterion_id": "pier"}
            | {"text": "A pier is whatever the invented source calls one."},
            {"notice_id": "N3", "scope": "unit", "unit_id": "arabic"}
            | {"text": f"{ARABIC} has two piers; this is about the second."},
            {"notice_id": "N4", "scope": "unit", "unit_id": "long"}
            | {"text": f"{LONG} answered late."},
        ],
        "requests": [
            {"request_id": "R1", "unit_id": "hebrew", "criterion_id": "gulls", "sent_on": DAY}
            | {"due_on": "2025-06-01", "answered_on": "2025-05-30", "outcome": "refused"}
            | {"evidence_ids": "E-hebrew"},
        ],
        "replies": [
            {"reply_id": "Y1", "unit_id": "arabic", "received_on": READ, "criterion_id": "pier"}
            | {"says": f"{QUOTES['arabic']} It says that the pier (2) is open.", "decision": "open"}
            | {"reason": "It is being read."},
        ],
    }  # fmt: skip
