"""Statements on those who read: how far coders agree, and what units replied."""

from collections.abc import Iterable

from analysis.fieldwork.agreement import ALL, LEVELS, agreement, differing, in_words
from analysis.fieldwork.coded_cells import NO_ROW, coded_states
from analysis.measure.coder_scores import SETTLED as AS_SETTLED
from analysis.measure.coder_scores import differing_units, known_units
from analysis.measure.results import Results
from analysis.measure.statements.record import (
    Statement,
    cell_keys,
    counted_rows,
    keys_of,
    many_units,
)
from analysis.study import readers
from analysis.study import vocabulary as v
from analysis.wording import capital


def _agreement(results: Results) -> Iterable[Statement]:
    study, as_of = results.study, results.matrix.as_of
    coded, names = coded_states(study, as_of), readers(study)
    table = coded[coded[names].notna().sum(axis=1) > 1]
    levels = table[names].where(~table[names].isin([*v.UNKNOWNS, NO_ROW]))
    for one in agreement(study, as_of, 0, [ALL], coded):
        part, values = ("levels", levels) if one.measure == LEVELS else ("codes", table[names])
        several = values.notna().sum(axis=1) > 1
        cells, agreed = table[several], table[several & ~differing(values)]
        said = f"Agreement of the coders on {one.measure}, over all criteria"
        yield counted_rows(f"agreement.{part}.cells", f"{said}: cells.", cell_keys(cells))
        yield counted_rows(f"agreement.{part}.same", f"{said}: cells agreed.", cell_keys(agreed))
        yield Statement(
            f"agreement.{part}.said",
            one.alpha,
            in_words(one),
            f"{said}: Krippendorff's alpha, where it says something.",
            tuple(cell_keys(cells)),
        )


def _readings(results: Results) -> Iterable[Statement]:
    table, many = results.readings, capital(many_units(results))
    known = known_units(table)
    yield counted_rows(
        "readings.known",
        f"{many} of which any coder, or what was settled, knows anything.",
        keys_of("units", known),
    )
    coders_alone = table[table["reading"] != AS_SETTLED]
    yield counted_rows(
        "readings.coders_differ",
        f"{many} whose score interval is not the same under every coder.",
        keys_of("units", differing_units(coders_alone)),
    )
    yield counted_rows(
        "readings.differ",
        f"{many} whose score interval is not the same under every coder and as settled.",
        keys_of("units", differing_units(table)),
    )


def _replies(results: Results) -> Iterable[Statement]:
    replies, many = results.study["replies"], results.study.settings.unit_noun.plural
    yield counted_rows(
        "replies.count", f"Replies of {many}.", keys_of("replies", replies["reply_id"])
    )
    for decision in ("accepted", "partly", "declined", "open"):
        held = replies.loc[replies["decision"] == decision, "reply_id"]
        yield counted_rows(
            f"replies.{decision}", f"Replies of {many}: {decision}.", keys_of("replies", held)
        )


PARTS = _agreement, _readings, _replies
"""What yields the statements, in their order."""
