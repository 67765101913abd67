"""PDF typesetting with typst: tagged PDF/UA-1 (ISO 14289-1), bundled typefaces, stable bytes.

Data are passed as JSON and set as text, so nothing in them is read as markup.
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
    """Typesets documents of one study. Use one instance for many, so that typefaces are read once."""

    def __init__(self, results: Results):
        """Prepare to typeset documents of these results; their date is the as-of date."""
        study, as_of = results.study, results.matrix.as_of
        faces = use(study)
        # Copied, since typst reads all typefaces in a folder, not only the ones wanted.
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
            title: the title of the document, for the window title and for screen readers.
            footing: the text at the foot of each page, before the page number.
            parts: the blocks of each part; each part begins on a new page.
        """
        blocks = [block for part in parts for block in part]
        known = {name for block in blocks for name in names(block)}
        data = {
            **self._common,
            "title": title,
            "footing": _set(footing),
            "parts": parts,
        }
        text = json.dumps(data, ensure_ascii=False, default=lambda value: _json_value(value, known))
        pictures = [block for block in blocks if isinstance(block, Picture)]
        drawings = {f"{picture.name}.svg": picture.drawing for picture in pictures}
        files: Any = {"main": self._template, "data.json": text.encode(), **drawings}
        return _content(self._compiler.compile(files, format="pdf", pdf_standards=["ua-1"]))


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF made by a typesetter."""
    return int(re.findall(rb"/Type/Pages/Count (\d+)", pdf)[0])


def png(drawing: bytes) -> bytes:
    """Return an SVG drawing as PNG, at 110 dots per inch."""
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")'
    files: Any = {"main": page, "drawing.svg": drawing}  # the stub knows a single file only
    return _content(_plain_compiler().compile(files, format="png", ppi=110))


@functools.cache
def _plain_compiler() -> typst.Compiler:
    return typst.Compiler(ignore_system_fonts=True)


def _content(made: bytes | list[bytes] | None) -> bytes:
    assert isinstance(made, bytes)  # typst returns a list only for several pages
    return made


def _json_value(value: object, known: set[str]) -> dict | str:
    """Encode a value that JSON cannot; a link to an unknown id is dropped."""
    if isinstance(value, bytes):  # a drawing, which is passed as a separate file
        return ""
    if isinstance(value, Run):
        text = _set(value.text)
        if value == Run(value.text):
            return text
        return {**vars(value), "text": text, "to": value.to if value.to in known else ""}
    return {"kind": type(value).__name__.lower(), **vars(value)}


_WIDE, _TOP, _LINE = (21 - 2 * 1.9) / 2.54, 2.0, 0.42  # inches; centimetres
"""The width of the text, the room above it, and the height of a line of the page header."""


def _top(mark: str) -> float:
    """Return the room above the text of each page, in centimetres: more for a long draft mark."""
    return max(_TOP, (len(wrapped(mark, _WIDE, 9, bold=True)) * _LINE + 0.4) / 0.7)


def _set(text: str) -> str:
    """Return a text ready for typesetting: every character visible, long words breakable.

    A character without a glyph is replaced by its number, since PDF/UA does not allow missing
    glyphs.
    """
    text = current().shown(text)
    return _LONG_WORD.sub(lambda word: _PLACE_TO_BREAK.sub(rf"\g<0>{_BREAK}", word[0]), text)
