"""Signs that nobody sees, rows that a quotation mark swallows, and letters that a program spoils."""

import csv
import shutil
from pathlib import Path

import pytest
from filled import Filled
from helpers import edit_cell, edit_descriptor, find_row, read_rows, write_rows
from hypothesis import given
from hypothesis import strategies as st
from made import ANY, LIBRARY, library

from analysis.cli import main
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.forms import CODE, FORMS, TEXT
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.normalise import normalised_text
from analysis.measure.results import measure
from analysis.problems import shorten
from analysis.publish.data import write_data
from analysis.study import WARNING, load, problems_and_warnings, signs, validate
from analysis.study.descriptor import Table
from analysis.study.profile import profile
from analysis.study.signs import one_line, spoilt, unseen

BOM = "\ufeff"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LIBRARY, tmp_path / "study")


def found_at(folder: Path, file: str, column: str) -> list[tuple[int, str]]:
    held = [
        one for one in problems_and_warnings(folder) if (one.file, one.column) == (file, column)
    ]
    return [(one.row, one.rule) for one in held]


# --- signs that nobody sees ---------------------------------------------------------------------

HIDDEN = {
    "Ada ": "a blank at its end (U+0020, space)",
    "\u00a0Ada": "a blank at its beginning (U+00A0, no-break space)",
    "Ada\t": "a blank at its end (U+0009)",
    "A\u200bda": "the sign U+200B, zero width space",
    "Ada\u200f": "the sign U+200F, right-to-left mark",
    f"{BOM}Ada": "the sign U+FEFF, zero width no-break space",
    "A\u00adda": "the sign U+00AD, soft hyphen",
    "Ada  Byron": "two blanks, one after the other",
    "Ada\u00a0Byron": "the blank U+00A0, no-break space",
    "Zoe\u0308": "an accent stands in it as a sign of its own",
    "Ada\ufe0f": "the sign U+FE0F, variation selector-16",
    "Ada\u2800": "the sign U+2800, braille pattern blank",
    "A\U000e0061da": "the sign U+E0061, tag latin small letter a",
    "Ada\u180b": "the sign U+180B, mongolian free variation selector one",
    "Ada\u17b4": "the sign U+17B4, khmer vowel inherent aq",
    "\uffa0Ada": "the sign U+FFA0, halfwidth hangul filler",
    "Ada\U000e0100": "the sign U+E0100, variation selector-17",
}


@pytest.mark.parametrize("text", HIDDEN)
def test_what_looks_alike_and_is_not_is_named(text):
    assert HIDDEN[text] in unseen(text)
    assert unseen(one_line(text)) == ""
    # Intake makes of it what validation asks for.
    assert normalised_text(text, CODE) == one_line(text) in ("Ada", "Ada Byron", "Zoë")


@pytest.mark.parametrize(
    "text", ["Zoë", "Ŵy’r Ŷd", "می\u200cخواهم", "क\u094d\u200dष", "ᠠ\u180bᠷ", "O’Neil", "-"]
)
def test_right_names_are_left_as_they_are(text):
    assert unseen(text) == "" and one_line(text) == text


@ANY
@given(st.text())
def test_validation_refuses_exactly_what_intake_changes(text):
    assert bool(unseen(text)) == (one_line(text) != text)
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("units", "unit_id"),
        ("units", "name"),
        ("units", "region"),
        ("criteria", "label"),
        ("codings", "coder"),
        ("codings", "level"),
        ("codings", "confidence"),
        ("assessments", "settled_by"),
        ("sources", "publisher"),
        ("figures", "comparison"),
        ("searches", "where"),
    ],
)
def test_a_blank_at_the_end_is_refused_with_what_to_write(folder, table, column):
    held = load(folder)[table][column].iloc[0]
    edit_cell(folder, table, 2, column, f"{held}\u00a0")
    (problem,) = [
        one
        for one in validate(folder)
        if (one.file, one.row, one.column) == (f"{table}.csv", 2, column) and "blank" in one.rule
    ]
    assert problem.rule.startswith("it has a blank at its end (U+00A0, no-break space)")
    # Ids have a form of their own, which is said then.
    assert problem.remedy in (f"write it as “{held}”", "write it in that form")


def test_a_blank_that_the_form_of_a_column_allows_is_named(folder):
    header, *rows = read_rows(folder, "applicability")
    row = {"criterion_id": "weekend", "among": "region=Upper Invented\u00a0", "reason": "-"}
    write_rows(folder, "applicability", [header, *rows, [row.get(one, "") for one in header]])
    rules = [rule for _, rule in found_at(folder, "applicability.csv", "among")]
    assert "it has a blank at its end (U+00A0, no-break space)" in rules


def test_what_follows_from_an_id_that_is_refused_is_not_said_again(folder):
    edit_cell(folder, "units", 2, "unit_id", "library-one\u200b")
    rules = [one.rule for one in validate(folder)]
    assert not [one for one in rules if "is about" in one or "it is not a unit_id" in one], rules
    edit_cell(folder, "evidence", 2, "unit_id", "library-one\u00a0")
    held = [one for one in validate(folder) if "is about" in one.rule]
    assert held == []


