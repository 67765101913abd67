"""The signals that ask a command to end: an interrupt from the keyboard, and SIGTERM."""

import contextlib
import signal
from collections.abc import Iterator

TO_END = (signal.SIGINT, signal.SIGTERM)
_received: list[int] = []


def received() -> int | None:
    """Return the number of the signal that has asked to end; ``None``: none has."""
    return _received[0] if _received else None


def clear_away_when_asked_to_end() -> None:
    """Turn each signal into an exception, so that a command clears away what it has begun.

    One that is ignored, as in a script's background, stays ignored.
    """
    for number in TO_END:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    # Once is enough: a second signal would break off the clearing away.
    for each in TO_END:
        signal.signal(each, signal.SIG_IGN)
    _received.append(number)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """Let the signals wait meanwhile, also in processes and threads that are started in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TO_END)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_on_sigterm_alone() -> None:
    """Let a process that was started while signals waited be ended by the one that started it.

    Interrupts, which go to all of a group, still wait: the first process says what becomes of
    the work.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
