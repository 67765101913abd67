"""Extract the text of a document, page by page, with the title and date of its metadata.

The text stays as printed; :mod:`analysis.documents.comparable` normalises it for comparison.
"""

import email
import email.policy
import io
import platform
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage, MIMEPart
from functools import partial
from typing import Any

from analysis.documents.media import (
    DOCX,
    EMAIL,
    HTML,
    ODT,
    PDF,
    TEXT,
    DocumentText,
    UnreadableError,
    extractor,
    first_day,
    in_a_line,
    media_type,
)
from analysis.documents.pdf import read_pdf

TEXT_AT_MOST = 50_000_000
"""The most characters of text that a document may have."""
UNZIPPED_AT_MOST = 300_000_000
"""The most bytes that the XML files in a zipped document may have, unpacked."""

_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "math", "iframe"})
# fmt: off
_IN_LINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn",
    "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
}
# fmt: on
_DAMAGED = "its file is damaged, or has a password: save it again without one"
_CELLS = frozenset({"td", "th"})
_PYTHON = f"Python {platform.python_version()}"
"""The extractor of e-mails and plain texts."""


def read_text(content: bytes, name: str = "", ocr: bool = False) -> DocumentText:
    """Return the text of a document.

    Args:
        content: the bytes of the document.
        name: its file name or address, for types that the bytes do not show.
        ocr: whether Tesseract reads pages without a text layer.

    Raises:
        UnreadableError: it cannot be read; the message says why in one line.
    """
    kind = media_type(content, name)
    readers: dict[str, Callable[[bytes], DocumentText]] = {
        PDF: partial(read_pdf, ocr=ocr), HTML: _html, DOCX: _docx, ODT: _odt, EMAIL: _email, TEXT: _plain,
    }  # fmt: skip
    document = readers[kind](content)
    if not document.words and not document.unread:
        document = replace(document, unread=("no text in it",))
    if sum(map(len, document.pages)) > TEXT_AT_MOST:
        raise UnreadableError(f"its text has more than {TEXT_AT_MOST:,} characters")
    return document


def _html(content: bytes) -> DocumentText:
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(
        no_network=True, huge_tree=True, encoding=_default_encoding(content)
    )
    try:
        root = lxml.html.document_fromstring(content, parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        raise UnreadableError("it is not a page that can be read: save it again") from None
    title = root.findtext(".//title") or ""
    days = root.xpath(
        "//meta[@property='article:modified_time' or @property='article:published_time' or "
        "@name='dcterms.modified' or @name='date']/@content"
    )
    text = "".join(_visible(root))
    lines = (" ".join(line.split(" ")).strip() for line in text.splitlines())
    page = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    day = next(filter(None, map(first_day, days)), "")
    # The parser stops where elements are nested thousands deep.
    is_cut = any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log)
    unread = ("what comes after a place that is nested too deep",) if is_cut else ()
    return DocumentText(HTML, (page,), in_a_line(title), day, extractor("lxml"), unread)


def _default_encoding(content: bytes) -> str | None:
    """Return UTF-8 if a page names no encoding and is valid UTF-8; else ``None``."""
    if re.search(rb"charset\s*=", content[:4096], re.IGNORECASE):
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _visible(root: Any) -> Iterator[str]:
    """Yield the text that a reader sees, with line ends where the layout breaks the line."""
    import lxml.etree

    # Not recursive, since a hostile page may nest elements to any depth.
    walk = lxml.etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        is_seen = isinstance(node.tag, str) and node.tag not in _UNSEEN and not _is_hidden(node)
        if event == "start" and not is_seen:
            walk.skip_subtree()
            continue
        if is_seen:
            yield _layout(event, node.tag)
        text = node.text if event == "start" else node.tail
        yield re.sub(r"\s+", " ", text or "")


def _layout(event: str, tag: str) -> str:
    """Return the space or line end that a reader sees at the start or end of an element."""
    if tag in _CELLS:
        return " \t" if event == "end" else ""
    breaks_line = tag not in _IN_LINE or (tag == "br" and event == "start")
    return "\n" if breaks_line else ""


