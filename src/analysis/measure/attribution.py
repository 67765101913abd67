"""Attribution of the difference between two versions of a study to causes, in exact parts.

The part of a cause is what it adds on average over all orders of the causes (Shapley, A Value for
n-Person Games, 1953; for changes of indicators: Shorrocks, Decomposition procedures for
distributional analysis, Journal of Economic Inequality, 2013). The parts add up exactly.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from analysis.frames import each_row, records_by_key
from analysis.measure.changes import (
    CAUSES,
    CODEBOOK,
    EVIDENCE,
    IN_FORCE,
    NEW_STATE,
    TOTALS,
    Change,
    changes,
)
from analysis.measure.exact import (
    Interval,
    cell_interval,
    cell_intervals,
    exact_scores,
    scale_values,
)
from analysis.measure.tree import TOTAL, weighting
from analysis.problems import refusal, shorten
from analysis.study import Matrix, Study, check_someone_exists, data_read_on, states
from analysis.study.versions import under_new_ids

MEASURES = ("low", "high", "known")
MOST_CAUSES = 8
"""With more causes than this, we take one declared order in place of every subset."""


Causes = frozenset[str]
Game = Callable[[Causes], Fraction]
CODEBOOK_TABLES = ("recommendations", "levels", "rules", "applicability", "group_weights")
_NEVER = "9999-12-31"


class Counterfactuals:
    """Counterfactuals: OLD with the changes of some causes applied, each made once, on demand.

    Attributes:
        units: the units that both versions hold.

    They hold the units that both versions hold, in NEW's order. A criterion that only one codebook
    has keeps its own ``applies_from``. A counterfactual may hold two assessments of a cell that tie
    at different levels, which no version itself may hold. NEW's comes last, and counts.
    """

    def __init__(
        self, old: Study, new: Study, before: Matrix, after: Matrix, changes: Sequence[Change]
    ):
        """Keep the two versions, their matrices, and all that differs between them."""
        self._versions = (old, new)
        self._days = (before.as_of, after.as_of)
        self._known_by = max(before.known_by, after.known_by)
        self._assessed = [change for change in changes if change.table == "assessments"]
        unit_ids = new["units"]["unit_id"]
        self.units = unit_ids[unit_ids.isin(old["units"]["unit_id"])].tolist()
        self._units = [
            study["units"].set_index("unit_id", drop=False).loc[self.units].reset_index(drop=True)
            for study in self._versions
        ]
        self._weights = [
            weighting(replace(study, tables={**study.tables, "units": units}))
            for study, units in zip(self._versions, self._units, strict=True)
        ]
        self._place = {name: place for place, name in enumerate(self.units)}
        self._grids: dict[Causes, dict[str, dict[str, str]]] = {}
        self._scores: dict[tuple, Interval | None] = {}

    def study(self, causes: Causes) -> Study:
        """Return the study in which the changes of some causes are applied to OLD."""
        old, new = self._versions

        def side(cause: str) -> Study:
            return self._versions[cause in causes]

        chosen = [change for change in self._assessed if change.cause in causes]
        kept = old["assessments"].drop([change.old for change in chosen if change.old is not None])
        added = new["assessments"].loc[[change.new for change in chosen if change.new is not None]]
        rows = pd.concat([kept, added], ignore_index=True)
        searches, requests = side(EVIDENCE)["searches"], side(EVIDENCE)["requests"]
        criteria = side(CODEBOOK)["criteria"]
        starts = side(IN_FORCE).lookup("criteria", "applies_from")
        applies = criteria["criterion_id"].map(starts)
        applies = np.where(applies.isna(), criteria["applies_from"], applies)
        # Which criteria are in force depends on one date, and their states on another.
        in_force = applies <= self._days[IN_FORCE in causes].isoformat()
        applies = np.where(in_force, "", _NEVER)
        tables = {
            **old.tables,
            **{name: side(CODEBOOK)[name] for name in CODEBOOK_TABLES},
            "criteria": criteria.assign(applies_from=applies),
            "units": self._units[CODEBOOK in causes],
            "assessments": rows[rows["unit_id"].isin(self.units)].reset_index(drop=True),
            "searches": searches,
            # Leave out requests on criteria that only the other codebook has.
            "requests": requests[
                requests["unit_id"].isin(self.units)
                & requests["criterion_id"].isin(["", *criteria["criterion_id"]])
            ],
            **{name: side(TOTALS)[name] for name in ("published_totals", "published_scores")},
        }
        return Study(old.folder, side(IN_FORCE).descriptor, tables)

    def grid(self, causes: Causes) -> dict[str, dict[str, str]]:
        """Return the state of every cell, by unit and criterion."""
        if causes not in self._grids:
            # A new state is of a day after the earlier version's date. The later date goes with it,
            # so that its effect is attributed to it alone.
            later = bool(causes & {IN_FORCE, NEW_STATE})
            matrix = states(self.study(causes), self._days[later], self._known_by)
            self._grids[causes] = records_by_key(matrix.grid())
        return self._grids[causes]

    def score(self, unit: str, causes: Causes) -> Interval | None:
        """Return a unit's exact total score; ``None`` if none of its cells is in the sum."""
        if unit not in self.grid(causes):
            return None
        cell_states = tuple(self.grid(causes)[unit].values())
        side = CODEBOOK in causes
        weights = self._weights[side]
        key = (side, int(weights.of_unit[self._place[unit]]), cell_states)
        if key not in self._scores:
            cells = cell_intervals(self._versions[side], cell_states)
            self._scores[key] = exact_scores(weights.tree, cells, key[1]).get(TOTAL)
        return self._scores[key]


