"""The commands and their options. ``run`` of what was asked for is the function of the command."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TextIO

import analysis
from analysis.commands import fieldwork, outputs, questions

STUDY = Path("data/safe-to-share")


class _Parser(argparse.ArgumentParser):
    """A parser that does not pass over in silence that its words could not be written."""

    def _print_message(self, message: str, file: TextIO | None = None) -> None:
        print(message, end="", file=file or sys.stderr)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
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
    report.set_defaults(run=outputs.report)

    verify = commands.add_parser(
        "verify", help="check an output against its manifest, and rebuild it to compare"
    )
    verify.add_argument("output", type=Path, metavar="OUTPUT", help="a folder that report built")
    verify.set_defaults(run=outputs.verify)

    score = commands.add_parser("score", help="write the tables of results alone")
    score.add_argument("--out", type=Path, required=True, help="folder to write into")
    score.set_defaults(run=outputs.score)

    validate = commands.add_parser("validate", help="report every problem of a study")
    validate.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how to report them (default: text)",
    )
    validate.set_defaults(run=questions.validate)

    agreement = commands.add_parser("agreement", help="say how far the coders agree")
    agreement.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to say it (default: text)"
    )
    agreement.set_defaults(run=questions.agreement)

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
    compare.set_defaults(run=questions.compare)

    compare_units = commands.add_parser(
        "compare-units", help="say what is sure of two units, and what would decide it"
    )
    compare_units.add_argument("units", nargs=2, metavar="UNIT", help="a unit's name or id")
    compare_units.add_argument(
        "--study", type=Path, default=STUDY, help=f"a study's folder (default: {STUDY})"
    )
    compare_units.set_defaults(run=questions.compare_units)

    workbook = commands.add_parser("workbook", help="write a coder's workbook")
    workbook.add_argument("--coder", required=True, help="the coder, as named in codings.csv")
    workbook.add_argument(
        "--only-unknown", action="store_true", help="only cells for which the coder has no level"
    )
    workbook.set_defaults(run=fieldwork.workbook)

    settle = commands.add_parser("settle", help="write the workbook in which codings are settled")
    settle.set_defaults(run=fieldwork.settle)

    reply_form = commands.add_parser(
        "reply-form", help="write what a unit is sent, to reply to what is said of it"
    )
    reply_form.add_argument("--unit", required=True, metavar="UNIT", help="the unit, by id or name")
    reply_form.set_defaults(run=fieldwork.reply_form)

    brief = commands.add_parser("brief", help="write the two-page briefing on a unit, as PDF")
    brief.add_argument("--unit", metavar="UNIT", help="the unit, by id or name (default: all)")
    brief.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE.pdf",
        help="the file to write; of all units: a new folder",
    )
    brief.set_defaults(run=outputs.brief)

    requests = commands.add_parser(
        "requests", help="write the requests for information about each unit, and their tracker"
    )
    requests.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new folder to write into"
    )
    requests.set_defaults(run=fieldwork.requests)

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
    notebooks.set_defaults(run=outputs.notebooks)

    intake = commands.add_parser("intake", help="take in a workbook that was returned")
    intake.add_argument("file", type=Path, metavar="FILE.xlsx", help="the workbook")
    intake.add_argument("--dry-run", action="store_true", help="show the change; write nothing")
    intake.add_argument(
        "--reason", default="", help="why rows are replaced; their old version is kept with it"
    )
    intake.set_defaults(run=fieldwork.intake)

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
    table.set_defaults(run=fieldwork.bring_in)

    new = commands.add_parser("new", help="write an empty study, ready to fill")
    new.add_argument("study", type=Path, metavar="STUDY", help="folder to write it into")
    new.add_argument(
        "--example", action="store_true", help="with a marked row in each table, to be replaced"
    )
    new.set_defaults(run=fieldwork.new)

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
