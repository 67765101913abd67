"""The pages of the recommendations, findings and groups."""

from analysis.frames import each_row, grouped
from analysis.measure.gaps import CANNOT_BE_TOLD, DOES_NOT_APPLY, FINDINGS, MEETS
from analysis.publish.context.answers import FINDING_WORDS
from analysis.publish.context.tables import national_counts
from analysis.publish.context.units import unit_cells
from analysis.publish.site.page_maker import PageMaker
from analysis.show.labels import gap_parts


def recommendations(maker: PageMaker) -> None:
    """Make the list of the recommendations, and a page for each."""
    index = "recommendations/index.html"
    maker.page(index, "recommendations", "Recommendations and findings")
    parents = maker.study.lookup("recommendations", "parent_id")
    cells = unit_cells(maker.results)
    missing = {
        (row.unit_id, row.recommendation_id): dict(gap_parts(row.missing))
        for row in each_row(maker.results.gaps)
    }
    findings = grouped(maker.results.gaps, "recommendation_id", "finding")
    national = {count["criterion_id"]: count for count in national_counts(maker.results)}
    for rec in maker.recommended:
        name = rec["recommendation_id"]
        scored = {
            criterion["criterion_id"]
            for criterion in rec["criteria"]
            if criterion["scored"] == "yes"
        }

        def deciding(unit: str, kind: str, name: str = name, scored: set[str] = scored) -> list:
            """Return the cells on which the finding on a unit rests."""
            if kind in (CANNOT_BE_TOLD, DOES_NOT_APPLY):
                return []
            wanted = scored if kind == MEETS else missing[unit, name]
            return [cell for cell in cells[unit] if cell.criterion_id in wanted]

        maker.page(
            maker.at.recommendation(name),
            "recommendation",
            rec["label"],
            [("Recommendations", index)],
            (maker.names, [criterion["criterion_id"] for criterion in rec["criteria"]]),
            rec=rec,
            rules=maker.rules,
            deciding=deciding,
            found=[
                (finding, FINDING_WORDS[finding], findings[name, finding])
                for finding in FINDINGS
                if (name, finding) in findings
            ],
            national=national,
            parent=parents[name],
            children=[child for child, parent in parents.items() if parent == name],
        )
