"""Sentences on a study’s cells: why each has its state, and the findings that a person wrote."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.frames import each_row, records_by_key
from analysis.study import vocabulary as v
from analysis.study.asof import Matrix
from analysis.study.cells import exemptions, searches_by_unit
from analysis.study.dates import date_in_words
from analysis.study.load import Study
from analysis.study.requests import Asking, came_to, sent_requests
from analysis.study.rules.coding import states_named
from analysis.wording import listed, spoken_date


def reasons(study: Study, cells: pd.DataFrame) -> list[str]:
    """Say in a sentence, for each cell of a matrix, why it has its state.

    Args:
        study: the study, with the units of the matrix's date.
        cells: rows of a matrix's ``cells``.
    """
    starts = study.lookup("criteria", "applies_from")
    exempt = exemptions(study, study.day or dt.date.max)
    rows = records_by_key(study["assessments"])
    requests, searched = Asking(study).by_cell(sent_requests(study)), _searches(study)
    sentences = []
    for cell in each_row(cells):
        key = cell.unit_id, cell.criterion_id
        cell_requests = requests.get(key, [])
        if cell.state == v.NOT_FOUND:
            sentences.append(
                " ".join([_nothing_found(searched[key]), *map(_request_sentence, cell_requests)])
            )
        else:
            sentences.append(_reason(cell, starts, exempt, rows.get(cell.row), cell_requests))
    return sentences


def _searches(study: Study) -> Mapping[tuple[str, str], dict[str, list[str]]]:
    """Return, by unit and criterion, the places that were searched, each with the days."""
    searches: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
    for row in each_row(searches_by_unit(study)):
        for criterion in row.criterion_ids.split(";"):
            days = searches[row.unit_id, criterion].setdefault(row.where, [])
            days += [] if row.searched_on in days else [row.searched_on]
    return searches


def _nothing_found(searches: Mapping[str, list[str]]) -> str:
    """Say where we searched without finding anything, and on which days."""
    where = [
        f"{where} on {listed(list(map(spoken_date, days)))}" for where, days in searches.items()
    ]
    return f"We searched {listed(where)} and found nothing on this."


def _reason(
    cell, starts: dict[str, str], exempt: dict, row: dict | None, requests: list[dict]
) -> str:
    if cell.state == v.NOT_IN_FORCE:
        return f"It applies from {starts[cell.criterion_id]}."
    if cell.state == v.NOT_ASSESSED:
        sentence = "No search is logged." if requests else "Nobody has looked."
        return " ".join([sentence, *map(_request_sentence, requests)])
    if row is None and cell.state == v.NOT_APPLICABLE:
        return exempt[cell.unit_id, cell.criterion_id]
    if row is None:
        refusals = [request for request in requests if request["answered_on"] == cell.observed_on]
        return " ".join(
            [
                f"We asked for it, and it was refused on {cell.observed_on}.",
                *_refusal_sentences(refusals),
            ]
        )
    if cell.state == v.NOT_APPLICABLE and row["not_before"] and not row["observed_on"]:
        last = row["not_after"] or row["read_on"]
        return f"The criterion cannot apply here from some day between {row['not_before']} and {last} on."
    when = dated(row)
    if cell.state == v.OUTDATED:
        level = f"{cell.last_level.replace('_', ' ')}, {when}"
        return f"The last level known ({level}) is from before the report."
    if cell.state == v.INCONCLUSIVE and row["level"] not in v.UNKNOWNS:
        return f"There is a level, {when}: on this date it may or may not hold yet."
    openings = {
        v.INCONCLUSIVE: "What was read does not settle it",
        v.WITHHELD: "It was asked for and withheld",
        v.NOT_APPLICABLE: "The criterion cannot apply here",
    }
    return f"{openings.get(cell.state, 'A source shows it')}, {when}."


_DECIDED = {
    "refusal_upheld": "The regulator upheld that on {complaint_decided_on}.",
    "must_answer": "The regulator decided on {complaint_decided_on} that it must be answered.",
}


def _refusal_sentences(refusals: list[dict]) -> Iterator[str]:
    """Yield the sentences after a refusal: the exemption, the review, and the complaint."""
    for sentence, column in (
        ("The exemption named is {exemption}.", "exemption"),
        ("The review of {reviewed_on} upheld that.", "review_outcome"),
        ("A complaint was made to the regulator on {complained_on}.", "complained_on"),
    ):
        first = next((refusal for refusal in refusals if refusal[column]), None)
        if first:
            yield sentence.format_map(first)
    yield from (
        _DECIDED[refusal["complaint_outcome"]].format_map(refusal)
        for refusal in refusals
        if refusal["complaint_outcome"] in _DECIDED
    )


def _request_sentence(request: dict) -> str:
    """Say the outcome of a request on which no assessment rests."""
    when = f" on {request['sent_on']}" if request["sent_on"] else ""
    came = {request[name] for name in ("outcome", "review_outcome", "complaint_outcome")}
    answered = came & {"answered", "partly_answered"}
    then = " No assessment rests on the answer yet." if answered else ""
    return f"It was asked for{when}: {came_to(request)}.{then}"


def dated(row: dict) -> str:
    """Return the date of the source behind an assessment, in words."""
    return ("dated " if row["observed_on"] else "") + date_in_words(row)


def written_findings(study: Study, matrix: Matrix) -> dict[tuple[str, str], str]:
    """Return the written sentences that still hold, by unit and recommendation.

    A sentence holds while each state that it rests on is that of the matrix. Otherwise a page uses
    its standard words for the finding.
    """
    cells = matrix.cells
    keys = zip(cells["unit_id"], cells["criterion_id"], strict=True)
    states = dict(zip(keys, cells["state"], strict=True)) if len(study["findings"]) else {}
    return {
        (row.unit_id, row.recommendation_id): row.text
        for row in each_row(study["findings"])
        if all(
            states.get((row.unit_id, criterion)) == state
            for criterion, state in states_named(row.rests_on).items()
        )
    }
