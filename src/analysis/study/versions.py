"""Versions of a study: open one, follow ids that changed, and list what was corrected."""

import dataclasses
import io
import re
import subprocess
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from analysis.frames import each_row, records
from analysis.problems import StudyError, refusal, shorten
from analysis.study.load import Study, load


@dataclass(frozen=True)
class Version:
    """A version of a study.

    Attributes:
        name: as it was asked for.
        study: the study, read.
    """

    name: str
    study: Study


def open_version(name: str, folder: Path) -> Version:
    """Open a version of a study.

    Args:
        name: a study's folder, which wins; else a git revision.
        folder: the study's folder in the repository that knows the revision.

    Raises:
        StudyError: there is neither; or the version is not a valid study, each problem's file
            named with its version.
    """
    is_folder = Path(name).is_dir()
    with TemporaryDirectory() as directory:
        path = Path(name) if is_folder else _extract(name, folder, Path(directory) / "revision")
        try:
            study = load(path)
        except StudyError as error:
            place = f"{name.rstrip('/')}/" if is_folder else f"{name}:"
            named = [replace(problem, file=f"{place}{problem.file}") for problem in error.problems]
            raise StudyError(named) from None
    return Version(name, study)


def _extract(revision: str, folder: Path, to: Path) -> Path:
    """Write what a revision holds of a study's folder into a new one; return it."""
    if not folder.is_dir():
        rule = f"it is not a folder, and {shorten(folder, 200)} is not one either, to ask git there"
        raise refusal(revision, rule, "name two folders, or the study with --study")
    revspec = f"{revision}^{{commit}}"
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revspec)
    if commit is None:
        rule = f"it is neither a folder nor a git revision that {shorten(folder, 200)} knows"
        raise refusal(revision, rule, "name a study's folder, or a commit, branch or tag")
    # From inside a folder, git packs that folder alone, its paths counted from there.
    packed = _git(folder, "archive", "--format=tar", commit.decode().strip())
    if packed is None:
        rule = f"the revision does not hold {shorten(folder, 200)}"
        raise refusal(revision, rule, "name a revision that does, or the study with --study")
    to.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if member.isfile() and Path(member.name).name == member.name:
                content = archive.extractfile(member)
                (to / member.name).write_bytes(content.read() if content else b"")
    return to


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git says in a folder; ``None`` where it refuses or is not there."""
    try:
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return done.stdout


_COLUMNS = {
    "units": ("unit_id", "unit_ids", "successor_ids", "among"),
    "criteria": ("criterion_id", "criterion_ids", "node_id", "weights"),
}
"""Columns, of any table, that name units and criteria."""


def changed_ids(old: Study, new: Study, table: str) -> dict[str, str]:
    """Return the ids of one table that changed, each with the id that the other version has.

    It may be either version that declares them: two may be compared the wrong way round.
    """
    backwards = {current: former for former, current in _declared(new, old, table).items()}
    return backwards | _declared(old, new, table)


def _declared(old: Study, new: Study, table: str) -> dict[str, str]:
    """Return the ids of an earlier version that a later one declares, each with its own.

    A row that bears several ids of the earlier version has merged them: it continues none.
    """
    key = _COLUMNS[table][0]
    old_ids, renamed = set(old[table][key]), {}
    for current, former in zip(new[table][key], new[table]["former_ids"], strict=True):
        known = [name for name in former.split(";") if name in old_ids]
        if len(known) == 1 and current not in old_ids:
            renamed[known[0]] = current
    return renamed


def current_ids(study: Study, table: str) -> dict[str, str]:
    """Return the former ids of a study's units or criteria, each with the id of today."""
    rows = each_row(study[table][[_COLUMNS[table][0], "former_ids"]])
    return {former: current for current, ids in rows for former in ids.split(";") if former}


def under_new_ids(old: Study, new: Study) -> tuple[Study, dict[str, str]]:
    """Return an earlier version with the ids of the later one, and the ids that changed."""
    tables, renamed = dict(old.tables), {}
    for kind, columns in _COLUMNS.items():
        changed = changed_ids(old, new, kind)
        renamed |= changed
        for name, frame in tables.items() if changed else ():
            again = {
                column: _renamed(frame[column], changed)
                for column in frame.columns.intersection([*columns])
            }
            tables[name] = frame.assign(**again)
    return dataclasses.replace(old, tables=tables), renamed


def _renamed(texts: pd.Series, changed: dict[str, str]) -> pd.Series:
    """Return texts that name ids, alone, joined by ``;`` or each with a weight, with the new ids."""
    # What stands after an equals sign is a value, and no id.
    an_id = r"(?<![^;])[^;=]+"
    return texts.map(
        lambda text: re.sub(an_id, lambda match: changed.get(match[0]) or match[0], str(text))
    )


def corrections(study: Study) -> list[dict[str, str]]:
    """Return the checked assessments that were replaced since, the latest first; of a draft none."""
    rows = study["assessments_history"]
    rows = rows[(rows["checked_on"] != "") & (not study.settings.is_draft)]
    return records(rows.sort_values("replaced_on", ascending=False, kind="stable"))
