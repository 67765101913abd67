"""Freedom of information requests: what they ask, of whom, and what they never hold."""

import datetime as dt
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import docx
import openpyxl
import pytest
from filled import Filled
from helpers import copy_of_real_study, edit_cell, read_rows, run
from made import real, replaced, with_rows
from made_allotments import write_allotments
from made_study import write_made_study
from test_groups import unsettled

from analysis.fieldwork.intake import take_in
from analysis.fieldwork.request_tracker import tracking_workbook
from analysis.measure.results import measure
from analysis.publish.request_documents import as_docx
from analysis.publish.requests import QUESTION, as_text, requests
from analysis.study import StudyError, load
from analysis.study.requests import due_sentences


def request_of(unit, study=None):
    """Return the request to the unit itself; what others hold: see the tests of other subjects."""
    return [one for one in requests(measure(study or real()), [unit]) if not one.body]


def questions(request):
    return [text for kind, text in request.blocks if kind == QUESTION]


def test_one_question_for_each_criterion_that_is_not_known_in_the_codebooks_words():
    (request,) = request_of("gloucestershire")
    criteria = real()["criteria"].set_index("criterion_id")["question"]
    # Its letter settles three scored criteria and the report of progress; R5 was not read.
    answered = {"stop-sharing-on-doubt", "third-party-link", "safe-reporting-pathway"}
    answered |= {"progress-reported", "confidence-building"}
    # What its commissioner funds is for the commissioner to say.
    answered |= {"specialist-support"}
    assert list(request.criteria) == [one for one in criteria.index if one not in answered]
    for number, (criterion, text) in enumerate(
        zip(request.criteria, questions(request), strict=True), start=1
    ):
        assert text.startswith(f"{number}. {criteria[criterion]}")


def test_what_is_held_is_cited_and_what_of_it_was_read():
    (request,) = request_of("warwickshire")
    (text,) = [one for one in questions(request) if "safe reporting pathway" in one]
    assert "Warwickshire Police and Crime Commissioner" in text
    assert "only its opening was read" in text
    assert "does not settle the question" in text


@pytest.mark.parametrize("kind", ["own", "described"])
def test_only_a_title_of_the_documents_own_stands_in_quotation_marks(kind):
    study = real()
    held = study["sources"]["title_kind"].where(study["sources"]["title"] == "", kind)
    study = replaced(study, sources=study["sources"].assign(title_kind=held))
    (request,) = request_of("warwickshire", study)
    (text,) = [one for one in questions(request) if "safe reporting pathway" in one]
    assert ("Commissioner, “" in text) is (kind == "own")


def test_it_rests_on_the_act():
    text = " ".join(as_text(request_of("kent")[0]).split())
    for said in (
        "section 1 of the Freedom of Information Act 2000",
        "twentieth working day",
        "section 16",
        "cost limit (section 12)",
        "recorded information",
        "from which date it has applied",
    ):
        assert said in text


def test_a_unit_of_which_all_is_known_gets_no_request(tmp_path):
    study = load(write_made_study(tmp_path / "study"))
    study = replaced(study, evidence=study["evidence"].assign(extent_read="whole"))
    results = measure(study)
    made = {one.unit_id: one for one in requests(results)}
    grid = results.matrix.grid()
    for unit in study["units"]["unit_id"]:
        for criterion in made[unit].criteria if unit in made else ():
            assert grid.loc[unit, criterion] in (
                "inconclusive",
                "outdated",
                "not_found",
                "not_assessed",
            )
    assert "made-up-04" not in made


@pytest.mark.parametrize(
    ("outcome", "again"),
    [("", False), ("answered", False), ("refused", False), ("not_held", False),
     ("no_answer", True), ("partly_answered", True)],
)  # fmt: skip
def test_what_was_asked_is_not_asked_twice(outcome, again):
    asked = {"request_id": "q1", "unit_id": "kent", "criterion_id": "guidance-clear"}
    asked |= {"sent_on": "2026-11-20", "answered_on": "2026-11-22", "outcome": outcome}
    (request,) = request_of("kent", with_rows(real(), "requests", [asked]))
    assert ("guidance-clear" in request.criteria) is again


