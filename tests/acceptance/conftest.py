"""Whole jobs, with nothing pretended but the model."""

import pytest
from fakes.places import CONFINED, opened

from sandbox.base import Sandbox


@pytest.fixture(params=CONFINED, scope="module")
def confined(request: pytest.FixtureRequest) -> Sandbox:
    """Each backend that really confines and works here."""
    return opened(request.param)
