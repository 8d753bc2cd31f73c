"""Rules of single sign-on (统一登录规则), without a database."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.people.identity.rules import Level, Method
from tongban.people.signon.rules import devices, requests, tokens
from tongban.people.signon.rules.addresses import address_problem, with_query
from tongban.people.signon.rules.claims import Claim, Known, Scope, claims_of, masked_phone, told
from tongban.people.signon.rules.proofs import challenge_of, ensure_assertion, ensure_verifier, peek
from tongban.people.signon.rules.refusals import ProtocolRefusal
from tongban.people.signon.rules.registration import Flow, as_json, check, from_json, keys_problem, typed
from tongban.people.signon.rules.rights import Right, read_rights
from tongban.people.signon.rules.systems import (
    SYSTEM_MOVES,
    MadeBy,
    SystemState,
    SystemVerb,
    find,
    verbs_from,
)
from tongban.people.signon.tests.filling import FORM, REDIRECT, VERIFIER

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
KEYS = json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "k1"}]})
GOOD = FORM | {"keys": KEYS}
ASKED = {
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": "openid profile",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


def kept(**changes: str):
    found, errors = check(GOOD | changes)
    assert found is not None, errors
    return found


# --- addresses ---


@pytest.mark.parametrize(
    "address",
    ["https://a.example/cb", "https://a.example:8443/cb?x=1", "http://127.0.0.1:9/cb", "http://[::1]/cb"],
)
def test_whole_addresses_may_be_registered(address):
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example/cb",
        "http://localhost/cb",
        "http://127.0.0.1.evil.example/cb",
        "https://a.example/cb#part",
        "https://*.example/cb",
        "https://user@a.example/cb",
        "https://user:pw@a.example/",
        "https:///cb",
        "https://a.example/c b",
        "https://a.example/\ncb",
        "https://a.example\\@evil.example/",
        "https://例.example/",
        "https://a.example:port/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/cb",
        "cb",
        "https://a.example/" + "x" * 400,
    ],
)
def test_a_redirect_address_with_http_fragment_wildcard_or_tricks_is_refused_at_registration(address):
    assert address_problem(address) is not None
    found, errors = check(GOOD | {"redirects": address})
    assert found is None
    assert "redirects" in errors


def test_the_platform_calls_its_own_machine_in_a_rehearsal_only():
    form = GOOD | {"back_channel": "http://127.0.0.1:8001/logout"}
    assert "back_channel" in check(form)[1]
    assert check(form, rehearsal=True)[1] == {}


def test_a_query_is_added_to_what_an_address_has():
    assert with_query("https://a/cb", "x=1") == "https://a/cb?x=1"
    assert with_query("https://a/cb?y=2", "x=1") == "https://a/cb?y=2&x=1"


# --- registration ---


def test_a_registration_is_stored_typed_and_read_back_the_same():
    found = kept(flow_device="on", purpose_identity="核对身份", sector="Tax.Example.gov.cn")
    assert from_json(json.loads(json.dumps(as_json(found)))) == found
    assert check(typed(found))[0] == found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"audience": "all"}, "audience"),
        ({"level": "4"}, "level"),
        ({"signing": "none"}, "signing"),
        ({"signing": "HS256"}, "signing"),
        ({"method": "client_secret_basic"}, "method"),
        ({"keys": ""}, "keys"),
        ({"keys_address": "https://a.example/keys"}, "keys"),
        ({"keys": "not json"}, "keys"),
        ({"redirects": ""}, "redirects"),
        ({"flow_code": "", "flow_refresh": "", "redirects": ""}, "flow_code"),
        ({"method": "none", "keys": "", "flow_system": "on"}, "flow_system"),
        ({"purpose_offline_access": "夜里更新", "flow_refresh": ""}, "purpose_offline_access"),
        ({"purpose_staff": "分派任务"}, "purpose_staff"),
        ({"audience": "staff"}, "purpose_phone"),
        ({"method": "tls_client_auth", "keys": ""}, "certificate_subject"),
        ({"certificate_subject": "CN=x"}, "certificate_subject"),
        ({"sector": "a/b"}, "sector"),
        ({"redirects": "\n".join(f"https://a.example/{n}" for n in range(11))}, "redirects"),
    ],
)
def test_what_cannot_be_registered_is_told_at_its_field(changes, field):
    found, errors = check(GOOD | changes)
    assert found is None
    assert field in errors


@pytest.mark.parametrize(
    "key",
    [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "EC", "d": "x"}, {"kty": "RSA", "p": "x"}, {"kty": "AKP"}],
)
def test_a_secret_or_private_key_is_never_taken(key):
    assert keys_problem(json.dumps({"keys": [key]})) is not None


def test_deep_or_odd_json_for_keys_is_refused_and_no_fault():
    for text in ("[" * 5000, "{}", '{"keys": []}', '{"keys": [1]}', "null", '{"keys": {}}'):
        assert keys_problem(text) is not None


# --- the life of a system ---


def test_what_is_not_in_the_table_cannot_happen():
    assert find(SystemState.RETIRED, SystemVerb.RESUME) is None
    assert find(SystemState.REQUESTED, SystemVerb.SUSPEND) is None
    assert not verbs_from(SystemState.DISCARDED, asked=True)
    assert SystemVerb.APPROVE not in {move.verb for move in verbs_from(SystemState.APPROVED, asked=False)}


def test_every_approval_is_by_a_second_person():
    assert {move.by for move in SYSTEM_MOVES if move.verb is SystemVerb.APPROVE} == {MadeBy.SECOND}


# --- requests ---


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "１２"}, "invalid_request"),
        ({"max_age": "1" * 30}, "invalid_request"),
        ({"claims": "["}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": '{"userinfo": []}'}, "invalid_request"),
        ({"claims": '{"userinfo": [1]}'}, "invalid_request"),
        ({"state": "s" * 2000}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
def test_a_request_that_cannot_be_met_is_told_its_code(changes, code):
    with pytest.raises(ProtocolRefusal) as refused:
        requests.read(ASKED | changes, kept())
    assert refused.value.code == code
    assert refused.value.description.isascii()


def test_the_level_is_the_lowest_named_and_never_below_the_systems_own():
    def level(acr: str, **changes: str) -> Level:
        return requests.read(ASKED | {"acr_values": acr}, kept(**changes)).level

    urn = "urn:tongban:level:"
    assert level("") == Level.UNPROVEN
    assert level(f"{urn}3 {urn}2") == Level.BASIC
    assert level("urn:other:9") == Level.UNPROVEN
    assert level(f"{urn}1", level="3") == Level.ADVANCED


def test_only_registered_claims_are_given_however_they_are_asked():
    wanted = json.dumps(
        {"userinfo": {"phone_number": None, "id_number_masked": None}, "id_token": {"name": None}}
    )
    asked = requests.read(ASKED | {"scope": "openid", "claims": wanted}, kept())
    assert asked.in_answer == {Claim.PHONE}
    assert asked.in_token == {Claim.NAME}
    assert asked.shares() == {"phone_number", "name"}


def test_a_system_without_the_flow_asks_in_vain():
    system = kept(flow_code="", flow_refresh="", redirects="", flow_system="on", after_sign_out="")
    assert Flow.CODE not in system.flows
    with pytest.raises(ProtocolRefusal, match="unauthorized_client"):
        requests.read(ASKED, system)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no finding
@given(
    st.dictionaries(
        st.sampled_from([*ASKED, "claims", "max_age", "prompt", "acr_values"]), st.text(max_size=60)
    )
)
def test_whatever_is_asked_is_read_or_refused(changes):
    try:
        asked = requests.read(ASKED | changes, kept())
    except ProtocolRefusal:
        return
    assert Scope.OPENID in asked.scopes
    assert len(asked.challenge) == 43


# --- proofs ---


def test_the_verifier_of_the_standard_fits_its_challenge_and_no_other():
    verifier, challenge = (
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    )
    ensure_verifier(verifier, challenge)  # RFC 7636, appendix B
    for wrong in (verifier + "x", verifier[:-1], challenge, "", "é" * 43):
        with pytest.raises(ProtocolRefusal, match="invalid_grant"):
            ensure_verifier(wrong, challenge)


@given(st.text(max_size=200))
def test_whatever_is_given_for_a_token_is_read_or_refused(text):
    try:
        header, claims = peek(text)
    except ProtocolRefusal:
        return
    assert isinstance(header, dict)
    assert isinstance(claims, dict)


@pytest.mark.parametrize("value", [True, "1", None, -1, 2**40, 1e400, [], float("nan")])
def test_a_time_that_is_none_is_refused_and_no_fault(value):
    claims = {"iss": "a", "sub": "a", "aud": "x", "exp": value, "jti": "j"}
    with pytest.raises(ProtocolRefusal):
        ensure_assertion(claims, client_id="a", audiences={"x"}, at=AT)


def test_an_assertion_lives_a_quarter_of_an_hour_at_most():
    claims = {"iss": "a", "sub": "a", "aud": "x", "jti": "j"}
    soon = (AT + timedelta(minutes=15)).timestamp()
    assert ensure_assertion(claims | {"exp": soon}, client_id="a", audiences={"x"}, at=AT)
    with pytest.raises(ProtocolRefusal):
        ensure_assertion(claims | {"exp": soon + 1}, client_id="a", audiences={"x"}, at=AT)


# --- claims and tokens ---


def test_only_what_was_asked_is_told_and_a_phone_is_masked_unless_it_was_asked_whole():
    known = Known(name="王秀兰", phone="13800138000", masked_number="460106********1212")
    assert told(claims_of({Scope.OPENID}), known) == {}
    assert told({Claim.PHONE}, known) == {"phone_number": "138****8000"}
    assert told({Claim.PHONE_FULL}, known) == {"phone_number_full": "13800138000"}
    assert told({Claim.POSTS, Claim.NAME}, known) == {"name": "王秀兰"}


@given(st.text(alphabet="0123456789+-", max_size=20))
def test_a_masked_phone_shows_at_most_seven_digits(phone):
    assert sum(char != "*" for char in masked_phone(phone)) <= 7


def test_a_subject_depends_on_the_sector_and_on_the_key():
    account = uuid.uuid4()
    one = tokens.subject_of(b"k", "a.example", account)
    assert one == tokens.subject_of(b"k", "a.example", account)
    assert (
        len(
            {
                one,
                tokens.subject_of(b"k", "b.example", account),
                tokens.subject_of(b"l", "a.example", account),
            }
        )
        == 3
    )


def test_a_logout_token_never_passes_for_an_id_token():
    claims = tokens.logout_claims(issuer="i", client_id="c", subject="s", sid="x", jti="j", at=AT)
    assert "nonce" not in claims
    assert tokens.LOGOUT_EVENT in claims["events"]
    assert claims["exp"] - claims["iat"] <= 120


def test_two_proofs_are_told_as_several_factors():
    assert tokens.amr_of([Method.PASSWORD]) == ["pwd"]
    assert tokens.amr_of([Method.ONE_TIME, Method.PASSWORD]) == ["pwd", "otp", "mfa"]


def test_a_user_code_is_read_however_it_is_typed():
    assert devices.read(" bcdf-ghjk ") == devices.read("BCDF GHJK") == "BCDFGHJK"
    assert devices.shown("BCDFGHJK") == "BCDF-GHJK"
    assert len(devices.ALPHABET) ** devices.LENGTH > 2**34


def test_rights_are_registered_with_a_purpose_for_systems_that_act_in_their_own_name():
    kept, errors = check(GOOD | {"flow_system": "on", "right_cases_read": "叫号"})
    assert errors == {}
    assert kept is not None
    assert kept.rights == {Right.CASES_READ: "叫号"}
    assert from_json(as_json(kept)) == kept
    assert check(typed(kept))[0] == kept
    assert set(check(GOOD | {"right_cases_read": "叫号"})[1]) == {"right_cases_read"}


def test_what_was_approved_before_there_were_rights_has_none():
    kept, _errors = check(GOOD)
    assert kept is not None
    stored = as_json(kept)
    del stored["rights"]
    assert from_json(stored).rights == {}


@pytest.mark.parametrize("scope", ["cases.read openid", "cases.content", "cases.*", "CASES.READ"])
def test_a_right_that_is_not_registered_is_refused(scope: str):
    with pytest.raises(ProtocolRefusal) as refused:
        read_rights(scope, {Right.CASES_READ})
    assert refused.value.code == "invalid_scope"
