"""Fill in a working workbook as a script would: every cell is text, in the column of its mark."""

import io
import re
from pathlib import Path

import openpyxl

ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Filled:
    """A workbook that was written out and is being filled in."""

    def __init__(self, content: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(content))

    def form(self, name: str) -> "FilledForm":
        """Return the sheet with the marks of a form in its first row."""
        for sheet in self.book.worksheets:
            marks = {cell.value: cell.column for cell in sheet[1] if isinstance(cell.value, str)}
            own = {
                mark.removeprefix(f"{name}."): column
                for mark, column in marks.items()
                if mark.startswith(f"{name}.")
            }
            if own:
                return FilledForm(sheet, own)
        raise LookupError(name)

    def save(self, path: Path) -> Path:
        self.book.save(path)
        return path

    def said(self) -> str:
        """Return every text of the workbook."""
        rows = (row for sheet in self.book.worksheets for row in sheet.iter_rows(values_only=True))
        return "\n".join(str(value) for row in rows for value in row if value is not None)


class FilledForm:
    """A sheet with a form: rows by number, cells by the names of their columns."""

    def __init__(self, sheet, columns: dict[str, int]):
        self.sheet, self.columns = sheet, columns

    def texts(self, row: int) -> dict[str, str]:
        """Return what a row says."""
        values = {name: self.sheet.cell(row, at).value for name, at in self.columns.items()}
        return {name: value for name, value in values.items() if value is not None}

    def rows(self) -> list[int]:
        """Return the rows that say something."""
        return [row for row in range(3, self.sheet.max_row + 1) if self.texts(row)]

    def find(self, mark: str) -> int:
        """Return the first row whose mark begins so."""
        for row in self.rows():
            if self.texts(row).get("row", "").startswith(mark):
                return row
        raise LookupError(mark)

    def spare(self) -> int:
        """Return the first row that says nothing."""
        return next(row for row in range(3, self.sheet.max_row + 2) if not self.texts(row))

    def put(self, row: int, **texts: str) -> int:
        """Write texts into a row, an empty one clears its cell; return the row."""
        for name, text in texts.items():
            cell = self.sheet.cell(row, self.columns[name])
            # Past the library's setter, which takes "=" for a formula.
            cell._value, cell.data_type = ESCAPE.sub("_x005F_", text) or None, "s"
        return row

    def cell(self, row: int, name: str) -> str:
        """Return the address of a cell, as problems name it."""
        title = self.sheet.title
        title = title if title.isalnum() else f"'{title}'"
        return f"{title}!{self.sheet.cell(row, self.columns[name]).coordinate}"

    def columns_of(self, stem: str) -> list[str]:
        """Return the columns of a stem, such as ``evidence``, in order."""
        return [name for name in self.columns if re.fullmatch(rf"{stem}_\d+", name)]

    def evidence(self, ids: str) -> dict[str, str]:
        """Return evidence ids as the columns that hold one each, the last one the rest."""
        columns, parts = self.columns_of("evidence"), ids.split(";")
        several = [*parts[: len(columns) - 1], ";".join(parts[len(columns) - 1 :])]
        return dict.fromkeys(columns, "") | dict(zip(columns, several, strict=False))
