"""The real study copied aside, and plain ways to spoil the copy: tables are lists of texts."""

import contextlib
import copy
import csv
import functools
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from analysis.cli import main
from analysis.study import Problem, validate
from analysis.study.profile import full_descriptor

ROOT = Path(__file__).parents[1]
REAL = ROOT / "data" / "safe-to-share"
DESCRIPTOR = "datapackage.json"


def copy_of_real_study(tmp_path: Path) -> Path:
    """Copy the real study below ``tmp_path``; return the copy's folder."""
    return Path(shutil.copytree(REAL, tmp_path / "study"))


@functools.cache
def problems_of_the_real_study() -> tuple[Problem, ...]:
    """Return what is wrong with the unspoiled study; read once, for the many who ask."""
    return tuple(validate(REAL))


def read_rows(folder: Path, table: str) -> list[list[str]]:
    """Return all rows of a table; the first is the header."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(folder: Path, table: str, rows: list[list[str]]) -> None:
    """Write all rows of a table, every cell quoted, so that any text comes through as it is."""
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)


def find_row(folder: Path, table: str, **cells: str) -> int:
    """Return the first row with these cells, as a spreadsheet counts: the header is row 1."""
    header, *rows = read_rows(folder, table)
    for number, row in enumerate(rows, start=2):
        if dict(zip(header, row, strict=True)).items() >= cells.items():
            return number
    raise LookupError(f"no row of {table} has {cells}")


def cell(folder: Path, table: str, row: int, column: str) -> str:
    """Return the text of one cell."""
    rows = read_rows(folder, table)
    return rows[row - 1][rows[0].index(column)]


def edit_cell(folder: Path, table: str, row: int, column: str, value: str) -> int:
    """Set one cell; return its row."""
    rows = read_rows(folder, table)
    rows[row - 1][rows[0].index(column)] = value
    write_rows(folder, table, rows)
    return row


def append_row(folder: Path, table: str, like: int | None = 2, **cells: str) -> int:
    """Add a row with these cells, the others as in row ``like`` (``None``: empty); return it."""
    rows = read_rows(folder, table)
    others = rows[like - 1] if like else [""] * len(rows[0])
    rows.append([*({**dict(zip(rows[0], others, strict=True)), **cells}).values()])
    write_rows(folder, table, rows)
    return len(rows)


def drop_rows(folder: Path, table: str, **cells: str) -> None:
    """Remove every row with these cells."""
    header, *rows = read_rows(folder, table)
    kept = [row for row in rows if not dict(zip(header, row, strict=True)).items() >= cells.items()]
    write_rows(folder, table, [header, *kept])


def change_bytes(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Rewrite a file, byte for byte, as ``change`` returns it."""
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


def edit_descriptor(folder: Path, change: Callable[[dict], object]) -> None:
    """Change the descriptor in place; its tables are then described whole, as older studies do."""
    path = folder / DESCRIPTOR
    descriptor = whole_descriptor(folder)
    change(descriptor)
    path.write_text(json.dumps(descriptor, indent=1), encoding="utf-8")


def whole_descriptor(folder: Path) -> dict:
    """Return the descriptor with its tables described whole."""
    descriptor = copy.deepcopy(
        full_descriptor(json.loads((folder / DESCRIPTOR).read_text("utf-8")))
    )
    descriptor.pop("profileVersion", None)
    return descriptor


def run(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    """Run the command line as in a folder, and here: a process of its own imports for a second."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([*map(str, arguments)])
        except SystemExit as ended:
            status = ended.code
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def run_process(
    *arguments: object, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess:
    """Run the command line in a process of its own, where it is the process that matters."""
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def mark_checked(folder: Path) -> None:
    """Mark a study checked, with all that this needs made up."""
    edit_descriptor(
        folder,
        lambda one: one["study"].update(status="checked", contact="A. Tester, t@example.org"),
    )
    done = {"checked_by": "A. Tester", "checked_on": "2026-11-24"}
    for table, cells in (("assessments", done), ("evidence", {"extent_read": "whole"})):
        header, *rows = read_rows(folder, table)
        rows = [list((dict(zip(header, row, strict=True)) | cells).values()) for row in rows]
        write_rows(folder, table, [header, *rows])
    units = [row[0] for row in read_rows(folder, "units")[1:]]
    sent = [[unit, "2026-11-01", "2026-11-20"] for unit in units]
    write_rows(folder, "notified", [["unit_id", "sent_on", "reply_by"], *sent])
