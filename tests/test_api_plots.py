"""Pictures of the API: ordinary axes, the same drawing as the report's, and what must stand."""

import re
import warnings
from io import BytesIO

import matplotlib
import nbformat
import numpy as np
import pytest
from made import LIBRARY, ROOT, library, without_rows
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

import analysis as pg
from analysis.api.plots import Plots
from analysis.api.results import Results
from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.measure.shown import shown
from analysis.show import charts

matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")

PICTURES = tuple(charts.KINDS)
CAVEATED = ("matrix", "intervals", "tile_map", "coverage", "order", "reach")


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def results():
    return pg.read_study(LIBRARY).measure(as_of="2022")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_takes_axes_and_returns_them(results, name):
    figure, (left, right) = plt.subplots(1, 2, figsize=(16, 9), layout="constrained")
    before = dict(matplotlib.rcParams)
    assert getattr(results.plot, name)(left) is left
    assert dict(matplotlib.rcParams) == before
    assert left.get_title() and not right.get_title() and not right.collections
    right.set_title(left.get_title())
    left.set_title("Mine")
    figure.draw_without_rendering()
    assert left.get_title() == "Mine" and figure.get_size_inches().tolist() == [16, 9]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_without_axes_makes_its_own_with_an_alternative(results, name):
    ax = getattr(results.plot, name)()
    assert plt.gcf() is ax.figure
    data, about = ax.figure._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and data["text/plain"] == ax.figure.alt
    assert about["image/png"]["alt"] == ax.figure.alt and len(ax.figure.alt) > 20
    assert data == ax.figure._repr_mimebundle_()[0]


@pytest.mark.parametrize("name", CAVEATED)
def test_what_must_stand_is_below_the_picture(results, name):
    ax = getattr(results.plot, name)()
    said = " ".join(ax.get_xlabel().split())
    assert library().settings.draft_mark in said
    assert "not the study’s own (" in said


def test_a_picture_stands_in_a_part_of_a_figure(results):
    figure = plt.figure(figsize=(14, 6), layout="constrained")
    left, right = figure.subfigures(1, 2)
    ax = results.plot.intervals(left.subplots())
    results.plot.matrix(right.subplots())
    figure.draw_without_rendering()
    assert 5 < np.ptp(ax.get_xlim()) <= 7


def test_the_bars_are_those_of_the_report(results):
    """Read off the axes, in the units of their data, as on the page of the report."""
    own = measure(library(), results.as_of.date())
    page = charts.intervals_chart(own, named_figures(own)).figure
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
    if name in ("tile_map", "timeline", "figures"):
        assert drawn.figure.alt == f"Not drawn: {' '.join(drawn.get_title().split())}."
    assert drawn.figure.alt


def test_pictures_come_from_the_list_of_charts():
    public = {name for name in dir(Plots) if not name.startswith("_")}
    assert public == set(charts.KINDS)
    assert all(getattr(Plots, name).__doc__ for name in public)


@pytest.mark.parametrize("name", ["order", "reach", "tile_map"])
def test_what_is_not_drawn_says_of_whom_and_what_must_stand(name):
    study = without_rows(library(), "assessments", "codings")
    units = study["units"].assign(tile_column="", tile_row="")
    study.tables["units"] = units
    results = shown(measure(study), tuple(units["unit_id"][:2]))
    ax = getattr(Results(results).plot, name)()
    title, said = (" ".join(one.split()) for one in (ax.get_title(), ax.get_xlabel()))
    assert "2 libraries shown" in title
    assert study.settings.draft_mark in said and "Shown: 2 of 6 libraries" in said


def test_of_one_unit_alone_no_number_and_no_plural_is_said():
    results = shown(measure(library()), (library()["units"]["unit_id"].iloc[0],))
    title = Results(results).plot.order().get_title()
    assert (
        " ".join(title.split()) == "Only one library is shown, so there is none to compare it with"
    )


def within(text, figure) -> bool:
    box, page = text.get_window_extent(), figure.bbox
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1


@pytest.mark.parametrize("grid", [(1, 1, None), (2, 2, None), (2, 2, "constrained")])
def test_a_figure_that_is_too_small_is_warned_of_and_keeps_what_must_stand(results, grid):
    *shape, layout = grid
    size = (4, 3) if shape == [1, 1] else (6.4, 4.8)
    figure, axes = plt.subplots(*shape, figsize=size, layout=layout, squeeze=False)
    with pytest.warns(UserWarning, match="needs about") as said:
        for ax in axes.flat:
            results.plot.matrix(ax)
    assert all(one.filename == __file__ for one in said)
    figure.draw_without_rendering()
    for ax in axes.flat:
        assert within(ax.title, figure) and within(ax.xaxis.label, figure)
        assert library().settings.draft_mark in " ".join(ax.get_xlabel().split())
    found = re.search(r"figsize=\((\d+), (\d+)\)", str(said[-1].message)).groups()
    size = [*map(int, found)]
    figure, axes = plt.subplots(*shape, figsize=size, layout=layout, squeeze=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ax in axes.flat:
            results.plot.matrix(ax)


def test_a_style_of_the_user_hides_nothing(results):
    with plt.style.context("dark_background"):
        own = results.plot.intervals()
        buffer = BytesIO()
        own.figure.savefig(buffer, format="png")
        _, ax = plt.subplots(figsize=(9, 9))
    results.plot.intervals(ax)
    assert plt.imread(BytesIO(buffer.getvalue()))[0, 0].tolist() == [1, 1, 1, 1]
    ink = {to_hex(one.get_color()) for one in own.texts}
    assert ink == {to_hex(one.get_color()) for one in ax.texts}
    assert to_hex(ax.get_facecolor()) == "#ffffff"  # that our colours stand out from
    assert to_hex(ax.title.get_color()) == to_hex(ax.xaxis.label.get_color()) == "#ffffff"


def test_a_figure_of_ours_is_made_in_the_mode_that_is_set(results, monkeypatch):
    """Else a notebook, which shows what was made while interactive, would not show it."""
    seen = []
    make = plt.figure
    monkeypatch.setattr(
        plt, "figure", lambda **looks: seen.append(plt.isinteractive()) or make(**looks)
    )
    with plt.ion():
        results.plot.intervals()
    assert seen == [True]


def test_pyplot_keeps_one_figure_of_ours_where_none_is_shown(results):
    mine, _ = plt.subplots()
    axes = [results.plot.intervals() for _ in range(3)]
    assert len(plt.get_fignums()) == 2 and plt.fignum_exists(mine.number)
    axes[0].figure.savefig(BytesIO())


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
