"""The signals that ask a command to end: an interrupt from the keyboard, and SIGTERM."""

import contextlib
import signal
from collections.abc import Iterator

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_received: list[int] = []


def received_signal() -> int | None:
    """Return the number of the first signal that asked the command to end, or ``None``."""
    return _received[0] if _received else None


def clean_up_on_signals() -> None:
    """Turn each signal into an exception, so that a command cleans up its unfinished work.

    A signal that is ignored, as for a script's background jobs, stays ignored.
    """
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    # Ignore further signals, which would interrupt the cleaning up.
    for signal_number in ENDING_SIGNALS:
        signal.signal(signal_number, signal.SIG_IGN)
    _received.append(number)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


@contextlib.contextmanager
def signals_held_back() -> Iterator[None]:
    """Hold the signals back in this block, and in processes and threads started in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def allow_sigterm() -> None:
    """Let SIGTERM end a process that was started while signals were held back.

    Its parent sends that signal. Interrupts, which go to a whole process group, are still held
    back, since the parent reports what becomes of the work.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
