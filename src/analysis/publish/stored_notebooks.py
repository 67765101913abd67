"""The stored notebooks: notebooks that were run on a study and saved in a folder near it."""

import re
from pathlib import Path

NAMES = (
    "01-evidence.ipynb",
    "02-scores.ipynb",
    "03-gaps.ipynb",
    "04-change.ipynb",
    "05-agreement.ipynb",
    "06-sensitivity.ipynb",
)
"""The notebooks, in reading order."""
BESIDE = Path("..", "..", "notebooks")
"""Their folder, relative to the study: ``notebooks/`` beside ``data/``."""

_STUDY = re.compile(rb'"study_folder = \\"([^"\\]+)\\"')


def stored_notebooks(study: Path) -> list[Path]:
    """Return the notebooks beside a study that were run on it, in order."""
    folder = study.resolve() / BESIDE
    return [folder / name for name in NAMES if _is_of(folder / name, study.resolve())]


def _is_of(notebook: Path, study: Path) -> bool:
    try:
        folders = _STUDY.findall(notebook.read_bytes())
    except OSError:
        return False
    if not folders:
        return False
    # The last setting counts: an injected parameter comes after the notebook's own.
    return (notebook.parent / folders[-1].decode("utf-8", "replace")).resolve() == study
