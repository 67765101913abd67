"""Named figures of all units that name none of them."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.measure.figures.named import STUDY_ROW, NamedFigure
from analysis.measure.unnamed import Unnamed
from analysis.study.public import name_hider


def unnamed_figures(results: Unnamed, figures: Mapping[str, NamedFigure]) -> dict[str, NamedFigure]:
    """Return the figures that are about no single unit, with no row of any behind them.

    Args:
        results: what may leave the house.
        figures: those of all units.
    """
    whole = results.whole.study.at(None)
    units, hide = set(whole["units"]["unit_id"]), name_hider(whole)
    rows = {name: set(table.iloc[:, 0]) for name, table in results.study.tables.items()}

    def without_names(figure: NamedFigure) -> NamedFigure:
        kept = [
            row
            for row in figure.rows
            if row == STUDY_ROW or not rows.get(row.table, set()).isdisjoint(row.key)
        ]
        return replace(
            figure,
            value=hide(figure.value) if isinstance(figure.value, str) else figure.value,
            text=hide(figure.text),
            definition=hide(figure.definition),
            rows=tuple(kept),
        )

    return {
        name: without_names(figure)
        for name, figure in figures.items()
        if not figure.about.unit and units.isdisjoint(name.split("."))
    }
