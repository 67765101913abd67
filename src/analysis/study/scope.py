"""The scope of results, where it is not the study's own: one coder, other weights, date or part."""

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
    """What was asked for, with the sentences that say so wherever results are shown.

    Attributes:
        coder: whose codings replace the assessments; empty: the assessments.
        weights: the weights in place of the study's own, by criterion or recommendation.
        units: the units that are shown and ranked; empty: all.
        criteria: the criteria that are shown; empty: all.
        query: the query by which the units were chosen; empty: by their ids.
        public: whether no unit is named, since the study is a draft and the results are published.
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
        """Return the scope with changes, and with the sentence that says so."""
        return replace(self, stated=(*self.stated, sentence), **changes)


_ALONE = "These are the codings of {} alone, not settled by the adjudicator."

OWN = Scope()
"""The study's own scope: nothing else was asked for."""


def with_weights(study: "Study", weights: Mapping[str, object]) -> "Study":
    """Return the study with other weights in its tables; its scope says so.

    Raises:
        StudyError: a weight is negative or not a number, affects no score, or names no node; with
            a problem for each.
    """
    if not weights:
        return study
    tables = {name: study.tables[name].copy() for name in NODES}
    own = {
        node: (table, weight)
        for table, key in NODES.items()
        for node, weight in zip(tables[table][key], tables[table]["weight"], strict=True)
    }
    affecting = _affecting_scores(study)
    problems = [_weight_problem(name, weight, own, affecting) for name, weight in weights.items()]
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


def _affecting_scores(study: "Study") -> set[str]:
    """Return the criteria and recommendations whose weight can change a score."""
    criteria, groups = study.tables["criteria"], study.tables["recommendations"]
    scored = criteria[criteria["scored"] == "yes"]
    affecting = set(scored["criterion_id"])
    if study.settings.aggregation == "pooled":
        return affecting
    parents = dict(zip(groups["recommendation_id"], groups["parent_id"], strict=True))
    for group in scored["recommendation_id"].unique():
        while group and group not in affecting:
            affecting.add(group)
            group = parents[group]
    return affecting


def _as_text(weight: Any) -> str:
    number = float(weight)
    return str(int(number)) if number.is_integer() else format(number, ".12g")


_LARGEST = 1e12
"""The largest weight, and the inverse of the smallest. Floats lose the lesser of two weights that
are further apart."""


def _weight_problem(
    name: str, weight: Any, own: Mapping[str, object], affecting: Collection[str]
) -> Problem | None:
    if name not in own:
        rule = f"no criterion or recommendation of the study has this id{nearest(name, own)}"
        remedy = f"use one of: {', '.join(own)}"
    elif name not in affecting:
        rule = "its weight moves no score: nothing scored is below it, or only criteria weigh here"
        remedy = f"use one of: {', '.join(node for node in own if node in affecting)}"
    elif _is_weight(weight):
        return None
    else:
        rule = f"a weight is 0, or a number from {1 / _LARGEST:g} to {_LARGEST:g}"
        remedy = "give such a number, as 2 or 0.5"
    return Problem("weights", None, shorten(name), shorten(weight), rule, shorten(remedy, 400))


def _is_weight(weight: Any) -> bool:
    try:
        number = float(weight)
    except (TypeError, ValueError):
        return False
    fits = number == 0 or 1 / _LARGEST <= number <= _LARGEST
    return fits and not isinstance(weight, (bool, np.bool_))


def chosen_units(units: pd.DataFrame, chosen: str | Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the units that ``chosen`` selects, in the study's order.

    Args:
        units: the rows of units.
        chosen: an id, a list of ids, or a query on the columns of units.

    Raises:
        StudyError: it is not a query, names no unit of the table, or selects none.
    """
    ids, columns = list(units["unit_id"]), [*map(str, units.columns)]
    if not isinstance(chosen, str) or chosen in ids:
        return _chosen(ids, chosen, "units", "unit")
    try:
        # The query sees the columns only: @name would otherwise read variables of this function.
        where: Any = units.eval(chosen, engine="python", local_dict={}, global_dict={})
        if not is_bool_dtype(where):
            raise TypeError("it compares nothing")
        unit_ids = tuple(units.loc[where.fillna(False).astype(bool), "unit_id"])
    except Exception as error:  # a wrong query may raise anything
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
    """Return the ids of the criteria that ``chosen`` selects, in the study's order.

    Args:
        criteria: the rows of criteria.
        chosen: an id or a list of ids.
        asking: the ids of the criteria that ask something.

    Raises:
        StudyError: an id is not of a criterion, a criterion asks nothing yet, or none is selected.
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
    """Return the names of the coders, including those who returned a batch without a coding."""
    given = study["assignments"]
    returned = given.loc[given["returned_on"] != "", "coder"]
    return sorted({*study["codings"]["coder"], *returned})


def as_coded(study: "Study", coder: str) -> "Study":
    """Return the study with one coder's codings in place of its assessments.

    A coding may have a level that an assessment could not have (from before the criterion applies,
    say). It counts here as the coder wrote it.
    """
    codings = study.tables["codings"]
    own = codings[codings["coder"] == coder].drop(columns="coder").reset_index(drop=True)
    rows = own.reindex(columns=study["assessments"].columns, fill_value="")
    tables = {**study.tables, "assessments": rows}
    # The sentence on another coder's codings no longer holds.
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