def reached(study, **cells):
    return replaced(study, units=study["units"].assign(**cells))


@pytest.mark.parametrize(("extent", "asked"), [("opening", True), ("whole", False)])
def test_an_answer_that_rests_on_an_opening_is_asked_for(extent, asked):
    study = unsettled()
    study = replaced(study, evidence=study["evidence"].assign(extent_read=extent))
    made = requests(measure(study))
    assert bool(made) is asked
    for text in questions(made[0]) if made else []:
        assert "only its opening was read" in text
        assert text.endswith("Please send the record behind that answer, and any change since.")


def test_an_answer_from_before_the_report_is_asked_for_anew():
    (request,) = request_of("suffolk")
    assert questions(request)[0].endswith(
        "That is from before the report: please send what has applied since."
    )


def test_a_letter_is_addressed_where_the_unit_takes_requests():
    study = reached(unsettled(s1_b="inconclusive"), request_address="foi@made-up.example")
    (request,) = requests(measure(study), ["s1"])
    assert "foi@made-up.example" in as_text(request)
    assert len(request.placeholders) == 3


def test_a_form_opens_with_the_text_and_without_what_it_asks_itself():
    study = reached(unsettled(s1_b="inconclusive"), whatdotheyknow_name="made_up_body")
    (request,) = requests(measure(study), ["s1"])
    address = urlsplit(request.form.address)
    assert address[:3] == ("https", "www.whatdotheyknow.com", "/new/made_up_body")
    fields = parse_qs(address.query, strict_parsing=True)
    assert list(fields) == ["title", "default_letter"] and request.form.has_text
    (title,), (letter,) = fields.values()
    assert title == request.title == "Request for information: s1"
    assert questions(request)[0] in letter
    for own in ("To: ", "From: ", "Date: ", "Yours faithfully", "[to fill in"):
        assert own in as_text(request) and own not in letter


def test_a_text_too_long_for_an_address_is_left_out_whole():
    study = reached(unsettled(s1_b="inconclusive"), whatdotheyknow_name="made_up_body")
    long = study["criteria"].assign(question="Is it so? " * 900)
    (request,) = requests(measure(replaced(study, criteria=long)), ["s1"])
    assert not request.form.has_text and "default_letter" not in request.form.address
    assert len(request.form.address) < 8000


def test_another_body_has_neither_the_address_nor_the_form_of_the_unit():
    study = reached(real(), request_address="foi@made-up.example")
    study = reached(study, whatdotheyknow_name=study["units"]["unit_id"].str.replace("-", "_"))
    own, other = requests(measure(study), ["durham"])
    assert own.form.has_text and other.form is None
    assert "foi@made-up.example" not in as_text(other)


def test_no_day_of_the_build_and_no_person_is_in_it():
    (request,) = request_of("kent")
    assert len(request.placeholders) == 4
    text = as_text(request)
    days = set(re.findall(r"\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]+ \d{4}", text))
    assert days == {"17 December 2020"}
    document = docx.Document(io.BytesIO(as_docx(request)))
    assert document.core_properties.author == ""
    assert document.core_properties.language == "en-GB"
    assert as_docx(request) == as_docx(request)


