"""The command ``verify``: an output held against its manifest, and against its study."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from analysis.publish.manifest import read_manifest
from analysis.publish.verify import DIFFERENT, EXTRA, MISSING, SAME, changes_since, kept, rebuilt
from analysis.wording import agreeing, some_of

_SINCE = {DIFFERENT: "changed since it was built", MISSING: "missing", EXTRA: "not of the build"}


def run(output: Path, study: Path, progress: Callable[[], AbstractContextManager[Callable]]) -> int:
    """Say of every file of an output whether it is what its study gives.

    Returns:
        0 where all is the same, byte for byte; else 1.
    """
    held = read_manifest(output)
    since = kept(output, held)
    spoiled = {name: verdict for name, verdict in since.items() if verdict != SAME}
    for name, verdict in spoiled.items():
        print(f"{output / name}: {_SINCE[verdict]}.")
    if not spoiled:
        print(f"Every file of {output} is as it was built ({len(since)} files).")
    reasons = changes_since(study, held)
    print(*reasons, sep="\n", end="\n" if reasons else "")
    sys.stdout.flush()  # a study that is not valid is told of after this
    with progress() as step:
        found = rebuilt(output, study, held, step)
    print(f"Rebuilt from {study}, as of {held.as_of}, known by {held.known_by}:")
    print(*held.scope.stated, sep="\n", end="\n" if held.scope.stated else "")
    for name, verdict in found.items():
        print(f"{verdict:<9}  {name}")
    differing = sum(verdict != SAME for verdict in found.values())
    if differing:
        some = some_of(differing, len(found), "file", "files")
        print(f"{some} {agreeing(differing, 'differs', 'differ')} from what the study gives.")
    elif not spoiled:
        print(f"{output} is what the study gives: {len(found)} files, byte for byte.")
    return 1 if spoiled or differing else 0
