"""The report as a Word document, for those who edit: the page's own text, tables and charts.

Real headings, real tables whose first rows repeat, text alternatives on pictures, links that
arrive (Office Open XML, ECMA-376). The same report gives the same bytes.
"""

import io
import re
from collections.abc import Iterator, Mapping

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph
from lxml.etree import _Element

from analysis.measure.results import Results
from analysis.measure.statements import spoken
from analysis.publish import blocks as b
from analysis.publish.typeset import png
from analysis.spreadsheet import EPOCH, stable_zip

_WIDTH, _MARGIN = 210 - 2 * 20, 20
_STYLES = {"notes": "Quote", "draft": "Intense Quote"}
_SAFE_NAME = re.compile(r"\W")


def report_docx(results: Results, page: str) -> bytes:
    """Return the report as a Word document.

    Args:
        results: what the report is of.
        page: the report as HTML, from :func:`analysis.publish.report.report_html`.
    """
    study = results.study
    document = _new_document(study.settings.draft_mark, spoken(results.matrix.as_of))
    said = b.blocks(page)
    writer = _Writer(document, said)
    for one in said:
        writer.write(one)
    core = document.core_properties
    # No property of a document may be longer than 255 letters.
    core.title = study.descriptor.title[:255]
    core.author = "; ".join(one.title for one in study.descriptor.contributors)[:255]
    core.language, core.comments = "en-GB", ""
    core.created = core.modified = EPOCH
    buffer = io.BytesIO()
    document.save(buffer)
    return stable_zip(buffer.getvalue())


def _new_document(draft: str, as_of: str) -> Document:
    """Return an empty A4 document in our face, with the draft mark and page numbers."""
    document = docx.Document()
    (page,) = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(_MARGIN)
    for name, style in ((one.name, one) for one in document.styles if hasattr(one, "font")):
        style.font.name = "Arial"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        if name.startswith(("Heading", "Title", "Caption", "Intense Quote")):
            style.font.color.rgb = RGBColor(0x12, 0x43, 0x6D)
        if "Quote" in name:
            style.font.italic = False
    document.styles["Normal"].font.size = Pt(10)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    if draft:
        page.header.paragraphs[0].add_run(draft).bold = True
    footing = page.footer.paragraphs[0]
    footing.add_run(f"State as of {as_of}. Page ")
    footing._p.append(_made("w:fldSimple", {"w:instr": "PAGE"}))
    return document


