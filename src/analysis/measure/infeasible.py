"""Published rows that cannot all be true: the smallest set that clashes, and what goes on.

A minimum-cardinality infeasible subset is sought by increasing size. Where that takes too
many checks, an irreducible one stands in: no row of it can be left out (QuickXplain: Junker,
AAAI 2004), though a smaller one may exist elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.measure.feasible import Constraint, connected, satisfiable
from analysis.measure.row_key import RowKey

CHECKS_AT_MOST = 3_000
"""Sets of rows looked at for a smallest one."""


@dataclass(frozen=True)
class InfeasibleSet:
    """Rows that cannot all be true beside what is settled, while any fewer of them could be.

    Attributes:
        rows: the rows, in the order of the file.
        set_aside: those of them that are left out from then on.
    """

    rows: tuple[RowKey, ...]
    set_aside: tuple[RowKey, ...]


def sift(
    choices: Mapping[int, int], firm: Sequence[Constraint], weak: Sequence[Constraint]
) -> tuple[list[Constraint], list[Constraint], list[InfeasibleSet]]:
    """Set aside what cannot be true.

    Nothing in a clash tells which of its rows is wrong, so all of them are set aside; to keep
    one would be to choose. But a row too weak to settle a cell is too weak to unsettle one: the
    firm rows are sifted alone first, and where a weak row clashes with them, only the weak rows
    of the clash go. An assessment never goes.

    Args:
        choices: how many levels each open cell may have.
        firm: constraints that may settle cells, in the order of the files.
        weak: those that may not.

    Returns:
        The firm and the weak constraints that stand, which can all be true at once, and the
        clashes in the order in which they were met.
    """
    clashes: list[InfeasibleSet] = []

    def standing(rows: list[Constraint], may_go: set[RowKey]) -> list[Constraint]:
        kept = []
        for tied in connected(rows):
            while found := minimal_infeasible_sets(choices, tied):
                gone: set[RowKey] = set()
                # Where several are as small, to begin with one of them would be to choose too.
                for clash in found:
                    names = [one.name for one in clash]
                    aside = [name for name in names if name in may_go]
                    clashes.append(InfeasibleSet(tuple(names), tuple(aside)))
                    gone.update(aside)
                tied = [one for one in tied if one.name not in gone]
            kept += tied
        names = {one.name for one in kept}
        return [row for row in rows if row.name in names]

    firm = standing(list(firm), {one.name for one in firm})
    names = {one.name for one in firm}
    if not weak:
        return firm, [], clashes
    both = standing([*firm, *weak], {one.name for one in weak})
    return firm, [one for one in both if one.name not in names], clashes


def minimal_infeasible_sets(
    choices: Mapping[int, int], rows: Sequence[Constraint]
) -> list[list[Constraint]]:
    """Return the smallest sets of rows that no assignment satisfies, all of them of one size.

    In file order; none where all rows can be true at once.
    """

    def clash(some: Sequence[Constraint]) -> bool:
        return not satisfiable(choices, some)

    if not clash(rows):
        return []
    core = _irreducible(rows, clash)
    checks = 0
    for size in range(1, len(core) + 1):
        found = []
        for places in _connected_sets(rows, size):
            checks += 1
            if checks > CHECKS_AT_MOST:
                return found or [core]
            some = [rows[place] for place in places]
            if clash(some):
                found.append(some)
        if found:
            return found
    return [core]


def _irreducible(
    rows: Sequence[Constraint], clash: Callable[[Sequence[Constraint]], bool]
) -> list[Constraint]:
    """Return a clash of which no row can be left out, by QuickXplain; earlier rows preferred."""

    def explain(held: list, added: bool, open_: list) -> list:
        if added and clash(held):
            return []
        if len(open_) == 1:
            return open_
        half = len(open_) // 2
        early, late = open_[:half], open_[half:]
        from_late = explain([*held, *early], bool(early), late)
        from_early = explain([*held, *from_late], bool(from_late), early)
        return [*from_early, *from_late]

    return explain([], False, list(rows))


def _connected_sets(rows: Sequence[Constraint], size: int) -> Iterator[tuple[int, ...]]:
    """Yield the sets of places whose rows share cells, one with another, in file order.

    A smallest clash is never in two parts with no cell in common: one of them would do.
    """
    by_cell: dict[int, list[int]] = {}
    for place, one in enumerate(rows):
        for cell in one.parts:
            by_cell.setdefault(cell, []).append(place)
    beside = [
        {other for cell in one.parts for other in by_cell[cell]} - {place}
        for place, one in enumerate(rows)
    ]
    # Sets are grown from their first place by neighbours after it, each set once.
    for first in range(len(rows)):
        found = {(first,)}
        for _ in range(size - 1):
            found = {
                tuple(sorted((*some, other)))
                for some in found
                for place in some
                for other in beside[place]
                if other > first and other not in some
            }
        yield from sorted(found)
