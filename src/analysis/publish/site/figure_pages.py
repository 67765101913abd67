"""The list of every named figure that a page uses, and the page of each, with its rows in words."""

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
from analysis.wording import spoken, with_article

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


class Headings:
    """Says what a named figure is, in words and with no id but those that pages show."""

    def __init__(self, results: Results):
        """Take the names of a study, and the dates that it compares."""
        study = results.study
        self._many = study.settings.unit_noun.plural
        self._criteria = study.lookup("criteria", "label")
        self._groups = study.lookup("recommendations", "label")
        self._figures = study.lookup("figures", "measure")
        self._dates: dict[dt.date | None, str] = {
            matrix.as_of: label for label, matrix in results.over_time
        }
        self._fixed = _fixed(self._many, study.settings.unit_noun.singular)

    def __call__(self, figure: NamedFigure) -> str:
        """Return the heading; where there is nothing shorter, the figure's own definition."""
        about = figure.about
        heading = self._fixed.get(figure.id)
        heading = heading or getattr(self, f"_of_{about.kind}", lambda _: "")(about)
        heading = heading or figure.definition.rstrip(".")
        return heading[:1].upper() + heading[1:]

    def _of_national(self, about: About) -> str:
        return f"{self._many} at “{level_word(about.level)}” on “{self._criteria[about.criterion]}”"

    def _of_coverage(self, about: About) -> str:
        return f"{self._many} with an answer on “{self._criteria[about.criterion]}”"

    def _of_gaps(self, about: About) -> str:
        return _GAPS[about.level].format(many=self._many, label=self._groups[about.recommendation])

    def _of_clash(self, about: About) -> str:
        return f"What was published and cannot be true, {about.part}"

    def _of_totals(self, about: About) -> str:
        return f"Published count {about.published}: {_TOTALS[about.part]}"

    def _of_bounds(self, about: About) -> str:
        level = about.level
        what = f"{self._many} at “{levels_words(level)}”" if level else "mean value"
        on = f"“{self._criteria[about.criterion]}” on {spoken(about.day)}"
        return f"{on}, {what}: {_ENDS[about.part]}"

    def _of_figures(self, about: About) -> str:
        return f"Published figure {about.published}: {self._figures[about.published]}"

    def _of_at(self, about: About) -> str:
        return f"{self._dates[about.day]} ({spoken(about.day)}): {_DATES[about.part]}"

    def _of_agreement(self, about: About) -> str:
        return f"Agreement on {_CODED[about.level]}: {_AGREEMENT[about.part]}"


def _fixed(plural: str, singular: str) -> dict[str, str]:
    """Return the headings of the statements whose names hold no id of the study's."""
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
"""The function from a row to its state; empty where it has none."""


class RowLabels:
    """Says what a row is: who or what it is about, and on what."""

    def __init__(self, study: Study):
        """Take the names of a study."""
        self._units = study.lookup("units", "short_name")
        on_groups = {**study.lookup("recommendations", "label"), TOTAL: "In all"}
        on_criteria = study.lookup("criteria", "label")
        self._subjects = {
            "matrix": on_criteria,
            "next": on_criteria,
            "gaps": on_groups,
            "scores": on_groups,
        }
        publisher = study.lookup("sources", "publisher")
        of_evidence = study.lookup("evidence", "source_id")
        self._names = {
            "sources": publisher,
            "evidence": {name: publisher[source] for name, source in of_evidence.items()},
            "criteria": study.lookup("criteria", "label"),
            "recommendations": study.lookup("recommendations", "label"),
            "figures": study.lookup("figures", "measure"),
            "events": study.lookup("events", "event"),
            "published_totals": {
                total: f"Count by {publisher[source]}"
                for total, source in study.lookup("published_totals", "source_id").items()
            },
        }

    def __call__(self, row: RowKey) -> tuple[str, str]:
        """Return who or what a row is about, and on what."""
        table, (first, *rest) = row
        if table == "pairs":
            return self._units[first], f"surely above {self._units[rest[0]]}"
        if table in self._subjects:
            return self._units[first], self._subjects[table][rest[0]]
        if table in ("units", "ranks"):
            return self._units[first], ""
        return first, " / ".join((self._names.get(table, {}).get(first, ""), *rest)).strip()


def states_at(results: Results) -> Callable[[NamedFigure], tuple[dt.date, StateOf]]:
    """Return the function from a figure to its day and the state of each of its rows then.

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
    heading = Headings(maker.results)
    shown = [
        (figure, heading(figure))
        for name, figure in maker.named.items()
        if name in maker.used and figure.about.kind not in ON_UNIT
    ]
    maker.page(index, "figures", "Every figure", statements=shown)
    labels, states = RowLabels(maker.study), states_at(maker.results)
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
