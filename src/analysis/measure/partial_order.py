"""The partial order that the sure statements make: who is alike in it, and who stands over whom."""

from dataclasses import dataclass

import numpy as np

from analysis.measure.dominance import Dominance


@dataclass(frozen=True)
class EquivalenceClass:
    """Units that cannot be told apart: the same units are surely above them, and below.

    Attributes:
        units: their ids, in the study's order.
        layer: 0 at the top; else 1 + the deepest layer of a group above. Only lines say who is
            above whom: two groups with no way down between them are not ranked, whatever their
            layers.
        under: positions of the groups directly above, those with none between.
        apart: whether the units stand in no sure statement at all.
    """

    units: tuple[str, ...]
    layer: int
    under: tuple[int, ...]
    apart: bool


def order(dominance: Dominance) -> list[EquivalenceClass]:
    """Group the units with a score by what is sure of them; the transitive reduction joins them.

    Being surely above is a strict partial order, also where pairs are conservative: what is
    above the least of one is above all that lies below it.

    Returns:
        The groups by layer, within a layer in the order of their first unit; the group that
        stands in no sure statement, if any, comes last, with layer 0.
    """
    scored = np.flatnonzero(dominance.scored).tolist()
    above = dominance.above[np.ix_(scored, scored)]
    both = np.concatenate([above, above.T], axis=1)
    _, first, kind = np.unique(both, axis=0, return_index=True, return_inverse=True)
    kind = kind.reshape(-1)
    over = above[np.ix_(first, first)]
    apart = ~(np.any(over, axis=0) | np.any(over, axis=1))
    layer = np.zeros(len(first), dtype=int)
    for _ in range(len(first)):
        deeper = np.where(over, layer[:, None] + 1, 0).max(axis=0, initial=0)
        if np.array_equal(deeper, layer):
            break
        layer = deeper
    # A way over a third group is no direct one; in floats, since those are multiplied fast.
    ways = over.astype(np.float32)
    direct = np.logical_and(over, ways @ ways == 0)
    ranked = sorted(range(len(first)), key=lambda group: (apart[group], layer[group], first[group]))
    place = {group: number for number, group in enumerate(ranked)}
    return [
        EquivalenceClass(
            units=tuple(
                dominance.unit_ids[scored[unit]] for unit in np.flatnonzero(kind == group).tolist()
            ),
            layer=int(layer[group]),
            under=tuple(
                sorted(place[other] for other in np.flatnonzero(direct[:, group]).tolist())
            ),
            apart=bool(apart[group]),
        )
        for group in ranked
    ]
