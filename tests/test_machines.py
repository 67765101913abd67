"""What machines read of a site: descriptions, the data set, the site map, cards, notebooks."""

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from helpers import REAL, ROOT
from lxml import etree
from made import LIBRARY, library
from PIL import Image

from analysis.measure.figures import interval_sensitivity, named_figures
from analysis.measure.results import measure
from analysis.problems import StudyError
from analysis.publish.card_drawing import _layout, drawn_card
from analysis.publish.cards import ELSEWHERE, PIXELS, Card
from analysis.publish.manifest import input_hashes
from analysis.publish.site import machines, site_files
from analysis.publish.stored_notebooks import stored_notebooks
from analysis.show.lines import width_of
from analysis.study import load, validate

HOME = "https://example.org/a/site"


def addressed(study, address=HOME, status="draft"):
    settings = study.settings.model_copy(update={"site_address": f"{address}/", "status": status})
    return replace(study, descriptor=study.descriptor.model_copy(update={"settings": settings}))


def files_of(study) -> dict[str, bytes]:
    results = measure(study)
    named = named_figures(results) | interval_sensitivity(results)
    return site_files(results, named, [], ["data/matrix.csv"])


@pytest.fixture(scope="module")
def plain_files():
    return files_of(library())


@pytest.fixture(scope="module")
def files():
    return files_of(addressed(library()))


@pytest.fixture(scope="module")
def checked_files():
    return files_of(addressed(library(), status="checked"))


def pages(files):
    return {name: text.decode() for name, text in files.items() if name.endswith(".html")}


def meta(page: str, name: str) -> str:
    return re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)[1]


def dataset(files) -> dict:
    found = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', pages(files)["index.html"]
    )
    return json.loads(found[0])


def test_every_page_says_what_it_is_and_no_draft_is_to_be_indexed(plain_files):
    for name, page in pages(plain_files).items():
        assert meta(page, "description").startswith("DRAFT"), name
        assert meta(page, "robots") == "noindex"


def test_no_description_names_a_unit_with_a_finding(plain_files):
    names = library().lookup("units", "short_name").values()
    for name, page in pages(plain_files).items():
        if name.startswith("recommendations/"):
            assert not any(one in meta(page, "description") for one in names), name


def test_without_an_address_there_is_none_of_its_own(plain_files):
    assert not [name for name in plain_files if name.startswith(("cards/", "sitemap"))]
    assert not any("og:" in page or "canonical" in page for page in pages(plain_files).values())


def test_the_data_set_has_its_caveats_and_its_files(files, plain_files):
    about, study = dataset(files), library()
    assert about["@type"] == "Dataset" and about["name"] == study.descriptor.title
    assert all(
        one in about["description"] for one in study["notices"].query("scope == 'study'")["text"]
    )
    assert about["creativeWorkStatus"] == "draft"
    (file,) = about["distribution"]
    assert file["contentUrl"] == "https://example.org/a/data/matrix.csv"
    assert dataset(plain_files)["distribution"][0]["contentUrl"] == "../data/matrix.csv"
    assert sum("ld+json" in page for page in pages(files).values()) == 1


def test_no_text_of_the_study_ends_the_data_set():
    study = library()
    hostile = study.descriptor.model_copy(update={"description": "</script><b>&\u202e"})
    made = files_of(replace(study, descriptor=hostile))
    assert dataset(made)["description"].startswith("</script><b>& DRAFT")
    assert b"</script><b>" not in made["index.html"]


def test_the_site_map_lists_every_page_by_its_address(files, checked_files):
    # A draft names units, and is for those who work on it.
    assert "sitemap.xml" not in files
    root = etree.fromstring(checked_files["sitemap.xml"])
    listed = {element.text for element in root.iter("{*}loc")}
    assert len(listed) == len(pages(checked_files)) and "https://example.org/a/site/" in listed
    for name, page in pages(checked_files).items():
        assert "noindex" not in page
        canonical = re.search(r'<link rel="canonical" href="([^"]*)">', page)[1]
        assert canonical in listed and meta(page, "og:url") == canonical, name


