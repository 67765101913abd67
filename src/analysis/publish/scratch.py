"""Folders for what is needed for a while."""

import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp


def scratch_folder(owner: object) -> Path:
    """Return a new folder that goes when its owner does, or when the program ends.

    That of the standard library's ``TemporaryDirectory`` does so too, and warns that it was left
    to it: what is made in the background has no block in which a folder could be closed.
    """
    folder = Path(mkdtemp(prefix="policygap-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder
