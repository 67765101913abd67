"""Check whether a quotation stands in a document: word for word, nearly, or not at all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from rapidfuzz.fuzz import partial_ratio_alignment

from analysis.documents.comparable import (
    PAGE_BREAK,
    Comparable,
    comparable,
    readable,
    running_heads,
)
from analysis.documents.store import DocumentStore
from analysis.frames import each_row, records
from analysis.problems import WARNING, Problem, shorten
from analysis.study import Study
from analysis.wording import agreeing, some_of

FOUND, OTHER_PAGE, NEAR, ABSENT = "found", "other page", "near", "not in the document"
NEAR_AT_LEAST = 75
"""The least similarity, 0 to 100, at which a passage is shown as the nearest one."""
_EVIDENCE = "evidence.csv"
_SHOWN = 300
"""The most characters of a passage that are shown."""


@dataclass(frozen=True)
class Difference:
    """Words of a quotation, and the document's words in their place; either may be empty."""

    quoted: str
    printed: str


@dataclass(frozen=True)
class Checked:
    """The result of checking a quotation.

    Attributes:
        status: :data:`FOUND`, :data:`OTHER_PAGE`, :data:`NEAR` or :data:`ABSENT`.
        pages: the pages, from 1, on which it begins; for :data:`NEAR`, that of the nearest passage.
        passage: the words as the document has them; empty if it does not have them.
        start: position of the passage in the document's text.
        end: position after its last character.
        differences: the differences between a near passage and the quotation.
    """

    status: str
    pages: tuple[int, ...] = ()
    passage: str = ""
    start: int = 0
    end: int = 0
    differences: tuple[Difference, ...] = ()


class QuotableText:
    """The text of a document, normalised once for all quotations from it."""

    def __init__(self, pages: Sequence[str]):
        """Normalise the text of a document's pages."""
        self._heads = running_heads(pages)
        self._text = comparable(PAGE_BREAK.join(pages), self._heads)

    def check(self, quote: str, page: int | None = None) -> Checked:
        """Return whether a quotation stands in the document, and where.

        Args:
            quote: the words quoted.
            page: the page, from 1, on which the evidence says that it begins; ``None``: not given.
        """
        quoted = comparable(quote.strip())
        places = list(_exact(quoted, self._text))
        if not places:
            return self._nearest(quoted)
        pages = tuple(dict.fromkeys(self._text.page(at) for at in places))
        at = next((at for at in places if self._text.page(at) == page), places[0])
        status = FOUND if page is None or page in pages else OTHER_PAGE
        return self._checked(status, pages, at, at + len(quoted.key))

    def places(self, quote: str, prefix: str = "", suffix: str = "") -> list[Checked]:
        """Return each occurrence of a quotation, between the prefix and suffix if any are given."""
        quoted = comparable(quote.strip())
        before, after = (comparable(text).key.strip() for text in (prefix, suffix))
        matches = []
        for at in _exact(quoted, self._text):
            end = at + len(quoted.key)
            head = self._text.key[max(at - len(before) - 1, 0) : at].rstrip()
            tail = self._text.key[end : end + len(after) + 1].lstrip()
            if head.endswith(before) and tail.startswith(after):
                matches.append(self._checked(FOUND, (self._text.page(at),), at, end))
        return matches

    def context(self, checked: Checked, most: int = 10) -> tuple[str, str]:
        """Return at most ``most`` words before a passage and after it, from its own page."""
        text = self._text.original
        first = text.rfind(PAGE_BREAK, 0, checked.start) + 1
        last = text.find(PAGE_BREAK, checked.end)
        before = self._words(first, checked.start)[-most:]
        after = self._words(checked.end, len(text) if last < 0 else last)[:most]
        return " ".join(before), " ".join(after)

    def _words(self, start: int, end: int) -> list[str]:
        """Return the words of a span of the text, without running heads."""
        heads = [(max(a, start) - start, min(b, end) - start) for a, b in self._heads]
        return readable(
            self._text.original[start:end], [head for head in heads if head[0] < head[1]]
        ).split()

    def _nearest(self, quoted: Comparable) -> Checked:
        key = self._text.key
        alignment = partial_ratio_alignment(quoted.key, key, score_cutoff=NEAR_AT_LEAST)
        if alignment is None or not quoted.key:
            return Checked(ABSENT)
        own = _words(quoted)
        other = _words(self._text, *_whole_words(key, alignment.dest_start, alignment.dest_end))
        if not other:
            return Checked(ABSENT)
        if quoted.key[-1].isalnum() and not key[other[-1][0]].isalnum():
            other = other[:-1]
        steps = SequenceMatcher(None, _keys(quoted, own), _keys(self._text, other), False)
        steps = steps.get_opcodes()
        # Words that only the document has, before or after the quoted ones, are not in the passage.
        if steps[0][0] == "insert":
            steps = steps[1:]
        if steps[-1][0] == "insert":
            steps = steps[:-1]
        start, end = other[steps[0][3]][0], other[steps[-1][4] - 1][1]
        differences = tuple(_differences((quoted, own), (self._text, other), steps))
        near = self._checked(NEAR, (self._text.page(start),), start, end)
        return replace(near, differences=differences)

    def _checked(self, status: str, pages: tuple[int, ...], start: int, end: int) -> Checked:
        first, last = self._text.place(start), self._text.place(end - 1) + 1
        return Checked(status, pages, self._text.original[first:last], first, last)


