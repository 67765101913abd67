"""Requests for information: whom a study asks, under which law, with what outcome, what is due."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.frames import each_row, records
from analysis.study.load import Study
from analysis.study.settings import Law

ANSWER, REVIEW = "an answer", "the outcome of the review"


def sent_requests(study: Study) -> pd.DataFrame:
    """Return the requests that were sent: those with a day of sending, an answer or an outcome."""
    requests = study["requests"]
    return requests[(requests[["sent_on", "answered_on", "outcome"]] != "").any(axis=1)]


def came_to(request: Mapping[str, str]) -> str:
    """Return the outcome of a request in words, with that of its review and complaint."""
    words = request["outcome"].replace("_", " ") or "no answer recorded"
    if request["outcome"] and request["answered_on"]:
        words += f" on {request['answered_on']}"
    if request["exemption"]:
        words += f" ({request['exemption']})"
    if request["review_outcome"]:
        review = request["review_outcome"].replace("_", " ")
        words += f"; reviewed on {request['reviewed_on']}: {review}"
    elif request["review_asked_on"]:
        words += f"; a review was asked for on {request['review_asked_on']}"
    if request["complained_on"]:
        words += f"; complaint to the regulator on {request['complained_on']}"
    if request["complaint_outcome"]:
        complaint = request["complaint_outcome"].replace("_", " ")
        words += f", decided on {request['complaint_decided_on']}: {complaint}"
    return words


def documents_answering(study: Study) -> dict[tuple[str, str], list[str]]:
    """Return the documents that answer a request, by unit and criterion.

    A document that answers one request of a letter answers all requests of the letter.
    """
    requests, asking = study["requests"], Asking(study)
    documents = study["documents"].groupby("request_id", sort=False)["document_id"].agg(list)
    cells: dict[tuple[str, str], list[str]] = {}
    for _, rows in requests.groupby(letters(requests), sort=False):
        answers = [document for name in rows["request_id"] for document in documents.get(name, [])]
        for cell in asking.by_cell(rows) if answers else ():
            cells.setdefault(cell, []).extend(answers)
    return cells


def letters(requests: pd.DataFrame) -> pd.Series:
    """Return the letter that each request is part of: one day, one body, one unit.

    A request that was not sent is a letter of its own.
    """
    sent = requests["sent_on"]
    last = sent.where(sent != "", requests["request_id"])
    return requests["unit_id"] + "\n" + requests["asked_of"] + "\n" + last


class Asking:
    """Tells which body holds each answer of a study, and what each request asks."""

    def __init__(self, study: Study):
        """Read the holders of answers, and the laws, from the study."""
        self._settings = study.settings.requests
        self._names = study.lookup("units", "name")
        self._countries = study.lookup("units", "country")
        self._holders = study.lookup("criteria", "ask_of")
        self.holders = list(dict.fromkeys(["", *self._holders.values()]))
        """The holders of answers, as in criteria.csv; the first, empty, is the unit itself."""

    def body(self, unit: str, criterion: str) -> str:
        """Return the name of the body that holds an answer; empty: the unit itself."""
        return self.named(self._holders[criterion], unit)

    def bodies(self) -> set[str]:
        """Return the name of every body that holds an answer about any unit."""
        return {self.named(holder, unit) for holder in self.holders for unit in self._names}

    def named(self, holder: str, unit: str) -> str:
        """Return the name of a holder of answers, with the unit's name in place of ``{unit}``."""
        return holder.replace("{unit}", self._names[unit])

    def law(self, unit: str) -> Law | None:
        """Return the law that covers requests about a unit; ``None``: the study names none."""
        return self._settings.law(self._countries[unit])

    def criteria(self, request) -> list[str]:
        """Return the criteria that a request, a row of requests.csv, asks about.

        A request that names no criterion asks about all whose answers that body holds. A request
        to the unit does not count for a criterion whose answer another body holds, and the other
        way round.
        """
        unit, named, asked_of = request.unit_id, request.criterion_id, request.asked_of
        if named:
            return [named] if bool(asked_of) == bool(self._holders[named]) else []
        asked_of = asked_of.casefold()  # letters write the name of a body with a capital first
        return [
            holder for holder in self._holders if asked_of == self.body(unit, holder).casefold()
        ]

    def by_cell(self, requests: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, str]]]:
        """Return the rows of requests by the unit and criterion of each question that they ask."""
        cells: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in each_row(requests):
            for criterion in self.criteria(row):
                cells.setdefault((row.unit_id, criterion), []).append(row._asdict())
        return cells


