"""Scenarios of a study: each changes one choice and leaves all else as declared.

A scenario is a study and a matrix like any other, so that whatever is measured as declared can be
measured under it too.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from analysis.measure.constraints import Constrained, constrained
from analysis.measure.scores import in_force_at_all
from analysis.measure.tree import weighting
from analysis.study import Matrix, Study, as_coded, coders, states

DECLARED = "declared"
WEIGHTS = "weights"
LEVEL = "level"
AGGREGATION = "aggregation"
CRITERION = "criterion"
CODER = "coder"
DATE = "date"
KINDS = (WEIGHTS, LEVEL, AGGREGATION, CRITERION, CODER, DATE)
"""The kinds of choice, in a fixed order: numbers, method, what is asked, who read, when."""


@dataclass(frozen=True)
class Scenario:
    """A study with one choice changed.

    Attributes:
        id: its name: the kind, and what distinguishes it from others of the kind.
        kind: one of :data:`KINDS`, or :data:`DECLARED`.
        label: the choice, in words.
        base: the study that the scenario changes; its weight intervals are the declared ones.
        constrained: the states under the scenario, with what was published for their day. Published
            rows follow the publisher's own choices, so they are not read anew where a value or a
            criterion changes.
        beside: the scenario to compare it with: all as declared, on the same criteria if the
            scenario is another date; ``None`` for the declared scenario itself.
        left_out: the column of the criterion that is left out, if the scenario is that.
        moved: the middle level with another value, and that value, if the scenario is that.
    """

    id: str
    kind: str
    label: str
    base: Study = field(repr=False)
    constrained: Constrained = field(repr=False)
    beside: "Scenario | None" = field(default=None, repr=False)
    left_out: int | None = None
    moved: "tuple[MiddleLevel, Decimal] | None" = None

    @property
    def study(self) -> Study:
        """The study under the scenario, made on demand, since there may be thousands."""
        if self.left_out is not None:
            names = self.base["criteria"]["criterion_id"]
            return _scoring_only(self.base, list(names.drop(names.index[self.left_out])))
        if self.moved:
            levels = self.base["levels"]
            moved, value = self.moved
            is_moved = (levels["scale_id"] == moved.scale) & (levels["level"] == moved.level)
            values = levels["value"].mask(is_moved, _text(value))
            return _with_tables(self.base, levels=levels.assign(value=values))
        return self.base

    @property
    def matrix(self) -> Matrix:
        """The states under the scenario."""
        return self.constrained.matrix

    def variant(self, kind: str, name: str, label: str, **changed) -> "Scenario":
        """Return another scenario, to compare with this one, with some attributes changed."""
        name = f"{kind}.{name}" if name else kind
        return replace(self, **{"id": name, "kind": kind, "label": label, "beside": self} | changed)


def scenarios(study: Study, matrix: Matrix) -> list[Scenario]:
    """Return the declared scenario, and then every other, by kind.

    Args:
        study: the study.
        matrix: the states at the declared date.

    Returns:
        The whole range of the weights; each middle level at either end of its range, the
        midpoints to its neighbours; the weakest link; each criterion that bears weight left
        out; each coder's own codings; each date of comparison, and the report's day.

        A difference of two scores is linear in the value of a level, whatever the weights and the
        feasible assignment, so what holds at both ends of its range holds all through it; and so
        does what bounds a score.
    """
    published = constrained(study, matrix)
    declared = Scenario(DECLARED, DECLARED, "as declared", study, published)
    return [
        declared,
        declared.variant(WEIGHTS, "", "the whole range of the weights"),
        *_levels(declared),
        declared.variant(AGGREGATION, "", "the weakest link"),
        *_criteria(declared),
        *_coders(declared),
        *_dates(declared),
    ]


def at_own_weights(study: Study) -> Study:
    """Return the study with no range of weights: only its own are left."""
    box = study.settings.weight_box.model_copy(update={"nodes": ()})
    settings = study.settings.model_copy(update={"weight_box": box})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    return replace(study, descriptor=descriptor)


@dataclass(frozen=True)
class MiddleLevel:
    """A level between the lowest and the highest of its scale, with the range of its value.

    Attributes:
        scale: the scale.
        level: its name.
        lowest: midpoint to the next lower value of the scale, exact.
        highest: midpoint to the next higher.
    """

    scale: str
    level: str
    lowest: Decimal
    highest: Decimal


def middle_levels(study: Study) -> list[MiddleLevel]:
    """Return the middle levels of the scales of the criteria that bear weight."""
    used = set(study["criteria"]["scale_id"].iloc[weighting(study).columns])
    middle = []
    for scale, rows in study["levels"].groupby("scale_id", sort=False):
        if scale not in used:
            continue
        values = sorted({Decimal(text) for text in rows["value"]})
        place = {value: number for number, value in enumerate(values)}
        for level, text in zip(rows["level"], rows["value"], strict=True):
            number = place[Decimal(text)]
            if 0 < number < len(values) - 1:
                below, own, above = values[number - 1 : number + 2]
                middle.append(MiddleLevel(str(scale), level, (below + own) / 2, (own + above) / 2))
    return middle


def _levels(declared: Scenario) -> Iterator[Scenario]:
    for level in middle_levels(declared.study):
        for end, value in (("lowest", level.lowest), ("highest", level.highest)):
            name = f"{level.scale}.{level.level}.{end}"
            words = level.level.replace("_", " ")
            label = f"{words} worth {_text(value)} (scale {level.scale})"
            yield declared.variant(LEVEL, name, label, moved=(level, value))


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _criteria(declared: Scenario) -> Iterator[Scenario]:
    names, labels = (declared.study["criteria"][name] for name in ("criterion_id", "label"))
    for column in weighting(declared.study).columns:
        label = f"without {labels.iloc[column]}"
        yield declared.variant(CRITERION, names.iloc[column], label, left_out=column)


def _coders(declared: Scenario) -> Iterator[Scenario]:
    for name in coders(declared.study):
        study = as_coded(declared.study, name)
        matrix = states(study, declared.matrix.as_of, declared.matrix.known_by)
        published = constrained(study, matrix)
        yield declared.variant(CODER, name, f"{name} alone", base=study, constrained=published)


def _dates(declared: Scenario) -> Iterator[Scenario]:
    """Yield each date, on the criteria in force at both: only on those are dates comparable."""
    study, today = declared.study, declared.matrix.as_of
    labels: dict[dt.date, list[str]] = {}
    for compared in study.settings.compare_dates:
        labels.setdefault(compared.date, []).append(compared.label)
    labels.setdefault(study.settings.report.date, ["The report’s day"])
    for day in sorted(labels):
        if day == today:
            continue
        criteria, beside = in_force_at_all(study, [day, today]), declared
        if set(criteria) != set(in_force_at_all(study, [today])):
            label = f"as declared, on the criteria in force at {day}"
            beside = replace(declared, label=label, base=_scoring_only(study, criteria))
        then = study.at(day)
        published = constrained(then, states(then, day, declared.matrix.known_by))
        label = f"{'; '.join(labels[day])} ({day})"
        base = _scoring_only(then, criteria)
        yield beside.variant(DATE, str(day), label, base=base, constrained=published)


def _scoring_only(study: Study, criteria: list[str]) -> Study:
    """Return the study with only these of its scored criteria still scored."""
    table = study["criteria"]
    scored = table["scored"].where(table["criterion_id"].isin(criteria), "no")
    return _with_tables(study, criteria=table.assign(scored=scored))


def _with_tables(study: Study, **tables) -> Study:
    return replace(study, tables={**study.tables, **tables})
