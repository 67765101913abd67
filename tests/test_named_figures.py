"""Every figure that prose uses: what it says, what it rests on, and whether it adds up."""

import dataclasses
import datetime as dt
import json
import re
from functools import cache
from types import SimpleNamespace

import pytest
from made import (
    LIBRARY,
    REAL,
    REAL_READ_ON,
    REPORT_DAY,
    close,
    day,
    library,
    naive_states,
    problems,
    read_rows,
    real,
    replaced,
)

from analysis.measure import figures as module
from analysis.measure.figures import About, RowKey, named_figures, sensitivity_figures
from analysis.measure.figures.named import cell_keys
from analysis.measure.figures.order import _pairs_sentence
from analysis.measure.results import measure
from analysis.publish.report import report_html
from analysis.publish.site.pages import site_files
from analysis.study.settings import CompareDate

UNKNOWN = ("inconclusive", "outdated", "withheld", "not_found", "not_assessed")
AWAY = ("not_in_force", "not_applicable")
LIBRARY_REPORT = dt.date(2021, 3, 1)
LIBRARY_READ = "2023-06-30"


@cache
def said(name, as_of=None, known_by=None):
    """Return the results of a study and its statements."""
    study = {"real": real, "library": library}[name]()
    results = measure(study, as_of and day(as_of), known_by and day(known_by))
    return results, named_figures(results)


CASES = [
    ("real",),
    ("real", "2020-12-17"),
    ("real", "2012-01-01"),
    ("real", None, "2026-11-22"),
    ("library",),
    ("library", "2021-02-28"),
    ("library", None, "2022-07-01"),
]
each = pytest.mark.parametrize("case", CASES, ids=str)


# --- what every statement keeps to --------------------------------------------------------------


def made_in_order(results):
    """Return the ids of the statements as they are made, before any is put over another."""
    return [one.id for one in module._figures_of(results)]


def repeated(ids):
    return sorted({one for one in ids if ids.count(one) > 1})


@pytest.mark.parametrize("case", [("real",), ("library",)], ids=str)
def test_every_id_is_given_once(case):
    assert repeated(made_in_order(said(*case)[0])) == []


def test_a_level_may_be_called_settled():
    study = library()
    names = {"yes": "settled", "no": "unsettled"}
    renamed = replaced(
        study,
        **{
            name: study[name].assign(level=study[name]["level"].replace(names))
            for name in ("levels", "rules", "codings", "assessments", "published_totals")
        },
    )
    assert problems(renamed) == []
    assert repeated(made_in_order(measure(renamed))) == []


def test_a_date_may_have_two_labels():
    # The report's day may be the end of a year too, and a study may want to say both.
    study = library()
    again = CompareDate(date="2021-03-01", label="The same day once more")
    settings = study.settings.model_copy(
        update={"compare_dates": (*study.settings.compare_dates, again)}
    )
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    study = dataclasses.replace(study, descriptor=descriptor)
    assert repeated(made_in_order(measure(study))) == []


def test_names_with_dots_are_refused():
    # Library "x" on the group "y.z" and library "x.y" on the group "z": one id for two scores.
    study = library()
    names = {"library-one": "x", "library-five": "x.y", "lending": "y.z", "entrance": "z"}
    columns = ("unit_id", "recommendation_id", "parent_id")
    renamed = replaced(
        study,
        **{
            name: table.assign(
                **{one: table[one].replace(names) for one in table.columns.intersection(columns)}
            )
            for name, table in study.tables.items()
        },
    )
    assert any("it does not have the form" in one for one in problems(renamed))


@each
def test_every_statement_can_be_printed_and_walked_back(case):
    _, named = said(*case)
    for name, one in named.items():
        assert one.id == name
        assert one.text.strip() == one.text != ""
        assert one.definition.endswith(".") and "nan" not in one.text.lower()
        is_date = name.startswith("dates.")
        assert one.rows or not one.value or is_date, name
        assert len(set(one.rows)) == len(one.rows), name
    # As JSON, with no number that JSON does not have.
    told = json.loads(json.dumps([one.as_dict() for one in named.values()], allow_nan=False))
    assert [one["id"] for one in told] == list(named)
    assert all(set(one) == {"id", "value", "text", "definition", "rows"} for one in told)


