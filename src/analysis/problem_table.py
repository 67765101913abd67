"""Problems as a table on the terminal."""

import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.problems import Problem, shown_first
from analysis.study.descriptor import FILE
from analysis.study.profile import profile


class PipeConsole(Console):
    """A console that does not end the command without a word when nobody reads on."""

    def on_broken_pipe(self) -> None:
        """Tell the command, which knows what it has done."""
        raise BrokenPipeError


def print_problems(problems: Sequence[Problem], most: int) -> None:
    """Print problems to standard error as a table, with their whole number below.

    Args:
        problems: all of them.
        most: how many to show; of the rest, their number by kind.
    """
    shown, left_out = shown_first(problems, most)
    count = len(problems)
    # In a pipe there is no width to keep to, and a wrapped cell is hard to search.
    console = PipeConsole(file=sys.stderr, width=None if sys.stderr.isatty() else 220)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("File", "Row", "Column", "Value", "Rule", "What to do"):
        table.add_column(name, overflow="fold", vertical="top")
    for problem in shown:
        cells = (
            problem.file,
            str(problem.row or ""),
            problem.column,
            problem.value,
            problem.rule,
            problem.remedy,
        )
        # Text and not markup: a value may hold square brackets.
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    for line in left_out:
        console.print(Text(f"Not shown: {line}."))
    more = f" The first {most} are shown" if left_out else ""
    # No other command has that option, and it tells nothing of a workbook.
    tables = {FILE, *(table["path"] for table in profile()["resources"])}
    if left_out and all(problem.file in tables for problem in problems):
        more += "; policygap validate STUDY --format json gives all"
    more += "." if left_out else ""
    console.print(Text(f"{count} problem{'s' if count != 1 else ''}.{more}"))
