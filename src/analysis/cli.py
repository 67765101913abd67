"""The command line: ``policygap``.

Each command imports only what it needs, since imports take most of the time of a short command.
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
"""The exit status that a shell gives a command ended by SIGPIPE, which is 13 everywhere."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status: 0 if it went well, 1 if the input is at fault.

    Every fault of the input gives a message, never a traceback. If the reader of a pipe stops, as
    in ``policygap validate | head -1``, the command ends silently with :data:`PIPE_CLOSED`.
    """
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal does not have is replaced, and is no error.
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
        # Flushed here, so that a failure to write the output is reported like any other.
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except StudyError as error:
        print_problems_found(error.problems, "text")
        # The next command completes an unfinished change, so it counts as written.
        if not isinstance(error, UnfinishedChangeError):
            print("Nothing was written.", file=sys.stderr)
    except OSError as error:
        _print_failure(error)
        if isinstance(error, BrokenPipeError) and not error.filename:
            raise
    return 1


def _print_failure(error: OSError) -> None:
    """Print an error of the operating system; a pipe closed by its reader is not an error."""
    if isinstance(error, BrokenPipeError) and not error.filename:
        if error.strerror not in (None, os.strerror(errno.EPIPE)):
            print(f"policygap: {error.strerror}. Nothing was written.", file=sys.stderr)
        return
    place = f"{error.filename}: " if error.filename else ""
    # If only our messages could not be written, the files may have been: messages come last.
    only_messages_lost = not error.filename and error.errno == errno.ENOSPC
    left = "No file is left half written" if only_messages_lost else "Nothing was written"
    print(f"policygap: {place}{error.strerror or error}. {left}.", file=sys.stderr)


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    try:
        parsed, unrecognised = parser().parse_known_args(arguments)
        if unrecognised:
            # argparse does not recognise places that come after an option.
            if "places" not in parsed or any(argument.startswith("-") for argument in unrecognised):
                parser().error(f"unrecognized arguments: {' '.join(unrecognised)}")
            parsed.places += unrecognised
        return parsed
    except SystemExit:
        # The help text, too, must be flushed before the command ends.
        if sys.stdout is not None:
            sys.stdout.flush()
        raise
