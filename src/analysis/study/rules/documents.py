"""Rules on documents, and on what evidence quotes from them."""

import pandas as pd

from analysis.study.rules.engine import Rule, RuleSet, look_up, numbers

WORDS_AT_MOST = 60
"""Words of a quotation: more is no quotation, and may be more than a publisher allows."""


def _words(texts: pd.Series) -> pd.Series:
    return texts.str.count(r"\S+")


def _other_source(rows: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    source = look_up(rows["document_id"], documents, "document_id", "source_id")
    return source.notna() & (source != rows["source_id"])


def _beyond_the_document(rows: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    pages = look_up(rows["document_id"], documents, "document_id", "pages")
    return numbers(rows["page"]) > numbers(pages)


def _private(rows: pd.DataFrame, column: str) -> pd.Series:
    return (rows["access"] == "private") & (rows[column] != "")


def _unhashed(rows: pd.DataFrame, column: str) -> pd.Series:
    return (rows["access"] == "public") & (rows[column] == "")


# fmt: off
RULES = (
    RuleSet(("documents",), (
        Rule("replaces", lambda rows: (rows["replaces"] != "") & (rows["replaces"].astype(object) == rows["document_id"]),
             "a document cannot be a newer version of itself", "name the older one, or empty it"),
        *(Rule(column, lambda rows, column=column: _private(rows, column),
               "a private document leaves no trace in a file that travels",
               "empty it; policygap collect keeps it in documents/private.csv")
          for column in ("sha256", "text_sha256", "retrieved_from")),
        *(Rule(column, lambda rows, column=column: _unhashed(rows, column),
               "a public document has its hash", "copy it from documents/private.csv, or make it private")
          for column in ("sha256", "text_sha256")),
    )),
    RuleSet(("evidence",), (
        Rule("quote", lambda rows, _: (rows["quote"] != "") & (rows["document_id"] == ""),
             "it is quoted from no document", "name the document in document_id (policygap collect)"),
        Rule("quote", lambda rows, _: _words(rows["quote"]) > WORDS_AT_MOST,
             f"it has more than {WORDS_AT_MOST} words", "quote only the words that decide"),
        Rule("page", lambda rows, _: (rows["page"] != "") & (rows["document_id"] == ""),
             "it is a page of no document", "name the document in document_id, or empty the page"),
        Rule("page", _beyond_the_document, "{document_id} has fewer pages",
             "correct the page, counted from 1 at the document's first"),
        Rule("document_id", _other_source, "it is a copy of another source than {source_id}",
             "correct the document or the source"),
        Rule("prefix", lambda rows, _: ((rows["prefix"] != "") | (rows["suffix"] != "")) & (rows["quote"] == ""),
             "words around a quotation stand here, and no quotation", "give the quotation, or empty them"),
    ), needs=("documents",)),
)
# fmt: on
