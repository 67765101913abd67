"""docs/working-with-documents.md: its commands work as printed, and its pictures are there."""

import re

import pytest
from document_pictures import FOLDER, NAMES, PAGES
from documents_walk import BLOCK, PAGE, walked
from fieldwork_pictures import LARGEST
from helpers import read_rows
from made import read_rows as records

from analysis.study import validate

REFUSED = ("collect study papers", "coder-one-back.xlsx")
"""What ends with status 1 on this way: a paper that cannot be read, and a slip in a quotation."""


@pytest.fixture(scope="module")
def way(tmp_path_factory):
    """Go the whole way; return each step, and how the page on late fees stood after each report."""
    steps, pages = [], []
    for walk, *step in walked(tmp_path_factory.mktemp("walk")):
        steps.append(step)
        if " report " in step[0]:
            page = walk.folder / "output/site/libraries/library-two.html"
            pages.append(_cell(page.read_text("utf-8")))
    return walk, steps, pages


def _cell(page: str) -> str:
    """Return what the page says on late fees, as plain text."""
    part = page.partition('id="late-fees"')[2].partition("How each coder read it")[0]
    return " ".join(re.sub("<[^>]+>", " ", part).split())


def test_each_command_does_what_the_page_says(way):
    _, steps, _ = way
    for command, status, said, printed in steps:
        assert status == any(part in command for part in REFUSED), (command, said)
        lacking = [line for line in map(_bare, printed.splitlines()) if line not in _bare(said)]
        assert lacking == [], (command, said)
    blocks = [kind for kind, _ in BLOCK.findall(PAGE.read_text("utf-8"))]
    assert sum(bool(printed) for *_, printed in steps) == blocks.count("text")


def _bare(text: str) -> str:
    return " ".join(text.split())


def test_the_finding_follows_the_document(way):
    walk, _, (before, changed, after) = way
    assert "points 2" in before and "within four weeks.”" in before and "Changed" not in before
    assert (
        "points 2" in changed
        and "Changed since we read it: D0001, as seen on 2024-05-06" in changed
    )
    assert "points 3" in after and "within six weeks.”" in after and "Changed" not in after
    study = walk.folder / "study"
    assert validate(study) == []
    assert [one["document_id"] for one in records(study, "evidence")][-2:] == ["D0001", "D0003"]
    assert [one["outcome"] for one in records(study, "requests")] == ["answered", ""]
    assert len(read_rows(study, "assessments_history")) == 2


def test_every_picture_is_there_is_small_and_says_what_is_to_be_seen():
    shown = dict(re.findall(rf"!\[([^\]]*)\]\({FOLDER.name}/(.*?)\.png\)", PAGE.read_text("utf-8")))
    assert sorted(shown.values()) == sorted(NAMES)
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(NAMES)
    assert all(len(text) > 100 for text in shown)
    assert all(path.stat().st_size < LARGEST for path in FOLDER.iterdir())
    assert len(PAGES) == PAGE.read_text("utf-8").count("policygap report study")
