"""What results are asked for beside the study's own: one coder, other weights, another date, a part."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype

from analysis.problems import Problem, StudyError, refusal, shorten
from analysis.wording import nearest, stopped

if TYPE_CHECKING:  # a study has a scope
    from analysis.study.load import Study

NODES = {"recommendations": "recommendation_id", "criteria": "criterion_id"}
"""The tables whose rows have a weight, with their keys."""


@dataclass(frozen=True)
class Scope:
    """What was asked for, and what says so wherever results are.

    Attributes:
        coder: whose codings stand in place of the assessments; empty: what was settled.
        weights: the weights in place of the study's own, by criterion or recommendation.
        units: the units that are shown and ranked; empty: all.
        criteria: the criteria that are shown; empty: all.
        query: the words by which the units were chosen; empty: by their ids.
        public: whether no unit is named, since the study is a draft and it leaves the house.
        stated: a sentence for each of these, and for a date that is not the study's own.
    """

    coder: str = ""
    weights: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    query: str = ""
    public: bool = False
    stated: tuple[str, ...] = ()

    def stating(self, sentence: str, **changes) -> "Scope":
        """Return the scope with something else asked for, and the sentence that says so."""
        return replace(self, stated=(*self.stated, sentence), **changes)


_ALONE = "These are the codings of {} alone, not settled by the adjudicator."

OWN = Scope()
"""Nothing asked for beside the study's own."""


def with_weights(study: "Study", weights: Mapping[str, object]) -> "Study":
    """Return the study with other weights in its tables, which says so.

    Raises:
        StudyError: a weight is negative or no number, moves nothing, or no node has the name; of
            every such one.
    """
    if not weights:
        return study
    tables = {name: study.tables[name].copy() for name in NODES}
    own = {
        node: (table, weight)
        for table, key in NODES.items()
        for node, weight in zip(tables[table][key], tables[table]["weight"], strict=True)
    }
    moving = _moving(study)
    problems = [_refused(name, weight, own, moving) for name, weight in weights.items()]
    if any(problems):
        raise StudyError([problem for problem in problems if problem])
    given = tuple(
        (name, _as_text(weight))
        for name, weight in weights.items()
        if Fraction(_as_text(weight)) != Fraction(own[name][1])
    )
    if not given:
        return study
    for name, weight in given:
        table = tables[own[name][0]]
        table.loc[table[NODES[own[name][0]]] == name, "weight"] = weight
    each = [f"{name} {weight} (own: {own[name][1]})" for name, weight in given]
    text = stopped(each, "of criteria in a report")
    scope = study.scope.stating(f"With other weights than the study’s own: {text}.", weights=given)
    return replace(study, tables={**study.tables, **tables}, scope=scope)


def _moving(study: "Study") -> set[str]:
    """Return the criteria and recommendations whose weight can move a score."""
    criteria, groups = study.tables["criteria"], study.tables["recommendations"]
    scored = criteria[criteria["scored"] == "yes"]
    moving = set(scored["criterion_id"])
    if study.settings.aggregation == "pooled":
        return moving
    parents = dict(zip(groups["recommendation_id"], groups["parent_id"], strict=True))
    for group in scored["recommendation_id"].unique():
        while group and group not in moving:
            moving.add(group)
            group = parents[group]
    return moving


def _as_text(weight: Any) -> str:
    number = float(weight)
    return str(int(number)) if number.is_integer() else format(number, ".12g")


_MOST = 1e12
"""Weights further apart than this and its inverse are lost beside each other in floats."""


def _refused(
    name: str, weight: Any, own: Mapping[str, object], moving: Collection[str]
) -> Problem | None:
    if name not in own:
        rule = f"no criterion or recommendation of the study has this id{nearest(name, own)}"
        remedy = f"use one of: {', '.join(own)}"
    elif name not in moving:
        rule = "its weight moves no score: nothing scored is below it, or only criteria weigh here"
        remedy = f"use one of: {', '.join(node for node in own if node in moving)}"
    elif _is_weight(weight):
        return None
    else:
        rule = f"a weight is 0, or a number from {1 / _MOST:g} to {_MOST:g}"
        remedy = "give such a number, as 2 or 0.5"
    return Problem("weights", None, shorten(name), shorten(weight), rule, shorten(remedy, 400))


def _is_weight(weight: Any) -> bool:
    try:
        number = float(weight)
    except (TypeError, ValueError):
        return False
    fits = number == 0 or 1 / _MOST <= number <= _MOST
    return fits and not isinstance(weight, (bool, np.bool_))


