"""Studies between two versions: the earlier one, with some of the changes applied."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.frames import records_by_key
from analysis.measure.causes import CODEBOOK, EVIDENCE, IN_FORCE, NEW_STATE, TOTALS, Change
from analysis.measure.exact import Interval, cell_intervals, exact_scores
from analysis.measure.tree import TOTAL, weighting
from analysis.study import Matrix, Study, states

Causes = frozenset[str]
CODEBOOK_TABLES = ("recommendations", "levels", "rules", "applicability", "group_weights")
_NEVER = "9999-12-31"


class Counterfactuals:
    """OLD with the changes of some causes applied, each made once, when it is asked for.

    Attributes:
        units: the units that both versions hold.

    They hold the units that both versions hold, in NEW's order. A criterion that only one
    codebook has brings its own ``applies_from``. Two assessments may stand side by side that tie
    at different levels, which no version by itself may hold: then NEW's, which comes last,
    stands.
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
        come = new["assessments"].loc[[change.new for change in chosen if change.new is not None]]
        rows = pd.concat([kept, come], ignore_index=True)
        searches, requests = side(EVIDENCE)["searches"], side(EVIDENCE)["requests"]
        criteria = side(CODEBOOK)["criteria"]
        starts = side(IN_FORCE).lookup("criteria", "applies_from")
        applies = criteria["criterion_id"].map(starts)
        applies = np.where(applies.isna(), criteria["applies_from"], applies)
        # What is in force is asked of one date, and the state of what is in force of another.
        in_force = applies <= self._days[IN_FORCE in causes].isoformat()
        applies = np.where(in_force, "", _NEVER)
        tables = {
            **old.tables,
            **{name: side(CODEBOOK)[name] for name in CODEBOOK_TABLES},
            "criteria": criteria.assign(applies_from=applies),
            "units": self._units[CODEBOOK in causes],
            "assessments": rows[rows["unit_id"].isin(self.units)].reset_index(drop=True),
            "searches": searches,
            # A request on what the other codebook asks is none on what is asked here.
            "requests": requests[
                requests["unit_id"].isin(self.units)
                & requests["criterion_id"].isin(["", *criteria["criterion_id"]])
            ],
            **{name: side(TOTALS)[name] for name in ("published_totals", "published_scores")},
        }
        return Study(old.folder, side(IN_FORCE).descriptor, tables)

    def state(self, unit: str, criterion: str, causes: Causes) -> str:
        """Return the state of a cell; empty where the unit does not exist on the date."""
        return self.grid(causes).get(unit, {}).get(criterion, "")

    def grid(self, causes: Causes) -> dict[str, dict[str, str]]:
        """Return the state of every cell, by unit and criterion."""
        if causes not in self._grids:
            # A new state is of a day that the earlier version had not come to: it brings the
            # later date with it, and so has its effect to itself.
            later = bool(causes & {IN_FORCE, NEW_STATE})
            matrix = states(self.study(causes), self._days[later], self._known_by)
            self._grids[causes] = records_by_key(matrix.grid())
        return self._grids[causes]

    def score(self, unit: str, causes: Causes) -> Interval | None:
        """Return a unit's score in all, exact; ``None``: nothing of it is in the sum."""
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