def test_signs_are_shown_as_python_writes_them():
    assert shorten("a\x07b\u3000c\u200b\U000e0001") == r"a\x07b\u3000c\u200b\U000e0001"


def test_the_name_that_was_used_is_said(folder, tmp_path, capsys):
    out = str(tmp_path / "bo.xlsx")
    assert main(["workbook", str(folder), "--coder", "Bo\u200b", "--out", out]) == 0
    said = capsys.readouterr().out
    assert "We read the coder’s name as Bo without" in said and "\u200b" not in said


def test_blanks_around_a_free_text_do_no_harm(folder):
    edit_cell(folder, "codings", 2, "rationale", " It says so.\u00a0\n")
    assert validate(folder) == []


def test_a_text_of_unseen_signs_alone_is_none(folder):
    edit_cell(folder, "codings", 2, "rationale", "\u200b\u00a0")
    assert found_at(folder, "codings.csv", "rationale") == [
        (2, "a value is required, and the cell holds nothing but blanks")
    ]


def test_a_name_given_in_a_workbook_comes_in_as_it_is_to_stand(folder, tmp_path):
    filled = Filled(coding_workbook(load(folder), "Ada", ["library-one"]))
    form = filled.form("coding")
    texts = {"level": "points_1", "read_on": "2022-09-01", "observed_on": "2022"}
    texts |= {"confidence": "low", "evidence_1": "V01\u200b", "rationale": "It says so."}
    form.put(form.find("library-one/weekend/"), **texts)
    (start,) = (one for one in filled.book["Start"]["B"] if one.value == "Ada")
    start.value = "\u00a0Ada "
    intake = take_in(filled.save(tmp_path / "back.xlsx"), folder)
    assert any("stray spaces or signs" in one.lower() for one in intake.notes)
    codings = load(folder)["codings"]
    assert list(codings.loc[codings["coder"] == "Ada", "evidence_ids"]) == ["V01"]


def test_no_key_is_read_as_free_text():
    for table in map(Table.model_validate, profile()["resources"]):
        for one in table.fields:
            assert not (one.name in table.data_schema.primaryKey and signs.is_prose(one)), one.name


def test_tables_and_workbooks_have_one_rule():
    """A cell that is read as free text goes to a column of free text, and no other."""
    fields = {
        (table.name, one.name): one
        for table in map(Table.model_validate, profile()["resources"])
        for one in table.fields
    }
    tables = {"coding": "codings", "settling": "assessments"}
    for form in FORMS:
        for one in form.fields:
            field = fields.get((tables.get(form.name, form.name), one.name))
            limits = field and field.constraints
            coded = limits and (limits.enum or limits.pattern)
            if field and not coded and one.editable and one.kind in (TEXT, CODE):
                assert (one.kind == TEXT) == signs.is_prose(field), (form.name, one.name)


# --- rows that a quotation mark swallows ----------------------------------------------------------


def swallow(folder: Path, table: str, column: str, first: int, last: int) -> None:
    """Open a quotation mark in a column of one row, and close it in that of another."""
    path = folder / f"{table}.csv"
    lines = path.read_text("utf-8").splitlines()
    place = lines[0].split(",").index(column)
    for row, text in ((first, '"{}'), (last, '{}"')):
        cells = lines[row - 1].split(",")
        cells[place] = text.format(cells[place])
        lines[row - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("column", "last", "said"),
    [
        ("rationale", 6, "3 lines that read as rows"),
        ("rationale", 4, "a line that reads as a row"),
        ("confidence", 4, "a line that reads as a row"),
        ("batch", 6, "3 lines that read as rows"),
    ],
)
def test_rows_swallowed_by_a_quotation_mark_are_missed(folder, column, last, said):
    swallow(folder, "codings", column, 3, last)
    rules = [rule for row, rule in found_at(folder, "codings.csv", column) if row == 3]
    assert any(said in one and "quotation mark" in one for one in rules)


@pytest.mark.parametrize(
    "text",
    [
        "It says so.\nOn Mondays, Tuesdays, Sundays, also, late, by, and, by, with, it, all, here",
        "open\nlibrary-one,evening\n",
        "One\n\nTwo, three\n",
    ],
)
def test_lines_of_prose_are_no_rows(folder, text):
    edit_cell(folder, "codings", 2, "rationale", text)
    assert validate(folder) == []


# --- letters that a program spoils ----------------------------------------------------------------

RIGHT = (
    "Cyngor Llanŵyŷ: dim achos yn cael ei drosglwyddo, ŵy, tŷ bach â thŷ mawr",
    "« L’été à Noël », dit-elle : “c’est l’œuvre naïve d’un garçon” ; DÉCIDÉ» CÔTÉ “x”",
    "„BVÄ“ ist größer als MÜNCHEN; der Buchstabe „Ä“ und ‚ß‘ — 5 °C, § 4, 3 €, ½",
    "São Paulo, MAÇÃ “fresca”, El Niño, ¿qué? ¡sí!",
    "Īnārai ōtepoti, Łódź, Škoda, Ærø, “Å”",
)
WRONG = {
    "ŵ": "Åµ",
    "ŷ": "Å·",
    "“": "â€œ",
    "’": "â€™",
    "é": "Ã©",
    "ß": "ÃŸ",
    "£": "Â£",
    "à": "Ã\u00a0",
    "≥": "â‰¥",
    "：": "ï¼š",
    "è": "├¿",
    "–": "ÔÇô",
}


