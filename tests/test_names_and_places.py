"""Names in other writing, letters without a face, units without a place, and cells that are full."""

import dataclasses
import io
import warnings as python_warnings
import zipfile

import docx
import openpyxl
import pytest
from made_face import write_face
from made_towns import towns, write_towns
from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager
from openpyxl import Workbook
from pdfs import opened

from analysis.cli import main
from analysis.direction import (
    apart_by_line,
    is_right_to_left,
    isolated_name,
    set_apart,
    stretches,
)
from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.results import measure
from analysis.publish.briefings import Briefings
from analysis.publish.context.answers import named_source, text_to_send
from analysis.publish.document_model import page_blocks, plain
from analysis.publish.markup import isolated, untold
from analysis.publish.report import report_html
from analysis.publish.report_docx import report_docx
from analysis.publish.report_pdf import report_pdf
from analysis.publish.request_documents import as_docx
from analysis.publish.requests import as_text, requests
from analysis.publish.site.pages import site_files
from analysis.publish.workbook import gap_workbook
from analysis.show.charts import all_charts
from analysis.show.charts.coverage import coverage_chart
from analysis.show.lines import as_drawn
from analysis.show.pairs import comparison_sentences
from analysis.spreadsheet import CELL, fitted, new_workbook, property_of, put_text
from analysis.study import load, validate
from analysis.study.faces import OWN, Faces, faces_of, named_letters, prefer_our_own
from analysis.study.warnings import not_shown, warnings

SCALES, CRITERIA = {"s": {"high": 1, "mid": 0.5, "low": 0}}, {"c": "s"}
NORTH, SOUTH = "بلدة الشمال", "بلدة الجنوب"
START, END = "\u2068", "\u2069"


def placed(**names):
    """Return units with names, each with a tile."""
    return [
        {"unit_id": unit, "name": name, "tile_column": number, "tile_row": 1}
        for number, (unit, name) in enumerate(names.items(), start=1)
    ]


# --- right to left ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def arabic(tmp_path_factory):
    found = {("n", "c"): "high", ("t", "c"): "low"}
    folder = tmp_path_factory.mktemp("arabic") / "study"
    return measure(towns(folder, SCALES, CRITERIA, placed(n=NORTH, t=SOUTH), found))


@pytest.fixture(scope="module")
def arabic_report(arabic):
    named = named_figures(arabic)
    return report_html(arabic, named, [one.drawn() for one in all_charts(arabic, named)])


def test_a_sentence_keeps_names_apart_and_stays_as_it_runs(arabic):
    (one,) = comparison_sentences(arabic)
    assert one.text == f"{START}{NORTH}{END} is surely above {START}{SOUTH}{END}."
    assert isolated_name("Norton") == "Norton"


def test_only_the_names_are_isolated_on_a_page(arabic, arabic_report):
    said = f'<bdi dir="rtl">{NORTH}</bdi> is surely above <bdi dir="rtl">{SOUTH}</bdi>.'
    assert f"<li>{said}</li>" in arabic_report
    assert START not in arabic_report and END not in arabic_report


def test_a_sentence_in_plain_letters_is_not_turned_by_its_first_word():
    text = f"{NORTH} published a policy in May."
    assert isolated(text) == f'<bdi dir="rtl">{NORTH}</bdi> published a policy in May.'
    assert isolated(NORTH) == f'<bdi dir="rtl">{NORTH}</bdi>'
    assert is_right_to_left(NORTH) and not is_right_to_left(text)


LONG = "וועדת הפארקים והגנים הציבוריים"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"It is {LONG} that answers.", "It is [{}] that answers."),
        (f"{LONG} says so.", "[{}] says so."),
        (f"See {LONG} (צפון), point 3.", "See [{} (צפון)], point 3."),
        (f"See (in {LONG}), 4 settled.", "See (in [{}]), 4 settled."),
        (f"{LONG} (North) 2", "[{} (North) 2]"),
        (f"Council {LONG}!", "Council [{}]!"),
        (
            "צפון has published the same policy as דרום.",
            "[צפון] has published the same policy as [דרום].",
        ),
        (f"{LONG}: פתוח.", "[{}: פתוח.]"),
        (f"{LONG} or פתוח.", "[{} or פתוח.]"),
        (f"Of {START}{LONG}{END}, {START}{LONG} 2{END} and more.", "Of [{}], [{} 2] and more."),
    ],
)
def test_the_first_letter_gives_a_text_its_direction_and_prose_keeps_its_own(text, said):
    said = said.replace("[", '<bdi dir="rtl">').replace("]", "</bdi>").replace("{}", LONG)
    assert isolated(text) == said


