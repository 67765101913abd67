"""Read documents in a child process, so that a hostile document harms nothing else.

Any document may be hostile: it may take too much memory or time, or crash the program that reads
it. So a child process reads one document after another under limits. If a document breaks the
child, the child is killed and started again.
"""

import contextlib
import multiprocessing
import queue
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analysis.documents.media import DocumentText, UnreadableError
from analysis.documents.text import read_text

AT_ONCE = 2
"""Child processes that read at the same time."""
SECONDS_AT_MOST = 120
"""Seconds that reading one document may take."""
MEMORY_AT_MOST = 3 * 2**30
"""Bytes of address space that the child may have."""
BYTES_AT_MOST = 200 * 2**20
"""The most bytes of a document that is read."""


class Readers:
    """Several child processes that read at the same time; use it in a ``with`` statement."""

    def __init__(self, many: int = AT_ONCE, ocr: bool = False):
        """Set the number of child processes; each starts when it is first needed."""
        self._readers = [Reader(ocr=ocr) for _ in range(many)]
        self._idle: queue.LifoQueue[Reader] = queue.LifoQueue()
        for reader in self._readers:
            self._idle.put(reader)
        self._threads = ThreadPoolExecutor(many)

    def __enter__(self) -> "Readers":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading, and end the children."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for reader in self._readers:
            reader.stop()
        self._threads.shutdown()
        for reader in self._readers:
            reader.__exit__()

    def begin(self, path: Path, name: str = "") -> Future[DocumentText]:
        """Start to read a document; the future has the result of :meth:`Reader.read`."""
        return self._threads.submit(self._read, path, name)

    def _read(self, path: Path, name: str) -> DocumentText:
        reader = self._idle.get()
        try:
            return reader.read(path, name)
        finally:
            self._idle.put(reader)


class Reader:
    """A child process that reads documents; use it in a ``with`` statement."""

    def __init__(self, seconds: float = SECONDS_AT_MOST, ocr: bool = False):
        """Set the time that a document may take, and whether pages without text are read by Tesseract.

        The child starts with the first document.
        """
        self._seconds = seconds
        self._ocr = ocr
        self._child: tuple[BaseProcess, Any] | None = None

    def __enter__(self) -> "Reader":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self._end()

    def read(self, path: Path, name: str = "") -> DocumentText:
        """Return the text of a document on disk.

        Args:
            path: the file.
            name: its original name or address, if the file has another name.

        Raises:
            UnreadableError: it cannot be read; the message says why in one line.
        """
        if path.stat().st_size > BYTES_AT_MOST:
            raise UnreadableError(f"it has more than {BYTES_AT_MOST // 2**20} MiB")
        connection = self._connection()
        try:
            connection.send((str(path), name or path.name, self._ocr))
            if not connection.poll(self._seconds):
                self._end()
                raise UnreadableError(f"reading it takes more than {self._seconds:g} seconds")
            answer = connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self._end()
            raise UnreadableError("it breaks the program that reads it") from None
        if isinstance(answer, str):
            raise UnreadableError(answer)
        return answer

    def stop(self) -> None:
        """Kill the child even while it reads; a thread that waits for it then gets an error."""
        if self._child is not None:
            self._child[0].kill()

    def _connection(self) -> Any:
        if self._child is None:
            # A fresh interpreter, which inherits no lock or thread of this one.
            context = multiprocessing.get_context("spawn")
            parent_end, child_end = context.Pipe()
            child = context.Process(target=_serve, args=(child_end, MEMORY_AT_MOST), daemon=True)
            child.start()
            child_end.close()
            self._child = child, parent_end
            return parent_end
        return self._child[1]

    def _end(self) -> None:
        if self._child is not None:
            child, connection = self._child
            self._child = None
            connection.close()
            child.kill()
            child.join()


def _serve(requests: Connection, memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this one
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(EOFError, OSError):
        while True:
            path, name, ocr = requests.recv()
            requests.send(_answer(Path(path), name, ocr))


def _answer(path: Path, name: str, ocr: bool) -> DocumentText | str:
    try:
        return read_text(path.read_bytes(), name, ocr)
    except UnreadableError as error:
        return str(error)
    except MemoryError:
        return "reading it takes more memory than a document may"
    except Exception as error:  # a hostile file may make a library raise anything
        return f"it cannot be read ({type(error).__name__})"
