"""About how high blocks stand on a page, without setting them: to set them takes fifty times as long.

The measures are those of ``templates/document.typ``, in points.
"""

import functools
import math
from collections.abc import Iterable

from analysis.publish.blocks import Block, Cell, Heading, Items, Paragraph, Runs, Table, Terms
from analysis.study.faces import Faces, current

_POINTS = 72 / 25.4
PAGE = (297 - 20 - 18) * _POINTS
"""The height that a page has for text."""
_WIDE = (210 - 2 * 19) * _POINTS
_TYPE, _LEAD_TYPE = 9.0, 10.5
_HEADINGS = (18.0, 14.0, 11.5, 9.5)
_CAPITAL, _LEADING = 0.729, 0.55
"""The height of a line and the room between two, in parts of the size of the type."""
_FULL = 0.97
"""How full the lines of a text are, on average."""
_ROW, _CELL = 6.4, 6.0
"""What a row is higher, and a cell narrower, than its text has room."""
_EDGES = {"draft": (12, 12), "notes": (6, 4)}
"""What a paragraph with an edge is narrower and higher."""


def height(blocks: Iterable[Block]) -> float:
    """Return about how many points blocks fill, one below another."""
    filled = below = 0.0
    for block in blocks:
        above, high, under = _heights(block)
        # Of the room that two blocks ask for between them, the larger is kept.
        filled += (max(above, below) if filled else 0) + high
        below = under
    return filled


def _heights(block: Block) -> tuple[float, float, float]:
    """Return the room above a block, its own height, and the room below it."""
    match block:
        case Heading():
            size = _HEADINGS[min(block.level, 3)]
            high = _text(block.runs, _WIDE * _FULL, size, bold=True)
            return (1.4 * size if block.level else 0, high, 0.7 * size)
        case Paragraph():
            size = _LEAD_TYPE if block.role == "lead" else _TYPE
            narrower, higher = _EDGES.get(block.role, (0, 0))
            room = (1.2 if higher else 0.8) * _TYPE
            return room, _text(block.runs, (_WIDE - narrower) * _FULL, size) + higher, room
        case Items():
            items = [_text(runs, _WIDE * _FULL) + 0.6 * _TYPE for runs in block.items]
            return 0.8 * _TYPE, sum(items), 0.8 * _TYPE
        case Terms():
            terms = [_text([*term, *said], _WIDE * _FULL) for _, term, said in block.terms]
            return _TYPE, sum(terms) + _TYPE * len(terms), _TYPE
        case Table():
            caption = _text(block.caption, _WIDE * _FULL, bold=True) + 0.5 * _TYPE
            head = [Cell(one.runs, head=True) for one in block.header]
            rows = [head, *(row.cells for row in block.rows)]
            return (
                1.1 * _TYPE,
                caption + sum(_row(row, block.widths) for row in rows),
                1.1 * _TYPE,
            )
    return 0, 0, 0


def _row(cells: list[Cell], widths: list[float]) -> float:
    shares = zip(cells, widths, strict=False)
    texts = (
        _text(cell.runs, (_WIDE * share - _CELL) * _FULL, bold=cell.head) for cell, share in shares
    )
    return _ROW + max(texts, default=0)


def _text(runs: Runs, wide: float, size: float = _TYPE, bold: bool = False) -> float:
    """Return the height of a text in lines so many points wide."""
    filled, lines = 0.0, 0
    for run in runs:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                lines += max(1, math.ceil(filled / wide))
                filled = 0.0
            filled += size * _width(part, run.strong or (bold and not run.quiet), current())
    lines += max(1, math.ceil(filled / wide))
    return size * (lines * _CAPITAL + (lines - 1) * _LEADING)


@functools.lru_cache(maxsize=20_000)
def _width(text: str, bold: bool, faces: Faces) -> float:
    """Return the width of a text in parts of the size of its type."""
    return sum(faces.advance(sign, bold) for sign in text)
