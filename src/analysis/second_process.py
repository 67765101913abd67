"""A second process beside the first: it gets ready while the first does, and ends with it."""

import atexit
import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from multiprocessing.connection import wait
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Awaited(Generic[Made]):
    """What is made elsewhere meanwhile.

    What goes wrong there, be it that the other process was ended, is tried again here: so it ends
    well, or is said as if there were but one process.
    """

    def __init__(self, beside: Executor, make: Callable[..., Made], *given: object):
        """Begin it, with what it is given."""
        self._make, self._given = make, given
        self._in_a_thread = isinstance(beside, ThreadPoolExecutor)
        try:
            self._begun = beside.submit(make, *given)
        except BrokenExecutor:
            self._begun = None

    def get(self) -> Made:
        """Return it, as soon as it is there."""
        while self._begun is not None:
            try:
                return self._begun.result(timeout=1)
            except TimeoutError:
                # A process that ended in the middle of its answer is not missed by its pool.
                if not self._in_a_thread and not multiprocessing.active_children():
                    break
            except Exception:
                break
        return self._make(*self._given)


@contextlib.contextmanager
def second_process(*needed: str) -> Iterator[Executor]:
    """Give an executor that works in a process of its own; in a thread where one core is all.

    The process ends with this one, however that ends, or with its task once the executor is
    given back.

    Args:
        needed: modules that its tasks need, the first task first: it imports them at once.
    """
    pool = _started(needed)
    try:
        yield pool
    finally:
        # Nobody waits for it. A process that ends in the middle of an answer leaves the pool's own
        # thread waiting for the rest, for ever, and with it whoever waits for the pool.
        pool.shutdown(wait=False, cancel_futures=True)


def _started(needed: Sequence[str]) -> Executor:
    if _cores() > 1:
        # Begun afresh: a copy of this process would hold the locks of threads that it has not.
        context = multiprocessing.get_context("spawn")
        # Where there is no room for what two processes share, a thread will do.
        with contextlib.suppress(OSError), _deaf_to_interrupts():
            pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
            for name in needed:
                pool.submit(_import, name)
            return pool
    return ThreadPoolExecutor(1)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are begun meanwhile pass over interrupts, which go to all of a group.

    The first process says what becomes of the work. An interrupt that comes meanwhile waits.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    # As in the first, and for the same reason (see ``__main__.py``).
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The first process waits until this one is gone, and it has nothing to put away.
    atexit.register(os._exit, 0)


def _end_with_parent() -> None:
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _import(name: str) -> None:
    import_module(name)
