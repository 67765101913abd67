"""The descriptor: the study's agrees with an empty study's, and every fault in it is named."""

import copy
import json
import re

import pytest
from helpers import (
    DESCRIPTOR,
    REAL,
    ROOT,
    change_bytes,
    copy_of_real_study,
    edit_cell,
    edit_descriptor,
    problems_of_the_real_study,
    read_rows,
    whole_descriptor,
)
from hypothesis import given
from hypothesis import strategies as st
from made import tries

from analysis.cli import main
from analysis.study import Problem, load, validate
from analysis.study.profile import full_descriptor, own_descriptor, profile, template

TEMPLATE = profile()
STUDY = whole_descriptor(REAL)


def tables(descriptor):
    return {resource["name"]: resource for resource in descriptor["resources"]}


def columns(table):
    return {field["name"]: field for field in table["schema"]["fields"]}


def setting(value, *path):
    """Return a function that sets one place of the descriptor; ``...`` removes it."""

    def change(descriptor):
        *way, last = path
        for step in way:
            descriptor = descriptor[step]
        if value is ...:
            del descriptor[last]
        else:
            descriptor[last] = value

    return change


def constraint(value, table, column, name):
    """Return a function that sets one constraint of one column; ``...`` removes it."""

    def change(descriptor):
        setting(value, "constraints", name)(columns(tables(descriptor)[table])[column])

    return change


# --- one schema, said twice ----------------------------------------------------------------------


def test_both_descriptors_have_the_same_tables_in_the_same_order():
    assert [*tables(STUDY)] == [*tables(TEMPLATE)]


@pytest.mark.parametrize("name", tables(TEMPLATE))
def test_both_descriptors_say_the_same_of_a_table(name):
    study, template = tables(STUDY)[name], tables(TEMPLATE)[name]
    assert study["path"] == template["path"]
    assert [(one["name"], one["type"]) for one in study["schema"]["fields"]] == [
        (one["name"], one["type"]) for one in template["schema"]["fields"]
    ]
    for key in ("primaryKey", "foreignKeys", "missingValues"):
        assert study["schema"].get(key) == template["schema"].get(key)


@pytest.mark.parametrize("name", tables(TEMPLATE))
def test_the_study_asks_for_no_less_than_an_empty_one(name):
    study, template = tables(STUDY)[name], tables(TEMPLATE)[name]
    assert study["minimumRows"] >= template["minimumRows"]
    for column, field in columns(template).items():
        needed, held = field["constraints"], columns(study)[column]["constraints"]
        assert held.get("required", False) >= needed.get("required", False)
        assert held.get("unique", False) >= needed.get("unique", False)
        assert held.get("minimum", -1) >= needed.get("minimum", -1)
        assert "maximum" not in needed or held["maximum"] <= needed["maximum"]
        assert "enum" not in needed or {*held["enum"]} <= {*needed["enum"]}
        # A list of values that all have the form is narrower than the form.
        form = needed.get("pattern")
        assert held.get("pattern") == form or all(re.search(form, one) for one in held["enum"])


@pytest.mark.parametrize("name", tables(STUDY))
def test_every_file_has_the_columns_described(name):
    assert read_rows(REAL, name)[0] == [*columns(tables(STUDY)[name])]


# --- a study states what is its own --------------------------------------------------------------

LIBRARY = ROOT / "tests/studies/library-hours"


def own(folder):
    return json.loads((folder / DESCRIPTOR).read_text("utf-8"))


@pytest.mark.parametrize("folder", [REAL, LIBRARY], ids=["real", "library-hours"])
def test_no_study_of_ours_says_again_what_the_profile_says(folder):
    said = own(folder)
    assert own_descriptor(whole_descriptor(folder)) == said
    assert own_descriptor(full_descriptor(said)) == said


def test_what_a_study_says_again_is_found():
    said = own(LIBRARY)
    again = copy.deepcopy(tables(profile())["units"])
    more = {**said, "resources": [*said["resources"], again]}
    assert full_descriptor(more) == full_descriptor(said)
    assert own_descriptor(full_descriptor(more)) == said != more


def test_a_new_study_says_nothing_of_the_profile_again():
    assert own_descriptor(full_descriptor(template())) == template()


