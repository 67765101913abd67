"""The commands that find passages in documents."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.shared import (
    loaded,
    print_possible_details,
    refuse_missing,
    study_and_places,
    unit_meant,
    units_meant,
)
from analysis.wording import counted

if TYPE_CHECKING:
    from analysis.documents.library import Library, Search
    from analysis.study import Study


def search(arguments: argparse.Namespace) -> int:
    """Find passages in the documents; return 1 if none is found."""
    from analysis.documents.library import Library, log
    from analysis.documents.library import search as search_documents
    from analysis.fieldwork.names import meant_criterion

    folder, words = _study_and_words(arguments.places)
    study = loaded(folder)
    unit = unit_meant(study, arguments.unit) if arguments.unit else ""
    criterion = meant_criterion(study, arguments.criterion) if arguments.criterion else ""
    library = Library(study)
    result = search_documents(study, library, " ".join(words), unit, criterion, arguments.most)
    if arguments.log:
        log(study, result)
    _print_result(study, library, result)
    return 0 if result.passages else 1


def passages(arguments: argparse.Namespace) -> int:
    """Write a workbook with the best passages to read."""
    from analysis.documents.library import Library
    from analysis.fieldwork.workbook_writer import save_new
    from analysis.publish.passages import passages_workbook

    study = loaded(arguments.study)
    units = units_meant(study, arguments.units) or list(study["units"]["unit_id"])
    save_new(arguments.out, passages_workbook(study, units, arguments.out.parent), study)
    print_possible_details(study, units)
    print(f"The passages to read are in {arguments.out}")
    if missing := Library(study).missing():
        print(missing)
    return 0


def _study_and_words(places: list[str]) -> tuple[Path, list[str]]:
    """Return the study, which is the last word if that is one, and the other words."""
    folder, rest = study_and_places(places[-1:])
    if any("/" in word for word in rest):
        refuse_missing(rest[-1])
    return folder, [*places[:-1], *rest]


def _print_result(study: Study, library: Library, result: Search) -> None:
    hits: Counter[str] = Counter()
    for number, passage in enumerate(result.passages, start=1):
        hits[passage.document] += 1
        link = library.link(passage.document, passage.page, Path.cwd()) or "not on this machine"
        print(f"{number}. {passage.document}, page {passage.page} ({link})\n   {passage.snippet}")
    count = counted(result.hits, "passage", "passages")
    best = len(result.passages)
    print(f"{count}, of which the best {best} are shown." if best < result.hits else f"{count}.")
    names = study.lookup("units", "short_name")
    if result.searched:
        print(f"Documents searched ({len(result.searched)}); read them whole before you code:")
    elif result.unit:
        print(f"No document with a text is recorded as about {names[result.unit]}.")
    for document in result.searched:
        about = ", ".join(names[unit] for unit in document.units) or "about nobody that is recorded"
        print(f"  {document.in_words}, {about}; passages shown: {hits[document.document_id]}")
    if result.without_unit:
        ids = ", ".join(document.document_id for document in result.without_unit)
        print(f"Not searched, as documents.csv has no unit_id for it: {ids}.")
    if missing := library.missing():
        print(missing)
