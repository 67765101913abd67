"""The document model: an HTML page as a sequence of blocks, from which PDF and Word are made.

The text is written once, in HTML. The other formats are converted from that page, so that every
format has the same text and the same figures.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

import lxml.html
from lxml.html import HtmlElement

from analysis.direction import kept_apart
from analysis.publish.columns import Column, shared_widths

_SKIPPED = {"head", "nav", "style", "script", "figcaption"}
"""Elements that are only for the screen, or that their enclosing block replaces."""
_ON_SCREEN = {"skip"}
"""Classes of elements that are only for the screen."""
_BLOCKS = {"p", "div", "ul", "ol", "li", "dl", "dt", "dd", "table", "figure", "section"}
_ROLES = ("draft", "notes", "lead", "quiet")
_SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True)
class Run:
    """A run: a piece of text with one format.

    Attributes:
        text: the text; a line feed is a new line.
        strong: whether it is set in bold.
        muted: whether it is set in grey, as secondary text.
        url: the web address that it links to, if any.
        to: the id of the block, row or term that it links to, if any.
        mark: the class of a state's symbol, which repeats the word next to it; otherwise empty.
    """

    text: str
    strong: bool = False
    muted: bool = False
    url: str = ""
    to: str = ""
    mark: str = ""

    def with_text(self, text: str) -> "Run":
        """Return a run with this text and the same format."""
        # Field by field: many thousands of runs are made, and ``replace`` takes three times as long.
        return Run(text, self.strong, self.muted, self.url, self.to, self.mark)


Runs = list[Run]
_MANY_COLUMNS, _MANY_NUMBERS = 7, 3
"""Heads are turned in a table with more columns than this, of which at least so many are numbers."""
_LONGEST_INTRODUCTION = 300
"""The most letters of a paragraph that counts as the introduction to a table or picture."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 0 is the title of the document, 1 a chapter."""

    level: int
    runs: Runs
    ids: list[str]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes:
        role: empty, or one of draft, notes, lead, quiet, opening.
        leads: whether it is kept on the same page as the next block.
    """

    runs: Runs
    ids: list[str]
    role: str = ""
    leads: bool = False


@dataclass(frozen=True)
class Items:
    """A list and its items."""

    items: list[Runs]
    ids: list[str]


@dataclass(frozen=True)
class Terms:
    """A list of terms, each as (ids, term, description), such as sources by their ids."""

    terms: list[tuple[list[str], Runs, Runs]]
    ids: list[str]


@dataclass(frozen=True)
class Cell:
    """A cell of a table; ``span`` columns wide."""

    runs: Runs
    head: bool = False
    number: bool = False
    span: int = 1


@dataclass(frozen=True)
class Row:
    """A row of a table, with the ids by which links reach it."""

    cells: list[Cell]
    ids: list[str]


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Attributes:
        widths: the columns' shares of the width, which add up to 1.
        hyphenated: for each column, whether it has a word that is wider than the column.
        turned: whether the heads of number columns are turned on their side.
    """

    caption: Runs
    header: list[Cell]
    rows: list[Row]
    widths: list[float]
    hyphenated: list[bool]
    turned: bool
    ids: list[str]


@dataclass(frozen=True)
class Picture:
    """A chart: its name, its text alternative, and its drawing as SVG."""

    name: str
    alt: str
    drawing: bytes
    ids: list[str]


Block = Heading | Paragraph | Items | Terms | Table | Picture


def page_blocks(html: str) -> list[Block]:
    """Return the blocks of a page, in order.

    Navigation, styles and captions of pictures are left out; folded sections are unfolded.
    """
    parser = lxml.html.HTMLParser(huge_tree=True, encoding="utf-8")
    reader = _PageReader()
    reader.walk(lxml.html.document_fromstring(html.encode(), parser=parser))
    return _mark_introductions(reader.blocks)


