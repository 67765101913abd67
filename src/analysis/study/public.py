"""The publishable part of a study: no private documents and, in a draft, no unit names."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from analysis.problems import Problem, StudyError, shorten
from analysis.study.descriptor import FILE
from analysis.study.load import Study
from analysis.wording import with_article

QUOTED = ("document_id", "page", "quote", "prefix", "suffix")
"""Columns of evidence that locate it in a document."""


def public(study: Study) -> Study:
    """Return a study without its records of private documents and quotations from them.

    Site, report, workbook, notebooks, tables and annotations are all made from this. Evidence keeps
    what it states in our own words.
    """
    documents, sources = study.tables["documents"], study.tables["sources"]
    is_public = documents["access"] == "public"
    if is_public.all():
        return study
    shown = documents[is_public]
    shown = shown.assign(
        replaces=shown["replaces"].where(shown["replaces"].isin(shown["document_id"]), "")
    )
    of_private = sources["source_id"].isin(documents.loc[~is_public, "source_id"])
    evidence = study.tables["evidence"]
    is_quoted = evidence["document_id"].isin(shown["document_id"])
    traced = of_private & ~sources["sha256"].isin(shown["sha256"])
    tables = {
        "documents": shown,
        "evidence": evidence.assign(
            **{name: evidence[name].where(is_quoted, "") for name in QUOTED}
        ),
        "sources": sources.assign(sha256=sources["sha256"].mask(traced, "")),
    }
    return replace(study, tables={**study.tables, **tables})


CODEBOOK = ("recommendations", "criteria", "levels", "rules", "notices")
"""Tables that a reader needs to understand any other: a row that names a unit is an error."""
NATIONAL = ("published_totals", "figures", "sources", "applicability", "group_weights")
"""Tables whose rows are left out if they name a unit."""
_CITING = ("recommendations", "published_totals", "figures")
_AUTHORS = ("contributors", "study.contact")
"""Parts of the descriptor that say who made the study, where the name of a unit is no finding."""


def without_units(study: Study) -> Study:
    """Return a study that names no unit: its method, questions, published counts and their sources.

    Everything that is published from a draft is made from this. All other tables are empty.

    Raises:
        StudyError: a question, rule, notice or the descriptor names a unit; one problem for each.
    """
    study = study.at(None)
    naming = re.compile(_pattern(study, "unit_id", "name", "short_name"), re.IGNORECASE)
    kept = {name: _without_notes(study[name], naming) for name in (*CODEBOOK, *NATIONAL)}
    kept["notices"] = kept["notices"][kept["notices"]["scope"] != "unit"]
    for name in NATIONAL:
        kept[name] = kept[name][~_rows_naming(kept[name], naming)]
    kept |= _cited(kept, study.settings.report.source_id)
    named = re.compile(_pattern(study, "name", "short_name"))
    if problems := [*_naming_problems(study, kept, named)]:
        raise StudyError(problems)
    return replace(
        study, tables={name: rows.iloc[:0] for name, rows in study.tables.items()} | kept
    )


def name_hider(study: Study) -> Callable[[str], str]:
    """Return a function that replaces a sentence that names a unit; others it returns unchanged."""
    naming = re.compile(_pattern(study.at(None), "unit_id", "name", "short_name"))
    hidden = f"Not shown here, since it names {with_article(study.settings.unit_noun.singular)}."
    return lambda text: hidden if naming.search(text) else text


def _pattern(study: Study, *columns: str) -> str:
    names = pd.concat([study["units"][column] for column in columns]).unique()
    longest_first = sorted(map(str, names), key=len, reverse=True)
    return "|".join(_whole_word(name) for name in longest_first)


def _whole_word(name: str) -> str:
    # Only ASCII names are matched as whole words: some scripts put no space between words.
    return rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name)


def _rows_naming(rows: pd.DataFrame, naming: re.Pattern[str]) -> pd.Series:
    naming_rows = [any(naming.search(text) for text in row) for row in rows.itertuples(index=False)]
    return pd.Series(naming_rows, index=rows.index, dtype=bool)


def _without_notes(rows: pd.DataFrame, naming: re.Pattern[str]) -> pd.DataFrame:
    """Return rows without the working notes that name a unit."""
    if "note" not in rows:
        return rows
    return rows.assign(note=["" if naming.search(text) else text for text in rows["note"]])


def _cited(kept: Mapping[str, pd.DataFrame], report: str) -> dict[str, pd.DataFrame]:
    """Return the tables that cite sources, without dangling citations, and the cited sources."""
    sources = kept["sources"]
    has_source = {name: kept[name]["source_id"].isin(sources["source_id"]) for name in _CITING}
    tables = {name: kept[name][has_source[name]] for name in _CITING[1:]}
    recommendations = kept["recommendations"]
    cited_source = recommendations["source_id"].where(has_source["recommendations"], "")
    tables["recommendations"] = recommendations.assign(source_id=cited_source)
    cited = {report, *pd.concat([tables[name]["source_id"] for name in _CITING])}
    return {**tables, "sources": sources[sources["source_id"].isin(cited)]}


def _naming_problems(
    study: Study, kept: Mapping[str, pd.DataFrame], named: re.Pattern[str]
) -> Iterator[Problem]:
    """Yield a problem for each text of the codebook and the descriptor that names a unit."""
    remedy = "word it without the name, or build without --public for those who work on it"
    for path, row, column, text in _published_texts(study, kept):
        if match := named.search(text):
            rule = f"it names {match.group()}, and a draft names no unit in public"
            yield Problem(path, row, column, shorten(text), rule, remedy)


def _published_texts(
    study: Study, kept: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, int | None, str, str]]:
    """Yield the texts that stay in public, each with its file, row and column."""
    for name in CODEBOOK:
        path, rows = study.descriptor.tables[name].path, kept[name]
        for column in rows:
            for index, text in zip(rows.index, rows[column], strict=True):
                yield path, index + 2, str(column), text
    for place, text in study.descriptor.texts():
        if not place.startswith(_AUTHORS):
            yield FILE, None, place, text
