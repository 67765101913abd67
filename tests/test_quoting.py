"""Quotations as they are shown and published, and what of private documents must not go out."""

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from helpers import append_row, cell, edit_cell, find_row
from made import LIBRARY
from pdfs import bare, opened, read

import analysis as pg
from analysis.cli import main
from analysis.documents.store import KNOWN_HERE, DocumentStore
from analysis.measure.results import measure
from analysis.publish.annotations import annotations
from analysis.study import load, validate

WORDS = {
    "page": "2",
    "quote": "Nobody at Nowhere Library asks for papers",
    "prefix": "It is the rule of the house that",
    "suffix": ", whatever the hour may be.",
}
HASH, TEXT_HASH = "5e" * 32, "7a" * 32


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """A study in which a cited statement quotes a public document, and another a private one."""
    folder = tmp_path_factory.mktemp("quoting") / "study"
    shutil.copytree(LIBRARY, folder)
    public, private = sorted(load(folder).cited_evidence())[:2]
    _quote(folder, public, "D1", WORDS, access="public", retrieved_from="https://example.org/made")
    secret = {name: f"Secretly {text}" for name, text in WORDS.items() if name != "page"}
    _quote(folder, private, "D-hidden", {"page": "71", **secret}, access="private")
    edit_cell(
        folder,
        "sources",
        find_row(folder, "sources", source_id=_source(folder, public)),
        "archived",
        "https://archive.example/copy",
    )
    assert validate(folder) == []
    return folder


def _source(folder, evidence):
    return cell(folder, "evidence", find_row(folder, "evidence", evidence_id=evidence), "source_id")


def _quote(folder, evidence, name, words, **document):
    is_public = document["access"] == "public"
    append_row(
        folder, "documents", None, document_id=name, source_id=_source(folder, evidence),
        sha256=HASH if is_public else "", text_sha256=TEXT_HASH if is_public else "",
        media_type="application/pdf", pages="83",
        bytes="1" if is_public else "123456789", words="1" if is_public else "987654",
        retrieved_on="2026-01-02" if is_public else "2026-01-03", extractor="made up 1.0",
        unread="" if is_public else "the Secret chapter", **document,
    )  # fmt: skip
    row = find_row(folder, "evidence", evidence_id=evidence)
    for column, text in {"document_id": name, **words}.items():
        edit_cell(folder, "evidence", row, column, text)


def test_a_quotation_is_an_annotation_for_each_cell_that_rests_on_it(study):
    results = measure(load(study))
    made = annotations(results)
    assert made is not None and made["@context"] == "http://www.w3.org/ns/anno.jsonld"
    items = made["first"]["items"]
    name = sorted(load(study).cited_evidence())[0]
    cells = results.matrix.cells
    cells = cells[cells["evidence_ids"].str.split(";").map(lambda ids: name in ids)]
    assert made["total"] == len(items) == max(1, len(cells))
    assert len({one["id"] for one in items}) == len(items)
    for one, of in zip(items, cells.itertuples(), strict=True):
        tags = [body["value"] for body in one["body"] if body["purpose"] == "tagging"]
        level = [] if of.state in ("not_found", "inconclusive") else [f"level:{of.state}"]
        assert tags == [f"unit:{of.unit_id}", f"criterion:{of.criterion_id}", *level]
        assert one["target"]["selector"] == {
            "type": "TextQuoteSelector",
            "exact": WORDS["quote"],
            "prefix": WORDS["prefix"],
            "suffix": WORDS["suffix"],
        }
        assert one["target"]["source"] == "https://example.org/made"
        assert one["target"]["state"]["schema:sha256"] == HASH
        assert one["target"]["state"]["sourceDateStart"] == "2026-01-02T00:00:00Z"
        assert one["target"]["state"]["cached"] == "https://archive.example/copy"


def test_a_notebook_shows_the_words_marked_and_nothing_private(study):
    read_back = pg.read_study(study)
    quoted = read_back.quotations()
    assert len(quoted) == 1 and "1 quotation from public documents." in repr(quoted)
    assert f"… {WORDS['prefix']} “{WORDS['quote']}”{WORDS['suffix']} …" in repr(quoted)
    html = quoted._repr_html_()
    assert f"<mark>“{WORDS['quote']}”</mark>" in html and HASH in html and "Page 2 of 83" in html
    everything = " ".join([html, *(read_back[name].to_csv() for name in read_back)])
    assert "Secret" not in everything and "D-hidden" not in everything
    assert (
        read_back.as_coded(read_back.coders[0]).quotations("V02")._repr_html_().count("<mark") == 0
    )
    with pytest.raises(pg.StudyError, match="V01"):
        read_back.quotations("V011")


@pytest.fixture(scope="module")
def output(study) -> Path:
    """What is built with the documents at hand."""
    store = DocumentStore(study)
    store.keep_text(store.keep(b"Secret bytes"), ["Secret words"])
    store.keep_private({"D-hidden": dict.fromkeys(KNOWN_HERE, "Secret.pdf")})
    assert main(["report", str(study), "--out", str(study.parent / "output")]) == 0
    return study.parent / "output"


def searchable(path: Path) -> str:
    """Return all that a file says, letters and digits alone, whatever its kind."""
    if path.suffix == ".pdf":
        return bare("".join(read(opened(path.read_bytes()))[0]))
    if not zipfile.is_zipfile(path):
        return bare(path.read_text("utf-8"))
    with zipfile.ZipFile(path) as file:
        parts = (file.read(name).decode("utf-8", "ignore") for name in file.namelist())
        return bare("".join(re.sub("<[^>]+>", "", part) + part for part in parts))


def test_nothing_of_a_private_document_is_in_any_file(output):
    texts = {
        path.relative_to(output).as_posix(): searchable(path)
        for path in output.rglob("*")
        if path.is_file()
    }
    assert len(texts) > 50
    for word in ("Secret", "Dhidden", "20260103", "987654", "123456789"):
        found = [name for name, text in texts.items() if word in text]
        if word in ("987654", "123456789"):  # may be part of a hash or of a drawing
            found = [name for name in found if not name.endswith((".svg", ".html"))]
        assert found == [], word
    shown = {name for name, text in texts.items() if bare(WORDS["quote"]) in text}
    assert {"report.html", "report.docx", "report.pdf", "gap-tables.xlsx"} <= shown
    assert {"data/evidence.csv", "data/annotations.jsonld"} <= shown
    assert {name.split("/")[1] for name in shown if name.startswith("site/")} == {
        "libraries", "evidence",
    }  # fmt: skip
    assert all(bare(HASH) in texts[name] for name in shown - {"data/evidence.csv"})


def test_without_the_documents_the_same_bytes_are_built(study, output):
    shutil.move(study / "documents", study.parent / "elsewhere")
    assert main(["verify", str(output), str(study)]) == 0
