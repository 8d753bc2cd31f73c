"""The registrars' desk: two persons for each certificate, a record with its history, statistics; nobody else gets in."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor, system
from tongban.base.ledger import actions as ledger
from tongban.base.pki import keys
from tongban.base.pki.requests import build_request
from tongban.people.certificates import actions, queries
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import ProfileKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import PIN, Service
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Role
from tongban.people.parties import queries as parties
from tongban.standards.iso7064 import mod11_2

DESK = "/certificates"
NUMBER = "46010619900101212" + mod11_2("46010619900101212")


@pytest.fixture
def service(world: World, settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(world)


def open_registrar(organ_id: uuid.UUID, login: str) -> Client:
    """A browser in which a registrar of this organ is signed in."""
    owner = system("tests")
    account = identity.open_account(
        actor=owner, login=login, password=worlds.PASSWORD, at=worlds.AT, staff_name=f"登记员{login}"
    )
    identity.appoint(
        actor=owner,
        account_id=account,
        organ_id=organ_id,
        role=Role.REGISTRAR,
        since=worlds.SINCE,
        at=worlds.AT,
    )
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    worlds.enter(client, account)
    return client


@pytest.fixture
def first(service: Service) -> Client:
    return open_registrar(service.world.organ_id, "jia")


@pytest.fixture
def second(service: Service) -> Client:
    return open_registrar(service.world.organ_id, "yi")


def text_of(answer) -> str:
    return answer.content.decode()


def hidden(page, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text_of(page))
    assert found is not None, text_of(page)[:500]
    return found[1]


def press(client: Client, address: str, **typed: str):
    page = client.get(address)
    carried = {"key": hidden(page, "key")}
    if 'name="version"' in text_of(page):
        carried["version"] = hidden(page, "version")
    return client.post(address, carried | typed)


PERSON = {
    "name": "王秀兰",
    "id_number": NUMBER,
    "document": "id_card",
    "document_number": NUMBER,
    "delivery": "kept",
    "algorithm": "p256",
}


def test_one_registers_another_approves_and_the_record_tells_who_did_what(
    service: Service, first: Client, second: Client
):
    registered = press(first, f"{DESK}/new/person", **PERSON)
    assert registered.status_code == 302
    address = registered["Location"]
    page = text_of(first.get(address))
    assert "不能自己审核" in page
    assert f"{address}/approve" not in page
    own = first.post(f"{address}/approve", {"version": "1", "key": str(uuid.uuid4())})
    assert own.status_code == 403
    assert "王秀兰" in text_of(second.get(DESK))
    assert press(second, f"{address}/approve").status_code == 302
    page = text_of(second.get(address))
    for words in ("待领取", "登记员jia", "登记员yi", "窗口登记", "审核通过", NUMBER):
        assert words in page
    assert "王秀兰" not in text_of(second.get(DESK))


def test_a_person_whom_name_and_number_do_not_find_is_told_at_the_field(first: Client):
    for changed in ({"name": "别人"}, {"id_number": "460106199001011234"}, {"id_number": ""}):
        answer = press(first, f"{DESK}/new/person", **PERSON | changed)
        assert answer.status_code == 422
        assert "没有这个人" in text_of(answer)
    unknown = press(first, f"{DESK}/new/person", **PERSON | {"document": "staff_card"})
    assert unknown.status_code == 422


def test_an_official_is_registered_for_the_organ_where_she_works_only(service: Service, first: Client):
    typed = {
        "login": "decider",
        "code": worlds.ORGAN_CODE,
        "document": "staff_card",
        "document_number": "琼A-001",
        "delivery": "kept",
        "algorithm": "p256",
    }
    assert (
        press(first, f"{DESK}/new/official", **typed | {"code": worlds.OTHER_ORGAN_CODE}).status_code == 422
    )
    assert press(first, f"{DESK}/new/official", **typed | {"login": "xiulan"}).status_code == 422
    answer = press(first, f"{DESK}/new/official", **typed)
    found = queries.one(service.provincial, uuid.UUID(answer["Location"].rsplit("/", 1)[1]), at=service.at)
    assert (found.profile, found.name, found.organ_name) == (
        ProfileKind.OFFICIAL,
        "决定人老吴",
        "海口市龙华区卫生健康委员会",
    )


KEEPER = {"keeper_name": "王秀兰", "keeper_number": "460106199001012127"}


def test_a_seal_a_body_and_a_server_bring_their_own_request(service: Service, first: Client):
    request = build_request([("CN", "x")], keys.generate(keys.Algorithm.P256)).pem.decode()
    common = {
        "document": "authorisation",
        "document_number": "授权 2026-1",
        "delivery": "request",
        "algorithm": "p256",
        "request": request,
    }
    for kind, typed in (
        ("seal", {"code": worlds.ORGAN_CODE}),
        ("legal_person", {"name": "海口某某公司", "code": worlds.GOVERNMENT_CODE} | KEEPER),
        ("server", {"name": "海口某某公司", "code": "api.example.com"}),
        ("server", {"name": "随便写的", "code": "api.example.gov.cn", "organ_code": worlds.ORGAN_CODE}),
    ):
        answer = press(first, f"{DESK}/new/{kind}", **common | typed)
        assert answer.status_code == 302, text_of(answer)
        if kind == "legal_person":
            assert "王秀兰" in text_of(first.get(answer["Location"])), "whom it was handed to"
    nobody = common | {"name": "海口某某公司", "code": worlds.GOVERNMENT_CODE}
    for keeper in ({}, KEEPER | {"keeper_name": "李四"}, KEEPER | {"keeper_number": "1"}):
        refused = press(first, f"{DESK}/new/legal_person", **nobody | keeper)
        assert refused.status_code == 422
        assert "没有这个人的账号" in text_of(refused)
    assert press(first, f"{DESK}/new/seal", **common | {"code": "x"}).status_code == 422
    assert (
        press(first, f"{DESK}/new/server", **common | {"name": "甲", "code": "localhost"}).status_code == 422
    )
    unknown = common | {"name": "甲", "code": "api.example.gov.cn", "organ_code": worlds.ORGAN_CODE[::-1]}
    refused = press(first, f"{DESK}/new/server", **unknown)
    assert refused.status_code == 422
    assert "机关名录里没有这个统一社会信用代码" in text_of(refused)
    found = queries.listed(service.first)
    organ = parties.organ_by_code(worlds.ORGAN_CODE)
    assert organ is not None
    # A seal and a server of the organ's own, each under its registered name.
    assert [one.name for one in found if one.organ_name == organ.name] == [organ.name] * 2
    assert len(found) == 4


def test_only_registrars_of_the_place_have_this_desk(service: Service, as_: Callable[[Actor | None], Client]):
    certificate_id = service.issued()
    elsewhere = open_registrar(service.world.other_organ_id, "waixian")
    for path in ("", "/new", "/new/person", "/statistics", "/statistics.csv"):
        assert as_(service.world.clerk).get(DESK + path).status_code == 404, path
        assert as_(None).get(DESK + path).status_code == 302, path
    for path in ("", "/file", "/revoke", "/approve"):
        address = f"{DESK}/{certificate_id}{path}"
        for client in (elsewhere, as_(service.world.clerk)):
            assert client.get(address).status_code == 404, address
            assert client.post(address, {"version": "3"}).status_code in (404, 405), address
    assert "王秀兰" not in text_of(elsewhere.get(f"{DESK}?list=all"))


def test_every_state_has_its_list_and_what_ends_soon_has_one(service: Service, first: Client):
    for state in ("approved", "issued", "suspended", "revoked", "requested"):
        service.in_state(CertificateState(state))
        assert "王秀兰" in text_of(first.get(f"{DESK}?list={state}"))
    assert "王秀兰" in text_of(first.get(f"{DESK}?list=all&name=王秀"))
    assert "没有这样的证书" in text_of(first.get(f"{DESK}?list=all&name=李"))
    assert "没有这样的证书" in text_of(first.get(f"{DESK}?list=soon"))
    for garbage in ("list=x", "before=x", "name=%00", "name=" + "长" * 500, "list=%ff"):
        assert first.get(f"{DESK}?{garbage}").status_code == 200


def test_a_registrar_stops_takes_off_hold_and_revokes(service: Service, first: Client):
    address = f"{DESK}/{service.issued()}"
    for verb, typed in (
        ("suspend", {"because": "公安来函"}),
        ("resume", {"because": "本人到场"}),
        ("revoke", {"because": "调离", "reason": "privilege_withdrawn"}),
    ):
        assert press(first, f"{address}/{verb}", **typed).status_code == 302, verb
    page = text_of(first.get(address))
    for words in ("已吊销", "不再有权持有", "公安来函", "本人到场"):
        assert words in page


def test_a_kept_key_is_fetched_by_its_holder_alone(service: Service, first: Client):
    address = f"{DESK}/{service.approved()}"
    assert "要持有人本人登录" in text_of(first.get(address))
    assert press(first, f"{address}/issue", pin=PIN, again=PIN).status_code == 403


def test_an_official_finds_hers_under_her_account(service: Service, as_: Callable[[Actor | None], Client]):
    decider = service.world.decider
    answer = press(as_(decider), "/account/certificates/new", delivery="kept", algorithm="p256")
    assert answer["Location"].startswith("/stepup?level=3")  # by a password alone she is not proven enough
    high = Actor(kind=decider.kind, id=decider.id, name=decider.name, posts=decider.posts, level=3)
    asked = actions.ask(
        actor=high,
        name=decider.name,
        organ_id=service.world.organ_id,
        algorithm=services.Algorithm.P256,
        delivery=services.Delivery.KEPT,
        at=service.at,
    )
    actions.approve(actor=service.first, certificate_id=asked, at=service.at)
    address = f"/account/certificates/{asked}"
    assert press(as_(decider), f"{address}/issue", pin=PIN, again=PIN).status_code == 302
    assert queries.active_of(account_id=decider.id, at=queries.one(high, asked, at=service.at).not_before)
    assert as_(service.world.clerk).get(address).status_code == 404


def test_statistics_show_a_chart_with_its_table_and_a_file(service: Service, first: Client):
    service.issued()
    service.in_state(CertificateState.REVOKED)
    page = text_of(first.get(f"{DESK}/statistics"))
    assert "<svg" in page
    assert "近十二个月" in page
    answer = first.get(f"{DESK}/statistics.csv")
    content = b"".join(answer.streaming_content).decode()
    assert "个人证书,有效,1" in content
    assert "个人证书,已吊销,1" in content


def test_an_ended_registration_hands_out_its_archive_and_a_living_one_does_not(
    service: Service, first: Client
):
    ended, living = service.in_state(CertificateState.REVOKED), service.issued()
    assert "取出登记档案" in text_of(first.get(f"{DESK}/{ended}"))
    assert "取出登记档案" not in text_of(first.get(f"{DESK}/{living}"))
    ledger.seal(at=service.at)
    answer = first.post(f"{DESK}/{ended}/archive")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert first.post(f"{DESK}/{living}/archive").status_code == 409
    assert first.get(f"{DESK}/{ended}/archive").status_code == 405
    assert first.post(f"{DESK}/{uuid.uuid4()}/archive").status_code == 404


GARBAGE = (
    {},
    {"version": "9" * 400, "key": "\x00" * 90, "because": "长" * 3000, "reason": "\x00"},
    dict.fromkeys(("name", "id_number", "login", "code", "document", "document_number"), "\x00長" * 300),
    PERSON | {"document_number": "\u202e改", "name": "\u202e", "code": "\x00", "request": "\x00"},
)


@pytest.mark.parametrize("typed", GARBAGE)
def test_no_garbage_is_a_fault(service: Service, first: Client, typed: dict[str, str]):
    ids = [service.issued(), service.registered(), uuid.uuid4()]
    addresses = [f"{DESK}/new/{kind}" for kind in (*ProfileKind, "x")]
    addresses += [
        f"{DESK}/{one}/{verb}"
        for one in ids
        for verb in (
            "approve",
            "refuse",
            "issue",
            "take",
            "suspend",
            "resume",
            "revoke",
            "renew",
            "replace",
            "x",
        )
    ]
    for address in addresses:
        assert first.post(address, typed).status_code < 500, address
        assert first.get(address).status_code < 500, address
