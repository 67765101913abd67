"""Read a study as an older version left it: what an empty study has gained since is filled in.

Nothing is made up: tables and columns are added empty, and only where they may be empty. The
rules of today then hold for the older rows as for any others.
"""

import csv
import json
import shutil
from pathlib import Path

from analysis.study.descriptor import FILE, Column, looser, template
from analysis.study.tables import is_marked

Rows = list[list[str]]


def bring_up(folder: Path, to: Path) -> list[str]:
    """Copy a study's folder, and add to the copy what an empty study has and it has not.

    Added are tables that need no row, columns that may be empty, settings, and the keys and
    constraints of today. What cannot be added is left as it is, for validation to say; so is
    all of a study whose descriptor or tables cannot be read. A study that lacks nothing is not
    copied.

    Args:
        folder: the study; it is not changed.
        to: the copy's folder; it must not exist.

    Returns:
        The names of the tables, columns (``table.column``) and settings (``study.setting``)
        added; none where there is no copy.
    """
    files: dict[str, Rows] = {}
    try:
        raw = json.loads((folder / FILE).read_text("utf-8-sig"))
        added = _complete(raw, folder, files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, csv.Error):
        return []
    if not added:
        return []
    to.mkdir()
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_file():
            shutil.copyfile(path, to / path.name)
        else:
            (to / path.name).mkdir()  # it is no part of a study, and validation says so
    for name, rows in files.items():
        encoding = "utf-8-sig" if is_marked(folder / name) else "utf-8"
        with (to / name).open("w", encoding=encoding, newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    text = json.dumps(raw, indent=1, ensure_ascii=False) + "\n"
    (to / FILE).write_text(text, encoding="utf-8", newline="\n")
    return added


def _complete(raw: dict, folder: Path, files: dict[str, Rows]) -> list[str]:
    """Complete a descriptor in place, and gather the files that have to be written for it."""
    needed = template()
    added = [f"study.{name}" for name in needed["study"] if name not in raw["study"]]
    raw["study"] = {**needed["study"], **raw["study"]}
    held = {table["name"]: table for table in raw["resources"]}
    for resource in needed["resources"]:
        name, path = resource["name"], resource["path"]
        if name in held:
            added += _complete_table(held[name], resource, folder, files)
        elif not resource.get("minimumRows") and not (folder / path).exists():
            raw["resources"].append(resource)
            files[path] = [[field["name"] for field in _fields(resource)]]
            added.append(name)
    return added


def _complete_table(table: dict, needed: dict, folder: Path, files: dict[str, Rows]) -> list[str]:
    """Complete one table; return the names of the columns added."""
    own = {field["name"]: field for field in _fields(table)}
    lacking = [field for field in _fields(needed) if field["name"] not in own]
    rows = _read(folder / table["path"]) if lacking else []
    more = [
        field
        for field in lacking
        if len(rows) == 1 or not field.get("constraints", {}).get("required")
    ]
    names = [field["name"] for field in more]
    for field in _fields(needed):
        have = own.get(field["name"])
        if not have:
            continue
        if looser(Column.model_validate(have), Column.model_validate(field)):
            have["constraints"] = field.get("constraints", {})
        elif not field.get("constraints", {}).get("required"):
            # What an older version required of every study was not this study's own choice.
            have.get("constraints", {}).pop("required", None)
    keys = {key: said for key, said in needed["schema"].items() if key in _KEYS}
    rest = {key: said for key, said in table["schema"].items() if key not in _KEYS}
    table["schema"] = {**rest, **keys, "fields": [*_fields(table), *more]}
    table["minimumRows"] = max(table.get("minimumRows", 0), needed.get("minimumRows", 0))
    if names and rows[0] == list(own):  # another header is for validation to say
        files[table["path"]] = [rows[0] + names, *(row + [""] * len(names) for row in rows[1:])]
    return [f"{table['name']}.{name}" for name in names]


_KEYS = ("primaryKey", "foreignKeys")


def _fields(table: dict) -> list[dict]:
    return table["schema"]["fields"]


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file)) or [[]]
