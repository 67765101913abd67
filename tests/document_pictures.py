"""Draw the pictures of docs/working-with-documents.md again, going the way that it describes.

    PYTHONPATH=src python tests/document_pictures.py

LibreOffice draws the sheet, Chromium the pages.
"""

import tempfile
from pathlib import Path

from browser import Browser
from documents_walk import PAGE, walked
from fieldwork_pictures import Picture, draw_sheet
from journey_pictures import PagePicture, draw_page
from office import Office

FOLDER = PAGE.with_suffix("")
SHEET = Picture("passages", "coder-one-mended.xlsx", "Passages", "BCEFHI", (1, 2, 3))
TWO, THREE = "libraries/library-two.html", "libraries/library-three.html"
CELL = ("main > h1", "#late-fees")
NEXT = ("main > h1", "#page\\.next", "#page\\.next ~ :is(p, div):not(#page\\.evidence ~ *)")
PAGES = (
    (PagePicture("quotation", TWO, CELL), PagePicture("request", THREE, NEXT)),
    (PagePicture("changed", TWO, CELL),),
    (PagePicture("read-again", TWO, CELL),),
)
"""What is to be seen of each report that the page builds, in order."""
NAMES = (SHEET.name, *(one.name for built in PAGES for one in built))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site, waiting = Path(folder) / "output/site", iter(PAGES)
        with Browser() as browser:
            for _, command, *_ in walked(Path(folder)):
                for one in next(waiting) if " report " in command else ():
                    print(draw_page(browser, site, one, FOLDER))
        with Office() as office:
            print(draw_sheet(office, Path(folder), SHEET, FOLDER))


if __name__ == "__main__":
    main()
