"""Rules as records, and the code that applies them to the tables of a study."""

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
"""The name by which rules ask for the study's settings, like a table."""
CODED = ("codings", "codings_history", "assessments", "assessments_history")
"""Tables whose rows give the level of a unit on a criterion."""


@dataclass(frozen=True)
class Draft:
    """The parts of a study that could be read, not yet validated; wrong settings are ``None``."""

    tables: dict[str, Table]
    frames: dict[str, pd.DataFrame]
    settings: Settings | None

    def get(self, name: str) -> pd.DataFrame | Settings | None:
        """Return a table by name, or the settings; ``None``: it could not be read."""
        return self.settings if name == SETTINGS else self.frames.get(name)

    @property
    def required_settings(self) -> Settings:
        """The settings, for a check that lists them in its needs."""
        assert self.settings is not None
        return self.settings

    def has(self, names: tuple[str, ...]) -> bool:
        """Return whether all of these tables (and settings) could be read."""
        return all(self.get(name) is not None for name in names)


@dataclass(frozen=True)
class Rule:
    """One rule on a column of a table.

    Attributes:
        column: the column that a problem names.
        faulty: function that returns which rows break the rule, shape ``(n,)``, bool.
        says: what is wrong; a column's name in braces is replaced by the row's own text.
        remedy: how to correct it.
    """

    column: str
    faulty: Callable[..., ArrayLike]
    says: str
    remedy: str


@dataclass(frozen=True)
class RuleSet:
    """Rules on a table, or on each of several tables with the same columns.

    Attributes:
        tables: the tables to check; those that could not be read are skipped.
        rules: the rules; their ``faulty`` gets the rows, then the tables of ``needs`` and ``uses``.
        needs: other tables that are required: without them the rules are not applied.
        uses: other tables that are optional: the rules get ``None`` for one that is missing.
        view: function that gets those arguments and returns one frame, which the rules get instead.
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
                arguments = (self.view(rows, *others),) if self.view else (rows, *others)
                for rule in self.rules:
                    is_faulty = np.asarray(rule.faulty(*arguments))
                    breach = Breach(rule.column, rule.says, rule.remedy)
                    yield from row_problems(draft.tables[name], rows, is_faulty, breach)


@dataclass(frozen=True)
class Check:
    """A check that no rule can express: ``find`` yields the problems, if the needs are there."""

    find: Callable[[Draft], Iterator[Problem]]
    needs: tuple[str, ...] = ()

    def problems(self, draft: Draft) -> Iterator[Problem]:
        """Yield each problem."""
        if draft.has(self.needs):
            yield from self.find(draft)


def look_up(ids: pd.Series, table: pd.DataFrame, key: str, column: str) -> pd.Series:
    """Return the value of another table's column for each id, by that table's key."""
    # As objects, since pandas 3.1 returns wrong rows when categories are mapped to categories.
    values = table[[key, column]].astype(object).drop_duplicates(key).set_index(key)[column]
    return ids.astype(object).map(values).astype(object)


def repeats(ids: list[str]) -> bool:
    """Return whether a list has an id twice."""
    return len(set(ids)) < len(ids)


def name_unknown_ids(texts: Iterable[str], ids: Iterable[str]) -> list[bool]:
    """Return which texts, each of ids joined by ``;``, name an id that is not among ``ids``."""
    known = {"", *ids}
    return [not known.issuperset(text.split(";")) for text in texts]


def numbers(texts: pd.Series) -> pd.Series:
    """Return texts as numbers; NaN for other texts, which the schema reports."""
    return pd.to_numeric(texts, errors="coerce")
