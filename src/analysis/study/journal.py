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
from collections.abc import Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.study.problems import Problem, StudyError, shorten

DECLARED, DRAFTED, LOCK = ".journal", ".journal.new", ".journal.lock"
"""Names inside a study's folder; hidden files are no tables and are passed over."""
PATIENCE = 20
"""Seconds to wait for another command that is changing the study."""

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the study for oneself, first settling what an interrupted command left.

    Raises:
        StudyError: another command holds it, or what was left cannot be settled.
    """
    try:
        with FileLock(folder / LOCK, timeout=PATIENCE):
            _settle(folder)
            yield
    except Timeout:
        rule, remedy = "another command is changing the study", "wait until it is done, and repeat"
        raise _refusal(folder, rule, remedy) from None


def settle(folder: Path) -> None:
    """Complete or roll back what an interrupted command left in a study's folder, if anything.

    Raises:
        StudyError: it cannot be settled; the tables stay as they are.
    """
    if (folder / DECLARED).exists() or (folder / DRAFTED).exists():
        with changing(folder):
            pass


def commit(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace files of a study together. Call it while :func:`changing` is held.

    Args:
        folder: the study's folder.
        files: the new content by file name.
    """
    drafted = folder / DRAFTED
    drafted.mkdir()
    plan = {}
    for name, content in files.items():
        _write(drafted / name, content)
        plan[name] = {"before": _hash_of(folder / name), "after": _hash(content)}
    _write(drafted / "plan.json", json.dumps(plan).encode())
    _flush(drafted)
    drafted.rename(folder / DECLARED)
    _flush(folder)
    _complete(folder, plan)


def _settle(folder: Path) -> None:
    if (folder / DRAFTED).exists():
        shutil.rmtree(folder / DRAFTED)
        _log.warning("A change of the study that was interrupted has been rolled back.")
    declared = folder / DECLARED
    if not declared.exists():
        return
    if (declared / "plan.json").exists():
        plan = json.loads((declared / "plan.json").read_text("utf-8"))
        _complete(folder, plan)
        _log.warning("A change of the study that was interrupted has been completed.")
    else:
        declared.rmdir()


def _complete(folder: Path, plan: dict) -> None:
    """Move what waits in the journal over the tables; each move is atomic, and once is enough."""
    declared = folder / DECLARED
    waiting = [name for name in plan if (declared / name).exists()]
    for name in waiting:
        # Somebody may have mended a table by hand since: their work is not to be lost.
        if _hash_of(folder / name) not in (plan[name]["before"], plan[name]["after"]):
            rule = f"an interrupted change of the study waits in {DECLARED}, and {name} was changed by hand since"
            remedy = f"put {name} back as it was, or move {DECLARED} away to give the change up"
            raise _refusal(folder, rule, remedy)
    for name in waiting:
        (declared / name).replace(folder / name)
    _flush(folder)
    (declared / "plan.json").unlink()
    declared.rmdir()


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


def _refusal(folder: Path, rule: str, remedy: str) -> StudyError:
    return StudyError([Problem(shorten(folder, 200), None, "", "", rule, remedy)])
