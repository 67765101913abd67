"""An id that changed is declared, and two versions are joined by it."""

import pytest
from filled import Filled
from made import day, problems, replaced, with_rows
from test_groups import APART, grouped

from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.intake import propose
from analysis.fieldwork.names import meant_units
from analysis.fieldwork.reply_form import reply_form
from analysis.measure.attribution import compare
from analysis.show.comparison import in_sentences

EVERYWHERE = (("n2", "north-2"), ("b", "bee"))


def renamed(study):
    """Return the study with other ids for the unit n2 and the criterion b, and these declared."""
    tables = {}
    for name, table in study.tables.items():
        table = table.copy()
        for column in table.columns.intersection(["unit_id", "criterion_id", "node_id"]):
            table[column] = table[column].replace(dict(EVERYWHERE))
        tables[name] = table
    for name, column in (("units", "unit_id"), ("criteria", "criterion_id")):
        held = dict(pair[::-1] for pair in EVERYWHERE)
        tables[name]["former_ids"] = tables[name][column].map(held).fillna("")
    return replaced(study, **tables)


def test_a_changed_id_is_no_unit_gone_and_no_criterion_new():
    new = renamed(grouped())
    assert problems(new) == []
    found = compare(grouped(), new)
    assert found.same and found.changes.empty and found.cells.empty
    assert found.changed_ids == dict(EVERYWHERE)
    assert in_sentences(found) == [
        "Nothing that bears on a result differs between the two versions.",
        "Under another id in the earlier version: n2 (now north-2) and b (now bee).",
    ]
    # Without the declaration it is one unit gone and another come.
    bare = {name: new[name].assign(former_ids="") for name in ("units", "criteria")}
    found = compare(grouped(), replaced(new, **bare))
    assert (found.only_old, found.only_new) == (("n2",), ("north-2",))


def test_two_versions_the_wrong_way_round_are_joined_as_well():
    found = compare(renamed(grouped()), grouped())
    assert found.same and (found.only_old, found.only_new) == ((), ())
    assert found.changed_ids == {new: old for old, new in EVERYWHERE}


def test_what_changed_beside_the_id_is_told_under_the_new_one():
    new = renamed(grouped())
    place = new["assessments"].query("unit_id == 'north-2' and criterion_id == 'bee'").index[0]
    levels = new["assessments"]["level"].copy()
    levels[place] = "met"
    found = compare(grouped(), replaced(new, assessments=new["assessments"].assign(level=levels)))
    (cell,) = found.cells.to_dict("records")
    assert (cell["unit_id"], cell["criterion_id"]) == ("north-2", "bee")
    assert (cell["before"], cell["after"], cell["cause"]) == ("partly", "met", "settled")
    assert found.moved == ["north-2"]


def test_ids_are_joined_wherever_a_row_names_them():
    # Listed units, a search of many, published weights, a weight of a group.
    def full(study, two, bee):
        study = with_rows(
            study, "applicability", [APART | {"among": f"n1;{two}", "criterion_id": "a"}]
        )
        search = {
            "unit_ids": f"n1;{two}",
            "criterion_ids": f"a;{bee}",
            "where": "-",
            "queries": "-",
        }
        study = with_rows(
            study, "searches", [search | {"searched_on": "2022-01-01", "queries_count": "1"}]
        )
        score = {"score_id": "X", "unit_id": two, "group_id": "g", "score": "50", "step": "1"}
        score |= {
            "weights": f"a=1;{bee}=3",
            "as_of": "2022-01-01",
            "settles_cells": "no",
            "source_id": "S1",
        }
        return with_rows(study, "published_scores", [score])  # fmt: skip

    found = compare(
        full(grouped(), "n2", "b"), full(renamed(grouped()), "north-2", "bee"), day("2022-01-01")
    )
    assert found.same, found.changes


def test_what_was_merged_from_two_continues_neither():
    new = grouped()
    rows = new["units"].assign(unit_id=new["units"]["unit_id"].replace("s1", "all"))
    rows.loc[rows["unit_id"] == "all", "former_ids"] = "n1;s1"
    new = replaced(new, units=rows)
    found = compare(grouped(), new)
    assert found.changed_ids == {} and found.only_new == ("all",)


@pytest.mark.parametrize(
    ("former", "rule"),
    [
        (["", "n1", ""], "it names the id of a row that is still there"),
        (["", "n2", ""], "it names the id of a row that is still there"),
        (["x", "x", ""], "claimed twice"),
        (["", "x;x", ""], "claimed twice"),
    ],
)
def test_a_former_id_that_is_not_free_is_refused(former, rule):
    units = grouped()["units"].assign(former_ids=former)
    said = problems(replaced(grouped(), units=units))
    assert said and all(rule in one and "units.csv" in one for one in said)


def test_a_workbook_from_before_an_id_changed_is_read_under_the_new_one(tmp_path):
    study, path = grouped(), tmp_path / "coding.xlsx"
    filled = Filled(coding_workbook(study, "one"))
    form = filled.form("coding")
    form.put(form.find("n2/b/new"), level="met", confidence="high", rationale="-", observed_on="2022-02-02",
             read_on="2026-11-01", evidence_1="E-n2")  # fmt: skip
    filled.save(path)
    # A rule of the other criterion was changed as well: it is none of this row's.
    new = renamed(study)
    rules = new["rules"].assign(
        rule=new["rules"]["rule"].where(new["rules"]["criterion_id"] == "bee", "?")
    )
    proposal = propose(replaced(new, rules=rules), path, "", day("2026-11-23"))
    assert proposal.workbook.problems == []
    (row,) = [
        one
        for one in proposal.draft("codings").rows
        if one["coder"] == "one" and one["level"] == "met"
    ]
    assert (row["unit_id"], row["criterion_id"]) == ("north-2", "bee")
    notes = proposal.workbook.sentences()
    assert not any("did not come back" in one for one in notes), notes
    assert any("under another id" in one for one in notes), notes


def test_a_reply_form_from_before_an_id_changed_is_taken_in(tmp_path):
    path = tmp_path / "reply.xlsx"
    path.write_bytes(reply_form(grouped(), "n2"))
    assert propose(renamed(grouped()), path, "", day("2026-11-23")).workbook.problems == []


def test_a_former_id_is_understood_where_an_id_is_typed():
    new = renamed(grouped())
    new = replaced(new, units=new["units"].assign(name=list("xyz"), short_name=list("xyz")))
    assert meant_units(new, ["n2"]) == ["north-2"]
