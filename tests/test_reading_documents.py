"""Kinds of document, their text, the limits of reading, and where documents are kept."""

import contextlib
import io
import os
import signal
import sqlite3
import time
import zipfile

import docx
import pytest
import typst

from analysis.documents import index as indexing
from analysis.documents import reader
from analysis.documents import store as storing
from analysis.documents.index import Index, passages
from analysis.documents.media import (
    DOCX,
    EMAIL,
    HTML,
    ODT,
    PDF,
    TEXT,
    UnreadableError,
    media_type,
)
from analysis.documents.reader import Reader, Readers
from analysis.documents.store import DocumentStore, sha256
from analysis.documents.text import read_text


def zipped(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "/").replace("/dot/", "."), text)
    return made.getvalue()


ODT_TYPE = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.7 ...", "policy.txt", PDF),
        (b"<!doctype html><p>x", "x", HTML),
        (b"Plain words of Nowhere", "x", TEXT),
        ("Wörter".encode("utf-16"), "x.txt", TEXT),
        (b"From: a@example.org\n\nx", "x", EMAIL),
        (zipped(word_document="x"), "x.zip", DOCX),
        (zipped(mimetype=ODT_TYPE), "x", ODT),
    ],
)
def test_a_kind_is_told_by_the_bytes(content, name, kind):
    assert media_type(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b" \n", "x.pdf", "it is empty"),
        (b"{\\rtf1 x}", "x", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x", "Word document of before 2007"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.msg", "save it as EML"),
        (zipped(xl_sheet="x"), "x", "spreadsheet"),
        (zipped(other="x"), "x", "archive"),
        (b"PK\x03\x04 and nothing", "x", "damaged"),
        (b"\x00\x01\x02\x00", "x", "this kind of file cannot be read"),
    ],
)
def test_what_is_not_read_says_what_to_do(content, name, why):
    with pytest.raises(UnreadableError, match=why):
        media_type(content, name)


def test_a_page_gives_what_a_reader_sees():
    found = read_text(
        b"<html><title>A policy</title><meta name='date' content='2024-05-06'><p>One<br>two"
        b"<script>not</script><p hidden>nor this</p><aside>Withdrawn.</aside></html>"
    )
    assert (found.title, found.date) == ("A policy", "2024-05-06")
    assert found.pages[0].split() == ["One", "two", "Withdrawn."]


def test_a_word_document_gives_paragraphs_and_tables():
    document, made = docx.Document(), io.BytesIO()
    document.core_properties.title = "Nowhere’s policy"
    document.add_paragraph("First.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    document.save(made)
    found = read_text(made.getvalue())
    assert found.title == "Nowhere’s policy" and found.pages[0].split() == [
        "First.", "left", "right",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"%PDF-1.7\nbroken", zipped(word_document="x")])
def test_a_damaged_document_is_one_line(content):
    with pytest.raises(UnreadableError) as caught:
        read_text(content)
    assert "\n" not in str(caught.value)


def test_an_entity_bomb_does_not_unfold():
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(n + 1)} '{f'&{chr(n)};' * 10}'>" for n in range(ord("a"), ord("k"))
    )
    content = zipped(mimetype=ODT_TYPE, content_dot_xml=f"{bomb}]><x>&k;</x>")
    try:
        assert not read_text(content).words
    except UnreadableError as error:
        assert "damaged" in str(error)


@pytest.mark.tesseract
def test_a_page_without_text_is_read_by_a_machine_where_that_is_asked_for(tmp_path):
    page = "#set page(width: 12cm, height: 4cm)\n#set text(24pt)\nMade up words"
    (tmp_path / "page.png").write_bytes(typst.compile(page.encode(), format="png", ppi=200))
    scanned = b'#set page(width: 12cm, height: 4cm, margin: 0pt)\n#image("page.png")\n#pagebreak()'
    (tmp_path / "scanned.typ").write_bytes(scanned)
    content = typst.compile(tmp_path / "scanned.typ")
    assert read_text(content).unread == ("no text layer on any page",)
    found = read_text(content, ocr=True)
    assert found.pages == ("Made up words", "")
    assert found.extractor.endswith(" on 1 of 2 pages: 1") and "Tesseract 5" in found.extractor
    assert found.unread == ("no text layer on 1 of 2 pages: 2",)


# --- the process that reads ---------------------------------------------------------------------


def hang(content, name):
    time.sleep(60)


def crash(content, name):
    os.kill(os.getpid(), signal.SIGKILL)


def devour(content, name):
    return bytearray(8 * 2**30)


def serve_with(stub):
    """Return what serves in the child with a stub in place of what reads text."""
    return {"hang": _serve_hang, "crash": _serve_crash, "devour": _serve_devour}[stub.__name__]


def _serve(stub, requests, memory):
    ordinary = reader.read_text
    reader.read_text = lambda content, name, ocr: (
        ordinary(content, name, ocr) if content == b"sound" else stub(content, name)
    )
    reader_serve(requests, memory)


reader_serve = reader._serve


def _serve_hang(requests, memory):
    _serve(hang, requests, memory)


def _serve_crash(requests, memory):
    _serve(crash, requests, memory)


def _serve_devour(requests, memory):
    _serve(devour, requests, memory)


