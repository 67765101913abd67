"""The notebooks that were run on a study and lie beside the folder that holds it."""

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
"""The notebooks, in the order in which they are read."""
BESIDE = Path("..", "..", "notebooks")
"""Where they lie, from the study: ``notebooks/`` beside ``data/STUDY/``."""

_STUDY = re.compile(rb'"study_folder = \\"([^"\\]+)\\"')


def stored_notebooks(study: Path) -> list[Path]:
    """Return the notebooks beside a study that were run on it, in order."""
    folder = study.resolve() / BESIDE
    return [folder / name for name in NAMES if _is_of(folder / name, study.resolve())]


def _is_of(notebook: Path, study: Path) -> bool:
    try:
        named = _STUDY.findall(notebook.read_bytes())
    except OSError:
        return False
    if not named:
        return False
    # What was chosen stands after what the notebook has of its own.
    return (notebook.parent / named[-1].decode("utf-8", "replace")).resolve() == study
