"""Commands that begin a study, give out workbooks, and take in what comes back."""

from __future__ import annotations

import argparse

from analysis.commands.shared import (
    loaded,
    print_placeholders,
    refuse_a_folder_in_use,
    refuse_to_replace_others,
    unit_meant,
    units_meant,
)


def workbook(asked: argparse.Namespace) -> int:
    """Write a coder's workbook."""
    from analysis.fieldwork.assignments import give_workbook
    from analysis.fieldwork.coding_workbook import checked_coder
    from analysis.study import coders, journal

    with journal.changing(asked.study):
        study = loaded(asked.study)
        units = units_meant(study, asked.units)
        written = give_workbook(study, asked.coder, asked.out, units, asked.only_unknown)
    held, coder = coders(study), checked_coder(study, asked.coder)
    if coder != asked.coder:
        print(
            f"The coder’s name is taken as {coder}: blanks or signs that nobody sees were left out."
        )
    if coder not in held:
        print(f"A new coder; held are: {', '.join(held) or 'none yet'}.")
    print(f"The coding workbook of {coder} is {asked.out}")
    if written:
        print(f"What {coder} was given is recorded in {asked.study}: {', '.join(written)}.")
    else:
        print(f"Nothing is added to what {asked.study} records as given to {coder}.")
    print(f"When it comes back: policygap intake {asked.out} {asked.study} --dry-run")
    return 0


def settle(asked: argparse.Namespace) -> int:
    """Write the workbook of the third reader."""
    from analysis.fieldwork.adjudication import settling_workbook
    from analysis.fieldwork.workbook_writer import save_new

    study = loaded(asked.study)
    save_new(asked.out, settling_workbook(study, units_meant(study, asked.units)), study)
    print(f"The settling workbook is {asked.out}")
    print(f"When it comes back: policygap intake {asked.out} {asked.study} --dry-run")
    return 0


def reply_form(asked: argparse.Namespace) -> int:
    """Write the form on which a unit can reply."""
    from analysis.fieldwork.reply_form import reply_form
    from analysis.fieldwork.workbook_writer import save_new
    from analysis.study import data_read_on

    study = loaded(asked.study)
    unit = unit_meant(study.at(data_read_on(study)), asked.unit)
    save_new(asked.out, reply_form(study, unit), study)
    print_placeholders(study.descriptor.placeholders)
    print(f"The reply form of {unit} is {asked.out}")
    print("Still to be filled in on its first sheet: the day by which a reply is asked for.")
    print(f"When it comes back: policygap intake {asked.out} {asked.study} --dry-run")
    return 0


def requests(asked: argparse.Namespace) -> int:
    """Write requests for information, and their tracker."""
    from analysis.fieldwork.request_tracker import tracking_workbook
    from analysis.measure.results import measure
    from analysis.publish.requests import requests, write_requests
    from analysis.publish.swapping import swapped_in
    from analysis.study.asking import Asking

    refuse_a_folder_in_use(asked.out)
    refuse_to_replace_others(asked)
    study = loaded(asked.study)
    results = measure(study)
    made = requests(results, units_meant(results.study, asked.units))
    asking = [(one.unit_id, criterion) for one in made for criterion in one.criteria]
    with swapped_in(asked.out) as folder:
        write_requests(made, folder)
        (folder / "tracker.xlsx").write_bytes(tracking_workbook(study, asking))
    left = sum(len(one.placeholders) for one in made)
    lawless = [one for one in made if Asking(study).law(one.unit_id) is None]
    print(f"Requests: {len(made)}, with questions: {len(asking)}; they are in {asked.out}")
    print(f"Places still to be filled in, in all: {left}.")
    print_placeholders(study.descriptor.placeholders)
    if lawless:
        countries = dict.fromkeys(
            study.lookup("units", "country")[one.unit_id] or "no country" for one in lawless
        )
        print(
            f"Requests that cite no law, and have no day by which an answer is due: {len(lawless)}"
            f" ({', '.join(countries)}); study.requests.laws in datapackage.json names laws."
        )
    print("What was sent, and what came of it, is entered in tracker.xlsx: policygap intake")
    return 0


def intake(asked: argparse.Namespace) -> int:
    """Take back a workbook that was filled in."""
    from analysis.change_table import print_intake
    from analysis.fieldwork.intake import take_in

    intake = take_in(asked.file, asked.study, asked.reason, asked.dry_run, preview=print_intake)
    _print_written(asked.dry_run, intake.written, _next_step(intake.written))
    return 0


def bring_in(asked: argparse.Namespace) -> int:
    """Bring in a table that there is already."""
    from analysis.change_table import print_import
    from analysis.fieldwork.import_table import import_table

    came = import_table(asked.file, asked.into, asked.map, asked.dry_run, preview=print_import)
    _print_written(asked.dry_run, came.written, "policygap validate, then policygap report")
    return 0


def _print_written(dry_run: bool, files: list[str], next_step: str) -> None:
    if dry_run:
        print("Dry run: nothing was written.")
    elif files:
        print(f"Written: {', '.join(files)}.")
        print(f"Next: {next_step}.")
    else:
        print("The study holds all of this already: nothing was written.")


def _next_step(written: list[str]) -> str:
    if "codings.csv" in written:
        return "policygap settle, when all coders are in"
    if "replies.csv" in written:
        return "policygap settle, to enter what follows with the reply's id; then policygap report"
    return "policygap report"


def new(asked: argparse.Namespace) -> int:
    """Write an empty study."""
    from analysis.study import create

    files = create(asked.study, asked.example)
    print(f"An empty study is in {asked.study}: {len(files)} files.")
    if asked.example:
        print("Each table has example rows; replace or remove them: no report is built with them.")
    print("Set what datapackage.json marks [to be set], fill the tables, then: policygap validate")
    print("Its README.md has the order, in ten steps.")
    return 0
