"""Looking again at documents: what each look finds, and where it is said."""

import datetime as dt
import shutil
import zipfile
from pathlib import Path

import pytest
import typst
from helpers import append_row, contents, edit_cell, find_row, read_rows, run, write_rows
from local_site import PAGE, served
from made import LIBRARY

from analysis.cli import main
from analysis.documents import fetch
from analysis.fieldwork import rechecking
from analysis.fieldwork.cell_records import cell_records
from analysis.fieldwork.reply_form import findings
from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.briefings import _common_context, _environment, _unit_contexts
from analysis.study import load, validate
from analysis.study.evidence import since_read

COLLECTED = "2024-01-02"
TODAY = dt.date.today().isoformat()
UNIT, SOURCE, EVIDENCE = "library-one", "B02", "V01"
HTML = {"Content-Type": "text/html"}


def page(words: str, more: str = "") -> tuple[int, dict, bytes]:
    return 200, HTML, PAGE % (b"Made up", f"<p>{words}</p>{more}".encode())


def pdf(*pages: str) -> tuple[int, dict, bytes]:
    return 200, {}, typst.compile(" #pagebreak() ".join(pages).encode())


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(fetch, "PAUSE", 0)
    monkeypatch.setattr(fetch, "TRIES", 1)


@pytest.fixture
def study(tmp_path):
    return Path(shutil.copytree(LIBRARY, tmp_path / "study"))


@pytest.fixture
def pages():
    return {}


@pytest.fixture
def site(pages):
    with served(pages) as address:
        yield address


def rows(folder, table):
    header, *found = read_rows(folder, table)
    return [dict(zip(header, row, strict=True)) for row in found]


def collect(study, *addresses, source=SOURCE):
    """Collect addresses, as if that had been some time ago."""
    assert main(["collect", str(study), *addresses, "--source", source, "--allow-local"]) == 0
    for number in range(2, len(read_rows(study, "documents")) + 1):
        edit_cell(study, "documents", number, "retrieved_on", COLLECTED)


def recheck(study, *more):
    return main(["recheck", str(study), "--allow-local", *more])


def look_of(study, **cells):
    """Return the one look with these cells."""
    (found,) = [row for row in rows(study, "checks") if row.items() >= cells.items()]
    return found


def only(row):
    return {name: text for name, text in row.items() if text}


# --- what a look finds -------------------------------------------------------------------------


CASES = {
    "hyphens": (
        page("Keep it for 20-30 days."),
        page("Keep it for <br>20-30<br> days.", "<!-- 2 -->"),
        {"status": "same_text"},
    ),
    "unchanged": (page("Be kind."), page("Be kind."), {"status": "unchanged"}),
    "stamp": (page("Be kind.", "<!-- 1 -->"), page("Be kind.", "<!-- 2 -->"), {"status": "same_text"}),
    "missing": (page("Be good."), (404, {}, b""), {"status": "gone", "why": "nothing is there (404)"}),
    "taken": (page("Be glad."), (410, {}, b""), {"status": "gone", "why": "it was taken down (410)"}),
    "login": (
        page("Be wise."),
        page("<input type='password'>"),
        {"status": "refused", "why": "a page to log in came in its place"},
    ),
    "secret": (page("Be calm."), (403, {}, b""), {"status": "refused", "why": "the site refuses to give it (403)"}),
    "rtf": (
        page("Be fair."),
        (200, {}, b"{\\rtf1 Be fair.}"),
        {"status": "refused", "why": "what came in its place cannot be used: it is an RTF document: save it as DOCX or PDF"},
    ),
}  # fmt: skip


