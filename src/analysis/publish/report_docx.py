"""The report as an editable Word document, with the text, tables and charts of the page.

It has real headings, tables with repeated header rows, text alternatives on pictures and working
links (Office Open XML, ECMA-376). The same report gives the same bytes.
"""

import functools
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import element_class_lookup
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import CharacterStyle
from docx.text.paragraph import Paragraph
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] # compiled, no stub

from analysis.direction import stretches, without_direction
from analysis.measure.results import Results
from analysis.publish import document_model as b
from analysis.publish.build_context import BuildContext
from analysis.publish.typeset import png
from analysis.spreadsheet import EPOCH, property_of, stable_zip

_WIDTH, _MARGIN = 210 - 2 * 20, 20
_STYLES = {"notes": "Quote", "draft": "Intense Quote"}
_SAFE_NAME = re.compile(r"\W")


def report_docx(results: Results, blocks: list[b.Block]) -> bytes:
    """Return the report as a Word document.

    Args:
        results: the results to report.
        blocks: the report's page, as :func:`analysis.publish.document_model.page_blocks` gives it.
    """
    study = results.study
    document = _new_document(study.mark, results.dates_sentence)
    writer = _Writer(document, blocks)
    for block in blocks:
        writer.write(block)
    core = document.core_properties
    core.title = property_of(study.descriptor.title)
    core.author = property_of(
        "; ".join(contributor.title for contributor in study.descriptor.contributors)
    )
    core.language, core.comments = "en-GB", ""
    core.created = core.modified = EPOCH
    buffer = io.BytesIO()
    document.save(buffer)
    return stable_zip(buffer.getvalue())


def _new_document(draft: str, dates: str) -> Document:
    """Return an empty A4 document in our typeface, with the draft mark, dates and page numbers."""
    document = docx.Document()
    (page,) = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(_MARGIN)
    for style in (style for style in document.styles if isinstance(style, CharacterStyle)):
        name = style.name or ""
        style.font.name = "Arial"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        if name.startswith(("Heading", "Title", "Caption", "Intense Quote")):
            style.font.color.rgb = RGBColor(0x12, 0x43, 0x6D)
        if name == "Normal":
            style.font.size = Pt(10)
        if "Quote" in name:
            style.font.italic = False
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    if draft:
        page.header.paragraphs[0].add_run(draft).bold = True
    footing = page.footer.paragraphs[0]
    footing.add_run(f"{dates} Page ")
    footing._p.append(_element(_xml("w:fldSimple", {"w:instr": "PAGE"})))
    return document


