"""Whether an output is what its manifest says, and what its study gives."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.background import background
from analysis.problems import StudyError
from analysis.publish import manifest as manifests
from analysis.publish.manifest import Manifest
from analysis.publish.parts import IN_BACKGROUND, in_order
from analysis.study.journal import DECLARED
from analysis.study.scope import Scope

SAME, DIFFERENT, MISSING, EXTRA = "same", "different", "missing", "extra"


def unchanged(
    output: Path,
    study: Path,
    as_of: dt.date | None,
    known_by: dt.date | None,
    parts: Sequence[str] = (),
) -> Manifest | None:
    """Return the manifest of an output that a new build would give byte for byte, or ``None``.

    It is so where the study, the code, the packages and the dates are those of the last build,
    and every file is as that build wrote it.

    Args:
        output: the folder built into.
        study: the study's folder.
        as_of: the date of the state that is asked for; ``None``: the default.
        known_by: the knowledge date, likewise.
        parts: the parts that are asked for; none named: all.
    """
    try:
        held = manifests.read_manifest(output)
    except StudyError:
        return None
    if (study / DECLARED).exists():  # a change that the next reading of the study completes
        return None
    dates = (as_of or held.read_on, known_by or held.read_on)
    same = (
        dates == (held.as_of, held.known_by)
        and in_order(parts) == in_order(held.parts)
        and held.scope == Scope(stated=held.scope.stated)
        and held.code == manifests.code()
        and held.environment == manifests.environment()
        and held.inputs == manifests.input_hashes(study)
        and held.outputs == manifests.output_hashes(output)
    )
    return held if same else None


def kept(output: Path, held: Manifest) -> dict[str, str]:
    """Hold every file of an output against its manifest.

    Returns:
        For each file ``same``, ``different`` (changed since it was built), ``missing`` or
        ``extra`` (it is in no manifest).
    """
    return _held_against(held.outputs, manifests.output_hashes(output))


def changes_since(study: Path, held: Manifest) -> list[str]:
    """Say what else than the output has changed since it was built, a sentence for each cause."""
    said = []
    inputs = _held_against(held.inputs, manifests.input_hashes(study))
    changed = [f"{name} ({one})" for name, one in inputs.items() if one != SAME]
    if changed:
        said.append(f"The study has changed since: {', '.join(changed)}.")
    now = manifests.code()
    if now != held.code:
        versions = f"{held.code.version} then, {now.version} now"
        said.append(f"The code has changed since (version {versions}).")
    then, now = held.environment, manifests.environment()
    packages = [
        f"{name} {then.packages.get(name, 'none')} then, {now.packages.get(name, 'none')} now"
        for name in sorted({*then.packages, *now.packages})
        if then.packages.get(name) != now.packages.get(name)
    ]
    if then.python != now.python:
        packages = [f"Python {then.python} then, {now.python} now", *packages]
    if packages:
        said.append(f"It was built with other packages: {'; '.join(packages)}.")
    return said


def rebuilt(
    output: Path, study: Path, held: Manifest, progress: Callable[[str], None] = lambda step: None
) -> dict[str, str]:
    """Build again from the study, at the manifest's dates, and hold the output against that.

    Returns:
        For each file of either, the manifest among them, ``same``, ``different``, ``missing``
        (the study gives it, and the output has it not) or ``extra``. Of the manifests those
        parts are compared that two builds must agree on.

    Raises:
        StudyError: the study is not valid.
    """
    # Late, so that the question whether anything has changed does not wait for the drawing.
    from analysis.measure.shown import measure_scope
    from analysis.publish.build import build
    from analysis.publish.tasks import Tasks
    from analysis.study import load

    # In two processes, as the build itself: together they take no more room than it did.
    with (
        tempfile.TemporaryDirectory(prefix="policygap-") as beside,
        background(*IN_BACKGROUND) as executor,
    ):
        again = Path(beside) / "output"
        progress("study")
        dates = (held.as_of, held.known_by)
        results = measure_scope(load(study), held.scope, *dates, progress=progress)
        tasks = Tasks(results, executor, held.parts)
        build(results, again, progress, tasks=tasks, parts=held.parts)
        found = _held_against(manifests.output_hashes(again), manifests.output_hashes(output))
        agree = held.compared() == manifests.read_manifest(again).compared()
    return {**found, manifests.FILE: SAME if agree else DIFFERENT}


def _held_against(wanted: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    def verdict(name: str) -> str:
        if name not in found:
            return MISSING
        if name not in wanted:
            return EXTRA
        return SAME if wanted[name] == found[name] else DIFFERENT

    return {name: verdict(name) for name in sorted({*wanted, *found})}
