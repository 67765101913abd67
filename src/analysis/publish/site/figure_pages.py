"""The list of the named figures that pages use, and a page for each with its rows in words."""

import datetime as dt
from collections.abc import Callable

from analysis.frames import each_row
from analysis.measure.figures import About, NamedFigure, RowKey
from analysis.measure.gaps import CANNOT_BE_TOLD, DOES_NOT_APPLY, FALLS_SHORT, MEETS
from analysis.measure.results import Results
from analysis.measure.tree import TOTAL
from analysis.publish.site.addresses import ON_UNIT
from analysis.publish.site.page_maker import PageMaker
from analysis.show.labels import DECIDED, STEP, level_word, levels_words, word
from analysis.show.sensitivity import KIND_WORDS
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.wording import capital, spoken, with_article

_GAPS = {
    MEETS: "{many} that can be shown to meet “{label}”",
    FALLS_SHORT: "{many} that can be shown to fall short of “{label}”",
    CANNOT_BE_TOLD: "{many} for which we could not tell whether they meet “{label}”",
    DOES_NOT_APPLY: "{many} to which “{label}” does not apply",
}
_TOTALS = {
    "count": "how many it counts",
    "of": "among how many it counts",
    "named": "how many the evidence names",
    "cannot_be_told": "how many the evidence leaves open",
    "status": "how it stands beside the evidence alone",
    "open_by": "how many of the open ones it would decide",
}
_ENDS = {
    "low": "the least that is possible beside what was published",
    "high": "the greatest that is possible beside what was published",
    "low_without": "the least that the evidence alone allows",
    "high_without": "the greatest that the evidence alone allows",
}
_DATES = {
    "scored": "scored questions in force and applicable",
    "settled": "scored questions with an answer",
    "changed": "questions whose state differs from the date before",
    "begun": "questions without an answer that came into force since the date before",
}
_CODED = {"codes": "levels and unknowns together", "levels": "levels alone"}
_AGREEMENT = {
    "cells": "cells that several coders read",
    "same": "cells on which the coders agree",
    "said": "how far the coders agree",
}


def headings(results: Results) -> Callable[[NamedFigure], str]:
    """Return the function from a named figure to its heading, without ids that readers do not see.

    A figure without a shorter heading has its definition as heading.
    """
    study = results.study
    many, criteria = study.settings.unit_noun.plural, study.lookup("criteria", "label")
    groups, measures = study.lookup("recommendations", "label"), study.lookup("figures", "measure")
    dates: dict[dt.date | None, str] = {matrix.as_of: label for label, matrix in results.over_time}
    fixed = _fixed(many, study.settings.unit_noun.singular)

    def bounds(about: About) -> str:
        what = f"{many} at “{levels_words(about.level)}”" if about.level else "mean value"
        return f"“{criteria[about.criterion]}” on {spoken(about.day)}, {what}: {_ENDS[about.part]}"

    by_kind: dict[str, Callable[[About], str]] = {
        "national": lambda a: f"{many} at “{level_word(a.level)}” on “{criteria[a.criterion]}”",
        "coverage": lambda a: f"{many} with an answer on “{criteria[a.criterion]}”",
        "gaps": lambda a: _GAPS[a.level].format(many=many, label=groups[a.recommendation]),
        "clash": lambda a: f"What was published and cannot be true, {a.part}",
        "totals": lambda a: f"Published count {a.published}: {_TOTALS[a.part]}",
        "bounds": bounds,
        "figures": lambda a: f"Published figure {a.published}: {measures[a.published]}",
        "at": lambda a: f"{dates[a.day]} ({spoken(a.day)}): {_DATES[a.part]}",
        "agreement": lambda a: f"Agreement on {_CODED[a.level]}: {_AGREEMENT[a.part]}",
    }

    def heading(figure: NamedFigure) -> str:
        text = fixed.get(figure.id)
        if not text and figure.about.kind in by_kind:
            text = by_kind[figure.about.kind](figure.about)
        return capital(text or figure.definition.rstrip("."))

    return heading


