"""What a provider may say, and what of it counts. No database, no network."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.people.identity.rules.outside import (
    Attempt,
    Endpoints,
    OutsideProvider,
    ProofOfUs,
    Purpose,
    Untrue,
    challenge,
    ensure_answerer,
    read_discovery,
    request_address,
    safe_address,
    subject_of,
)

AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
ISSUER = "https://id.example.gov.cn"
PROVIDER = OutsideProvider("province", "省身份平台", ISSUER, "tongban", ProofOfUs.SECRET, "/nowhere")
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "code_challenge_methods_supported": ["S256"],
    "authorization_response_iss_parameter_supported": True,
}
WHERE = Endpoints(f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks", True)
NONCE = "n-0S6_WzA2Mj"


def claims(**changed: Any) -> dict[str, Any]:
    now = int(AT.timestamp())
    good = {"iss": ISSUER, "sub": "248289", "aud": "tongban", "nonce": NONCE, "iat": now, "exp": now + 300}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def about(**changed: Any) -> str:
    with pytest.raises(Untrue) as refusal:
        subject_of(PROVIDER, claims(**changed), nonce=NONCE, at=AT)
    return refusal.value.about


def test_a_good_token_tells_its_subject_and_what_she_is_called():
    assert subject_of(PROVIDER, claims(nickname="阿明"), nonce=NONCE, at=AT) == ("248289", "阿明")


def test_the_challenge_is_that_of_the_standard():
    # RFC 7636, appendix B
    assert (
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_the_request_asks_for_a_code_bound_to_state_nonce_and_challenge():
    attempt = Attempt(Purpose.SIGN_IN, NONCE, "v" * 64, "/")
    address = request_address(
        PROVIDER, WHERE, attempt, "a state", "https://t.example/login/outside/province/back"
    )
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(WHERE.authorize + "?")
    assert (asked["state"], asked["nonce"]) == (["a state"], [NONCE])
    assert (asked["code_challenge"], asked["code_challenge_method"]) == ([challenge("v" * 64)], ["S256"])
    assert "v" * 64 not in address


@pytest.mark.parametrize("issuer", [ISSUER + "/", "https://id.example.gov.cn.evil.example", "", None, 7])
def test_a_token_of_another_issuer_is_none(issuer: object):
    assert about(iss=issuer) == "token_iss"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": []},
        {"aud": ["tongban", "another"]},
        {"aud": ["tongban", "another"], "azp": "another"},
        {"azp": "another"},
    ],
)
def test_a_token_for_somebody_else_is_none(changed: dict[str, Any]):
    assert about(**changed) == "token_aud"


def test_a_token_for_several_counts_where_it_was_given_to_us():
    several = claims(aud=["another", "tongban"], azp="tongban")
    assert subject_of(PROVIDER, several, nonce=NONCE, at=AT)[0] == "248289"


@pytest.mark.parametrize("nonce", ["another", None, "", NONCE + " ", 7, ["n"]])
def test_a_token_of_another_attempt_is_none(nonce: object):
    assert about(nonce=nonce) == "token_nonce"


def test_a_token_ends_when_it_says_and_a_clock_may_be_a_minute_off():
    end = int(AT.timestamp())
    assert subject_of(PROVIDER, claims(exp=end - 59), nonce=NONCE, at=AT)
    assert about(exp=end - 60) == "token_exp"


@pytest.mark.parametrize("moment", [None, "tomorrow", True, float("nan"), 1e30, [1]])
def test_a_moment_that_is_none_counts_as_nothing(moment: object):
    assert about(exp=moment) == "token_exp"
    assert about(iat=moment) == "token_iat"


@pytest.mark.parametrize("off", [timedelta(minutes=-12), timedelta(minutes=2)])
def test_a_token_made_long_ago_or_still_to_be_made_is_none(off: timedelta):
    assert about(iat=int((AT + off).timestamp())) == "token_iat"


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256, "名字", {"a": 1}])
def test_a_subject_is_a_short_ascii_text(subject: object):
    assert about(sub=subject) == "token_sub"


def test_what_she_is_called_may_be_anything_and_is_cut():
    for label in (None, 7, "", "\x00", "长" * 500, ["a"]):
        subject, said = subject_of(PROVIDER, claims(nickname=label), nonce=NONCE, at=AT)
        assert (subject, len(said) <= 40) == ("248289", True)


_ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=3)
)
_NAMES = st.sampled_from(["iss", "sub", "aud", "azp", "nonce", "iat", "exp", "name"])


@given(st.dictionaries(_NAMES, _ANYTHING))
def test_whatever_a_token_says_it_is_told_apart_or_refused(said: dict[str, Any]):
    try:
        subject_of(PROVIDER, said, nonce=NONCE, at=AT)
    except Untrue:
        return
    raise AssertionError("nothing in it was signed for us")


def test_a_provider_says_of_itself_where_it_is_asked():
    assert read_discovery(ISSUER, DOCUMENT) == WHERE


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": ISSUER + "/"},
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://id.example.gov.cn/token"},
        {"token_endpoint": "http://127.0.0.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"jwks_uri": ["https://id.example.gov.cn/jwks"]},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": "S256"},
    ],
)
def test_a_document_that_leads_astray_counts_as_nothing(changed: dict[str, Any]):
    with pytest.raises(Untrue):
        read_discovery(ISSUER, {**DOCUMENT, **changed})


@pytest.mark.parametrize("told", [None, [], "x", 7])
def test_what_is_no_document_counts_as_nothing(told: object):
    with pytest.raises(Untrue):
        read_discovery(ISSUER, told)


def test_plain_http_is_for_the_loopback_alone():
    assert safe_address("http://127.0.0.1:8008/token", "http://127.0.0.1:8008")
    assert not safe_address("http://127.0.0.1:8008/token", ISSUER)
    assert not safe_address("http://id.example.gov.cn/token", ISSUER)


@pytest.mark.parametrize("iss", ["", "https://evil.example", ISSUER + "/"])
def test_an_answer_by_another_provider_is_none(iss: str):
    with pytest.raises(Untrue):
        ensure_answerer(PROVIDER, WHERE, iss)


def test_a_provider_that_does_not_name_itself_may_stay_silent_but_not_lie():
    silent = Endpoints(WHERE.authorize, WHERE.token, WHERE.keys, False)
    ensure_answerer(PROVIDER, silent, "")
    ensure_answerer(PROVIDER, WHERE, ISSUER)
    with pytest.raises(Untrue):
        ensure_answerer(PROVIDER, silent, "https://evil.example")
