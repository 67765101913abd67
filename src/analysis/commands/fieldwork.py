"""Commands that create a study, write workbooks and requests, and take in returned workbooks."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

from analysis.commands.shared import (
    loaded,
    print_checks_before_sending,
    print_possible_details,
    refuse_foreign_folder,
    refuse_nonempty_folder,
    unit_meant,
    units_meant,
)
from analysis.problems import refusal

if TYPE_CHECKING:
    from analysis.study import Study


def workbook(arguments: argparse.Namespace) -> int:
    """Write a coder's workbook."""
    from analysis.fieldwork.coding_workbook import CellSelection, checked_coder, give_workbook
    from analysis.study import coders, journal

    with journal.changing(arguments.study):
        study = loaded(arguments.study)
        units = units_meant(study, arguments.units)
        selection = CellSelection(units, arguments.only_unknown, arguments.round)
        written = give_workbook(study, arguments.coder, arguments.out, selection)
    known, coder = coders(study), checked_coder(study, arguments.coder)
    if coder != arguments.coder:
        print(f"We read the coder’s name as {coder} without its blanks and invisible signs.")
    if coder not in known:
        print(f"This coder is new. Coders in the study so far: {', '.join(known) or 'none yet'}.")
    print_possible_details(study, units or list(study["units"]["unit_id"]))
    print(f"The coding workbook of {coder} is {arguments.out}")
    if written:
        print(f"What {coder} was given is recorded in {arguments.study}: {', '.join(written)}.")
    else:
        print(f"This adds nothing to what {arguments.study} records as given to {coder}.")
    print(f"When it comes back: policygap intake {arguments.out} {arguments.study} --dry-run")
    return 0


def settle(arguments: argparse.Namespace) -> int:
    """Write the workbook for adjudication by the third reader."""
    from analysis.fieldwork.adjudication import adjudication_workbook
    from analysis.fieldwork.workbook_writer import save_new

    study = loaded(arguments.study)
    save_new(
        arguments.out, adjudication_workbook(study, units_meant(study, arguments.units)), study
    )
    print_possible_details(study)
    print(f"The settling workbook is {arguments.out}")
    print(f"When it comes back: policygap intake {arguments.out} {arguments.study} --dry-run")
    return 0


def reply_form(arguments: argparse.Namespace) -> int:
    """Write the form on which a unit can reply."""
    from analysis.fieldwork.reply_form import reply_form
    from analysis.fieldwork.workbook_writer import save_new
    from analysis.study import data_read_on

    study = loaded(arguments.study)
    unit = unit_meant(study.at(data_read_on(study)), arguments.unit)
    save_new(arguments.out, reply_form(study, unit), study)
    print_checks_before_sending(study)
    print(f"The reply form of {unit} is {arguments.out}")
    print("Please fill in, on its first sheet, the day by which you ask for a reply.")
    print(f"When it comes back: policygap intake {arguments.out} {arguments.study} --dry-run")
    return 0


def requests(arguments: argparse.Namespace) -> int:
    """Write requests for information and their tracker; with ``--due``, print which are due."""
    from analysis.fieldwork.request_tracker import tracking_workbook
    from analysis.measure.results import measure
    from analysis.publish.files import atomic_replace
    from analysis.publish.request_documents import write_requests
    from analysis.publish.requests import requests
    from analysis.study.requests import Asking

    if arguments.due:
        _print_due(loaded(arguments.study))
        return 0
    if arguments.out is None:
        remedy = "name one, or ask only for what is --due"
        raise refusal("--out", "no folder to write into was named", remedy)
    refuse_nonempty_folder(arguments.out)
    refuse_foreign_folder(arguments)
    study = loaded(arguments.study)
    results = measure(study)
    made = requests(results, units_meant(results.study, arguments.units))
    asking = [(request.unit_id, criterion) for request in made for criterion in request.criteria]
    with atomic_replace(arguments.out) as folder:
        write_requests(made, folder)
        (folder / "tracker.xlsx").write_bytes(tracking_workbook(study, asking))
    left = sum(len(request.placeholders) for request in made)
    lawless = [request for request in made if Asking(study).law(request.unit_id) is None]
    print(f"Requests: {len(made)}, with questions: {len(asking)}; they are in {arguments.out}")
    print(f"Places still to be filled in, in all: {left}.")
    print_checks_before_sending(study)
    if lawless:
        countries = dict.fromkeys(
            study.lookup("units", "country")[request.unit_id] or "no country" for request in lawless
        )
        print(
            f"Requests that cite no law and have no due day: {len(lawless)}"
            f" ({', '.join(countries)}); study.requests.laws in datapackage.json names laws."
        )
    forms = sum(request.form is not None for request in made)
    if forms:
        print(f"Requests that can be sent at WhatDoTheyKnow: {forms}; forms.html has the links.")
    if len(study["requests"]):
        _print_due(study)
    print("Enter what you sent, and what came of it, in tracker.xlsx. Then run policygap intake")
    return 0


def _print_due(study: Study) -> None:
    from analysis.study.requests import due_sentences

    for sentence in due_sentences(study, dt.date.today()) or [
        "Nothing is due on any request that was sent."
    ]:
        print(sentence)


def intake(arguments: argparse.Namespace) -> int:
    """Take in a returned workbook."""
    from analysis.fieldwork.intake import take_in
    from analysis.terminal import print_intake

    intake = take_in(
        arguments.file, arguments.study, arguments.reason, arguments.dry_run, preview=print_intake
    )
    _print_written(arguments.dry_run, intake.written, _next_step(intake.written))
    return 0


def bring_in(arguments: argparse.Namespace) -> int:
    """Import an existing table."""
    from analysis.fieldwork.import_table import import_table
    from analysis.terminal import print_import

    imported = import_table(
        arguments.file, arguments.into, arguments.map, arguments.dry_run, preview=print_import
    )
    _print_written(arguments.dry_run, imported.written, "policygap validate, then policygap report")
    return 0


def _print_written(dry_run: bool, files: list[str], next_step: str) -> None:
    if dry_run:
        print("Dry run: nothing was written.")
    elif files:
        print(f"Written: {', '.join(files)}.")
        print(f"Next: {next_step}.")
    else:
        print("The study has all of this already. Nothing was written.")


def _next_step(written: list[str]) -> str:
    if "codings.csv" in written:
        return "policygap settle, when all coders are in"
    if "replies.csv" in written:
        return "policygap settle, to enter what follows with the reply's id; then policygap report"
    return "policygap report"


def new(arguments: argparse.Namespace) -> int:
    """Write an empty study."""
    from analysis.study import create

    files = create(arguments.study, arguments.example)
    print(f"An empty study is in {arguments.study}: {len(files)} files.")
    if arguments.example:
        print("Each table has example rows; replace or remove them: no report is built with them.")
    print("Set what datapackage.json marks [to be set], fill the tables, then: policygap validate")
    print("Its README.md has the order, in ten steps.")
    return 0
