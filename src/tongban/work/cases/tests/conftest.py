"""The world in which case rules are tried (测试世界)."""

import pytest
from tests import world as worlds


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()
