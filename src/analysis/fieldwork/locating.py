"""Fill in the page of a quotation, and the words around it, from the text of its document."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analysis.documents.library import Library
from analysis.documents.quotations import QuotableText
from analysis.fieldwork.changeset import changing
from analysis.fieldwork.workbook_content import SheetRow
from analysis.frames import records
from analysis.study import Study
from analysis.wording import listed

COLUMNS = ("page", "prefix", "suffix")


@dataclass
class Located:
    """The result of locating quotations.

    Attributes:
        filled: the columns that were filled and their values, by evidence id.
        not_filled: the reason why a quotation could not be located, by evidence id.
        complete: number of quotations that needed nothing to be filled in.
    """

    filled: dict[str, dict[str, str]] = field(default_factory=dict)
    not_filled: dict[str, str] = field(default_factory=dict)
    complete: int = 0


def locate(folder: Path, dry_run: bool = False) -> Located:
    """Fill the empty page, prefix and suffix of quotations found word for word in their document.

    Columns that are filled already are never changed.

    Raises:
        StudyError: the study would not be valid; it is not changed.
    """
    with changing(folder, "evidence.csv", dry_run) as changeset:
        located = Located()
        for place, (row, outcome) in enumerate(_outcomes(changeset.study)):
            if isinstance(outcome, str):
                located.not_filled[row["evidence_id"]] = outcome
            elif outcome:
                line = SheetRow("evidence.csv", place + 2)
                changeset.put("evidence", {**row, **outcome}, listed([*outcome]), line, place)
                located.filled[row["evidence_id"]] = outcome
            else:
                located.complete += row["quote"] != ""
    return located


def _outcomes(study: Study) -> Iterator[tuple[dict[str, str], dict[str, str] | str]]:
    """Yield each row of evidence with the values to fill in, or the reason why there are none."""
    library = Library(study)
    for row in records(study.tables["evidence"]):
        missing = [name for name in COLUMNS if not row[name]] if row["quote"] else []
        yield row, _outcome(row, missing, library) if missing else {}


def _outcome(row: dict[str, str], missing: list[str], library: Library) -> dict[str, str] | str:
    text = library.quotable(row["document_id"])
    if text is None:
        return f"the text of {row['document_id']} is not on this machine, or another"
    places = text.places(row["quote"], row["prefix"], row["suffix"])
    pages = {place.pages[0] for place in places}
    if row["page"]:
        places = [place for place in places if place.pages[0] == int(row["page"])]
    if not places:
        return _why_not(row, text, pages)
    if len(places) > 1:
        where = ", ".join(map(str, sorted({place.pages[0] for place in places})))
        return f"the words stand {len(places)} times in {row['document_id']}, on page {where}: give the page, or a word before or after them"
    prefix, suffix = text.context(places[0])
    values = {"page": str(places[0].pages[0]), "prefix": prefix, "suffix": suffix}
    return {name: values[name] for name in missing if values[name]}


def _why_not(row: dict[str, str], text: QuotableText, pages: set[int]) -> str:
    """Return why words are not at the place given; ``pages`` are those where they are."""
    if pages:
        return f"in {row['document_id']} the words stand on page {', '.join(map(str, sorted(pages)))}, not on page {row['page']}"
    if text.places(row["quote"]):
        return f"{row['document_id']} has other words before or after them"
    return f"{row['document_id']} does not have these words (policygap validate shows what it has)"
