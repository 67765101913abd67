"""Collecting documents through the command line, and checking what is quoted from them."""

import gzip
import itertools
import shutil
from pathlib import Path

import docx
import pytest
import typst
from helpers import append_row, cell, contents, edit_cell, find_row, read_rows
from local_site import PAGE, served
from made import LIBRARY

from analysis.cli import main
from analysis.documents import fetch
from analysis.documents.index import INDEX, Index
from analysis.documents.library import Library
from analysis.documents.store import KNOWN_HERE, DocumentStore, sha256
from analysis.documents.text import read_text
from analysis.study import load, problems_and_warnings, validate
from analysis.study.known import data_read_on
from analysis.study.requests import documents_answering

NESTED = b"""From: a@example.org
Subject: A made-up answer
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B

Please see what is attached.
--B
Content-Type: message/rfc822
Content-Disposition: attachment; filename=inner.eml

From: b@example.org
Subject: Inside

Inner words of Nowhere.
--B--
"""


@pytest.fixture
def study(tmp_path):
    return Path(shutil.copytree(LIBRARY, tmp_path / "study"))


def rows(folder, table):
    header, *found = read_rows(folder, table)
    return [dict(zip(header, row, strict=True)) for row in found]


def collect(study, *more):
    return main(["collect", str(study), *map(str, more)])


def test_a_list_that_names_a_missing_file_is_no_document(study, tmp_path, capsys):
    there, gone = tmp_path / "there.html", tmp_path / "gone.html"
    there.write_bytes(PAGE)
    (tmp_path / "papers.txt").write_text(f"# made up\n{there}\n{gone}\n")
    assert collect(study, tmp_path / "papers.txt") == 1
    assert "gone.html" in capsys.readouterr().err
    assert [row["media_type"] for row in rows(study, "documents")] == ["text/html"]


def test_a_text_that_names_a_file_is_no_list(study, tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "b.txt").write_text(f"What we were sent:\n{tmp_path / 'a.html'}\n")
    assert collect(study, tmp_path / "b.txt") == 0
    assert [row["media_type"] for row in rows(study, "documents")] == ["text/plain"]