def stated(study, *resources, **more):
    """Have a study state these parts of its tables and no others."""
    text = json.dumps({**own(study), "resources": resources, **more})
    (study / DESCRIPTOR).write_text(text, encoding="utf-8")


def column_of(table, column, **more):
    return {"name": table, "schema": {"fields": [{"name": column, **more}]}}


def test_what_differs_from_the_profile_is_respected(tmp_path):
    study = copy_of_real_study(tmp_path)
    stated(study, column_of("units", "region", description="A made-up region"))
    assert validate(study) == []
    field = {one.name: one for one in load(study).descriptor.tables["units"].fields}["region"]
    assert field.description == "A made-up region" and field.constraints.maxLength == 32_767
    stated(study, column_of("units", "region", constraints={"enum": ["Nowhere"]}))
    assert {(one.file, one.column) for one in validate(study)} == {("units.csv", "region")}
    stated(study, {"name": "replies", "minimumRows": 1})
    assert [one.rule for one in validate(study)] == ["the table needs at least 1 row"]


def test_a_further_column_and_table_need_their_own_words_alone(tmp_path):
    study = copy_of_real_study(tmp_path)
    more = {"name": "colour", "type": "string", "description": "A made-up column"}
    stated(study, {"name": "extra", "path": "extra.csv", "schema": {"fields": [more]}})
    (study / "extra.csv").write_text("colour\nred\n", "utf-8")
    assert validate(study) == []
    assert [*load(study).descriptor.tables][-1] == "extra"


LOOSENED = {
    "required": column_of("criteria", "weight", constraints={"required": False}),
    "taken away": column_of("criteria", "weight", constraints={"required": None}),
    "without any": column_of("criteria", "weight", constraints=None),
    "type": column_of("criteria", "weight", type="string"),
    "enum": column_of("assessments", "confidence", constraints={"enum": ["sure"]}),
    "rows": {"name": "units", "minimumRows": 0},
    "key": {"name": "units", "schema": {"primaryKey": ["name"]}},
    "no columns": {"name": "units", "schema": {"fields": 3}},
    "no table": {"name": "units", "schema": None},
    "no name": {"path": "units.csv"},
    "not a table": 3,
}


@pytest.mark.parametrize("part", LOOSENED.values(), ids=LOOSENED)
def test_what_a_study_states_may_not_be_looser_than_the_profile(tmp_path, part):
    study = copy_of_real_study(tmp_path)
    stated(study, part)
    problems = validate(study)
    assert problems and {one.file for one in problems} == {DESCRIPTOR}


def test_a_table_stated_twice_is_a_problem(tmp_path):
    study = copy_of_real_study(tmp_path)
    stated(study, *[column_of("units", "region", description="A made-up region")] * 2)
    assert {one.file for one in validate(study)} == {DESCRIPTOR}


@pytest.mark.parametrize(
    ("version", "rule"),
    [(99, "a later version of policygap"), (0, "greater than"), ("1", "whole number"), (True, "")],
)
def test_a_profile_that_is_not_known_is_refused(tmp_path, version, rule):
    study = copy_of_real_study(tmp_path)
    stated(study, profileVersion=version)
    (problem,) = validate(study)
    assert problem.column == "profileVersion" and rule in problem.rule


# --- faults ------------------------------------------------------------------------------------

BYTES = {
    "not JSON": (lambda old: old[:-20], "not valid JSON"),
    "empty": (lambda old: b"", "not valid JSON"),
    "not UTF-8": (lambda old: old.decode().encode("cp1252"), "not UTF-8"),
    "UTF-16": (lambda old: old.decode().encode("utf-16"), "not UTF-8"),
    "nested without end": (lambda old: b"[" * 100_000, "not valid JSON"),
}


@pytest.mark.parametrize(("change", "rule"), BYTES.values(), ids=BYTES)
def test_a_descriptor_that_cannot_be_read_is_one_problem(tmp_path, change, rule):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, DESCRIPTOR, change)
    (problem,) = validate(study)
    assert (problem.file, problem.row) == (DESCRIPTOR, None)
    assert rule in problem.rule


def test_a_missing_descriptor_is_one_problem(tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / DESCRIPTOR).unlink()
    (problem,) = validate(study)
    assert (problem.file, problem.rule) == (DESCRIPTOR, "the descriptor is missing")


