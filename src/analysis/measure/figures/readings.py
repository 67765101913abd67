"""Figures on those who read: how far coders agree, and what units replied."""

from collections.abc import Iterable
from dataclasses import replace

from analysis.fieldwork.agreement import ALL, LEVELS, agreement, differing, in_words
from analysis.fieldwork.coded_cells import NO_ROW, coded_states
from analysis.measure.figures.named import (
    About,
    NamedFigure,
    cell_keys,
    counted_rows,
    keys_of,
    many_units,
)
from analysis.measure.results import Results
from analysis.measure.score_basis import SETTLED as AS_SETTLED
from analysis.measure.score_basis import differing_units, known_units
from analysis.study import readers
from analysis.study import vocabulary as v
from analysis.wording import capital


def _agreement(results: Results) -> Iterable[NamedFigure]:
    study, as_of = results.study, results.matrix.as_of
    coded, names = coded_states(study, as_of), readers(study)
    table = coded[coded[names].notna().sum(axis=1) > 1]
    levels = table[names].where(~table[names].isin([*v.UNKNOWNS, NO_ROW]))
    for row in agreement(study, as_of, 0, [ALL], coded):
        part, values = ("levels", levels) if row.measure == LEVELS else ("codes", table[names])
        several = values.notna().sum(axis=1) > 1
        cells, agreed = table[several], table[several & ~differing(values)]
        subject = f"Agreement of the coders on {row.measure}, over all criteria"
        about = About("agreement", level=part)
        for name, rows, definition in (("cells", cells, "cells"), ("same", agreed, "cells agreed")):
            yield counted_rows(
                f"agreement.{part}.{name}",
                f"{subject}: {definition}.",
                cell_keys(rows),
                replace(about, part=name),
            )
        yield NamedFigure(
            f"agreement.{part}.said",
            row.alpha,
            in_words(row),
            f"{subject}: Krippendorff's alpha, where it says something.",
            tuple(cell_keys(cells)),
            replace(about, part="said"),
        )


def _readings(results: Results) -> Iterable[NamedFigure]:
    table, many = results.readings, capital(many_units(results))
    known = known_units(table)
    yield counted_rows(
        "readings.known",
        f"{many} for which some coder, or what was settled, has an answer.",
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


def _replies(results: Results) -> Iterable[NamedFigure]:
    replies, many = results.study["replies"], results.study.settings.unit_noun.plural
    yield counted_rows(
        "replies.count", f"Replies of {many}.", keys_of("replies", replies["reply_id"])
    )
    for decision in ("accepted", "partly", "declined", "open"):
        ids = replies.loc[replies["decision"] == decision, "reply_id"]
        yield counted_rows(
            f"replies.{decision}", f"Replies of {many}: {decision}.", keys_of("replies", ids)
        )


PARTS = _agreement, _readings, _replies
"""What yields the figures, in their order."""
