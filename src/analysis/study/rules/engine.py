"""What a rule may look at, and the list of all rules."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.problems import Problem
from analysis.study.descriptor import Settings, Table
from analysis.study.schema import row_problems


@dataclass(frozen=True)
class Draft:
    """What could be read of a study, not yet trusted; settings at fault are ``None``."""

    tables: dict[str, Table]
    frames: dict[str, pd.DataFrame]
    settings: Settings | None

    def at(self, table: str, where, column: str, rule: str, remedy: str) -> Iterator[Problem]:
        """Yield a problem for each row of the table at which ``where`` is true."""
        frame = self.frames[table]
        return row_problems(self.tables[table], frame, np.asarray(where), column, rule, remedy)

    def map(self, table: str, column: str, other: str, key: str, target: str) -> pd.Series:
        """Return, for each row of a table, the ``target`` that another table holds for it."""
        held = self.frames[other].drop_duplicates(key).set_index(key)[target]
        return self.frames[table][column].map(held)


SETTINGS = "settings"
"""What a rule needs, beside tables, that rests on the study's settings."""
Check = Callable[[Draft], Iterator[Problem]]
CHECKS: dict[str, list[tuple[tuple[str, ...], Check]]] = {}
"""The checks of each module of rules, in their order, each with the tables that it looks at."""


def needs(*tables: str):
    """Add a check to those of its module, with the tables that it looks at."""

    def register(check: Check) -> Check:
        assert inspect.isgeneratorfunction(check)
        CHECKS.setdefault(check.__module__, []).append((tables, check))
        return check

    return register
