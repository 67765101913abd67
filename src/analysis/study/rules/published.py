"""Rules on counts and scores that others published."""

from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.study.dates import exist_on, whole_day
from analysis.study.published import levels_of, listed_units, units_among
from analysis.study.rules.codebook import has_cycle
from analysis.study.rules.engine import SETTINGS, Rule, RuleSet, numbers, repeats
from analysis.study.settings import Settings


def _with_population(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return the totals as numbers, with what ``among`` names and how many of it exist that day.

    ``named``: how many units it names one by one; ``by_value``: it names a column and its value.
    """
    there = {text: _exist_on(units, text) for text in rows["as_of"].unique()}
    among = [units_among(units, text) for text in rows["among"]]
    listed = [listed_units(text) for text in rows["among"]]
    known, named = set(units["unit_id"]), np.array([len(ids) for ids in listed], dtype=int)
    sizes = [(mask & there[day]).sum() for mask, day in zip(among, rows["as_of"], strict=True)]
    return rows.assign(
        count=numbers(rows["count"]),
        of=numbers(rows["of"]),
        size=np.array(sizes, dtype=int),
        ever=np.array([mask.any() for mask in among], dtype=bool),
        named=named,
        by_value=(rows["among"] != "") & (named == 0),
        strange=np.array([not known.issuperset(ids) for ids in listed], dtype=bool),
        repeats=[repeats(ids) for ids in listed],
    )


def _exist_on(units: pd.DataFrame, day: str) -> np.ndarray:
    """Return which units exist on a day; all, if it is not a date (which the schema reports)."""
    try:
        return exist_on(units, whole_day(day))
    except ValueError:
        return np.ones(len(units), dtype=bool)


def _with_weighed(
    rows: pd.DataFrame, groups: pd.DataFrame, criteria: pd.DataFrame, settings: Settings | None
) -> pd.DataFrame:
    """Add to the scores what is wrong with their group and with their weights."""
    below = _scored_below(groups, criteria)
    pooled = settings is not None and settings.aggregation == "pooled"
    weightless = set(groups["recommendation_id"]) if pooled else set()
    given = [[part.partition("=")[0] for part in text.split(";")] for text in rows["weights"]]
    weighed = [[name for name in names if name not in weightless] for names in given]
    inside = [
        [name for name in below.get(group, names) if name not in weightless]
        for group, names in zip(rows["group_id"], weighed, strict=True)
    ]
    return rows.assign(
        unscored=[not below.get(group) for group in rows["group_id"]],
        weighs_group=[not weightless.isdisjoint(names) for names in given],
        # A name that a criterion and a group share would be ambiguous.
        weighs_stranger=[
            any(there.count(name) != 1 for name in names if name)
            for names, there in zip(weighed, inside, strict=True)
        ],
        repeats=[repeats(names) for names in weighed],
    )


def _scored_below(groups: pd.DataFrame, criteria: pd.DataFrame) -> dict[str, list[str]]:
    """Return, for each group and the total, all scored criteria and groups below it."""
    parent = dict(zip(groups["recommendation_id"], groups["parent_id"], strict=True))
    below: dict[str, list[str]] = {name: [] for name in ("total", *parent)}
    scored = criteria[criteria["scored"] == "yes"]
    counted = set()
    for name, group in zip(scored["criterion_id"], scored["recommendation_id"], strict=True):
        if group not in parent or has_cycle(group, parent):
            continue
        line = [group]
        while parent.get(line[-1]):
            line.append(parent[line[-1]])
        for place, above in enumerate([*line, "total"]):
            below.setdefault(above, []).append(name)
            for lower in line[:place]:
                if (lower, above) not in counted:
                    counted.add((lower, above))
                    below[above].append(lower)
    return below


def _with_ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the scores as numbers, and which of the step and the two bounds are given."""
    columns = ["score", "step", "lowest", "highest"]
    exact = zip(rows["rounding"], rows["score"], rows["step"], strict=True)
    return rows.assign(
        **{name: numbers(rows[name]) for name in columns},
        **{f"has_{name}": rows[name] != "" for name in columns},
        both_ends=(rows["lowest"] != "") & (rows["highest"] != ""),
        off_step=[bool(how) and _is_no_multiple(score, step) for how, score, step in exact],
    )


def _is_no_multiple(number: str, step: str) -> bool:
    try:
        return Fraction(step) > 0 and Fraction(number) % Fraction(step) != 0
    except ValueError:  # the schema reports it
        return False


POPULATION_REMEDY = "correct the population, or the units"
DAY_REMEDY = "correct the day or the units (exists_from, exists_until in units.csv)"

# fmt: off
RULES = (
    RuleSet(("published_totals",), (
        Rule("count", lambda rows: rows["count"] > rows["of"],
             "it is larger than its population ({of})", "correct the count or the population"),
        Rule("level",
             lambda rows: [repeats(levels_of(text)) for text in rows["level"]],
             "a level stands in it twice", "name each level once"),
        Rule("of", lambda rows: (rows["of"] > rows["size"]) & (rows["among"] == ""),
             "the study holds fewer units on {as_of}", "correct the population, or add the units"),
        # A publisher may leave out some units of a region, but not of units named one by one.
        Rule("of", lambda rows: (rows["named"] > 0) & (rows["of"] != rows["named"]),
             "it is not the number of units that among names", POPULATION_REMEDY),
        Rule("of", lambda rows: rows["by_value"] & (rows["size"] > 0) & (rows["of"] > rows["size"]),
             "fewer units are among {among} on {as_of}", POPULATION_REMEDY),
        Rule("among", lambda rows: (rows["of"] == rows["named"]) & (rows["size"] < rows["named"]),
             "it names a unit that does not exist on {as_of}", DAY_REMEDY),
        Rule("among", lambda rows: rows["by_value"] & (rows["size"] == 0) & rows["ever"],
             "no unit of it exists on {as_of}", DAY_REMEDY),
        Rule("among", lambda rows: rows["strange"] | (rows["by_value"] & ~rows["ever"]),
             "it names a unit, region or country that units.csv does not hold",
             "write region=, country= or unit_ids as units.csv has them"),
        Rule("among", lambda rows: rows["repeats"], "a unit stands in it twice",
             "name each unit once"),
    ), needs=("units",), view=_with_population),
    RuleSet(("published_scores",), (
        Rule("group_id", lambda rows: rows["unscored"],
             "it is not a group with a scored criterion below it",
             "name total, or a recommendation_id that bears a score"),
        Rule("weights", lambda rows: rows["weighs_group"],
             "it weighs a group, and study.aggregation is pooled: groups weigh nothing there",
             "name the criteria, each with its weight"),
        Rule("weights", lambda rows: rows["weighs_stranger"],
             "it gives a weight to something other than a scored criterion or group below {group_id}",
             "name what lies below the group, by an id that nothing else there has"),
        Rule("weights", lambda rows: rows["repeats"], "it weighs something twice",
             "give each one weight"),
    ), needs=("recommendations", "criteria"), uses=(SETTINGS,), view=_with_weighed),
    RuleSet(("published_scores",), (
        Rule("lowest", lambda rows: rows["has_lowest"] != rows["has_highest"],
             "only one of lowest and highest is given",
             "give both ends, or empty both and give the step"),
        Rule("step", lambda rows: ~(rows["has_step"] | rows["has_lowest"] | rows["has_highest"]),
             "nothing says what the score was before it was rounded",
             "give the step, 0 where it is exact, or lowest and highest"),
        Rule("lowest",
             lambda rows: rows["both_ends"] & (rows["has_step"] | (rows["rounding"] != "")),
             "the two ends are given, and a step or a way of rounding as well",
             "keep either the ends, or step and rounding"),
        Rule("score",
             lambda rows: (rows["lowest"] > rows["score"]) | (rows["score"] > rows["highest"]),
             "it does not lie between lowest ({lowest}) and highest ({highest})",
             "correct the score or the ends"),
        # If neither a step nor a bound is given, an earlier rule reports that.
        Rule("rounding",
             lambda rows: (rows["rounding"] != "") & ~rows["has_step"] & (rows["has_lowest"] != rows["has_highest"]),
             "a way of rounding is given, and no step", "give the step to which it was rounded"),
        Rule("score", lambda rows: rows["off_step"] & rows["step"].notna() & rows["score"].notna(),
             "it is not a multiple of the step to which it is said to be rounded ({step})",
             "correct the score or the step"),
    ), view=_with_ends),
)
# fmt: on