def test_a_long_site_map_comes_in_parts(monkeypatch):
    monkeypatch.setattr(machines, "MOST_ADDRESSES", 40)
    made = files_of(addressed(library(), status="checked"))
    index = etree.fromstring(made["sitemap.xml"])
    parts = [one.text.rpartition("/")[2] for one in index.iter("{*}loc")]
    assert index.tag.endswith("sitemapindex") and len(parts) > 1
    counts = [len(list(etree.fromstring(made[name]).iter("{*}loc"))) for name in parts]
    assert sum(counts) == len(pages(made)) and max(counts) == 40


def test_home_each_recommendation_and_each_unit_has_a_card(files):
    study = library()
    cards = {name for name in files if name.startswith("cards/")}
    assert len(cards) == 1 + len(study["recommendations"]) + len(study["units"])
    for name, page in pages(files).items():
        card = f"cards/{name.removesuffix('.html')}.png"
        assert (card in cards) == ("og:image" in page), name
        if card in cards:
            assert meta(page, "og:image").endswith(f"/{card}")
            assert "DRAFT" in meta(page, "og:image:alt")
            assert Image.open(io.BytesIO(files[card])).size == PIXELS


def test_a_card_of_a_unit_has_the_notice_on_it():
    study = addressed(load(REAL))
    page = pages(files_of(study))["forces/gloucestershire.html"]
    said = meta(page, "og:image:alt")
    assert "Shown not to meet: “Recommendation 1" in said
    assert "These levels rest on one letter, of 3 December 2021" in said
    assert all(one in said for one in study["notices"].query("scope == 'study'")["text"].iloc[:2])


def test_a_card_has_the_same_bytes_each_time_and_cuts_no_name():
    name = "Bwrdd " + "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch " * 12
    card = Card("A study", name, ("Shown to meet: none.",), ("DRAFT.", "A notice."))
    assert drawn_card(card) == drawn_card(card)
    heading = "".join("".join(text.lines) for text in _layout(card) if text.bold)
    assert name.replace(" ", "") in heading.replace(" ", "")


def test_names_in_another_script_are_drawn():
    blank, card = (drawn_card(Card("", one, ("x",), ("y",))) for one in ("", "مجلس بلدية القاهرة"))
    assert blank != card


def test_where_there_is_no_room_a_card_says_where_more_stands():
    many = tuple(f"Question {one}: " + "a notice on it " * 12 for one in range(60))
    texts = _layout(Card("", "A unit", ("Found.",), ("DRAFT.", "A notice."), many))
    said = " ".join(" ".join(text.lines) for text in texts)
    assert ELSEWHERE in said and "DRAFT." in said and "Question 59" not in said


FINDING = "Shown to meet: " + "one of the many questions, " * 300
LONG_CARDS = {
    "finding": Card("A study", "A unit", (FINDING, "The last line."), ("DRAFT.", "A notice.")),
    "heading": Card("A study", "A long name of a unit " * 90, ("Found.",), ("DRAFT.", "A notice.")),
    "unbroken": Card("A study", "Llanynys" * 400, ("Found.",), ("DRAFT.", "A notice.")),
    "notices": Card("A study", "A unit", ("Found.",), ("DRAFT.", *[("A notice that is long. " * 40).strip()] * 25)),
    "all": Card("Title " * 300, "Name " * 300, (FINDING,) * 9, ("DRAFT.", *["Notice. " * 200] * 9)),
}  # fmt: skip


