"""Figures on how far results depend on choices."""

from collections.abc import Iterable

from analysis.measure.figures.named import NamedFigure, counted_rows, keys_of, many_units
from analysis.measure.figures.order import SURE
from analysis.measure.figures.unnamed import unnamed_figures
from analysis.measure.results import Results
from analysis.measure.scenario_dominance import ABOVE, AT_OR_ABOVE
from analysis.measure.scenarios import KINDS
from analysis.measure.unnamed import Unnamed
from analysis.wording import capital


def sensitivity_figures(results: Results) -> dict[str, NamedFigure]:
    """Return the named figures on what results owe to choices, by id.

    Apart from :func:`named_figures`, since they take every comparison anew under every choice.
    """
    return interval_sensitivity(results) | {
        figure.id: figure for figure in _comparison_sensitivity(results)
    }


def interval_sensitivity(results: Results) -> dict[str, NamedFigure]:
    """Return those of :func:`sensitivity_figures` that are on intervals, and on no comparison."""
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
    for name, ids, definition in (
        ("known", sensitivity.known, f"{many} of which anything is known as declared"),
        (
            "known_otherwise",
            sensitivity.known_otherwise,
            f"Other {many_units(results)} of which anything is known under a choice",
        ),
        (
            "moved",
            moved["unit_id"].unique(),
            "Of the known, those whose interval some choice moves",
        ),
        *(
            (
                f"moved.{kind}",
                moved.loc[moved["kind"] == kind, "unit_id"].unique(),
                f"Of the known, those whose interval a choice of this kind moves: {kind}",
            )
            for kind in KINDS
        ),
    ):
        yield counted_rows(f"sensitivity.units.{name}", f"{definition}.", keys_of("units", ids))
