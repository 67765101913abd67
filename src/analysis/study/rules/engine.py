"""Rules as records, and what applies them to the tables of a study."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.problems import ERROR, Problem
from analysis.study.descriptor import Settings, Table
from analysis.study.schema import row_problems

SETTINGS = "settings"
"""What rules need, beside tables, that rest on the study's settings."""
CODED = ("codings", "codings_history", "assessments", "assessments_history")
"""Tables of which a row gives the level of a unit on a criterion."""


@dataclass(frozen=True)
class Draft:
    """What could be read of a study, not yet trusted; settings at fault are ``None``."""

    tables: dict[str, Table]
    frames: dict[str, pd.DataFrame]
    settings: Settings | None

    def has(self, needs: tuple[str, ...]) -> bool:
        """Return whether these tables, and the settings if they are among them, could be read."""
        return {*self.frames, *([SETTINGS] if self.settings else [])}.issuperset(needs)

    def look_up(self, ids: pd.Series, table: str, key: str, column: str) -> pd.Series:
        """Return a column of another table for each id, by that table's key."""
        return ids.map(self.frames[table].drop_duplicates(key).set_index(key)[column])


@dataclass(frozen=True)
class Rule:
    """One rule on a column of a table.

    Attributes:
        column: where a breach is shown.
        faulty: gives, for the rows of the table, which of them break the rule.
        says: what is wrong; each column in braces is filled with the row's own text.
        remedy: what to do.
        severity: as in :class:`analysis.problems.Problem`.
    """

    column: str
    faulty: Callable[[pd.DataFrame], ArrayLike]
    says: str
    remedy: str
    severity: str = ERROR


def own_rows(draft: Draft, table: str) -> pd.DataFrame:
    """Return a table as it is."""
    return draft.frames[table]


@dataclass(frozen=True)
class RuleSet:
    """Rules on a table, or on each of several that have the columns in common.

    Attributes:
        tables: those that could be read are checked.
        rules: in the order in which their breaches come.
        needs: without these tables, or the settings, no rule of the set is applied.
        rows: gives what the rules look at: the rows, often with columns worked out for the rules.
    """

    tables: tuple[str, ...]
    rules: tuple[Rule, ...]
    needs: tuple[str, ...] = ()
    rows: Callable[[Draft, str], pd.DataFrame] = own_rows

    def problems(self, draft: Draft) -> Iterator[Problem]:
        """Yield each breach of the rules."""
        for name in self.tables if draft.has(self.needs) else ():
            if name in draft.frames:
                rows = self.rows(draft, name)
                for rule in self.rules:
                    where = np.asarray(rule.faulty(rows))
                    texts = rule.column, rule.says, rule.remedy, rule.severity
                    yield from row_problems(draft.tables[name], draft.frames[name], where, *texts)


@dataclass(frozen=True)
class Check:
    """What no record of a rule can express: it goes through the study, and yields each fault.

    Attributes:
        find: yields the faults.
        needs: without these tables, or the settings, it is not applied.
    """

    find: Callable[[Draft], Iterator[Problem]]
    needs: tuple[str, ...] = ()

    def problems(self, draft: Draft) -> Iterator[Problem]:
        """Yield each fault."""
        if draft.has(self.needs):
            yield from self.find(draft)