class _Writer:
    """Writes blocks into a document, and gives each id a unique bookmark number.

    Each block is written as XML text and parsed, since building it element by element through the
    library takes many times as long.
    """

    def __init__(self, document: Document, blocks: list[b.Block]):
        self.document = document
        names = (name for block in blocks for name in b.names(block))
        self._bookmark_numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        self._end = document.element.body[-1]
        self._style_ids = {style.name: style.style_id for style in document.styles}
        self._bookmarked: set[str] = set()
        self._relations: dict[str, str] = {}

    def write(self, block: b.Block) -> None:
        match block:
            case b.Table():
                self._table(block)
            case b.Picture():
                self._picture(block)
            case b.Items():
                for runs, ids in zip(block.items, _only_first(block.ids), strict=False):
                    self._paragraph("List Bullet", runs, ids)
            case b.Terms():
                for (ids, term, body), above in zip(
                    block.terms, _only_first(block.ids), strict=False
                ):
                    bold = [b.Run(f"{b.plain(term)} ", strong=True)]
                    self._paragraph("Normal", [*bold, *body], [*above, *ids])
            case b.Heading():
                style = f"Heading {block.level}" if block.level else "Title"
                self._paragraph(style, block.runs, block.ids)
            case b.Paragraph(role="opening"):
                bold = [b.Run(b.plain(block.runs), strong=True)]
                self._paragraph("Normal", bold, block.ids, keep=True)
            case b.Paragraph():
                style = _STYLES.get(block.role, "Normal")
                self._paragraph(style, block.runs, block.ids, block.leads)

    def _paragraph(
        self, style: str, runs: b.Runs, ids: Sequence[str], keep: bool = False
    ) -> BaseOxmlElement:
        """Write a paragraph; with ``keep``, on the same page as the next block."""
        properties = _xml("w:pStyle", {"w:val": self._style_ids[style]}), keep * _xml("w:keepNext")
        return self._append(
            _xml("w:p", {}, _xml("w:pPr", {}, *properties), self._bookmarks(ids), self._runs(runs))
        )

    def _append(self, xml: str) -> BaseOxmlElement:
        element = _element(xml)
        # The last element of a document holds the page settings.
        self._end.addprevious(element)
        return element

    def _table(self, block: b.Table) -> None:
        self._paragraph("Caption", block.caption, block.ids, keep=True)
        twips = [round(width * _WIDTH / 25.4 * 1440) for width in block.widths]
        settings = _xml(
            "w:tblPr",
            {},
            _xml("w:tblStyle", {"w:val": self._style_ids["Table Grid"]}),
            _xml("w:tblW", {"w:type": "dxa", "w:w": str(sum(twips))}),
            _xml("w:tblLayout", {"w:type": "fixed"}),
            _xml("w:tblLook", {"w:firstRow": "1", "w:firstColumn": "1"}),
            _xml("w:tblCaption", {"w:val": without_direction(b.plain(block.caption))}),
        )
        grid = _xml("w:tblGrid", {}, *(_xml("w:gridCol", {"w:w": str(twip)}) for twip in twips))
        header = [b.Cell(cell.runs, head=True, number=cell.number) for cell in block.header]
        first = self._row(b.Row(header, []), twips, first=True, upright=block.turned)
        rows = [self._row(row, twips) for row in block.rows]
        self._append(_xml("w:tbl", {}, settings, grid, first, *rows))
        # Without a paragraph between them, Word joins two tables.
        self._append(_xml("w:p"))

    def _row(
        self, row: b.Row, widths: list[int], first: bool = False, upright: bool = False
    ) -> str:
        """Return a row; the first repeats on each page, with number heads turned if ``upright``."""
        short = sum(len(b.plain(cell.runs)) for cell in row.cells) < 2000
        settings = _xml(
            "w:trPr",
            {},
            short * _xml("w:cantSplit"),
            upright * _xml("w:trHeight", {"w:val": "1900", "w:hRule": "atLeast"}),
            first * _xml("w:tblHeader"),
        )
        cells, place = [], 0
        for cell in row.cells:
            ids = row.ids if place == 0 else []
            width = sum(widths[place : place + cell.span])
            cell_properties = _cell_properties(width, cell.span, upright and cell.number)
            properties = _paragraph_properties(first, cell.number and not upright)
            content = self._bookmarks(ids), self._runs(cell.runs, cell.head, size=17)
            cells.append(_xml("w:tc", {}, cell_properties, _xml("w:p", {}, properties, *content)))
            place += cell.span
        return _xml("w:tr", {}, settings, *cells)

    def _picture(self, block: b.Picture) -> None:
        paragraph = Paragraph(self._paragraph("Normal", [], block.ids), self.document._body)
        shape = paragraph.add_run().add_picture(io.BytesIO(png(block.drawing)), width=Mm(_WIDTH))
        room = Mm(225)
        if shape.height > room:
            shape.width, shape.height = round(shape.width * room / shape.height), room
        shape._inline.docPr.set("descr", block.alt)

    def _bookmarks(self, ids: Sequence[str]) -> str:
        made = ""
        for name in ids:
            if name not in self._bookmarked:
                self._bookmarked.add(name)
                number = str(self._bookmark_numbers[name])
                made += _xml(
                    "w:bookmarkStart", {"w:id": number, "w:name": self._bookmark_name(name)}
                )
                made += _xml("w:bookmarkEnd", {"w:id": number})
        return made

    def _bookmark_name(self, name: str) -> str:
        """Return the unique name of a bookmark: at most 40 letters, digits and underscores."""
        return f"b{self._bookmark_numbers[name]}_{_SAFE_NAME.sub('_', name)}"[:40]

    def _runs(self, runs: b.Runs, head: bool = False, size: int = 0) -> str:
        following = [*(run.text for run in runs), ""][1:]
        return "".join(
            self._linked(run, _run(run, head and not run.muted, size, after))
            for run, after in zip(runs, following, strict=True)
        )

    def _linked(self, run: b.Run, made: str) -> str:
        if run.url and len(run.url) < 2000:
            if run.url not in self._relations:
                kind = RELATIONSHIP_TYPE.HYPERLINK
                part = self.document.part
                self._relations[run.url] = part.relate_to(run.url, kind, is_external=True)
            return _xml("w:hyperlink", {"r:id": self._relations[run.url]}, made)
        if run.to in self._bookmark_numbers:
            return _xml("w:hyperlink", {"w:anchor": self._bookmark_name(run.to)}, made)
        return made


