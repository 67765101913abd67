"""Change several tables of a study together or not at all, whatever interrupts it.

A write-ahead journal: what is to be written is laid down beside the tables, one rename declares
it, and only then do the tables change. A command that finds a declared journal completes it; one
that was never declared is cleared away. Swapping a whole folder would be simpler, and is atomic
on one operating system only.
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

from analysis.problems import StudyError, UnfinishedChangeError, refusal
from analysis.study.descriptor import FILE

DECLARED, DRAFTED, LOCK = ".journal", ".journal.new", ".journal.lock"
"""Names inside a study's folder; hidden files are no tables and are passed over."""
PLAN, MOVING = "plan.json", "moving"
"""Names inside the journal: no table can have them."""
PATIENCE = 20
"""Seconds to wait for another command that is changing the study."""

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the study for oneself, first settling what an interrupted command left.

    Raises:
        StudyError: it is not a study's folder, another command holds it, or what was left cannot
            be settled.
    """
    # Asked first, since a lock would be laid down anywhere, in a new folder if need be.
    if not (folder / FILE).exists():
        rule, remedy = f"it has no {FILE}", "name a study's folder, such as data/safe-to-share"
        raise refusal(folder, rule, remedy)
    try:
        with FileLock(folder / LOCK, timeout=PATIENCE):
            _settle(folder)
            yield
    except Timeout:
        rule, remedy = "another command is changing the study", "wait until it is done, and repeat"
        raise refusal(folder, rule, remedy) from None


def settle(folder: Path) -> None:
    """Complete or roll back what an interrupted command left in a study's folder, if anything.

    Raises:
        StudyError: it cannot be settled; the tables stay as they are.
    """
    if not ((folder / DECLARED).exists() or (folder / DRAFTED).exists()):
        return
    try:
        with changing(folder):
            pass
    except OSError as error:  # the folder cannot be written
        # What was never declared has changed no table, so that the study can still be read.
        if (folder / DECLARED).exists():
            raise _unfinished(folder, error) from None


def commit(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace files of a study together. Call it while :func:`changing` is held.

    Args:
        folder: the study's folder.
        files: the new content by file name.

    Raises:
        StudyError: a table is a link to another place; the study is as it was.
        OSError: nothing could be laid down; the study is as it was.
        UnfinishedChangeError: the change is declared, and something keeps a table from being
            replaced; the next command completes it.
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


def _settle(folder: Path) -> None:
    if (folder / DRAFTED).exists():
        shutil.rmtree(folder / DRAFTED)
        _log.warning("A change of the study that was interrupted has been rolled back.")
    declared = folder / DECLARED
    if (declared / PLAN).exists():
        _complete(folder)
        _log.warning("A change of the study that was interrupted has been completed.")
    elif declared.exists():  # all is in place: the plan goes first, when a change is done
        shutil.rmtree(declared)


def _complete(folder: Path) -> None:
    """Put what waits in the journal in the tables' place.

    Each table is replaced at once, and the journal keeps all that it holds until the last one
    is: it can be begun again as often as need be, and by hand too.
    """
    declared = folder / DECLARED
    try:
        _flush(folder)
        waiting = _waiting(folder)
        for name, content in waiting.items():
            _write(declared / MOVING, content)
            (declared / MOVING).replace(folder / name)
        _flush(folder)
        (declared / PLAN).unlink()
        _flush(declared)
        shutil.rmtree(declared)
    except OSError as error:
        raise _unfinished(folder, error) from None


def _waiting(folder: Path) -> dict[str, bytes]:
    """Return what is still to be put in place, after checking that nothing of value is there."""
    declared, waiting = folder / DECLARED, {}
    try:
        plan = json.loads((declared / PLAN).read_text("utf-8"))
    except ValueError:
        raise _spoiled(folder, PLAN) from None
    for name, hashes in plan.items():
        digest = _hash_of(folder / name)
        if digest == hashes["after"]:
            continue
        # Somebody may have mended a table by hand since: their work is not to be lost.
        if digest not in ("", hashes["before"]):
            rule = f"an interrupted change of the study waits in {DECLARED}, and {name} was changed by hand since"
            remedy = f"move {name} out of the folder and repeat: the interrupted change is completed; then make yours again"
            raise refusal(folder, rule, remedy)
        if _hash_of(declared / name) != hashes["after"]:
            raise _spoiled(folder, name)
        waiting[name] = (declared / name).read_bytes()
    _refuse_links(folder, waiting)
    return waiting


def _refuse_links(folder: Path, names: Iterable[str]) -> None:
    """Refuse to put a file in the place of a link, whose target would stay as it was."""
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
    """Have the folder's entries written; some systems cannot, and do not need to."""
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
