"""The world in which case rules are tried (测试世界)."""

import pytest
from tests import world as worlds


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    """The world opens seven accounts a test; how passwords are kept is proved in identity."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
