"""Studies as an older version left them: read with what an empty study has gained since."""

import copy
import json
from codecs import BOM_UTF8

import pytest
from helpers import (
    DESCRIPTOR,
    REAL,
    append_row,
    cell,
    contents,
    copy_of_real_study,
    edit_descriptor,
    read_rows,
    write_rows,
)

from analysis.study import (
    descriptor,
    load,
    migration,
    problems_and_warnings,
    read_descriptor,
    validate,
)
from analysis.study import profile as profiles
from analysis.study.profile import profile


def table(descriptor, name):
    return next(one for one in descriptor["resources"] if one["name"] == name)


def without_column(folder, name, column):
    """Take a column out of a table and of its description."""
    rows = read_rows(folder, name)
    place = rows[0].index(column)
    text = "\n".join(
        ",".join('"' + one.replace('"', '""') + '"' for n, one in enumerate(row) if n != place)
        for row in rows
    )
    (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")

    def change(descriptor):
        schema = table(descriptor, name)["schema"]
        schema["fields"] = [one for one in schema["fields"] if one["name"] != column]

    edit_descriptor(folder, change)


def without_table(folder, name):
    (folder / f"{name}.csv").unlink()

    def change(descriptor):
        descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] != name]

    edit_descriptor(folder, change)


def test_a_study_of_today_comes_through_as_it_is(tmp_path):
    study = copy_of_real_study(tmp_path)
    before = contents(study)
    for folder in (REAL, study):
        assert load(folder).descriptor.added == () and load(folder).migrated_files == {}
        edit_descriptor(study, lambda one: None)  # with its tables described whole
        before[DESCRIPTOR] = contents(study)[DESCRIPTOR]
    assert contents(study) == before


