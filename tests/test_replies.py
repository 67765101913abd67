"""What became of replies: the cell and the score before and after, worked out on paper."""

import math

from made import READ_ON, day, one_cell, problems, row, with_rows

from analysis.measure.score_basis import before_reply, reply_effects

TODAY = day(READ_ON)
REPLY = {
    "reply_id": "made-up-r1",
    "unit_id": "u",
    "received_on": "2023-02-01",
    "criterion_id": "c",
    "says": "It has a rule.",
    "reason": "The rule is in the document.",
}
FOLLOWED = {"settled_by": "made-up-r1", "settled_why": "The document shows it"}


def test_a_new_assessment_that_follows_from_a_reply():
    # Before it: inconclusive, so 0 to 100 with nothing known. After it: met, 100 and all known.
    study = with_rows(
        one_cell(row("inconclusive", "2021-05"), row("met", "2023-01-10", **FOLLOWED)),
        "replies",
        [REPLY | {"decision": "accepted"}],
    )
    assert problems(study) == []
    (effect,) = reply_effects(study, TODAY, TODAY).to_dict("records")
    assert (effect["criterion_id"], effect["before"], effect["after"]) == (
        "c",
        "inconclusive",
        "met",
    )
    assert [effect[f"{name}_before"] for name in ("low", "high", "known")] == [0, 100, 0]
    assert [effect[f"{name}_after"] for name in ("low", "high", "known")] == [100, 100, 1]


def test_an_assessment_that_a_reply_replaced_stood_before_it():
    # The row of the same date was not_met, and is kept in the history: 0 before, 50 after.
    old = row("not_met", "2021-05") | {
        "unit_id": "u",
        "criterion_id": "c",
        "read_on": READ_ON,
        "evidence_ids": "E1",
        "confidence": "low",
        "rationale": "-",
        "settled_by": "agreement",
        "replaced_on": READ_ON,
        "replaced_by": "made-up-r1",
        "replaced_why": "-",
    }
    study = one_cell(row("partly", "2021-05", **FOLLOWED))
    study = with_rows(study, "replies", [REPLY | {"decision": "partly"}])
    study = with_rows(study, "assessments_history", [old])
    assert problems(study) == []
    (effect,) = reply_effects(study, TODAY, TODAY).to_dict("records")
    assert (effect["before"], effect["after"]) == ("not_met", "partly")
    assert (effect["low_before"], effect["high_before"]) == (0, 0)
    assert (effect["low_after"], effect["high_after"]) == (50, 50)
    assert list(before_reply(study, "made-up-r1")["assessments"]["level"]) == ["not_met"]


def test_a_reply_that_was_accepted_and_changed_no_state_says_so():
    study = with_rows(
        one_cell(row("met", "2021-05")), "replies", [REPLY | {"decision": "accepted"}]
    )
    (effect,) = reply_effects(study, TODAY, TODAY).to_dict("records")
    assert (effect["criterion_id"], effect["before"], effect["after"]) == ("", "", "")
    assert effect["low_before"] == effect["low_after"] == 100


def test_open_and_declined_replies_change_nothing():
    replies = [
        REPLY | {"decision": "open"},
        REPLY | {"decision": "declined", "reply_id": "made-up-r2"},
    ]
    study = with_rows(one_cell(row("met", "2021-05")), "replies", replies)
    assert reply_effects(study, TODAY, TODAY).empty


def test_a_unit_with_nothing_in_the_sum_has_no_score_and_not_a_zero():
    study = one_cell(row("not_applicable", "2023-01-10", **FOLLOWED))
    study = with_rows(study, "replies", [REPLY | {"decision": "accepted"}])
    (effect,) = reply_effects(study, TODAY, TODAY).to_dict("records")
    assert effect["before"] == "not_found"
    assert effect["low_before"] == 0
    assert math.isnan(effect["low_after"])


def test_what_follows_from_a_reply_must_fit_it():
    for change in (
        {"decision": "declined"},
        {"decision": "open"},
        {"decision": "accepted", "criterion_id": "d"},
    ):
        study = one_cell(row("met", "2023-01-10", **FOLLOWED))
        study = with_rows(study, "replies", [REPLY | change])
        assert any("was not accepted" in one for one in problems(study)), change
    # A reply on the whole may be followed in any cell of its unit.
    study = one_cell(row("met", "2023-01-10", **FOLLOWED))
    assert (
        problems(with_rows(study, "replies", [REPLY | {"decision": "partly", "criterion_id": ""}]))
        == []
    )


def test_a_decision_needs_a_reason():
    study = one_cell(row("met", "2021-05"))
    silent = [REPLY | {"decision": "declined", "reason": ""}]
    (problem,) = problems(with_rows(study, "replies", silent))
    assert "the reply is declined, and no reason is given" in problem
