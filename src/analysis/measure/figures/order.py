"""Figures on robust dominance between units, on ranks, on priorities, and on scenarios."""

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
    unnamed_figures,
)
from analysis.measure.priorities import ASSUMPTION, STEPS
from analysis.measure.results import Results
from analysis.measure.scenario_dominance import ABOVE, AT_OR_ABOVE
from analysis.measure.scenarios import KINDS
from analysis.measure.shown import Unnamed
from analysis.wording import capital, some_of


def surely_above(results: Results, above: str, below: str) -> NamedFigure:
    """Return the statement that one unit is above another; only sure pairs have one.

    Every sentence that compares units must come from here, or from statements made here.

    Raises:
        ValueError: the statement is not sure.
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


def published_rows_caveat(results: Results) -> str:
    """Return the caveat on comparisons that published rows may decide; empty if there are no such rows."""
    if not any(row.parts for row in results.constrained_at(results.matrix.as_of).firm):
        return ""
    return "This takes in what was published for this date, which may answer questions."


def _dominance(results: Results) -> Iterable[NamedFigure]:
    dominance, table, noun = results.comparisons, results.pairs, results.study.settings.unit_noun
    keys = keys_of("pairs", table["above"], table["below"])
    scored, many, names = (
        int(dominance.scored.sum()),
        many_units(results),
        unit_names(results.study),
    )
    possible = scored * (scored - 1) // 2
    units = keys_of("units", results.ranks.loc[dominance.scored, "unit_id"])
    definition = f"Pairs of {many} with a score."
    yield NamedFigure("pairs.possible", possible, str(possible), definition, tuple(units))
    definition = f"Pairs of which one is surely above the other: {SURE}."
    yield counted_rows("pairs.count", definition, keys)
    conservative = table[table["conservative"] == "yes"]
    definition = "Sure pairs decided by a sound bound, which may miss others that hold."
    conservative_keys = keys_of("pairs", conservative["above"], conservative["below"])
    yield counted_rows("pairs.conservative", definition, conservative_keys)
    named = {*table["above"], *table["below"]}
    units = keys_of("units", [unit for unit in dominance.unit_ids if unit in named])
    definition = f"{capital(many)} that are surely above or below at least one other."
    yield counted_rows("pairs.units_comparable", definition, units)
    sentence = _pairs_sentence(len(table), possible, scored, len(named), noun)
    sentence = " ".join(
        filter(None, (sentence, published_rows_caveat(results) if len(table) else ""))
    )
    definition = "How far the evidence allows comparisons."
    yield NamedFigure("pairs.said", len(table), sentence, definition, tuple(keys))
    below = {unit: list(rows["below"]) for unit, rows in table.groupby("above", sort=False)}
    for unit in dominance.unit_ids:
        under = below.get(unit, [])
        definition = f"{capital(many)} that {names[unit]} is surely above."
        keys = keys_of("pairs", [unit] * len(under), under)
        yield counted_rows(f"above.{unit}", definition, keys, About("above", unit=unit))


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
    definition = f"{capital(many_units(results))} that may have any rank."
    yield counted_rows("units.any_rank", definition, keys_of("ranks", whole["unit_id"]))


def _priorities(results: Results) -> Iterable[NamedFigure]:
    table = results.next_questions

    def questions(name: str, rows: pd.DataFrame, definition: str) -> NamedFigure:
        keys = keys_of("next", rows["unit_id"], rows["criterion_id"])
        return counted_rows(f"next.{name}", f"Questions {definition}.", keys)

    yield questions("cells", table, "with no current answer that bear weight in the total")
    deciding = table[table["expected_pairs"] > 0]
    definition = "of which one answer alone would decide a pair, all else as it is"
    yield questions("deciding", deciding, definition)
    for step in STEPS:
        definition = f"whose next step is: {step.replace('_', ' ')}"
        yield questions(f"step.{step}", table[table["step"] == step], definition)
    definition = "What the expected number of pairs decided rests on."
    yield NamedFigure("next.assumption", ASSUMPTION, ASSUMPTION, definition, (STUDY_ROW,))


PARTS = _dominance, _ranks, _priorities
"""The functions that yield the figures, in order; those on scenarios are apart."""


def sensitivity_figures(results: Results) -> dict[str, NamedFigure]:
    """Return the named figures on the sensitivity of results to scenarios, by id.

    Apart from :func:`named_figures`, since they need every comparison under every scenario.
    """
    return interval_sensitivity(results) | {
        figure.id: figure for figure in _comparison_sensitivity(results)
    }


def interval_sensitivity(results: Results) -> dict[str, NamedFigure]:
    """Return those of :func:`sensitivity_figures` that are on intervals, not on comparisons."""
    figures = {figure.id: figure for figure in _interval_sensitivity(results)}
    return unnamed_figures(results, figures) if isinstance(results, Unnamed) else figures


def _comparison_sensitivity(results: Results) -> Iterable[NamedFigure]:
    own = "at the study's own weights"
    table = results.sensitivity.statements
    tie, lost = table["relation"] == AT_OR_ABOVE, table["falls_to"] != ""
    for name, where, definition in (
        ("count", ~lost | lost, f"Comparisons of two {many_units(results)} that hold {own}"),
        ("ties", tie, "Of these, comparisons that leave open whether the two are level"),
        ("sure", table["over_range"] == ABOVE, f"Of these, comparisons that are sure: {SURE}"),
        ("survive", ~lost, "Of these, comparisons that survive every choice"),
        *(
            (f"first.{kind}", table["first"] == kind, f"Of these, comparisons falling to {kind} first")
            for kind in KINDS
        ),
    ):  # fmt: skip
        rows = table[where]
        keys = keys_of("statements", rows["above"], rows["below"])
        yield counted_rows(f"sensitivity.statements.{name}", f"{definition}.", keys)


def _interval_sensitivity(results: Results) -> Iterable[NamedFigure]:
    sensitivity = results.sensitivity
    many = capital(many_units(results))
    units = sensitivity.units
    moved = units[units["moved"] & units["unit_id"].isin(sensitivity.known)]
    by_kind = {kind: rows["unit_id"].unique() for kind, rows in moved.groupby("kind")}

    def counted(name: str, ids: Iterable[str], definition: str) -> NamedFigure:
        return counted_rows(f"sensitivity.units.{name}", f"{definition}.", keys_of("units", ids))

    yield counted("known", sensitivity.known, f"{many} of which anything is known as declared")
    definition = f"Other {many_units(results)} of which anything is known under a choice"
    yield counted("known_otherwise", sensitivity.known_otherwise, definition)
    definition = "Of the known, those whose interval some choice moves"
    yield counted("moved", moved["unit_id"].unique(), definition)
    for kind in KINDS:
        definition = f"Of the known, those whose interval a choice of this kind moves: {kind}"
        yield counted(f"moved.{kind}", by_kind.get(kind, ()), definition)
