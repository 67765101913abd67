"""Searching the documents of a study: what was looked for, where, and the passages that fit."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.documents.index import Passage, fts_query
from analysis.documents.library import Library, StudyDocument, any_of, terms
from analysis.problems import Problem, StudyError, shorten
from analysis.study import Study
from analysis.study.load import DOCUMENTS

LOG = "searches.csv"
"""File, beside the documents and not in git, in which searches are logged; it settles no cell."""
_LOGGED = ("searched_on", "queries", "unit_id", "criterion_id", "documents", "hits")


@dataclass(frozen=True)
class Search:
    """What a search came to.

    Attributes:
        queries: what was looked for; each has to fit.
        unit: id of the unit whose documents were searched; empty: all documents.
        criterion: id of the criterion whose terms were used; empty: none.
        passages: the best passages, best first.
        hits: how many passages fit in all.
        searched: the documents whose text was searched.
        without_unit: the documents left out, as no unit of them is recorded.
    """

    queries: Sequence[str]
    unit: str
    criterion: str
    passages: list[Passage]
    hits: int
    searched: list[StudyDocument]
    without_unit: list[StudyDocument]


def search(
    study: Study,
    library: Library,
    query: str = "",
    unit: str = "",
    criterion: str = "",
    most: int = 20,
) -> Search:
    """Search the documents of a study.

    Args:
        study: the study.
        library: its documents.
        query: words, in the language of :meth:`analysis.documents.index.Index.search`.
        unit: in the documents about this unit only, by its id; empty: in all.
        criterion: also by the search terms of this criterion, any of which counts.
        most: how many passages to return at most.

    Raises:
        StudyError: there is nothing to look for.
    """
    queries = [query] if query.strip() else []
    if criterion:
        queries.append(any_of(_terms(study, criterion)))
    if not queries or not all(map(fts_query, queries)):
        rule, remedy = "no word to look for is named", "name words, or a criterion (--criterion)"
        raise StudyError([Problem("search", None, "", shorten(query), rule, remedy)])
    among = library.about(unit) if unit else list(library.documents.values())
    searched = [document for document in among if document.document_id in library.texts]
    passages, hits = library.search(queries, [document.document_id for document in searched], most)
    without = library.about("") if unit else []
    return Search(queries, unit, criterion, passages, hits, searched, without)


def log(study: Study, result: Search) -> None:
    """Log a search beside the documents. A query is no reading: no cell changes."""
    path = study.folder / DOCUMENTS / LOG
    if not path.parent.is_dir():
        rule, remedy = "no document is on this machine", "collect documents first"
        raise StudyError([Problem("--log", None, "", "", rule, remedy)])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not path.exists():
        writer.writerow(_LOGGED)
    documents = ";".join(document.document_id for document in result.searched)
    queries = " | ".join(result.queries)
    today = dt.date.today().isoformat()
    writer.writerow([today, queries, result.unit, result.criterion, documents, result.hits])
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def _terms(study: Study, criterion: str) -> list[str]:
    if words := terms(study, criterion):
        return words
    rule = "the criterion has no search terms"
    remedy = "write some in criteria.csv, search_terms, joined by |"
    raise StudyError([Problem("criterion", None, "", criterion, rule, remedy)])