def test_a_folder_is_collected_and_what_cannot_be_read_gets_a_line(study, tmp_path, capsys):
    papers = tmp_path / "papers"
    (papers / "below").mkdir(parents=True)
    (papers / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    (papers / "below" / "again.txt").write_text("Staff of Nowhere tell nobody.")
    (papers / "answer.eml").write_bytes(NESTED)
    (papers / "old.rtf").write_text("{\\rtf1 old}")
    (papers / "empty.pdf").write_bytes(b"")
    (papers / ".hidden.txt").write_text("hidden")
    before = {row["source_id"] for row in rows(study, "sources")}
    day = data_read_on(load(study))
    assert collect(study, papers, tmp_path / "nowhere.pdf") == 1
    said = capsys.readouterr()
    assert "Collected: 3, held already: 1, not collected: 3." in said.out
    assert [line.rpartition("/")[2].partition(":")[0] for line in said.err.splitlines()] == [
        "empty.pdf", "old.rtf", "nowhere.pdf",
    ]  # fmt: skip
    found = rows(study, "documents")
    store = DocumentStore(study)
    names = [store.known(row)["retrieved_from"] for row in found]
    assert names == ["answer.eml", "inner.eml", "again.txt"]  # in the order of the paths
    assert {row["access"] for row in found} == {"private"}
    travels = (study / "documents.csv").read_text()
    for row in found:
        known = store.known(row)
        assert not any(known[column] in travels for column in KNOWN_HERE)
    new = [row for row in rows(study, "sources") if row["source_id"] not in before]
    assert len(new) == 3 and {row["extent_read"] for row in new} == {"not_read"}
    assert {row["title"] for row in new} == {""}  # a subject line is not for everyone
    assert validate(study) == [] and data_read_on(load(study)) == day
    assert (study / "documents" / ".gitignore").read_text().endswith("*\n")


def test_addresses_without_an_archived_copy_are_listed(study, tmp_path, capsys):
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    addresses = {row["source_id"]: row["url"] for row in rows(study, "sources") if row["url"]}
    first, second, *others = addresses
    edit_cell(
        study,
        "sources",
        find_row(study, "sources", source_id=first),
        "archived",
        "https://archive.example/1",
    )
    assert collect(study, "--source", second, tmp_path / "policy.txt") == 0
    listed = (study / "documents" / "not-archived.txt").read_text().splitlines()
    assert listed == [addresses[one] for one in others]
    assert f": {len(listed)}, in " in capsys.readouterr().out
    (warned,) = [
        one
        for one in problems_and_warnings(study)
        if one.file == "sources.csv" and one.column == "url"
    ]
    assert warned.value == addresses[second] and "private" in warned.rule


def test_collecting_again_changes_nothing(study, tmp_path, capsys):
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    assert collect(study, tmp_path / "policy.txt") == 0
    before = contents(study)
    assert collect(study, tmp_path / "policy.txt") == 0
    assert contents(study) == before
    assert "held already: 1" in capsys.readouterr().out


def test_a_document_from_another_machine_is_known_again(study, tmp_path, capsys):
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    (tmp_path / "other.txt").write_text("Staff of Nowhere tell nobody more.")
    assert collect(study, tmp_path / "policy.txt") == 0
    before = {name: one for name, one in contents(study).items() if "documents/" not in str(name)}
    shutil.rmtree(study / "documents")
    assert collect(study, tmp_path / "policy.txt") == 0
    after = {name: one for name, one in contents(study).items() if "documents/" not in str(name)}
    assert after == before
    (row,) = rows(study, "documents")
    assert DocumentStore(study).text(row) == ["Staff of Nowhere tell nobody."]
    assert collect(study, tmp_path / "other.txt") == 0
    assert len(rows(study, "documents")) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "library-two_policy.txt",
            "Of Library One.",
            "Made-up Library Two, by the name of its file",
        ),
        ("policy.txt", "A rule of LIBRARY\nONE.", "Made-up Library One, by its first page"),
        ("policy.txt", "Library One and Library Two.", ""),
        ("policy.txt", "Of no library.", ""),
    ],
)
def test_the_unit_that_a_document_names_is_proposed_and_not_recorded(
    study, tmp_path, capsys, name, text, said
):
    (tmp_path / name).write_text(text)
    assert collect(study, tmp_path / name) == 0
    printed = capsys.readouterr().out
    assert said in printed if said else "perhaps about" not in printed
    assert rows(study, "documents")[0]["unit_id"] == ""


def test_a_document_that_is_held_stays_with_its_source_and_that_is_said(study, tmp_path, capsys):
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    first, second = (cell(study, "sources", row, "source_id") for row in (2, 3))
    assert collect(study, tmp_path / "policy.txt", "--source", first) == 0
    before = contents(study)
    assert collect(study, tmp_path / "policy.txt", "--source", second) == 0
    assert (
        f"D0001 is in the study already, under the source {first}: it stays so"
        in capsys.readouterr().out
    )
    assert contents(study) == before


def test_an_attached_email_has_its_bytes():
    ((name, content),) = read_text(NESTED).attachments
    assert name == "inner.eml" and b"Inner words of Nowhere." in content


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [((), "nothing to collect"), (("--source", "nowhere", "x.pdf"), "no such source")],
)
def test_a_wrong_order_is_refused_in_one_line(study, capsys, arguments, rule):
    assert collect(study, *arguments) == 1
    assert rule in capsys.readouterr().err


