"""The tables for reading that results and a study have, by name."""

import hashlib
from collections.abc import Callable

import pandas as pd

from analysis.api.given import no_such
from analysis.api.reading import Table, labelled
from analysis.api.typed import NUMBERS
from analysis.fieldwork.agreement import agreement, as_table, confusion, disagreements
from analysis.frames import each_row
from analysis.measure.figures import named_figures
from analysis.measure.gaps import GAP_STATES
from analysis.measure.national import criteria_in_use
from analysis.measure.priorities import national_questions
from analysis.measure.results import Results
from analysis.measure.score_basis import known_units
from analysis.measure.scores import in_force_at_all, scores
from analysis.measure.side_by_side import irreconcilable
from analysis.measure.state_changes import came_into_force
from analysis.measure.tree import TOTAL
from analysis.show import sensitivity as choices
from analysis.show.caveats import caveats
from analysis.show.labels import interval_words, level_word, word
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.cells import searches_by_unit
from analysis.study.evidence import changes_since_reading


def table_of(results: Results, name: str) -> Table:
    """Return a table of results for reading.

    Raises:
        StudyError: there is no table of this name.
    """
    if not isinstance(name, str) or name not in TABLES:
        raise no_such("table", name, TABLES, "table")
    title, make = TABLES[name]
    return Table(labelled(results.study, make(results)), f"{title}.", caveats(results))


def _national(results: Results) -> pd.DataFrame:
    wide = results.national.pivot(index="criterion_id", columns="state", values="units")
    criteria = _criteria_ids(results)
    wide = wide.reindex(index=criteria, columns=results.national["state"].unique())
    wide = wide.rename(columns=level_word).astype("Int64")
    return wide.assign(sum=wide.sum(axis=1)).reset_index()


def _criteria_ids(results: Results) -> list[str]:
    return list(criteria_in_use(results.study)["criterion_id"])


