"""What tests share through fixtures."""

from collections.abc import Iterator

import pytest
from office import Office


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One LibreOffice for all tests that want it; mark them ``needs_office``."""
    with Office() as running:
        yield running
