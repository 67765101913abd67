"""Rules on sentences that say what was found of a unit."""

import pandas as pd

from analysis.study.rules.engine import Rule, RuleSet


def states_named(rests_on: str) -> dict[str, str]:
    """Return the state of each criterion that a sentence rests on; what is no pair has no state."""
    pairs = (part.partition("=") for part in rests_on.split(";") if part.strip())
    return {criterion.strip(): state.strip() for criterion, _, state in pairs}


def _names_no_states(rows: pd.DataFrame, criteria: pd.DataFrame) -> list[bool]:
    known = set(criteria["criterion_id"])
    named = [states_named(text) for text in rows["rests_on"]]
    return [
        not states or not known.issuperset(states) or not all(states.values()) for states in named
    ]


# fmt: off
RULES = (
    RuleSet(("findings",), (
        Rule("checked_by", lambda rows: rows["checked_by"].astype(object) == rows["written_by"].astype(object),
             "{checked_by} wrote the sentence and cannot check it", "have somebody else check it"),
    )),
    RuleSet(("findings",), (
        Rule("rests_on", _names_no_states,
             "it does not name criteria of criteria.csv with their states",
             "write criterion_id=state for each that the sentence rests on, joined by ;"),
    ), needs=("criteria",)),
)
# fmt: on