BOX = ("study", "weight_box")
DAY = ("study", "report", "date")
FAULTS = [
    # (name, change, column, value, fragment of the rule)
    ("not an object", None, "", "[]", "not a JSON object"),
    ("no settings", setting(..., "study"), "study", "", "required"),
    ("no title", setting("", "title"), "title", "", "it is empty"),
    ("no licence", setting([], "licenses"), "licenses", "[]", "at least 1"),
    ("table left out", setting(..., "resources", 0), "resources", "", "table units"),
    (
        "field left out",
        setting(..., "resources", 0, "schema", "fields", 1),
        "units.name",
        "",
        "this column, of type string",
    ),
    (
        "field of another type",
        setting("string", "resources", 0, "schema", "fields", 6, "type"),
        "units.tile_column",
        "",
        "this column, of type integer",
    ),
    (
        "key left out",
        setting(..., "resources", 0, "schema", "primaryKey"),
        "units",
        "",
        "primaryKey",
    ),
    (
        "table twice",
        lambda descriptor: descriptor["resources"].append(descriptor["resources"][0]),
        "resources",
        "",
        "two tables have one name",
    ),
    (
        "type that is not known",
        setting("date", "resources", 0, "schema", "fields", 0, "type"),
        "resources.units.schema.fields.unit_id.type",
        "date",
        "'string', 'integer' or 'number'",
    ),
    (
        "constraint that is not known",
        constraint(3, "units", "tile_row", "multipleOf"),
        "resources.units.schema.fields.tile_row.constraints.multipleOf",
        "3",
        "not permitted",
    ),
    (
        "pattern that is none",
        constraint("(", "units", "unit_id", "pattern"),
        "resources.units.schema.fields.unit_id.constraints.pattern",
        "(",
        "not a regular expression",
    ),
    (
        "text longer than a workbook's cell",
        constraint(32_768, "units", "name", "maxLength"),
        "resources.units.schema.fields.name.constraints.maxLength",
        "32768",
        "32767",
    ),
    *(
        (
            f"path {path}",
            setting(path, "resources", 0, "path"),
            "resources.units.path",
            path,
            "pattern",
        )
        for path in ("../x.csv", "/x.csv", "sub/x.csv", "x.csv\n", "x.txt", "https://x.csv")
    ),
    ("unknown status", setting("final", "study", "status"), "study.status", "final", "'draft' or"),
    ("report on no day", setting("2021-02-30", *DAY), "study.report.date", "2021-02-30", "date"),
    ("report in a year", setting("2020", *DAY), "study.report.date", "2020", "date"),
    (
        "report in a week",
        setting("2020-W51-4", *DAY),
        "study.report.date",
        "2020-W51-4",
        "YYYY-MM-DD",
    ),
    ("report some day", setting("soon", *DAY), "study.report.date", "soon", "date"),
    ("report without a day", setting(..., *DAY), "study.report.date", "", "required"),
    (
        "report on a number",
        setting(1_608_163_200, *DAY),
        "study.report.date",
        "1608163200",
        "",
    ),
    (
        "comparison on no day",
        setting([{"date": "2021-13-01", "label": "?"}], "study", "compare_dates"),
        "study.compare_dates.0.date",
        "2021-13-01",
        "date",
    ),
    (
        "factor above 1 below",
        setting(1.5, *BOX, "lowest_factor"),
        "study.weight_box.lowest_factor",
        "1.5",
        "less than or equal to 1",
    ),
    (
        "factor 0",
        setting(0, *BOX, "lowest_factor"),
        "study.weight_box.lowest_factor",
        "0",
        "greater than 0",
    ),
    (
        "factor below 1 above",
        setting(0.5, *BOX, "highest_factor"),
        "study.weight_box.highest_factor",
        "0.5",
        "greater than or equal to 1",
    ),
    (
        "factor without end",
        setting(float("inf"), *BOX, "highest_factor"),
        "study.weight_box.highest_factor",
        "inf",
        "",
    ),
    (
        "factor in words",
        setting("twice", *BOX, "highest_factor"),
        "study.weight_box.highest_factor",
        "twice",
        "",
    ),
    (
        "factor divided by nothing",
        setting("1/0", *BOX, "highest_factor"),
        "study.weight_box.highest_factor",
        "1/0",
        "",
    ),
    (
        "box around no group",
        setting(["total", "R99"], *BOX, "nodes"),
        "study.weight_box.nodes",
        "R99",
        "not a group of recommendations.csv",
    ),
    (
        "rounding that is not known",
        setting("up", "study", "display", "rounding"),
        "study.display.rounding",
        "up",
        "'half_up' or 'half_even'",
    ),
    ("extra setting", setting("red", "study", "colour"), "study.colour", "red", "not permitted"),
    (
        "report that is no source",
        setting("S-none", "study", "report", "source_id"),
        "study.report.source_id",
        "S-none",
        "sources.csv",
    ),
]


