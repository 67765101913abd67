"""Studies of other subjects: nothing of this project's own subject comes out, or stands in the code."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from helpers import edit_cell, edit_descriptor, read_rows, run
from made import LIBRARY, problems, with_rows
from made_allotments import INVENTED, SCOTTISH, SOCIETY, write_allotments
from pdfs import bare, opened
from test_requests import fill

from analysis.cli import main
from analysis.fieldwork.adjudication import adjudication_workbook
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.reply_form import reply_form
from analysis.fieldwork.request_tracker import tracking_workbook
from analysis.measure.results import measure
from analysis.publish.briefings import Briefings
from analysis.publish.requests import as_text, requests
from analysis.study import load, validate
from analysis.study.warnings import warnings

SOURCE = Path(__file__).parents[1] / "src" / "analysis"
SUBJECT = re.compile(
    r"victim|witness|survivor|asylum|refugee|immigra|home ?office|officer|constable|crime|"
    r"police|policing|inspectorate|hmicfrs|iopc|super-?complaint|safe ?to ?share|"
    r"freedom ?of ?information ?act ?2000|\bforces\b|\b(?:a|the|each|every|this|that|no|per|one) force\b",
    re.IGNORECASE,
)
"""Words of this project's subject; “force” counts where it is a unit, and not in “in force”."""


def words_of_the_subject(text):
    return {text[max(one.start() - 30, 0) : one.end() + 30] for one in SUBJECT.finditer(text)}


@pytest.fixture(scope="module")
def allotments(tmp_path_factory):
    """The folder of the study of four made-up councils, to be read only."""
    return write_allotments(tmp_path_factory.mktemp("allotments") / "study")


def letters_of(folder):
    return {one.name: " ".join(as_text(one).split()) for one in requests(measure(load(folder)))}


# --- what comes out ------------------------------------------------------------------------------


def texts_of(path):
    """Give the text of a file that came out, whatever its kind; a PDF's without blanks."""
    if path.suffix == ".pdf":
        yield bare("".join(page.extract_text() for page in opened(path.read_bytes()).pages))
    elif path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as held:
            for name in held.namelist():
                # The styles of every Word document come with its library.
                if name.endswith(".xml") and "styles" not in name:
                    yield re.sub("<[^>]*>", "", held.read(name).decode("utf-8"))
    elif path.suffix in (".html", ".txt", ".json", ".csv", ".svg", ".css", ".js"):
        yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("which", [pytest.param("library", marks=pytest.mark.slow), "allotments"])
def test_nothing_of_this_subject_comes_out_of_a_study_of_another(which, allotments, tmp_path):
    folder = LIBRARY if which == "library" else allotments
    assert main(["report", str(folder), "--out", str(tmp_path / "output")]) == 0
    assert main(["requests", str(folder), "--out", str(tmp_path / "requests")]) == 0
    study = load(folder)
    unit = study["units"]["unit_id"].iloc[0]
    (tmp_path / "reply.xlsx").write_bytes(reply_form(study, unit))
    (tmp_path / "settling.xlsx").write_bytes(adjudication_workbook(study))
    (tmp_path / "coding.xlsx").write_bytes(coding_workbook(study, "Made-up Coder", [unit]))
    read = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    kinds = {path.suffix for path in read}
    assert kinds >= {".html", ".pdf", ".docx", ".xlsx", ".txt", ".json", ".csv"}
    found = {}
    for path in read:
        for text in texts_of(path):
            if said := words_of_the_subject(text):
                found[str(path.relative_to(tmp_path))] = said
    assert found == {}


def test_nothing_of_this_subject_stands_in_code_and_templates():
    found = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".py", ".j2", ".typ", ".css", ".js", ".json"):
            found[path.name] = words_of_the_subject(path.read_text(encoding="utf-8"))
    assert {name: said for name, said in found.items() if said} == {}


