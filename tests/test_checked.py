"""A study is marked checked only once what it says against a unit was shown, checked and sent."""

from dataclasses import replace

import pytest
from made import one_cell, problems, replaced, row, with_rows

from analysis.study.versions import corrections

CHECKED = {"checked_by": "Made-up checker", "checked_on": "2026-11-24"}
SENT = {"unit_id": "u", "sent_on": "2026-11-25", "reply_by": "2026-11-26"}
REPLY = {
    "reply_id": "made-up-reply",
    "unit_id": "u",
    "received_on": "2026-11-25",
    "says": "-",
    "decision": "open",
}
NEVER = {"reply_by": "9999-12-31"}


def checked(
    level="not_met", contact="Made-up, made-up@example.org", sent=(SENT,), replies=(), **cells
):
    """Return a study marked checked, whose one assessment has these cells."""
    study = one_cell(row(level, "2021", **CHECKED, **cells))
    settings = study.settings.model_copy(update={"status": "checked", "contact": contact})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    study = with_rows(with_rows(study, "notified", [*sent]), "replies", [*replies])
    return replace(study, descriptor=descriptor)  # fmt: skip


def unread(study):
    """Return the study whose evidence was read in part, with no word quoted."""
    return replaced(study, evidence=study["evidence"].assign(extent_read="opening"))


def quoted(study):
    return replaced(study, evidence=unread(study)["evidence"].assign(quote="made-up words"))


ALL_DONE = [
    checked(),
    quoted(checked()),
    checked(sent=[SENT | NEVER], replies=[REPLY]),
    # Of a unit that is nowhere below the highest level nothing adverse is said.
    unread(checked("met", sent=())),
    unread(checked("inconclusive", sent=(), settled_by="one", settled_why="-")),
]
LACKING = [
    (checked(contact="[to be set: name]"), "study.contact", "nobody can reply to it"),
    (unread(checked()), "evidence_ids", "nothing that not_met of u rests on is quoted"),
    (unread(checked("partly")), "evidence_ids", "nothing that partly of u rests on is quoted"),
    (checked(settled_by="Made-up checker", settled_why="-"), "checked_by", "coded or settled"),
    (checked(sent=()), "unit_id", "u falls short in it and was not sent its page"),
    (checked(sent=[SENT | NEVER]), "unit_id", "u falls short in it and can still reply"),
    (
        checked(sent=[SENT | NEVER], replies=[REPLY | {"received_on": "2026-11-24"}]),
        "unit_id",
        "u falls short in it and can still reply",
    ),
]


@pytest.mark.parametrize("study", ALL_DONE)
def test_a_study_in_which_all_was_done_is_checked(study):
    assert [problem for problem in problems(study) if "marked checked" in problem] == []


@pytest.mark.parametrize(("study", "place", "says"), LACKING)
def test_a_study_is_not_checked_while_one_thing_lacks(study, place, says):
    (problem,) = problems(study)
    assert place in problem and says in problem
    settings = study.settings.model_copy(update={"status": "draft"})
    draft = replace(study, descriptor=study.descriptor.model_copy(update={"settings": settings}))
    assert problems(draft) == []


def test_who_coded_a_cell_cannot_check_it():
    study = checked()
    codings = study["codings"].assign(coder="Made-up checker")
    (problem,) = problems(replaced(study, codings=codings))
    assert "Made-up checker coded or settled what is checked here" in problem


def test_a_page_is_not_to_be_answered_before_it_was_sent():
    (problem,) = problems(checked(sent=[SENT | {"reply_by": "2026-11-24"}]))
    assert "it is after reply_by" in problem


def test_only_a_checked_answer_that_was_replaced_in_a_checked_study_is_a_correction():
    past = row("met", "2020", unit_id="u", criterion_id="c", replaced_why="-")
    rows = [
        past | CHECKED | {"replaced_on": "2026-11-25"},
        past | {"replaced_on": "2026-11-26"},
        past | CHECKED | {"replaced_on": "2026-11-27"},
    ]
    study = with_rows(checked(), "assessments_history", rows)
    assert [one["replaced_on"] for one in corrections(study)] == ["2026-11-27", "2026-11-25"]
    settings = study.settings.model_copy(update={"status": "draft"})
    draft = replace(study, descriptor=study.descriptor.model_copy(update={"settings": settings}))
    assert corrections(draft) == []
