"""The matrix in wide format: a row for each unit, a column for each question."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pandas as pd

from analysis.frames import records
from analysis.measure.gaps import notices
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.publish.data_dictionary import TABLES, Published
from analysis.show.fields import Field, identifier
from analysis.show.labels import level_word
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_names
from analysis.wording import capital

NAME = "matrix-wide"
NOTICE = "Notice"


def wide_matrix(results: Results) -> pd.DataFrame:
    """Return every cell in words, a row for each unit, with the notices on that unit."""
    study = results.study
    columns = _columns(study)
    states = dict(_states(results))
    asked = list(criteria_in_use(study)["criterion_id"])
    return pd.DataFrame(
        [
            (
                unit["name"],
                unit["region"],
                *(states[unit["unit_id"], criterion] for criterion in asked),
                " ".join(notices(study, units=[unit["unit_id"]])),
                unit["unit_id"],
            )
            for unit in records(study["units"])
        ],
        columns=list(columns),
    )


def describe_wide(study: Study) -> Published:
    """Return the description of the table; its columns differ from study to study."""
    return replace(TABLES[NAME], columns=_columns(study))


def question_heads(
    study: Study, of: Callable[[str, str], str] = lambda _, label: label
) -> list[str]:
    """Return the heads of the columns of the questions.

    Args:
        study: the study.
        of: returns the head of a criterion, given its id and its label.
    """
    criteria = records(criteria_in_use(study))
    heads = (of(row["criterion_id"], row["label"]) for row in criteria)
    return distinct(heads, [*_of_unit(study), NOTICE, "unit_id"])


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return the names, with a number added to any that repeats an earlier one, ignoring case."""
    used, made = {name.casefold() for name in taken}, []
    for name in names:
        head, number = name, 2
        while head.casefold() in used:
            head, number = f"{name} ({number})", number + 1
        used.add(head.casefold())
        made.append(head)
    return made


def _columns(study: Study) -> dict[str, Field]:
    questions = zip(question_heads(study), criteria_in_use(study)["question"], strict=True)
    return {
        **_of_unit(study),
        **{head: Field(f"{question} In words") for head, question in questions},
        NOTICE: Field("Sentences that must stand with the row; empty: none of its own"),
        "unit_id": identifier("The unit, as in units.csv"),
    }


def _of_unit(study: Study) -> dict[str, Field]:
    name, region = distinct([capital(study.settings.unit_noun.singular), "Region"])
    return {name: Field("The unit's name"), region: Field("Its region; empty: none is given")}


def _states(results: Results) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the state of each cell in words, with its unit and criterion."""
    names = level_names(results.study)
    for cell in results.cell_records:
        scale = cell.criterion["scale_id"]
        words = level_word(names.get((scale, cell.state), cell.state))
        if cell.state == v.OUTDATED:
            last = names.get((scale, cell.last_level), cell.last_level)
            words = f"{words} (last known: {level_word(last)})"
        yield cell.key, words
