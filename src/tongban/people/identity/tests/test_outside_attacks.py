"""Attacks on coming in by an outside account, one each: the provider, or somebody between, does not do as it must."""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwk
from tests.stand_ins import CLIENT, PROVIDER, Granted, Provider, agree, outside_provider, told

from tongban.base.errors import Forbidden
from tongban.people.identity import actions
from tongban.people.identity.actions import Returned, SourceAway
from tongban.people.identity.models import OutsideAttempt
from tongban.people.identity.providers import outside
from tongban.people.identity.rules.outside import ATTEMPT_LIVES, Purpose

WHO = "a subject"
BROWSER, OTHER = "b" * 43, "o" * 43

pytestmark = pytest.mark.django_db


class Lying(Provider):
    """One that changes what it says of somebody, or how it signs."""

    changed: dict[str, Any]
    signing: Callable[[dict[str, Any]], str] | None = None

    def claims(self, granted: Granted) -> dict[str, Any]:
        return {**super().claims(granted), **self.changed}

    def sign(self, claims: dict[str, Any]) -> str:
        return self.signing(claims) if self.signing else super().sign(claims)


def now() -> datetime:
    return datetime.now(UTC)  # the provider looks at a real clock


@pytest.fixture
def provider(tmp_path: Path, settings: Any) -> Iterator[Lying]:
    made = Lying(CLIENT, {WHO: "阿明", "another": "阿花"})
    made.changed = {}
    outside.forget()
    with outside_provider(made, tmp_path) as named:
        settings.OUTSIDE = [named]
        yield made


def begin(browser: str = BROWSER, key: str = PROVIDER) -> str:
    return actions.begin_outside(
        key=key, purpose=Purpose.SIGN_IN, browser=browser, redirect=CLIENT.redirect, onward="/my", at=now()
    )


def finish(
    answer: dict[str, str], browser: str = BROWSER, at: datetime | None = None, **more: str
) -> Returned:
    given = {"key": PROVIDER, "redirect": CLIENT.redirect} | more
    return actions.finish_outside(told=answer, browser=browser, at=at or now(), **given)


def answered() -> dict[str, str]:
    return told(agree(begin(), WHO))


def refused(answer: dict[str, str], **more: Any) -> str:
    with pytest.raises(Forbidden) as refusal:
        finish(answer, **more)
    return refusal.value.rule


def test_without_an_attack_she_is_told_apart_by_issuer_and_subject(provider: Lying):
    came = finish(answered())
    assert (came.shown.issuer, came.shown.subject, came.shown.label) == (provider.issuer, WHO, "阿明")
    assert (came.purpose, came.onward) == (Purpose.SIGN_IN, "/my")


def test_an_answer_by_another_issuer_is_refused_before_the_code_is_shown_to_anybody(provider: Lying):
    answer = answered() | {"iss": "http://127.0.0.1:1"}
    assert refused(answer) == "identity.outside_iss"
    assert provider.codes, "the code was not redeemed"


def test_an_answer_that_leaves_its_issuer_out_is_refused(provider: Lying):
    answer = answered()
    del answer["iss"]
    assert refused(answer) == "identity.outside_iss"


def test_mix_up_one_provider_cannot_answer_what_another_was_asked(
    provider: Lying, settings: Any, tmp_path: Path
):
    evil = Provider(CLIENT, {WHO: "x"})
    with outside_provider(evil, tmp_path, key="evil") as named:
        settings.OUTSIDE = [*settings.OUTSIDE, named]
        state = told(begin())["state"]
        answer = {"state": state, "code": "stolen", "iss": evil.issuer}
        assert refused(answer, key="evil") == "identity.outside_stale"
        assert refused(answer) == "identity.outside_iss"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"iss": "https://evil.example"}, "identity.outside_token_iss"),
        ({"aud": "another system"}, "identity.outside_token_aud"),
        ({"nonce": "of another attempt"}, "identity.outside_token_nonce"),
        ({"exp": 1_000_000_000}, "identity.outside_token_exp"),
        ({"iat": 1_000_000_000}, "identity.outside_token_iat"),
        ({"sub": ""}, "identity.outside_token_sub"),
    ],
    ids=["wrong issuer", "wrong audience", "wrong nonce", "expired", "made long ago", "nobody"],
)
def test_a_token_that_was_not_made_for_this_attempt_is_refused(
    provider: Lying, changed: dict[str, Any], rule: str
):
    provider.changed = changed
    assert refused(answered()) == rule


