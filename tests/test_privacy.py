"""What may be a personal detail of a person concerned is flagged for a person, and never refused."""

import json
import shutil
from pathlib import Path

import pytest
from helpers import ROOT, append_row, cell, copy_of_real_study, edit_cell, edit_descriptor
from hypothesis import given
from hypothesis import strategies as st
from made import ANY, real
from made_allotments import write_allotments

from analysis.cli import main
from analysis.study import WARNING, load, problems_and_warnings, validate
from analysis.study.privacy import details, personal_details
from analysis.study.settings import PersonSettings

PERSONS = PersonSettings(
    called="a victim or witness",
    words=("victim", "witness", "survivor", "complainant", "refugee", "asylum seeker"),
    services=("commissioner", "navigator", "and witness"),
    events=("arrested", "reported to the police"),
)
AREAS = {"made-up shire", "wales", "greater made-up"}

HITS = {
    "an age": [
        "The witness, aged 34, was arrested.",
        "A 19-year-old woman went to the police.",
        "She was in her early twenties when she reported it.",
        "Two women, both elderly, were told nothing.",
        "A teenage victim was turned away.",
    ],
    "a health condition": [
        "A pregnant victim was arrested.",
        "pregnant rape victim arrested | another query",
        "The woman was taken to hospital. She was later hospitalised again.",
        "The witness had been diagnosed with a condition.",
        "One victim spoke of her depression.",
    ],
    "a family relation": [
        "The victim was reported by her ex-husband.",
        "The witness said that his sister had been there.",
        "A letter by the mother of one victim.",
        "The woman, married to a British man, was refused.",
        "The victim’s two daughters were present.",
    ],
    "a nationality": [
        "A Ruritanian woman went to the police.",
        "The case of an Elbonian national who was a witness, ish.",
    ],
    "a narrow place": [
        "The victim lived in Smallville.",
        "A woman was attacked near Example Street.",
        "The witness gave an address, AB1 2CD.",
        "The victim sought help in Smallville after that.",
        "Police took a victim from Example Hospital.",
        "Article on a victim in Smallville",
        "Note: about a victim of rape, in Smallville, was found",
        "In Smallville, a woman was turned away",
    ],
}
MISSES = [
    "",
    "Every force referred at least one victim between April 2020 and March 2023.",
    "Services for victims with mental health needs, pregnancy or a disability are listed.",
    "Support for women and their children is open to migrant victims.",
    "The Victim and Witness Hub works with Example Hospital.",
    "The victim lived in Made-up Shire, and reported in March.",
    "A victim in Wales was told so. The policy is aged and to be renewed.",
    "The commissioner, 52 years in office, wrote on 3 December 2021.",
    "Southall Black Sisters wrote that a victim's information was passed on.",
    "Victims of any age are treated as victims first.",
    "The force manages its estate at Example Road.",
    "victim HMICFRS College police",
    "The victim wrote to the College of Policing.",
    "A woman spoke at The College.",
    "man unbound.conf working in Smallville",
    "man 5 hosts pregnant",
    "man(5) depression",
    "man sshd_config from OpenBSD",
    "man page dated 34 years old",
    "Isle of Man police on depression",
    "The victim was heard in Parliament.",
    "The page 34 of a report on an inspection in Smallville.",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, one) for kind in HITS for one in HITS[kind]])
def test_a_detail_beside_a_person_is_found_and_named(kind, text):
    found = {one: (detail, person) for one, detail, person in details(text, PERSONS, AREAS)}
    assert kind in found
    assert all(words in text for words in found[kind])


@pytest.mark.parametrize("text", MISSES)
def test_what_is_said_of_all_of_a_service_or_of_an_area_is_not_flagged(text):
    assert details(text, PERSONS, AREAS) == []


def test_a_detail_in_the_next_sentence_counts_and_one_further_off_does_not():
    assert details("A victim came. She was pregnant.", PERSONS, AREAS)
    assert details("She was pregnant. The victim left.", PERSONS, AREAS)
    assert not details(
        "A victim came. The force replied. The guidance is on pregnancy.", PERSONS, AREAS
    )


@pytest.mark.parametrize(
    ("persons", "text", "found"),
    [
        (PersonSettings(), "The victim, aged 34, lived in Smallville.", []),
        (PersonSettings(), "A woman aged 34 came.", [("an age", "aged 34", "woman")]),
        (PersonSettings(words=("tenant",)), "Tenants aged 34 came.", [("an age", "aged 34", "Tenants")]),
        (PersonSettings(words=("tenant",)), "A pregnant tenant came.",
         [("a health condition", "pregnant", "tenant")]),
        (PersonSettings(words=("tenant",)), "Pregnant tenants may swap flats.", []),
        (PersonSettings(words=("tenant",), services=("association",)),
         "The tenant association spoke of depression.", []),
        (PersonSettings(words=("tenant",), services=("association",)),
         "The tenant association aged 34 closed.", []),
        (PersonSettings(words=("plot holder",), events=("evicted",)),
         "A plot  holder was evicted in Smallville.",
         [("a narrow place", "evicted in Smallville", "plot  holder")]),
        (PersonSettings(words=("c++ (one)",)), "A c++ (one) came.", []),
    ],
)  # fmt: skip
def test_who_is_concerned_is_for_the_study_to_say(persons, text, found):
    assert details(text, persons) == found


