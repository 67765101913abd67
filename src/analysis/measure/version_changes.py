"""What differs between two versions of a study, each difference under the one cause it has.

Only what bears on a result is compared: not a wording, a note or a contact.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import pandas as pd

from analysis.frames import records_by_key
from analysis.measure.assessment_changes import assessment_changes
from analysis.measure.causes import CAUSES, CODEBOOK, EVIDENCE, IN_FORCE, TOTALS, Change
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.asof import outcomes
from analysis.study.cells import searches_by_unit

_NUMBERS = ("weight", "value", "count", "of", "score", "step", "lowest", "highest")
_SETTINGS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        CODEBOOK,
        "criteria",
        ("criterion_id",),
        ("recommendation_id", "question", "scale_id", "weight", "scored", "ask_of"),
    ),
    (CODEBOOK, "recommendations", ("recommendation_id",), ("parent_id", "weight")),
    (CODEBOOK, "levels", ("scale_id", "level"), ("value",)),
    (CODEBOOK, "rules", ("criterion_id", "level"), ("rule", "needs")),
    (CODEBOOK, "applicability", ("criterion_id", "among", "from_day"), ()),
    (CODEBOOK, "group_weights", ("node_id", "among"), ("weight",)),
    (
        TOTALS,
        "published_totals",
        ("total_id",),
        ("criterion_id", "level", "relation", "count", "of", "among", "as_of", "settles_cells"),
    ),
    (
        TOTALS,
        "published_scores",
        ("score_id",),
        (
            *("unit_id", "group_id", "score", "step", "rounding", "lowest", "highest"),
            *("weights", "as_of", "settles_cells"),
        ),
    ),
)
"""Cause, table, its key, and the columns that bear on a result."""
EVIDENCE_COLUMNS = ("source_id", "states", "extent_read", "published", "not_before", "not_after")


def changes(old: Study, new: Study, before: Matrix, after: Matrix) -> list[Change]:
    """Return every difference that bears on a result, each with its one cause.

    An assessment that differs has the first cause that fits, in this order:

    1. codebook: its criterion, or a level of it, exists in only one of the codebooks;
    2. a reply: it was settled, or replaced, by a reply that NEW holds as accepted, at least in
       part, and OLD does not;
    3. a withdrawn source: OLD's row cites evidence, or a source, that NEW no longer holds;
    4. a new state: the row is new, and its first possible day is after OLD's day of knowledge;
    5. evidence: it cites evidence that OLD does not hold, or that differs, or whose source has
       been read again;
    6. codebook: the question or a decision rule of its criterion differs;
    7. a settled difference: it differs on the same evidence.

    Where NEW shows the codings of one coder, and OLD those of another or what was settled, every
    assessment that differs has that as its cause, and no other.

    A row whose date was corrected has another key. So where a cell has lost one row and gained
    one, and the two share evidence, they are one row that differs. Searches, requests that were
    refused, and statements that are new, gone or corrected are evidence; a statement by itself
    moves nothing.

    Args:
        old: the earlier version.
        new: the later version.
        before: OLD's matrix; its date is the date asked for.
        after: NEW's matrix, likewise.

    Returns:
        Differences of units that both versions hold, and of the study as a whole.
    """
    units = set(old["units"]["unit_id"]) & set(new["units"]["unit_id"])
    differences = [
        *assessment_changes(old, new, units),
        *_requests_and_searches(old, new, units),
        *_statements(old, new, units),
    ]
    differences += [change for setting in _SETTINGS for change in _settings(old, new, *setting)]
    differences += _unit_changes(old, new, units)
    differences += _whole(old, new, before, after)
    return sorted(differences, key=lambda change: CAUSES.index(change.cause))


Side = tuple[int | None, dict[str, str]]
"""The index of a row in its table, and the row; none and empty where it is not there."""


def _sides(
    old: pd.DataFrame, new: pd.DataFrame, key: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Side, Side]]:
    """Yield each key of two tables with its row in the one and in the other."""
    earlier, later = (
        {tuple(row[name] for name in key): (place, row) for place, row in rows.items()}
        for rows in (records_by_key(old), records_by_key(new))
    )
    for fromkey in dict.fromkeys([*earlier, *later]):
        yield fromkey, earlier.get(fromkey, (None, {})), later.get(fromkey, (None, {}))


def _requests_and_searches(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield the searches, and the requests refused, that only one version holds."""
    for table, what, key, rows in (
        (
            "searches",
            "a search",
            ("unit_id", "searched_on", "where", "criterion_ids"),
            searches_by_unit,
        ),
        (
            "requests",
            "a request that was refused",
            ("unit_id", "answered_on", "request_id", "outcome", "criterion_id"),
            _refused,
        ),
    ):
        for keys, (left, row), (right, other) in _sides(rows(old), rows(new), key):
            if keys[0] not in units or (row and other):
                continue
            present = row or other
            before, after = (
                " | ".join(filter(None, keys[1:])) if side else "" for side in (row, other)
            )
            yield Change(
                EVIDENCE,
                table,
                unit_id=keys[0],
                criterion_id=present.get("criterion_id", ""),
                what=what,
                before=before,
                after=after,
                evidence_ids=present.get("evidence_ids", ""),
                old=left,
                new=right,
            )


