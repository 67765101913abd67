"""Tables for reading: names for ids, words for states, the study's rounding, what must stand."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from analysis.measure.scores import shown
from analysis.measure.tree import TOTAL
from analysis.show.words import gap_words, level_word, word
from analysis.spreadsheet import put_text
from analysis.study import Study
from analysis.study.rounding import rounded

NOTHING = "–"
"""What stands in a cell that has nothing in it: a blank could be taken for a pass."""

_STATES = ("state", "before", "after", "level", "last_level")
_DROPPED = ("row", "notices", "place")


class Table(Styler):
    """A table with its caption; a notebook shows it, and it is written to a spreadsheet."""

    def __init__(self, frame: pd.DataFrame, caption: str = "", lines: Sequence[str] = ()):
        """Show a frame of text.

        Args:
            frame: what is shown.
            caption: what it is.
            lines: what must stand with it.
        """
        frame = frame.reset_index(drop=True)
        super().__init__(frame, uuid="table", cell_ids=False, caption=" ".join([caption, *lines]))
        self._lines = [caption, *lines]
        self.hide(axis="index")

    def _copy(self, deepcopy: bool = False) -> "Table":
        made = super()._copy(deepcopy)
        made._lines = [*self._lines]
        return made

    def __reduce__(self):
        """Go to another process as it was made: without styles that were put on it since."""
        return type(self), (self.data, self._lines[0], self._lines[1:])

    @property
    def frame(self) -> pd.DataFrame:
        """The text that is shown, as a frame of its own."""
        return self.data.copy()

    def __repr__(self) -> str:
        """Return the caption and the table as text."""
        return "\n".join([*self._lines, self.data.to_string(index=False)])

    def to_excel(self, excel_writer, sheet_name: str = "Sheet1", **options) -> None:
        """Write the table to a workbook, below what must stand with it."""
        from analysis.publish.data import guarded

        if not isinstance(excel_writer, pd.ExcelWriter):
            with pd.ExcelWriter(excel_writer, engine="openpyxl") as writer:
                self.to_excel(writer, sheet_name, **options)
            return
        first = options.pop("startrow", 0)
        options = {"index": False, **options, "startrow": first + len(self._lines) + 1}
        guarded(self.data).to_excel(excel_writer, sheet_name=sheet_name, **options)
        sheet = excel_writer.sheets[sheet_name]
        for number, line in enumerate(self._lines, start=first + 1):
            put_text(sheet, number, options.get("startcol", 0) + 1, line)


def labelled(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as text for reading: labels for ids, words for states, rounded numbers."""
    labels, display = study.lookup("criteria", "label"), study.settings.display
    units = study.lookup("units", "short_name")
    names = {
        **dict.fromkeys(("unit_id", "above", "below"), units),
        "criterion_id": labels,
        "recommendation_id": study.lookup("recommendations", "label"),
        "group_id": {**study.lookup("recommendations", "label"), TOTAL: "in all"},
    }
    in_words = level_word if "criterion_id" in table else word
    columns = {}
    for column in table.columns.drop(list(_DROPPED), errors="ignore"):
        cells = table[column].astype(object)
        if column in names:
            cells = cells.map(lambda one, held=names[column]: held.get(one, one))
        elif column in _STATES:
            cells = cells.map(in_words)
        elif column in ("missing", "unknown"):
            empty = "none shown" if column == "missing" else "none"
            cells = cells.map(lambda text, empty=empty: gap_words(text, labels, empty))
        elif column in ("low", "high"):
            cells = cells.map(lambda one: shown(one, display) if _is_score(one) else one)
        elif column == "known":
            cells = cells.map(
                lambda one: f"{shown(100 * one, display)}%" if _is_score(one) else one
            )
        head = study.settings.unit_noun.singular if column == "unit_id" else str(column)
        columns[head.removesuffix("_id").replace("_", " ")] = [_text(one, study) for one in cells]
    return pd.DataFrame(columns, dtype=object)


def _is_score(cell: object) -> bool:
    return isinstance(cell, float) and not pd.isna(cell)


def _text(cell: object, study: Study) -> str:
    if _is_score(cell):
        return rounded(cell, 2, study.settings.display.rounding)
    if isinstance(cell, dt.date) and not pd.isna(cell):
        return f"{cell:%Y-%m-%d}"
    return NOTHING if pd.isna(cell) or cell == "" else str(cell)
