"""Figures on what scores would be without the one document on which several answers rest."""

from collections.abc import Iterable

from analysis.measure.figures.named import (
    About,
    NamedFigure,
    counted_rows,
    keys_of,
    unit_names,
)
from analysis.measure.one_document import OneDocument
from analysis.measure.results import Results
from analysis.measure.row_key import RowKey
from analysis.measure.scores import shown
from analysis.measure.tree import TOTAL
from analysis.wording import capital


def _one_document(results: Results) -> Iterable[NamedFigure]:
    names = unit_names(results.study)
    for document in results.one_document:
        yield from _of(document, names[document.unit_id], results)


def _of(document: OneDocument, name: str, results: Results) -> Iterable[NamedFigure]:
    unit, source = document.unit_id, document.source_id
    stem, about = f"without.{unit}.{source}", About("without", unit=unit, part=source)
    many = len(document.criteria)
    yield counted_rows(
        f"{stem}.answers",
        f"Scored answers on {name} that cite source {source}, alone or with others.",
        keys_of("matrix", [unit] * many, document.criteria),
        about,
    )
    for end, value in (("low", document.low), ("high", document.high)):
        yield NamedFigure(
            f"{stem}.{end}",
            value,
            shown(value, results.study.settings.display),
            f"{capital(end)}est score of {name} if the answers that cite source {source} were "
            "unknown, 0 to 100.",
            (RowKey("scores", (unit, TOTAL)),),
            about,
        )


PARTS = (_one_document,)
"""What yields the figures, in their order."""
