"""The context of the dates compared, and of the units that began or ended between them."""

import datetime as dt

from analysis.frames import records
from analysis.measure.results import Results
from analysis.measure.state_changes import came_into_force
from analysis.show.labels import (
    listed,
)
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.wording import DOZEN, agreeing, beyond, counted, spoken


def dates_compared(results: Results) -> list[dict]:
    """Return the dates of comparison: what was settled then, and what differs from before.

    ``answers`` are the scored cells that have an answer at one of two dates: those of a unit
    that differ in the same way are together, with their ``labels``.
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
    """Name the units that began or ended between two dates, and say what that does to counts."""
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
    """Say in a sentence or two when a unit began or ended, seen from two dates."""
    name, began, ended = row["short_name"], row["exists_from"], row["exists_until"]
    days = [day and spoken(dt.date.fromisoformat(day)) for day in (began, ended)]
    if ended >= last or not ended:
        return f"{name} exists only from {days[0]}."
    between = f"{name} existed only from {days[0]} to {days[1]}, and at neither date."
    life = between if began > first else f"{name} existed until {days[1]}."
    followed = [names[part] for part in row["successor_ids"].split(";") if part]
    return f"{life} It was followed by {listed(followed)}." if followed else life