def test_each_kind_of_look_is_logged_and_no_document_is_replaced(study, pages, site, capsys):
    pages |= {f"/{name}": before for name, (before, _, _) in CASES.items()}
    collect(study, *(f"{site}/{name}" for name in CASES))
    documents, store = rows(study, "documents"), contents(study / "documents")
    pages |= {f"/{name}": after for name, (_, after, _) in CASES.items()}
    assert recheck(study) == 0
    ids = {row["retrieved_from"].rpartition("/")[2]: row["document_id"] for row in documents}
    for name, (_, _, expected) in CASES.items():
        said = only(look_of(study, document_id=ids[name]))
        assert said == expected | {"document_id": ids[name], "checked_on": TODAY}, name
    assert rows(study, "documents") == documents and contents(study / "documents") == store
    assert validate(study) == []
    said = capsys.readouterr().out
    assert "Looked at again: 8, same text: 2, unchanged: 1, gone: 2, refused: 3." in said
    assert f"{ids['missing']}: gone; nothing is there (404)." in said


def test_robots_that_refuse_it_now_are_no_finding(study, pages, site):
    pages["/policy"] = page("Be kind.")
    collect(study, f"{site}/policy")
    pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /policy")
    assert recheck(study) == 0
    assert look_of(study)["status"] == "refused" and since_read(load(study)) == {}


def test_what_is_redirected_for_good_has_moved(study, pages, site):
    pages |= {"/old": page("Be kind."), "/brief": page("Be wise.")}
    collect(study, f"{site}/old", f"{site}/brief")
    pages |= {"/new": pages["/old"], "/old": (301, {"Location": "/new"}, b"")}
    pages |= {"/aside": pages["/brief"], "/brief": (302, {"Location": "/aside"}, b"")}
    assert recheck(study) == 0
    moved = look_of(study, status="moved")
    assert moved["address"] == f"{site}/new"
    assert look_of(study, status="unchanged")["address"] == ""  # there for the time being only


def test_what_has_moved_and_changed_is_collected_from_its_new_address(study, pages, site):
    pages |= {"/one": page("Be kind."), "/two": page("Be wise.")}
    collect(study, f"{site}/one", f"{site}/two")
    pages["/new place"] = pages["/new%20place"] = page("Be good.")
    pages |= {path: (308, {"Location": "/new place"}, b"") for path in ("/one", "/two")}
    assert recheck(study) == 0
    *_, newer = rows(study, "documents")
    assert len(rows(study, "documents")) == 3 and newer["replaces"] == "D0001"
    for look in rows(study, "checks"):
        assert (look["status"], look["found_id"]) == ("changed", newer["document_id"])
        assert look["address"] == f"{site}/new%20place"
    assert validate(study) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (page("Keep it for 20-30 days."), page("Keep it for 2030 days.")),
        (pdf("#rect()"), pdf("#circle()")),  # nothing in either that can be read
    ],
)
def test_what_may_say_something_else_is_not_the_same_text(study, pages, site, before, after):
    pages["/policy"] = before
    collect(study, f"{site}/policy")
    edit_cell(study, "evidence", 2, "document_id", "D0001")
    edit_cell(study, "evidence", 2, "quote", "Nobody of Nowhere is turned away.")
    pages["/policy"] = after
    assert recheck(study) == 0
    look = look_of(study)
    assert look["status"] == "changed"
    is_read = before[1] == HTML
    assert (look["gone"] == "V01") is is_read and (
        "could not all be read" in look["why"]
    ) is not is_read


def test_signs_that_nobody_sees_in_a_document_spoil_no_log(study, pages, site):
    pages["/policy"] = page("Staff of Nowhere keep 28 reports safe.")
    collect(study, f"{site}/policy")
    edit_cell(study, "evidence", 2, "document_id", "D0001")
    edit_cell(study, "evidence", 2, "quote", "Staff of Nowhere keep 28 reports safe.")
    pages["/policy"] = page("Staff of Nowhere keep \u200b8\u00ad2&#7; \u202e reports\ufeff  safe.")
    assert recheck(study) == 0
    assert look_of(study)["gone"] == "V01" and validate(study) == []


def test_a_site_that_is_not_reached_is_no_finding(study, pages, capsys):
    with served(pages) as address:
        pages |= {f"/{name}": page(f"Be {name}.") for name in ("kind", "wise")}
        collect(study, f"{address}/kind", f"{address}/wise")
    before = contents(study)
    capsys.readouterr()
    assert recheck(study) == 1
    said = capsys.readouterr()
    host = address.removeprefix("http://")
    (line,) = said.err.splitlines()
    assert line.startswith(f"{host}: 2 addresses not looked at: {host} cannot be reached")
    assert "Looked at again: 0. Not reached: 2." in said.out
    assert contents(study) == before


