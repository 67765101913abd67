"""Published rows that cannot all be true: minimal infeasible subsets, and what is set aside.

A minimum-cardinality infeasible subset is sought by increasing size. If that takes too many checks,
an irreducible subset is used: no row of it can be left out (QuickXplain: Junker, AAAI 2004), though
a smaller one may exist elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.frames import RowKey
from analysis.measure.feasible import Constraint, connected, places_by_cell, satisfiable

CHECKS_AT_MOST = 3_000
"""The most sets of rows that are checked to find a smallest one."""


@dataclass(frozen=True)
class InfeasibleSet:
    """Rows that cannot all be true beside the known cells, while any fewer of them could be.

    Attributes:
        rows: the rows, in the order of the file.
        set_aside: those of them that are left out from then on.
    """

    rows: tuple[RowKey, ...]
    set_aside: tuple[RowKey, ...]


def sift(
    choices: Mapping[int, int], firm: Sequence[Constraint], weak: Sequence[Constraint]
) -> tuple[list[Constraint], list[Constraint], list[InfeasibleSet]]:
    """Set aside the published rows that cannot all be true.

    Nothing tells which row of an infeasible subset is wrong, so all of them are set aside; keeping
    one would be arbitrary. But a row that may not settle a cell may not unsettle one either. So the
    firm rows are sifted first, by themselves. If weak rows are infeasible together with them, only
    the weak rows are set aside. An assessment is never set aside.

    Args:
        choices: how many levels each open cell may have.
        firm: constraints that may settle cells, in the order of the files.
        weak: those that may not.

    Returns:
        The firm and the weak constraints that remain, which can all be true at once, and the
        infeasible subsets in the order in which they were found.
    """
    clashes: list[InfeasibleSet] = []

    def feasible_rows(rows: list[Constraint], removable: set[RowKey]) -> list[Constraint]:
        kept = []
        for tied in connected(rows):
            while smallest := minimal_infeasible_sets(choices, tied):
                removed: set[RowKey] = set()
                # Handle all subsets of the smallest size: starting with one would be arbitrary,
                # too.
                for clash in smallest:
                    names = [row.name for row in clash]
                    set_aside = [name for name in names if name in removable]
                    clashes.append(InfeasibleSet(tuple(names), tuple(set_aside)))
                    removed.update(set_aside)
                tied = [row for row in tied if row.name not in removed]
            kept += tied
        names = {row.name for row in kept}
        return [row for row in rows if row.name in names]

    firm = feasible_rows(list(firm), {row.name for row in firm})
    names = {row.name for row in firm}
    if not weak:
        return firm, [], clashes
    both = feasible_rows([*firm, *weak], {row.name for row in weak})
    return firm, [row for row in both if row.name not in names], clashes


def minimal_infeasible_sets(
    choices: Mapping[int, int], rows: Sequence[Constraint]
) -> list[list[Constraint]]:
    """Return the smallest sets of rows that no assignment satisfies, all of them of one size.

    In file order; none where all rows can be true at once.
    """

    def is_infeasible(subset: Sequence[Constraint]) -> bool:
        return not satisfiable(choices, subset)

    if not is_infeasible(rows):
        return []
    core = _irreducible(rows, is_infeasible)
    checks = 0
    for size in range(1, len(core) + 1):
        infeasible = []
        for places in _connected_sets(rows, size):
            checks += 1
            if checks > CHECKS_AT_MOST:
                return infeasible or [core]
            subset = [rows[place] for place in places]
            if is_infeasible(subset):
                infeasible.append(subset)
        if infeasible:
            return infeasible
    return [core]


def _irreducible(
    rows: Sequence[Constraint], is_infeasible: Callable[[Sequence[Constraint]], bool]
) -> list[Constraint]:
    """Return an irreducible infeasible subset, by QuickXplain; earlier rows are preferred."""

    def explain(background: list, added: bool, candidates: list) -> list:
        if added and is_infeasible(background):
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        early, late = candidates[:half], candidates[half:]
        from_late = explain([*background, *early], bool(early), late)
        from_early = explain([*background, *from_late], bool(from_late), early)
        return [*from_early, *from_late]

    return explain([], False, list(rows))


def _connected_sets(rows: Sequence[Constraint], size: int) -> Iterator[tuple[int, ...]]:
    """Yield the sets of positions whose rows are connected by shared cells, in file order.

    A smallest infeasible subset is connected. Otherwise one of its parts would be infeasible.
    """
    by_cell = places_by_cell(rows)
    neighbours = [
        {other for cell in row.parts for other in by_cell[cell]} - {place}
        for place, row in enumerate(rows)
    ]
    # Grow each set from its first position by later neighbours, so that each set comes once.
    for first in range(len(rows)):
        grown = {(first,)}
        for _ in range(size - 1):
            grown = {
                tuple(sorted((*positions, other)))
                for positions in grown
                for place in positions
                for other in neighbours[place]
                if other > first and other not in positions
            }
        yield from sorted(grown)