def test_an_open_sign_of_direction_ends_with_its_text():
    text = "Says \u202eABC and stops."
    assert isolated(text) == f'<bdi dir="ltr">{text}</bdi>'


def test_a_long_text_from_right_to_left_is_read_at_once():
    text = "a " + "(א " * 20_000 + "b"
    assert set_apart(text).count("\u2067") == 20_000


def test_no_element_stands_inside_an_attribute(arabic, arabic_report):
    named = named_figures(arabic) | sensitivity_figures(arabic)
    pages = site_files(arabic, named, [one.drawn() for one in all_charts(arabic, named)])
    html = [text.decode() for name, text in pages.items() if name.endswith(".html")]
    for page in (arabic_report, *html):
        assert '="<bdi' not in page and "&lt;bdi" not in page
        for tag in page.split("<")[1:]:
            assert "bdi" not in tag.split(">")[0].removeprefix("bdi ").removeprefix(
                "/bdi"
            ).removeprefix("bdi"), tag


def test_the_pdf_is_set_from_left_to_right(arabic, arabic_report):
    said = []
    for page in opened(report_pdf(arabic, page_blocks(arabic_report))).pages:
        page.extract_text(
            visitor_text=lambda text, place, way, *_: said.append(
                (text, way[4] * place[0] + place[4], round(way[5] * place[3] + place[5]))
            )
        )
    ((middle, line),) = ((x, y) for text, x, y in said if text.strip() == "is surely above")
    beside = {text.strip(): x for text, x, y in said if abs(y - line) < 3}
    assert beside["الشمال"] < middle < beside["الجنوب"]


def test_word_has_a_run_of_its_own_for_each_name(arabic, arabic_report):
    content = report_docx(arabic, page_blocks(arabic_report))
    held = docx.Document(io.BytesIO(content))
    (said,) = (one for one in held.paragraphs if "is surely above" in one.text)
    runs = [(one.text, one._r.find(".//{*}rtl") is not None) for one in said.runs]
    assert runs == [(NORTH, True), (" is surely above ", False), (SOUTH, True), (".", False)]
    assert START not in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def test_stretches_are_the_parts_that_are_kept_apart():
    page = f"<p>{isolated(f'{START}{NORTH}{END} and Norton')}</p>"
    (paragraph,) = page_blocks(f"<html><body>{page}</body></html>")
    assert list(stretches(plain(paragraph.runs))) == [(True, NORTH), (False, " and Norton")]


DATED = {"publisher": f"{NORTH} (2)", "title": f"{SOUTH}: 1, 2", "title_kind": "", "note": ""}


def test_a_citation_keeps_publisher_title_and_date_apart():
    said = named_source({**DATED, "published": "2025-05-02"})
    assert said == f"{START}{NORTH} (2){END}, {START}“{SOUTH}: 1, 2”{END}, 2 May 2025"
    assert isolated(said).endswith("</bdi>, 2 May 2025")


def test_a_text_to_paste_keeps_names_apart_on_each_line():
    lines = [f"{NORTH} (2): what we read.", f"Open: \u202e{SOUTH}."]
    said = text_to_send(lines[0], lines[1], "", [], ["DRAFT."]).split("\n\n")
    right = "\u2067"
    assert said[0] == f"{right}{NORTH}{END} (2): what we read." and said[1] == "DRAFT."
    assert all(line.count(END) == sum(map(line.count, (START, right, "\u2066"))) for line in said)


def test_a_line_ends_what_it_keeps_apart_and_the_next_begins_it_again():
    lines = [f"See {START}{NORTH}", f"{SOUTH}{END} and", "no more"]
    assert [*apart_by_line(lines)] == [
        f"See {START}{NORTH}{END}",
        f"{START}{SOUTH}{END} and",
        "no more",
    ]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        (f"{NORTH} said on 2 May that it is open.", 1),
        (f"{START}{NORTH}{END}; Norton; {START}{SOUTH}{END}", 1),
        (f"See {NORTH}.", 1),
        (f"{NORTH} said on 2 May that it is open. [note 1]", 1),
        (NORTH, 0),
        ("Norton", 0),
    ],
)
@pytest.mark.parametrize("wrap", [True, False])
def test_a_cell_runs_from_left_to_right_where_its_sentence_does(text, order, wrap):
    cell = put_text(Workbook().active, 1, 1, text, wrap=wrap)
    assert (cell.alignment.readingOrder, bool(cell.alignment.wrap_text)) == (order, wrap)