def test_a_site_that_fails_is_no_finding(study, pages, site, capsys):
    pages["/policy"] = page("Be kind.")
    collect(study, f"{site}/policy")
    pages["/policy"] = (500, {}, b"")
    assert recheck(study) == 1 and rows(study, "checks") == []
    pages |= {"/policy": page("Be kind."), "/robots.txt": (503, {}, b"")}
    assert recheck(study) == 1 and rows(study, "checks") == []
    assert "robots.txt of the site cannot be read (status 503)" in capsys.readouterr().err


BEFORE = (
    "Staff of Nowhere keep 28 reports safe. Officers of Nowhere ask nobody twice.",
    "Nobody of Nowhere is turned away. The door is red.",
)
AFTER = (
    "Staff of Nowhere keep 82 reports safe. Nobody of Nowhere is turned away.",
    "Officers of Nowhere ask nobody thrice. The door is red.",
)
QUOTED = {
    "V01": ("Nobody of Nowhere is turned away.", "2"),
    "V21": ("The door is red.", "2"),
    "V22": ("Staff of Nowhere keep 28 reports safe.", "1"),
    "V23": ("", ""),
}


@pytest.fixture
def quoted(study, pages, site):
    """A study that quotes a PDF of two pages, which has changed since."""
    pages["/policy.pdf"] = pdf(*BEFORE)
    collect(study, f"{site}/policy.pdf")
    for name, (quote, number) in QUOTED.items():
        row = 2 if name == "V01" else append_row(study, "evidence", 2, evidence_id=name)
        for column, text in (("document_id", "D0001"), ("quote", quote), ("page", number)):
            edit_cell(study, "evidence", row, column, text)
    assert main(["validate", str(study)]) == 0
    pages["/policy.pdf"] = pdf(*AFTER)
    return study


def test_of_a_changed_document_it_says_what_became_of_each_quotation(quoted, capsys):
    old = rows(quoted, "documents")[0]
    assert recheck(quoted) == 0
    look = look_of(quoted)
    assert (look["status"], look["found_id"]) == ("changed", "D0002")
    assert (look["standing"], look["moved"], look["gone"]) == ("V21", "V01", "V22")
    told = dict(part.split(": ", 1) for part in look["difference"].split(" | "))
    assert told["V01"].startswith("on page 1 now")
    assert "“28” is “82” now" in told["V22"] and "V23" not in told
    first, second = rows(quoted, "documents")
    assert first == old and second["replaces"] == "D0001" and second["source_id"] == SOURCE
    assert validate(quoted) == []
    assert (
        "D0001: changed: D0002 is there now; quotations that stand: V21" in capsys.readouterr().out
    )


def test_without_the_older_document_the_quotations_are_compared_all_the_same(quoted):
    shutil.rmtree(quoted / "documents")
    assert recheck(quoted) == 0
    look = look_of(quoted)
    assert (look["standing"], look["moved"], look["gone"]) == ("V21", "V01", "V22")
    assert look["why"].startswith("the older document is not on this machine")


def test_a_newer_version_that_stays_is_not_collected_twice(quoted, pages):
    assert recheck(quoted) == 0
    assert recheck(quoted) == 0  # looked at today
    assert len(rows(quoted, "checks")) == 1
    a_while_ago(quoted)
    assert recheck(quoted) == 0
    assert len(rows(quoted, "documents")) == 2
    assert look_of(quoted, document_id="D0001", checked_on=TODAY)["found_id"] == "D0002"
    assert look_of(quoted, document_id="D0002")["status"] == "unchanged"


