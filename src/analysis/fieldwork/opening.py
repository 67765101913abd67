"""Open a workbook that somebody sent, or say in one line why it cannot be opened."""

import re
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook

from analysis.problems import Problem, StudyError, shorten
from analysis.spreadsheet import unescaped

LARGEST_FILE = 64 * 2**20
LARGEST_CONTENT = 256 * 2**20
"""Bytes of a workbook, packed and unpacked, beyond which it is not opened."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_STRIKE = re.compile(rb"<(\w+:)?strike[\s>/]")
_SHARED = "xl/sharedStrings.xml"
_SAVE_AS = "save it as an Excel workbook (.xlsx)"


@dataclass(frozen=True)
class Opened:
    """A workbook that could be opened.

    Attributes:
        book: as it was written, formulas as formulas.
        results: the same with the stored results of its formulas; ``None`` without formulas.
        runs: the same with its texts in parts of one font each; ``None`` where none is struck out.
        shared: whether a program has saved it: its texts are then kept apart from its sheets.
    """

    book: Workbook
    results: Workbook | None
    runs: Workbook | None
    shared: bool

    def plain(self, text: str) -> str:
        """Return a cell's text without the escapes of the file format.

        The library takes out those of texts that are kept apart, all but that of a carriage
        return, which stands before a line feed.
        """
        return text.replace("_x000D_\n", "\n") if self.shared else unescaped(text)

    def struck(self, cell: Cell) -> bool:
        """Return whether what a cell says, or a part of it, is struck through."""
        if cell.value is None:
            return False
        held = self.runs[cell.parent.title][cell.coordinate].value if self.runs else None
        parts = held if isinstance(held, CellRichText) else ()
        return bool(cell.font.strike) or any(
            isinstance(one, TextBlock) and one.font.strike for one in parts
        )


@dataclass(frozen=True)
class _Holds:
    """What a file holds: formulas, texts of which a part is struck out, texts kept apart."""

    formulas: bool
    struck: bool
    shared: bool


class _Reader(ExcelReader):
    """The library's reader, that draws no charts: it fails on a sheet for one with none on it."""

    def read_chartsheet(self, sheet, rel) -> None:
        self.wb.create_chartsheet(sheet.name)


def open_workbook(path: Path) -> Opened:
    """Open a workbook.

    Raises:
        StudyError: it is no workbook that can be opened safely.
    """
    holds = _check(path)
    return Opened(
        book=_opened(path),
        results=_opened(path, data_only=True) if holds.formulas else None,
        runs=_opened(path, rich_text=True) if holds.struck else None,
        shared=holds.shared,
    )


def _check(path: Path) -> _Holds:
    """Refuse what is no safe workbook; return what it holds."""
    if not path.is_file():
        rule = "it is no file" if path.exists() else "there is no such file"
        raise _refusal(path, rule, "name the workbook that was returned")
    if path.stat().st_size > LARGEST_FILE:
        rule = f"it is larger than {LARGEST_FILE // 2**20} MiB"
        raise _refusal(path, rule, "return the workbook that was sent, without additions")
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if head == _OLE:
        raise _old_or_locked(path)
    if not head.startswith(b"PK"):
        raise _refusal(path, "it is no workbook" if head else "it is empty", _SAVE_AS)
    try:
        with zipfile.ZipFile(path) as parts:
            return _check_parts(path, parts)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise _damaged(path, error) from None


def _check_parts(path: Path, parts: zipfile.ZipFile) -> _Holds:
    names, held = parts.namelist(), parts.infolist()
    if sum(one.file_size for one in held) > LARGEST_CONTENT:
        rule = f"unpacked it is larger than {LARGEST_CONTENT // 2**20} MiB"
        raise _refusal(path, rule, "return the workbook that was sent, without additions")
    if any(one.flag_bits & 1 for one in held):
        raise _refusal(path, "it is protected by a password", "save it without a password")
    kinds = parts.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if "xl/workbook.bin" in names:
        raise _refusal(path, "it is a workbook of the binary kind (.xlsb)", _SAVE_AS)
    if "xl/vbaProject.bin" in names or b"macroEnabled" in kinds:
        raise _refusal(path, "it holds macros (.xlsm)", "save it as .xlsx, without macros")
    if "xl/workbook.xml" not in names and b"spreadsheetml.sheet.main" not in kinds:
        raise _refusal(path, "it is no workbook", _SAVE_AS)
    sheets = [name for name in names if _SHEET.fullmatch(name)]
    shared = [name for name in names if name == _SHARED]
    return _Holds(
        formulas=any(_FORMULA.search(parts.read(name)) for name in sheets),
        struck=any(_STRIKE.search(parts.read(name)) for name in [*sheets, *shared]),
        shared=bool(shared),
    )


def _old_or_locked(path: Path) -> StudyError:
    # Both an old .xls and an encrypted .xlsx are OLE files; the latter names its one stream.
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return _refusal(path, "it is protected by a password", "save it without a password")
    return _refusal(path, "it is a workbook of the old kind (.xls)", "save it as .xlsx")


def _opened(path: Path, **how: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            # The library warns of what it drops (pictures, rules of validation): none is read.
            warnings.simplefilter("ignore")
            reader = _Reader(path, **how)
            reader.read()
    except Exception as error:  # a damaged file fails in the library in many ways
        raise _damaged(path, error) from None
    if not reader.wb.worksheets:
        raise _refusal(path, "it has no sheet", "return the workbook that was sent")
    return reader.wb


def _damaged(path: Path, error: Exception) -> StudyError:
    said = shorten(" ".join(str(error).split()) or type(error).__name__, 80)
    rule = f"it cannot be opened: it is damaged ({said})"
    return _refusal(path, rule, "open it in a spreadsheet program, and save it as .xlsx")


def _refusal(path: Path, rule: str, remedy: str) -> StudyError:
    return StudyError([Problem(shorten(path.name), None, "", "", rule, remedy)])
