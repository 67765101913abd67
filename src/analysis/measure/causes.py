"""The causes of a difference between two versions of a study, and a difference with its cause."""

from collections.abc import Iterable
from dataclasses import dataclass

NEW_STATE = "new_state"
EVIDENCE = "evidence"
REPLY = "reply"
SETTLED = "settled"
CODEBOOK = "codebook"
IN_FORCE = "in_force"
TOTALS = "totals"
WITHDRAWN = "withdrawn"
CODER = "coder"
CAUSES = (NEW_STATE, EVIDENCE, REPLY, SETTLED, CODEBOOK, IN_FORCE, TOTALS, WITHDRAWN, CODER)
"""Every cause, in the order in which they are shown."""


@dataclass(frozen=True)
class Change:
    """One difference: a row, or one setting.

    Attributes:
        cause: one of :data:`CAUSES`.
        table: the table (or the descriptor) that it stands in.
        unit_id: the unit that it touches; empty: every unit.
        criterion_id: the criterion that it touches; empty: none, or every one.
        what: which row or setting, in words.
        column: the columns that differ, joined by ``;``; empty: the whole row came or went.
        before: as OLD has it, several joined by ``|`` between blanks; empty: it is not there.
        after: as NEW has it, likewise.
        evidence_ids: evidence cited, before and after, each id once.
        old: index of the row in OLD's table, from 0; ``None``: there is none.
        new: index of the row in NEW's table, likewise.
    """

    cause: str
    table: str
    unit_id: str = ""
    criterion_id: str = ""
    what: str = ""
    column: str = ""
    before: str = ""
    after: str = ""
    evidence_ids: str = ""
    old: int | None = None
    new: int | None = None

    @property
    def moves_nothing(self) -> bool:
        """Whether it moves nothing by itself: a question or a rule reworded, evidence alone."""
        return self.table in ("rules", "evidence") or self.column == "question"


def touching(changes: Iterable[Change], unit: str) -> tuple[str, ...]:
    """Return the causes that touch a unit, in order."""
    present = {row.cause for row in changes if row.unit_id in ("", unit) and not row.moves_nothing}
    return tuple(cause for cause in CAUSES if cause in present)
