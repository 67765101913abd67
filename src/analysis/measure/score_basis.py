"""What a unit's score rests on: who coded it, a document that several answers cite, a reply.

Before a reply, the study has the assessments without those that name it in ``settled_by``, and with
those that it replaced. After it, the study has the assessments as they are.
"""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.fieldwork.coded_cells import cells_read
from analysis.frames import each_row, places, records_by_key
from analysis.measure.scores import scores
from analysis.measure.tree import TOTAL
from analysis.study import Matrix, Study, as_coded, known, readers, states
from analysis.study import vocabulary as v

SETTLED = "settled"


def scores_by_reading(study: Study, as_of: dt.date, known_by: dt.date) -> pd.DataFrame:
    """Return the interval of every unit's total under each coder's codings and as settled.

    Returns:
        One row for each unit and reading with anything in the sum, and for coders only the units of
        which they read every cell that anybody coded
        (:func:`analysis.fieldwork.coded_cells.cells_read`): ``unit_id``, ``reading`` (a coder's
        name, or :data:`SETTLED`, which comes last), ``low`` and ``high`` on 0 to 100, ``known`` on
        0 to 1.
    """
    read = cells_read(study, known_by)
    codings = known(study, known_by)["codings"]
    coded = set(zip(codings["unit_id"], codings["criterion_id"], strict=True))
    readings = {name: as_coded(study, name) for name in readers(study)}
    if not study.scope.coder:  # otherwise it holds one coder's codings only
        readings[SETTLED] = study
    tables = []
    for name, reading in readings.items():
        table = scores(reading, states(reading, as_of, known_by))
        table = table[table["group_id"] == TOTAL].drop(columns="group_id")
        if name in read:
            units = {unit for unit, _ in read[name]} - {unit for unit, _ in coded - read[name]}
            table = table[table["unit_id"].isin(units)]
        table.insert(1, "reading", name)
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    order = places(table["unit_id"], study["units"]["unit_id"])
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def differing_units(table: pd.DataFrame) -> list[str]:
    """Return the units whose interval or known share is not the same under every reading."""
    rounded = table[["low", "high", "known"]].round(9).groupby(table["unit_id"], sort=False)
    return list(rounded.nunique().max(axis=1).loc[lambda most: most > 1].index)


def known_units(table: pd.DataFrame) -> list[str]:
    """Return the units with a known cell under any reading."""
    return list(dict.fromkeys(table.loc[table["known"] > 0, "unit_id"]))


SEVERAL = 2
"""From this many answers on one document, a caveat says so."""


@dataclass(frozen=True)
class OneDocument:
    """A document on which several scored answers of a unit rest.

    Attributes:
        unit_id: the unit.
        source_id: the document.
        criteria: the questions whose answers cite it, alone or with others.
        low: the lowest score that is possible if all of these were unknown, 0 to 100.
        high: the highest one.
    """

    unit_id: str
    source_id: str
    criteria: tuple[str, ...]
    low: float
    high: float


def one_document(study: Study, matrix: Matrix) -> list[OneDocument]:
    """Return, for each unit, the documents on which several of its scored answers rest.

    An answer that cites other documents, too, may hold without this one. Nobody has judged that, so
    it is taken as unknown, and the range is the widest possible.
    """
    cited = _cited(study, matrix)
    cited = cited[cited.groupby(["unit_id", "source_id"])["row"].transform("size") >= SEVERAL]
    # Each round leaves out one document of each unit.
    pairs = cited.drop_duplicates(["unit_id", "source_id"])
    rounds = pairs.assign(round=pairs.groupby("unit_id").cumcount())
    cited = cited.merge(rounds[["unit_id", "source_id", "round"]], on=["unit_id", "source_id"])
    documents = [
        document for _, rows in cited.groupby("round") for document in _without(study, matrix, rows)
    ]
    order = {unit: place for place, unit in enumerate(study["units"]["unit_id"])}
    return sorted(documents, key=lambda document: order[document.unit_id])


