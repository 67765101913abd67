"""``python -m analysis`` is the command ``policygap``."""

import gc
import sys

# A command ends within seconds and leaves no cycles worth collecting: looking for them, from the
# first import to the last exit, would take a sixth of its time.
gc.disable()

from analysis.cli import main  # noqa: E402


def run() -> int:
    """Run the command, and leave without a last look for cycles."""
    status = main()
    gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(run())
