"""Output folders, replaced as a whole or not at all, and the JSON files in them."""

import contextlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from analysis.problems import refusal

PATIENCE = 120
"""Seconds to wait for another build into the same folder, many times what a build takes."""
OURS = ("manifest.json", "matrix.csv")
"""Files that identify a folder as an output of policygap."""


def refuse_to_replace(out: Path, study: Path) -> None:
    """Refuse, before any work is done, an output folder that holds anything but an output.

    Args:
        out: the folder that would be replaced as a whole.
        study: the study's folder.

    Raises:
        StudyError: the folder holds something else, holds the study, or lies inside it.
    """
    place, study = out.resolve(), study.resolve()
    if place.is_relative_to(study):
        rule, remedy = "the folder lies inside the study", "name a folder elsewhere"
        raise refusal(out, rule, remedy)
    inside = study.is_relative_to(place) or Path.cwd().resolve().is_relative_to(place)
    ours = any((place / name).exists() for name in OURS)
    if inside or (place.exists() and not (place.is_dir() and (ours or not any(place.iterdir())))):
        rule = (
            "the folder holds something that is no output of policygap, and would be replaced whole"
        )
        rule = "it is a file, not a folder" if place.is_file() else rule
        remedy = "name an empty or a new folder"
        raise refusal(out, rule, remedy)


@contextlib.contextmanager
def atomic_replace(
    out: Path, progress: Callable[[str], None] = lambda step: None, patience: float = PATIENCE
) -> Iterator[Path]:
    """Yield a new folder beside ``out``, and replace ``out`` with it if no error occurs.

    After an error, the new folder is removed and ``out`` stays as it was. Another build into the
    same folder waits until this one is done.

    Args:
        out: the folder to replace as a whole.
        progress: called with a message if another build has to be waited for.
        patience: the seconds to wait for another build.

    Raises:
        StudyError: another build was still running after that time.
        OSError: the folder cannot be written, or the disk is full; the error names ``out``.
    """
    out = out.resolve()
    with _errors_name(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        # Tried first: a lock file that cannot be created would be waited for.
        tempfile.TemporaryFile(dir=out.parent).close()
    with _locked(out, progress, patience):
        building = _building(out)
        try:
            try:
                with _errors_name(out):
                    _clear_up(out)
                    building.mkdir()
                with _errors_name(out, building):
                    yield building
                    _swap(building, out)
            finally:
                _clear_up(out)
        finally:
            # Again, since a termination signal may have interrupted the first clean-up.
            _clear_up(out)


@contextlib.contextmanager
def _locked(out: Path, progress: Callable[[str], None], patience: float) -> Iterator[None]:
    """Lock the folder for this process; the operating system unlocks it when the process ends."""
    lock = FileLock(out.parent / f".{out.name}.lock")
    try:
        with _errors_name(out):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                progress("waiting for another build into the same folder")
                lock.acquire(timeout=patience)
    except Timeout:
        rule, remedy = "another build into this folder is at work", "wait until it is done"
        raise refusal(out, rule, remedy) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _errors_name(out: Path, building: Path | None = None) -> Iterator[None]:
    """Make write errors name the output folder, not the temporary folder, which users do not know."""
    try:
        yield
    except OSError as error:
        ours = error.filename is None or Path(error.filename).is_relative_to(building or out.parent)
        if not ours or isinstance(error, Timeout):
            raise
        raise OSError(error.errno, error.strerror or str(error), str(out)) from error


def _building(out: Path) -> Path:
    return out.with_name(f".{out.name}.building")


def _previous(out: Path) -> Path:
    return out.with_name(f".{out.name}.previous")


def _swap(new: Path, out: Path) -> None:
    # Both renames are within one folder, so the time without `out` is that of one system call.
    if out.exists():
        out.rename(_previous(out))
    new.rename(out)


def _clear_up(out: Path) -> None:
    """Restore the output that an interrupted swap moved away, and remove temporary folders.

    Only the process that holds the lock may do this: no running build then uses these folders.
    """
    if not out.exists() and _previous(out).exists():
        _previous(out).rename(out)
    for folder in (_previous(out), _building(out)):
        shutil.rmtree(folder, ignore_errors=True)


def scratch_folder(owner: object) -> Path:
    """Return a new folder that is removed with its owner, or when the program ends.

    The standard library's ``TemporaryDirectory`` does the same, but warns if it is not closed.
    Background tasks have no ``with`` block in which to close it.
    """
    folder = Path(mkdtemp(prefix="policygap-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder


def write_json(path: Path, content: object) -> None:
    """Write indented JSON, for programs and people."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