IS_A_COUNT = re.compile(
    r"study\..*|cells\.(?!settled_percent|settled\.month).*|units\..*|(national|coverage)\..*|gaps\..*|at\..*"
    r"|agreement\..*\.(cells|same)|totals\.(.*\.(named|cannot_be_told)|set_aside|settled_cells)|figures\.(compared|irreconcilable)"
    r"|pairs\.(count|conservative|units_comparable)|above\..*|next\.(cells|deciding)|next\.step\..*"
    r"|readings\..*|replies\..*|findings\..+\.(in_part|not_met|falls_short)|without\..+\.answers"
)


@each
def test_a_count_is_the_number_of_its_rows(case):
    _, named = said(*case)
    counts = [one for one in named.values() if IS_A_COUNT.fullmatch(one.id)]
    assert len(counts) > 100
    for one in counts:
        assert type(one.value) is int
        assert (one.value, one.text) == (len(one.rows), str(len(one.rows))), one.id
    # What is left is a published figure or total, a score, the one share, a date, a range of
    # ranks, or words.
    rest = [one.id for one in named.values() if not IS_A_COUNT.fullmatch(one.id)]
    other = r"figures\..+|totals\..+\.(count|of|status|open_by)|bounds\..+|score\..+|cells\.settled_percent|dates\..+"
    other += r"|agreement\..+\.said|pairs\.(possible|said)|ranks\..+|next\.assumption|mark"
    other += r"|findings\.[^.]+|cells\.settled\.month|without\..+\.(low|high)"
    assert [one for one in rest if not re.fullmatch(other, one)] == []


def first_column(folder):
    """Return, for each table with one identifier, its identifiers."""
    names = (
        "units recommendations criteria sources evidence figures events published_totals replies"
    )
    return {
        name: {next(iter(one.values())) for one in read_rows(folder, name)}
        for name in names.split()
    }


@each
def test_every_row_named_is_there(case):
    _, named = said(*case)
    held = first_column(REAL if case[0] == "real" else LIBRARY)
    for one in named.values():
        for text in one.rows:
            table, keys = text
            if table == "matrix":
                assert keys[0] in held["units"] and keys[1] in held["criteria"], text
                assert len(keys) == 2
            elif table == "next":
                assert keys[0] in held["units"] and keys[1] in held["criteria"], text
            elif table in ("pairs", "ranks"):
                assert len(keys) == (2 if table == "pairs" else 1), text
                assert set(keys) <= held["units"], text
            elif table in ("scores", "gaps"):
                assert keys[0] in held["units"], text
                assert keys[1] in held["recommendations"] | {"total"}, text
            elif table != "datapackage.json":
                assert keys and set(keys) <= held[table], text


# --- what must add up ---------------------------------------------------------------------------


@each
def test_counts_add_up(case):
    results, named = said(*case)
    study = results.study
    units = len(study["units"])

    def total(pattern):
        return sum(one.value for one in named.values() if re.fullmatch(pattern, one.id))

    for criterion in study["criteria"]["criterion_id"]:
        name = f"national.{re.escape(criterion)}"
        assert total(rf"{name}\.[^.]+") == units
        unknown = total(rf"{name}\.({'|'.join((*UNKNOWN, *AWAY))})")
        assert named[f"coverage.{criterion}.settled"].value == units - unknown
    with_gaps = set(results.gaps["recommendation_id"])
    assert with_gaps
    for group in with_gaps:
        assert total(rf"gaps\.{re.escape(group)}\.[^.]+") == units
    scored = named["study.criteria.scored"].value
    assert scored + named["study.criteria.context"].value == named["study.criteria"].value
    assert total(r"cells\.(" + "|".join(AWAY) + ")") + named["cells.scored"].value == scored * units
    left = total(r"cells\.(" + "|".join(UNKNOWN) + ")")
    assert left + named["cells.settled"].value == named["cells.scored"].value
    # A unit to which nothing applies is of neither kind.
    applies = results.total["low"].notna().sum()
    for no, some in (
        ("nothing_known", "something_known"),
        ("no_weight_known", "some_weight_known"),
    ):
        assert named[f"units.{no}"].value + named[f"units.{some}"].value == applies


