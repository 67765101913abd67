"""Background tasks: one more process, which ends with this one."""

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

from analysis.ending import allow_sigterm, signals_held_back


class Task:
    """A background task: another process runs it and leaves the results in files.

    Keep arguments and return values short. One that is longer than the buffer of a pipe may break
    off in the middle when the process is killed, and its reader then waits for ever.
    """

    def __init__(self, executor: Executor, work: Callable[..., None], *arguments: object):
        """Submit the work to an executor."""
        try:
            self._future = executor.submit(work, *arguments)
        except BrokenExecutor:
            self._future = None

    def done(self) -> bool:
        """Wait for the task; return whether it succeeded. If not, the caller is to do the work itself.

        Then the work succeeds after all, or fails with the same message as without this process.
        """
        if self._future is None:
            return False
        with contextlib.suppress(Exception):
            self._future.result()
            return True
        return False


@contextlib.contextmanager
def background(*modules: str) -> Iterator[Executor]:
    """Yield an executor with a process of its own, or a thread where there is only one core.

    The process ends with this one, however that ends, and at the end of the block. After an
    exception, such as an interrupt, it ends at once.

    Args:
        modules: what the tasks need, in the order of the tasks; the process imports them at once.
    """
    executor = _executor()
    try:
        # Hold signals back until the process has started, so that we can terminate it.
        with signals_held_back():
            executor.submit(_import, modules)
        yield executor
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _executor() -> Executor:
    if _cores() > 1:
        # Spawned, since a fork copies locks that are held by threads which it does not copy.
        context = multiprocessing.get_context("spawn")
        # Use a thread if the system has no room for the semaphores that two processes share.
        with contextlib.suppress(OSError):
            return ProcessPoolExecutor(1, mp_context=context, initializer=_prepare_process)
    return ThreadPoolExecutor(1)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _prepare_process() -> None:
    allow_sigterm()
    gc.disable()  # as in ``__main__.py``
    atexit.register(gc.freeze)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def _import(modules: Sequence[str]) -> None:
    for name in modules:
        import_module(name)
