"""The briefings: two pages on each unit, that say all they must and are read by everyone."""

import re
from importlib.resources import files

import pytest
from helpers import contents, copy_of_real_study, edit_descriptor, run, run_process
from hypothesis import given
from hypothesis import strategies as st
from made import ANY, NASTY, everywhere, real, with_rows
from made_allotments import SOCIETY, write_allotments
from made_study import write_made_study
from pdfs import assert_accessible, bare, bookmarks, opened, read, tags, text_of

from analysis.measure.results import measure
from analysis.publish.briefings import FORMS, Briefings, _fullest_form, _material_to_send
from analysis.publish.document_model import Paragraph, Run
from analysis.publish.requests import requests
from analysis.publish.typeset import Typesetter, page_count
from analysis.study import load


@pytest.fixture(scope="module")
def results():
    return measure(real())


@pytest.fixture(scope="module")
def contents_of(results):
    """Return the briefing on each unit."""
    return every_briefing(results)


@pytest.fixture(scope="module")
def made(contents_of):
    return {unit: opened(content) for unit, content in contents_of.items()}


def every_briefing(results):
    briefings = Briefings(results)
    return {unit: briefings.pdf(unit) for unit in results.study["units"]["unit_id"]}


def test_every_unit_has_a_briefing_of_exactly_two_pages(made, results):
    assert list(made) == list(results.study["units"]["unit_id"]) and len(made) == 43
    assert {unit: len(one.pages) for unit, one in made.items()} == dict.fromkeys(made, 2)


def test_pages_are_counted_as_another_reader_counts_them(results):
    setter = Typesetter(results)
    for count in (1, 2, 3):
        pdf = setter.pdf("t", "f", [[Paragraph([Run("text")], [])]] * count)
        assert page_count(pdf) == len(opened(pdf).pages) == count


def test_each_is_tagged_titled_and_has_its_fonts(made, results):
    names = results.study.lookup("units", "name")
    for unit, one in made.items():
        assert_accessible(one, f"Briefing: {names[unit]}")


def test_no_type_is_smaller_than_nine_points(made):
    for unit, one in made.items():
        assert min(read(one)[1]) >= 9, unit


def test_bookmarks_lead_to_each_part(made):
    for one in made.values():
        assert bookmarks(one) == [
            "What we found",
            "What we could not tell",
            "What we ask you to send",
            "How to reply",
            "What the recommendations ask",
        ]


def test_the_first_page_is_of_what_is_known_and_the_second_of_what_is_asked(made):
    for one in made.values():
        first, second = (bare(text) for text in read(one)[0])
        assert "Whatwefound" in first and "Whatwecouldnottell" in first
        assert "Whatweaskyoutosend" in second and "Howtoreply" in second


def test_each_page_bears_the_draft_mark_and_the_first_one_the_notices_whole(made, results):
    notices = results.study["notices"]
    always = notices.loc[notices["scope"] == "study", "text"]
    for one in made.values():
        first, second = (bare(page.extract_text()) for page in one.pages)
        mark = bare(results.study.settings.draft_mark)
        assert first.startswith(mark) and second.startswith(mark)
        assert all(first.count(bare(notice)) == 1 for notice in always)


def test_notices_on_a_unit_or_a_criterion_stand_with_it(made, results):
    for notice in results.study["notices"].itertuples():
        if notice.scope == "unit":
            assert bare(notice.text) in text_of(made[notice.unit_id])
        if notice.scope == "criterion":
            assert all(bare(notice.text) in text_of(one) for one in made.values())


def test_every_question_stands_in_every_briefing_with_its_state(made, results):
    cells = results.matrix.cells
    labels = results.study.lookup("criteria", "label")
    # The tenth, on a recommendation whose text was not read, asks nothing yet.
    asked = [one for one in labels if one != "confidence-building"]
    assert len(asked) == 9
    for unit, one in made.items():
        first = bare(read(one)[0][0])
        assert all(bare(labels[name]) in first for name in asked), unit
        held = cells[cells["unit_id"] == unit]
        settled = held["state"].isin(["met", "partly", "not_met"]).any()
        assert ("Whatwecouldreadanswersnoquestion" in first) != settled


def test_an_unknown_is_never_blank_or_a_zero(made, results):
    total = results.total
    for unit, one in made.items():
        first = bare(read(one)[0][0])
        whole = "soyouhavenoscore0to100nothingknown"
        assert (whole in first) == (total.loc[unit, "known"] == 0), unit
        assert "0to00" not in first


