"""The rules of the codebook that a schema cannot express, each a small check of its own.

A check is a generator over a :class:`Draft`; it runs where the tables that it names could be
read, and passes over cells that the schema has already refused.
"""

from collections.abc import Iterator

from analysis.problems import Problem
from analysis.study.rules import (
    codebook,
    coding,
    days,
    evidence,
    identity,
    published,
    requests,
    settings,
    units,
    weights,
)
from analysis.study.rules.coding import COMPLETE_REPLY
from analysis.study.rules.engine import CHECKS, SETTINGS, Draft

__all__ = ["COMPLETE_REPLY", "Draft", "check_rules"]

SUBJECTS = (
    identity,
    days,
    codebook,
    evidence,
    coding,
    requests,
    units,
    published,
    weights,
    settings,
)
"""The modules of rules; of two faults in one cell the one of the earlier module comes first."""


def check_rules(draft: Draft) -> Iterator[Problem]:
    """Yield every breach of the rules beyond the schema."""
    held = {*draft.frames, *([SETTINGS] if draft.settings else [])}
    for subject in SUBJECTS:
        for needs, check in CHECKS[subject.__name__]:
            if held.issuperset(needs):
                yield from check(draft)
