"""Who is asked for an answer, under which law, and what a request has asked already."""

from collections.abc import Mapping

import pandas as pd

from analysis.frames import each_row
from analysis.study.load import Study
from analysis.study.settings import Law


def sent_requests(study: Study) -> pd.DataFrame:
    """Return the requests that were sent: they have the day of it, or something came of them."""
    requests = study["requests"]
    return requests[(requests[["sent_on", "answered_on", "outcome"]] != "").any(axis=1)]


def came_to(request: Mapping[str, str]) -> str:
    """Return what a request came to as words, with its review and the complaint."""
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
    """Return the documents that answer a request about a unit and criterion, by these two.

    What answers one request of a letter answers the letter.
    """
    requests, asking = study["requests"], Asking(study)
    documents = study["documents"].groupby("request_id", sort=False)["document_id"].agg(list)
    cells: dict[tuple[str, str], list[str]] = {}
    for _, rows in requests.groupby(letters(requests), sort=False):
        answers = [document for name in rows["request_id"] for document in documents.get(name, [])]
        for cell in asking.cells(rows) if answers else ():
            cells.setdefault(cell, []).extend(answers)
    return cells


def letters(requests: pd.DataFrame) -> pd.Series:
    """Return the letter that each request was a part of: of one day, to one body about one unit.

    One that was not sent stands for itself.
    """
    sent = requests["sent_on"]
    last = sent.where(sent != "", requests["request_id"])
    return requests["unit_id"] + "\n" + requests["asked_of"] + "\n" + last


class Asking:
    """Who is asked what in a study."""

    def __init__(self, study: Study):
        """Take the holders of answers, and the laws, from the study."""
        self._settings = study.settings.requests
        self._names = study.lookup("units", "name")
        self._countries = study.lookup("units", "country")
        self._holders = study.lookup("criteria", "ask_of")
        self.holders = list(dict.fromkeys(["", *self._holders.values()]))
        """Who holds answers, as in criteria.csv; first, empty, the unit itself."""

    def body(self, unit: str, criterion: str) -> str:
        """Return the body that holds an answer, in words; empty: the unit itself."""
        return self.named(self._holders[criterion], unit)

    def bodies(self) -> set[str]:
        """Return every body that holds an answer, in words, for any unit."""
        return {self.named(holder, unit) for holder in self.holders for unit in self._names}

    def named(self, holder: str, unit: str) -> str:
        """Return who holds answers about a unit, with the unit's name in its place."""
        return holder.replace("{unit}", self._names[unit])

    def law(self, unit: str) -> Law | None:
        """Return the law by which a unit, or a body about it, is asked; ``None``: none is named."""
        return self._settings.law(self._countries[unit])

    def criteria(self, request) -> list[str]:
        """Return what a request asks, a row of requests.csv.

        One that names no criterion asks for all that the body holds which was asked. What a unit
        was asked, nobody has asked of the other body that holds the answer, and the other way
        round.
        """
        unit, named, asked_of = request.unit_id, request.criterion_id, request.asked_of
        if named:
            return [named] if bool(asked_of) == bool(self._holders[named]) else []
        asked_of = asked_of.casefold()  # a letter begins the name of a body with a capital
        return [
            holder for holder in self._holders if asked_of == self.body(unit, holder).casefold()
        ]

    def cells(self, requests: pd.DataFrame) -> set[tuple[str, str]]:
        """Return the unit and criterion of each question that some requests have put."""
        return set(self.by_cell(requests))

    def by_cell(self, requests: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, str]]]:
        """Return requests, as rows, by the unit and criterion of each question that they put."""
        cells: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in each_row(requests):
            for criterion in self.criteria(row):
                cells.setdefault((row.unit_id, criterion), []).append(row._asdict())
        return cells
