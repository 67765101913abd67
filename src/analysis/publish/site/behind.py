"""What rests on each statement of evidence, and what was taken from each source."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.fieldwork.cell_records import CellRecord, listed_ids
from analysis.frames import records
from analysis.study import Study
from analysis.study.dates import date_in_words


@dataclass
class Resting:
    """What rests on one statement of evidence."""

    cells: list[CellRecord] = field(default_factory=list)
    codings: list[dict] = field(default_factory=list)
    others: list[dict] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows name it; none: it is kept, and nothing rests on it."""
        return len(self.cells) + len(self.codings) + len(self.others)

    @property
    def keys(self) -> set[tuple[str, str]]:
        """The units and criteria of the cells and of the codings."""
        coded = ((row["unit_id"], row["criterion_id"]) for row in self.codings)
        return {cell.key for cell in self.cells} | set(coded)


def resting_on(study: Study, cells: Iterable[CellRecord]) -> dict[str, Resting]:
    """Return what rests on each statement of evidence: cells as they stand, codings, the rest."""
    rests = {name: Resting() for name in study["evidence"]["evidence_id"]}
    for cell in cells:
        for one in cell.evidence:
            rests[one["evidence_id"]].cells.append(cell)
    for row in records(study["codings"]):
        row["when"] = date_in_words(row)
        for one in listed_ids(row["evidence_ids"]):
            rests[one].codings.append(row)
    for table, what in (
        ("assessments", "settled"),
        ("requests", "answer to a request"),
        ("replies", "cited in a reply"),
    ):
        for row in records(study[table]):
            for one in listed_ids(row["evidence_ids"]):
                rests[one].others.append({"level": "", **row, "what": what})
    return rests


def from_source(study: Study) -> dict[str, dict[str, list[dict]]]:
    """Return what was taken from each source, by table."""
    held = {name: defaultdict(list) for name in study["sources"]["source_id"]}
    for table in (
        "evidence",
        "recommendations",
        "published_totals",
        "published_scores",
        "figures",
        "events",
    ):
        own_day = study.at(None) if table == "published_scores" else study
        for row in records(own_day[table]):
            if row["source_id"]:
                held[row["source_id"]][table].append(row)
    return held
