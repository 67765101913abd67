"""What a PDF says of itself, read back with a library that had no part in making it."""

import functools
import io
import re
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def bare(text: str) -> str:
    """Return letters and digits alone: lines are broken and words hyphenated as the page needs."""
    return re.sub(r"[\W_]", "", text)


def text_of(reader: PdfReader, head: str = "", foot: str = "") -> str:
    """Return the bare text of all pages, without what stands at the head and foot of each."""
    said, _ = read(reader)
    return "".join(
        bare(text).removeprefix(bare(head)).removesuffix(f"{bare(foot)}{number}{len(said)}")
        for number, text in enumerate(said, start=1)
    )


def tags(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Give every element of the structure tree, in reading order."""
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, ArrayObject):
            waiting.extend(reversed(element))
        elif isinstance(element, DictionaryObject):
            if "/S" in element:
                yield element
            if "/K" in element:
                waiting.append(element.raw_get("/K"))


def bookmarks(reader: PdfReader) -> list[str]:
    """Return the titles of all bookmarks, in order, at whatever depth."""

    def walk(held) -> Iterator[str]:
        for one in held:
            if isinstance(one, list):
                yield from walk(one)
            else:
                yield one.title

    return list(walk(reader.outline))


def fonts(reader: PdfReader) -> list[DictionaryObject]:
    """Return the descriptor of every font that a page uses."""
    held = []
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            held.append(inner["/FontDescriptor"].get_object())
    return held


@functools.lru_cache(maxsize=64)  # a long report takes 10 s
def read(reader: PdfReader) -> tuple[list[str], set[float]]:
    """Return the text of each page, and every size of type in points; what is not seen has none."""
    found = set()

    def seen(text, matrix, text_matrix, font, size):
        if text.strip():
            scale = abs(text_matrix[0] * text_matrix[3] - text_matrix[1] * text_matrix[2]) ** 0.5
            scale *= abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5
            found.add(round(size * scale, 2))

    return [page.extract_text(visitor_text=seen) for page in reader.pages], found


def assert_accessible(reader: PdfReader, title: str) -> None:
    """Check what PDF/UA-1 asks of every document, as far as a glance can tell."""
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert all(page["/Tabs"] == "/S" for page in reader.pages if "/Annots" in page)
    kinds = [one["/S"] for one in tags(reader)]
    assert {"/H1", "/Table", "/TH", "/TD", "/THead"} <= set(kinds)
    embedded = fonts(reader)
    assert embedded
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one) for one in embedded)
