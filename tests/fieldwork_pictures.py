"""Draw the pictures of docs/fieldwork.md again, from the workbooks of the walkthrough.

    PYTHONPATH=src python tests/fieldwork_pictures.py

The sheets are drawn by LibreOffice, with the letters of columns and the numbers of rows.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from office import Office
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, ImageChops
from walkthrough import Walk

FOLDER = Path(__file__).parents[1] / "docs/fieldwork"
LARGEST = 150_000
"""Bytes of a picture at most."""
DOTS, COLOURS = 110, 64


@dataclass(frozen=True)
class Picture:
    """What is to be seen of a sheet: columns by their letters, and rows; the others are hidden."""

    name: str
    workbook: str
    tab: str
    columns: str
    rows: tuple[int, ...]


PICTURES = (
    Picture("start", "coder-one.xlsx", "Start", "AB", (*range(1, 14),)),
    Picture("codebook", "coder-one.xlsx", "Codebook", "ABF", (1, 2, 6, 9, 12, 13)),
    Picture("coding", "coder-one-back.xlsx", "Coding", "ADEHJN", (*range(1, 9), 63, 64)),
    Picture("new-evidence", "coder-one-back.xlsx", "New evidence", "ACDEH", (1, 2, 3, 4, 5)),
    Picture("said", "settling-back.xlsx", "Settling", "CDEF", (1, 2, 20, 21, 22)),
    Picture("settled", "settling-back.xlsx", "Settling", "CFGRS", (1, 2, 20, 21, 22)),
    Picture("reply", "reply-entered.xlsx", "Your reply", "BDEFG", (2, 9, 10, 11)),
    Picture("ledger", "reply-entered.xlsx", "Ledger of replies", "ACDIK", (1, 2, 3, 4)),
)


def draw(walk: Walk, folder: Path) -> list[Path]:
    """Draw every picture into a folder; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    return [draw_sheet(walk.office, walk.folder, one, folder) for one in PICTURES]


def draw_sheet(office: Office, workbooks: Path, one: Picture, folder: Path) -> Path:
    """Print the part of a sheet on one page as wide as it is, and cut off the empty paper."""
    book = openpyxl.load_workbook(workbooks / one.workbook)
    for sheet in book.worksheets:
        sheet.sheet_state = "visible" if sheet.title == one.tab else "hidden"
    sheet = book[one.tab]
    book.active = book.worksheets.index(sheet)
    _leave_only(sheet, one)
    with tempfile.TemporaryDirectory() as aside:
        shown = Path(aside) / "shown.xlsx"
        book.save(shown)
        (page,) = office.render(shown, Path(aside), dots=DOTS)
        picture = _cut(Image.open(page).convert("RGB"))
    return save(picture, folder / f"{one.name}.png", LARGEST)


def save(picture: Image.Image, path: Path, largest: int) -> Path:
    """Write a picture in few colours; one that is too large in bytes is refused."""
    picture.quantize(COLOURS).save(path, optimize=True)
    assert path.stat().st_size < largest, (path, path.stat().st_size)
    return path


def _leave_only(sheet: Worksheet, one: Picture) -> None:
    """Hide the rows and columns that are not to be seen, and print letters and numbers."""
    for row in range(1, max(one.rows)):
        sheet.row_dimensions[row].hidden = row not in one.rows
    # Neighbours of one width are kept as one group, which would be hidden together.
    groups = list(sheet.column_dimensions.values())
    widths = {n: group.width for group in groups for n in range(group.min, group.max + 1)}
    sheet.column_dimensions.clear()
    for number, width in widths.items():
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = letter not in one.columns
    sheet.print_area = f"A1:{one.columns[-1]}{max(one.rows)}"
    sheet.print_title_rows = None
    sheet.print_options.headings = True
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8  # A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cut(page: Image.Image) -> Image.Image:
    white = Image.new("RGB", page.size, "white")
    box = ImageChops.difference(page, white).getbbox()
    return page.crop(box)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        walk = Walk(Path(folder), office)
        walk.whole()
        for path in draw(walk, FOLDER):
            print(path)


if __name__ == "__main__":
    main()
