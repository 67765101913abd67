"""The differences between two versions of a study, each with its one cause.

Only what bears on a result is compared, and not, say, a label, a note or a contact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from operator import itemgetter
from typing import Any

import pandas as pd

from analysis.frames import each_row, records, records_by_key
from analysis.measure.score_basis import TAKEN
from analysis.study import Matrix, Study, data_read_on
from analysis.study import vocabulary as v
from analysis.study.asof import outcomes
from analysis.study.cells import searches_by_unit
from analysis.study.dates import possible_days
from analysis.study.sentences import dated

NEW_STATE = "new_state"
EVIDENCE = "evidence"
REPLY = "reply"
SETTLED = "settled"
CODEBOOK = "codebook"
IN_FORCE = "in_force"
TOTALS = "totals"
WITHDRAWN = "withdrawn"
CODER = "coder"
CAUSES = (NEW_STATE, EVIDENCE, REPLY, SETTLED, CODEBOOK, IN_FORCE, TOTALS, WITHDRAWN, CODER)
"""Every cause, in the order in which they are shown."""


@dataclass(frozen=True)
class Change:
    """One difference: a row, or one setting.

    Attributes:
        cause: one of :data:`CAUSES`.
        table: the table (or the descriptor) that it stands in.
        unit_id: the unit that it touches; empty: every unit.
        criterion_id: the criterion that it touches; empty: none, or every one.
        what: which row or setting, in words.
        column: the columns that differ, joined by ``;``; empty: the whole row came or went.
        before: OLD's value, several joined by ``|`` between blanks; empty: OLD has none.
        after: NEW's value, likewise.
        evidence_ids: evidence cited, before and after, each id once.
        old: index of the row in OLD's table, from 0; ``None``: there is none.
        new: index of the row in NEW's table, likewise.
    """

    cause: str
    table: str
    unit_id: str = ""
    criterion_id: str = ""
    what: str = ""
    column: str = ""
    before: str = ""
    after: str = ""
    evidence_ids: str = ""
    old: int | None = None
    new: int | None = None


_NUMBERS = ("weight", "value", "count", "of", "score", "step", "lowest", "highest")
_CRITERION = ("recommendation_id", "question", "scale_id", "weight", "scored", "ask_of")
_TOTAL = ("criterion_id", "level", "relation", "count", "of", "among", "as_of", "settles_cells")
_SCORE = ("unit_id", "group_id", "score", "step", "rounding", "lowest", "highest")
_SETTINGS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (CODEBOOK, "criteria", ("criterion_id",), _CRITERION),
    (IN_FORCE, "criteria", ("criterion_id",), ("applies_from",)),
    (CODEBOOK, "recommendations", ("recommendation_id",), ("parent_id", "weight")),
    (CODEBOOK, "levels", ("scale_id", "level"), ("value",)),
    (CODEBOOK, "rules", ("criterion_id", "level"), ("rule", "needs")),
    (CODEBOOK, "applicability", ("criterion_id", "among", "from_day"), ()),
    (CODEBOOK, "group_weights", ("node_id", "among"), ("weight",)),
    (TOTALS, "published_totals", ("total_id",), _TOTAL),
    (TOTALS, "published_scores", ("score_id",), (*_SCORE, "weights", "as_of", "settles_cells")),
)
"""Cause, table, its key, and the columns that bear on a result."""
_KEY = ("unit_id", "criterion_id", "observed_on", "not_before", "not_after")
_ASSESSMENT = (*_KEY, "level", "read_on", "confidence", "evidence_ids")
_STATEMENT = ("source_id", "states", "extent_read", "published", "not_before", "not_after")
_SOURCE = ("extent_read", "read_on")


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

    Where NEW shows the codings of one coder, and OLD those of another coder or the consensus, the
    coder is the only cause of every assessment that differs.

    A row whose date was corrected has another key. So if a cell has lost one row and gained one,
    and the two share evidence, they count as one row that differs. Searches, refused requests, and
    new, removed or corrected statements are evidence; a statement by itself moves no score.

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
        *_assessments(old, new, units),
        *_requests_and_searches(old, new, units),
        *_statements(old, new, units),
        *(change for setting in _SETTINGS for change in _settings(old, new, *setting)),
        *_unit_changes(old, new, units),
        *_study_changes(old, new, before, after),
    ]
    return sorted(differences, key=lambda change: CAUSES.index(change.cause))


Side = tuple[int | None, dict[str, str]]
"""The index of a row in its table, and the row; ``None`` and empty if the table lacks it."""


def _before_and_after(left: Side, right: Side, columns: Sequence[str]) -> dict[str, Any]:
    """Return a row's index in the two versions, and its values there in some columns."""
    before, after = (
        " | ".join(row[name] for name in columns) if row else "" for _, row in (left, right)
    )
    return {"before": before, "after": after, "old": left[0], "new": right[0]}


