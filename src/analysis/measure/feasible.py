"""Feasible assignments: the ways to fill open cells that satisfy linear constraints, in integers.

A cell takes one of a few levels; a constraint bounds the sum of what the chosen levels add
(Manski, Partial Identification of Probability Distributions, 2003, chapter 1: what is known of
the whole restricts what is not known of its parts). Cells that no constraint ties together
are independent, so everything is worked out block by block. A small block is solved exactly by
dynamic programming over the partial sums. A larger one goes to a solver (HiGHS, by way of
``scipy.optimize.milp``) with one integer variable for each level of each class of
interchangeable cells. Every solution that it gives is checked again in integers. A level is ruled
out only if the solver proves a bound a whole cell below what the level needs. If the search is cut
short or a check fails, the level stays possible and the bound is wider.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add

from analysis.frames import RowKey

STATES_AT_MOST = 20_000
"""Partial sums that a block may have, over all its cells, before it goes to the solver."""
CONSTRAINTS_AT_MOST = 16
"""Constraints that a block may have before it goes to the solver."""
NODES_AT_MOST = 20_000
"""Nodes of the solver's search; a number of nodes, unlike seconds, is the same everywhere."""

Worth = Mapping[int, Sequence[int]]
"""What each level of a cell adds to a figure, by cell; cells left out add nothing."""


@dataclass(frozen=True)
class Constraint:
    """A constraint: the sum of what the cells' levels add is at least ``low`` and at most ``high``.

    Attributes:
        name: the row that it comes from.
        parts: for each cell that it binds, what each of its levels adds.
        low: least sum, or ``None``.
        high: greatest sum, or ``None``.
    """

    name: RowKey
    parts: Mapping[int, tuple[int, ...]]
    low: int | None
    high: int | None

    def is_satisfied_by(self, total: int) -> bool:
        """Return whether a sum satisfies this constraint."""
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


def blocks(choices: Mapping[int, int], constraints: Iterable[Constraint]) -> list["Block"]:
    """Return the independent blocks of the cells that a constraint binds.

    Args:
        choices: how many levels each open cell may have, by cell.
        constraints: those that hold. One that binds no cell makes a block without cells, which
            either is satisfied or is not.
    """
    return [
        Block({cell: choices[cell] for row in tied for cell in row.parts}, tuple(tied))
        for tied in connected(list(constraints))
    ]


def connected(constraints: Sequence[Constraint]) -> list[list[Constraint]]:
    """Return the constraints in groups that share open cells, each in the order given."""
    by_cell = places_by_cell(constraints)
    groups: list[list[Constraint]] = []
    grouped: set[int] = set()
    for first in range(len(constraints)):
        if first in grouped:
            continue
        places = [first]
        grouped.add(first)
        for place in places:  # the list grows during the loop
            for cell in constraints[place].parts:
                # Each cell is looked at once, which keeps the time linear.
                neighbours = [other for other in by_cell.pop(cell, ()) if other not in grouped]
                places += neighbours
                grouped.update(neighbours)
        groups.append([constraints[place] for place in sorted(places)])
    return groups


def places_by_cell(constraints: Sequence[Constraint]) -> dict[int, list[int]]:
    """Return for each cell the positions, in the order given, of the constraints on it."""
    by_cell = defaultdict(list)
    for place, constraint in enumerate(constraints):
        for cell in constraint.parts:
            by_cell[cell].append(place)
    return by_cell


def satisfiable(choices: Mapping[int, int], constraints: Iterable[Constraint]) -> bool:
    """Return whether some assignment satisfies all the constraints at once."""
    return all(block.satisfiable for block in blocks(choices, constraints))


