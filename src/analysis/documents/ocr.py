"""Pages without a text layer, read by Tesseract where it is installed and asked for.

What a machine reads off a picture is a proposal: the extractor names it, and the pages.
"""

import io
import os
import shutil
import subprocess
from functools import cache
from typing import Any

DOTS_AT_MOST = 12_000
"""Width and height of a picture that is read, in pixels."""
_PER_INCH = 300
_SECONDS = 60


def is_installed() -> bool:
    """Return whether Tesseract is on this machine."""
    return shutil.which("tesseract") is not None


@cache
def version() -> str:
    """Return the name and version of Tesseract, such as "Tesseract 5.3.0"."""
    result = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return "Tesseract " + (result.stdout or result.stderr).split()[1]


def read_page(page: Any) -> str:
    """Return what Tesseract reads on a page of PDFium; empty: nothing, or it gave up."""
    scale = min(_PER_INCH / 72, DOTS_AT_MOST / max(page.get_size()))
    picture = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
    try:
        result = subprocess.run(
            ["tesseract", "stdin", "stdout", "--dpi", str(_PER_INCH)],
            input=picture.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.decode("utf-8", "replace").replace("\f", "\n").strip()
