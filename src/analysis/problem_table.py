"""Problems as a table on the terminal."""

import sys

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.study import Problem


def print_problems(problems: list[Problem], count: int) -> None:
    """Print problems to standard error as a table, with their whole number below.

    Args:
        problems: those to show.
        count: how many there are in all.
    """
    # In a pipe there is no width to keep to, and a wrapped cell is hard to search.
    console = Console(file=sys.stderr, width=None if sys.stderr.isatty() else 220)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("File", "Row", "Column", "Value", "Rule", "What to do"):
        table.add_column(name, overflow="fold", vertical="top")
    for one in problems:
        cells = (one.file, str(one.row or ""), one.column, one.value, one.rule, one.remedy)
        # Text and not markup: a value may hold square brackets.
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    more = (
        f" The first {len(problems)} are shown; --format json gives all."
        if count > len(problems)
        else ""
    )
    console.print(Text(f"{count} problem{'s' if count != 1 else ''}.{more}"))