def test_a_study_that_is_misspelt_is_not_another_one(study, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    assert main(["collect", "studdy", "policy.txt"]) == 1
    assert "there is no such study, folder or file" in " ".join(capsys.readouterr().err.split())
    assert main(["search", "fees", "./studdy"]) == 1
    assert "there is no such study, folder or file" in " ".join(capsys.readouterr().err.split())


def test_a_private_document_says_nothing_of_itself_in_sources(study, tmp_path):
    made = docx.Document()
    made.core_properties.title = "Complaint of a made-up person"
    made.add_paragraph("Made-up words of Nowhere.")
    made.save(str(tmp_path / "letter.docx"))
    assert collect(study, tmp_path / "letter.docx") == 0
    (row,) = [one for one in rows(study, "sources") if one["source_id"].startswith("D0")]
    assert (row["title"], row["published"], row["note"]) == ("", "", "")


def test_a_damaged_list_of_private_documents_is_named(study, tmp_path, capsys):
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    assert collect(study, tmp_path / "policy.txt") == 0
    path = study / "documents" / "private.csv"
    capsys.readouterr()
    other_id = path.read_bytes().replace(b"\nD0001,", b"\nD0001,../")
    for command, damaged in itertools.product(
        ("validate", "collect"), (b"", b"hello,world\n1,2\n", b"\xff\xfe\x00", other_id)
    ):
        path.write_bytes(damaged)
        more = [str(tmp_path / "policy.txt")] if command == "collect" else []
        assert main([command, str(study), *more]) == 1
        said = " ".join(capsys.readouterr().err.split())
        assert "documents/private.csv" in said and "hashes of private documents" in said


def test_to_read_pictures_needs_the_program_that_does(study, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert collect(study, "x.pdf", "--ocr") == 1
    assert "Tesseract is not on this machine" in capsys.readouterr().err


# --- answers to requests ----------------------------------------------------------------------


@pytest.fixture
def answer(tmp_path):
    """An answer as a file; W2 of the study asks library-six for all, and waits for an answer."""
    (tmp_path / "answer.txt").write_text("The library of Nowhere opens at noon.")
    return tmp_path / "answer.txt"


def test_an_answer_leads_to_its_request_unit_and_criteria(study, answer, capsys):
    assert collect(study, answer, "--request", "W2") == 0
    said = capsys.readouterr().out
    assert (
        "Request W2: still to be filled in, in the tracker or by --answered-on and --outcome."
        in said
    )
    (row,) = rows(study, "documents")
    assert (row["request_id"], row["access"]) == ("W2", "private")
    source = next(one for one in rows(study, "sources") if one["source_id"] == row["source_id"])
    assert source["publisher"] == "Made-up Library Six"
    found = documents_answering(load(study))
    assert {unit for unit, _ in found} == {"library-six"}
    assert found["library-six", "evening"] == [row["document_id"]]
    assert validate(study) == []


def test_the_tracker_has_the_day_and_the_outcome_of_an_answer(study, answer, capsys):
    given = ("--answered-on", "2023-06-20", "--outcome", "Partly answered")
    assert collect(study, answer, "--request", "W2", *given) == 0
    assert "Request W2: partly answered on 2023-06-20." in capsys.readouterr().out
    (row,) = [one for one in rows(study, "requests") if one["request_id"] == "W2"]
    assert (row["answered_on"], row["outcome"]) == ("2023-06-20", "partly_answered")
    before = contents(study)
    assert collect(study, answer, "--request", "W2", *given) == 0
    assert contents(study) == before


def test_a_document_that_is_held_is_linked_to_the_request_that_it_answers(study, answer, capsys):
    assert collect(study, answer) == 0
    assert collect(study, answer, "--request", "W2") == 0
    (row,) = rows(study, "documents")
    assert row["request_id"] == "W2"
    assert collect(study, answer, "--request", "W1") == 1
    assert "answers another request than W1" in " ".join(capsys.readouterr().err.split())


def test_what_answers_a_part_of_a_letter_answers_the_letter(study, answer, capsys):
    more = {"unit_id": "library-six", "asked_of": "", "sent_on": "2023-06-01"}
    append_row(study, "requests", None, request_id="W3", criterion_id="evening", **more)
    edit_cell(study, "requests", 3, "criterion_id", "return-box")
    assert collect(study, answer, "--request", "W2") == 0
    said = capsys.readouterr().out
    assert "Sent with it, and without an outcome (enter it in the tracker): W3." in said
    cells = {("library-six", "evening"), ("library-six", "return-box")}
    assert set(documents_answering(load(study))) == cells


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (("--request", "W9"), "no such request in requests.csv"),
        (("--outcome", "refused"), "given without a request"),
        (("--request", "W2", "--unit", "library-one"), "a request about library-six"),
        (("--request", "W2", "--missing"), "answers no request"),
        (("--request", "W2", "--outcome", "perhaps"), "not an allowed value"),
        (("--request", "W2", "--outcome", "refused"), "the day of the answer is not given"),
        (("--request", "W2", "--answered-on", "2023-05-31"), "it is after answered_on"),
        (("--request", "W2", "--answered-on", "2999-01-01"), "still to come"),
        (("--request", "W1", "--answered-on", "2022-04-02"), "what is entered stays"),
    ],
)
def test_an_answer_that_cannot_be_entered_is_not_collected(study, answer, capsys, arguments, rule):
    before = contents(study)
    assert collect(study, answer, *arguments) == 1
    assert rule in " ".join(capsys.readouterr().err.split())
    assert contents(study) == before


