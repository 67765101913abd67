"""What tests share through fixtures, and which of them run where."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import browser as chromium
import office as libreoffice
import pdf_ua
import pytest
from filelock import FileLock
from helpers import REAL
from made import LIBRARY
from made_islands import write_islands
from made_study import write_made_study
from remembered import remembered

from analysis import background
from analysis.cli import main
from analysis.documents.pdf import tesseract_is_installed
from analysis.publish.manifest import read_manifest
from analysis.publish.verify import SAME, kept

loading = sys.modules["analysis.study.load"]
READ = loading._read
NEEDS = {
    "browser": (chromium.available, chromium.MISSING),
    "office": (libreoffice.available, libreoffice.MISSING),
    "tesseract": (tesseract_is_installed, "Tesseract is not installed (tesseract-ocr)"),
    "java": (pdf_ua.available, pdf_ua.MISSING),
}
"""For each marker, whether the program is there that a test with the marker needs."""

LONGEST = [
    "test_validation",
    "test_left_aside",
    "test_accessibility",
    "test_spoiled_workbooks",
    "test_importing",
]
"""The files that take longest, first: a worker takes a whole file, and the last one ends the run."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; skip what needs a missing program, but not in CI."""
    first = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))
    if "CI" in os.environ:
        return
    for item in items:
        for name, (available, missing) in NEEDS.items():
            if item.get_closest_marker(name) and not available():
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session", autouse=True)
def without_a_second_process() -> Iterator[None]:
    """Let a build do all itself: another worker has the other core, and to import takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "_cores", lambda: 1)
        yield


@pytest.fixture(scope="session", autouse=True)
def reading_once() -> Iterator[None]:
    """Read a study only if its files are not those of one that was read before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_read", remembered(READ))
        yield


@pytest.fixture
def reading_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read every study, for a test that changes how one is read."""
    monkeypatch.setattr(loading, "_read", READ)


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays: it looks through it again and again (a tenth)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def office() -> Iterator[libreoffice.Office]:
    """One LibreOffice for all tests that want it; mark them ``needs_office``."""
    with libreoffice.Office() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[chromium.Browser]:
    """One Chromium for the tests of a module; mark them ``needs_browser``."""
    with chromium.Browser() as running:
        yield running


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable], Path]:
    """Give a function that makes a folder by its name, once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def one(name: str, make: Callable[[Path], object]) -> Path:
        path = folder / name
        with FileLock(f"{path}.lock"):
            if not path.exists():
                make(path)
        return path

    return one


def _published(shared: Callable, name: str, study: Path) -> Iterator[Path]:
    def make(out: Path) -> None:
        assert main(["report", str(study), "--out", str(out)]) == 0

    out = shared(name, make)
    yield out
    assert set(kept(out, read_manifest(out)).values()) == {SAME}, (
        "a test wrote into a shared output"
    )


@pytest.fixture(scope="session")
def published(shared) -> Iterator[Path]:
    """Everything that is published of the real study, to be read only."""
    yield from _published(shared, "published", REAL)


@pytest.fixture(scope="session")
def published_library(shared) -> Iterator[Path]:
    """Everything that is published of the study of six made-up libraries, to be read only."""
    yield from _published(shared, "published-library", LIBRARY)


@pytest.fixture(scope="session")
def made_folder(shared) -> Path:
    """The folder of the awkward made-up study, to be read only."""
    return shared("made-study", write_made_study)


@pytest.fixture(scope="session")
def islands_folder(shared) -> Path:
    """The folder of the study in several scripts, with a face for its letters, to be read only."""
    return shared("islands-study", write_islands)


@pytest.fixture(scope="session")
def published_islands(shared, islands_folder) -> Iterator[Path]:
    """Everything that is published of the study in several scripts, to be read only."""
    yield from _published(shared, "published-islands", islands_folder)


@pytest.fixture(scope="session")
def published_made(shared, made_folder) -> Iterator[Path]:
    """Everything that is published of the awkward made-up study, to be read only."""
    yield from _published(shared, "published-made", made_folder)
