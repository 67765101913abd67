"""What was found on each recommendation, and why nothing is found of most units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.measure.figures.inventory import scored_cells
from analysis.measure.figures.named import (
    About,
    NamedFigure,
    cell_keys,
    counted_rows,
    keys_of,
    many_units,
    quoted_labels,
    unit_names,
)
from analysis.measure.gaps import (
    CANNOT_BE_TOLD,
    DOES_NOT_APPLY,
    FALLS_SHORT,
    FINDINGS,
    IN_PART,
    MEETS,
    NOT_MET,
)
from analysis.measure.results import Results
from analysis.study import vocabulary as v
from analysis.study.settings import UnitNoun
from analysis.wording import capital, counted, spoken_date, stopped

TABLE = "data/gaps.csv"
"""The table that lists all units if a sentence names only a dozen."""

NAMING = {
    MEETS: "shown to meet",
    IN_PART: "in part",
    NOT_MET: "shown not to meet",
    FALLS_SHORT: "shown to fall short on a question, with others unknown",
}
"""The findings of which a sentence names the units."""
_COUNTING = {CANNOT_BE_TOLD: "could not tell", DOES_NOT_APPLY: "does not apply to"}
_COUNTED_AS_GAPS = (MEETS, CANNOT_BE_TOLD, DOES_NOT_APPLY)
_ALWAYS = (MEETS, NOT_MET)
"""Findings that a sentence has even without units, since a reader looks for them."""
_LOOKED_FOR = (MEETS, IN_PART, NOT_MET, CANNOT_BE_TOLD)
_HEADINGS = {
    MEETS: "Shown to meet",
    IN_PART: "In part",
    NOT_MET: "Shown not to meet",
    FALLS_SHORT: "Falls short, the rest unknown",
    CANNOT_BE_TOLD: "Could not tell",
    DOES_NOT_APPLY: "Does not apply",
}
"""The headings of columns that count units by finding."""

SILENCE = {
    v.OUTDATED: "we have only older answers",
    v.INCONCLUSIVE: "we have a source that does not decide",
    v.WITHHELD: "an answer was refused",
    v.NOT_FOUND: "we looked and found nothing",
    v.NOT_ASSESSED: "nobody has looked yet",
}
"""What we have where no scored question has a current answer, the nearest to an answer first."""


@dataclass(frozen=True)
class FindingPart:
    """A part of the sentence that says what was found on a recommendation.

    Attributes:
        finding: the finding, of :data:`analysis.measure.gaps.FINDINGS`.
        figure: the id of the figure that counts its units.
        label: the words before its units.
        units: the ids of the units that it names, in the study's order; none where it counts.
        count: how many units it names or counts.
        is_all: whether it counts all units, of which there are two or more.
    """

    finding: str
    figure: str
    label: str
    units: tuple[str, ...]
    count: int
    is_all: bool

    @property
    def is_any(self) -> bool:
        """Whether it has a unit."""
        return self.count > 0

    @property
    def is_one(self) -> bool:
        """Whether it has just one."""
        return self.count == 1


def finding_parts(gaps: pd.DataFrame) -> dict[str, list[FindingPart]]:
    """Return what was found on each recommendation, as the parts of a sentence.

    Args:
        gaps: the gap table, see :func:`analysis.measure.gaps.gaps`.
    """
    return {
        str(group): _parts_of(str(group), _by_finding(rows))
        for group, rows in gaps.groupby("recommendation_id", sort=False)
    }


def counting_figure(recommendation: str, finding: str) -> str:
    """Return the id of the figure that counts the units of a finding on a recommendation."""
    kind = "gaps" if finding in _COUNTED_AS_GAPS else "findings"
    return f"{kind}.{recommendation}.{finding}"


def finding_columns(results: Results) -> dict[str, str]:
    """Return the findings that a table counts, each with its heading.

    They are the findings that a reader looks for, and any others that occur.
    """
    present = set(results.counted_gaps["finding"])
    return {name: _HEADINGS[name] for name in FINDINGS if name in present or name in _LOOKED_FOR}


def shown_findings(results: Results) -> dict[str, list[FindingPart]]:
    """Return what was found on each recommendation; only counts if no unit may be named."""
    parts = finding_parts(results.counted_gaps)
    if not results.study.scope.public:
        return parts
    return {
        group: [replace(part, units=()) for part in group_parts]
        for group, group_parts in parts.items()
    }


def _by_finding(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the units of each finding, in the order of the rows."""
    units = {str(finding): rows["finding"] == finding for finding in rows["finding"].unique()}
    return {finding: tuple(rows.loc[where, "unit_id"]) for finding, where in units.items()}


