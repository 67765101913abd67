"""How long things take, and how that compares with the goals: ``python -m benchmarks``.

``python -m benchmarks large [REVISION]`` measures whole builds of large studies alone, beside those
of a git revision if one is named. ``python -m benchmarks documents [COUNT]`` measures the
collecting and use of many documents alone.

It measures and says what it measured; nothing here passes or fails. Times are the best of
several rounds, since everything else that a machine does can only make a round slower.
"""

import concurrent.futures
import itertools
import math
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.documents import measure_documents
from benchmarks.large import measure_large

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

REPORT_GOAL = 6.0  # times the bare import of the two libraries, briefings and PDF included
SITE_GOAL = 3.0  # times the same, for the site alone
BRIEFING_GOAL = 1.0  # seconds for one briefing, once the study is loaded
NOTEBOOK_GOAL = 1.2  # times the mere execution of the notebooks
ENGINE_GOAL = 2.0  # seconds for 409 units × 90 criteria
TOTALS_GOAL = 20.0  # seconds for every hidden cell of that size, section scores published
GROWTH_GOAL = 1.1  # exponent of the time in the number of cells

PAIRS_GOAL = 2.0  # seconds for all pairs of 409 units × 90 criteria
FORCES_GOAL = 0.05  # seconds for all pairs of 43 units
PAIRS_GROWTH_GOAL = 2.0  # exponent of the time in the number of units
PAIRS_MEMORY_GOAL = 2.0  # GB at 2,000 units

COUNCILS = {"units": 409, "criteria": 90, "depth": 3}
SIZES = tuple({"units": units, "criteria": 100, "depth": 3} for units in (100, 1_000, 10_000))

FORCES = {"units": 43, "criteria": 9, "depth": 2}
PAIRS = tuple({"units": units, "criteria": 90, "depth": 3} for units in (500, 1_000, 2_000))


def main() -> int:
    """Measure everything; always return 0."""
    _line("measurement", "value", "goal", "verdict")
    if sys.argv[1:2] == ["large"]:
        measure_large(_line, _verdict, *sys.argv[2:3])
        return 0
    if sys.argv[1:2] == ["documents"]:
        measure_documents(_line, _verdict, *map(int, sys.argv[2:3]))
        return 0
    with tempfile.TemporaryDirectory(prefix="policygap-benchmark-") as folder:
        for measurement in (_report, _documents, _notebooks, _councils, _totals, _growth, _pairs):
            measurement(Path(folder))
    measure_documents(_line, _verdict)
    measure_large(_line, _verdict)
    return 0


def _report(folder: Path) -> None:
    """Compare the whole ``report`` command, and the site, with the bare import of what they use."""
    bare, whole, site = _best_of(
        7,
        "report",
        lambda: _run("-c", "import pandas, matplotlib.pyplot"),
        lambda: _run("-m", "analysis", "report", "--again", "--out", str(folder / "output")),
        lambda: _run("-c", SITE_ALONE, str(folder / "site")),
    )
    _line("import pandas, matplotlib.pyplot", f"{bare:.2f} s")
    _line("python -m analysis report, the whole process", f"{whole:.2f} s")
    _verdict("  report ÷ import", whole / bare, REPORT_GOAL)
    _line("the site alone, the whole process", f"{site:.2f} s")
    _verdict("  site ÷ import", site / bare, SITE_GOAL)


SITE_ALONE = """
import gc, sys
gc.disable()
from pathlib import Path
from analysis.background import background
if __name__ == "__main__":
    with background("analysis.show.charts", "analysis.publish.build_context") as executor:
        from analysis.measure.results import measure
        from analysis.publish.build_context import BuildContext
        from analysis.study import load
        context = BuildContext(measure(load(Path("data/safe-to-share"))), executor, ["site"])
        from analysis.publish.site.pages import write
        write(context, Path(sys.argv[1]))
    gc.freeze()
"""


