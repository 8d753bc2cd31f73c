"""Ways of signing in through the pages: one-time codes, passkeys by a device in software, the password, and stepping up."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client
from tests import world as worlds
from tests.authenticator import Authenticator
from tests.world import PASSWORD, World

from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Method

BASE = {"portal": "/my/account", "workbench": "/account"}


@pytest.fixture
def world(db: None, settings: object) -> World:
    settings.ROOT_URLCONF, settings.DOOR = "config.urls_workbench", "workbench"
    return worlds.build()


def browser() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})


@pytest.fixture
def client(world: World) -> Client:
    made = browser()
    made.post("/login", {"login": world.logins["clerk"], "password": PASSWORD})
    return made


def text(answer: object) -> str:
    return answer.content.decode()


def bind_totp(client: Client) -> tuple[pyotp.TOTP, list[str], object]:
    page = text(client.get("/account/ways/totp"))
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    made = pyotp.TOTP(secret[1].replace(" ", ""))
    answer = client.post("/account/ways/totp", {"code": made.now(), "again": PASSWORD})
    return made, re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", text(answer)), answer


def sign_in(world: World, client: Client) -> object:
    return client.post("/login", {"login": world.logins["clerk"], "password": PASSWORD, "next": "/help"})


def later(totp: pyotp.TOTP) -> str:
    """The code of the next step: taken, because a clock may be one step off, and not used yet."""
    return totp.at(datetime.now(UTC) + timedelta(seconds=30))


# ── one-time codes ──


def test_one_time_codes_are_bound_by_the_first_code_and_give_ten_recovery_codes(client: Client, world: World):
    _totp, codes, answer = bind_totp(client)
    assert answer.status_code == 200
    assert len(set(codes)) == 10
    assert "还有 10 个恢复码" in text(client.get("/account/ways"))


def test_whoever_has_only_the_open_session_binds_nothing(client: Client):
    page = text(client.get("/account/ways/totp"))
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    answer = client.post("/account/ways/totp", {"code": pyotp.TOTP(secret).now(), "again": "guess"})
    assert answer.status_code == 422
    assert 'href="#id_again"' in text(answer)
    assert "没有绑定" not in text(client.get("/account/ways"))
    assert "绑定动态码" in text(client.get("/account/ways"))


def test_a_wrong_first_code_binds_nothing(client: Client):
    client.get("/account/ways/totp")
    answer = client.post("/account/ways/totp", {"code": "000000x", "again": PASSWORD})
    assert answer.status_code == 422
    assert 'href="#id_code"' in text(answer)


def test_afterwards_a_password_is_followed_by_the_code(client: Client, world: World):
    totp, _codes, _answer = bind_totp(client)
    other = browser()
    assert sign_in(world, other)["Location"] == "/login/code"
    assert other.get("/account").status_code == 302  # not in yet
    assert other.post("/login/code", {"code": later(totp)})["Location"] == "/help"
    assert other.get("/account").status_code == 200


def test_a_code_that_was_used_is_not_taken_again(client: Client, world: World):
    totp, _codes, _answer = bind_totp(client)
    code = later(totp)
    first, second = browser(), browser()
    sign_in(world, first)
    sign_in(world, second)
    assert first.post("/login/code", {"code": code}).status_code == 302
    assert second.post("/login/code", {"code": code}).status_code == 422


def test_a_recovery_code_works_once(client: Client, world: World):
    _totp, codes, _answer = bind_totp(client)
    for expected in (302, 422):
        other = browser()
        sign_in(world, other)
        assert other.post("/login/code", {"code": codes[0].lower()}).status_code == expected
    assert "还有 9 个恢复码" in text(client.get("/account/ways"))


def test_the_second_half_is_nothing_without_the_first(world: World):
    assert browser().post("/login/code", {"code": "123456"})["Location"] == "/login"


def test_guessing_at_codes_is_slowed_over_all_addresses(client: Client, world: World):
    totp, _codes, _answer = bind_totp(client)
    other = browser()
    sign_in(world, other)
    for place in range(5):
        other.post("/login/code", {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{place}")
    answer = other.post("/login/code", {"code": later(totp)}, REMOTE_ADDR="203.0.113.99")
    assert answer.status_code == 403
    assert "稍等" in text(answer)


def test_codes_are_taken_away_by_whoever_showed_more_than_a_password(client: Client, world: World):
    stolen = browser()
    sign_in(world, stolen)  # opened before there were codes
    bind_totp(client)
    assert stolen.post("/account/ways/totp/remove")["Location"].startswith("/stepup?level=strong")
    assert client.post("/account/ways/totp/remove").status_code == 302
    assert queries.ways_of(world.clerk.id).totp_since is None


# ── passkeys ──


def bind_passkey(client: Client, device: Authenticator) -> object:
    options = client.post("/account/ways/passkey/options").json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    form = {"credential": device.create(options), "label": "我的手机", "again": PASSWORD}
    return client.post("/account/ways/passkey", form)


def with_passkey(client: Client, device: Authenticator, **more: str) -> object:
    options = client.post("/login/passkey/options").json()
    assert options.get("allowCredentials", []) == []
    return client.post("/login/passkey", {"credential": device.get(options), **more})


def test_a_passkey_is_bound_and_signs_in_without_a_login(client: Client, world: World):
    device = Authenticator()
    assert bind_passkey(client, device).status_code == 302
    assert "我的手机" in text(client.get("/account/ways"))
    other = browser()
    assert with_passkey(other, device, next="/help")["Location"] == "/help"
    assert "通行密钥" in text(other.get("/account/sessions"))


@pytest.mark.parametrize(
    "device",
    [
        Authenticator(origin="http://evil.example"),
        Authenticator(site="evil.example"),
        Authenticator(verifies=False),
    ],
    ids=["made at another origin", "for another site", "without finger or PIN"],
)
def test_a_passkey_that_is_not_for_us_is_not_bound(client: Client, device: Authenticator):
    assert bind_passkey(client, device).status_code == 403
    assert "我的手机" not in text(client.get("/account/ways"))


@pytest.mark.parametrize("wrong", ["origin", "site", "verifies", "key", "credential"])
def test_a_signature_that_does_not_fit_opens_nothing(client: Client, world: World, wrong: str):
    device = Authenticator()
    bind_passkey(client, device)
    changed = {
        "origin": "http://evil.example",
        "site": "evil.example",
        "verifies": False,
        "key": Authenticator().key,
        "credential": b"x" * 32,
    }[wrong]
    setattr(device, wrong, changed)
    other = browser()
    assert with_passkey(other, device).status_code == 403
    assert other.get("/account").status_code == 302


def test_what_was_signed_once_is_not_taken_again(client: Client, world: World):
    device = Authenticator()
    bind_passkey(client, device)
    other = browser()
    options = other.post("/login/passkey/options").json()
    signed = device.get(options)
    assert other.post("/login/passkey", {"credential": signed}).status_code == 302
    third = browser()
    third.post("/login/passkey/options")
    assert third.post("/login/passkey", {"credential": signed}).status_code == 403


def test_a_copied_passkey_is_noticed_by_its_counter(client: Client, world: World):
    device = Authenticator(counter=7)
    bind_passkey(client, device)
    assert with_passkey(browser(), device).status_code == 302
    device.counter = 3  # a copy that was made before
    assert with_passkey(browser(), device).status_code == 403


@pytest.mark.parametrize(
    "given", ["", "null", "[]", "{}", '{"rawId": 7}', '{"rawId": "x", "response": {}}', "[" * 9000]
)
def test_rubbish_instead_of_a_signature_is_refused_in_words(world: World, given: str):
    client = browser()
    client.post("/login/passkey/options")
    answer = client.post("/login/passkey", {"credential": given})
    assert answer.status_code == 403
    assert "通行密钥" in text(answer)


def test_an_applicants_passkey_opens_no_workbench(client: Client, world: World):
    device = Authenticator()
    options = client.post("/account/ways/passkey/options").json()
    del options
    actions.add_passkey(
        actor=world.applicant,
        credential=device.credential,
        public_key=_cose(device),
        sign_count=0,
        label="x",
        at=datetime.now(UTC),
    )
    assert with_passkey(browser(), device).status_code == 403


def _cose(device: Authenticator) -> bytes:
    import json

    from webauthn.helpers import base64url_to_bytes, parse_attestation_object

    made = json.loads(device.create({"challenge": "eA"}))["response"]["attestationObject"]
    data = parse_attestation_object(base64url_to_bytes(made)).auth_data.attested_credential_data
    assert data is not None
    return data.credential_public_key


def test_the_last_way_in_is_not_taken_away(client: Client, world: World):
    device = Authenticator()
    bind_passkey(client, device)
    account = queries.active_account(world.clerk.id)
    account.set_unusable_password()
    account.save()
    key = queries.ways_of(world.clerk.id).passkeys[0]
    assert client.post(f"/account/ways/passkey/{key.id}/remove").status_code == 409
    assert len(queries.ways_of(world.clerk.id).passkeys) == 1


# ── the password ──


def test_a_changed_password_ends_all_other_sessions(client: Client, world: World):
    other = browser()
    sign_in(world, other)
    form = {"again": PASSWORD, "password": "another long one", "repeated": "another long one"}
    assert client.post("/account/ways/password", form).status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(world, browser()).status_code == 403


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"again": "guess"}, "again"),
        ({"repeated": "different one"}, "repeated"),
        ({"password": "x", "repeated": "x"}, "password"),
    ],
)
def test_a_password_is_changed_only_where_all_fits(client: Client, world: World, changed: dict, at: str):
    form = {"again": PASSWORD, "password": "another long one", "repeated": "another long one", **changed}
    answer = client.post("/account/ways/password", form)
    assert answer.status_code == 422
    assert f'href="#id_{at}"' in text(answer)
    assert sign_in(world, browser()).status_code == 302


def test_a_changed_password_keeps_its_owner_signed_in_with_a_fresh_session(client: Client, world: World):
    form = {"again": PASSWORD, "password": "another long one", "repeated": "another long one"}
    client.post("/account/ways/password", form)
    assert "密码改过了" in text(client.get("/account"))


# ── stepping up ──


def test_a_page_that_needs_more_is_reached_after_the_code(client: Client, world: World):
    stolen = browser()
    sign_in(world, stolen)
    totp, _codes, _answer = bind_totp(client)
    where = "/stepup?level=3&next=/help"
    page = text(stolen.get(where))
    assert "动态码" in page
    answer = stolen.post("/stepup", {"level": "3", "next": "/help", "code": later(totp)})
    assert answer.status_code == 302
    assert stolen.get(where)["Location"] == "/help"


def test_a_passkey_steps_up_and_anothers_does_not(client: Client, world: World):
    waiting = browser()
    sign_in(world, waiting)
    own, others = Authenticator(), Authenticator()
    bind_passkey(client, own)
    reviewer = browser()
    reviewer.post("/login", {"login": world.logins["reviewer"], "password": PASSWORD})
    bind_passkey(reviewer, others)
    for device, reached in ((others, False), (own, True)):
        options = waiting.post("/login/passkey/options").json()
        waiting.post("/stepup/passkey", {"level": "3", "next": "/help", "credential": device.get(options)})
        assert (waiting.get("/stepup?level=3&next=/help").status_code == 302) is reached


def test_what_was_sent_waits_and_is_sent_again_by_one_press(client: Client, world: World):
    waiting = browser()
    sign_in(world, waiting)
    totp, _codes, _answer = bind_totp(client)
    where = waiting.post("/account/ways/totp/remove", {"reason": 'a "quoted" <reason>'})["Location"]
    page = text(waiting.get(where))
    assert "您填的都留着" in page
    waiting.post("/stepup", {"level": "strong", "next": "/account/ways/totp/remove", "code": later(totp)})
    page = text(waiting.get(where))
    assert 'action="/account/ways/totp/remove"' in page
    assert 'value="a &quot;quoted&quot; &lt;reason&gt;"' in page
    assert waiting.post("/account/ways/totp/remove", {"reason": "x"}).status_code == 302
    assert queries.ways_of(world.clerk.id).totp_since is None


def test_whoever_has_only_a_password_is_led_to_a_second_way(client: Client):
    page = text(client.get("/stepup?level=3&next=/help"))
    assert "/account/ways/totp?next=" in page


def test_a_session_that_is_high_enough_is_not_asked(world: World):
    client = browser()
    worlds.enter(client, world.clerk.id, Method.PASSKEY)
    assert client.get("/stepup?level=3&next=/help")["Location"] == "/help"


def test_stepping_up_never_leads_away_from_this_site(world: World):
    client = browser()
    worlds.enter(client, world.clerk.id, Method.PASSKEY)
    assert client.get("/stepup?level=3&next=//evil.example")["Location"] == "/account"
