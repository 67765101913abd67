"""What evidence quotes: the exact words, the words around them, and the document as it was."""

from dataclasses import dataclass

from analysis.frames import each_row, records
from analysis.study.load import Study

_NO_BLANK_AFTER, _NO_BLANK_BEFORE = "([“‘/-–", ",.;:!?)]”’/-–%"


@dataclass(frozen=True)
class Quotation:
    """Words of a document, with what leads to them.

    Attributes:
        evidence_id: the evidence that quotes them.
        exact: the words.
        prefix: the words before them; empty: none are kept.
        suffix: the words after them, likewise.
        page: the page on which they begin; empty: not given.
        pages: how many pages the document has.
        sha256: hash of the document.
        retrieved_on: the day on which it was collected.
        retrieved_from: the address from which it came.
        archived: the address of a copy in a public archive; empty: none is known.
    """

    evidence_id: str
    exact: str
    prefix: str
    suffix: str
    page: str
    pages: str
    sha256: str
    retrieved_on: str
    retrieved_from: str
    archived: str

    @property
    def before(self) -> str:
        """What is shown before the words, up to them."""
        blank = "" if self.prefix.endswith(tuple(_NO_BLANK_AFTER)) else " "
        return f"… {self.prefix}{blank}" if self.prefix else ""

    @property
    def after(self) -> str:
        """What is shown after the words."""
        blank = "" if self.suffix.startswith(tuple(_NO_BLANK_BEFORE)) else " "
        return f"{blank}{self.suffix} …" if self.suffix else ""


def quotations(study: Study) -> dict[str, Quotation]:
    """Return what a study quotes, by the id of the evidence."""
    documents = {row["document_id"]: row for row in records(study["documents"])}
    archived = study.lookup("sources", "archived")
    evidence = study["evidence"]
    return {
        row.evidence_id: Quotation(
            evidence_id=row.evidence_id,
            exact=row.quote,
            prefix=row.prefix,
            suffix=row.suffix,
            page=row.page,
            archived=archived[row.source_id],
            **{name: documents[row.document_id][name] for name in _OF_DOCUMENT},
        )
        for row in each_row(evidence[evidence["quote"] != ""])
    }


_OF_DOCUMENT = ("pages", "sha256", "retrieved_on", "retrieved_from")