def _exact(quoted: Comparable, text: Comparable) -> Iterator[int]:
    """Yield the position of each exact occurrence of a quotation, with the same hyphens."""
    at = text.key.find(quoted.key) if quoted.key else -1
    while at >= 0:
        end = at + len(quoted.key)
        if _stands_alone(text, at, end) and _same_hyphens(quoted, text, at, end):
            yield at
        at = text.key.find(quoted.key, at + 1)


_WITHIN = re.compile(
    r"(?<=\w)(?='?\w)|(?<=\w')(?=\w)|(?<=\d)(?=[.,:/]\d|%)|(?<=\d[.,:/])(?=\d)|(?<=[<>])(?=\d)"
)
"""Positions within a word or a number: can't, 1,000, 2.50, 5%, <10."""


def _stands_alone(text: Comparable, start: int, end: int) -> bool:
    """Return whether a span splits no word or number, and leaves no minus sign before it."""
    is_negative = start in text.hyphens - text.line_ends and text.key[start].isdigit()
    return not (is_negative or any(_WITHIN.match(text.key, at) for at in (start, end)))


def _same_hyphens(quoted: Comparable, text: Comparable, start: int, end: int) -> bool:
    # A hyphen at the end of a line, in either text, may be missing in the other.
    within, at_line_ends = _offsets(text.hyphens, start, end), _offsets(text.line_ends, start, end)
    own = {at for at in quoted.hyphens if 0 < at < end - start}
    own_not_at_line_ends = own - quoted.line_ends
    return within - at_line_ends <= own and own_not_at_line_ends <= within


def _whole_words(key: str, start: int, end: int) -> tuple[int, int]:
    return key.rfind(" ", 0, start + 1) + 1, (key + " ").find(" ", end)


def _words(text: Comparable, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the words, numbers and punctuation marks of a span, as spans of the key."""
    end = len(text.key) if end is None else end
    return [match.span() for match in re.compile(r"\w+|[^\w\s]").finditer(text.key, start, end)]


def _keys(text: Comparable, words: list[tuple[int, int]]) -> list[str]:
    return [text.key[a:b] for a, b in words]


Words = tuple[Comparable, list[tuple[int, int]]]
"""A text, and the spans of its words in the key."""


def _differences(own: Words, other: Words, steps: Sequence[tuple]) -> Iterator[Difference]:
    """Yield the differences between two texts, word by word, ignoring typesetting."""
    for kind, a, b, c, d in steps:
        if kind != "equal":
            yield Difference(_printed(own, a, b), _printed(other, c, d))
            continue
        for at, place in zip(range(a, b), range(c, d), strict=True):
            (first, last), (start, end) = own[1][at], other[1][place]
            hyphens, line_ends = (
                _offsets(positions, first, last) for positions in (own[0].hyphens, own[0].line_ends)
            )
            part = replace(own[0], hyphens=hyphens, line_ends=line_ends)
            if not _same_hyphens(part, other[0], start, end):
                yield Difference(_printed(own, at, at + 1), _printed(other, place, place + 1))


def _offsets(places: frozenset[int], start: int, end: int) -> frozenset[int]:
    return frozenset(at - start for at in places if start < at < end)


def _printed(words: Words, first: int, last: int) -> str:
    text, spans = words
    if first == last:
        return ""
    start, end = text.place(spans[first][0]), text.place(spans[last - 1][1] - 1) + 1
    return " ".join(re.sub(r"-\s*[\n\f]\s*", "", text.original[start:end]).split())


def quotation_problems(study: Study) -> list[Problem]:
    """Return the problems of all quotations, and last how many could not be checked here."""
    evidence = study.tables["evidence"]
    quoted = evidence[evidence["quote"] != ""]
    documents = {row["document_id"]: row for row in records(study.tables["documents"])}
    store = DocumentStore(study.folder)
    for document in documents.values():  # raises if the records of private ones are damaged
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
        problems.append(Problem(_EVIDENCE, None, "quote", "", rule, remedy, WARNING))
    return problems


def faults(
    row: int, quote: str, page: str, checked: Checked, document: dict[str, str]
) -> Iterator[Problem]:
    """Yield the problem of a row's quotation, if any, given the result of checking it."""
    name = document["document_id"]
    pages = ", ".join(map(str, checked.pages))
    if checked.status == ABSENT:
        unread = document["unread"]
        rule = f"the words are not in {name}"
        if unread:
            rule += f", as far as that can be read (unread: {shorten(unread)})"
        remedy = "quote the document's own words, or name the document that has them"
        severity = {"severity": WARNING} if unread else {}
        yield Problem(_EVIDENCE, row, "quote", shorten(quote), rule, remedy, **severity)
    elif checked.status == NEAR:
        passage = shorten(" ".join(checked.passage.split()), _SHOWN)
        differs = "; ".join(map(_in_words, checked.differences[:5]))
        rule = f"{name} has on page {pages}: “{passage}”. {differs}"
        remedy = "quote the document's own words"
        yield Problem(_EVIDENCE, row, "quote", shorten(quote), rule, remedy, of_kind="differs")
    elif checked.status != FOUND:
        rule = f"in {name} the words stand on page {pages}"
        yield Problem(_EVIDENCE, row, "page", page, rule, "correct the page", of_kind="other page")


def _in_words(difference: Difference) -> str:
    quoted, printed = shorten(difference.quoted), shorten(difference.printed)
    if not quoted:
        return f"The quotation leaves out “{printed}”"
    return f"It has {f'“{printed}”' if printed else 'nothing'} where “{quoted}” is quoted"
