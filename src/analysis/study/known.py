"""What had been read by a day: the rows of a study that count then."""

import dataclasses
import datetime as dt

from analysis.study.dates import day_number, first_days
from analysis.study.load import Study

_READ = {
    "assessments": "read_on",
    "assessments_history": "read_on",
    "codings": "read_on",
    "searches": "searched_on",
    "replies": "received_on",
}
_FROM_SOURCES = ("published_totals", "figures", "events")


def data_read_on(study: Study) -> dt.date:
    """Return the day by which all that the study holds had been read."""
    columns = (
        study["assessments"]["read_on"],
        study["codings"]["read_on"],
        study["sources"]["read_on"],
        study["searches"]["searched_on"],
        study["requests"]["answered_on"],
        study["replies"]["received_on"],
    )
    return dt.date.fromisoformat(max(column.max() for column in columns if len(column)))


def known(study: Study, by: dt.date) -> Study:
    """Return the study as it would be had nothing been read after a day.

    Rows keep their index. Assessments, codings, searches and replies count by their own day; published
    totals, figures and events by the day on which their source was read; evidence by either.
    """
    day = day_number(by)
    sources = study["sources"]
    read = sources.loc[first_days(sources["read_on"]) <= day, "source_id"]
    tables = dict(study.tables)
    for name, column in _READ.items():
        tables[name] = study[name][first_days(study[name][column]) <= day]
    for name in _FROM_SOURCES:
        tables[name] = study[name][study[name]["source_id"].isin(read)]
    # A source may have been read again since; what a known row cites was known.
    cited = dataclasses.replace(study, tables=tables).cited_evidence()
    evidence = study["evidence"]
    known_then = evidence["source_id"].isin(read) | evidence["evidence_id"].isin(cited)
    tables["evidence"] = evidence[known_then]
    return dataclasses.replace(study, tables=tables)