def _is_hidden(node: Any) -> bool:
    style = node.get("style", "").replace(" ", "").lower()
    return "hidden" in node.attrib or "display:none" in style or node.get("type") == "hidden"


def _docx(content: bytes) -> DocumentText:
    import docx

    _check_zip(content)
    try:
        document = docx.Document(io.BytesIO(content))
        lines = [line for part in document.iter_inner_content() for line in _docx_lines(part)]
        metadata = document.core_properties
        day = metadata.modified or metadata.created
    except Exception:  # python-docx lets through the errors of the libraries that it uses
        raise UnreadableError(_DAMAGED) from None
    return DocumentText(
        DOCX,
        ("\n\n".join(lines),),
        in_a_line(metadata.title or ""),
        day.date().isoformat() if day else "",
        extractor("python-docx"),
    )


def _docx_lines(part: Any) -> Iterator[str]:
    if hasattr(part, "rows"):
        for row in part.rows:
            # A row lists a merged cell once for each column that it spans.
            cells = {cell._tc: cell.text for cell in row.cells}
            yield "\t".join(cells.values())
    elif part.text.strip():
        yield part.text


def _odt(content: bytes) -> DocumentText:
    import lxml.etree

    _check_zip(content)
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            body = lxml.etree.fromstring(archive.read("content.xml"), parser)
            meta = archive.read("meta.xml") if "meta.xml" in archive.namelist() else b"<none/>"
            metadata = lxml.etree.fromstring(meta, parser)
    except (lxml.etree.LxmlError, KeyError, zipfile.BadZipFile, RuntimeError, OSError):
        raise UnreadableError(_DAMAGED) from None
    lines = ["".join(_odt_text(element)) for element in body.iter("{*}p", "{*}h")]
    title = metadata.findtext(".//{http://purl.org/dc/elements/1.1/}title") or ""
    day = metadata.findtext(".//{http://purl.org/dc/elements/1.1/}date") or ""
    page = "\n\n".join(line for line in lines if line.strip())
    return DocumentText(ODT, (page,), in_a_line(title), first_day(day), extractor("lxml"))


def _odt_text(node: Any) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in ("s", "tab", "line-break"):
            yield "\n" if name == "line-break" else " "
        elif name not in ("p", "h", "annotation"):
            yield from _odt_text(child)
        yield child.tail or ""


def _check_zip(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(file.file_size for file in archive.infolist() if file.filename.endswith(".xml"))
    if size > UNZIPPED_AT_MOST:
        raise UnreadableError(f"it unpacks to {size:,} bytes, more than {UNZIPPED_AT_MOST:,}")


def _email(content: bytes) -> DocumentText:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain", "html"))
    text = ""
    if body is not None:
        text = _body_text(body)
        if body.get_content_type() == HTML:
            text = _html(text.encode()).pages[0]
    head = [
        f"{name}: {message[name]}" for name in ("From", "To", "Date", "Subject") if message[name]
    ]
    attachments = tuple(
        (part.get_filename() or "attachment", _attachment_bytes(part))
        for part in message.iter_attachments()
    )
    when = message["Date"].datetime if message["Date"] else None
    return DocumentText(
        EMAIL,
        ("\n".join([*head, "", text]),),
        in_a_line(message["Subject"] or ""),
        when.date().isoformat() if when else "",
        _PYTHON,
        attachments=attachments,
    )


def _body_text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # the encoding that it names does not exist
        return _decoded(_bytes_of(part))


def _bytes_of(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _attachment_bytes(part: EmailMessage) -> bytes:
    """Return the bytes of an attachment; of an attached e-mail, all of it with its headers."""
    if part.get_content_type() == EMAIL:
        return part.get_content().as_bytes()
    return _bytes_of(part)


def _decoded(content: bytes) -> str:
    is_utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _plain(content: bytes) -> DocumentText:
    text = _decoded(content)
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    return DocumentText(TEXT, tuple(pages), extractor=_PYTHON)
