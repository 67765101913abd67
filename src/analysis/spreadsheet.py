"""What all our workbooks share: text that stays text, one typeface, stable bytes.

The limits are those of Office Open XML (ECMA-376): 32,767 characters a cell, ``_xHHHH_`` as the
escape for a character that XML cannot hold, 409 points for the highest row.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from analysis.direction import is_right_to_left, turns, without_direction

EPOCH = dt.datetime(2020, 1, 1)
"""The day on which every workbook says that it was made, so that two builds are the same."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
"""Characters that a spreadsheet program may take for the start of a formula."""
_ALIGNMENTS = {
    (wrap, from_left): Alignment(
        wrap_text=wrap or None,
        vertical="top",
        readingOrder=int(from_left),
        # Otherwise a program aligns a text by the direction of its first letter.
        horizontal="left" if from_left else None,
    )
    for wrap in (True, False)
    for from_left in (True, False)
}
"""Alignments by whether text is wrapped, and whether it is set from left to right in any case."""
DATE = Alignment(vertical="top", horizontal="left")
EARLIEST = 1900
"""The first year of which the file format knows dates."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


CELL = 32_767
"""The characters that a cell may hold; a program offers to repair a file with more."""
PROPERTY = 255
"""The characters that a property of a file, such as its title, may hold."""
IN_THE_STUDY = "in the study’s own tables"


def put_text(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    rest: str = IN_THE_STUDY,
    wrap: bool = True,
) -> Cell:
    """Write text that stays text, whatever it begins with or looks like; return its cell.

    A text that is too long for a cell is cut, and says where the ``rest`` is. A sentence that
    begins with a right-to-left name is still set from left to right.
    """
    cell: Any = sheet.cell(row, column)
    text = fitted(text, rest)
    # We bypass openpyxl's setter, since it cuts a long text, and takes "=" for a formula.
    cell._value, cell.data_type = escaped(text), "s"
    cell.alignment = _ALIGNMENTS[wrap, turns(text) and not is_right_to_left(text)]
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def put_date(sheet: Worksheet, row: int, column: int, day: dt.date) -> None:
    """Write a day as a date, shown in the same way in every country."""
    cell = sheet.cell(row, column, day)
    cell.number_format, cell.alignment = "yyyy-mm-dd", DATE


def put_link(cell: Cell, address: str) -> None:
    """Link a cell to an address, if there is one; its text stays."""
    if address:
        # A link within the workbook has a location in place of an external target.
        place = {"location": address[1:]} if address.startswith("#") else {"target": address}
        cell.hyperlink = Hyperlink(ref=cell.coordinate, **place)
        cell.font = font(color="12436D", underline="single")


def fitted(text: str, rest: str = IN_THE_STUDY) -> str:
    """Return a text that fits a cell: a long one is cut between words, and says where the rest is."""
    if _characters(text) <= CELL:
        return text
    end = f" … [Cut: a cell holds {CELL:,} characters. The rest is {rest}.]"
    # In UTF-16 units of two bytes; half of a character that takes two units is dropped.
    room = 2 * (CELL - _characters(end))
    cut = text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore")
    whole = cut.rpartition(" ")[0]
    return (whole if len(whole) > len(cut) - 100 else cut).rstrip() + end


def _characters(text: str) -> int:
    """Return the length of a text as the file format counts it: in units of UTF-16."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def property_of(text: str) -> str:
    """Return a text cut to the 255 characters that a property of a file may hold.

    Direction characters are removed: they have no use there, and a cut could leave one open.
    """
    text = without_direction(text)
    return text if len(text) <= PROPERTY else f"{text[: PROPERTY - 1]}…"


def escaped(text: str) -> str:
    """Return text so that a literal ``_x000D_`` in it is not read as a carriage return."""
    return _ESCAPE.sub(r"_x005F_x\1_", text)


def unescaped(text: str) -> str:
    """Return the plain text of a cell: the inverse of :func:`escaped`.

    A character beyond the first Unicode plane is escaped as two surrogates. If one of them is
    alone, the text is returned as it is written.
    """
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    try:
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def font(bold: bool = False, size: int = 11, **rest) -> Font:
    """Return the one typeface of our workbooks."""
    return Font(name="Arial", bold=bold, size=size, **rest)


def new_workbook(title: str, creator: str) -> Workbook:
    """Return a workbook with one empty sheet, in our typeface, with its title and creator."""
    book: Any = Workbook()
    book._named_styles["Normal"].font = font()
    book._fonts[0] = font()
    book.properties.title, book.properties.creator = property_of(title), property_of(creator)
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = EPOCH
    return book


def row_height(values: Iterable, widths: Iterable[float], size: float = 11) -> float:
    """Return the height in points that the longest wrapped cell of a row needs.

    Not every program fits the height of rows when it opens a file, so we set it.
    """
    lines = 1
    for value, width in zip(values, widths, strict=True):
        room = max(int(width * 0.92), 1)
        parts = str(value or "").split("\n")
        lines = max(lines, sum(-(-max(len(part), 1) // room) for part in parts))
    return min(lines * size * 1.35 + 2, 409)


def as_bytes(book: Workbook) -> bytes:
    """Return a workbook as a file; the same workbook gives the same bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    return stable_zip(buffer.getvalue())


def stable_zip(content: bytes) -> bytes:
    """Return a zip archive (a workbook) with its parts sorted and its times fixed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _with_fixed_date(data)
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return buffer.getvalue()


def _with_fixed_date(core: bytes) -> bytes:
    # openpyxl replaces the modification date that we set by the time of saving.
    start = core.index(b"<dcterms:modified")
    start = core.index(b">", start) + 1
    end = core.index(b"<", start)
    return core[:start] + EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + core[end:]