@pytest.mark.parametrize("text", RIGHT)
def test_right_letters_of_other_languages_are_not_warned_of(text):
    assert spoilt(text) is None


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("letter", [*"ŵŷéèüßœ", "’", "–", "£", "€"])
def test_letters_read_in_another_encoding_are_found(letter, encoding):
    text = f"in Llan{letter}mawr it stands"
    shown = text.encode().decode(encoding)
    assert spoilt(text) is None
    assert spoilt(shown)[1] == letter


@pytest.mark.parametrize("meant", WRONG)
def test_what_excel_makes_of_a_letter_is_named_with_what_it_was(meant):
    assert spoilt(f"a {WRONG[meant]}b") == (WRONG[meant], meant)


@pytest.mark.parametrize(
    "text",
    [
        "#NAME?",
        "#REF!",
        "########",
        "###",
        "#NV",
        "#WERT!",
        "#BEZUG!",
        "#NOM?",
        "see #VALUE! here",
        "Err:502",
    ],
)
def test_errors_of_spreadsheets_are_warned_of_with_their_cell(folder, text):
    row = edit_cell(folder, "codings", 3, "rationale", text)
    (warning,) = [one for one in problems_and_warnings(folder) if one.file == "codings.csv"]
    assert (warning.row, warning.column, warning.severity) == (row, "rationale", WARNING)
    assert text.removeprefix("see ").removesuffix(" here") in warning.rule


def test_a_letter_that_was_lost_twice_is_found():
    assert spoilt("H ï¿½ K") == ("ï¿½", "")


def test_a_spoilt_letter_that_ends_in_a_blank_is_said_to_be_spoilt(folder):
    edit_cell(folder, "units", 2, "name", "VoilÃ\u00a0")
    (problem,) = [one for one in validate(folder) if one.column == "name"]
    assert "perhaps à" in problem.rule and "put the letters back" in problem.remedy


def test_the_study_says_nothing_unseen_or_spoilt_of_itself(folder):
    def spoil(held: dict) -> None:
        held["study"]["unit_noun"]["plural"] += "\u200b"
        held["study"]["report"]["publisher"] += "\u00a0"
        held["study"]["requests"]["laws"] = [{"name": "An Act ", "request": "I ask.\n"}]
        held["study"]["coders"] = "It was cafÃ©."
        held["description"] = " #REF!"

    edit_descriptor(folder, spoil)
    assert {one.column for one in validate(folder)} == {
        "study.unit_noun.plural",
        "study.report.publisher",
        "study.requests.laws[0].name",
    }
    found = [one for one in problems_and_warnings(folder) if one.severity == WARNING]
    assert {"study.coders", "description"} <= {one.column for one in found}


def test_spoilt_letters_are_a_warning_and_the_study_still_valid(folder):
    edit_cell(folder, "units", 2, "name", "Cyngor LlanÅµyÅ·")
    assert validate(folder) == []
    assert found_at(folder, "units.csv", "name") == [
        (2, "“Åµ” stands where another sign was meant, perhaps ŵ: a program has spoilt letters")
    ]


# --- the mark by which a spreadsheet program knows the encoding -------------------------------------


def test_a_study_is_read_with_the_mark_and_intake_keeps_it(folder, tmp_path):
    plain = load(folder)
    for path in (*folder.glob("*.csv"), folder / "datapackage.json"):
        path.write_bytes(BOM.encode() + path.read_bytes())
    assert all(load(folder)[name].equals(plain[name]) for name in plain.tables)
    filled = Filled(coding_workbook(load(folder), "Ada", ["library-one"]))
    form = filled.form("coding")
    texts = {"level": "points_1", "read_on": "2022-09-01", "observed_on": "2022"}
    texts |= {"confidence": "low", "evidence_1": "V01", "rationale": "It says so."}
    form.put(form.find("library-one/weekend/"), **texts)
    assert take_in(filled.save(tmp_path / "back.xlsx"), folder).written == ["codings.csv"]
    assert (folder / "codings.csv").read_bytes().startswith(f"{BOM}unit_id".encode())
    assert validate(folder) == []


def test_published_tables_bear_the_mark_and_nothing_else_new(tmp_path):
    from analysis.study.tables import as_csv

    table = library()["units"]
    content = as_csv(table, marked=True)
    assert content == BOM.encode() + as_csv(table)
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert rows[0] == list(table.columns) and find_row(LIBRARY, "units", unit_id=rows[1][0]) == 2
    write_data(measure(library()), [], tmp_path / "data")
    written = [path.read_bytes() for path in (tmp_path / "data").glob("*.csv")]
    assert len(written) > 20 and all(one.startswith(BOM.encode()) for one in written)
