"""Which unit a document may be about: a proposal for a person, which nothing records."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from analysis.documents.collect import Collected
from analysis.study import Study

FILE_NAME, ADDRESS, FIRST_PAGE = "the name of its file", "its address", "its first page"
_PAGE_AT_MOST = 3000
"""Letters of a first page that are looked through."""


def proposed_unit(study: Study, collected: Collected) -> tuple[str, str] | None:
    """Return the one unit that a document names, and where; ``None``: it names none, or several.

    A name counts where it stands as whole words. The first place that names any unit decides: the
    address or the file name, and then the first page.
    """
    place = urlsplit(collected.name)
    path = place.netloc + place.path if place.netloc else PurePath(collected.name).stem
    places = {
        ADDRESS if place.netloc else FILE_NAME: path,
        FIRST_PAGE: collected.text.pages[0][:_PAGE_AT_MOST],
    }
    names = study.lookup("units", "short_name")
    for where, text in places.items():
        units = _named(names, text)
        if units:
            return (units[0], where) if len(units) == 1 else None
    return None


def _named(names: Mapping[str, str], text: str) -> list[str]:
    """Return the ids of units of which a text has the name; a name within a longer one is none."""
    words = f" {_words(text)} "
    matches = {unit: _words(name) for unit, name in names.items() if f" {_words(name)} " in words}
    return [
        unit
        for unit, name in matches.items()
        if not any(name != other and f" {name} " in f" {other} " for other in matches.values())
    ]


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