def _cited(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Return the documents that each scored answer cites: unit, criterion, source, row."""
    criteria, cells = study["criteria"], matrix.cells
    scored = criteria.loc[criteria["scored"] == "yes", "criterion_id"]
    cells = cells[cells["criterion_id"].isin(scored) & ~cells["state"].isin(v.UNKNOWNS)]
    sources = study["sources"]
    # An imported table is not a document; another caveat is about cells that rest on it.
    documents = set(sources.loc[sources["kind"] != v.IMPORTED, "source_id"])
    cited = cells.assign(row=cells.index, evidence_id=cells["evidence_ids"].str.split(";"))
    cited = cited.explode("evidence_id")
    cited["source_id"] = cited["evidence_id"].map(study.lookup("evidence", "source_id"))
    cited = cited[cited["source_id"].isin(documents)]
    columns = ["unit_id", "criterion_id", "source_id", "row"]
    return cited[columns].drop_duplicates(ignore_index=True)


def _without(study: Study, matrix: Matrix, cited: pd.DataFrame) -> list[OneDocument]:
    """Return the scores without these answers, which are of one document for each unit."""
    cells = matrix.cells.copy()
    cells.loc[cited["row"], "state"] = v.INCONCLUSIVE
    total = records_by_key(_totals(study, replace(matrix, cells=cells)))
    criteria: dict[tuple[str, str], list[str]] = {}
    for row in each_row(cited):
        criteria.setdefault((row.unit_id, row.source_id), []).append(row.criterion_id)
    return [
        OneDocument(unit, source, tuple(names), total[unit]["low"], total[unit]["high"])
        for (unit, source), names in criteria.items()
    ]


TAKEN = ("accepted", "partly")
"""Decisions after which an assessment may follow."""
_MEASURES = ("low", "high", "known")


def before_reply(study: Study, reply_id: str) -> Study:
    """Return the study as it would be without the reply."""
    rows, history = study["assessments"], study["assessments_history"]
    kept = rows[rows["settled_by"] != reply_id]
    restored = history.loc[history["replaced_by"] == reply_id, list(rows.columns)]
    tables = {**study.tables, "assessments": pd.concat([kept, restored], ignore_index=True)}
    return replace(study, tables=tables)


def reply_effects(study: Study, as_of: dt.date, known_by: dt.date) -> pd.DataFrame:
    """Return the cells, and the unit's score, before and after each reply that was followed.

    Returns:
        One row for each accepted reply and cell whose state it changed, at least one a reply:
        ``reply_id``, ``unit_id``, ``criterion_id`` (empty: no state changed), ``before``,
        ``after``, and the unit's ``low``, ``high`` (0 to 100) and ``known`` (0 to 1), each with
        ``_before`` and ``_after``; missing where nothing is in the sum.
    """
    taken = study["replies"][study["replies"]["decision"].isin(TAKEN)]
    measures = [f"{name}_{when}" for name in _MEASURES for when in ("before", "after")]
    columns = ["reply_id", "unit_id", "criterion_id", "before", "after", *measures]
    if taken.empty:
        return pd.DataFrame(columns=columns)
    rows = []
    after = states(study, as_of, known_by)
    score_after = _totals(study, after)
    for reply in each_row(taken):
        earlier, own = before_reply(study, reply.reply_id), after.cells["unit_id"] == reply.unit_id
        before = states(earlier, as_of, known_by)
        tables = _totals(earlier, before), score_after
        scored = [table[name].get(reply.unit_id, np.nan) for name in _MEASURES for table in tables]
        old, new = (matrix.cells[own.to_numpy()] for matrix in (before, after))
        changed = (old["state"] != new["state"]).to_numpy()
        states_of = new["criterion_id"], old["state"], new["state"]
        cells = list(zip(*(column[changed] for column in states_of), strict=True))
        rows += [(reply.reply_id, reply.unit_id, *cell, *scored) for cell in cells or [("",) * 3]]
    return pd.DataFrame(rows, columns=columns)


def _totals(study: Study, matrix: Matrix) -> pd.DataFrame:
    table = scores(study, matrix)
    return table[table["group_id"] == TOTAL].set_index("unit_id")
