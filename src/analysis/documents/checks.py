"""Checking what evidence quotes against the documents that are on this machine."""

from collections.abc import Iterator

from analysis.documents.quotations import ABSENT, FOUND, NEAR, Checked, Difference, QuotableText
from analysis.documents.store import DocumentStore
from analysis.frames import each_row, records
from analysis.problems import WARNING, Problem, shorten
from analysis.study import Study
from analysis.wording import agreeing, some_of

FILE = "evidence.csv"
_SHOWN = 300
"""Letters of a passage that are shown."""


def quotation_problems(study: Study) -> list[Problem]:
    """Return what is wrong with quotations, and after that how many could not be checked here."""
    evidence = study.tables["evidence"]
    quoted = evidence[evidence["quote"] != ""]
    documents = {row["document_id"]: row for row in records(study.tables["documents"])}
    store = DocumentStore(study.folder)
    for document in documents.values():  # what is known of private ones is looked at, too
        store.known(document)
    problems, unchecked = [], 0
    for name, rows in quoted.groupby("document_id", sort=False):
        document = documents[str(name)]
        pages = store.text(document)
        if pages is None:
            unchecked += len(rows)
            continue
        text = QuotableText(pages)
        for number, row in zip(rows.index, each_row(rows), strict=True):
            checked = text.check(row.quote, int(row.page) if row.page else None)
            problems += faults(int(number) + 2, row.quote, row.page, checked, document)
    problems.sort(key=lambda problem: (problem.severity == WARNING, problem.row))
    if unchecked:
        rule = some_of(unchecked, len(quoted), "quotation", "quotations")
        rule += agreeing(unchecked, " is", " are")
        rule += " not checked here: the text of the document is not on this machine, or another"
        remedy = "nothing has to be done; collect the document again to check (policygap collect)"
        problems.append(Problem(FILE, None, "quote", "", rule, remedy, WARNING))
    return problems


def faults(
    row: int, quote: str, page: str, checked: Checked, document: dict[str, str]
) -> Iterator[Problem]:
    """Yield what is wrong with a quotation of a row, of what was found of it in its document."""
    name = document["document_id"]
    pages = ", ".join(map(str, checked.pages))
    if checked.status == ABSENT:
        unread = document["unread"]
        rule = f"the words are not in {name}"
        if unread:
            rule += f", as far as that can be read (unread: {shorten(unread)})"
        remedy = "quote the document's own words, or name the document that has them"
        severity = {"severity": WARNING} if unread else {}
        yield Problem(FILE, row, "quote", shorten(quote), rule, remedy, **severity)
    elif checked.status == NEAR:
        passage = shorten(" ".join(checked.passage.split()), _SHOWN)
        differs = "; ".join(map(_in_words, checked.differences[:5]))
        rule = f"{name} has on page {pages}: “{passage}”. {differs}"
        remedy = "quote the document's own words"
        yield Problem(FILE, row, "quote", shorten(quote), rule, remedy, of_kind="differs")
    elif checked.status != FOUND:
        rule = f"in {name} the words stand on page {pages}"
        yield Problem(FILE, row, "page", page, rule, "correct the page", of_kind="other page")


def _in_words(difference: Difference) -> str:
    quoted, printed = shorten(difference.quoted), shorten(difference.printed)
    if not quoted:
        return f"The quotation leaves out “{printed}”"
    return f"It has {f'“{printed}”' if printed else 'nothing'} where “{quoted}” is quoted"
