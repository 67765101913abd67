"""A face of a few letters, for names that our own face does not have."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def write_face(path: Path, letters: str, family: str = "Test Han") -> None:
    """Write a face that has some letters, each a rectangle of its own height."""
    names = [".notdef", *(f"g{number}" for number in range(len(letters)))]
    face = FontBuilder(1000, isTTF=True)
    face.setupGlyphOrder(names)
    face.setupCharacterMap({ord(one): f"g{number}" for number, one in enumerate(letters)})
    face.setupGlyf({name: _rectangle(600 + high) for high, name in enumerate(names)})
    face.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    face.setupHorizontalHeader(ascent=800, descent=-200)
    face.setupNameTable({"familyName": family, "styleName": "Regular"})
    face.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    face.setupPost()
    face.save(path)


def _rectangle(high: int):
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for place in ((100, high), (900, high), (900, 0)):
        pen.lineTo(place)
    pen.closePath()
    return pen.glyph()
