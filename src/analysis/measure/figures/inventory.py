"""Figures on what the study holds: sources, evidence, and the states of its cells."""

from collections.abc import Iterable

import pandas as pd

from analysis.measure.figures.named import (
    STUDY_ROW,
    NamedFigure,
    cell_keys,
    counted_rows,
    keys_of,
    level_word,
    many_units,
)
from analysis.measure.imported import imported_cells
from analysis.measure.national import criteria_in_use
from analysis.measure.priorities import cells_to_read_again
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.evidence import documents_behind, since_read


def _study(results: Results) -> Iterable[NamedFigure]:
    study, settings, many = results.study, results.study.settings, many_units(results)
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
            f"All statements of evidence, except on {settings.unit_noun.plural} that do not exist on this date{' or are not shown' if study.scope.units else ''}",
        ),
        "figures": ("figures", "figure_id", "Published figures that bear on the subject"),
        "events": ("events", "event_id", "Events of the national timeline"),
    }
    for name, (table, key, definition) in counted.items():
        yield counted_rows(f"study.{name}", f"{definition}.", keys_of(table, study[table][key]))
    criteria = study["criteria"]
    for name, scored in (("scored", "yes"), ("context", "no")):
        ids = criteria.loc[criteria["scored"] == scored, "criterion_id"]
        yield counted_rows(
            f"study.criteria.{name}", f"Criteria with scored: {scored}.", keys_of("criteria", ids)
        )
    groups = study["recommendations"]
    yield counted_rows(
        "study.criteria.asked",
        f"Criteria{' shown' if study.scope.criteria else ''} that ask something: those behind a recommendation that was read, or behind none.",
        keys_of("criteria", criteria_in_use(study)["criterion_id"]),
    )
    unread = groups.loc[groups["text_read"] == "not_read", "recommendation_id"]
    yield counted_rows(
        "study.recommendations.unread",
        "Recommendations whose text was not read.",
        keys_of("recommendations", unread),
    )
    evidence = study["evidence"]
    yield counted_rows(
        "study.evidence.sources",
        "Documents that a statement of evidence is from.",
        keys_of("sources", sorted(evidence["source_id"].unique())),
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
        yield counted_rows(
            f"study.evidence.{name}",
            f"{definition}.",
            keys_of("evidence", evidence.loc[where, "evidence_id"]),
        )
    whole = evidence.loc[evidence["extent_read"].str.startswith("whole"), "evidence_id"]
    yield counted_rows(
        "study.evidence.whole",
        "Statements of evidence read to the end of what could be read.",
        keys_of("evidence", whole),
    )
    opening = evidence.loc[evidence["extent_read"] == "opening", "evidence_id"]
    yield counted_rows(
        "study.evidence.opening",
        "Statements of evidence of which only the opening could be read.",
        keys_of("evidence", opening),
    )
    undated = study["events"].loc[study["events"]["date"] == "", "event_id"]
    yield counted_rows(
        "study.events.undated", "Events whose date is not known.", keys_of("events", undated)
    )
    if study.mark:
        yield NamedFigure(
            "mark",
            study.mark,
            study.mark,
            "What stands on every page: the draft mark, and what is not the study's own.",
            (STUDY_ROW,),
        )
    placeholders = study.descriptor.placeholders
    yield counted_rows(
        "study.placeholders",
        "Settings that still wait to be set.",
        keys_of("datapackage.json", placeholders),
    )


def _looks(results: Results) -> Iterable[NamedFigure]:
    """Yield how many cited documents were looked at again, and what became of them; if any was."""
    study = results.study
    if study["checks"].empty:
        return
    cited, source = study.cited_evidence(), study.lookup("evidence", "source_id")
    behind, since = documents_behind(study), since_read(study)
    last = study["checks"].sort_values("checked_on", kind="stable")
    status = dict(zip(last["document_id"], last["status"], strict=True))
    seen = {key: {status.get(name, "") for name in behind[key]} - {""} for key in cited}
    became = {key: since[key].status if key in since else "" for key in cited}
    for name, ids, definition in (
        ("looked_at", [key for key in cited if seen[key]], "that were looked at again"),
        (v.CHANGED, [key for key in cited if became[key] == v.CHANGED], "that have changed since we read them"),
        (v.GONE, [key for key in cited if became[key] == v.GONE], "that have gone from their address since we read them"),
        (v.NOT_GIVEN, [key for key in cited if v.NOT_GIVEN in seen[key]], "that the site did not give when they were last looked at"),
    ):  # fmt: skip
        sources = sorted({source[key] for key in ids})
        yield counted_rows(
            f"documents.{name}",
            f"Documents cited by a coding or an assessment {definition}.",
            keys_of("sources", sources),
        )
    yield counted_rows(
        "cells.to_read_again",
        "Findings that rest on a document that has changed or gone since we read it.",
        cell_keys(cells_to_read_again(study, results.matrix)),
    )


def _imported(results: Results) -> Iterable[NamedFigure]:
    rows = cell_keys(imported_cells(results))
    if rows:
        yield counted_rows("cells.imported", "Cells that rest on an imported table.", rows)


def _cells(results: Results) -> Iterable[NamedFigure]:
    study, display = results.study, results.study.settings.display
    scored = scored_cells(study, results.matrix)
    counting = scored[~scored["state"].isin(v.OUT_OF_SUM)]
    settled = counting[~counting["state"].isin(v.UNKNOWNS)]
    many = many_units(results)
    yield counted_rows(
        "cells.scored",
        f"Scored questions in force, each counted for each of the {many} to which it applies.",
        cell_keys(counting),
    )
    yield counted_rows(
        "cells.settled",
        f"Scored questions with an answer, each counted for each of the {many} to which it applies.",
        cell_keys(settled),
    )
    share = 100 * len(settled) / len(counting) if len(counting) else None
    yield NamedFigure(
        "cells.settled_percent",
        share,
        "nothing to count" if share is None else f"{shown(share, display)}%",
        f"Share of the scored questions with an answer, each counted for each of the {many}.",
        tuple(cell_keys(settled)),
    )
    for state in v.UNKNOWNS:
        rows = scored[scored["state"] == state]
        yield counted_rows(
            f"cells.{state}",
            f"Scored questions at “{level_word(state)}”, each counted for each of the {many}.",
            cell_keys(rows),
        )


def scored_cells(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Return the cells of the criteria that are scored."""
    scored = study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"]
    return matrix.cells[matrix.cells["criterion_id"].isin(scored)]


PARTS = _study, _looks, _imported, _cells
"""What yields the figures, in their order."""
