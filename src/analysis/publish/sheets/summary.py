"""The sheet that the workbook opens on: what was found, by name, beside the counts."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.measure.figures import NamedFigure
from analysis.measure.figures.findings import FindingPart, shown_findings
from analysis.measure.gaps import notices
from analysis.measure.results import Results
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
    heads = ["Recommendation", "What was found", f"Number of {many}", "Which", "Notice"]
    rows = list(_rows(results, tags))
    nothing = ("None is scored", NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE)
    return pd.DataFrame(rows or [nothing], columns=heads, dtype=object)


def how_much_is_known(results: Results, named: Mapping[str, NamedFigure]) -> str:
    """Return in three sentences how many of the scored questions have an answer."""
    text = {name: figure.text for name, figure in named.items()}
    one, many = results.study.settings.unit_noun.both
    nothing = f"For {text['units.nothing_known']} of {text['study.units']} {many} it gives no current answer to any. That says nothing for or against them."
    if not named["units.nothing_known"].value:
        nothing = f"For every {one} it answers at least one."
    return f"How much is known: what we could read answers {text['cells.settled']} of {text['cells.scored']} scored questions. {nothing}"


def _rows(results: Results, tags: Mapping[str, str]) -> Iterator[tuple[str, str, int, str, str]]:
    study = results.study
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
                " ".join(filter(None, stated)) or "none of its own",
            )


def _which(results: Results, part: FindingPart) -> str:
    if part.units:
        names = results.study.lookup("units", "name")
        return "; ".join(names[unit] for unit in part.units)
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
