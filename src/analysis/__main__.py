"""``python -m analysis`` is the command ``policygap``."""

import contextlib
import gc
import os
import signal
import sys
from typing import TextIO

from analysis.ending import clean_up_on_signals, received_signal

# A command ends within seconds, so that collecting garbage is not worth its time: a sixth of the
# command's, from the first import to the last exit.
gc.disable()
# Our arrays are too small to gain from threads, and idle threads of OpenBLAS use processor time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def run() -> int:
    """Run the command; return its exit status."""
    clean_up_on_signals()
    try:
        # Imported here, so that an interrupt during the import is handled too.
        from analysis.cli import main

        return main()
    except BaseException:
        # A library that a signal interrupts may raise another exception in place of ours.
        number = received_signal()
        if number is None:
            raise
        word = "interrupted" if number == signal.SIGINT else "ended"
        print(f"policygap: {word}; nothing is half written.", file=sys.stderr)
        return 128 + number  # the status that a shell gives a command ended by a signal
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            _flush(stream)
        gc.freeze()  # leaves nothing to scan for the collection at exit, which cannot be disabled


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):
        # We have reported this failure already. Otherwise Python would try again at exit, and its
        # message and status would replace ours.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(run())
