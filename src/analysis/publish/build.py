"""Build all outputs in a new folder, which then replaces the old one as a whole.

An interrupted build leaves the last output in place. The modules of a part are imported only when
the part is built: importing the modules of all parts takes as long as building a site.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pkgutil import resolve_name

from analysis.measure.bounds import no_progress
from analysis.measure.results import Results
from analysis.problems import refusal
from analysis.publish.build_context import BuildContext
from analysis.publish.files import atomic_replace, write_json
from analysis.publish.manifest import FILE, input_hashes, manifest
from analysis.publish.parts import ORDER, REPORT, in_order


def build(
    results: Results,
    out: Path,
    progress: Callable[[str], None] = no_progress,
    inputs: dict[str, str] | None = None,
    context: BuildContext | None = None,
    parts: Sequence[str] = (),
) -> Path:
    """Build the published outputs into a folder.

    Args:
        results: the measures to publish.
        out: the folder that the build replaces as a whole.
        progress: called with the name of each step before it begins.
        inputs: hashes of the study's files from before it was read
            (:func:`analysis.publish.manifest.input_hashes`); default: those recorded in the study,
            or else those of the files now.
        context: the build context, if background work has started; default: a new one, in a thread.
        parts: the names of the parts to build (:data:`analysis.publish.parts.ORDER`); default: all.

    Returns:
        The path of the report, or of the folder if the report is not built.

    Raises:
        StudyError: the study has changed since ``inputs``, or another build into this folder is
            running.
    """
    study = results.study.folder
    inputs = inputs or results.study.inputs or input_hashes(study)
    _refuse_changed(study, inputs, "it was read")
    with atomic_replace(out, progress) as folder, ThreadPoolExecutor(1) as thread:
        progress("statements")
        parts = in_order(parts)
        context = context or BuildContext(results, thread, parts)
        for name in parts:
            progress(name)
            resolve_name(f"{ORDER[name].module}:write")(context, folder)
        progress("manifest")
        # The hashes in the manifest must be those of the files that were read.
        _refuse_changed(study, inputs, "this build began")
        write_json(folder / FILE, manifest(results, inputs, folder, parts).as_dict())
    return out / REPORT if "report" in parts else out


def _refuse_changed(study: Path, inputs: dict[str, str], since: str) -> None:
    if not study.is_dir():
        rule, remedy = "there is no such folder any longer", "put it back, or read it anew"
    elif input_hashes(study) != inputs:
        rule, remedy = f"the study has changed since {since}", "read it anew, and build again"
    else:
        return
    raise refusal(study, rule, remedy)


def build_data(results: Results, out: Path) -> None:
    """Build only the tables of results, into a folder that they replace as a whole."""
    from analysis.publish.data import write_data

    with atomic_replace(out) as folder:
        folder.rmdir()
        write_data(results, [], folder)
