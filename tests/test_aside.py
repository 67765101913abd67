"""What is made aside is what would be made here, and no process outlives the one that began it."""

import os
import signal
import subprocess
import sys
import time

import pytest
from made import real

from analysis.measure.results import measure
from analysis.measure.statements import interval_sensitivity
from analysis.publish.aside import Aside, second_process
from analysis.publish.blocks import blocks
from analysis.publish.briefings import briefings
from analysis.publish.report_docx import report_docx

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
    with second_process() as beside:
        assert beside.submit(os.getpid).result() != os.getpid()
        aside = Aside(results, beside)
        assert aside.sensitivity.get() == interval_sensitivity(results)
        assert aside.briefings.get() == dict(briefings(results))
        page = "<html><body><p>Made up.</p></body></html>"
        assert aside.document(page).get() == report_docx(results, blocks(page))


@two_cores
def test_all_is_made_here_when_the_other_process_was_ended(results):
    with second_process() as beside:
        other = beside.submit(os.getpid).result()
        aside = Aside(results, beside)
        os.kill(other, signal.SIGKILL)
        assert list(aside.briefings.get()) == list(results.study["units"]["unit_id"])


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
