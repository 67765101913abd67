"""The context of the method: what each state means, and what holds for groups of units."""

from collections import Counter

from analysis.frames import each_row, records
from analysis.measure.tree import POOLED
from analysis.show.labels import (
    among_words,
)
from analysis.show.symbols import level_marks
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_names
from analysis.wording import exact


def states_key(study: Study) -> list[dict]:
    """Return every level and every unknown with its meaning.

    ``among`` follows a level that has its name in common with another: the scale it is of.
    """
    names, marks = level_names(study), level_marks(study)
    # What looks and means the same on several scales is said once.
    levels: dict[tuple, dict] = {}
    for row in each_row(study["levels"]):
        name = names[row.scale_id, row.level]
        entry = {"state": row.level, "meaning": row.meaning, "scale": row.scale_id}
        entry["among"] = name.removeprefix(row.level)
        levels.setdefault((name, row.meaning, marks[row.scale_id, row.level]), entry)
    same_name = Counter((level["state"], level["among"]) for level in levels.values())
    for level in levels.values():
        # Of one name and worth alike, but not of one meaning.
        if same_name[level["state"], level["among"]] > 1 and not level["among"]:
            level["among"] = f" ({level['scale']})"
    unknowns = [
        {"state": code, "meaning": v.MEANING[code], "scale": "", "among": ""} for code in v.UNKNOWNS
    ]
    return [*levels.values(), *unknowns]


def group_rules(study: Study) -> list[str]:
    """Say of each group of units which criteria do not apply to it, and which weights it has."""
    names, labels = study.lookup("units", "short_name"), study.lookup("criteria", "label")
    nodes = {**study.lookup("recommendations", "label"), **labels}
    usual = {**study.lookup("recommendations", "weight"), **study.lookup("criteria", "weight")}
    rules = []
    for row in records(study["applicability"]):
        since = f" from {row['from_day']} on" if row["from_day"] else ""
        among, reason = among_words(row["among"], names), row["reason"].rstrip(".")
        rules.append(f"{among}: “{labels[row['criterion_id']]}” does not apply{since}. {reason}.")
    weights = study["group_weights"]
    if study.settings.aggregation == POOLED:  # there groups weigh nothing
        weights = weights[weights["node_id"].isin(list(labels))]
    for row in records(weights):
        among, reason = among_words(row["among"], names), row["reason"].rstrip(".")
        node, other = nodes[row["node_id"]], usual[row["node_id"]]
        rules.append(
            f"{among}: the weight of “{node}” is {exact(row['weight'])}, where it else is {exact(other)}. {reason}."
        )
    return rules
