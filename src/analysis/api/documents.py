"""The documents of a study in a notebook: their table, and passages of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd

if TYPE_CHECKING:
    from analysis.study import Study

_COLUMNS = ["document_id", "page", "snippet", "passage", "score", "link"]


class Documents(pd.DataFrame):
    """The table of documents, as any other typed table, which can be searched."""

    _metadata: ClassVar[list[str]] = ["_study", "_whole"]
    _study: Study
    _whole: Study

    @classmethod
    def of(cls, rows: pd.DataFrame, study: Study, whole: Study) -> Documents:
        """Return the rows with their study, as it may go out and with its private documents."""
        made = cls(rows)
        made._study, made._whole = study, whole
        return made

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame  # a part of it is a plain table

    def search(
        self,
        query: str = "",
        unit: str | None = None,
        criterion: str | None = None,
        most: int = 20,
        private: bool = False,
    ) -> pd.DataFrame:
        """Return the passages that fit best, best first: a query is no reading of the whole.

        Args:
            query: words; ``"words in quotation marks"`` stand together, ``OR`` between words
                finds either, ``-word`` leaves out, ``word*`` finds every word that begins so.
            unit: only in documents about this unit, by its id or name.
            criterion: by the search terms of this criterion, any of which counts.
            most: how many passages to return at most.
            private: also in private documents: what is found is not to leave this machine.

        Returns:
            ``document_id``, ``page``, ``snippet``, ``passage``, ``score`` (which compares passages
            of one search only) and ``link``, from the study's folder. ``attrs`` have ``hits``, how
            many fit in all, ``searched``, the documents, and ``missing``, what is not here.

        Raises:
            StudyError: there is nothing to look for, or no such unit or criterion.
        """
        from analysis.documents.library import Library, search
        from analysis.fieldwork.names import meant_criterion, meant_units

        study = self._whole if private else self._study
        library = Library(study)
        units = meant_units(study, [unit]) if unit else [""]
        criterion_id = meant_criterion(study, criterion) if criterion else ""
        found = search(study, library, query, units[0], criterion_id, most)
        link = library.link
        rows = [
            (
                passage.document,
                passage.page,
                passage.snippet,
                passage.text,
                passage.score,
                link(passage.document, passage.page),
            )
            for passage in found.passages
        ]
        table = pd.DataFrame(rows, columns=_COLUMNS)
        searched = [document.document_id for document in found.searched]
        table.attrs = {"hits": found.hits, "searched": searched, "missing": library.missing()}
        return table
