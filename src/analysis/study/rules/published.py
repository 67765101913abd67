"""Rules on counts and scores that others published."""

from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.study.dates import (
    exist_on,
    exists,
    whole_day,
)
from analysis.study.published import levels_of, listed_units, units_among
from analysis.study.rules.codebook import loops
from analysis.study.rules.engine import Draft, needs


@needs("published_totals", "units")
def _totals_fit_their_population(draft: Draft):
    frame, units = draft.frames["published_totals"], draft.frames["units"]
    count, of = (pd.to_numeric(frame[name], errors="coerce") for name in ("count", "of"))
    yield from draft.at(
        "published_totals",
        count > of,
        "count",
        "it is larger than its population ({of})",
        "correct the count or the population",
    )
    twice = [len(set(one)) < len(one) for one in map(levels_of, frame["level"])]
    rule, remedy = "a level stands in it twice", "name each level once"
    yield from draft.at("published_totals", twice, "level", rule, remedy)
    everyone = (frame["among"] == "").to_numpy()
    there = {text: _exist_on(units, text) for text in frame["as_of"].unique()}
    size = np.array(
        [
            (units_among(units, text) & there[day]).sum()
            for text, day in zip(frame["among"], frame["as_of"], strict=True)
        ],
        dtype=int,
    )
    yield from draft.at(
        "published_totals",
        (of > size) & everyone,
        "of",
        "the study holds fewer units on {as_of}",
        "correct the population, or add the units",
    )
    # A publisher may have left some units of a region out; of units named one by one, none.
    listed = [listed_units(text) for text in frame["among"]]
    named = np.array([len(ids) for ids in listed], dtype=int)
    yield from draft.at(
        "published_totals",
        (named > 0) & (of != named),
        "of",
        "it is not the number of units that among names",
        "correct the population, or the units",
    )
    yield from draft.at(
        "published_totals",
        ~everyone & (named == 0) & (size > 0) & (of > size),
        "of",
        "fewer units are among {among} on {as_of}",
        "correct the population, or the units",
    )
    yield from draft.at(
        "published_totals",
        (named > 0) & (of == named) & (size < named),
        "among",
        "it names a unit that does not exist on {as_of}",
        "correct the day or the units (exists_from, exists_until in units.csv)",
    )
    held = set(units["unit_id"])
    strange = np.array([any(one not in held for one in ids) for ids in listed], dtype=bool)
    ever = np.array([units_among(units, text).any() for text in frame["among"]], dtype=bool)
    yield from draft.at(
        "published_totals",
        ~everyone & (named == 0) & (size == 0) & ever,
        "among",
        "no unit of it exists on {as_of}",
        "correct the day or the units (exists_from, exists_until in units.csv)",
    )
    yield from draft.at(
        "published_totals",
        strange | (~everyone & (named == 0) & ~ever),
        "among",
        "it names a unit, region or country that units.csv does not hold",
        "write region=, country= or unit_ids as units.csv has them",
    )
    yield from draft.at(
        "published_totals",
        [len(set(ids)) < len(ids) for ids in listed],
        "among",
        "a unit stands in it twice",
        "name each unit once",
    )


def _exist_on(units: pd.DataFrame, day: str) -> np.ndarray:
    """Return which units exist on a day; where it is none, that is said elsewhere."""
    return exist_on(units, whole_day(day)) if exists(day) else np.ones(len(units), dtype=bool)