def _fixed(plural: str, singular: str) -> dict[str, str]:
    """Return the headings of the named figures whose names contain no id of the study."""
    return {
        "study.criteria": "All questions",
        "study.criteria.asked": f"Questions on each {singular}",
        "study.criteria.scored": "Questions that are scored",
        "study.criteria.context": "Questions that are not scored",
        "cells.scored": f"Scored questions, counted for each {singular}",
        "cells.settled": "Scored questions with an answer",
        "cells.settled_percent": "Share of the scored questions with an answer",
        **{f"cells.{state}": f"Scored questions at “{word(state)}”" for state in v.UNKNOWNS},
        "dates.known_by": "Day by which all that counts had been read",
        "readings.known": f"{plural} for which some coder found an answer",
        "readings.coders_differ": f"{plural} whose score is not the same under every coder",
        "readings.differ": f"{plural} whose score under some coder is not the settled one",
        "replies.count": "Replies received",
        **{f"replies.{decision}": f"Replies, {words}" for decision, words in DECIDED.items()},
        "pairs.count": f"Pairs of {plural} of which one is surely above the other",
        "next.cells": f"Questions on {with_article(singular)} with no current answer, which bear on the score",
        "next.assumption": "What the order of the next questions rests on",
        **{f"next.step.{step}": f"Questions with no current answer, and what to do: {words}" for step, words in STEP.items()},
        "sensitivity.units.known": f"{plural} with an answer to a scored question",
        "sensitivity.units.known_otherwise": f"Other {plural} with an answer only under another choice",
        "sensitivity.units.moved": f"{plural} whose score another choice changes",
        **{
            f"sensitivity.units.moved.{kind}": f"{plural} whose score another choice changes: {words}"
            for kind, words in KIND_WORDS.items()
        },
    }  # fmt: skip


StateOf = Callable[[RowKey], str]
"""The function from a row to its state; empty if it has none."""


def row_labels(study: Study) -> Callable[[RowKey], tuple[str, str]]:
    """Return the function from a row to two labels: what it is about, and on which subject."""
    units, publisher = study.lookup("units", "short_name"), study.lookup("sources", "publisher")
    criteria, groups = (study.lookup(table, "label") for table in ("criteria", "recommendations"))
    on_groups = {**groups, TOTAL: "In all"}
    subjects = {"matrix": criteria, "next": criteria, "gaps": on_groups, "scores": on_groups}
    of_evidence = study.lookup("evidence", "source_id")
    of_total = study.lookup("published_totals", "source_id")
    names = {
        "sources": publisher,
        "evidence": {name: publisher[source] for name, source in of_evidence.items()},
        "criteria": criteria,
        "recommendations": groups,
        "figures": study.lookup("figures", "measure"),
        "events": study.lookup("events", "event"),
        "published_totals": {
            total: f"Count by {publisher[source]}" for total, source in of_total.items()
        },
    }

    def label(row: RowKey) -> tuple[str, str]:
        table, (first, *rest) = row
        if table == "pairs":
            return units[first], f"surely above {units[rest[0]]}"
        if table in subjects:
            return units[first], subjects[table][rest[0]]
        if table in ("units", "ranks"):
            return units[first], ""
        return first, " / ".join((names.get(table, {}).get(first, ""), *rest)).strip()

    return label


def states_at(results: Results) -> Callable[[NamedFigure], tuple[dt.date, StateOf]]:
    """Return the function from a figure to its day and to the state of each row on that day.

    Figures about an earlier date count the states of that date.
    """
    days: dict[tuple[str, dt.date | None], Matrix] = {
        ("at", matrix.as_of): matrix for _, matrix in results.over_time
    }
    for total in each_row(results.totals):
        day = dt.date.fromisoformat(total.as_of)
        days["totals", day] = days["bounds", day] = results.constrained_at(day).matrix
    by_group = results.gaps.set_index(["unit_id", "recommendation_id"])["finding"].to_dict()
    by_day: dict[dt.date, dict] = {}

    def at(figure: NamedFigure) -> tuple[dt.date, StateOf]:
        matrix = days.get((figure.about.kind, figure.about.day), results.matrix)
        if matrix.as_of not in by_day:
            cells = matrix.cells.set_index(["unit_id", "criterion_id"])
            by_day[matrix.as_of] = cells["state"].to_dict()
        tables = {"matrix": by_day[matrix.as_of], "next": by_day[matrix.as_of], "gaps": by_group}
        return matrix.as_of, lambda row: tables.get(row.table, {}).get(row.key, "")

    return at


def figures(maker: PageMaker) -> None:
    """Make a page for each named figure that another page uses, and the list of them."""
    index = "figures/index.html"
    heading = headings(maker.results)
    shown = [
        (figure, heading(figure))
        for name, figure in maker.named.items()
        if name in maker.used and figure.about.kind not in ON_UNIT
    ]
    maker.page(index, "figures", "Every figure", statements=shown)
    labels, states = row_labels(maker.study), states_at(maker.results)
    scales = maker.study.lookup("criteria", "scale_id")

    def scale_of(row: RowKey) -> str:
        return scales[row.key[-1]] if row.table in ("matrix", "next") else ""

    for figure, title in shown:
        day, state_of = states(figure)
        maker.page(
            maker.at.figure(figure.id),
            "figure",
            title,
            [("Every figure", index)],
            (figure.ids, figure.ids),
            statement=figure,
            rows=[
                (maker.at.row(row), *labels(row), state_of(row), scale_of(row))
                for row in figure.rows
            ],
            day=day,
            used_on=sorted(maker.used[figure.id].items()),
        )