def _refused(study: Study) -> pd.DataFrame:
    rows = study["requests"]
    return rows[outcomes(rows).isin(v.REFUSED)]


def _statements(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield the evidence that is new, gone or corrected, also where no assessment moved."""
    for (evidence_id,), (left, row), (right, other) in _sides(
        old["evidence"], new["evidence"], ("evidence_id",)
    ):
        unit, both = (other or row)["unit_id"], bool(row and other)
        differ = [name for name in EVIDENCE_COLUMNS if both and row[name] != other[name]]
        if (unit and unit not in units) or (both and not differ):
            continue
        shown = differ or ["states"]
        before, after = (
            " | ".join(side[name] for name in shown) if side else "" for side in (row, other)
        )
        yield Change(
            EVIDENCE,
            "evidence",
            unit_id=unit,
            what=evidence_id,
            column=";".join(differ),
            before=before,
            after=after,
            evidence_ids=evidence_id,
            old=left,
            new=right,
        )


def _settings(
    old: Study, new: Study, cause: str, table: str, key: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[Change]:
    for keys, (left, row), (right, other) in _sides(old[table], new[table], key):
        criterion = keys[0] if key[0] == "criterion_id" else ""
        change = partial(
            Change, cause, table, criterion_id=criterion, what=", ".join(keys), old=left, new=right
        )
        if not (row and other):
            before, after = ("held" if side else "" for side in (row, other))
            yield change(before=before, after=after)
            continue
        for column in columns:
            if _value(column, row[column]) != _value(column, other[column]):
                yield change(column=column, before=row[column], after=other[column])


def _unit_changes(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield what differs in the days of a unit, and in the groups that it belongs to."""
    columns = ["exists_from", "exists_until"]
    for study in (old, new):
        for table in ("applicability", "group_weights", "published_totals"):
            named = (text.partition("=") for text in study[table]["among"])
            columns += [column for column, equals, _ in named if equals]
    for (unit,), (left, row), (right, other) in _sides(old["units"], new["units"], ("unit_id",)):
        for column in dict.fromkeys(columns if unit in units else ()):
            before, after = row.get(column, ""), other.get(column, "")
            if before != after:
                yield Change(
                    CODEBOOK, "units", unit, "", unit, column, before, after, "", left, right
                )


def _whole(old: Study, new: Study, before: Matrix, after: Matrix) -> Iterator[Change]:
    for (criterion,), (left, row), (right, other) in _sides(
        old["criteria"], new["criteria"], ("criterion_id",)
    ):
        if row and other and row["applies_from"] != other["applies_from"]:
            days = row["applies_from"], other["applies_from"]
            about = (IN_FORCE, "criteria", "", criterion, criterion, "applies_from")
            yield Change(*about, *days, "", left, right)
    older, newer = old.settings, new.settings
    for cause, what, earlier, later in (
        (IN_FORCE, "the date asked for", before.as_of, after.as_of),
        (IN_FORCE, "the day of the report", older.report.date, newer.report.date),
        (CODEBOOK, "how scores are put together", older.aggregation, newer.aggregation),
    ):
        if earlier != later:
            yield Change(cause, "", what=what, before=str(earlier), after=str(later))


def _value(column: str, text: str) -> Fraction | str:
    return Fraction(text) if column in _NUMBERS and text else text
