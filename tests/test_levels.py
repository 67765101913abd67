"""A level is known by its scale: two scales may share names, and a scale may be long."""

import io
import itertools
import re
from collections import Counter
from types import SimpleNamespace

import openpyxl
import pytest
from drawn import words
from made_towns import towns, write_towns
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from pdfs import opened
from pypdf.generic import ContentStream

from analysis.fieldwork.agreement import ALL, CODES, LEVELS, agreement, confusion
from analysis.fieldwork.row_reader import RowReader
from analysis.fieldwork.workbook_content import SheetRow
from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.results import measure
from analysis.publish.briefings import Briefings
from analysis.publish.context.method import states_key
from analysis.publish.document_model import Table, page_blocks, plain
from analysis.publish.markup import mark_of
from analysis.publish.report import report_html
from analysis.publish.report_pdf import report_pdf
from analysis.publish.sheets import NOT_APPLICABLE
from analysis.publish.site.pages import site_files
from analysis.publish.typeset import page_count
from analysis.publish.workbook import gap_workbook
from analysis.show.charts.matrix import matrix_chart
from analysis.show.labels import level_word
from analysis.show.symbols import PALETTE, level_marks, places_note, ramp_rules
from analysis.study import validate
from analysis.study.codebook import level_names

UNITS = [{"unit_id": f"u{one}"} for one in range(4)]
TWO_SCALES = {
    "benefit": {"high": 1, "mid": 0.5, "low": 0},
    "risk": {"low": 1, "mid": 0.5, "high": 0},
}


@pytest.fixture(scope="module")
def two_scales(tmp_path_factory):
    found = {("u0", "good"): "low", ("u0", "bad"): "low", ("u1", "good"): "high"}
    folder = tmp_path_factory.mktemp("towns") / "study"
    return towns(folder, TWO_SCALES, {"good": "benefit", "bad": "risk"}, UNITS, found)


@pytest.fixture(scope="module")
def long_scale(tmp_path_factory):
    scale = {f"l{one}": one / 199 for one in range(200)}
    found = {("u0", "c"): "l199", ("u1", "c"): "l100", ("u2", "c"): "l0"}
    folder = tmp_path_factory.mktemp("towns") / "study"
    return towns(folder, {"s": scale}, {"c": "s"}, UNITS, found)


def unit_cells(page, caption):
    """Return the rows of the first table whose caption holds a text, cell by cell, as text."""
    for one in page_blocks(page):
        if isinstance(one, Table) and caption in plain(one.caption):
            return [[plain(cell.runs) for cell in row.cells] for row in one.rows]
    raise LookupError(caption)


def report_page(results):
    return report_html(results, named_figures(results), [])


def test_the_same_name_on_two_scales_has_two_marks(two_scales):
    mark = mark_of(two_scales)
    assert "●" in mark("low", "risk")
    assert "rank-0" in mark("low", "risk")
    assert "○" in mark("low", "benefit")
    assert "rank-2" in mark("low", "benefit")


def test_report_and_site_and_briefing_mark_a_level_by_its_own_scale(two_scales):
    results = measure(two_scales)
    page = report_page(results)
    cells = page.split('<article class="unit" id="u0">')[1].split("</article>")[0]
    assert re.findall(r'rank-(\d)" aria-hidden="true">(.)', cells) == [("2", "○"), ("0", "●")]
    best, middle, worst = "rank-0", "rank-1", "rank-2"
    of_benefit = [(best, "high"), (middle, "mid"), (worst, "low")]
    of_risk = [(best, "low"), (middle, "mid"), (worst, "high")]
    named = named_figures(results) | sensitivity_figures(results)
    pages = site_files(results, named, [])
    counts = "".join(pages[name].decode() for name in pages if name.startswith("recommendations/"))
    rows = re.findall(r'(\w+-\d)" aria-hidden="true">.</span>(high|mid|low)</span></th>', counts)
    assert rows == [*of_benefit, *of_risk]
    page = pages["towns/u0.html"].decode()
    answers = "".join(re.findall(r'<p class="answer">.*?</p>', page, re.DOTALL))
    assert re.findall(r'rank-(\d)" aria-hidden="true">(.)', answers) == [("2", "○"), ("0", "●")]
    content = Briefings(results).pdf("u0")
    assert page_count(content) == 2
    first = opened(content).pages[0]
    assert re.findall("(.)\u202flow", first.extract_text()) == ["○", "●"]
    # Beside what each briefing has, one mark in the colour of the worst, one in that of the best.
    more = colours_of(first)
    more.subtract(colours_of(opened(Briefings(results).pdf("u3")).pages[0]))
    assert [more[one] for one in PALETTE[:3]] == [1, 0, 1]


