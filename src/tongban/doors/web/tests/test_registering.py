"""The pages of registration and proof, as a browser without JavaScript uses them."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.stand_ins import KEY, Registers, standing_in

FORM = {
    "name": "符晓明",
    "id_number": "460106190001010112",
    "phone": "13000000004",
    "login": "fu",
    "password": "a long enough one",
}


@pytest.fixture(autouse=True)
def stand_in(settings: object, db: None) -> Iterator[Registers]:
    settings.ROOT_URLCONF, settings.DOOR = "config.urls_portal", "portal"
    with standing_in() as (registers, address):
        settings.SOURCES_URL = settings.MESSAGES_URL = address
        settings.SOURCES_KEY = KEY
        yield registers


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})


def text(answer: object) -> str:
    return answer.content.decode()


def register(client: Client, **changed: str) -> str:
    answer = client.post("/register", {**FORM, **changed})
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def test_registration_leads_to_the_proofs_with_the_card_already_proven(client: Client):
    page = text(client.get(register(client, next="/my/materials")))
    assert "还差 2 项" in page
    assert "人口基础信息库（模拟）" in page
    assert "460106********0112" in page
    assert "460106190001010112" not in page


def test_what_was_typed_comes_back_but_never_the_password(client: Client):
    answer = client.post("/register", {**FORM, "phone": "1", "password": "geheim"})
    assert answer.status_code == 422
    page = text(answer)
    assert 'value="符晓明"' in page
    assert "有 2 处需要改" in page
    assert "geheim" not in page


def test_a_login_that_is_taken_is_told_at_its_field(client: Client):
    register(client)
    answer = Client(headers={"accept-language": "zh-CN"}).post("/register", FORM)
    assert answer.status_code == 409
    assert "id_login-error" in text(answer)


def test_a_page_that_needs_a_person_asks_for_the_proof_first_and_is_reached_after_it(client: Client):
    register(client)
    assert client.get("/my/materials")["Location"] == "/my/account/proofs?next=/my/materials"
    client.post("/my/account/proofs/bank_card", {"value": "6222000000000041", "next": "/my/materials"})
    answer = client.post(
        "/my/account/proofs/driving_licence", {"value": "460000000004", "next": "/my/materials"}
    )
    assert answer["Location"] == "/my/materials"
    assert "您现在是基本实名" in text(client.get("/my/materials"))


def test_the_telephone_is_proven_with_a_code_that_came_by_message(client: Client, stand_in: Registers):
    register(client)
    page = text(client.get("/my/account/proofs/phone"))
    assert 'value="13000000004"' in page
    sent = client.post("/my/account/proofs/phone", {"value": "13000000004", "send": "1"})
    assert 'name="code"' not in page
    assert 'name="code"' in text(sent)
    code = re.search(r"[0-9]{6}", stand_in.messages[0][2])
    assert code is not None
    wrong = client.post("/my/account/proofs/phone", {"value": "13000000004", "code": "abc", "check": "1"})
    assert wrong.status_code == 422
    assert 'name="code"' in text(wrong)
    right = client.post("/my/account/proofs/phone", {"value": "13000000004", "code": code[0], "check": "1"})
    assert right.status_code == 302
    assert "电信企业实名库" in text(client.get("/my/account/proofs"))


def test_a_source_that_is_away_is_told_in_words_and_what_was_typed_stays(client: Client, settings: object):
    register(client)
    settings.SOURCES_URL = "http://127.0.0.1:1"
    answer = client.post("/my/account/proofs/bank_card", {"value": "6222000000000041"})
    assert answer.status_code == 503
    assert "您填的和已经通过的都还在" in text(answer)
    assert 'value="6222000000000041"' in text(answer)


def test_an_account_is_opened_even_while_the_source_is_away(client: Client, settings: object):
    settings.SOURCES_URL = "http://127.0.0.1:1"
    page = text(client.get(register(client)))
    assert "身份证没有核验通过" in page
    assert "核验身份证" in page


def test_a_wrong_number_is_corrected_on_a_page_of_its_own(client: Client):
    page = text(client.get(register(client, name="符大明")))
    assert "姓名和身份证号码对不上" in page
    form = text(client.get("/my/account/claim"))
    assert 'value="符大明"' in form
    client.post("/my/account/claim", {**FORM, "name": "符晓明"})
    assert "人口基础信息库" in text(client.get("/my/account/proofs"))


@pytest.mark.parametrize("address", ["/my/account/proofs", "/my/account/proofs/phone", "/my/account/claim"])
def test_a_stranger_signs_in_first(client: Client, address: str):
    assert client.get(address)["Location"].startswith("/login?next=")


@pytest.mark.parametrize("kind", ["id_card", "counter", "no", "x" * 300])
def test_what_is_no_proof_of_ones_own_has_no_page(client: Client, kind: str):
    register(client)
    assert client.get(f"/my/account/proofs/{kind}").status_code == 404


@pytest.mark.parametrize("value", ["", "\x00", "长" * 5000, "'; DROP TABLE account; --"])
def test_nonsense_is_answered_at_the_field(client: Client, value: str):
    register(client)
    for kind in ("phone", "bank_card", "social_security"):
        answer = client.post(f"/my/account/proofs/{kind}", {"value": value, "code": value})
        assert answer.status_code in (403, 422), (kind, value)


def test_after_the_proof_one_never_leaves_this_site(client: Client):
    register(client, next="https://evil.example/")
    answer = client.post(
        "/my/account/proofs/bank_card", {"value": "6222000000000041", "next": "//evil.example"}
    )
    assert answer["Location"] == "/my/account/proofs"
