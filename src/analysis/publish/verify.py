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
    public: bool = False,
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
        public: whether, while the study is a draft, no unit is to be named.
    """
    try:
        manifest = manifests.read_manifest(output)
    except StudyError:
        return None
    if (study / DECLARED).exists():  # a change that the next reading of the study completes
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
    """Hold every file of an output against its manifest.

    Returns:
        For each file ``same``, ``different`` (changed since it was built), ``missing`` or
        ``extra`` (it is in no manifest).
    """
    return _differences(manifest.outputs, manifests.output_hashes(output))


def changes_since(study: Path, manifest: Manifest) -> list[str]:
    """Say what else than the output has changed since it was built, a sentence for each cause."""
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
    from analysis.publish.build_context import BuildContext
    from analysis.study import load

    # In two processes, as the build itself: together they take no more room than it did.
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
