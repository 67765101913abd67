"""The codebook of a study: its levels, the rules for coding them, and a short hash of both."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.frames import each_row
from analysis.study import vocabulary as v
from analysis.study.load import Study

NO_RULE = "no rule is written for this criterion yet"
EARLIER_RULES = "coded under an earlier wording of the rules"
"""Said of a coding that was made before its criterion's question or rules were changed."""

OLDER_LEVEL = f"This was {EARLIER_RULES}."
"""The same about a level, as a sentence."""


def short_mark(*texts: str) -> str:
    """Return a short hash of texts: the first ten digits of a SHA-256."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:10]


def level_rules(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[tuple[str, str]]]:
    """Return each criterion's levels in its scale's order, with the rule or else the meaning."""
    rules = {(row.criterion_id, row.level): row.rule for row in each_row(tables["rules"])}
    scales: dict[str, list[tuple[str, str]]] = {}
    for row in each_row(tables["levels"]):
        scales.setdefault(row.scale_id, []).append((row.level, row.meaning))
    return {
        criterion.criterion_id: [
            (level, rules.get((criterion.criterion_id, level), f"{meaning} ({NO_RULE})"))
            for level, meaning in scales.get(criterion.scale_id, [])
        ]
        for criterion in each_row(tables["criteria"])
    }


def codebook_marks(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return a short hash of each criterion's question and rules.

    The weight is not part of it, since a coder does not code by weight.
    """
    rules = level_rules(tables)
    return {
        row.criterion_id: short_mark(
            row.question, *(text for pair in rules[row.criterion_id] for text in pair)
        )
        for row in each_row(tables["criteria"])
    }


def under_earlier_rules(tables: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """Return, for each coding, whether its criterion's question or rules were changed since.

    A coding without a mark counts as not changed, since nothing tells whether it is older.
    """
    codings = tables["codings"]
    now = codings["criterion_id"].map(codebook_marks(tables))
    return ((codings["rules_mark"] != "") & now.notna() & (codings["rules_mark"] != now)).to_numpy()


def cells_under_earlier_rules(tables: Mapping[str, pd.DataFrame]) -> set[tuple[str, str]]:
    """Return the cells (unit, criterion) with a coding that was made under earlier rules."""
    rows = tables["codings"][under_earlier_rules(tables)]
    return set(zip(rows["unit_id"], rows["criterion_id"], strict=True))


def assessed_under_earlier_rules(tables: Mapping[str, pd.DataFrame]) -> set[int]:
    """Return the assessments (by index) that rest on a coding made under earlier rules.

    An assessment from an imported table or a reply rests on no coding, even if the cell has one.
    """
    cells, rows = cells_under_earlier_rules(tables), tables["assessments"]
    rows = rows[~rows["settled_by"].isin([v.IMPORTED, *tables["replies"]["reply_id"]])]
    keys = zip(rows["unit_id"], rows["criterion_id"], strict=True)
    return {index for index, key in zip(rows.index, keys, strict=True) if key in cells}


Level = tuple[str, str]
"""A scale, and the name of a level on it."""


def level_values(study: Study) -> dict[Level, float]:
    """Return the value of every level."""
    levels = study["levels"]
    values = pd.to_numeric(levels["value"])
    return dict(zip(zip(levels["scale_id"], levels["level"], strict=True), values, strict=True))


def level_names(study: Study) -> dict[Level, str]:
    """Return a name for every level that is unique whatever its capitals.

    Levels of several scales with the same name and value share a name. Other levels that read
    alike get the scale added; on one scale, also the rank from the best.
    """
    values = level_values(study)
    variants: dict[str, set[tuple[str, float]]] = {}
    for (_, level), value in values.items():
        variants.setdefault(_as_read(level), set()).add((level, value))
    on_scale = pd.Series([(scale, _as_read(level)) for scale, level in values]).value_counts()
    names = {}
    for key in values:
        scale, level = key
        names[key] = level
        if on_scale[scale, _as_read(level)] > 1:
            own = [other for other in values if other[0] == scale]
            ranked = sorted(own, key=lambda other: -values[other])
            names[key] = f"{level} ({scale}, {ranked.index(key) + 1} of {len(ranked)})"
        elif len(variants[_as_read(level)]) > 1:
            names[key] = f"{level} ({scale})"
    return names


def _as_read(level: str) -> str:
    return level.replace("_", " ").casefold()
