"""Whole builds of large made studies, old and new in one run: time and the most memory held.

``python -m benchmarks large [REVISION]`` measures the builds of this code; named a git revision
that is checked out beside it, those of that revision as well.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SIZES = {
    "409 units × 73 criteria, half open": {"units": 409, "criteria": 73, "known": 0.5},
    "409 units × 73 criteria, all settled": {"units": 409, "criteria": 73},
    "10 units × 1,600 criteria": {"units": 10, "criteria": 1_600},
    "10 units × 10 criteria of 200 levels": {"units": 10, "criteria": 10, "levels": 200},
}
SECONDS_GOAL, GIGABYTES_GOAL = 60.0, 2.0
_EACH = 900  # seconds, after which a build is given up


def write_large_study(
    folder: Path, units: int, criteria: int, known: float = 1.0, levels: int = 2, code: Path = ROOT
) -> None:
    """Write a plain made study of five groups for a version of the code.

    The same sizes give the same bytes.
    """
    drawn = random.Random(7)
    rows: dict[str, list[dict]] = {}

    def add(table: str, **cells: object) -> None:
        rows.setdefault(table, []).append(cells)

    add(
        "sources",
        source_id="s",
        publisher="Registry",
        title="Roll",
        extent_read="whole",
        read_on="2022-02-01",
    )
    add("notices", notice_id="n", scope="study", text="All of it is made up.")
    for level in range(levels):
        add(
            "levels",
            scale_id="steps",
            level=f"l{level}",
            value=f"{level / (levels - 1):.6f}",
            meaning=f"Step {level}",
        )
    for group in range(5):
        add(
            "recommendations",
            recommendation_id=f"g{group}",
            label=f"Group {group}",
            kind="group",
            text_read="full",
            weight=1,
            source_id="s",
        )
    for one in range(criteria):
        add(
            "criteria",
            criterion_id=f"c{one}",
            recommendation_id=f"g{one % 5}",
            label=f"Question {one}",
            question=f"Question {one}?",
            scale_id="steps",
            weight=1,
            scored="yes",
        )
        for level in range(levels):
            add("rules", criterion_id=f"c{one}", level=f"l{level}", rule=f"It says {level}.")
    for unit in range(units):
        add(
            "units",
            unit_id=f"u{unit}",
            name=f"Parish {unit}",
            short_name=f"Parish {unit}",
            region="North",
            country="Nowhere",
            tile_column=unit % 20 + 1,
            tile_row=unit // 20 + 1,
        )
        add(
            "searches",
            unit_id=f"u{unit}",
            searched_on="2022-02-01",
            where="roll",
            queries="q",
            queries_count=1,
        )
        add(
            "evidence",
            evidence_id=f"e{unit}",
            scope="unit",
            unit_id=f"u{unit}",
            source_id="s",
            states="It says so.",
            extent_read="whole",
        )
        for one in range(criteria):
            if drawn.random() < known:
                add(
                    "assessments",
                    unit_id=f"u{unit}",
                    criterion_id=f"c{one}",
                    observed_on="2022-01-01",
                    read_on="2022-02-01",
                    level=f"l{drawn.randrange(levels)}",
                    evidence_ids=f"e{unit}",
                    confidence="high",
                    rationale="So it says.",
                    settled_by="agreement",
                )
    _run(code, "new", str(folder))
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for path in folder.glob("*.csv"):
        names = path.read_text("utf-8").strip().split(",")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows.get(path.stem, []))
    descriptor["study"]["report"]["date"] = "2021-01-01"
    (folder / "datapackage.json").write_text(json.dumps(descriptor, indent=1), encoding="utf-8")


def measure_large(
    line: Callable[..., None], verdict: Callable[..., None], revision: str = ""
) -> None:
    """Time ``report`` and ``verify`` on each size; where a revision is named, on its code too."""
    with tempfile.TemporaryDirectory(prefix="policygap-large-") as name:
        folder = Path(name)
        before = folder / "before"
        if revision:
            _git("worktree", "add", "--detach", str(before), revision)
        try:
            for number, (size, made) in enumerate(SIZES.items()):
                line(size)
                study, output = folder / f"study-{number}", folder / f"output-{number}"
                write_large_study(study, **made)
                new = measured(ROOT, "report", str(study), "--out", str(output))
                verdict("  report: seconds on the clock", new["wall"], SECONDS_GOAL, " s")
                line("  report: seconds of processors", f"{new['cpu']:.1f} s")
                verdict(
                    "  report: most memory, both processes", new["memory"], GIGABYTES_GOAL, " GB"
                )
                again = measured(ROOT, "verify", str(output), str(study))
                line("  verify: memory ÷ report", f"{again['memory'] / new['memory']:.2f}")
                if revision:
                    study = folder / f"study-{number}-before"
                    write_large_study(study, **made, code=before)
                    old = measured(before, "report", str(study), "--out", str(folder / "old"))
                    line(f"  processors ÷ {revision}", f"{new['cpu'] / old['cpu']:.2f}")
                    line(f"  memory ÷ {revision}", f"{new['memory'] / old['memory']:.2f}")
        finally:
            if revision:
                _git("worktree", "remove", "--force", str(before))


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True)


def _command(code: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    settings = {**os.environ, "PYTHONPATH": str(code / "src")}
    return [sys.executable, "-m", "analysis", *arguments], settings


def _run(code: Path, *arguments: str) -> None:
    command, settings = _command(code, *arguments)
    subprocess.run(command, env=settings, check=True, stdout=subprocess.DEVNULL)


def measured(code: Path, *arguments: str) -> dict[str, float]:
    """Run a command; return its seconds, and the most memory that its processes held together.

    On Linux alone: elsewhere no process can be asked what another holds.
    """
    command, settings = _command(code, *arguments)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = time.perf_counter()
    running = subprocess.Popen(command, env=settings, start_new_session=True, **quiet)
    most, spent = 0, {}
    while running.poll() is None and time.perf_counter() - start < _EACH:
        held = 0
        for process, seconds, memory in _session(running.pid):
            spent[process] = seconds
            held += memory
        most = max(most, held)
        time.sleep(0.1)
    if running.poll() is None:
        for process, *_ in _session(running.pid):
            os.kill(process, 9)
        print(f"  (given up after {_EACH} s: {arguments[0]})")
    elif running.returncode:
        print(f"  (ended with {running.returncode}: {arguments[0]})")
    if running.poll() != 0:
        return dict.fromkeys(("wall", "cpu", "memory"), float("nan"))
    wall = time.perf_counter() - start
    return {"wall": wall, "cpu": sum(spent.values()) or float("nan"), "memory": most / 1e9}


def _session(leader: int) -> list[tuple[int, float, int]]:
    """Return each process of a session: its number, its seconds and the bytes that it holds."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[3]) == leader:
            seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            found.append((int(place.parent.name), seconds, memory))
    return found
