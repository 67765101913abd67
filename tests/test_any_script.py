"""A study in several scripts and under a law that is nowhere in force goes the whole way."""

import re

import bs4
import openpyxl
import pytest
from made_islands import ADDRESS, CELLS, UNITS, write_islands
from pdfs import bare, opened
from test_other_subjects import texts_of, words_of_the_subject

from analysis.study import load, validate
from analysis.study.warnings import not_shown

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
ELSEWHERE = {"title", "textarea", "template", "script"}
"""Elements in which no other can stand."""


def pages(out):
    return {path: path.read_text("utf-8") for path in sorted((out / "site").rglob("*.html"))}


def test_with_its_face_every_letter_is_shown_and_without_one_line_names_those_that_are_not(
    islands_folder, tmp_path
):
    assert validate(islands_folder) == [] and not_shown(load(islands_folder)) == []
    (one,) = not_shown(load(write_islands(tmp_path / "plain", with_face=False)))
    assert "虛 (U+865B)" in one.rule and "\n" not in one.rule


def test_no_name_turns_a_sentence_on_any_page(published_islands):
    found = 0
    for path, text in [*pages(published_islands).items(), ("report", report(published_islands))]:
        for said in bs4.BeautifulSoup(text, "lxml").find_all(string=RIGHT_TO_LEFT):
            assert said.parent.name in {"bdi", *ELSEWHERE}, (path, said)
            found += 1
    assert found > 300


def report(out):
    return (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize("unit", UNITS)
def test_no_name_is_cut(unit, published_islands):
    name = UNITS[unit][0]
    page = bs4.BeautifulSoup(
        pages(published_islands)[published_islands / f"site/island-councils/{unit}.html"], "lxml"
    )
    assert page.h1.get_text() == name
    alt = page.find("meta", property="og:image:alt")["content"]
    assert alt.startswith(f"{name}.") and alt.count("DRAFT") == 1
    assert page.find("link", rel="canonical")["href"] == f"{ADDRESS}island-councils/{unit}.html"
    letter = opened((published_islands / f"briefings/{unit}.pdf").read_bytes()).pages[0]
    # A PDF has right-to-left letters as they are drawn, and made-up shapes say no letter.
    if not RIGHT_TO_LEFT.search(name) and unit != "chinese":
        assert bare(name) in bare(letter.extract_text()).replace("-", "").replace("\u00ad", "")
    for path in (published_islands / "requests").glob(f"{unit}.txt"):
        assert name in " ".join(path.read_text("utf-8").split())


def test_the_summary_names_units_apart_and_from_left_to_right(published_islands):
    sheet = openpyxl.load_workbook(published_islands / "gap-tables.xlsx")["Summary"]
    names = [cell for cell in sheet["D"] if UNITS["arabic"][0] in str(cell.value)]
    assert names and all(f"\u2068{UNITS['arabic'][0]}\u2069" in cell.value for cell in names)
    assert all(cell.alignment.readingOrder == 1 for cell in names)


def test_it_speaks_of_its_own_subject_law_and_units(published_islands):
    for path in sorted(published_islands.rglob("*")):
        for text in texts_of(path) if path.is_file() else ():
            assert words_of_the_subject(text) == set(), path
            assert not re.search(r"\ba island|\bFOIA\b", text, re.IGNORECASE), path
    letters = [path.read_text("utf-8") for path in (published_islands / "requests").iterdir()]
    under_the_law = ["article 3 of the Open Books Act" in " ".join(one.split()) for one in letters]
    assert True in under_the_law and False in under_the_law


def test_seven_levels_have_marks_that_differ(published_islands):
    page = report(published_islands)
    marks = {
        bs4.BeautifulSoup(found, "lxml").get_text()
        for found in re.findall(r'<span class="mark level ramp-[^>]*>[^<]*</span>', page)
    }
    used = {level for cells in CELLS.values() for level in cells.values() if "step" in level}
    assert len(used) == len(marks) == 7