@pytest.mark.parametrize(
    ("stub", "why"), [(hang, "more than 5 seconds"), (crash, "breaks"), (devour, "more memory")]
)
def test_a_document_that_breaks_the_reader_stops_no_other(tmp_path, monkeypatch, stub, why):
    monkeypatch.setattr(reader, "_serve", serve_with(stub))
    (tmp_path / "bad.txt").write_bytes(b"bad")
    (tmp_path / "sound.txt").write_bytes(b"sound")
    with Reader(seconds=5) as child:
        with pytest.raises(UnreadableError, match=why):
            child.read(tmp_path / "bad.txt")
        assert child.read(tmp_path / "sound.txt").pages == ("sound",)


# --- where they are kept, and found -------------------------------------------------------------


def test_the_same_bytes_are_kept_once(tmp_path):
    store = DocumentStore(tmp_path)
    digest = store.keep(b"words")
    assert store.keep(b"words") == digest == sha256(b"words")
    assert store.pages(digest) is None
    store.keep_text(digest, ["one\rand a half", "two"])
    assert store.pages(digest) == ["one\rand a half", "two"]
    names = sorted(one.name for one in store.folder.iterdir())
    assert names == sorted([".gitignore", digest, "text"])


def test_an_index_finds_words_by_their_stem_and_is_made_once(tmp_path):
    index = Index(tmp_path / "index.sqlite")
    documents = {"D1": ["Nothing here.", "Officers never share a report."], "D2": ["Shared tea."]}
    assert index.bring_up_to_date(documents)
    assert not index.bring_up_to_date(documents)
    found, _ = index.search("sharing")
    assert {(one.document, one.page) for one in found} == {("D1", 2), ("D2", 1)}
    assert [one.document for one in index.search("share OR tea", ["D2"])[0]] == ["D2"]
    assert [one.document for one in index.search('"never share" -tea')[0]] == ["D1"]
    assert index.search('"*( NEAR') == ([], 0)


def test_passages_have_the_pages_on_which_they_stand():
    pages = ["one " * 200, "", "three"]
    found = list(passages(pages))
    assert [page for page, _ in found][-1] == 3 and {page for page, _ in found} == {1, 3}


def test_only_what_is_new_or_other_is_indexed_again(tmp_path, monkeypatch):
    index, read = Index(tmp_path / "index.sqlite"), []
    monkeypatch.setattr(indexing, "passages", lambda pages: read.append(pages) or passages(pages))
    first = {"D2": ["Shared tea."], "D3": ["Shared cake."]}
    index.bring_up_to_date(first, remove_others=False)
    now = {"D1": ["Shared bread."], "D2": ["Shared tea."], "D3": ["Shared jam."]}
    assert index.bring_up_to_date(now)
    assert read == [*first.values(), now["D1"], now["D3"]]
    found, hits = index.search("shared")
    assert [one.document for one in found] == ["D1", "D2", "D3"] and hits == 3
    assert index.search("cake") == ([], 0)
    assert index.bring_up_to_date({"D2": ["Shared tea."]})
    assert [one.document for one in index.search("shared")[0]] == ["D2"]
    monkeypatch.setattr(indexing, "STATE", "another way")
    assert index.bring_up_to_date({"D2": ["Shared tea."]})
    assert len(read) == 5


def test_a_file_that_is_no_index_is_made_again(tmp_path):
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"no index at all, by any means" * 100)
    index = Index(path)
    assert index.bring_up_to_date({"D1": ["Shared tea."]})
    assert index.search("tea")[1] == 1


def test_an_index_that_is_up_to_date_is_only_read(tmp_path):
    index, path = Index(tmp_path / "index.sqlite"), tmp_path / "index.sqlite"
    index.bring_up_to_date({"D1": ["Shared tea."]})
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        assert not index.bring_up_to_date({"D1": ["Shared tea."]})
        assert index.search("tea")[1] == 1


def test_private_rows_are_read_again_only_where_they_changed(tmp_path, monkeypatch):
    store, read = DocumentStore(tmp_path), []
    store.keep(b"words")
    row = {"document_id": "D1", "access": "private", "sha256": ""}
    given = {"sha256": "a" * 64, "text_sha256": "b" * 64, "retrieved_from": "c"}
    DocumentStore(tmp_path).keep_private({"D1": given})
    opened = storing.pd.read_csv
    monkeypatch.setattr(storing.pd, "read_csv", lambda *a, **k: read.append(a) or opened(*a, **k))
    first, second = (store.known(row)["sha256"] for _ in range(2))
    assert first == second == "a" * 64 and len(read) == 1
    DocumentStore(tmp_path).keep_private({"D1": given | {"sha256": "c" * 64}})
    assert store.known(row)["sha256"] == "c" * 64


def test_several_documents_are_read_at_once_and_stopped_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "_serve", serve_with(hang))
    (tmp_path / "bad.txt").write_bytes(b"bad")
    (tmp_path / "sound.txt").write_bytes(b"sound")
    start = time.monotonic()
    with Readers(2) as children:
        bad = children.begin(tmp_path / "bad.txt")
        sound = children.begin(tmp_path / "sound.txt")
        assert sound.result().pages == ("sound",) and not bad.done()
    assert bad.done() and time.monotonic() - start < 60
