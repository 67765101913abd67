"""What is made aside is what would be made here, and no process outlives the one that began it."""

import os
import signal
import subprocess
import sys
import time

import pytest
from made import real

from analysis.measure.results import measure
from analysis.measure.statements import statements
from analysis.publish.aside import (
    Awaited,
    all_briefings,
    drawn_charts,
    second_process,
)
from analysis.publish.briefings import briefings
from analysis.show.charts import all_charts

two_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")

STARTED = """
import os, sys, time
from analysis.publish.aside import second_process
if __name__ == "__main__":
    with second_process() as beside:
        print(beside.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


@pytest.fixture(scope="module")
def results():
    return measure(real())


@two_cores
def test_another_process_makes_the_same(results):
    named = statements(results)
    with second_process() as aside:
        assert aside.submit(os.getpid).result() != os.getpid()
        charts = Awaited(aside, drawn_charts, results.quiet(), named)
        made = Awaited(aside, all_briefings, results.quiet())
        drawn = [(one.name, one.title, one.alt, one.svg()) for one in charts.get()]
        here = all_charts(results, named)
        assert drawn == [(one.name, one.title, one.alt, one.svg()) for one in here]
        assert made.get() == dict(briefings(results))


@two_cores
def test_what_an_ended_process_was_to_make_is_made_here(results):
    with second_process() as aside:
        other = aside.submit(os.getpid).result()
        made = Awaited(aside, all_briefings, results.quiet())
        os.kill(other, signal.SIGKILL)
        assert list(made.get()) == list(results.study["units"]["unit_id"])


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
