"""The pages of units: what was found first, said once, and two of them side by side."""

import html as markup
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from browser import needs_browser
from made import LIBRARY, REAL, matrix_of, one_cell, replaced, row, with_rows

from analysis.frames import each_row
from analysis.measure.results import measure
from analysis.measure.score_basis import one_document
from analysis.publish.context.answers import (
    dates_spoken,
    finding_text,
    findings_by_word,
    question_groups,
    shared_reasons,
)
from analysis.publish.context.units import unit_sections
from analysis.study import load, states
from analysis.study.sentences import reasons
from analysis.wording import spoken_date


def text_of(html: str) -> str:
    """Return the text that a piece of a page shows, in one line."""
    return re.sub(r"\s+", " ", markup.unescape(re.sub(r"<[^>]*>", "", html))).strip()


# --- what rests on one document ------------------------------------------------------------


def three_questions(*cited: str):
    """Return a study of one unit that meets three questions, each by the evidence named."""
    study = one_cell(row("met", "2021"))
    criteria = [study["criteria"].assign(criterion_id=name, label=name) for name in "cde"]
    study = replaced(study, criteria=pd.concat(criteria, ignore_index=True))
    source, evidence = (study[name].iloc[0].to_dict() for name in ("sources", "evidence"))
    study = with_rows(study, "sources", [{**source, "source_id": "S2"}])
    second = {**evidence, "evidence_id": "E2", "source_id": "S2"}
    study = with_rows(study, "evidence", [second, {**evidence, "evidence_id": "E3"}])
    usual = study["assessments"].iloc[0].to_dict()
    rows = [
        {**usual, "criterion_id": name, "evidence_ids": ids}
        for name, ids in zip("cde", cited, strict=True)
    ]
    return replaced(study, assessments=pd.DataFrame(rows, dtype=object))


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        (("E1", "E2", ""), []),
        # Two statements of one document are one document.
        (("E1", "E3", "E2"), [("S1", ("c", "d"), 100 / 3, 100)]),
        # What cites another document too is taken as unknown as well.
        (("E1", "E1;E2", "E2"), [("S1", ("c", "d"), 100 / 3, 100), ("S2", ("d", "e"), 100 / 3, 100)]),
        (("E1", "E1", "E1"), [("S1", ("c", "d", "e"), 0, 100)]),
    ],
)  # fmt: skip
def test_the_range_without_the_one_document(cited, expected):
    study = three_questions(*cited)
    found = one_document(study, states(study))
    assert [(one.source_id, one.criteria) for one in found] == [one[:2] for one in expected]
    for one, (*_, low, high) in zip(found, expected, strict=True):
        assert (one.low, one.high) == pytest.approx((low, high))


def test_an_imported_table_is_no_document():
    study = three_questions("E1", "E1", "E1")
    study = replaced(study, sources=study["sources"].assign(kind="imported table"))
    assert one_document(study, states(study)) == []


# --- in words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "words"),
    [("2021", "2021"), ("2021-12", "December 2021"), ("2021-12-03", "3 December 2021")],
)
def test_a_date_as_prose_writes_it(date, words):
    assert spoken_date(date) == words
    assert (
        dates_spoken(f"undated, between 2019 and {date}.") == f"undated, between 2019 and {words}."
    )


def test_a_unit_is_told_by_what_was_found_on_each_recommendation():
    gaps = [
        {"recommendation_id": name, "finding": finding}
        for name, finding in [("a", "cannot_be_told"), ("b", "not_met"), ("c", "cannot_be_told")]
    ]
    found = findings_by_word(gaps)
    assert found == [("shown not to meet", ["b"]), ("could not tell", ["a", "c"])]
    assert finding_text(found, str.upper) == "Shown not to meet: B; could not tell: A, C."
    assert finding_text([], str.upper) == ""


def test_what_a_search_did_not_find_is_said_with_where_and_when():
    study = one_cell(searched="2020-01-05")
    again = study["searches"].assign(searched_on="2021-02-03")
    other = study["searches"].assign(searched_on="2021-02-03", where="the library")
    searches = pd.concat([study["searches"], again, other], ignore_index=True)
    study = replaced(study, searches=searches)
    assert reasons(study, matrix_of(study, {}, "not_found").cells) == [
        "We searched - on 5 January 2020 and 3 February 2021 and the library on 3 February 2021 "
        "and found nothing on this."
    ]


