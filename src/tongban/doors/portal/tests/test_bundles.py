"""A bundle at the portal: told, started, filled in once, checked, sent, followed on one page, withdrawn; by her alone."""

import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import bundle as shops
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State

Browser = Callable[[Actor | None], Client]
OFFER = f"/bundles/{shops.CODE}"


@pytest.fixture
def shop(world: World) -> shops.Shop:
    return shops.build(world)


def at_county(client: Client) -> Client:
    client.get(f"/places/{worlds.COUNTY}")
    return client


def test_home_list_and_search_lead_to_a_bundle(world: World, shop: shops.Shop, browser: Browser):
    nobody = browser(None)
    for address in ("/", "/bundles", "/search?q=开饭馆"):
        assert f'href="{OFFER}"' in text_of(nobody.get(address)), address


def test_a_bundle_says_what_it_saves_who_does_it_and_by_when(
    world: World, shop: shops.Shop, browser: Browser
):
    page = text_of(at_county(browser(None)).get(OFFER))
    for text in ("3 项", "分开办要填", "龙华区卫生健康委员会", "省政务服务中心", "平面图", "今天提交，最晚"):
        assert text in page
    assert page.count("经营地址") == 1  # asked once, told once
    assert "登录后开始" in page


def test_where_it_is_not_offered_the_page_leads_to_a_place_where_it_is(
    world: World, shop: shops.Shop, browser: Browser
):
    page = text_of(browser(None).get(OFFER))
    assert f"/places/{worlds.COUNTY}?next={OFFER}" in page
    assert "开始填" not in page


def test_nobody_signs_in_first_and_a_strange_code_is_absent(world: World, shop: shops.Shop, browser: Browser):
    nobody = browser(None)
    answer = nobody.post(OFFER, {"place": worlds.COUNTY})
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={OFFER}")
    assert nobody.get("/bundles/no-such").status_code == 404
    person = browser(world.applicant)
    for place in ("", "x", "460107000000", "999999999999", "\x00" * 12):
        assert person.post(OFFER, {"place": place}).status_code in (404, 409)


def test_from_the_offer_to_the_receipt_each_thing_is_asked_once(
    world: World, shop: shops.Shop, browser: Browser
):
    person = at_county(browser(world.applicant))
    page = person.get(OFFER)
    press = {"key": hidden(page, "key"), "place": hidden(page, "place")}
    first = person.post(OFFER, press)
    assert first.status_code == 302
    assert person.post(OFFER, press)["Location"] == first["Location"]  # the second press
    home = first["Location"].partition("/form/")[0]
    address, asked = first["Location"], []
    while "/form/" in address:
        fields = [key for key in shops.ANSWERS if f'name="f_{key}"' in text_of(person.get(address))]
        asked += fields
        answer = person.post(address, {f"f_{key}": str(shops.ANSWERS[key]) for key in fields})
        assert answer.status_code == 302, text_of(answer)
        address = answer["Location"]
    assert sorted(asked) == sorted(shops.ANSWERS)
    assert address == f"{home}/materials"
    for key in shops.PAPERS:
        sent = {f"m_{key}": SimpleUploadedFile(f"{key}.pdf", worlds.PDF)}
        assert person.post(f"{home}/materials/{key}", sent).status_code == 302
    check = person.get(f"{home}/check")
    assert "一起提交" in text_of(check)
    assert "各机关同时收到" in text_of(check)
    press = {"key": hidden(check, "key"), "version": hidden(check, "version")}
    for _ in range(2):
        sent = person.post(f"{home}/check", press)
        assert (sent.status_code, sent["Location"]) == (302, f"{home}/receipt")
    receipt = text_of(person.get(f"{home}/receipt"))
    assert "YJS" in receipt
    assert "卫生许可" in receipt
    follow = text_of(person.get(home))
    assert "最晚全部出结果" in follow
    assert "最慢的是食品许可" in follow
    assert follow.count("已提交，等待受理") == 3


def test_what_is_missing_is_listed_once_with_the_page_where_it_is_mended(
    world: World, shop: shops.Shop, browser: Browser
):
    ref = shops.started(world)
    person = browser(world.applicant)
    page = text_of(person.get(f"/my/bundles/{ref.id}/check"))
    assert page.count("店名：") == 1
    assert f"/my/bundles/{ref.id}/materials#m_report" in page
    assert "一起提交" not in page
    refused = person.post(f"/my/bundles/{ref.id}/check", {"key": str(uuid.uuid4()), "version": "1"})
    assert refused.status_code in (409, 422)


