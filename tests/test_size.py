"""A study of any size gives a publication that can be read: lists, tables, pictures and parts."""

import json
import re
from pkgutil import resolve_name

import pytest
from drawn import A4, texts, words
from made import library, replaced
from made_study import write_made_study

from analysis.cli import main
from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish import parts
from analysis.publish.manifest import read_manifest
from analysis.publish.report import report_html
from analysis.publish.verify import unchanged
from analysis.show.charts import all_charts, intervals_chart, tile_map_chart
from analysis.show.charts.pages import MOST_PAGES, pages_that_hold
from analysis.study import load
from analysis.wording import listed, stopped

TOWNS = [f"Town {number}" for number in range(1, 410)]


# --- lists ---------------------------------------------------------------------------------------


def test_a_list_in_prose_stops_at_a_dozen_and_leads_to_the_table():
    assert listed(TOWNS[:3], "data/pairs.csv") == "Town 1, Town 2 and Town 3"
    assert listed(TOWNS[:12], "data/pairs.csv").endswith("Town 11 and Town 12")
    assert listed(TOWNS, "data/pairs.csv") == (
        "Town 1, Town 2, Town 3, Town 4, Town 5, Town 6, Town 7, Town 8, Town 9, Town 10, "
        "Town 11, Town 12 and 397 more (see the table data/pairs.csv)"
    )
    assert (
        stopped(TOWNS[:13], "behind") == "; ".join(TOWNS[:12]) + "; 1 more (see the table behind)"
    )


def test_a_list_that_leads_nowhere_is_whole():
    """Of authors, causes and days none may be left out."""
    assert listed(TOWNS).count("Town") == 409
    assert listed([]) == "none" and listed(["a"]) == "a"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """The results of 300 made units, their statements and the charts."""
    folder = tmp_path_factory.mktemp("crowd") / "study"
    results = measure(load(write_made_study(folder, units=300, criteria=14)))
    named = named_figures(results)
    return results, named, all_charts(results, named)


@pytest.fixture(scope="module")
def page(crowd):
    return report_html(*crowd)


def test_no_list_of_a_page_names_more_than_a_dozen_units(crowd, page):
    """In no paragraph, item, cell or text alternative, pictures in words among them."""
    short = crowd[0].study["units"]["short_name"].tolist()
    name = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in sorted(short, key=len)[::-1]))
    body = re.sub(r"<nav.*?</nav>|<bdi>|</bdi>", "", page, flags=re.S)
    held = re.findall(
        r"<(?:p|li|td|summary)[ >].*?</(?:p|li|td|summary)>|alt=\"[^\"]*\"", body, re.S
    )
    most = max(held, key=lambda one: len(set(name.findall(one))))
    # A sentence on a recommendation has two lists: of those who meet it, and who fall short.
    assert 12 < len(set(name.findall(most))) <= 24, most[:500]


# --- tables --------------------------------------------------------------------------------------


def test_a_table_of_too_many_cells_is_said_to_lie_beside(crowd, page):
    """Of so many findings the report prints none by itself, but counts them for each unit."""
    assert re.search(
        r"1,\d\d\d rows are too many to print here\. They are in data/matrix.csv", page
    )
    assert "<article" not in page and "how many questions it has at each state" in page
    for unit in crowd[0].study["units"]["unit_id"]:
        assert f'id="{unit}"' in page  # what leads to a unit still arrives


def test_a_table_of_few_cells_is_printed():
    results = measure(library())
    page = report_html(results, named_figures(results), [])
    assert "too many to print" not in page and page.count("<article") == 5
    assert "and its state on each question</caption>" in page


# --- pictures ------------------------------------------------------------------------------------


def test_no_type_is_printed_smaller_than_seven_points_in_pictures_of_300_units(crowd):
    for chart in (page for one in crowd[2] for page in one.pages):
        wide, high = chart.figure.get_size_inches()
        for across, down in A4.values():
            scale = min(across / 2.54 / wide, down / 2.54 / high)
            assert min(size for _, _, size in texts(chart)) * scale > 6.99, chart.name


