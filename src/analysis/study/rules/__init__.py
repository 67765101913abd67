"""The rules of the codebook that a schema cannot express, in one module for each subject.

A rule is applied if the tables that it needs could be read, and skips cells that the schema has
already refused.

The columns of a study's tables are categories, so that an operation on text runs once for each
distinct text. To compare or join two columns, call ``astype(object)`` first.

The tables of rules are not formatted (``fmt: off``), so that a rule takes a few lines, not one for
each argument. :mod:`analysis.study.rules.engine` describes the parts of a rule.
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
"""All rules; if a cell breaks two of them, the problem of the earlier one comes first."""


def check_rules(draft: Draft) -> Iterator[Problem]:
    """Yield every breach of the rules beyond the schema."""
    for rules in RULES:
        yield from rules.problems(draft)
