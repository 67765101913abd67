"""The command line parser. ``run`` of the parsed arguments is the function of the command."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import analysis
from analysis.commands import documents, fieldwork, outputs, questions
from analysis.commands.shared import STUDY

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_Command = argparse.ArgumentParser
_Add = Callable[[str, Callable[[argparse.Namespace], int], str], _Command]
"""Adds a command, given its name, the function that runs it, and its help text."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises an error if it cannot print a message; argparse ignores that."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        print(message, end="", file=file or sys.stderr)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = _Parser(prog="policygap", description=(analysis.__doc__ or "").partition("\n")[0])
    parser.add_argument("--version", action="version", version=f"policygap {analysis.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], help: str) -> _Command:
        command = commands.add_parser(name, help=help)
        command.set_defaults(run=run)
        return command

    _add_outputs(add)
    _add_questions(add)
    _add_workbooks(add)
    _add_collecting(add)
    _add_finding(add)
    _add_documents(add)
    _add_intake(add)
    return parser


def _add_outputs(add: _Add) -> None:
    report = add("report", outputs.report, "build the report and all that goes with it")
    report.add_argument(
        "--out", type=_path, default=Path("output"), help="folder to build into (default: output)"
    )
    _flag(report, "--again", "build even if nothing has changed since")
    report.add_argument(
        "--only",
        type=lambda text: [part.strip() for part in text.split(",")],
        default=[],
        metavar="PART,PART",
        help="build only these parts, such as site,tables (default: all)",
    )
    _flag(
        report,
        "--public",
        "build only what may be published: for a draft, nothing under the name of a unit",
    )
    _study(report)
    _dates(report)
    verify = add(
        "verify", outputs.verify, "check an output against its manifest, and rebuild it to compare"
    )
    verify.add_argument("output", type=_path, metavar="OUTPUT", help="a folder that report built")
    _study(verify)
    score = add("score", outputs.score, "write the tables of results alone")
    _out(score, None, "folder to write into")
    _study(score)
    _dates(score)


def _add_questions(add: _Add) -> None:
    validate = add("validate", questions.validate, "report every problem of a study")
    _format(validate, "how to report them")
    _study(validate)
    agreement = add("agreement", questions.agreement, "show how far the coders agree")
    _format(agreement, "how to say it")
    _study(agreement)
    compare = add("compare", questions.compare, "show what differs between two versions, and why")
    for name in ("old", "new"):
        compare.add_argument(
            name,
            type=_nonempty,
            metavar=name.upper(),
            help="a study's folder, or a git revision of --study",
        )
    _study_option(compare, "the study whose git revisions OLD and NEW name")
    _as_of(compare, "compare both at this date (default: for each, the day its data were read)")
    _format(compare, "how to say it", "csv")
    compare.add_argument(
        "--out", type=_path, metavar="FILE.csv", help="write the parts there as well, as CSV"
    )
    units = add(
        "compare-units",
        questions.compare_units,
        "show what is certain about two units, and what would decide the rest",
    )
    units.add_argument("units", nargs=2, metavar="UNIT", help="a unit's name or id")
    _study_option(units, "a study's folder")
    _dates(units)


def _add_workbooks(add: _Add) -> None:
    workbook = add("workbook", fieldwork.workbook, "write a coder's workbook")
    workbook.add_argument("--coder", required=True, help="the coder, as named in codings.csv")
    _flag(workbook, "--only-unknown", "only cells for which the coder has no level")
    workbook.add_argument(
        "--round",
        choices=("pilot", "main"),
        default="",
        help="the round of coding that it belongs to (default: the main one)",
    )
    settle = add("settle", fieldwork.settle, "write the workbook in which codings are settled")
    reply_form = add(
        "reply-form",
        fieldwork.reply_form,
        "write the form on which a unit can reply to our findings",
    )
    reply_form.add_argument("--unit", required=True, metavar="UNIT", help="the unit, by id or name")
    for command in (workbook, settle, reply_form):
        _out(command, "FILE.xlsx", "the file to write")
        _study(command)
    _units(workbook)
    _units(settle)


def _add_collecting(add: _Add) -> None:
    collect = add("collect", documents.collect, "collect documents, and read their text")
    collect.add_argument(
        "places",
        type=_nonempty,
        nargs="*",
        metavar="[STUDY] PATH|URL",
        help=f"a study's folder (default: {STUDY}), and then files, folders, addresses, or text files that list them",
    )
    collect.add_argument("--unit", metavar="UNIT", help="the unit that they are about")
    collect.add_argument("--request", metavar="ID", help="the request that they answer")
    collect.add_argument(
        "--answered-on", type=_day, metavar="DAY", help="the day of that answer, YYYY-MM-DD"
    )
    collect.add_argument(
        "--outcome",
        type=lambda text: text.strip().lower().replace(" ", "_"),
        metavar="OUTCOME",
        help="what came of the request, such as answered or refused",
    )
    _flag(collect, "--missing", "every source with an address and no document")
    _flag(collect, "--ocr", "read pages without a text layer with Tesseract, if it is installed")
    recheck = add("recheck", documents.recheck, "look again at documents that came from the web")
    _study(recheck)
    recheck.add_argument(
        "--older-than",
        type=_days,
        default=1,
        metavar="30d",
        help="only those last looked at this many days ago or earlier (default: 1d)",
    )
    for command in (collect, recheck):
        command.add_argument("--source", metavar="ID", help="the source of which they are copies")
        _flag(command, "--allow-local", "also addresses of this machine and of private networks")

    locate = add("locate", documents.locate, "fill in the page of quotations, and the words around")
    annotations = add(
        "annotations", documents.take_annotations, "take in quotations that were made elsewhere"
    )
    annotations.add_argument(
        "file", type=_path, metavar="FILE.json", help="W3C Web Annotations, as Hypothes.is exports"
    )
    for command in (locate, annotations):
        _flag(command, "--dry-run", "show the change; write nothing")
        _study(command)


def _add_finding(add: _Add) -> None:
    search = add("search", documents.search, "find passages in the documents")
    search.add_argument(
        "places",
        nargs="*",
        metavar="QUERY [STUDY]",
        help=f'words, "words that stand together", OR, -word, word*; and a study\'s folder (default: {STUDY})',
    )
    search.add_argument("--unit", metavar="UNIT", help="only in documents about this unit")
    search.add_argument("--criterion", metavar="ID", help="by the search terms of this criterion")
    search.add_argument(
        "--most", type=_count, default=20, metavar="N", help="passages shown (default: 20)"
    )
    passages = add("passages", documents.passages, "write the best passages to read")
    _out(passages, "FILE.xlsx", "the file to write")
    _units(passages)
    _study(passages)
    _flag(search, "--log", "log the search beside the documents")


def _add_documents(add: _Add) -> None:
    brief = add("brief", outputs.brief, "write the two-page briefing on a unit, as PDF")
    brief.add_argument("--unit", metavar="UNIT", help="the unit, by id or name (default: all)")
    _out(brief, "FILE.pdf", "the file to write; for all units, a new folder")
    brief.add_argument(
        "--page",
        type=_path,
        metavar="FILE.html",
        help="the unit's page of the site as well, to be read by itself",
    )
    _study(brief)
    _dates(brief)
    requests = add(
        "requests",
        fieldwork.requests,
        "write the requests for information about each unit, and their tracker",
    )
    _out(requests, "DIR", "a new folder to write into", required=False)
    _flag(
        requests, "--due", "only list which of the requests that were sent are due or overdue today"
    )
    _units(requests)
    _study(requests)
    notebooks = add("notebooks", outputs.notebooks, "run the notebooks on a study")
    _out(notebooks, "DIR", "a folder for them alone")
    _study(notebooks)
    _as_of(notebooks, "date of the state, likewise")


def _add_intake(add: _Add) -> None:
    intake = add("intake", fieldwork.intake, "take in a workbook that was returned")
    intake.add_argument("file", type=_path, metavar="FILE.xlsx", help="the workbook")
    table = add("import", fieldwork.bring_in, "bring in a table of units, criteria and answers")
    table.add_argument("file", type=_path, metavar="TABLE", help="the table, .csv or .xlsx")
    table.add_argument(
        "--into", type=_path, required=True, metavar="STUDY", help="the study's folder"
    )
    table.add_argument(
        "--map",
        type=_path,
        metavar="MAP.yml",
        help="the file that says what its columns and answers mean (default: they are the study's own)",
    )
    for command in (intake, table):
        _flag(command, "--dry-run", "show the change; write nothing")
    intake.add_argument(
        "--reason",
        default="",
        help="why rows are replaced; the reason is kept with their old version",
    )
    _study(intake)
    new = add("new", fieldwork.new, "write an empty study, ready to fill")
    new.add_argument("study", type=_path, metavar="STUDY", help="folder to write it into")
    _flag(new, "--example", "with a marked row in each table, to be replaced")


def _flag(command: _Command, name: str, help: str) -> None:
    command.add_argument(name, action="store_true", help=help)


def _study(command: _Command) -> None:
    command.add_argument(
        "study",
        type=_path,
        nargs="?",
        default=STUDY,
        metavar="STUDY",
        help=f"a study's folder (default: {STUDY})",
    )


def _study_option(command: _Command, help: str) -> None:
    command.add_argument("--study", type=_path, default=STUDY, help=f"{help} (default: {STUDY})")


def _units(command: _Command) -> None:
    command.add_argument(
        "--units",
        action="extend",
        nargs="+",
        default=[],
        metavar="UNIT",
        help="only these units, by id or name (default: all)",
    )


def _out(command: _Command, metavar: str | None, help: str, required: bool = True) -> None:
    command.add_argument("--out", type=_path, required=required, metavar=metavar, help=help)


def _format(command: _Command, help: str, *more: str) -> None:
    choices = ("text", "json", *more)
    command.add_argument(
        "--format", choices=choices, default="text", help=f"{help} (default: text)"
    )


def _as_of(command: _Command, help: str) -> None:
    command.add_argument("--as-of", type=_date, metavar="DATE", help=help)


def _dates(command: _Command) -> None:
    _as_of(
        command,
        "show the position on this date, YYYY-MM-DD, YYYY-MM or YYYY (default: the day the data were read)",
    )
    command.add_argument(
        "--known-by",
        type=_date,
        metavar="DATE",
        help="count only what had been read by this day (default: everything)",
    )


def _path(text: str) -> Path:
    return Path(_nonempty(text))


def _nonempty(text: str) -> str:
    # An empty path would mean the current folder.
    if not text.strip():
        raise argparse.ArgumentTypeError(
            "nothing is named; write a path or an address, or . for this folder"
        )
    return text


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a day; write YYYY-MM-DD, such as 2020-12-17"
        ) from None


def _days(text: str) -> int:
    number = text.removesuffix("d")
    if text == number or not (number.isdecimal() and 1 <= int(number) <= 36_500):
        message = f"{text!r} is not a number of days; write 1d or more, such as 30d"
        raise argparse.ArgumentTypeError(message)
    return int(number)


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:9]) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 10000")
    return int(text)


def _date(text: str) -> dt.date:
    from analysis.study.dates import ASKED_FOR, last_day

    try:
        return last_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date; {ASKED_FOR}, such as 2020-12-17"
        ) from None
