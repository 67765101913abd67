"""Which assessments differ between two versions of a study, and for what cause."""

from collections.abc import Iterator

from analysis.frames import each_row, records, records_by_key
from analysis.measure.causes import (
    CODEBOOK,
    CODER,
    EVIDENCE,
    NEW_STATE,
    REPLY,
    SETTLED,
    WITHDRAWN,
    Change,
)
from analysis.measure.score_basis import TAKEN
from analysis.study import Study, data_read_on
from analysis.study import vocabulary as v
from analysis.study.dates import day_number, possible_days
from analysis.study.state_reasons import dated

_KEY = ("unit_id", "criterion_id", "observed_on", "not_before", "not_after")
_COLUMNS = (*_KEY, "level", "read_on", "confidence", "evidence_ids")
EVIDENCE_COLUMNS = ("source_id", "states", "extent_read", "published", "not_before", "not_after")
_SOURCE = ("extent_read", "read_on")


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
        self.questions = [_question_and_rules(old), _question_and_rules(new)]
        self.evidence = [_evidence(old), _evidence(new)]
        taken = {reply["reply_id"] for reply in _accepted(old)}
        self.replies = [reply for reply in _accepted(new) if reply["reply_id"] not in taken]
        past = new["assessments_history"]
        followed = past["replaced_by"].isin([reply["reply_id"] for reply in self.replies])
        self.replaced = {_key(row) for row in records(past[followed])}
        first, _ = possible_days(new["assessments"], new["units"])
        late = first > day_number(data_read_on(old))
        self.late = set(new["assessments"].index[late])

    def cause(self, row: dict, other: dict, place: int | None) -> str:
        """Return the cause; ``row`` is OLD's, ``other`` is NEW's at index ``place``, if any."""
        if self.coders[1] not in ("", self.coders[0]):
            return CODER
        criterion = (other or row)["criterion_id"]
        levels = {side["level"] for side in (row, other) if side}
        if any((criterion, level) not in legal for legal in self.legal for level in levels):
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


def assessment_changes(old: Study, new: Study, units: set[str]) -> Iterator[Change]:
    """Yield every assessment that differs, with its one cause: see :func:`version_changes.changes`."""
    judge = _Judge(old, new)
    earlier, later = records_by_key(old["assessments"]), records_by_key(new["assessments"])
    for left, right in _paired(earlier, later, units):
        row, other = earlier.get(left, {}), later.get(right, {})
        present, both = other or row, bool(row and other)
        differ = [name for name in _COLUMNS if both and _value(row, name) != _value(other, name)]
        if both and not differ:
            continue
        shown = differ or ["level"]
        before, after = (
            " | ".join(side[name] for name in shown) if side else "" for side in (row, other)
        )
        yield Change(
            judge.cause(row, other, right),
            "assessments",
            unit_id=present["unit_id"],
            criterion_id=present["criterion_id"],
            what=dated(present),
            column=";".join(differ),
            before=before,
            after=after,
            evidence_ids=";".join(dict.fromkeys([*_cited(row), *_cited(other)])),
            old=left,
            new=right,
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


def _legal(study: Study) -> set[tuple[str, str]]:
    """Return every pair of a criterion and what a row may say of it."""
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
    """Return what was read, by its id: the evidence, and how far and when its source was read."""
    sources = {row["source_id"]: row for row in records(study["sources"])}
    contents = {}
    for row in records(study["evidence"]):
        source = sources.get(row["source_id"])
        if source:
            values = [row[name] for name in EVIDENCE_COLUMNS] + [source[name] for name in _SOURCE]
            contents[row["evidence_id"]] = tuple(values)
    return contents


def _accepted(study: Study) -> list[dict]:
    replies = study["replies"]
    return records(replies[replies["decision"].isin(TAKEN)])


def _key(row: dict) -> tuple[str, ...]:
    return tuple(row[name] for name in _KEY)


def _cited(row: dict) -> list[str]:
    return [part for part in row.get("evidence_ids", "").split(";") if part]


def _value(row: dict, column: str) -> str | list[str]:
    return sorted(_cited(row)) if column == "evidence_ids" else row[column]


def _share(row: dict, other: dict) -> bool:
    return not set(_cited(row)).isdisjoint(_cited(other))
