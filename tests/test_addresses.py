"""What is an address, and what a study says of a source whose address is none."""

import shutil

import pytest
from helpers import edit_cell
from made import LIBRARY

from analysis.study.load import validate
from analysis.study.values import is_address
from analysis.study.warnings import problems_and_warnings


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "http://example.org/a?b=c#d",
        "HTTPS://EXAMPLE.ORG/",
        "https://example.org/caf\u00e9",
        "doi:10.1000/182",
        "urn:isbn:9780000000000",
        "ftp://example.org/file",
    ],
)
def test_an_address_has_its_kind_and_something_behind_it(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "Our policy page",
        "www.example.org/policy",
        "example.org",
        "https://",
        "http:///policy",
        "https:example.org",
        "https://example.org/a b",
        " https://example.org",
        "doi:",
        "See: page 4",
        "policy.pdf",
        "C",
        "mailto:someone@example.org",
        "MAILTO:someone@example.org",
        "file:///C:/policies/ours.pdf",
        "javascript:alert(1)",
        "data:text/html,hello",
        "tel:+440000000",
        "C:\\policies\\ours.pdf",
        "",
    ],
)
def test_what_is_none_is_none(text):
    assert not is_address(text)


@pytest.mark.parametrize("text", ["Our policy page", "www.example.org", "file:///ours.pdf", ""])
def test_validate_points_to_an_address_that_is_none(text, tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    edit_cell(folder, "sources", 3, "url", text)
    assert validate(folder) == []
    warned = [one for one in problems_and_warnings(folder) if one.column == "url"]
    assert [(one.file, one.row, one.value) for one in warned] == (
        [("sources.csv", 3, text)] if text else []
    )
    assert all("begins with https://" in one.rule and one.severity == "warning" for one in warned)
