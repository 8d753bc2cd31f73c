"""The pages on which a clerk says who stands there, and registers a company; what they ask next, and what they keep."""

import io
from collections.abc import Iterator

import pytest
from tests import mandating
from tests import world as worlds
from tests.mandating import COMPANY, Firm
from tests.stand_ins import Registers

from tongban.doors.workbench.door import day_of, now
from tongban.doors.workbench.tests.test_counter import CHANNELS, ITEMS, answers, page_of, paper
from tongban.people.mandates import actions as mandates
from tongban.people.mandates import queries as mandated
from tongban.people.mandates.queries import MandateView
from tongban.people.parties import queries as parties
from tongban.standards import credit_code
from tongban.work.cases import queries

BOSS = {"present_name": "李明", "present_number": mandating.number(mandating.REPRESENTATIVE)}
AGENT = {"present_name": "周洋", "present_number": mandating.number(mandating.AGENT)}


@pytest.fixture
def firm(world, settings) -> Iterator[Firm]:
    worlds.publish_edition(world.editor, world.item_id, starts_on=world.at.date(), channels=CHANNELS)
    with mandating.standing_in_for(settings) as known:
        assert isinstance(known, Registers)
        yield mandating.build(world)


def typed(firm: Firm, **changed: object) -> dict[str, object]:
    return {
        "item": firm.world.item_code,
        "name": COMPANY,
        "id_number": mandating.CODE,
        "present": "other",
        "present_seen": "id_card",
    } | changed


def scan() -> io.BytesIO:
    found = io.BytesIO(worlds.PDF)
    found.name = "委托书.pdf"
    return found


def on_paper(**changed: object) -> dict[str, object]:
    return {
        "mandate": "paper",
        "paper_shown": "1",
        "acts": ["apply", "supplement"],
        "since": "2026-11-25",
        "last": "2099-01-01",
        "paper_seen": "授权委托书、营业执照",
        "scan": scan(),
    } | changed


def test_for_a_company_the_page_asks_who_stands_there_and_then_by_which_mandate(firm: Firm, as_):
    clerk = as_(firm.world.other_clerk)
    alone = clerk.post(ITEMS, typed(firm, present="self"))
    assert alone.status_code == 422
    assert "法人要由到场的人凭授权来" in alone.content.decode()
    asked = clerk.post(ITEMS, typed(firm, **BOSS))
    page = asked.content.decode()
    assert asked.status_code == 200
    number = mandated.received(firm.representative)[0].number
    assert f"法定代表人，授权编号 {number}" in page
    assert f'value="{BOSS["present_number"]}"' in page
    assert not queries.of_counter(firm.world.other_clerk)
    begun = clerk.post(ITEMS, typed(firm, **BOSS, mandate=number))
    assert begun.status_code == 302
    (row,) = queries.of_counter(firm.world.other_clerk)
    there = queries.presence(queries.one(firm.world.other_clerk, row.id), day_of(now()))
    assert there.mandate.number == number


def test_without_a_mandate_in_force_the_paper_is_recorded_on_the_same_page(firm: Firm, as_):
    clerk = as_(firm.world.other_clerk)
    page = clerk.post(ITEMS, typed(firm, **AGENT))
    assert page.status_code == 200
    assert "没有查到这两个人之间有效的授权" in page.content.decode()
    shown = page.content.decode()
    assert 'name="paper_seen"' in shown
    assert f'value="{_today()}"' in shown, "the paper begins with today and the usual acts"
    assert shown.count(" checked") >= 3
    assert 'value="parent"' not in shown, "a company has no parents"
    lacking = clerk.post(ITEMS, typed(firm, **AGENT, **on_paper(paper_seen="", last="2027-02-01")))
    assert lacking.status_code == 422
    assert "请写明看了哪些原件" in lacking.content.decode()
    assert not mandated.received(firm.agent)
    begun = clerk.post(ITEMS, typed(firm, **AGENT, **on_paper(since=_today(), last=_today())))
    assert begun.status_code == 302, begun.content.decode()
    assert paper_of(firm).seen == "授权委托书、营业执照"


def _today() -> str:
    return day_of(now()).isoformat()


def paper_of(firm: Firm) -> MandateView:
    """The mandate that was recorded from paper."""
    (found,) = mandated.received(firm.agent)
    return found


