"""What differs between two versions of a study, each difference under the one cause it has.

Only what bears on a result is compared: not a wording, a note or a contact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from analysis.frames import each_row, records, records_by_key
from analysis.measure.replies import TAKEN
from analysis.measure.state_changes import dated
from analysis.study import Matrix, Study, data_read_on
from analysis.study import vocabulary as v
from analysis.study.asof import outcomes
from analysis.study.dates import day_number, possible_days
from analysis.study.searches import searches_by_unit

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

_KEY = ("unit_id", "criterion_id", "observed_on", "not_before", "not_after")
_COLUMNS = (*_KEY, "level", "read_on", "confidence", "evidence_ids")
_EVIDENCE = ("source_id", "states", "extent_read", "published", "not_before", "not_after")
_SOURCE = ("extent_read", "read_on")
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
        before: as OLD has it, several joined by ``|`` between blanks; empty: it is not there.
        after: as NEW has it, likewise.
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

    @property
    def moves_nothing(self) -> bool:
        """Whether it moves nothing by itself: a question or a rule reworded, evidence alone."""
        return self.table in ("rules", "evidence") or self.column == "question"


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
    held = set(old["units"]["unit_id"]) & set(new["units"]["unit_id"])
    found = [*_rows(old, new, held), *_asked_for(old, new, held), *_statements(old, new, held)]
    found += [one for setting in _SETTINGS for one in _settings(old, new, *setting)]
    found += _unit_changes(old, new, held)
    found += _whole(old, new, before, after)
    return sorted(found, key=lambda one: CAUSES.index(one.cause))


def followed_from(reply: dict, row: dict) -> bool:
    """Return whether an assessment followed from a reply, by what the two rows say."""
    return (
        reply["decision"] in TAKEN
        and reply["unit_id"] == row["unit_id"]
        and reply["criterion_id"] in ("", row["criterion_id"])
        and reply["reply_id"] == row["settled_by"]
    )


class _Judge:
    """Finds the cause of one assessment that differs."""

    def __init__(self, old: Study, new: Study):
        self.coders = [old.scope.coder, new.scope.coder]
        self.legal = [_legal(old), _legal(new)]
        self.asked = [_asked(old), _asked(new)]
        self.evidence = [_evidence(old), _evidence(new)]
        taken = {one["reply_id"] for one in _accepted(old)}
        self.replies = [one for one in _accepted(new) if one["reply_id"] not in taken]
        past = new["assessments_history"]
        followed = past["replaced_by"].isin([one["reply_id"] for one in self.replies])
        self.replaced = {_key(row) for row in records(past[followed])}
        first, _ = possible_days(new["assessments"], new["units"])
        late = first > day_number(data_read_on(old))
        self.late = set(new["assessments"].index[late])

    def cause(self, row: dict | None, other: dict | None, place: int | None) -> str:
        """Return the cause; ``row`` is OLD's and ``other`` is NEW's, at index ``place``."""
        if self.coders[1] not in ("", self.coders[0]):
            return CODER
        criterion = (other or row)["criterion_id"]
        levels = {one["level"] for one in (row, other) if one}
        if any((criterion, level) not in legal for legal in self.legal for level in levels):
            return CODEBOOK
        if other and any(followed_from(reply, other) for reply in self.replies):
            return REPLY
        if other is None and _key(row) in self.replaced:
            return REPLY
        older, newer = self.evidence
        if any(one in older and one not in newer for one in _cited(row)):
            return WITHDRAWN
        if row is None and place in self.late:
            return NEW_STATE
        if any(older.get(one) != newer.get(one) for one in (*_cited(row), *_cited(other))):
            return EVIDENCE
        return SETTLED if self.asked[0][criterion] == self.asked[1][criterion] else CODEBOOK


def _rows(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    judge = _Judge(old, new)
    earlier, later = records_by_key(old["assessments"]), records_by_key(new["assessments"])
    for left, right in _paired(earlier, later, units):
        row, other = earlier.get(left), later.get(right)
        one = other or row
        both = row is not None and other is not None
        differ = [name for name in _COLUMNS if both and _said(row, name) != _said(other, name)]
        if both and not differ:
            continue
        shown = differ or ["level"]
        cited = dict.fromkeys([*_cited(row), *_cited(other)])
        yield Change(
            judge.cause(row, other, right),
            "assessments",
            one["unit_id"],
            one["criterion_id"],
            dated(one),
            ";".join(differ),
            " | ".join(row[name] for name in shown) if row else "",
            " | ".join(other[name] for name in shown) if other else "",
            ";".join(cited),
            left,
            right,
        )


def _paired(
    earlier: dict[int, dict], later: dict[int, dict], units: set[str]
) -> Iterator[tuple[int | None, int | None]]:
    """Yield the indices of the same assessment in both versions, ``None`` where it is not."""
    places = {_key(row): place for place, row in later.items() if row["unit_id"] in units}
    gone: dict[tuple, list[int]] = {}
    come: dict[tuple, list[int]] = {}
    for place, row in earlier.items():
        if row["unit_id"] not in units:
            continue
        if _key(row) in places:
            yield place, places.pop(_key(row))
        else:
            gone.setdefault(_key(row)[:2], []).append(place)
    for place in places.values():
        come.setdefault(_key(later[place])[:2], []).append(place)
    for cell in dict.fromkeys([*gone, *come]):
        left, right = gone.get(cell, []), come.get(cell, [])
        if len(left) == len(right) == 1 and _share(earlier[left[0]], later[right[0]]):
            yield left[0], right[0]
            continue
        yield from ((place, None) for place in left)
        yield from ((None, place) for place in right)


def _asked_for(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield the searches, and the requests refused, that only one version holds."""
    for table, key in (
        ("searches", ("unit_id", "searched_on", "where", "criterion_ids")),
        ("requests", ("unit_id", "answered_on", "request_id", "outcome", "criterion_id")),
    ):
        rows = [
            {tuple(row[name] for name in key): (place, row) for place, row in held.items()}
            for held in (_bearing(study, table) for study in (old, new))
        ]
        for one in dict.fromkeys([*rows[0], *rows[1]]):
            if one[0] not in units or all(one in held for held in rows):
                continue
            (left, _), (right, _) = sides = [held.get(one, (None, {})) for held in rows]
            row = sides[0][1] or sides[1][1]
            said = [" | ".join(filter(None, one[1:])) if held else "" for _, held in sides]
            about = (EVIDENCE, table, one[0], row.get("criterion_id", ""), _ASKED[table], "")
            yield Change(*about, *said, row.get("evidence_ids", ""), left, right)