class _Writer:
    """Writes blocks into a document, and keeps what must be unlike: the numbers of names."""

    def __init__(self, document: Document, blocks: list[b.Block]):
        self.document = document
        names = (name for one in blocks for name in b.names(one))
        self._marks = {name: number for number, name in enumerate(dict.fromkeys(names))}
        # Asked for by name, a style takes longer to find than its paragraph to write.
        self._style_ids = {one.name: one.style_id for one in document.styles}
        self._placed: set[str] = set()
        self._addresses: dict[str, str] = {}

    def write(self, block: b.Block) -> None:
        match block:
            case b.Heading(level=0):
                self._paragraph("Title", block.runs, block.ids)
            case b.Heading():
                self._paragraph(f"Heading {block.level}", block.runs, block.ids)
            case b.Paragraph(role="opening"):
                bold = [b.Run(b.plain(block.runs), strong=True)]
                self._paragraph("Normal", bold, block.ids).paragraph_format.keep_with_next = True
            case b.Paragraph():
                self._paragraph(_STYLES.get(block.role, "Normal"), block.runs, block.ids)
            case b.Items():
                for place, runs in enumerate(block.items):
                    self._paragraph("List Bullet", runs, block.ids if place == 0 else [])
            case b.Terms():
                for place, (ids, term, said) in enumerate(block.terms):
                    above = block.ids if place == 0 else []
                    bold = [b.Run(f"{b.plain(term)} ", strong=True)]
                    self._paragraph("Normal", [*bold, *said], [*above, *ids])
            case b.Table():
                self._table(block)
            case b.Picture():
                self._picture(block)

    def _paragraph(self, style: str, runs: b.Runs, ids: list[str]) -> DocxParagraph:
        paragraph = self.document.add_paragraph()
        paragraph._p.style = self._style_ids[style]
        paragraph._p.extend([*self._bookmarks(ids), *self._runs(runs)])
        return paragraph

    def _table(self, block: b.Table) -> None:
        caption = self._paragraph("Caption", block.caption, block.ids)
        caption.paragraph_format.keep_with_next = True
        # Built element by element: the library's own way asks for each cell by its place, and
        # takes a second a thousand.
        twips = [round(one * _WIDTH / 25.4 * 1440) for one in block.widths]
        table = _made("w:tbl")
        settings = _made("w:tblPr")
        settings.append(_made("w:tblStyle", {"w:val": self._style_ids["Table Grid"]}))
        settings.append(_made("w:tblW", {"w:type": "dxa", "w:w": str(sum(twips))}))
        settings.append(_made("w:tblLayout", {"w:type": "fixed"}))
        settings.append(_made("w:tblLook", {"w:firstRow": "1", "w:firstColumn": "1"}))
        settings.append(_made("w:tblCaption", {"w:val": b.plain(block.caption)}))
        grid = _made("w:tblGrid")
        grid.extend([_made("w:gridCol", {"w:w": str(one)}) for one in twips])
        table.extend([settings, grid])
        header = [b.Cell(one.runs, head=True, number=one.number) for one in block.header]
        upright = len(header) > b.CROWDED
        table.append(self._row(b.Row(header, []), twips, first=True, upright=upright))
        table.extend([self._row(row, twips) for row in block.rows])
        # A paragraph must stand between two tables, or Word makes them one.
        self.document.element.body.insert(-1, table)
        self.document.add_paragraph()

    def _row(
        self, row: b.Row, widths: list[int], first: bool = False, upright: bool = False
    ) -> _Element:
        """Return a row; the first repeats on each page, with heads of numbers turned if upright."""
        made, settings = _made("w:tr"), _made("w:trPr")
        if sum(len(b.plain(cell.runs)) for cell in row.cells) < 2000:
            settings.append(_made("w:cantSplit"))
        if upright:
            settings.append(_made("w:trHeight", {"w:val": "1900", "w:hRule": "atLeast"}))
        if first:
            settings.append(_made("w:tblHeader"))
        made.append(settings)
        place = 0
        for cell in row.cells:
            held, about = _made("w:tc"), _made("w:tcPr")
            width = sum(widths[place : place + cell.span])
            about.append(_made("w:tcW", {"w:type": "dxa", "w:w": str(width)}))
            if cell.span > 1:
                about.append(_made("w:gridSpan", {"w:val": str(cell.span)}))
            if upright and cell.number:
                about.append(_made("w:textDirection", {"w:val": "btLr"}))
            paragraph, manner = _made("w:p"), _made("w:pPr")
            if first:
                manner.append(_made("w:keepNext"))
            manner.append(_made("w:spacing", {"w:before": "20", "w:after": "20"}))
            if cell.number and not upright:
                manner.append(_made("w:jc", {"w:val": "right"}))
            paragraph.append(manner)
            if place == 0:
                paragraph.extend(self._bookmarks(row.ids))
            paragraph.extend(self._runs(cell.runs, cell.head, size=17))
            held.extend([about, paragraph])
            made.append(held)
            place += cell.span
        return made

    def _picture(self, block: b.Picture) -> None:
        paragraph = self._paragraph("Normal", [], block.ids)
        shape = paragraph.add_run().add_picture(io.BytesIO(png(block.drawing)), width=Mm(_WIDTH))
        room = Mm(225)
        if shape.height > room:
            shape.width, shape.height = round(shape.width * room / shape.height), room
        shape._inline.docPr.set("descr", block.alt)

    def _bookmarks(self, ids: list[str]) -> Iterator[_Element]:
        for name in ids:
            if name not in self._placed:
                self._placed.add(name)
                number = str(self._marks[name])
                yield _made("w:bookmarkStart", {"w:id": number, "w:name": self._mark(name)})
                yield _made("w:bookmarkEnd", {"w:id": number})

    def _mark(self, name: str) -> str:
        """Return a bookmark's name: at most 40 letters and digits, unlike any other."""
        return f"b{self._marks[name]}_{_SAFE_NAME.sub('_', name)}"[:40]

    def _runs(self, runs: b.Runs, head: bool = False, size: int = 0) -> Iterator[_Element]:
        for run in runs:
            made = _run(run, head and not run.quiet, size)
            if run.url and len(run.url) < 2000:
                if run.url not in self._addresses:
                    kind = docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK
                    part = self.document.part
                    self._addresses[run.url] = part.relate_to(run.url, kind, is_external=True)
                link = _made("w:hyperlink", {"r:id": self._addresses[run.url]})
            elif run.to in self._marks:
                link = _made("w:hyperlink", {"w:anchor": self._mark(run.to)})
            else:
                yield made
                continue
            link.append(made)
            yield link


def _run(run: b.Run, bold: bool, size: int) -> _Element:
    made, manner = _made("w:r"), _made("w:rPr")
    if bold or run.strong:
        manner.append(_made("w:b"))
    if run.url or run.to or run.quiet:
        manner.append(_made("w:color", {"w:val": "4A4A4A" if run.quiet else "12436D"}))
    if size:
        manner.append(_made("w:sz", {"w:val": str(size)}))
    if run.url:
        manner.append(_made("w:u", {"w:val": "single"}))
    made.append(manner)
    for place, line in enumerate(run.text.split("\n")):
        if place:
            made.append(_made("w:br"))
        text = _made("w:t", {"xml:space": "preserve"})
        text.text = f"{line} " if run.mark else line
        made.append(text)
    return made


def _made(name: str, attributes: Mapping[str, str] = {}) -> _Element:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element
