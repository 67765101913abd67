"""A picture with the table behind it, for those who place it and need not draw."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Drawing:
    """A picture with the table behind it.

    Attributes:
        name: file name without ending.
        title: the finding, in one sentence.
        alt: text alternative: kind of picture, data and finding.
        table: the tidy table that is drawn.
    """

    name: str
    title: str
    alt: str
    table: pd.DataFrame

    def svg(self) -> bytes:
        """Return the picture as SVG; the same drawing gives the same bytes."""
        raise NotImplementedError

    def drawn(self) -> "Drawn":
        """Return the picture as it is, to be sent from one process to another."""
        return Drawn(self.name, self.title, self.alt, self.table, self.svg())


@dataclass(frozen=True)
class Drawn(Drawing):
    """A picture that is drawn already."""

    content: bytes = field(repr=False)

    def svg(self) -> bytes:
        """Return the picture as SVG."""
        return self.content
