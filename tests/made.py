"""Made-up studies for the tests, and a plain second opinion on what the codebook says.

The second opinion (``naive_*``) is written from the codebook's text, with loops and datetime
only: slow, and easy to read beside the text.
"""

import csv
import dataclasses
import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import settings

from analysis.study import Matrix, Study, load
from analysis.study import vocabulary as v
from analysis.study.descriptor import FILE, Descriptor
from analysis.study.profile import full_descriptor, template
from analysis.study.rules import Draft, check_rules
from analysis.study.schema import check_schema

ROOT = Path(__file__).parents[1]
REAL = ROOT / "data" / "safe-to-share"
LIBRARY = ROOT / "tests" / "studies" / "library-hours"

REPORT_DAY = dt.date(2020, 12, 17)
READ_ON = "2026-11-23"
REAL_READ_ON = "2026-11-28"
"""The day by which the real data had been read."""


def tries(most: int) -> settings:
    """Return settings of a property: so many examples in CI, a third of them elsewhere.

    They are the same on every run.
    """
    count = most if "CI" in os.environ else -(-most // 3)
    return settings(max_examples=count, deadline=None, derandomize=True, database=None)


ANY = tries(60)
"""Settings of most properties."""


def write_tables(
    folder: Path, descriptor: dict, tables: Mapping[str, list[Mapping[str, str]]]
) -> Path:
    """Write a study of these rows, with every other table and column empty; return its folder."""
    folder.mkdir(parents=True)
    for resource in descriptor["resources"]:
        rows = tables.get(resource["name"], [])
        if not rows:
            resource.pop("minimumRows", None)
        columns = [field["name"] for field in resource["schema"]["fields"]]
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: row[name] for name in columns if name in row} for row in rows)
    text = json.dumps(descriptor, indent=1, ensure_ascii=False)
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


@cache
def real() -> Study:
    """Return the study of the repository; do not change it in place."""
    return load(REAL)


