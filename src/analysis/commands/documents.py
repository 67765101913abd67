"""The commands that collect documents, and find passages in them."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.shared import (
    loaded,
    print_possible_details,
    shown_progress,
    unit_meant,
    units_meant,
)
from analysis.problems import Problem, StudyError, shorten
from analysis.wording import counted

_SHOWN = 300
"""Letters of a place that are shown."""

if TYPE_CHECKING:
    from analysis.documents.collect import NotCollected, Wanted
    from analysis.documents.held import Library
    from analysis.documents.search import Search
    from analysis.fieldwork.collecting import Collection
    from analysis.study import Study


def collect(arguments: argparse.Namespace) -> int:
    """Collect documents; return 1 if any could not be collected."""
    from analysis.documents import ocr
    from analysis.documents.collect import Collector
    from analysis.documents.fetch import Fetcher
    from analysis.documents.reader import Reader
    from analysis.documents.store import DocumentStore
    from analysis.fieldwork.collecting import collect_into
    from analysis.frames import records

    if arguments.ocr and not ocr.is_installed():
        rule, remedy = "Tesseract is not on this machine", "install it, or leave out --ocr"
        raise StudyError([Problem("--ocr", None, "", "", rule, remedy)])
    folder, places = _study_and_places(arguments.places)
    study = loaded(folder)
    wanted = _wanted(study, places, arguments)
    unit = unit_meant(study, arguments.unit) if arguments.unit else ""
    note = f"About {unit}." if unit else ""
    wanted = [replace(one, unit_id=unit) for one in wanted]
    store = DocumentStore(folder)
    held = {store.known(row)["sha256"] for row in records(study["documents"])}
    fetcher = Fetcher(study.settings.contact, arguments.allow_local)
    with fetcher, Reader(ocr=arguments.ocr) as reader, shown_progress() as progress:
        collector = Collector(store, fetcher, reader, held)
        collection = collect_into(folder, collector, wanted, note, progress)
    _print(collection)
    return 1 if any(not one.is_held for one in collection.left_out) else 0


def search(arguments: argparse.Namespace) -> int:
    """Find passages in the documents; return 1 if none is found."""
    from analysis.documents.held import Library
    from analysis.documents.search import log
    from analysis.documents.search import search as search_documents
    from analysis.fieldwork.names import meant_criterion

    folder, words = _study_and_words(arguments.places)
    study = loaded(folder)
    unit = unit_meant(study, arguments.unit) if arguments.unit else ""
    criterion = meant_criterion(study, arguments.criterion) if arguments.criterion else ""
    library = Library(study)
    found = search_documents(study, library, " ".join(words), unit, criterion, arguments.most)
    if arguments.log:
        log(study, found)
    _print_found(study, library, found)
    return 0 if found.passages else 1


def passages(arguments: argparse.Namespace) -> int:
    """Write a workbook with the best passages to read."""
    from analysis.documents.held import Library
    from analysis.fieldwork.workbook_writer import save_new
    from analysis.publish.passages import passages_workbook

    study = loaded(arguments.study)
    units = units_meant(study, arguments.units) or list(study["units"]["unit_id"])
    save_new(arguments.out, passages_workbook(study, units, arguments.out.parent), study)
    print_possible_details(study, units)
    print(f"The passages to read are in {arguments.out}")
    if said := Library(study).missing():
        print(said)
    return 0


def _study_and_words(places: list[str]) -> tuple[Path, list[str]]:
    """Return the study, which is the last word if that is one, and the other words."""
    folder, rest = _study_and_places(places[-1:])
    return folder, [*places[:-1], *rest]


def _print_found(study: Study, library: Library, found: Search) -> None:
    hits: Counter[str] = Counter()
    for number, one in enumerate(found.passages, start=1):
        hits[one.document] += 1
        link = library.link(one.document, one.page, Path.cwd()) or "not on this machine"
        print(f"{number}. {one.document}, page {one.page} ({link})\n   {one.snippet}")
    count = counted(found.hits, "passage", "passages")
    print(f"{count}, of which the best {len(found.passages)} are shown.")
    names = study.lookup("units", "short_name")
    print(f"Documents searched ({len(found.searched)}); read them whole before you code:")
    for one in found.searched:
        about = ", ".join(names[unit] for unit in one.units) or "about nobody that is recorded"
        print(f"  {one.in_words}, {about}; passages shown: {hits[one.document_id]}")
    if found.without_unit:
        ids = ", ".join(one.document_id for one in found.without_unit)
        print(f"Not searched, as documents.csv has no unit_id for it: {ids}.")
    if said := library.missing():
        print(said)


def _study_and_places(places: list[str]) -> tuple[Path, list[str]]:
    """Return the study, which is the first place if that is one, and the others."""
    from analysis.commands.options import STUDY
    from analysis.study.descriptor import FILE

    if places and (Path(places[0]) / FILE).is_file():
        return Path(places[0]), places[1:]
    return STUDY, places


def _wanted(study: Study, places: list[str], arguments: argparse.Namespace) -> list[Wanted]:
    from analysis.documents.collect import Wanted, wanted
    from analysis.fieldwork.collecting import without_document

    source = arguments.source or ""
    if source and source not in set(study["sources"]["source_id"]):
        rule, remedy = "there is no such source in sources.csv", "name one of its ids"
        raise StudyError([Problem("--source", None, "", source, rule, remedy)])
    if not places and not arguments.missing:
        rule, remedy = (
            "nothing to collect is named",
            "name files, folders or addresses, or --missing",
        )
        raise StudyError([Problem("collect", None, "", "", rule, remedy)])
    found = [Wanted(one.place, source) for one in wanted(places)]
    return found + (without_document(study) if arguments.missing else [])


def _in_lines(failed: list[NotCollected]) -> Iterator[tuple[str, str]]:
    """Yield a line for each, and one for all addresses of a host that cannot be reached."""
    yield from ((one.place, one.why) for one in failed if not one.host)
    for host, many in Counter(one.host for one in failed if one.host).items():
        fetched = counted(many, "address is", "addresses are")
        yield host, f"it cannot be reached, and {fetched} not fetched (is there a network?)"


def _print(collection: Collection) -> None:
    for name, one in collection.added:
        size = f"{counted(len(one.text.pages), 'page', 'pages')}, {counted(one.text.words, 'word', 'words')}"
        unread = f"; not read: {'; '.join(one.text.unread)}" if one.text.unread else ""
        print(f"{name}: {shorten(one.name, _SHOWN)}, {size}, {one.access}{unread}")
    held = sum(one.is_held for one in collection.left_out)
    failed = [one for one in collection.left_out if not one.is_held]
    for place, why in _in_lines(failed):
        print(f"{shorten(place, _SHOWN)}: {why}.", file=sys.stderr)
    print(
        f"Collected: {len(collection.added)}, held already: {held}, not collected: {len(failed)}."
    )
