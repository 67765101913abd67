"""The context of the report alone: how much is known, notes, findings on units, sources."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.fieldwork.cell_records import CellRecord, listed_ids
from analysis.frames import records
from analysis.measure.figures import NamedFigure
from analysis.measure.figures.findings import shown_findings
from analysis.measure.imported import import_notices
from analysis.measure.results import Results
from analysis.measure.tree import weighting
from analysis.study import Study
from analysis.study import vocabulary as v

_NOTHING = {v.NOT_FOUND, v.NOT_ASSESSED, *v.OUT_OF_SUM}
"""States of a question without an answer, an older answer or a source."""


def how_much_is_known(results: Results, named: Mapping[str, NamedFigure]) -> str:
    """Return in three sentences how many of the scored questions have an answer."""
    one, many = results.study.settings.unit_noun.both
    silent, units = named["units.nothing_known"], named["study.units"].text
    nothing = f"For {silent.text} of {units} {many} it gives no current answer to any. That says nothing for or against them."
    if not silent.value:
        nothing = f"For every {one} it answers at least one."
    answered, asked = named["cells.settled"].text, named["cells.scored"].text
    return f"How much is known: what we could read answers {answered} of {asked} scored questions. {nothing}"


@dataclass(frozen=True)
class Note:
    """A numbered notice, given in full at the beginning and referred to elsewhere.

    Attributes:
        number: the number of the note.
        text: the text of the notice.
        criterion_id: the criterion that it is about; empty if it is about every result.
    """

    number: int
    text: str
    criterion_id: str = ""


def numbered_notes(results: Results, first: Sequence[str]) -> list[Note]:
    """Return the notices on more than one unit: first those on all results, then by criterion.

    Args:
        results: the results that the notices are about.
        first: texts about every result, which come before the study's own notices.
    """
    table = results.study["notices"]
    general = [*first, *import_notices(results), *table.loc[table["scope"] == "study", "text"]]
    texts = [(text, "") for text in general]
    of_criteria = table[table["scope"] == "criterion"]
    texts += zip(of_criteria["text"], of_criteria["criterion_id"], strict=True)
    return [Note(number, *text) for number, text in enumerate(texts, 1)]


@dataclass(frozen=True)
class StateGroup:
    """The questions on which a unit has the same state.

    Attributes:
        state: the state.
        scale: the scale of a level; empty if the state is an unknown.
        last_level: the level that is outdated; otherwise empty.
        labels: the labels of the questions, in their order.
        is_rest: whether the group is "all other questions".
    """

    state: str
    scale: str
    last_level: str
    labels: tuple[str, ...]
    is_rest: bool = False


def state_groups(cells: Iterable[CellRecord]) -> list[StateGroup]:
    """Group a unit's cells by state: levels, then unknowns, and last the rest.

    The rest is the largest group without any finding, if it has two or more questions. It can be
    called "all other questions" instead of being listed.
    """
    labels: dict[tuple[str, str, str], list[str]] = {}
    for cell in cells:
        scale = cell.criterion["scale_id"] if cell.known else ""
        key = (cell.state, scale, cell.last_level)
        labels.setdefault(key, []).append(cell.criterion["label"])
    groups = [StateGroup(*key, tuple(of_state)) for key, of_state in labels.items()]
    groups.sort(key=lambda group: _state_order(group.state))
    silent = [group for group in groups if group.state in _NOTHING and len(group.labels) > 1]
    if not silent:
        return groups
    rest = max(silent, key=lambda group: len(group.labels))
    others = [group for group in groups if group is not rest]
    return [*others, StateGroup(rest.state, "", "", rest.labels, is_rest=True)]


def _state_order(state: str) -> int:
    """Return the sort key of a state: levels first, then unknowns in their order."""
    return 1 + v.UNKNOWNS.index(state) if state in v.UNKNOWNS else 0


def findings_of(section: dict[str, Any]) -> list[CellRecord]:
    """Return a unit's cells with an answer, an older one, a source or a reply.

    Args:
        section: one of :func:`analysis.publish.context.units.unit_sections`.
    """
    return [cell for cell in section["cells"] if cell.state not in _NOTHING or cell.replies]


def finding_groups(section: dict[str, Any]) -> list[list[CellRecord]]:
    """Return a unit's findings, grouped where the report says exactly the same about them."""
    groups: dict[tuple, list[CellRecord]] = {}
    for cell in findings_of(section):
        groups.setdefault(_entry_key(cell), []).append(cell)
    return list(groups.values())


def _entry_key(cell: CellRecord) -> tuple:
    row, evidence = cell.assessment, tuple(row["evidence_id"] for row in cell.evidence)
    state = cell.state, cell.criterion["scale_id"], cell.last_level
    why = row["rationale"] or cell.reason, cell.why_carried, row["confidence"], cell.when
    own = cell.criterion_id if cell.replies else ""
    return (*state, *why, evidence, cell.earlier_rules, cell.disputed, own)


def something_known(section: dict[str, Any]) -> bool:
    """Return whether anything is known about a unit, beyond searches that found nothing."""
    other_sections = ("replies", "requests", "notices", "published")
    return bool(findings_of(section) or any(section[name] for name in other_sections))


def cited_sources(study: Study, ids: Iterable[str], sections: Iterable[dict]) -> list[dict]:
    """Return the sources with these ids, and the sources of the findings on these units."""
    cells = (cell for section in sections for cell in findings_of(section))
    cited = {*ids, *(source["source_id"] for cell in cells for source in cell.sources)}
    return records(study["sources"][study["sources"]["source_id"].isin(cited)])


def finding_sources(results: Results) -> dict[str, list[dict]]:
    """Return, by recommendation, the sources of the answers for which units are named.

    Each source occurs once, in the order of the units. If no unit is named, there are no sources.
    """
    behind = sources_behind(results)
    return {
        group: behind(group, [unit for part in parts for unit in part.units])
        for group, parts in shown_findings(results).items()
    }


def sources_behind(results: Results) -> Callable[[str, Iterable[str]], list[dict]]:
    """Return the function from a recommendation and units to the sources of their answers."""
    study, cells = results.study, results.matrix.cells
    answers = cells[~cells["state"].isin(v.UNKNOWNS)]
    criteria = study["criteria"]["criterion_id"]
    below = {
        group.name: [criteria[leaf.column] for leaf in group.criteria]
        for group in weighting(study).tree.groups
    }
    source_of = study.lookup("evidence", "source_id")
    sources = {row["source_id"]: row for row in records(study["sources"])}

    def behind(group: str, units: Iterable[str]) -> list[dict]:
        rests = answers["unit_id"].isin(list(units)) & answers["criterion_id"].isin(below[group])
        cited = (name for ids in answers.loc[rests, "evidence_ids"] for name in listed_ids(ids))
        return [sources[name] for name in dict.fromkeys(source_of[name] for name in cited)]

    return behind
