"""A chart with its table, for code that places charts without loading the drawing library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

import pandas as pd

from analysis.show.fields import Field


class Section(StrEnum):
    """Where a chart is shown: a place that a template names, or the end of a page of the site."""

    MATRIX = "matrix"
    MAP = "map"
    COMPARISONS = "comparisons"
    SCORES = "scores"
    COVERAGE = "coverage"
    TIMELINE = "timeline"
    FIGURES = "figures"

    # Charts at the end of a page, each under its own heading; no template has to name them.
    HOME_PAGE = "index"
    UNITS_PAGE = "units"
    PUBLISHED_PAGE = "published"
    METHOD_PAGE = "method"

    @classmethod
    def _missing_(cls, value: object) -> None:
        raise ValueError(f"no section with charts is named {value!r}: there are {', '.join(cls)}")


@dataclass(frozen=True)
class Drawing:
    """A chart with the table that it shows.

    Attributes:
        name: file name without ending.
        title: the finding, in one sentence.
        alt: text alternative: the kind of chart, the data and the finding.
        table: the tidy table that the chart shows.
        more: the further pages of a chart that does not fit on one page, each with its own text.
        left_out: the text in place of a chart that would be too large; empty if it is drawn.
        section: the section that shows it; ``None`` if it is not published.
        heading: the heading above it, if it is shown at the end of a page.
        based_on: the table of the study whose columns its table repeats, such as units; it describes them.
        columns: descriptions of the columns that no other published table has.
    """

    name: str
    title: str
    alt: str
    table: pd.DataFrame
    more: tuple["Drawing", ...] = field(default=(), kw_only=True, repr=False)
    left_out: str = field(default="", kw_only=True)
    section: Section | None = field(default=None, kw_only=True)
    heading: str = field(default="", kw_only=True)
    based_on: str = field(default="", kw_only=True)
    columns: Mapping[str, Field] = field(default_factory=dict, kw_only=True, repr=False)

    @property
    def pages(self) -> tuple["Drawing", ...]:
        """The pages of the chart, in order: usually one, and none if the chart is left out."""
        return () if self.left_out else (self, *self.more)

    def svg(self) -> bytes:
        """Return the chart, or its first page, as SVG; the same drawing gives the same bytes."""
        raise NotImplementedError

    def drawn(self) -> "Drawn":
        """Return the chart with its SVG, in a form that can be sent to another process."""
        same = {attribute.name: getattr(self, attribute.name) for attribute in fields(Drawing)}
        more = tuple(page.drawn() for page in self.more)
        return Drawn(**{**same, "more": more, "content": b"" if self.left_out else self.svg()})


@dataclass(frozen=True)
class Drawn(Drawing):
    """A chart that is already drawn as SVG."""

    content: bytes = field(repr=False)

    def svg(self) -> bytes:
        """Return the chart as SVG."""
        return self.content


def in_section(charts: Iterable[Drawing], name: str) -> list[Drawing]:
    """Return the charts that a section shows, in order.

    Raises:
        ValueError: no section has this name.
    """
    section = Section(name)  # raises for an unknown name, even if there are no charts
    return [chart for chart in charts if chart.section is section]
