"""My certificates at the portal: ask, fetch, stop at once, renew; only for oneself, and without a fault whatever is typed."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.pki import keys
from tongban.base.pki.requests import build_request
from tongban.base.pki.tests.judge import accepted, file
from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.people.certificates import actions, queries
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import Algorithm, Delivery
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import PIN, Service
from tongban.people.identity.rules import Method

MINE = "/my/certificates"


@pytest.fixture
def service(world: World, settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(world)


@pytest.fixture
def holder(service: Service) -> Client:
    """The applicant's browser, in a session of level 3."""
    get_user_model().objects.filter(pk=service.holder.id).update(level=3)
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    worlds.enter(client, service.holder.id, Method.PASSWORD, Method.ONE_TIME)
    return client


def press(client: Client, address: str, **typed: str):
    page = client.get(address)
    assert page.status_code == 200, text_of(page)[:300]
    carried = {"key": hidden(page, "key")}
    if 'name="version"' in text_of(page):
        carried["version"] = hidden(page, "version")
    return client.post(address, carried | typed)


def only(service: Service) -> queries.CertificateView:
    found = queries.mine(service.holder, at=service.at)
    assert len(found) == 1
    return found[0]


def test_she_asks_is_approved_sets_a_pin_and_can_sign(service: Service, holder: Client):
    answer = press(holder, f"{MINE}/new", delivery="kept", algorithm="p256")
    asked = only(service)
    assert (answer.status_code, answer["Location"]) == (302, f"{MINE}/{asked.id}")
    assert "待审核" in text_of(holder.get(f"{MINE}/{asked.id}"))
    actions.approve(actor=service.provincial, certificate_id=asked.id, at=service.at)
    page = text_of(holder.get(f"{MINE}/{asked.id}"))
    assert "领取证书" in page
    refused = press(holder, f"{MINE}/{asked.id}/issue", pin="123", again="123")
    assert refused.status_code == 422
    assert "6 到 64 个字符" in text_of(refused)
    assert press(holder, f"{MINE}/{asked.id}/issue", pin=PIN, again=PIN).status_code == 302
    assert only(service).state is CertificateState.ISSUED
    assert actions.unlock(actor=service.holder, certificate_id=asked.id, pin=PIN, at=only(service).not_before)


def test_a_pin_never_comes_back_in_a_page(service: Service, holder: Client):
    certificate_id = service.approved()
    answer = press(holder, f"{MINE}/{certificate_id}/issue", pin="918273645", again="918273646")
    assert answer.status_code == 422
    assert "918273645" not in text_of(answer)


def test_a_file_comes_with_its_passphrase_once(service: Service, holder: Client, tmp_path):
    certificate_id = service.approved(delivery=Delivery.FILE)
    page = press(holder, f"{MINE}/{certificate_id}/issue")
    assert page.status_code == 200
    found = re.search(r"<strong>((?:[A-Z2-9]{4}-){4}[A-Z2-9]{4})</strong>", text_of(page))
    assert found is not None
    taken = holder.post(f"{MINE}/{certificate_id}/take", {"key": hidden(page, "key")})
    assert taken["Content-Type"] == "application/x-pkcs12"
    opened = accepted(
        *("pkcs12", "-nodes", "-in", file(tmp_path, "taken.p12", taken.content)),
        *("-passin", f"pass:{found[1]}"),
    )
    assert "BEGIN PRIVATE KEY" in opened
    again = holder.post(f"{MINE}/{certificate_id}/take", {"key": str(uuid.uuid4())})
    assert again.status_code == 409
    assert found[1] not in text_of(holder.get(f"{MINE}/{certificate_id}"))


def test_she_stops_it_at_once_and_cannot_start_it_again_by_herself(service: Service, holder: Client):
    certificate_id = service.issued()
    assert "密钥丢了，马上冻结" in text_of(holder.get(f"{MINE}/{certificate_id}"))
    assert press(holder, f"{MINE}/{certificate_id}/suspend", because="手机丢了").status_code == 302
    assert only(service).state is CertificateState.SUSPENDED
    answer = holder.post(f"{MINE}/{certificate_id}/resume", {"because": "找到了", "version": "4"})
    assert answer.status_code == 403
    assert "手机丢了" in text_of(holder.get(f"{MINE}/{certificate_id}"))


def test_a_revocation_needs_a_reason_and_keeps_what_was_typed(service: Service, holder: Client):
    certificate_id = service.issued()
    answer = press(holder, f"{MINE}/{certificate_id}/revoke", because="电脑被盗了")
    assert answer.status_code == 422
    assert "电脑被盗了" in text_of(answer)
    assert "不再有权持有" not in text_of(answer)
    done = press(holder, f"{MINE}/{certificate_id}/revoke", because="电脑被盗了", reason="key_compromise")
    assert done.status_code == 302
    assert only(service).state is CertificateState.REVOKED