def test_notebooks_that_run_on_any_study_speak_of_no_subject():
    own = re.compile(rf"{SUBJECT.pattern}|\bstaff\b|\bguidance\b", re.IGNORECASE)
    for path in sorted((SOURCE.parents[1] / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                assert not own.search("".join(cell["source"])), path.name


def test_the_help_is_of_no_subject():
    done = run("--help")
    assert words_of_the_subject(done.stdout) == set()
    assert "freedom of information" not in done.stdout.lower()


# --- the law -------------------------------------------------------------------------------------


def test_each_unit_is_asked_under_the_law_of_its_country(allotments):
    said = letters_of(allotments)
    scottish = "Please treat this as a request under section 1 of the Freedom of Information (Scotland) Act 2002."
    for name in ("upper", "lower", "lower.2"):
        assert scottish in said[name]
        assert "records manager, [to fill in" in said[name]
        assert "answer promptly, and not later than the twentieth working day" in said[name]
        assert "(section 15)" in said[name] and "(section 20)" in said[name]
    assert "under article 3 of the Open Books Act" in said["far"]
    assert "gives you 30 days" in said["far"]
    assert not any("Scotland" in said[name] for name in ("far", "far.2", "lost", "lost.2"))


def test_without_a_law_a_letter_cites_none_and_names_no_day(allotments):
    said = letters_of(allotments)["lost"]
    assert not re.search(r"\bAct\b|section|exemption|working day|cost limit|\bdays\b", said)
    assert "If you cannot send part of this, please say why, and send the rest." in said
    assert "It is about how you let allotments, in the terms of “Room to Dig”" in said


def test_without_settings_the_sentences_are_left_out(tmp_path):
    said = letters_of(write_allotments(tmp_path / "study", laws=(), about=""))["upper"]
    assert "It is about" not in said and "Act" not in said
    assert (
        "The question follows the report “Room to Dig” (The Made-up Diggers, 1 February 2024)"
        in said
    )


def test_a_study_of_an_older_version_cites_no_law(tmp_path):
    folder = write_allotments(tmp_path / "study")
    edit_descriptor(folder, lambda raw: [raw["study"].pop(one) for one in ("requests", "persons")])
    study = load(folder)
    assert set(study.descriptor.added) == {"study.requests", "study.persons"}
    assert not any("Act" in said for said in letters_of(folder).values())


def test_a_law_without_countries_is_that_of_every_other_country(tmp_path):
    everywhere = {**INVENTED, "countries": []}
    said = letters_of(write_allotments(tmp_path / "study", laws=(everywhere, SCOTTISH)))
    assert "Open Books Act" in said["lost"] and "Open Books Act" in said["far"]
    assert "Open Books Act" not in said["upper"]


def test_the_command_says_in_one_line_where_no_law_is_named(allotments, tmp_path):
    done = run("requests", allotments, "--out", tmp_path / "out")
    (line,) = [one for one in done.stdout.splitlines() if "no law" in one]
    assert "2 (Erewhon)" in line and "study.requests.laws" in line
    done = run("requests", allotments, "--units", "upper", "--out", tmp_path / "upper")
    assert "no law" not in done.stdout


# On Friday 31 July 2026 (3 August is a holiday in Scotland, 31 August is not): see working days.
@pytest.mark.parametrize(
    ("unit", "due"), [("upper", "2026-08-31"), ("far", "2026-08-30"), ("lost", "")]
)
def test_the_day_of_an_answer_follows_the_law_of_the_unit(unit, due, tmp_path):
    folder = write_allotments(tmp_path / "study")
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(tracking_workbook(load(folder), [(unit, "waiting"), (unit, "bees")]))
    fill(path, 3, sent_on="2026-07-31")
    fill(path, 4, sent_on="2026-07-31")
    take_in(path, folder)
    header, *rows = read_rows(folder, "requests")
    held = {row[2]: dict(zip(header, row, strict=True)) for row in rows}
    assert [one["due_on"] for one in held.values()] == [due, due]
    names = {"upper": "Council of Upper Plot", "far": "Council of Far Plot"}
    name = names.get(unit, "Council of Lost Plot")
    body = f"the allotment society that works with {name}"
    assert (held["waiting"]["asked_of"], held["bees"]["asked_of"]) == ("", body)


@pytest.mark.parametrize(
    ("laws", "said"),
    [
        ([{**SCOTTISH, "holidays": ["GB-XYZ"]}], "no calendar of holidays is known"),
        ([{**SCOTTISH, "holidays": ["Scotland"]}], "no calendar of holidays is known"),
        ([{**SCOTTISH, "holidays": []}], "holidays names no calendar"),
        ([{**SCOTTISH, "time": ""}], "days and time go together"),
        ([{**SCOTTISH, "days": True}], "it should be a whole number"),
        ([{**SCOTTISH, "holidays": "GB-SCT"}], "a list in square brackets"),
        ([{**SCOTTISH, "days": 0}], "greater than or equal to 1"),
        ([SCOTTISH, SCOTTISH], "two laws cover Scotland"),
        ([{**SCOTTISH, "countries": ["Scotlnd"]}], "no unit is in this country"),
    ],
)
def test_a_law_that_cannot_be_followed_is_refused_with_its_place(laws, said, tmp_path):
    (problem,) = validate(write_allotments(tmp_path / "study", laws=laws))
    assert said in problem.rule
    assert problem.column.startswith("study.requests.laws")


# --- the body that holds the answer ----------------------------------------------------------------


def test_what_another_body_holds_is_asked_of_it_in_a_letter_of_its_own(allotments):
    made = {one.name: one for one in requests(measure(load(allotments)))}
    assert made["lower"].criteria == ("waiting", "water")
    assert made["lower.2"].criteria == ("bees",)
    assert made["lower.2"].unit_id == "lower"
    said = letters_of(allotments)
    assert "beehives" not in said["lower"]
    assert (
        "To: The allotment society that works with Council of Lower Plot, records"
        in said["lower.2"]
    )
    assert "[to fill in: its name, and its address for requests]" in said["lower.2"]
    assert "“the council” means Council of Lower Plot" in said["lower.2"]
    # What the unit itself does is no subject of a letter to another.
    assert "how you let allotments" not in said["lower.2"]


SENT = {"request_id": "q1", "unit_id": "lower", "sent_on": "2026-02-02"}


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ({"criterion_id": "bees", "asked_of": SOCIETY.replace("{unit}", "Council of Lower Plot")}, {"lower"}),
        ({"criterion_id": "bees", "asked_of": "The bee keepers"}, {"lower"}),
        # The unit was asked, and nobody has asked the body that holds the answer.
        ({"criterion_id": "bees", "asked_of": ""}, {"lower", "lower.2"}),
        ({"criterion_id": "", "asked_of": ""}, {"lower.2"}),
        ({"criterion_id": "", "asked_of": SOCIETY.replace("{unit}", "Council of Lower Plot")}, {"lower"}),
    ],
)  # fmt: skip
def test_a_request_counts_for_the_body_that_was_asked(row, left, allotments):
    study = with_rows(load(allotments), "requests", [{**SENT, **row}])
    results = measure(study)
    assert {one.name for one in requests(results, ["lower"])} == left
    table = results.next_questions
    table = table[table["unit_id"] == "lower"].set_index("criterion_id")["step"]
    assert (table["bees"] == "already_asked") == ("lower.2" not in left)
    assert (table["waiting"] == "already_asked") == ("lower" not in left)