_ASKED = {"searches": "a search", "requests": "a request that was refused"}


def _bearing(study: Study, table: str) -> dict[int, dict]:
    if table == "searches":
        return records_by_key(searches_by_unit(study))
    rows = study[table]
    rows = rows[outcomes(rows).isin(v.REFUSED)]
    return records_by_key(rows)


def _statements(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield the evidence that is new, gone or corrected, also where no assessment moved."""
    earlier, later = (_by_key(study["evidence"], ("evidence_id",)) for study in (old, new))
    for one in dict.fromkeys([*earlier, *later]):
        (left, row), (right, other) = (held.get(one, (None, None)) for held in (earlier, later))
        unit = (other or row)["unit_id"]
        both = row is not None and other is not None
        differ = [name for name in _EVIDENCE if both and row[name] != other[name]]
        if (unit and unit not in units) or (both and not differ):
            continue
        shown = differ or ["states"]
        said = [" | ".join(side[name] for name in shown) if side else "" for side in (row, other)]
        about = (EVIDENCE, "evidence", unit, "", *one, ";".join(differ))
        yield Change(*about, *said, *one, left, right)


def _settings(
    old: Study, new: Study, cause: str, table: str, key: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[Change]:
    earlier, later = _by_key(old[table], key), _by_key(new[table], key)
    for one in dict.fromkeys([*earlier, *later]):
        criterion = one[0] if key[0] == "criterion_id" else ""
        about = (cause, table, "", criterion, ", ".join(one))
        (left, row), (right, other) = (held.get(one, (None, None)) for held in (earlier, later))
        if row is None or other is None:
            said = ["held" if side else "" for side in (row, other)]
            yield Change(*about, "", *said, "", left, right)
            continue
        for column in columns:
            said = (row[column], other[column])
            if _value(column, said[0]) != _value(column, said[1]):
                yield Change(*about, column, *said, "", left, right)


def _unit_changes(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield what differs in the days of a unit, and in the groups that it belongs to."""
    columns = ["exists_from", "exists_until"]
    for study in (old, new):
        for table in ("applicability", "group_weights", "published_totals"):
            named = (text.partition("=") for text in study[table]["among"])
            columns += [column for column, equals, _ in named if equals]
    earlier, later = (_by_key(study["units"], ("unit_id",)) for study in (old, new))
    for one in [one for one in later if one[0] in units]:
        (left, row), (right, other) = earlier[one], later[one]
        for column in dict.fromkeys(columns):
            said = (row.get(column, ""), other.get(column, ""))
            if said[0] != said[1]:
                yield Change(CODEBOOK, "units", *one, "", *one, column, *said, "", left, right)


def _whole(old: Study, new: Study, before: Matrix, after: Matrix) -> Iterator[Change]:
    earlier, later = (_by_key(study["criteria"], ("criterion_id",)) for study in (old, new))
    for one in [one for one in earlier if one in later]:
        (left, row), (right, other) = earlier[one], later[one]
        said = (row["applies_from"], other["applies_from"])
        if said[0] != said[1]:
            about = (IN_FORCE, "criteria", "", *one, *one, "applies_from")
            yield Change(*about, *said, "", left, right)
    settings = (old.settings, new.settings)
    for cause, what, said in (
        (IN_FORCE, "the date asked for", (before.as_of, after.as_of)),
        (IN_FORCE, "the day of the report", [one.report.date for one in settings]),
        (CODEBOOK, "how scores are put together", [one.aggregation for one in settings]),
    ):
        if said[0] != said[1]:
            yield Change(cause, "", "", "", what, "", *map(str, said))


def touching(found: Iterable[Change], unit: str) -> tuple[str, ...]:
    """Return the causes that touch a unit, in order."""
    held = {one.cause for one in found if one.unit_id in ("", unit) and not one.moves_nothing}
    return tuple(cause for cause in CAUSES if cause in held)


def _legal(study: Study) -> set[tuple[str, str]]:
    """Return every pair of a criterion and what a row may say of it."""
    levels = study["levels"].groupby("scale_id")["level"].apply(list).to_dict()
    scales = study.lookup("criteria", "scale_id")
    return {
        (criterion, level)
        for criterion, scale in scales.items()
        for level in (*levels[scale], *v.UNKNOWNS)
    }


def _asked(study: Study) -> dict[str, tuple]:
    """Return the question and the decision rules of every criterion."""
    rules: dict[str, list] = {}
    for row in each_row(study["rules"]):
        rules.setdefault(row.criterion_id, []).append((row.level, row.rule))
    questions = study.lookup("criteria", "question")
    return {name: (said, sorted(rules.get(name, []))) for name, said in questions.items()}


def _evidence(study: Study) -> dict[str, tuple]:
    """Return what was read, by its id: the evidence, and how far and when its source was read."""
    sources = {row["source_id"]: row for row in records(study["sources"])}
    found = {}
    for row in records(study["evidence"]):
        source = sources.get(row["source_id"])
        if source:
            said = [row[name] for name in _EVIDENCE] + [source[name] for name in _SOURCE]
            found[row["evidence_id"]] = tuple(said)
    return found


def _accepted(study: Study) -> list[dict]:
    replies = study["replies"]
    return records(replies[replies["decision"].isin(TAKEN)])


def _key(row: dict) -> tuple[str, ...]:
    return tuple(row[name] for name in _KEY)


def _cited(row: dict | None) -> list[str]:
    return [one for one in row["evidence_ids"].split(";") if one] if row else []


def _said(row: dict, column: str) -> str | list[str]:
    return sorted(_cited(row)) if column == "evidence_ids" else row[column]


def _share(row: dict, other: dict) -> bool:
    return not set(_cited(row)).isdisjoint(_cited(other))


def _by_key(frame: pd.DataFrame, key: tuple[str, ...]) -> dict[tuple, tuple[int, dict]]:
    rows = records_by_key(frame).items()
    return {tuple(row[name] for name in key): (place, row) for place, row in rows}


def _value(column: str, text: str) -> Fraction | str:
    return Fraction(text) if column in _NUMBERS and text else text
