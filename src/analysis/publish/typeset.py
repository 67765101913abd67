"""PDF by typst: tagged to PDF/UA-1 (ISO 14289-1), in faces that come with us, bytes the same.

Data go in as JSON and are set as text: nothing that they hold is read as markup.
"""

import functools
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from shutil import copyfile
from typing import Any

import typst

from analysis.measure.results import Results
from analysis.publish.document_model import Block, Picture, Run, names
from analysis.publish.files import scratch_folder
from analysis.show.lines import wrapped
from analysis.study.faces import OWN, current, use

_LONG_WORD = re.compile(r"\S{17,}")
_PLACE_TO_BREAK = re.compile(r"[/?&=._:;,|-](?=\w)|[^\s/?&=._:;,|-]{18}(?=\S)")
_BREAK = "\u200b"


class Typesetter:
    """Sets documents of one study. Make one for many: the faces are read once."""

    def __init__(self, results: Results):
        """Prepare to set documents of these results; the date of each is that of their state."""
        study, as_of = results.study, results.matrix.as_of
        faces = use(study)
        # Copied: a folder of faces is read whole, and would give more than is meant.
        folder = scratch_folder(self)
        for number, path in enumerate(faces.paths):
            copyfile(path, Path(folder, f"{number}{path.suffix}"))
        places = [str(OWN), str(folder)]
        self._compiler = typst.Compiler(font_paths=places, ignore_system_fonts=True)
        template = files("analysis.publish").joinpath("templates/document.typ")
        self._template = template.read_bytes()
        self._common = {
            "faces": faces.families,
            "draft": _set(study.mark),
            "top": _top(study.mark),
            "authors": [contributor.title for contributor in study.descriptor.contributors],
            "date": [as_of.year, as_of.month, as_of.day],
        }

    def pdf(self, title: str, footing: str, parts: Sequence[Sequence[Block]]) -> bytes:
        """Return a document as PDF.

        Args:
            title: of the document, for a reader's window and for screen readers.
            footing: what stands at the foot of each page, before its number.
            parts: what the document says; each part begins on a new page.
        """
        blocks = [block for part in parts for block in part]
        known = {name for block in blocks for name in names(block)}
        data = {
            **self._common,
            "title": title,
            "footing": _set(footing),
            "parts": parts,
        }
        text = json.dumps(data, ensure_ascii=False, default=lambda value: _plain(value, known))
        pictures = [block for block in blocks if isinstance(block, Picture)]
        drawings = {f"{picture.name}.svg": picture.drawing for picture in pictures}
        files: Any = {"main": self._template, "data.json": text.encode(), **drawings}
        return _content(self._compiler.compile(files, format="pdf", pdf_standards=["ua-1"]))


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF that a typesetter made."""
    return int(re.findall(rb"/Type/Pages/Count (\d+)", pdf)[0])


def png(drawing: bytes) -> bytes:
    """Return a drawing in SVG as PNG, with 110 dots to the inch."""
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")'
    files: Any = {"main": page, "drawing.svg": drawing}  # the stub knows a single file only
    return _content(_plain_compiler().compile(files, format="png", ppi=110))


@functools.cache
def _plain_compiler() -> typst.Compiler:
    return typst.Compiler(ignore_system_fonts=True)


def _content(made: bytes | list[bytes] | None) -> bytes:
    assert isinstance(made, bytes)  # a list is of the pages of several pictures
    return made


def _plain(value: object, known: set[str]) -> dict | str:
    """Return what JSON has no word for; a link to no known name is none."""
    if isinstance(value, bytes):  # a drawing, which goes beside
        return ""
    if isinstance(value, Run):
        text = _set(value.text)
        if value == Run(value.text):
            return text
        return {**vars(value), "text": text, "to": value.to if value.to in known else ""}
    return {"kind": type(value).__name__.lower(), **vars(value)}


_WIDE, _TOP, _LINE = (21 - 2 * 1.9) / 2.54, 2.0, 0.42  # inches; centimetres
"""How wide a page's text is, how much room is above it, and how much a line of the head takes."""


def _top(mark: str) -> float:
    """Return the room above the text of each page, in centimetres: more for a long mark."""
    return max(_TOP, (len(wrapped(mark, _WIDE, 9, bold=True)) * _LINE + 0.4) / 0.7)


def _set(text: str) -> str:
    """Return a text so that it can be set: every sign visible, no word wider than a column.

    A sign for which there is no glyph is named by its number, since a PDF for all readers may
    hold no empty box.
    """
    text = current().shown(text)
    return _LONG_WORD.sub(lambda word: _PLACE_TO_BREAK.sub(rf"\g<0>{_BREAK}", word[0]), text)
