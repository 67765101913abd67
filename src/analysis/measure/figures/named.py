"""A named figure, and the words and keys that all of them share."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.direction import isolated_name
from analysis.measure.results import Results
from analysis.study import Study
from analysis.study import vocabulary as v


@dataclass(frozen=True)
class NamedFigure:
    """One named figure.

    Attributes:
        id: its name, such as ``national.guidance-clear.met``.
        value: the value, unrounded; ``None`` where there is nothing to measure.
        text: the value as prose shows it.
        definition: what it is, in one sentence.
        rows: what it is made of, as ``table/key`` or ``table/key/key``.
    """

    id: str
    value: int | float | str | None
    text: str
    definition: str
    rows: tuple[str, ...]

    def as_dict(self) -> dict:
        """Return the statement as a plain dictionary, for JSON."""
        return {
            "id": self.id,
            "value": self.value,
            "text": self.text,
            "definition": self.definition,
            "rows": list(self.rows),
        }


def counted_rows(name: str, definition: str, rows: Iterable[str]) -> NamedFigure:
    """Return the statement that counts the rows behind it."""
    rows = tuple(rows)
    return NamedFigure(name, len(rows), str(len(rows)), definition, rows)


def many_units(results: Results) -> str:
    """Return the noun of the units that the figures count: of a part of them, those shown."""
    noun = results.study.settings.unit_noun.plural
    return f"{noun} shown" if results.study.scope.units else noun


def keys_of(table: str, *columns: Iterable) -> list[str]:
    """Return the keys of rows, as ``table/key`` or ``table/key/key``."""
    return ["/".join((table, *map(str, key))) for key in zip(*columns, strict=True)]


def cell_keys(cells: pd.DataFrame) -> list[str]:
    """Return the keys of cells of the matrix."""
    return keys_of("matrix", cells["unit_id"], cells["criterion_id"])


def unit_names(study: Study) -> dict[str, str]:
    """Return the short name of each unit, so that it turns no sentence in which it stands."""
    return {one: isolated_name(name) for one, name in study.lookup("units", "short_name").items()}


def quoted_labels(study: Study, table: str) -> dict[str, str]:
    """Return the labels of a table by their ids, in quotation marks."""
    return {one: f"“{label}”" for one, label in study.lookup(table, "label").items()}


def level_word(state: str) -> str:
    """Return the state of a cell as words; a level may have a name that elsewhere means a gap."""
    return v.WORD.get(state, state.replace("_", " "))
