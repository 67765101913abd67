"""Open a returned workbook safely, or raise an error that says why it cannot be opened."""

import re
import warnings
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from analysis.problems import StudyError, refusal, shorten
from analysis.spreadsheet import unescaped

LARGEST_FILE = 64 * 2**20
LARGEST_CONTENT = 256 * 2**20
"""The largest workbook that is opened, in bytes: as a file, and when unpacked."""
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_STRIKE = re.compile(rb"<(\w+:)?strike[\s>/]")
_SHARED = "xl/sharedStrings.xml"
_LINKED = re.compile(rb'<(?:\w+:)?hyperlink\b[^>]*?\bref="([A-Z]+\d+)"')
_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*?(?<!/)>\s*<(?:\w+:)?(?:v|f|is)\b')
_THREAD_CELL = re.compile(r'<(?:\w+:)?threadedComment\b[^>]*?\bref="([A-Z]+\d+)"')
_ANCHOR = re.compile(
    r"<(?:\w+:)?(?:twoCell|oneCell|absolute)Anchor\b.*?</(?:\w+:)?\w+Anchor>", re.S
)
_CORNER = re.compile(r"<(?:\w+:)?col>(\d+)<.*?<(?:\w+:)?row>(\d+)<", re.S)
_OBJECT = re.compile(r'ObjectType="(\w+)"')
_OBJECTS = ("oleObject", "package", "image", "control")
"""Types of parts related to a sheet that hold an object a person put on it."""
_SAVE_AS = "save it as an Excel workbook (.xlsx)"
_RETURN = "fill the workbook that was sent, and return it as an Excel workbook (.xlsx)"


@dataclass(frozen=True)
class OpenedWorkbook:
    """A workbook that was opened, with the escapes of the file format removed from its texts.

    Attributes:
        book: the workbook, with formulas as formulas.
        results: the workbook with the stored results of formulas; ``None`` without formulas.
        struck_parts: the cells with partly struck-through text, as the sheet's tab and the cell.
        objects: the text boxes, pictures, charts and files on its sheets, as the sheet's tab and
            the cell; the cell is empty if unknown.
        threads: the cells with threaded comments, as the sheet's tab and the cell.
    """

    book: Workbook
    results: Workbook | None = None
    struck_parts: Collection[tuple[str, str]] = ()
    objects: Sequence[tuple[str, str]] = ()
    threads: Sequence[tuple[str, str]] = ()

    def struck(self, cell: Cell) -> bool:
        """Return whether the text of a cell, or a part of it, is struck through."""
        place = cell.parent.title, cell.coordinate
        return cell.value is not None and (bool(cell.font.strike) or place in self.struck_parts)

    def result(self, cell: Cell) -> Cell | None:
        """Return the cell with the stored results; ``None`` if the workbook has no formulas."""
        return self.results[cell.parent.title][cell.coordinate] if self.results else None


class _Reader(ExcelReader):
    """openpyxl's reader without charts: it would fail on a chart sheet that has no chart."""

    def read_chartsheet(self, sheet: Any, rel: object) -> None:
        self.wb.create_chartsheet(sheet.name)


def open_workbook(path: Path) -> OpenedWorkbook:
    """Open a workbook.

    Raises:
        StudyError: the file is not a workbook that can be opened safely.
    """
    has_formulas, has_struck, shared = _check(path)
    reader = _load(path)
    _clear_link_only_cells(path, reader)
    objects, threads = _objects_and_threads(path, reader)
    results = _load(path, data_only=True).wb if has_formulas else None
    struck = _struck_parts(_load(path, rich_text=True).wb) if has_struck else ()
    for book in filter(None, (reader.wb, results)):
        _unescape(book, shared)
    return OpenedWorkbook(reader.wb, results, struck, objects, threads)


def _cells(book: Workbook) -> Iterator[Any]:
    """Yield the cells that exist in a workbook, from openpyxl's own store."""
    return (cell for sheet in book.worksheets for cell in sheet._cells.values())