def _documents(folder: Path) -> None:
    """Time one briefing, all briefings, and the report as PDF and as a Word document."""
    for name, taken in _in_a_fresh_process(_set_documents, 3).items():
        if name == ONE_BRIEFING:
            _verdict(name, taken, BRIEFING_GOAL, " s")
        else:
            _line(name, f"{taken:.2f} s")


ONE_BRIEFING = "one briefing, once the study is loaded"


def _set_documents(rounds: int) -> dict[str, float]:
    """Return the least seconds of each kind of document."""
    from analysis.measure.figures import named_figures
    from analysis.measure.results import measure
    from analysis.publish.briefings import Briefings
    from analysis.publish.document_model import page_blocks
    from analysis.publish.report import report_html
    from analysis.publish.report_docx import report_docx
    from analysis.publish.report_pdf import report_pdf
    from analysis.show.charts import all_charts
    from analysis.study import load

    study = load(ROOT / "data/safe-to-share")
    unit = study["units"]["unit_id"].iloc[0]
    results = measure(study)
    named = named_figures(results)
    said = page_blocks(report_html(results, named, all_charts(results, named)))
    tasks = {
        # Measured anew each time: what the results work out once would be free after the first.
        ONE_BRIEFING: lambda: Briefings(measure(study)).pdf(unit),
        "all briefings": lambda: list(map(Briefings(results).pdf, study["units"]["unit_id"])),
        "the report as PDF": lambda: report_pdf(results, said),
        "the report as a Word document": lambda: report_docx(results, said),
    }
    taken = _best_of(rounds, "documents", *tasks.values())
    return dict(zip(tasks, taken, strict=True))


def _notebooks(folder: Path) -> None:
    """Compare the notebooks under nbval with the same notebooks merely executed."""
    if not NOTEBOOKS:
        _line("notebooks", "none")
        return
    execute = ("nbconvert", "--execute", "--to", "notebook", "--output-dir", str(folder / "run"))
    check = ("pytest", "--nbval", "--nbval-current-env", "-q", "-p", "no:cacheprovider")
    paths = list(map(str, NOTEBOOKS))
    executed, checked = _best_of(
        3,
        "notebooks",
        lambda: _run("-m", *execute, *paths),
        # Whether the outputs agree is for the tests to say: here it is only timed.
        lambda: _run("-m", *check, *paths, may_fail=True),
    )
    _line(f"{len(NOTEBOOKS)} notebooks executed", f"{executed:.2f} s")
    _line(f"{len(NOTEBOOKS)} notebooks under nbval", f"{checked:.2f} s")
    _verdict("  nbval ÷ executed", checked / executed, NOTEBOOK_GOAL)


def _councils(folder: Path) -> None:
    """Time the engine on a study of the size of all councils."""
    _write_study(folder / "councils", COUNCILS)
    seconds, peak = _in_a_fresh_process(_engine, folder / "councils", 3)
    size = "{units} units × {criteria} criteria, {depth} levels of groups".format(**COUNCILS)
    _line(size)
    for step, taken in seconds.items():
        _line(f"  {step}", f"{taken:.2f} s")
    _verdict("  in all", sum(seconds.values()), ENGINE_GOAL, " s")
    _line("  peak memory", f"{peak:.0f} MB")


def _totals(folder: Path) -> None:
    """Time the bounds of all hidden cells of a study whose publisher gave section scores."""
    seconds, settled, hidden = _in_a_fresh_process(_bounds, 3)
    _line("409 units × 90 criteria, 9 section scores a unit published")
    for step, taken in seconds.items():
        _line(f"  {step}", f"{taken:.2f} s")
    _line(f"  settled, of {hidden:,} hidden cells", f"{settled:,}")
    _verdict("  bounds of all hidden cells", sum(seconds.values()), TOTALS_GOAL, " s")