# --- from the web -----------------------------------------------------------------------------


PAGES = {
    "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed"),
    "/policy": (200, {"Content-Type": "text/html"}, PAGE % (b"A policy of Nowhere", b"Be kind.")),
    "/moved": (302, {"Location": "/policy"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/closed": (200, {}, b"closed"),
    "/no": (403, {}, b""),
    "/login": (200, {}, PAGE % (b"x", b"<input type='password'>")),
    "/policy?version=1": (200, {}, b"An older version."),
    "/robot": (200, {}, PAGE % (b"Just a moment", b"Are you a robot?")),
    "/consent": (200, {}, PAGE % (b"Before you continue", b"We value you.")),
    "/error": (200, {}, PAGE % (b"Page not found", b"Sorry.")),
    "/huge": (200, {}, b"x" * 5000),
    "/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(10_000_000))),
    "/slow": (200, {}, b"x" * 20_000),
    "/short": (200, {"Content-Length": "9999"}, b"x"),
    "/astray": (302, {}, b""),
    "/to-a-file": (302, {"Location": "file:///etc/hostname"}, b""),
    "/broken": (503, {}, b""),
    "/no-address": (301, {"Location": "http://[::1"}, b""),
    "/no-host": (301, {"Location": "http://a..b/"}, b""),
}


@pytest.fixture(scope="module")
def site():
    with served(PAGES) as address:
        yield address


@pytest.fixture
def fetcher():
    with fetch.Fetcher("a contact", True, sleep=lambda _: None, at_most=3000) as one:
        yield one


def test_a_page_is_fetched_from_where_it_was_moved_to(site, fetcher):
    found = fetcher.fetch(f"{site}/moved")
    assert found.address == f"{site}/policy"
    assert found.content == PAGES["/policy"][2]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/loop", "it redirects more than 5 times"),
        ("/none", "404"),
        ("/no", "403"),
        ("/closed", "robots.txt"),
        ("/login", "a page to log in"),
        ("/robot", "tests for robots"),
        ("/consent", "asks for consent"),
        ("/error", "reports an error"),
        ("/huge", "more than 3,000 bytes"),
        ("/bomb", "more than 3,000 bytes"),
        ("/short", "breaks off"),
        ("/astray", "302"),
        ("/to-a-file", "not an http or https"),
        ("/broken", "503"),
        ("/no-host", "not a name of a host"),
        ("/no-address", "breaks off"),
    ],
)
def test_what_is_no_document_is_named(site, fetcher, path, why):
    with pytest.raises(fetch.NotFetchedError, match=why):
        fetcher.fetch(site + path)


