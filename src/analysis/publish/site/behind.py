"""What is behind each cell, and what rests on each statement of evidence and each source."""

from collections import defaultdict
from dataclasses import dataclass, field

from analysis.publish.view import records
from analysis.study import Matrix, Study
from analysis.study.asking import sent_requests
from analysis.study.marks import under_earlier_rules
from analysis.study.state_reasons import dated


@dataclass
class CellTrail:
    """What people did about one cell: their codings, what was settled, and what was replaced."""

    codings: list[dict] = field(default_factory=list)
    settled: list[dict] = field(default_factory=list)
    replaced: list[dict] = field(default_factory=list)
    set_aside: list[dict] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)


def cell_trails(study: Study) -> dict[tuple[str, str], CellTrail]:
    """Return the trail of every cell that has one, by unit and criterion."""
    trails: dict[tuple[str, str], CellTrail] = defaultdict(CellTrail)
    older = under_earlier_rules(study.tables)
    for table, kind in (
        ("codings", "codings"),
        ("assessments", "settled"),
        ("assessments_history", "replaced"),
        ("codings_history", "replaced"),
        ("set_aside", "set_aside"),
        ("requests", "requests"),
    ):
        for number, row in enumerate(
            records(sent_requests(study) if table == "requests" else study[table])
        ):
            row["earlier_rules"] = table == "codings" and bool(older[number])
            if "read_on" in row:
                row["dated"] = dated(row).removeprefix("dated ")
            row["evidence"] = listed_ids(row.get("evidence_ids", ""))
            getattr(trails[row["unit_id"], row["criterion_id"]], kind).append(row)
    return dict(trails)


@dataclass
class Resting:
    """What rests on one statement of evidence."""

    cells: list[dict] = field(default_factory=list)
    codings: list[dict] = field(default_factory=list)
    others: list[dict] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows name it; none: it is kept, and nothing rests on it."""
        return len(self.cells) + len(self.codings) + len(self.others)


def resting_on(study: Study, matrix: Matrix) -> dict[str, Resting]:
    """Return what rests on each statement of evidence: cells as they stand, codings, the rest."""
    held = {name: Resting() for name in study["evidence"]["evidence_id"]}
    states = matrix.cells[matrix.cells["evidence_ids"] != ""]
    for row in records(states):
        for one in listed_ids(row["evidence_ids"]):
            held[one].cells.append(row)
    for row in records(study["codings"]):
        row["dated"] = dated(row).removeprefix("dated ")
        for one in listed_ids(row["evidence_ids"]):
            held[one].codings.append(row)
    for table, what in (
        ("assessments", "settled"),
        ("requests", "answer to a request"),
        ("replies", "cited in a reply"),
    ):
        for row in records(study[table]):
            for one in listed_ids(row["evidence_ids"]):
                held[one].others.append({"level": "", **row, "what": what})
    return held


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


def listed_ids(text: str) -> list[str]:
    """Return the ids that a cell joins by ";"."""
    return text.split(";") if text else []
