"""Rules on documents and quotations, and what of them is published."""

import shutil

import pytest
from helpers import append_row, cell, edit_cell, find_row, read_rows, write_rows
from made import LIBRARY

from analysis.measure.results import measure
from analysis.problems import WARNING
from analysis.publish.data import data_tables
from analysis.study import load, problems_and_warnings, validate

DOCUMENT = {
    "document_id": "D-made",
    "sha256": "a" * 64,
    "media_type": "application/pdf",
    "bytes": "1000",
    "pages": "3",
    "words": "90",
    "retrieved_on": "2026-01-02",
    "retrieved_from": "https://example.org/made-up.pdf",
    "access": "public",
    "extractor": "made up 1.0",
    "text_sha256": "b" * 64,
}


@pytest.fixture
def study(tmp_path):
    """A study with one document, and a quotation from its second page in row 2 of evidence."""
    folder = tmp_path / "study"
    shutil.copytree(LIBRARY, folder)
    append_row(
        folder, "documents", None, **DOCUMENT, source_id=cell(folder, "evidence", 2, "source_id")
    )
    for column, text in (("document_id", "D-made"), ("page", "2"), ("quote", "Made-up words.")):
        edit_cell(folder, "evidence", 2, column, text)
    return folder


def test_a_quotation_from_a_document_is_valid(study):
    assert validate(study) == []


@pytest.mark.parametrize(
    ("table", "column", "text", "rule"),
    [
        ("documents", "sha256", "a" * 63, "the form"),
        ("documents", "sha256", "A" * 64, "the form"),
        ("documents", "access", "secret", "allowed value"),
        ("documents", "source_id", "nowhere", "sources.csv"),
        ("documents", "replaces", "D-other", "documents.csv"),
        ("documents", "replaces", "D-made", "newer version of itself"),
        ("documents", "retrieved_on", "2026-02-30", "does not exist"),
        ("evidence", "document_id", "D-other", "documents.csv"),
        ("evidence", "page", "4", "D-made has fewer pages"),
        ("evidence", "page", "0", "below 1"),
        ("evidence", "quote", "word " * 60 + "word", "more than 60 words"),
        ("evidence", "prefix", "word " * 60 + "word", "more than 60 words"),
        ("evidence", "suffix", "word " * 60 + "word", "more than 60 words"),
        ("sources", "archived", "archive.example/copy", "the form"),
    ],
)
def test_a_fault_is_named_at_its_place(study, table, column, text, rule):
    edit_cell(study, table, 2, column, text)
    found = [one for one in validate(study) if (one.file, one.column) == (f"{table}.csv", column)]
    assert [one.row for one in found] == [2] and rule in found[0].rule


def test_a_document_with_pages_that_have_no_text_was_hardly_read_whole(study):
    edit_cell(study, "documents", 2, "unread", "no text layer on 2 of 3 pages: 2, 3")
    edit_cell(study, "evidence", 2, "extent_read", "opening")
    assert not [one for one in problems_and_warnings(study) if "parts without text" in one.rule]
    edit_cell(study, "evidence", 2, "extent_read", "whole")
    (found,) = [one for one in problems_and_warnings(study) if "parts without text" in one.rule]
    assert (found.row, found.column, found.severity) == (2, "extent_read", WARNING)
    assert found.rule.startswith("D-made has parts")


def test_a_rule_looks_up_the_row_of_the_document_that_is_named(study):
    for name in ("D-first", "D-second"):
        private = {**DOCUMENT, "access": "private", "document_id": name}
        private |= dict.fromkeys(("sha256", "text_sha256", "retrieved_from"), "")
        append_row(
            study, "documents", None, **private, source_id=cell(study, "documents", 2, "source_id")
        )
    header, one, *others = read_rows(study, "documents")
    write_rows(study, "documents", [header, *others, one])
    look = {"document_id": "D-made", "checked_on": "2026-01-03", "status": "unchanged"}
    append_row(study, "checks", None, **look)
    assert validate(study) == []


def test_a_quotation_needs_its_document(study):
    edit_cell(study, "evidence", 2, "document_id", "")
    assert {(one.row, one.column) for one in validate(study)} == {(2, "quote"), (2, "page")}


def test_a_document_of_another_source_is_refused(study):
    own = cell(study, "documents", 2, "source_id")
    other = next(one for one in load(study)["sources"]["source_id"] if one != own)
    edit_cell(study, "documents", 2, "source_id", other)
    (problem,) = validate(study)
    assert problem.column == "document_id" and "another source" in problem.rule


def _make_private(folder):
    edit_cell(folder, "documents", 2, "access", "private")
    for column in ("sha256", "text_sha256", "retrieved_from"):
        edit_cell(folder, "documents", 2, column, "")


def test_a_private_document_leaves_no_trace_in_its_row(study):
    edit_cell(study, "documents", 2, "access", "private")
    found = [(one.column, one.rule) for one in validate(study)]
    assert {column for column, _ in found} == {"sha256", "text_sha256", "retrieved_from"}
    assert all("leaves no trace" in rule for _, rule in found)
    _make_private(study)
    assert validate(study) == []


def test_a_public_document_has_its_hash(study):
    edit_cell(study, "documents", 2, "sha256", "")
    (problem,) = validate(study)
    assert problem.column == "sha256" and "has its hash" in problem.rule


def _published(folder):
    cited = sorted(load(folder).cited_evidence())[0]
    row = find_row(folder, "evidence", evidence_id=cited)
    edit_cell(folder, "documents", 2, "source_id", cell(folder, "evidence", row, "source_id"))
    for column in ("document_id", "page", "quote"):
        edit_cell(folder, "evidence", row, column, cell(folder, "evidence", 2, column))
        if row != 2:
            edit_cell(folder, "evidence", 2, column, "")
    return data_tables(measure(load(folder)))["evidence"]


def test_the_quotation_of_a_public_document_is_published(study):
    assert "Made-up words." in set(_published(study)["quote"])


def test_nothing_of_a_private_document_is_published(study):
    _make_private(study)
    assert "document_id" not in _published(study) and "quote" not in _published(study)
