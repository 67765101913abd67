"""The command ``verify``: an output compared with its manifest, and with its study."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from analysis.problems import refusal, why_no_folder
from analysis.publish.manifest import read_manifest
from analysis.publish.verify import DIFFERENT, EXTRA, MISSING, SAME, changes_since, kept, rebuilt
from analysis.wording import agreeing, some_of

_SINCE = {DIFFERENT: "changed since it was built", MISSING: "missing", EXTRA: "not of the build"}


def run(output: Path, study: Path, progress: Callable[[], AbstractContextManager[Callable]]) -> int:
    """Print for every file of an output whether its study still gives the same file.

    Returns:
        0 if every file is the same, byte for byte; else 1.
    """
    manifest = read_manifest(output)
    since = kept(output, manifest)
    spoiled = {name: verdict for name, verdict in since.items() if verdict != SAME}
    for name, verdict in spoiled.items():
        print(f"{output / name}: {_SINCE[verdict]}.")
    if not spoiled:
        print(f"Every file of {output} is as it was built ({len(since)} files).")
    sys.stdout.flush()  # a study that cannot be read is reported after this
    if not study.is_dir():
        raise refusal(study, why_no_folder(study), "name the study that the output was built from")
    reasons = changes_since(study, manifest)
    print(*reasons, sep="\n", end="\n" if reasons else "", flush=True)
    with progress() as step:
        verdicts = rebuilt(output, study, manifest, step)
    print(f"Rebuilt from {study}, as of {manifest.as_of}, known by {manifest.known_by}:")
    print(*manifest.scope.stated, sep="\n", end="\n" if manifest.scope.stated else "")
    for name, verdict in verdicts.items():
        print(f"{verdict:<9}  {name}")
    differing = sum(verdict != SAME for verdict in verdicts.values())
    if differing:
        differing_files = some_of(differing, len(verdicts), "file", "files")
        print(
            f"{differing_files} {agreeing(differing, 'differs', 'differ')} from what the study gives."
        )
    elif not spoiled:
        print(f"{output} is what the study gives: {len(verdicts)} files, byte for byte.")
    return 1 if spoiled or differing else 0
