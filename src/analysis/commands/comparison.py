"""``policygap compare``: two versions of a study, as text, JSON or CSV."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from rich.table import Table
from rich.text import Text

from analysis.direction import set_apart
from analysis.frames import each_row, records
from analysis.measure.attribution import Comparison, compare
from analysis.problems import refusal
from analysis.show.comparison import (
    ROUNDED,
    SHARED,
    changed_cells,
    changed_evidence,
    changed_settings,
    in_sentences,
    moved_scores,
    searched_since,
    what_must_stand,
)
from analysis.show.labels import word
from analysis.study.tables import as_csv
from analysis.study.versions import Version, open_version
from analysis.terminal import PipeConsole, plain_table
from analysis.wording import capital

CSV_COLUMNS = ("unit_id", "measure", "before", "after", "cause", "part")
_EXACT = ("before", "after", "part")


def run(old: str, new: str, study: Path, as_of: dt.date | None, form: str, out: Path | None) -> int:
    """Compare two versions and print what differs; return 0.

    Args:
        old: a study's folder, or a git revision.
        new: likewise.
        study: the study whose git revisions OLD and NEW name.
        as_of: the date of the state in both; default: for each version the day by which its data
            had been read.
        form: ``text``, ``json`` or ``csv``.
        out: a file for the parts, as CSV.

    Raises:
        StudyError: a version cannot be read, or the file would overwrite something else.
    """
    if out is not None:
        _refuse_to_overwrite(out, [study, *(Path(version) for version in (old, new))])
    versions = [open_version(name, study) for name in (old, new)]
    comparison = compare(versions[0].study, versions[1].study, as_of)
    table = exact_parts(comparison)
    if out is not None:
        out.write_bytes(as_csv(table, marked=True))
    if form == "csv":
        print(table.to_csv(index=False, lineterminator="\n"), end="")
    elif form == "json":
        # In ASCII, so that it can be written to any terminal and read from any pipe.
        print(json.dumps(as_json(comparison, versions), indent=1))
    else:
        _print(comparison, versions)
    return 0


def exact_parts(comparison: Comparison) -> pd.DataFrame:
    """Return the parts as decimals, each with its fraction beside it.

    Returns:
        The columns of ``parts``, then ``before_exact``, ``after_exact`` and ``part_exact``, such
        as ``25/2``.
    """
    table = comparison.parts.copy()
    for column in _EXACT:
        table[f"{column}_exact"] = comparison.parts[column].map(str)
        table[column] = comparison.parts[column].map(float)
    return table


def as_json(comparison: Comparison, versions: list[Version]) -> dict:
    """Return a comparison as plain lists and texts, for JSON."""
    sides = zip(versions, (comparison.before, comparison.after), strict=True)
    old, new = (
        {
            "name": version.name,
            "version": version.study.descriptor.version,
            "status": version.study.settings.status,
            "as_of": str(matrix.as_of),
            "known_by": str(matrix.known_by),
            "filled_in": list(version.study.descriptor.added),
        }
        for version, matrix in sides
    )
    return {
        "old": old,
        "new": new,
        "must_stand": what_must_stand(comparison),
        "said": in_sentences(comparison),
        "changes": records(comparison.changes),
        "parts": records(exact_parts(comparison)),
        "cells": records(comparison.cells),
        "unscored": records(comparison.unscored),
        "changed_ids": comparison.changed_ids,
        "only_old": list(comparison.only_old),
        "only_new": list(comparison.only_new),
        "in_order": list(comparison.in_order),
    }


def _print(comparison: Comparison, versions: list[Version]) -> None:
    # In a pipe there is no width to keep to, and a wrapped cell is hard to search.
    console = PipeConsole(width=None if sys.stdout.isatty() else 220, highlight=False)
    for part in _page(comparison, versions):
        # Text and not markup: a value may hold square brackets.
        console.print(Text(set_apart(part)) if isinstance(part, str) else part)


def _page(comparison: Comparison, versions: list[Version]) -> Iterator[str | Table]:
    """Yield the lines and tables of a comparison, as they are printed."""
    yield f"{versions[0].name} compared with {versions[1].name}."
    yield from in_sentences(comparison)
    for version in versions:
        if version.study.descriptor.added:
            lacking = ", ".join(version.study.descriptor.added)
            yield f"{version.name} is from before these, read as an empty study has them: {lacking}."
    if comparison.same:
        return
    if comparison.before.as_of != comparison.after.as_of:
        yield "The two dates differ; --as-of asks for one date in both."
    noun = capital(comparison.new.settings.unit_noun.singular)
    yield from _scores(comparison, noun)
    yield from _cells(comparison, noun)
    heads = [noun, "Evidence", "What", "Cited by an assessment", "It says"]
    title = "Evidence that is new, corrected or gone"
    yield from _titled(comparison, title, changed_evidence(comparison), heads)
    heads = ["Cause", "Table", "What", "Column", "Before", "After"]
    yield from _titled(comparison, "What differs for all", changed_settings(comparison), heads)
    yield ""
    yield from what_must_stand(comparison)
    yield "Every differing row: --format json."


def _scores(comparison: Comparison, noun: str) -> Iterator[str | Table]:
    moved, repeats = moved_scores(comparison), ["unit_id", "before", "after"]
    several = moved["unit_id"].duplicated()
    moved[repeats] = moved[repeats].mask(several, "")
    moved["known"] = [text if text == "0" else f"{text} points" for text in moved["known"]]
    heads = [noun, "Before", "After", "Cause", "Worst case", "Best case", "Known"]
    title = "Scores that moved, 0 to 100, and by how much from each cause"
    yield from _titled(comparison, title, moved, heads)
    if len(moved):
        yield ROUNDED
    if several.any():
        yield SHARED


def _cells(comparison: Comparison, noun: str) -> Iterator[str | Table]:
    heads = [noun, "Criterion", "Before", "After", "Cause", "Evidence", "Old row", "New row"]
    for worth, what in ((True, "a score"), (False, "none")):
        cells = changed_cells(comparison, worth)
        cells[["before", "after"]] = cells[["before", "after"]].map(word)
        yield from _titled(
            comparison, f"Cells whose state changed, and can move {what}", cells, heads
        )
    searched = searched_since(comparison)
    searched["criterion_id"] = searched["criterion_id"].map(
        comparison.new.lookup("criteria", "label")
    )
    searched[["before", "after"]] = searched[["before", "after"]].map(word)
    heads = ["Criterion", "Before", "After", capital(comparison.new.settings.unit_noun.plural)]
    title = "Cells that differ by nothing but a search; none can move a score"
    yield from _titled(comparison, title, searched.astype(str), heads)


def _titled(
    comparison: Comparison, title: str, rows: pd.DataFrame, heads: list[str]
) -> Iterator[str | Table]:
    """Yield a title and its table; nothing if the table has no rows."""
    if len(rows) == 0:
        return
    names = {
        **comparison.new.lookup("units", "short_name"),
        **comparison.new.lookup("criteria", "label"),
    }
    cells = [
        [set_apart(str(names.get(cell, cell) if n < 2 else cell)) for n, cell in enumerate(row)]
        for row in each_row(rows)
    ]
    yield ""
    yield title
    yield plain_table(heads, cells)


def _refuse_to_overwrite(out: Path, studies: list[Path]) -> None:
    """Refuse a file inside a study, or one that holds anything but parts."""
    remedy = "name a new file elsewhere with --out"
    if any(out.resolve().is_relative_to(study.resolve()) for study in studies if study.is_dir()):
        rule = "the file lies inside the study"
        raise refusal(out, rule, remedy)
    if out.exists() and not _holds_parts(out):
        rule = "it holds something else, which would be overwritten"
        raise refusal(out, rule, remedy)


def _holds_parts(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.readline().startswith(",".join(CSV_COLUMNS))
