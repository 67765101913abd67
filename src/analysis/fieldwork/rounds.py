"""Rounds of coding: the study restricted to a round, and agreement by round and on passages."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

import pandas as pd

from analysis.fieldwork.agreement import ALL, Agreement, agreement
from analysis.fieldwork.coded_cells import Cell, cells_read
from analysis.frames import each_row
from analysis.study import Study

PILOT, MAIN = "pilot", "main"
SAME_PASSAGES, ONE_IN_COMMON = "passages picked, the same", "passages picked, one in common"
_NO_SCALE = "there is no measure of chance for passages"
_NOBODY = "no cell was read by two coders who picked passages, one of them on it"

Quoted = tuple[str, list[str]]
"""A picked passage: the id of its document, and the quoted words."""


def agreement_by_round(study: Study, table: pd.DataFrame | None = None) -> list[Agreement]:
    """Return the agreement on levels and on passages, for all rounds and for each round.

    Single rounds are included only if a pilot is recorded. ``table`` is the result of
    :func:`coded_states` for the whole study, if the caller has it already.
    """
    results = [*agreement(study, table=table), *on_passages(study)]
    for name in (PILOT, MAIN) if PILOT in set(study["assignments"]["round"]) else ():
        part = of_round(study, name)
        results += [
            replace(result, round=name) for result in (*agreement(part), *on_passages(part))
        ]
    return results


def of_round(study: Study, name: str) -> Study:
    """Return the study with the codings, picks and assignments of one round.

    The pilot has its codings as they were then. A coding that was changed later belongs, in its
    new version, to the main round.
    """
    given, codings = study["assignments"], study["codings"]
    in_round = (given["round"] == PILOT) == (name == PILOT)
    pilot = given[given["round"] == PILOT]
    batches = set(zip(pilot["coder"], pilot["batch"], strict=True))

    def rows_of(rows: pd.DataFrame) -> pd.DataFrame:
        of_pilot = [pair in batches for pair in zip(rows["coder"], rows["batch"], strict=True)]
        return rows[pd.Series(of_pilot, rows.index, dtype=bool) == (name == PILOT)]

    own, old = rows_of(codings), rows_of(study["codings_history"])
    tables = {**study.tables, "assignments": given[in_round], "picks": rows_of(study["picks"])}
    tables |= {"codings": own, "codings_history": old}
    if name == PILOT:
        key = list(study.descriptor.tables["codings"].data_schema.primaryKey)
        old = old.sort_values("replaced_on", ascending=False, kind="stable")
        own = pd.concat([own, old[own.columns]]).drop_duplicates(key)
    else:
        # A pilot coding on a cell that the main round gave again counts in both rounds.
        read = cells_read(replace(study, tables=tables), only_recorded=True)
        given_again = [
            (row.unit_id, row.criterion_id) in read.get(row.coder, set())
            for row in each_row(codings)
        ]
        own = codings[
            codings.index.isin(own.index) | pd.Series(given_again, codings.index, dtype=bool)
        ]
    tables["codings"] = own.reset_index(drop=True)
    return replace(study, tables=tables)


def on_passages(study: Study) -> list[Agreement]:
    """Return how far coders picked the same passages; empty if there are no picks.

    A cell counts if at least one coder picked a passage on it, and at least two coders with picks
    anywhere in the study have read it.
    """
    picks = study["picks"]
    if picks.empty:
        return []
    picked = _by_cell(study)
    read, coders = cells_read(study), sorted(set(picks["coder"]))
    readers = {
        cell: sorted({*of_cell, *(coder for coder in coders if cell in read.get(coder, ()))})
        for cell, of_cell in picked.items()
    }
    cells = {cell: of_cell for cell, of_cell in picked.items() if len(readers[cell]) > 1}
    results = []
    for measure, agrees in ((SAME_PASSAGES, _same_passages), (ONE_IN_COMMON, _one_in_common)):
        for name in (ALL, *dict.fromkeys(criterion for _, criterion in cells)):
            criterion_cells = [cell for cell in cells if name in (ALL, cell[1])]
            same = sum(
                all(
                    agrees(cells[cell].get(a, []), cells[cell].get(b, []))
                    for a, b in itertools.combinations(readers[cell], 2)
                )
                for cell in criterion_cells
            )
            share = 100 * same / len(criterion_cells) if criterion_cells else None
            why = _NO_SCALE if criterion_cells else _NOBODY
            results.append(
                Agreement(name, measure, len(criterion_cells), same, share, None, None, None, why)
            )
    return results


def _by_cell(study: Study) -> dict[Cell, dict[str, list[Quoted]]]:
    """Return the passages that each coder picked, by cell, in order of unit and criterion."""
    document, quote = (study.lookup("evidence", column) for column in ("document_id", "quote"))
    picked: dict[Cell, dict[str, list[Quoted]]] = {}
    order = {criterion: place for place, criterion in enumerate(study["criteria"]["criterion_id"])}
    rows = each_row(study["picks"])
    for row in sorted(rows, key=lambda row: (row.unit_id, order[row.criterion_id])):
        passage = document[row.evidence_id], quote[row.evidence_id].casefold().split()
        of_cell = picked.setdefault((row.unit_id, row.criterion_id), {})
        of_cell.setdefault(row.coder, []).append(passage)
    return picked


def _overlap(quoted: Quoted, other: Quoted) -> bool:
    """Return whether two quotations share a run of at least half the words of the shorter."""
    (document, words), (other_document, others) = quoted, other
    run = SequenceMatcher(None, words, others, autojunk=False).find_longest_match().size
    return document == other_document and 2 * run >= min(len(words), len(others))


def _matches(some: list[Quoted], others: list[Quoted]) -> Iterator[bool]:
    for quoted in some:
        yield any(_overlap(quoted, other) for other in others)


def _same_passages(some: list[Quoted], others: list[Quoted]) -> bool:
    return all(_matches(some, others)) and all(_matches(others, some))


def _one_in_common(some: list[Quoted], others: list[Quoted]) -> bool:
    return any(_matches(some, others))
