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
from analysis.measure.score_basis import OneDocument
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
    for name, units, definition in (
        ("nothing_known", settled.sum() == 0, "no scored question has an answer"),
        ("something_known", settled.sum() > 0, "at least one scored question has an answer"),
        ("all_known", settled.all(), "every scored question has an answer"),
        (
            "no_weight_known",
            weight == 0,
            "no weight is known: the evidence allows the whole range",
        ),
        ("some_weight_known", weight > 0, "some of the weight is known"),
    ):
        yield counted_rows(
            f"units.{name}", f"{many} of which {definition}.", keys_of("units", units.index[units])
        )
    display, names, groups = (
        results.study.settings.display,
        unit_names(results.study),
        quoted_labels(results.study, "recommendations"),
    )
    for row in each_row(results.scores):
        rows, name_of_unit = (RowKey("scores", (row.unit_id, row.group_id)),), names[row.unit_id]
        whole = "in all" if row.group_id == TOTAL else f"on {groups[row.group_id]}"
        for name, value, definition in (
            (
                "low",
                row.low,
                f"Lowest score of {name_of_unit} {whole} that the evidence allows, 0 to 100",
            ),
            (
                "high",
                row.high,
                f"Highest score of {name_of_unit} {whole} that the evidence allows, 0 to 100",
            ),
            (
                "known_percent",
                100 * row.known,
                f"Share of the weight of {name_of_unit} {whole} that is known, per cent",
            ),
        ):
            text = shown(value, display) + ("%" if name == "known_percent" else "")
            yield NamedFigure(
                f"score.{row.unit_id}.{row.group_id}.{name}",
                value,
                text,
                f"{definition}.",
                rows,
                About("score", unit=row.unit_id, recommendation=row.group_id, part=name),
            )


def _national(results: Results) -> Iterable[NamedFigure]:
    many, labels = many_units(results), quoted_labels(results.study, "criteria")
    by_state = {
        key: cell_keys(cells)
        for key, cells in results.matrix.cells.groupby(["criterion_id", "state"])
    }
    for row in each_row(results.national):
        rows = by_state.get((row.criterion_id, row.state), [])
        yield counted_rows(
            f"national.{row.criterion_id}.{row.state}",
            f"{capital(many)} on {labels[row.criterion_id]}: {level_word(row.state)}.",
            rows,
            About("national", criterion=row.criterion_id, level=row.state),
        )
    cells = results.matrix.cells
    by_criterion = dict(list(cells[~cells["state"].isin(v.UNKNOWNS)].groupby("criterion_id")))
    for name, count in results.coverage[SETTLED].items():
        criterion = str(name)
        settled = by_criterion.get(criterion, cells.iloc[:0])
        assert len(settled) == count
        yield counted_rows(
            f"coverage.{criterion}.settled",
            f"{capital(many)} with an answer on {labels[criterion]}.",
            cell_keys(settled),
            About("coverage", criterion=criterion),
        )


def _gaps(results: Results) -> Iterable[NamedFigure]:
    table, many = results.gaps, many_units(results)
    labels = quoted_labels(results.study, "recommendations")
    for group in table["recommendation_id"].unique():
        for state in GAP_STATES:
            rows = table[(table["recommendation_id"] == group) & (table["state"] == state)]
            yield counted_rows(
                f"gaps.{group}.{state}",
                f"{capital(many)} {_OF_GAP[state]} {labels[group]}.",
                keys_of("gaps", rows["unit_id"], rows["recommendation_id"]),
                About("gaps", recommendation=group, level=state),
            )


_OF_GAP = {
    MEETS: "that can be shown to meet",
    FALLS_SHORT: "that can be shown to fall short of",
    CANNOT_BE_TOLD: "of which the evidence leaves open whether they meet",
    DOES_NOT_APPLY: "that no scored criterion in force applies to, under",
}


def _one_document(results: Results) -> Iterable[NamedFigure]:
    names = unit_names(results.study)
    for document in results.one_document:
        yield from _of(document, names[document.unit_id], results)


def _of(document: OneDocument, name: str, results: Results) -> Iterable[NamedFigure]:
    unit, source = document.unit_id, document.source_id
    stem, about = f"without.{unit}.{source}", About("without", unit=unit, part=source)
    many = len(document.criteria)
    yield counted_rows(
        f"{stem}.answers",
        f"Scored answers on {name} that cite source {source}, alone or with others.",
        keys_of("matrix", [unit] * many, document.criteria),
        about,
    )
    for end, value in (("low", document.low), ("high", document.high)):
        yield NamedFigure(
            f"{stem}.{end}",
            value,
            shown(value, results.study.settings.display),
            f"{capital(end)}est score of {name} if the answers that cite source {source} were "
            "unknown, 0 to 100.",
            (RowKey("scores", (unit, TOTAL)),),
            about,
        )


PARTS = _units, _national, _gaps, _one_document
"""What yields the figures, in their order."""
