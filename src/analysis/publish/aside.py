"""The briefings, made aside: they take about as long as all the rest of a build.

What makes them is imported there, so that here the rest can be imported meanwhile.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.measure.results import Results


def begin_briefings(results: "Results", beside: Executor) -> "Future[dict[str, bytes]]":
    """Begin with the briefing on each unit; what comes of it is each as PDF, by the unit's id."""
    return beside.submit(_briefings, results.quiet())


def fetched(begun: "Future[dict[str, bytes]]", results: "Results") -> dict[str, bytes]:
    """Return the briefings once they are there; if the other process was ended, made here."""
    try:
        return begun.result()
    except BrokenExecutor:
        return _briefings(results)


@contextlib.contextmanager
def second_process() -> Iterator[Executor]:
    """Give an executor that works in a process of its own; in a thread where one core is all.

    The process gets ready at once, and ends with this one, however that ends.
    """
    if (os.cpu_count() or 1) < 2:
        pool: Executor = ThreadPoolExecutor(1)
    else:
        # Begun afresh: a copy of this process would hold the locks of threads that it has not.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
        pool.submit(_get_ready)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    # An interrupt goes to both processes; the first says what becomes of the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _get_ready() -> None:
    import analysis.publish.briefings  # noqa: F401


def _briefings(results: "Results") -> dict[str, bytes]:
    from analysis.publish.briefings import briefings

    return dict(briefings(results))
