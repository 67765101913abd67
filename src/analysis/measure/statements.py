"""Named statements: every figure that prose uses, with its definition and the rows behind it.

Notebooks and the report take their numbers from here and from nowhere else, so that a figure
is written once and can be walked back.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from analysis.direction import isolated_name
from analysis.fieldwork.agreement import (
    ALL,
    LEVELS,
    NO_ROW,
    agreement,
    coded_states,
    differing,
    in_words,
)
from analysis.measure.bounds import ENDS, MEAN
from analysis.measure.change import came_into_force
from analysis.measure.choices import KINDS
from analysis.measure.figures import comparable_figures, irreconcilable
from analysis.measure.gaps import (
    CANNOT_BE_TOLD,
    DOES_NOT_APPLY,
    FALLS_SHORT,
    GAP_STATES,
    MEETS,
)
from analysis.measure.imported import imported_cells
from analysis.measure.national import asked_criteria
from analysis.measure.next_questions import ASSUMPTION, STEPS
from analysis.measure.readings import SETTLED as AS_SETTLED
from analysis.measure.readings import differing_units, known_units
from analysis.measure.results import SETTLED, Results
from analysis.measure.scores import shown
from analysis.measure.sensitivity import ABOVE, AT_OR_ABOVE
from analysis.measure.totals import AT_MOST
from analysis.measure.tree import TOTAL
from analysis.study import Matrix, Study, readers
from analysis.study import vocabulary as v
from analysis.study.published import levels_of, listed_units, units_among
from analysis.wording import capital, exact, listed, spoken


@dataclass(frozen=True)
class Statement:
    """One named figure.

    Attributes:
        id: its name, such as ``national.guidance-clear.met``.
        value: the value, unrounded; ``None`` where there is nothing to measure.
        text: the value as prose shows it.
        definition: what it is, in one sentence.
        rows: what it is made of, as ``table/key`` or ``table/key/key``.
    """

    id: str
    value: int | float | str | None
    text: str
    definition: str
    rows: tuple[str, ...]

    def as_dict(self) -> dict:
        """Return the statement as a plain dictionary, for JSON."""
        return {
            "id": self.id,
            "value": self.value,
            "text": self.text,
            "definition": self.definition,
            "rows": list(self.rows),
        }


def statements(results: Results) -> dict[str, Statement]:
    """Return every named statement of the results, by id."""
    parts = (
        _study, _imported, _cells, _units, _national, _gaps, _totals, _bounds, _figures, _dates, _changes,
        _agreement, _readings, _replies, _pairs, _ranks, _next,
    )  # fmt: skip
    return {one.id: one for part in parts for one in part(results)}


def _count(name: str, definition: str, rows: Iterable[str]) -> Statement:
    """Return the statement that counts the rows behind it."""
    rows = tuple(rows)
    return Statement(name, len(rows), str(len(rows)), definition, rows)


def _many(results: Results) -> str:
    """Return the noun of the units that the figures count: of a part of them, those shown."""
    noun = results.study.settings.unit_noun.plural
    return f"{noun} shown" if results.study.scope.units else noun


def _keys(table: str, *columns: Iterable) -> list[str]:
    return ["/".join((table, *map(str, key))) for key in zip(*columns, strict=True)]


def _cell_keys(cells: pd.DataFrame) -> list[str]:
    return _keys("matrix", cells["unit_id"], cells["criterion_id"])


def _study(results: Results) -> Iterable[Statement]:
    study, settings, many = results.study, results.study.settings, _many(results)
    counted = {
        "units": ("units", "unit_id", f"All {many} of the study that exist on this date"),
        "recommendations": (
            "recommendations",
            "recommendation_id",
            "The report's recommendations, findings and conclusions that the study has",
        ),
        "criteria": ("criteria", "criterion_id", "All criteria"),
        "sources": ("sources", "source_id", "All documents listed"),
        "evidence": (
            "evidence",
            "evidence_id",
            f"All statements of evidence, in our own words, but those on {settings.unit_noun.plural} that do not exist on this date{' or are not shown' if study.scope.units else ''}",
        ),
        "figures": ("figures", "figure_id", "Published figures that bear on the subject"),
        "events": ("events", "event_id", "Events of the national timeline"),
    }
    for name, (table, key, definition) in counted.items():
        yield _count(f"study.{name}", f"{definition}.", _keys(table, study[table][key]))
    criteria = study["criteria"]
    for name, scored in (("scored", "yes"), ("context", "no")):
        held = criteria.loc[criteria["scored"] == scored, "criterion_id"]
        yield _count(
            f"study.criteria.{name}", f"Criteria with scored: {scored}.", _keys("criteria", held)
        )
    groups = study["recommendations"]
    yield _count(
        "study.criteria.asked",
        f"Criteria{' shown' if study.scope.criteria else ''} that ask something: those behind a recommendation that was read, or behind none.",
        _keys("criteria", asked_criteria(study)["criterion_id"]),
    )
    unread = groups.loc[groups["text_read"] == "not_read", "recommendation_id"]
    yield _count(
        "study.recommendations.unread",
        "Recommendations whose text was not read.",
        _keys("recommendations", unread),
    )
    evidence = study["evidence"]
    yield _count(
        "study.evidence.sources",
        "Documents that a statement of evidence is from.",
        _keys("sources", sorted(evidence["source_id"].unique())),
    )
    cited = study.cited_evidence()
    own, used = evidence["scope"] == "unit", evidence["evidence_id"].isin(cited)
    for name, where, definition in (
        ("cited", used, "Statements of evidence that a coding or an assessment cites"),
        (
            "uncited",
            own & ~used,
            f"Statements about one of the {many} that no coding or assessment cites",
        ),
        (
            "context",
            ~own,
            f"Statements about many {settings.unit_noun.plural} at once, which decide no level",
        ),
    ):
        yield _count(
            f"study.evidence.{name}",
            f"{definition}.",
            _keys("evidence", evidence.loc[where, "evidence_id"]),
        )
    whole = evidence.loc[evidence["extent_read"].str.startswith("whole"), "evidence_id"]
    yield _count(
        "study.evidence.whole",
        "Statements of evidence read to the end of what could be read.",
        _keys("evidence", whole),
    )
    opening = evidence.loc[evidence["extent_read"] == "opening", "evidence_id"]
    yield _count(
        "study.evidence.opening",
        "Statements of evidence of which only the opening could be read.",
        _keys("evidence", opening),
    )
    undated = study["events"].loc[study["events"]["date"] == "", "event_id"]
    yield _count(
        "study.events.undated", "Events whose date is not known.", _keys("events", undated)
    )
    if study.mark:
        yield Statement(
            "mark",
            study.mark,
            study.mark,
            "What stands on every page: the draft mark, and what is not the study's own.",
            ("datapackage.json/study",),
        )
    placeholders = study.descriptor.placeholders
    yield _count(
        "study.placeholders",
        "Settings that still wait to be set.",
        [f"datapackage.json/{place}" for place in placeholders],
    )


def _imported(results: Results) -> Iterable[Statement]:
    rows = _cell_keys(imported_cells(results))
    if rows:
        yield _count("cells.imported", "Cells that rest on an imported table.", rows)


def _cells(results: Results) -> Iterable[Statement]:
    study, display = results.study, results.study.settings.display
    scored = _scored_cells(study, results.matrix)
    counting = scored[~scored["state"].isin(v.OUT_OF_SUM)]
    settled = counting[~counting["state"].isin(v.UNKNOWNS)]
    many = _many(results)
    yield _count(
        "cells.scored",
        f"Cells ({many} × scored criteria) in force and applicable.",
        _cell_keys(counting),
    )
    yield _count(
        "cells.settled",
        "Scored cells in force and applicable whose level is settled.",
        _cell_keys(settled),
    )
    share = 100 * len(settled) / len(counting) if len(counting) else None
    yield Statement(
        "cells.settled_percent",
        share,
        "nothing to count" if share is None else f"{shown(share, display)}%",
        "Share of settled cells among the scored cells in force and applicable.",
        tuple(_cell_keys(settled)),
    )
    for state in v.UNKNOWNS:
        rows = scored[scored["state"] == state]
        yield _count(
            f"cells.{state}", f"Cells of scored criteria: {_word(state)}.", _cell_keys(rows)
        )


def _scored_cells(study: Study, matrix: Matrix) -> pd.DataFrame:
    scored = study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"]
    return matrix.cells[matrix.cells["criterion_id"].isin(scored)]


def _units(results: Results) -> Iterable[Statement]:
    many = capital(_many(results))
    scored = _scored_cells(results.study, results.matrix)
    counting = scored[~scored["state"].isin(v.OUT_OF_SUM)]
    settled = (~counting["state"].isin(v.UNKNOWNS)).groupby(counting["unit_id"], sort=False)
    weight = results.total["known"]
    for name, units, definition in (
        ("nothing_known", settled.sum() == 0, "no scored criterion is settled"),
        ("something_known", settled.sum() > 0, "at least one scored criterion is settled"),
        ("all_known", settled.all(), "every scored criterion is settled"),
        (
            "no_weight_known",
            weight == 0,
            "no weight is known: the evidence allows the whole range",
        ),
        ("some_weight_known", weight > 0, "some of the weight is known"),
    ):
        yield _count(
            f"units.{name}", f"{many} of which {definition}.", _keys("units", units.index[units])
        )
    display, names, groups = (
        results.study.settings.display,
        _names(results.study),
        _quoted(results.study, "recommendations"),
    )
    for row in results.scores.itertuples():
        rows, name_of_unit = (f"scores/{row.unit_id}/{row.group_id}",), names[row.unit_id]
        whole = "in all" if row.group_id == TOTAL else f"on {groups[row.group_id]}"
        for name, value, definition in (
            (
                "low",
                row.low,
                f"Lowest score of {name_of_unit} {whole} that the evidence allows, 0 to 100",
            ),
            (
                "high",
                row.high,
                f"Highest score of {name_of_unit} {whole} that the evidence allows, 0 to 100",
            ),
            (
                "known_percent",
                100 * row.known,
                f"Share of the weight of {name_of_unit} {whole} that is known, per cent",
            ),
        ):
            text = shown(value, display) + ("%" if name == "known_percent" else "")
            yield Statement(
                f"score.{row.unit_id}.{row.group_id}.{name}", value, text, f"{definition}.", rows
            )


def _national(results: Results) -> Iterable[Statement]:
    many, labels = _many(results), _quoted(results.study, "criteria")
    held = {
        key: _cell_keys(cells)
        for key, cells in results.matrix.cells.groupby(["criterion_id", "state"])
    }
    for row in results.national.itertuples():
        rows = held.get((row.criterion_id, row.state), [])
        yield _count(
            f"national.{row.criterion_id}.{row.state}",
            f"{capital(many)} on {labels[row.criterion_id]}: {_word(row.state)}.",
            rows,
        )
    cells = results.matrix.cells
    by_criterion = dict(list(cells[~cells["state"].isin(v.UNKNOWNS)].groupby("criterion_id")))
    for criterion, count in results.coverage[SETTLED].items():
        settled = by_criterion.get(criterion, cells.iloc[:0])
        assert len(settled) == count
        yield _count(
            f"coverage.{criterion}.settled",
            f"{capital(many)} whose level on {labels[criterion]} is settled.",
            _cell_keys(settled),
        )


def _gaps(results: Results) -> Iterable[Statement]:
    table, many = results.gaps, _many(results)
    labels = _quoted(results.study, "recommendations")
    for group in table["recommendation_id"].unique():
        for state in GAP_STATES:
            rows = table[(table["recommendation_id"] == group) & (table["state"] == state)]
            yield _count(
                f"gaps.{group}.{state}",
                f"{capital(many)} {_OF_GAP[state]} {labels[group]}.",
                _keys("gaps", rows["unit_id"], rows["recommendation_id"]),
            )


_OF_GAP = {
    MEETS: "that can be shown to meet",
    FALLS_SHORT: "that can be shown to fall short of",
    CANNOT_BE_TOLD: "of which the evidence leaves open whether they meet",
    DOES_NOT_APPLY: "that no scored criterion in force applies to, under",
}


def _names(study: Study) -> dict[str, str]:
    return {one: isolated_name(name) for one, name in study.lookup("units", "short_name").items()}


def _quoted(study: Study, table: str) -> dict[str, str]:
    return {one: f"“{label}”" for one, label in study.lookup(table, "label").items()}


def _word(state: str) -> str:
    return v.WORD.get(state, state.replace("_", " "))


def _totals(results: Results) -> Iterable[Statement]:
    many, labels = results.study.settings.unit_noun.plural, _quoted(results.study, "criteria")
    for row in results.totals.itertuples():
        name, rows = f"totals.{row.total_id}", (f"published_totals/{row.total_id}",)
        level, place = " or ".join(map(_word, levels_of(row.level))), labels[row.criterion_id]
        day = dt.date.fromisoformat(row.as_of)
        everyone = results.everyone.at(day)
        place += f" on {spoken(day)}{_among(everyone, row.among)}"
        yield Statement(
            f"{name}.count",
            row.count,
            str(row.count),
            f"Published count of {many} that are “{level}” on {place} ({_word(row.relation)}).",
            rows,
        )
        yield Statement(
            f"{name}.of",
            row.of,
            str(row.of),
            f"How many {many} were counted, in the published count on {place}.",
            rows,
        )
        cells, units = results.constrained_at(day).matrix.cells, everyone["units"]
        cells = cells[cells["criterion_id"] == row.criterion_id][units_among(units, row.among)]
        named = cells[cells["state"].isin(levels_of(row.level))]
        unknown = cells[cells["state"].isin(v.OPEN)]
        yield _count(
            f"{name}.named",
            f"How many {many} the evidence shows to be “{level}” on {place}.",
            _cell_keys(named),
        )
        yield _count(
            f"{name}.cannot_be_told",
            f"How many {many} the evidence leaves open on {place}.",
            _cell_keys(unknown),
        )
        yield Statement(
            f"{name}.status",
            row.status,
            row.status,
            f"Whether the evidence alone bears out the published count on {place}: consistent, open or contradicted.",
            rows,
        )
        yield Statement(
            f"{name}.open_by",
            row.open_by,
            str(row.open_by),
            f"How many {many} that the evidence leaves open would {_WOULD[row.relation == AT_MOST]} “{level}” on {place}, if the published count is right.",
            rows,
        )
    gone = [
        (table, key)
        for table, audit in (
            ("published_totals", results.totals),
            ("published_scores", results.published_scores),
        )
        for key in audit.loc[audit["set_aside"] == "yes"].iloc[:, 0]
    ]
    yield _count(
        "totals.set_aside",
        "Published totals and scores that are set aside, since they cannot be true.",
        ["/".join(one) for one in gone],
    )
    for number, said in enumerate(results.clashes, start=1):
        rows = tuple("/".join(one) for one in gone)
        yield Statement(
            f"totals.clash.{number}", said, said, "What was published and cannot be true.", rows
        )
    settled = results.bounds[results.bounds["settled_by_totals"] == "yes"]
    yield _count(
        "totals.settled_cells",
        "Cells that the evidence leaves open and published totals and scores of the day settle.",
        _cell_keys(settled),
    )


_WOULD = "have to be", "have to be other than"


def _among(study: Study, among: str) -> str:
    """Return the units that a published total counts, where these are not all, as words."""
    if not among:
        return ""
    names = _names(study)
    ids = [names.get(one, one) for one in listed_units(among)]
    return f", among {among.partition('=')[2] or listed(ids, 'data/published-totals.csv')}"


def _bounds(results: Results) -> Iterable[Statement]:
    display, table = results.study.settings.display, results.national_bounds
    labels, many = _quoted(results.study, "criteria"), results.study.settings.unit_noun.plural
    place = {name: n for n, name in enumerate(results.study["criteria"]["criterion_id"])}
    for (day, criterion), part in table.groupby(["as_of", "criterion_id"], sort=False):
        held = results.constrained_at(dt.date.fromisoformat(day))
        behind = held.binding(place[criterion])
        for row in part.itertuples():
            is_mean = row.figure == MEAN
            what = (
                "Mean value, 0 to 100,"
                if is_mean
                else f"Count of {many} that are “{_word(row.level)}”"
            )
            for end in ENDS:
                which = "least" if end.startswith("low") else "greatest"
                without = end.endswith("without")
                value = getattr(row, end) if is_mean else int(getattr(row, end))
                rows = (f"criteria/{criterion}", *(() if without else behind))
                yield Statement(
                    ".".join(filter(None, ("bounds", day, criterion, row.figure, row.level, end))),
                    value,
                    shown(value, display) if is_mean else str(value),
                    f"{what} on {labels[criterion]} on {spoken(dt.date.fromisoformat(day))}: the {which} that the evidence allows "
                    f"{'alone' if without else 'beside the published totals of that day'}.",
                    rows,
                )


def _figures(results: Results) -> Iterable[Statement]:
    figures = results.study["figures"]
    for row in figures.itertuples():
        number = Decimal(row.value)  # a float would change the digits of a long one
        value = int(number) if number == number.to_integral_value() else float(number)
        definition = f"{row.measure}, as published: {row.what_it_counts}."
        yield Statement(
            f"figures.{row.figure_id}",
            value,
            exact(row.value),
            definition,
            (f"figures/{row.figure_id}",),
        )
    compared = comparable_figures(results.study)["figure_id"]
    yield _count(
        "figures.compared",
        "Published figures that seem to count the same thing as another.",
        _keys("figures", compared),
    )
    pairs = irreconcilable(results.study)
    yield _count(
        "figures.irreconcilable",
        "Pairs of published figures where the shorter period, within the longer one, has the larger count.",
        _keys("figures", pairs["inner"], pairs["outer"]),
    )


def _dates(results: Results) -> Iterable[Statement]:
    matrix, many = results.matrix, results.study.settings.unit_noun.plural
    report = results.study.settings.report.date
    for name, day, definition in (
        ("as_of", matrix.as_of, "Date of the state shown"),
        ("known_by", matrix.known_by, "Only what had been read by this day counts"),
        ("report", report, f"Day of the report that the study compares {many} with"),
    ):
        yield Statement(
            f"dates.{name}",
            day.isoformat(),
            spoken(day),
            f"{definition}.",
            ("datapackage.json/study",),
        )


def _changes(results: Results) -> Iterable[Statement]:
    for number, (label, matrix) in enumerate(results.over_time):
        name, scored = f"at.{matrix.as_of.isoformat()}", _scored_cells(results.study, matrix)
        settled = scored[~scored["state"].isin(v.UNKNOWNS)]
        applies = scored[~scored["state"].isin(v.OUT_OF_SUM)]
        yield _count(
            f"{name}.settled",
            f"Scored cells settled: {label} ({matrix.as_of}).",
            _cell_keys(settled),
        )
        yield _count(
            f"{name}.scored",
            f"Scored cells in force and applicable: {label} ({matrix.as_of}).",
            _cell_keys(applies),
        )
        if number:
            table = results.changes[number - 1]
            yield _count(
                f"{name}.changed",
                f"Cells whose state differs from the date before: {label} ({matrix.as_of}).",
                _cell_keys(table),
            )
            yield _count(
                f"{name}.begun",
                f"Unsettled cells of criteria that came into force since the date before: {label}.",
                _cell_keys(table[came_into_force(table)]),
            )


def _agreement(results: Results) -> Iterable[Statement]:
    study, as_of = results.study, results.matrix.as_of
    coded, names = coded_states(study, as_of), readers(study)
    table = coded[coded[names].notna().sum(axis=1) > 1]
    levels = table[names].where(~table[names].isin([*v.UNKNOWNS, NO_ROW]))
    for one in agreement(study, as_of, 0, [ALL], coded):
        part, values = ("levels", levels) if one.measure == LEVELS else ("codes", table[names])
        several = values.notna().sum(axis=1) > 1
        cells, agreed = table[several], table[several & ~differing(values)]
        said = f"Agreement of the coders on {one.measure}, over all criteria"
        yield _count(f"agreement.{part}.cells", f"{said}: cells.", _cell_keys(cells))
        yield _count(f"agreement.{part}.same", f"{said}: cells agreed.", _cell_keys(agreed))
        yield Statement(
            f"agreement.{part}.said",
            one.alpha,
            in_words(one),
            f"{said}: Krippendorff's alpha, where it says something.",
            tuple(_cell_keys(cells)),
        )


def surely_above(results: Results, above: str, below: str) -> Statement:
    """Return the statement that one unit is above another; there is one for sure pairs alone.

    Every sentence that compares units must come from here, or be made of what does.

    Raises:
        ValueError: it is not sure.
    """
    found = results.comparisons
    places = [found.unit_ids.index(one) for one in (above, below)]
    if not found.above[*places]:
        raise ValueError(f"it is not sure that {above} is above {below}: do not say so")
    names = _names(results.study)
    first, second = names[above], names[below]
    return Statement(
        f"above.{above}.{below}",
        "surely above",
        f"{first} is surely above {second}",
        f"The score of {first} is above that of {second} {SURE}.",
        (f"pairs/{above}/{below}",),
    )


SURE = "under every completion of the unknowns and every weighting in the declared range"
"""What makes a comparison sure."""


def given(results: Results) -> str:
    """Return the sentence that stands with comparisons which published rows may decide, or nothing."""
    if not any(one.parts for one in results.constrained_at(results.matrix.as_of).firm):
        return ""
    return "This is given what was published of this date, which may settle cells."


def _pairs(results: Results) -> Iterable[Statement]:
    found, table, noun = results.comparisons, results.pairs, results.study.settings.unit_noun
    keys = _keys("pairs", table["above"], table["below"])
    many = int(found.scored.sum())
    possible = many * (many - 1) // 2
    yield Statement(
        "pairs.possible",
        possible,
        str(possible),
        f"Pairs of {_many(results)} with a score.",
        tuple(_keys("units", results.ranks.loc[found.scored, "unit_id"])),
    )
    yield _count("pairs.count", f"Pairs of which one is surely above the other: {SURE}.", keys)
    careful = table[table["conservative"] == "yes"]
    yield _count(
        "pairs.conservative",
        "Sure pairs decided by a sound bound, which may miss others that hold.",
        _keys("pairs", careful["above"], careful["below"]),
    )
    named = set(table["above"]) | set(table["below"])
    yield _count(
        "pairs.units_comparable",
        f"{capital(_many(results))} that are surely above or below at least one other.",
        _keys("units", [one for one in found.unit_ids if one in named]),
    )
    yield Statement(
        "pairs.said",
        len(table),
        " ".join(
            filter(
                None,
                (
                    _pairs_said(len(table), possible, many, len(named), noun),
                    given(results) if len(table) else "",
                ),
            )
        ),
        "How far the evidence allows comparisons.",
        tuple(keys),
    )
    names = _names(results.study)
    below = {unit: list(rows["below"]) for unit, rows in table.groupby("above", sort=False)}
    for unit in found.unit_ids:
        under = below.get(unit, [])
        yield _count(
            f"above.{unit}",
            f"{capital(_many(results))} that {names[unit]} is surely above.",
            _keys("pairs", [unit] * len(under), under),
        )


def _pairs_said(sure: int, possible: int, many: int, named: int, noun) -> str:
    if not possible:
        return f"There are no two {noun.plural} with a score to compare."
    allowed = "with all that is unknown, and every weight in the study's range, allowed for"
    pairs = f"of the {possible} pairs of {noun.plural}"
    if not sure:
        which = (
            f"for none {pairs} is it sure" if possible > 1 else "for the one pair it is not sure"
        )
        return (
            f"No {noun.singular} can be ranked against another: {which} which has the higher "
            f"score, {allowed}."
        )
    if possible == 1:
        return (
            f"For the one pair of {noun.plural} it is sure which has the higher score, {allowed}."
        )
    apart = f"{many - named} of {many} {noun.plural} cannot be ranked against any"
    if named == many:
        apart = f"every {noun.singular} can be ranked against another"
    return f"For {sure} {pairs} it is sure which has the higher score, {allowed}; {apart}."


def _ranks(results: Results) -> Iterable[Statement]:
    table, names = results.ranks.dropna(), _names(results.study)
    for row in table.itertuples():
        text = str(row.best) if row.best == row.worst else f"{row.best} to {row.worst}"
        yield Statement(
            f"ranks.{row.unit_id}",
            text,
            f"{text} of {len(table)}",
            f"Outer limits of the rank of {names[row.unit_id]}, 1 the best; not all ranks between them "
            "need be possible.",
            (f"ranks/{row.unit_id}",),
        )
    whole = table[(table["best"] == 1) & (table["worst"] == len(table))]
    many = capital(_many(results))
    yield _count(
        "units.any_rank", f"{many} that may have any rank.", _keys("ranks", whole["unit_id"])
    )


def _next(results: Results) -> Iterable[Statement]:
    table = results.next_questions

    def keys(rows: pd.DataFrame) -> list[str]:
        return _keys("next", rows["unit_id"], rows["criterion_id"])

    yield _count("next.cells", "Open cells that bear weight in the total.", keys(table))
    yield _count(
        "next.deciding",
        "Open cells of which at least one answer would decide a pair, all else as it stands.",
        keys(table[table["expected_pairs"] > 0]),
    )
    for step in STEPS:
        rows = table[table["step"] == step]
        yield _count(
            f"next.step.{step}",
            f"Open cells whose next step is: {step.replace('_', ' ')}.",
            keys(rows),
        )
    yield Statement(
        "next.assumption",
        ASSUMPTION,
        ASSUMPTION,
        "What the expected number of pairs decided rests on.",
        ("datapackage.json/study",),
    )


def _readings(results: Results) -> Iterable[Statement]:
    table, many = results.readings, capital(_many(results))
    known = known_units(table)
    yield _count(
        "readings.known",
        f"{many} of which any coder, or what was settled, knows anything.",
        _keys("units", known),
    )
    coders_alone = table[table["reading"] != AS_SETTLED]
    yield _count(
        "readings.coders_differ",
        f"{many} whose score interval is not the same under every coder.",
        _keys("units", differing_units(coders_alone)),
    )
    yield _count(
        "readings.differ",
        f"{many} whose score interval is not the same under every coder and as settled.",
        _keys("units", differing_units(table)),
    )


def _replies(results: Results) -> Iterable[Statement]:
    replies, many = results.study["replies"], results.study.settings.unit_noun.plural
    yield _count("replies.count", f"Replies of {many}.", _keys("replies", replies["reply_id"]))
    for decision in ("accepted", "partly", "declined", "open"):
        held = replies.loc[replies["decision"] == decision, "reply_id"]
        yield _count(
            f"replies.{decision}", f"Replies of {many}: {decision}.", _keys("replies", held)
        )


def sensitivity_statements(results: Results) -> dict[str, Statement]:
    """Return the named statements on what results owe to choices, by id.

    Apart from :func:`statements`, since they take every comparison anew under every choice.
    """
    return interval_sensitivity(results) | {one.id: one for one in _comparison_sensitivity(results)}


def interval_sensitivity(results: Results) -> dict[str, Statement]:
    """Return those of :func:`sensitivity_statements` that are on intervals, and on no comparison."""
    return {one.id: one for one in _interval_sensitivity(results)}


def _comparison_sensitivity(results: Results) -> Iterable[Statement]:
    own = "at the study's own weights"
    table = results.sensitivity.statements
    tie, lost = table["relation"] == AT_OR_ABOVE, table["falls_to"] != ""
    for name, where, definition in (
        ("count", ~lost | lost, f"Comparisons of two {_many(results)} that hold {own}"),
        ("ties", tie, "Of these, comparisons that leave open whether the two are level"),
        ("sure", table["over_range"] == ABOVE, f"Of these, comparisons that are sure: {SURE}"),
        ("survive", ~lost, "Of these, comparisons that survive every choice"),
        *(
            (f"first.{kind}", table["first"] == kind, f"Of these, comparisons falling to {kind} first")
            for kind in KINDS
        ),
    ):  # fmt: skip
        rows = table[where]
        keys = _keys("statements", rows["above"], rows["below"])
        yield _count(f"sensitivity.statements.{name}", f"{definition}.", keys)


def _interval_sensitivity(results: Results) -> Iterable[Statement]:
    found = results.sensitivity
    many = capital(_many(results))
    units = found.units
    moved = units[units["moved"] & units["unit_id"].isin(found.known)]
    for name, ids, definition in (
        ("known", found.known, f"{many} of which anything is known as declared"),
        (
            "known_otherwise",
            found.known_otherwise,
            f"Other {_many(results)} of which anything is known under a choice",
        ),
        (
            "moved",
            moved["unit_id"].unique(),
            "Of the known, those whose interval some choice moves",
        ),
        *(
            (
                f"moved.{kind}",
                moved.loc[moved["kind"] == kind, "unit_id"].unique(),
                f"Of the known, those whose interval a choice of this kind moves: {kind}",
            )
            for kind in KINDS
        ),
    ):
        yield _count(f"sensitivity.units.{name}", f"{definition}.", _keys("units", ids))
