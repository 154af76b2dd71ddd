"""The small world of hosting, on both databases."""

import pytest
from sqlalchemy.orm import Session

from tests.facilities.hosting.world import World, make_world


@pytest.fixture
def world(records: Session) -> World:
    """One room with one rack, flushed; commit `records` before the app shall see it."""
    return make_world(records)
