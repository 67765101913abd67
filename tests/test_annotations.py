"""Quotations that are located in the text held, and that come in as annotations."""

import json
import shutil
from pathlib import Path

import pytest
from helpers import append_row, cell, contents, edit_cell, find_row, read_rows
from made import LIBRARY

from analysis.cli import main
from analysis.documents.store import DocumentStore
from analysis.measure.results import measure
from analysis.publish.annotations import annotations
from analysis.study import load, validate

PAGES = [
    "The first page of a made-up paper, on which nothing is decided at all.",
    "Of those who come at night it says: nobody at Nowhere Library is asked for papers, "
    "whatever the hour may be. It says no more.",
    "Say it twice. Say it twice.",
]
QUOTE, ADDRESS = "nobody at Nowhere Library is asked for papers", "https://example.org/made.pdf"
BEFORE, AFTER = (
    "Of those who come at night it says:",
    ", whatever the hour may be. It says no more.",
)


@pytest.fixture
def study(tmp_path) -> Path:
    folder = Path(shutil.copytree(LIBRARY, tmp_path / "study"))
    store = DocumentStore(folder)
    digest = store.keep(b"made up")
    append_row(
        folder, "documents", None, document_id="D1", sha256=digest, media_type="application/pdf",
        source_id=cell(folder, "evidence", 2, "source_id"), bytes="7", pages="3", words="40",
        retrieved_on="2026-01-02", retrieved_from=ADDRESS, access="public", extractor="made up 1.0",
        text_sha256=store.keep_text(digest, PAGES),
    )  # fmt: skip
    return folder


def tables(folder):
    return {name: one for name, one in contents(folder).items() if not name.startswith(".")}


def quote(folder, row=2, **cells):
    for column, text in {"document_id": "D1", **cells}.items():
        edit_cell(folder, "evidence", row, column, text)


def quoted(folder, row=2):
    return [cell(folder, "evidence", row, name) for name in ("page", "quote", "prefix", "suffix")]


def test_what_a_quotation_lacks_is_filled(study, capsys):
    quote(study, quote=QUOTE)
    before = tables(study)
    assert main(["locate", str(study), "--dry-run"]) == 0 and tables(study) == before
    assert main(["locate", str(study)]) == 0
    assert quoted(study) == ["2", QUOTE, BEFORE, AFTER]
    assert "page, prefix and suffix filled" in capsys.readouterr().out
    assert validate(study) == []
    after = tables(study)
    assert main(["locate", str(study)]) == 0 and tables(study) == after


def test_what_stands_is_never_changed(study):
    quote(study, quote=QUOTE, page="2", prefix="at night it says:")
    assert main(["locate", str(study)]) == 0
    assert quoted(study) == ["2", QUOTE, "at night it says:", AFTER]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"quote": QUOTE, "page": "1"}, "page 2, not on page 1"),
        ({"quote": QUOTE, "suffix": "whatever the day"}, "other words before or after"),
        ({"quote": "somebody at Nowhere Library is asked"}, "does not have these words"),
        ({"quote": "Say it twice"}, "stand 2 times in D1, on page 3"),
    ],
)
def test_what_cannot_be_filled_is_said(study, capsys, cells, why):
    quote(study, **cells)
    before = tables(study)
    assert main(["locate", str(study)]) == 1
    assert why in capsys.readouterr().err and tables(study) == before


def test_a_quotation_from_a_text_that_is_not_here_is_left(study, capsys):
    quote(study, quote=QUOTE)
    shutil.rmtree(study / "documents")
    assert main(["locate", str(study)]) == 1
    assert "not on this machine" in capsys.readouterr().err


# --- annotations --------------------------------------------------------------------------------