def _struck_parts(book: Workbook) -> set[tuple[str, str]]:
    """Return the cells with a struck-through part; the workbook must be read as rich text."""
    return {
        (cell.parent.title, cell.coordinate)
        for cell in _cells(book)
        if isinstance(cell.value, CellRichText)
        and any(isinstance(part, TextBlock) and part.font.strike for part in cell.value)
    }


def _unescape(book: Workbook, shared: bool) -> None:
    """Remove the escapes of the file format from the texts of a workbook.

    If texts are in a shared table (``shared``), openpyxl has removed the escapes already, except
    for a carriage return before a line feed.
    """
    for cell in _cells(book):
        if isinstance(cell.value, str) and cell.data_type != "f":
            plain = cell.value.replace("_x000D_\n", "\n") if shared else unescaped(cell.value)
            cell._value = plain


def _clear_link_only_cells(path: Path, reader: ExcelReader) -> None:
    """Empty the cells with a link and no text, into which openpyxl writes the address."""
    with zipfile.ZipFile(path) as parts:
        for sheet, relation in reader.parser.find_sheets():
            content = parts.read(relation.target) if "/worksheets/" in relation.target else b""
            linked = set(_LINKED.findall(content))
            for place in linked and linked - set(_FILLED.findall(content)):
                cell: Any = reader.wb[sheet.name][place.decode()]
                cell._value = None


def _objects_and_threads(path: Path, reader: ExcelReader) -> tuple[list, list]:
    """Return the objects and the threaded comments on the sheets, which openpyxl drops."""
    objects, threads = [], []
    with zipfile.ZipFile(path) as parts:
        for sheet, relation in reader.parser.find_sheets():
            relations = get_rels_path(relation.target)
            if "/worksheets/" not in relation.target or relations not in parts.namelist():
                continue
            for dependent in get_dependents(parts, relations):
                kind, target = dependent.Type.rpartition("/")[2], dependent.target
                inside = dependent.TargetMode != "External" and target in parts.namelist()
                content = parts.read(target) if inside else b""
                if kind == "threadedComment":
                    threads += [(sheet.name, cell) for cell in _texts(_THREAD_CELL, content)]
                elif kind == "drawing":
                    anchors = _texts(_ANCHOR, content)
                    objects += [(sheet.name, _anchor_cell(anchor)) for anchor in anchors]
                elif kind == "vmlDrawing":
                    others = set(_texts(_OBJECT, content)) - {"Note"}
                    objects += [(sheet.name, "")] if others else []
                elif kind in _OBJECTS:
                    objects.append((sheet.name, ""))
    return objects, threads


def _texts(pattern: re.Pattern, content: bytes) -> list[str]:
    return pattern.findall(content.decode("utf-8", errors="replace"))


def _anchor_cell(anchor: str) -> str:
    """Return the cell under the top left corner of a drawing; empty if it has no anchor cell."""
    match = _CORNER.search(anchor)
    return f"{get_column_letter(int(match[1]) + 1)}{int(match[2]) + 1}" if match else ""


def _check(path: Path) -> tuple[bool, bool, bool]:
    """Refuse a file that is not a safe workbook.

    Return whether it has formulas, struck-through text, and a shared table of texts.
    """
    check_file(path, "name the workbook that was returned")
    if path.stat().st_size > LARGEST_FILE:
        rule = f"it is larger than {LARGEST_FILE // 2**20} MiB"
        raise unreadable(path, rule, "return the workbook that was sent, without additions")
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if head == _OLE:
        raise _old_or_locked(path)
    if not head.startswith(b"PK"):
        raise unreadable(path, _other_kind(path) if head else "it is empty", _RETURN)
    try:
        with zipfile.ZipFile(path) as parts:
            return _check_parts(path, parts)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise _damaged(path, error) from None


