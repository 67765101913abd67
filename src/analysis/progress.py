"""Progress of long work: a line on a terminal, nothing anywhere else."""

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def shown_progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows the step at hand; quiet where nobody looks on."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("policygap") as status:
        yield lambda step: status.update(f"policygap: {step}")
