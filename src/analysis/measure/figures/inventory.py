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
    study, many = results.study, many_units(results)
    several = study.settings.unit_noun.plural
    criteria, groups, evidence = study["criteria"], study["recommendations"], study["evidence"]
    events, hidden = study["events"], " or are not shown" if study.scope.units else ""

    def rows(name: str, table: str, of: pd.DataFrame, definition: str) -> NamedFigure:
        """Return the figure that counts rows of a table, whose first column is the key."""
        return counted_rows(f"study.{name}", f"{definition}.", keys_of(table, of.iloc[:, 0]))

    yield rows("units", "units", study["units"], f"All {many} of the study that exist on this date")
    definition = "The report's recommendations, findings and conclusions that the study has"
    yield rows("recommendations", "recommendations", groups, definition)
    yield rows("criteria", "criteria", criteria, "All criteria")
    yield rows("sources", "sources", study["sources"], "All documents listed")
    definition = f"All statements of evidence, except on {several} that do not exist on this date"
    yield rows("evidence", "evidence", evidence, f"{definition}{hidden}")
    definition = "Published figures that bear on the subject"
    yield rows("figures", "figures", study["figures"], definition)
    yield rows("events", "events", events, "Events of the national timeline")
    for name, scored in (("criteria.scored", "yes"), ("criteria.context", "no")):
        of = criteria[criteria["scored"] == scored]
        yield rows(name, "criteria", of, f"Criteria with scored: {scored}")
    condition = "ask something: those behind a recommendation that was read, or behind none"
    definition = f"Criteria{' shown' if study.scope.criteria else ''} that {condition}"
    yield rows("criteria.asked", "criteria", criteria_in_use(study), definition)
    of = groups[groups["text_read"] == "not_read"]
    definition = "Recommendations whose text was not read"
    yield rows("recommendations.unread", "recommendations", of, definition)
    of = evidence[["source_id"]].drop_duplicates().sort_values("source_id")
    definition = "Documents that a statement of evidence is from"
    yield rows("evidence.sources", "sources", of, definition)
    own, cited = evidence["scope"] == "unit", evidence["evidence_id"].isin(study.cited_evidence())
    definition = "Statements of evidence that a coding or an assessment cites"
    yield rows("evidence.cited", "evidence", evidence[cited], definition)
    definition = f"Statements about one of the {many} that no coding or assessment cites"
    yield rows("evidence.uncited", "evidence", evidence[own & ~cited], definition)
    definition = f"Statements about many {several} at once, which decide no level"
    yield rows("evidence.context", "evidence", evidence[~own], definition)
    whole = evidence["extent_read"].str.startswith("whole")
    definition = "Statements of evidence read to the end of what could be read"
    yield rows("evidence.whole", "evidence", evidence[whole], definition)
    opening = evidence["extent_read"] == "opening"
    definition = "Statements of evidence of which only the opening could be read"
    yield rows("evidence.opening", "evidence", evidence[opening], definition)
    of = events[events["date"] == ""]
    yield rows("events.undated", "events", of, "Events whose date is not known")
    if study.mark:
        definition = "What stands on every page: the draft mark, and what is not the study's own."
        yield NamedFigure("mark", study.mark, study.mark, definition, (STUDY_ROW,))
    waiting = keys_of("datapackage.json", study.descriptor.placeholders)
    yield counted_rows("study.placeholders", "Settings that still wait to be set.", waiting)


def _rechecks(results: Results) -> Iterable[NamedFigure]:
    """Yield how many cited documents were rechecked, and with what result, if any was."""
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
        sources = keys_of("sources", sorted({source[key] for key in ids}))
        definition = f"Documents cited by a coding or an assessment {definition}."
        yield counted_rows(f"documents.{name}", definition, sources)
    rows = cell_keys(cells_to_read_again(study, results.matrix))
    definition = "Findings that rest on a document that has changed or gone since we read it."
    yield counted_rows("cells.to_read_again", definition, rows)


def _imported(results: Results) -> Iterable[NamedFigure]:
    rows = cell_keys(imported_cells(results))
    if rows:
        yield counted_rows("cells.imported", "Cells that rest on an imported table.", rows)


def _cells(results: Results) -> Iterable[NamedFigure]:
    study, display = results.study, results.study.settings.display
    scored = scored_cells(study, results.matrix)
    counting = scored[~scored["state"].isin(v.OUT_OF_SUM)]
    settled = counting[~counting["state"].isin(v.UNKNOWNS)]
    each = f"each counted for each of the {many_units(results)}"
    definition = f"Scored questions in force, {each} to which it applies."
    yield counted_rows("cells.scored", definition, cell_keys(counting))
    definition = f"Scored questions with an answer, {each} to which it applies."
    yield counted_rows("cells.settled", definition, cell_keys(settled))
    share = 100 * len(settled) / len(counting) if len(counting) else None
    text = "nothing to count" if share is None else f"{shown(share, display)}%"
    definition = f"Share of the scored questions with an answer, {each}."
    rows = tuple(cell_keys(settled))
    yield NamedFigure("cells.settled_percent", share, text, definition, rows)
    for state in v.UNKNOWNS:
        definition = f"Scored questions at “{level_word(state)}”, {each}."
        yield counted_rows(
            f"cells.{state}", definition, cell_keys(scored[scored["state"] == state])
        )


def scored_cells(study: Study, matrix: Matrix) -> pd.DataFrame:
    """Return the cells of the criteria that are scored."""
    scored = study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"]
    return matrix.cells[matrix.cells["criterion_id"].isin(scored)]


PARTS = _study, _rechecks, _imported, _cells
"""The functions that yield the figures, in order."""
