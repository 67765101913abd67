"""Verification of an output against its manifest, and against a new build of its study."""

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
    public: bool = False,
) -> Manifest | None:
    """Return the manifest of an output if a new build would give the same bytes, else ``None``.

    This is so if the study, the code, the packages and the dates are those of the last build, and
    every file is as that build wrote it.

    Args:
        output: the output folder.
        study: the study's folder.
        as_of: the requested as-of date; ``None`` for the default.
        known_by: the requested knowledge date; ``None`` for the default.
        parts: the names of the requested parts; default: all.
        public: whether to name no unit while the study is a draft.
    """
    try:
        manifest = manifests.read_manifest(output)
    except StudyError:
        return None
    if (study / DECLARED).exists():  # an unfinished change, which the next read completes
        return None
    public &= manifest.status == "draft"
    dates = (as_of or manifest.read_on, known_by or manifest.read_on)
    same = (
        dates == (manifest.as_of, manifest.known_by)
        and in_order(parts, public) == in_order(manifest.parts)
        and manifest.scope == Scope(stated=manifest.scope.stated, public=public)
        and manifest.code == manifests.code()
        and manifest.environment == manifests.environment()
        and manifest.inputs == manifests.input_hashes(study)
        and manifest.outputs == manifests.output_hashes(output)
    )
    return manifest if same else None


def kept(output: Path, manifest: Manifest) -> dict[str, str]:
    """Compare every file of an output with its manifest.

    Returns:
        For each file ``same``, ``different`` (changed since it was built), ``missing`` or
        ``extra`` (not in the manifest).
    """
    return _differences(manifest.outputs, manifests.output_hashes(output))


def changes_since(study: Path, manifest: Manifest) -> list[str]:
    """Return a sentence for each change since the build to the study, the code or the packages."""
    reasons = []
    inputs = _differences(manifest.inputs, manifests.input_hashes(study))
    changed = [f"{name} ({status})" for name, status in inputs.items() if status != SAME]
    if changed:
        reasons.append(f"The study has changed since: {', '.join(changed)}.")
    now = manifests.code()
    if now != manifest.code:
        versions = f"{manifest.code.version} then, {now.version} now"
        reasons.append(f"The code has changed since (version {versions}).")
    then, now = manifest.environment, manifests.environment()
    packages = [
        f"{name} {then.packages.get(name, 'none')} then, {now.packages.get(name, 'none')} now"
        for name in sorted({*then.packages, *now.packages})
        if then.packages.get(name) != now.packages.get(name)
    ]
    if then.python != now.python:
        packages = [f"Python {then.python} then, {now.python} now", *packages]
    if packages:
        reasons.append(f"It was built with other packages: {'; '.join(packages)}.")
    return reasons


def rebuilt(
    output: Path,
    study: Path,
    manifest: Manifest,
    progress: Callable[[str], None] = lambda step: None,
) -> dict[str, str]:
    """Build again from the study at the manifest's dates, and compare the output with that build.

    Returns:
        For each file of either build, ``same``, ``different``, ``missing`` (not in the output) or
        ``extra`` (only in the output). Of the manifests, only the fields that two builds must
        agree on are compared.

    Raises:
        StudyError: the study is not valid.
    """
    # Imported late, so that other checks do not wait for the drawing library to load.
    from analysis.measure.shown import measure_scope
    from analysis.publish.build import build
    from analysis.publish.build_context import BuildContext
    from analysis.study import load

    # In two processes, as in the build itself, so that it needs no more memory than that.
    with (
        tempfile.TemporaryDirectory(prefix="policygap-") as beside,
        background(*IN_BACKGROUND) as executor,
    ):
        again = Path(beside) / "output"
        progress("study")
        dates = (manifest.as_of, manifest.known_by)
        results = measure_scope(load(study), manifest.scope, *dates, progress=progress)
        context = BuildContext(results, executor, manifest.parts)
        build(results, again, progress, context=context, parts=manifest.parts)
        differences = _differences(manifests.output_hashes(again), manifests.output_hashes(output))
        agree = manifest.compared() == manifests.read_manifest(again).compared()
    return {**differences, manifests.FILE: SAME if agree else DIFFERENT}


def _differences(expected: Mapping[str, str], actual: Mapping[str, str]) -> dict[str, str]:
    def verdict(name: str) -> str:
        if name not in actual:
            return MISSING
        if name not in expected:
            return EXTRA
        return SAME if expected[name] == actual[name] else DIFFERENT

    return {name: verdict(name) for name in sorted({*expected, *actual})}
