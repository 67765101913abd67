"""A picture with the table behind it, for those who place it and need not draw."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

import pandas as pd

from analysis.show.fields import Field


class Section(StrEnum):
    """Where a picture stands: a place that templates name, or the end of a page of the site."""

    MATRIX = "matrix"
    MAP = "map"
    COMPARISONS = "comparisons"
    SCORES = "scores"
    COVERAGE = "coverage"
    TIMELINE = "timeline"
    FIGURES = "figures"

    # At the end of the page, under a heading of its own: no template has to name it.
    HOME_PAGE = "index"
    UNITS_PAGE = "units"
    PUBLISHED_PAGE = "published"
    METHOD_PAGE = "method"

    @classmethod
    def _missing_(cls, value: object) -> None:
        raise ValueError(f"no section with charts is named {value!r}: there are {', '.join(cls)}")


@dataclass(frozen=True)
class Drawing:
    """A picture with the table behind it.

    Attributes:
        name: file name without ending.
        title: the finding, in one sentence.
        alt: text alternative: kind of picture, data and finding.
        table: the tidy table that is drawn.
        more: the further pages of a picture that does not fit on one, each with its own text.
        left_out: what is said in place of a picture that would be too large; else empty.
        section: the section that shows it; ``None``: it is not published.
        heading: what stands above it, where it stands at the end of a page.
        based_on: the study's table from which its table takes columns.
        columns: those of its table that no other published table has.
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
        """The pages of the picture, in order; of most there is one, of what is left out none."""
        return () if self.left_out else (self, *self.more)

    def svg(self) -> bytes:
        """Return the picture, or its first page, as SVG; the same drawing gives the same bytes."""
        raise NotImplementedError

    def drawn(self) -> "Drawn":
        """Return the picture as it is, to be sent from one process to another."""
        same = {attribute.name: getattr(self, attribute.name) for attribute in fields(Drawing)}
        more = tuple(page.drawn() for page in self.more)
        return Drawn(**{**same, "more": more, "content": b"" if self.left_out else self.svg()})


@dataclass(frozen=True)
class Drawn(Drawing):
    """A picture that is drawn already."""

    content: bytes = field(repr=False)

    def svg(self) -> bytes:
        """Return the picture as SVG."""
        return self.content


def in_section(charts: Iterable[Drawing], name: str) -> list[Drawing]:
    """Return the charts that a section shows, in order.

    Raises:
        ValueError: no section has this name.
    """
    section = Section(name)  # also of no charts
    return [chart for chart in charts if chart.section is section]