def _mark_introductions(blocks: list[Block]) -> list[Block]:
    """Return the blocks, with ``leads`` set on the short paragraphs before a table or picture."""
    made: list[Block] = []
    for block in reversed(blocks):
        if isinstance(block, Paragraph) and block.role in ("", "quiet", "lead") and made:
            after = made[-1]
            is_introduction = isinstance(after, Table | Picture) or (
                isinstance(after, Paragraph) and after.leads
            )
            if is_introduction and len(plain(block.runs)) <= _LONGEST_INTRODUCTION:
                block = replace(block, leads=True)
        made.append(block)
    return made[::-1]


def plain(runs: Iterable[Run]) -> str:
    """Return the text of runs, without the symbols of states."""
    return "".join(run.text for run in runs if not run.mark)


def names(block: Block) -> list[str]:
    """Return every id by which links reach a block, or a row or term of it."""
    inner = [row.ids for row in getattr(block, "rows", ())]
    inner += [ids for ids, _, _ in getattr(block, "terms", ())]
    return [*block.ids, *chain.from_iterable(inner)]


@dataclass
class _PageReader:
    """Reads a page element by element; ids that have no block yet go to the next block."""

    blocks: list[Block] = field(default_factory=list)
    pending_ids: list[str] = field(default_factory=list)

    def walk(self, element: HtmlElement) -> None:
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            return
        if _ON_SCREEN & {*_classes(element)}:
            return
        if element.get("id"):
            self.pending_ids.append(element.get("id"))
        make = getattr(self, f"_{element.tag}", None)
        if make:
            made = make(element)
            if made is not None:
                self.blocks.append(replace(made, ids=self.pending_ids))
                self.pending_ids = []
            return
        if not any(child.tag in _BLOCKS or _is_container(child) for child in element):
            # Bare text, such as a ``div`` that holds only a sentence.
            runs = _runs(element)
            if runs:
                self.blocks.append(Paragraph(runs, self._take_pending_ids()))
            return
        for child in element:
            self.walk(child)

    def _take_pending_ids(self) -> list[str]:
        taken, self.pending_ids = self.pending_ids, []
        return taken

    def _h1(self, element: HtmlElement) -> Heading:
        return Heading(int(element.tag[1]) - 1, _runs(element), [])

    _h2 = _h3 = _h4 = _h5 = _h1

    def _p(self, element: HtmlElement) -> Paragraph | None:
        role = next((role for role in _ROLES if role in _classes(element)), "")
        runs = _runs(element)
        return Paragraph(runs, [], role) if runs else None

    def _summary(self, element: HtmlElement) -> Paragraph | None:
        # Left out above a table, whose caption says what it is.
        if element.getparent().find(".//table") is not None:
            return None
        return Paragraph(_runs(element), [], "opening")

    def _ul(self, element: HtmlElement) -> Items:
        return Items([_runs(item) for item in element.iter("li")], [])

    _ol = _ul

    def _dl(self, element: HtmlElement) -> Terms | None:
        terms = [
            (
                [term.get("id")] if term.get("id") else [],
                _with_full_stop(_runs(term)),
                _runs(term.getnext()),
            )
            for term in element.iter("dt")
        ]
        return Terms(terms, []) if terms else None

    def _figure(self, element: HtmlElement) -> Picture:
        (image,) = element.iter("img")
        drawing = base64.b64decode(image.get("src").partition("base64,")[2])
        name = element.get("id").removeprefix("chart-")
        return Picture(name, image.get("alt"), drawing, [])

    def _table(self, element: HtmlElement) -> Table:
        (caption,) = element.iter("caption")
        header, *more = [_row(row) for row in element.find("thead").iter("tr")]
        rows = more + [_row(row) for row in element.find("tbody").iter("tr")]
        numbers = sum(cell.number for cell in header.cells)
        turned = len(header.cells) > _MANY_COLUMNS and numbers >= _MANY_NUMBERS
        widths, hyphenated = shared_widths(_columns(header, rows), turned)
        return Table(_runs(caption), header.cells, rows, widths, hyphenated, turned, [])


