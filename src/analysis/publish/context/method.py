"""The context on the method: meanings of states, rules for groups of units, dates compared."""

import datetime as dt
from collections import Counter

from analysis.frames import each_row, records
from analysis.measure.results import Results
from analysis.measure.state_changes import came_into_force
from analysis.measure.tree import POOLED
from analysis.show.labels import among_words, listed
from analysis.show.symbols import level_marks
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_names
from analysis.wording import DOZEN, agreeing, beyond, counted, exact, spoken


def states_key(study: Study) -> list[dict]:
    """Return every level and every unknown with its meaning.

    ``among`` follows the name of a level that another scale also has: the scale in brackets.
    """
    names, marks = level_names(study), level_marks(study)
    # Levels with the same look and meaning on several scales are listed once.
    levels: dict[tuple, dict] = {}
    for row in each_row(study["levels"]):
        name = names[row.scale_id, row.level]
        entry = {"state": row.level, "meaning": row.meaning, "scale": row.scale_id}
        entry["among"] = name.removeprefix(row.level)
        levels.setdefault((name, row.meaning, marks[row.scale_id, row.level]), entry)
    same_name = Counter((level["state"], level["among"]) for level in levels.values())
    for level in levels.values():
        # Levels with the same name but different meanings get their scale in brackets.
        if same_name[level["state"], level["among"]] > 1 and not level["among"]:
            level["among"] = f" ({level['scale']})"
    unknowns = [
        {"state": code, "meaning": v.MEANING[code], "scale": "", "among": ""} for code in v.UNKNOWNS
    ]
    return [*levels.values(), *unknowns]


def group_rules(study: Study) -> list[str]:
    """Return sentences on the criteria that do not apply to a group of units, and on its weights."""
    names, labels = study.lookup("units", "short_name"), study.lookup("criteria", "label")
    nodes = {**study.lookup("recommendations", "label"), **labels}
    usual = {**study.lookup("recommendations", "weight"), **study.lookup("criteria", "weight")}
    rules = []
    for row in records(study["applicability"]):
        since = f" from {row['from_day']} on" if row["from_day"] else ""
        among, reason = among_words(row["among"], names), row["reason"].rstrip(".")
        rules.append(f"{among}: “{labels[row['criterion_id']]}” does not apply{since}. {reason}.")
    weights = study["group_weights"]
    if study.settings.aggregation == POOLED:  # weights of groups have no effect if pooled
        weights = weights[weights["node_id"].isin(list(labels))]
    for row in records(weights):
        among, reason = among_words(row["among"], names), row["reason"].rstrip(".")
        node, other = nodes[row["node_id"]], usual[row["node_id"]]
        rules.append(
            f"{among}: the weight of “{node}” is {exact(row['weight'])}, where it else is {exact(other)}. {reason}."
        )
    return rules


def dates_compared(results: Results) -> list[dict]:
    """Return the dates of comparison, each with the changes since the date before.

    ``answers`` are the changed scored cells with an answer at one of the two dates. Cells of a unit
    that changed in the same way are grouped, with their ``labels``.
    """
    study = results.study
    matrices = [matrix for _, matrix in results.over_time]
    changes = [[], *(records(table[~came_into_force(table)]) for table in results.changes)]
    return [
        {
            "label": label,
            "date": spoken(matrix.as_of),
            "key": f"at.{matrix.as_of.isoformat()}",
            "answers": _answers(study, rows),
            "lives": _lives_between(study, before, matrix),
        }
        for (label, matrix), before, rows in zip(
            results.over_time, [*matrices[:1], *matrices], changes, strict=False
        )
    ]


def _answers(study: Study, rows: list[dict]) -> list[dict]:
    names, labels, scored, scales = (
        study.lookup(table, column)
        for table, column in (
            ("units", "short_name"),
            ("criteria", "label"),
            ("criteria", "scored"),
            ("criteria", "scale_id"),
        )
    )
    groups: dict[tuple, dict] = {}
    for row in rows:
        criterion = row["criterion_id"]
        if scored[criterion] == "yes" and not {row["before"], row["after"]} <= {*v.UNKNOWNS}:
            key = row["unit_id"], scales[criterion], row["before"], row["after"]
            new = {**row, "unit": names[row["unit_id"]], "scale": scales[criterion], "labels": []}
            groups.setdefault(key, new)["labels"].append(labels[criterion])
    return list(groups.values())


def _lives_between(study: Study, before: Matrix, after: Matrix) -> list[str]:
    """Return sentences on units that began or ended between two dates, and the effect on counts."""
    units, noun = study.tables["units"], study.settings.unit_noun.both
    first, last = before.as_of.isoformat(), after.as_of.isoformat()
    began = (units["exists_from"] > first) & (units["exists_from"] <= last)
    ended = (units["exists_until"] >= first) & (units["exists_until"] < last)
    changed = records(units[began | ended])
    if not changed:
        return []
    names = study.lookup("units", "short_name")
    earlier, later = (set(matrix.cells["unit_id"]) for matrix in (before, after))
    both = len(earlier & later)
    lives = [life_in_words(row, first, last, names) for row in changed]
    if len(lives) > DOZEN:
        lives = [*lives[:DOZEN], f"And {beyond(lives):,} more: see the table of units."]
    return [
        *lives,
        f"So the counts are of {counted(len(earlier), *noun)} at the earlier date and {len(later)} "
        f"at the later one; only {counted(both, *noun)} {agreeing(both, 'exists', 'exist')} "
        "at both and can differ.",
    ]


def life_in_words(row: dict, first: str, last: str, names: dict[str, str]) -> str:
    """Return one or two sentences on when a unit began or ended, relative to two dates."""
    name, began, ended = row["short_name"], row["exists_from"], row["exists_until"]
    days = [day and spoken(dt.date.fromisoformat(day)) for day in (began, ended)]
    if ended >= last or not ended:
        return f"{name} exists only from {days[0]}."
    between = f"{name} existed only from {days[0]} to {days[1]}, and at neither date."
    life = between if began > first else f"{name} existed until {days[1]}."
    followed = [names[part] for part in row["successor_ids"].split(";") if part]
    return f"{life} It was followed by {listed(followed)}." if followed else life