def test_tables_columns_and_settings_added_since_are_filled_in_empty(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_table(study, "replies")
    without_column(study, "figures", "comparison")
    without_column(study, "assessments", "checked_by")
    edit_descriptor(study, lambda one: one["study"].pop("coders"))
    before = contents(study)
    assert validate(study) == []
    found = load(study)
    assert sorted(found.descriptor.added) == [
        "assessments.checked_by",
        "figures.comparison",
        "replies",
        "study.coders",
    ]
    assert sorted(found.migrated_files) == [
        "assessments.csv",
        "datapackage.json",
        "figures.csv",
        "replies.csv",
    ]
    assert contents(study) == before
    assert "written for an older version" in problems_and_warnings(study)[0].rule
    assert len(found["replies"]) == 0
    assert set(found["figures"]["comparison"]) == {""}
    # Nothing that was there has changed, row for row.
    today = load(REAL)
    for name in ("figures", "assessments"):
        rest = [one for one in today[name].columns if one not in ("comparison", "checked_by")]
        assert found[name][rest].equals(today[name][rest])


def test_a_table_that_is_brought_up_keeps_its_byte_order_mark(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_column(study, "figures", "comparison")
    without_column(study, "assessments", "checked_by")
    for path in (study / "figures.csv", study / "datapackage.json"):
        path.write_bytes(BOM_UTF8 + path.read_bytes())
    found = load(study)
    marked = [name for name, held in found.migrated_files.items() if held.startswith(BOM_UTF8)]
    assert marked == ["figures.csv"]
    assert set(found["figures"]["comparison"]) == {""}


def test_what_may_not_be_empty_is_not_made_up(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_column(study, "assessments", "confidence")
    assert "assessments.confidence" in str(validate(study)[0])


def test_a_table_that_needs_rows_is_not_made_up(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_table(study, "rules")
    assert "the table rules is not described" in str(validate(study)[0])


def looser(descriptor):
    """Make a description as it was before a constraint and a key came."""
    schema = table(descriptor, "replies")["schema"]
    (decision,) = [one for one in schema["fields"] if one["name"] == "decision"]
    decision["constraints"].pop("enum")
    schema.pop("foreignKeys")


REPLY = {
    "reply_id": "A1",
    "unit_id": "surrey",
    "received_on": "2026-01-01",
    "says": "-",
    "reason": "-",
}


@pytest.mark.parametrize(("decision", "fits"), [("open", True), ("who knows", False)])
def test_older_rows_have_to_keep_to_todays_rules(decision, fits, tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_descriptor(study, looser)
    append_row(study, "replies", like=None, decision=decision, **REPLY)
    # A study of today must describe its tables as strictly as an empty one; an older one may not.
    assert {one.file for one in validate(study)} == {"datapackage.json"}
    without_column(study, "figures", "comparison")
    wrong = [(one.file, one.row, one.column) for one in validate(study)]
    assert wrong == ([] if fits else [("replies.csv", 2, "decision")])


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"study": 3, "resources": 4}'])
def test_what_cannot_be_read_is_left_for_validation_to_say(text, tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / "datapackage.json").write_text(text)
    problems = validate(study)
    assert problems and {one.file for one in problems} == {DESCRIPTOR}


def test_a_folder_inside_is_said(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_column(study, "figures", "comparison")
    (study / "scans").mkdir()
    (study / ".git").mkdir()
    assert [one.file for one in validate(study)] == ["scans"]


def test_columns_of_their_own_stay(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_column(study, "figures", "comparison")

    def change(descriptor):
        fields = table(descriptor, "figures")["schema"]["fields"]
        fields.append({"name": "shelf", "type": "string", "description": "Where it lies"})

    edit_descriptor(study, change)
    rows = read_rows(study, "figures")
    text = "\n".join(
        ",".join(['"' + c.replace('"', '""') + '"' for c in row] + [extra])
        for row, extra in zip(rows, ["shelf", *["top"] * (len(rows) - 1)], strict=True)
    )
    (study / "figures.csv").write_text(text + "\n", encoding="utf-8")
    found = load(study)
    assert found.descriptor.added == ("figures.comparison",)
    assert set(found["figures"]["shelf"]) == {"top"}
    written(study, found)
    assert validate(study) == [] and load(study).descriptor.added == ()
    columns = [one["name"] for one in table(profile(), "figures")["schema"]["fields"]]
    assert read_rows(study, "figures")[0] == [*columns, "shelf"]
    assert cell(study, "figures", 2, "shelf") == "top"


def written(folder, study):
    """Write what changes with what was added, as whatever writes to the folder does."""
    for name, content in study.migrated_files.items():
        (folder / name).write_bytes(content)


def test_what_is_brought_up_states_only_its_own(tmp_path):
    study = copy_of_real_study(tmp_path)
    own = (study / DESCRIPTOR).read_text("utf-8")
    without_table(study, "replies")
    without_column(study, "figures", "comparison")
    assert len((study / DESCRIPTOR).read_text("utf-8")) > 10 * len(own)
    written(study, load(study))
    assert json.loads((study / DESCRIPTOR).read_text("utf-8")) == json.loads(own)
    assert contents(study)["replies.csv"] == contents(REAL)["replies.csv"]
    migrated_files, whole = load(study)["figures"], load(REAL)["figures"].copy()
    whole.loc[:, "comparison"] = ""
    assert migrated_files.equals(whole)


# --- a study that follows an older profile --------------------------------------------------------


@pytest.fixture
def newer_profile(monkeypatch, reading_anew):
    """Have a table and a column that only came with the next profile."""
    newer = copy.deepcopy(profile())
    newer["profileVersion"] += 1
    table(newer, "replies")["since"] = newer["profileVersion"]
    (column,) = (
        one for one in table(newer, "figures")["schema"]["fields"] if one["name"] == "comparison"
    )
    column["since"] = newer["profileVersion"]
    for module in (profiles, migration, descriptor, read_descriptor):
        monkeypatch.setattr(module, "profile", lambda: newer)


def test_what_came_after_the_studys_profile_is_filled_in(tmp_path, newer_profile):
    study = copy_of_real_study(tmp_path)
    assert validate(study) == [] and load(study).descriptor.added == ()  # it has them already
    (study / "replies.csv").unlink()
    rows = read_rows(study, "figures")
    place = rows[0].index("comparison")
    write_rows(study, "figures", [row[:place] + row[place + 1 :] for row in rows])
    found = load(study)
    assert found.descriptor.added == ("figures.comparison", "replies")
    assert set(found["figures"]["comparison"]) == {""}
    assert len(found["replies"]) == 0
    written(study, found)
    assert load(study).descriptor.added == ()
    (study / "replies.csv").unlink()
    assert [one.rule for one in validate(study)] == ["the file is missing"]


def test_what_the_studys_profile_has_may_not_be_missing(tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / "replies.csv").unlink()
    assert [one.rule for one in validate(study)] == ["the file is missing"]


SINCE_0_1_0 = (
    *("study.coders", "study.aggregation", "study.requests", "study.persons"),
    *("units.exists_from", "units.exists_until", "units.successor_ids", "units.former_ids"),
    *("criteria.ask_of", "criteria.former_ids", "group_weights", "applicability", "rules.needs"),
    *("sources.title_kind", "sources.note", "sources.sha256", "evidence.read_on"),
    *("codings.batch", "codings.rules_mark", "codings_history.batch"),
    *("codings_history.rules_mark", "assignments", "assessments_history", "set_aside"),
    *("searches.criterion_ids", "searches.unit_ids", "published_totals.relation"),
    *("published_totals.among", "published_scores", "figures.read_on", "events.read_on"),
    *("requests.asked_of", "requests.reviewed_on", "requests.review_outcome"),
)
"""What an empty study has gained since version 0.1.0."""


def test_a_study_as_version_0_1_0_wrote_it_is_read(tmp_path):
    study = copy_of_real_study(tmp_path)
    for name in SINCE_0_1_0:
        first, _, second = name.partition(".")
        if first == "study":
            edit_descriptor(study, lambda one, key=second: one["study"].pop(key))
        elif second:
            without_column(study, first, second)
        else:
            without_table(study, first)
    problems = validate(study)
    assert DESCRIPTOR not in {one.file for one in problems}, problems
    assert problems == []
    found = load(study)
    assert found.descriptor.added == SINCE_0_1_0
    written(study, found)
    assert load(study).descriptor.added == ()
    assert len((study / DESCRIPTOR).read_text("utf-8").splitlines()) < 300


def test_a_study_of_the_first_profile_gains_documents_and_quotations(tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / "documents.csv").unlink()
    text = (study / DESCRIPTOR).read_text("utf-8")
    (study / DESCRIPTOR).write_text(text.replace('"profileVersion": 2', '"profileVersion": 1'))
    later = {"units": "request_address", "requests": "exemption", "evidence": "document_id"}
    gained = []
    for table, first in later.items():
        rows = read_rows(study, table)
        place = rows[0].index(first)
        gained += [f"{table}.{one}" for one in rows[0][place:]]
        write_rows(study, table, [row[:place] for row in rows])
    assert {len(one) for one in (gained, {*gained})} == {12}
    found = load(study)
    assert sorted(found.descriptor.added) == sorted(["documents", *gained])
    for table in later:
        assert found[table].equals(load(REAL)[table])
