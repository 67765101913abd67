"""Commands that collect and recheck documents, search them, and handle quotations."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from analysis.commands.shared import (
    loaded,
    print_possible_details,
    refuse_missing,
    shown_progress,
    study_and_places,
    unit_meant,
    units_meant,
)
from analysis.problems import LETTERS_OF_A_PLACE, refusal, shorten
from analysis.wording import counted

if TYPE_CHECKING:
    from analysis.documents.collect import NotCollected, Wanted
    from analysis.documents.library import Library, Search
    from analysis.documents.store import DocumentStore
    from analysis.fieldwork.collecting import Collection
    from analysis.fieldwork.rechecking import Rechecked
    from analysis.study import Study


def collect(arguments: argparse.Namespace) -> int:
    """Collect documents; return 1 if any could not be collected."""
    from analysis.documents.collect import Collector
    from analysis.documents.fetch import Fetcher
    from analysis.documents.pdf import tesseract_is_installed
    from analysis.documents.reader import Readers
    from analysis.documents.store import DocumentStore
    from analysis.fieldwork.collecting import collect_into
    from analysis.frames import records

    if arguments.ocr and not tesseract_is_installed():
        rule = "Tesseract is not on this machine"
        raise refusal("--ocr", rule, "install it, or leave out --ocr")
    folder, places = study_and_places(arguments.places)
    if places and places == arguments.places:  # no study is named
        refuse_missing(places[0])
    study = loaded(folder)
    entered = _answer_entries(study, arguments)
    wanted = _wanted(study, places, arguments)
    unit = unit_meant(study, arguments.unit) if arguments.unit else ""
    wanted = [replace(item, unit_id=unit) for item in wanted]
    store = DocumentStore(folder)
    known_hashes = {store.known(row)["sha256"] for row in records(study["documents"])}
    fetcher = Fetcher(study.settings.contact, arguments.allow_local)
    with fetcher, Readers(ocr=arguments.ocr) as readers, shown_progress() as progress:
        collector = Collector(store, fetcher, readers, known_hashes)
        collection = collect_into(folder, collector, wanted, progress)
    _print_collection(collection)
    _make_public(folder, collection)
    _print_kept_elsewhere(study, store, collection, arguments.source or "", unit)
    if not unit and not arguments.request:
        _print_proposals(study, collection)
    held_hashes = [item.same_as for item in collection.left_out if item.same_as]
    if arguments.request and (collection.added or held_hashes):
        from analysis.fieldwork.request_tracker import take_answer_in

        print(take_answer_in(folder, arguments.request, entered, held_hashes))
    _write_not_archived(folder, store)
    return 1 if any(not item.same_as for item in collection.left_out) else 0


def recheck(arguments: argparse.Namespace) -> int:
    """Recheck documents on the web; return 1 if any site could not be reached."""
    from analysis.documents.fetch import Fetcher
    from analysis.documents.pdf import tesseract_is_installed
    from analysis.documents.reader import Reader
    from analysis.documents.recheck import Rechecker
    from analysis.documents.store import DocumentStore
    from analysis.fieldwork.rechecking import due, look_again
    from analysis.frames import records

    study = loaded(arguments.study)
    documents = due(study, arguments.older_than, _source(study, arguments))
    fetcher = Fetcher(study.settings.contact, arguments.allow_local)
    # Use Tesseract again if it was used to read a document before.
    used_tesseract = study["documents"]["extractor"].str.contains("Tesseract").any()
    reads = Reader(ocr=bool(used_tesseract) and tesseract_is_installed())
    with fetcher, reads as reader, shown_progress() as progress:
        tables = records(study["documents"]), records(study["evidence"])
        rechecker = Rechecker(DocumentStore(arguments.study), fetcher, reader, *tables)
        rechecked = look_again(arguments.study, rechecker, documents, progress)
    _print_looks(rechecked)
    if not documents:
        days = counted(arguments.older_than, "day", "days")
        print(f"Nothing is due. No document from the web was last looked at {days} ago or earlier.")
    return 1 if rechecked.not_reached else 0


def _make_public(folder: Path, collection: Collection) -> None:
    """Make private documents public that a public address gave too, and print which."""
    from analysis.documents.store import PUBLIC
    from analysis.fieldwork.collecting import make_public

    addresses = {item.same_as: item.address for item in collection.left_out if item.address}
    # An added document may match a private row whose file was not on this machine.
    addresses |= {doc.sha256: doc.name for _, doc in collection.added if doc.access == PUBLIC}
    made = make_public(folder, addresses) if addresses else {}
    for name, address in made.items():
        print(f"{name}: private before, public now: {address} gives the same bytes.")


def _write_not_archived(folder: Path, store: DocumentStore) -> None:
    """Write the list of addresses without an archived copy, and print where it is."""
    from analysis.fieldwork.collecting import not_archived

    addresses = not_archived(loaded(folder))
    if store.folder.is_dir():
        path = store.keep_not_archived(addresses)
        if addresses:
            what = "Addresses with no archived copy on record (archived in sources.csv)"
            print(f"{what}: {len(addresses)}, in {path}.")


def _answer_entries(study: Study, arguments: argparse.Namespace) -> dict[str, str]:
    """Return the entries on the answer to a request, after checking them against the study."""
    from analysis.fieldwork.request_tracker import ENTRIES, check_answer, request_of

    given = {"answered_on": arguments.answered_on, "outcome": arguments.outcome}
    entered = {name: text for name, text in given.items() if text}
    if not arguments.request:
        for name, text in entered.items():
            rule = "it is given without a request"
            raise refusal(ENTRIES[name], rule, "name the request by --request", text)
        return {}
    if (arguments.answered_on or "") > dt.date.today().isoformat():
        rule = "the day is still to come"
        raise refusal("--answered-on", rule, "correct it", arguments.answered_on)
    request = request_of(study, arguments.request)
    if arguments.unit and unit_meant(study, arguments.unit) != request["unit_id"]:
        rule = f"{arguments.request} was a request about {request['unit_id']}"
        raise refusal("--unit", rule, "leave --unit out", arguments.unit)
    if arguments.missing:
        rule, remedy = "--missing collects what answers no request", "leave one of the two out"
        raise refusal("--request", rule, remedy, arguments.request)
    check_answer(study, arguments.request, entered)
    return entered


def _wanted(study: Study, places: list[str], arguments: argparse.Namespace) -> list[Wanted]:
    from analysis.documents.collect import Wanted, wanted
    from analysis.fieldwork.collecting import without_document

    source = _source(study, arguments)
    if not places and not arguments.missing:
        remedy = "name files, folders or addresses, or --missing"
        raise refusal("collect", "nothing to collect is named", remedy)
    named = [Wanted(item.place, source, arguments.request or "") for item in wanted(places)]
    return named + (without_document(study) if arguments.missing else [])


def _failure_lines(failed: list[NotCollected]) -> Iterator[tuple[str, str]]:
    """Yield a place and a reason for each failure, and one for each host that cannot be reached."""
    yield from ((item.place, item.why) for item in failed if not item.host)
    for host, count in Counter(item.host for item in failed if item.host).items():
        fetched = counted(count, "address is", "addresses are")
        yield host, f"it cannot be reached, and {fetched} not fetched (is there a network?)"


def _source(study: Study, arguments: argparse.Namespace) -> str:
    """Return the source given by ``--source``, checked; empty if none was given."""
    source = arguments.source or ""
    if source and source not in set(study["sources"]["source_id"]):
        rule, remedy = "there is no such source in sources.csv", "name one of its ids"
        raise refusal("--source", rule, remedy, source)
    return source


def _print_collection(collection: Collection) -> None:
    for name, document in collection.added:
        pages = counted(len(document.text.pages), "page", "pages")
        size = f"{pages}, {counted(document.text.words, 'word', 'words')}"
        unread = f"; not read: {'; '.join(document.text.unread)}" if document.text.unread else ""
        place = shorten(document.name, LETTERS_OF_A_PLACE)
        print(f"{name}: {place}, {size}, {document.access}{unread}")
    known = sum(bool(item.same_as) for item in collection.left_out)
    failed = [item for item in collection.left_out if not item.same_as]
    for place, why in _failure_lines(failed):
        print(f"{shorten(place, LETTERS_OF_A_PLACE)}: {why}.", file=sys.stderr)
    print(
        f"Collected: {len(collection.added)}, held already: {known}, not collected: {len(failed)}."
    )


def _print_kept_elsewhere(
    study: Study, store: DocumentStore, collection: Collection, source: str, unit: str
) -> None:
    """Print which documents the study has already with another source or unit than given."""
    from analysis.frames import records

    rows = {store.known(row)["sha256"]: row for row in records(study["documents"])}
    for row in (rows[item.same_as] for item in collection.left_out if item.same_as in rows):
        if (source and row["source_id"] != source) or (unit and row["unit_id"] != unit):
            about = f", about {row['unit_id']}" if row["unit_id"] else ""
            print(
                f"{row['document_id']} is in the study already, under the source {row['source_id']}{about}: "
                "it stays so; change it in documents.csv if that is wrong."
            )


def _print_proposals(study: Study, collection: Collection) -> None:
    """Print which units new documents may be about, for documents without a recorded unit."""
    from analysis.documents.library import Library
    from analysis.fieldwork.collecting import proposed_unit

    if not collection.added:
        return
    documents = Library(loaded(study.folder)).documents.values()
    known = {document.document_id for document in documents if document.units}
    names = study.lookup("units", "name")
    for name, document in collection.added:
        proposal = proposed_unit(study, document) if name not in known else None
        if proposal:
            unit, where = proposal
            print(
                f"{name} may be about {names[unit]}, by {where}. Nothing records that: "
                f"if it is so, write {unit} as its unit_id in documents.csv."
            )


def _print_looks(rechecked: Rechecked) -> None:
    """Print the checks that found a change, and a line for each site that was not reached."""
    for row in rechecked.looks:
        if row["status"] != "unchanged":
            print(f"{row['document_id']}: {_check_in_words(row)}.")
    hosts: dict[str, list[str]] = {}
    for address, why in rechecked.not_reached:
        hosts.setdefault(urlsplit(address).netloc, []).append(why)
    for host, reasons in hosts.items():
        count = counted(len(reasons), "address", "addresses")
        why = "; ".join(dict.fromkeys(reason.rstrip("?") for reason in reasons))
        print(f"{host}: {count} not looked at: {why}.", file=sys.stderr)
    statuses = Counter(row["status"].replace("_", " ") for row in rechecked.looks)
    kinds = "".join(f", {name}: {count}" for name, count in statuses.items())
    print(
        f"Looked at again: {len(rechecked.looks)}{kinds}. Not reached: {len(rechecked.not_reached)}."
    )


def _check_in_words(row: dict[str, str]) -> str:
    parts = [row["status"].replace("_", " ")]
    if row["status"] == "changed":
        parts[0] += f": {row['found_id']} is there now"
    parts += [f"redirected for good to {row['address']}"] if row["address"] else []
    words = {
        "standing": "quotations that stand",
        "moved": "quotations on another page now",
        "gone": "quotations that are gone",
    }
    parts += [f"{label}: {row[name]}" for name, label in words.items() if row.get(name)]
    parts += [row[name] for name in ("difference", "why") if row.get(name)]
    return "; ".join(parts)


def locate(arguments: argparse.Namespace) -> int:
    """Fill in the places of quotations; return 1 if any could not be filled."""
    from analysis.fieldwork.locating import locate as locate_in
    from analysis.wording import listed

    located = locate_in(arguments.study, arguments.dry_run)
    for name, filled in located.filled.items():
        print(f"{name}: {listed([*filled])} filled.")
    for name, why in located.not_filled.items():
        print(f"{name}: not filled: {why}.", file=sys.stderr)
    counts = f"complete already: {located.complete}, not filled: {len(located.not_filled)}"
    print(f"Quotations filled: {len(located.filled)}, {counts}.")
    if arguments.dry_run:
        print("Dry run: nothing was written.")
    return 1 if located.not_filled else 0


def take_annotations(arguments: argparse.Namespace) -> int:
    """Import quotations made in other tools; return 1 if any could not be imported."""
    from analysis.fieldwork.annotation_intake import take_annotations_in

    annotated = take_annotations_in(arguments.file, arguments.study, arguments.dry_run)
    for what, name in annotated.taken:
        print(f"{name}: {what}.")
    for name, lacks in annotated.incomplete:
        print(f"{name}: {lacks}.")
    for number, annotation, why in annotated.left_out:
        where = annotation.address or annotation.sha256 or "no address"
        print(f"Annotation {number}, “{annotation.exact}” ({where}): {why}.", file=sys.stderr)
    counts = Counter(what for what, _ in annotated.taken)
    totals = ", ".join(f"{what}: {counts[what]}" for what in ("added", "changed", "unchanged"))
    print(f"Annotations {totals}, left out: {len(annotated.left_out)}.")
    if arguments.dry_run:
        print("Dry run: nothing was written.")
    return 1 if annotated.left_out else 0


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
    """Return the study's folder, which may be the last word, and the words to search for."""
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
