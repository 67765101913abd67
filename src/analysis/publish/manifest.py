"""The manifest: what went in and what came out, by hash."""

import hashlib
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from analysis.measure.results import Results

_PACKAGES = (
    "jinja2",
    "krippendorff",
    "lxml",
    "matplotlib",
    "numpy",
    "openpyxl",
    "pandas",
    "policygap",
    "pydantic",
    "python-docx",
    "typst",
)


def manifest(results: Results, inputs: Path, outputs: Path) -> dict:
    """Return the manifest of a build.

    Two builds of the same study agree on all of it but ``environment`` and ``git``, which tell
    where it was built.

    Args:
        results: what was built from.
        inputs: the study's folder.
        outputs: the folder of everything built so far.
    """
    study = results.study
    return {
        "study": study.descriptor.name,
        "version": study.descriptor.version,
        "status": study.settings.status,
        "as_of": results.matrix.as_of.isoformat(),
        "known_by": results.matrix.known_by.isoformat(),
        "placeholders": list(study.descriptor.placeholders),
        "inputs": _hashes(inputs),
        "outputs": _hashes(outputs),
        "environment": {
            "python": platform.python_version(),
            "packages": {name: version(name) for name in _PACKAGES},
        },
        "git": _git(inputs),
    }


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    kept = [path for path in files if not path.name.startswith((".", "~$"))]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in kept
    }


def _git(folder: Path) -> dict[str, str | bool | None]:
    revision = _ask_git(folder, "rev-parse", "HEAD")
    changes = _ask_git(folder, "status", "--porcelain")
    return {"revision": revision, "clean": None if changes is None else changes == ""}


def _ask_git(folder: Path, *question: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *question], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