def test_a_page_that_is_as_it_was_again_has_not_changed(quoted, pages):
    assert recheck(quoted) == 0
    a_while_ago(quoted)
    old = (quoted / "documents" / rows(quoted, "documents")[0]["sha256"]).read_bytes()
    pages["/policy.pdf"] = (200, {}, old)
    assert recheck(quoted) == 0
    assert look_of(quoted, document_id="D0001", checked_on=TODAY)["status"] == "unchanged"
    assert look_of(quoted, document_id="D0002")["found_id"] == "D0001"
    assert EVIDENCE not in since_read(load(quoted))


def a_while_ago(folder, day="2024-06-01"):
    """Make all looks, and what they found, some time ago."""
    for table, column in (("checks", "checked_on"), ("documents", "retrieved_on")):
        header, *found = read_rows(folder, table)
        place = header.index(column)
        for row in found:
            row[place] = day if row[place] == TODAY else row[place]
        write_rows(folder, table, [header, *found])


# --- which are looked at -----------------------------------------------------------------------


def test_which_documents_are_looked_at(study, pages, site, tmp_path, capsys):
    pages |= {f"/{name}": page(f"Be {name}.") for name in ("kind", "wise", "old")}
    collect(study, f"{site}/kind", source=SOURCE)
    collect(study, f"{site}/wise", f"{site}/old", source="B07")
    make_private(study, 4)
    with pytest.raises(SystemExit):
        recheck(study, "--older-than", "100000d")
    assert "not a number of days; write 1d or more" in capsys.readouterr().err
    asked = [((), 2), (("--source", "B07"), 1), (("--older-than", "30d"), 2)]
    for number, (more, looked_at) in enumerate(asked):
        copy = shutil.copytree(study, tmp_path / str(number))
        assert recheck(copy, *more) == 0
        assert len(rows(copy, "checks")) == looked_at, more


def test_an_interrupted_run_goes_on_where_it_stopped(study, pages, site, monkeypatch):
    pages |= {f"/{name}": page(f"Be {name}.") for name in ("kind", "wise", "good")}
    collect(study, *(f"{site}{path}" for path in pages))
    asked = []

    def stop(self, address):
        asked.append(address)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(self, address)

    real = fetch.Fetcher.fetch
    monkeypatch.setattr(fetch.Fetcher, "fetch", stop)
    with pytest.raises(KeyboardInterrupt):
        look_again(study)
    assert len(rows(study, "checks")) == 2 and validate(study) == []
    look_again(study)
    assert len(rows(study, "checks")) == 3 and asked[2] == asked[3] and len(asked) == 4


def look_again(study):
    from analysis.documents.reader import Reader
    from analysis.documents.recheck import Rechecker
    from analysis.documents.store import DocumentStore

    held = load(study)
    with fetch.Fetcher("a contact", True) as fetcher, Reader() as reader:
        documents = held["documents"].to_dict("records")
        rechecker = Rechecker(DocumentStore(study), fetcher, reader, documents, [])
        rechecking.look_again(study, rechecker, rechecking.due(held, 1))


# --- where it is said --------------------------------------------------------------------------

DOCUMENT = {
    "document_id": "D-made",
    "source_id": SOURCE,
    "sha256": "a" * 64,
    "media_type": "application/pdf",
    "bytes": "1000",
    "pages": "3",
    "words": "90",
    "retrieved_on": "2022-07-01",
    "retrieved_from": "https://example.org/one",
    "access": "public",
    "extractor": "made up 1.0",
    "text_sha256": "b" * 64,
}


@pytest.fixture
def looked_at(study):
    """A study of which a document has changed after the evidence was read in July 2022."""
    append_row(study, "documents", None, **DOCUMENT)
    newer = {"document_id": "D-new", "sha256": "c" * 64, "text_sha256": "d" * 64}
    newer |= {"retrieved_on": "2023-07-01", "replaces": "D-made"}
    append_row(study, "documents", None, **DOCUMENT | newer)
    add_look(study, "2023-07-01", "changed", found_id="D-new", standing=EVIDENCE)
    return study


def add_look(study, day, status, **cells):
    append_row(study, "checks", None, document_id="D-made", checked_on=day, status=status, **cells)