def _assessments(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    finder = _CauseFinder(old, new)
    earlier, later = records_by_key(old["assessments"]), records_by_key(new["assessments"])
    for left, right in _paired(earlier, later, units):
        row, other = earlier.get(left, {}), later.get(right, {})
        present, in_both = other or row, bool(row and other)
        differ = [name for name in _ASSESSMENT if in_both and row[name] != other[name]]
        if in_both and sorted(_cited(row)) == sorted(_cited(other)):
            differ = [name for name in differ if name != "evidence_ids"]
        if in_both and not differ:
            continue
        yield Change(
            finder.cause(row, other, right),
            "assessments",
            unit_id=present["unit_id"],
            criterion_id=present["criterion_id"],
            what=dated(present),
            column=";".join(differ),
            evidence_ids=";".join(dict.fromkeys([*_cited(row), *_cited(other)])),
            **_before_and_after((left, row), (right, other), differ or ["level"]),
        )


def _paired(
    earlier: dict[int, dict], later: dict[int, dict], units: set[str]
) -> Iterator[tuple[int | None, int | None]]:
    """Yield the indices of an assessment in both versions, ``None`` for a version without it."""
    before, after = (
        {_key(row): place for place, row in rows.items() if row["unit_id"] in units}
        for rows in (earlier, later)
    )
    yield from ((before[key], after[key]) for key in before if key in after)
    removed, added = _only_in(before, after), _only_in(after, before)
    for cell in dict.fromkeys([*removed, *added]):
        left, right = removed.get(cell, []), added.get(cell, [])
        one_each = len(left) == len(right) == 1
        if one_each and {*_cited(earlier[left[0]])} & {*_cited(later[right[0]])}:
            yield left[0], right[0]
            continue
        yield from ((place, None) for place in left)
        yield from ((None, place) for place in right)


def _only_in(rows: dict[tuple, int], others: dict[tuple, int]) -> dict[tuple, list[int]]:
    """Return the indices of rows that only the first version has, by unit and criterion."""
    cells: dict[tuple, list[int]] = {}
    for key, place in rows.items():
        if key not in others:
            cells.setdefault(key[:2], []).append(place)
    return cells


def _allowed_values(study: Study) -> set[tuple[str, str]]:
    """Return every pair of a criterion and a level or unknown that a row may give it."""
    levels = study["levels"].groupby("scale_id")["level"].apply(list).to_dict()
    scales = study.lookup("criteria", "scale_id")
    return {
        (criterion, level)
        for criterion, scale in scales.items()
        for level in (*levels[scale], *v.UNKNOWNS)
    }


def _question_and_rules(study: Study) -> dict[str, tuple]:
    """Return the question and the decision rules of every criterion."""
    rules: dict[str, list] = {}
    for row in each_row(study["rules"]):
        rules.setdefault(row.criterion_id, []).append((row.level, row.rule))
    questions = study.lookup("criteria", "question")
    return {name: (question, sorted(rules.get(name, []))) for name, question in questions.items()}


def _evidence(study: Study) -> dict[str, tuple]:
    """Return each statement of evidence by its id, with how far and when its source was read."""
    sources = {row["source_id"]: row for row in records(study["sources"])}
    return {
        row["evidence_id"]: (
            *(row[name] for name in _STATEMENT),
            *(sources[row["source_id"]][name] for name in _SOURCE),
        )
        for row in records(study["evidence"])
        if row["source_id"] in sources
    }


def _accepted(study: Study) -> list[dict]:
    replies = study["replies"]
    return records(replies[replies["decision"].isin(TAKEN)])


_key = itemgetter(*_KEY)


def _cited(row: dict) -> list[str]:
    return [part for part in row.get("evidence_ids", "").split(";") if part]


def followed_from(reply: dict, row: dict) -> bool:
    """Return whether an assessment followed from a reply, judged by the two rows."""
    return (
        reply["decision"] in TAKEN
        and reply["unit_id"] == row["unit_id"]
        and reply["criterion_id"] in ("", row["criterion_id"])
        and reply["reply_id"] == row["settled_by"]
    )


class _CauseFinder:
    """Finds the cause of one assessment that differs."""

    def __init__(self, old: Study, new: Study):
        self.coders = [old.scope.coder, new.scope.coder]
        self.allowed = [_allowed_values(old), _allowed_values(new)]
        self.questions = [_question_and_rules(old), _question_and_rules(new)]
        self.evidence = [_evidence(old), _evidence(new)]
        taken = {reply["reply_id"] for reply in _accepted(old)}
        self.replies = [reply for reply in _accepted(new) if reply["reply_id"] not in taken]
        past = new["assessments_history"]
        followed = past["replaced_by"].isin([reply["reply_id"] for reply in self.replies])
        self.replaced = {_key(row) for row in records(past[followed])}
        first, _ = possible_days(new["assessments"], new["units"])
        late = first > data_read_on(old).toordinal()
        self.late = set(new["assessments"].index[late])

    def cause(self, row: dict, other: dict, place: int | None) -> str:
        """Return the cause; ``row`` is OLD's, ``other`` is NEW's at index ``place``, if any."""
        if self.coders[1] not in ("", self.coders[0]):
            return CODER
        criterion = (other or row)["criterion_id"]
        levels = {side["level"] for side in (row, other) if side}
        if any((criterion, level) not in allowed for allowed in self.allowed for level in levels):
            return CODEBOOK
        if other and any(followed_from(reply, other) for reply in self.replies):
            return REPLY
        if not other and _key(row) in self.replaced:
            return REPLY
        older, newer = self.evidence
        if any(cited in older and cited not in newer for cited in _cited(row)):
            return WITHDRAWN
        if not row and place in self.late:
            return NEW_STATE
        if any(older.get(cited) != newer.get(cited) for cited in (*_cited(row), *_cited(other))):
            return EVIDENCE
        return SETTLED if self.questions[0][criterion] == self.questions[1][criterion] else CODEBOOK


def _sides(
    old: pd.DataFrame, new: pd.DataFrame, key: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Side, Side]]:
    """Yield each key of two tables with its row in each of them."""
    earlier, later = (
        {tuple(row[name] for name in key): (place, row) for place, row in rows.items()}
        for rows in (records_by_key(old), records_by_key(new))
    )
    for keys in dict.fromkeys([*earlier, *later]):
        yield keys, earlier.get(keys, (None, {})), later.get(keys, (None, {}))


