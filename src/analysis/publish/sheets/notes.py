"""The notes of the workbook: notices by number, and what every state and sign means."""

import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.publish.sheets import NOT_APPLICABLE, NOT_AVAILABLE
from analysis.show.labels import level_word
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_names

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
    """Return every notice on a criterion or a unit, every state and sign, and whom to write to."""
    study = results.study
    rows = [*_notices(study), *_states(study), *_SIGNS, *_about(study)]
    return pd.DataFrame(rows, columns=["Note", "What it says"])


def criterion_tags(study: Study) -> dict[str, str]:
    """Return the tag of each criterion with notices, which leads to them in the notes."""
    tags: dict[str, str] = {}
    for number, row in enumerate(_particular(study), start=1):
        if row.criterion_id:
            tags[row.criterion_id] = f"{tags.get(row.criterion_id, '')} [note {number}]".lstrip()
    return tags


def where_notices_stand(study: Study) -> str:
    """Return the line above each table that leads to the notes."""
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
    # The description speaks of all units, with their number.
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