def _only_first(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the ids of a block for its first part, and no ids for the other parts."""
    return itertools.chain([ids], itertools.repeat(()))


_NUMBER_FIRST = re.compile(r"\W*\d")


def _run(run: b.Run, bold: bool, size: int, after: str = "") -> str:
    """Return a run as XML; each stretch of one writing direction becomes a Word run of its own.

    A number after right-to-left letters would be drawn on their other side, and a date in pieces.
    A left-to-right mark between them prevents that. ``after`` is the text that follows the run.
    """
    made, parts = "", [*stretches(run.text)]
    for place, (right_to_left, text) in enumerate(parts, start=1):
        rest = "".join(later for _, later in parts[place:]) + without_direction(after)
        if right_to_left and _NUMBER_FIRST.match(rest):
            text = f"{text}\u200e"
        properties = _run_properties(
            bold or run.strong, run.muted, bool(run.to), bool(run.url), size, right_to_left
        )
        lines = [
            _xml(
                "w:t", {"xml:space": "preserve"}, escape(f"{line} " if run.mark else line, _RETURN)
            )
            for line in text.split("\n")
        ]
        made += _xml("w:r", {}, properties, "<w:br/>".join(lines))
    return made


# Cached: few distinct values are used in many thousands of places.
@functools.lru_cache(maxsize=1000)
def _cell_properties(width: int, span: int, turned: bool) -> str:
    return _xml(
        "w:tcPr",
        {},
        _xml("w:tcW", {"w:type": "dxa", "w:w": str(width)}),
        (span > 1) * _xml("w:gridSpan", {"w:val": str(span)}),
        turned * _xml("w:textDirection", {"w:val": "btLr"}),
    )


@functools.lru_cache(maxsize=1000)
def _paragraph_properties(first: bool, right: bool) -> str:
    return _xml(
        "w:pPr",
        {},
        first * _xml("w:keepNext"),
        _xml("w:spacing", {"w:before": "20", "w:after": "20"}),
        right * _xml("w:jc", {"w:val": "right"}),
    )


@functools.lru_cache(maxsize=1000)
def _run_properties(
    bold: bool, muted: bool, led: bool, linked: bool, size: int, right_to_left: bool
) -> str:
    return _xml(
        "w:rPr",
        {},
        bold * _xml("w:b"),
        (bold and right_to_left) * _xml("w:bCs"),
        (linked or led or muted) * _xml("w:color", {"w:val": "4A4A4A" if muted else "12436D"}),
        bool(size) * _xml("w:sz", {"w:val": str(size)}),
        (bool(size) and right_to_left) * _xml("w:szCs", {"w:val": str(size)}),
        linked * _xml("w:u", {"w:val": "single"}),
        right_to_left * _xml("w:rtl"),
    )


_RETURN = {"\r": "&#13;"}
"""An unescaped carriage return would be read back as a line feed."""


def _xml(name: str, attributes: Mapping[str, str] = {}, *inner: str) -> str:
    written = "".join([f" {key}={_quoted(value)}" for key, value in attributes.items()])
    return f"<{name}{written}>{''.join(inner)}</{name}>"


@functools.lru_cache(maxsize=1000)
def _quoted(value: str) -> str:
    return quoteattr(value, _RETURN)


def _element(xml: str) -> BaseOxmlElement:
    """Parse XML into an element, after declaring Word's namespaces on its outermost tag."""
    named = re.sub("^<[a-z]:[A-Za-z]+", rf"\g<0> {_NAMES}", xml)
    return etree.fromstring(named, _PARSER)


_NAMES = nsdecls("w", "r")
# Our own parser, since the library's drops a text that is only a space.
_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True)
_PARSER.set_element_class_lookup(element_class_lookup)


def write(context: BuildContext, folder: Path) -> None:
    """Write the document as a part of a build."""
    (folder / "report.docx").write_bytes(report_docx(context.results, context.blocks))