def colours_of(page):
    """Return the colours with which a page of a PDF is filled, each as often as it is set."""
    drawn = ContentStream(page.get_contents(), page.pdf).operations
    fills = (values for values, name in drawn if name == b"scn")
    return Counter(to_hex([float(one) for one in values]).upper() for values in fills)


def test_a_key_of_levels_tells_two_scales_apart(two_scales):
    key = {(one["scale"], one["state"]): one["among"] for one in states_key(two_scales)}
    assert key["benefit", "low"] == " (benefit)"
    assert key["risk", "low"] == " (risk)"
    # Worth the same on both, it has one name; but each scale says another thing by it.
    assert key["benefit", "mid"] == " (benefit)" and key["risk", "mid"] == " (risk)"


def sheet_rows(results, sheet):
    book = openpyxl.load_workbook(io.BytesIO(gap_workbook(results, named_figures(results))))
    (table,) = book[sheet].tables.values()
    return [[cell.value for cell in row] for row in book[sheet][table.ref]]


def test_the_picture_draws_and_names_a_level_by_its_own_scale(two_scales):
    results = measure(two_scales)
    chart = matrix_chart(results, named_figures(results))
    said = " ".join(words(chart)).replace("\n", " ")
    assert "low (benefit)" in said and "low (risk)" in said
    fills = Counter(
        to_hex(one.get_facecolor()[0]).upper()
        for one in chart.figure.artists
        if isinstance(one, PathCollection) and len(one.get_facecolor())
        for _ in one.get_offsets()
    )
    # Each scale has one of each colour in the key. "Low" is the worst benefit and the best risk.
    assert [fills[one] for one in PALETTE[:3]] == [2 + 2, 2, 2 + 1]


def test_the_key_of_levels_that_differ_in_capitals_says_their_places(tmp_path):
    study = towns(tmp_path / "s", {"s": {"A": 1, "a": 0}}, {"c": "s"}, UNITS, {})
    key = {one["state"]: one["among"] for one in states_key(study)}
    assert (key["A"], key["a"]) == (" (s, 1 of 2)", " (s, 2 of 2)")


def test_the_workbook_counts_two_scales_in_columns_of_their_own(two_scales):
    head, *rows = sheet_rows(measure(two_scales), "National figures")
    counted = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert counted["Question good"]["Low (benefit)"] == 1
    assert counted["Question good"]["Low (risk)"] == NOT_APPLICABLE
    assert counted["Question bad"]["Low (risk)"] == 1
    assert counted["Question good"]["Mid"] == counted["Question bad"]["Mid"] == 0


def test_levels_that_differ_in_capitals_keep_their_counts(tmp_path):
    found = {("u0", "c"): "A", ("u1", "c"): "A", ("u2", "c"): "A", ("u3", "c"): "a"}
    study = towns(tmp_path / "s", {"s": {"A": 1, "a": 0}}, {"c": "s"}, UNITS, found)
    head, row = sheet_rows(measure(study), "National figures")
    counted = dict(zip(head, row, strict=True))
    assert counted["A (s, 1 of 2)"] == 3
    assert len({one.casefold() for one in head}) == len(head)
    assert [one for one in row if one == 1]


