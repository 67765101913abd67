"""The command that collects documents."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.shared import loaded, shown_progress, unit_meant
from analysis.problems import Problem, StudyError, shorten
from analysis.wording import counted

_SHOWN = 300
"""Letters of a place that are shown."""

if TYPE_CHECKING:
    from analysis.documents.collect import NotCollected, Wanted
    from analysis.documents.store import DocumentStore
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
    note = f"About {unit_meant(study, arguments.unit)}." if arguments.unit else ""
    store = DocumentStore(folder)
    held = {store.known(row)["sha256"] for row in records(study["documents"])}
    fetcher = Fetcher(study.settings.contact, arguments.allow_local)
    with fetcher, Reader(ocr=arguments.ocr) as reader, shown_progress() as progress:
        collector = Collector(store, fetcher, reader, held)
        collection = collect_into(folder, collector, wanted, note, progress)
    _print(collection)
    _keep_not_archived(folder, store)
    return 1 if any(not one.is_held for one in collection.left_out) else 0


def _keep_not_archived(folder: Path, store: DocumentStore) -> None:
    """Write which addresses a public archive may be given, and say so."""
    from analysis.fieldwork.collecting import not_archived

    addresses = not_archived(loaded(folder))
    if store.folder.is_dir():
        path = store.keep_not_archived(addresses)
        if addresses:
            print(
                f"Addresses of which no archived copy is known (archived in sources.csv): "
                f"{len(addresses)}, in {path}."
            )


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


def locate(arguments: argparse.Namespace) -> int:
    """Fill in where quotations stand; return 1 if any could not be filled."""
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
    """Take in quotations that were made elsewhere; return 1 if any could not be taken in."""
    from collections import Counter

    from analysis.fieldwork.annotation_intake import take_annotations_in

    came = take_annotations_in(arguments.file, arguments.study, arguments.dry_run)
    for what, name in came.taken:
        print(f"{name}: {what}.")
    for name, lacks in came.incomplete:
        print(f"{name}: {lacks}.")
    for number, one, why in came.left_out:
        where = one.address or one.sha256 or "no address"
        print(f"Annotation {number}, “{one.exact}” ({where}): {why}.", file=sys.stderr)
    counts = Counter(what for what, _ in came.taken)
    said = ", ".join(f"{what}: {counts[what]}" for what in ("added", "changed", "unchanged"))
    print(f"Annotations {said}, left out: {len(came.left_out)}.")
    if arguments.dry_run:
        print("Dry run: nothing was written.")
    return 1 if came.left_out else 0