@dataclass(frozen=True)
class Block:
    """Cells that constraints tie together, and those constraints.

    Attributes:
        choices: how many levels each cell may have, by cell.
        constraints: those that tie the cells.
    """

    choices: Mapping[int, int]
    constraints: tuple[Constraint, ...]

    @cached_property
    def satisfiable(self) -> bool:
        """Whether the block has a feasible assignment; assumed so if a search was cut short."""
        if self._layers is None:
            program = _Program(self, {})
            return program.solve([0] * program.size).feasible
        return bool(self._layers[-1])

    @cached_property
    def possible(self) -> dict[int, set[int]]:
        """For each cell the levels that it has in some feasible assignment; the block must be satisfiable."""
        if self._layers is None:
            return _Program(self, {}, with_indicators=True).possible()
        possible = {}
        for cell, layer, after, adds in self._steps():
            possible[cell] = {
                level
                for level, part in enumerate(adds)
                if any(tuple(map(add, state, part)) in after for state in layer)
            }
        return possible

    def extremes(self, worth: Worth) -> tuple[int, int]:
        """Return the least and the greatest sum of ``worth`` over the block's feasible assignments."""
        worth = {cell: gains for cell, gains in worth.items() if cell in self.choices}
        if len(worth) < 2:
            # For a single cell only the possible levels matter, and these are cached.
            possible = [
                [gains[level] for level in self.possible[cell]] for cell, gains in worth.items()
            ]
            return sum(map(min, possible)), sum(map(max, possible))
        if self._layers is None:
            return _Program(self, worth).extremes()
        least = dict.fromkeys(self._layers[-1], 0)
        most = dict(least)
        for cell, layer, after, adds in self._steps():
            gains = worth.get(cell, (0,) * len(adds))
            transitions = {
                state: [
                    (target, gain)
                    for part, gain in zip(adds, gains, strict=True)
                    if (target := tuple(map(add, state, part))) in after
                ]
                for state in layer
            }
            least = {
                s: min(least[target] + gain for target, gain in transitions[s]) for s in transitions
            }
            most = {
                s: max(most[target] + gain for target, gain in transitions[s]) for s in transitions
            }
        ((low, high),) = zip(least.values(), most.values(), strict=True)
        return low, high

    @cached_property
    def _adds(self) -> list[tuple[int, tuple[tuple[int, ...], ...]]]:
        """Each cell with what each of its levels adds to each constraint."""
        return [
            (
                cell,
                tuple(
                    zip(
                        *(constraint.parts.get(cell, (0,) * n) for constraint in self.constraints),
                        strict=True,
                    )
                ),
            )
            for cell, n in self.choices.items()
        ]

    @cached_property
    def _layers(self) -> list[set[tuple[int, ...]]] | None:
        """The partial sums before each cell, and after the last, that some feasible assignment has.

        ``None`` where there are too many. The last layer is empty where there is no feasible
        assignment.
        """
        if len(self.constraints) > CONSTRAINTS_AT_MOST:
            return None
        windows = self._windows()
        layers = [{(0,) * len(self.constraints)}]
        count = 0
        for (_, adds), window in zip(self._adds, windows[1:], strict=True):
            reached = {tuple(map(add, state, part)) for state in layers[-1] for part in set(adds)}
            layers.append(
                {
                    state
                    for state in reached
                    if all(
                        low <= total <= high
                        for total, (low, high) in zip(state, window, strict=True)
                    )
                }
            )
            count += len(reached)
            if count > STATES_AT_MOST:
                return None
        if not self._adds and not all(low <= 0 <= high for low, high in windows[0]):
            return [set()]
        # Going backwards, remove partial sums from which no feasible assignment can be completed.
        for number in range(len(self._adds) - 1, -1, -1):
            adds, after = set(self._adds[number][1]), layers[number + 1]
            layers[number] = {
                state
                for state in layers[number]
                if any(tuple(map(add, state, part)) in after for part in adds)
            }
        return layers

    def _windows(self) -> list[list[tuple[float, float]]]:
        """Return the limits of each partial sum before each cell, and after the last."""
        limits = [
            (
                float("-inf") if constraint.low is None else constraint.low,
                float("inf") if constraint.high is None else constraint.high,
            )
            for constraint in self.constraints
        ]
        windows = [limits]
        for _, adds in reversed(self._adds):
            parts = list(zip(*adds, strict=True))
            limits = [
                (low - max(part), high - min(part))
                for (low, high), part in zip(limits, parts, strict=True)
            ]
            windows.append(limits)
        return windows[::-1]

    def _steps(self) -> Iterator[tuple]:
        """Yield each cell, the last first, with the sums before and after it, and what it adds."""
        layers = self._layers or []
        for number in range(len(self._adds) - 1, -1, -1):
            cell, adds = self._adds[number]
            yield cell, layers[number], layers[number + 1], adds


@dataclass(frozen=True)
class _Solution:
    """A result of the solver: an upper bound of the goal, and perhaps counts that reach it."""

    feasible: bool
    bound: float
    counts: list[int] | None


