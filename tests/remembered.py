"""A study whose files are those of one read before is not read again: that is half of the tests' time.

Everything around it is done as ever: what an interrupted change has left is settled, and whether a
change came in between is looked at.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analysis.problems import Problem
from analysis.study.journal import LOCK
from analysis.study.load import DOCUMENTS, Study

Read = Callable[[Path], tuple[Study | None, list[Problem]]]
KEPT = 12
"""How many studies are remembered; those of the project and of the libraries are asked for always."""


def remembered(read: Read) -> Read:
    """Return a function that reads a study as ``read`` does, and the same files only once."""
    memory = {}

    def read_once(folder: Path) -> tuple[Study | None, list[Problem]]:
        try:
            files = _files(folder)
        except OSError:
            return read(folder)
        study, problems = memory[files] = memory.pop(files, None) or read(folder)
        if len(memory) > KEPT:
            del memory[next(iter(memory))]
        if study is not None:
            # Copies that are made when somebody writes to them.
            tables = {name: frame.copy(deep=False) for name, frame in study.tables.items()}
            study = replace(study, folder=folder, tables=tables)
        return study, [*problems]

    return read_once


def _files(folder: Path) -> tuple[tuple[str, bool, str], ...]:
    """Return what a study is read from: all but its documents, by path, kind and hash."""
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    paths = [one for one in sorted(folder.iterdir()) if one.name not in (DOCUMENTS, LOCK)]
    below = [one for path in paths for one in (path, *path.rglob("*"))]
    return tuple(
        (
            str(one.relative_to(folder)),
            one.is_symlink(),
            hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else "",
        )
        for one in below
    )
