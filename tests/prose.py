"""The sentences of what a build writes, apart from what the study itself says and what it quotes."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import docx
import lxml.html
import openpyxl
from lxml.html import HtmlElement

from analysis.publish.document_model import (
    Block,
    Heading,
    Items,
    Paragraph,
    Picture,
    Table,
    Terms,
    plain,
)

OWN = "⁂"
"""Stands for a text that is not ours to word: a text of the study, a quotation, an address."""
QUOTED = {"blockquote", "q", "pre", "code", "script", "style"}
INLINE = {"a", "abbr", "b", "bdi", "button", "cite", "em", "i", "mark", "small", "span", "strong"}
SPOKEN = ("alt", "title", "aria-label", "data-label", "data-given", "content")
"""Attributes that a reader meets."""
LEAST_OF_A_TEXT = 3
"""Words that make a cell of the study a text; names of units, questions and so on always are."""
NAMED = {
    "units": ("name", "short_name"),
    "criteria": ("label",),
    "recommendations": ("label",),
    "sources": ("title", "publisher"),
    "figures": ("measure", "scope"),
}
"""The columns of names, by table."""
ADDRESS = re.compile(r"\w+:(?://)?[^\s”)<>]+/[^\s”)<>]*[^\s”)<>.,;]")
IDENTIFIER = re.compile(r"\b[A-Z]+\d+\b")
MARK = re.compile(r"\b\w+=[0-9a-f]{6,}\b")
"""A mark by which a workbook that comes back is known."""
QUOTATION = re.compile(r"“[^”]*”|‘[^’]*’(?!\w)")
LIST = re.compile(rf"{OWN}(?:(?:, |,? and | or | ){OWN})+")
"""A list of names, which is counted as one word."""
ENDS = re.compile(rf"(?<=[.!?])[)”]?\s+|\n|\s- |; (?={OWN}|[^;:.]+: )")
"""The ends of sentences, and of those items of a list that a name or a label begins."""


class StudyTexts:
    """What a study says itself, so that it can be taken out of what is written about it."""

    def __init__(self, folder: Path):
        """Collect the texts of its tables and of its descriptor, the longest first."""
        tables = {path.stem: list(rows(path)) for path in sorted(folder.glob("*.csv"))}
        found = set(strings(json.loads((folder / "datapackage.json").read_text("utf-8"))))
        found.update(text for table in tables.values() for row in table for text in row.values())
        texts = {text for text in map(even, found) if len(text.split()) >= LEAST_OF_A_TEXT}
        for table, columns in NAMED.items():
            texts.update(even(row[column]) for row in tables[table] for column in columns)
        bare = {text.rstrip(".?!") for text in texts} - {""}
        self._texts = sorted(bare, key=len, reverse=True)

    def taken_out(self, text: str) -> str:
        """Return a text with a mark in place of each text of the study, quotation and address."""
        text = even(text)
        for own in self._texts:
            if own in text:
                text = re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", OWN, text)
        for kind in (ADDRESS, MARK, QUOTATION, IDENTIFIER):
            text = kind.sub(OWN, text)
        return text


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def strings(value: object) -> Iterator[str]:
    """Yield every text that a value read from JSON holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def even(text: str) -> str:
    """Return a text without the marks of direction, and with single blanks."""
    return " ".join(re.sub("[\u200b\u2066-\u2069]", "", text).split())


def of_page(html: str) -> Iterator[str]:
    """Yield what a page says, block by block, and what it says in place of pictures."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    parts: list[str] = []
    for text in _walk(lxml.html.document_fromstring(html.encode(), parser=parser)):
        if text is None:
            yield "".join(parts)
            parts = []
        else:
            parts.append(text)


def _walk(element: HtmlElement) -> Iterator[str | None]:
    """Yield the texts of an element, with ``None`` where a block begins or ends."""
    if not isinstance(element.tag, str):
        return
    for name in SPOKEN:
        if element.get(name):
            yield from (None, element.get(name), None)
    if element.tag in QUOTED:
        yield OWN
    elif element.tag == "template":  # data for the script
        yield from (
            part for text in strings(json.loads(element.text or "")) for part in (text, None)
        )
    else:
        apart = element.tag not in INLINE
        yield from [None] if apart else []
        yield element.text or ""
        for child in element:
            yield from _walk(child)
            yield child.tail or ""
        yield from [None] if apart else []


def of_workbook(path: Path) -> Iterator[str]:
    """Yield the lines of a workbook's cells."""
    for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                yield from value.split("\n") if isinstance(value, str) else ()


def of_document(path: Path) -> Iterator[str]:
    """Yield the paragraphs of a Word document, and what stands at the head and foot of its pages."""
    document = docx.Document(str(path))
    (section,) = document.sections
    for part in (document, section.header, section.footer):
        yield from (paragraph.text for paragraph in part.paragraphs)


def of_markdown(text: str) -> Iterator[str]:
    """Yield the paragraphs of a page in Markdown, apart from code, tables and quotations."""
    text = re.sub(r"^```.*?^```", "\n", text, flags=re.S | re.M)
    text = re.sub(r"^(\||>).*$", "\n", text, flags=re.M)
    text = re.sub(r"`[^`]*`", OWN, text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("**", "")
    yield from re.split(r"\n\s*\n|\n(?=\s*(?:[-*#]|\d+\.) )", text)


def sentences(text: str) -> list[str]:
    """Return the sentences, and what stands alone in a line."""
    return [" ".join(part.split()) for part in ENDS.split(text) if part.strip()]


def words(sentence: str) -> int:
    """Return how many words a sentence has; a text that is not ours, or a list of such, is one."""
    return len(re.findall(rf"[\w’'-]+|{OWN}", LIST.sub(OWN, sentence)))


def long_sentences(texts: Iterable[str], most: int) -> list[str]:
    """Return the sentences that have more words than so many, each once."""
    found = (part for text in dict.fromkeys(texts) for part in sentences(text))
    return list(dict.fromkeys(part for part in found if words(part) > most))


def of_blocks(blocks: list[Block]) -> Iterator[str]:
    """Yield what blocks say, but for their pictures, line by line."""
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                lines = [block.runs]
            case Items():
                lines = block.items
            case Terms():
                lines = [[*term, *text] for _, term, text in block.terms]
            case Table():
                cells = (cell for row in block.rows for cell in row.cells)
                lines = [block.caption, *(cell.runs for cell in (*block.header, *cells))]
            case Picture():
                lines = []
        yield from (line for runs in lines for line in plain(runs).split("\n"))