def _growth(folder: Path) -> None:
    """Time the engine on ever larger studies, and fit the exponent of its growth."""
    _line("load, states and scores by number of cells")
    counts, totals = [], []
    for size in SIZES:
        cells = size["units"] * size["criteria"]
        _write_study(folder / str(cells), size)
        seconds, peak = _in_a_fresh_process(_engine, folder / str(cells), 3 if cells < 1e6 else 2)
        total = sum(seconds.values())
        _line(f"  {cells:>9,} cells; peak memory {peak:.0f} MB", f"{total:.2f} s")
        _line("            per cell", f"{total / cells * 1e6:.1f} µs")
        counts.append(cells)
        totals.append(total)
    _verdict("  exponent of growth", _exponent(counts, totals), GROWTH_GOAL)


def _pairs(folder: Path) -> None:
    """Time the comparison of every pair, and fit the exponent of its growth in the units.

    On the made study as it is, and with every cell settled: then no two units are alike, all
    have the same cells in the sum, and none is passed over.
    """
    for size, goal in ((FORCES, FORCES_GOAL), (COUNCILS, PAIRS_GOAL)):
        made = folder / "pairs-{units}".format(**size)
        _write_study(made, size)
        seconds, _ = _in_a_fresh_process(_compare, made, 5)
        _line("all pairs of {units} units × {criteria} criteria".format(**size))
        for case, taken in seconds.items():
            _verdict(f"  {case}", taken, goal, " s")
    taken, _ = _in_a_fresh_process(_next_questions, folder / "pairs-409")
    _line("  what to ask next, as it is", f"{taken:.2f} s")
    units, totals, peak = [], [], 0.0
    for size in PAIRS:
        made = folder / "pairs-{units}".format(**size)
        _write_study(made, size)
        seconds, peak = _in_a_fresh_process(_compare, made, 2)
        totals.append(seconds[ALL_SETTLED])
        units.append(size["units"])
        _line("all pairs of {units:,} units, all settled".format(**size), f"{totals[-1]:.2f} s")
    _verdict("  exponent of growth in units", _exponent(units, totals), PAIRS_GROWTH_GOAL)
    _verdict(f"  peak memory at {units[-1]:,} units", peak / 1000, PAIRS_MEMORY_GOAL, " GB")


ALL_SETTLED = "all settled"


def _compare(folder: Path, rounds: int) -> tuple[dict[str, float], float]:
    """Return the seconds of the pair statements, from the best round, and the peak memory."""
    import numpy as np

    from analysis.measure.dominance import comparisons, pair_table, ranks
    from analysis.study import load, states

    study = load(folder)
    matrix = states(study)
    best = {}
    for case in ("as it is", ALL_SETTLED):
        if case == ALL_SETTLED:
            random = np.random.default_rng(1)
            scales = study["levels"].groupby("scale_id")["level"].agg(list)
            drawn = [
                random.choice(scales[one], matrix.shape[0]) for one in study["criteria"]["scale_id"]
            ]
            matrix.cells["state"] = np.array(drawn, dtype=object).T.reshape(-1)
        for _ in range(rounds):
            start = time.perf_counter()
            found = comparisons(study, matrix)
            pair_table(found), ranks(found)
            taken = time.perf_counter() - start
            best[case] = min(taken, best.get(case, taken))
    return best, _peak_memory()


def _next_questions(folder: Path) -> tuple[float, float]:
    """Return the seconds of the next questions, and the peak memory in MB."""
    from analysis.measure.priorities import next_questions
    from analysis.study import load, states

    study = load(folder)
    matrix = states(study)
    start = time.perf_counter()
    next_questions(study, matrix)
    return time.perf_counter() - start, _peak_memory()


def _write_study(folder: Path, size: dict[str, int]) -> None:
    _progress(f"writing {folder.name}")
    _in_a_fresh_process(_write_made_study, folder, size)