def _of_criteria(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    return table[table["criterion_id"].isin(_criteria_ids(results))]


def _matrix(results: Results) -> pd.DataFrame:
    labels = results.study.lookup("criteria", "label")
    grid = results.matrix.grid()[_criteria_ids(results)].map(level_word)
    return grid.rename(columns=labels).rename_axis(index="unit_id").reset_index()


def _over_time(results: Results) -> pd.DataFrame:
    """Return the intervals that differ between dates, on the criteria in force at all of them."""
    study, steps = results.study, results.over_time
    criteria = in_force_at_all(study, [matrix.as_of for _, matrix in steps])
    columns = {}
    for label, matrix in steps:
        table = scores(study.at(matrix.as_of), matrix, criteria)
        table = table[table["group_id"] == TOTAL].set_index("unit_id")
        columns[f"{label} ({matrix.as_of})"] = {
            unit: interval_words(row["low"], row["high"], row["known"], study.settings.display)
            for unit, row in table.iterrows()
        }
    intervals = pd.DataFrame(columns).reindex(study["units"]["unit_id"])
    moved = intervals[intervals.nunique(axis=1, dropna=False) > 1]
    return moved.rename_axis("unit_id").reset_index()


def _changes(results: Results) -> pd.DataFrame:
    days = [str(matrix.as_of) for _, matrix in results.over_time][1:]
    tables = [
        table[~came_into_force(table)].assign(to_date=day)
        for day, table in zip(days, results.changes, strict=True)
    ]
    columns = ["to_date", "unit_id", "criterion_id", "before", "after", "why", "evidence_ids"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def _scores_by_coder(results: Results) -> pd.DataFrame:
    table, display = results.readings, results.study.settings.display
    table = table[table["unit_id"].isin(known_units(table))]
    words = [interval_words(row.low, row.high, row.known, display) for row in each_row(table)]
    wide = table.assign(interval=words).pivot(index="unit_id", columns="reading", values="interval")
    return wide.reindex(
        index=table["unit_id"].unique(), columns=table["reading"].unique()
    ).reset_index()


def _dates(results: Results) -> pd.DataFrame:
    """Return the dates of comparison, with how many scored cells were in force and known."""
    figures = named_figures(results)
    rows = [
        (
            label,
            str(matrix.as_of),
            *(figures[f"at.{matrix.as_of}.{part}"].value for part in _DATE_COUNTS),
        )
        for label, matrix in results.over_time
    ]
    return pd.DataFrame(rows, columns=["date", "day", "scored cells in force", "settled"])


_DATE_COUNTS = ("scored", "settled")


def _cells(results: Results) -> pd.DataFrame:
    cells = _of_criteria(results, results.matrix.cells)
    return _with_document_changes(
        results, cells[~cells["state"].isin([v.NOT_FOUND, v.NOT_ASSESSED])]
    )


def _with_document_changes(results: Results, cells: pd.DataFrame) -> pd.DataFrame:
    """Add a column on how the cells' documents have changed, if any document was rechecked."""
    study = results.study
    if study["checks"].empty:
        return cells
    return cells.assign(since_read=changes_since_reading(study, cells["evidence_ids"]))


def _reasons(results: Results) -> pd.DataFrame:
    """Return the scored cells that a source leaves open, each with the reason of its coding."""
    study = results.study
    scored = study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"]
    cells = _of_criteria(results, results.matrix.cells)
    cells = cells[cells["criterion_id"].isin(scored) & (cells["row"] >= 0)]
    cells = cells[cells["state"].isin([v.INCONCLUSIVE, v.OUTDATED, v.WITHHELD])]
    why = study["assessments"]["rationale"].reindex(cells["row"]).to_numpy()
    columns = ["unit_id", "criterion_id", "state", "last_level", "observed_on", "rationale"]
    cells = _with_document_changes(results, cells.assign(rationale=why))
    return cells[[*columns, *cells.columns.intersection(["since_read"])]]


def _ranked(results: Results) -> pd.DataFrame:
    return results.ranks.rename(columns={"best": "best rank", "worst": "worst rank"})


def _intervals_by_scenario(results: Results, units: list[str]) -> pd.DataFrame:
    return choices.interval_table(results, units) if units else pd.DataFrame({"choice": []})


MakeTable = Callable[[Results], pd.DataFrame]

TABLES: dict[str, tuple[str, MakeTable]] = {
    "matrix": ("The state of every cell", _matrix),
    "scores": (
        "The total score of each, from the worst to the best that the evidence allows",
        lambda r: r.scores[r.scores["group_id"] == TOTAL].drop(columns="group_id"),
    ),
    "groups": (
        "The score of each on each recommendation",
        lambda r: r.scores[r.scores["group_id"] != TOTAL],
    ),
    "national": ("How many are at each state of each criterion", _national),
    "coverage": (
        "How much is known of each criterion",
        lambda r: r.coverage.loc[_criteria_ids(r)].rename(columns=word).reset_index(),
    ),
    "gaps": ("What is missing and what is unknown, by recommendation", lambda r: r.gaps),
    "national gaps": (
        "How many meet each recommendation, fall short, or could not be judged",
        lambda r: r.national_gaps.rename(columns={state: word(state) for state in GAP_STATES}),
    ),
    "cells": ("Every cell on which something was read", _cells),
    "reasons": ("What a source leaves open, and why", _reasons),
    "dates": ("The dates compared", _dates),
    "ranks": ("The best and the worst rank that each can have", _ranked),
    "pairs": ("Who is surely above whom", lambda r: r.pairs),
    "priorities": ("What to ask next", lambda r: _of_criteria(r, r.next_questions)),
    "national priorities": (
        "What to ask next, by criterion",
        lambda r: _of_criteria(r, national_questions(r.study, r.next_questions)),
    ),
    "published totals": ("Published counts beside what the evidence shows", lambda r: r.totals),
    "bounds": (
        "National figures, with the published counts and without",
        lambda r: r.national_bounds.rename(columns={"low": "lowest", "high": "highest"}),
    ),
    "changes": ("Cells that differ between two dates, and why", _changes),
    "over time": ("Scores that differ between dates, on the criteria in force at all", _over_time),
    "readings": ("The score under each coder’s own codings, and as settled", _scores_by_coder),
    "choices": ("National figures under other choices", lambda r: choices.national_table(r)),
    "choices by level": ("Counts of levels under other choices", lambda r: choices.level_table(r)),
    "choices by unit": (
        "Scores under other choices, of those of which anything is known",
        lambda r: _intervals_by_scenario(r, r.sensitivity.known),
    ),
    "choices otherwise known": (
        "Scores of those of which anything is known only under another choice",
        lambda r: _intervals_by_scenario(r, r.sensitivity.known_otherwise),
    ),
    "choices and statements": (
        "What would hold at the study’s own weights, and what it falls to",
        lambda r: choices.statement_table(r),
    ),
    "choices by kind": ("How many statements fall to each choice", lambda r: choices.fall_table(r)),
}
"""Every table for reading of results: its title, and the function that makes it."""


def record_of(study: Study, name: str) -> Table:
    """Return a table of a study for reading.

    Raises:
        StudyError: there is no table of this name.
    """
    own, numbers = study.descriptor.tables, []
    if not isinstance(name, str) or not (name in RECORDS or name in own):
        raise no_such("table", name, [*RECORDS, *own], "table")
    if name in RECORDS:
        title, make = RECORDS[name]
        table = make(study)
    else:
        title, table = own[name].title or name, study[name]
        numbers = [field.name for field in own[name].fields if field.type in NUMBERS]
    lines = [study.mark] if study.mark else []
    return Table(labelled(study, table, numbers), f"{title.rstrip('.')}.", lines)


def _agreement(study: Study) -> pd.DataFrame:
    table = as_table(agreement(study))
    return table[["criterion_id", "measure", "cells", "same", "in_words"]]


def _confusion(study: Study) -> pd.DataFrame:
    table = confusion(study).rename(index=level_word, columns=level_word)
    return table.rename_axis("value").reset_index()


def _files(study: Study) -> pd.DataFrame:
    rows = [
        (table.path, len(study[name]), _hash(study, table.path))
        for name, table in study.descriptor.tables.items()
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "sha256"])


def _hash(study: Study, path: str) -> str:
    # A migrated file is hashed as migrated; any other as it was read, or as it is in the folder.
    if path in study.inputs and path not in study.migrated_files:
        return study.inputs[path][:16]
    content = study.migrated_files.get(path) or (study.folder / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


def _read_by_unit(study: Study) -> pd.DataFrame:
    """Return how many statements and queries each unit has, and how many statements are cited."""
    evidence, searches = study["evidence"], searches_by_unit(study)
    cited = evidence[evidence["evidence_id"].isin(study.cited_evidence())]
    queries = pd.to_numeric(searches["queries_count"]).groupby(searches["unit_id"]).sum()
    units = study["units"]["unit_id"]
    counts = {
        "statements": evidence["unit_id"].value_counts(),
        "cited": cited["unit_id"].value_counts(),
        "queries": queries,
    }
    columns = {name: units.map(count).fillna(0).astype(int) for name, count in counts.items()}
    return study["units"][["unit_id", "region"]].assign(**columns)


def _row_counts(table: str, columns: list[str], noun: str) -> Callable[[Study], pd.DataFrame]:
    def make(study: Study) -> pd.DataFrame:
        rows = study[table].replace(dict.fromkeys(columns, ""), "(not recorded)")
        return rows.groupby(columns).size().rename(noun).reset_index()

    return make


RECORDS: dict[str, tuple[str, Callable[[Study], pd.DataFrame]]] = {
    "agreement": ("How far the coders agree, and on how many cells", _agreement),
    "confusion": ("How often each pair of values met", _confusion),
    "disagreements": ("Each cell on which the coders differ", disagreements),
    "evidence read": (
        "Statements of evidence, by how far the document was read",
        _row_counts("evidence", ["scope", "extent_read"], "statements"),
    ),
    "sources read": (
        "Documents, by how far they were read",
        _row_counts("sources", ["kind", "extent_read"], "documents"),
    ),
    "read by unit": ("What was read and looked for, of each", _read_by_unit),
    "irreconcilable": (
        "Published figures where the shorter period has the larger count",
        irreconcilable,
    ),
    "files": ("The tables of the study, as they were read", _files),
}
"""Tables for reading of a study: the title of each, and the function that makes it."""
