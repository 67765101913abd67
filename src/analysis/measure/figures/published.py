"""Figures on published totals and figures, and the bounds that they set."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd

from analysis.frames import each_row
from analysis.measure.bounds import ENDS, MEAN
from analysis.measure.constraints import AT_MOST
from analysis.measure.figures.named import (
    About,
    NamedFigure,
    RowKey,
    cell_keys,
    counted_rows,
    keys_of,
    level_word,
    quoted_labels,
    unit_names,
)
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.measure.side_by_side import comparable_figures, irreconcilable
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.published import levels_of, listed_units, units_among
from analysis.wording import exact, listed, spoken


def _totals(results: Results) -> Iterable[NamedFigure]:
    for row in each_row(results.totals):
        yield from _total_figures(results, row)
    audits = {"published_totals": results.totals, "published_scores": results.published_scores}
    set_aside = [
        key
        for table, audit in audits.items()
        for key in keys_of(table, audit.loc[audit["set_aside"] == "yes"].iloc[:, 0])
    ]
    definition = "Published totals and scores that are set aside, since they cannot be true."
    yield counted_rows("totals.set_aside", definition, set_aside)
    definition = "What was published and cannot be true."
    for number, sentence in enumerate(results.clashes, start=1):
        name, about = f"totals.clash.{number}", About("clash", part=str(number))
        yield NamedFigure(name, sentence, sentence, definition, tuple(set_aside), about)
    settled = results.bounds[results.bounds["settled_by_totals"] == "yes"]
    definition = "Questions that the evidence leaves open, and that published counts and scores of the day answer."
    yield counted_rows("totals.settled_cells", definition, cell_keys(settled))


def _total_figures(results: Results, row: Any) -> Iterable[NamedFigure]:
    many, day = results.study.settings.unit_noun.plural, dt.date.fromisoformat(row.as_of)
    everyone, cells = results.everyone.at(day), results.constrained_at(day).matrix.cells
    among = units_among(everyone["units"], row.among)
    cells = cells[cells["criterion_id"] == row.criterion_id][among]
    named, unknown = (cells[cells["state"].isin(names)] for names in (levels_of(row.level), v.OPEN))
    level = " or ".join(map(level_word, levels_of(row.level)))
    label = quoted_labels(results.study, "criteria")[row.criterion_id]
    place = f"{label} on {spoken(day)}{_among(everyone, row.among)}"
    must_be = _MUST[row.relation == AT_MOST]

    def figure(part: str, value: int | str, definition: str) -> NamedFigure:
        about = About("totals", published=row.total_id, day=day, part=part)
        name, rows = f"totals.{row.total_id}.{part}", (RowKey("published_totals", (row.total_id,)),)
        return NamedFigure(name, value, str(value), definition, rows, about)

    def counted(part: str, definition: str, rows: pd.DataFrame) -> NamedFigure:
        about = About("totals", published=row.total_id, day=day, part=part)
        return counted_rows(f"totals.{row.total_id}.{part}", definition, cell_keys(rows), about)

    counted_by = f"Published count of {many} that are “{level}” on {place}"
    yield figure("count", row.count, f"{counted_by} ({level_word(row.relation)}).")
    yield figure("of", row.of, f"How many {many} were counted, in the published count on {place}.")
    yield counted("named", f"How many {many} the evidence shows to be “{level}” on {place}.", named)
    definition = f"How many {many} the evidence leaves open on {place}."
    yield counted("cannot_be_told", definition, unknown)
    definition = f"Whether the evidence alone bears out the published count on {place}: consistent, open or contradicted."
    yield figure("status", row.status, definition)
    definition = f"If the published count is right, how many {many} left open {must_be} “{level}” on {place}."
    yield figure("open_by", row.open_by, definition)


_MUST = "must be", "must not be"


def _among(study: Study, among: str) -> str:
    """Return in words the units that a published total counts, if these are not all."""
    if not among:
        return ""
    names = unit_names(study)
    ids = [names.get(unit, unit) for unit in listed_units(among)]
    return f", among {among.partition('=')[2] or listed(ids, 'data/published-totals.csv')}"


def _bounds(results: Results) -> Iterable[NamedFigure]:
    display, table = results.study.settings.display, results.national_bounds
    labels, many = quoted_labels(results.study, "criteria"), results.study.settings.unit_noun.plural
    place = {name: n for n, name in enumerate(results.study["criteria"]["criterion_id"])}
    for name, part in table.groupby(["as_of", "criterion_id"], sort=False):
        day, criterion = map(str, name)
        date = dt.date.fromisoformat(day)
        constrained = results.constrained_at(date)
        binding_rows = constrained.binding(place[criterion])
        for row in each_row(part):
            is_mean = row.figure == MEAN
            what = f"Count of {many} that are “{level_word(row.level)}”"
            what = "Mean value, 0 to 100," if is_mean else what
            for end in ENDS:
                which = "least" if end.startswith("low") else "greatest"
                without = end.endswith("without")
                value = getattr(row, end) if is_mean else int(getattr(row, end))
                rows = (RowKey("criteria", (criterion,)), *(() if without else binding_rows))
                yield NamedFigure(
                    ".".join(filter(None, ("bounds", day, criterion, row.figure, row.level, end))),
                    value,
                    shown(value, display) if is_mean else str(value),
                    f"{what} on {labels[criterion]} on {spoken(date)}. The {which} that the evidence allows "
                    f"{'alone' if without else 'beside the published totals of that day'}.",
                    rows,
                    About("bounds", criterion=criterion, level=row.level, day=date, part=end),
                )


def _figures(results: Results) -> Iterable[NamedFigure]:
    figures = results.study["figures"]
    for row in each_row(figures):
        number = Decimal(row.value)  # a float would change the digits of a long one
        value = int(number) if number == number.to_integral_value() else float(number)
        name, text = f"figures.{row.figure_id}", exact(row.value)
        definition = f"{row.measure}, as published: {row.what_it_counts}."
        rows = (RowKey("figures", (row.figure_id,)),)
        about = About("figures", published=row.figure_id)
        yield NamedFigure(name, value, text, definition, rows, about)
    compared = keys_of("figures", comparable_figures(results.study)["figure_id"])
    definition = "Published figures that seem to count the same thing as another."
    yield counted_rows("figures.compared", definition, compared)
    pairs = irreconcilable(results.study)
    definition = "Pairs of published figures where the shorter period, within the longer one, has the larger count."
    keys = keys_of("figures", pairs["inner"], pairs["outer"])
    yield counted_rows("figures.irreconcilable", definition, keys)


PARTS = _totals, _bounds, _figures
"""The functions that yield the figures, in order."""