@pytest.mark.parametrize("folder", [REAL, LIBRARY])
def test_each_question_stands_once_and_a_reason_of_several_is_said_once(folder):
    results = measure(load(folder))
    recommendations = results.study["recommendations"].to_dict("records")
    for unit in results.study["units"]["unit_id"]:
        cells = [cell for cell in results.cell_records if cell.unit_id == unit]
        gaps = results.gaps[results.gaps["unit_id"] == unit].to_dict("records")
        groups = question_groups(recommendations, cells, gaps)
        listed = [cell.criterion_id for group in groups for cell in group["cells"]]
        assert sorted(listed) == sorted(cell.criterion_id for cell in cells)
        assert {one["recommendation_id"] for one in gaps} <= {group["id"] for group in groups}
        for reason in shared_reasons(cells):
            assert sum(cell.reason == reason for cell in cells) > 1


# --- pages ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(published) -> Path:
    return published / "site"


def page(site: Path, name: str) -> str:
    return (site / name).read_text("utf-8")


def test_a_page_begins_with_what_was_found_and_the_notice_on_the_unit(site):
    html = page(site, "forces/gloucestershire.html")
    lead = text_of(re.search(r'<p class="lead">(.*?)</p>', html, re.S)[1])
    assert lead == (
        "Shown not to meet: Recommendation 1: no sharing on doubt, Recommendation 4: safe "
        "reporting pathways; could not tell: Finding: clear guidance for officers, Conclusion: "
        "victims first. These levels rest on one letter, of 3 December 2021, which states no "
        "change of the force's own."
    )
    text = text_of(html)
    assert "3 of the scored answers rest on one document" in text
    assert "Without it, what we read allows a score of 0 to 100." in text


def test_a_page_without_an_answer_says_so_and_nothing_against_the_unit(site):
    lead = re.search(r'<p class="lead">(.*?)</p>', page(site, "forces/kent.html"), re.S)[1]
    assert text_of(lead) == (
        "What we read answers no scored question about this force at this date, so it has no "
        "score. That says nothing for or against it. We have a source that does not decide."
    )


def test_no_page_of_a_unit_shows_an_id_of_evidence_or_sources(site):
    study = load(REAL)
    # A study may name its own ids in its texts.
    texts = [*study["sources"]["note"], *study["evidence"]["states"]]
    named = set(re.findall(r"\w+", " ".join(texts)))
    ids = {*study["evidence"]["evidence_id"], *study["sources"]["source_id"]} - named
    assert len(ids) > 300
    for path in (site / "forces").glob("*.html"):
        shown = set(re.findall(r"\w+", text_of(path.read_text("utf-8"))))
        assert not shown & ids, path.name


def test_a_page_says_once_what_is_true_of_several_questions(site):
    text = text_of(page(site, "forces/kent.html"))
    assert text.count("and found nothing on this") == 1
    assert "No coder has put down" not in text and "A search is logged" not in text


def test_the_text_for_an_email_carries_its_dates_and_caveats(site):
    html = page(site, "forces/gloucestershire.html")
    email = markup.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.S)[1])
    study = load(REAL)
    notices = study["notices"]
    assert all(text in email for text in notices["text"])
    # What must be known first stands first.
    assert 0 < email.index("DRAFT") < email.index("Shown not to meet")
    assert "What we had read by 28 November 2026" in email
    assert "No sharing on doubt: not met (3 December 2021)." in email
    assert "Victim first (nothing found)" in email
    # The notice on the unit stands with the finding, and not only at the end.
    (own,) = notices.loc[notices["scope"] == "unit", "text"]
    assert email.index(own) < email.index("What we read says")


def compared(html: str) -> dict:
    data = re.search(r'<template id="page.data">(.*?)</template>', html, re.S)[1]
    return json.loads(markup.unescape(data))


@pytest.mark.parametrize("built", ["published", "published_library"])
def test_the_pairs_that_are_decided_are_those_of_the_results_and_no_others(built, request):
    results = measure(load(REAL if built == "published" else LIBRARY))
    html = page(request.getfixturevalue(built) / "site", "compare.html")
    data = compared(html)
    ids = list(results.study["units"]["unit_id"])
    pairs = {
        (ids[at], ids[other]) for at, unit in enumerate(data["units"]) for other in unit["below"]
    }
    assert pairs == {(pair.above, pair.below) for pair in each_row(results.pairs)}
    names = results.study.lookup("units", "short_name")
    for above, below in pairs:
        assert re.search(rf"{names[above]}.*?: .*?{names[below]}", text_of(html))
    if not pairs:
        assert "There are none: we cannot say of any two" in text_of(html)


