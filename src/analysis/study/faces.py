"""The typefaces of pictures and PDFs: our own, and those that a study names.

Pictures and PDFs use the same faces. A character that no face has is shown by its code point,
``[U+6771]``, never as an empty box.
"""

import functools
import logging
import unicodedata
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font, LoadFlags

from analysis.study.load import Study

# A face without a bold version is used as it is; matplotlib need not warn of that.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

OWN = Path(matplotlib.get_data_path(), "fonts", "ttf")
"""The folder of our own face, which comes with matplotlib."""
FAMILY = "DejaVu Sans"
_SIGNS = "\n\u2066\u2067\u2068\u2069"
"""Control characters that are obeyed and not drawn."""


def prefer_our_own() -> None:
    """Make matplotlib use our own copy of the face, not one of that name on the system.

    Pictures hold the numbers of its glyphs, which differ from one edition to another.
    """
    fontManager.ttflist = [face for face in fontManager.ttflist if face.name != FAMILY]
    for kind in ("", "-Bold", "-Oblique", "-BoldOblique"):
        fontManager.addfont(OWN / f"DejaVuSans{kind}.ttf")


prefer_our_own()


class Faces:
    """Faces, in the order in which a character is looked up in them.

    Attributes:
        paths: the files of the faces that a study names.
        families: the names of all faces, our own first.
    """

    def __init__(self, paths: tuple[Path, ...] = ()):
        """Register the files of faces beyond our own."""
        self.paths = paths
        for path in paths:
            fontManager.addfont(path)
        self.families = [FAMILY, *(FT2Font(str(path)).family_name for path in paths)]
        self._advances: dict[tuple[str, bool], float] = {}

    def has(self, sign: str) -> bool:
        """Return whether a face has a character."""
        return (
            sign.isascii() or sign in _SIGNS or any(ord(sign) in letter for letter in self._letters)
        )

    @functools.cached_property
    def _letters(self) -> list[frozenset[int]]:
        return [_letters(path) for path in (OWN / "DejaVuSans.ttf", *self.paths)]

    def shown(self, text: str) -> str:
        """Return a text with each character that no face has replaced by its code point."""
        if text.isascii() or all(map(self.has, text)):
            return text
        return "".join(sign if self.has(sign) else f"[U+{ord(sign):04X}]" for sign in text)

    def advance(self, sign: str, bold: bool) -> float:
        """Return the width of a character as it is shown, in multiples of the type size."""
        key = sign, bold
        if key not in self._advances:
            self._advances[key] = self._advance(sign, bold)
        return self._advances[key]

    def _advance(self, sign: str, bold: bool) -> float:
        if sign in _SIGNS:
            return 0.0
        for path in (OWN / f"DejaVuSans{'-Bold' * bold}.ttf", *self.paths):
            font = _font(path)
            if font.get_char_index(ord(sign)):
                glyph = font.load_char(ord(sign), LoadFlags.NO_HINTING)
                return glyph.linearHoriAdvance / 65536 / 100
        shown = self.shown(sign)
        return sum(self.advance(letter, bold) for letter in shown) if shown != sign else 1.0


@functools.cache
def _letters(path: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(path)).get_charmap())


@functools.cache
def _font(path: Path) -> FT2Font:
    font = FT2Font(str(path))
    font.set_size(100, 72)
    return font


def faces_of(study: Study) -> Faces:
    """Return the faces of a study: our own, and those of its settings that can be found."""
    named = (face_file(study, name) for name in study.settings.display.faces)
    return _faces(tuple(path for path in named if path is not None))


def use(study: Study | None) -> Faces:
    """Use the faces of a study for all pictures and PDFs from now on; return them."""
    global _current
    _current = faces_of(study) if study else _faces(())
    return _current


def current() -> Faces:
    """Return the faces that are in use: a process draws one study at a time."""
    return _current


@functools.cache
def _faces(paths: tuple[Path, ...]) -> Faces:
    return Faces(paths)


_current = _faces(())


def face_file(study: Study, name: str) -> Path | None:
    """Return the file of a face, in the study's folder or of an installed family; or ``None``."""
    path = study.folder / name
    try:
        if not path.is_file():
            path = Path(findfont(FontProperties(family=[name]), fallback_to_default=False))
        FT2Font(str(path))
    except (OSError, RuntimeError, ValueError):
        return None
    return path.resolve()


_NAMED = 12


def named_letters(letters: list[str]) -> str:
    """List the first letters with their code points: "東 (U+6771), 京 (U+4EAC)"."""
    labels = [
        # A combining character would be drawn on its neighbour, so only its code point is given.
        f"{letter} (U+{ord(letter):04X})"
        if unicodedata.category(letter)[0] in "LNPS"
        else f"U+{ord(letter):04X}"
        for letter in letters[:_NAMED]
    ]
    further = len(letters) - _NAMED
    more = f" and {further} more letter{'s' * (further > 1)}" if further > 0 else ""
    return ", ".join(labels) + more
