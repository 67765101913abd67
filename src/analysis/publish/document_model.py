"""A page of ours as a sequence of blocks, so that PDF and Word are set from the same text.

HTML is the one form in which the text is written. What is said in it is said in every other form,
figure by figure, because nothing is written twice.
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
"""Elements that serve the screen alone, or that the block around them replaces."""
_ON_SCREEN = {"skip"}
"""Classes of what serves the screen alone."""
_BLOCKS = {"p", "div", "ul", "ol", "li", "dl", "dt", "dd", "table", "figure", "section"}
_ROLES = ("draft", "notes", "lead", "quiet")
_SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one manner.

    Attributes:
        text: what it says; a line feed is a new line.
        strong: whether it is set in bold.
        muted: whether it is set in grey, as what is said by the way.
        url: the address that it leads to, if any.
        to: the name of the block, row or term that it leads to, if any.
        mark: the kind of the sign beside a state, which repeats the word next to it; else empty.
    """

    text: str
    strong: bool = False
    muted: bool = False
    url: str = ""
    to: str = ""
    mark: str = ""

    def saying(self, text: str) -> "Run":
        """Return another text in the same manner."""
        # Field by field: many thousands are made, and the general way takes three times as long.
        return Run(text, self.strong, self.muted, self.url, self.to, self.mark)


Runs = list[Run]
_CROWDED, _MANY_NUMBERS = 7, 3
"""Columns beyond which heads are turned on their side, where so many are of numbers."""
_LEADING = 300
"""Letters that a paragraph may have, and still be no more than what leads to a table."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 0 is the title of the whole, 1 a chapter."""

    level: int
    runs: Runs
    ids: list[str]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes:
        role: empty, or one of draft, notes, lead, quiet, opening.
        leads: whether it stands on the page of what follows it.
    """

    runs: Runs
    ids: list[str]
    role: str = ""
    leads: bool = False


@dataclass(frozen=True)
class Items:
    """A list; what its items are."""

    items: list[Runs]
    ids: list[str]


@dataclass(frozen=True)
class Terms:
    """Names with what stands under each: evidence and sources by their ids."""

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
    """A row of a table, with the names that lead to it."""

    cells: list[Cell]
    ids: list[str]


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Attributes:
        widths: the columns' shares of the whole, adding up to 1.
        hyphenated: of each column, whether a word in it is longer than the column is wide.
        turned: whether the heads of numbers are turned on their side.
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

    Navigation, styles and captions of pictures are left out; what can be folded away is open.
    """
    parser = lxml.html.HTMLParser(huge_tree=True, encoding="utf-8")
    walker = _Blocks()
    walker.walk(lxml.html.document_fromstring(html.encode(), parser=parser))
    return _marked_as_leading(walker.blocks)


def _marked_as_leading(blocks: list[Block]) -> list[Block]:
    """Return the blocks, with the short paragraphs before a table or a picture marked."""
    made: list[Block] = []
    for block in reversed(blocks):
        if isinstance(block, Paragraph) and block.role in ("", "quiet", "lead") and made:
            after = made[-1]
            led = isinstance(after, Table | Picture) or (
                isinstance(after, Paragraph) and after.leads
            )
            if led and len(plain(block.runs)) <= _LEADING:
                block = replace(block, leads=True)
        made.append(block)
    return made[::-1]


def plain(runs: Iterable[Run]) -> str:
    """Return what runs say, without their signs."""
    return "".join(run.text for run in runs if not run.mark)


def names(block: Block) -> list[str]:
    """Return every name by which a block, or a row or a term of it, can be reached."""
    inner = [row.ids for row in getattr(block, "rows", ())]
    inner += [ids for ids, _, _ in getattr(block, "terms", ())]
    return [*block.ids, *chain.from_iterable(inner)]