@cache
def library() -> Study:
    """Return the study of six made-up libraries; do not change it in place."""
    return load(LIBRARY)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def read_rows(folder: Path, table: str) -> list[dict]:
    """Read a table without any code of the package."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- studies in memory ---------------------------------------------------------------------


def replaced(study: Study, **tables: pd.DataFrame) -> Study:
    """Return the study with other tables."""
    return dataclasses.replace(study, tables={**study.tables, **tables})


def with_rows(study: Study, table: str, rows: list[dict]) -> Study:
    """Return the study with rows added to a table; cells that a row leaves out are empty."""
    held = study[table]
    assert all(set(row) <= set(held.columns) for row in rows)
    more = pd.DataFrame(rows, columns=held.columns, dtype=object).fillna("")
    return replaced(study, **{table: pd.concat([held, more], ignore_index=True)})


def without_rows(study: Study, *tables: str) -> Study:
    """Return the study with some tables emptied."""
    return replaced(study, **{name: study[name].iloc[:0] for name in tables})


NASTY = (
    "#panic(1) $x^2$ \\ \\u{41} *bold* _it_ `raw` @label <label> [a] {b} // c /* d */ = e - f + g "
    "<script>alert(1)</script> \"q\" 'q' &amp; \u200fright\u202eto left\u202c \u05d0\u05d1 \u0627 "
    "\U0001f600 \u4e2d \ue000 =1+1 ~ -- --- ... https://example.org/"
)
"""What a page, a document or a spreadsheet might take for its own markup."""


def everywhere(study: Study, text: str, rows: int | None = None) -> Study:
    """Return the study with one text wherever it can hold any; it need not be valid.

    With ``rows``, only in so many of the first rows of each table: a long text fills many pages.
    """
    columns = {
        "units": ("name", "short_name", "region"),
        "recommendations": ("label", "asks", "addressee"),
        "criteria": ("label", "question"),
        "rules": ("rule",),
        "notices": ("text",),
        "sources": ("publisher", "title"),
        "evidence": ("states",),
        "assessments": ("rationale", "settled_why"),
        "searches": ("queries",),
    }
    tables = {}
    for name, held in columns.items():
        table = tables[name] = study[name].copy()
        for column in held:
            filled = (table[column] != "") & (table.index < (len(table) if rows is None else rows))
            table.loc[filled, column] = text
    settings = study.settings.model_copy(update={"contact": text})
    descriptor = study.descriptor.model_copy(update={"settings": settings, "title": text})
    return dataclasses.replace(replaced(study, **tables), descriptor=descriptor)


def problems(study: Study) -> list[str]:
    """Return what is wrong with a study in memory."""
    tables = study.descriptor.tables
    draft = Draft(tables, study.tables, study.settings)
    return [str(one) for one in (*check_schema(tables, study.tables), *check_rules(draft))]


_USUAL_ROW = {
    "unit_id": "u",
    "criterion_id": "c",
    "read_on": READ_ON,
    "evidence_ids": "E1",
    "confidence": "medium",
    "rationale": "-",
    "settled_by": "agreement",
}
_USUAL_CRITERION = {
    "criterion_id": "c",
    "recommendation_id": "g",
    "label": "C",
    "question": "-",
    "scale_id": "s",
    "weight": "1",
    "scored": "yes",
}


@cache
def _descriptor() -> Descriptor:
    raw = full_descriptor(template())
    report = {"title": "A report", "date": str(REPORT_DAY), "publisher": "-", "source_id": "S1"}
    raw["study"] = {**raw["study"], "report": report}
    return Descriptor.model_validate(raw)


def frame_of(table: str, rows: list[dict]) -> pd.DataFrame:
    columns = _descriptor().tables[table].columns
    assert all(set(row) <= set(columns) for row in rows)
    cells = [[row.get(name, "") for name in columns] for row in rows]
    return pd.DataFrame(cells, columns=columns, dtype=object)


@cache
def _nothing_assessed() -> Study:
    """Return the study of one cell without its criterion, assessments and searches."""
    unit = {"unit_id": "u", "name": "U", "short_name": "U", "region": "-", "country": "-"}
    group = {"recommendation_id": "g", "label": "G", "kind": "finding", "weight": "1"}
    evidence = {"evidence_id": "E1", "scope": "unit", "unit_id": "u", "source_id": "S1"}
    coding = {name: text for name, text in _USUAL_ROW.items() if name != "settled_by"}
    levels = {"met": "1", "partly": "0.5", "not_met": "0"}
    held = {
        "units": [unit | {"tile_column": "1", "tile_row": "1"}],
        "recommendations": [group | {"text_read": "full", "source_id": "S1"}],
        "rules": [{"criterion_id": "c", "level": name, "rule": "-"} for name in levels],
        "levels": [
            {"scale_id": "s", "level": name, "value": value, "meaning": "-"}
            for name, value in levels.items()
        ],
        "sources": [{"source_id": "S1", "publisher": "-", "read_on": "1900-01-01"}],
        "evidence": [evidence | {"states": "-", "extent_read": "whole"}],
        "codings": [coding | {"coder": "one", "level": "inconclusive", "read_on": "1900-01-01"}],
        "notices": [{"notice_id": "N1", "scope": "study", "text": "-"}],
    }
    tables = {name: frame_of(name, held.get(name, [])) for name in _descriptor().tables}
    return Study(Path("nowhere"), _descriptor(), tables)


def row(level: str, observed_on: str = "", **cells: str) -> dict:
    """Return an assessment of the one cell of :func:`one_cell`."""
    return {"level": level, "observed_on": observed_on, **cells}


_LEGAL: set[str] = set()
"""What :func:`one_cell` was asked for, and found to keep every rule."""


def one_cell(
    *rows: dict, applies_from: str = "", searched: str = READ_ON, legal: bool = True
) -> Study:
    """Return a study of one unit ``u`` and one criterion ``c``, report day 17 December 2020.

    Args:
        rows: its assessments (:func:`row`); where not said, read on :data:`READ_ON`, of
            medium confidence.
        applies_from: day from which the criterion applies.
        searched: day of the one logged search of the unit; empty: none is logged.
        legal: check first that the study keeps every rule.
    """
    criterion = _USUAL_CRITERION | {"applies_from": applies_from}
    search = {"unit_id": "u", "searched_on": searched, "where": "-", "queries": "-"}
    search["criterion_ids"] = "c"
    study = replaced(
        _nothing_assessed(),
        criteria=frame_of("criteria", [criterion]),
        assessments=frame_of("assessments", [_USUAL_ROW | one for one in rows]),
        searches=frame_of("searches", [search | {"queries_count": "1"}] if searched else []),
    )
    asked = repr((rows, applies_from, searched))
    if legal and asked not in _LEGAL:
        # A cell of which nothing is known has no assessments, a table that else needs a row.
        wrong = [one for one in problems(study) if "needs at least" not in one]
        assert not wrong, wrong
        _LEGAL.add(asked)
    return study


def matrix_of(study: Study, states: dict[tuple[str, str], str], usual: str) -> Matrix:
    """Return a matrix made by hand: the states given, and one usual state elsewhere."""
    units, criteria = list(study["units"]["unit_id"]), list(study["criteria"]["criterion_id"])
    assert all(unit in units and criterion in criteria for unit, criterion in states)
    keys = [(unit, criterion) for unit in units for criterion in criteria]
    cells = pd.DataFrame(keys, columns=["unit_id", "criterion_id"], dtype=object)
    cells["state"] = [states.get(key, usual) for key in keys]
    cells["observed_on"] = cells["evidence_ids"] = cells["last_level"] = ""
    cells["row"] = -1
    today = dt.date(2023, 1, 1)
    return Matrix(today, today, cells, (len(units), len(criteria)))


# --- the codebook's section "The state of a cell as of a date D", read once more ---------------


def naive_first(text: str) -> dt.date:
    parts = [int(part) for part in text.split("-")]
    return dt.date(*[*parts, 1, 1][:3])


def naive_last(text: str) -> dt.date:
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return dt.date(*parts)
    year, month = [*parts, 12][:2]
    # The day before the first of the next month.
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def naive_days(one: dict) -> tuple[dt.date, dt.date]:
    """Return the first and the last possible day of a row; no bound is the year 1.

    ``life``, where it has one, holds the first and the last day of its unit.
    """
    read_on = dt.date.fromisoformat(one["read_on"])
    if one["observed_on"]:
        first, last = naive_first(one["observed_on"]), naive_last(one["observed_on"])
    else:
        first = naive_first(one["not_before"]) if one["not_before"] else dt.date.min
        last = naive_last(one["not_after"]) if one["not_after"] else read_on
    began, ended = one.get("life", (dt.date.min, dt.date.max))
    return max(first, began), min(last, read_on, ended)


class TieError(Exception):
    """Two rows tie with different levels: an error in the data."""


def naive_stands(rows: list[dict]) -> dict | None:
    """Return the row whose first day is latest, then last day, then of higher confidence."""
    best: list[dict] = []
    for one in rows:
        key = (*naive_days(one), ["low", "medium", "high"].index(one["confidence"]))
        if best and key < best[0]["key"]:
            continue
        if not best or key > best[0]["key"]:
            best = []
        best.append({"key": key, "row": one})
    if len({one["row"]["level"] for one in best}) > 1:
        raise TieError
    return best[-1]["row"] if best else None


def naive_state(
    rows: list[dict],
    searched_on: list[str],
    applies_from: str,
    report: dt.date,
    on: dt.date,
    known_by: dt.date,
    refused: Sequence[dict] = (),
) -> tuple[str, str, str]:
    """Return the state of a cell, ``observed_on`` of the row behind it, and the old level.

    ``refused``: rows that stand for requests that were refused.
    """
    # Step 1.
    if applies_from and on < dt.date.fromisoformat(applies_from):
        return "not_in_force", "", ""
    known, at_level, unknown = [], [], []
    for one in rows:
        if dt.date.fromisoformat(one["read_on"]) <= known_by:
            known.append(one)
    for one in known:
        (unknown if one["level"] in v.UNKNOWNS else at_level).append(one)
    # Step 2.
    gone = [one for one in unknown if one["level"] == "not_applicable"]
    gone = [one for one in gone if one["observed_on"] or one["not_before"]]
    stands = naive_stands([one for one in [*at_level, *gone] if naive_days(one)[1] <= on])
    if stands is not None:
        # Step 3: of a level, not of what does not apply.
        if stands in at_level and naive_days(stands)[1] < report and on > report:
            return "outdated", stands["observed_on"], stands["level"]
        return stands["level"], stands["observed_on"], ""
    # Step 4.
    perhaps = []
    for one in at_level:
        first, last = naive_days(one)
        if first <= on <= last:
            perhaps.append(one)
    if perhaps:
        return "inconclusive", max(perhaps, key=naive_days)["observed_on"], ""
    latest = naive_stands(unknown)
    if latest is None or latest["level"] != "not_applicable":
        asked = [one for one in refused if dt.date.fromisoformat(one["read_on"]) <= known_by]
        latest = naive_stands([*asked, *unknown])
    if latest is not None:
        return latest["level"], latest["observed_on"], ""
    for text in searched_on:
        if dt.date.fromisoformat(text) <= known_by:
            return "not_found", "", ""
    return "not_assessed", "", ""


def naive_states(
    folder: Path, report: dt.date, on: dt.date, known_by: dt.date
) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return :func:`naive_state` of every cell of a study's folder."""
    assessments, searches = read_rows(folder, "assessments"), read_rows(folder, "searches")
    refused = [
        {**one, "level": "withheld", "observed_on": one["answered_on"], "confidence": "high"}
        | {"read_on": one["answered_on"], "not_before": "", "not_after": ""}
        for one in read_rows(folder, "requests")
        if one["outcome"] in ("refused", "neither_confirmed_nor_denied")
        and not (
            one["review_outcome"] in ("answered", "partly_answered", "not_held")
            and dt.date.fromisoformat(one["reviewed_on"]) <= known_by
        )
    ]
    overturned = [
        one
        for one in read_rows(folder, "requests")
        if one["review_outcome"] in ("answered", "partly_answered", "not_held")
        and dt.date.fromisoformat(one["reviewed_on"]) <= known_by
    ]

    def gave_way(row: dict) -> bool:
        for one in overturned:
            same = row["unit_id"] == one["unit_id"]
            same = same and one["criterion_id"] in ("", row["criterion_id"])
            cites = row["evidence_ids"] and all(
                name in one["evidence_ids"].split(";") for name in row["evidence_ids"].split(";")
            )
            before = naive_days(row)[0] <= dt.date.fromisoformat(one["reviewed_on"])
            if same and before and (cites or row["observed_on"] == one["answered_on"]):
                return row["level"] == "withheld"
        return False

    assessments = [one for one in assessments if not gave_way(one)]
    held = {}
    for unit in read_rows(folder, "units"):
        name = unit["unit_id"]
        life = (
            dt.date.fromisoformat(unit["exists_from"] or "0001-01-01"),
            dt.date.fromisoformat(unit["exists_until"] or "9999-12-31"),
        )
        if not unit["exists_from"] <= on.isoformat() <= (unit["exists_until"] or "9999-12-31"):
            continue
        apart = set()
        for one in read_rows(folder, "applicability"):
            column, _, value = one["among"].partition("=")
            of_group = unit[column] == value if value else name in one["among"].split(";")
            if of_group and one["from_day"] <= on.isoformat():
                apart.add(one["criterion_id"])
        of_it = [one for one in searches if name in (one["unit_id"], *one["unit_ids"].split(";"))]
        of_unit = [one | {"life": life} for one in assessments if one["unit_id"] == name]
        for criterion in read_rows(folder, "criteria"):
            asked = [one for one in refused if one["unit_id"] == name]
            asked = [one for one in asked if one["criterion_id"] in ("", criterion["criterion_id"])]
            rows = [one for one in of_unit if one["criterion_id"] == criterion["criterion_id"]]
            searched = [
                one["searched_on"]
                for one in of_it
                if criterion["criterion_id"] in one["criterion_ids"].split(";")
            ]
            held[name, criterion["criterion_id"]] = naive_state(
                rows, searched, criterion["applies_from"], report, on, known_by, asked
            )
            begun = criterion["applies_from"] <= on.isoformat()
            if begun and criterion["criterion_id"] in apart:
                held[name, criterion["criterion_id"]] = ("not_applicable", "", "")
    return held