@needs("published_scores", "recommendations", "criteria")
def _published_scores_name_what_counts(draft: Draft):
    frame = draft.frames["published_scores"]
    below = _scored_below(draft)
    empty = ~frame["group_id"].isin([name for name, inside in below.items() if inside])
    yield from draft.at(
        "published_scores",
        empty,
        "group_id",
        "it is no group with a scored criterion below it",
        "name total, or a recommendation_id that bears a score",
    )
    names = [[part.partition("=")[0] for part in text.split(";")] for text in frame["weights"]]
    if draft.settings and draft.settings.aggregation == "pooled":
        groups = set(draft.frames["recommendations"]["recommendation_id"])
        yield from draft.at(
            "published_scores",
            [bool(groups.intersection(given)) for given in names],
            "weights",
            "it weighs a group, and study.aggregation is pooled: groups weigh nothing there",
            "name the criteria, each with its weight",
        )
        names = [[one for one in given if one not in groups] for given in names]
        below = {
            group: [one for one in inside if one not in groups] for group, inside in below.items()
        }
    # A name that a criterion and a group share would not say which of them is meant.
    strange = [
        any(inside.count(name) != 1 for name in given if name)
        for given, group in zip(names, frame["group_id"], strict=True)
        for inside in [below.get(group, given)]
    ]
    yield from draft.at(
        "published_scores",
        strange,
        "weights",
        "it weighs what is no scored criterion or group below {group_id}",
        "name what lies below the group, by an id that nothing else there has",
    )
    yield from draft.at(
        "published_scores",
        [len(set(given)) < len(given) for given in names],
        "weights",
        "it weighs something twice",
        "give each one weight",
    )


def _scored_below(draft: Draft) -> dict[str, list[str]]:
    """Return, for each group and the total, the scored criteria and groups anywhere below it."""
    groups, criteria = draft.frames["recommendations"], draft.frames["criteria"]
    parent = dict(zip(groups["recommendation_id"], groups["parent_id"], strict=True))
    below: dict[str, list[str]] = {name: [] for name in ("total", *parent)}
    scored = criteria[criteria["scored"] == "yes"]
    counted = set()
    for name, group in zip(scored["criterion_id"], scored["recommendation_id"], strict=True):
        if group not in parent or loops(group, parent):
            continue
        line = [group]
        while parent.get(line[-1]):
            line.append(parent[line[-1]])
        for place, above in enumerate([*line, "total"]):
            below.setdefault(above, []).append(name)
            for one in line[:place]:
                if (one, above) not in counted:
                    counted.add((one, above))
                    below[above].append(one)
    return below


@needs("published_scores")
def _published_scores_say_what_they_stand_for(draft: Draft):
    frame = draft.frames["published_scores"]
    given = frame[["step", "lowest", "highest"]] != ""
    score, step, lowest, highest = (
        pd.to_numeric(frame[name], errors="coerce")
        for name in ("score", "step", "lowest", "highest")
    )
    both = given["lowest"] & given["highest"]
    yield from draft.at(
        "published_scores",
        given["lowest"] != given["highest"],
        "lowest",
        "only one of lowest and highest is given",
        "give both ends, or empty both and give the step",
    )
    yield from draft.at(
        "published_scores",
        ~given.any(axis=1),
        "step",
        "nothing says what the score was before it was rounded",
        "give the step, 0 where it is exact, or lowest and highest",
    )
    yield from draft.at(
        "published_scores",
        both & (given["step"] | (frame["rounding"] != "")),
        "lowest",
        "the two ends are given, and a step or a way of rounding as well",
        "keep either the ends, or step and rounding",
    )
    yield from draft.at(
        "published_scores",
        (lowest > score) | (score > highest),
        "score",
        "it does not lie between lowest ({lowest}) and highest ({highest})",
        "correct the score or the ends",
    )
    bare = (frame["rounding"] != "") & ~given["step"] & ~both
    yield from draft.at(
        "published_scores",
        bare & given.any(axis=1),
        "rounding",
        "a way of rounding is given, and no step",
        "give the step to which it was rounded",
    )
    off = [
        bool(rounding) and _is_no_multiple(one, of)
        for rounding, one, of in zip(frame["rounding"], frame["score"], frame["step"], strict=True)
    ]
    yield from draft.at(
        "published_scores",
        np.array(off, dtype=bool) & step.notna().to_numpy() & score.notna().to_numpy(),
        "score",
        "it is no multiple of the step to which it is said to be rounded ({step})",
        "correct the score or the step",
    )


def _is_no_multiple(number: str, step: str) -> bool:
    try:
        return Fraction(step) > 0 and Fraction(number) % Fraction(step) != 0
    except ValueError:  # the schema says so
        return False
