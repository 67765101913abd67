"""The rules of the codebook that a schema cannot express: a table of them for each subject.

A rule is applied where the tables that it needs could be read, and passes over cells that the
schema has already refused.

The columns of a study's tables come as categories, so that whatever a rule does with a text is done
once for each different text. Two columns are compared, or joined, after ``astype(object)``.

The tables are left out of formatting (``fmt: off``): a record takes a few lines, not one for each
argument. See :mod:`analysis.study.rules.engine` for what a record holds.
"""

from collections.abc import Iterator

from analysis.problems import Problem
from analysis.study.rules import (
    codebook,
    coding,
    documents,
    evidence,
    ids_and_dates,
    published,
    requests,
    settings,
    units,
)
from analysis.study.rules.engine import Draft

__all__ = ["RULES", "Draft", "check_rules"]

RULES = (
    *ids_and_dates.RULES,
    *codebook.RULES,
    *evidence.RULES,
    *documents.RULES,
    *coding.RULES,
    *requests.RULES,
    *units.RULES,
    *published.RULES,
    *settings.RULES,
)
"""All rules; of two faults in one cell, that of the earlier rule comes first."""


def check_rules(draft: Draft) -> Iterator[Problem]:
    """Yield every breach of the rules beyond the schema."""
    for rules in RULES:
        yield from rules.problems(draft)
