"""The documents of a study in a notebook: their table, passages of them, and quotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from analysis.wording import counted

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.evidence import Quotation

_COLUMNS = ["document_id", "page", "snippet", "passage", "score", "link"]


class Documents(pd.DataFrame):
    """The table of documents: a typed table like any other, which can also be searched."""

    _metadata: ClassVar[list[str]] = ["_study", "_whole"]
    _study: Study
    _whole: Study

    @classmethod
    def of(cls, rows: pd.DataFrame, study: Study, whole: Study) -> Documents:
        """Return the rows with two forms of their study: public, and with private documents."""
        documents = cls(rows)
        documents._study, documents._whole = study, whole
        return documents

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
        """Return the passages that fit best, best first. A search does not replace reading.

        Args:
            query: words; ``"words in quotation marks"`` stand together, ``OR`` between words
                finds either, ``-word`` leaves out, ``word*`` finds every word that begins so.
            unit: only in documents about this unit, by its id or name.
            criterion: by the search terms of this criterion, any of which counts.
            most: how many passages to return at most.
            private: search private documents too; their passages must not leave this machine.

        Returns:
            ``document_id``, ``page``, ``snippet``, ``passage``, ``score`` (which compares passages
            of one search only) and ``link``, from the study's folder. ``attrs`` have ``hits``, the
            number of passages that fit, ``searched``, the ids of the documents, and ``missing``, a
            sentence on texts that are not on this machine.

        Raises:
            StudyError: there is nothing to look for, or no such unit or criterion.
        """
        from analysis.documents.library import Library, search
        from analysis.fieldwork.names import meant_criterion, meant_units

        study = self._whole if private else self._study
        library = Library(study)
        units = meant_units(study, [unit]) if unit else [""]
        criterion_id = meant_criterion(study, criterion) if criterion else ""
        result = search(study, library, query, units[0], criterion_id, most)
        link = library.link
        rows = [
            (hit.document, hit.page, hit.snippet, hit.text, hit.score, link(hit.document, hit.page))
            for hit in result.passages
        ]
        table = pd.DataFrame(rows, columns=_COLUMNS)
        searched = [document.document_id for document in result.searched]
        table.attrs = {"hits": result.hits, "searched": searched, "missing": library.missing()}
        return table


class Quotations:
    """A list of quotations from public documents only, which a notebook can show."""

    def __init__(self, quoted: Sequence[Quotation], lines: Sequence[str] = ()):
        """Keep the quotations with their caveats.

        Args:
            quoted: the quotations.
            lines: the caveats that must accompany them.
        """
        self._quoted, self._lines = [*quoted], [*lines]

    def __iter__(self) -> Iterator[Quotation]:
        """Iterate over the quotations."""
        return iter(self._quoted)

    def __len__(self) -> int:
        """Return the number of quotations."""
        return len(self._quoted)

    def __repr__(self) -> str:
        """Return them as text: the quoted words in quotation marks, within their context."""
        return "\n".join([*self._head, *map(_as_text, self)])

    def _repr_html_(self) -> str:
        from analysis.publish.markup import isolating

        head = "<br>".join(map(escape, self._head))
        template = isolating().get_template("quotation.html.j2")
        quotation = template.make_module().quotation  # pyright: ignore[reportAttributeAccessIssue] # of the template
        shown = (f"<p>{escape(item.evidence_id)}</p>{quotation(item)}" for item in self)
        return f"<p>{head}</p>{''.join(shown)}"

    @property
    def _head(self) -> list[str]:
        count = counted(len(self), "quotation", "quotations") if self._quoted else "No quotations"
        return [f"{count} from public documents.", *self._lines]


def _as_text(quotation: Quotation) -> str:
    page = f"page {quotation.page} of {quotation.pages}" if quotation.page else "page not given"
    archived = f"archived at {quotation.archived}, " if quotation.archived else ""
    text = f"{quotation.evidence_id}: {quotation.before}“{quotation.exact}”{quotation.after}"
    return f"{text}\n  ({page}, as retrieved on {quotation.retrieved_on}, {archived}SHA-256 {quotation.sha256})"