def test_a_mandate_that_was_withdrawn_meanwhile_stops_the_page_and_another_person_may_be_named(
    firm: Firm, as_
):
    clerk = as_(firm.world.other_clerk)
    begun = clerk.post(ITEMS, typed(firm, **AGENT, **on_paper(since=_today(), last=_today())))
    base = begun["Location"].removesuffix("/form")
    clerk.post(f"{base}/form", answers())
    for key in ("report", "lease"):
        clerk.post(f"{base}/materials/{key}", {f"m_{key}": paper(), "checked": "on"})
    page = page_of(clerk, f"{base}/check")
    assert f"周洋 代 {COMPANY}" in page
    agent = paper_of(firm)
    mandates.withdraw(actor=firm.for_firm, mandate_id=agent.id, at=worlds.AT)
    case = queries.of_counter(firm.world.other_clerk)[0]
    sent = {
        "submit": "1",
        "version": str(queries.one(firm.world.other_clerk, case.id).version),
        "key": "key-00001",
    }
    refused = clerk.post(f"{base}/check", sent)
    assert refused.status_code == 403
    assert "已经收回" in refused.content.decode()
    assert f"{base}/present" in refused.content.decode()
    number = mandated.received(firm.representative)[0].number
    asked = clerk.post(f"{base}/present", {"present_seen": "id_card", **BOSS})
    assert asked.status_code == 200
    assert number in asked.content.decode()
    named = clerk.post(f"{base}/present", {"present_seen": "id_card", **BOSS, "mandate": number})
    assert named["Location"] == f"{base}/check"
    assert clerk.post(f"{base}/check", sent | {"key": "key-00002"})["Location"] == f"{base}/receipt"
    shown = page_of(clerk, f"/cases/{case.id}")
    assert f"李明 代 {COMPANY}（授权编号 {number}）" in shown


def test_only_the_counter_sees_the_page_of_who_stands_there(firm: Firm, as_):
    world = firm.world
    number = mandated.received(firm.representative)[0].number
    begun = as_(world.other_clerk).post(ITEMS, typed(firm, **BOSS, mandate=number))
    address = begun["Location"].removesuffix("/form") + "/present"
    assert "谁到窗口来" in page_of(as_(world.other_clerk), address)
    for who in (world.clerk, world.decider):
        assert as_(who).get(address).status_code == 404


COMPANY_TYPED = {
    "name": "海南第三演示有限公司",
    "code": credit_code.make("91460100MA5T1235X"),
    "kind": "enterprise",
    "phone": "0898-66660001",
    "representative_name": "李明",
    "representative_number": mandating.number(mandating.REPRESENTATIVE),
    "seen": "营业执照副本、身份证",
}


def test_a_company_is_registered_for_its_representative_who_stands_there(firm: Firm, as_):
    clerk = as_(firm.world.clerk)
    assert "/counter/companies" in page_of(clerk, "/counter")
    assert "法定代表人的姓名" in page_of(clerk, "/counter/companies")
    wrong = clerk.post("/counter/companies", COMPANY_TYPED | {"seen": "", "representative_name": "李"})
    assert wrong.status_code == 422
    assert COMPANY_TYPED["name"] in wrong.content.decode()
    assert clerk.post("/counter/companies", COMPANY_TYPED).status_code == 302
    found = parties.legal_by_code(COMPANY_TYPED["code"])
    assert found.name == COMPANY_TYPED["name"]
    mandate = next(one for one in mandated.received(firm.representative) if one.giver_id == found.id)
    assert (mandate.kind, mandate.seen) == ("representative", "营业执照副本、身份证")
    assert mandate.counter_name == "海口市龙华区卫生健康委员会"
    again = clerk.post("/counter/companies", COMPANY_TYPED)
    assert again.status_code == 409
    assert "已经登记过" in again.content.decode()


def test_a_representative_who_is_new_is_registered_on_the_spot(firm: Firm, as_):
    new = {
        "representative_name": "吴新来",
        "representative_number": mandating.number("46010619800101231"),
    }
    clerk = as_(firm.world.clerk)
    assert clerk.post("/counter/companies", COMPANY_TYPED | new).status_code == 422
    bad = clerk.post("/counter/companies", COMPANY_TYPED | new | {"representative_phone": "12"})
    assert bad.status_code == 422
    good = clerk.post("/counter/companies", COMPANY_TYPED | new | {"representative_phone": "13800138009"})
    assert good.status_code == 302, good.content.decode()
    new_id = parties.by_number(new["representative_number"])
    assert parties.legal_by_code(COMPANY_TYPED["code"]).representative_id == new_id


@pytest.mark.parametrize("who", ["reviewer", "decider", "editor"])
def test_only_clerks_register_companies(firm: Firm, as_, who: str):
    assert as_(getattr(firm.world, who)).get("/counter/companies").status_code == 403