def test_a_request_without_a_day_of_sending_holds_no_question_back(allotments):
    body = SOCIETY.replace("{unit}", "Council of Lower Plot")
    drafted = {"request_id": "q1", "unit_id": "lower", "criterion_id": "bees", "asked_of": body}
    study = with_rows(load(allotments), "requests", [drafted | {"note": "To be sent"}])
    results = measure(study)
    assert {one.name for one in requests(results, ["lower"])} == {"lower", "lower.2"}
    step = results.next_questions.set_index(["unit_id", "criterion_id"])["step"]
    assert step["lower", "bees"] != "already_asked"
    (warning,) = [one for one in warnings(study) if one.file == "requests.csv"]
    assert (warning.row, warning.column) == (2, "sent_on")


def test_a_tracker_in_which_nothing_was_entered_brings_no_request(tmp_path):
    folder, path = write_allotments(tmp_path / "study"), tmp_path / "tracker.xlsx"
    path.write_bytes(tracking_workbook(load(folder), [("lower", "bees"), ("lost", "water")]))
    assert take_in(path, folder).changes == []
    # No law covers the second, so that no day is worked out for its answer.
    fill(path, 4, sent_on="2026-02-02")
    (change,) = take_in(path, folder).changes
    assert change.summary == "lost-water: sent, no day worked out for the answer"


@pytest.mark.parametrize(
    ("row", "withheld"),
    [
        ({"criterion_id": ""}, {"waiting", "water"}),
        ({"criterion_id": "bees"}, set()),
        ({"criterion_id": "bees", "asked_of": "The bee keepers"}, {"bees"}),
        ({"criterion_id": "waiting"}, {"waiting"}),
    ],
)
def test_only_who_holds_an_answer_can_withhold_it(row, withheld, allotments):
    refused = {**SENT, "answered_on": "2026-02-20", "outcome": "refused", **row}
    study = with_rows(load(allotments), "requests", [refused])
    states = measure(study).matrix.grid().loc["lower"]
    assert set(states.index[states == "withheld"]) == withheld


