"""Small made-up studies of any shape that is valid, with every text that a spreadsheet may spoil."""

import itertools
from pathlib import Path

import pandas as pd
from hypothesis import strategies as st
from made import _descriptor, frame_of

from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.load import check
from analysis.study.signs import one_line

DATED = ("observed_on", "not_before", "not_after")
READ_ON = ("2022-07-01", "2022-08-15")
DATES = (
    ("2021", "", ""),
    ("2021-12", "", ""),
    ("2021-12-03", "", ""),
    ("", "", ""),
    ("", "2021-01", ""),
    ("", "", "2022-05-01"),
    ("", "2020", "2022-05"),
)
"""The dates of a row, and the bounds of an undated one: no two of them tie."""
UNITS = ("made-up-one", "Made_Up-2")
CRITERIA = {"c-1": "steps", "C_2": "twins", "c-3": "steps"}
SCALES = {"steps": ("met", "Met", "not_met", "not-met"), "twins": ("yes", "no", "01")}
CODERS = ("coder-1", "=1+1", "Zoë O’Neil", "two blanks", "@me", "_x000D_", "100", "2021-12")
SETTLERS = ("third reading", "=SUM(A1)", "a panel", "A_x000D_b")
REPLY = "Y-1"

_PIECES = (
    *("=", "+", "-", "@", "\t", "\n", " ", "\u00a0", "\u202f", '"', "'", ",", ";", "|", "_x000D_"),
    *("_x005F_", "\u200f", "\u202e", "\u200b", "\ufeff", "😀", "e\u0301", "a", "Z", "0", "1e5"),
    *("2021-12", "TRUE", "#N/A", "<b>", "&amp;", "\\n", "met"),
)
_LONGEST = "=" + "x" * 32_765 + "\t\u00a0"[:1]


def texts() -> st.SearchStrategy[str]:
    """Return texts that a table may hold and a spreadsheet may spoil."""
    some = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join)
    # Blanks and invisible signs alone are no text that can be typed; beside others they are.
    some = some.filter(lambda text: any(one.isprintable() and one != " " for one in text))
    return st.one_of(some, some, some, some.map(lambda text: text * 300), st.just(_LONGEST))


def tidy(text: str) -> str:
    """Return a text as it comes back when it is typed in anew: without blanks at its ends."""
    for blank in "\u00a0\u2007\u202f":
        text = text.replace(blank, " ")
    return text.strip()


@st.composite
def coded_rows(draw, unit: str, criterion: str) -> dict[str, str]:
    level = draw(st.sampled_from((*SCALES[CRITERIA[criterion]], *v.TYPED)))
    few = 0 if level == v.NOT_ASSESSED else 1
    held = st.sampled_from(_evidence_of(unit))
    ids = draw(st.lists(held, min_size=few, max_size=6, unique=True))
    return {
        "unit_id": unit,
        "criterion_id": criterion,
        "read_on": draw(st.sampled_from(READ_ON)),
        "level": level,
        "evidence_ids": ";".join(ids),
        "confidence": draw(st.sampled_from(v.CONFIDENCE)),
        "rationale": draw(texts()),
    }


def _evidence_of(unit: str) -> list[str]:
    """Return the ids of the evidence on a unit."""
    return [f"{unit}-{end}" for end in ("e1", "e9", "e2", "e-3", "e4", "e5", "e6", "e7", "e8")]


@st.composite
def dated_rows(draw, unit: str, criterion: str, least: int, most: int) -> list[dict[str, str]]:
    dates = draw(st.lists(st.sampled_from(DATES), min_size=least, max_size=most, unique=True))
    return [
        draw(coded_rows(unit, criterion)) | dict(zip(DATED, date, strict=True)) for date in dates
    ]


@st.composite
def studies(draw, complete: bool = False, in_order: bool = True) -> Study:
    """Return valid studies.

    Args:
        draw: given by the library.
        complete: every coded cell is settled or set aside, and "agreement" is said only where
            all coders say the level.
        in_order: tables are sorted by their keys, as intake keeps them where they are.
    """
    coders = draw(st.lists(st.sampled_from(CODERS), min_size=1, max_size=3, unique=True))
    names = draw(st.lists(texts().map(one_line), min_size=4, max_size=4, unique_by=_loosely))
    held = _frame_rows(draw, names)
    replied = draw(st.booleans())
    cell_of_reply = (UNITS[0], draw(st.sampled_from(("", *CRITERIA))))
    codings, assessments, set_aside, history = [], [], [], []
    for cell in itertools.product(UNITS, CRITERIA):
        said = [
            row | {"coder": coder}
            for coder in coders
            for row in draw(dated_rows(*cell, least=0, most=2))
        ]
        codings += said
        settle = complete or draw(st.booleans())
        if said and settle and draw(st.integers(0, 3)) == 0:
            who = {"settled_by": draw(st.sampled_from(SETTLERS)), "settled_why": draw(texts())}
            set_aside.append(dict(zip(("unit_id", "criterion_id"), cell, strict=True)) | who)
        elif settle:
            by_reply = replied and cell_of_reply in (cell, (cell[0], ""))
            for row in draw(dated_rows(*cell, least=1 if said else 0, most=2)):
                assessments.append(row | _settled(draw, row, said, by_reply, complete))
        if said and draw(st.booleans()):
            old = {"replaced_on": "2022-09-01", "replaced_why": draw(texts())}
            history.append(said[0] | old)
    held |= {"codings": codings, "assessments": assessments, "set_aside": set_aside}
    held |= {"codings_history": history, "replies": _replies(draw, replied, cell_of_reply)}
    tables = {name: frame_of(name, held.get(name, [])) for name in _descriptor().tables}
    for name in ("codings", "assessments", "set_aside"):
        tables[name] = in_key_order(name, tables[name])
        if not in_order:
            order = draw(st.permutations(range(len(tables[name]))))
            tables[name] = tables[name].iloc[order].reset_index(drop=True)
    wrong = check(_descriptor(), tables)
    assert not wrong, wrong
    return Study(Path("nowhere"), _descriptor(), tables)


