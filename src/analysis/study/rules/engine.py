"""Rules as records, and what applies them to the tables of a study."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.problems import Problem
from analysis.study.descriptor import Table
from analysis.study.schema import Breach, row_problems
from analysis.study.settings import Settings

SETTINGS = "settings"
"""The name under which rules need the study's settings, beside tables."""
CODED = ("codings", "codings_history", "assessments", "assessments_history")
"""Tables of which a row gives the level of a unit on a criterion."""


@dataclass(frozen=True)
class Draft:
    """What could be read of a study, not yet trusted; settings at fault are ``None``."""

    tables: dict[str, Table]
    frames: dict[str, pd.DataFrame]
    settings: Settings | None

    def get(self, name: str) -> pd.DataFrame | Settings | None:
        """Return a table, or the settings; ``None``: they could not be read."""
        return self.settings if name == SETTINGS else self.frames.get(name)

    @property
    def stated(self) -> Settings:
        """The settings, for a check that needs them."""
        assert self.settings is not None
        return self.settings

    def has(self, names: tuple[str, ...]) -> bool:
        """Return whether all of these could be read."""
        return all(self.get(name) is not None for name in names)


@dataclass(frozen=True)
class Rule:
    """One rule on a column of a table.

    Attributes:
        column: where a breach is shown.
        faulty: returns which rows of the table break the rule, shape ``(n,)``, bool.
        says: what is wrong; each column in braces is filled with the row's own text.
        remedy: what to do.
    """

    column: str
    faulty: Callable[..., ArrayLike]
    says: str
    remedy: str


@dataclass(frozen=True)
class RuleSet:
    """Rules on a table, or on each of several that have the columns in common.

    Attributes:
        tables: those that could be read are checked.
        rules: each gets the rows, and after them what the set needs and uses.
        needs: other tables without which the rules are not applied.
        uses: other tables without which they are; ``None`` then stands for the table.
        view: works out, from what each rule would get, what they get in its place.
    """

    tables: tuple[str, ...]
    rules: tuple[Rule, ...]
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    view: Callable[..., pd.DataFrame] | None = None

    def problems(self, draft: Draft) -> Iterator[Problem]:
        """Yield each breach of the rules."""
        others = [draft.get(name) for name in (*self.needs, *self.uses)]
        for name in self.tables if draft.has(self.needs) else ():
            rows = draft.frames.get(name)
            if rows is not None and not rows.empty:
                given = (self.view(rows, *others),) if self.view else (rows, *others)
                for rule in self.rules:
                    where = np.asarray(rule.faulty(*given))
                    breach = Breach(rule.column, rule.says, rule.remedy)
                    yield from row_problems(draft.tables[name], rows, where, breach)


@dataclass(frozen=True)
class Check:
    """What no record can express: ``find`` goes through a study that has what the check needs."""

    find: Callable[[Draft], Iterator[Problem]]
    needs: tuple[str, ...] = ()

    def problems(self, draft: Draft) -> Iterator[Problem]:
        """Yield each fault."""
        if draft.has(self.needs):
            yield from self.find(draft)


def look_up(ids: pd.Series, table: pd.DataFrame, key: str, column: str) -> pd.Series:
    """Return a column of another table for each id, by that table's key."""
    # As text: pandas 3.1 gives wrong rows where categories are mapped to categories.
    values = table[[key, column]].astype(object).drop_duplicates(key).set_index(key)[column]
    return ids.astype(object).map(values).astype(object)


def repeats(ids: list[str]) -> bool:
    """Return whether an id stands twice in a list."""
    return len(set(ids)) < len(ids)


def strangers(texts: Iterable[str], ids: Iterable[str]) -> list[bool]:
    """Return which texts, each of ids joined by ``;``, name what is not among the ids."""
    known = {"", *ids}
    return [not known.issuperset(text.split(";")) for text in texts]


def numbers(texts: pd.Series) -> pd.Series:
    """Return texts as numbers; NaN where one is none, which the schema says."""
    return pd.to_numeric(texts, errors="coerce")
