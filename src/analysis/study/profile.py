"""The profile: the tables that every study has, described once; a study states what differs.

A descriptor with a ``profileVersion`` has the profile's tables, and states only its differences,
as a JSON merge patch (RFC 7396) does: ``null`` removes something. Lists of named parts (tables,
columns) are merged by name. A descriptor without it describes all its tables in full.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

VERSION = "profileVersion"


@cache
def profile() -> dict:
    """Return the tables that every study has (do not change it in place)."""
    return _read("profile.json")


@cache
def template() -> dict:
    """Return the descriptor of a new study, without the profile (do not change it in place)."""
    return {VERSION: profile()[VERSION], **_read("template.json")}


def _read(name: str) -> dict:
    return json.loads(files("analysis.study").joinpath(name).read_text("utf-8"))


def full_descriptor(own: dict) -> dict:
    """Return a study's descriptor with its tables described in full, as the standard requires."""
    return _merged(profile(), own) if VERSION in own else own


def own_descriptor(full: dict) -> dict:
    """Return what a descriptor states beyond the profile; all of it, if they cannot be parted."""
    whole = {**full, **{key: value for key, value in profile().items() if key != "resources"}}
    own = {VERSION: profile()[VERSION], **_difference(profile(), whole)}
    return own if _merged(profile(), own) == whole else full


def as_json(descriptor: dict) -> str:
    """Return a descriptor as the text of its file."""
    return json.dumps(descriptor, indent=1, ensure_ascii=False, default=float) + "\n"


def _merged(base: Any, own: Any) -> Any:
    if isinstance(base, dict) and isinstance(own, dict):
        joined = base | {key: _merged(base.get(key), value) for key, value in own.items()}
        return {key: value for key, value in joined.items() if value is not None}
    if not (_has_names(base) and isinstance(own, list)):
        return own
    names = [part.get("name") if isinstance(part, dict) else None for part in own]
    needed = [part["name"] for part in base]
    joined = [
        _merged(part, own[names.index(part["name"])]) if part["name"] in names else part
        for part in base
    ]
    # A name that occurs twice stays, so that validation reports it.
    further = [n for n, name in enumerate(names) if name not in needed or n > names.index(name)]
    return joined + [own[n] for n in further]


def _difference(base: Any, full: Any) -> Any:
    if isinstance(base, dict) and isinstance(full, dict):
        differs = [key for key in full if key == "name" or base.get(key) != full[key]]
        own = {key: _difference(base.get(key), full[key]) for key in differs}
        return own | {key: None for key in base if key not in full}
    if not (_has_names(base) and _has_names(full)):
        return full
    needed = {part["name"]: part for part in base}
    changed = [part for part in full if part != needed.get(part["name"])]
    return [_difference(needed.get(part["name"]), part) for part in changed]


def _has_names(parts: Any) -> bool:
    return isinstance(parts, list) and all(
        isinstance(part, dict) and isinstance(part.get("name"), str) for part in parts
    )