SAID = "Changed since we read it: B02, as seen on 2023-07-01; the words quoted still stand there."


def said_of(folder, known_by=None):
    results = measure(load(folder), known_by=known_by)
    records = cell_records(results.study, results.matrix)
    return {one.since_read for one in records if one.unit_id == UNIT and one.evidence}


def test_a_finding_says_that_its_document_changed_since(looked_at):
    assert validate(looked_at) == []
    assert said_of(looked_at) == {SAID}


def test_a_look_after_the_day_of_knowledge_does_not_count(looked_at):
    assert said_of(looked_at, dt.date(2023, 6, 30)) == {""}
    assert said_of(looked_at, dt.date(2023, 7, 1)) == {SAID}


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [("evidence", {"evidence_id": EVIDENCE}, "read_on"), ("sources", {"source_id": SOURCE}, "read_on")],
)  # fmt: skip
@pytest.mark.parametrize(("read_on", "is_said"), [("2023-07-01", True), ("2023-07-02", False)])
def test_whoever_read_it_later_has_read_it_as_it_is(
    looked_at, table, row, column, read_on, is_said
):
    edit_cell(looked_at, table, find_row(looked_at, table, **row), column, read_on)
    # A look that finds the same newer version makes no new change of it.
    add_look(looked_at, "2023-08-01", "changed", found_id="D-new")
    assert (said_of(looked_at) != {""}) is is_said


@pytest.mark.parametrize(
    ("status", "cells", "said"),
    [
        ("unchanged", {}, ""),
        ("same_text", {}, ""),
        ("moved", {"address": "https://example.org/1"}, ""),
        ("refused", {"why": "a page to log in came in its place"}, SAID),
        ("gone", {"why": "nothing is there (404)"}, "Gone since we read it: B02 was no longer at its address on 2023-08-01."),
    ],
)  # fmt: skip
def test_a_later_look_supersedes_an_earlier_one(looked_at, status, cells, said):
    add_look(looked_at, "2023-08-01", status, **cells)
    assert validate(looked_at) == []
    assert said_of(looked_at) == {said}


def test_evidence_from_another_document_of_the_source_is_not_meant(looked_at):
    edit_cell(looked_at, "evidence", 2, "document_id", "D-new")
    assert said_of(looked_at) == {""}


def test_named_figures_count_the_cited_documents(looked_at):
    figures = named_figures(measure(load(looked_at)))
    counts = {name: figures[f"documents.{name}"].value for name in ("looked_at", "changed", "gone", "refused")}  # fmt: skip
    assert counts == {"looked_at": 1, "changed": 1, "gone": 0, "refused": 0}
    keys = {row.key for row in figures["cells.to_read_again"].rows}
    assert {unit for unit, _ in keys} == {UNIT} and len(keys) == 10
    assert not [one for one in named_figures(measure(load(LIBRARY))) if "documents." in one]


def test_what_rests_on_it_comes_first_in_what_to_ask(looked_at):
    cell_at_rank = {"unit_id": "library-two", "criterion_id": "return-box"}
    before = measure(load(looked_at)).next_questions
    assert before.loc[4, list(cell_at_rank)].to_dict() == cell_at_rank
    append_row(looked_at, "documents", 2, document_id="D-two", source_id="B03", sha256="e" * 64)
    look = {"document_id": "D-two", "checked_on": "2023-07-01", "why": "nothing is there (404)"}
    append_row(looked_at, "checks", None, **look, status="gone")
    after = measure(load(looked_at)).next_questions
    assert after.loc[0, list(cell_at_rank)].to_dict() == cell_at_rank
    assert after["rank"].tolist() == list(range(1, len(before) + 1))


