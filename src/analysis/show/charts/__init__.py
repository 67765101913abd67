"""The charts. Each draws one tidy table of the results and describes it in a text alternative."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.measure.side_by_side import comparable_figures
from analysis.show.charts import coverage, order
from analysis.show.charts.coverage import coverage_chart
from analysis.show.charts.figures import figures_chart
from analysis.show.charts.intervals import intervals_chart
from analysis.show.charts.matrix import matrix_chart
from analysis.show.charts.order import order_chart
from analysis.show.charts.reach import reach_chart
from analysis.show.charts.tile_map import tile_map_chart
from analysis.show.charts.timeline import timeline_chart
from analysis.show.drawing import Section
from analysis.show.fields import Field
from analysis.show.style import Chart, Named


@dataclass(frozen=True)
class Kind:
    """A kind of chart.

    Attributes:
        draw: the function that draws it.
        section: the section that shows it; ``None`` if only notebooks show it.
        of_units: whether it shows individual units.
        heading: the heading above it, if its section is the end of a page.
        lacking: returns why there is nothing to draw; empty if there is something.
        based_on: the table of the study whose columns its table repeats, such as units; it describes them.
        columns: descriptions of the columns that no other published table has.
    """

    draw: Callable[[Results, Named], Chart]
    section: Section | None
    lacking: Callable[[Results], str] = lambda results: ""
    based_on: str = ""
    columns: Mapping[str, Field] = field(default_factory=dict)
    of_units: bool = True
    heading: str = ""

    def published(self, results: Results, named: Named) -> Chart:
        """Return the chart with its section, its heading and the description of its table."""
        about = {"section": self.section, "heading": self.heading}
        about |= {"based_on": self.based_on, "columns": self.columns}
        return replace(self.draw(results, named), **about)


def all_charts(results: Results, named: Named) -> list[Chart]:
    """Return every published chart for which the study has data, in the order of ``KINDS``."""
    public = results.study.scope.public
    published = [kind for kind in KINDS.values() if kind.section and not (public and kind.of_units)]
    return [kind.published(results, named) for kind in published if not kind.lacking(results)]


def _lacks_criteria(results: Results) -> str:
    # If no recommendation has been read, the study has no criterion in use yet.
    some = len(criteria_in_use(results.study))
    return "" if some else "No criterion shown asks anything yet"


def _lacks_map(results: Results) -> str:
    if results.study.has_map:
        return ""
    return f"The study does not give a place on the map for {_units_shown(results, 'each of the')}"


def _lacks_pairs(results: Results) -> str:
    if any(not group.apart for group in results.order):
        return ""
    if len(results.study["units"]) == 1:
        noun = results.study.settings.unit_noun.singular
        return f"Only one {noun} is shown, so there is none to compare it with"
    return f"None of {_units_shown(results)} is surely above another"


def _lacks_dates(results: Results) -> str:
    dated = (results.study["events"]["date"] != "").any()
    return "" if dated else "The study has no event with a date"


def _lacks_comparable_figures(results: Results) -> str:
    some = len(comparable_figures(results.study))
    return "" if some else "The study has no two published figures on one subject"


def _lacks_known_units(results: Results) -> str:
    if len(results.sensitivity.known):
        return ""
    return f"No scored criterion has a known level for {_units_shown(results, 'any of the')}"


def _units_shown(results: Results, which: str = "the") -> str:
    """Return in words the units shown: "any of the 4 towns shown", "the one town shown"."""
    noun, count = results.study.settings.unit_noun, len(results.study["units"])
    if count == 1:
        return f"the one {noun.singular} shown"
    return f"{which} {count:,} {noun.plural} shown"


KINDS: dict[str, Kind] = {
    "matrix": Kind(matrix_chart, Section.MATRIX, _lacks_criteria),
    "intervals": Kind(intervals_chart, Section.SCORES),
    "tile_map": Kind(tile_map_chart, Section.MAP, _lacks_map, based_on="units"),
    "coverage": Kind(
        coverage_chart, Section.COVERAGE, _lacks_criteria, columns=coverage.COLUMNS, of_units=False
    ),
    "order": Kind(order_chart, Section.COMPARISONS, _lacks_pairs, columns=order.COLUMNS),
    "timeline": Kind(
        timeline_chart, Section.TIMELINE, _lacks_dates, based_on="events", of_units=False
    ),
    "figures": Kind(
        figures_chart,
        Section.FIGURES,
        _lacks_comparable_figures,
        based_on="figures",
        of_units=False,
    ),
    "reach": Kind(reach_chart, None, _lacks_known_units),
}
"""Every kind of chart by its name in ``results.plot``, of its module and of its file."""
