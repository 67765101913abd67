"""The colour and the symbol of every state, the same in charts, in tables and on pages.

Levels take the colours of the Government Analysis Function's palette, in its order. A scale with
more levels than the palette takes colours from a ramp. Unknowns are greys. Each state also has its
own symbol, so that it can be read without colour (WCAG 2.2, success criterion 1.4.1).
"""

from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

import numpy as np
import pandas as pd

from analysis.frames import each_row
from analysis.study import Study
from analysis.study import vocabulary as v

PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
UNKNOWN_FILL = {
    v.INCONCLUSIVE: "#cfcfcf",
    v.OUTDATED: "#b4b4b4",
    v.WITHHELD: "#9a9a9a",
    v.NOT_FOUND: "#ececec",
    v.NOT_ASSESSED: "#f7f7f7",
    v.NOT_IN_FORCE: "#e0e0e0",
    v.NOT_APPLICABLE: "#dcdcdc",
}
UNKNOWN_MARK = {
    v.INCONCLUSIVE: "?",
    v.OUTDATED: "↺",
    v.WITHHELD: "✕",
    v.NOT_FOUND: "–",
    v.NOT_ASSESSED: "…",
    v.NOT_IN_FORCE: "⊘",
    v.NOT_APPLICABLE: "n/a",
}
"""The symbol of each unknown."""

MOST_LEVELS = 12
"""The most levels of a scale that are all listed, even those at which there is no unit."""
_DISCS = "○◔◑◕●"
_RAMP_END = 0.495
"""The end of the ramp: the lightest colour on which white type has a contrast of 4.5 to 1."""


@dataclass(frozen=True)
class LevelMark:
    """The symbol of a level: how it is drawn and written.

    Attributes:
        colour: the colour, by the level's place on its scale.
        value: the share of a disc that is filled.
        sign: the symbol in text: a disc, with the place from the best if several levels share it.
        look: the class of the colour in stylesheets: ``rank-0``, or ``ramp-`` and the colour.
        number: the place from the best, if colour and disc are not enough; otherwise empty.
    """

    colour: str
    value: float
    sign: str
    look: str
    number: str = ""


def level_marks(study: Study) -> dict[tuple[str, str], LevelMark]:
    """Return the symbol of every level, by scale and level, each scale from its best level down."""
    levels = study["levels"].assign(value=pd.to_numeric(study["levels"]["value"]))
    marks = {}
    for scale, rows in levels.groupby("scale_id", sort=False):
        ranked = rows.sort_values("value", ascending=False, kind="stable")
        long = len(ranked) > len(PALETTE)
        # On a scale of two, the lower level skips a colour, so as not to look like a middle one.
        colours = PALETTE[:3:2] if len(ranked) == 2 else ramp(len(ranked)) if long else PALETTE
        discs = [_DISCS[round(4 * value)] for value in ranked["value"]]
        alike = len(set(discs)) < len(discs)
        # Levels of equal value share a place, with a letter to distinguish them.
        places = ranked["value"].rank(method="min", ascending=False).astype(int).tolist()
        signs = [
            f"{place}{_letter(rank + 1 - place) if places.count(place) > 1 else ''}"
            for rank, place in enumerate(places)
        ]
        for rank, row in enumerate(each_row(ranked)):
            colour = colours[rank]
            marks[(scale, row.level)] = LevelMark(
                colour,
                row.value,
                f"{discs[rank]}{signs[rank]}" if alike else discs[rank],
                f"ramp-{colour[1:]}" if long else f"rank-{PALETTE.index(colour)}",
                signs[rank] if long or places.count(places[rank]) > 1 else "",
            )
    return marks


def _letter(number: int) -> str:
    """Return the letter of a level among those of equal value: a to z, then aa to zz, and so on."""
    return ascii_lowercase[number % 26] * (number // 26 + 1)


def places_note(study: Study) -> str:
    """Return the explanation of the numbers on symbols; empty if no symbol has a number."""
    numbered = any(len(mark.sign) > 1 for mark in level_marks(study).values())
    if not numbered:
        return ""
    note = "A number on a level is its place on its scale: 1 is the best."
    values = study["levels"].assign(value=pd.to_numeric(study["levels"]["value"]))
    shared = values.duplicated(["scale_id", "value"]).any()
    return f"{note} Levels of one value share it, each with a letter." if shared else note


def ramp(count: int) -> list[str]:
    """Return ``count`` colours in a perceptual order, from dark (the best level) to lighter."""
    colours = _every_colour()
    return [colours[at] for at in np.linspace(0, len(colours) - 1, count).round().astype(int)]


@cache
def _every_colour() -> list[str]:
    """Return every distinct colour of the ramp, about 340."""
    # Imported late: few studies have a scale this long.
    from matplotlib import colormaps

    plasma = colormaps["plasma"]
    rgb = plasma(np.arange(plasma.N))[:, :3]
    at = np.linspace(0, _RAMP_END * (len(rgb) - 1), 2000)
    parts = [np.interp(at, np.arange(len(rgb)), rgb[:, part]) for part in range(3)]
    colours = (np.stack(parts, axis=1) * 255).round().astype(int)
    return list(dict.fromkeys("#{:02x}{:02x}{:02x}".format(*colour) for colour in colours))


def ramp_rules(study: Study) -> str:
    """Return the stylesheet rules for the ramp colours that this study's scales use."""
    looks = {
        mark.look: mark.colour
        for mark in level_marks(study).values()
        if mark.look.startswith("ramp-")
    }
    return "".join(f".{look} {{ background: {colour}; }}\n" for look, colour in looks.items())