def raw(header: dict[str, Any], claims: dict[str, Any], key: bytes = b"") -> str:
    def part(said: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()

    text = f"{part(header)}.{part(claims)}"
    made = hmac.new(key, text.encode(), hashlib.sha256).digest() if key else b""
    return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "", None])
def test_a_token_that_nobody_signed_is_refused(provider: Lying, algorithm: object):
    provider.signing = lambda claims: raw({"alg": algorithm}, claims)
    assert refused(answered()) == "identity.outside_token_alg"


def test_a_token_signed_with_the_public_key_for_a_secret_is_refused(provider: Lying):
    public = provider.keys[0].as_pem(private=False)
    provider.signing = lambda claims: raw(
        {"alg": "HS256", "kid": provider.keys[0].thumbprint()}, claims, public
    )
    assert refused(answered()) == "identity.outside_token_alg"


def test_a_token_signed_with_our_own_secret_is_refused(provider: Lying):
    provider.signing = lambda claims: raw({"alg": "HS256"}, claims, CLIENT.secret.encode())
    assert refused(answered()) == "identity.outside_token_alg"


def test_a_token_signed_with_a_key_that_the_provider_does_not_publish_is_refused(provider: Lying):
    honest = provider.sign
    strange = jwk.RSAKey.generate_key(2048, private=True)

    def signing(claims: dict[str, Any]) -> str:
        published, provider.keys = provider.keys, [strange]
        provider.signing = None
        try:
            return honest(claims)
        finally:
            provider.keys = published

    provider.signing = signing
    assert refused(answered()) == "identity.outside_token_signature"


def test_a_token_that_was_altered_is_refused(provider: Lying):
    def signing(claims: dict[str, Any]) -> str:
        provider.signing = None
        head, _body, signature = provider.sign(claims).split(".")
        return f"{head}.{raw({}, {**claims, 'sub': 'another'}).split('.')[1]}.{signature}"

    provider.signing = signing
    assert refused(answered()) == "identity.outside_token_signature"


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "..", "e30.e30.e30.e30"])
def test_what_is_no_token_is_refused(provider: Lying, token: str):
    provider.signing = lambda _claims: token
    assert refused(answered()).startswith("identity.outside_token")


def test_a_state_works_once(provider: Lying):
    answer = answered()
    finish(answer)
    assert refused(answer) == "identity.outside_stale"


def test_a_code_works_once_even_with_an_attempt_of_its_own(provider: Lying):
    first = answered()
    finish(first)
    second = answered() | {"code": first["code"]}
    assert refused(second) == "identity.outside_code"


def test_a_code_of_another_browsers_attempt_is_refused_by_its_verifier(provider: Lying):
    """Code injection (RFC 9700, 4.5): the code is good, the attempt is good, they are not one another's."""
    stolen = told(agree(begin(OTHER), WHO))
    mine = answered() | {"code": stolen["code"]}
    assert refused(mine) == "identity.outside_code"


@pytest.mark.parametrize("browser", [OTHER, ""])
def test_an_answer_in_another_browser_counts_for_nothing_and_stays_good_in_the_right_one(
    provider: Lying, browser: str
):
    """Somebody is made to open the answer to another's attempt, and would be signed in as that other (RFC 9700, 4.7)."""
    answer = answered()
    assert refused(answer, browser=browser) == "identity.outside_stale"
    assert finish(answer).shown.subject == WHO


def test_a_state_that_nobody_made_is_refused(provider: Lying):
    assert refused(answered() | {"state": "guessed"}) == "identity.outside_stale"
    assert refused({}) == "identity.outside_stale"


