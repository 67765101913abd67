"""Run the notebooks on a study; the same study gives the same bytes."""

import logging
import os
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from analysis.problems import refusal, shorten
from analysis.publish.files import atomic_replace
from analysis.publish.stored_notebooks import NAMES

_CHECKPOINTS = ".ipynb_checkpoints"


def run_notebooks(
    study: Path, out: Path, as_of: str | None = None, progress: Callable[[str], None] = print
) -> list[Path]:
    """Run every notebook on a study, into a folder that they replace as a whole.

    Args:
        study: the folder of a valid study.
        out: a new folder, or a folder that holds only these notebooks.
        as_of: the date of the state, as the user gave it; default: the day the data were read.
        progress: called with the name of the notebook before it is run.

    Raises:
        StudyError: the folder holds something else, or a cell has failed.
    """
    refuse_other_files(out, study)
    with atomic_replace(out, progress) as folder:
        # Relative to a folder beside the output folder, so that the path is always the same.
        path_to_study = Path(
            os.path.relpath(study.resolve(), folder.parent / "notebooks")
        ).as_posix()
        for name in NAMES:
            progress(f"notebook {name}")
            parameters = {"study_folder": path_to_study, **({"as_of": as_of} if as_of else {})}
            _write(folder / name, _executed(name, parameters, folder))
    return [out / name for name in NAMES]


def refuse_other_files(out: Path, study: Path) -> None:
    """Refuse a folder that holds anything but these notebooks, or lies inside the study.

    Raises:
        StudyError: the folder holds something else, or lies inside the study.
    """
    ours = {*NAMES, _CHECKPOINTS}
    others = (
        [] if not out.is_dir() else [path.name for path in out.iterdir() if path.name not in ours]
    )
    rule = ""
    if out.resolve().is_relative_to(study.resolve()):
        rule = "the folder lies inside the study"
    elif (out.exists() and not out.is_dir()) or others:
        rule = "it holds something else, which would be replaced"
    if rule:
        remedy, value = "name a new folder with --out", ", ".join(sorted(others))
        raise refusal(out, rule, remedy, value)


def _executed(name: str, parameters: dict[str, str], folder: Path) -> NotebookNode:
    """Run a notebook with these parameters in a folder, and strip what differs between runs."""
    source = nbformat.reads(_committed(name).read_text("utf-8"), as_version=4)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    draft = folder / f".{name}"
    nbformat.write(source, draft)
    has_parameters = all(
        f'{key} = "{value}"' in _parameters(source) for key, value in parameters.items()
    )
    try:
        made = papermill.execute_notebook(
            draft,
            draft,
            {} if has_parameters else parameters,
            cwd=folder,
            kernel_name="python3",
            progress_bar=False,
            # Hides the kernel's messages about its own connection.
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        last = f"{error.ename}: {error.evalue}"
        rule, remedy = f"a cell failed ({shorten(last, 300)})", "see to it, and run them again"
        raise refusal(name, rule, remedy) from error
    finally:
        draft.unlink(missing_ok=True)
    return stripped(made)


def _committed(name: str) -> Traversable:
    """Return the committed notebook, from the installed package or from the working tree."""
    installed = files("analysis.publish").joinpath("templates", "notebooks", name)
    return installed if installed.is_file() else Path(__file__).parents[3] / "notebooks" / name


def _parameters(notebook: NotebookNode) -> str:
    return "".join(
        cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])
    )


def stripped(notebook: NotebookNode) -> NotebookNode:
    """Remove paths, times and durations from a notebook, and give papermill's cell a fixed id."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.language_info = NotebookNode({"name": "python"})
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
        if "injected-parameters" in tags:
            cell.id = "injected"
    return notebook


def _write(path: Path, notebook: NotebookNode) -> None:
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