@pytest.mark.parametrize(
    ("query", "kept"), [("?session=made-up", ""), ("?version=1", "?version=1")]
)
def test_a_query_string_is_kept_where_the_address_needs_it(site, fetcher, query, kept):
    assert fetcher.fetch(f"{site}/policy{query}").address == f"{site}/policy{kept}"


def test_a_page_that_comes_too_slowly_is_given_up(site):
    with (
        fetch.Fetcher("a contact", True, sleep=lambda _: None, at_most_seconds=0.3) as one,
        pytest.raises(fetch.NotFetchedError, match=r"more than 0\.3 seconds"),
    ):
        one.fetch(f"{site}/slow")


def test_without_a_network_there_is_one_line_a_host(study, capsys, monkeypatch):
    def unreachable(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(fetch.socket, "getaddrinfo", unreachable)
    addresses = [f"https://{host}.example.org/{n}" for n in range(3) for host in ("one", "two")]
    assert collect(study, *addresses) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{host}.example.org: it cannot be reached, and 3 addresses are not fetched "
        "(is there a network?)."
        for host in ("one", "two")
    ]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.1.1", "::1", "::ffff:127.0.0.1", "fe80::1%eth0"]
)
def test_an_address_of_this_machine_is_refused_whatever_its_name(address):
    with (
        fetch.Fetcher("a contact", resolver=lambda *_: [address]) as one,
        pytest.raises(fetch.NotFetchedError, match="this machine"),
    ):
        one.fetch("http://example.org/policy")


def test_a_name_that_changes_its_address_is_looked_up_for_each_request(site):
    port = site.rpartition(":")[2]
    answers = iter([["192.0.2.1"], ["127.0.0.1"]])
    with (
        fetch.Fetcher("a contact", resolver=lambda *_: next(answers), seconds=0.2) as one,
        pytest.raises(fetch.NotFetchedError, match="this machine"),
    ):
        one.fetch(f"http://example.org:{port}/policy")


def test_one_host_is_asked_once_a_second(site):
    waits = []
    with fetch.Fetcher("a contact", True, clock=lambda: 0.0, sleep=waits.append) as one:
        one.fetch(f"{site}/policy")
        one.fetch(f"{site}/policy")
    assert waits == [1.0, 2.0]


def test_an_address_of_a_source_becomes_its_public_document(study, site, capsys, monkeypatch):
    monkeypatch.setattr(fetch, "PAUSE", 0)
    for row in range(2, len(read_rows(study, "sources")) + 1):
        edit_cell(study, "sources", row, "url", "")
    edit_cell(study, "sources", 2, "url", f"{site}/moved")
    own = cell(study, "sources", 2, "source_id")
    assert main(["collect", str(study), "--missing", "--allow-local"]) == 0
    (row,) = rows(study, "documents")
    assert (row["source_id"], row["access"]) == (own, "public")
    assert row["retrieved_from"] == f"{site}/policy"
    assert row["sha256"] == sha256(PAGES["/policy"][2])
    assert main(["collect", str(study), "--missing"]) == 0
    assert "Collected: 0" in capsys.readouterr().out