def test_scores_are_those_worked_out_by_hand(made):
    """Of the few units of which anything is known; the weights are those of the study."""
    known = {
        "gloucestershire": "0 to 50, 50% known",
        "hampshire": "6 to 94, 13% known",
        "northamptonshire": "40 to 85, 54% known",
        "warwickshire": "50 to 100, 50% known",
    }
    for unit, words in known.items():
        assert f"Whatwereadallowsascoreof{bare(words)}" in text_of(made[unit])


def test_open_questions_come_with_their_weight_the_heaviest_first(made):
    """A quarter for each of four groups: R1 has weights 2 and 1, the finding has 1 and 1."""
    second = read(made["kent"])[0][1]
    assert re.findall(r"(\d+)%", second) == ["25", "25", "17", "13", "13", "8"]


def test_nothing_is_ranked(made):
    # A reason says what a force puts above what; that is no rank.
    for one in made.values():
        text = "".join(read(one)[0])
        assert not re.search(
            r"\brank|league|\btop\b|(better|worse) than|\babove(?!\s+upholding)\s", text, re.I
        )


def test_the_template_holds_no_figure_of_its_own():
    text = files("analysis.publish").joinpath("templates/briefing.html.j2").read_text("utf-8")
    text = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.S)
    assert re.findall(r"\d+", re.sub(r"<[^>]*>", "", text)) == []


def test_the_typesetting_template_says_nothing_of_its_own(results):
    empty = opened(Typesetter(results).pdf("t", "", [[]]))
    assert text_of(empty, results.study.settings.draft_mark) == ""


def test_it_says_that_a_request_is_written_out_where_there_is_one(tmp_path):
    study = load(write_allotments(tmp_path / "study"))
    said = bare("A request for information that asks for all of this comes with the report")
    asked = {"unit_id": "lost", "sent_on": "2026-02-20"}
    society = SOCIETY.replace("{unit}", "Council of Lost Plot")
    rows = [{**asked, "request_id": "q1"}, {**asked, "request_id": "q2", "asked_of": society}]
    for held, left in ((study, True), (with_rows(study, "requests", rows), False)):
        results = measure(held)
        content = Briefings(results).pdf("lost")
        assert (said in text_of(opened(content))) is left is bool(requests(results, ["lost"]))


def test_a_checked_study_bears_no_draft_mark(tmp_path):
    folder = copy_of_real_study(tmp_path)
    edit_descriptor(folder, lambda raw: raw["study"].update(contact="Made up"))
    study = load(folder)
    settings = study.settings.model_copy(update={"status": "checked"})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    object.__setattr__(study, "descriptor", descriptor)
    content = Briefings(measure(study)).pdf("kent")
    text = text_of(opened(content))
    assert "DRAFT" not in text and "Thisisadraft" not in text


@pytest.mark.parametrize("first", [0, 1, 7, len(FORMS) - 1, len(FORMS) + 5])
@pytest.mark.parametrize("usual", [0, 1, 6, 8, len(FORMS) - 1])
def test_a_page_has_the_fullest_form_that_fits(first, usual):
    """Whatever is usual: of a page that fits from one form on, that form; of others the shortest."""

    class Page:
        def form(self, number):
            return number

    def make(parts):
        (form,) = parts
        return b"/Type/Pages/Count %d" % (1 if form >= first else 2)

    assert _fullest_form(make, Page(), usual) == min(first, len(FORMS) - 1)


@pytest.mark.parametrize("criteria", [9, pytest.param(60, marks=pytest.mark.slow)])
def test_a_study_of_any_texts_and_size_gives_two_pages(tmp_path, criteria):
    study = load(write_made_study(tmp_path, units=12, criteria=criteria))
    for unit, content in every_briefing(measure(study)).items():
        assert len(opened(content).pages) == 2, unit


@pytest.mark.parametrize("text", [NASTY, ("long " * 6000).strip(), "x" * 30_000, f"{NASTY} " * 150])
def test_any_text_stays_text_and_two_pages(text):
    content = Briefings(measure(everywhere(real(), text))).pdf("gloucestershire")
    one = opened(content)
    assert len(one.pages) == 2
    assert min(read(one)[1]) >= 9
    assert bare(text)[:6] in text_of(one)


@ANY
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_any_sign_can_be_set(text):
    setter = Typesetter(measure(real())) if not _SETTER else _SETTER[0]
    _SETTER[:] = [setter]
    assert page_count(setter.pdf(text or "t", text, [[Paragraph([Run(text)], [])]])) == 1


