"""A problem in the input, described so that a person can find and correct it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

_CELL = re.compile(r"(.+)!([A-Z]+)[0-9]+")
"""The address of a cell: its sheet, and its column."""
ERROR, WARNING = "error", "warning"
"""An error must be corrected; a warning must be looked at by a person."""


@dataclass(frozen=True)
class Problem:
    """A broken rule at one place.

    Attributes:
        file: file name inside the study folder.
        row: row as a spreadsheet counts it (the header is row 1); ``None``: the whole file.
        column: column name, or the path inside the descriptor; empty: the whole row.
        value: the offending value, shortened for display.
        rule: the rule that it breaks.
        remedy: what to do.
        severity: ``error``, or ``warning``: it may be right as it is.
        of_kind: the rule without details of this row, to group problems; empty: the rule itself.
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    remedy: str
    severity: str = ERROR
    of_kind: str = field(default="", compare=False, repr=False)

    @property
    def kind(self) -> tuple[str, str, str]:
        """What problems of one kind share: the file, the column and the rule.

        For a cell in a workbook, the column is that of its sheet, and the remedy stands for the
        rule: there a rule often quotes the cell, and the remedy does not.
        """
        cell = _CELL.fullmatch(self.column)
        if not cell:
            return self.file, self.column, self.of_kind or self.rule
        sheet, column = cell.groups()
        return self.file, f"{sheet}, column {column}", self.of_kind or self.remedy

    def as_dict(self) -> dict:
        """Return the problem as a plain dictionary, for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "of_kind"}

    def __str__(self) -> str:
        """Return the problem in one line."""
        place = self.file + (f", row {self.row}" if self.row else "")
        place += f", {self.column}" if self.column else ""
        value = f" ({self.value})" if self.value else ""
        return f"{place}{value}: {self.rule}. {self.remedy}"


class StudyError(Exception):
    """A study, or a request about a study, is not valid.

    Attributes:
        problems: every :class:`Problem` found, in the order of file and row.
    """

    def __init__(self, problems: list[Problem]):
        """Keep the problems; the message has a line for each."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))

    def __reduce__(self):
        """Pickle the error with its problems, not only with its message."""
        return type(self), (self.problems,)


class UnfinishedChangeError(StudyError):
    """A change of a study is recorded in its journal and cannot be completed yet."""


LETTERS_OF_A_PLACE = 1000
"""Characters of an address or a path that are shown, so that a reader can find it."""


def refusal(
    place: object, rule: str, remedy: str, value: object = "", *, column: str = ""
) -> StudyError:
    """Return the error for one thing as a whole, such as a folder, an option or a choice of units."""
    return StudyError(
        [Problem(shorten(place, LETTERS_OF_A_PLACE), None, column, shorten(value), rule, remedy)]
    )


def why_no_folder(path: Path) -> str:
    """Return in words why a path that should be a folder is none."""
    return "it is a file, not a folder" if path.exists() else "there is no such folder"


def shown_first(problems: Sequence[Problem], most: int) -> tuple[list[Problem], list[str]]:
    """Return the problems to show, and how many of each kind are left out, in words.

    If there are many, the first problem of each kind comes before all others. So many rows that
    break one rule do not hide the one row that breaks another.
    """
    if len(problems) <= _ON_A_PAGE:
        return list(problems), []
    first = {problem.kind: number for number, problem in reversed(list(enumerate(problems)))}
    numbers = {*first.values()}
    ordered = [problems[number] for number in sorted(numbers)]
    ordered += [problem for number, problem in enumerate(problems) if number not in numbers]
    example = {problem.kind: problem for problem in reversed(problems)}
    left = Counter(problem.kind for problem in ordered[most:])
    lines = [
        f"{count} more in {', '.join(filter(None, kind[:2]))}, such as: {example[kind].rule}"
        for kind, count in left.items()
    ]
    return ordered[:most], lines


_ON_A_PAGE = 20
"""Problems that a reader sees at one glance."""


def shorten(value: object, length: int = 60) -> str:
    """Return ``value`` as one printable line of at most ``length`` characters."""
    start = str(value)[: length + 1]
    text = "".join(c if c.isprintable() else _escaped(c) for c in start)
    return text if len(text) <= length else text[: length - 1] + "…"


def _escaped(sign: str) -> str:
    number = ord(sign)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
