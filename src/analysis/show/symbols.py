"""The colour and the mark of every state, in pictures, in tables and on pages alike.

Colours are those of the Government Analysis Function's palette, in its order, as far as they go;
the levels of a longer scale have a ramp. Unknowns are greys; each state has a mark of its own as
well, so that all can be read without the colours (WCAG 2.2, success criterion 1.4.1).
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
"""The mark of each unknown."""

MOST_LEVELS = 12
"""Levels of a scale that are all told, where there is none of some of them."""
_DISCS = "○◔◑◕●"
_RAMP_END = 0.495
"""Where the ramp ends: the lightest colour on which white type has a contrast of 4.5 to 1."""


@dataclass(frozen=True)
class LevelMark:
    """How a level is drawn and marked.

    Attributes:
        colour: by its place on its scale.
        value: the share of a disc that is filled.
        sign: its mark in a text: a disc, with its place from the best if discs are too few.
        look: the name of the colour in stylesheets: ``rank-0``, or ``ramp-`` and the colour.
        number: its place from the best, where colour and disc do not tell it apart; else empty.
    """

    colour: str
    value: float
    sign: str
    look: str
    number: str = ""


def level_marks(study: Study) -> dict[tuple[str, str], LevelMark]:
    """Return the mark of every level, by scale and level, each scale from its best level down."""
    levels = study["levels"].assign(value=pd.to_numeric(study["levels"]["value"]))
    marks = {}
    for scale, rows in levels.groupby("scale_id", sort=False):
        ranked = rows.sort_values("value", ascending=False, kind="stable")
        long = len(ranked) > len(PALETTE)
        # Of two levels the lower has the third colour, so that it never looks like a middle one.
        colours = PALETTE[:3:2] if len(ranked) == 2 else ramp(len(ranked)) if long else PALETTE
        discs = [_DISCS[round(4 * value)] for value in ranked["value"]]
        alike = len(set(discs)) < len(discs)
        # Levels of one value share their place, and are told apart by a letter.
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
    """Return the letter of a place among equals: a to z, then aa to zz, and so on."""
    return ascii_lowercase[number % 26] * (number // 26 + 1)


def places_note(study: Study) -> str:
    """Return what the numbers of the marks mean, where there are any; else nothing."""
    numbered = any(len(mark.sign) > 1 for mark in level_marks(study).values())
    if not numbered:
        return ""
    note = "A number on a level is its place on its scale: 1 is the best."
    values = study["levels"].assign(value=pd.to_numeric(study["levels"]["value"]))
    shared = values.duplicated(["scale_id", "value"]).any()
    return f"{note} Levels of one value share it, each with a letter." if shared else note


def ramp(count: int) -> list[str]:
    """Return so many colours in an order that is seen: from dark for the best to lighter."""
    colours = _every_colour()
    return [colours[at] for at in np.linspace(0, len(colours) - 1, count).round().astype(int)]


@cache
def _every_colour() -> list[str]:
    """Return every colour of the ramp, each once: some 340."""
    # Imported late: of most studies no scale is so long.
    from matplotlib import colormaps

    plasma = colormaps["plasma"]
    rgb = plasma(np.arange(plasma.N))[:, :3]
    at = np.linspace(0, _RAMP_END * (len(rgb) - 1), 2000)
    parts = [np.interp(at, np.arange(len(rgb)), rgb[:, part]) for part in range(3)]
    colours = (np.stack(parts, axis=1) * 255).round().astype(int)
    return list(dict.fromkeys("#{:02x}{:02x}{:02x}".format(*colour) for colour in colours))


def ramp_rules(study: Study) -> str:
    """Return the rules of a stylesheet for the colours that only scales of this study have."""
    looks = {
        mark.look: mark.colour
        for mark in level_marks(study).values()
        if mark.look.startswith("ramp-")
    }
    return "".join(f".{look} {{ background: {colour}; }}\n" for look, colour in looks.items())
