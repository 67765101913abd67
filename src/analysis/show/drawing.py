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
        more: the further pages of a picture that does not fit on one, each with its own text.
        left_out: what is said in place of a picture that would be too large; else empty.
    """

    name: str
    title: str
    alt: str
    table: pd.DataFrame
    more: tuple["Drawing", ...] = field(default=(), kw_only=True, repr=False)
    left_out: str = field(default="", kw_only=True)

    @property
    def pages(self) -> tuple["Drawing", ...]:
        """The pages of the picture, in order; of most there is one, of what is left out none."""
        return () if self.left_out else (self, *self.more)

    def svg(self) -> bytes:
        """Return the picture, or its first page, as SVG; the same drawing gives the same bytes."""
        raise NotImplementedError

    def drawn(self) -> "Drawn":
        """Return the picture as it is, to be sent from one process to another."""
        more = tuple(page.drawn() for page in self.more)
        content = b"" if self.left_out else self.svg()
        held = {"more": more, "left_out": self.left_out}
        return Drawn(self.name, self.title, self.alt, self.table, content, **held)


@dataclass(frozen=True)
class Drawn(Drawing):
    """A picture that is drawn already."""

    content: bytes = field(repr=False)

    def svg(self) -> bytes:
        """Return the picture as SVG."""
        return self.content
