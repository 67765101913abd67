"""The one front door: ``policygap`` on the command line.

Each command imports what it needs: most of the time of a short one is imports.
"""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import analysis
from analysis.ending import TERMINATED
from analysis.problems import WARNING, Problem, StudyError, UnfinishedChangeError, shown_first

if TYPE_CHECKING:
    from analysis.study import Study

STUDY = Path("data/safe-to-share")
MANIFEST = "manifest.json"
PIPE_CLOSED = 128 + 13
"""What a shell says of a command that SIGPIPE, 13 everywhere, has ended."""
SHOWN_AT_MOST = 200


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 if it went well, 1 if the input is at fault.

    Every fault of the input ends in a message, never in a traceback. Where nobody reads on, as in
    ``policygap validate | head -1``, the command ends without a word, with the status of a
    command that such a pipe has ended.
    """
    for stream in (sys.stdout, sys.stderr):
        # A sign that the terminal does not have is shown as another, and stops nothing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return _run(arguments)
    except BrokenPipeError:
        return PIPE_CLOSED


def _run(arguments: list[str] | None) -> int:
    try:
        asked = _asked(arguments)
        status = asked.run(asked)
        # What waits to be said may still fail, and is then told as any failure is.
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except StudyError as error:
        _print_problems(error.problems, "text")
        # A change that waits to be completed is as good as written.
        if not isinstance(error, UnfinishedChangeError):
            print("Nothing was written.", file=sys.stderr)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and not error.filename:
            if error.strerror not in (None, os.strerror(errno.EPIPE)):
                print(f"policygap: {error.strerror}. Nothing was written.", file=sys.stderr)
            raise
        place = f"{error.filename}: " if error.filename else ""
        # What could not be said may have been done: the words come after the work.
        unsaid = not error.filename and error.errno == errno.ENOSPC
        left = "No file is left half written" if unsaid else "Nothing was written"
        print(f"policygap: {place}{error.strerror or error}. {left}.", file=sys.stderr)
    except SystemExit as ended:
        if ended.code == TERMINATED:
            print("policygap: ended; the last output stands as it was.", file=sys.stderr)
        raise
    return 1


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    try:
        return _parser().parse_args(arguments)
    except SystemExit:
        # The help, too, is to have been said before the command ends.
        if sys.stdout is not None:
            sys.stdout.flush()
        raise


class _Parser(argparse.ArgumentParser):
    """A parser that does not pass over in silence that its words could not be written."""

    def _print_message(self, message: str, file: TextIO | None = None) -> None:
        print(message, end="", file=file or sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="policygap", description=analysis.__doc__.partition("\n")[0])
    parser.add_argument("--version", action="version", version=f"policygap {analysis.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    report = commands.add_parser("report", help="build the report and all that goes with it")
    report.add_argument(
        "--out", type=Path, default=Path("output"), help="folder to build into (default: output)"
    )
    report.add_argument(
        "--again", action="store_true", help="build even if nothing has changed since"
    )
    report.add_argument(
        "--only",
        type=lambda text: [one.strip() for one in text.split(",")],
        default=[],
        metavar="PART,PART",
        help="build only these parts, such as site,tables (default: all)",
    )
    report.set_defaults(run=_report)

    verify = commands.add_parser(
        "verify", help="check an output against its manifest, and rebuild it to compare"
    )
    verify.add_argument("output", type=Path, metavar="OUTPUT", help="a folder that report built")
    verify.set_defaults(run=_verify)

    score = commands.add_parser("score", help="write the tables of results alone")
    score.add_argument("--out", type=Path, required=True, help="folder to write into")
    score.set_defaults(run=_score)

    validate = commands.add_parser("validate", help="report every problem of a study")
    validate.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how to report them (default: text)",
    )
    validate.set_defaults(run=_validate)

    agreement = commands.add_parser("agreement", help="say how far the coders agree")
    agreement.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to say it (default: text)"
    )
    agreement.set_defaults(run=_agreement)

    compare = commands.add_parser("compare", help="say what differs between two versions, and why")
    for name in ("old", "new"):
        compare.add_argument(
            name, metavar=name.upper(), help="a study's folder, or a git revision of --study"
        )
    compare.add_argument(
        "--study",
        type=Path,
        default=STUDY,
        help=f"the study whose revisions are meant (default: {STUDY})",
    )
    compare.add_argument(
        "--as-of",
        type=_date,
        metavar="DATE",
        help="date of the state in both (default: for each the day its data were read)",
    )
    compare.add_argument(
        "--format",
        choices=("text", "json", "csv"),
        default="text",
        help="how to say it (default: text)",
    )
    compare.add_argument(
        "--out", type=Path, metavar="FILE.csv", help="write the parts there as well, as CSV"
    )
    compare.set_defaults(run=_compare)

    compare_units = commands.add_parser(
        "compare-units", help="say what is sure of two units, and what would decide it"
    )
    compare_units.add_argument("units", nargs=2, metavar="UNIT", help="a unit's name or id")
    compare_units.add_argument(
        "--study", type=Path, default=STUDY, help=f"a study's folder (default: {STUDY})"
    )
    compare_units.set_defaults(run=_compare_units)

    workbook = commands.add_parser("workbook", help="write a coder's workbook")
    workbook.add_argument("--coder", required=True, help="the coder, as named in codings.csv")
    workbook.add_argument(
        "--only-unknown", action="store_true", help="only cells for which the coder has no level"
    )
    workbook.set_defaults(run=_workbook)

    settle = commands.add_parser("settle", help="write the workbook in which codings are settled")
    settle.set_defaults(run=_settle)

    reply_form = commands.add_parser(
        "reply-form", help="write what a unit is sent, to reply to what is said of it"
    )
    reply_form.add_argument("--unit", required=True, metavar="UNIT", help="the unit, by id or name")
    reply_form.set_defaults(run=_reply_form)

    brief = commands.add_parser("brief", help="write the two-page briefing on a unit, as PDF")
    brief.add_argument("--unit", metavar="UNIT", help="the unit, by id or name (default: all)")
    brief.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE.pdf",
        help="the file to write; of all units: a new folder",
    )
    brief.set_defaults(run=_brief)

    requests = commands.add_parser(
        "requests", help="write the requests for information about each unit, and their tracker"
    )
    requests.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new folder to write into"
    )
    requests.set_defaults(run=_requests)

    for command in (workbook, settle, reply_form):
        command.add_argument(
            "--out", type=Path, required=True, metavar="FILE.xlsx", help="the file to write"
        )
    for command in (workbook, settle, requests):
        command.add_argument(
            "--units",
            action="extend",
            nargs="+",
            default=[],
            metavar="UNIT",
            help="only these units, by id or name (default: all)",
        )

    notebooks = commands.add_parser("notebooks", help="run the notebooks on a study")
    notebooks.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a folder for them alone"
    )
    notebooks.set_defaults(run=_notebooks)

    intake = commands.add_parser("intake", help="take in a workbook that was returned")
    intake.add_argument("file", type=Path, metavar="FILE.xlsx", help="the workbook")
    intake.add_argument("--dry-run", action="store_true", help="show the change; write nothing")
    intake.add_argument(
        "--reason", default="", help="why rows are replaced; their old version is kept with it"
    )
    intake.set_defaults(run=_intake)

    table = commands.add_parser("import", help="bring in a table of units, criteria and answers")
    table.add_argument("file", type=Path, metavar="TABLE", help="the table, .csv or .xlsx")
    table.add_argument(
        "--into", type=Path, required=True, metavar="STUDY", help="the study's folder"
    )
    table.add_argument(
        "--map",
        type=Path,
        metavar="MAP.yml",
        help="what its columns and answers mean (default: it has the study's own headings and words)",
    )
    table.add_argument("--dry-run", action="store_true", help="show the change; write nothing")
    table.set_defaults(run=_import)

    new = commands.add_parser("new", help="write an empty study, ready to fill")
    new.add_argument("study", type=Path, metavar="STUDY", help="folder to write it into")
    new.add_argument(
        "--example", action="store_true", help="with a marked row in each table, to be replaced"
    )
    new.set_defaults(run=_new)

    for command in (
        report,
        verify,
        score,
        validate,
        agreement,
        workbook,
        settle,
        reply_form,
        brief,
        requests,
        notebooks,
        intake,
    ):
        command.add_argument(
            "study",
            type=Path,
            nargs="?",
            default=STUDY,
            metavar="STUDY",
            help=f"a study's folder (default: {STUDY})",
        )
    for command in (report, score, brief, compare_units):
        command.add_argument(
            "--as-of",
            type=_date,
            metavar="DATE",
            help="date of the state, YYYY-MM-DD, YYYY-MM or YYYY (default: the day the data were read)",
        )
        command.add_argument(
            "--known-by",
            type=_date,
            metavar="DATE",
            help="count only what had been read by this day (default: everything)",
        )
    notebooks.add_argument(
        "--as-of", type=_date, metavar="DATE", help="date of the state, likewise"
    )
    return parser


def _date(text: str) -> dt.date:
    from analysis.study.dates import ASKED_FOR, last_day

    try:
        return last_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date; {ASKED_FOR}, such as 2020-12-17"
        ) from None


def _load(folder: Path) -> Study:
    from analysis.study import load

    return load(folder)


def _measured(asked: argparse.Namespace, progress=lambda step: None):
    # Imported late, so that a question about a study does not wait for the rest.
    from analysis.measure.results import measure

    return measure(_load(asked.study), asked.as_of, asked.known_by, progress)


def _report(asked: argparse.Namespace) -> int:
    from analysis.publish.parts import IN_BACKGROUND, in_order

    parts = in_order(asked.only)
    _refuse_to_replace(asked)
    held = None if asked.again else _standing(asked)
    if held is not None:
        since = dt.datetime.fromtimestamp((asked.out / MANIFEST).stat().st_mtime)
        _print_placeholders(held.placeholders)
        print(f"Nothing has changed since {since:%Y-%m-%d %H:%M}: {asked.out} is as it was.")
        return 0
    from analysis.background import background

    with _progress() as progress, background(*IN_BACKGROUND) as executor:
        from analysis.publish.manifest import input_hashes

        progress("study")
        inputs = input_hashes(asked.study)
        results = _measured(asked, progress)
        progress("statements")
        from analysis.publish.tasks import Tasks

        tasks = Tasks(results, executor, parts)
        # Only now, since both take a while: the background is at work meanwhile.
        to_look_at = _possible_details(results.study)
        from analysis.publish.build import build

        path = build(results, asked.out, progress, inputs, tasks, parts)
    _print_placeholders(results.study.descriptor.placeholders)
    if to_look_at:
        print(f"Texts for a person to look at first: {to_look_at} (policygap validate names them).")
    _print_what_leaves_cells_open(results.study)
    _print_not_shown(results.study)
    built = "The report is" if "report" in parts else f"Built {', '.join(parts)} into"
    print(f"{built} {path}")
    return 0


def _notebooks(asked: argparse.Namespace) -> int:
    study = _load(asked.study)
    from analysis.publish.run_notebooks import run_notebooks
    from analysis.study import check_someone_exists

    if asked.as_of:
        check_someone_exists(study, asked.as_of)
    day = asked.as_of and asked.as_of.isoformat()
    with _progress() as progress:
        made = run_notebooks(asked.study, asked.out, day, progress)
    _print_placeholders(study.descriptor.placeholders)
    print(f"Notebooks: {len(made)}; they are in {asked.out}")
    return 0


def _standing(asked: argparse.Namespace):
    if not (asked.out / MANIFEST).exists():
        return None
    from analysis.publish.verify import unchanged

    return unchanged(asked.out, asked.study, asked.as_of, asked.known_by, asked.only)


def _verify(asked: argparse.Namespace) -> int:
    from analysis.verification import run

    return run(asked.output, asked.study, _progress)


def _score(asked: argparse.Namespace) -> int:
    _refuse_to_replace(asked)
    from analysis.publish.build import build_data

    with _progress() as progress:
        progress("study")
        results = _measured(asked, progress)
        build_data(results, asked.out)
    _print_what_leaves_cells_open(results.study)
    print(f"The tables are in {asked.out}")
    return 0


def _validate(asked: argparse.Namespace) -> int:
    from analysis.study import look_over

    found = look_over(asked.study)
    problems = [one for one in found if one.severity != WARNING]
    warnings = found[len(problems) :]
    if asked.format == "json":
        _print_problems(found, "json")
        return 1 if problems else 0
    if problems:
        _print_problems(problems, "text")
        return 1
    print(f"{asked.study} is a valid study.")
    if warnings:
        shown, left_out = shown_first(warnings, SHOWN_AT_MOST)
        print(f"To be looked at by a person ({len(warnings)}):")
        print(*shown, *(f"Not shown: {line}." for line in left_out), sep="\n")
        if left_out:
            print(
                f"The first {SHOWN_AT_MOST} are shown; policygap validate STUDY --format json gives all."
            )
    return 0


def _agreement(asked: argparse.Namespace) -> int:
    from analysis.fieldwork.agreement import (
        agreement,
        as_table,
        coded_states,
        confusion,
        disagreements,
        disputed,
        in_words,
        left_out,
    )
    from analysis.study import data_read_on
    from analysis.study.marks import EARLIER_RULES, under_earlier_rules

    study = _load(asked.study)
    study = study.at(data_read_on(study))
    coded = coded_states(study)
    found = agreement(study, table=coded)
    if asked.format == "json":
        print(as_table(found).to_json(orient="records", indent=1))
        return 0
    print(f"{study.settings.coders} {left_out(study)}".strip())
    for one in found:
        print(f"{one.criterion_id}, {one.measure}: {in_words(one)}")
    met = confusion(study, table=coded)
    if len(met):
        print(f"\nWhat met what, over every pair of coders of a cell:\n{met.to_string()}")
    reopened = study["assessments"].loc[sorted(disputed(study))]
    print(f"\nSettled by agreement, where the codings do not agree (any more): {len(reopened)}.")
    for row in reopened.itertuples():
        print(f"  {row.unit_id}, {row.criterion_id}: {row.level}")
    older = study.tables["codings"][under_earlier_rules(study.tables)]
    older = older[older["unit_id"].isin(study["units"]["unit_id"])]
    if len(older):
        print(f"\n{EARLIER_RULES[0].upper()}{EARLIER_RULES[1:]}: {len(older)} codings.")
    for row in older.itertuples():
        print(f"  {row.unit_id}, {row.criterion_id}, {row.coder}: {row.level}")
    differing = disagreements(study, table=coded).groupby(["unit_id", "criterion_id"], sort=False)
    print(f"\nCells on which they differ: {len(differing)}.")
    for (unit, criterion), rows in differing:
        print(f"\n{unit}, {criterion}")
        for row in rows.itertuples():
            cited = f" [{row.evidence_ids.replace(';', ', ')}]" if row.evidence_ids else ""
            print(f"  {row.coder}: {row.state}{cited} {row.rationale}".rstrip())
    return 0


def _compare(asked: argparse.Namespace) -> int:
    from analysis.comparison import run

    return run(asked.old, asked.new, asked.study, asked.as_of, asked.format, asked.out)


def _compare_units(asked: argparse.Namespace) -> int:
    from analysis.fieldwork.names import meant_units
    from analysis.show.notes import notes
    from analysis.show.pairs import compared

    with _progress() as progress:
        results = _measured(asked, progress)
    units = meant_units(results.study, asked.units)
    if len(units) < 2:
        rule = "both name the same"
        problem = Problem("units", None, "", " and ".join(asked.units), rule, "name two")
        raise StudyError([problem])
    print(" ".join(compared(results, *units)))
    print(*notes(results, units=units), sep="\n")
    return 0


def _workbook(asked: argparse.Namespace) -> int:
    from analysis.fieldwork.assigning import give_workbook
    from analysis.fieldwork.coding import checked_coder
    from analysis.study import coders, journal

    with journal.changing(asked.study):
        study = _load(asked.study)
        units = _units(study, asked.units)
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


def _settle(asked: argparse.Namespace) -> int:
    from analysis.fieldwork.settling import settling_workbook
    from analysis.fieldwork.workbooks import save_new

    study = _load(asked.study)
    save_new(asked.out, settling_workbook(study, _units(study, asked.units)), study)
    print(f"The settling workbook is {asked.out}")
    print(f"When it comes back: policygap intake {asked.out} {asked.study} --dry-run")
    return 0


def _reply_form(asked: argparse.Namespace) -> int:
    from analysis.fieldwork.replying import reply_form
    from analysis.fieldwork.workbooks import save_new
    from analysis.study import data_read_on

    study = _load(asked.study)
    unit = _unit(study.at(data_read_on(study)), asked.unit)
    save_new(asked.out, reply_form(study, unit), study)
    _print_placeholders(study.descriptor.placeholders)
    print(f"The reply form of {unit} is {asked.out}")
    print("Still to be filled in on its first sheet: the day by which a reply is asked for.")
    print(f"When it comes back: policygap intake {asked.out} {asked.study} --dry-run")
    return 0


def _brief(asked: argparse.Namespace) -> int:
    if asked.unit is None:
        return _brief_all(asked)
    from analysis.fieldwork.workbooks import save_new
    from analysis.publish.briefings import Briefings

    results = _measured(asked)
    unit = _unit(results.study, asked.unit)
    content = Briefings(results).pdf(unit)
    save_new(asked.out, content, results.study, ".pdf")
    _print_placeholders(results.study.descriptor.placeholders)
    _print_not_shown(results.study)
    print(f"The briefing on {unit} is {asked.out}")
    return 0


def _brief_all(asked: argparse.Namespace) -> int:
    from analysis.publish.briefings import Briefings
    from analysis.publish.swapping import swapped_in

    if asked.out.suffix:
        rule, remedy = "briefings on all units go into a folder", "name one, or a unit with --unit"
        raise StudyError([Problem(str(asked.out), None, "", "", rule, remedy)])
    _refuse_a_folder_in_use(asked.out)
    _refuse_to_replace(asked)
    with _progress() as progress:
        progress("study")
        results = _measured(asked, progress)
        units = results.study["units"]["unit_id"]
        count = len(units)
        with swapped_in(asked.out, progress) as folder:
            briefings = Briefings(results)
            for number, unit in enumerate(units, start=1):
                progress(f"briefings: {number} of {count}")
                (folder / f"{unit}.pdf").write_bytes(briefings.pdf(unit))
    _print_placeholders(results.study.descriptor.placeholders)
    _print_not_shown(results.study)
    print(f"Briefings: {count}; they are in {asked.out}")
    return 0


def _requests(asked: argparse.Namespace) -> int:
    from analysis.fieldwork.tracking import tracking_workbook
    from analysis.measure.results import measure
    from analysis.publish.requests import requests, write_requests
    from analysis.publish.swapping import swapped_in
    from analysis.study.asking import Asking

    _refuse_a_folder_in_use(asked.out)
    _refuse_to_replace(asked)
    study = _load(asked.study)
    results = measure(study)
    made = requests(results, _units(results.study, asked.units))
    asking = [(one.unit_id, criterion) for one in made for criterion in one.criteria]
    with swapped_in(asked.out) as folder:
        write_requests(made, folder)
        (folder / "tracker.xlsx").write_bytes(tracking_workbook(study, asking))
    left = sum(len(one.placeholders) for one in made)
    lawless = [one for one in made if Asking(study).law(one.unit_id) is None]
    print(f"Requests: {len(made)}, with questions: {len(asking)}; they are in {asked.out}")
    print(f"Places still to be filled in, in all: {left}.")
    _print_placeholders(study.descriptor.placeholders)
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


def _intake(asked: argparse.Namespace) -> int:
    from analysis.change_table import print_intake
    from analysis.fieldwork.intake import take_in

    intake = take_in(asked.file, asked.study, asked.reason, asked.dry_run, preview=print_intake)
    if asked.dry_run:
        print("Dry run: nothing was written.")
    elif intake.written:
        print(f"Written: {', '.join(intake.written)}.")
        print(f"Next: {_next_step(intake.written)}.")
    else:
        print("The study holds all of this already: nothing was written.")
    return 0


def _import(asked: argparse.Namespace) -> int:
    from analysis.change_table import print_import
    from analysis.fieldwork.importing import import_table

    came = import_table(asked.file, asked.into, asked.map, asked.dry_run, preview=print_import)
    if asked.dry_run:
        print("Dry run: nothing was written.")
    elif came.written:
        print(f"Written: {', '.join(came.written)}.")
        print("Next: policygap validate, then policygap report.")
    else:
        print("The study holds all of this already: nothing was written.")
    return 0


def _units(study: Study, asked: list[str]) -> list[str]:
    """Return the units that are meant, in the study's order."""
    from analysis.fieldwork.names import meant_units

    return meant_units(study, [part for one in asked for part in one.split(",") if part.strip()])