def _requests_and_searches(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield the searches, and the requests refused, that only one version holds."""
    search = ("unit_id", "searched_on", "where", "criterion_ids")
    request = ("unit_id", "answered_on", "request_id", "outcome", "criterion_id")
    for table, what, key, rows in (
        ("searches", "a search", search, searches_by_unit),
        ("requests", "a request that was refused", request, _refused),
    ):
        for keys, left, right in _sides(rows(old), rows(new), key):
            if keys[0] not in units or (left[1] and right[1]):
                continue
            present = left[1] or right[1]
            yield Change(
                EVIDENCE,
                table,
                unit_id=keys[0],
                criterion_id=present.get("criterion_id", ""),
                what=what,
                evidence_ids=present.get("evidence_ids", ""),
                **_before_and_after(left, right, [name for name in key[1:] if present[name]]),
            )


def _refused(study: Study) -> pd.DataFrame:
    return study["requests"][outcomes(study["requests"]).isin(v.REFUSED)]


def _statements(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield the evidence that is new, gone or corrected, also where no assessment moved."""
    for (evidence_id,), left, right in _sides(old["evidence"], new["evidence"], ("evidence_id",)):
        row, other = left[1], right[1]
        unit, in_both = (other or row)["unit_id"], bool(row and other)
        differ = [name for name in _STATEMENT if in_both and row[name] != other[name]]
        if (unit and unit not in units) or (in_both and not differ):
            continue
        yield Change(
            EVIDENCE,
            "evidence",
            unit_id=unit,
            what=evidence_id,
            column=";".join(differ),
            evidence_ids=evidence_id,
            **_before_and_after(left, right, differ or ["states"]),
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
            # A criterion that only one codebook has did not change the day from which it applies.
            if cause != IN_FORCE:
                before, after = ("held" if side else "" for side in (row, other))
                yield change(before=before, after=after)
            continue
        for column in columns:
            if _value(column, row[column]) != _value(column, other[column]):
                yield change(column=column, before=row[column], after=other[column])


def _unit_changes(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield differences in the days on which a unit exists, and in the groups it belongs to."""
    columns = ["exists_from", "exists_until"]
    for study in (old, new):
        for table in ("applicability", "group_weights", "published_totals"):
            named = (text.partition("=") for text in study[table]["among"])
            columns += [column for column, equals, _ in named if equals]
    for (unit,), (left, row), (right, other) in _sides(old["units"], new["units"], ("unit_id",)):
        for column in dict.fromkeys(columns if unit in units else ()):
            values = row.get(column, ""), other.get(column, "")
            if values[0] != values[1]:
                about = (CODEBOOK, "units", unit, "", unit, column)
                yield Change(*about, *values, "", left, right)


def _study_changes(old: Study, new: Study, before: Matrix, after: Matrix) -> Iterator[Change]:
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
