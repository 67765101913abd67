"""Social cards: what the picture of a page says, with its caveats and its dates.

A card leaves its page behind, so all that must be said with it stands on it.
"""

from dataclasses import dataclass

PIXELS = 1200, 630
ELSEWHERE = "More must be said with these figures: it stands on the page that this picture is of."


@dataclass(frozen=True)
class Card:
    """What a card says.

    Attributes:
        above: what the page belongs to; empty: it is the first one.
        heading: of the page.
        lines: what was found.
        caveats: what must be said with it, the draft mark and the dates first.
        particular: the caveats on single questions among what must be said.
    """

    above: str
    heading: str
    lines: tuple[str, ...]
    caveats: tuple[str, ...]
    particular: tuple[str, ...] = ()

    @property
    def alt(self) -> str:
        """The card in words: all of them, also where the picture has no room for some."""
        said = (f"{self.heading}.", *self.lines, *self.caveats, *self.particular)
        return " ".join(filter(None, said))
