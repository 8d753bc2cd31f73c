"""Public passwords stay on loopback (公开口令只在本机)."""

import pytest

from tongban.demo import seed
from tongban.offers.catalogue import queries as catalogue
from tongban.people.identity import queries as identities


@pytest.mark.parametrize(
    ("address", "rehearsal"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("https://zwfw.hainan.example", False),
        ("http://127.0.0.1.example", False),
        ("http://10.0.0.5:8000", False),
        ("", False),
    ],
)
def test_only_an_installation_on_loopback_gets_the_public_passwords(settings, address: str, rehearsal: bool):
    settings.PUBLIC_URL = address
    assert seed.is_rehearsal() is rehearsal


@pytest.mark.django_db
def test_elsewhere_the_reference_data_goes_in_without_anybody(settings):
    settings.PUBLIC_URL = "https://zwfw.hainan.example"
    told: list[str] = []
    seed.run(told.append)
    assert "没有装入演示账号" in told[-1]
    assert not identities.has_accounts()
    assert catalogue.counts()["editions"] == 17
