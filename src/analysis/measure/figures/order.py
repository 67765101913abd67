"""Figures on who is surely above whom, on ranks, and on what to ask next."""

from collections.abc import Iterable

import pandas as pd

from analysis.frames import each_row
from analysis.measure.figures.named import (
    STUDY_ROW,
    About,
    NamedFigure,
    RowKey,
    counted_rows,
    keys_of,
    many_units,
    unit_names,
)
from analysis.measure.priorities import ASSUMPTION, STEPS
from analysis.measure.results import Results
from analysis.wording import capital, some_of


def surely_above(results: Results, above: str, below: str) -> NamedFigure:
    """Return the statement that one unit is above another; there is one for sure pairs alone.

    Every sentence that compares units must come from here, or be made of what does.

    Raises:
        ValueError: it is not sure.
    """
    dominance = results.comparisons
    places = [dominance.unit_ids.index(unit) for unit in (above, below)]
    if not dominance.above[*places]:
        raise ValueError(f"it is not sure that {above} is above {below}: do not say so")
    names = unit_names(results.study)
    first, second = names[above], names[below]
    return NamedFigure(
        f"above.{above}.{below}",
        "surely above",
        f"{first} is surely above {second}",
        f"The score of {first} is above that of {second} {SURE}.",
        (RowKey("pairs", (above, below)),),
    )


SURE = "under every completion of the unknowns and every weighting in the declared range"
"""What makes a comparison sure."""


def given(results: Results) -> str:
    """Return the sentence that stands with comparisons which published rows may decide, or nothing."""
    if not any(row.parts for row in results.constrained_at(results.matrix.as_of).firm):
        return ""
    return "This takes in what was published for this date, which may answer questions."


def _pairs(results: Results) -> Iterable[NamedFigure]:
    dominance, table, noun = results.comparisons, results.pairs, results.study.settings.unit_noun
    keys = keys_of("pairs", table["above"], table["below"])
    many = int(dominance.scored.sum())
    possible = many * (many - 1) // 2
    yield NamedFigure(
        "pairs.possible",
        possible,
        str(possible),
        f"Pairs of {many_units(results)} with a score.",
        tuple(keys_of("units", results.ranks.loc[dominance.scored, "unit_id"])),
    )
    yield counted_rows(
        "pairs.count", f"Pairs of which one is surely above the other: {SURE}.", keys
    )
    careful = table[table["conservative"] == "yes"]
    yield counted_rows(
        "pairs.conservative",
        "Sure pairs decided by a sound bound, which may miss others that hold.",
        keys_of("pairs", careful["above"], careful["below"]),
    )
    named = set(table["above"]) | set(table["below"])
    yield counted_rows(
        "pairs.units_comparable",
        f"{capital(many_units(results))} that are surely above or below at least one other.",
        keys_of("units", [unit for unit in dominance.unit_ids if unit in named]),
    )
    yield NamedFigure(
        "pairs.said",
        len(table),
        " ".join(
            filter(
                None,
                (
                    _pairs_sentence(len(table), possible, many, len(named), noun),
                    given(results) if len(table) else "",
                ),
            )
        ),
        "How far the evidence allows comparisons.",
        tuple(keys),
    )
    names = unit_names(results.study)
    below = {unit: list(rows["below"]) for unit, rows in table.groupby("above", sort=False)}
    for unit in dominance.unit_ids:
        under = below.get(unit, [])
        yield counted_rows(
            f"above.{unit}",
            f"{capital(many_units(results))} that {names[unit]} is surely above.",
            keys_of("pairs", [unit] * len(under), under),
            About("above", unit=unit),
        )


def _pairs_sentence(sure: int, possible: int, many: int, named: int, noun) -> str:
    if not possible:
        return f"There are no two {noun.plural} with a score to compare."
    where = "under every weighting that we allow, whatever the unknown answers are"
    if not sure:
        return f"On the total score, no {noun.singular} can be placed above another {where}."
    apart = f"{many - named} of {many} {noun.plural} cannot be placed above or below any"
    if named == many:
        apart = f"Every {noun.singular} can be placed above or below another"
    pairs = some_of(sure, possible, f"pair of {noun.plural}", f"pairs of {noun.plural}")
    return f"For {pairs} we can say which has the higher total score. That holds {where}. {apart}."


def _ranks(results: Results) -> Iterable[NamedFigure]:
    table, names = results.ranks.dropna(), unit_names(results.study)
    for row in each_row(table):
        text = str(row.best) if row.best == row.worst else f"{row.best} to {row.worst}"
        yield NamedFigure(
            f"ranks.{row.unit_id}",
            text,
            f"{text} of {len(table)}",
            f"Outer limits of the rank of {names[row.unit_id]}, 1 the best; not all ranks between them "
            "need be possible.",
            (RowKey("ranks", (row.unit_id,)),),
            About("ranks", unit=row.unit_id),
        )
    whole = table[(table["best"] == 1) & (table["worst"] == len(table))]
    many = capital(many_units(results))
    yield counted_rows(
        "units.any_rank", f"{many} that may have any rank.", keys_of("ranks", whole["unit_id"])
    )


def _next(results: Results) -> Iterable[NamedFigure]:
    table = results.next_questions

    def keys(rows: pd.DataFrame) -> list[RowKey]:
        return keys_of("next", rows["unit_id"], rows["criterion_id"])

    yield counted_rows(
        "next.cells", "Questions with no current answer that bear weight in the total.", keys(table)
    )
    yield counted_rows(
        "next.deciding",
        "Questions of which one answer alone would decide a pair, all else as it is.",
        keys(table[table["expected_pairs"] > 0]),
    )
    for step in STEPS:
        rows = table[table["step"] == step]
        yield counted_rows(
            f"next.step.{step}",
            f"Questions whose next step is: {step.replace('_', ' ')}.",
            keys(rows),
        )
    yield NamedFigure(
        "next.assumption",
        ASSUMPTION,
        ASSUMPTION,
        "What the expected number of pairs decided rests on.",
        (STUDY_ROW,),
    )


PARTS = _pairs, _ranks, _next
"""What yields the figures, in their order."""
