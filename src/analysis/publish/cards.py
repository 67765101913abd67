"""Social cards: the texts of the picture that represents a page on social media.

A card is seen without its page, so it carries its own caveats and dates.
"""

from dataclasses import dataclass

PIXELS = 1200, 630
ELSEWHERE = "More must be said with these figures: it stands on the page that this picture is of."


@dataclass(frozen=True)
class Card:
    """The texts of a card.

    Attributes:
        above: what the page belongs to; empty for the home page.
        heading: the heading of the page.
        lines: the findings.
        caveats: the caveats, with the draft mark and the dates first.
        particular: the caveats on single questions.
    """

    above: str
    heading: str
    lines: tuple[str, ...]
    caveats: tuple[str, ...]
    particular: tuple[str, ...] = ()

    @property
    def alt(self) -> str:
        """The text alternative: all texts of the card, even those that the picture leaves out."""
        texts = (f"{self.heading}.", *self.lines, *self.caveats, *self.particular)
        return " ".join(filter(None, texts))
