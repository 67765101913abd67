"""``python -m analysis`` is the command ``policygap``."""

import contextlib
import gc
import os
import signal
import sys
from typing import TextIO

from analysis.ending import clear_away_when_asked_to_end, received

# A command ends within seconds and leaves no cycles worth collecting: looking for them, from the
# first import to the last exit, would take a sixth of its time.
gc.disable()
# Nothing here is large enough to be shared out among threads, and they spin while they wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def run() -> int:
    """Run the command; return its status."""
    clear_away_when_asked_to_end()
    try:
        # Here, so that an interrupt is answered from the start.
        from analysis.cli import main

        return main()
    except BaseException:
        # A library that a signal meets in its own code may raise something else for it.
        number = received()
        if number is None:
            raise
        word = "interrupted" if number == signal.SIGINT else "ended"
        print(f"policygap: {word}; nothing is half written.", file=sys.stderr)
        return 128 + number  # what a shell says of a command that a signal has ended
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            _flush(stream)
        gc.freeze()  # the last collection, which nothing disables, then has nothing to look at


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):
        # What could not be written has been said. Left in the stream, it would be tried again at
        # the end, and Python's own words and status would stand in place of ours.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(run())
