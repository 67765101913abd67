"""The knowledge date: the rows of a study that had been read by a day."""

import dataclasses
import datetime as dt

from analysis.study.dates import DAY, REDUCED, day_span, first_days
from analysis.study.load import Study

_READ = {
    "assessments": "read_on",
    "assessments_history": "read_on",
    "codings": "read_on",
    "searches": "searched_on",
    "checks": "checked_on",
    "replies": "received_on",
}
_FROM_SOURCES = ("published_totals", "published_scores")
_READ_AGAIN = ("evidence", "figures", "events")
"""Tables whose rows may have their own day of reading, so that what was known before stays
the same when a source is read again."""


def data_read_on(study: Study) -> dt.date:
    """Return the day by which everything in the study had been read.

    A document that was collected and not yet read does not count. A later check of a document does,
    since it shows whether the words that were read are still there.
    """
    study = study.at(None)
    sources = study["sources"]
    is_collected = sources["source_id"].isin(study["documents"]["source_id"])
    read = sources[~(is_collected & (sources["extent_read"] == "not_read"))]
    columns = (
        study["assessments"]["read_on"],
        study["codings"]["read_on"],
        read["read_on"],
        study["searches"]["searched_on"],
        study["checks"]["checked_on"],
        study["requests"]["answered_on"],
        study["requests"]["reviewed_on"],
        study["requests"]["complaint_decided_on"],
        study["replies"]["received_on"],
    )
    days = [column.max() for column in columns if len(column)]
    days += [study[name]["read_on"].max() for name in _READ_AGAIN if len(study[name])]
    return dt.date.fromisoformat(max(days))


def first_day(study: Study) -> dt.date:
    """Return the first possible day of the earliest date in any table of the study."""
    texts = {
        text
        for name, table in study.descriptor.tables.items()
        for field in table.fields
        if field.constraints.pattern in (REDUCED, DAY)
        for text in study.tables[name][field.name].unique()
        if text
    }
    return day_span(min(texts))[0] if texts else dt.date.min


def known(study: Study, by: dt.date) -> Study:
    """Return the study at a knowledge date: as if nothing had been read after that day.

    Rows keep their index. Assessments, codings, searches, checks of documents and replies count by
    their own day. Published totals and scores count by the day on which their source was read.
    Evidence, figures and events count by their own day or, without one, by that of their source.
    Evidence that a known row cites also counts. The later outcome of a review or complaint is
    removed from its request.
    """
    shown, study, day = study.day, study.at(None), by.toordinal()
    sources = study["sources"]
    read = sources.loc[first_days(sources["read_on"]) <= day, "source_id"]
    tables = dict(study.tables)
    for name, column in _READ.items():
        tables[name] = study[name][first_days(study[name][column]) <= day]
    for name in _FROM_SOURCES:
        tables[name] = study[name][study[name]["source_id"].isin(read)]
    for name in _READ_AGAIN:
        rows = study[name]
        own = first_days(rows["read_on"]) <= day
        is_known = own | ((rows["read_on"] == "") & rows["source_id"].isin(read)).to_numpy()
        tables[name] = rows[is_known]
    # A source may have been read again later; evidence that a known row cites was known then.
    cited = dataclasses.replace(study, tables=tables).cited_evidence()
    evidence = study["evidence"]
    known_then = evidence["evidence_id"].isin([*tables["evidence"]["evidence_id"], *cited])
    tables["evidence"] = evidence[known_then]
    requests = study["requests"]
    for decided_on, outcome in (
        ("reviewed_on", "review_outcome"),
        ("complaint_decided_on", "complaint_outcome"),
    ):
        later = first_days(requests[decided_on]) > day
        unknown = {name: requests[name].mask(later, "") for name in (decided_on, outcome)}
        requests = requests.assign(**unknown)
    tables["requests"] = requests
    return dataclasses.replace(study, tables=tables, day=shown)
