"""Rules on documents, on quotations from them, and on later checks of them."""

import numpy as np
import pandas as pd

from analysis.study.dates import first_days
from analysis.study.rules.engine import Rule, RuleSet, look_up, numbers, repeats
from analysis.study.values import is_on_the_web
from analysis.study.vocabulary import CHANGED, GONE, MOVED, NOT_GIVEN, SAME_TEXT, UNCHANGED

WORDS_AT_MOST = 60
"""The most words of a quotation; more may be more than a publisher allows."""


def _words(texts: pd.Series) -> pd.Series:
    return texts.str.count(r"\S+")


def _of_another_source(rows: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    source = look_up(rows["document_id"], documents, "document_id", "source_id")
    return source.notna() & (source != rows["source_id"])


def _beyond_the_document(rows: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    pages = look_up(rows["document_id"], documents, "document_id", "pages")
    return numbers(rows["page"]) > numbers(pages)


QUOTED = ("standing", "moved", "gone")
"""The columns of checks.csv that list what became of quotations."""


def _before_it_was_collected(
    rows: pd.DataFrame, documents: pd.DataFrame, _: pd.DataFrame
) -> np.ndarray:
    collected = look_up(rows["document_id"], documents, "document_id", "retrieved_on")
    return first_days(rows["checked_on"]) < first_days(collected.fillna(""))


def _cannot_be_rechecked(rows: pd.DataFrame, documents: pd.DataFrame, _: pd.DataFrame) -> pd.Series:
    access = look_up(rows["document_id"], documents, "document_id", "access")
    place = look_up(rows["document_id"], documents, "document_id", "retrieved_from")
    return access.notna() & ~((access == "public") & place.fillna("").map(is_on_the_web))


def _wrong_quotations(rows: pd.DataFrame, _: pd.DataFrame, evidence: pd.DataFrame) -> list[bool]:
    """Return which checks name evidence that does not exist, or the same evidence twice."""
    known = set(evidence["evidence_id"])
    named = [
        [part for text in texts for part in text.split(";") if part]
        for texts in zip(*(rows[name] for name in QUOTED), strict=True)
    ]
    return [repeats(ids) or not known.issuperset(ids) for ids in named]


def _compares_what_did_not_change(rows: pd.DataFrame, *_: pd.DataFrame) -> pd.Series:
    other = rows["status"].isin([UNCHANGED, SAME_TEXT, MOVED, GONE, NOT_GIVEN])
    return other & (rows[[*QUOTED, "difference", "found_id"]] != "").any(axis=1)


# fmt: off
RULES = (
    RuleSet(("documents",), (
        Rule("replaces", lambda rows: (rows["replaces"] != "") & (rows["replaces"].astype(object) == rows["document_id"]),
             "a document cannot be a newer version of itself", "name the older one, or empty it"),
        *(Rule(column,
               lambda rows, column=column: (rows["access"] == "private") & (rows[column] != ""),
               "a private document leaves no trace in a file that travels",
               "empty it; policygap collect keeps it in documents/private.csv")
          for column in ("sha256", "text_sha256", "retrieved_from")),
        *(Rule(column,
               lambda rows, column=column: (rows["access"] == "public") & (rows[column] == ""),
               "a public document has its hash", "copy it from documents/private.csv, or make it private")
          for column in ("sha256", "text_sha256")),
    )),
    RuleSet(("evidence",), (
        Rule("quote", lambda rows, _: (rows["quote"] != "") & (rows["document_id"] == ""),
             "it is quoted from no document", "name the document in document_id (policygap collect)"),
        Rule("quote", lambda rows, _: _words(rows["quote"]) > WORDS_AT_MOST,
             f"it has more than {WORDS_AT_MOST} words", "quote only the words that decide"),
        *(Rule(column, lambda rows, _, column=column: _words(rows[column]) > WORDS_AT_MOST,
               f"it has more than {WORDS_AT_MOST} words", "keep the few words around the quotation")
          for column in ("prefix", "suffix")),
        Rule("page", lambda rows, _: (rows["page"] != "") & (rows["document_id"] == ""),
             "it is a page of no document", "name the document in document_id, or empty the page"),
        Rule("page", _beyond_the_document, "{document_id} has fewer pages",
             "correct the page, counted from 1 at the document's first"),
        Rule("document_id", _of_another_source, "it is a copy of another source than {source_id}",
             "correct the document or the source"),
        Rule("prefix", lambda rows, _: ((rows["prefix"] != "") | (rows["suffix"] != "")) & (rows["quote"] == ""),
             "words around a quotation stand here, and no quotation", "give the quotation, or empty them"),
    ), needs=("documents",)),
    RuleSet(("checks",), (
        Rule("document_id", _cannot_be_rechecked,
             "{document_id} is private, or came from no address",
             "remove the row: only a public document that came from an address is looked at again"),
        Rule("checked_on", _before_it_was_collected, "{document_id} was collected only later",
             "correct the day"),
        Rule("status", lambda rows, *_: (rows["status"] == CHANGED) & (rows["found_id"] == ""),
             "it changed, and no newer version is named", "name the newer version in found_id"),
        Rule("status", lambda rows, *_: (rows["status"] == MOVED) & (rows["address"] == ""),
             "it moved, and it is not said where to", "give the address"),
        Rule("why", lambda rows, *_: rows["status"].isin([GONE, NOT_GIVEN]) & (rows["why"] == ""),
             "it is {status}, and what the site said is not given", "give it"),
        Rule("status", _compares_what_did_not_change,
             "it is {status}, and what differs stands beside it", "empty that, or make it changed"),
        Rule("found_id", lambda rows, *_: (rows["found_id"] != "") & (rows["found_id"].astype(object) == rows["document_id"]),
             "a document cannot be a newer version of itself", "name the newer version"),
        Rule("address", lambda rows, *_: (rows["address"] != "") & ~rows["address"].astype(object).map(is_on_the_web),
             "it is not an http or https address", "correct it, or empty it"),
        Rule("gone", _wrong_quotations,
             "standing, moved and gone name what is not in evidence.csv, or one statement twice",
             "name each evidence_id once"),
    ), needs=("documents", "evidence")),
)
# fmt: on
