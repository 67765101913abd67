"""Text from data can carry anything, and stays text in every format that a build writes.

General over whatever files a build has: a file whose ending no check knows fails.
"""

import base64
import csv
import json
import re
import zipfile
import zlib
from pathlib import Path

import bs4
import openpyxl
import pytest
from helpers import edit_cell, edit_descriptor, read_rows, write_rows
from lxml import etree
from made_study import FORMULA, write_made_study

from analysis.cli import main
from analysis.publish.manifest import FILE
from analysis.spreadsheet import unescaped

LONG = (
    "=cmd|'/c made-up'!A1 </script><img src=x onerror=alert(9)> \u202e\u200f\"' ]]> " + "x" * 30_000
)
EVERYWHERE = {
    "units": ("name", "short_name"),
    "recommendations": ("label", "addressee", "asks"),
    "criteria": ("label", "question"),
    "rules": ("rule",),
    "levels": ("meaning",),
    "sources": ("publisher", "title"),
    "evidence": ("states", "note"),
    "codings": ("rationale",),
    "assessments": ("rationale", "settled_why"),
    "searches": ("where", "queries", "note"),
    "published_totals": ("note",),
    "figures": ("measure", "unit", "scope", "what_it_counts", "comparison"),
    "events": ("actor", "event"),
    "notices": ("text",),
    "requests": ("note",),
    "replies": ("says", "reason"),
}
"""Columns that hold words: in each of their cells stands an image that must not become one."""
NOT_A_SCHEME = re.compile(r"\s*(javascript|data|vbscript|file):", re.IGNORECASE)
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "poster")


