"""Whatever stops a build, wherever, and however many run at once: there is one whole output."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import REAL, ROOT, contents, run
from made import LIBRARY
from stopped import FAILED, as_nobody, in_child, left_by_kills, open_folder

from analysis.cli import main
from analysis.publish.files import atomic_replace
from analysis.publish.manifest import read_manifest
from analysis.study import StudyError

LOCK = ".output.lock"
PART = ("--only", "report")
"""Whatever is built, it is swapped in alike."""
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="it needs processes that fork")


def swap(out: Path, text: str, **asked) -> None:
    with atomic_replace(out, **asked) as folder:
        for name in ("a.txt", "b.txt"):
            (folder / name).write_text(text)


def held(out: Path) -> list[str] | None:
    """Return what the files of an output say, or ``None`` if it is not there."""
    if not out.exists():
        return None
    return [(out / name).read_text() for name in ("a.txt", "b.txt")]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != LOCK)


def is_whole(out: Path) -> bool:
    """Whether every file is that of the manifest, and no other is there."""
    files = contents(out)
    files.pop("manifest.json")
    return files == read_manifest(out).outputs


def started(out: Path, *arguments: str) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "analysis",
        "report",
        str(LIBRARY),
        "--out",
        str(out),
        "--again",
        *PART,
    ]
    return subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def until_at_work(process: subprocess.Popen, folder: Path) -> None:
    while process.poll() is None and not list(folder.glob(".output.building/*")):
        time.sleep(0.005)
    assert process.poll() is None


@forks
def test_a_kill_at_any_step_leaves_the_old_or_the_new_and_the_next_build_clears_up(tmp_path):
    folder, outcomes = tmp_path / "whole", set()
    out = folder / "output"
    swap(out, "old")
    left = left_by_kills(folder, tmp_path / "killed", lambda: swap(out, "new"))
    assert held(out) == ["new"] * 2
    for number, folder in enumerate(left, start=1):
        out = folder / "output"
        outcomes.add(str(held(out)))
        assert held(out) in (None, ["old"] * 2, ["new"] * 2), number
        # The next build fails: it has nothing to give, and still puts right what it finds.
        with pytest.raises(RuntimeError), atomic_replace(out):
            raise RuntimeError
        assert held(out) in (["old"] * 2, ["new"] * 2), number
        assert left_in(folder) == ["output"]
    assert len(left) >= 8 and len(outcomes) == 3


def interrupted_at(number: int, action: Callable[[], None]) -> bool:
    """Do something that is interrupted at its n-th line; return whether it has so many."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if Path(frame.f_code.co_filename).name != "files.py":
            return None
        if event == "line":
            count += 1
            if count == number:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


def test_an_interrupt_at_any_line_leaves_the_old_or_the_new_and_nothing_else(tmp_path):
    out, number = tmp_path / "output", 0
    swap(out, "old")
    while True:
        number += 1
        if not interrupted_at(number, lambda: swap(out, "new")):
            break
        assert held(out) in (["old"] * 2, ["new"] * 2), number
        assert left_in(tmp_path) == ["output"], number
        shutil.rmtree(out)
        swap(out, "old")
    assert number > 30


def test_a_folder_of_somebody_elses_beside_the_output_stays(tmp_path):
    for name in ("output.previous-2019", "output.building-site"):
        (tmp_path / name).mkdir()
    swap(tmp_path / "output", "new")
    assert left_in(tmp_path) == ["output", "output.building-site", "output.previous-2019"]


