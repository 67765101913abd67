"""Rules on requests and replies."""

from analysis.study import vocabulary as v
from analysis.study.rules.engine import Draft, needs


@needs("requests")
def _bodies_that_were_asked_are_named(draft: Draft):
    yield from draft.at(
        "requests",
        draft.frames["requests"]["asked_of"].str.contains("[{}]"),
        "asked_of",
        "it has braces, and a request is made to one body",
        "write out the name that stands for them",
    )


@needs("requests")
def _outcomes_have_a_day(draft: Draft):
    frame = draft.frames["requests"]
    undated = ~frame["outcome"].isin(["", "no_answer"]) & (frame["answered_on"] == "")
    yield from draft.at(
        "requests",
        undated,
        "answered_on",
        "the outcome is {outcome}, and the day of the answer is not given",
        "give the day, or leave the outcome empty",
    )


@needs("requests")
def _reviews_are_of_refusals(draft: Draft):
    frame = draft.frames["requests"]
    day, came = frame["reviewed_on"] != "", frame["review_outcome"] != ""
    yield from draft.at(
        "requests",
        day & ~came,
        "review_outcome",
        "a day of review is given ({reviewed_on}), and not what the review came to",
        "say what it came to, or leave the day empty",
    )
    yield from draft.at(
        "requests",
        came & ~day,
        "reviewed_on",
        "the review came to {review_outcome}, and its day is not given",
        "give the day, or leave the outcome of the review empty",
    )
    yield from draft.at(
        "requests",
        (day | came) & ~frame["outcome"].isin(v.REFUSED),
        "review_outcome",
        "a review is of a refusal, and the outcome is {outcome}",
        "put the first answer (refused or neither_confirmed_nor_denied) under outcome",
    )


@needs("replies")
def _decisions_on_replies_say_why(draft: Draft):
    frame = draft.frames["replies"]
    # Of an empty decision it is said already that it is missing.
    silent = ~frame["decision"].isin(("", "open")) & (frame["reason"] == "")
    yield from draft.at(
        "replies",
        silent,
        "reason",
        "the reply is {decision}, and no reason is given",
        "say why, or leave the decision open",
    )
