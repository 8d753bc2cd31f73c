"""Authorities for the tests."""

from collections.abc import Iterator

import pytest

from tongban.base.pki import sm2
from tongban.base.pki.keys import Algorithm

from .authority import BOTH, Authority, make_authority


@pytest.fixture(scope="session", params=BOTH, ids=str)
def algorithm(request: pytest.FixtureRequest) -> Algorithm:
    return request.param


@pytest.fixture
def authority(algorithm: Algorithm) -> Authority:
    """An authority as it is used, with SM2's default identifier."""
    return make_authority(algorithm)


@pytest.fixture
def judged(algorithm: Algorithm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority for commands of OpenSSL 3.0 that cannot be told SM2's identifier and use the empty one (decision 0018)."""
    if algorithm is Algorithm.SM2:
        monkeypatch.setattr(sm2, "IDENTIFIER", b"")
    return make_authority(algorithm)
