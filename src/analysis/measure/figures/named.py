"""Named figures, the words and keys that they share, and those figures that name no unit."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import RowKey
from analysis.measure.results import Results
from analysis.measure.shown import Unnamed
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.public import name_hider

STUDY_ROW = RowKey("datapackage.json", ("study",))
"""The settings of the study."""


@dataclass(frozen=True)
class About:
    """What a figure is about; empty where it is about all, or where its id says everything.

    Attributes:
        kind: the kind of figure, such as ``national``: all of a kind share a heading and a place.
        unit: the id of the unit that it is about; likewise ``recommendation`` and ``criterion``.
        level: the level or state that it counts.
        published: the id of what somebody published.
        day: the date of the states that it counts.
        part: distinguishes it from other figures of its kind about the same thing.
    """

    kind: str = ""
    unit: str = ""
    recommendation: str = ""
    criterion: str = ""
    level: str = ""
    published: str = ""
    day: dt.date | None = None
    part: str = ""


EVERYTHING = About()


@dataclass(frozen=True)
class NamedFigure:
    """One named figure.

    Attributes:
        id: its name, such as ``national.guidance-clear.met``.
        value: the value, unrounded; ``None`` where there is nothing to measure.
        text: the value as prose shows it.
        definition: what it is, in one sentence.
        rows: the rows that it is made of.
        about: what it is about.
    """

    id: str
    value: int | float | str | None
    text: str
    definition: str
    rows: tuple[RowKey, ...]
    about: About = field(default=EVERYTHING, repr=False)

    @property
    def ids(self) -> set[str]:
        """The units, recommendations and criteria that it or a row behind it is about."""
        # A figure that counts no row is still about something.
        own = (self.about.unit, self.about.recommendation, self.about.criterion)
        return {part for row in self.rows for part in row.key} | {*filter(None, own)}

    def as_dict(self) -> dict:
        """Return the figure as a plain dictionary, for JSON."""
        return {
            "id": self.id,
            "value": self.value,
            "text": self.text,
            "definition": self.definition,
            "rows": [str(row) for row in self.rows],
        }


def counted_rows(
    name: str, definition: str, rows: Iterable[RowKey], about: About = EVERYTHING
) -> NamedFigure:
    """Return the figure that counts the rows behind it."""
    rows = tuple(rows)
    return NamedFigure(name, len(rows), str(len(rows)), definition, rows, about)


def many_units(results: Results) -> str:
    """Return the noun of the units that the figures count; it says if these are only those shown."""
    noun = results.study.settings.unit_noun.plural
    return f"{noun} shown" if results.study.scope.units else noun


def keys_of(table: str, *columns: Iterable) -> list[RowKey]:
    """Return the keys of rows, from the columns that name them."""
    return [RowKey(table, tuple(map(str, key))) for key in zip(*columns, strict=True)]


def cell_keys(cells: pd.DataFrame) -> list[RowKey]:
    """Return the keys of cells of the matrix."""
    return keys_of("matrix", cells["unit_id"], cells["criterion_id"])


def unit_names(study: Study) -> dict[str, str]:
    """Return the short name of each unit, isolated so that it cannot change a text's direction."""
    return {unit: isolated_name(name) for unit, name in study.lookup("units", "short_name").items()}


def quoted_labels(study: Study, table: str) -> dict[str, str]:
    """Return the labels of a table by their ids, in quotation marks."""
    return {key: f"“{label}”" for key, label in study.lookup(table, "label").items()}


def level_word(state: str) -> str:
    """Return the state of a cell as words; a level may have a name that elsewhere means a gap."""
    return v.WORD.get(state, state.replace("_", " "))


def unnamed_figures(results: Unnamed, figures: Mapping[str, NamedFigure]) -> dict[str, NamedFigure]:
    """Return the figures that are about no single unit, without the rows of units behind them.

    Args:
        results: the results that may be published.
        figures: the figures of all units.
    """
    whole = results.whole.study.at(None)
    units, hide = set(whole["units"]["unit_id"]), name_hider(whole)
    rows = {name: set(table.iloc[:, 0]) for name, table in results.study.tables.items()}

    def without_names(figure: NamedFigure) -> NamedFigure:
        kept = [
            row
            for row in figure.rows
            if row == STUDY_ROW or not rows.get(row.table, set()).isdisjoint(row.key)
        ]
        return replace(
            figure,
            value=hide(figure.value) if isinstance(figure.value, str) else figure.value,
            text=hide(figure.text),
            definition=hide(figure.definition),
            rows=tuple(kept),
        )

    return {
        name: without_names(figure)
        for name, figure in figures.items()
        if not figure.about.unit and units.isdisjoint(name.split("."))
    }
