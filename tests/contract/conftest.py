"""The schema oracle, once for all tests."""

from __future__ import annotations

import pytest

from tests.contract.oracle import Oracle, the_oracle


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """Return the judge of messages."""
    return the_oracle()
