"""The manifest of a build: the hashes of its inputs and outputs."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

import analysis
from analysis.problems import refusal, why_no_folder
from analysis.publish.stored_notebooks import BESIDE, stored_notebooks
from analysis.study.load import DOCUMENTS
from analysis.study.scope import OWN, Scope

if TYPE_CHECKING:  # reading a manifest should not import the measures
    from analysis.measure.results import Results

FILE = "manifest.json"
APART = ("environment", "git")
"""Fields that may differ between two builds of one study: the environment and the repository."""

PACKAGES = (
    "contourpy",
    "filelock",
    "fonttools",
    "holidays",
    "jinja2",
    "krippendorff",
    "lxml",
    "markdown-it-py",
    "markupsafe",
    "matplotlib",
    "numpy",
    "openpyxl",
    "pandas",
    "pillow",
    "policygap",
    "pydantic",
    "python-docx",
    "pyyaml",
    "rich",
    "scipy",
    "typst",
)
"""Packages that can affect the output of a build; packages not installed are left out."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Code(_Part):
    """The package's own source: its version, and the hash of all its files."""

    version: str
    sha256: str


class Environment(_Part):
    """The environment of a build: Python, operating system and packages."""

    python: str
    system: str
    packages: dict[str, str]


class Git(_Part):
    """The Git revision of the study's repository, and whether its working tree was clean."""

    revision: str | None
    clean: bool | None


class Manifest(_Part):
    """The inputs and outputs of a build.

    Attributes:
        study: the study's name.
        version: the study's version.
        status: ``draft`` or ``checked``.
        as_of: the date of the state.
        known_by: the knowledge date: only what had been read by this day counts.
        read_on: the day by which everything in the study had been read, the default of both dates.
        placeholders: the settings of the descriptor that are still to be filled in.
        scope: the options that differ from the study's own, such as other weights or fewer units.
        parts: the parts that were built; versions before 0.2 built all parts and name none.
        code: the version and hash of the code that built it.
        inputs: SHA-256 of each file of the study, by its path.
        outputs: SHA-256 of each file of the build but the manifest, by its path.
        environment: the environment of the build.
        git: the state of the study's repository.
    """

    study: str
    version: str
    status: str
    as_of: dt.date
    known_by: dt.date
    read_on: dt.date
    placeholders: tuple[str, ...]
    parts: tuple[str, ...] = ()
    scope: Scope = OWN
    code: Code
    inputs: dict[str, str]
    outputs: dict[str, str]
    environment: Environment
    git: Git

    def as_dict(self) -> dict:
        """Return the manifest for JSON."""
        return self.model_dump(mode="json")

    def compared(self) -> dict:
        """Return the fields that two builds of the same study must agree on."""
        return {name: part for name, part in self.as_dict().items() if name not in APART}


def manifest(
    results: Results, inputs: dict[str, str], outputs: Path, parts: Sequence[str]
) -> Manifest:
    """Return the manifest of a build.

    Args:
        results: the results that were published.
        inputs: see :func:`input_hashes`.
        outputs: the folder of everything built so far.
        parts: the names of the parts that were built.
    """
    study = results.study
    return Manifest(
        study=study.descriptor.name,
        version=study.descriptor.version,
        status=study.settings.status,
        as_of=results.matrix.as_of,
        known_by=results.matrix.known_by,
        read_on=results.read_on,
        placeholders=study.descriptor.placeholders,
        parts=tuple(parts),
        scope=study.scope,
        code=code(),
        inputs=inputs,
        outputs=output_hashes(outputs),
        environment=environment(),
        git=_git(study.folder),
    )


def read_manifest(output: Path) -> Manifest:
    """Read the manifest of an output.

    Raises:
        StudyError: the folder is no output, or its manifest cannot be read as one.
    """
    try:
        return Manifest.model_validate_json((output / FILE).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        rule = f"it has no {FILE}" if output.is_dir() else why_no_folder(output)
        remedy = "name a folder that policygap report built, such as output"
        place = output
    except OSError as error:
        rule, remedy, place = f"it cannot be read ({error.strerror})", "see to it", output / FILE
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        rule = f"it is not the manifest of a build of this version ({where + ': ' if where else ''}{first['msg']})"
        remedy, place = "build again: policygap report --again", output / FILE
    raise refusal(place, rule, remedy)


def input_hashes(study: Path) -> dict[str, str]:
    """Return the SHA-256 of each input file of a study, by its path.

    Hidden files are left out, and so are the documents, which are not on every machine. The stored
    notebooks of the study are included, since the site has pages of them.
    """
    hashes = _hashes(study, lambda name: not name.startswith((".", "~$")))
    own = {name: digest for name, digest in hashes.items() if not name.startswith(f"{DOCUMENTS}/")}
    beside = {
        (BESIDE / path.name).as_posix(): _hash_of_file(path) for path in stored_notebooks(study)
    }
    return own | beside


def output_hashes(output: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of an output but its manifest, by its path.

    Files that other programs leave, such as lock files and folder settings, are ignored.
    """
    junk = (".DS_Store", "Thumbs.db", "desktop.ini")
    hashes = _hashes(
        output, lambda name: name not in junk and not name.startswith(("~$", ".~lock."))
    )
    hashes.pop(FILE, None)
    return hashes


def code() -> Code:
    """Return the version and the hash of this package's own source, including templates."""
    hashes = _hashes(Path(__file__).parents[1], lambda name: not name.endswith((".pyc", ".pyo")))
    lines = "".join(f"{digest} {path}\n" for path, digest in hashes.items())
    return Code(version=analysis.__version__, sha256=_hash(lines.encode()))


def environment() -> Environment:
    """Return the versions of Python and of the packages that affect a build, and the system."""
    return Environment(
        python=platform.python_version(), system=platform.system(), packages=_versions()
    )


def _versions() -> dict[str, str]:
    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return packages


def _hashes(folder: Path, kept) -> dict[str, str]:
    # Sorted as text, so that every system gives the same order.
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if kept(path.name) and path.is_file()
    }
    return {name: _hash_of_file(files[name]) for name in sorted(files)}


def _hash_of_file(path: Path) -> str:
    # Read in chunks, since a file may be larger than the memory.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _git(folder: Path) -> Git:
    revision = _ask_git(folder, "rev-parse", "HEAD")
    changes = _ask_git(folder, "status", "--porcelain")
    return Git(revision=revision, clean=None if changes is None else changes == "")


def _ask_git(folder: Path, *question: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *question], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
