"""Draw the pictures of docs/working-with-documents.md again, going the way that it describes.

    PYTHONPATH=src python tests/document_pictures.py

LibreOffice draws the sheet, Chromium the pages.
"""

import tempfile
from pathlib import Path

from browser import Browser
from documents_walk import PAGE, walked
from fieldwork_pictures import Picture, draw_sheet
from journey_pictures import LEAD, PagePicture, draw_page
from office import Office

FOLDER = PAGE.with_suffix("")
SHEET = Picture("passages", "coder-one-mended.xlsx", "Passages", "BCEFHI", (1, 2, 3))
TWO, THREE = "libraries/library-two.html", "libraries/library-three.html"
CELL = ("main > h1", "#late-fees")
PAGES = {
    "published": PagePicture("quotation", TWO, CELL),
    "asked": PagePicture("request", THREE, (LEAD, "#page\\.next + p", "#page\\.next")),
    "changed": PagePicture("changed", TWO, CELL),
    "read-again": PagePicture("read-again", TWO, CELL),
}
"""What is to be seen of each report that the page builds, by its folder."""
NAMES = (SHEET.name, *(one.name for one in PAGES.values()))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for _ in walked(Path(folder)):
            pass
        with Office() as office:
            print(draw_sheet(office, Path(folder), SHEET, FOLDER))
        with Browser() as browser:
            for output, one in PAGES.items():
                print(draw_page(browser, Path(folder) / output / "site", one, FOLDER))


if __name__ == "__main__":
    main()