# --- the weighted mean up the tree, once more in fractions -------------------------------------


def naive_scores(study: Study, matrix: Matrix) -> dict[tuple[str, str], tuple]:
    """Return low, high (0 to 1) and known of every unit on every group with a score."""
    groups = study["recommendations"].to_dict("records")
    criteria = study["criteria"].to_dict("records")
    scale: dict[str, dict[str, Fraction]] = {}
    for one in study["levels"].to_dict("records"):
        scale.setdefault(one["scale_id"], {})[one["level"]] = Fraction(one["value"])
    found = {}

    def mean(parts: list[tuple]) -> tuple | None:
        weight = sum(part[0] for part in parts)
        if not weight:
            return None
        return tuple(sum(part[0] * part[1][n] for part in parts) / weight for n in range(3))

    def of(unit: str, name: str, states: dict[str, str]) -> tuple | None:
        parts = []
        for one in criteria:
            if one["scored"] != "yes" or one["recommendation_id"] != name or not name:
                continue
            values, state = scale[one["scale_id"]], states[one["criterion_id"]]
            if state in (v.NOT_APPLICABLE, v.NOT_IN_FORCE):
                continue
            cell = (min(values.values()), max(values.values()), Fraction(0))
            if state not in v.UNKNOWNS:
                cell = (values[state], values[state], Fraction(1))
            parts.append((Fraction(one["weight"]), cell))
        for group in groups:
            if group["parent_id"] == name:
                inside = of(unit, group["recommendation_id"], states)
                if inside is not None:
                    parts.append((Fraction(group["weight"]), inside))
        score = mean(parts)
        if score is not None:
            found[unit, name or "total"] = score
        return score

    grid = matrix.grid()
    for unit in grid.index:
        of(unit, "", grid.loc[unit].to_dict())
    return found


def close(left, right) -> bool:
    """Return whether numbers agree within 1e-9, the tolerance of every comparison."""
    return bool(np.all(np.abs(np.asarray(left, float) - np.asarray(right, float)) < 1e-9))