def _unit(study: Study, asked: str) -> str:
    units = _units(study, [asked])
    if len(units) != 1:
        problem = Problem("unit", None, "", asked, "it names no single unit", "name one")
        raise StudyError([problem])
    return units[0]


def _next_step(written: list[str]) -> str:
    if "codings.csv" in written:
        return "policygap settle, when all coders are in"
    if "replies.csv" in written:
        return "policygap settle, to enter what follows with the reply's id; then policygap report"
    return "policygap report"


def _new(asked: argparse.Namespace) -> int:
    from analysis.study import create

    files = create(asked.study, asked.example)
    print(f"An empty study is in {asked.study}: {len(files)} files.")
    if asked.example:
        print("Each table has example rows; replace or remove them: no report is built with them.")
    print("Set what datapackage.json marks [to be set], fill the tables, then: policygap validate")
    print("Its README.md has the order, in ten steps.")
    return 0


def _refuse_to_replace(asked: argparse.Namespace) -> None:
    from analysis.publish.swapping import refuse_to_replace

    refuse_to_replace(asked.out, asked.study)


def _refuse_a_folder_in_use(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        rule, remedy = "something is there already, and may hold work", "name a new folder"
        raise StudyError([Problem(str(folder), None, "", "", rule, remedy)])


def _possible_details(study: Study) -> int:
    from analysis.study.privacy import personal_details

    return sum(1 for _ in personal_details(study.descriptor, study.tables))


def _print_what_leaves_cells_open(study: Study) -> None:
    from analysis.study.warnings import open_searches, outdated_by_the_report

    said = open_searches(study)
    if said:
        print(f"{said} Name them in searches.csv, criterion_ids.")
    outdated = outdated_by_the_report(study)
    if outdated:
        print(f"{outdated[0].upper()}{outdated[1:]}. Is study.report.date right?")


def _print_placeholders(waiting: Sequence[str]) -> None:
    if waiting:
        print(f"Still to be set before publication: {', '.join(waiting)} (in datapackage.json).")


def _print_not_shown(study: Study) -> None:
    from analysis.study.warnings import not_shown

    for one in not_shown(study):
        print(one)


def _progress():
    from analysis.progress import progress

    return progress()


def _print_problems(problems: list[Problem], form: str) -> None:
    if form == "json":
        # In ASCII, so that it can be written to any terminal and read from any pipe.
        print(json.dumps([one.as_dict() for one in problems], indent=1))
        return
    from analysis.problem_table import print_problems

    print_problems(problems, SHOWN_AT_MOST)
