"""What a returned workbook would change, as a table on the terminal, before it does."""

import errno
from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.fieldwork.changeset import UNCHANGED, Intake
from analysis.problem_table import PipeConsole

SHOWN_AT_MOST = 500


class _Console(PipeConsole):
    """A console that says that the change was not shown: then nothing is written."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "The change could not be shown in full")


def print_intake(intake: Intake) -> None:
    """Print each change, by unit and criterion, how many rows stay, and what was tidied."""
    console = _Console(width=None if Console().is_terminal else 200)
    changing = [change for change in intake.changes if change.what != UNCHANGED]
    if changing:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for name in ("Change", "Table", "Unit", "Criterion", "What", "Cell"):
            table.add_column(name, overflow="fold", vertical="top")
        for change in changing[:SHOWN_AT_MOST]:
            cells = (
                change.what,
                change.table,
                change.unit_id,
                change.criterion_id,
                change.summary,
                change.place,
            )
            # Text and not markup: a value may hold square brackets.
            table.add_row(*map(Text, cells))
        console.print(table)
    if len(changing) > SHOWN_AT_MOST:
        console.print(f"… and {len(changing) - SHOWN_AT_MOST} more.")
    _print_counts(console, intake)


def print_import(imported: Intake) -> None:
    """Print what a table comes to: rows by table of the study, answers by criterion, notes."""
    console = _Console(width=None if Console().is_terminal else 200)
    for criterion, answers in imported.answers.items():
        counts = ", ".join(f"{number} {meaning}" for meaning, number in sorted(answers.items()))
        console.print(Text(f"{criterion}: {counts or 'the table does not have it'}"))
    _print_counts(console, imported)


def _print_counts(console: Console, came: Intake) -> None:
    counts = Counter((change.what, change.table) for change in came.changes)
    for (what, table), number in sorted(counts.items()):
        console.print(Text(f"{table}: {number} {what}"))
    for note in came.notes:
        console.print(Text(f"Note. {note}"))