@dataclass(frozen=True)
class Comparison:
    """Two versions of a study, compared.

    Attributes:
        old: the earlier version.
        new: the later version.
        before: OLD's matrix.
        after: NEW's matrix.
        changes: one row for each differing row or setting, with its one cause: the fields of
            :class:`analysis.measure.changes.Change`, but ``row_before`` and ``row_after`` for
            the row of the table as a spreadsheet counts it (0: none).
        parts: one row for each unit × measure × cause: ``unit_id``, ``measure``, ``before``,
            ``after``, ``cause``, ``part``. Only units with a score in both versions that some cause
            touches; exact (:class:`~fractions.Fraction`), ``low`` and ``high`` on 0 to 100,
            ``known`` on 0 to 1. The parts of a unit's measure sum to ``after`` less ``before``.
            Several causes joined by ``;`` have one part together: with only some of them
            applied, the unit would have no score.
        cells: one row for each cell whose state differs, of units and criteria in both:
            ``unit_id``, ``criterion_id``, ``before``, ``after``, ``cause`` (those on which the
            state depends, joined by ``;``), ``worth_differs`` (whether a score can move by it:
            not from one unknown to another, nor on a context criterion), ``evidence_ids``
            (behind either state), ``row_before`` and ``row_after`` in the assessments.
        unscored: units that have a score in only one of the two: ``unit_id``, ``before`` and
            ``after``, each whether there is a score.
        only_old: units that only OLD holds.
        only_new: units that only NEW holds.
        in_order: units with too many causes to try every order; theirs are taken in the order of
            :data:`~analysis.measure.changes.CAUSES`.
        changed_ids: OLD's ids of units and criteria that have another id in NEW, with NEW's;
            ``old`` has NEW's ids.
    """

    old: Study
    new: Study
    before: Matrix
    after: Matrix
    changes: pd.DataFrame
    parts: pd.DataFrame
    cells: pd.DataFrame
    unscored: pd.DataFrame
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    in_order: tuple[str, ...]
    changed_ids: dict[str, str]

    @property
    def same(self) -> bool:
        """Whether nothing that bears on a result differs."""
        return self.changes.empty and not self.only_old and not self.only_new

    @property
    def moved(self) -> list[str]:
        """The units whose interval or known share differs, in NEW's order."""
        differ = self.parts["before"] != self.parts["after"]
        return list(dict.fromkeys(self.parts.loc[differ, "unit_id"]))


