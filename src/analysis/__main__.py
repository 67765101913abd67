"""``python -m analysis`` is the command ``policygap``."""

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
    """Run the command, and leave without waiting for anyone."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)
    try:
        status = main()
    except SystemExit as ended:
        if not isinstance(ended.code, int):
            raise
        status = ended.code
    # To take apart all that was imported and made takes long, and the system takes it back anyway.
    # An interrupted command may have left another thread waiting for what will never come.
    # Where a stream was closed there is none; what else went wrong with one has been said.
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if "multiprocessing.util" in sys.modules:
        # Else it would be told, and shown, that semaphores were left behind. Only those are given
        # back: what waits for a thread or a process has a lower priority.
        sys.modules["multiprocessing.util"]._run_finalizers(0)
    os._exit(status)


def _interrupted(number: int, frame: object) -> None:
    # Once is enough: a second interrupt would find what was begun half put away.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())
