"""``python -m analysis`` is the command ``policygap``."""

import gc
import signal
import sys

# A command ends within seconds and leaves no cycles worth collecting: looking for them, from the
# first import to the last exit, would take a sixth of its time.
gc.disable()

from analysis.cli import main  # noqa: E402


def run() -> int:
    """Run the command, and leave without a last look for cycles."""
    signal.signal(signal.SIGINT, _interrupted)
    status = main()
    gc.freeze()
    return status


def _interrupted(number: int, frame: object) -> None:
    # Once is enough: a second interrupt would find what was begun half put away.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())
