"""What the background makes is what would be made here, and it ends with the process that began it."""

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor

import pytest
from helpers import REAL
from made import real

from analysis import background as module
from analysis.background import Task, background
from analysis.measure.results import measure
from analysis.publish.briefings import Briefings
from analysis.publish.build_context import BuildContext
from analysis.publish.card_drawing import drawn_card
from analysis.publish.cards import Card
from analysis.show.charts import all_charts

two_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")


@pytest.fixture(autouse=True)
def with_a_second_process(monkeypatch):
    monkeypatch.setattr(module, "_cores", lambda: 2)


STARTED = """
import os, sys, time
from analysis.background import background
if __name__ == "__main__":
    with background("json") as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""

AT_WORK = """
import os, signal, sys, time
from analysis import cli
from analysis.__main__ import run
from analysis.background import Task, background

def work():
    print("begun", flush=True)
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)

def main():
    with background() as executor:
        print(Task(executor, work).done(), flush=True)
    return 0

if __name__ == "__main__":
    cli.main = main
    sys.exit(run())
"""


def interruptible() -> None:
    """Listen to interrupts, also where whoever runs the tests does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@two_cores
@pytest.mark.parametrize(
    ("how", "status", "said", "complaint"),
    [
        ("interrupted", 130, "", "policygap: interrupted; nothing is half written.\n"),
        ("killed", 0, "False\n", ""),
    ],
)
def test_a_task_that_breaks_off_is_waited_for_by_nobody(how, status, said, complaint, tmp_path):
    script = tmp_path / "at_work.py"
    script.write_text(AT_WORK)
    command = [sys.executable, script, how]
    first = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible
    )
    assert first.stdout.readline() == "begun\n"
    for _ in range(3 if how == "interrupted" else 0):
        first.send_signal(signal.SIGINT)
        time.sleep(0.1)
    first.wait(timeout=30)
    # Read as the first line was: what came with that line waits in the buffer.
    out, complaints = first.stdout.read(), first.stderr.read()
    assert (first.returncode, out, complaints) == (status, said, complaint)


@pytest.fixture(scope="module")
def results():
    return measure(real())


class Sparing(Executor):
    """An executor of which each task has short arguments and a short answer."""

    def __init__(self, executor):
        self.executor, self.futures = executor, []

    def submit(self, work, /, *arguments, **named):
        # As much as a pipe takes at once, so that none breaks off in the middle.
        assert len(pickle.dumps((work, arguments, named))) < select.PIPE_BUF / 2
        self.futures.append(self.executor.submit(work, *arguments, **named))
        return self.futures[-1]


@two_cores
def test_the_background_makes_the_same(results):
    with background("json") as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        sparing = Sparing(executor)
        context = BuildContext(results, sparing, ["briefings"])
        drawn = [(one.name, one.title, one.alt, one.svg()) for one in context.charts]
        here = all_charts(results, context.named)
        assert drawn == [(one.name, one.title, one.alt, one.svg()) for one in here]
        made, alone = context.briefings(), Briefings(results)
        units = list(results.study["units"]["unit_id"])
        assert sorted(made) == sorted(units)
        # The first is made in the background, the last here.
        assert all(made[unit] == alone.pdf(unit) for unit in (units[0], units[-1]))
        cards = {f"{part}.png": Card("", part, ("Found.",), ("DRAFT.",)) for part in "abcdef"}
        assert context.cards(cards) == {path: drawn_card(card) for path, card in cards.items()}
        assert [one.result() for one in sparing.futures] == [None, None, None]


@two_cores
@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs signals")
def test_the_other_process_passes_over_interrupts_and_the_first_does_not():
    blocked = signal.pthread_sigmask, signal.SIG_BLOCK, ()
    with background("json") as executor:
        assert signal.SIGINT in executor.submit(*blocked).result()
        assert signal.SIGINT not in blocked[0](*blocked[1:])


@two_cores
def test_what_an_ended_process_was_to_do_is_left_to_be_done_here(tmp_path):
    with background("json") as executor:
        other = executor.submit(os.getpid).result()
        sleeping = Task(executor, time.sleep, 60)
        waiting = Task(executor, (tmp_path / "waiting").touch)
        os.kill(other, signal.SIGKILL)
        assert not sleeping.done() and not waiting.done()
        # Nor does it matter that it was ended before it was asked.
        assert not Task(executor, (tmp_path / "late").touch).done()
    assert not list(tmp_path.iterdir())


def test_what_goes_wrong_there_is_left_to_be_done_here():
    with background("json") as executor:
        assert not Task(executor, int, "made up").done()
        assert Task(executor, int, "1").done()


def test_one_core_or_no_room_to_share_is_enough(monkeypatch):
    monkeypatch.setattr(module, "_cores", lambda: 1)
    with background("json") as executor:
        assert executor.submit(os.getpid).result() == os.getpid()

    def full(*arguments, **named):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(module, "_cores", lambda: 2)
    monkeypatch.setattr(module, "ProcessPoolExecutor", full)
    with background("json") as executor:
        assert executor.submit(os.getpid).result() == os.getpid()


@two_cores
@pytest.mark.parametrize(
    ("number", "what", "wait"),
    [
        *(("SIGINT", "interrupted", wait) for wait in (0.02, 0.3, 1.5)),
        ("SIGTERM", "ended", 0.7),
        *(
            pytest.param(*signal, wait, marks=pytest.mark.slow)
            for signal, wait in (
                *((("SIGINT", "interrupted"), wait) for wait in (0.1, 0.7)),
                *((("SIGTERM", "ended"), wait) for wait in (0.1, 1.5)),
            )
        ),
    ],
)
def test_signals_end_a_build_in_one_line(tmp_path, number, what, wait):
    """The first may come at any time, and others may follow it."""
    command = [sys.executable, "-m", "analysis", "report", str(REAL), "--out", str(tmp_path / "o")]
    build = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=interruptible
    )
    time.sleep(0.3 + wait)
    for _ in range(3):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(build.pid, getattr(signal, number))
        time.sleep(0.15)
    _, said = build.communicate(timeout=60)
    assert said == f"policygap: {what}; nothing is half written.\n" or (
        build.returncode == 0 and not said
    )
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {".o.lock"} or build.returncode == 0


INTERRUPTED_LIBRARY = """
import os, signal, sys
import analysis.__main__ as entry, analysis.cli
def main():
    try:
        os.kill(os.getpid(), signal.{number})
    except BaseException as error:
        raise RuntimeError(f"{{type(error).__name__}}: ") from error
analysis.cli.main = main
sys.exit(entry.run())
"""


@pytest.mark.parametrize(
    ("number", "what", "status"), [("SIGINT", "interrupted", 130), ("SIGTERM", "ended", 143)]
)
def test_a_signal_that_a_library_makes_something_else_of_ends_in_one_line(number, what, status):
    script = INTERRUPTED_LIBRARY.format(number=number)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, preexec_fn=interruptible
    )
    assert done.stderr == f"policygap: {what}; nothing is half written.\n"
    assert done.returncode == status


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