@dataclass(frozen=True)
class DueResponse:
    """A response that is due from a body that was asked.

    Attributes:
        what: :data:`ANSWER` or :data:`REVIEW`.
        of: the name of the unit, or of the other body that was asked.
        by: the day by which it is due; ``None``: no time limit is known.
    """

    what: str
    of: str
    by: dt.date | None

    def sentence(self, on: dt.date, count: int) -> str:
        """Say whether a response is due or overdue on a day, and how many requests wait for it."""
        waits = f"{count} request{'s' if count > 1 else ''} to {self.of}: {self.what}"
        if self.by is None:
            return f"{waits}, with no day by which it is due."
        if self.by < on:
            late = (on - self.by).days
            return f"Overdue by {late} day{'s' if late > 1 else ''}: {waits} was due on {self.by}."
        return f"{waits} is due on {self.by}."


def due_response(request: Mapping[str, str], asking: Asking, name: str) -> DueResponse | None:
    """Return the response that a sent request waits for; ``None``: none that has a time limit.

    Args:
        request: its row.
        asking: the holders of answers and the laws of the study.
        name: the name of the unit.
    """
    law, of = asking.law(request["unit_id"]), request["asked_of"] or name
    if request["complained_on"]:
        return None  # from then on the regulator decides, and no law of the study says when
    if request["review_asked_on"] and not request["review_outcome"]:
        asked_on = request["review_asked_on"]
        return DueResponse(REVIEW, of, review_due_on(dt.date.fromisoformat(asked_on), law))
    if request["outcome"] or request["answered_on"]:
        return None
    sent = request["sent_on"]
    worked_out = due_on(dt.date.fromisoformat(sent), law) if sent else None
    by = dt.date.fromisoformat(request["due_on"]) if request["due_on"] else worked_out
    return DueResponse(ANSWER, of, by)


def due_sentences(study: Study, on: dt.date) -> list[str]:
    """Say what is due or overdue on a day, one sentence for each body and day, oldest first."""
    asking, names = Asking(study), study.lookup("units", "name")
    steps = (
        due_response(row, asking, names[row["unit_id"]]) for row in records(sent_requests(study))
    )
    counts = Counter(step for step in steps if step)
    order = sorted(counts, key=lambda step: (step.by or dt.date.max, step.of, step.what))
    return [step.sentence(on, counts[step]) for step in order]


def due_on(received: dt.date, law: Law | None) -> dt.date | None:
    """Return the last day on which an answer is in time; without a time limit, ``None``.

    Args:
        received: the day of receipt, which is not counted; it may be a day off.
        law: the law under which the request is made.
    """
    return _last_day(received, law.days, law) if law and law.days else None


def review_due_on(asked_on: dt.date, law: Law | None) -> dt.date | None:
    """Return the last day on which an internal review is in time; without a limit, ``None``."""
    return _last_day(asked_on, law.review_days, law) if law and law.review_days else None


def _last_day(received: dt.date, days: int, law: Law) -> dt.date:
    if law.count == "calendar":
        return received + dt.timedelta(days=days)
    # Holidays of enough years: a year has 180 working days at least, and one year is added.
    years = range(received.year, received.year + 2 + days // 180)
    days_off, week = _days_off(law.holidays, years)
    # After receipt on a day off, the next working day is counted as the first.
    day = np.busday_offset(
        np.datetime64(received), days, roll="backward", weekmask=week, holidays=days_off
    )
    return day.astype(dt.date)


def _days_off(calendars: Sequence[str], years: range) -> tuple[np.ndarray, list[bool]]:
    """Return the holidays in any of the calendars, and which days of the week are working days."""
    import holidays  # imported here, since most commands compute no due date

    codes = [calendar.partition("-") for calendar in calendars]
    days_off = [
        holidays.country_holidays(country, subdiv=part or None, years=years)
        for country, _, part in codes
    ]
    days = np.array(
        sorted({day for calendar in days_off for day in calendar}), dtype="datetime64[D]"
    )
    return days, [all(day not in calendar.weekend for calendar in days_off) for day in range(7)]
