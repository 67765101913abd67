"""Published rows that cannot all be true: the smallest set that clashes, and what goes on.

A minimum-cardinality infeasible subset is sought by increasing size. Where that takes too
many checks, an irreducible one stands in: no row of it can be left out (QuickXplain: Junker,
AAAI 2004), though a smaller one may exist elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.frames import RowKey
from analysis.measure.feasible import Constraint, connected, places_by_cell, satisfiable

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
            while smallest := minimal_infeasible_sets(choices, tied):
                gone: set[RowKey] = set()
                # Where several are as small, to begin with one of them would be to choose too.
                for clash in smallest:
                    names = [row.name for row in clash]
                    set_aside = [name for name in names if name in may_go]
                    clashes.append(InfeasibleSet(tuple(names), tuple(set_aside)))
                    gone.update(set_aside)
                tied = [row for row in tied if row.name not in gone]
            kept += tied
        names = {row.name for row in kept}
        return [row for row in rows if row.name in names]

    firm = standing(list(firm), {row.name for row in firm})
    names = {row.name for row in firm}
    if not weak:
        return firm, [], clashes
    both = standing([*firm, *weak], {row.name for row in weak})
    return firm, [row for row in both if row.name not in names], clashes


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
        infeasible = []
        for places in _connected_sets(rows, size):
            checks += 1
            if checks > CHECKS_AT_MOST:
                return infeasible or [core]
            some = [rows[place] for place in places]
            if clash(some):
                infeasible.append(some)
        if infeasible:
            return infeasible
    return [core]


def _irreducible(
    rows: Sequence[Constraint], clash: Callable[[Sequence[Constraint]], bool]
) -> list[Constraint]:
    """Return a clash of which no row can be left out, by QuickXplain; earlier rows preferred."""

    def explain(background: list, added: bool, candidates: list) -> list:
        if added and clash(background):
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
    """Yield the sets of places whose rows share cells, one with another, in file order.

    A smallest clash is never in two parts with no cell in common: one of them would do.
    """
    by_cell = places_by_cell(rows)
    beside = [
        {other for cell in row.parts for other in by_cell[cell]} - {place}
        for place, row in enumerate(rows)
    ]
    # Sets are grown from their first place by neighbours after it, each set once.
    for first in range(len(rows)):
        grown = {(first,)}
        for _ in range(size - 1):
            grown = {
                tuple(sorted((*some, other)))
                for some in grown
                for place in some
                for other in beside[place]
                if other > first and other not in some
            }
        yield from sorted(grown)
