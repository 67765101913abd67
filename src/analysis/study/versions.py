"""Versions of a study: open one, map ids that changed, and list corrections."""

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
        name: the folder or revision that was asked for.
        study: the study as it is in that version.
    """

    name: str
    study: Study


def open_version(name: str, folder: Path) -> Version:
    """Open a version of a study.

    Args:
        name: a study's folder; or, if there is no such folder, a git revision.
        folder: the study's folder in the repository that has the revision.

    Raises:
        StudyError: there is neither; or the version is not a valid study. The file of each problem
            is named with the version.
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
    """Write the files of a study's folder at a revision into a new folder; return that folder."""
    if not folder.is_dir():
        rule = f"it is not a folder, and {shorten(folder, 200)} is not one either, to ask git there"
        raise refusal(revision, rule, "name two folders, or the study with --study")
    revspec = f"{revision}^{{commit}}"
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revspec)
    if commit is None:
        rule = f"it is neither a folder nor a git revision that {shorten(folder, 200)} knows"
        raise refusal(revision, rule, "name a study's folder, or a commit, branch or tag")
    # Run inside a folder, git archives that folder only, with paths relative to it.
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
    """Return the output of git in a folder; ``None``: git failed, or is not installed."""
    try:
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return done.stdout


_COLUMNS = {
    "units": ("unit_id", "unit_ids", "successor_ids", "among"),
    "criteria": ("criterion_id", "criterion_ids", "node_id", "weights"),
}
"""Columns of any table that name units, and those that name criteria; the key comes first."""


def changed_ids(old: Study, new: Study, table: str) -> dict[str, str]:
    """Return the ids of a table that changed, each old id with the new one.

    Either version may declare them, since two versions may be compared in either order.
    """
    backwards = {current: former for former, current in _declared(new, old, table).items()}
    return backwards | _declared(old, new, table)


def _declared(old: Study, new: Study, table: str) -> dict[str, str]:
    """Return the ids of an earlier version that a later one declares as former, with the new ids.

    A row with several ids of the earlier version is a merger, and continues none of them.
    """
    key = _COLUMNS[table][0]
    old_ids, renamed = set(old[table][key]), {}
    for current, former in zip(new[table][key], new[table]["former_ids"], strict=True):
        known = [name for name in former.split(";") if name in old_ids]
        if len(known) == 1 and current not in old_ids:
            renamed[known[0]] = current
    return renamed


def current_ids(study: Study, table: str) -> dict[str, str]:
    """Return the former ids of a study's units or criteria, each with the current id."""
    rows = each_row(study[table][[_COLUMNS[table][0], "former_ids"]])
    return {former: current for current, ids in rows for former in ids.split(";") if former}


def under_new_ids(old: Study, new: Study) -> tuple[Study, dict[str, str]]:
    """Return an earlier version under the ids of the later one, and the ids that changed."""
    tables, renamed = dict(old.tables), {}
    for kind, columns in _COLUMNS.items():
        changed = changed_ids(old, new, kind)
        renamed |= changed
        for name, frame in tables.items() if changed else ():
            renamed_columns = {
                column: _renamed(frame[column], changed)
                for column in frame.columns.intersection([*columns])
            }
            tables[name] = frame.assign(**renamed_columns)
    return dataclasses.replace(old, tables=tables), renamed


def _renamed(texts: pd.Series, changed: dict[str, str]) -> pd.Series:
    """Replace ids in texts that hold ids joined by ``;``, each maybe with ``=`` and a weight."""
    # Text after an equals sign is a value, not an id.
    an_id = r"(?<![^;])[^;=]+"
    return texts.map(
        lambda text: re.sub(an_id, lambda match: changed.get(match[0]) or match[0], str(text))
    )


def corrections(study: Study) -> list[dict[str, str]]:
    """Return the checked assessments that were replaced, latest first; none for a draft."""
    rows = study["assessments_history"]
    rows = rows[(rows["checked_on"] != "") & (not study.settings.is_draft)]
    return records(rows.sort_values("replaced_on", ascending=False, kind="stable"))