@pytest.mark.parametrize(
    ("change", "column", "value", "rule"),
    [pytest.param(*case[1:5], id=case[0], marks=case[5:]) for case in FAULTS],
)
def test_a_fault_is_one_problem_of_the_descriptor(tmp_path, capsys, change, column, value, rule):
    assert problems_of_the_real_study() == ()
    study = copy_of_real_study(tmp_path)
    if change:
        edit_descriptor(study, change)
    else:
        change_bytes(study, DESCRIPTOR, lambda old: b"[]")
    assert main(["validate", str(study), "--format", "json"]) == 1
    said = capsys.readouterr()
    (problem,) = (one for one in json.loads(said.out) if one["severity"] == "error")
    assert (problem["file"], problem["row"]) == (DESCRIPTOR, None)
    assert (problem["column"], problem["value"].replace("\\x0a", "\n")) == (column, value)
    assert rule in problem["rule"]
    assert problem["remedy"]
    assert "Traceback" not in said.out + said.err


def test_a_message_speaks_of_the_file_and_not_of_the_code(tmp_path):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, DESCRIPTOR, lambda old: b"[]")
    (problem,) = validate(study)
    assert "Descriptor" not in problem.rule


LOOSER = {
    "required": constraint(..., "criteria", "weight", "required"),
    "minimum": constraint(..., "criteria", "weight", "minimum"),
    "maximum": constraint(..., "levels", "value", "maximum"),
    "enum": constraint(..., "assessments", "confidence", "enum"),
    "pattern": constraint(..., "published_totals", "as_of", "pattern"),
    "unique": constraint(..., "units", "name", "unique"),
}


@pytest.mark.parametrize("change", LOOSER.values(), ids=LOOSER)
def test_a_study_may_say_more_and_never_less(tmp_path, change):
    study = copy_of_real_study(tmp_path)
    edit_descriptor(study, change)
    assert [one.file for one in validate(study)] == [DESCRIPTOR]


TIGHTER = {
    "minLength": constraint(1_000, "units", "name", "minLength"),
    "maxLength": constraint(1, "units", "name", "maxLength"),
    "enum": constraint(["Nowhere"], "units", "region", "enum"),
    "pattern": constraint("^Nowhere$", "units", "region", "pattern"),
    "unique": constraint(True, "units", "country", "unique"),
    "required": constraint(True, "recommendations", "parent_id", "required"),
    "minimum": constraint(1, "figures", "value", "minimum"),
    "maximum": constraint(1, "figures", "value", "maximum"),
}


@pytest.mark.parametrize("change", TIGHTER.values(), ids=TIGHTER)
def test_what_a_study_asks_for_beyond_that_is_checked(tmp_path, change):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "figures", 2, "value", "0.5")
    assert validate(study) == []
    edit_descriptor(study, change)
    problems = validate(study)
    assert problems
    assert DESCRIPTOR not in {one.file for one in problems}


