"""Requests for information to send: each as a Word document and as text, and a page of web forms."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import docx
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from markupsafe import Markup

from analysis.direction import stretches
from analysis.publish.requests import (
    HEADING,
    QUESTION,
    TITLE,
    Request,
    in_plain_letters,
    write_texts,
)
from analysis.spreadsheet import EPOCH, property_of, stable_zip


def write_requests(made: Sequence[Request], folder: Path) -> None:
    """Write each request as a document and as text, and a page with links to their web forms."""
    write_texts(made, folder)
    for request in made:
        (folder / f"{request.name}.docx").write_bytes(as_docx(request))
    if any(request.form for request in made):
        (folder / "forms.html").write_text(_page_of_forms(made), encoding="utf-8", newline="\n")


_PAGE = Markup("""<!DOCTYPE html>
<html lang="en-GB"><meta charset="utf-8"><title>Forms of requests</title>
<h1>Forms of requests</h1>
<p>Each link opens a form at WhatDoTheyKnow. Nothing is sent until you send it there. Your request, your name and the answer are then public.</p>
<ul>
{}
</ul>
""")


def _page_of_forms(made: Sequence[Request]) -> str:
    """Return a page with a link to the web form of each request that has one."""
    item = Markup('<li><a href="{}">{}</a>{}</li>')
    paste = ": its text is too long for a link, so paste it in"
    links = [
        item.format(form.address, request.title, "" if form.has_text else paste)
        for request in made
        if (form := request.form)
    ]
    return _PAGE.format(Markup("\n").join(links))


def as_docx(request: Request) -> bytes:
    """Return a request as a Word document; the same request gives the same bytes."""
    document = docx.Document()
    (page,) = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    normal = cast(ParagraphStyle, document.styles["Normal"])
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for kind, text in request.blocks:
        if kind in (TITLE, HEADING):
            paragraph = document.add_heading(level=1 if kind == TITLE else 2)
        else:
            paragraph = document.add_paragraph()
        for right_to_left, part in stretches(in_plain_letters(text)):
            paragraph.add_run(part).font.rtl = right_to_left or None
        if kind == QUESTION:
            paragraph.paragraph_format.left_indent = Pt(18)
            paragraph.paragraph_format.first_line_indent = Pt(-18)
    core = document.core_properties
    core.title = property_of(next(text for kind, text in request.blocks if kind == TITLE))
    core.author, core.language, core.comments = "", "en-GB", ""
    core.created = core.modified = EPOCH
    buffer = io.BytesIO()
    document.save(buffer)
    return stable_zip(buffer.getvalue())