def test_the_warning_calls_the_persons_what_the_study_calls_them(tmp_path):
    folder = write_allotments(tmp_path / "study")
    edit_descriptor(
        folder,
        lambda raw: raw["study"].update(
            persons={"called": "a plot holder", "words": ["plot holder"]}
        ),
    )
    edit_cell(folder, "evidence", 2, "states", "A plot holder, aged 90, has a tap.")
    (flag,) = problems_and_warnings(folder)
    assert flag.rule == "it may give an age (aged 90) of a plot holder (plot holder)"
    assert flag.remedy.startswith("look at it: of a plot holder say no more")


@ANY
@given(st.text())
def test_any_text_can_be_looked_through(text):
    assert all(len(one) == 3 for one in details(text, PERSONS, AREAS))


def test_validate_names_the_place_the_value_and_why_and_is_content(tmp_path, capsys):
    study = copy_of_real_study(tmp_path)
    before = problems_and_warnings(study)
    row = edit_cell(
        study, "evidence", 3, "states", "An invented witness, aged 34, lived in Smallville."
    )
    title = append_row(
        study, "sources", source_id="S999", title="Made-up pregnant victim arrested", url=""
    )
    assert validate(study) == []
    assert main(["validate", str(study)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert f"For a person to look at ({len(before) + 4}):" in said.out
    lines = said.out.splitlines()
    # The source that was added is cited by nothing, which is a warning too.
    for place, why in (
        (f"evidence.csv, row {row}, states", "an age (aged 34)"),
        (f"evidence.csv, row {row}, states", "a narrow place (lived in Smallville)"),
        (f"sources.csv, row {title}, title", "a health condition (pregnant)"),
    ):
        assert any(line.startswith(place) and why in line for line in lines), why


def test_the_json_tells_errors_from_warnings(tmp_path, capsys):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "evidence", 3, "states", "An invented witness, aged 34.")
    edit_cell(study, "evidence", 4, "extent_read", "guessed")
    assert main(["validate", str(study), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    held = {(one["file"], one["row"], one["severity"]) for one in found}
    assert {("evidence.csv", 3, "warning"), ("evidence.csv", 4, "error")} <= held


def test_what_the_real_study_flags_is_known(tmp_path):
    """A new flag is to be looked at before it is taken up here: the list holds what was looked at."""
    study = copy_of_real_study(tmp_path)
    flagged = [one for one in problems_and_warnings(study) if one.severity == WARNING]
    assert flagged == []


LEAVING = {
    "brief": ["brief", "STUDY", "--unit", "UNIT", "--out", "OUT.pdf"],
    "score": ["score", "STUDY", "--out", "OUT"],
    "workbook": ["workbook", "STUDY", "--coder", "A reader", "--out", "OUT.xlsx"],
    "settle": ["settle", "STUDY", "--out", "OUT.xlsx"],
    "reply-form": ["reply-form", "STUDY", "--unit", "UNIT", "--out", "OUT.xlsx"],
    "requests": ["requests", "STUDY", "--out", "OUT"],
}


@pytest.mark.parametrize("command", LEAVING.values(), ids=LEAVING)
def test_what_leaves_the_house_says_what_to_look_at_first(tmp_path, capsys, command):
    study = Path(shutil.copytree(ROOT / "tests/studies/library-hours", tmp_path / "study"))
    unit = cell(study, "units", 2, "unit_id")
    places = {"STUDY": study, "UNIT": unit, "OUT": tmp_path / "made"}
    out = [str(places.get(one, one)).replace("OUT", str(tmp_path / "made")) for one in command]
    said = "Texts for a person to look at first: 1 (policygap validate names them)."
    assert main(out) == 0
    assert said not in capsys.readouterr().out
    edit_cell(study, "evidence", 2, "states", "A 19-year-old woman went to a library.")
    for made in tmp_path.glob("made*"):
        shutil.rmtree(made) if made.is_dir() else made.unlink()
    assert main(out) == 0
    assert said in capsys.readouterr().out


def test_reading_a_study_looks_for_no_details(monkeypatch, reading_anew):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr("analysis.study.privacy.details", refuse)
    load(ROOT / "tests/studies/library-hours")


@pytest.mark.parametrize(
    ("texts", "column"),
    [
        ({"quote": "The witness, aged 34, was arrested."}, "quote"),
        ({"quote": "It is so.", "prefix": "The witness, aged 34, was arrested."}, "prefix"),
        ({"quote": "It is so.", "suffix": "The witness, aged 34, was arrested."}, "suffix"),
        ({"quote": "the witness, who was", "suffix": "aged 34, was arrested."}, "suffix"),
        ({"quote": "the witness was", "prefix": "It was", "suffix": "arrested."}, None),
    ],
)
def test_a_quotation_and_the_words_around_it_are_looked_at_as_one_text(texts, column):
    study = real()
    rows = study["evidence"].head(1).assign(states="", note="", **texts)
    found = list(personal_details(study.descriptor, {"evidence": rows}))
    assert [(one.file, one.row, one.column) for one in found] == (
        [("evidence.csv", 2, column)] if column else []
    )
