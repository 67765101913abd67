"""The files that the site offers as downloads, each with a description in plain words."""

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from pathlib import PurePosixPath

from analysis.publish.data_dictionary import TABLES, title_of
from analysis.publish.parts import PARTS
from analysis.study import Study

FILES = {path: words for part in PARTS for path, words in part.files.items()} | {
    "data/annotations.jsonld": "What is quoted, as W3C Web Annotations",
    "manifest.json": "Hashes of all that went in and came out, for those who rebuild",
}
"""Descriptions of the files of a build other than tables and files about a unit."""

_FOLDERS = {folder: words for part in PARTS for folder, words in part.folders.items()}
_OF_UNIT = {folder: part.of_unit for part in PARTS if part.of_unit for folder in part.folders}


def downloads(beside: list[str], study: Study) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the downloads by section: the heading, then the path and description of each file.

    Args:
        beside: the paths of the files beside the site.
        study: the study; the name of a file about one unit is the unit's id.
    """
    # Added here, since the manifest is written after the site.
    files, units = sorted({*beside, "manifest.json"}), study.lookup("units", "name")
    sections: dict[str, list[tuple[str, str]]] = {}
    for path in files:
        folder = str(PurePosixPath(path).parent)
        sections.setdefault(folder, []).append((path, _words(path, units, study)))
    order = [".", *_FOLDERS]
    known = sorted(
        sections, key=lambda folder: order.index(folder) if folder in order else len(order)
    )
    return [
        ("Reports and records" if folder == "." else _FOLDERS.get(folder, folder), sections[folder])
        for folder in known
    ]


def by_unit(beside: Iterable[str]) -> dict[str, list[PurePosixPath]]:
    """Return the files by the first part of their names, which is the unit's id if about a unit."""
    files = defaultdict(list)
    for path in map(PurePosixPath, beside):
        files[_unit(path)].append(path)
    return files


def of_unit(files: Iterable[PurePosixPath]) -> list[tuple[str, str]]:
    """Return the path and description of each of these files about one unit."""
    return [
        (
            str(path),
            f"{_OF_UNIT.get(path.parent.name, path.parent.name)}{_addressee(path)} ({path.suffix[1:]})",
        )
        for path in files
    ]


def letters(files: Iterable[PurePosixPath]) -> list[tuple[str, int]]:
    """Return the requests among files about one unit: the path and the number of the body asked.

    The request to the unit itself comes first.
    """
    requests = [
        (str(path), int(path.stem.partition(".")[2] or 1))
        for path in files
        if path.parent.name == "requests"
    ]
    return sorted(requests, key=itemgetter(1))


def _unit(path: PurePosixPath) -> str:
    """Return the id of the unit that a file is about; ids contain no full stop."""
    return path.stem.partition(".")[0]


def _addressee(path: PurePosixPath) -> str:
    return " to another body" if "." in path.stem else ""


def _words(path: str, units: dict[str, str], study: Study) -> str:
    parts = PurePosixPath(path)
    if path in FILES:
        return FILES[path]
    if str(parts.parent) in _OF_UNIT and _unit(parts) in units:
        return f"{_OF_UNIT[str(parts.parent)]}{_addressee(parts)}: {units[_unit(parts)]}"
    if str(parts.parent) == "data" and parts.stem in TABLES:
        return title_of(study, TABLES[parts.stem])
    return parts.stem.replace("-", " ")