def test_a_draft_member_leads_to_the_bundle_and_one_card_stands_for_all(
    world: World, shop: shops.Shop, browser: Browser
):
    ref = shops.filled(world)
    person = browser(world.applicant)
    case = queries.bundle(world.applicant, ref.id).members[0].id
    for end in ("", "/form/shop", "/materials", "/check"):
        answer = person.get(f"/my/cases/{case}{end}")
        assert (answer.status_code, answer["Location"]) == (302, f"/my/bundles/{ref.id}")
    mine = text_of(person.get("/my"))
    assert mine.count(f'href="/my/bundles/{ref.id}"') == 1
    assert f"/my/cases/{case}" not in mine


def test_typing_is_kept_and_a_bad_answer_comes_back_with_what_was_typed(
    world: World, shop: shops.Shop, browser: Browser
):
    ref = shops.started(world)
    person = browser(world.applicant)
    page = f"/my/bundles/{ref.id}/form/shop"
    assert person.post(f"{page}/keep", {"f_shop_name": "阿秀饭店"}).status_code == 200
    assert "阿秀饭店" in text_of(person.get(page))
    bad = person.post(page, {"f_shop_name": "长" * 50, "f_address": "滨海大道1号"})
    assert bad.status_code == 422
    assert "长" * 50 in text_of(bad)


def test_what_waits_for_her_shows_on_the_one_page_and_is_mended_on_the_items_own(
    world: World, shop: shops.Shop, browser: Browser
):
    ref = shops.submitted(world)
    case = queries.bundle(world.applicant, ref.id).members[0].id
    demands = [Demand("field:address", "请写到门牌号。")]
    actions.request_supplement(actor=world.clerk, case_id=case, demands=demands, at=worlds.AT)
    person = browser(world.applicant)
    follow = text_of(person.get(f"/my/bundles/{ref.id}"))
    assert "有一项等您补正" in follow
    assert f'href="/my/cases/{case}"' in follow
    page = text_of(person.get(f"/my/cases/{case}"))
    assert f'href="/my/bundles/{ref.id}"' in page
    assert "去补正" in page


def test_what_is_undecided_is_withdrawn_together_after_asking(
    world: World, shop: shops.Shop, browser: Browser
):
    ref = shops.submitted(world)
    person = browser(world.applicant)
    asked = person.get(f"/my/bundles/{ref.id}/withdraw")
    assert "食品许可" in text_of(asked)
    press = {"key": hidden(asked, "key"), "version": hidden(asked, "version")}
    for _ in range(2):
        assert person.post(f"/my/bundles/{ref.id}/withdraw", press).status_code == 302
    members = queries.bundle(world.applicant, ref.id).members
    assert {member.state for member in members} == {State.WITHDRAWN}
    stale = person.post(f"/my/bundles/{ref.id}/withdraw", {"key": str(uuid.uuid4()), "version": "1"})
    assert stale.status_code == 409
    assert "情况有变化" in text_of(stale)


def test_a_draft_is_thrown_away_as_a_whole(world: World, shop: shops.Shop, browser: Browser):
    ref = shops.filled(world)
    person = browser(world.applicant)
    assert "删除这份草稿吗" in text_of(person.get(f"/my/bundles/{ref.id}/discard"))
    assert person.post(f"/my/bundles/{ref.id}/discard").status_code == 302
    assert person.get(f"/my/bundles/{ref.id}").status_code == 404


OF_BUNDLE = ["", "/form/shop", "/form/shop/keep", "/materials", "/materials/report", "/check", "/discard"]
OF_BUNDLE += ["/receipt", "/withdraw"]


@pytest.mark.parametrize("made", [shops.filled, shops.submitted])
def test_only_the_applicant_sees_and_touches_her_bundle(
    world: World, shop: shops.Shop, browser: Browser, made: Callable[[World], actions.BundleRef]
):
    ref = made(world)
    before = queries.bundle(world.applicant, ref.id)
    for end in OF_BUNDLE:
        address = f"/my/bundles/{ref.id}{end}"
        for method in ("get", "post"):
            assert getattr(browser(None), method)(address).status_code in (302, 401, 405), address
            assert getattr(browser(world.clerk), method)(address).status_code in (302, 401, 405), address
            answer = getattr(browser(world.stranger), method)(address)
            assert answer.status_code in (302, 404, 405), address
            assert "阿秀饭店" not in text_of(answer)
            assert answer.status_code != 302 or answer["Location"].startswith(f"/my/bundles/{ref.id}/form")
    assert queries.bundle(world.applicant, ref.id) == before
    assert browser(world.applicant).get(f"/my/bundles/{ref.id}").status_code == 200