def test_in_word_no_number_goes_to_the_side_of_the_name_before_it(arabic):
    name = f'<bdi dir="rtl">{NORTH}</bdi>'
    said = f"<p>From {name}, 2025-05-02, and {name} too. By <strong>{name}.</strong> 1 May.</p>"
    content = report_docx(arabic, page_blocks(f"<html><body>{said}</body></html>"))
    (paragraph,) = (
        one for one in docx.Document(io.BytesIO(content)).paragraphs if "From" in one.text
    )
    turned = [run.text for run in paragraph.runs if run._r.find(".//{*}rtl") is not None]
    assert turned == [f"{NORTH}\u200e", NORTH, f"{NORTH}\u200e"]


# --- letters without a face -------------------------------------------------------------------


FOUND = {("a", "c"): "high", ("b", "c"): "low"}


def drawn_texts(study):
    results = measure(study)
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("error")
        charts = all_charts(results, named_figures(results))
        for one in charts:
            one.svg()
    return {text.get_text() for one in charts for text in one.figure.texts}


def test_letters_that_no_face_has_are_named_in_one_line(tmp_path):
    study = towns(tmp_path / "s", SCALES, CRITERIA, placed(a="東京", b="Norton"), FOUND)
    (one,) = not_shown(study)
    assert "京 (U+4EAC), 東 (U+6771)" in one.rule
    assert "study.display.faces" in one.remedy
    assert one in warnings(study)
    # No box stands for them, and nothing is said by the library.
    assert "[U+6771][U+4EAC]" in drawn_texts(study)
    results = measure(study)
    content = Briefings(results).pdf(results.study["units"]["unit_id"].iloc[0])
    assert content


def test_what_no_warning_looks_at_is_in_our_own_face():
    assert all(map(Faces().has, map(chr, (*range(0xA0, 0x250), *range(0x2010, 0x2028)))))


def test_our_own_face_is_used_whatever_the_system_holds(monkeypatch, tmp_path):
    """An edition of another system gives the same letters other numbers, and so other bytes."""
    path = tmp_path / "DejaVuSans.ttf"
    path.write_bytes((OWN / "DejaVuSans.ttf").read_bytes())
    named = {"style": "normal", "variant": "normal", "stretch": "normal", "size": "scalable"}
    other = FontEntry(fname=str(path), name="DejaVu Sans", weight=400, **named)
    monkeypatch.setattr(fontManager, "ttflist", [other, *fontManager.ttflist])
    fontManager.addfont(OWN / "DejaVuSans.ttf")  # so that what was found before is forgotten
    assert findfont("DejaVu Sans") == str(path)
    prefer_our_own()
    assert findfont("DejaVu Sans") == str(OWN / "DejaVuSans.ttf")
    assert findfont(FontProperties(family="DejaVu Sans", weight="bold")) == str(
        OWN / "DejaVuSans-Bold.ttf"
    )


def test_a_face_of_the_study_shows_its_letters(tmp_path):
    display = {"faces": ["faces/han.ttf"]}
    folder = write_towns(
        tmp_path / "s", SCALES, CRITERIA, placed(a="東", b="Norton"), FOUND, display=display
    )
    (folder / "faces").mkdir()
    write_face(folder / "faces" / "han.ttf", "東")
    assert validate(folder) == []
    study = load(folder)
    assert not_shown(study) == []
    assert "東" in drawn_texts(study)
    assert faces_of(study).advance("東", bold=False) == pytest.approx(1, abs=1e-4)
    content = Briefings(measure(study)).pdf("a")
    first = opened(content).pages[0].extract_text()
    assert "東" in first and "U+" not in first


