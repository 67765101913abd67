"""What tests share through fixtures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser
from helpers import REAL
from office import Office

from analysis.cli import main


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One LibreOffice for all tests that want it; mark them ``needs_office``."""
    with Office() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module; mark them ``needs_browser``."""
    with Browser() as running:
        yield running


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """Everything that is published of the real study, built once, to be read only."""
    out = tmp_path_factory.mktemp("published") / "output"
    assert main(["report", str(REAL), "--out", str(out)]) == 0
    return out
