"""The sheet that the workbook opens on: what was found, by name, beside the counts."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.direction import isolated_name
from analysis.measure.figures.findings import NAMING, FindingPart, shown_findings
from analysis.measure.gaps import notices
from analysis.measure.results import Results
from analysis.publish.context.answers import named_source
from analysis.publish.context.overview import sources_behind
from analysis.publish.sheets import NOT_APPLICABLE
from analysis.study.written_findings import written_findings
from analysis.wording import capital


def summary(results: Results, tags: Mapping[str, str]) -> pd.DataFrame:
    """Return what was found on each recommendation: how many units, which, and what goes with it.

    Args:
        results: of the study.
        tags: the tag of each criterion with a notice: "[note 1]".
    """
    many = results.study.settings.unit_noun.plural
    heads = ["Recommendation", "What was found", f"Number of {many}", "Which", "Sources", "Notice"]
    rows = list(_rows(results, tags))
    nothing = ["None is scored", *[NOT_APPLICABLE] * (len(heads) - 1)]
    return pd.DataFrame(rows or [nothing], columns=heads, dtype=object)


def _rows(
    results: Results, tags: Mapping[str, str]
) -> Iterator[tuple[str, str, int, str, str, str]]:
    study, behind = results.study, sources_behind(results)
    labels, written = (
        study.lookup("recommendations", "label"),
        written_findings(study, results.matrix),
    )
    for group, parts in shown_findings(results).items():
        of_group = " ".join(dict.fromkeys(_tags_below(results, group, tags)))
        for part in parts:
            own = [written.get((unit, group), "") for unit in part.units]
            stated = [*own, *notices(study, units=part.units), of_group]
            yield (
                labels[group],
                capital(part.label),
                part.count,
                _which(results, part),
                _sources(part, behind(group, part.units)),
                " ".join(filter(None, stated)) or "none of its own",
            )


def _sources(part: FindingPart, sources: list[dict]) -> str:
    """Return the sources of the answers of the units that are named; where none is, why."""
    if part.finding not in NAMING or not part.is_any:
        return NOT_APPLICABLE
    return "; ".join(map(named_source, sources)) if part.units else "not listed here"


def _which(results: Results, part: FindingPart) -> str:
    if part.units:
        names = results.study.lookup("units", "name")
        return "; ".join(isolated_name(names[unit]) for unit in part.units)
    if not part.is_any:
        return "none"
    return "all of them" if part.is_all else "by name on the sheet Gaps"


def _tags_below(results: Results, group: str, tags: Mapping[str, str]) -> Iterator[str]:
    """Yield the tags of the criteria that bear on a recommendation."""
    study = results.study
    parents = study.lookup("recommendations", "parent_id")
    for criterion, above in study.lookup("criteria", "recommendation_id").items():
        while above and above != group:
            above = parents.get(above, "")
        if above and criterion in tags:
            yield tags[criterion]
