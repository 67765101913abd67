"""From addresses to a finding that is touched: collected, picked, quoted, shown, looked at again."""

import io
import shutil
from pathlib import Path

import docx
import pytest
import typst
from filled import Filled
from helpers import edit_cell, find_row, read_rows, write_rows
from local_site import PAGE, served
from made import LIBRARY
from office import needs_office
from openpyxl.utils import get_column_letter

from analysis.cli import main
from analysis.documents import fetch

UNIT, CRITERION = "library-one", "weekend"
QUOTE = "opens on Saturdays from ten to four"
POLICY = """A policy of Nowhere
#pagebreak()
The library of Nowhere {}. Borrowers of it who return late pay nothing at all."""


def as_pdf(words: str) -> bytes:
    return typst.compile(POLICY.format(words).encode())


def as_docx(words: str) -> bytes:
    made, document = io.BytesIO(), docx.Document()
    document.add_paragraph(words)
    document.save(made)
    return made.getvalue()


REFUSED = {
    "/gone.pdf": "nothing is there (404)",
    "/no.pdf": "refuses to give it (403)",
    "/closed/policy.pdf": "robots.txt",
    "/consent": "asks for consent",
    "/slow": "takes more than",
    "/huge.pdf": "it has more than",
    "/wrong.pdf": "this kind of file cannot be read",
}


@pytest.fixture
def pages():
    return {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed"),
        "/old.pdf": (302, {"Location": "/policy.pdf"}, b""),
        "/policy.pdf": (200, {"Content-Type": "application/pdf"}, as_pdf(QUOTE)),
        "/hours": (200, {"Content-Type": "text/html"}, PAGE % (b"Hours", b"Open on weekdays.")),
        "/rules.docx": (200, {}, as_docx("Late fees of Nowhere are charged by the day.")),
        "/no.pdf": (403, {}, b""),
        "/closed/policy.pdf": (200, {}, as_pdf("is closed")),
        "/consent": (200, {}, PAGE % (b"Before you continue", b"We value you.")),
        "/slow": (200, {}, b"x" * 40_000),
        "/huge.pdf": (200, {}, b"%PDF" + bytes(400_000)),
        "/wrong.pdf": (200, {"Content-Type": "application/pdf"}, b"\x89PNG\r\n\x1a\n" + bytes(64)),
    }


@pytest.fixture
def site(pages, monkeypatch):
    """A site on this machine; a fetcher asks it without a pause, and soon has had enough."""
    whole = fetch.Fetcher

    def impatient(contact, allow_local):
        return whole(contact, allow_local, sleep=lambda _: None, at_most=300_000, at_most_seconds=1)

    monkeypatch.setattr(fetch, "Fetcher", impatient)
    with served(pages) as address:
        yield address


def rows(folder, table):
    header, *found = read_rows(folder, table)
    return [dict(zip(header, row, strict=True)) for row in found]


def filled_in(office, blank: Path, back: Path) -> str:
    """Pick the passage and code with it in LibreOffice; return the id of the new evidence."""
    book = Filled(blank.read_bytes())
    evidence, passages, coding = map(book.form, ("evidence", "passages", "coding"))
    first = evidence.rows()[0]
    name = evidence.texts(first)["evidence_id"]
    pick = next(row for row in passages.rows() if QUOTE in passages.texts(row).get("passage", ""))
    assert passages.texts(pick)["row"].startswith(f"{UNIT}/{CRITERION}/")
    code = coding.find(f"{UNIT}/{CRITERION}/new")
    typed = {
        (evidence, first): {"states": "It opens on Saturdays.", "extent_read": "whole"},
        (passages, pick): {"evidence_id": name, "quote": QUOTE},
        (coding, code): {
            "level": "points_1", "read_on": "2026-01-03", "confidence": "high",
            "evidence_1": name, "rationale": "It says so.",
        },
    }  # fmt: skip
    operations = [
        ("typed", form.sheet.title, f"{get_column_letter(form.columns[column])}{row}", text)
        for (form, row), texts in typed.items()
        for column, text in texts.items()
    ]
    office.fill(blank, operations, back)
    return name


@needs_office
def test_from_an_address_to_a_finding_that_its_page_no_longer_bears_out(
    site, pages, office, tmp_path, capsys
):
    study = Path(shutil.copytree(LIBRARY, tmp_path / "study"))
    row = find_row(study, "criteria", criterion_id=CRITERION)
    edit_cell(study, "criteria", row, "search_terms", "Saturday|week-end")

    # Collected: three documents; each of the others gets one line.
    listed = tmp_path / "addresses.txt"
    every = ["/old.pdf", "/hours", "/rules.docx", *REFUSED]
    listed.write_text("\n".join(site + path for path in every))
    assert main(["collect", str(study), str(listed), "--unit", UNIT, "--allow-local"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(REFUSED)
    for (path, why), line in zip(REFUSED.items(), lines, strict=True):
        assert line.startswith(site + path) and why in line
    documents = {row["retrieved_from"].removeprefix(site): row for row in rows(study, "documents")}
    assert list(documents) == ["/policy.pdf", "/hours", "/rules.docx"]
    policy = documents["/policy.pdf"]

    # Picked in LibreOffice, taken in, and checked.
    blank, back = tmp_path / "ada.xlsx", tmp_path / "ada-back.xlsx"
    command = ["workbook", str(study), "--coder", "Ada", "--out", str(blank), "--units", UNIT]
    assert main(command) == 0
    name = filled_in(office, blank, back)
    assert main(["intake", str(back), str(study)]) == 0
    found = next(row for row in rows(study, "evidence") if row["evidence_id"] == name)
    assert (found["document_id"], found["page"]) == (policy["document_id"], "2")
    assert found["quote"] == QUOTE and found["suffix"].startswith(". Borrowers")
    capsys.readouterr()
    assert main(["validate", str(study)]) == 0
    assert "not checked here" not in capsys.readouterr().out

    # Shown. Without the documents it is the same, byte for byte.
    decide(study, name)
    page = published(study, tmp_path / "output")
    assert f"<mark>“{QUOTE}”</mark>" in page and policy["sha256"] in page
    assert "Changed since we read it" not in page

    # The page changes.
    a_while_ago(study)
    pages["/policy.pdf"] = (200, {}, as_pdf("opens on no Saturday at all"))
    assert main(["recheck", str(study), "--allow-local"]) == 0
    said = capsys.readouterr().out
    assert f"{policy['document_id']}: changed" in said and f"gone: {name}" in said
    page = published(study, tmp_path / "output")
    assert "Changed since we read it" in page
    (study / "documents").rename(tmp_path / "elsewhere")
    assert main(["verify", str(tmp_path / "output"), str(study)]) == 0


def decide(study: Path, name: str) -> None:
    """Let the new evidence decide the cell, as a third reader would."""
    row = find_row(study, "assessments", unit_id=UNIT, criterion_id=CRITERION)
    header, *every = read_rows(study, "assessments")
    every[row - 2][header.index("evidence_ids")] += f";{name}"
    write_rows(study, "assessments", [header, *every])


def published(study: Path, out: Path) -> str:
    """Build the report and the site; return the page of the unit."""
    assert main(["report", str(study), "--out", str(out), "--only", "report,tables,site"]) == 0
    (page,) = (out / "site").rglob(f"{UNIT}.html")
    return page.read_text("utf-8")


def a_while_ago(study: Path) -> None:
    """Make what was collected today collected some time ago, before it was read."""
    header, *every = read_rows(study, "documents")
    for row in every:
        row[header.index("retrieved_on")] = "2025-12-01"
    write_rows(study, "documents", [header, *every])
