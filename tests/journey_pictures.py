"""Draw the pictures of docs/journeys.md again, from a build of the real study.

    PYTHONPATH=src python tests/journey_pictures.py

Chromium draws the pages, LibreOffice the sheets, and poppler the briefing. A page is shown with
the parts that matter alone, as they stand on it, and always with its mark as a draft.
"""

import io
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from browser import Browser
from fieldwork_pictures import Picture, draw_sheet, save
from helpers import REAL
from office import Office, programs
from PIL import Image

from analysis.cli import main as policygap

FOLDER = Path(__file__).parents[1] / "docs/journeys"
LARGEST = 120_000
"""Bytes of a picture at most."""
WIDTH, DOTS = 760, 80
LEAD = "main > h1, main > p:not(h2 ~ p)"


@dataclass(frozen=True)
class PagePicture:
    """What is to be seen of a page of the site: elements, by selectors; the others are hidden."""

    name: str
    page: str
    parts: tuple[str, ...]


PAGES = (
    PagePicture("number", "index.html", ("main > h1", "#page\\.known, #page\\.known + ul")),
    PagePicture("rows", "figures/cells.settled.html", (LEAD, "h2:first-of-type + p", "table")),
    PagePicture("cell", "forces/warwickshire.html", ("main > h1", "#stop-sharing-on-doubt")),
    PagePicture("source", "sources.html", ("main > h1", "thead", "#S100")),
    PagePicture("page", "forces/kent.html", (LEAD, "#page\\.why\\.1", "#gap\\.R1")),
    PagePicture(
        "reply",
        "cite.html",
        ("main > h1", "#page\\.reply, #page\\.reply ~ p:not(#page\\.replies ~ p)"),
    ),
)
FORM = "kent.xlsx"
SHEETS = (
    Picture("form-start", FORM, "What we say", "ABC", (*range(1, 9), 11, 12, 13, 14)),
    Picture("form-reply", FORM, "Your reply", "BCDEFG", (2, 3, 4, 9, 12, 13)),
)
BRIEFING = ("briefing", "briefings/kent.pdf")
NAMES = (*(one.name for one in (*PAGES, *SHEETS)), BRIEFING[0])

SHOW_ONLY = """selectors => {
  const kept = [...document.querySelectorAll(selectors.join(","))];
  for (const one of document.body.querySelectorAll("*"))
    if (!kept.some(part => part.contains(one) || one.contains(part))) one.style.display = "none";
}"""


def draw(output: Path, folder: Path) -> list[Path]:
    """Draw every picture of a build into a folder; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        drawn = [draw_page(browser, output / "site", one, folder) for one in PAGES]
    with tempfile.TemporaryDirectory() as aside, Office() as office:
        form = Path(aside) / FORM
        assert policygap(["reply-form", str(REAL), "--unit", form.stem, "--out", str(form)]) == 0
        drawn += [draw_sheet(office, form.parent, one, folder) for one in SHEETS]
    return [*drawn, _briefing(output, folder)]


def draw_page(browser: Browser, site: Path, one: PagePicture, folder: Path) -> Path:
    """Draw the parts of a page that are to be seen, and its mark as a draft."""
    with browser.opened(site / one.page, WIDTH) as view:
        for part in (".draft", *one.parts):
            assert view.page.locator(part).count(), (one.page, part)
        view.page.evaluate(SHOW_ONLY, [".draft", *one.parts])
        content = view.page.locator("body").screenshot()
    return save(Image.open(io.BytesIO(content)).convert("RGB"), folder / f"{one.name}.png", LARGEST)


def _briefing(output: Path, folder: Path) -> Path:
    """Draw the first page of a briefing, with a line around the paper."""
    name, pdf = BRIEFING
    command = [programs()[2], "-png", "-r", str(DOTS), "-singlefile", output / pdf]
    content = subprocess.run(command, check=True, capture_output=True).stdout
    paper = Image.open(io.BytesIO(content)).convert("RGB")
    framed = Image.new("RGB", (paper.width + 2, paper.height + 2), "gray")
    framed.paste(paper, (1, 1))
    return save(framed, folder / f"{name}.png", LARGEST)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        assert policygap(["report", str(REAL), "--out", str(output)]) == 0
        for path in draw(output, FOLDER):
            print(path)


if __name__ == "__main__":
    main()
