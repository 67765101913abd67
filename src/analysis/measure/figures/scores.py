"""Figures on scores and gaps, of each unit and of all, and on scores without one document."""

from collections.abc import Iterable

from analysis.frames import RowKey, each_row
from analysis.measure.figures.inventory import scored_cells
from analysis.measure.figures.named import (
    About,
    NamedFigure,
    cell_keys,
    counted_rows,
    keys_of,
    level_word,
    many_units,
    quoted_labels,
    unit_names,
)
from analysis.measure.gaps import CANNOT_BE_TOLD, DOES_NOT_APPLY, FALLS_SHORT, GAP_STATES, MEETS
from analysis.measure.results import SETTLED, Results
from analysis.measure.scores import shown
from analysis.measure.tree import TOTAL
from analysis.study import vocabulary as v
from analysis.wording import capital


def _units(results: Results) -> Iterable[NamedFigure]:
    many = capital(many_units(results))
    scored = scored_cells(results.study, results.matrix)
    counting = scored[~scored["state"].isin(v.OUT_OF_SUM)]
    settled = (~counting["state"].isin(v.UNKNOWNS)).groupby(counting["unit_id"], sort=False)
    weight = results.total["known"]
    wide = "no weight is known: the evidence allows the whole range"
    for name, units, definition in (
        ("nothing_known", settled.sum() == 0, "no scored question has an answer"),
        ("something_known", settled.sum() > 0, "at least one scored question has an answer"),
        ("all_known", settled.all(), "every scored question has an answer"),
        ("no_weight_known", weight == 0, wide),
        ("some_weight_known", weight > 0, "some of the weight is known"),
    ):
        keys = keys_of("units", units.index[units])
        yield counted_rows(f"units.{name}", f"{many} of which {definition}.", keys)
    display, names = results.study.settings.display, unit_names(results.study)
    groups = quoted_labels(results.study, "recommendations")
    for row in each_row(results.scores):
        rows, unit = (RowKey("scores", (row.unit_id, row.group_id)),), names[row.unit_id]
        subject = f"{unit} {'in all' if row.group_id == TOTAL else f'on {groups[row.group_id]}'}"
        known = f"{shown(100 * row.known, display)}%"
        allowed = f"score of {subject} that the evidence allows, 0 to 100."
        share = f"Share of the weight of {subject} that is known, per cent."
        for name, value, text, definition in (
            ("low", row.low, shown(row.low, display), f"Lowest {allowed}"),
            ("high", row.high, shown(row.high, display), f"Highest {allowed}"),
            ("known_percent", 100 * row.known, known, share),
        ):
            about = About("score", unit=row.unit_id, recommendation=row.group_id, part=name)
            name = f"score.{row.unit_id}.{row.group_id}.{name}"
            yield NamedFigure(name, value, text, definition, rows, about)


def _national(results: Results) -> Iterable[NamedFigure]:
    many, labels = many_units(results), quoted_labels(results.study, "criteria")
    by_state = {
        key: cell_keys(cells)
        for key, cells in results.matrix.cells.groupby(["criterion_id", "state"])
    }
    for row in each_row(results.national):
        rows = by_state.get((row.criterion_id, row.state), [])
        definition = f"{capital(many)} on {labels[row.criterion_id]}: {level_word(row.state)}."
        about = About("national", criterion=row.criterion_id, level=row.state)
        yield counted_rows(f"national.{row.criterion_id}.{row.state}", definition, rows, about)
    cells = results.matrix.cells
    by_criterion = dict(list(cells[~cells["state"].isin(v.UNKNOWNS)].groupby("criterion_id")))
    for name, count in results.coverage[SETTLED].items():
        criterion = str(name)
        settled = by_criterion.get(criterion, cells.iloc[:0])
        assert len(settled) == count
        definition = f"{capital(many)} with an answer on {labels[criterion]}."
        keys, about = cell_keys(settled), About("coverage", criterion=criterion)
        yield counted_rows(f"coverage.{criterion}.settled", definition, keys, about)


def _gaps(results: Results) -> Iterable[NamedFigure]:
    table, many = results.gaps, many_units(results)
    labels = quoted_labels(results.study, "recommendations")
    for group in table["recommendation_id"].unique():
        for state in GAP_STATES:
            rows = table[(table["recommendation_id"] == group) & (table["state"] == state)]
            definition = f"{capital(many)} {_OF_GAP[state]} {labels[group]}."
            keys = keys_of("gaps", rows["unit_id"], rows["recommendation_id"])
            about = About("gaps", recommendation=group, level=state)
            yield counted_rows(f"gaps.{group}.{state}", definition, keys, about)


_OF_GAP = {
    MEETS: "that can be shown to meet",
    FALLS_SHORT: "that can be shown to fall short of",
    CANNOT_BE_TOLD: "of which the evidence leaves open whether they meet",
    DOES_NOT_APPLY: "that no scored criterion in force applies to, under",
}


def _one_document(results: Results) -> Iterable[NamedFigure]:
    """Yield the bounds of scores without a document on which several answers rest."""
    names, display = unit_names(results.study), results.study.settings.display
    for document in results.one_document:
        unit, source, name = document.unit_id, document.source_id, names[document.unit_id]
        stem, about = f"without.{unit}.{source}", About("without", unit=unit, part=source)
        definition = f"Scored answers on {name} that cite source {source}, alone or with others."
        keys = keys_of("matrix", [unit] * len(document.criteria), document.criteria)
        yield counted_rows(f"{stem}.answers", definition, keys, about)
        for end, value in (("low", document.low), ("high", document.high)):
            definition = (
                f"{capital(end)}est score of {name} if the answers that cite source {source} were "
                "unknown, 0 to 100."
            )
            text, rows = shown(value, display), (RowKey("scores", (unit, TOTAL)),)
            yield NamedFigure(f"{stem}.{end}", value, text, definition, rows, about)


PARTS = _units, _national, _gaps, _one_document
"""The functions that yield the figures, in order."""
