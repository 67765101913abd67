"""Work in the background: one more process, which ends with this one."""

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

from analysis.ending import end_on_sigterm_alone, waiting


class Task:
    """Work that another process does meanwhile, and leaves in files.

    Arguments and answers are to be short. One that is longer than a pipe takes at once may break
    off in the middle where the process is killed, and whoever waits for the rest waits for ever.
    """

    def __init__(self, executor: Executor, work: Callable[..., None], *arguments: object):
        """Submit it."""
        try:
            self._future = executor.submit(work, *arguments)
        except BrokenExecutor:
            self._future = None

    def done(self) -> bool:
        """Wait for it; return whether it ended well there: else it is to be done here.

        So it ends well in the end, or fails with the message that one process gives.
        """
        if self._future is None:
            return False
        with contextlib.suppress(Exception):
            self._future.result()
            return True
        return False


@contextlib.contextmanager
def background(*modules: str) -> Iterator[Executor]:
    """Give an executor that works in a process of its own; in a thread where one core is all.

    The process ends with this one, however that ends, and with the block: after an exception, such
    as an interrupt, at once.

    Args:
        modules: what its tasks need, the first task first: it imports them at once.
    """
    executor = _executor()
    try:
        # A signal that comes meanwhile waits until the process can be ended here.
        with waiting():
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
        # Spawned: a fork would hold the locks of threads that it has not.
        context = multiprocessing.get_context("spawn")
        # Where there is no room for what two processes share, a thread will do.
        with contextlib.suppress(OSError):
            return ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
    return ThreadPoolExecutor(1)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin() -> None:
    end_on_sigterm_alone()
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
