"""Change several tables of a study together or not at all, even if interrupted.

This is a write-ahead journal. The new files are written beside the tables, one rename declares the
journal, and only then do the tables change. The next command completes a declared journal, and
removes one that was never declared. Swapping the whole folder would be simpler, but is atomic on
one operating system only.
"""

import contextlib
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.problems import StudyError, UnfinishedChangeError, refusal, why_no_folder
from analysis.study.descriptor import FILE

DECLARED, DRAFTED, LOCK = ".journal", ".journal.new", ".journal.lock"
"""Names inside a study's folder; hidden files are ignored when tables are read."""
PLAN, MOVING = "plan.json", "moving"
"""Names inside the journal: no table can have them."""
PATIENCE = 20
"""Seconds to wait for another command that is changing the study."""

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Lock the study for this process, after completing or rolling back an interrupted change.

    Raises:
        StudyError: it is not a study's folder, another command has locked it, or an interrupted
            change cannot be completed.
    """
    # Checked first, since FileLock creates its file, and even the folder, anywhere.
    if not (folder / FILE).exists():
        rule = f"it has no {FILE}" if folder.is_dir() else why_no_folder(folder)
        remedy = "name a study's folder, such as data/safe-to-share"
        raise refusal(folder, rule, remedy)
    try:
        with FileLock(folder / LOCK, timeout=PATIENCE):
            _recover(folder)
            yield
    except Timeout:
        rule, remedy = "another command is changing the study", "wait until it is done, and repeat"
        raise refusal(folder, rule, remedy) from None


def settle(folder: Path) -> None:
    """Complete or roll back an interrupted change of a study, if there is one.

    Raises:
        StudyError: it cannot be completed; the tables stay as they are.
    """
    if not ((folder / DECLARED).exists() or (folder / DRAFTED).exists()):
        return
    try:
        with changing(folder):
            pass
    except OSError as error:  # the folder cannot be written
        # A journal that was never declared has changed no table, so the study can still be read.
        if (folder / DECLARED).exists():
            raise _unfinished(folder, error) from None


def commit(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace files of a study together. Call it inside :func:`changing`.

    Args:
        folder: the study's folder.
        files: the new content by file name.

    Raises:
        StudyError: a table is a link to another place; the study is as it was.
        OSError: the journal could not be written; the study is as it was.
        UnfinishedChangeError: the change is declared, but a table could not be replaced; the next
            command completes it.
    """
    if not files:
        return
    _refuse_links(folder, files)
    drafted = folder / DRAFTED
    try:
        drafted.mkdir()
        plan = {}
        for name, content in files.items():
            _write(drafted / name, content)
            plan[name] = {"before": _hash_of(folder / name), "after": _hash(content)}
        _write(drafted / PLAN, json.dumps(plan).encode())
        _flush(drafted)
        drafted.rename(folder / DECLARED)
    except BaseException:
        shutil.rmtree(drafted, ignore_errors=True)
        raise
    _complete(folder)


def _recover(folder: Path) -> None:
    if (folder / DRAFTED).exists():
        shutil.rmtree(folder / DRAFTED)
        _log.warning("A change of the study that was interrupted has been rolled back.")
    declared = folder / DECLARED
    if (declared / PLAN).exists():
        _complete(folder)
        _log.warning("A change of the study that was interrupted has been completed.")
    elif declared.exists():  # the change is done: the plan is deleted first
        shutil.rmtree(declared)


def _complete(folder: Path) -> None:
    """Replace the tables by the files in the journal.

    Each table is replaced atomically, and the journal keeps all its files until the last one is
    replaced. So this can be repeated as often as needed, also by hand.
    """
    declared = folder / DECLARED
    try:
        _flush(folder)
        pending = _pending_files(folder)
        for name, content in pending.items():
            _write(declared / MOVING, content)
            (declared / MOVING).replace(folder / name)
        _flush(folder)
        (declared / PLAN).unlink()
        _flush(declared)
        shutil.rmtree(declared)
    except OSError as error:
        raise _unfinished(folder, error) from None


def _pending_files(folder: Path) -> dict[str, bytes]:
    """Return the files that are still to be replaced, after checking that no other work is lost."""
    declared, pending = folder / DECLARED, {}
    try:
        plan = json.loads((declared / PLAN).read_text("utf-8"))
    except ValueError:
        raise _spoiled(folder, PLAN) from None
    for name, hashes in plan.items():
        digest = _hash_of(folder / name)
        if digest == hashes["after"]:
            continue
        # Somebody may have corrected a table by hand since: their work must not be lost.
        if digest not in ("", hashes["before"]):
            rule = f"an interrupted change of the study waits in {DECLARED}, and {name} was changed by hand since"
            remedy = f"move {name} out of the folder and repeat: the interrupted change is completed; then make yours again"
            raise refusal(folder, rule, remedy)
        if _hash_of(declared / name) != hashes["after"]:
            raise _spoiled(folder, name)
        pending[name] = (declared / name).read_bytes()
    _refuse_links(folder, pending)
    return pending


def _refuse_links(folder: Path, names: Iterable[str]) -> None:
    """Refuse to replace a symbolic link by a file, since its target would stay as it was."""
    for name in names:
        if (folder / name).is_symlink():
            rule = f"{name} is a symbolic link, and would be replaced by a file"
            remedy = f"put the table itself in the place of the link {name}, and repeat"
            raise refusal(folder, rule, remedy)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Flush the folder's entries to disk, on systems that can and need to do so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_of(path: Path) -> str:
    return _hash(path.read_bytes()) if path.exists() else ""


def _spoiled(folder: Path, name: str) -> StudyError:
    rule = f"an interrupted change of the study waits in {DECLARED}, and {name} in it was changed or removed"
    remedy = f"put every table back as it was before that change, and move {DECLARED} away"
    return refusal(folder, rule, remedy)


def _unfinished(folder: Path, error: OSError) -> UnfinishedChangeError:
    what = Path(error.filename).name if error.filename else "a table"
    rule = f"a change of the study waits in {DECLARED}, and {what} cannot be written ({error.strerror})"
    remedy = "see that the folder can be written, has room, and no program holds its tables open; the next command then completes the change"
    return UnfinishedChangeError(refusal(folder, rule, remedy).problems)
