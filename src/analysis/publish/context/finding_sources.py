"""The sources on which what was found on a recommendation rests."""

from collections.abc import Callable, Iterable

from analysis.fieldwork.cell_records import listed_ids
from analysis.frames import records
from analysis.measure.figures.findings import shown_findings
from analysis.measure.results import Results
from analysis.measure.tree import weighting
from analysis.study import vocabulary as v


def finding_sources(results: Results) -> dict[str, list[dict]]:
    """Return, by recommendation, the sources of the answers that units are named for.

    Each source once, in the order of the units. Where no unit is named there is none.
    """
    behind = sources_behind(results)
    return {
        group: behind(group, [unit for part in parts for unit in part.units])
        for group, parts in shown_findings(results).items()
    }


def sources_behind(results: Results) -> Callable[[str, Iterable[str]], list[dict]]:
    """Return the function from a recommendation and units to the sources of their answers."""
    study, cells = results.study, results.matrix.cells
    answers = cells[~cells["state"].isin(v.UNKNOWNS)]
    criteria = study["criteria"]["criterion_id"]
    below = {
        group.name: [criteria[leaf.column] for leaf in group.criteria]
        for group in weighting(study).tree.groups
    }
    source_of = study.lookup("evidence", "source_id")
    sources = {row["source_id"]: row for row in records(study["sources"])}

    def behind(group: str, units: Iterable[str]) -> list[dict]:
        rests = answers["unit_id"].isin(list(units)) & answers["criterion_id"].isin(below[group])
        cited = (name for ids in answers.loc[rests, "evidence_ids"] for name in listed_ids(ids))
        return [sources[name] for name in dict.fromkeys(source_of[name] for name in cited)]

    return behind