@each
def test_a_count_of_cells_names_cells_of_its_own_kind(case):
    results, named = said(*case)
    cells = results.matrix.cells
    held = dict(zip(cell_keys(cells), cells["state"], strict=True))
    for one in named.values():
        kind = re.fullmatch(r"(cells|(?:national|coverage)\..+)\.([a-z_0-9]+)", one.id)
        if kind and kind[2] in {*UNKNOWN, *AWAY, *results.study["levels"]["level"]}:
            assert {held[row] for row in one.rows} <= {kind[2]}
        elif kind and kind[2] == "settled":
            assert not {held[row] for row in one.rows} & {*UNKNOWN, *AWAY}


# --- the real study, counted from its files -----------------------------------------------------


def independent_count(on):
    """Count the scored cells from the files alone, by a second reading of the codebook."""
    scored = {one["criterion_id"] for one in read_rows(REAL, "criteria") if one["scored"] == "yes"}
    states = naive_states(REAL, REPORT_DAY, day(on), day(REAL_READ_ON))
    cells = {key: told[0] for key, told in states.items() if key[1] in scored}
    in_force = {key: state for key, state in cells.items() if state not in AWAY}
    settled = {key for key, state in in_force.items() if state not in UNKNOWN}
    return len(in_force), settled


def test_the_headline_of_the_real_study():
    in_force, settled = independent_count(REAL_READ_ON)
    # 6 scored criteria of 43 forces; 4 levels of Warwickshire, 3 each of Gloucestershire and
    # Northamptonshire, 1 of Hampshire. Metropolitan and Suffolk have outdated levels only.
    assert (len(settled), in_force) == (4 + 3 + 3 + 1, 6 * 43) == (11, 258)
    assert len({unit for unit, _ in settled}) == 4
    _, named = said("real")
    assert (named["cells.settled"].value, named["cells.scored"].value) == (11, 258)
    assert set(named["cells.settled"].rows) == {RowKey("matrix", tuple(key)) for key in settled}
    assert named["units.nothing_known"].value == 43 - 4 == 39
    assert named["units.something_known"].value == 4
    assert named["units.no_weight_known"].value == 39
    assert named["units.all_known"].value == 0
    assert named["study.units"].text == "43"
    assert close(named["cells.settled_percent"].value, 100 * 11 / 258)
    assert named["cells.settled_percent"].text == "4%"
    # Metropolitan's guidance-exists, guidance-clear and victim-first; Suffolk's guidance-exists.
    assert named["cells.outdated"].value == 4


@pytest.mark.parametrize(
    ("on", "settled", "scored", "changed"),
    [
        # Three of Metropolitan; three criteria are in force.
        ("2018-12-31", 3, 3 * 43, None),
        # And Suffolk's adopted guidance. Of the criteria that ask something four came into
        # force, 172 cells; 7 more differ.
        ("2020-12-17", 4, 6 * 43, 179),
        # Those four are outdated; Gloucestershire 3, Hampshire 1, Northamptonshire 3.
        ("2021-12-31", 7, 6 * 43, 17),
        # And Warwickshire's four, undated.
        (REAL_READ_ON, 11, 6 * 43, 12),
    ],
)
def test_the_dates_of_comparison(on, settled, scored, changed):
    _, named = said("real")
    assert independent_count(on)[0] == scored and len(independent_count(on)[1]) == settled
    assert named[f"at.{on}.settled"].value == settled
    assert named[f"at.{on}.scored"].value == scored
    if changed is None:
        assert f"at.{on}.changed" not in named
    else:
        assert named[f"at.{on}.changed"].value == changed


def test_figures_of_the_real_study_by_hand():
    _, named = said("real")
    told = {
        # 475/12, 1025/12 and 13/24; 6.25, 93.75 and 1/8; rounded half up to whole numbers.
        "score.northamptonshire.total.low": "40",
        "score.northamptonshire.total.high": "85",
        "score.northamptonshire.total.known_percent": "54%",
        "score.hampshire.total.low": "6",
        "score.hampshire.total.high": "94",
        "score.hampshire.total.known_percent": "13%",
        "score.gloucestershire.total.low": "0",
        "score.essex.total.high": "100",
        "score.essex.total.known_percent": "0%",
        "national.guidance-clear.met": "1",
        "national.guidance-clear.partly": "1",
        "national.guidance-clear.not_met": "0",
        "gaps.R1.meets": "1",
        "gaps.R1.falls_short": "2",
        "gaps.R1.cannot_be_told": "40",
        "totals.P1.count": "6",
        "totals.P1.of": "43",
        "totals.P1.named": "0",
        "totals.P1.cannot_be_told": "42",
        "figures.F20": "2,672",
        "figures.F29": "0",
        "figures.compared": "7",
        "figures.irreconcilable": "2",
        "dates.as_of": "28 November 2026",
        "dates.report": "17 December 2020",
    }
    assert {name: named[name].text for name in told} == told
    assert set(named["figures.irreconcilable"].as_dict()["rows"]) == {
        "figures/F19/F21",
        "figures/F20/F21",
    }
    assert named["score.hampshire.total.low"].value == 6.25
    # The level of guidance-clear that is met is Warwickshire's.
    assert named["national.guidance-clear.met"].as_dict()["rows"] == [
        "matrix/warwickshire/guidance-clear"
    ]
    assert not any(name.startswith(("gaps.R5", "gaps.R8", "score.essex.R8")) for name in named)