def test_it_is_said_everywhere_with_and_without_the_documents(looked_at, tmp_path):
    outs = tmp_path / "with", tmp_path / "without"
    (looked_at / "documents").mkdir()
    (looked_at / "documents" / ("a" * 64)).write_bytes(b"Staff of Nowhere.")
    assert run("report", looked_at, "--out", outs[0]).returncode == 0
    shutil.rmtree(looked_at / "documents")
    assert run("report", looked_at, "--out", outs[1]).returncode == 0
    assert contents(outs[0]) == contents(outs[1])
    site_page = next((outs[0] / "site").rglob(f"{UNIT}.html")).read_text()
    assert f'<p class="notice" role="note">{SAID}</p>' in site_page
    assert "Read these again first:" in site_page
    report = (outs[0] / "report.html").read_text()
    assert SAID in report and "Changed since we read them: 1. Gone" in report
    with zipfile.ZipFile(outs[0] / "report.docx") as parts:
        assert SAID in parts.read("word/document.xml").decode()
    with zipfile.ZipFile(outs[0] / "gap-tables.xlsx") as parts:
        assert any(SAID in parts.read(one).decode() for one in parts.namelist())
    matrix = (outs[0] / "data" / "matrix.csv").read_text(encoding="utf-8-sig")
    assert matrix.count(SAID) == 10 and "since_read" in matrix.splitlines()[0]
    assert "D-made" not in "".join(p.read_text() for p in outs[0].rglob("data/*.csv"))


def test_the_reply_form_the_briefing_and_the_notebook_say_it(looked_at):
    import analysis as pg

    told = {one["why"].rpartition("\n")[2] for one in findings(load(looked_at), UNIT)}
    assert SAID in told
    results = measure(load(looked_at))
    page = _environment(results).get_template("briefing.html.j2")
    form = {"letters": 900, "rows": 30, "by_name": True}
    said = dict(_unit_contexts(results))[UNIT]
    known, asked = (page.render(**_common_context(results), **said, **form, part=part) for part in ("known", "asked"))  # fmt: skip
    assert SAID in known and "First, what holds now, where a document has changed" in asked
    table = pg.read_study(looked_at).measure().table("cells").frame
    assert SAID in set(table["since read"])
    assert "since read" not in pg.read_study(LIBRARY).measure().table("cells").frame


# --- rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"status": "lost"}, "status", "allowed value"),
        ({"checked_on": "2023-02-30"}, "checked_on", "does not exist"),
        ({"checked_on": "2022-06-30"}, "checked_on", "D-made was collected only later"),
        ({"found_id": ""}, "status", "no newer version is named"),
        ({"found_id": "D-made"}, "found_id", "newer version of itself"),
        ({"found_id": "D-other"}, "found_id", "documents.csv"),
        ({"document_id": "D-other"}, "document_id", "documents.csv"),
        ({"status": "moved", "found_id": "", "standing": ""}, "status", "not said where to"),
        ({"status": "unchanged"}, "status", "what differs stands beside it"),
        ({"status": "gone", "found_id": "", "standing": ""}, "why", "what the site said is not given"),
        ({"gone": EVIDENCE}, "gone", "one statement twice"),
        ({"standing": "V99"}, "gone", "not in evidence.csv"),
        ({"address": "nowhere"}, "address", "not an http or https address"),
    ],
)  # fmt: skip
def test_a_fault_of_a_look_is_named_at_its_place(looked_at, cells, column, rule):
    for name, text in cells.items():
        edit_cell(looked_at, "checks", 2, name, text)
    found = [one for one in validate(looked_at) if (one.file, one.column) == ("checks.csv", column)]
    assert [one.row for one in found] == [2] and rule in found[0].rule and found[0].remedy


@pytest.mark.parametrize("is_private", [True, False])
def test_a_look_at_what_is_private_or_came_from_a_file_is_refused(looked_at, is_private):
    if is_private:
        make_private(looked_at, 2)
    else:
        edit_cell(looked_at, "documents", 2, "retrieved_from", "policy.pdf")
    (problem,) = validate(looked_at)
    assert (problem.file, problem.row, problem.column) == ("checks.csv", 2, "document_id")
    assert "D-made is private" in problem.rule


def make_private(folder, row):
    texts = {"access": "private", "sha256": "", "text_sha256": "", "retrieved_from": ""}
    for column, text in texts.items():
        edit_cell(folder, "documents", row, column, text)