def in_key_order(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table sorted by its key."""
    key = list(_descriptor().tables[table].data_schema.primaryKey)
    return rows.sort_values(key, ignore_index=True) if len(rows) else rows


def _loosely(text: str) -> str:
    return "".join(text.casefold().split())


def _settled(draw, row: dict, said: list[dict], by_reply: bool, complete: bool) -> dict:
    views: dict[str, set[str]] = {}
    for one in said:
        views.setdefault(one["coder"], set()).add(one["level"])
    agreed = len(views) > 1 and all(row["level"] in view for view in views.values())
    if draw(st.booleans()) and (agreed or not complete):
        return {"settled_by": "agreement", "settled_why": draw(st.one_of(st.just(""), texts()))}
    who = (*SETTLERS, REPLY) if by_reply else SETTLERS
    return {"settled_by": draw(st.sampled_from(who)), "settled_why": draw(texts())}


def _replies(draw, replied: bool, cell: tuple[str, str]) -> list[dict]:
    usual = {"received_on": "2022-09-01", "says": draw(texts())}
    rows = [
        usual
        | {"reply_id": f"{unit}-r{number}", "unit_id": unit, "criterion_id": criterion}
        | {"decision": decision, "reason": "" if decision == "open" else draw(texts())}
        | {"evidence_ids": ";".join(_evidence_of(unit)[:number]), "assessment": "-late\n"}
        for number, unit, criterion, decision in (
            (1, UNITS[0], "", "open"),
            (2, UNITS[0], "c-1", "declined"),
            (3, UNITS[1], "C_2", "open"),
            (9, UNITS[1], "C_2", "partly"),
        )
        if draw(st.booleans())
    ]
    if replied:
        about = {"reply_id": REPLY, "unit_id": cell[0], "criterion_id": cell[1]}
        rows.append(usual | about | {"decision": "accepted", "reason": draw(texts())})
    return rows


def _frame_rows(draw, names: list[str]) -> dict[str, list[dict]]:
    """Return the rows of the tables that fieldwork does not change."""
    place = {"region": "-", "country": "-", "tile_row": "1"}
    group = {"recommendation_id": "g", "label": "G", "kind": "finding", "weight": "1"}
    usual = {"source_id": "S1", "states": names[0], "extent_read": "whole", "note": "=1+1"}
    evidence = [
        usual | {"evidence_id": one, "scope": "unit", "unit_id": unit}
        for unit in UNITS
        for one in _evidence_of(unit)
    ]
    context = usual | {"evidence_id": "all-1", "scope": "all-of-them", "unit_id": ""}
    search = {"searched_on": READ_ON[0], "where": "-", "queries": "-", "queries_count": "1"}
    search["criterion_ids"] = ";".join(CRITERIA)
    labels = ["+1, a label", names[2], names[3]]
    return {
        "units": [
            place | {"unit_id": one, "name": name, "short_name": f"{n}", "tile_column": f"{n}"}
            for n, (one, name) in enumerate(zip(UNITS, names[:2], strict=True), start=1)
        ],
        "recommendations": [group | {"text_read": "full", "source_id": "S1"}],
        "criteria": [
            {"criterion_id": one, "label": label, "question": "-why?\t", "scale_id": scale}
            | {"weight": "0", "scored": "no"}
            for (one, scale), label in zip(CRITERIA.items(), labels, strict=True)
        ],
        "rules": [{"criterion_id": "c-1", "level": "met", "rule": "@rule"}],
        "levels": [
            {"scale_id": scale, "level": level, "value": str(value), "meaning": "=meaning"}
            for scale, levels in SCALES.items()
            for level, value in zip(levels, (1, 0, 0.5, 0.25), strict=False)
        ],
        "sources": [{"source_id": "S1", "publisher": "=P", "title": "+T", "read_on": READ_ON[0]}],
        "evidence": [*evidence, context],
        "searches": [search | {"unit_id": one} for one in UNITS],
        "notices": [{"notice_id": "N1", "scope": "study", "text": "-"}],
    }