# --- the second study, by hand ------------------------------------------------------------------


def test_figures_of_the_second_study_by_hand():
    _, named = said("library")
    told = {
        # Six libraries by nine scored criteria, less 9 of Three, 3 of Two, 1 of Five: 41. Nine
        # of One are settled, 4 of Two, 1 of Four, 6 of Five.
        "study.units": "6",
        "cells.scored": "41",
        "cells.not_applicable": "13",
        "cells.settled": "20",
        # 100 · 20 / 41 = 48.78…
        "cells.settled_percent": "48.8%",
        "cells.outdated": "1",
        "cells.withheld": "2",
        "cells.inconclusive": "3",
        # Six: 9; Two: weekend; Five: window.
        "cells.not_found": "11",
        # Four: weekend, lighting, return-box, late-fees.
        "cells.not_assessed": "4",
        # 121/240, 79/144, 7/16 (43.75, a tie that goes to the even digit) and 43/60.
        "score.library-one.total.low": "50.4",
        "score.library-one.access.high": "54.9",
        "score.library-one.lending.low": "43.8",
        "score.library-two.total.low": "58.0",
        "score.library-two.total.high": "76.0",
        "score.library-two.total.known_percent": "82.0%",
        "score.library-five.entrance.high": "50.0",
        "figures.G3": "12.5",
        "figures.G4": "40,000",
        "figures.compared": "2",
        "figures.irreconcilable": "1",
        # End of 2020: evening of One, holiday of Four. The report's day: and evening of Two,
        # late-fees of One.
        "at.2020-12-31.settled": "2",
        "at.2021-03-01.settled": "4",
        "dates.report": "1 March 2021",
        "dates.known_by": "30 June 2023",
        "study.events.undated": "1",
        "study.recommendations.unread": "1",
        "study.placeholders": "0",
    }
    assert {name: named[name].text for name in told} == told
    assert "score.library-three.total.low" not in named
    assert not any(name.startswith("gaps.parking") for name in named)


def test_the_second_study_counted_from_its_files():
    scored = {
        one["criterion_id"] for one in read_rows(LIBRARY, "criteria") if one["scored"] == "yes"
    }
    states = naive_states(LIBRARY, LIBRARY_REPORT, day(LIBRARY_READ), day(LIBRARY_READ))
    settled = {
        RowKey("matrix", key)
        for key, (state, _, _) in states.items()
        if key[1] in scored and state not in (*UNKNOWN, *AWAY)
    }
    _, named = said("library")
    assert set(named["cells.settled"].rows) == settled and len(settled) == 20


def test_nothing_known_means_no_scored_criterion_settled():
    # The window of Library Four is scored and settled, though its group has weight 0. Of
    # Library Six alone no scored criterion is settled.
    _, named = said("library")
    assert named["units.nothing_known"].as_dict()["rows"] == ["units/library-six"]
    assert named["units.something_known"].value == 4
    # Its weight is another matter: of Four and Six none is known, and their score is open.
    assert named["units.no_weight_known"].as_dict()["rows"] == [
        "units/library-four",
        "units/library-six",
    ]
    assert named["units.some_weight_known"].value == 3


def test_all_known_means_every_scored_criterion_settled():
    # Without the row on its window, one scored criterion of Library One is not settled.
    rows = library()["assessments"]
    window = (rows["unit_id"] == "library-one") & (rows["criterion_id"] == "window")
    assert window.sum() == 1
    named = named_figures(measure(replaced(library(), assessments=rows[~window])))
    assert named["units.all_known"].value == 0


