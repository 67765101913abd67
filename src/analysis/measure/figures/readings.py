"""Figures on coders and replies: how far coders agree, and how units replied."""

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
        for name, rows, what in (("cells", cells, "cells"), ("same", agreed, "cells agreed")):
            name, about_part = f"agreement.{part}.{name}", replace(about, part=name)
            yield counted_rows(name, f"{subject}: {what}.", cell_keys(rows), about_part)
        definition = f"{subject}: Krippendorff's alpha, where it says something."
        name, words, keys = f"agreement.{part}.said", in_words(row), tuple(cell_keys(cells))
        yield NamedFigure(name, row.alpha, words, definition, keys, replace(about, part="said"))


def _readings(results: Results) -> Iterable[NamedFigure]:
    table, many = results.readings, capital(many_units(results))
    coders_alone = table[table["reading"] != AS_SETTLED]
    differ = "whose score interval is not the same under every coder"
    for name, units, definition in (
        ("known", known_units(table), "for which some coder, or what was settled, has an answer"),
        ("coders_differ", differing_units(coders_alone), differ),
        ("differ", differing_units(table), f"{differ} and as settled"),
    ):
        keys = keys_of("units", units)
        yield counted_rows(f"readings.{name}", f"{many} {definition}.", keys)


def _replies(results: Results) -> Iterable[NamedFigure]:
    replies, many = results.study["replies"], results.study.settings.unit_noun.plural
    keys = keys_of("replies", replies["reply_id"])
    yield counted_rows("replies.count", f"Replies of {many}.", keys)
    for decision in ("accepted", "partly", "declined", "open"):
        keys = keys_of("replies", replies.loc[replies["decision"] == decision, "reply_id"])
        yield counted_rows(f"replies.{decision}", f"Replies of {many}: {decision}.", keys)


PARTS = _agreement, _readings, _replies
"""The functions that yield the figures, in order."""
