"""What is made aside is what would be made here, and no process outlives the one that began it."""

import os
import signal
import subprocess
import sys
import time

import pytest
from made import real

from analysis.measure.results import measure
from analysis.measure.statements import interval_sensitivity, statements
from analysis.publish.aside import Begun
from analysis.publish.briefings import briefings
from analysis.publish.workbook import gap_workbook
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


@pytest.fixture(scope="module")
def results():
    return measure(real())


@two_cores
def test_another_process_makes_the_same(results):
    with second_process("json") as aside:
        assert aside.submit(os.getpid).result() != os.getpid()
        begun = Begun(results, aside)
        named = statements(results) | interval_sensitivity(results)
        assert begun.named == named
        drawn = [(one.name, one.title, one.alt, one.svg()) for one in begun.charts.get()]
        here = all_charts(results, named)
        assert drawn == [(one.name, one.title, one.alt, one.svg()) for one in here]
        assert begun.briefings.get() == dict(briefings(results))
        assert begun.workbook.get() == gap_workbook(results, named)


@two_cores
def test_what_an_ended_process_was_to_make_is_made_here():
    with second_process("json") as aside:
        other = aside.submit(os.getpid).result()
        sleeping = aside.submit(time.sleep, 60)
        made = Awaited(aside, sorted, [3, 1, 2])
        os.kill(other, signal.SIGKILL)
        assert made.get() == [1, 2, 3] and sleeping.exception()


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
