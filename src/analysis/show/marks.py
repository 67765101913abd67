"""The colour and the mark of every state, in pictures, in tables and on pages alike.

Colours are those of the Government Analysis Function's palette, in its order. Levels have
colour, unknowns are greys; each has a mark of its own as well, so that all can be read without
the colours (WCAG 2.2, success criterion 1.4.1).
"""

from dataclasses import dataclass

import pandas as pd

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


@dataclass(frozen=True)
class LevelMark:
    """How a level is drawn: a colour by its rank, and a disc filled by its value."""

    colour: str
    value: float


def level_marks(study: Study) -> dict[tuple[str, str], LevelMark]:
    """Return the mark of every level, by scale and level; the best has the first colour."""
    levels = study["levels"].assign(value=pd.to_numeric(study["levels"]["value"]))
    marks = {}
    for scale, rows in levels.groupby("scale_id", sort=False):
        ranked = rows.sort_values("value", ascending=False, kind="stable")
        # Of two levels the lower has the third colour, so that it never looks like a middle one.
        colours = PALETTE[:3:2] if len(ranked) == 2 else PALETTE
        for rank, row in enumerate(ranked.itertuples()):
            colour = colours[rank % len(colours)]
            marks[(scale, row.level)] = LevelMark(colour, row.value)
    return marks
