"""What results are asked for beside the study's own: other weights, another date, a part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.problems import Problem, StudyError, shorten
from analysis.wording import stopped

NODES = {"recommendations": "recommendation_id", "criteria": "criterion_id"}
"""The tables whose rows have a weight, with their keys."""


@dataclass(frozen=True)
class Scope:
    """What was asked for, and what says so wherever results are.

    Attributes:
        weights: the weights in place of the study's own, by criterion or recommendation.
        units: the units that are shown and ranked; empty: all.
        criteria: the criteria that are shown; empty: all.
        query: the words by which the units were chosen; empty: by their ids.
        stated: a sentence for each of these, and for a date that is not the study's own.
    """

    weights: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    query: str = ""
    stated: tuple[str, ...] = ()

    def stating(self, sentence: str, **asked) -> "Scope":
        """Return the scope with something else asked for, and the sentence that says so."""
        return replace(self, stated=(*self.stated, sentence), **asked)


OWN = Scope()
"""Nothing asked for beside the study's own."""


def with_weights(study, weights: Mapping[str, object]):
    """Return the study with other weights in its tables, which says so.

    Raises:
        StudyError: a weight is negative or no number, or no node has the name; of every such one.
    """
    if not weights:
        return study
    tables = {name: study.tables[name].copy() for name in NODES}
    own = {
        node: (table, weight)
        for table, key in NODES.items()
        for node, weight in zip(tables[table][key], tables[table]["weight"], strict=True)
    }
    problems = [_refused(name, weight, own) for name, weight in weights.items()]
    if any(problems):
        raise StudyError([one for one in problems if one])
    given = tuple((name, _as_text(weight)) for name, weight in weights.items())
    for name, weight in given:
        table = tables[own[name][0]]
        table.loc[table[NODES[own[name][0]]] == name, "weight"] = weight
    each = [f"{name} {weight} (own: {own[name][1]})" for name, weight in given]
    said = stopped(each, "manifest.json")
    scope = study.scope.stating(f"With other weights than the study’s own: {said}.", weights=given)
    return replace(study, tables={**study.tables, **tables}, scope=scope)


def _as_text(weight: object) -> str:
    number = float(weight)
    return str(int(number)) if number.is_integer() else format(number, ".12g")


_MOST = 1e12
"""Weights further apart than this and its inverse are lost beside each other in floats."""


def _refused(name: str, weight: object, own: Mapping[str, object]) -> Problem | None:
    remedy = "give such a number, as 2 or 0.5"
    if name not in own:
        rule = "no criterion or recommendation of the study has this id"
        remedy = f"use one of: {', '.join(own)}"
        return Problem("weights", None, shorten(name), shorten(weight), rule, shorten(remedy, 400))
    try:
        number = float(weight)
        fits = 0 <= number <= _MOST and not isinstance(weight, bool)
    except (TypeError, ValueError):
        fits = False
    if fits and (number == 0 or number >= 1 / _MOST):
        return None
    rule = f"a weight is 0, or a number from {1 / _MOST:g} to {_MOST:g}"
    return Problem("weights", None, shorten(name), shorten(weight), rule, remedy)


def chosen_units(units: pd.DataFrame, chosen: str | Sequence[str]) -> tuple[str, ...]:
    """Return the ids that a query on the columns of units, or a list of ids, chooses, in order.

    Raises:
        StudyError: it cannot be read as a query, names no unit of the table, or chooses none.
    """
    ids = units["unit_id"]
    if isinstance(chosen, str):
        try:
            found = tuple(units.query(chosen, engine="python")["unit_id"])
        except Exception as error:  # whatever the query's own mistake is
            rule = f"it is not a query on the columns of units ({shorten(error, 120)})"
            remedy = f"compare columns, such as region == 'Wales'; columns: {', '.join(units)}"
            raise StudyError([Problem("units", None, "", shorten(chosen), rule, remedy)]) from error
    else:
        found = _chosen(list(ids), chosen, "units", "unit")
    if not found:
        rule, remedy = "no unit of this date is chosen", "choose one or more"
        raise StudyError([Problem("units", None, "", shorten(chosen), rule, remedy)])
    return found


def chosen_criteria(criteria: pd.DataFrame, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the criteria that a list chooses, in the study's order.

    Raises:
        StudyError: an id is no criterion's, or there is none.
    """
    ids = [chosen] if isinstance(chosen, str) else chosen
    found = _chosen(list(criteria["criterion_id"]), ids, "criteria", "criterion")
    if not found:
        rule, remedy = "no criterion is chosen", "choose one or more"
        raise StudyError([Problem("criteria", None, "", "", rule, remedy)])
    return found


def _chosen(ids: list[str], chosen: Sequence[str], place: str, noun: str) -> tuple[str, ...]:
    wanted = list(chosen)
    rule, remedy = f"no {noun} of this date has this id", f"use ids of {place}.csv"
    unknown = [one for one in wanted if one not in ids]
    if unknown:
        raise StudyError([Problem(place, None, "", shorten(x), rule, remedy) for x in unknown])
    return tuple(one for one in ids if one in wanted)
