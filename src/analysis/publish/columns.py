"""The widths of a table's columns: those, of a few, in which the table is lowest.

All is measured in letters, of which a line of a page has a hundred. It is worked out here and not
left to what draws: a Word document needs widths that are given, and the PDF has the same ones.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_LINE = 100
_PLAIN, _BOLD = 1.1, 1.3
"""The width of a letter; words may be of wide ones."""
_LONG, _LONG_WHERE_CROWDED, _LONG_NAME = 14, 12, 24
"""The width of words beyond which a column need not keep them whole, and of the names of rows."""


@dataclass(frozen=True)
class Column:
    """What stands in a column.

    Attributes:
        head: the text of its head, which is bold.
        texts: the text of each of its cells; a line feed is a new line.
        number: whether it is of numbers, which take no more room than they need.
        bold: whether its texts are bold.
    """

    head: str
    texts: Sequence[str]
    number: bool = False
    bold: bool = False


def shared_widths(columns: Sequence[Column], turned: bool) -> tuple[list[float], list[bool]]:
    """Return each column's share of the width, and whether a word in it is longer than that.

    A column has room for its longest word, within reason; the first names what a row is of, and
    its words are broken last. What is left over is shared out in the way, of several, in which
    the rows have the fewest lines.

    Args:
        columns: of one table, all of the same number of cells.
        turned: whether heads of numbers stand upright, and need no width.
    """
    words = [_longest_word(column, turned) for column in columns]
    least = _at_most(words, _LONG)
    if sum(least) > 0.85 * _LINE:
        least = _at_most(words, _LONG_WHERE_CROWDED)
    lengths = [[] if column.number else _line_lengths(column) for column in columns]
    widths = min(_ways_to_share(least, lengths), key=lambda widths: _line_count(widths, lengths))
    shares = [round(width / sum(widths), 4) for width in widths]
    return shares, [word > share * _LINE + 0.01 for word, share in zip(words, shares, strict=True)]


def _longest_word(column: Column, turned: bool) -> float:
    """Return the width that the longest word of a column needs, with the white beside it."""
    head = 0 if turned and column.number else _longest([column.head]) * _BOLD
    word = max(head, _longest(column.texts) * _letter(column))
    return word + (2.5 if column.number else 1.5)


def _longest(texts: Iterable[str]) -> int:
    return max((len(word) for text in texts for word in text.split()), default=0)


def _letter(column: Column) -> float:
    return _BOLD if column.bold else _PLAIN


def _at_most(widths: list[float], most: float) -> list[float]:
    return [min(width, _LONG_NAME if place == 0 else most) for place, width in enumerate(widths)]


_Lengths = list[list[list[float]]]
"""Of each column, of each of its cells, how long its lines are before they are broken."""


def _line_lengths(column: Column) -> list[list[float]]:
    wide = _letter(column)
    return [[len(line) * wide for line in text.split("\n")] for text in column.texts]


def _ways_to_share(least: list[float], lengths: _Lengths) -> Iterator[list[float]]:
    """Give ways to share the width: columns are as wide as they are full, more so or less so."""
    filled = [sum(map(sum, cells)) / len(cells) if cells else 0 for cells in lengths]
    for power in (0.4, 0.7, 1.0, 1.4):
        yield _in_proportion([fill**power for fill in filled], least)


def _in_proportion(parts: list[float], least: list[float]) -> list[float]:
    """Return widths in proportion to parts, but none below its least."""
    widths, free = list(least), {place for place, part in enumerate(parts) if part > 0}
    # What one column needs beyond its part is wanting to others, which may then need theirs too.
    while free:
        left = _LINE - sum(width for place, width in enumerate(widths) if place not in free)
        unit = left / sum(parts[place] for place in free)
        short = {place for place in free if unit * parts[place] < least[place]}
        if not short:
            for place in free:
                widths[place] = unit * parts[place]
            break
        free -= short
    return widths


def _line_count(widths: list[float], lengths: _Lengths) -> int:
    """Return the number of lines that all rows have."""
    rooms = [0.93 * wide - 1 for wide, cells in zip(widths, lengths, strict=True) if cells]
    return sum(
        max(
            sum(math.floor(line / room) + 1 for line in lines)
            for lines, room in zip(row, rooms, strict=True)
        )
        for row in zip(*filter(None, lengths), strict=True)
    )
