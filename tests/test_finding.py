"""Finding passages in documents: searching, the sheets to pick from, and what comes back."""

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest
from filled import Filled
from helpers import cell, contents, edit_cell, find_row, read_rows
from made import LIBRARY, with_rows, without_rows

import analysis as pg
from analysis.cli import main
from analysis.documents.quotations import quotation_problems
from analysis.documents.store import DocumentStore
from analysis.fieldwork.agreement import ALL, CODES
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.passages import LISTED, WHOLE
from analysis.fieldwork.rounds import ONE_IN_COMMON, SAME_PASSAGES, agreement_by_round
from analysis.measure.results import measure
from analysis.publish.data import data_tables
from analysis.study import StudyError, load, validate
from analysis.study.cells import searched_cells
from analysis.study.known import data_read_on

ONE, TWO = "library-one", "library-two"
TEXT_ONE = (
    """The library of Nowhere opens on Saturdays from ten to four.
Borrowers who return late pay nothing: late fees were given up in 2021.
"""
    + "Further words about shelving and dusting. " * 40
    + """
On Sundays the doors of the made-up building stay shut, whoever knocks at them."""
)
TEXT_TWO = "Nobody opens at a week-end. Late fees are charged by the day."
TEXT_NONE = "A leaflet of an unknown hand: Saturdays are for sleeping."


def rows(folder, table):
    header, *found = read_rows(folder, table)
    return [dict(zip(header, row, strict=True)) for row in found]