@dataclass
class _Blocks:
    """Walks through a page, and keeps the names that the next block takes."""

    blocks: list[Block] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def walk(self, element: HtmlElement) -> None:
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            return
        if _ON_SCREEN & {*_classes(element)}:
            return
        if element.get("id"):
            self.waiting.append(element.get("id"))
        make = getattr(self, f"_{element.tag}", None)
        if make:
            made = make(element)
            if made is not None:
                self.blocks.append(replace(made, ids=self.waiting))
                self.waiting = []
            return
        if not any(child.tag in _BLOCKS or _is_outline(child) for child in element):
            # A bare text, such as a division that holds one sentence and nothing else.
            runs = _runs(element)
            if runs:
                self.blocks.append(Paragraph(runs, self._taken()))
            return
        for child in element:
            self.walk(child)

    def _taken(self) -> list[str]:
        taken, self.waiting = self.waiting, []
        return taken

    def _h1(self, element: HtmlElement) -> Heading:
        return Heading(int(element.tag[1]) - 1, _runs(element), [])

    _h2 = _h3 = _h4 = _h5 = _h1

    def _p(self, element: HtmlElement) -> Paragraph | None:
        role = next((role for role in _ROLES if role in _classes(element)), "")
        runs = _runs(element)
        return Paragraph(runs, [], role) if runs else None

    def _summary(self, element: HtmlElement) -> Paragraph | None:
        # A table says by its caption what it is.
        if element.getparent().find(".//table") is not None:
            return None
        return Paragraph(_runs(element), [], "opening")

    def _ul(self, element: HtmlElement) -> Items:
        return Items([_runs(item) for item in element.iter("li")], [])

    _ol = _ul

    def _dl(self, element: HtmlElement) -> Terms | None:
        terms = [
            ([term.get("id")] if term.get("id") else [], _ended(_runs(term)), _runs(term.getnext()))
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
        turned = len(header.cells) > _CROWDED and numbers >= _MANY_NUMBERS
        widths, hyphenated = shared_widths(_columns(header, rows), turned)
        return Table(_runs(caption), header.cells, rows, widths, hyphenated, turned, [])


def _ended(term: Runs) -> Runs:
    """Return a term with a full stop: its text follows it in the same line."""
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
        made.append(Column(_shown(head), [_shown(cell) for cell in cells], head.number, bold))
    return made


def _shown(cell: Cell) -> str:
    # A sign stands with the word that follows it, and is as wide as two letters.
    return "".join("m" * max(2, len(run.text) - 1) if run.mark else run.text for run in cell.runs)


def _is_outline(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and (
        element.tag in ("header", "main", "body", "article", "details", "summary", "aside")
        or re.fullmatch("h[1-6]", element.tag) is not None
    )


def _classes(element: HtmlElement) -> list[str]:
    return element.get("class", "").split()


def _runs(element: HtmlElement) -> Runs:
    """Return the text of an element as runs, its white space as a browser would show it."""
    made: Runs = []
    for run in _pieces(element, Run("")):
        text = run.text if run.text == "\n" else _SPACE.sub(" ", run.text)
        before = made[-1].text[-1:] if made else "\n"
        if text != "\n" and before in (" ", "\n"):
            text = text.lstrip(" ")
        if text == "\n" and (not made or before == "\n"):
            continue
        if made and not run.mark and run.saying(made[-1].text) == made[-1]:
            made[-1] = run.saying(made[-1].text + text)
        elif text:
            made.append(run.saying(text))
    while made and not made[-1].text.strip(" \n"):
        made.pop()
    if made:
        made[-1] = made[-1].saying(made[-1].text.rstrip(" \n"))
    return made


def _pieces(element: HtmlElement, manner: Run) -> Iterator[Run]:
    if element.tag == "bdi":
        # What is kept apart holds text, and such elements again.
        text = "".join(run.text for run in _inner(element, manner))
        yield manner.saying(kept_apart(text, element.get("dir") == "rtl"))
    else:
        yield from _inner(element, manner)


def _manner_within(element: HtmlElement, manner: Run) -> Run:
    """Return how the text of an element is set, where the text around it is set in ``manner``."""
    classes = _classes(element)
    if element.tag in ("strong", "mark"):
        manner = replace(manner, strong=True)
    if "quiet" in classes:
        manner = replace(manner, muted=True)
    if "mark" in classes:
        manner = replace(manner, mark=" ".join(name for name in classes if name != "mark"))
    if element.tag == "a":
        target = element.get("href", "")
        inner = target.startswith("#")
        manner = replace(manner, to=target[1:]) if inner else replace(manner, url=target)
    return manner


def _inner(element: HtmlElement, manner: Run) -> Iterator[Run]:
    manner = _manner_within(element, manner)
    if element.text:
        yield manner.saying(element.text)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        apart = child.tag in _BLOCKS or child.tag == "br"
        if apart:
            yield Run("\n")
        yield from _pieces(child, manner)
        if apart and child.tag != "br":
            yield Run("\n")
        if child.tail:
            yield manner.saying(child.tail)