def _parts_of(group: str, units: Mapping[str, tuple[str, ...]]) -> list[FindingPart]:
    total = sum(map(len, units.values()))
    # If a recommendation applies to no unit, no unit is shown to meet it or not.
    always = _ALWAYS if len(units.get(DOES_NOT_APPLY, ())) < total else ()
    parts = []
    for finding in FINDINGS:
        members = units.get(finding, ())
        if members or finding in always:
            is_all = len(members) == total > 1
            named = members if finding in NAMING and not is_all else ()
            figure = counting_figure(group, finding)
            label = {**NAMING, **_COUNTING}[finding]
            parts.append(FindingPart(finding, figure, label, named, len(members), is_all))
    return parts


def finding_sentence(parts: Sequence[FindingPart], names: Mapping[str, str], noun: UnitNoun) -> str:
    """Return what was found on a recommendation in one sentence.

    Args:
        parts: of :func:`finding_parts`.
        names: the name of each unit by its id.
        noun: what a unit is called.
    """
    texts = (f"{part.label}: {_units_in_words(part, names, noun)}" for part in parts)
    return f"{capital('; '.join(texts))}."


def _units_in_words(part: FindingPart, names: Mapping[str, str], noun: UnitNoun) -> str:
    if part.units:
        return stopped([names[unit] for unit in part.units], TABLE, ", ")
    if not part.count:
        return "none"
    return ("all " if part.is_all else "") + counted(part.count, *noun.both)


def finding_figures(results: Results) -> Iterable[NamedFigure]:
    """Yield what was found on each recommendation, in a sentence and in counts."""
    table, names = results.counted_gaps, unit_names(results.study)
    labels = quoted_labels(results.study, "recommendations")
    many = capital(many_units(results))
    noun = results.study.settings.unit_noun
    parts = shown_findings(results)
    for group in parts:
        rows = table[table["recommendation_id"] == group]
        sentence = finding_sentence(parts[group], names, noun)
        definition = f"What is found on {labels[group]}: {many} by what is shown of them."
        keys = tuple(keys_of("gaps", rows["unit_id"], rows["recommendation_id"]))
        about = About("findings", recommendation=group)
        yield NamedFigure(f"findings.{group}", sentence, sentence, definition, keys, about)
        for finding in (IN_PART, NOT_MET, FALLS_SHORT):
            unit_rows = rows[rows["finding"] == finding]
            definition = f"{many} {_OF_FINDING[finding]} {labels[group]}."
            keys = keys_of("gaps", unit_rows["unit_id"], unit_rows["recommendation_id"])
            about = About("findings", recommendation=group, level=finding)
            yield counted_rows(f"findings.{group}.{finding}", definition, keys, about)


_OF_FINDING = {
    IN_PART: "that can be shown to meet a part and to fall short of the whole of",
    NOT_MET: "that can be shown to be at the lowest level on every question under",
    FALLS_SHORT: "that are at the lowest level where known, with questions unknown, under",
}


def _units_without_answer(results: Results) -> Iterable[NamedFigure]:
    """Yield why no scored question has an answer for a unit, the nearest to an answer first."""
    many = capital(many_units(results))
    cells = scored_cells(results.study, results.matrix)
    cells = cells[~cells["state"].isin(v.OUT_OF_SUM)]
    states = cells.groupby("unit_id", sort=False)["state"].agg(set)
    left = states[[unit_states <= {*v.UNKNOWNS} for unit_states in states]]
    for state, have in SILENCE.items():
        has_it = [state in unit_states for unit_states in left]
        units, left = left.index[has_it], left[[not has for has in has_it]]
        definition = f"without a current answer to a scored question: {have}, and nothing nearer."
        keys = keys_of("units", units)
        yield counted_rows(f"units.nothing_known.{state}", f"{many} {definition}", keys)


def _month_of_most_answers(results: Results) -> Iterable[NamedFigure]:
    """Yield the scored answers of the month that most of them are of, and that month."""
    cells = scored_cells(results.study, results.matrix)
    cells = cells[~cells["state"].isin({*v.UNKNOWNS, *v.OUT_OF_SUM})]
    months = cells["observed_on"].str[:7]
    dated = cells[months.str.len() == 7]
    if dated.empty:
        return
    counts = months[dated.index].value_counts(sort=False)
    most = max(sorted(counts.index), key=lambda month: counts[month])
    keys = cell_keys(dated[months[dated.index] == most])
    definition = "Scored answers of the month that most of them are of."
    yield counted_rows("cells.settled.one_month", definition, keys)
    definition = "The month that most scored answers are of."
    yield NamedFigure("cells.settled.month", most, spoken_date(most), definition, tuple(keys))


PARTS = finding_figures, _units_without_answer, _month_of_most_answers
"""The functions that yield the figures, in order."""
