"""docs/journeys.md: each step is there in a build, follows from the one before, and is pictured."""

import json
import re
from pathlib import Path

import pytest
from journey_pictures import FOLDER, LARGEST, NAMES
from PIL import Image
from test_site import Page, resolved

DOC = FOLDER.with_suffix(".md")
PICTURE = re.compile(r"!\[(.*?)\]\(journeys/(.+?)\.png\)")
STEP = re.compile(r"\]\(\.\./output/(.+?)\)")


def journeys() -> dict[str, str]:
    """Return the text of each journey, by its heading."""
    _, *parts = DOC.read_text("utf-8").split("\n## ")
    return {part.partition("\n")[0]: part for part in parts}


def test_the_pictures_in_the_text_are_those_that_the_script_draws():
    pictured = [name for _, name in PICTURE.findall(DOC.read_text("utf-8"))]
    assert sorted(pictured) == sorted(NAMES)
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(NAMES)
    assert len(journeys()) == 3
    assert all(len(PICTURE.findall(text)) >= 2 for text in journeys().values())


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_is_described_with_its_draft_mark(name):
    (said,) = (alt for alt, one in PICTURE.findall(DOC.read_text("utf-8")) if one == name)
    assert len(said) > 100 and said.endswith(".")
    assert "draft" in said
    path = FOLDER / f"{name}.png"
    assert path.stat().st_size < LARGEST
    with Image.open(path) as picture:
        picture.load()
        assert picture.mode == "P"
        assert picture.width > 600 and picture.height > 300


@pytest.mark.parametrize("title", journeys())
def test_every_step_is_in_a_build_and_is_linked_from_the_one_before(published: Path, title):
    steps = STEP.findall(journeys()[title])
    assert len(steps) >= 3
    before = "site/index.html"
    for step in steps:
        path, _, anchor = step.partition("#")
        assert (published / path).is_file(), step
        if path.endswith(".html") and anchor:
            assert anchor in _page(published, path).ids, step
        leads = {resolved(before, href) for href in _page(published, before).links}
        # A step on the same page needs a link to its place, another page any link to it.
        wanted = [one for one in leads if one[0] == path and (path != before or one[1] == anchor)]
        assert wanted or (path == before and not anchor), (before, step)
        before = path if path.endswith(".html") else before


def test_what_the_text_says_of_the_study_still_holds(published: Path):
    held = json.loads((published / "statements.json").read_text("utf-8"))
    said = {one["id"]: one for one in held}
    settled, scored = said["cells.settled"], said["cells.scored"]
    text = DOC.read_text("utf-8")
    assert f"“{settled['text']} of {scored['text']}”" in text
    assert f"table of {settled['text']} rows" in text
    rows = _page(published, "site/figures/cells.settled.html").links_in("page.main")
    cells = [href for href in rows if "/forces/" in href and "#" in href]
    assert cells[9] == "../forces/warwickshire.html#stop-sharing-on-doubt"
    assert "What we read answers no scored question" in (
        published / "site/forces/kent.html"
    ).read_text("utf-8")


def _page(published: Path, path: str) -> Page:
    return Page((published / path).read_text("utf-8"))