def test_a_level_may_be_called_like_a_column_or_a_gap(tmp_path):
    found = {("u0", "c"): "scored", ("u1", "c"): "meets"}
    scale = {"meets": 1, "scored": 0.5, "nothing": 0}
    study = towns(tmp_path / "s", {"s": scale}, {"c": "s"}, UNITS, found)
    head, row = sheet_rows(measure(study), "National figures")
    assert head[:2] == ["Criterion", "Scored"]
    assert row[1] == "yes"
    assert len(set(head)) == len(head) == len(row)
    assert level_word("meets") == "meets"


def test_a_name_is_told_apart_only_where_it_means_two_things(two_scales, tmp_path):
    names = level_names(two_scales)
    assert names["benefit", "high"] == "high (benefit)"
    assert names["risk", "mid"] == "mid"


# --- agreement: the rank of a level is that on its own scale ---------------------------------

# Ten units, of which two are read one step apart, on a scale of three steps: with the order
# low < mid < high by hand, the ordinal alpha is 1 - (n - 1) * Do / sum(De), worked out below.
READ = {
    "A": "low low low low mid mid mid high high high",
    "B": "low low low mid mid mid mid high high mid",
}


def ordinal_alpha(pairs, order):
    """Return Krippendorff's ordinal alpha of two coders, by its definition and no library."""
    values = [value for pair in pairs for value in pair]
    count = {one: values.count(one) for one in order}

    def apart(one, other):
        low, high = sorted((order.index(one), order.index(other)))
        between = sum(count[order[place]] for place in range(low, high + 1))
        return (between - (count[one] + count[other]) / 2) ** 2

    seen = sum(apart(*pair) for pair in pairs) / len(pairs)
    chance = sum(count[one] * count[other] * apart(one, other) for one in order for other in order)
    return 1 - seen * len(values) * (len(values) - 1) / chance


def coded_twice(tmp_path, scales, criteria):
    """Return a study of twenty units that two coders read, alike on each criterion."""
    units = [{"unit_id": f"u{one}"} for one in range(20)]
    texts = {coder: text.split() * 2 for coder, text in READ.items()}
    cells = [(unit["unit_id"], criterion) for criterion in criteria for unit in units]
    coded = {
        coder: dict(zip(cells, levels * len(criteria), strict=True))
        for coder, levels in texts.items()
    }
    found = {cell: level for cell, level in coded["A"].items() if coded["B"][cell] == level}
    return towns(tmp_path / "s", scales, criteria, units, found, coded)


def test_ordinal_alpha_ranks_a_level_on_its_own_scale(tmp_path):
    # On the other scale "mid" is the best: in one order for all, "low" and "high" are neighbours.
    scales = {
        "plain": {"low": 0, "mid": 0.5, "high": 1},
        "odd": {"mid": 1, "high": 0.4, "low": 0.2},
    }
    study = coded_twice(tmp_path, scales, {"c": "plain", "d": "odd"})
    pairs = list(zip(*(text.split() * 2 for text in READ.values()), strict=True))
    right = {
        "c": ordinal_alpha(pairs, ["low", "mid", "high"]),
        "d": ordinal_alpha(pairs, ["low", "high", "mid"]),
    }
    found = {
        one.criterion_id: one for one in agreement(study, resamples=0) if one.measure == LEVELS
    }
    assert found["c"].alpha == pytest.approx(right["c"])
    assert found["d"].alpha == pytest.approx(right["d"])
    assert right["c"] != pytest.approx(right["d"])
    # Together they are ranked by value: 0, 0.2, 0.4, 0.5 and 1, each scale's own at both ends.
    value = {
        name: {level: str(worth) for level, worth in held.items()} for name, held in scales.items()
    }
    joint = [tuple(value[name][one] for one in pair) for name in scales for pair in pairs]
    joint = [tuple("1" if one == "1.0" else one for one in pair) for pair in joint]
    assert found[ALL].alpha == pytest.approx(ordinal_alpha(joint, ["0", "0.2", "0.4", "0.5", "1"]))


