"""Mandates at the counter: recorded with what was seen, by a clerk of that counter, and ended for whoever gave them."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests import mandating
from tests import world as worlds
from tests.mandating import COMPANY, Firm
from tests.stand_ins import Registers
from tests.world import World

from tongban.base.errors import Forbidden
from tongban.base.ledger.queries import acts_of
from tongban.people.mandates import actions, queries
from tongban.people.mandates.rules import Kind, State


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with mandating.standing_in_for(settings) as known:
        yield known


@pytest.fixture
def firm(world: World, registers: Registers) -> Firm:
    return mandating.build(world)


def typed(**changed: object) -> dict[str, object]:
    since = worlds.AT.date() + timedelta(days=400)
    paper = io.BytesIO(worlds.PDF)
    paper.name = "授权书.pdf"
    return {
        "kind": "agent",
        "giver_name": COMPANY,
        "giver_number": mandating.CODE,
        "agent_name": "周洋",
        "agent_number": mandating.number(mandating.AGENT),
        "acts": ["apply"],
        "since": since.isoformat(),
        "last": (since + timedelta(days=5)).isoformat(),
        "seen": "授权委托书、营业执照",
        "scan": paper,
    } | changed


def made(firm: Firm) -> list[queries.MandateView]:
    return queries.received(firm.agent)


def test_a_paper_mandate_counts_at_once_and_names_what_was_seen(firm: Firm, as_):
    client = as_(firm.world.clerk)
    assert client.get("/counter/mandates").status_code == 200
    assert client.post("/counter/mandates", typed()).status_code == 302
    (row,) = made(firm)
    assert (row.state, row.seen) == (State.ACCEPTED, "授权委托书、营业执照")
    (act,) = acts_of(f"mandate:{row.id}")
    assert act.act == "mandates.record"
    assert act.data["counter"] == str(firm.world.organ_id)
    assert act.data["scan"]
    assert act.data["seen"] == "授权委托书、营业执照"
    assert act.actor["id"] == str(firm.world.clerk.id)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"scan": ""}, "请附上扫描件"),
        ({"seen": " "}, "请写明看了哪些原件"),
        ({"giver_number": mandating.SECOND_CODE}, "没有查到名称和号码都相符"),
        ({"agent_name": "周阳"}, "没有查到名称和号码都相符"),
        ({"last": "x"}, "请填日期"),
        ({"kind": "helper"}, "法人只能授权给代理人"),
        ({"kind": "king"}, "请选一项"),
        ({"acts": []}, "请至少选一项"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    firm: Firm, as_, changed: dict[str, object], told: str
):
    answer = as_(firm.world.clerk).post("/counter/mandates", typed(**changed))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert told in page
    assert f'value="{COMPANY}"' in page
    assert made(firm) == []


@pytest.mark.parametrize("who", ["reviewer", "decider", "editor"])
def test_only_the_counter_records(firm: Firm, as_, who: str):
    client = as_(getattr(firm.world, who))
    for address in ("/counter/mandates", "/counter/mandates/end"):
        assert client.get(address).status_code == 403
        assert client.post(address, typed(number="SQ1")).status_code == 403
    assert made(firm) == []


def test_no_clerk_records_at_anothers_counter(firm: Firm):
    with pytest.raises(Forbidden) as refusal:
        actions.record_at_counter(
            actor=firm.world.clerk,
            counter=firm.world.other_organ_id,
            giver=actions.Shown(COMPANY, mandating.CODE),
            agent=actions.Shown("周洋", mandating.number(mandating.AGENT)),
            terms=actions.Terms(frozenset({"read"}), worlds.AT.date(), worlds.AT.date()),
            seen="授权书",
            scan=io.BytesIO(worlds.PDF),
            scan_name="a.pdf",
            at=worlds.AT,
        )
    assert refusal.value.rule == "mandates.counter"


def test_a_guardian_is_recorded_with_the_judgment_seen(firm: Firm, as_):
    ward = firm.world.applicant
    client = as_(firm.world.clerk)
    sent = typed(
        kind="guardian",
        giver_name="王秀兰",
        giver_number=mandating.number("46010619900101212"),
        acts=[],
        since="",
        last="",
    )
    assert client.post("/counter/mandates", sent | {"seen": "指定监护人判决书"}).status_code == 302
    (row,) = made(firm)
    assert (row.kind, row.limits.until, row.giver_id) == (Kind.GUARDIAN, None, ward.party_id)
    acting = queries.acting(firm.agent, row.id, at=worlds.AT + timedelta(days=60))
    assert acting.kind is Kind.GUARDIAN


def test_a_parent_of_a_grown_up_is_not_recorded(firm: Firm, as_):
    sent = typed(kind="parent", giver_name="王秀兰", giver_number=mandating.number("46010619900101212"))
    assert as_(firm.world.clerk).post("/counter/mandates", sent).status_code == 422
    assert made(firm) == []


def test_whoever_gave_it_takes_it_back_at_the_counter(firm: Firm, as_):
    mandate = firm.accepted()
    number = queries.one(firm.agent, mandate).number
    client = as_(firm.world.clerk)
    sent = {"giver_name": COMPANY, "giver_number": mandating.CODE, "number": number, "seen": "营业执照"}
    assert client.get("/counter/mandates/end").status_code == 200
    assert client.post("/counter/mandates/end", sent | {"giver_name": "别人"}).status_code == 404
    assert client.post("/counter/mandates/end", sent | {"seen": ""}).status_code == 422
    assert client.post("/counter/mandates/end", sent).status_code == 302
    assert queries.one(firm.agent, mandate).state is State.WITHDRAWN
    assert client.post("/counter/mandates/end", sent).status_code == 409


def test_the_case_page_of_a_company_speaks_of_a_company(firm: Firm, as_):
    from tongban.work.cases import actions as cases

    actor = firm.acting()
    draft = cases.start(actor=actor, item_code=firm.world.item_code, at=worlds.AT)
    cases.save(actor=actor, case_id=draft.id, values=worlds.FORM, at=worlds.AT)
    for key in ("report", "lease"):
        paper = worlds.material(firm.world, actor)
        cases.attach(actor=actor, case_id=draft.id, key=key, material_id=paper, at=worlds.AT)
    cases.submit(actor=actor, case_id=draft.id, at=worlds.AT)
    page = as_(firm.world.clerk).get(f"/cases/{draft.id}").content.decode()
    assert mandating.CODE in page
    assert "统一社会信用代码" in page
    assert f"周洋 代 {COMPANY}（授权编号" in page