def annotation(*tags, exact=QUOTE, source=ADDRESS, comment="They ask nobody.", **selector):
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "id": "https://example.org/a/1",
        "created": "2026-02-03T04:05:06.789+00:00",
        "body": [
            {"type": "TextualBody", "value": comment, "format": "text/markdown"},
            *({"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags),
        ],
        "target": [
            {
                "source": source,
                "selector": [
                    {"type": "TextPositionSelector", "start": 1, "end": 2},
                    {"type": "TextQuoteSelector", "exact": exact, **selector},
                ],
            }
        ],
    }


def take(folder, *made, status=0):
    (folder.parent / "made.json").write_text(json.dumps(made), encoding="utf-8")
    assert main(["annotations", str(folder.parent / "made.json"), str(folder)]) == status


@pytest.fixture
def ids(study):
    unit = load(study)["units"]["unit_id"].iloc[0]
    criterion = load(study)["criteria"]["criterion_id"].iloc[0]
    return unit, criterion


def test_an_annotation_becomes_a_row_of_evidence(study, ids, capsys):
    unit, criterion = ids
    made = annotation(
        unit, f"criterion:{criterion}", "night", prefix="t night it says: ", suffix=", whatever"
    )
    take(study, made)
    header, *_, last = read_rows(study, "evidence")
    row = dict(zip(header, last, strict=True))
    assert row.items() >= {
        "scope": "unit", "unit_id": unit, "document_id": "D1", "page": "2", "quote": QUOTE,
        "prefix": "t night it says:", "suffix": ", whatever", "states": "They ask nobody.",
        "extent_read": "not_read", "read_on": "2026-02-03",
    }.items()  # fmt: skip
    assert criterion in row["note"] and "night" in row["note"]
    assert validate(study) == []
    before = tables(study)
    take(study, made)
    assert tables(study) == before
    assert "no tag names" not in capsys.readouterr().out


def test_a_row_that_is_named_is_filled_and_never_changed(study, ids, capsys):
    name = cell(study, "evidence", 2, "evidence_id")
    quote(study, page="2")
    take(study, annotation(f"evidence:{name}", comment="", prefix=" at night it says: "))
    assert quoted(study) == ["2", QUOTE, "at night it says:", ""]
    assert f"{name}: no tag names a criterion." in capsys.readouterr().out
    take(study, annotation(f"evidence:{name}", exact="nothing is decided"), status=1)
    assert f"{name} has another quotation" in capsys.readouterr().err
    assert quoted(study)[1] == QUOTE


@pytest.mark.parametrize(
    ("tags", "more", "why"),
    [
        ([], {}, "no tag names a unit"),
        (["unit:nowhere"], {}, "names no unit of the study"),
        (["UNIT"], {"comment": ""}, "no comment"),
        (["UNIT"], {"exact": "everybody is asked for papers"}, "the words are not in D1"),
        (["UNIT"], {"exact": ""}, "quotes no words"),
        (["UNIT"], {"exact": "word " * 61}, "more than 60 words"),
        (["UNIT"], {"source": "https://example.org/other"}, "no document of this address"),
    ],
)
def test_what_lacks_something_is_listed_and_not_guessed(study, ids, capsys, tags, more, why):
    before = tables(study)
    take(study, annotation(*(one.replace("UNIT", ids[0]) for one in tags), **more), status=1)
    said = capsys.readouterr().err
    assert why in said and more.get("exact", QUOTE).strip() in said
    assert tables(study) == before


def test_a_second_comment_on_the_same_words_is_not_lost(study, ids, capsys):
    first, second = annotation(ids[0]), annotation(ids[0], comment="They ask somebody.")
    take(study, first, second, status=1)
    said = capsys.readouterr()
    assert "A0001: added." in said.out and "its comment is another" in said.err
    take(study, annotation("evidence:A0001", comment="They ask somebody."))


def test_half_a_sign_is_listed(study, ids, capsys):
    take(study, annotation(ids[0], comment="half \ud800 a sign"), annotation(ids[0]), status=1)
    said = capsys.readouterr()
    assert "half of a sign" in said.err and "A0001: added." in said.out


def test_an_export_of_the_client_is_read(study, ids):
    made = annotation()
    hypothesis = {
        "uri": f"{ADDRESS}?from=mail#page=2",
        "text": "They ask nobody.",
        "tags": [*ids],
        "created": made["created"],
        "target": [
            {"source": f"{ADDRESS}?from=mail#page=2", "selector": made["target"][0]["selector"]}
        ],
    }
    take(study, {"export_date": "2026-02-03", "annotations": [hypothesis]})
    assert read_rows(study, "evidence")[-1][-3] == QUOTE


def test_what_is_published_comes_back_as_it_was(study, ids, capsys):
    quote(study, quote=QUOTE)
    main(["locate", str(study)])
    published = annotations(measure(load(study)))
    before = tables(study)
    take(study, published)
    assert tables(study) == before
    unit = cell(study, "evidence", 2, "unit_id")
    for column in ("document_id", "page", "quote", "prefix", "suffix"):
        edit_cell(study, "evidence", 2, column, "")
    edit_cell(study, "documents", 2, "retrieved_from", "https://example.org/moved")
    take(study, published)  # by its hash
    header, *rows = read_rows(study, "evidence")
    row = dict(zip(header, rows[-1], strict=True))
    assert row["unit_id"] == unit and row["states"] == rows[0][header.index("states")]
    assert [row[name] for name in ("page", "quote", "prefix", "suffix")] == [
        "2", QUOTE, BEFORE, AFTER,
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "{", "3", '{"a": 1}', '[{"target": [3]}]', "\xff"])
def test_what_is_no_file_of_annotations_is_refused_in_one_line(study, tmp_path, capsys, content):
    (tmp_path / "made.json").write_bytes(content.encode("latin-1"))
    assert main(["annotations", str(tmp_path / "made.json"), str(study)]) == 1
    assert "W3C Web Annotations" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(study, tmp_path):
    assert main(["annotations", str(tmp_path / "nowhere.json"), str(study)]) == 1
    assert find_row(study, "evidence", evidence_id=cell(study, "evidence", 2, "evidence_id")) == 2