@pytest.mark.parametrize(
    ("reply_by", "replied_on", "said"),
    [
        (
            "2026-11-20",
            "",
            "for a reply by 20 November 2026. We have no reply on record. That says nothing for or against it.",
        ),
        ("2026-11-20", "2026-11-19", "for a reply by 20 November 2026."),
        # Nobody can say yet what comes by a day that is still to come.
        ("2027-01-15", "", "for a reply by 15 January 2027."),
    ],
)
def test_a_unit_that_was_sent_its_page_is_said_to_have_been(reply_by, replied_on, said):
    sent = {"unit_id": "kent", "sent_on": "2026-11-01", "reply_by": reply_by}
    study = with_rows(load(REAL), "notified", [sent])
    if replied_on:
        reply = {"reply_id": "made-up-r1", "unit_id": "kent", "received_on": replied_on}
        study = with_rows(study, "replies", [reply | {"says": "-", "decision": "open"}])
    sections = {unit["unit_id"]: unit["sent"] for unit in unit_sections(measure(study))}
    assert sections["kent"] == f"It was sent this page on 1 November 2026, {said}"
    assert sections["essex"] == ""


def test_who_replied_to_a_first_letter_is_not_said_to_be_silent_after_a_second():
    sent = [
        {"unit_id": "kent", "sent_on": "2026-11-10", "reply_by": "2026-11-20"},
        {"unit_id": "kent", "sent_on": "2026-11-01", "reply_by": "2026-11-08"},
        # Of a day after the knowledge date nothing is known yet.
        {"unit_id": "essex", "sent_on": "2026-12-24", "reply_by": "2027-01-15"},
    ]
    reply = {"reply_id": "made-up-r1", "unit_id": "kent", "received_on": "2026-11-05"}
    study = with_rows(load(REAL), "notified", sent)
    study = with_rows(study, "replies", [reply | {"says": "-", "decision": "open"}])
    sections = {unit["unit_id"]: unit["sent"] for unit in unit_sections(measure(study))}
    said = "It was sent this page on 10 November 2026, for a reply by 20 November 2026."
    assert sections["kent"] == said and sections["essex"] == ""


# --- on a phone ----------------------------------------------------------------------------

PHONE = 390, 844


FIRST = [
    ("index.html", "main dd"),
    ("forces/gloucestershire.html", ".lead"),
    ("forces/kent.html", ".lead"),
    ("forces/index.html", ".lead"),
    ("recommendations/R1.html", ".lead"),
    ("compare.html", ".lead"),
]


@needs_browser
@pytest.mark.parametrize(("name", "answer"), FIRST)
def test_the_first_screen_of_a_phone_has_the_title_and_the_answer(browser, site, name, answer):
    width, height = PHONE
    with browser.opened(site / name, width) as view:
        view.appear(width, height=height)
        for part in ("h1", answer):
            box = view.page.locator(part).first.bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= height, (part, box)
        assert view.page.evaluate("document.documentElement.scrollWidth") == width
        assert view.page.locator(".draft").first.is_visible()


@needs_browser
def test_the_matrix_is_a_list_that_folds_too_and_on_a_phone_that_alone(browser, site):
    study = load(REAL)
    with browser.opened(site / "index.html", PHONE[0]) as view:
        assert not view.page.locator("img").first.is_visible()
        questions = view.page.locator("main > details > summary")
        assert set(questions.all_inner_texts()) <= set(study["criteria"]["label"])
        assert questions.first.is_visible()
        view.appear(1280)
        assert view.page.locator("img").first.is_visible() and questions.first.is_visible()


@needs_browser
def test_the_menu_folds_on_a_phone_and_stands_open_where_there_is_room(browser, site):
    with browser.opened(site / "forces/kent.html", PHONE[0]) as view:
        menu = view.page.locator("nav .menu").first
        assert not menu.is_visible()
        view.page.locator("nav summary").first.click()
        assert menu.is_visible()
    with browser.opened(site / "forces/kent.html", 1280) as view:
        assert view.page.locator("nav .menu").first.is_visible()
        assert not view.page.locator("nav summary").first.is_visible()


@needs_browser
def test_any_two_can_be_picked_and_no_more_is_said_than_is_sure(browser, site):
    with browser.opened(site / "compare.html") as view:
        first, second = view.page.locator("select").all()
        first.select_option(label="Gloucestershire")
        second.select_option(label="Warwickshire")
        said = view.page.locator("#page\\.pick").inner_text()
        assert "What we read does not say which of the two has the higher score." in said
        assert "These levels rest on one letter" in said
        assert "0 to 50 of 100, 50% known" in said
        assert not view.complaints


@needs_browser
def test_a_page_leads_to_its_own_unit_beside_another(browser, site):
    with browser.opened(site / "forces/kent.html") as view:
        view.page.get_by_role("link", name="Compare Kent with another").click()
        first, second = view.page.locator("select").all()
        assert first.evaluate("list => list.selectedOptions[0].text") == "Kent"
        assert second.evaluate("list => list.selectedOptions[0].text") == "Gloucestershire"
        row = view.page.locator("tr", has_text="Specialist support").inner_text()
        assert "open to everyone whatever their residence status" in row
        assert "Kent Police and Crime Commissioner" in row