def test_each_unit_is_on_one_page_of_the_intervals(crowd):
    results, named, _ = crowd
    chart = intervals_chart(results, named)
    assert 4 <= len(chart.pages) <= 6
    drawn = [word for one in chart.pages for word in words(one)]
    names = results.study["units"]["short_name"].tolist()
    assert sorted(one for one in drawn if one in names) == sorted(names)
    assert [one.name for one in chart.pages][:2] == ["intervals", "intervals-2"]
    assert f"(part 2 of {len(chart.pages)})" in chart.pages[1].alt
    # The table is one, and holds all.
    assert len(chart.table) == 300 and all(one.table is chart.table for one in chart.pages)


def test_a_wide_map_shows_the_per_cent_alone():
    study = library()
    units = study["units"].copy()
    units["tile_column"] = [str(1 + 3 * place) for place in range(len(units))]
    results = measure(replaced(study, units=units))
    chart = tile_map_chart(results, named_figures(results))
    drawn = " ".join(words(chart)).replace("\n", " ")
    assert not set(units["short_name"]) & set(words(chart))
    assert "82.0" in drawn and "data/charts/tile-map.csv names the tiles" in drawn


def test_a_picture_of_more_than_a_dozen_pages_is_left_out_in_a_sentence(crowd):
    class Fig:
        def get_figheight(self):
            return 8.0

    class Page:
        figure = Fig()

    assert len(pages_that_hold(range(24), lambda rows, said: [Page()] * len(rows))) == 0
    assert len(pages_that_hold(range(12), lambda rows, said: [Page()] * len(rows))) == MOST_PAGES


# --- parts ---------------------------------------------------------------------------------------


def test_every_part_has_its_writer():
    """And a place: two of one name would be built as one."""
    assert all(callable(resolve_name(f"{one.module}:write")) for one in parts.PARTS)
    assert [one.name for one in parts.ORDER.values()] == list(parts.ORDER)
    assert len(parts.ORDER) == len(parts.PARTS)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_made_study(tmp_path_factory.mktemp("parts") / "study", units=12, criteria=8)


@pytest.fixture(scope="module")
def site(study, tmp_path_factory):
    """A site and tables, and nothing else."""
    out = tmp_path_factory.mktemp("out") / "output"
    assert main(["report", str(study), "--out", str(out), "--only", "tables, site"]) == 0
    return out


def test_only_the_parts_that_are_named_are_built(site):
    assert {one.name for one in site.iterdir()} == {"site", "data", "manifest.json"}
    assert json.loads((site / "manifest.json").read_text())["parts"] == ["tables", "site"]


def test_a_partial_output_leads_to_no_file_that_is_not_there(site):
    for path in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?]+)', path.read_text("utf-8")):
            if not re.match("https?:|data:|mailto:", link):
                assert (path.parent / link).exists(), (path, link)


def test_nothing_has_changed_is_said_of_the_same_parts_alone(site, study):
    assert unchanged(site, study, None, None, ["site", "tables"]) == read_manifest(site)
    assert unchanged(site, study, None, None, ["site"]) is None
    assert unchanged(site, study, None, None) is None


def test_a_partial_output_is_verified_part_by_part(site, study, capsys):
    assert main(["verify", str(site), str(study)]) == 0
    assert "byte for byte" in capsys.readouterr().out
    (site / "data" / "matrix.csv").write_text("spoiled\n")
    assert main(["verify", str(site), str(study)]) == 1
    assert re.search(r"^different +data/matrix.csv$", capsys.readouterr().out, re.M)


def test_a_part_of_no_such_name_is_refused_with_the_names(study, tmp_path, capsys):
    assert main(["report", str(study), "--out", str(tmp_path / "o"), "--only", "site,atlas"]) == 1
    said = capsys.readouterr().err
    assert "atlas" in said and "statements, requests, workbook, report, tables" in said
    assert not (tmp_path / "o").exists()
