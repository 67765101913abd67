"""From blank workbooks to the report: two coders, a third reader and a reply, each in LibreOffice."""

import csv
import html
import re
from pathlib import Path

import openpyxl
import pytest
from fieldwork_pictures import LARGEST, PICTURES
from helpers import contents, read_rows
from office import needs_office
from walkthrough import CONTESTED, Walk

DOCS = Path(__file__).parents[1] / "docs"
CELL = ("library-two", CONTESTED)


@pytest.fixture(scope="module")
def walk(office, tmp_path_factory):
    return Walk(tmp_path_factory.mktemp("walk"), office)


def tables(walk: Walk) -> dict[str, str]:
    return {name: one for name, one in contents(walk.study).items() if name.endswith(".csv")}


def held(walk: Walk, table: str, **cells: str) -> list[dict[str, str]]:
    header, *rows = read_rows(walk.study, table)
    found = [dict(zip(header, row, strict=True)) for row in rows]
    return [row for row in found if row.items() >= cells.items()]


def text_of_docs() -> str:
    return (DOCS / "fieldwork.md").read_text("utf-8")


def done(answer) -> str:
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert not answer.stderr
    return " ".join(answer.stdout.split())


def refused(answer) -> str:
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.rstrip().endswith("Nothing was written.")
    return answer.stderr


def reported(walk: Walk, finding: str) -> str:
    """Return a finding of the report's page as plain text."""
    page = (walk.folder / "output/report.html").read_text("utf-8")
    (found,) = re.findall(rf'<span id="{finding}">(.*?)</dd>', page, re.DOTALL)
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", found)).split())


def sited(walk: Walk, unit: str) -> str:
    """Return a unit's page of the site as plain text."""
    (page,) = (walk.folder / "output/site").glob(f"*/{unit}.html")
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page.read_text("utf-8"))).split())


def score(walk: Walk, unit: str) -> tuple[float, float, float]:
    """Return the low, the high and the known share of a unit's total."""
    with Path(walk.folder / "output/data/scores.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        (row,) = (
            row
            for row in csv.DictReader(file)
            if (row["unit_id"], row["group_id"]) == (unit, "total")
        )
    return tuple(round(float(row[name]), 6) for name in ("low", "high", "known"))


