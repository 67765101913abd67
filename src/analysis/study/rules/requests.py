"""Rules on requests for information, and on what units reply to their own pages."""

from analysis.study.rules.engine import Rule, RuleSet
from analysis.study.vocabulary import REFUSED

# fmt: off
RULES = (
    RuleSet(("requests",), (
        Rule("asked_of", lambda rows: rows["asked_of"].str.contains("[{}]"),
             "it has braces, and a request is made to one body",
             "write out the name that stands for them"),
        Rule("answered_on",
             lambda rows: ~rows["outcome"].isin(["", "no_answer"]) & (rows["answered_on"] == ""),
             "the outcome is {outcome}, and the day of the answer is not given",
             "give the day, or leave the outcome empty"),
        Rule("review_outcome",
             lambda rows: (rows["reviewed_on"] != "") & (rows["review_outcome"] == ""),
             "a day of review is given ({reviewed_on}), and not what the review came to",
             "say what it came to, or leave the day empty"),
        Rule("reviewed_on",
             lambda rows: (rows["reviewed_on"] == "") & (rows["review_outcome"] != ""),
             "the review came to {review_outcome}, and its day is not given",
             "give the day, or leave the outcome of the review empty"),
        Rule("review_outcome",
             lambda rows: ((rows["reviewed_on"] != "") | (rows["review_outcome"] != "")) & ~rows["outcome"].isin(REFUSED),
             "a review is of a refusal, and the outcome is {outcome}",
             "put the first answer (refused or neither_confirmed_nor_denied) under outcome"),
    )),
    RuleSet(("replies",), (
        # Of an empty decision it is said already that it is missing.
        Rule("reason", lambda rows: ~rows["decision"].isin(["", "open"]) & (rows["reason"] == ""),
             "the reply is {decision}, and no reason is given",
             "say why, or leave the decision open"),
    )),
)
# fmt: on