def _write_made_study(folder: Path, size: dict[str, int]) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from made_study import write_made_study

    write_made_study(folder, **size)


def _engine(folder: Path, rounds: int) -> tuple[dict[str, float], float]:
    """Return the seconds of each step, from the best round, and the peak memory in MB."""
    from analysis.measure.scores import scores
    from analysis.study import load, states

    best: dict[str, float] = {}
    for _ in range(rounds):
        clock = [time.perf_counter()]
        study = load(folder)
        clock.append(time.perf_counter())
        matrix = states(study)
        clock.append(time.perf_counter())
        scores(study, matrix)
        clock.append(time.perf_counter())
        del study, matrix
        seconds = [end - start for start, end in itertools.pairwise(clock)]
        if not best or sum(seconds) < sum(best.values()):
            best = dict(zip(("load, which validates", "states", "scores"), seconds, strict=True))
    return best, _peak_memory()


def _bounds(rounds: int) -> tuple[dict[str, float], int, int]:
    """Return the seconds of each step, from the best round, and how many cells are settled."""
    sys.path.insert(0, str(ROOT / "tests"))
    from made_totals import made_sections

    from analysis.measure.bounds import cell_bounds
    from analysis.measure.constraints import constrained

    study, matrix, _ = made_sections()
    best: dict[str, float] = {}
    for number in range(rounds):
        _progress(f"totals: round {number + 1} of {rounds}")
        clock = [time.perf_counter()]
        held = constrained(study, matrix)
        clock.append(time.perf_counter())
        table = cell_bounds(study, held, _progress)
        clock.append(time.perf_counter())
        seconds = [end - start for start, end in itertools.pairwise(clock)]
        if not best or sum(seconds) < sum(best.values()):
            best = dict(zip(("constraints, and what clashes", "bounds"), seconds, strict=True))
    return best, int((table["settled_by_totals"] == "yes").sum()), len(table)


def _peak_memory() -> float:
    """Return the most memory that this process has held, in MB; not a number on Windows."""
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of the seconds over the sizes, both as logarithms."""
    x, y = ([math.log(one) for one in values] for values in (sizes, seconds))
    return statistics.linear_regression(x, y).slope


def _best_of(rounds: int, name: str, *tasks: Callable[[], object]) -> list[float]:
    """Return the least seconds of each task, after one round that warms the caches.

    The tasks take turns, so that a busy spell of the machine falls on all of them.
    """
    seconds: list[list[float]] = [[] for _ in tasks]
    for number in range(rounds + 1):
        _progress(f"{name}: round {number} of {rounds}")
        for task, taken in zip(tasks, seconds, strict=True):
            start = time.perf_counter()
            task()
            taken.append(time.perf_counter() - start)
    return [min(taken[1:]) for taken in seconds]


def _run(*arguments: str, may_fail: bool = False) -> None:
    # As anywhere else, modules are compiled once; some machines for tests forbid it.
    settings = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=settings, **quiet)
    if done.returncode and not may_fail:
        print(f"  (ended with {done.returncode}: {' '.join(arguments)[:60]})")


def _in_a_fresh_process(task: Callable, *arguments):
    """Run a task in a new interpreter: nothing imported yet, and a memory peak of its own."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(task, *arguments).result()


def _line(name: str, value: str = "", goal: str = "", verdict: str = "") -> None:
    _progress("")
    print(f"{name:<58}{value:>10}{goal:>10}  {verdict}".rstrip(), flush=True)


def _verdict(name: str, value: float, goal: float, unit: str = "") -> None:
    verdict = "within" if value <= goal else "over"
    _line(name, f"{value:.2f}{unit}", f"{goal:.2f}{unit}", verdict)


def _progress(step: str) -> None:
    """Show the step at hand on a terminal, in place of the last one; nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{step}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Once more by its full name: a fresh process finds no task in a module called __main__.
    from benchmarks.__main__ import main as measure_all

    sys.exit(measure_all())
