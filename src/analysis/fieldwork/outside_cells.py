"""Note what somebody wrote outside the cells that are read: comments, links, drawings, headers."""

import re
from collections.abc import Mapping

from analysis.fieldwork.open_workbook import OpenedWorkbook
from analysis.fieldwork.read_cell import bare, leads, link_of
from analysis.fieldwork.sent_texts import Grid, text_of
from analysis.fieldwork.workbook_content import ReadWorkbook, address

COMMENT = "Comments are not taken in"

OBJECT = "A text box, a picture, a chart or a file that lies on a sheet was left out"

ADDRESS = "The address behind a link was left out"

TYPED = "Words outside the cells were left out"

_SIGNS = re.compile(r"\b(?:page|of)\s+&\[?[PN]|&\[[^]]*\]|&[A-Z]", re.IGNORECASE)
"""What stands in a header or footer for a number, a day, a name, and what programs write before it."""


def note_besides(workbook: ReadWorkbook, opened: OpenedWorkbook, grids: Mapping[str, Grid]) -> None:
    """Note what hangs on cells and lies on sheets: comments, links, text boxes and the like."""
    comments = {
        (title, cell.coordinate): None
        for title, grid in grids.items()
        for row in grid.values()
        for cell in row.values()
        if getattr(cell, "comment", None)
    }
    for title, cell in comments | dict.fromkeys(opened.threads):
        workbook.note_all(COMMENT, address(title, cell))
    for title, cell in opened.objects:
        workbook.note_all(OBJECT, address(title, cell) if cell else title)
    for title, grid in grids.items():
        for row in grid.values():
            for cell in row.values():
                place, link = address(title, cell.coordinate), bare(link_of(cell))
                worked_out = not link and leads(cell)
                if place in workbook.links or not (link or worked_out):
                    continue
                shown = (cell.data_type == "f" and opened.result(cell)) or cell
                text = bare(text_of(shown))
                # A program writes out whole where a link of ours to a file leads from.
                ours = link.startswith("file:") and link.endswith(f"/{text.rpartition('/')[2]}")
                if worked_out or not (link in text or (text and ours)):
                    workbook.note_all(ADDRESS, place)


def note_typed(workbook: ReadWorkbook, opened: OpenedWorkbook) -> None:
    """Note words that somebody typed where no cell is: headers, footers, names, prompts, properties."""
    for sheet in opened.book.worksheets:
        for part in ("Header", "Footer"):
            items = [getattr(sheet, f"{name}{part}") for name in ("odd", "even", "first")]
            texts = [
                section.text or ""
                for item in items
                for section in (item.left, item.center, item.right)
            ]
            if any(re.search(r"\w", _SIGNS.sub("", text)) for text in texts):
                workbook.note_all(TYPED, f"{part.lower()} of {sheet.title}")
        for rule in sheet.data_validations.dataValidation:
            if rule.prompt or rule.promptTitle:
                workbook.note_all(TYPED, f"prompt at {address(sheet.title, str(rule.sqref))}")
    _note_names(workbook, opened)


def _note_names(workbook: ReadWorkbook, opened: OpenedWorkbook) -> None:
    """Note the names that somebody defined, and what the file's properties say."""
    named = [opened.book.defined_names, *(sheet.defined_names for sheet in opened.book.worksheets)]
    for name in dict.fromkeys(name for names in named for name in names):
        if not name.startswith("_"):  # as programs name what they need themselves
            workbook.note_all(TYPED, f"name {name}")
    for name in ("subject", "description", "keywords", "category"):
        if getattr(opened.book.properties, name):
            workbook.note_all(TYPED, f"{name} of the file")
