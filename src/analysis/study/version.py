"""Open one version of a study: a folder, or what a git revision holds of one."""

import io
import subprocess
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.problems import Problem, StudyError, shorten
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
        raise _refusal(revision, rule, "name two folders, or the study with --study")
    revspec = f"{revision}^{{commit}}"
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revspec)
    if commit is None:
        rule = f"it is neither a folder nor a git revision that {shorten(folder, 200)} knows"
        raise _refusal(revision, rule, "name a study's folder, or a commit, branch or tag")
    # From inside a folder, git packs that folder alone, its paths counted from there.
    packed = _git(folder, "archive", "--format=tar", commit.decode().strip())
    if packed is None:
        rule = f"the revision does not hold {shorten(folder, 200)}"
        raise _refusal(revision, rule, "name a revision that does, or the study with --study")
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


def _refusal(name: str, rule: str, remedy: str) -> StudyError:
    return StudyError([Problem(shorten(name, 200), None, "", "", rule, remedy)])
