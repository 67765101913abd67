"""LibreOffice, to open, fill in, save and look at workbooks as a person would.

``fill`` takes operations: plain tuples, done in order. Cells are "B2", ranges "B2:D9", whole
columns "C" or "C:D", whole rows "3" or "3:5".

    ("typed", sheet, cell, text)     typed and Enter: 3/12/2021 becomes a day, =1+1 a formula
    ("text", sheet, cell, text)      the text as it is, whatever it looks like
    ("number", sheet, cell, value)
    ("append", sheet, [text, ...])   typed in from column A, below the last row with content
    ("clear", sheet, range)          the Delete key: content goes, formats stay
    ("paste", sheet, range, cell)    copy a range onto another place, formats and rules with it
    ("insert", sheet, lines)         empty columns or rows at that place
    ("delete", sheet, lines)
    ("move", sheet, lines, before)   cut columns or rows and insert them before another
    ("hide", sheet, lines)
    ("copy sheet", sheet)            to behind it, under LibreOffice's own name: Coding_2
    ("rename sheet", sheet, name)
    ("delete sheet", sheet)
    ("show sheet", sheet)            a hidden one; nobody types into a hidden sheet
    ("autofilter", sheet, range)     or (..., range, column, value): only the rows with the value
    ("sort", sheet, range, column)   a range without its header; (..., column, False): descending
    ("merge", sheet, range)
    ("comment", sheet, cell, text)
    ("unprotect", sheet)             where no password is asked

"typed" is LibreOffice's own command for entering a cell (``.uno:EnterString``), in a profile
whose locale is English (UK). It keeps to the cell's format: a text cell stays text. It does not ask
the cell's validation, which LibreOffice asks only of its windows. On a protected sheet unlocked
cells can be changed, and nothing else.
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import pytest

WORKER = Path(__file__).with_name("office_worker.py")
MISSING = (
    "LibreOffice is missing: install libreoffice-calc, python3-uno and poppler-utils"
    " (apt-get), or LibreOffice and poppler"
)


class OfficeError(RuntimeError):
    """LibreOffice is missing, refused an operation, ended, or took too long."""


@functools.cache
def programs() -> tuple[str, str, str] | None:
    """Return LibreOffice, a Python that can talk to it, and pdftoppm; ``None`` if one is missing."""
    path = os.pathsep.join(
        [os.environ.get("PATH", ""), "/Applications/LibreOffice.app/Contents/MacOS"]
    )
    soffice, pdftoppm = shutil.which("soffice", path=path), shutil.which("pdftoppm")
    if not (soffice and pdftoppm):
        return None
    home = Path(soffice).resolve().parent
    for python in (
        "/usr/bin/python3",
        home / "python",
        home.parent / "Resources/python",
        sys.executable,
    ):
        if Path(python).exists():
            tried = subprocess.run([python, "-I", "-c", "import uno"], capture_output=True)
            if tried.returncode == 0:
                return soffice, str(python), pdftoppm
    return None


def available() -> bool:
    """Whether LibreOffice and what the tests need beside it are installed."""
    return programs() is not None


needs_office = pytest.mark.office


class Office:
    """One LibreOffice for many workbooks; it starts at the first (2 s) and ends with the context.

    Nothing waits longer than ``patience`` seconds: then LibreOffice is killed, the call raises
    OfficeError, and the next call starts another.
    """

    def __init__(self, patience: float = 60):
        self.patience = patience
        self._worker: subprocess.Popen | None = None
        self._folder: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._worker is not None:
            self._worker.stdin.close()
            self._end(grace=10)

    def save_again(self, path: Path, out: Path) -> None:
        """Open a workbook, recalculate all of it, and save it as ``out``, .xlsx."""
        self._ask(path=path, out=out)

    def fill(self, path: Path, operations: Iterable[Sequence], out: Path) -> None:
        """Do operations (above) in a workbook, recalculate all of it, and save it as ``out``.

        Raises OfficeError, naming the operation, where one cannot be done; then nothing is saved.
        """
        self._ask(path=path, operations=list(operations), out=out)

    def shown(self, path: Path, sheet: str, *cells: str) -> list[str]:
        """Return the texts that LibreOffice shows in cells."""
        return self._ask(path=path, operations=[("shown", sheet, cell) for cell in cells])

    def render(
        self, path: Path, folder: Path, *, whole_sheets: bool = False, dots: int = 80
    ) -> list[Path]:
        """Draw a workbook into ``folder`` as it prints, a PNG per page, in order.

        Hidden rows, columns and sheets are not drawn. ``whole_sheets`` puts every sheet on one page
        of its own, whatever the paper, and draws hidden sheets too. ``dots``: to the inch.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob(f"{path.stem}-*.png"):
            earlier.unlink()
        pdf = folder / f"{path.stem}.pdf"
        self._ask(path=path, out=pdf, filter_data={"SinglePageSheets": whole_sheets})
        command = [programs()[2], "-png", "-r", str(dots), pdf, folder / path.stem]
        subprocess.run(command, check=True, timeout=self.patience, capture_output=True)
        return sorted(folder.glob(f"{path.stem}-*.png"))

    def _ask(self, **request: object) -> list:
        worker = self._started()
        timer = threading.Timer(self.patience, self._kill)
        timer.start()
        try:
            worker.stdin.write(json.dumps(request, default=str) + "\n")
            worker.stdin.flush()
            line = worker.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            said = self._end()
            raise OfficeError(f"LibreOffice ended, or took longer than {self.patience} s: {said}")
        answer = json.loads(line)
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer["answers"]

    def _started(self) -> subprocess.Popen:
        if self._worker is not None and self._worker.poll() is not None:
            self._end()
        if self._worker is None:
            if not available():
                raise OfficeError(MISSING)
            soffice, python, _ = programs()
            self._folder = tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True)
            with Path(self._folder.name, "stderr").open("w") as errors:
                # A session of its own, so that one signal ends LibreOffice with its worker.
                self._worker = subprocess.Popen(
                    [python, "-I", WORKER, soffice, self._folder.name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env={**os.environ, "TMPDIR": self._folder.name},
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,
                )
        return self._worker

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._worker.pid, signal.SIGKILL)

    def _end(self, grace: float = 0) -> str:
        """End the worker and LibreOffice; return the last of what they wrote to stderr."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._worker.wait(grace)
        self._kill()
        self._worker.wait()
        self._worker.stdout.close()
        said = Path(self._folder.name, "stderr").read_text(errors="replace")[-2000:]
        self._folder.cleanup()
        self._worker = self._folder = None
        return said.strip() or "it wrote nothing"
