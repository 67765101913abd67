"""Pictures of the API: ordinary axes, the same drawing as the report's, and what must stand."""

import matplotlib
import nbformat
import numpy as np
import pytest
from made import LIBRARY, ROOT, library, without_rows
from matplotlib.collections import PolyCollection

import analysis as pg
from analysis.api.results import Results
from analysis.measure.results import measure
from analysis.measure.statements import statements
from analysis.show import charts

matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")

PICTURES = ("matrix", "intervals", "map", "coverage", "timeline", "published", "order", "reach")


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def results():
    return pg.read_study(LIBRARY).measure(as_of="2022")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_takes_axes_and_returns_them(results, name):
    figure, (left, right) = plt.subplots(1, 2, figsize=(14, 6), layout="constrained")
    before = dict(matplotlib.rcParams)
    assert getattr(results.plot, name)(left) is left
    assert dict(matplotlib.rcParams) == before
    assert left.get_title() and not right.get_title() and not right.collections
    right.set_title(left.get_title())
    left.set_title("Mine")
    figure.draw_without_rendering()
    assert left.get_title() == "Mine" and figure.get_size_inches().tolist() == [14, 6]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_without_axes_makes_its_own_with_an_alternative(results, name):
    ax = getattr(results.plot, name)()
    assert plt.gcf() is ax.figure
    data, about = ax.figure._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and data["text/plain"] == ax.figure.alt
    assert about["image/png"]["alt"] == ax.figure.alt and len(ax.figure.alt) > 20
    assert data == ax.figure._repr_mimebundle_()[0]


@pytest.mark.parametrize("name", PICTURES[:6])
def test_what_must_stand_is_below_the_picture(results, name):
    ax = getattr(results.plot, name)()
    said = " ".join(ax.get_xlabel().split())
    assert library().settings.draft_mark in said
    assert "another date than the study’s own" in said


def test_a_picture_stands_in_a_part_of_a_figure(results):
    figure = plt.figure(figsize=(12, 6), layout="constrained")
    left, right = figure.subfigures(1, 2)
    ax = results.plot.intervals(left.subplots())
    results.plot.matrix(right.subplots())
    figure.draw_without_rendering()
    assert 4 < np.ptp(ax.get_xlim()) <= 6


def test_the_bars_are_those_of_the_report(results):
    """Read off the axes, in the units of their data, as on the page of the report."""
    own = measure(library(), results.as_of.date())
    page = charts.intervals_chart(own, statements(own)).figure
    ax = results.plot.intervals()

    def widths(held) -> list[float]:
        (bars,) = [one for one in held if isinstance(one, PolyCollection)]
        wide = np.array([np.ptp(path.vertices[:, 0]) for path in bars.get_paths()])
        return (wide / wide.max()).round(2).tolist()

    assert widths(ax.collections) == widths(page.artists)
    bottom, top = ax.get_ylim()
    assert bottom > top == 0  # inches from the top
    texts = {text.get_text() for text in ax.texts}
    assert set(library()["units"]["short_name"]) <= texts


@pytest.mark.parametrize("name", PICTURES)
def test_where_there_is_nothing_to_draw_it_is_said(name):
    study = without_rows(library(), "events", "figures")
    units = study["units"].assign(tile_column="", tile_row="")
    study.tables["units"] = units
    drawn = getattr(Results(measure(study)).plot, name)()
    if name in ("map", "timeline", "published"):
        assert drawn.figure.alt == f"Not drawn: {drawn.get_title()}"
    assert drawn.figure.alt


def test_the_looks_are_a_style_file():
    path = ROOT / "src" / "analysis" / "show" / "policygap.mplstyle"
    with plt.style.context(path):
        assert matplotlib.rcParams["text.parse_math"] is False


def test_the_example_is_short_and_imports_one_of_ours():
    cells = nbformat.read(ROOT / "docs" / "in-a-notebook.ipynb", as_version=4).cells
    code = [one for one in cells if one.cell_type == "code"]
    lines = [line for one in code for line in one.source.splitlines() if line.strip()]
    assert len(lines) <= 15
    assert [line for line in lines if "import analysis" in line] == ["import analysis as pg"]
    assert all(one.outputs for one in code)
