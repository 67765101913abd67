"""The pages of the evidence and of the sources, with the cells and codings that use them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.fieldwork.cell_records import CellRecord, Row, listed_ids
from analysis.frames import records
from analysis.publish.site.page_maker import PageMaker
from analysis.study import Study
from analysis.study.dates import date_in_words
from analysis.study.evidence import with_sources


def evidence(maker: PageMaker) -> None:
    """Make the list of the evidence, and a page for each statement."""
    study = maker.study
    uses = uses_of_evidence(study, maker.results.cell_records)
    cited = study.cited_evidence()
    rows = with_sources(study, "evidence")
    for row in rows:
        # Evidence on a unit that no coding cites is not shown under the unit's name.
        row["shown"] = row["scope"] != "unit" or row["evidence_id"] in cited
        row["uses"] = uses[row["evidence_id"]]
    index = "evidence/index.html"
    maker.page(index, "evidence", "Evidence", rows=rows)
    for row in rows:
        keys = row["uses"].keys
        maker.page(
            maker.at.evidence(row["evidence_id"]),
            "statement",
            f"Evidence {row['evidence_id']}",
            [("Evidence", index)],
            ({unit for unit, _ in keys}, {criterion for _, criterion in keys}),
            evidence=row,
        )


def sources(maker: PageMaker) -> None:
    """Make the list of the sources."""
    maker.page("sources.html", "sources", "Sources", taken=_rows_by_source(maker.study))


@dataclass
class Uses:
    """The uses of one statement of evidence: cells, codings and other rows that cite it."""

    cells: list[CellRecord] = field(default_factory=list)
    codings: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)

    @property
    def keys(self) -> set[tuple[str, str]]:
        """The units and criteria of the cells and of the codings."""
        coded = {(row["unit_id"], row["criterion_id"]) for row in self.codings}
        return coded | {cell.key for cell in self.cells}


def uses_of_evidence(study: Study, cells: Iterable[CellRecord]) -> dict[str, Uses]:
    """Return the uses of each statement of evidence: current cells, codings and other rows."""
    uses = {name: Uses() for name in study["evidence"]["evidence_id"]}
    for cell in cells:
        for row in cell.evidence:
            uses[row["evidence_id"]].cells.append(cell)
    for row in records(study["codings"]):
        row["when"] = date_in_words(row)
        for name in listed_ids(row["evidence_ids"]):
            uses[name].codings.append(row)
    for table, what in (
        ("assessments", "settled"),
        ("requests", "answer to a request"),
        ("replies", "cited in a reply"),
    ):
        for row in records(study[table]):
            for name in listed_ids(row["evidence_ids"]):
                uses[name].others.append({"level": "", **row, "what": what})
    return uses


def _rows_by_source(study: Study) -> dict[str, dict[str, list[Row]]]:
    """Return the rows that were taken from each source, by table."""
    taken: dict[str, dict[str, list[Row]]] = {
        name: defaultdict(list) for name in study["sources"]["source_id"]
    }
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
                taken[row["source_id"]][table].append(row)
    return taken
