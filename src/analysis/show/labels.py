"""Plain words for states, gap states and coverage, used wherever they are shown."""

import math

from analysis.measure.constraints import EXACTLY
from analysis.measure.figures.named import level_word
from analysis.measure.gaps import CANNOT_BE_TOLD, DOES_NOT_APPLY, FALLS_SHORT, MEETS
from analysis.measure.results import NOT_SETTLED, SETTLED
from analysis.measure.scores import shown
from analysis.study import vocabulary as v
from analysis.study.published import levels_of, listed_units
from analysis.study.settings import Display
from analysis.wording import listed

_WORDS = {
    **v.WORD,
    MEETS: "meets it",
    FALLS_SHORT: "falls short",
    CANNOT_BE_TOLD: "could not tell",
    DOES_NOT_APPLY: "does not apply",
    SETTLED: "answer found",
    NOT_SETTLED: "something read that does not decide",
}


STEP = {
    "read_whole": "read the whole of a document seen only in part",
    "ask": "ask for it",
    "search": "look, where nobody has looked",
    "already_asked": "none is easy: it was asked for already",
}
"""The step that would answer an open question, in words."""

DECIDED = {
    "accepted": "accepted",
    "partly": "accepted in part",
    "declined": "declined",
    "open": "open: it is being looked into",
}
"""What was decided on a unit's reply, in words."""


def word(state: str) -> str:
    """Return a state as words: ``not_met`` as "not met", ``not_found`` as "nothing found"."""
    return _WORDS.get(state, state.replace("_", " "))


def levels_words(text: str) -> str:
    """Return in words the levels that a published total counts: "met or partly"."""
    return " or ".join(map(level_word, levels_of(text)))


def count_words(total: dict) -> str:
    """Return in words the count of a published total: "at least 6 of 43"."""
    how = "" if total["relation"] == EXACTLY else f"{word(total['relation'])} "
    return f"{how}{total['count']} of {total['of']}"


def among_words(text: str, names: dict[str, str]) -> str:
    """Return in words the units that a published total counts: "Wales", or their names."""
    return text.partition("=")[2] or listed(
        [names[unit] for unit in listed_units(text)] or ["all"], "data/published-totals.csv"
    )


def gap_words(text: str, labels: dict[str, str], empty: str = "none shown") -> str:
    """Return a cell of the gap table ("id: state; id: state") in words.

    An empty cell becomes ``empty``: that no gap was shown does not mean that there is none.
    """
    return (
        "; ".join(f"{labels[name]}: {level_word(state)}" for name, state in gap_parts(text))
        or empty
    )


def gap_parts(text: str) -> list[tuple[str, str]]:
    """Parse a cell of the gap table into pairs of criterion and state."""
    parts = (part.partition(": ") for part in text.split("; ") if part)
    return [(criterion, state) for criterion, _, state in parts]


def ends_words(low: float, high: float, display: Display) -> str:
    """Return an interval as words, such as "6 to 94"."""
    if math.isnan(low):
        return "nothing to score"
    return f"{shown(low, display)} to {shown(high, display)}"


def interval_words(low: float, high: float, known: float, display: Display) -> str:
    """Return an interval with its known share, such as "40 to 85, 54% known"."""
    ends = ends_words(low, high, display)
    if math.isnan(low):
        return ends
    share = f"{shown(100 * known, display)}%" if known else "nothing"
    return f"{ends}, {share} known"