def test_nominal_agreement_and_confusion_tell_two_scales_apart(tmp_path):
    scales = {
        "plain": {"low": 0, "mid": 0.5, "high": 1},
        "turned": {"low": 1, "mid": 0.5, "high": 0},
    }
    study = coded_twice(tmp_path, scales, {"c": "plain", "d": "turned"})
    met = confusion(study)
    assert set(met.index) == {"low (plain)", "high (plain)", "low (turned)", "high (turned)", "mid"}
    assert met.loc["low (plain)", "low (plain)"] == 6
    assert met.loc["low (plain)", "low (turned)"] == 0
    (one,) = (one for one in agreement(study, resamples=0, names=[ALL]) if one.measure == CODES)
    assert (one.cells, one.same) == (40, 32)


# --- scales of many levels ------------------------------------------------------------------


@pytest.mark.parametrize("count", [7, 8, 50, 200])
def test_every_level_of_a_long_scale_has_a_colour_and_a_mark_of_its_own(tmp_path, count):
    scale = {f"l{one}": one / (count - 1) for one in range(count)}
    study = towns(tmp_path / "s", {"s": scale}, {"c": "s"}, UNITS, {("u0", "c"): "l0"})
    marks = level_marks(study)
    for kind in ("colour", "sign", "look", "number"):
        assert len({getattr(one, kind) for one in marks.values()}) == count
    light = [luminance(one.colour) for one in marks.values()]
    # From dark for the best to light for the worst, but for what is rounded away.
    assert min(after - before for before, after in itertools.pairwise(light)) > -0.001
    # White type on the colour, and the colour as type on white paper.
    assert 1.05 / (max(light) + 0.05) >= 4.5
    assert all(f".{one.look} {{" in ramp_rules(study) for one in marks.values())