def test_what_to_ask_next_says_who_is_to_be_asked(allotments):
    results = measure(load(allotments))
    table = results.next_questions.set_index(["unit_id", "criterion_id"])["ask_of"]
    assert table["far", "bees"] == "the allotment society that works with Council of Far Plot"
    assert table["far", "water"] == ""
    content = Briefings(results).pdf("far")
    text = bare("".join(page.extract_text() for page in opened(content).pages))
    assert (
        bare("To be asked of the allotment society that works with Council of Far Plot too.")
        in text
    )


def test_the_page_of_a_unit_leads_to_each_letter(allotments, tmp_path):
    assert main(["report", str(allotments), "--out", str(tmp_path / "output")]) == 0
    page = (tmp_path / "output/site/councils/far.html").read_text("utf-8")
    for name in ("far", "far.2"):
        assert f'href="../../requests/{name}.txt"' in page
        assert (tmp_path / "output/requests" / f"{name}.txt").is_file()
    assert "Request to the allotment society that works with Council of Far Plot" in page


def test_a_body_with_a_slot_that_nothing_fills_is_refused(tmp_path):
    folder = write_allotments(tmp_path / "study")
    edit_cell(folder, "criteria", 4, "ask_of", "the society of {council}")
    (problem,) = validate(folder)
    assert (problem.row, problem.column) == (4, "ask_of")
    assert "{unit}" in problem.remedy


@pytest.mark.parametrize(
    ("ask_of", "rule"),
    [
        ("{unit}", "it names the unit itself"),
        ("the {unit}.", "it names the unit itself"),
        (SOCIETY.replace("the", "The"), "with other capitals"),
    ],
)
def test_a_body_that_would_get_a_second_letter_is_refused(ask_of, rule, tmp_path):
    folder = write_allotments(tmp_path / "study")
    edit_cell(folder, "criteria", 3, "ask_of", ask_of)
    (problem,) = validate(folder)
    assert (problem.file, problem.column) == ("criteria.csv", "ask_of")
    assert rule in problem.rule


def test_a_request_to_a_body_that_holds_no_answer_is_looked_at(allotments):
    rows = [
        {**SENT, "criterion_id": "bees"},
        {**SENT, "request_id": "q2", "criterion_id": "", "asked_of": "The Bee Keepers"},
        # The name of a body, begun with a capital as in a letter, is the same name.
        {**SENT, "request_id": "q3", "asked_of": "The" + SOCIETY.replace("{unit}", "Council of Lower Plot")[3:]},
    ]  # fmt: skip
    study = with_rows(load(allotments), "requests", rows)
    told = [(one.row, one.column) for one in warnings(study) if one.file == "requests.csv"]
    assert told == [(2, "asked_of"), (3, "asked_of")]
    slotted = with_rows(load(allotments), "requests", [{**SENT, "asked_of": SOCIETY}])
    assert any("it has braces" in one for one in problems(slotted))


def test_what_waits_to_be_set_is_counted_in_letters_and_named(tmp_path):
    about, body = "[to be set: the subject]", "[to be set: who oversees it]"
    law = {**INVENTED, "addressee": "[to be set: officer]"}
    folder = write_allotments(tmp_path / "study", laws=[SCOTTISH, law], about=about)
    edit_cell(folder, "criteria", 4, "ask_of", body)
    study = load(folder)
    assert study.descriptor.placeholders == (
        "study.requests.about",
        "study.requests.laws[1].addressee",
    )
    made = {one.name: one.placeholders for one in requests(measure(study), ["far"])}
    assert {about, law["addressee"]} <= set(made["far"])
    assert {body, law["addressee"]} <= set(made["far.2"])


def test_words_within_a_sentence_end_in_no_stop_and_break_no_line(tmp_path):
    folder = write_allotments(tmp_path / "study", about="how you let allotments.")
    assert "It is about how you let allotments, in the terms" in letters_of(folder)["far"]
    (problem,) = validate(write_allotments(tmp_path / "other", about="how\nyou let them"))
    assert problem.column == "study.requests.about"
    assert "line break" in problem.rule


def test_a_tracker_from_before_other_bodies_were_asked_is_still_taken_in(tmp_path):
    import openpyxl

    folder = write_allotments(tmp_path / "study")
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(tracking_workbook(load(folder), [("lower", "waiting")]))
    book = openpyxl.load_workbook(path)
    sheet = book["Requests"]
    (column,) = [cell.column for cell in sheet[1] if cell.value == "requests.asked_of"]
    sheet.delete_cols(column)
    book.save(path)
    fill(path, 3, sent_on="2026-07-31")
    assert take_in(path, folder).written == ["requests.csv"]
