"""A rule may need the complete reply: an opening never carries it, a broken copy with a reason."""

import pytest
from filled import Filled
from made import one_cell, problems, replaced, row
from pdfs import bare, opened

from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.results import measure
from analysis.publish.briefings import Briefings
from analysis.publish.report import report_html
from analysis.publish.site.pages import site_files
from analysis.publish.workbook import gap_workbook
from analysis.study.evidence import why_carried


def replied(extent: str, needs: str = "complete_reply", **cells: str):
    study = one_cell(row("not_met", "2022-01-01", **cells), legal=False)
    rules = study["rules"]
    rules = rules.assign(needs=rules["level"].map({"not_met": needs}).fillna(""))
    return replaced(study, rules=rules, evidence=study["evidence"].assign(extent_read=extent))


THIRD = {"settled_by": "third reading", "settled_why": "The whole letter is there."}


@pytest.mark.parametrize(
    ("extent", "cells", "refused"),
    [
        ("whole", {}, ""),
        ("opening", {}, "level"),
        ("opening", THIRD, "level"),
        ("not_read", THIRD, "level"),
        ("whole_excerpt", {}, "settled_why"),
        ("whole_excerpt", THIRD, ""),
        ("whole_excerpt", {"settled_why": "Agreed on it."}, "settled_why"),
    ],
)
def test_only_what_was_read_whole_carries_it(extent, cells, refused):
    found = problems(replied(extent, **cells))
    columns = [one.split(", ")[2].split(" ")[0].rstrip(":") for one in found]
    assert columns == ([refused] if refused else []), found
    assert all("needs the complete reply" in one for one in found)
    # A rule that needs no more than it says is carried by anything that was read.
    assert problems(replied(extent, needs="", **cells)) == []


def test_the_reason_stands_beside_a_level_on_a_broken_copy():
    assert why_carried(replied("whole_excerpt", **THIRD)) == {
        0: "The copy read breaks off. Third reading: The whole letter is there."
    }
    assert why_carried(replied("whole")) == {}
    assert why_carried(replied("whole_excerpt", needs="", **THIRD)) == {}


def test_the_reason_stands_wherever_the_level_does():
    results = measure(replied("whole_excerpt", **THIRD))
    named = named_figures(results) | sensitivity_figures(results)
    site = site_files(results, named, [])
    pages = [site[name].decode() for name in ("units/u.html", "recommendations/g.html")]
    pages += [report_html(results, named, []), Filled(gap_workbook(results, named)).said()]
    assert all("The whole letter is there" in one for one in pages)
    first = opened(Briefings(results).pdf("u")).pages[0].extract_text()
    assert bare("The copy read breaks off. Third reading: The whole letter") in bare(first)
