"""Words that go with counts: of one, and of many."""

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest
from filled import Filled
from made import day, library, one_cell, replaced
from test_groups import grouped

from analysis.fieldwork.agreement import CODES, Agreement, in_words
from analysis.fieldwork.reply_form import reply_form
from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.results import measure
from analysis.publish.report import report_html
from analysis.publish.site.pages import site_files
from analysis.publish.workbook import gap_workbook
from analysis.show.caveats import caveats
from analysis.study import vocabulary as v
from analysis.study.warnings import warnings
from analysis.wording import agreeing, counted, some_of, with_article

SOURCE = Path(__file__).parents[1] / "src" / "analysis"


def test_a_noun_goes_with_the_whole_and_a_verb_with_the_part():
    assert [counted(count, "cell", "cells") for count in (0, 1, 2, 1000)] == [
        "0 cells",
        "1 cell",
        "2 cells",
        "1,000 cells",
    ]
    assert some_of(1, 6, "search", "searches") == "1 of 6 searches"
    assert some_of(1, 1, "search", "searches") == "1 of 1 search"
    assert [agreeing(count, "does", "do") for count in (0, 1, 2)] == ["do", "does", "do"]


SEARCH = {"unit_id": "n1", "where": "-", "queries": "-", "queries_count": "1"}


@pytest.mark.parametrize(
    ("silent", "said"),
    [(1, "1 of 3 searches does not say on which criteria it bears, so it counts"),
     (2, "2 of 3 searches do not say on which criteria they bear, so they count")],
)  # fmt: skip
def test_searches_without_criteria(silent, said):
    search = one_cell()["searches"]
    rows = [search.assign(searched_on=f"2022-01-0{number}", unit_id="n1") for number in (1, 2, 3)]
    for number, frame in enumerate(rows):
        frame["criterion_ids"] = "" if number < silent else "a"
    study = replaced(grouped(), searches=pd.concat(rows, ignore_index=True))
    assert any(one.rule.startswith(said) for one in warnings(study))


def test_criteria_in_force():
    study = grouped()
    starts = study["criteria"].assign(applies_from=["", "2023-01-01"])
    said = " ".join(caveats(measure(replaced(study, criteria=starts), day("2022-06-01"))))
    assert "Only 1 of 2 scored criteria is in force on this date, and counts." in said


def test_units_without_a_place():
    units = grouped()["units"]
    units.loc[0, ["tile_column", "tile_row"]] = ""
    rules = [one.rule for one in warnings(replaced(grouped(), units=units))]
    assert any(one.startswith("1 of 3") and " has no tile" in one for one in rules)


def test_one_cell_on_which_coders_agree():
    one = Agreement("a", CODES, 1, 1, 100.0, None, None, None, "too few")
    assert in_words(one).startswith("The coders agree on 1 of 1 cell; ")
    assert in_words(dataclasses.replace(one, cells=2)).startswith(
        "The coders agree on 1 of 2 cells"
    )


@pytest.mark.parametrize("extent", ["opening", "whole_excerpt"])
def test_how_far_a_document_was_read_is_said_in_the_same_words_everywhere(extent):
    study = library()
    tables = {name: study[name].assign(extent_read=extent) for name in ("sources", "evidence")}
    study = replaced(study, **tables)
    results = measure(study)
    named = named_figures(results) | sensitivity_figures(results)
    site = site_files(results, named, [])
    evidence = study["evidence"]["evidence_id"].iloc[0]
    pages = {name: site[name].decode() for name in site if name.endswith(".html")}
    shown = [name for name in pages if name.startswith("evidence/") or "/library-one" in name]
    shown += [name for name in pages if name.startswith("sources")]
    assert len(shown) >= 3 and any(evidence in pages[name] for name in shown)
    texts = [report_html(results, named, []), *(pages[name] for name in shown)]
    for content in (gap_workbook(results, named), reply_form(study, "library-one")):
        sheets = Filled(content).book.worksheets
        texts += [
            " ".join(map(str, sheet.values)) for sheet in sheets if sheet.title in WITH_EXTENTS
        ]
    assert len(texts) == 1 + len(shown) + 3
    for text in texts:
        assert v.EXTENT[extent].casefold() in text.casefold()
        assert not any(f"{sign}{extent}{sign}" in text for sign in "'>")
        assert "whole excerpt" not in text


WITH_EXTENTS = ("Evidence", "Sources", "What we say")


def test_what_we_could_not_tell_is_said_in_the_first_person():
    results = measure(library())
    named = named_figures(results)
    files = site_files(results, named | sensitivity_figures(results), [])
    page = files["recommendations/opening.html"].decode()
    assert "<h2>Libraries for which we could not tell, on this recommendation</h2>" in page
    for said in (page, report_html(results, named, [])):
        assert "could not tell" in said and "cannot be told</" not in said
    heads = [
        cell.value
        for row in Filled(gap_workbook(results, named)).book["Published totals"]
        for cell in row
    ]
    assert {"Could not tell", "Compared with the evidence"} <= set(heads)


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        *(("force", "a"), ("island council", "an"), ("Area board", "an"), ("unit", "a")),
        *(("university", "a"), ("uninsured club", "an"), ("European body", "a"), ("hour", "an")),
        *(("usher", "an"), ("user", "a"), ("one-stop shop", "a"), ("hospital", "a"), ("站", "a")),
    ],
)
def test_a_noun_has_the_article_of_its_sound(noun, said):
    assert with_article(noun) == f"{said} {noun}"


def test_templates_leave_the_article_to_the_noun():
    noun = re.compile(r"\b[Aa]n? \{+ ?(?:one|noun|settings\.unit_noun\.singular)\b")
    files = [path for path in SOURCE.rglob("*") if path.suffix in (".j2", ".py")]
    assert [path.name for path in files if noun.search(path.read_text("utf-8"))] == []
