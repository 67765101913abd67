"""What stops a command: a kill before each step that writes, and a folder closed to it."""

import contextlib
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from analysis.terminal import print_problems

FAILED = 1
_STEPS = ("os.rename", "os.mkdir", "os.link", "os.truncate", "os.chmod")


def in_child(action: Callable[[], object]) -> int:
    """Do something in a process of its own; return the status with which it ends."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    try:
        action()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(FAILED)


def at_each_step(folder: Path, before: Callable[[int], None]) -> None:
    """Call ``before`` with the number of each step that changes the folder, before it is done."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        before(count)

    def hook(event: str, args: tuple) -> None:
        if event == "open":
            path, _, flags = args
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and isinstance(path, str | Path) and Path(path).is_relative_to(folder):
                step()
        elif event in ("os.remove", "os.rmdir"):  # by name, inside a folder that is held open
            if args[1] != -1 or Path(args[0]).is_relative_to(folder):
                step()
        elif event in _STEPS and Path(args[0]).is_relative_to(folder):
            step()

    # Counted and not done: a kill, unlike a power cut, loses nothing that was written.
    os.fsync = lambda handle: step()
    sys.addaudithook(hook)


def left_by_kills(folder: Path, copies: Path, action: Callable[[], object]) -> list[Path]:
    """Do something in a child; return what a kill before each of its steps would leave of a folder.

    A kill leaves what was written and nothing of what waits in memory, as a copy does: so the
    child goes through all once, and is not begun anew for each step.
    """

    def act() -> None:
        at_each_step(folder, lambda count: shutil.copytree(folder, copies / f"{count:03}"))
        action()

    copies.mkdir()
    assert in_child(act) == 0
    return sorted(copies.iterdir())


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, which the folders of the tests are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(action: Callable[[], object]) -> int:
    """Do something without the rights of an administrator; return its status."""

    # What is imported late has to be there before the rights go.
    print_problems([], 0)

    def act() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        action()

    return in_child(act)
