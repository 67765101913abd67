"""A second process beside the first: it gets ready while the first does, and ends with it."""

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from multiprocessing.connection import wait
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Awaited(Generic[Made]):
    """What is made elsewhere meanwhile; if that process was ended, it is made here."""

    def __init__(self, beside: Executor, make: Callable[..., Made], *given: object):
        """Begin it, with what it is given."""
        self._make, self._given = make, given
        self._begun = beside.submit(make, *given)

    def get(self) -> Made:
        """Return it, as soon as it is there."""
        try:
            return self._begun.result()
        except BrokenExecutor:
            return self._make(*self._given)


@contextlib.contextmanager
def second_process(first: str) -> Iterator[Executor]:
    """Give an executor that works in a process of its own; in a thread where one core is all.

    The process ends with this one, however that ends.

    Args:
        first: the module that its first task needs: it is imported at once.
    """
    if (os.cpu_count() or 1) < 2:
        pool: Executor = ThreadPoolExecutor(1)
    else:
        # Begun afresh: a copy of this process would hold the locks of threads that it has not.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
        pool.submit(_import, first)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    # An interrupt goes to both processes; the first says what becomes of the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The first process waits until this one is gone, and it has nothing to put away.
    atexit.register(os._exit, 0)


def _end_with_parent() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _import(name: str) -> None:
    import_module(name)