def _with_full_stop(term: Runs) -> Runs:
    """Return a term with a full stop, since its description follows on the same line."""
    if plain(term[-1:]).endswith((".", "!", "?", ":")):
        return term
    if term[-1] == Run(term[-1].text):
        return [*term[:-1], Run(f"{term[-1].text}.")]
    return [*term, Run(".")]


def _row(element: HtmlElement) -> Row:
    cells = [
        Cell(
            _runs(cell),
            head=cell.tag == "th",
            number="n" in _classes(cell),
            span=int(cell.get("colspan", "1")),
        )
        for cell in element
    ]
    return Row(cells, [element.get("id")] if element.get("id") else [])


def _columns(header: Row, rows: list[Row]) -> list[Column]:
    rows = [row for row in rows if all(cell.span == 1 for cell in row.cells)]
    made = []
    for place, head in enumerate(header.cells):
        cells = [row.cells[place] for row in rows]
        bold = any(cell.head for cell in cells)
        made.append(
            Column(_sizing_text(head), [_sizing_text(cell) for cell in cells], head.number, bold)
        )
    return made


def _sizing_text(cell: Cell) -> str:
    # A symbol is kept with the word after it, and is about as wide as two letters.
    return "".join("m" * max(2, len(run.text) - 1) if run.mark else run.text for run in cell.runs)


def _is_container(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and (
        element.tag in ("header", "main", "body", "article", "details", "summary", "aside")
        or re.fullmatch("h[1-6]", element.tag) is not None
    )


def _classes(element: HtmlElement) -> list[str]:
    return element.get("class", "").split()


def _runs(element: HtmlElement) -> Runs:
    """Return the text of an element as runs, with white space collapsed as in a browser."""
    made: Runs = []
    for run in _pieces(element, Run("")):
        text = run.text if run.text == "\n" else _SPACE.sub(" ", run.text)
        before = made[-1].text[-1:] if made else "\n"
        if text != "\n" and before in (" ", "\n"):
            text = text.lstrip(" ")
        if text == "\n" and (not made or before == "\n"):
            continue
        if made and not run.mark and run.with_text(made[-1].text) == made[-1]:
            made[-1] = run.with_text(made[-1].text + text)
        elif text:
            made.append(run.with_text(text))
    while made and not made[-1].text.strip(" \n"):
        made.pop()
    if made:
        made[-1] = made[-1].with_text(made[-1].text.rstrip(" \n"))
    return made


def _pieces(element: HtmlElement, style: Run) -> Iterator[Run]:
    if element.tag == "bdi":
        # A ``bdi`` element holds text and further ``bdi`` elements.
        text = "".join(run.text for run in _inner(element, style))
        yield style.with_text(kept_apart(text, element.get("dir") == "rtl"))
    else:
        yield from _inner(element, style)


def _format_within(element: HtmlElement, style: Run) -> Run:
    """Return the format of an element's text, given the format of the text around it."""
    classes = _classes(element)
    if element.tag in ("strong", "mark"):
        style = replace(style, strong=True)
    if "quiet" in classes:
        style = replace(style, muted=True)
    if "mark" in classes:
        style = replace(style, mark=" ".join(name for name in classes if name != "mark"))
    if element.tag == "a":
        target = element.get("href", "")
        inner = target.startswith("#")
        style = replace(style, to=target[1:]) if inner else replace(style, url=target)
    return style


def _inner(element: HtmlElement, style: Run) -> Iterator[Run]:
    style = _format_within(element, style)
    if element.text:
        yield style.with_text(element.text)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        apart = child.tag in _BLOCKS or child.tag == "br"
        if apart:
            yield Run("\n")
        yield from _pieces(child, style)
        if apart and child.tag != "br":
            yield Run("\n")
        if child.tail:
            yield style.with_text(child.tail)
