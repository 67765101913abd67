"""The addresses of the site: one stable address for each thing, so that it can be cited.

Paths are relative to the site's folder. The ids of the study contain no dot, so an anchor with a
dot, which belongs to the page itself, never equals an id.
"""

import re
from collections.abc import Iterable, Mapping

from analysis.measure.figures import NamedFigure, RowKey
from analysis.study import Study

RESERVED = ("recommendations", "evidence", "figures", "charts", "cards", "notebooks")
"""Folder names that the folder of the units' pages may not have."""


class Addresses:
    """The addresses of one study."""

    def __init__(self, study: Study, named: Mapping[str, NamedFigure]):
        """Give each unit, recommendation, named figure and piece of evidence its own file."""
        self.units_folder = units_folder(study.settings.unit_noun.plural)
        self._unit = _paths(self.units_folder, study["units"]["unit_id"])
        # A unit that does not exist on the date has an entry on the index page instead of a page.
        absent = set(study.tables["units"]["unit_id"]) - set(self._unit)
        self._absent = {unit: f"{self.units_folder}/index.html#absent.{unit}" for unit in absent}
        self._recommendation = _paths(
            "recommendations", study["recommendations"]["recommendation_id"]
        )
        self._evidence = _paths("evidence", study["evidence"]["evidence_id"])
        self._figure = _paths("figures", named)
        self._named = named

    def unit(self, name: str, anchor: str = "") -> str:
        """Return the page of a unit or a place on it, or the entry of a unit that has no page."""
        if name in self._absent:
            return self._absent[name]
        return self._unit[name] + (f"#{anchor}" if anchor else "")

    def cell(self, unit: str, criterion: str) -> str:
        """Return the place of a cell: ``libraries/one.html#opening``."""
        return self.unit(unit, criterion)

    def recommendation(self, name: str) -> str:
        """Return the page of a recommendation."""
        return self._recommendation[name]

    def evidence(self, name: str) -> str:
        """Return the page of a statement of evidence."""
        return self._evidence[name]

    def source(self, name: str) -> str:
        """Return the place of a source."""
        return f"sources.html#{name}"

    def figure(self, name: str) -> str:
        """Return the address that shows what a named figure counts.

        A figure about one unit is shown on the unit's page, any other on a page of its own.
        """
        about = self._named[name].about
        if about.kind in ON_UNIT:
            return self.unit(about.unit, ON_UNIT[about.kind].format(about.recommendation))
        return self._figure[name]

    def row(self, row: RowKey) -> str:
        """Return the address of a row that a figure counts."""
        table, keys = row
        if table in ("matrix", "next"):
            return self.cell(*keys)
        if table in ("gaps", "scores"):
            return self.unit(keys[0], f"{table.removesuffix('s')}.{keys[1]}")
        if table in ("ranks", "pairs"):
            return self.unit(keys[0], "page.compared")
        if table in _BY_KEY:
            return _BY_KEY[table](self, keys[0])
        return _ANCHORS[table].format(keys[0])


ON_UNIT = {
    "score": "score.{}",
    "without": "page.document",
    "ranks": "page.compared",
    "above": "page.compared",
}
"""The anchor on a unit's page for each kind of figure about one unit."""

_BY_KEY = {
    "units": Addresses.unit,
    "recommendations": Addresses.recommendation,
    "evidence": Addresses.evidence,
    "sources": Addresses.source,
}
_ANCHORS = {
    "criteria": "method.html#{}",
    "datapackage.json": "method.html#page.settings",
    "published_totals": "published.html#total.{}",
    "published_scores": "published.html#published-score.{}",
    "figures": "published.html#figure.{}",
    "events": "published.html#event.{}",
    "replies": "cite.html#reply.{}",
}


def units_folder(plural: str) -> str:
    """Return the folder of the units' pages, from the plural noun for units: ``public-libraries``."""
    slug = re.sub(r"[^a-z0-9]+", "-", plural.lower()).strip("-")
    return slug if slug and slug not in RESERVED else f"units-{slug}".strip("-")


def _paths(folder: str, names: Iterable[str]) -> dict[str, str]:
    """Return a file for each name, unique even if case is ignored, and never the index."""
    taken, paths = {"index"}, {}
    for name in names:
        # Ids begin with a letter or digit, so a leading underscore cannot clash with an id.
        stem = name
        while stem.lower() in taken:
            stem = f"_{stem}"
        taken.add(stem.lower())
        paths[name] = f"{folder}/{stem}.html"
    return paths