def compare(old: Study, new: Study, as_of: dt.date | None = None) -> Comparison:
    """Return what differs between two versions of a study, and how far each cause moved a score.

    Args:
        old: the earlier version.
        new: the later version.
        as_of: the date of the state in both; default: for each version the day by which its data
            had been read.

    Raises:
        StudyError: they are not versions of one study, or no unit exists on that date in one of
            them.
    """
    old, changed = under_new_ids(old, new)
    _refuse_unrelated(old, new)
    dates = [as_of or data_read_on(study) for study in (old, new)]
    for study, day in zip((old, new), dates, strict=True):
        check_someone_exists(study, day)
    before, after = (states(study, day) for study, day in zip((old, new), dates, strict=True))
    all_changes = changes(old, new, before, after)
    counterfactuals = Counterfactuals(old, new, before, after, all_changes)
    units = counterfactuals.units
    causes = {unit: touching(all_changes, unit) for unit in units}
    parts, unscored = [], []
    for unit in units:
        ends = [counterfactuals.score(unit, frozenset(subset)) for subset in ((), causes[unit])]
        if None in ends:
            unscored.append((unit, *(end is not None for end in ends)))
            continue
        subsets = _subsets if len(causes[unit]) <= MOST_CAUSES else _prefixes
        scores = {subset: counterfactuals.score(unit, subset) for subset in subsets(causes[unit])}
        for measure in MEASURES:
            left, right = (getattr(end, measure) for end in ends)
            for cause, part in _parts(scores, causes[unit], measure).items():
                parts.append((unit, measure, left, right, cause, part))
    columns = ["unit_id", "measure", "before", "after", "cause", "part"]
    one_sided = [row for row in unscored if any(row[1:])]
    return Comparison(
        old=old,
        new=new,
        before=before,
        after=after,
        changes=_as_table(all_changes),
        parts=pd.DataFrame(parts, columns=columns, dtype=object),
        cells=_cells(counterfactuals, [_worth(old), _worth(new)], before, after, causes),
        unscored=pd.DataFrame(one_sided, columns=["unit_id", "before", "after"]),
        only_old=_units_only_in(old, new),
        only_new=_units_only_in(new, old),
        in_order=tuple(unit for unit in units if len(causes[unit]) > MOST_CAUSES),
        changed_ids=changed,
    )


def _refuse_unrelated(old: Study, new: Study) -> None:
    names = [study.descriptor.name for study in (old, new)]
    rule = ""
    if names[0] != names[1]:
        rule = "they are of two studies, by their names in datapackage.json"
    elif not set(old["units"]["unit_id"]) & set(new["units"]["unit_id"]):
        rule = "they have no unit in common"
    if rule:
        place, value = "the two versions", shorten(" and ".join(names), 200)
        remedy = "compare versions of one study"
        raise refusal(place, rule, remedy, value)


def shapley(players: Sequence[str], value: Game) -> dict[str, Fraction]:
    """Return each player's part of ``value(all) − value(none)``, exact.

    Args:
        players: who shares; there should be few, since 2ⁿ values are computed.
        value: gives the value of a set of players.
    """
    count = len(players)
    parts = dict.fromkeys(players, Fraction(0))
    for player in players:
        others = [other for other in players if other != player]
        for size in range(count):
            weight = Fraction(1, count * comb(count - 1, size))
            for subset in map(frozenset, combinations(others, size)):
                parts[player] += weight * (value(subset | {player}) - value(subset))
    return parts


def one_by_one(players: Sequence[str], value: Game) -> dict[str, Fraction]:
    """Return what each player adds when they come in the order given, exact."""
    values = [value(subset) for subset in _prefixes(players)]
    steps = zip(players, values, values[1:], strict=False)
    return {player: right - left for player, left, right in steps}


