"""Audit: each published total and score compared with the evidence on its own day."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import RowKey, each_row
from analysis.measure.constraints import (
    AT_LEAST,
    AT_MOST,
    EXACTLY,
    SCORES,
    TOTALS,
    Constrained,
    ScoreReader,
    published_range,
)
from analysis.measure.feasible import Constraint, satisfiable
from analysis.measure.infeasible import InfeasibleSet
from analysis.measure.scores import kept_off_ends
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.published import levels_of, rounding_words, score_ends, units_among
from analysis.wording import agreeing, capital, listed, stopped

CONSISTENT, OPEN, CONTRADICTED = "consistent", "open", "contradicted"

ConstrainedAt = Callable[[dt.date], Constrained]
"""A function that gives the constrained matrix of a day."""

_VERDICT = ["status", "open_by", "set_aside", "clash"]
_SOURCE = ["source_id", "note"]


def published_days(study: Study) -> list[dt.date]:
    """Return the days of which a total or a score was published, in order."""
    days = {day for name in (TOTALS, SCORES) for day in study.at(None)[name]["as_of"]}
    return [dt.date.fromisoformat(day) for day in sorted(days)]


def audit_totals(study: Study, at: ConstrainedAt) -> pd.DataFrame:
    """Compare each published total with the evidence on the total's own day.

    Returns:
        ``total_id``, ``criterion_id``, ``level``, ``relation`` (never empty), ``count``, ``of``,
        ``among``, ``as_of`` and ``settles_cells`` as published; ``named``, units that the
        evidence shows at the level; ``cannot_be_told``, units whose level is unknown;
        ``status``: "consistent" where the evidence alone bears the total out, "contradicted" where
        it rules the total out, else "open"; ``open_by``: how many of the units with an unknown
        level must still turn out to be at the level (for at most: not to be);
        ``set_aside`` and ``clash``: whether the total is left out, and the rows that cannot all be
        true with it, itself included, joined by ";"; ``source_id`` and ``note``.
    """
    table = study[TOTALS].reset_index(drop=True)
    verdicts = []
    for row in each_row(table):
        day = dt.date.fromisoformat(row.as_of)
        constrained, units = at(day), study.at(day)["units"]
        among, cells = units_among(units, row.among), constrained.matrix.cells
        state = cells.loc[cells["criterion_id"] == row.criterion_id, "state"].to_numpy()[among]
        named = int(np.isin(state, levels_of(row.level)).sum())
        unknown = int(np.isin(state, v.OPEN).sum())
        low, high = published_range(row, int(among.sum()))
        status = _count_status(low, high, named, named + unknown)
        clash = _clash_of(constrained, RowKey(TOTALS, (row.total_id,)))
        verdicts.append((named, unknown, *status, *clash))
    columns = ["total_id", "criterion_id", "level", "relation", "count", "of", "among", "as_of"]
    published = table[[*columns, "settles_cells"]].astype({"count": int, "of": int})
    published["relation"] = published["relation"].replace("", EXACTLY)
    names = ["named", "cannot_be_told", *_VERDICT]
    return pd.concat(
        [published, pd.DataFrame(verdicts, columns=names), table[_SOURCE]], axis="columns"
    )


def audit_scores(study: Study, at: ConstrainedAt) -> pd.DataFrame:
    """Compare each published score with what the evidence allows on the score's own day.

    Returns:
        ``score_id``, ``unit_id``, ``group_id``, ``as_of``, ``score``, ``step``, ``rounding``,
        ``weights`` and ``settles_cells`` as published; ``lowest`` and ``highest``, the ends between
        which the score lay before rounding, within 0 to 100; ``lowest_in`` and ``highest_in``,
        whether these ends are possible themselves; ``low`` and ``high``, on 0 to 100, the least and
        the greatest score that the evidence allows by the publisher's weights (missing where
        nothing of it is in the sum); the rest as for totals, but ``open_by`` is how many of its
        cells are open.
    """
    table = study.at(None)[SCORES].reset_index(drop=True)  # each on its own day
    before_rounding, verdicts, readers = [], [], {}
    for score in each_row(table):
        day = dt.date.fromisoformat(score.as_of)
        constrained = at(day)
        if day not in readers:
            readers[day] = ScoreReader(study.at(day), constrained.matrix, constrained.levels)
        parts, row = readers[day].parts(score), constrained.rows[RowKey(SCORES, (score.score_id,))]
        settled, open_parts = parts or (float("nan"), {})
        ends = score_ends(score)
        least = sum((min(part) for part in open_parts.values()), settled)
        most = sum((max(part) for part in open_parts.values()), settled)
        if not satisfiable(constrained.choices, [row]):
            status = CONTRADICTED
        else:
            sums = [sum(map(end, row.parts.values())) for end in (min, max)]
            status = CONSISTENT if all(map(row.is_satisfied_by, sums)) else OPEN
        before_rounding.append(
            (
                float(max(ends.low, 0)),
                "yes" if ends.low_in or ends.low < 0 else "no",
                float(min(ends.high, 100)),
                "yes" if ends.high_in or ends.high > 100 else "no",
            )
        )
        allowed = kept_off_ends(100 * least), kept_off_ends(100 * most)
        clash = _clash_of(constrained, RowKey(SCORES, (score.score_id,)))
        verdicts.append((*allowed, status, len(open_parts), *clash))
    published = table[["score_id", "unit_id", "group_id", "as_of", "score", "step", "rounding"]]
    numbers = {name: table[name].replace("", "nan").map(float) for name in ("score", "step")}
    ends = ["lowest", "lowest_in", "highest", "highest_in"]
    parts = [
        published.assign(**numbers),
        pd.DataFrame(before_rounding, columns=ends),
        table[["weights", "settles_cells"]],
        pd.DataFrame(verdicts, columns=["low", "high", *_VERDICT]),
        table[_SOURCE],
    ]
    return pd.concat(parts, axis="columns")


@dataclass(frozen=True)
class Bearing:
    """A total or score published for the date itself, in words, with the cells that it decides.

    Attributes:
        row: its table and id.
        units: the unit whose score it is, and the units whose cells it decides.
        text: what it is, how it was rounded, and what it decides, as sentences.
    """

    row: RowKey
    units: frozenset[str]
    text: str


def bearings(
    study: Study, constrained: Constrained, settled: Collection[tuple[str, str]]
) -> list[Bearing]:
    """Describe the effect of each score of the day, and of each total that decides a cell.

    Args:
        study: the study.
        constrained: the day's matrix and what was published of that day.
        settled: unit and criterion of every cell that published rows decide.
    """
    cells = constrained.matrix.cells
    keys = list(zip(cells["unit_id"], cells["criterion_id"], strict=True))
    blocks = {row.name: block for block in constrained.settling_blocks for row in block.constraints}
    standing = {constraint.name for constraint in (*constrained.firm, *constrained.weak)}
    all_bearings = []
    for name, row in constrained.rows.items():
        published = _published_row(study, name)
        bound = [keys[cell] for cell in row.parts] if name in blocks else []
        settles = [cell for cell in bound if cell in settled]
        if name.table == TOTALS and not settles:
            continue
        units = {unit for unit, _ in settles}
        if name.table == SCORES:
            units.add(published.unit_id)
        tied = blocks[name].constraints if settles else ()
        others = [constraint.name for constraint in tied if constraint.name != name]
        effect = _effect_in_words(study, row, name in standing, settles, bound, others)
        text = f"{capital(_row_words(study, name))} (source {published.source_id}). {effect}"
        all_bearings.append(Bearing(name, frozenset(units), text))
    return all_bearings


def _effect_in_words(
    study: Study, row: Constraint, is_standing: bool, settles, cells, others
) -> str:
    """Return, in words, the effect of a published row on the cells that it constrains."""
    is_score = row.name.table == SCORES
    labels, names = study.lookup("criteria", "label"), study.lookup("units", "short_name")

    def cell_words(cells) -> str:
        parts = [
            f"“{labels[criterion]}”"
            if is_score
            else f"“{labels[criterion]}” of {isolated_name(names[unit])}"
            for unit, criterion in cells
        ]
        return listed(parts, "data/bounds.csv")

    if not is_standing:
        return "It is set aside, since it cannot be true."
    if settles:
        alone = f"Together with {listed(_ids(others), 'data/bounds.csv')} it" if others else "It"
        return f"{alone} settles {cell_words(settles)}."
    if cells:
        return f"It settles no cell, and binds {cell_words(cells)}."
    if row.parts:
        return "It may settle no cell, and bears on national figures alone."
    return "None of its cells is open."


def _count_status(low: int | None, high: int | None, named: int, most: int) -> tuple[str, int]:
    """Return the status of a published count, and by how many units it is open."""
    if (high is not None and named > high) or (low is not None and most < low):
        return CONTRADICTED, 0
    upper = 0 if high is None else most - high
    missing = upper if low is None else low - named
    return (OPEN, missing) if missing > 0 else (CONSISTENT, 0)


def _clash_of(constrained: Constrained, name: RowKey) -> tuple[str, str]:
    for clash in constrained.clashes:
        if name in clash.set_aside:
            return "yes", ";".join(_ids(clash.rows))
    return "no", ""


def clash_sentence(study: Study, clash: InfeasibleSet) -> str:
    """Return a clash in sentences: which rows cannot all be true, and which are set aside."""
    in_words = {name: _row_words(study, name) for name in clash.rows}
    if len(clash.rows) == 1:
        words = in_words[clash.rows[0]]
        return f"{capital(words)}. This cannot be true beside our answers. It is set aside."
    standing = _ids(name for name in clash.rows if name not in clash.set_aside)
    outcome = (
        f"{listed(standing)} may decide answers and {agreeing(len(standing), 'stands', 'stand')}. "
        "The rest is set aside."
        if standing
        else "All of them are set aside, since nothing tells which of them is wrong."
    )
    count = len(clash.rows)
    clashing = f"These {count} cannot all be true beside our answers, though any fewer could be."
    if count == 2:
        clashing = "These two cannot both be true beside our answers, though either alone could be."
    rows = stopped([capital(words) for words in in_words.values()], "published_totals.csv")
    return f"{clashing} {rows}. {outcome}"


def _ids(names: Iterable[RowKey]) -> list[str]:
    return [name for _, (name,) in names]


def _published_row(study: Study, name: RowKey):
    """Return a published row by its name."""
    table = study[name.table]
    (row,) = each_row(table[table.iloc[:, 0] == name.key[0]])
    return row


def _row_words(study: Study, name: RowKey) -> str:
    row, (key,) = _published_row(study, name), name.key
    if name.table == TOTALS:
        at = " or ".join(level.replace("_", " ") for level in levels_of(row.level))
        how = {AT_LEAST: "at least ", AT_MOST: "at most "}.get(row.relation, "")
        among = stopped(row.among.replace("=", " ").split(";"), "published_totals.csv", ", ")
        where = f" (among {among})" if row.among else ""
        label = study.lookup("criteria", "label")[row.criterion_id]
        return f"published total {key}: {how}{row.count} of {row.of}{where} at “{at}” on “{label}” on {row.as_of}"
    unit = isolated_name(study.lookup("units", "short_name")[row.unit_id])
    labels = study.lookup("recommendations", "label")
    group = f"on “{labels[row.group_id]}”" if row.group_id in labels else "in all"
    return (
        f"published score {key}: {row.score}{rounding_words(row)}, of {unit} {group} on {row.as_of}"
    )
