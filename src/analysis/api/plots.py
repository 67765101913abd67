"""Pictures on ordinary axes, drawn by the same code as those of the report."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.api.figures import Figures
from analysis.api.given import of_kind, refused_value
from analysis.api.summary import Named
from analysis.measure.results import Results
from analysis.show.charts import KINDS, Kind
from analysis.show.charts.pages import not_drawn
from analysis.show.style import PAPER, WIDTH, Chart, style
from analysis.show.target_axes import Heights, on_axes, warn_of_lack


class Picture(Figure):
    """A figure in our style with its text alternative, whatever the settings of matplotlib are.

    Attributes:
        alt: kind of picture, data and finding.
    """

    alt = ""

    def savefig(self, *arguments, **options) -> None:
        """Save the figure as it is, whatever colours are set for files."""
        with style():
            super().savefig(*arguments, **options)

    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = BytesIO()
        self.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
        data = {"image/png": buffer.getvalue(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


class Plots(Named):
    """Pictures of results. Each takes axes to draw on, or makes its own, and returns them.

    There is a method for each kind in :data:`analysis.show.charts.KINDS`. The title, and the label
    of x with the caveats, belong to the axes and can be changed, like all that is drawn. On axes of
    the caller, title and label have the colours of these axes, and the picture has a white
    background. New axes are wholly in our style. If a figure is too small, a warning gives the size
    that it needs.

    With a backend that shows nothing on a screen, pyplot keeps only the last of our figures.
    ``ax.figure`` still exists and can be saved.
    """

    def __init__(self, results: Results, figures: Figures):
        """Draw these results, with the numbers of these figures."""
        self._results, self._figures = results, figures

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Axes]:
            """Draw a kind of picture."""
            ...

    def _draw(self, kind: Kind, ax: Axes | None) -> Axes:
        """Draw on the axes given or on new ones; if there is nothing to draw, write why."""
        if ax is None:
            figure, ax = _own_axes()
            figure.alt = self._draw_on(kind, ax, fit=True).alt
        else:
            of_kind("ax", ax, Axes, "one of matplotlib's axes, such as plt.subplots()[1]")
            if ax.name != "rectilinear":
                raise refused_value("ax", ax, "its axes are not straight", "give ordinary axes")
            self._draw_on(kind, ax, fit=False)
            warn_of_lack(ax, cache(lambda width: self._needs(kind, width)), stacklevel=3)
        return ax

    def _draw_on(self, kind: Kind, ax: Axes, fit: bool) -> Chart:
        with on_axes(ax, fit):
            if why := kind.lacking(self._results):
                return not_drawn(self._results, why)
            chart = kind.draw(self._results, self._figures)
            if chart.left_out:
                return not_drawn(self._results, chart.left_out.rstrip("."))
        return chart

    def _needs(self, kind: Kind, width: float) -> Heights:
        """Return the heights that a picture of a width needs, measured on a figure of its own."""
        figure = Figure(figsize=(width + 0.16, 1))
        ax = _full_axes(figure)
        self._draw_on(kind, ax, fit=True)
        place, high = ax.get_position(), figure.get_figheight()
        return Heights((1 - place.y1) * high, place.height * high, place.y0 * high)


def _method(name: str, kind: Kind) -> Callable[..., Axes]:
    def draw(self: Plots, ax: Axes | None = None) -> Axes:
        return self._draw(kind, ax)

    draw.__name__, draw.__qualname__ = name, f"Plots.{name}"
    draw.__doc__ = (kind.draw.__doc__ or "").partition("\n")[0]
    return draw


for _name, _kind in KINDS.items():
    setattr(Plots, _name, _method(_name, _kind))


def _own_axes() -> tuple[Picture, Axes]:
    # Imported here: pyplot may set up windows, which a picture on axes of the caller does not need.
    from matplotlib import pyplot
    from matplotlib.backends.registry import BackendFilter, backend_registry

    without_screen = backend_registry.list_builtin(BackendFilter.NON_INTERACTIVE)
    if pyplot.get_backend().lower() in without_screen:
        for number in pyplot.get_fignums():
            if isinstance(figure := pyplot.figure(number), Picture):
                pyplot.close(figure)
    # Outside our style: pyplot may load a backend, whose own settings have to stay.
    figure = pyplot.figure(
        FigureClass=Picture,
        figsize=(WIDTH, WIDTH),
        facecolor=PAPER,
        edgecolor=PAPER,
        layout="none",
    )
    with style():
        return cast(Picture, figure), _full_axes(figure)


def _full_axes(figure: Figure) -> Axes:
    """Return axes that fill a figure, except for its margins."""
    wide = figure.get_figwidth()
    return figure.add_axes((0, 0, 1 - 0.16 / wide, 1))
