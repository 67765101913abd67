"""The charts: legible at the size at which a page prints them, whatever the study."""

import re

import pytest
from drawn import A4, texts, words
from hypothesis import given
from hypothesis import strategies as st
from made import NASTY, everywhere, library, real, replaced, without_rows
from made_study import write_made_study

from analysis.direction import without_direction
from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.results import measure
from analysis.measure.shown import shown
from analysis.show.charts import KINDS, all_charts, coverage_chart, matrix_chart, reach_chart
from analysis.show.charts.matrix import _wrapped_head
from analysis.show.lines import width_of, wrapped
from analysis.study import load
from analysis.study.faces import Faces

LONG = "The Combined Authority of Northamptonshire-upon-Severn and the Isles of Cambridgeshire"


def long_names():
    """Return the real study with long names for all that a chart names."""
    study = real()
    tables = {}
    for name, columns in {
        "units": ["short_name"],
        "criteria": ["label"],
        "figures": ["scope", "unit", "comparison"],
    }.items():
        table = tables[name] = study[name].copy()
        for column in columns:
            some = table[column] != ""
            table.loc[some, column] = [f"{LONG} {one}" for one in table.loc[some, column]]
    events = tables["events"] = study["events"].copy()
    events["event_id"] = [f"event-{one}-of-the-study" for one in events["event_id"]]
    return replaced(study, **tables)


def made(folder, **size):
    return load(write_made_study(folder / "made", **size))


STUDIES = {
    "real": lambda folder: real(),
    "library": lambda folder: library(),
    "made": made,
    "many criteria": lambda folder: made(folder, units=30, criteria=40, depth=3, seed=1),
    "many in order": lambda folder: made(folder, units=24, criteria=8, depth=1, rows_per_cell=4),
    "many units": lambda folder: made(folder, units=80),
    "long names": lambda folder: long_names(),
    "awkward names": lambda folder: everywhere(library(), NASTY, 3),
}


SLOW = ("many criteria", "many in order", "many units", "long names")
"""Each is drawn in the small in ``made`` and ``awkward names``."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW)) for one in STUDIES],
)
def charts(request, tmp_path_factory):
    """The charts of a study, with the study's name."""
    study = STUDIES[request.param](tmp_path_factory.mktemp("study"))
    results = measure(study)
    named = named_figures(results)
    drawn = [page for chart in all_charts(results, named) for page in chart.pages]
    if request.param in ("real", "library"):  # the others take long
        drawn.append(reach_chart(results, named | sensitivity_figures(results)))
    return request.param, drawn


# Awkward names hold letters that the face does not have; boxes stand for them.
pytestmark = pytest.mark.filterwarnings("ignore:Glyph")


def test_texts_neither_overlap_nor_leave_the_picture(charts):
    for chart in charts[1]:
        whole = chart.figure.get_size_inches() * 72
        held = texts(chart)
        for number, (text, box, _) in enumerate(held):
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= whole[0] + 1
            assert inside and box.y1 <= whole[1] + 1, (chart.name, text)
            for other, second, _ in held[number + 1 :]:
                wide = min(box.x1, second.x1) - max(box.x0, second.x0)
                high = min(box.y1, second.y1) - max(box.y0, second.y0)
                assert wide <= 1 or high <= 1, (chart.name, text, other)


def test_no_type_is_drawn_smaller_than_seven_points(charts):
    for chart in charts[1]:
        smallest = min(texts(chart), key=lambda one: one[2])
        assert smallest[2] > 7 - 1e-6, (chart.name, smallest)


@pytest.mark.parametrize("document", A4)
def test_no_type_is_printed_smaller_than_seven_points(charts, document):
    """As large as the page has room for, in width and in height."""
    for chart in charts[1]:
        wide, high = (one / 2.54 for one in A4[document])
        size = chart.figure.get_size_inches()
        smallest = min(size for _, _, size in texts(chart))
        assert min(wide / size[0], high / size[1]) * smallest > 6.99, (chart.name, size)