@pytest.mark.parametrize("which", LONG_CARDS)
def test_nothing_on_a_card_is_cut_without_a_sign(which):
    card = LONG_CARDS[which]
    texts = _layout(card)
    room = PIXELS[1] / 100 - 2 * 0.55
    assert sum(text.height for text in texts) <= room
    shown = [" ".join(text.lines) for text in texts]
    above, heading, *lines, mark, notices = shown
    whole = " ".join(" ".join([*lines, notices]).split())
    assert mark == "DRAFT." and heading
    if which == "notices":
        # What must be said is never shortened: a notice stands whole or not at all.
        assert whole.removeprefix("Found. ").replace(card.caveats[1], "").strip() == ELSEWHERE
        assert "…" not in "".join(shown)
    else:
        assert "…" in f"{above}{heading}{whole}"
    for text in texts:
        for line in text.lines:
            assert width_of(line, text.size, text.bold) <= PIXELS[0] / 100 - 2 * 0.55
    if which == "finding":
        (line,) = lines
        assert line.endswith(" …") and FINDING.startswith(line.removesuffix(" …"))
        assert FINDING[len(line) - 2] == " "
    assert all(one in card.alt for one in (card.heading, *card.lines, *card.caveats))


def test_a_card_in_words_has_what_the_picture_has_no_room_for():
    assert "On one question." in Card("", "A", ("B",), ("C.",), ("On one question.",)).alt


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org/", "https://", "https://a.org/?b"]
)
def test_an_address_that_is_none_is_refused(tmp_path, address):
    study = Path(shutil.copytree(LIBRARY, tmp_path / "study"))
    path = study / "datapackage.json"
    held = json.loads(path.read_text("utf-8"))
    held["study"]["site_address"] = address
    path.write_text(json.dumps(held), "utf-8")
    (problem,) = validate(study)
    assert "site_address" in str(problem) and "https://example.org/study/site/" in str(problem)


# --- notebooks ------------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path) -> Path:
    """A study with one notebook that was run on it, beside the folder that holds it."""
    study = Path(shutil.copytree(REAL, tmp_path / "data" / "safe-to-share"))
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "05-agreement.ipynb", tmp_path / "notebooks")
    return study


def changed(study: Path, change) -> None:
    path = study.parents[1] / "notebooks" / "05-agreement.ipynb"
    held = nbformat.read(path, as_version=4)
    change(held)
    nbformat.write(held, path)


def test_a_notebook_that_was_run_on_the_study_has_a_page(beside):
    made = files_of(load(beside))
    page = made["notebooks/05-agreement.html"].decode()
    assert "<h1>Agreement: how far readings of the same records agree</h1>" in page
    assert "<style" not in page and " style=" not in page and 'scope="col"' in page
    for name in ("method.html", "downloads.html"):
        assert b'href="notebooks/05-agreement.html"' in made[name]


def test_what_a_notebook_holds_never_becomes_markup(beside):
    def spoil(held):
        held.cells[0].source += "\n\n<script>alert(1)</script> [x](javascript:alert(1))"
        html = "<table onclick=x><caption>C</caption><tr><td><img src=x onerror=y>a&lt;b</table><style>p{}</style>"
        held.cells[2].outputs = [
            nbformat.v4.new_output("execute_result", {"text/html": html}, execution_count=1)
        ]

    changed(beside, spoil)
    page = files_of(load(beside))["notebooks/05-agreement.html"].decode()
    assert "<script>alert" not in page and "onclick" not in page and "<img src=x" not in page
    assert "<style>" not in page and 'href="javascript' not in page and "a&lt;b" in page


def test_a_notebook_of_another_version_or_study_has_none(beside):
    path = beside / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"version": "0.2.0"', '"version": "0.3.0"'))
    assert not any(name.startswith("notebooks/") for name in files_of(load(beside)))
    other = beside.rename(beside.with_name("other"))
    assert stored_notebooks(other) == []


def test_the_notebooks_of_a_study_are_among_what_a_build_rests_on(beside):
    before = input_hashes(beside)
    assert "../../notebooks/05-agreement.ipynb" in before
    changed(beside, lambda held: held.cells.pop())
    assert input_hashes(beside) != before


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-9], lambda text: text.replace("cells", "sells")]
)
def test_a_notebook_that_is_none_is_named(beside, spoil):
    path = beside.parents[1] / "notebooks" / "05-agreement.ipynb"
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")
    with pytest.raises(StudyError, match=r"05-agreement.ipynb.*cannot be read as a notebook"):
        files_of(load(beside))
