"""What a person should look at in a valid study."""

import dataclasses

import pytest
from made import library, replaced, with_rows

from analysis.study.evidence import titled
from analysis.study.known import data_read_on, known
from analysis.study.warnings import warnings

SOURCE = {"publisher": "A made-up shop", "read_on": "2022-01-01"}


def told(study, table):
    return [(one.row, one.column) for one in warnings(study) if one.file == f"{table}.csv"]


def test_a_criterion_with_coded_levels_and_no_rules():
    study = library()
    rules = study["rules"]
    bare = replaced(study, rules=rules[rules["criterion_id"] != "window"])
    # The library's context criterion (row 11) has never had one; nothing else is amiss there.
    assert [str(one).split(":")[0] for one in warnings(study)] == [
        "criteria.csv, row 11, criterion_id (reading-group)"
    ]
    assert told(bare, "criteria") == [(10, "criterion_id"), (11, "criterion_id")]
    # Where nobody has coded a level, what lacks a rule is named once.
    uncoded = {
        name: study[name][study[name]["criterion_id"] != "window"]
        for name in ("codings", "assessments")
    }
    uncoded = replaced(bare, **uncoded)
    assert told(uncoded, "criteria") == [(11, "criterion_id"), (10, "criterion_id")]
    (said,) = [one.rule for one in warnings(uncoded) if one.row == 10]
    assert said == "1 of 10 criteria has no decision rule in rules.csv: window"
    groups = uncoded["recommendations"].assign(text_read="not_read")
    unread = replaced(uncoded, recommendations=groups)
    assert told(unread, "criteria") == [(11, "criterion_id")]


@pytest.mark.parametrize("emptied", ["codings", "assessments"])
def test_levels_without_rules_count_from_coders_and_as_settled(emptied):
    study = library()
    rules = study["rules"][study["rules"]["criterion_id"] != "window"]
    rows = study[emptied][study[emptied]["criterion_id"] != "window"]
    bare = replaced(study, rules=rules, **{emptied: rows})
    assert (10, "criterion_id") in told(bare, "criteria")
    (said,) = [one.rule for one in warnings(bare) if one.row == 10 and one.file == "criteria.csv"]
    assert said.startswith("levels are coded for it")


def test_the_report_itself_need_not_be_cited():
    study = with_rows(library(), "sources", [SOURCE | {"source_id": "B99"}])
    assert (len(study["sources"]) + 1, "source_id") in told(study, "sources")
    report = study.settings.report.model_copy(update={"source_id": "B99"})
    settings = study.settings.model_copy(update={"report": report})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    of_report = dataclasses.replace(study, descriptor=descriptor)
    assert (len(study["sources"]) + 1, "source_id") not in told(of_report, "sources")


def test_a_source_that_nothing_cites():
    study = with_rows(library(), "sources", [SOURCE | {"source_id": "B99"}])
    assert told(study, "sources") == [(len(study["sources"]) + 1, "source_id")]


@pytest.mark.parametrize(
    ("left", "right", "twice"),
    [
        ({"url": "https://example.org/a"}, {"url": "https://example.org/a/"}, "url"),
        ({"sha256": "0" * 64}, {"sha256": "0" * 64}, "sha256"),
        ({"title": "One page"}, {"title": "One page"}, "title"),
        ({"title": "One page"}, {"title": "One page", "note": "the same, elsewhere"}, ""),
        ({"title": "A page", "title_kind": "described"}, {"title": "A page"}, ""),
        ({"url": "https://example.org/a"}, {"url": "https://example.org/b"}, ""),
    ],
)
def test_one_document_under_two_ids(left, right, twice):
    study = library()
    rows = [SOURCE | {"source_id": "B98"} | left, SOURCE | {"source_id": "B99"} | right]
    study = with_rows(study, "sources", rows)
    event = {"actor": "-", "event": "-"}
    both = [event | {"event_id": f"X{one}", "source_id": one} for one in ("B98", "B99")]
    study = with_rows(study, "events", both)
    last = len(study["sources"]) + 1
    assert told(study, "sources") == ([(last, twice)] if twice else [])


def test_evidence_read_further_than_its_source():
    study = library()
    evidence = study["evidence"].assign(extent_read="whole")
    first = evidence["source_id"].iloc[0]
    extent = ["opening" if one == first else "whole" for one in study["sources"]["source_id"]]
    study = replaced(study, evidence=evidence, sources=study["sources"].assign(extent_read=extent))
    of_it = [place + 2 for place, one in enumerate(evidence["source_id"]) if one == first]
    assert told(study, "evidence") == [(row, "extent_read") for row in of_it]


def test_a_notice_that_a_briefing_has_no_room_for():
    notice = {"notice_id": "N99", "scope": "unit", "unit_id": "library-one", "text": "x" * 301}
    study = with_rows(library(), "notices", [notice])
    assert told(study, "notices") == [(len(study["notices"]) + 1, "text")]


def test_a_title_that_is_not_the_documents_own_has_no_quotation_marks():
    bare = {"title": "Hours", "title_kind": "", "note": ""}
    assert titled(bare) == "“Hours”"
    assert titled(bare | {"title_kind": "own"}) == "“Hours”"
    assert titled(bare | {"title_kind": "described"}) == "Hours"
    assert titled(bare | {"note": "a copy"}) == "“Hours” (a copy)"
    assert titled({"title": "", "title_kind": "", "note": "a copy"}) == "(a copy)"
    assert titled({"title": "", "title_kind": "", "note": ""}) == ""


@pytest.mark.parametrize("table", ["evidence", "figures", "events"])
def test_what_was_read_again_does_not_rewrite_what_was_known_before(table):
    """Two rows of one source, read on 1 January 2022 and looked at again on 5 May 2023."""
    study = with_rows(library(), "sources", [SOURCE | {"source_id": "B99"}])
    key = study.descriptor.tables[table].data_schema.primaryKey[0]
    more = [
        {key: "first", "source_id": "B99"},
        {key: "again", "source_id": "B99", "read_on": "2023-05-05"},
    ]
    study = with_rows(study, table, more)

    def held(by):
        return [one for one in known(study, by)[table][key] if one in ("first", "again")]

    day = type(data_read_on(study)).fromisoformat
    assert held(day("2021-12-31")) == []
    assert held(day("2023-05-04")) == ["first"]
    assert held(day("2023-05-05")) == ["first", "again"]
    late = with_rows(study, table, [{key: "late", "source_id": "B99", "read_on": "2031-01-01"}])
    assert data_read_on(late) == day("2031-01-01")