def test_every_name_is_drawn_whole(charts):
    """Letter for letter, on one page or another: a name may be wrapped, never cut."""
    pages = {}
    for chart in charts[1]:
        pages.setdefault(re.sub(r"-\d+$", "", chart.name), []).append(chart)
    for name, held in pages.items():
        drawn = {_as_written(one) for chart in held for one in words(chart)}
        for column in ("short_name", "scope", "comparison") if name not in UNNAMED else ():
            if column in held[0].table:
                # A letter that the face does not have stands by its number.
                names = {Faces().shown(one) for one in held[0].table[column]}
                assert set(map(_as_written, names)) <= drawn, name


def _as_written(text):
    return "".join(without_direction(text).split())


UNNAMED = ("order", "tile-map")
"""Of many units a dozen are named in a box of the order, and none in a tile."""


@pytest.mark.parametrize("name", KINDS)
def test_a_chart_has_one_name(name):
    """Its key, its module and its file agree, but that a file's name has hyphens."""
    results = measure(library())
    chart = KINDS[name].draw(results, named_figures(results) | sensitivity_figures(results))
    assert KINDS[name].draw.__module__ == f"analysis.show.charts.{name}"
    assert chart.name == name.replace("_", "-")


def test_lines_are_as_wide_as_they_are_said_to_be():
    text = "The Wiltshire Willow 409 of 11 m " + "w" * 60
    lines = wrapped(text, 1.5, 8)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line, 8) <= 1.5 for line in lines) and len(lines) > 3
    # The advance of a space of DejaVu Sans is 651 of 2048 units, of an "m" 1995.
    assert width_of(" ", 72) == pytest.approx(651 / 2048, abs=1e-3)
    assert width_of("mm", 36) == pytest.approx(1995 / 2048, abs=1e-3)


@given(st.text("aim W\u4e2d", max_size=60), st.floats(0.05, 3), st.booleans())
def test_lines_are_as_full_as_they_can_be(text, room, bold):
    """Against a slow way to say it: the most words, or else the most letters, that fit."""

    def most(parts, joint):
        lengths = range(len(parts), 0, -1)
        held = (joint.join(parts[:length]) for length in lengths)
        return next((one for one in held if width_of(one, 8, bold) <= room), "")

    lines, rest = [], text.split()
    while rest:
        line = most(rest, " ") or most(rest[0], "") or rest[0][0]
        # Of a word that is broken, no fewer than three letters are left for its last line.
        left = len(rest[0]) - len(line)
        fits = width_of(rest[0][-3:], 8, bold) <= room
        if 0 < left < 3 and len(line) >= 6 - left and fits:
            line = line[: left - 3]
        lines.append(line)
        rest = " ".join(rest).removeprefix(line).split()
    assert wrapped(text, room, 8, bold) == (lines or [""])


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Aber-with-Sub-Division", ["Aber-with-", "Sub-", "Division"]),
        ("Westernmost", ["Westernm", "ost"]),
        ("North Westernmost", ["North", "Westernm", "ost"]),
    ],
)
def test_a_long_word_is_broken_at_its_signs_and_never_before_its_last_letter(name, lines):
    room = max(width_of(one, 7) for one in lines if one != "Westernm") if "-" in name else None
    assert wrapped(name, room or width_of("Westernmo", 7) + 0.001, 7) == lines


def test_a_head_of_a_column_is_no_longer_than_its_lines_need():
    label = "w" * 30_000
    lines = _wrapped_head(label, 2)
    assert len(lines) == 2 and "".join(lines) == label
    assert len(lines[0]) - len(lines[1]) < 10


def test_of_no_settled_cell_and_of_one_no_sentence_counts_to_zero_or_one_of_many():
    bare = measure(without_rows(library(), "assessments", "codings"))
    several = shown(bare, tuple(library()["units"]["unit_id"][:2]))
    alone = shown(bare, (library()["units"]["unit_id"].iloc[0],))
    for results, said in (
        (several, "No question has an answer for any of the 2 libraries"),
        (alone, "No question has an answer for the 1 library"),
    ):
        assert coverage_chart(results, named_figures(results)).title == said
    assert matrix_chart(alone, named_figures(alone)).alt.startswith("Matrix of 1 library by ")
    one = named_figures(several)["pairs.said"].text
    assert "1 pairs" not in one and "no library can be placed above another" in one
