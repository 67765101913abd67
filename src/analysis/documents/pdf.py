"""Extract the text of PDF files by PDFium, and of pages without a text layer by Tesseract."""

import io
import os
import re
import shutil
import subprocess
from functools import cache
from typing import Any

from analysis.documents.media import (
    PDF,
    DocumentText,
    UnreadableError,
    extractor,
    first_day,
    in_a_line,
)

PAGES_AT_MOST = 20_000
DOTS_AT_MOST = 12_000
"""The most pixels that a picture of a page may have in width or height."""
_PER_INCH = 300
_SECONDS = 60


def tesseract_is_installed() -> bool:
    """Return whether Tesseract is on this machine."""
    return shutil.which("tesseract") is not None


def read_pdf(content: bytes, ocr: bool) -> DocumentText:
    """Return the text of a PDF file, with pages without text read by Tesseract if ``ocr``."""
    import pypdfium2
    import pypdfium2.raw

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        # PDFium may report the error of an earlier document: only one with /Encrypt has a password.
        if "password" in str(error).lower() and b"/Encrypt" in content:
            raise UnreadableError("it is encrypted: save it without a password") from None
        raise UnreadableError("its file is damaged: download it again") from None
    try:
        if len(document) > PAGES_AT_MOST:
            raise UnreadableError(f"it has {len(document):,} pages, more than {PAGES_AT_MOST:,}")
        pages = [_pdf_page(document, number) for number in range(len(document))]
        metadata = document.get_metadata_dict(skip_empty=True)
        empty = [number for number, page in enumerate(pages) if not page.strip()]
        ocr_texts = {number: _ocr_text(document, number) for number in empty if ocr}
    finally:
        document.close()
    ocr_pages = [number for number, text in ocr_texts.items() if text]
    pages = [ocr_texts.get(number) or page for number, page in enumerate(pages)]
    empty = [number for number in empty if number not in ocr_pages]
    read_by = extractor("pypdfium2")
    if ocr_pages:
        read_by += f"; {_tesseract_version()} on {_page_list(ocr_pages, len(pages))}"
    where = "any page" if len(empty) == len(pages) else _page_list(empty, len(pages))
    unread = (f"no text layer on {where}",) if empty else ()
    return DocumentText(
        PDF,
        tuple(pages),
        in_a_line(metadata.get("Title", "")),
        _pdf_day(metadata.get("CreationDate", "") or metadata.get("ModDate", "")),
        read_by,
        unread,
    )


def _pdf_page(document: Any, number: int) -> str:
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
        page.close()
    except (pypdfium2.PdfiumError, UnicodeError):
        return ""
    # PDFium gives this sign for a hyphen at a line's end, and joins the lines.
    text = text.replace("\ufffe", "-\n").replace("\r\n", "\n").replace("\f", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _page_list(places: list[int], many: int) -> str:
    """Say which pages of a document are meant; ``places`` counts from 0."""
    shown = ", ".join(str(place + 1) for place in places[:10])
    shown += " and more" if len(places) > 10 else ""
    return f"{len(places)} of {many} pages: {shown}"


def _pdf_day(text: str) -> str:
    match = re.match(r"D:(\d{4})(\d{2})(\d{2})", text)
    return first_day("-".join(match.groups())) if match else ""


@cache
def _tesseract_version() -> str:
    """Return the name and version of Tesseract, such as "Tesseract 5.3.0"."""
    result = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return "Tesseract " + (result.stdout or result.stderr).split()[1]


def _ocr_text(document: Any, number: int) -> str:
    """Return the text that Tesseract reads on a page; empty: there is none, or it failed.

    Such text may be wrong, so the name of the extractor says on which pages it was used.
    """
    import pypdfium2

    picture = io.BytesIO()
    try:
        page = document[number]
        scale = min(_PER_INCH / 72, DOTS_AT_MOST / max(page.get_size()))
        page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
        result = subprocess.run(
            ["tesseract", "stdin", "stdout", "--dpi", str(_PER_INCH)],
            input=picture.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=False,
        )
    except (pypdfium2.PdfiumError, OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.decode("utf-8", "replace").replace("\f", "\n").strip()
