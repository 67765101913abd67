"""Helpers for several commands: load the study, find units, refuse paths, print messages."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.problems import Problem, refusal
from analysis.wording import capital

if TYPE_CHECKING:
    from analysis.study import Study

STUDY = Path("data/safe-to-share")
"""The study that a command uses if none is named."""

SHOWN_AT_MOST = 200


def loaded(folder: Path) -> Study:
    """Return a study."""
    from analysis.study import load

    return load(folder)


def study_and_places(places: list[str]) -> tuple[Path, list[str]]:
    """Return the study's folder, which may be the first place, and the other places."""
    from analysis.study.descriptor import FILE

    if places and (Path(places[0]) / FILE).is_file():
        return Path(places[0]), places[1:]
    return STUDY, places


def refuse_missing(place: str) -> None:
    """Refuse a missing path: a misspelt study folder would count as another place."""
    if "://" not in place and not Path(place).exists():
        rule, remedy = "there is no such study, folder or file", "correct the path"
        raise refusal(place, rule, remedy)


def measured(arguments: argparse.Namespace, progress=lambda step: None):
    """Return the results of the study at the dates given by the arguments."""
    # Import late, so that commands that need no results start quickly.
    from analysis.measure.results import measure

    return measure(loaded(arguments.study), arguments.as_of, arguments.known_by, progress)


def units_meant(study: Study, texts: list[str]) -> list[str]:
    """Return the units that texts name, by id or name, in the study's order."""
    from analysis.fieldwork.names import meant_units

    return meant_units(study, [part for text in texts for part in text.split(",") if part.strip()])


def unit_meant(study: Study, text: str) -> str:
    """Return the single unit that a text names; refuse several."""
    units = units_meant(study, [text])
    if len(units) != 1:
        raise refusal("unit", "it names no single unit", "name one", text)
    return units[0]


def refuse_foreign_folder(arguments: argparse.Namespace) -> None:
    """Refuse a folder that holds anything but an output."""
    from analysis.publish.files import refuse_to_replace

    refuse_to_replace(arguments.out, arguments.study)


def refuse_nonempty_folder(folder: Path) -> None:
    """Refuse a folder that holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        rule, remedy = "something exists there already, and may hold work", "name a new folder"
        raise refusal(folder, rule, remedy)


def possible_details(study: Study) -> str:
    """Return a sentence on how many texts may contain personal details; empty if none."""
    from analysis.study.privacy import personal_details

    count = sum(1 for _ in personal_details(study.descriptor, study.tables))
    sentence = f"Texts for a person to look at first: {count} (policygap validate names them)."
    return sentence if count else ""


def print_possible_details(study: Study, passages_of: Sequence[str] = ()) -> None:
    """Print how many texts may contain personal details, if any.

    ``passages_of`` has the units whose passages of documents are in the output too.
    """
    if sentence := possible_details(study):
        print(sentence)
    if not passages_of or study["documents"].empty:
        return
    from analysis.fieldwork.passages import possible_details as in_passages

    cells = list(product(passages_of, study["criteria"]["criterion_id"]))
    if count := in_passages(study, cells):
        print(f"Passages of documents for a person to look at first, before it goes out: {count}.")


def print_open_cell_warnings(study: Study) -> None:
    """Print warnings about searches without a criterion, and about a late report date."""
    from analysis.study.warnings import open_searches, outdated_by_the_report

    searches = open_searches(study)
    if searches:
        print(f"{searches} Name them in searches.csv, criterion_ids.")
    outdated = outdated_by_the_report(study)
    if outdated:
        print(f"{capital(outdated)}. Is study.report.date right?")


def print_checks_before_sending(study: Study) -> None:
    """Print what a person has to check before sending or publishing the output."""
    print_placeholders(study.descriptor.placeholders)
    print_possible_details(study)


def print_placeholders(placeholders: Sequence[str]) -> None:
    """Print the placeholders that the descriptor still has."""
    if placeholders:
        print(
            f"Still to be set before publication: {', '.join(placeholders)} (in datapackage.json)."
        )


def print_not_shown(study: Study) -> None:
    """Print what the charts and PDFs cannot show."""
    from analysis.study.warnings import not_shown

    for sentence in not_shown(study):
        print(sentence)


@contextlib.contextmanager
def shown_progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the current step; it does nothing if stderr is not a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    with Console(stderr=True).status("policygap") as status:
        yield lambda step: status.update(f"policygap: {step}")


def print_problems_found(problems: list[Problem], form: str) -> None:
    """Print problems as a table, or as JSON."""
    if form == "json":
        # ASCII only, so that any terminal and pipe can handle it.
        print(json.dumps([problem.as_dict() for problem in problems], indent=1))
        return
    from analysis.terminal import print_problems

    print_problems(problems, SHOWN_AT_MOST)