def test_a_second_press_does_nothing_twice(service: Service, holder: Client):
    page = holder.get(f"{MINE}/new")
    typed = {"key": hidden(page, "key"), "delivery": "kept", "algorithm": "p256"}
    first, second = (holder.post(f"{MINE}/new", typed) for _ in range(2))
    assert first["Location"] == second["Location"]
    only(service)


def test_a_request_of_ones_own_is_taken_and_a_broken_one_is_told_at_its_field(
    service: Service, holder: Client
):
    broken = press(holder, f"{MINE}/new", delivery="request", algorithm="p256", request="随便写写")
    assert broken.status_code == 422
    assert "随便写写" in text_of(broken)
    text = build_request([("CN", "x")], keys.generate(keys.Algorithm.SM2)).pem.decode()
    assert press(holder, f"{MINE}/new", delivery="request", algorithm="sm2", request=text).status_code == 302
    assert only(service).algorithm is Algorithm.SM2


def test_a_session_below_level_three_is_asked_for_more_and_keeps_what_it_typed(
    service: Service, browser: Callable[[Actor | None], Client]
):
    client = browser(service.world.applicant)
    assert "高级实名" in text_of(client.get(f"{MINE}/new"))
    answer = press(client, f"{MINE}/new", delivery="kept", algorithm="p256")
    assert answer["Location"].startswith("/stepup?level=3")
    assert "您填的都留着" in text_of(client.get(answer["Location"]))


def test_a_renewal_is_offered_when_it_ends_soon(service: Service, holder: Client):
    certificate_id = service.issued()
    page = text_of(holder.get(f"{MINE}/{certificate_id}"))
    assert "到期前 60 天内" in page
    assert f"{MINE}/{certificate_id}/renew" not in page


def test_a_stranger_and_nobody_see_nothing_of_it(service: Service, browser: Callable[[Actor | None], Client]):
    certificate_id = service.issued()
    for verb in ("", "/file", "/suspend", "/revoke", "/take", "/issue", "/no_such"):
        address = f"{MINE}/{certificate_id}{verb}"
        for method in ("get", "post"):
            assert getattr(browser(None), method)(address).status_code in (302, 401, 405), address
            assert getattr(browser(service.world.stranger), method)(address).status_code in (404, 405), (
                address
            )
    assert "王秀兰" not in text_of(browser(service.world.stranger).get(MINE))
    assert queries.mine(service.holder, at=service.at)[0].state is CertificateState.ISSUED


GARBAGE = (
    {},
    {"version": "0", "key": "x"},
    {"version": "9" * 400, "key": "\x00" * 90, "because": "长" * 3000, "pin": "\x00", "reason": "\x00"},
    {"delivery": "no", "algorithm": "rsa", "request": "长" * 20_000, "organ": "x"},
)


@pytest.mark.parametrize("typed", GARBAGE)
def test_no_garbage_is_a_fault(service: Service, holder: Client, typed: dict[str, str]):
    ids = [service.issued(), service.approved(delivery=Delivery.FILE), uuid.uuid4()]
    addresses = [f"{MINE}/new"]
    addresses += [
        f"{MINE}/{one}/{verb}"
        for one in ids
        for verb in ("issue", "take", "suspend", "resume", "revoke", "renew", "replace", "approve", "x")
    ]
    for address in addresses:
        assert holder.post(address, typed).status_code < 500, address
        assert holder.get(address).status_code < 500, address


def test_the_certificate_itself_is_handed_out_without_a_key(service: Service, holder: Client):
    answer = holder.get(f"{MINE}/{service.issued()}/file")
    assert answer.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in answer.content
    assert holder.get(f"{MINE}/{service.approved(delivery=Delivery.FILE)}/file").status_code == 404


def test_she_changes_her_pin_knowing_the_present_one(service: Service, holder: Client):
    certificate_id = service.issued()
    address = f"{MINE}/{certificate_id}/pin"
    assert address in text_of(holder.get(f"{MINE}/{certificate_id}"))
    for typed, field in (
        ({"pin": "000111", "new": "918273", "again": "918273"}, "id_pin-error"),
        ({"pin": PIN, "new": "1", "again": "1"}, "id_new-error"),
        ({"pin": PIN, "new": "918273", "again": "918274"}, "id_again-error"),
    ):
        answer = press(holder, address, **typed)
        assert answer.status_code == 422
        assert field in text_of(answer)
        assert "918273" not in text_of(answer)
    assert press(holder, address, pin=PIN, new="918273", again="918273").status_code == 302
    assert "修改证书口令" in text_of(holder.get(f"{MINE}/{certificate_id}"))
