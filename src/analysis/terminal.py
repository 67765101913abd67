"""Tables on the terminal: problems, and what a workbook would change before it does."""

from __future__ import annotations

import errno
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.problems import Problem, shown_first
from analysis.study.descriptor import FILE
from analysis.study.profile import profile

if TYPE_CHECKING:
    from analysis.fieldwork.changeset import Intake

CHANGES_AT_MOST = 500


class PipeConsole(Console):
    """A console that raises an error if the reader of a pipe stops; Rich would exit silently."""

    def on_broken_pipe(self) -> None:
        """Raise the error for the command, which knows what it has written."""
        raise BrokenPipeError


class _ChangeConsole(PipeConsole):
    """A console whose error says that a change was not shown, so that nothing is written."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "The change could not be shown in full")


def plain_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """Return a table of texts; square brackets in them are not read as markup."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", vertical="top")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def print_problems(problems: Sequence[Problem], most: int) -> None:
    """Print problems to standard error as a table, with their total number below.

    Args:
        problems: all of them.
        most: how many to show; the others are counted by kind.
    """
    shown, left_out = shown_first(problems, most)
    count = len(problems)
    # In a pipe there is no width to keep to, and a wrapped cell is hard to search.
    console = PipeConsole(file=sys.stderr, width=None if sys.stderr.isatty() else 220)
    rows = [(p.file, str(p.row or ""), p.column, p.value, p.rule, p.remedy) for p in shown]
    console.print(plain_table(("File", "Row", "Column", "Value", "Rule", "What to do"), rows))
    for line in left_out:
        console.print(Text(f"Not shown: {line}."))
    more = f" The first {most} are shown" if left_out else ""
    # Only ``validate`` has that option, and it does not read workbooks.
    tables = {FILE, *(table["path"] for table in profile()["resources"])}
    if left_out and all(problem.file in tables for problem in problems):
        more += "; policygap validate STUDY --format json gives all"
    more += "." if left_out else ""
    console.print(Text(f"{count} problem{'s' if count != 1 else ''}.{more}"))


def print_intake(intake: Intake) -> None:
    """Print each change, by unit and criterion, how many rows stay, and what was normalised."""
    from analysis.fieldwork.changeset import UNCHANGED

    console = _change_console()
    changing = [change for change in intake.changes if change.what != UNCHANGED]
    if changing:
        rows = [
            (c.what, c.table, c.unit_id, c.criterion_id, c.summary, c.place)
            for c in changing[:CHANGES_AT_MOST]
        ]
        heads = ("Change", "Table", "Unit", "Criterion", "What", "Cell")
        console.print(plain_table(heads, rows))
    if len(changing) > CHANGES_AT_MOST:
        console.print(f"… and {len(changing) - CHANGES_AT_MOST} more.")
    _print_counts(console, intake)


def print_import(imported: Intake) -> None:
    """Print what an imported table gives: rows by table, answers by criterion, notes."""
    console = _change_console()
    for criterion, answers in imported.answers.items():
        counts = ", ".join(f"{number} {meaning}" for meaning, number in sorted(answers.items()))
        console.print(Text(f"{criterion}: {counts or 'the table does not have it'}"))
    _print_counts(console, imported)


def _change_console() -> Console:
    return _ChangeConsole(width=None if Console().is_terminal else 200)


def _print_counts(console: Console, intake: Intake) -> None:
    counts = Counter((change.what, change.table) for change in intake.changes)
    for (what, table), number in sorted(counts.items()):
        console.print(Text(f"{table}: {number} {what}"))
    for note in intake.notes:
        console.print(Text(f"Note. {note}"))