def luminance(colour):
    """Return the relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("values", "signs"),
    [
        ((1, 0), "● ○"),
        ((1, 0.5, 0), "● ◑ ○"),
        ((1, 0.75, 0.5, 0.25, 0), "● ◕ ◑ ◔ ○"),
        # Of six discs two would be the same.
        ((1, 0.8, 0.6, 0.4, 0.2, 0), "●1 ◕2 ◑3 ◑4 ◔5 ○6"),
        ((1, 0.95, 0), "●1 ●2 ○3"),
    ],
)
def test_a_short_scale_keeps_the_palette(tmp_path, values, signs):
    scale = {f"l{one}": value for one, value in enumerate(values)}
    study = towns(tmp_path / "s", {"s": scale}, {"c": "s"}, UNITS, {("u0", "c"): "l0"})
    marks = list(level_marks(study).values())
    assert " ".join(one.sign for one in marks) == signs
    expected = PALETTE[:3:2] if len(values) == 2 else PALETTE[: len(values)]
    assert tuple(one.colour for one in marks) == expected
    assert bool(places_note(study)) == any(one.isdigit() for one in signs)


def test_more_levels_of_one_value_than_there_are_letters_have_marks_of_their_own(tmp_path):
    scale = {f"l{one}": 1 for one in range(30)} | {"none": 0}
    marks = level_marks(towns(tmp_path / "s", {"s": scale}, {"c": "s"}, UNITS, {}))
    assert len({one.sign for one in marks.values()}) == 31


def test_two_hundred_levels_are_drawn_and_set(long_scale):
    results = measure(long_scale)
    drawn = matrix_chart(results, named_figures(results))
    labels = {one.get_label() for one in drawn.figure.findobj() if one.get_label()}
    assert {"1", "100", "200"} <= labels
    page = report_page(results)
    assert "ramp-" in page
    assert page_count(report_pdf(results, page_blocks(page))) > 1
    named = named_figures(results) | sensitivity_figures(results)
    pages = site_files(results, named, [])
    (counts,) = (page for page in pages.values() if b"are none, left out: 197" in page)
    rows = unit_cells(counts.decode(), "levels of which there are none, left out: 197")
    assert [count for _, count in rows[:3]] == ["1", "1", "1"]


# --- names that stand for something else, and levels of one value ----------------------------


@pytest.mark.parametrize(
    ("name", "taken"),
    [("Withheld", True), ("Nothing-Found", True), ("not in force", True), ("nobody_has looked", True), ("held", False)],
)  # fmt: skip
def test_no_level_is_called_like_an_unknown_however_it_is_written(tmp_path, name, taken):
    folder = write_towns(tmp_path / "s", {"s": {name: 1, "no": 0}}, {"c": "s"}, UNITS, {})
    found = [(one.file, one.row, one.column) for one in validate(folder) if "unknown" in one.rule]
    assert found == [("levels.csv", 2, "level")] * taken


def test_every_level_that_fits_but_for_its_capitals_is_named(tmp_path):
    study = towns(tmp_path / "s", {"s": {"HIGH": 1, "High": 0.5, "low": 0}}, {"c": "s"}, UNITS, {})
    refused = []
    returned = SimpleNamespace(forms={}, refuse=lambda *said: refused.append(said))
    reader = RowReader(SimpleNamespace(study=study, workbook=returned))
    assert reader.level(SheetRow("Coding", 2, {"level": "high"}, {"level": "B"}), "c") == "high"
    ((_, text, _, remedy),) = refused
    assert text == "high" and remedy.startswith("did you mean HIGH or High? ")


def test_two_scales_do_not_differ_only_in_capitals(tmp_path):
    scales = {"Risk": {"a": 1, "b": 0}, "risk": {"b": 1, "a": 0}}
    folder = write_towns(tmp_path / "s", scales, {"c": "Risk", "d": "risk"}, UNITS, {})
    found = [(one.file, one.row, one.column) for one in validate(folder) if "capitals" in one.rule]
    assert found == [("levels.csv", row, "scale_id") for row in (4, 5)]


def test_levels_of_one_value_have_one_place_whatever_their_order(tmp_path):
    # By hand, of the values 0, 0.5 and 1: twice "low" against "mid" or "even" is as far.
    pairs = [
        ("high", "mid"),
        ("even", "low"),
        ("mid", "even"),
        ("high", "high"),
        ("low", "low"),
    ] * 4
    right = ordinal_alpha([tuple("mid" if one == "even" else one for one in pair) for pair in pairs], ["low", "mid", "high"])  # fmt: skip
    for number, middle in enumerate((("mid", "even"), ("even", "mid"))):
        scale = {"high": 1, **dict.fromkeys(middle, 0.5), "low": 0}
        units = [{"unit_id": f"u{one}"} for one in range(20)]
        coded = {
            coder: {(f"u{one}", "c"): pair[place] for one, pair in enumerate(pairs)}
            for place, coder in enumerate("AB")
        }
        study = towns(tmp_path / f"{number}", {"s": scale}, {"c": "s"}, units, {}, coded)
        (found,) = (
            one for one in agreement(study, resamples=0, names=["c"]) if one.measure == LEVELS
        )
        assert found.alpha == pytest.approx(right)
        marks = level_marks(study)
        assert marks["s", middle[0]].sign == "◑2a" and marks["s", middle[1]].sign == "◑2b"
        assert (marks["s", "low"].sign, marks["s", "low"].number) == ("○4", "")
        # In the picture they have a disc and a colour; the disc is the same.
        assert [marks["s", one].number for one in middle] == ["2a", "2b"]
        assert "share it" in places_note(study) and ramp_rules(study) == ""