class _Program:
    """A block as an integer program over classes of interchangeable cells.

    Cells to which every constraint, and the figure through its worth, gives the same parts are
    interchangeable: only how many of them are at each level matters.
    """

    def __init__(self, block: Block, worth: Worth, with_indicators: bool = False):
        import numpy as np
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array

        same = defaultdict(list)
        for cell, adds in block._adds:
            same[adds, tuple(worth.get(cell, (0,) * len(adds)))].append(cell)
        self.block = block
        self.classes, self.worths = [], []
        adds = []
        for (parts, gains), cells in same.items():
            numbers = range(len(self.worths), len(self.worths) + len(parts))
            self.classes.append((cells, numbers))
            self.worths += gains
            adds += parts
        self.adds = adds
        self.variables = len(adds)
        self.size = self.variables * (2 if with_indicators else 1)
        entries, lows, highs = [], [], []

        def row(terms: Iterable[tuple[int, int]], low: float, high: float) -> None:
            entries.extend((len(lows), column, value) for column, value in terms if value)
            lows.append(low)
            highs.append(high)

        for cells, numbers in self.classes:
            row(((number, 1) for number in numbers), len(cells), len(cells))
        for place, constraint in enumerate(block.constraints):
            low = -np.inf if constraint.low is None else constraint.low
            high = np.inf if constraint.high is None else constraint.high
            row(((number, parts[place]) for number, parts in enumerate(adds)), low, high)
        if with_indicators:
            # An indicator for each level: 1 if at least one cell of the class is at it.
            for number in range(self.variables):
                row(((number, 1), (self.variables + number, -1)), 0, np.inf)
        places, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = csr_array((values, (places, columns)), shape=(len(lows), self.size), dtype=float)
        self.limits = LinearConstraint(matrix, lows, highs)  # pyright: ignore[reportArgumentType] - arrays, too
        most = [len(cells) for cells, numbers in self.classes for _ in numbers]
        self.most = np.array(most + [1] * (self.size - self.variables), dtype=float)
        self.whole = np.array([1] * self.variables + [0] * (self.size - self.variables))

    def possible(self) -> dict[int, set[int]]:
        """Return the levels of each cell that could not be ruled out.

        Each solution attains as many levels not yet seen as it can. If the greatest number that one
        could attain is 0, the others are impossible. This takes far fewer solutions than one for
        each level of each class.
        """
        unseen = set(range(self.variables))
        while unseen:
            goal = [0] * self.variables
            goal += [int(number in unseen) for number in range(self.variables)]
            solution = self.solve(goal)
            if solution.feasible and solution.bound < 1 - 1e-6:
                break
            attained = {number for number in unseen if solution.counts and solution.counts[number]}
            if not attained:
                # The search was cut short, now or before: count the remaining levels as possible.
                unseen = set()
            unseen -= attained
        return {
            cell: {level for level, number in enumerate(numbers) if number not in unseen}
            for cells, numbers in self.classes
            for cell in cells
        }

    def extremes(self) -> tuple[int, int]:
        """Return bounds on the figure: the least and the greatest, or a little beyond them."""
        low, high = ([sign * gain for gain in self.worths] for sign in (-1, 1))
        return -self.upper_bound(self.solve(low), low), self.upper_bound(self.solve(high), high)

    def solve(self, goal: Sequence[int]) -> _Solution:
        """Maximise a goal."""
        import numpy as np
        from scipy.optimize import Bounds, milp

        result = milp(
            [-gain for gain in goal],
            integrality=self.whole,
            bounds=Bounds(0, self.most),  # pyright: ignore[reportArgumentType] - an array, too
            constraints=self.limits,
            options={"mip_rel_gap": 0, "node_limit": NODES_AT_MOST},
        )
        if result.status == 2:
            return _Solution(False, -np.inf, None)
        bound = result.mip_dual_bound
        bound = np.inf if bound is None or not np.isfinite(bound) else -bound
        if result.x is None:
            return _Solution(True, bound, None)
        counts = [round(value) for value in result.x[: self.variables]]
        return _Solution(True, bound, counts)

    def upper_bound(self, solution: _Solution, goal: Sequence[int]) -> int:
        """Return an upper bound of a goal: the solution's value, if it is valid and the greatest."""
        highest = sum(
            len(cells) * max(goal[number] for number in numbers) for cells, numbers in self.classes
        )
        bound = math.floor(min(highest, solution.bound + 1e-6)) if solution.feasible else highest
        if solution.counts is None or not self.satisfies(solution.counts):
            return bound
        value = sum(gain * count for gain, count in zip(goal, solution.counts, strict=True))
        return max(value, bound)

    def satisfies(self, counts: Sequence[int]) -> bool:
        """Return whether counts satisfy every constraint, in integers."""
        whole = all(
            sum(counts[number] for number in numbers) == len(cells)
            for cells, numbers in self.classes
        )
        sums = [
            sum(parts[place] * count for parts, count in zip(self.adds, counts, strict=True))
            for place in range(len(self.block.constraints))
        ]
        return whole and all(
            row.is_satisfied_by(total)
            for row, total in zip(self.block.constraints, sums, strict=True)
        )