def test_a_table_may_not_be_allowed_to_be_empty_where_it_is_needed(tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_descriptor(study, setting(0, "resources", 0, "minimumRows"))
    assert [(one.file, one.column) for one in validate(study)] == [(DESCRIPTOR, "units")]


# --- what a study may add ------------------------------------------------------------------------


def with_table(study, text, column="colour", **schema):
    """Describe a further table of one column, and write it."""
    fields = [{"name": column, "type": "string", "description": "A made-up column"}]
    table = {"name": "extra", "path": "extra.csv", "schema": {"fields": fields, **schema}}
    edit_descriptor(study, lambda descriptor: descriptor["resources"].append(table))
    (study / "extra.csv").write_text(text, encoding="utf-8")


def test_a_further_table_is_checked_like_the_others(tmp_path):
    study = copy_of_real_study(tmp_path)
    with_table(study, "colour\nred\nred\n", primaryKey=["colour"])
    assert [(one.file, one.row, one.column) for one in validate(study)] == [
        ("extra.csv", 3, "colour")
    ]


def test_a_further_column_is_checked_like_the_others(tmp_path):
    study = copy_of_real_study(tmp_path)
    more = {"name": "staff", "type": "integer", "description": "A made-up column"}
    edit_descriptor(
        study, lambda descriptor: descriptor["resources"][0]["schema"]["fields"].append(more)
    )
    change_bytes(
        study, "units.csv", lambda old: old.replace(b"\n", b",7\n").replace(b",7\n", b",staff\n", 1)
    )
    assert validate(study) == []
    edit_cell(study, "units", 3, "staff", "many")
    assert [(one.row, one.column) for one in validate(study)] == [(3, "staff")]


def to(table, column, own="colour"):
    return [{"fields": [own], "reference": {"resource": table, "fields": [column]}}]


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"foreignKeys": to("none", "unit_id")}, id="key into a missing table"),
        pytest.param({"foreignKeys": to("units", "none")}, id="key into a missing column"),
        pytest.param({"foreignKeys": to("units", "unit_id", "none")}, id="key of a missing column"),
        pytest.param({"primaryKey": ["none"]}, id="primary key of a missing column"),
        pytest.param({"fields": STUDY["resources"][0]["schema"]["fields"][:1] * 2}, id="twice"),
    ],
)
def test_a_further_table_that_does_not_hold_together_is_a_problem(tmp_path, schema):
    study = copy_of_real_study(tmp_path)
    with_table(study, "unit_id,unit_id\n" if "fields" in schema else "colour\nred\n", **schema)
    assert {one.file for one in validate(study)} == {DESCRIPTOR}


def test_a_column_has_a_plain_name(tmp_path):
    study = copy_of_real_study(tmp_path)
    with_table(study, "a.b\nred\nred\n", column="a.b", primaryKey=["a.b"])
    assert {one.file for one in validate(study)} == {DESCRIPTOR}


# --- whatever the descriptor holds ---------------------------------------------------------------


def test_a_number_of_any_length_is_accepted_or_reported(tmp_path):
    study = copy_of_real_study(tmp_path)
    change_bytes(
        study, DESCRIPTOR, lambda old: old.replace(b'"decimals": 0', b'"decimals": ' + b"1" * 5_000)
    )
    assert [one.file for one in validate(study)] == [DESCRIPTOR]


def test_a_descriptor_of_any_depth_is_accepted_or_reported(tmp_path):
    study = copy_of_real_study(tmp_path)
    whole = (study / DESCRIPTOR).read_bytes()
    for depth in (200, 400, 600, 800, 3_000):
        deep = b'{"custom": ' + b"[" * depth + b"]" * depth + b","
        (study / DESCRIPTOR).write_bytes(whole.replace(b"{", deep, 1))
        assert all(one.file == DESCRIPTOR for one in validate(study))


@pytest.fixture(scope="module")
def any_study(tmp_path_factory):
    return copy_of_real_study(tmp_path_factory.mktemp("any"))


PLACES = [
    ("name",),
    ("licenses",),
    ("resources",),
    ("resources", 3),
    ("resources", 3, "path"),
    ("resources", 3, "minimumRows"),
    ("resources", 3, "schema"),
    ("resources", 3, "schema", "fields"),
    ("resources", 3, "schema", "fields", 1, "name"),
    ("resources", 3, "schema", "fields", 1, "constraints"),
    ("resources", 3, "schema", "fields", 1, "constraints", "pattern"),
    ("resources", 3, "schema", "primaryKey"),
    ("resources", 3, "schema", "foreignKeys"),
    ("study",),
    ("study", "contact"),
    ("study", "report"),
    ("study", "report", "date"),
    ("study", "compare_dates"),
    ("study", "display", "decimals"),
    ("study", "weight_box", "lowest_factor"),
    ("study", "weight_box", "nodes"),
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@tries(40)
@given(place=st.sampled_from(PLACES), value=ANY_JSON)
def test_any_value_anywhere_is_accepted_or_reported(any_study, place, value):
    descriptor = copy.deepcopy(STUDY)
    setting(value, *place)(descriptor)
    (any_study / DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8")
    problems = validate(any_study)
    assert all(isinstance(one, Problem) and one.rule and one.remedy for one in problems)