def test_a_face_that_is_not_there_is_said_and_the_build_goes_on(tmp_path):
    display = {"faces": ["No Such Family"]}
    study = towns(
        tmp_path / "s", SCALES, CRITERIA, placed(a="Norton", b="Aston"), FOUND, display=display
    )
    (one,) = not_shown(study)
    assert (one.value, one.column) == ("No Such Family", "study.display.faces")
    assert "Norton" in drawn_texts(study)


# --- units without a place --------------------------------------------------------------------


def pages_of(study):
    results = measure(study)
    named = named_figures(results) | sensitivity_figures(results)
    charts = [one.drawn() for one in all_charts(results, named)]
    site = site_files(results, named, charts)
    said = "".join(text.decode() for name, text in site.items() if name.endswith(".html"))
    return {one.name for one in charts}, report_html(results, named, charts) + said


def test_without_places_no_map_is_drawn_and_nothing_speaks_of_regions(tmp_path):
    units = [{"unit_id": "a", "name": "Donor A"}, {"unit_id": "b", "name": "Donor B"}]
    study = towns(tmp_path / "s", SCALES, CRITERIA, units, FOUND)
    assert not study.has_map and not_shown(study) == []
    charts, said = pages_of(study)
    assert "tile-map" not in charts
    for word in ("By place", "Map of tiles", "Region", "country", "Country", ">, .<", "nan"):
        assert word not in said, word
    assert '<p class="quiet">.' not in said


def test_a_map_with_gaps_is_not_drawn_and_that_is_said_once(tmp_path):
    units = [*placed(a="Aston"), {"unit_id": "b", "name": "Barton", "region": "West"}]
    study = towns(tmp_path / "s", SCALES, CRITERIA, units, FOUND)
    (one,) = not_shown(study)
    assert (one.file, one.row, one.column) == ("units.csv", 3, "tile_column")
    assert "1 of 2 towns has no tile" in one.rule
    charts, said = pages_of(study)
    assert "tile-map" not in charts
    assert ">West</td>" in said and ">not given</td>" in said


