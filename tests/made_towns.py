"""A small study of invented towns, written row by row: its scales, names and levels are given."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.study import Study, create, load
from analysis.study.profile import profile

Found = Mapping[tuple[str, str], str]
"""The level of cells, by unit and criterion."""


def write_towns(
    folder: Path,
    scales: Mapping[str, Mapping[str, float]],
    criteria: Mapping[str, str],
    units: Sequence[Mapping[str, str]],
    found: Found,
    coded: Mapping[str, Found] | None = None,
    display: Mapping[str, object] | None = None,
    **more: list[dict],
) -> Path:
    """Write a study and return its folder.

    Args:
        folder: where to write it.
        scales: the levels of each scale, with their values.
        criteria: the scale of each criterion.
        units: at least ``unit_id`` of each; its names are that id where they are not given.
        found: the assessments.
        coded: the codings by coder.
        display: settings of how results are shown, beyond those of an empty study.
        more: further rows by table.
    """
    create(folder)
    level_rows = [
        {"scale_id": scale, "level": level, "value": value, "meaning": f"{level} of {scale}"}
        for scale, levels in scales.items()
        for level, value in levels.items()
    ]
    rows = {
        "sources": [{"source_id": "s", "publisher": "The clerk", "title": "A ledger", "extent_read": "whole", "read_on": "2022-02-01"}],
        "notices": [{"notice_id": "n", "scope": "study", "text": "Invented."}],
        "recommendations": [{"recommendation_id": "g", "label": "Group", "kind": "group", "text_read": "full", "weight": 1, "source_id": "s"}],
        "criteria": [
            {"criterion_id": one, "recommendation_id": "g", "label": f"Question {one}", "question": f"Is it {one}?", "scale_id": scale, "weight": 1, "scored": "yes"}
            for one, scale in criteria.items()
        ],
        "levels": level_rows,
        "rules": [
            {"criterion_id": one, "level": row["level"], "rule": f"It says {row['level']}."}
            for one, scale in criteria.items()
            for row in level_rows
            if row["scale_id"] == scale
        ],
        "units": [{"name": one["unit_id"], "short_name": one.get("name", one["unit_id"]), **one} for one in units],
        "searches": [{"unit_id": one["unit_id"], "searched_on": "2022-02-01", "where": "site", "queries": "q", "queries_count": 1} for one in units],
        "evidence": [{"evidence_id": f"e-{one['unit_id']}", "scope": "unit", "unit_id": one["unit_id"], "source_id": "s", "states": "It says so.", "extent_read": "whole"} for one in units],
        "assessments": [{**_row(*cell, level), "settled_by": "agreement"} for cell, level in found.items()],
        "codings": [
            {**_row(*cell, level), "coder": coder}
            for coder, cells in (coded or {}).items()
            for cell, level in cells.items()
        ],
    }  # fmt: skip
    for table, added in more.items():
        rows[table] = [*rows.get(table, []), *added]
    path = folder / "datapackage.json"
    described = json.loads(path.read_text("utf-8"))
    for resource in profile()["resources"]:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows.get(resource["name"], []))
    described["study"]["report"]["date"] = "2021-01-01"
    described["study"]["unit_noun"] = {"singular": "town", "plural": "towns"}
    described["study"]["display"] |= display or {}
    path.write_text(json.dumps(described), "utf-8")
    return folder


def towns(folder: Path, *rows: object, **more: object) -> Study:
    """Write a study (:func:`write_towns`) and return it as it is read."""
    return load(write_towns(folder, *rows, **more))


def _row(unit: str, criterion: str, level: str) -> dict:
    return {
        "unit_id": unit,
        "criterion_id": criterion,
        "observed_on": "2022-01-01",
        "read_on": "2022-02-01",
        "level": level,
        "evidence_ids": f"e-{unit}",
        "confidence": "high",
        "rationale": "So it says.",
    }