@pytest.fixture(scope="module")
def output(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    study = write_made_study(folder / "study", units=12, criteria=8)
    for table, columns in EVERYWHERE.items():
        header, *rows = read_rows(study, table)
        for column in columns:
            place = header.index(column)
            for row in rows:
                row[place] += row[place] and f" <img src=x onerror=alert('{table}.{column}')>"
        write_rows(study, table, [header, *rows])
    # Into what reaches most formats: a cited statement, a title, a reason, a notice, a name.
    header, *rows = read_rows(study, "evidence")
    cited = {one for row in read_rows(study, "codings")[1:] for one in row[8].split(";")}
    number = next(n for n, row in enumerate(rows, start=2) if row[0] in cited)
    edit_cell(study, "evidence", number, "states", LONG)
    source = rows[number - 2][header.index("source_id")]
    sources = read_rows(study, "sources")
    place = next(n for n, row in enumerate(sources, start=1) if row[0] == source)
    edit_cell(study, "sources", place, "title", LONG[:2000])
    edit_cell(study, "units", 2, "name", "<b>Made-up</b> & \"one\" 'unit'")
    edit_cell(study, "notices", 2, "text", LONG[:3000])
    # With addresses of its own, a site has cards, and heads of pages that say what is on them.
    edit_descriptor(study, lambda one: one["study"].update(site_address="https://example.org/a/"))
    assert main(["report", str(study), "--out", str(folder / "output")]) == 0
    return folder / "output"


def files(output: Path, *endings: str) -> list[Path]:
    return sorted(path for path in output.rglob("*") if path.suffix in endings)


def test_html_holds_no_element_address_or_handler_from_the_data(output):
    assert files(output, ".html")
    for path in files(output, ".html"):
        page = bs4.BeautifulSoup(path.read_text("utf-8"), "lxml")
        for script in page("script"):  # our own, if any, comes from a file and holds nothing
            if script.get("type") == "application/ld+json":  # data, which no browser runs
                assert json.loads(script.get_text()) and not set("<>&") & set(script.get_text())
                continue
            assert script.get("src") and not script.get_text(strip=True), path
        for element in page(True):
            assert not [name for name in element.attrs if name.startswith("on")], (
                path,
                element.name,
            )
            for name in ADDRESSES:
                address = str(element.get(name, ""))
                ours = element.name == "img" and address.startswith("data:image/")
                assert ours or not NOT_A_SCHEME.match(address), (path, address[:80])
        assert not page.find_all("b", string="Made-up"), path
        assert not page.find_all("img", src="x"), path


def test_a_request_is_plain_text(output):
    assert files(output, ".txt")
    for path in files(output, ".txt"):
        text = path.read_text("utf-8")
        # Beside the signs that keep right-to-left names apart from the text around them.
        assert all(one.isprintable() for one in text if one not in "\n\u2066\u2067\u2068\u2069"), (
            path
        )


def test_the_nasty_texts_are_there_to_be_read(output):
    """Nothing was dropped or cut to be safe: the whole text stands on the site or in the report."""
    said = "".join(
        bs4.BeautifulSoup(path.read_text("utf-8"), "lxml").get_text()
        for path in files(output, ".html")
    )
    assert LONG in said and "<b>Made-up</b> & \"one\" 'unit'" in said


def svgs(output: Path) -> list[bytes]:
    drawn = [path.read_bytes() for path in files(output, ".svg")]
    for path in files(output, ".html"):
        for found in re.findall(rb'src="data:image/svg\+xml;base64,([^"]+)"', path.read_bytes()):
            drawn.append(base64.b64decode(found))
    return drawn


def test_svg_is_xml_without_scripts_handlers_or_addresses(output):
    assert len(svgs(output)) >= 3
    for drawn in svgs(output):
        root = etree.fromstring(drawn, etree.XMLParser(resolve_entities=False, no_network=True))
        for element in root.iter(etree.Element):
            assert etree.QName(element).localname not in ("script", "foreignObject", "a", "image")
            for name, value in element.attrib.items():
                local = etree.QName(name).localname
                assert not local.startswith("on")
                assert local != "href" or value.startswith("#")


def test_a_workbook_holds_no_formula_and_the_whole_text(output):
    assert files(output, ".xlsx")
    for path in files(output, ".xlsx"):
        cells = [
            cell
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows()
            for cell in row
        ]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, path
        said = {unescaped(cell.value) for cell in cells if cell.data_type == "s" and cell.value}
        assert LONG in said and FORMULA in said
        links = [cell.hyperlink for cell in cells if cell.hyperlink]
        assert not any(NOT_A_SCHEME.match(one.target or "") for one in links)


def test_a_table_is_guarded_and_whole(output):
    number = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?")
    said = set()
    assert len(files(output, ".csv")) > 20
    for path in files(output, ".csv"):
        with path.open(encoding="utf-8", newline="") as file:
            csv.field_size_limit(200_000)
            rows = list(csv.reader(file, strict=True))
        assert {len(row) for row in rows} == {len(rows[0])}, path
        cells = {cell for row in rows for cell in row}
        risky = [one for one in cells if one.startswith(("=", "+", "-", "@", "\t"))]
        assert [one for one in risky if not number.fullmatch(one)] == [], path
        said |= cells
    assert f"'{LONG}" in said


def test_json_parses_and_holds_text_as_it_is(output):
    assert len(files(output, ".json")) >= 3
    for path in files(output, ".json"):
        json.loads(path.read_text("utf-8"))
    notices = (output / "data/notices.csv").read_text("utf-8")
    assert "\u202e" in notices


def test_word_documents_hold_no_field_or_address_from_the_data(output):
    for path in files(output, ".docx"):
        with zipfile.ZipFile(path) as held:
            for name in held.namelist():
                if not name.endswith((".xml", ".rels")):
                    continue
                root = etree.fromstring(held.read(name))
                said = {etree.QName(one).localname for one in root.iter(etree.Element)}
                assert not said & {"script", "altChunk", "object", "control"}, (path, name)
                for one in root.iter("{*}Relationship"):
                    assert not NOT_A_SCHEME.match(one.get("Target")), (path, name)


def test_pdfs_hold_no_action_but_plain_addresses(output):
    for path in files(output, ".pdf"):
        content = path.read_bytes()
        parts = [content]
        for found in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                parts.append(zlib.decompressobj().decompress(found[1]))
            except zlib.error:
                continue
        for part in parts:
            assert not re.search(rb"/(JavaScript|JS|Launch|SubmitForm|ImportData)\b", part), path
            for address in re.findall(rb"/URI\s*\(([^)]*)\)", part):
                assert re.match(rb"https?://|mailto:", address), (path, address)


def test_every_file_is_of_a_format_that_a_test_above_knows(output):
    known = {".html", ".svg", ".xlsx", ".csv", ".json", ".docx", ".pdf", ".txt"}
    # Ours alone, with nothing of the data in them.
    fixed = {".css", ".js", ".png"}
    assert {path.suffix for path in output.rglob("*") if path.is_file()} <= known | fixed
    assert (output / FILE).exists()
    for path in files(output, ".css", ".js"):
        assert "made-up" not in path.read_text("utf-8").lower(), path