def test_the_build_says_what_is_not_shown(tmp_path, capsys):
    units = [*placed(a="東京"), {"unit_id": "b", "name": "Barton"}]
    folder = write_towns(tmp_path / "s", SCALES, CRITERIA, units, FOUND)
    assert main(["validate", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.count("no tile") == 1 and said.count("U+6771") == 1


# --- cells that are full ----------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["a", "é", "\U0001f600"])
def test_a_cell_never_holds_more_than_it_can_and_says_where_the_rest_is(letter):
    assert fitted(letter * 16_000) == letter * 16_000
    text = fitted(f"{letter * 9} " * 4_000, "in the drawer")
    assert len(text.encode("utf-16-le")) // 2 <= CELL == 32_767
    assert text.endswith(
        f"{letter * 9} … [Cut: a cell holds 32,767 characters. The rest is in the drawer.]"
    )
    sheet = Workbook().active
    assert len(put_text(sheet, 1, 1, letter * 50_000).value.encode("utf-16-le")) // 2 <= CELL


def test_notices_joined_for_the_gap_tables_keep_to_a_cell(tmp_path):
    # Each is within the rule; joined for one row they are not.
    notices = [
        {
            "notice_id": f"n{one}",
            "scope": "criterion",
            "criterion_id": "c",
            "text": f"{one} " + "word " * 6_000,
        }
        for one in range(2)
    ]
    study = towns(
        tmp_path / "s", SCALES, CRITERIA, placed(a="Aston", b="Barton"), FOUND, notices=notices
    )
    results = measure(study)
    book = openpyxl.load_workbook(io.BytesIO(gap_workbook(results, named_figures(results))))
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            assert all(len(str(cell)) <= CELL for cell in row)
    ends = {str(row[-1])[-20:] for row in book["Gaps"].iter_rows(values_only=True)}
    assert any(one.endswith("this workbook.]") for one in ends)
    assert (results.gaps["notices"].str.len() > CELL).all()


def test_a_long_name_goes_whole_into_a_document_and_cut_into_its_properties(tmp_path):
    name = "Long " * 48
    study = towns(tmp_path / "s", SCALES, CRITERIA, placed(a=name.strip(), b="Barton"), {})
    (request,) = requests(measure(study), ["a"])
    held = docx.Document(io.BytesIO(as_docx(request)))
    assert any(one.text.endswith(name.strip()) for one in held.paragraphs)
    assert held.core_properties.title.startswith("Request for information: Long Long")
    book = new_workbook("T" * 256, "C" * 300)
    titles = (held.core_properties.title, book.properties.title, book.properties.creator)
    assert all(len(one) == 255 and one.endswith("…") for one in titles)
    assert property_of("T" * 255) == "T" * 255


# --- one direction everywhere -----------------------------------------------------------------


def test_a_picture_draws_each_line_in_the_direction_of_its_whole_text():
    # The second line begins with the name: by itself it would run from right to left.
    lines = ["Of all towns", f"{NORTH}: 4 are settled"]
    assert as_drawn(lines) == f"\u200eOf all towns\n\u200e\u2067{NORTH}{END}: 4 are settled"
    # A name is one on every line.
    assert (
        as_drawn([f"{NORTH} (North)", "2"])
        == f"\u200e\u2067{NORTH} (North){END}\n\u200e\u20672{END}"
    )
    assert as_drawn(["Norton", "2"]) == "Norton\n2"


def test_the_picture_of_what_is_known_says_its_counts_and_keeps_names_apart(tmp_path):
    units = placed(a="Aston", b="Barton", d="Denton")
    study = towns(tmp_path / "s", SCALES, CRITERIA, units, FOUND)
    study["criteria"]["label"] = f"{NORTH} 2"
    results = measure(study)
    alt = coverage_chart(results, named_figures(results)).alt
    assert f"{START}{NORTH} 2{END} (answer found: 2, nobody has looked: 1)." in alt


def test_a_request_keeps_names_apart_as_text_and_as_a_document(tmp_path):
    study = towns(tmp_path / "s", SCALES, CRITERIA, placed(a=f"{NORTH} 2"), {})
    report = study.settings.report.model_copy(update={"title": SOUTH, "publisher": NORTH})
    settings = study.settings.model_copy(update={"report": report})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    (made,) = requests(measure(dataclasses.replace(study, descriptor=descriptor)))
    right = "\u2067"
    said = " ".join(as_text(made).split())
    assert f"Request for information: {right}{NORTH} 2{END}" in said
    assert f"“{right}{SOUTH}{END}” ({right}{NORTH}{END}, 1 January 2021)" in said
    held = docx.Document(io.BytesIO(as_docx(made)))
    turned = [run.text for one in held.paragraphs for run in one.runs if run.font.rtl]
    assert turned[0] == f"{NORTH} 2" and {NORTH, SOUTH} <= set(turned)
    assert not any(sign in one.text for one in held.paragraphs for sign in (START, right, END))


def test_compare_keeps_names_apart_on_the_terminal(tmp_path, capsys):
    folders = [
        write_towns(tmp_path / name, SCALES, CRITERIA, placed(a=NORTH, b="Barton"), found)
        for name, found in (("old", {}), ("new", FOUND))
    ]
    assert main(["compare", *map(str, folders)]) == 0
    rows = [one for one in capsys.readouterr().out.splitlines() if NORTH in one]
    assert rows and all(f"\u2067{NORTH}{END}" in one for one in rows)


def test_faces_that_are_no_list_and_a_file_that_is_no_font_are_called_that(tmp_path):
    def written(name, faces):
        units = placed(a="Aston", b="Barton")
        return write_towns(
            tmp_path / name, SCALES, CRITERIA, units, FOUND, display={"faces": faces}
        )

    (one,) = validate(written("text", "DejaVu Serif"))
    assert (one.column, one.rule) == (
        "study.display.faces",
        "it should be a list in square brackets",
    )
    folder = written("file", ["faces/none.ttf"])
    (folder / "faces").mkdir()
    (folder / "faces" / "none.ttf").write_text("not a font")
    (one,) = not_shown(load(folder))
    assert (one.value, one.rule) == ("faces/none.ttf", "it is not a font file that can be read")


def test_letters_beyond_a_dozen_are_counted_as_one_counts():
    letters = "abcdefghijklmn"
    assert named_letters(letters[:13]).endswith(" and 1 more letter")
    assert named_letters(letters).endswith(" and 2 more letters")
    assert "more" not in named_letters(letters[:12])


@pytest.mark.parametrize(
    ("read", "said"),
    [("not_read", "was not read"), ("full", "What it asks is not put in words here.")],
)
def test_a_recommendation_without_words_says_what_is_true(read, said):
    assert said in untold({"text_read": read})
