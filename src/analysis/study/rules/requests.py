"""Rules on requests for information, and on units' replies about their own pages."""

import re
from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from analysis.study.dates import first_days, last_days
from analysis.study.rules.engine import Rule, RuleSet
from analysis.study.vocabulary import REFUSED_IN_PART, REQUEST_DAYS

_TAKES_REQUESTS = re.compile(r"https?://[^\s/.]+\.\S+|[^\s@:/]+@[^\s@]+\.[^\s@]+", re.IGNORECASE)


def _in_order() -> Iterator[Rule]:
    """Yield a rule for every two dates that may follow each other, if those between are empty."""
    for first, last in combinations(range(len(REQUEST_DAYS)), 2):
        start, *between, end = REQUEST_DAYS[first : last + 1]

        def is_out_of_order(rows: pd.DataFrame, start=start, end=end, between=between) -> pd.Series:
            late = first_days(rows[start]) > last_days(rows[end])
            if start == "answered_on" and end in ("review_asked_on", "complained_on"):
                # One may complain of a late answer before it comes, so only refusals count.
                late &= rows["outcome"].isin(REFUSED_IN_PART).to_numpy()
            return late & (rows[between] == "").all(axis=1)

        yield Rule(
            start, is_out_of_order, f"it is after {end} ({{{end}}})", "correct one of the two dates"
        )


def _is_no_address(rows: pd.DataFrame) -> pd.Series:
    filled = rows["request_address"] != ""
    return filled & ~rows["request_address"].str.fullmatch(_TAKES_REQUESTS)


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
             lambda rows: ((rows["reviewed_on"] != "") | (rows["review_outcome"] != "")) & ~rows["outcome"].isin(REFUSED_IN_PART),
             "a review is of a refusal, and the outcome is {outcome}",
             "put the first answer (refused, neither_confirmed_nor_denied or partly_answered) under outcome"),
        Rule("exemption",
             lambda rows: (rows["exemption"] != "") & ~rows["outcome"].isin(REFUSED_IN_PART),
             "an exemption is named, and the outcome is {outcome}",
             "empty it; or put refused, neither_confirmed_nor_denied or partly_answered under outcome"),
        Rule("complained_on",
             lambda rows: (rows["complained_on"] == "") & ((rows["complaint_decided_on"] != "") | (rows["complaint_outcome"] != "")),
             "a complaint was decided, and the day on which it was made is not given",
             "give the day, or empty complaint_decided_on and complaint_outcome"),
        Rule("complaint_outcome",
             lambda rows: (rows["complaint_decided_on"] != "") & (rows["complaint_outcome"] == ""),
             "the complaint was decided ({complaint_decided_on}), and what it came to is not given",
             "say what it came to, or leave the day empty"),
        Rule("complaint_decided_on",
             lambda rows: (rows["complaint_decided_on"] == "") & (rows["complaint_outcome"] != ""),
             "the complaint came to {complaint_outcome}, and the day of that is not given",
             "give the day, or leave the outcome of the complaint empty"),
        *_in_order(),
    )),
    RuleSet(("units",), (
        Rule("request_address", _is_no_address,
             "it is neither an e-mail address nor an address of the web",
             "write it whole, such as foi@example.org or https://example.org/foi, or leave it empty"),
    )),
    RuleSet(("replies",), (
        # An empty decision is reported by the schema.
        Rule("reason", lambda rows: ~rows["decision"].isin(["", "open"]) & (rows["reason"] == ""),
             "the reply is {decision}, and no reason is given",
             "say why, or leave the decision open"),
    )),
)
# fmt: on