def test_the_document_says_what_the_text_says_with_real_headings():
    (request,) = request_of("durham")
    document = docx.Document(io.BytesIO(as_docx(request)))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said == [text for _, text in request.blocks]
    styles = [one.style.name for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert styles == ["Heading 1", "Heading 2", "Heading 2"]


def test_the_command_counts_what_is_left_to_fill_in_and_overwrites_nothing(tmp_path):
    study, out = write_allotments(tmp_path / "study"), tmp_path / "out"
    done = run("requests", study, "--units", "far", "Council of Lost Plot", "--out", out)
    assert done.returncode == 0, done.stderr
    # Two letters about each, one to the council and one to its society; four places in each.
    assert "Places still to be filled in, in all: 16." in done.stdout
    letters = ["far.2", "far", "lost.2", "lost"]
    names = [f"{one}.{kind}" for one in letters for kind in ("docx", "txt")]
    assert sorted(path.name for path in out.iterdir()) == [*names, "tracker.xlsx"]
    (out / "far.txt").write_text("Filled in by hand")
    again = run("requests", study, "--units", "far", "--out", out)
    assert again.returncode == 1
    assert "may hold work" in again.stderr
    assert (out / "far.txt").read_text() == "Filled in by hand"


def test_a_batch_and_the_page_of_a_unit_have_the_link_to_the_form(tmp_path):
    study, out = write_allotments(tmp_path / "study"), tmp_path / "out"
    edit_cell(study, "units", 2, "whatdotheyknow_name", "upper_plot")
    edit_cell(study, "units", 2, "request_address", "foi@upper.example")
    (form,) = [one.form for one in requests(measure(load(study))) if one.form]
    link = html.escape(form.address)
    done = run("requests", study, "--units", "upper", "far", "--out", out)
    assert "Requests that can be sent at WhatDoTheyKnow: 1; forms.html has" in done.stdout
    page = (out / "forms.html").read_text("utf-8")
    assert link in page and page.count("<li>") == 1
    done = run("report", study, "--only", "site", "--out", tmp_path / "report")
    assert done.returncode == 0, done.stderr
    pages = {one.stem: one.read_text("utf-8") for one in tmp_path.glob("report/site/*/*.html")}
    assert [name for name, text in pages.items() if "whatdotheyknow" in text] == ["upper"]
    assert link in pages["upper"] and "foi@upper.example" in pages["upper"]


# --- the tracker ------------------------------------------------------------------------------------


@pytest.fixture
def tracked(tmp_path):
    """A copy of the study, and its tracker with a row for each question to Kent."""
    folder = copy_of_real_study(tmp_path)
    path = tmp_path / "tracker.xlsx"
    (request,) = request_of("kent")
    asking = [("kent", one) for one in request.criteria]
    path.write_bytes(tracking_workbook(load(folder), asking))
    return folder, path


def fill(path, row, **cells):
    book = openpyxl.load_workbook(path)
    sheet = book["Requests"]
    marks = {cell.value.partition(".")[2]: cell.column for cell in sheet[1] if cell.value}
    for name, text in cells.items():
        sheet.cell(row, marks[name]).value = text
    book.save(path)


def test_a_heading_names_the_unit_as_a_sentence_does(tracked):
    heads = [cell.value for cell in openpyxl.load_workbook(tracked[1])["Requests"][2]]
    assert "Asked of (empty: the force itself)" in heads
    assert "Force" in heads


def test_a_request_counts_once_it_is_sent_and_knows_when_it_is_due(tracked):
    folder, path = tracked
    assert take_in(path, folder).written == []
    fill(path, 3, sent_on="2026-11-02")
    assert take_in(path, folder).written == ["requests.csv"]
    # Twenty working days after 2 November 2026, St Andrew's Day not counted: see working days.
    held = read_rows(folder, "requests")[1]
    assert held[:6] == [
        "kent-guidance-exists",
        "kent",
        "guidance-exists",
        "2026-11-02",
        "2026-12-01",
        "",
    ]
    assert take_in(path, folder).written == []


def test_a_refusal_makes_the_cell_withheld(tracked):
    folder, path = tracked
    fill(path, 3, sent_on="2026-11-02")
    take_in(path, folder)
    fill(path, 3, answered_on="2026-11-20", outcome="Refused")
    take_in(path, folder)
    results = measure(load(folder))
    assert results.matrix.grid().loc["kent", "guidance-exists"] == "withheld"
    # Refused is not failed: the score is as open as before.
    assert results.total.loc["kent", ["low", "high", "known"]].tolist() == [0, 100, 0]


def due(folder, on):
    return due_sentences(load(folder), dt.date.fromisoformat(on))


def test_an_answer_is_due_and_then_overdue(tracked):
    folder, path = tracked
    fill(path, 3, sent_on="2026-11-02")
    fill(path, 4, sent_on="2026-11-02")
    assert due(folder, "2026-12-01") == []
    take_in(path, folder)
    waits = "2 requests to Kent Police: an answer"
    assert due(folder, "2026-12-01") == [f"{waits} is due on 2026-12-01."]
    assert due(folder, "2026-12-02") == [f"Overdue by 1 day: {waits} was due on 2026-12-01."]
    edit_cell(folder, "requests", 2, "answered_on", "2026-11-20")
    edit_cell(folder, "requests", 2, "outcome", "answered")
    assert due(folder, "2026-12-01") == [
        f"1{waits[1:].replace('ts', 't', 1)} is due on 2026-12-01."
    ]


def test_a_review_is_due_by_the_time_that_the_law_of_the_study_gives(refused):
    folder, path = refused
    fill(path, 3, review_asked_on="2026-09-01", exemption="section 31(1)(a)")
    assert take_in(path, folder).written == ["requests.csv"]
    assert held_request(folder)["exemption"] == "section 31(1)(a)"
    # Forty working days after 1 September 2026: eight weeks without a holiday.
    said = "1 request to Kent Police: the outcome of the review is due on 2026-10-27."
    assert due(folder, "2026-10-27") == [said]
    shown = Filled(tracking_workbook(load(folder))).form("requests")
    assert shown.texts(3)["waits_for"] == "the outcome of the review, due on 2026-10-27"
    fill(path, 3, reviewed_on="2026-10-20", review_outcome="upheld")
    take_in(path, folder)
    assert due(folder, "2026-12-27") == []


def test_a_complaint_is_entered_and_its_answer_comes_later(refused):
    folder, path = refused
    fill(path, 3, complained_on="2026-09-01", complaint_decided_on="2026-10-01")
    fill(path, 3, complaint_outcome="Must answer")
    take_in(path, folder)
    fill(path, 3, complaint_decided_on="2026-11-01", complaint_outcome="answered")
    assert take_in(path, folder).written == ["requests.csv"]
    assert held_request(folder)["complaint_outcome"] == "answered"
    assert due(folder, "2026-12-27") == []


def test_an_answer_put_over_a_refusal_after_a_complaint_is_that_of_the_complaint(refused):
    folder, path = refused
    fill(path, 3, complained_on="2026-09-01")
    take_in(path, folder)
    fill(path, 3, answered_on="2026-10-01", outcome="answered")
    assert any("that of a complaint" in said for said in take_in(path, folder).notes)
    kept = {"outcome": "refused", "complaint_decided_on": "2026-10-01", "review_outcome": ""}
    assert held_request(folder).items() >= kept.items()


def test_what_is_due_is_said_without_a_folder(tmp_path):
    done = run("requests", write_allotments(tmp_path / "study"), "--due")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Nothing is due on any request that was sent.\n"
    done = run("requests", tmp_path / "study")
    assert done.returncode == 1 and "no folder to write into was named" in done.stderr


def test_what_is_entered_stays(tracked):
    folder, path = tracked
    fill(path, 3, sent_on="2026-11-02")
    take_in(path, folder)
    fill(path, 3, sent_on="2026-11-03")
    with pytest.raises(StudyError) as refused:
        take_in(path, folder)
    (problem,) = refused.value.problems
    assert problem.column == "Requests!E3"
    assert "what is entered stays" in problem.rule
    edit_cell(folder, "requests", 2, "outcome", "no_answer")
    fill(path, 3, sent_on="2026-11-02", answered_on="2026-12-20", outcome="answered")
    assert take_in(path, folder).written == ["requests.csv"]


def test_what_is_typed_into_a_row_that_nothing_was_sent_by_is_noted(tracked):
    folder, path = tracked
    assert not any("not taken in" in one for one in take_in(path, folder, dry_run=True).notes)
    spare = Filled(path.read_bytes()).form("requests").spare()
    fill(path, 3, asked_of="A made-up body")
    fill(path, spare, asked_of="A made-up body")
    fill(path, spare + 1, unit_id="Essex")
    intake = take_in(path, folder)
    assert intake.written == []
    (said,) = [one for one in intake.notes if "was not taken in" in one]
    assert all(place in said for place in ("!D3", f"!D{spare}", f"!B{spare + 1}")), said


def test_a_kind_of_evidence_alone_is_noted(tracked):
    folder, path = tracked
    filled = Filled(path.read_bytes())
    form = filled.form("evidence")
    form.put(3, scope="unit")
    filled.save(path)
    intake = take_in(path, folder)
    assert any("was not taken in: 'New evidence'!B3." in one for one in intake.notes), intake.notes


@pytest.fixture
def refused(tracked):
    """Return a study in which a request was refused, and the tracker that said so."""
    folder, path = tracked
    fill(path, 3, sent_on="2026-08-03", answered_on="2026-08-20", outcome="refused")
    take_in(path, folder)
    return folder, path


def held_request(folder):
    header, held = read_rows(folder, "requests")
    return dict(zip(header, held, strict=True))


REVIEWED = {
    "answered_on": "2026-08-20",
    "outcome": "refused",
    "reviewed_on": "2026-10-01",
    "review_outcome": "answered",
}


def test_a_review_is_entered_beside_the_refusal(refused):
    folder, path = refused
    fill(path, 3, reviewed_on="2026-10-01", review_outcome="Answered")
    assert take_in(path, folder).written == ["requests.csv"]
    assert held_request(folder).items() >= REVIEWED.items()
    # The tracker that is written next shows it, and brings nothing new.
    again = path.with_name("again.xlsx")
    again.write_bytes(tracking_workbook(load(folder)))
    assert take_in(again, folder).written == []


def test_an_answer_put_over_a_refusal_is_taken_for_that_of_a_review(refused):
    folder, path = refused
    fill(path, 3, answered_on="2026-10-01", outcome="answered")
    done = take_in(path, folder)
    assert done.written == ["requests.csv"]
    assert held_request(folder).items() >= REVIEWED.items()
    assert any("the refusal is kept" in said for said in done.notes)
    # Entered a second time it is the same; another day is not.
    assert take_in(path, folder).written == []
    fill(path, 3, answered_on="2026-10-02")
    with pytest.raises(StudyError, match="what is entered stays"):
        take_in(path, folder)


@pytest.mark.parametrize(("came_to", "again"), [("upheld", False), ("partly_answered", True)])
def test_what_a_review_left_open_is_asked_again(came_to, again):
    asked = {"request_id": "Q", "unit_id": "s1", "criterion_id": "b", "outcome": "refused"}
    asked |= {"answered_on": "2022-02-01", "reviewed_on": "2022-03-01", "review_outcome": came_to}
    study = with_rows(unsettled(s1_b="inconclusive"), "requests", [asked])
    assert [one.unit_id for one in requests(measure(study))] == (["s1"] if again else [])


def test_what_was_upheld_may_be_answered_on_appeal(refused):
    folder, path = refused
    fill(path, 3, reviewed_on="2026-09-01", review_outcome="upheld")
    take_in(path, folder)
    fill(path, 3, reviewed_on="2026-10-01", review_outcome="answered")
    take_in(path, folder)
    assert held_request(folder).items() >= REVIEWED.items()
    # The first review is kept, also where the same workbook comes again.
    take_in(path, folder)
    assert held_request(folder)["note"] == "Earlier review, of 2026-09-01: upheld."


def test_a_tracker_without_columns_that_came_later_takes_nothing_away(refused):
    folder, path = refused
    edit_cell(folder, "requests", 2, "reviewed_on", "2026-10-01")
    edit_cell(folder, "requests", 2, "review_outcome", "not_held")
    edit_cell(folder, "requests", 2, "asked_of", "A made-up body")
    book = openpyxl.load_workbook(path)
    sheet = book["Requests"]
    for cell in reversed(sheet[1]):
        later = ("requests.asked_of", "requests.reviewed_on", "requests.review_outcome")
        if cell.value in later:
            sheet.delete_cols(cell.column)
    book.save(path)
    fill(path, 3, note="Made up")
    assert take_in(path, folder).written == ["requests.csv"]
    kept = {"review_outcome": "not_held", "asked_of": "A made-up body", "note": "Made up"}
    assert held_request(folder).items() >= kept.items()


def test_an_outcome_needs_its_day(tracked):
    folder, path = tracked
    fill(path, 3, sent_on="2026-11-02", outcome="answered")
    with pytest.raises(StudyError) as refused:
        take_in(path, folder)
    (problem,) = refused.value.problems
    assert problem.column == "Requests!G3"
    assert "the day of the answer is not given" in problem.rule
