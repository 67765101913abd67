"""Pictures on ordinary axes, drawn by the same code as those of the report."""

from collections.abc import Callable
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.api.figures import Figures
from analysis.api.given import of_kind, refusal
from analysis.api.summary import Named
from analysis.measure.figures import comparable_figures
from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.show import charts
from analysis.show.sheet import on_axes
from analysis.show.style import WIDTH, Chart, style
from analysis.study.places import has_map


class Picture(Figure):
    """A figure that a notebook shows with its text alternative.

    Attributes:
        alt: kind of picture, data and finding.
    """

    alt = ""

    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = BytesIO()
        with style():
            self.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
        data = {"image/png": buffer.getvalue(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


class Plots(Named):
    """Pictures of results. Each takes axes to draw on, or makes its own, and returns them.

    The title and the label of x, which holds what must stand with the results, are those of the
    axes, and can be set otherwise, as all that is drawn.
    """

    def __init__(self, results: Results, figures: Figures):
        """Draw these results, with the numbers of these figures."""
        self._results, self._figures = results, figures

    @property
    def _unit(self) -> str:
        return self._results.study.settings.unit_noun.singular

    def matrix(self, ax: Axes | None = None) -> Axes:
        """Draw every unit by criterion, each state with a colour and a mark of its own."""
        asked = len(asked_criteria(self._results.study))
        return self._drawn(charts.matrix_chart, ax, asked, "No criterion asks anything yet")

    def intervals(self, ax: Axes | None = None) -> Axes:
        """Draw the interval of every unit's score, by the share known and then by name."""
        return self._drawn(charts.intervals_chart, ax)

    def map(self, ax: Axes | None = None) -> Axes:
        """Draw a tile for every unit, shaded by the share of weight known."""
        there = has_map(self._results.study)
        return self._drawn(charts.tile_map, ax, there, "The study gives no place for every tile")

    def coverage(self, ax: Axes | None = None) -> Axes:
        """Draw how much is known of each criterion."""
        asked = len(asked_criteria(self._results.study))
        return self._drawn(charts.coverage_chart, ax, asked, "No criterion asks anything yet")

    def timeline(self, ax: Axes | None = None) -> Axes:
        """Draw the events, each at its date."""
        dated = (self._results.study["events"]["date"] != "").any()
        return self._drawn(charts.timeline_chart, ax, dated, "The study has no event with a date")

    def published(self, ax: Axes | None = None) -> Axes:
        """Draw published figures on one subject, each over its own period."""
        some = len(comparable_figures(self._results.study))
        said = "The study sets no published figures beside each other"
        return self._drawn(charts.figures_chart, ax, some, said)

    def order(self, ax: Axes | None = None) -> Axes:
        """Draw who is surely above whom."""
        some = any(not one.apart for one in self._results.order)
        return self._drawn(charts.order_chart, ax, some, f"No {self._unit} is surely above another")

    def reach(self, ax: Axes | None = None) -> Axes:
        """Draw how far the interval of each known unit reaches under other choices."""
        some = len(self._results.sensitivity.known)
        return self._drawn(
            charts.reach_chart, ax, some, f"Nothing scored is known of any {self._unit}"
        )

    def _drawn(
        self,
        draw: Callable[[Results, Figures], Chart],
        ax: Axes | None,
        some: object = True,
        otherwise: str = "",
    ) -> Axes:
        """Draw on the axes given or on new ones; where there is nothing to draw, say so."""
        own = ax is None
        if not own:
            of_kind("ax", ax, Axes, "one of matplotlib's axes, such as plt.subplots()[1]")
            if ax.name != "rectilinear":
                raise refusal("ax", ax, "its axes are not straight", "give ordinary axes")
        if own:
            # Here, for it may set up a window: a picture on axes that are given needs none.
            from matplotlib import pyplot

            figure = pyplot.figure(FigureClass=Picture, figsize=(WIDTH, WIDTH))
            ax = figure.add_axes((0, 0, 1 - 0.16 / WIDTH, 1))
        if not some:
            ax.set_axis_off()
            ax.set_title(f"{otherwise}.")
            alt = f"Not drawn: {otherwise}."
        else:
            with on_axes(ax, fit=own):
                alt = draw(self._results, self._figures).alt
        if own:
            ax.figure.alt = alt
        return ax
