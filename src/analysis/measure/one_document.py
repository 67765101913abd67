"""Scores without the one document on which several answers of a unit rest."""

from dataclasses import dataclass, replace

import pandas as pd

from analysis.frames import each_row
from analysis.measure.scores import scores
from analysis.measure.tree import TOTAL
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v

SEVERAL = 2
"""Answers that rest on one document, from which on it is said."""


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

    An answer that cites other documents too may stand without this one: nobody has judged that,
    so it is taken as unknown, and the range is the widest that is possible.
    """
    cited = _cited(study, matrix)
    cited = cited[cited.groupby(["unit_id", "source_id"])["row"].transform("size") >= SEVERAL]
    # Each round leaves out one document of each unit.
    pairs = cited.drop_duplicates(["unit_id", "source_id"])
    rounds = pairs.assign(round=pairs.groupby("unit_id").cumcount())
    cited = cited.merge(rounds[["unit_id", "source_id", "round"]], on=["unit_id", "source_id"])
    made = [
        document for _, rows in cited.groupby("round") for document in _without(study, matrix, rows)
    ]
    order = {unit: place for place, unit in enumerate(study["units"]["unit_id"])}
    return sorted(made, key=lambda document: order[document.unit_id])


def _cited(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Return the documents that each scored answer cites: unit, criterion, source, row."""
    criteria, cells = study["criteria"], matrix.cells
    scored = criteria.loc[criteria["scored"] == "yes", "criterion_id"]
    cells = cells[cells["criterion_id"].isin(scored) & ~cells["state"].isin(v.UNKNOWNS)]
    sources = study["sources"]
    # An imported table is no document: that all rests on it is said by itself.
    documents = set(sources.loc[sources["kind"] != v.IMPORTED, "source_id"])
    cited = cells.assign(row=cells.index, evidence_id=cells["evidence_ids"].str.split(";"))
    cited = cited.explode("evidence_id")
    cited["source_id"] = cited["evidence_id"].map(study.lookup("evidence", "source_id"))
    cited = cited[cited["source_id"].isin(documents)]
    columns = ["unit_id", "criterion_id", "source_id", "row"]
    return cited[columns].drop_duplicates(ignore_index=True)


def _without(study: Study, matrix: Matrix, cited: pd.DataFrame) -> list[OneDocument]:
    """Return the scores without these answers; each unit has those of one document."""
    cells = matrix.cells.copy()
    cells.loc[cited["row"], "state"] = v.INCONCLUSIVE
    table = scores(study, replace(matrix, cells=cells))
    total = table[table["group_id"] == TOTAL].set_index("unit_id")[["low", "high"]].to_dict("index")
    criteria: dict[tuple[str, str], list[str]] = {}
    for row in each_row(cited):
        criteria.setdefault((row.unit_id, row.source_id), []).append(row.criterion_id)
    return [
        OneDocument(unit, source, tuple(names), total[unit]["low"], total[unit]["high"])
        for (unit, source), names in criteria.items()
    ]
