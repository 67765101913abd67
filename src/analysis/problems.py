"""One problem in what was brought, said so that a person can find and mend it."""

from dataclasses import asdict, dataclass

ERROR, WARNING = "error", "warning"
"""An error must be mended; at a warning a person has to look."""


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
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    remedy: str
    severity: str = ERROR

    def as_dict(self) -> dict:
        """Return the problem as a plain dictionary, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the problem in one line."""
        place = self.file + (f", row {self.row}" if self.row else "")
        place += f", {self.column}" if self.column else ""
        value = f" ({self.value})" if self.value else ""
        return f"{place}{value}: {self.rule}. {self.remedy}"


class StudyError(Exception):
    """A study, or a request about one, that cannot be worked with.

    Attributes:
        problems: every :class:`Problem` found, in the order of file and row.
    """

    def __init__(self, problems: list[Problem]):
        """Keep the problems; the message is their lines."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class UnfinishedChangeError(StudyError):
    """A change of a study is declared, and cannot be completed yet."""


def shorten(value: object, length: int = 60) -> str:
    """Return ``value`` as one printable line of at most ``length`` characters."""
    start = str(value)[: length + 1]
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in start)
    return text if len(text) <= length else text[: length - 1] + "…"