def chosen_units(units: pd.DataFrame, chosen: str | Sequence[str]) -> tuple[str, ...]:
    """Return the ids that an id, a list of ids or a query on the columns of units chooses, in order.

    Raises:
        StudyError: it cannot be read as a query, names no unit of the table, or chooses none.
    """
    ids, columns = list(units["unit_id"]), [*map(str, units.columns)]
    if not isinstance(chosen, str) or chosen in ids:
        return _chosen(ids, chosen, "units", "unit")
    try:
        # No names but the columns: @name would be looked up in this very function.
        where: Any = units.eval(chosen, engine="python", local_dict={}, global_dict={})
        if not is_bool_dtype(where):
            raise TypeError("it compares nothing")
        unit_ids = tuple(units.loc[where.fillna(False).astype(bool), "unit_id"])
    except Exception as error:  # whatever the query's own mistake is
        refs = [ref for ref in re.findall(r"[^\W\d]\w*", _unquoted(chosen)) if ref not in columns]
        near = "".join(nearest(ref, columns) for ref in refs[:1])
        if re.fullmatch(r"[\w-]+", chosen) and chosen not in columns:
            near = nearest(chosen, ids)
        rule = "it is neither the id of a unit of this date nor a query on the columns of units"
        rule += near
        remedy = f"name ids, or compare columns, such as region == 'Wales'; columns: {', '.join(columns)}"
        raise refusal("units", rule, remedy, chosen) from error
    if not unit_ids:
        names = set(re.findall(r"\w+", _unquoted(chosen)))
        values = [f"{column}: {_values(units[column])}" for column in columns if column in names]
        remedy = f"choose among {'; '.join(values) or 'the ids'}"
        raise refusal("units", "no unit of this date is chosen", remedy, chosen)
    return unit_ids


def _unquoted(query: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", " ", query)


def _values(column: pd.Series) -> str:
    return stopped([str(value) for value in column.dropna().unique()], "of units", ", ")


def chosen_criteria(
    criteria: pd.DataFrame, chosen: str | Sequence[str], asking: Collection[str]
) -> tuple[str, ...]:
    """Return the ids of the criteria that an id or a list of ids chooses, in the study's order.

    Args:
        criteria: the rows of criteria.
        chosen: the ids.
        asking: the ids of those that ask something.

    Raises:
        StudyError: an id is no criterion's, a criterion asks nothing yet, or none is chosen.
    """
    chosen_ids = _chosen(list(criteria["criterion_id"]), chosen, "criteria", "criterion")
    unread = [name for name in chosen_ids if name not in asking]
    rule = "it asks nothing yet: the text of its recommendation was not read"
    remedy = f"use one or more of: {', '.join(asking)}"
    if unread:
        raise StudyError([Problem("criteria", None, "", name, rule, remedy) for name in unread])
    return chosen_ids


def _chosen(ids: list[str], chosen: str | Sequence[str], place: str, noun: str) -> tuple[str, ...]:
    wanted = [chosen] if isinstance(chosen, str) else list(chosen)
    if not wanted:
        raise refusal(place, f"no {noun} of this date is chosen", "choose one or more")
    rule, remedy = f"no {noun} of this date has this id", f"use ids of the table {place}"
    problems = [
        Problem(place, None, "", shorten(name), rule + nearest(name, ids), remedy)
        for name in wanted
        if name not in ids
    ]
    if problems:
        raise StudyError(problems)
    return tuple(name for name in ids if name in wanted)


def coders(study: "Study") -> list[str]:
    """Return the names of the coders, in order."""
    return sorted(study["codings"]["coder"].unique())


def readers(study: "Study") -> list[str]:
    """Return the names of the coders, and of those whose batch came back without a coding."""
    given = study["assignments"]
    back = given.loc[given["returned_on"] != "", "coder"]
    return sorted({*study["codings"]["coder"], *back})


def as_coded(study: "Study", coder: str) -> "Study":
    """Return the study with one coder's codings for its assessments.

    A coder's own row may be at a level that an assessment could not have (from before the
    criterion applies, say): it counts here as that coder wrote it.
    """
    codings = study.tables["codings"]
    own = codings[codings["coder"] == coder].drop(columns="coder").reset_index(drop=True)
    rows = own.reindex(columns=study["assessments"].columns, fill_value="")
    tables = {**study.tables, "assessments": rows}
    # Codings of one coder only: what was said of another goes.
    former = _ALONE.format(study.scope.coder)
    stated = tuple(sentence for sentence in study.scope.stated if sentence != former)
    scope = replace(study.scope, stated=stated).stating(_ALONE.format(coder), coder=coder)
    return replace(study, tables=tables, scope=scope)


def chosen_coder(study: "Study", coder: str) -> str:
    """Return the name of a coder of the study.

    Raises:
        StudyError: nobody of this name has coded.
    """
    names = coders(study)
    if coder not in names:
        rule = f"no coder of the study has this name{nearest(coder, names)}"
        remedy = f"use one of: {', '.join(names) or 'none has coded yet'}"
        raise refusal("coder", rule, remedy, coder)
    return coder