@needs_office
def test_from_blank_workbooks_to_the_report_and_after_a_reply(walk):
    # One coder. What is doubtful is refused with its cell, and then nothing is written.
    done(walk.first_workbook())
    before = tables(walk)
    walk.first_coder_fills()
    said = refused(walk.command("intake", "coder-one-back.xlsx"))
    assert "Coding!E4 3/12/2021" in " ".join(said.split())
    assert "Coding!J4 V99" in " ".join(said.split())
    assert "2 problems." in said
    assert tables(walk) == before
    walk.first_coder_mends()
    shown = done(walk.command("intake", "--dry-run", "coder-one-mended.xlsx"))
    assert "codings: 21 added" in shown and "nothing was written" in shown
    assert tables(walk) == before
    written = done(walk.command("intake", "coder-one-mended.xlsx"))
    assert (
        "Written: assignments.csv, codings.csv, evidence.csv, searches.csv, sources.csv." in written
    )
    dates = {
        row["criterion_id"]: (row["level"], row["observed_on"])
        for row in held(walk, "codings", unit_id="library-one")
        if row["observed_on"] != "2020-10"
    }
    assert dates["hours-published"] == ("points_2", "2021-05-20")
    assert dates["lighting"] == ("points_3", "2022-06")
    assert dates["return-box"] == ("points_4", "2021-04")
    evening = held(walk, "codings", unit_id="library-one", criterion_id="evening")
    assert [row["observed_on"] for row in evening] == ["2020-10", "2021-05-20"]
    (search,) = held(walk, "searches", searched_on="2024-03-04")
    assert (search["unit_id"], search["queries_count"]) == ("library-four", "2")
    (evidence,) = held(walk, "evidence", evidence_id="coder-one-e1")
    assert (evidence["unit_id"], evidence["source_id"]) == ("library-two", "coder-one-s1")

    # A second coder sees the new evidence, and nothing of the first one's codings.
    done(walk.second_workbook())
    book = openpyxl.load_workbook(walk.folder / "coder-two.xlsx")
    texts = {str(one.value) for sheet in book for row in sheet.iter_rows() for one in row}
    assert "coder-one-e1" in texts
    assert not any("It says so under" in text for text in texts)
    assert {one.value for one in book["Coding"]["D"][2:]} == {None}
    walk.second_coder_fills()
    done(walk.command("intake", "coder-two-back.xlsx"))
    assert len(held(walk, "codings", coder="Coder Two")) == 21

    # Two libraries by ten criteria, and one cell that differs.
    said = done(walk.command("agreement"))
    assert "all criteria, levels alone, ordinal: The coders agree on 19 of 20 cells" in said
    assert "late-fees, levels alone, ordinal: The coders agree on 1 of 2 cells; no alpha" in said

    # What both say is filled in; the third reader settles the one that is open.
    done(walk.adjudication_workbook())
    walk.third_reader_settles()
    said = done(walk.command("intake", "settling-back.xlsx"))
    assert "Written: assessments.csv." in said
    by = [row["settled_by"] for row in held(walk, "assessments")]
    assert (len(by), by.count("agreement"), by.count("Third Reader")) == (21, 20, 1)
    assert done(walk.command("validate")).startswith("study is a valid study.")
    done(walk.command("report", "--only", "report,tables,site"))
    cell = reported(walk, "library-two-late-fees")
    assert re.match(r"Late fees : \S points 2 ", cell)
    on_site = sited(walk, "library-two")
    assert "Settled by Third Reader: Half is what the page says" in on_site
    assert re.search(r"fees that are halved.*When we are open", on_site)
    # Hours: 3/4. Opening: (1 + 2/4 + 3) / 6 = 3/4. Entrance: (1 + 3/4) / 2 = 7/8. Access:
    # (3 * 3/4 + 2 * 3/4 + 7/8) / 6 = 37/48. Lending: (2/4 + 3 * 2/4) / 4 = 1/2.
    # In all (3 * 37/48 + 2 * 1/2) / 5 = 0.6625.
    assert score(walk, "library-two") == (66.25, 66.25, 1)

    # The library replies; its answer cannot be passed over.
    done(walk.reply_form())
    walk.library_replies()
    assert "'Your reply'!F10" in refused(walk.command("intake", "reply-back.xlsx"))
    walk.reply_is_entered()
    said = done(walk.command("intake", "reply-entered.xlsx"))
    assert "Written: evidence.csv, replies.csv, sources.csv." in said
    (reply,) = held(walk, "replies", reply_id="library-two-r1")
    assert (reply["unit_id"], reply["criterion_id"]) == CELL
    assert (reply["received_on"], reply["decision"]) == ("2024-03-15", "accepted")

    # It is followed: one assessment changes, and its old version is kept.
    done(walk.adjudication_workbook("settling-again.xlsx"))
    walk.reply_is_followed()
    said = done(walk.command("intake", "settling-again-back.xlsx"))
    assert "assessments: 1 changed assessments: 20 unchanged" in said
    assert "Written: assessments.csv, assessments_history.csv." in said
    (old,) = held(walk, "assessments_history")
    assert (old["unit_id"], old["criterion_id"], old["level"]) == (*CELL, "points_2")
    assert (old["settled_by"], old["replaced_by"]) == ("Third Reader", "library-two-r1")
    assert old["replaced_why"].startswith("Its reply was accepted")
    done(walk.command("report", "--only", "report,tables,site"))
    cell = reported(walk, "library-two-late-fees")
    assert re.match(r"Late fees : \S points 4 ", cell)
    on_site = sited(walk, "library-two")
    assert "Settled by library-two-r1: Its reply was accepted" in on_site
    assert "no late fees since April 2022" in on_site
    assert "Reply of 2024-03-15, accepted. It has charged no late fees since April 2022." in cell
    assert re.search(r"before this reply: \S points 2 ; after it: \S points 4 ", cell)
    # Lending is now (2/4 + 3 * 1) / 4 = 7/8; in all (3 * 37/48 + 2 * 7/8) / 5 = 0.8125.
    assert score(walk, "library-two") == (81.25, 81.25, 1)

    # What the docs quote is what was said.
    said = " ".join(walk.said.split())
    quoted = re.findall(r"^```text\n(.*?)^```$", text_of_docs(), re.MULTILINE | re.DOTALL)
    lines = [" ".join(line.split()) for block in quoted for line in block.splitlines()]
    assert len(lines) > 10
    assert [line for line in lines if line not in said] == []


def test_every_picture_is_there_is_small_and_says_what_is_to_be_seen():
    shown = dict(re.findall(r"!\[(.*?)\]\(fieldwork/(.*?)\)", text_of_docs()))
    held = {path.name for path in (DOCS / "fieldwork").iterdir()}
    assert set(shown.values()) == held == {f"{one.name}.png" for one in PICTURES}
    assert all(len(text) > 60 for text in shown)
    assert all((DOCS / "fieldwork" / name).stat().st_size < LARGEST for name in held)
