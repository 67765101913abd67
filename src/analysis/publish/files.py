"""Files and folders as a build writes them: replaced whole or not at all, and never half of one."""

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
"""Seconds to wait for another build into the same folder: many times what one takes."""
OURS = ("manifest.json", "matrix.csv")
"""Files by which a folder is known for an output of ours."""


def refuse_to_replace(out: Path, study: Path) -> None:
    """Refuse an output folder that holds anything but an output, before any work is done.

    Args:
        out: the folder that would be replaced, whole.
        study: the study's folder.

    Raises:
        StudyError: it holds something else, or the study.
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
    """Give a new folder beside ``out`` and put it in its place if all goes well.

    If anything fails, the new folder is removed and ``out`` stays as it was. Another build into
    the same folder waits until this one is done.

    Args:
        out: the folder to replace, whole.
        progress: called if another build has to be waited for.
        patience: seconds to wait for it.

    Raises:
        StudyError: another build was still at work after that time.
        OSError: the folder cannot be written, or has no room; it names ``out``.
    """
    out = out.resolve()
    with _writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        # Tried first: a lock that cannot be laid down would be waited for.
        tempfile.TemporaryFile(dir=out.parent).close()
    with _alone(out, progress, patience):
        building = _building(out)
        try:
            try:
                with _writing(out):
                    _clear_up(out)
                    building.mkdir()
                with _writing(out, building):
                    yield building
                    _swap(building, out)
            finally:
                _clear_up(out)
        finally:
            # Again: a signal that asks to end may have come in the midst of it.
            _clear_up(out)


@contextlib.contextmanager
def _alone(out: Path, progress: Callable[[str], None], patience: float) -> Iterator[None]:
    """Hold the folder for oneself. The lock goes with its process, however that ends."""
    lock = FileLock(out.parent / f".{out.name}.lock")
    try:
        with _writing(out):
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
def _writing(out: Path, building: Path | None = None) -> Iterator[None]:
    """Name the folder in an error of writing: the name of what is being built says nothing to anyone."""
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
    """Put back what a swap that broke off has moved away, and remove what is left of it.

    Whoever holds the folder may: what lies there belongs to no build that still runs.
    """
    if not out.exists() and _previous(out).exists():
        _previous(out).rename(out)
    for left in (_previous(out), _building(out)):
        shutil.rmtree(left, ignore_errors=True)


def scratch_folder(owner: object) -> Path:
    """Return a new folder that goes when its owner does, or when the program ends.

    That of the standard library's ``TemporaryDirectory`` does so too, and warns that it was left
    to it: what is made in the background has no block in which a folder could be closed.
    """
    folder = Path(mkdtemp(prefix="policygap-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder


def write_json(path: Path, content: object) -> None:
    """Write a file of JSON for programs and people."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
