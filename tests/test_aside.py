"""What is made aside is what would be made here, and no process outlives the one that began it."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time

import pytest
from helpers import REAL
from made import real

from analysis import second_process as other
from analysis.measure.results import measure
from analysis.measure.statements import interval_sensitivity, statements
from analysis.publish.aside import Begun
from analysis.publish.briefings import briefings
from analysis.second_process import Awaited, second_process
from analysis.show.charts import all_charts

two_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")

STARTED = """
import os, sys, time
from analysis.second_process import second_process
if __name__ == "__main__":
    with second_process("json") as beside:
        print(beside.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""

BROKEN_OFF = """
import os, signal, sys, time
from multiprocessing.connection import Connection
from analysis import __main__ as front
from analysis.second_process import Awaited, second_process

def answer():
    \"\"\"Say the first part of an answer, and never the rest.\"\"\"
    def send(connection, buffer):
        os.write(connection.fileno(), bytes(buffer)[:1000])
        print("begun", flush=True)
        if sys.argv[1] == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
    if __name__ != "__main__":
        Connection._send = send
    return bytes(1_000_000)

def main():
    try:
        with second_process() as beside:
            print(len(Awaited(beside, answer).get()), flush=True)
        return 0
    except KeyboardInterrupt:
        return 130

if __name__ == "__main__":
    front.main = main
    front.run()
"""


def interruptible() -> None:
    """Listen to interrupts, also where whoever runs the tests does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@two_cores
@pytest.mark.parametrize(("how", "status"), [("interrupted", 130), ("killed", 0)])
def test_an_answer_that_breaks_off_is_waited_for_by_nobody(how, status, tmp_path):
    """The pool's own thread waits for the rest of it, for ever: no end may wait for that thread."""
    script = tmp_path / "broken_off.py"
    script.write_text(BROKEN_OFF)
    command = [sys.executable, script, how]
    first = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible
    )
    assert first.stdout.readline() == "begun\n"
    for _ in range(3 if how == "interrupted" else 0):
        first.send_signal(signal.SIGINT)
        time.sleep(0.1)
    said, complaints = first.communicate(timeout=30)
    assert (first.returncode, complaints) == (status, "")
    # What an ended process was to make is made here.
    assert said == ("1000000\n" if how == "killed" else "")


@pytest.fixture(scope="module")
def results():
    return measure(real())


@two_cores
def test_another_process_makes_the_same(results):
    with second_process("json") as aside:
        assert aside.submit(os.getpid).result() != os.getpid()
        assert not aside.submit(gc.isenabled).result()
        begun = Begun(results, aside)
        named = statements(results) | interval_sensitivity(results)
        assert begun.named == named
        drawn = [(one.name, one.title, one.alt, one.svg()) for one in begun.charts.get()]
        here = all_charts(results, named)
        assert drawn == [(one.name, one.title, one.alt, one.svg()) for one in here]
        assert begun.briefings.get() == dict(briefings(results))


@two_cores
def test_what_an_ended_process_was_to_make_is_made_here():
    with second_process("json") as aside:
        other = aside.submit(os.getpid).result()
        sleeping = aside.submit(time.sleep, 60)
        made = Awaited(aside, sorted, [3, 1, 2])
        os.kill(other, signal.SIGKILL)
        assert made.get() == [1, 2, 3] and sleeping.exception()
        # Nor does it matter that it was ended before it was asked.
        assert Awaited(aside, sorted, [2, 1]).get() == [1, 2]


def test_what_goes_wrong_there_is_said_as_it_would_be_here():
    with second_process("json") as aside, pytest.raises(ValueError, match="made up"):
        Awaited(aside, int, "made up").get()


def test_one_core_or_no_room_to_share_is_enough(monkeypatch):
    monkeypatch.setattr(other, "_cores", lambda: 1)
    with second_process("json") as aside:
        assert aside.submit(os.getpid).result() == os.getpid()

    def full(*arguments, **named):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(other, "_cores", lambda: 2)
    monkeypatch.setattr(other, "ProcessPoolExecutor", full)
    with second_process("json") as aside:
        assert aside.submit(os.getpid).result() == os.getpid()


@two_cores
@pytest.mark.parametrize("wait", [0.02, 0.1, 0.3, 0.7, 1.5])
def test_interrupts_end_a_build_in_one_line(tmp_path, wait):
    """The first may come at any time, and others may follow it."""
    command = [sys.executable, "-m", "analysis", "report", str(REAL), "--out", str(tmp_path / "o")]
    build = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=interruptible
    )
    time.sleep(0.3 + wait)
    for _ in range(3):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(build.pid, signal.SIGINT)
        time.sleep(0.15)
    _, said = build.communicate(timeout=60)
    assert said == "policygap: interrupted; the last output stands as it was.\n" or (
        build.returncode == 0 and not said
    )
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {".o.lock"} or build.returncode == 0


@two_cores
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_the_other_process_ends_with_the_first(tmp_path, number):
    script = tmp_path / "started.py"
    script.write_text(STARTED)
    first = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=interruptible,
    )
    other = int(first.stdout.readline())
    first.send_signal(getattr(signal, number))
    first.wait(30)
    until = time.monotonic() + 30
    while is_alive(other):
        assert time.monotonic() < until, "the other process is still there"
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