_SETTER: list[Typesetter] = []


def test_markup_is_shown_as_it_is(results):
    said = r"#panic(1) $x$ \ *b* _i_ `r` @l <l> [a] // c = e - f"
    pdf = opened(Typesetter(results).pdf("t", "", [[Paragraph([Run(said)], [])]]))
    assert said in pdf.pages[0].extract_text().replace("\n", " ")


def test_a_sign_without_a_glyph_is_named(results):
    pdf = opened(Typesetter(results).pdf("t", "", [[Paragraph([Run("a\u4e2db")], [])]]))
    assert "a[U+4E2D]b" in pdf.pages[0].extract_text()


def test_the_command_makes_the_same_bytes_anywhere(tmp_path, results):
    here = Briefings(results).pdf("kent")
    out = tmp_path / "kent.pdf"
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"}
    done = run_process("brief", "--unit", "Kent", "--out", out, **elsewhere)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == here


def test_the_command_replaces_nothing_and_names_the_unit_that_it_does_not_know(tmp_path):
    out = tmp_path / "kent.pdf"
    out.write_text("work")
    done = run("brief", "--unit", "kent", "--out", out)
    assert done.returncode == 1 and "may hold work" in done.stderr
    done = run("brief", "--unit", "nowhere", "--out", tmp_path / "new.pdf")
    assert done.returncode == 1 and "nowhere" in done.stderr
    done = run("brief", "--unit", "kent", "--out", tmp_path / "new.txt")
    assert done.returncode == 1 and ".pdf" in done.stderr
    for unit in ("kent,essex", ""):
        done = run("brief", "--unit", unit, "--out", tmp_path / "new.pdf")
        assert done.returncode == 1 and "no single unit" in done.stderr
    done = run("brief", "--out", tmp_path / "all.pdf")
    assert done.returncode == 1 and "go into a folder" in done.stderr
    assert list(contents(tmp_path)) == ["kent.pdf"] and out.read_text() == "work"


def test_without_a_unit_the_command_makes_all_into_a_new_folder(tmp_path, contents_of):
    out = tmp_path / "all"
    done = run("brief", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "Briefings: 43" in done.stdout
    assert {one.stem: one.read_bytes() for one in out.iterdir()} == contents_of
    (out / "kent.pdf").write_text("work")
    before = contents(out)
    done = run("brief", "--out", out)
    assert done.returncode == 1 and "may hold work" in done.stderr
    assert contents(out) == before


def test_tables_have_headers_and_links_say_where_they_lead(made):
    for one in made.values():
        kinds = [tag["/S"] for tag in tags(one)]
        assert kinds.count("/Table") == kinds.count("/THead")
        links = [a.get_object() for page in one.pages for a in page.get("/Annots", [])]
        assert all(link.get("/Contents") for link in links)


def test_a_draft_is_for_reply_and_says_so_once_with_the_day_where_one_is_set():
    sent = {"unit_id": "kent", "sent_on": "2026-12-01", "reply_by": "2027-01-15"}
    briefings = Briefings(measure(with_rows(real(), "notified", [sent])))
    texts = {unit: text_of(opened(briefings.pdf(unit))) for unit in ("kent", "essex")}
    assert all(text.count("Foryourreply") == 1 for text in texts.values())
    assert "Pleasetellusby15January2027whatiswrongoutofdateormissing" in texts["kent"]
    assert "Pleasetelluswhatiswrongoutofdateormissing" in texts["essex"]


def test_a_document_is_asked_for_on_the_questions_that_it_was_cited_for(made):
    second = bare(read(made["essex"])[0][1])
    assert second.count(bare("This in full (we read a part)")) == 1
    assert second.count(bare("Follow up to recommendations in HMICFRS")) == 1
    assert second.count(bare("The same document: S037.")) == 2
    assert second.count(bare("The document or passage that says it")) == 3


@pytest.mark.parametrize(
    ("step", "state", "please"),
    [
        ("read_whole", "inconclusive", "This in full"),
        ("ask", "inconclusive", "The passage that decides it"),
        ("ask", "outdated", "What is in force now"),
        ("ask", "withheld", "What you can release"),
        ("ask", "not_found", "The document or passage that says it"),
        ("search", "not_assessed", "The document or passage that says it"),
        ("already_asked", "withheld", "What has changed since we asked"),
    ],
)
def test_what_is_asked_for_fits_the_step_and_the_state(step, state, please):
    assert _material_to_send({"step": step, "state": state}).startswith(please)