def test_a_figure_alone_is_compared_with_nothing():
    # By 1 July 2022 the visits of three months had been read, those of the year had not.
    _, named = said("library", None, "2022-07-01")
    assert named["study.figures"].value == 1
    assert named["figures.compared"].value == 0


def test_a_share_of_nothing_is_no_zero():
    study = replaced(library(), criteria=library()["criteria"].assign(scored="no"))
    one = named_figures(measure(study))["cells.settled_percent"]
    assert not one.text.startswith("0")


def uncited_on_site(results, named):
    """Return the statements on the page of the figure that counts those that nothing cites."""
    pages = site_files(results, named | sensitivity_figures(results), [])
    page = pages["figures/study.evidence.uncited.html"].decode()
    return list(dict.fromkeys(re.findall(r"evidence/([EV]\d+)\.html", page)))


def test_the_site_lists_as_many_uncited_statements_as_it_says():
    # The level of Library Five's entrance rests on V12, which no coding cites: a third reading
    # brought it. On V10 alone no level rests.
    results, named = said("library")
    listed = uncited_on_site(results, named)
    assert listed == ["V10"]
    assert named["study.evidence.uncited"].value == len(listed)


def test_the_uncited_statements_of_the_real_study():
    cited = {
        one for row in read_rows(REAL, "codings") for one in row["evidence_ids"].split(";") if one
    }
    about_one = [one for one in read_rows(REAL, "evidence") if one["scope"] == "unit"]
    uncited = [one["evidence_id"] for one in about_one if one["evidence_id"] not in cited]
    results, named = said("real")
    assert named["study.evidence.uncited"].value == len(uncited)
    assert uncited_on_site(results, named) == uncited


def test_most_is_said_of_most():
    # Between the end of 2020 and that of 2021, late-fees begins to apply to all six libraries:
    # for Three, Four and Six nothing but that is behind the difference. Eleven other cells
    # differ: seven of One, one of Two, one of Four, two of Five. So 3 of 17, and not most.
    study = library()
    later = study.settings.compare_dates[0], study.settings.compare_dates[2]
    settings = study.settings.model_copy(update={"compare_dates": later})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    results = measure(dataclasses.replace(study, descriptor=descriptor))
    named = named_figures(results)
    page = report_html(results, named, [])
    differ = r'data-label="differ from before">(\d+)</td><td [^>]*>(\d+)</td>'
    assert re.findall(differ, page)[0] == ("17", "3")
    assert named["at.2021-12-31.changed"].text == "17"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (0, "3 of 3 halls cannot be placed above or below any."),
        (2, "1 of 3 halls cannot be placed above or below any."),
        (3, "Every hall can be placed above or below another."),
    ],
)
def test_how_many_can_be_ranked_is_said_for_none_one_and_many(named, said):
    noun = SimpleNamespace(singular="hall", plural="halls")
    assert _pairs_sentence(1, 3, 3, named, noun).endswith(f" answers are. {said}")


def test_definitions_use_names_and_labels_and_no_ids():
    results = measure(library())
    tables = {"units": "name", "criteria": "label", "recommendations": "label"}
    ids = {key for one in tables.items() for key in results.study.lookup(*one) if "-" in key}
    said = {name: one.definition for name, one in named_figures(results).items()}
    assert not {name: text for name, text in said.items() if ids & set(re.findall(r"[\w-]+", text))}
    assert said["totals.Q1.open_by"] == (
        "If the published count is right, how many libraries left open must be “points 4” on "
        "“Evening hours” on 31 December 2021."
    )
    assert said["readings.differ"].startswith("Libraries whose")


def test_a_figure_knows_what_it_is_about_and_shows_its_rows_as_files_do():
    _, named = said("real")
    one = named["national.guidance-clear.met"]
    assert one.about == About("national", criterion="guidance-clear", level="met")
    assert one.rows == (RowKey("matrix", ("warwickshire", "guidance-clear")),)
    assert one.as_dict()["rows"] == ["matrix/warwickshire/guidance-clear"]
    assert named["national.guidance-clear.not_met"].ids == {"guidance-clear"}
    assert named["score.kent.R1.low"].about == About("score", "kent", "R1", part="low")