def _check_parts(path: Path, parts: zipfile.ZipFile) -> tuple[bool, bool, bool]:
    names, infos = parts.namelist(), parts.infolist()
    if sum(info.file_size for info in infos) > LARGEST_CONTENT:
        rule = f"unpacked it is larger than {LARGEST_CONTENT // 2**20} MiB"
        raise unreadable(path, rule, "return the workbook that was sent, without additions")
    if any(info.flag_bits & 1 for info in infos):
        raise unreadable(path, "it is protected by a password", "save it without a password")
    kinds = parts.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if "xl/workbook.bin" in names:
        raise unreadable(path, "it is a workbook of the binary kind (.xlsb)", _SAVE_AS)
    if "xl/vbaProject.bin" in names or b"macroEnabled" in kinds:
        raise unreadable(path, "it holds macros (.xlsm)", "save it as .xlsx, without macros")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        raise unreadable(path, "it is a document of Apple Numbers", f"export it: {_SAVE_AS}")
    if "mimetype" in names and b"opendocument.spreadsheet" in parts.read("mimetype"):
        raise unreadable(path, "it is an OpenDocument spreadsheet (.ods)", _SAVE_AS)
    if "xl/workbook.xml" not in names and b"spreadsheetml.sheet.main" not in kinds:
        raise unreadable(path, "it is not a workbook", _SAVE_AS)
    if "xl/workbook.xml" in names and _STRICT in parts.read("xl/workbook.xml"):
        rule = "it is a workbook of the strict kind (Strict Open XML Spreadsheet)"
        raise unreadable(path, rule, "save it as the plain kind: Excel Workbook (.xlsx)")
    sheets = [name for name in names if _SHEET.fullmatch(name)]
    shared = [name for name in names if name == _SHARED]
    has_formulas = any(_FORMULA.search(parts.read(name)) for name in sheets)
    has_struck = any(_STRIKE.search(parts.read(name)) for name in [*sheets, *shared])
    return has_formulas, has_struck, bool(shared)


def _other_kind(path: Path) -> str:
    """Return what kind of file it is, for a file that is not a ZIP archive."""
    with path.open("rb") as file:
        start = file.read(4096)
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = start.decode("utf-16" if wide else "utf-8", errors="replace").lstrip("\ufeff \r\n")
    if text.startswith("%PDF"):
        return "it is a PDF"
    if text.startswith("<"):
        return "it is a web page or another XML file, whatever its name says"
    line = text.partition("\n")[0]
    names = {"\t": "tabs (a table of text)", ";": "semicolons (CSV)", ",": "commas (CSV)"}
    sign = max(names, key=line.count)
    if "\0" in text or not line.count(sign):
        return "it is not a workbook"
    return f"it is not a workbook: it is text, with its cells parted by {names[sign]}"


def _old_or_locked(path: Path) -> StudyError:
    # Both an old .xls and an encrypted .xlsx are OLE files; the latter has a stream of this name.
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return unreadable(path, "it is protected by a password", "save it without a password")
    if "WordDocument".encode("utf-16-le") in path.read_bytes():
        return unreadable(path, "it is a document of Word (.doc), and no workbook", _RETURN)
    return unreadable(path, "it is a workbook of the old kind (.xls)", _SAVE_AS)


def _load(path: Path, **options: bool) -> ExcelReader:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it drops (pictures, validation rules); we do not read these.
            warnings.simplefilter("ignore")
            reader = _Reader(path, **options)
            reader.read()
    except Exception as error:  # openpyxl fails on damaged files in many ways
        raise _damaged(path, error) from None
    if not reader.wb.worksheets:
        raise unreadable(path, "it has no sheet", "return the workbook that was sent")
    return reader


def _damaged(path: Path, error: Exception) -> StudyError:
    reason = shorten(" ".join(str(error).split()) or type(error).__name__, 80)
    rule = f"it cannot be opened: it is damaged ({reason})"
    return unreadable(path, rule, "open it in a spreadsheet program, and save it as .xlsx")


def check_file(path: Path, remedy: str) -> None:
    """Refuse a path that is not a file."""
    if not path.is_file():
        rule = "it is not a file" if path.exists() else "there is no such file"
        raise unreadable(path, rule, remedy)


def unreadable(path: Path, rule: str, remedy: str, place: str = "") -> StudyError:
    """Return an error for a file that cannot be read, with the place in the file if known."""
    return refusal(path.name, rule, remedy, column=place)