def test_a_private_document_becomes_public_when_its_address_gives_the_same_bytes(
    study, site, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(fetch, "PAUSE", 0)
    (tmp_path / "policy.html").write_bytes(PAGES["/policy"][2])
    assert collect(study, tmp_path / "policy.html") == 0
    (private,) = rows(study, "documents")
    assert (private["access"], private["sha256"]) == ("private", "")
    assert collect(study, f"{site}/policy", "--allow-local") == 0
    said = capsys.readouterr().out
    assert f"D0001: private before, public now: {site}/policy gives the same bytes." in said
    (row,) = rows(study, "documents")
    assert (row["access"], row["retrieved_from"]) == ("public", f"{site}/policy")
    assert row["sha256"] == sha256(PAGES["/policy"][2])
    assert DocumentStore(study).text(row)
    (source,) = (one for one in rows(study, "sources") if one["source_id"] == row["source_id"])
    assert source["url"] == f"{site}/policy"
    assert validate(study) == []
    # A file that is public already stays so.
    assert collect(study, tmp_path / "policy.html") == 0
    assert rows(study, "documents") == [row]


# --- what is quoted ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_pages(tmp_path_factory):
    """A study with a document of two pages, and evidence in row 2 that may quote it: to be copied."""
    folder = tmp_path_factory.mktemp("two-pages")
    study = Path(shutil.copytree(LIBRARY, folder / "study"))
    text = "Staff of Nowhere keep 28 reports safe. #pagebreak() Nobody of Nowhere is turned away."
    (folder / "policy.pdf").write_bytes(typst.compile(text.encode()))
    source = cell(study, "evidence", 2, "source_id")
    assert collect(study, folder / "policy.pdf", "--source", source) == 0
    edit_cell(study, "evidence", 2, "document_id", cell(study, "documents", 2, "document_id"))
    return study


@pytest.fixture
def quoted(two_pages, tmp_path):
    return Path(shutil.copytree(two_pages, tmp_path / "quoted"))


@pytest.mark.parametrize(
    ("quote", "page", "status", "words"),
    [
        ("Nobody of Nowhere is turned away.", "2", 0, "is a valid study"),
        ("Nobody of Nowhere is turned away.", "1", 1, "stand on page 2"),
        ("Staff of Nowhere keep 82 reports safe.", "1", 1, "has “28” where “82” is quoted"),
        ("The moon is made of cheese by law.", "", 1, "the words are not in D0001"),
    ],
)
def test_validate_checks_a_quotation(quoted, capsys, quote, page, status, words):
    edit_cell(quoted, "evidence", 2, "quote", quote)
    edit_cell(quoted, "evidence", 2, "page", page)
    capsys.readouterr()
    assert main(["validate", str(quoted)]) == status
    said = capsys.readouterr()
    assert words in " ".join((said.out + said.err).split())


def test_without_the_document_a_quotation_is_counted_as_not_checked(quoted, capsys):
    edit_cell(quoted, "evidence", 2, "quote", "The moon is made of cheese by law.")
    shutil.rmtree(quoted / "documents")
    assert main(["validate", str(quoted)]) == 0
    assert "1 of 1 quotation is not checked here" in " ".join(capsys.readouterr().out.split())


def test_the_same_bytes_twice_in_a_folder_are_read_in_the_order_of_the_paths(
    study, tmp_path, capsys
):
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ("a.txt", "c.txt", "e.txt"):
        (papers / name).write_text("Staff of Nowhere tell nobody.")
    for name in ("b.pdf", "d.pdf"):
        (papers / name).write_bytes(b"%PDF-1.4 broken")
    (papers / "f.txt").write_text("Staff of Nowhere tell everybody.")
    assert collect(study, papers) == 1
    said = capsys.readouterr()
    assert "Collected: 2, held already: 2, not collected: 2." in said.out
    store = DocumentStore(study)
    names = [store.known(row)["retrieved_from"] for row in rows(study, "documents")]
    assert names == ["a.txt", "f.txt"]
    assert len([*store.folder.glob("?" * 64)]) == 2


def test_what_is_collected_is_indexed(study, tmp_path, capsys):
    (tmp_path / "policy.txt").write_text("Staff of Nowhere tell nobody.")
    assert collect(study, tmp_path / "policy.txt") == 0
    index = Index(study / "documents" / INDEX)
    assert [one.document for one in index.search("nobody")[0]] == ["D0001"]
    assert not index.bring_up_to_date(Library(load(study)).texts)