def test_an_attempt_ends_after_a_while(provider: Lying):
    answer = answered()
    assert refused(answer, at=now() + ATTEMPT_LIVES) == "identity.outside_stale"
    assert actions.forget_attempts(at=now() + ATTEMPT_LIVES + timedelta(seconds=1)) == 1
    assert not OutsideAttempt.objects.exists()


def test_an_attempt_is_used_up_by_an_answer_that_lies(provider: Lying):
    answer = answered()
    assert refused(answer | {"iss": "https://evil.example"}) == "identity.outside_iss"
    assert refused(answer) == "identity.outside_stale"


def test_whoever_says_no_is_told_so_plainly(provider: Lying):
    assert refused(told(agree(begin(), ""))) == "identity.outside_denied"


def test_keys_may_change_between_two_sign_ins(provider: Lying):
    finish(answered())
    provider.rotate()
    assert finish(answered(), at=now() + timedelta(seconds=31)).shown.subject == WHO


def test_an_attempt_keeps_no_secret_in_the_open(provider: Lying):
    address = begin()
    kept = OutsideAttempt.objects.get()
    whole = bytes(kept.state) + bytes(kept.browser) + bytes(kept.sealed)
    for secret in (told(address)["state"], told(address)["nonce"], BROWSER):
        assert secret.encode() not in whole


def test_a_provider_that_is_away_is_told_plainly_and_nothing_is_begun(provider: Lying, settings: Any):
    settings.OUTSIDE = [settings.OUTSIDE[0] | {"issuer": "http://127.0.0.1:1"}]
    with pytest.raises(SourceAway):
        begin()
    assert not OutsideAttempt.objects.exists()


def test_a_provider_that_drips_its_answer_is_left_after_a_while(
    provider: Lying, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outside, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = threading.Event()
        threading.Thread(target=_drip, args=[listener, gone], daemon=True).start()
        settings.OUTSIDE = [settings.OUTSIDE[0] | {"issuer": f"http://127.0.0.1:{listener.getsockname()[1]}"}]
        began = time.monotonic()
        with pytest.raises(SourceAway):
            begin()
        gone.set()
    assert time.monotonic() - began < 5


def _drip(listener: socket.socket, gone: threading.Event) -> None:
    connection, _ = listener.accept()
    with contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not gone.wait(0.05):
            connection.sendall(b" ")


def test_a_provider_of_another_name_than_asked_is_not_used(provider: Lying, settings: Any):
    settings.OUTSIDE = [settings.OUTSIDE[0] | {"issuer": provider.issuer.replace("127.0.0.1", "localhost")}]
    with pytest.raises(SourceAway):
        begin()


def test_our_own_key_proves_us_instead_of_a_secret(tmp_path: Path, settings: Any):
    key = jwk.ECKey.generate_key("P-256", private=True)
    outside.forget()
    client = type(CLIENT)(CLIENT.client_id, CLIENT.redirect, public=key.as_dict(private=False))
    with outside_provider(Provider(client, {WHO: "阿明"}), tmp_path) as named:
        Path(named["secret_file"]).write_bytes(key.as_pem(private=True))
        settings.OUTSIDE = [named | {"method": "private_key_jwt"}]
        assert finish(answered()).shown.subject == WHO
        Path(named["secret_file"]).write_bytes(
            jwk.ECKey.generate_key("P-256", private=True).as_pem(private=True)
        )
        assert refused(answered()) == "identity.outside_code"


def test_the_provider_asks_nobody_for_a_request_that_is_not_its_clients(provider: Lying):
    """The stand-in is no open redirector and takes no downgrade: what it promises, our own judge can hold it to."""
    good = told(begin())
    for changed in (
        {"redirect_uri": "https://evil.example"},
        {"code_challenge_method": "plain"},
        {"client_id": "x"},
    ):
        with pytest.raises(AssertionError):
            agree(f"{provider.issuer}/authorize?{urlencode(good | changed)}", WHO)
