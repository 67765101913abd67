"""What is awaited of the requests that were sent, and by when."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.frames import records
from analysis.study.asking import Asking, sent_requests
from analysis.study.load import Study
from analysis.study.working_days import due_on, review_due_on

ANSWER, REVIEW = "an answer", "the outcome of the review"


@dataclass(frozen=True)
class Awaited:
    """What is awaited of a body that was asked.

    Attributes:
        what: :data:`ANSWER` or :data:`REVIEW`.
        of: the unit or, in words, the other body that was asked.
        by: the day by which it is due; ``None``: no time limit is known.
    """

    what: str
    of: str
    by: dt.date | None

    def sentence(self, on: dt.date, count: int) -> str:
        """Say what is due or overdue on a day, and how many requests wait for it."""
        waits = f"{count} request{'s' if count > 1 else ''} to {self.of}: {self.what}"
        if self.by is None:
            return f"{waits}, with no day by which it is due."
        if self.by < on:
            late = (on - self.by).days
            return f"Overdue by {late} day{'s' if late > 1 else ''}: {waits} was due on {self.by}."
        return f"{waits} is due on {self.by}."


def awaited(request: Mapping[str, str], asking: Asking, name: str) -> Awaited | None:
    """Return what a request that was sent waits for; ``None``: nothing with a time limit.

    Args:
        request: its row.
        asking: of the study.
        name: the name of the unit.
    """
    law, of = asking.law(request["unit_id"]), request["asked_of"] or name
    if request["complained_on"]:
        return None  # from then on the regulator decides, and no law of the study says when
    if request["review_asked_on"] and not request["review_outcome"]:
        asked_on = request["review_asked_on"]
        return Awaited(REVIEW, of, review_due_on(dt.date.fromisoformat(asked_on), law))
    if request["outcome"] or request["answered_on"]:
        return None
    sent = request["sent_on"]
    worked_out = due_on(dt.date.fromisoformat(sent), law) if sent else None
    by = dt.date.fromisoformat(request["due_on"]) if request["due_on"] else worked_out
    return Awaited(ANSWER, of, by)


def due_sentences(study: Study, on: dt.date) -> list[str]:
    """Return what is due or overdue on a day, a sentence for each body and day, the oldest first."""
    asking, names = Asking(study), study.lookup("units", "name")
    steps = (awaited(row, asking, names[row["unit_id"]]) for row in records(sent_requests(study)))
    counts = Counter(step for step in steps if step)
    order = sorted(counts, key=lambda step: (step.by or dt.date.max, step.of, step.what))
    return [step.sentence(on, counts[step]) for step in order]
