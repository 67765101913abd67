"""Ids that changed: an earlier version of a study, under the ids of a later one."""

import dataclasses
import re

import pandas as pd

from analysis.frames import each_row
from analysis.study.load import Study

_COLUMNS = {
    "units": ("unit_id", "unit_ids", "successor_ids", "among"),
    "criteria": ("criterion_id", "criterion_ids", "node_id", "weights"),
}
"""Columns, of any table, that name units and criteria."""


def changed_ids(old: Study, new: Study, table: str) -> dict[str, str]:
    """Return the ids of one table that changed, each with the id that the other version has.

    It may be either version that declares them: two may be compared the wrong way round.
    """
    backwards = {current: former for former, current in _declared(new, old, table).items()}
    return backwards | _declared(old, new, table)


def _declared(old: Study, new: Study, table: str) -> dict[str, str]:
    """Return the ids of an earlier version that a later one declares, each with its own.

    A row that bears several ids of the earlier version has merged them: it continues none.
    """
    key = _COLUMNS[table][0]
    old_ids, renamed = set(old[table][key]), {}
    for current, former in zip(new[table][key], new[table]["former_ids"], strict=True):
        known = [name for name in former.split(";") if name in old_ids]
        if len(known) == 1 and current not in old_ids:
            renamed[known[0]] = current
    return renamed


def current_ids(study: Study, table: str) -> dict[str, str]:
    """Return the former ids of a study's units or criteria, each with the id of today."""
    rows = each_row(study[table][[_COLUMNS[table][0], "former_ids"]])
    return {former: current for current, ids in rows for former in ids.split(";") if former}


def under_new_ids(old: Study, new: Study) -> tuple[Study, dict[str, str]]:
    """Return an earlier version with the ids of the later one, and the ids that changed."""
    tables, renamed = dict(old.tables), {}
    for kind, columns in _COLUMNS.items():
        changed = changed_ids(old, new, kind)
        renamed |= changed
        for name, frame in tables.items() if changed else ():
            again = {
                column: _renamed(frame[column], changed)
                for column in frame.columns.intersection([*columns])
            }
            tables[name] = frame.assign(**again)
    return dataclasses.replace(old, tables=tables), renamed


def _renamed(texts: pd.Series, changed: dict[str, str]) -> pd.Series:
    """Return texts that name ids, alone, joined by ``;`` or each with a weight, with the new ids."""
    # What stands after an equals sign is a value, and no id.
    an_id = r"(?<![^;])[^;=]+"
    return texts.map(
        lambda text: re.sub(an_id, lambda match: changed.get(match[0]) or match[0], str(text))
    )