def test_a_build_that_is_killed_leaves_the_last_output_and_the_next_one_clears_up(tmp_path):
    out = tmp_path / "output"
    assert run("report", LIBRARY, "--out", out, *PART).returncode == 0
    before = contents(out)
    process = started(out)
    until_at_work(process, tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert contents(out) == before
    assert len(left_in(tmp_path)) == 2
    assert run("report", LIBRARY, "--out", out, "--again", *PART).returncode == 0
    assert left_in(tmp_path) == ["output"]
    assert contents(out) == before


def test_two_builds_at_once_do_not_mix(tmp_path):
    out = tmp_path / "output"
    first = started(out, "--as-of", "2020-12-17")
    until_at_work(first, tmp_path)
    second = started(out)
    for process in (first, second):
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    # The second waited: it is the one that stands, whole, and nothing of the first is left.
    assert is_whole(out)
    assert json.loads((out / "manifest.json").read_text())["as_of"] == "2023-06-30"
    assert left_in(tmp_path) == ["output"]


def test_a_build_that_waits_says_so_and_gives_up_in_one_line(tmp_path):
    out, told = tmp_path / "output", []
    swap(out, "old")
    with atomic_replace(out) as folder, pytest.raises(StudyError) as refused:
        (folder / "a.txt").write_text("of the first")
        swap(out, "of the second", progress=told.append, patience=0.1)
    assert told == ["waiting for another build into the same folder"]
    assert str(refused.value).endswith(
        "another build into this folder is at work. wait until it is done"
    )


def test_the_lock_goes_with_its_process(tmp_path):
    """A lock file that a killed build left keeps nobody out."""
    (tmp_path / LOCK).write_text("")
    swap(tmp_path / "output", "new", patience=0)
    assert held(tmp_path / "output") == ["new"] * 2


# --- no room, no right ----------------------------------------------------------------------


def full_after(number: int, folder: Path) -> None:
    """Let the disk be full from the n-th file that is opened to be written below a folder."""
    count = 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal count
        if event != "open" or not isinstance(arguments[0], str | Path):
            return
        below = Path(arguments[0]).is_relative_to(folder) and Path(arguments[0]).name != LOCK
        if below and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            count += 1
            if count >= number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    sys.addaudithook(hook)


@forks
@pytest.mark.parametrize("number", [1, 7, 20])
def test_a_full_disk_gets_one_line_and_the_last_output_stands(tmp_path, capfd, number):
    out = tmp_path / "output"
    assert main(["score", str(REAL), "--out", str(out)]) == 0
    before = contents(out)
    capfd.readouterr()

    def build() -> None:
        full_after(number, tmp_path)
        os._exit(main(["score", str(REAL), "--out", str(out)]))

    assert in_child(build) == FAILED
    assert capfd.readouterr().err.splitlines() == [
        f"policygap: {out}: No space left on device. Nothing was written."
    ]
    assert contents(out) == before and left_in(tmp_path) == ["output"]


def test_a_disk_that_is_really_full_gets_one_line(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    command = 'mount -t tmpfs -o size=300k none "$1" || exit 77; shift; "$@"; code=$?; ls -A "$0"; exit $code'
    if shutil.which("unshare") is None:
        pytest.skip("a small disk of one's own needs unshare")
    report = [
        sys.executable,
        "-m",
        "analysis",
        "report",
        str(LIBRARY),
        "--out",
        str(disk / "output"),
    ]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, str(disk), str(disk), *report],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"a small disk of one's own needs the right to mount: {done.stderr.strip()}")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"policygap: {disk / 'output'}: No space left on device. Nothing was written."
    ]
    assert done.stdout.split() == [LOCK]


@forks
def test_a_folder_that_cannot_be_written_gets_one_line(capfd):
    with open_folder() as folder:
        study = shutil.copytree(REAL, folder / "study")
        closed = folder / "closed"
        closed.mkdir()
        closed.chmod(0o555)
        # Once as it should be, so that all is imported that nobody else may read.
        assert main(["score", str(study), "--out", str(folder / "open" / "output")]) == 0
        asked = ["score", str(study), "--out", str(closed / "output")]
        assert as_nobody(lambda: os._exit(main(asked))) == FAILED
        # Before it, a table of no problems: it is printed to have been imported.
        said = capfd.readouterr().err.partition("0 problems.\n")[2]
        assert said.splitlines() == [
            f"policygap: {closed / 'output'}: Permission denied. Nothing was written."
        ]
        assert list(closed.iterdir()) == []