def collect(study, name, text, *more):
    path = study.parent / "papers" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert main(["collect", str(study), str(path), *more]) == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study with a document about each of two libraries, and one about nobody known."""
    study = Path(shutil.copytree(LIBRARY, tmp_path_factory.mktemp("made") / "study"))
    collect(study, "one.txt", TEXT_ONE, "--unit", ONE)
    collect(study, "two.txt", TEXT_TWO, "--unit", TWO)
    collect(study, "none.txt", TEXT_NONE)
    for criterion, terms in (
        ("weekend", "Saturday | Sunday | week-end"),
        ("late-fees", '"late fees"'),
    ):
        edit_cell(
            study,
            "criteria",
            find_row(study, "criteria", criterion_id=criterion),
            "search_terms",
            terms,
        )
    assert validate(study) == []
    return study


@pytest.fixture
def study(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "study"))


def search(study, *arguments):
    return main(["search", *arguments, str(study)])


# --- searching ----------------------------------------------------------------------------------


def test_a_search_gives_passages_with_document_page_and_snippet(study, capsys):
    assert search(study, "saturday") == 0
    said = capsys.readouterr().out
    assert "[Saturdays] from ten" in said and "D0001, page 1" in said
    assert "D0003, page 1" in said and "D0002, page 1" not in said
    # Ranked passages never stand alone: every document that was searched is named.
    assert "Documents searched (3)" in said and "D0002: " in said
    assert search(study, "saturday", "--unit", "library-six") == 1
    said = capsys.readouterr().out
    assert "No document with a text is recorded as about Library Six." in said
    assert "Documents searched" not in said


def test_a_query_that_a_program_would_take_for_its_own_signs_is_words(study, capsys):
    assert search(study, "week-end") == 0
    assert "D0002, page 1" in capsys.readouterr().out
    assert search(study, '*) OR NEAR(" (') == 1
    assert "no word" not in capsys.readouterr().out


def test_a_criterion_is_searched_by_its_terms_and_a_unit_in_its_documents(study, capsys):
    assert search(study, "--criterion", "weekend", "--unit", ONE) == 0
    said = capsys.readouterr().out
    assert "[Saturdays]" in said and "[Sundays]" in said and "D0002" not in said
    assert "Not searched, as documents.csv has no unit_id for it: D0003." in said


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ((), "no word to look for"),
        (("...",), "no word to look for"),
        (("--criterion", "lighting"), "no search terms"),
        (("--criterion", "nowhere"), "no single criterion"),
        (("--unit", "nowhere", "x"), "the study has no such library"),
    ],
)
def test_a_search_for_nothing_is_refused_in_one_line(study, capsys, arguments, rule):
    assert search(study, *arguments) == 1
    said = capsys.readouterr().err
    assert rule in said and "Traceback" not in said


def test_the_index_is_made_again_when_documents_change(study, capsys):
    assert search(study, "zebra") == 1
    collect(study, "zebra.txt", "A zebra at the desk.", "--unit", TWO)
    assert search(study, "zebra") == 0
    (study / "documents" / "index.sqlite").write_bytes(b"spoilt")
    assert search(study, "zebra") == 0


def test_a_text_that_is_not_here_is_said_in_one_line(study, capsys):
    digest = DocumentStore(study).known(rows(study, "documents")[0])["sha256"]
    (study / "documents" / "text" / f"{digest}.txt").unlink()
    assert search(study, "saturday") == 0
    said = capsys.readouterr().out
    assert "D0001, page" not in said
    assert "not on this machine: 1 of 3 documents" in said
    shutil.rmtree(study / "documents")
    assert search(study, "saturday") == 1
    assert "not on this machine: 3 of 3 documents" in capsys.readouterr().out


def test_a_logged_search_changes_no_table_and_no_day(study, capsys):
    before, day = contents(study), data_read_on(load(study))
    assert search(study, "saturday", "--log") == 0
    assert search(study, "--criterion", "weekend", "--unit", ONE, "--log") == 0
    after = {
        name: mark for name, mark in contents(study).items() if not name.startswith("documents/")
    }
    assert after == {
        name: mark for name, mark in before.items() if not name.startswith("documents/")
    }
    assert data_read_on(load(study)) == day and validate(study) == []
    lines = (study / "documents" / "searches.csv").read_text().splitlines()
    today = dt.date.today().isoformat()
    assert lines[1] == f"{today},saturday,,,D0001;D0002;D0003,2"
    assert lines[2].startswith(f"{today},Saturday OR Sunday OR week-end,{ONE},weekend,D0001,")


def test_a_unit_is_known_from_the_evidence_of_the_source_too(study, capsys):
    row = find_row(study, "evidence", unit_id="library-three")
    source = cell(study, "evidence", row, "source_id")
    place = find_row(study, "documents", document_id="D0003")
    edit_cell(study, "documents", place, "source_id", source)
    assert search(study, "sleeping", "--unit", "library-three") == 0


def test_a_notebook_searches_the_documents_of_a_study(study):
    documents = pg.read_study(study).documents
    assert documents.empty and documents.search("saturday").empty  # all of them are private
    found = documents.search("saturday", private=True)
    assert sorted(found["document_id"]) == ["D0001", "D0003"] and found.attrs["hits"] == 2
    assert list(found.columns) == ["document_id", "page", "snippet", "passage", "score", "link"]
    assert list(documents.search(criterion="weekend", unit=TWO, private=True)["document_id"]) == [
        "D0002"
    ]
    with pytest.raises(pg.StudyError, match="no word"):
        documents.search()


# --- the coding workbook ------------------------------------------------------------------------


def workbook(study, coder="Ada", batch=""):
    return Filled(coding_workbook(load(study), coder, [ONE, TWO], batch=batch))


def taken_in(filled, study, tmp_path, on=dt.date(2026, 1, 5)):
    return take_in(filled.save(tmp_path / "back.xlsx"), study, on=on)


def passage(filled, start, words="Saturday"):
    """Return the sheet, and the row of the passage whose mark begins so and that has the words."""
    form = filled.form("passages")
    texts = ((row, form.texts(row)) for row in form.rows())
    return form, next(
        row for row, said in texts if said["row"].startswith(start) and words in said["passage"]
    )


def pick(filled, start, words="Saturday", mark="", **texts):
    """Pick a passage under the first free id of new evidence."""
    evidence, (form, row) = filled.form("evidence"), passage(filled, start, words)
    first = evidence.rows()[0]
    evidence.put(first, states="It opens on Saturdays.", extent_read="opening")
    name = evidence.texts(first)["evidence_id"]
    form.put(row, **({"evidence_id": name} | texts))
    if mark:
        form.sheet.cell(row, form.columns["row"]).value = mark
    return name


def test_a_workbook_without_documents_has_no_sheet_for_them_and_one_with_them_is_stable(study):
    bare = Filled(coding_workbook(load(LIBRARY), "Ada"))
    assert "Passages" not in bare.book.sheetnames and "Passages" not in bare.said()
    assert coding_workbook(load(study), "Ada") == coding_workbook(load(study), "Ada")


def test_the_workbook_has_the_best_passages_beside_the_whole_documents(study):
    filled = workbook(study)
    form = filled.form("passages")
    _, row = passage(filled, f"{ONE}/weekend/D0001/1/")
    texts = form.texts(row)
    assert "Saturdays from ten" in texts["passage"] and texts["page"] == "1"
    assert texts["document"].startswith("D0001: ") and texts["link"] == "documents/open/D0001.txt"
    link = form.sheet.cell(row, form.columns["link"]).hyperlink
    assert link.target == texts["link"]
    assert (study / texts["link"]).read_text() == TEXT_ONE
    # Of a document of no recorded unit the passages are there too.
    assert "No library is recorded" in form.texts(form.find("-/weekend/D0003/"))["unit_id"]
    held = [row[0].value for row in filled.book["Documents held"].iter_rows(min_row=2)]
    assert held == ["D0001", "D0002", "D0003"]


def test_a_picked_passage_gives_the_evidence_its_source_page_and_quotation(study, tmp_path):
    filled = workbook(study)
    words = "opens on Saturdays from ten to four"
    name = pick(filled, f"{ONE}/weekend/D0001/", quote=words)
    intake = taken_in(filled, study, tmp_path)
    assert not [one for one in intake.notes if "did not come back" in one]
    found = rows(study, "evidence")[-1]
    source = rows(study, "documents")[0]["source_id"]
    assert [found[one] for one in ("evidence_id", "source_id", "document_id", "page", "quote")] == [
        name, source, "D0001", "1", words,
    ]  # fmt: skip
    assert found["prefix"].endswith("of Nowhere") and found["suffix"].startswith(". Borrowers")
    assert (found["unit_id"], found["scope"]) == (ONE, "unit")
    assert rows(study, "picks") == [
        {
            "coder": "Ada",
            "unit_id": ONE,
            "criterion_id": "weekend",
            "evidence_id": name,
            "batch": "",
        }
    ]
    assert validate(study) == [] and quotation_problems(load(study)) == []
    before = contents(study)
    assert taken_in(filled, study, tmp_path).written == [] and contents(study) == before


def test_what_the_search_proposes_can_be_quoted_as_it_is(study, tmp_path):
    filled = workbook(study)
    pick(filled, f"{ONE}/late-fees/D0001/", "late fees")
    taken_in(filled, study, tmp_path)
    assert "late fees were given up" in rows(study, "evidence")[-1]["quote"]


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        ({"quote": "opens on Saturdays from ten to five"}, "It has “four” where|has on page 1"),
        ({"quote": "Elephants are welcome in every aisle."}, "not in D0001"),
        ({"quote": ""}, "no words are quoted"),
        ({"quote": "word " * 61}, "more than 60 words"),
        ({"evidence_id": "V01"}, "no row of New evidence"),
        ({"mark": "library-one/nowhere/D0001/1/0123456789"}, "mark of the row"),
        ({"mark": "library-two/weekend/D0001/1/0123456789"}, "something else than its mark"),
        ({"mark": "library-one/late-fees/D0001/1/0123456789"}, "something else than its mark"),
    ],
)
def test_a_pick_that_cannot_be_taken_is_refused_at_its_cell(study, tmp_path, texts, rule):
    filled = workbook(study)
    pick(filled, f"{ONE}/weekend/D0001/", **texts)
    before = contents(study)
    with pytest.raises(StudyError, match=rule) as error:
        taken_in(filled, study, tmp_path)
    first, *more = (one.column.partition("!")[0] for one in error.value.problems)
    assert (first == "Passages" and not more) or "mark" in texts or texts.get("evidence_id")
    assert contents(study) == before


def test_an_edited_quotation_that_is_not_picked_is_named(study, tmp_path):
    filled = workbook(study)
    form, row = passage(filled, f"{ONE}/weekend/")
    form.put(row, quote="opens on Saturdays")
    assert any("not picked" in note for note in taken_in(filled, study, tmp_path).notes)


def test_picks_of_one_coder_stay_out_of_the_workbook_of_another_until_both_are_in(study, tmp_path):
    filled = workbook(study)
    name = pick(filled, f"{ONE}/weekend/D0001/")
    taken_in(filled, study, tmp_path)
    assert name not in workbook(study, "Bea").said()
    assert name in workbook(study).said()
    other = workbook(study, "Bea")
    coded = other.form("coding")
    other_name = pick(other, f"{ONE}/weekend/D0001/")
    coded.put(
        coded.find(f"{ONE}/weekend/new"), level="points_1", read_on="2026-01-03", confidence="high",
        evidence_1=other_name, rationale="It says so.",
    )  # fmt: skip
    taken_in(other, study, tmp_path)
    assert name in workbook(study, "Bea").said()


# --- read, and nothing found --------------------------------------------------------------------


def mark_nothing(filled, start, choice, day="2026-01-04"):
    form = filled.form("nothing")
    return form.put(form.find(start), choice=choice, searched_on=day)


def test_what_was_read_and_holds_nothing_is_a_search_of_the_cell(study, tmp_path):
    filled = workbook(study)
    mark_nothing(filled, f"{TWO}/weekend/", LISTED)
    mark_nothing(filled, f"{TWO}/lighting/", WHOLE)
    before = len(rows(study, "searches"))
    taken_in(filled, study, tmp_path)
    listed, whole = rows(study, "searches")[before:]
    assert (
        listed["criterion_ids"] == "weekend" and listed["queries"] == "Saturday | Sunday | week-end"
    )
    assert "D0002 p. 1" in listed["note"] and listed["queries_count"] == "3"
    assert (
        whole["where"]
        == "1 document collected for the study, read whole, by Ada for “Lit entrance”"
    )
    assert "D0002" not in listed["where"] + whole["where"]  # which is published
    assert validate(study) == []


def test_a_query_alone_leaves_the_cell_as_it_was(study, tmp_path):
    cell = (load(study)["units"]["unit_id"] == TWO).to_numpy()
    before = searched_cells(load(study))[cell]
    search(study, "--criterion", "weekend", "--log")
    taken_in(workbook(study), study, tmp_path)
    assert (searched_cells(load(study))[cell] == before).all()


@pytest.mark.parametrize(
    ("start", "texts", "rule"),
    [
        (f"{TWO}/lighting/", {"choice": LISTED}, "no passage is listed"),
        (f"{TWO}/weekend/", {"choice": "maybe"}, "not on the list"),
        (f"{TWO}/weekend/", {"choice": WHOLE, "documents": "D0001"}, "does not list any more"),
        (f"{TWO}/weekend/", {"choice": WHOLE, "searched_on": ""}, "required|empty|needs"),
    ],
)
def test_a_mark_that_cannot_be_taken_is_refused_at_its_cell(study, tmp_path, start, texts, rule):
    filled = workbook(study)
    form = filled.form("nothing")
    form.put(form.find(start), **({"searched_on": "2026-01-04"} | texts))
    with pytest.raises(StudyError, match=rule) as error:
        taken_in(filled, study, tmp_path)
    assert {one.column.partition("!")[0] for one in error.value.problems} == {
        "'Read, nothing found'"
    }


def test_a_picked_passage_and_nothing_found_do_not_go_together(study, tmp_path):
    filled = workbook(study)
    pick(filled, f"{ONE}/weekend/D0001/")
    mark_nothing(filled, f"{ONE}/weekend/", WHOLE)
    with pytest.raises(StudyError, match="a passage is picked"):
        taken_in(filled, study, tmp_path)


# --- agreement on passages ----------------------------------------------------------------------


def picked(study, *picks, given=()):
    """Return the study with picks: coder, criterion, quotation, batch; all of library one."""
    source = study["documents"]["source_id"].iloc[0]
    usual = {"scope": "unit", "unit_id": ONE, "source_id": source, "states": "-", "page": "1"}
    usual |= {"extent_read": "opening", "document_id": "D0001"}
    names = [f"P{number}" for number in range(len(picks))]
    evidence = [
        usual | {"evidence_id": name, "quote": one[2]}
        for name, one in zip(names, picks, strict=True)
    ]
    rows = [
        {
            "coder": one[0],
            "unit_id": ONE,
            "criterion_id": one[1],
            "evidence_id": name,
            "batch": one[3],
        }
        for name, one in zip(names, picks, strict=True)
    ]
    columns = ("coder", "criterion_ids", "batch", "round")
    assigned = [dict(zip(columns, one, strict=True)) | {"unit_id": ONE} for one in given]
    days = {"given_on": "2026-01-02", "returned_on": "2026-01-03"}
    study = with_rows(
        without_rows(study, "codings", "codings_history", "assignments"), "evidence", evidence
    )
    study = with_rows(study, "picks", rows)
    return with_rows(study, "assignments", [one | days for one in assigned])


def counts(study, measure, round=""):
    found = agreement_by_round(study)
    return [
        (one.criterion_id, one.same, one.cells)
        for one in found
        if (one.measure, one.round) == (measure, round)
    ]


def test_agreement_says_how_far_coders_picked_the_same_passages(made):
    study = picked(
        load(made),
        ("Ada", "weekend", "opens on Saturdays from ten to four", ""),
        ("Bea", "weekend", "Saturdays from ten to four.", ""),
        ("Ada", "late-fees", "late fees were given up in 2021", ""),
        ("Ada", "late-fees", "Borrowers who return late pay nothing", ""),
        ("Bea", "late-fees", "late fees were given up in 2021", ""),
        ("Ada", "holiday", "the doors of the made-up building", ""),
    )
    assert counts(study, SAME_PASSAGES) == [(ALL, 1, 2), ("weekend", 1, 1), ("late-fees", 0, 1)]
    assert counts(study, ONE_IN_COMMON) == [(ALL, 2, 2), ("weekend", 1, 1), ("late-fees", 1, 1)]


def test_who_read_a_cell_and_picked_nothing_there_picked_something_else(made):
    picks = [("Ada", "weekend", "opens on Saturdays", "b1"), ("Bea", "holiday", "the doors", "b2")]
    given = [("Ada", "weekend;holiday", "b1", ""), ("Bea", "weekend;holiday", "b2", "")]
    study = picked(load(made), *picks, given=given)
    assert counts(study, ONE_IN_COMMON)[0] == (ALL, 0, 2)
    assert counts(study, SAME_PASSAGES, "pilot") == []


def test_agreement_is_said_by_round_where_there_was_a_pilot(made):
    study = picked(
        load(made),
        ("Ada", "weekend", "opens on Saturdays", "b1"),
        ("Bea", "weekend", "given up in 2021", "b2"),
        ("Ada", "late-fees", "given up in 2021", "b3"),
        ("Bea", "late-fees", "given up in 2021", "b4"),
        given=[
            ("Ada", "weekend", "b1", "pilot"),
            ("Bea", "weekend", "b2", "pilot"),
            ("Ada", "late-fees", "b3", ""),
            ("Bea", "late-fees", "b4", "main"),
        ],
    )
    assert counts(study, SAME_PASSAGES)[0] == (ALL, 1, 2)
    assert counts(study, SAME_PASSAGES, "pilot")[0] == (ALL, 0, 1)
    assert counts(study, SAME_PASSAGES, "main")[0] == (ALL, 1, 1)


def test_levels_of_the_pilot_are_those_that_stood_then(made):
    study = picked(load(made), given=[("Ada", "weekend", "b1", "pilot"), ("Bea", "weekend", "b2", "pilot"),
                                      ("Ada", "weekend", "b3", ""), ("Bea", "weekend", "b4", "")])  # fmt: skip
    row = {
        "unit_id": ONE,
        "criterion_id": "weekend",
        "observed_on": "2022-01-01",
        "evidence_ids": "V01",
    }
    row |= {"read_on": "2022-07-01", "confidence": "high", "rationale": "-"}
    old = [
        row
        | {
            "coder": "Ada",
            "level": "points_1",
            "batch": "b1",
            "replaced_on": "2026-01-04",
            "replaced_why": "-",
        }
    ]
    now = [
        row | {"coder": "Ada", "level": "points_2", "batch": "b3"},
        row | {"coder": "Bea", "level": "points_2", "batch": "b2"},
    ]
    study = with_rows(with_rows(study, "codings", now), "codings_history", old)
    assert counts(study, CODES)[0] == (ALL, 1, 1)
    assert counts(study, CODES, "pilot")[0] == (ALL, 0, 1)
    assert counts(study, CODES, "main")[0] == (ALL, 1, 1)


# --- a workbook of passages ---------------------------------------------------------------------


def test_the_passages_are_written_for_each_unit_and_criterion(study, tmp_path, capsys):
    out = tmp_path / "passages.xlsx"
    assert main(["passages", str(study), "--out", str(out), "--units", ONE, TWO]) == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Passages", "Documents"]
    sheet = book["Passages"]
    (table,) = sheet.tables.values()
    head, *found = [[cell.value for cell in row] for row in sheet[table.ref]]
    cells = {tuple(row[:2]) for row in found}
    assert len(cells) == 3 * 10  # two libraries, and documents of no known one, on ten criteria
    best = next(
        row for row in found if row[0] == "Made-up Library Two" and row[1] == "Weekend hours"
    )
    assert dict(zip(head, best, strict=True))["Passage"] == TEXT_TWO and best[-1] == "D0002"
    assert best[-2] == "study/documents/open/D0002.txt" and (tmp_path / best[-2]).exists()
    none = next(
        row for row in found if row[0] == "Made-up Library Two" and row[1] == "Lit entrance"
    )
    assert "no search terms" in none[5] and None not in none
    assert len(book["Documents"]["A"]) >= 4
    again = tmp_path / "again.xlsx"
    assert main(["passages", str(study), "--out", str(again), "--units", ONE, TWO]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_passages_of_a_study_without_documents_are_refused(tmp_path, capsys):
    assert main(["passages", str(LIBRARY), "--out", str(tmp_path / "x.xlsx")]) == 1
    assert "no documents" in capsys.readouterr().err and not (tmp_path / "x.xlsx").exists()


def test_what_may_be_a_personal_detail_in_a_passage_is_counted(study, tmp_path, capsys):
    collect(
        study,
        "case.txt",
        "On Saturdays a reader, a 34-year-old woman of Nowhere, came.",
        "--unit",
        ONE,
    )
    assert main(["passages", str(study), "--out", str(tmp_path / "p.xlsx"), "--units", ONE]) == 0
    assert "before it goes out: 1." in capsys.readouterr().out


def test_nothing_of_the_search_terms_or_picks_is_published(made):
    study = picked(load(made), ("Ada", "weekend", "opens on Saturdays", ""))
    tables = data_tables(measure(study))
    texts = "\n".join(table.to_csv() for table in tables.values())
    assert (
        "search_terms" not in texts
        and "week-end" not in texts
        and "opens on Saturdays" not in texts
    )


def test_signs_that_no_workbook_holds_are_no_part_of_a_passage(study, tmp_path):
    text = "On Satur\u00addays\x00 the \x1b[31mdoors\x0e of caf\u00e9s open."
    store, row = DocumentStore(study), rows(study, "documents")[1]
    known = dict(store.known(row))
    known["text_sha256"] = store.keep_text(known["sha256"], [text])
    store.keep_private({"D0002": known})
    form, row = passage(workbook(study), f"{TWO}/weekend/", "doors")
    assert form.texts(row)["passage"] == "On Saturdays the [31mdoors of cafés open."


def test_an_older_round_without_passages_does_not_open_the_picks_of_another(study, tmp_path):
    def give(coder, day, number):
        row = {"coder": coder, "unit_id": ONE, "criterion_ids": "weekend", "batch": f"b{number}"}
        return row | {"given_on": f"2026-01-{day:02}", "returned_on": f"2026-01-{day + 1:02}"}

    held = with_rows(load(study), "assignments", [give("Bea", 1, 1), give("Ada", 5, 2)])
    held = with_rows(held, "evidence", [
        {"evidence_id": "P0", "scope": "unit", "unit_id": ONE, "source_id": "D0001", "states": "A pick.",
         "extent_read": "opening"}])  # fmt: skip
    pick = {
        "coder": "Ada",
        "unit_id": ONE,
        "criterion_id": "weekend",
        "evidence_id": "P0",
        "batch": "b2",
    }
    held = with_rows(held, "picks", [pick])
    assert "A pick." not in Filled(coding_workbook(held, "Bea", [ONE])).said()
    later = with_rows(held, "assignments", [give("Bea", 5, 3)])
    assert "A pick." in Filled(coding_workbook(later, "Bea", [ONE])).said()
