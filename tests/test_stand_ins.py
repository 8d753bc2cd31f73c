"""Which stand-ins are run, where they are, and what the settings read of outside providers. No database."""

import pytest

from config import ports, stand_ins
from config.settings import read_outside

_NAMES = ("TONGBAN_SOURCES_URL", "TONGBAN_OUTSIDE", "TONGBAN_PUBLIC_URL", "TONGBAN_PORT_PROVIDER")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)


def test_on_ones_own_machine_both_stand_ins_run():
    assert set(stand_ins.in_use()) == {"sources", "provider"}


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("TONGBAN_SOURCES_URL", "https://sources.example", {"provider"}),
        ("TONGBAN_OUTSIDE", "province", {"sources"}),
        ("TONGBAN_PUBLIC_URL", "https://t.example.gov.cn", {"sources"}),
    ],
)
def test_what_is_real_has_no_stand_in_and_nobody_signs_in_as_she_likes_elsewhere(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, left: set[str]
):
    monkeypatch.setenv(name, value)
    assert set(stand_ins.in_use()) == left


def test_another_port_counts_everywhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TONGBAN_PORT_PROVIDER", "8765")
    assert stand_ins.in_use()["provider"] == 8765
    assert ports.address("provider") == "http://127.0.0.1:8765"


def test_providers_are_read_in_their_order_and_their_secrets_are_not(monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "": "province,my-bank",
        "_PROVINCE_NAME": "省身份平台",
        "_PROVINCE_ISSUER": "https://id.example.gov.cn",
        "_PROVINCE_CLIENT": "tongban",
        "_PROVINCE_SECRET_FILE": "/run/secrets/province",
        "_MY_BANK_ISSUER": "https://id.bank.example",
        "_MY_BANK_CLIENT": "t",
        "_MY_BANK_KEY_FILE": "/run/secrets/bank.pem",
    }.items():
        monkeypatch.setenv(f"TONGBAN_OUTSIDE{name}", value)
    province, bank = read_outside()
    assert province == {
        "key": "province",
        "name": "省身份平台",
        "issuer": "https://id.example.gov.cn",
        "client_id": "tongban",
        "method": "client_secret_basic",
        "secret_file": "/run/secrets/province",
    }
    assert (bank["key"], bank["name"], bank["method"], bank["secret_file"]) == (
        "my-bank",
        "my-bank",
        "private_key_jwt",
        "/run/secrets/bank.pem",
    )


def test_without_any_nobody_is_offered_one():
    assert read_outside() == []


def test_a_provider_without_an_issuer_stops_the_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TONGBAN_OUTSIDE", "province")
    with pytest.raises(KeyError, match="TONGBAN_OUTSIDE_PROVINCE_ISSUER"):
        read_outside()
