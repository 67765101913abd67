"""The levels of a study: each is known by its scale and its name, since scales share names."""

import pandas as pd

from analysis.study.load import Study

Level = tuple[str, str]
"""A scale, and the name of a level on it."""


def level_values(study: Study) -> dict[Level, float]:
    """Return the value of every level."""
    levels = study["levels"]
    values = pd.to_numeric(levels["value"])
    return dict(zip(zip(levels["scale_id"], levels["level"], strict=True), values, strict=True))


def level_names(study: Study) -> dict[Level, str]:
    """Return a name for every level that no other thing has, whatever its capitals.

    Levels of several scales with one name and one value are one thing. Others that read alike
    are told apart by the scale; on one scale, by the place from the best as well.
    """
    values = level_values(study)
    things: dict[str, set[tuple[str, float]]] = {}
    for (_, level), value in values.items():
        things.setdefault(_read(level), set()).add((level, value))
    on_scale = pd.Series([(scale, _read(level)) for scale, level in values]).value_counts()
    names = {}
    for key in values:
        scale, level = key
        names[key] = level
        if on_scale[scale, _read(level)] > 1:
            own = [other for other in values if other[0] == scale]
            ranked = sorted(own, key=lambda other: -values[other])
            names[key] = f"{level} ({scale}, {ranked.index(key) + 1} of {len(ranked)})"
        elif len(things[_read(level)]) > 1:
            names[key] = f"{level} ({scale})"
    return names


def _read(level: str) -> str:
    return level.replace("_", " ").casefold()
