"""Tables for reading: labels for ids, words for states, the study's rounding, caveats."""

import datetime as dt
import re
from collections.abc import Sequence
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd
from pandas.io.formats.style import Styler

from analysis.api.given import refused_value
from analysis.measure.gaps import CANNOT_BE_TOLD
from analysis.measure.scores import shown
from analysis.measure.tree import TOTAL
from analysis.show.labels import gap_words, level_word, word
from analysis.spreadsheet import put_text
from analysis.study import Study
from analysis.study.rounding import rounded

NOTHING = "–"
"""The text of an empty cell: a blank could be taken for a pass."""

NO_NUMBER = "no value"
"""The text of an empty cell among the numbers of a workbook."""

_A_NUMBER = re.compile(r"[+−-]?\d+(\.\d+)?", re.ASCII)
_STATES = ("state", "before", "after", "level", "last_level")
_DROPPED = ("row", "notices", "place")


class Number(str):
    """A number as text; a workbook has it as a number with a format that looks the same."""

    @property
    def value(self) -> float:
        """Return the number; a percentage as a share."""
        number = float(self.removesuffix("%").replace("−", "-"))
        return number / 100 if self.endswith("%") else number

    @property
    def number_format_code(self) -> str:
        """Return the number format that shows the number as in the text."""
        _, point, decimals = self.removesuffix("%").partition(".")
        plain = f"0{point}{'0' * len(decimals)}{'%' * self.endswith('%')}"
        return f"+{plain};−{plain};{plain}" if self.startswith(("+", "−")) else plain


class Table(Styler):
    """A table with its caption, which a notebook shows and ``to_excel`` writes to a workbook."""

    data: pd.DataFrame  # which the stub of Styler leaves out

    def __init__(self, frame: pd.DataFrame, caption: str = "", lines: Sequence[str] = ()):
        """Show a frame of text.

        Args:
            frame: the text to show.
            caption: a title for it.
            lines: the caveats that must accompany it.
        """
        frame = frame.reset_index(drop=True)
        super().__init__(frame, uuid="table", cell_ids=False, caption=" ".join([caption, *lines]))
        self._lines = [caption, *lines]
        self.hide(axis="index")

    def _copy(self, deepcopy: bool = False) -> "Table":
        table = super()._copy(deepcopy)  # pyright: ignore[reportAttributeAccessIssue] # not in the stub
        table._lines = [*self._lines]
        return table

    def __reduce__(self):
        """Pickle the table as it was created, without styles that were added since."""
        return type(self), (self.data, self._lines[0], self._lines[1:])

    @property
    def frame(self) -> pd.DataFrame:
        """The text that is shown, as a frame of its own."""
        return self.data.copy()

    def __repr__(self) -> str:
        """Return the caption and the table as text."""
        return "\n".join([*self._lines, self.data.to_string(index=False)])

    def to_excel(  # pyright: ignore[reportIncompatibleMethodOverride] # options go to pandas
        self, excel_writer, sheet_name: str = "Sheet1", **options
    ) -> None:
        """Write the table to a workbook, below its caveats, with its numbers as numbers.

        Raises:
            StudyError: the file name does not end in .xlsx, or the writer is not openpyxl's.
        """
        from analysis.publish.data import guarded

        if not isinstance(excel_writer, pd.ExcelWriter):
            _refuse_other_endings(excel_writer)
            with pd.ExcelWriter(excel_writer, engine="openpyxl") as writer:
                self.to_excel(writer, sheet_name, **options)
            return
        if excel_writer.engine != "openpyxl":
            rule, remedy = "a table is written by openpyxl alone", 'give engine="openpyxl"'
            raise refused_value("engine", excel_writer.engine, rule, remedy)
        first, left = options.pop("startrow", 0), options.get("startcol", 0) + 1
        top = first + len(self._lines) + 1
        options = {"index": False, "header": True, **options, "startrow": top}
        texts = self.data[options.get("columns", list(self.data))]
        shown = guarded(texts).apply(_cells)
        shown.to_excel(excel_writer, sheet_name=sheet_name, **options)
        sheet = excel_writer.sheets[sheet_name]
        for number, line in enumerate(self._lines, start=first + 1):
            put_text(sheet, number, left, line)
        for down, row in enumerate(texts.to_numpy(), start=top + 1 + bool(options["header"])):
            for across, cell in enumerate(row, start=left + bool(options["index"])):
                if isinstance(cell, Number):
                    sheet.cell(down, across).number_format = cell.number_format_code


def _cells(column: pd.Series) -> pd.Series:
    """Return a column for a workbook; an empty cell among numbers gets words."""
    if not column.map(lambda cell: isinstance(cell, Number)).any():
        return column
    cells = [
        cell.value if isinstance(cell, Number) else NO_NUMBER if cell == NOTHING else cell
        for cell in column
    ]
    return pd.Series(cells, column.index, dtype=object)


def _refuse_other_endings(place: object) -> None:
    if isinstance(place, str | PathLike) and Path(place).suffix.lower() != ".xlsx":
        rule = "a workbook has a name that ends in .xlsx"
        remedy = f"name it {Path(place).stem}.xlsx; a CSV file is written by table.frame.to_csv"
        raise refused_value("to_excel", place, rule, remedy)


def labelled(study: Study, table: pd.DataFrame, numbers: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table as text for reading: labels for ids, words for states, rounded numbers.

    Args:
        study: whose table it is.
        table: the table.
        numbers: columns whose numbers are text in the table.
    """
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
            cells = cells.map(lambda cell, label_of=names[column]: label_of.get(cell, cell))
        elif column in _STATES:
            cells = cells.map(in_words)
        elif column in ("missing", "unknown"):
            empty = "none shown" if column == "missing" else "none"
            cells = cells.map(lambda text, empty=empty: gap_words(str(text), labels, empty))
        elif column in ("low", "high"):
            cells = cells.map(lambda end: Number(shown(end, display)) if _is_score(end) else end)
        elif column == "known":
            cells = cells.map(
                lambda share: (
                    Number(f"{shown(100 * share, display)}%") if _is_score(share) else share
                )
            )
        if column in numbers:
            cells = cells.map(lambda text: Number(text) if _A_NUMBER.fullmatch(str(text)) else text)
        head = study.settings.unit_noun.singular if column == "unit_id" else str(column)
        head = word(head) if head == CANNOT_BE_TOLD else head.removesuffix("_id").replace("_", " ")
        columns[head] = [_text(cell, study) for cell in cells]
    return pd.DataFrame(columns, dtype=object)


def _is_score(cell: object) -> TypeGuard[float]:
    return isinstance(cell, float) and not pd.isna(cell)


def _text(cell: Any, study: Study) -> str:
    if isinstance(cell, Number):
        return cell
    if _is_score(cell):
        return Number(rounded(cell, 2, study.settings.display.rounding))
    if isinstance(cell, Integral) and not isinstance(cell, bool):
        return Number(cell)
    if isinstance(cell, dt.date) and not pd.isna(cell):
        return f"{cell:%Y-%m-%d}"
    return NOTHING if pd.isna(cell) or cell == "" else str(cell)
