"""The first sheets of the workbook: the summary of findings, and the notes on states and symbols."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import each_row
from analysis.measure.figures.findings import NAMING, FindingPart, shown_findings
from analysis.measure.gaps import notices
from analysis.measure.results import Results
from analysis.publish.context.answers import named_source
from analysis.publish.context.overview import sources_behind
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE
from analysis.show.labels import level_word
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_names
from analysis.study.sentences import written_findings
from analysis.wording import capital


def summary(results: Results, tags: Mapping[str, str]) -> pd.DataFrame:
    """Return the findings on each recommendation: how many units, which, sources and notices.

    Args:
        results: the results of the study.
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
    """Return the sources of the answers of the named units, or why there are none."""
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
    """Yield the tags of the criteria under a recommendation."""
    study = results.study
    parents = study.lookup("recommendations", "parent_id")
    for criterion, above in study.lookup("criteria", "recommendation_id").items():
        while above and above != group:
            above = parents.get(above, "")
        if above and criterion in tags:
            yield tags[criterion]


_SIGNS = [
    (NOT_AVAILABLE, "Not available: nothing is known, or nothing is scored."),
    (
        NOT_APPLICABLE,
        "Not applicable: the criterion or recommendation does not apply, or is not scored.",
    ),
    ("0", "A true zero: counted, and there are none."),
    (
        "low, high",
        "Worst and best score that the evidence allows, 0 to 100, rounded once, here.",
    ),
    ("known", "Share of the weight in questions with an answer, per cent."),
]


def notes(results: Results) -> pd.DataFrame:
    """Return the notes: notices on criteria and units, states, symbols, and the contact."""
    study = results.study
    rows = [*_notices(study), *_states(study), *_SIGNS, *_about(study)]
    return pd.DataFrame(rows, columns=["Note", "What it says"])


def criterion_tags(study: Study) -> dict[str, str]:
    """Return the tag of each criterion with notices, which refers to the sheet of notes."""
    tags: dict[str, str] = {}
    for number, row in enumerate(_particular(study), start=1):
        if row.criterion_id:
            tags[row.criterion_id] = f"{tags.get(row.criterion_id, '')} [note {number}]".lstrip()
    return tags


def where_notices_stand(study: Study) -> str:
    """Return the line above each table that refers to the sheet of notes."""
    count = len(_particular(study))
    what = "explains every state and sign"
    if count:
        numbers = f"[note {count}]" if count == 1 else f"[note 1] to [note {count}]"
        what = f"has what else must be said with these figures, {numbers}, and {what}"
    return f"The sheet Notes {what}."


def _particular(study: Study) -> list:
    """Return the notices on a criterion or a unit that is shown."""
    table = study["notices"]
    criteria, units = set(study["criteria"]["criterion_id"]), set(study["units"]["unit_id"])
    bears = table["criterion_id"].isin(criteria) | table["unit_id"].isin(units)
    return list(each_row(table[bears]))


def _notices(study: Study) -> list[tuple[str, str]]:
    labels, names = study.lookup("criteria", "label"), study.lookup("units", "short_name")
    return [
        (
            f"[note {number}]",
            f"{isolated_name(labels.get(row.criterion_id) or names[row.unit_id])}: {row.text}",
        )
        for number, row in enumerate(_particular(study), start=1)
    ]


def _states(study: Study) -> list[tuple[str, str]]:
    names = level_names(study)
    levels = [
        (
            level_word(names[row.scale_id, row.level]),
            f"{row.meaning}. Value {row.value} on 0 to 1.",
        )
        for row in each_row(study["levels"])
    ]
    return [*levels, *((level_word(code), v.MEANING[code] + ".") for code in v.UNKNOWNS)]


def _about(study: Study) -> list[tuple[str, str]]:
    licence, descriptor = study.descriptor.licenses[0].name, study.descriptor
    # The description is about all units and gives their number, even if only some are shown.
    whole = "The study as a whole: " if study.scope.units else ""
    return [
        ("Study", f"{whole}{descriptor.description}"),
        ("Version", f"Version {descriptor.version} of the data."),
        ("Contact", study.settings.contact),
        (
            "Licence",
            f"{licence} for our own words; each source's own terms stay with its publisher.",
        ),
    ]
