"""``python -m analysis`` is the command ``policygap``."""

import atexit
import contextlib
import gc
import os
import signal
import sys

# A command ends within seconds and leaves no cycles worth collecting: looking for them, from the
# first import to the last exit, would take a sixth of its time.
gc.disable()
# Nothing here is large enough to be shared out among threads, and they spin while they wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from analysis.cli import main  # noqa: E402


def run() -> int:
    """Run the command."""
    signal.signal(signal.SIGINT, _interrupted)
    ended: list[int] = []
    # The first to be registered is the last to be called.
    atexit.register(_leave, ended)
    ended.append(main())
    return ended[0]


def _leave(ended: list[int]) -> None:
    # To take apart all that was imported and made takes long, and the system takes it back anyway.
    # Where a stream was closed there is none; what else went wrong with one has been said.
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if ended:
        os._exit(ended[0])


def _interrupted(number: int, frame: object) -> None:
    # Once is enough: a second interrupt would find what was begun half put away.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())
