"""The one front door: ``policygap`` on the command line.

Each command imports what it needs: most of the time of a short one is imports.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys

from analysis.commands.options import parser
from analysis.commands.shared import print_problems_found
from analysis.problems import StudyError, UnfinishedChangeError

PIPE_CLOSED = 128 + 13
"""What a shell says of a command that SIGPIPE, 13 everywhere, has ended."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 if it went well, 1 if the input is at fault.

    Every fault of the input ends in a message, never in a traceback. Where nobody reads on, as in
    ``policygap validate | head -1``, the command ends without a word, with the status of a
    command that such a pipe has ended.
    """
    for stream in (sys.stdout, sys.stderr):
        # A sign that the terminal does not have is shown as another, and stops nothing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return _run(arguments)
    except BrokenPipeError:
        return PIPE_CLOSED


def _run(arguments: list[str] | None) -> int:
    try:
        parsed = _parsed(arguments)
        status = parsed.run(parsed)
        # What waits to be said may still fail, and is then told as any failure is.
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except StudyError as error:
        print_problems_found(error.problems, "text")
        # A change that waits to be completed is as good as written.
        if not isinstance(error, UnfinishedChangeError):
            print("Nothing was written.", file=sys.stderr)
    except OSError as error:
        _print_failure(error)
        if isinstance(error, BrokenPipeError) and not error.filename:
            raise
    return 1


def _print_failure(error: OSError) -> None:
    """Say what the system refused; a pipe that nobody reads any more is no failure."""
    if isinstance(error, BrokenPipeError) and not error.filename:
        if error.strerror not in (None, os.strerror(errno.EPIPE)):
            print(f"policygap: {error.strerror}. Nothing was written.", file=sys.stderr)
        return
    place = f"{error.filename}: " if error.filename else ""
    # What could not be said may have been done: the words come after the work.
    unsaid = not error.filename and error.errno == errno.ENOSPC
    left = "No file is left half written" if unsaid else "Nothing was written"
    print(f"policygap: {place}{error.strerror or error}. {left}.", file=sys.stderr)


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    try:
        parsed, more = parser().parse_known_args(arguments)
        if more:
            # Options may stand between places: argparse gives those after them back.
            if "places" not in parsed or any(argument.startswith("-") for argument in more):
                parser().error(f"unrecognized arguments: {' '.join(more)}")
            parsed.places += more
        return parsed
    except SystemExit:
        # The help, too, is to have been said before the command ends.
        if sys.stdout is not None:
            sys.stdout.flush()
        raise
