"""Column widths of tables: of a few candidate layouts, the one in which the table is lowest.

Widths are measured in letters; a line of a page has a hundred. They are computed here, not by the
typesetter, since a Word document needs explicit widths and the PDF should have the same ones.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_LINE = 100
_PLAIN, _BOLD = 1.1, 1.3
"""The width of a letter, plain and bold, with an allowance for words of wide letters."""
_LONG, _LONG_WHERE_CROWDED, _LONG_NAME = 14, 12, 24
"""The longest words kept whole, as widths: usually, in a crowded table, and in the first column."""


@dataclass(frozen=True)
class Column:
    """The texts of a column.

    Attributes:
        head: the text of its head, which is bold.
        texts: the text of each cell; a line feed is a new line.
        number: whether it is a column of numbers, which gets no more width than it needs.
        bold: whether its texts are bold.
    """

    head: str
    texts: Sequence[str]
    number: bool = False
    bold: bool = False


def shared_widths(columns: Sequence[Column], turned: bool) -> tuple[list[float], list[bool]]:
    """Return each column's share of the width, and whether it has a word wider than that.

    A column has room for its longest word, up to a limit. The limit is higher for the first column,
    which names the rows. The rest is shared in the way, of several, that gives the fewest lines.

    Args:
        columns: the columns of one table, all with the same number of cells.
        turned: whether the heads of number columns are turned on their side, and need no width.
    """
    words = [_longest_word(column, turned) for column in columns]
    least = _capped(words, _LONG)
    if sum(least) > 0.85 * _LINE:
        least = _capped(words, _LONG_WHERE_CROWDED)
    lengths = [[] if column.number else _line_lengths(column) for column in columns]
    widths = min(_candidate_widths(least, lengths), key=lambda widths: _line_count(widths, lengths))
    shares = [round(width / sum(widths), 4) for width in widths]
    return shares, [word > share * _LINE + 0.01 for word, share in zip(words, shares, strict=True)]


def _longest_word(column: Column, turned: bool) -> float:
    """Return the width that the longest word of a column needs, with its padding."""
    head = 0 if turned and column.number else _longest([column.head]) * _BOLD
    word = max(head, _longest(column.texts) * _letter_width(column))
    return word + (2.5 if column.number else 1.5)


def _longest(texts: Iterable[str]) -> int:
    return max((len(word) for text in texts for word in text.split()), default=0)


def _letter_width(column: Column) -> float:
    return _BOLD if column.bold else _PLAIN


def _capped(widths: list[float], most: float) -> list[float]:
    return [min(width, _LONG_NAME if place == 0 else most) for place, width in enumerate(widths)]


_Lengths = list[list[list[float]]]
"""For each column and each of its cells, the widths of the lines before wrapping."""


def _line_lengths(column: Column) -> list[list[float]]:
    wide = _letter_width(column)
    return [[len(line) * wide for line in text.split("\n")] for text in column.texts]


def _candidate_widths(least: list[float], lengths: _Lengths) -> Iterator[list[float]]:
    """Yield candidate widths: in proportion to powers of the mean length of a column's texts."""
    filled = [sum(map(sum, cells)) / len(cells) if cells else 0 for cells in lengths]
    for power in (0.4, 0.7, 1.0, 1.4):
        yield _in_proportion([fill**power for fill in filled], least)


def _in_proportion(parts: list[float], least: list[float]) -> list[float]:
    """Return widths in proportion to ``parts``, with none below its minimum in ``least``."""
    widths, free = list(least), {place for place, part in enumerate(parts) if part > 0}
    # Fixing a column at its minimum leaves less for the others, which may then reach theirs.
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
    """Return the total number of lines of all rows at these widths."""
    rooms = [0.93 * wide - 1 for wide, cells in zip(widths, lengths, strict=True) if cells]
    return sum(
        max(
            sum(math.floor(line / room) + 1 for line in lines)
            for lines, room in zip(row, rooms, strict=True)
        )
        for row in zip(*filter(None, lengths), strict=True)
    )