def _parts(
    scores: dict[Causes, Interval | None], causes: tuple[str, ...], measure: str
) -> dict[str, Fraction]:
    values = {subset: getattr(score, measure) for subset, score in scores.items() if score}
    if len(values) < len(scores):
        return {";".join(causes): values[frozenset(causes)] - values[frozenset()]}
    share = shapley if len(causes) <= MOST_CAUSES else one_by_one
    return share(causes, values.__getitem__)


def _subsets(causes: Sequence[str]) -> list[Causes]:
    sizes = range(len(causes) + 1)
    return [frozenset(subset) for size in sizes for subset in combinations(causes, size)]


def _prefixes(causes: Sequence[str]) -> list[Causes]:
    return [frozenset(causes[:count]) for count in range(len(causes) + 1)]


def _cells(
    counterfactuals: Counterfactuals,
    worth: list[Callable],
    before: Matrix,
    after: Matrix,
    causes: dict,
) -> pd.DataFrame:
    columns = ["unit_id", "criterion_id", "before", "after", "cause", "worth_differs"]
    columns += ["evidence_ids", "row_before", "row_after"]
    earlier = {(row.unit_id, row.criterion_id): row for row in each_row(before.cells)}
    rows = []
    for right in each_row(after.cells):
        key = (right.unit_id, right.criterion_id)
        left = earlier.get(key)
        if left is None or left.state == right.state:
            continue
        behind = (
            _causes_of_cell(counterfactuals, *key, causes[right.unit_id]) or causes[right.unit_id]
        )
        ids = dict.fromkeys(f"{left.evidence_ids};{right.evidence_ids}".split(";"))
        cited = ";".join(filter(None, ids))
        worth_differs = worth[0](left) != worth[1](right)
        places = _row_number(left.row), _row_number(right.row)
        rows.append(
            (*key, left.state, right.state, ";".join(behind), worth_differs, cited, *places)
        )
    return pd.DataFrame(rows, columns=columns)


def _worth(study: Study) -> Callable[..., Interval | None]:
    """Return a function that gives a cell's interval in a score; ``None`` if it is not in it."""
    values, scales = scale_values(study), study.lookup("criteria", "scale_id")
    scored = {name for name, flag in study.lookup("criteria", "scored").items() if flag == "yes"}

    def worth(cell) -> Interval | None:
        name = cell.criterion_id
        return cell_interval(values[scales[name]], cell.state) if name in scored else None

    return worth


def _causes_of_cell(
    counterfactuals: Counterfactuals, unit: str, criterion: str, causes: tuple[str, ...]
) -> list[str]:
    """Return the causes that change a cell's state when added to some set of the others."""

    def state(subset: Causes) -> str:  # empty where the unit does not exist on the date
        return counterfactuals.grid(subset).get(unit, {}).get(criterion, "")

    return [
        cause
        for cause in causes
        if any(
            state(subset) != state(subset | {cause})
            for subset in _subsets([other for other in causes if other != cause])
        )
    ]


def touching(changes: Iterable[Change], unit: str) -> tuple[str, ...]:
    """Return the causes that touch a unit, in order.

    A reworded question or rule, and a change of evidence alone, move no score.
    """
    moving = (
        row
        for row in changes
        if row.table not in ("rules", "evidence") and row.column != "question"
    )
    present = {row.cause for row in moving if row.unit_id in ("", unit)}
    return tuple(cause for cause in CAUSES if cause in present)


def _row_number(place: int | None) -> int:
    """Return the number of a row as a spreadsheet counts it; 0 if there is no row."""
    return 0 if place is None or place < 0 else int(place) + 2


def _units_only_in(study: Study, other: Study) -> tuple[str, ...]:
    unit_ids = study["units"]["unit_id"]
    return tuple(unit_ids[~unit_ids.isin(other["units"]["unit_id"])])


def _as_table(all_changes: list[Change]) -> pd.DataFrame:
    columns = [field.name for field in fields(Change)]
    table = pd.DataFrame([astuple(change) for change in all_changes], columns=columns, dtype=object)
    for name, shown in (("old", "row_before"), ("new", "row_after")):
        table[shown] = [_row_number(place) for place in table.pop(name)]
    return table
