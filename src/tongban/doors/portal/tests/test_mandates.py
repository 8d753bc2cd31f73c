"""Acting for another in the portal: giving, accepting, choosing, being withdrawn; what a session says is never believed."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import mandating
from tests import world as worlds
from tests.mandating import COMPANY, Firm
from tests.stand_ins import Registers
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.doors.web.middleware import ACTING
from tongban.people.identity.rules import Method
from tongban.people.mandates import actions, queries
from tongban.people.mandates.rules import Act, State
from tongban.work.cases import actions as acts
from tongban.work.cases import queries as cases

Browser = Callable[[Actor | None], Client]


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with mandating.standing_in_for(settings) as known:
        yield known


@pytest.fixture
def firm(world: World, registers: Registers) -> Firm:
    return mandating.build(world)


def long(firm: Firm, **terms: object) -> uuid.UUID:
    """A mandate that counts whatever the real clock of the door says."""
    return firm.accepted(last=worlds.AT.date() + timedelta(days=900), **terms)


def act_for(client: Client, mandate: uuid.UUID) -> None:
    assert client.post("/my/acting", {"for": str(mandate)}).status_code == 302


def test_a_company_is_registered_on_its_page(world: World, registers: Registers, browser: Browser):
    person = mandating.person("liming", "李明", mandating.REPRESENTATIVE)
    client = browser(person)
    typed = {"name": COMPANY, "code": mandating.CODE, "kind": "enterprise", "phone": "0898-66660000"}
    wrong = client.post("/my/companies", typed | {"name": "别的公司"})
    assert wrong.status_code == 422
    assert "法人库里没有" in text_of(wrong)
    assert 'value="别的公司"' in text_of(wrong)
    assert client.post("/my/companies", typed).status_code == 302
    assert COMPANY in text_of(client.get("/my/companies"))
    assert COMPANY in text_of(client.get("/my/acting"))


def test_a_source_that_is_away_is_told_and_nothing_typed_is_lost(firm: Firm, settings, browser: Browser):
    settings.SOURCES_URL = "http://127.0.0.1:9"
    typed = {
        "name": mandating.SECOND_COMPANY,
        "code": mandating.SECOND_CODE,
        "kind": "enterprise",
        "phone": "0898-1",
    }
    answer = browser(firm.representative).post("/my/companies", typed | {"phone": "0898-66660000"})
    assert answer.status_code == 503
    assert mandating.SECOND_COMPANY in text_of(answer)


def test_a_mandate_is_offered_in_plain_words_and_accepted_by_the_other(firm: Firm, browser: Browser):
    boss, agent = browser(None), browser(firm.agent)
    worlds.enter(boss, firm.representative.id, Method.PASSWORD, Method.ONE_TIME)
    act_for(boss, firm.for_firm.mandate_id)
    page = boss.get("/my/mandates/new")
    assert COMPANY in text_of(page)
    today = datetime.now(UTC).date()
    typed = {
        "key": hidden(page, "key"),
        "acting": hidden(page, "acting"),
        "agent_name": "周洋",
        "agent_number": mandating.number(mandating.AGENT),
        "acts": ["apply", "supplement"],
        "items": "公共场所卫生许可",
        "place": worlds.COUNTY,
        "since": (today + timedelta(days=1)).isoformat(),
        "last": (today + timedelta(days=30)).isoformat(),
    }
    bad = boss.post("/my/mandates/new", typed | {"last": "明天", "items": "没有的事项"})
    assert bad.status_code == 422
    assert "请填日期" in text_of(bad)
    assert boss.post("/my/mandates/new", typed).status_code == 302
    assert "等对方接受" in text_of(boss.get("/my/mandates"))
    (mandate,) = (one for one in queries.received(firm.agent) if one.state is State.OFFERED)
    assert mandate.limits.items == {worlds.BASIC_CODE}
    assert "等您接受" in text_of(agent.get("/my/mandates"))
    words = text_of(agent.get(f"/my/mandates/{mandate.id}"))
    for said in (COMPANY, "公共场所卫生许可", "龙华区", "提交申请", mandate.number):
        assert said in words
    assert agent.post(f"/my/mandates/{mandate.id}", {"do": "accept"}).status_code == 302
    assert queries.one(firm.agent, mandate.id).state is State.ACCEPTED


def test_whoever_acts_for_a_company_begins_its_case_and_the_page_says_so(firm: Firm, browser: Browser):
    client = browser(firm.agent)
    act_for(client, long(firm))
    page = client.get(f"/apply/{firm.world.item_code}")
    assert f"正在代<strong>{COMPANY}</strong>办事" in text_of(page)
    assert f"申请人是{COMPANY}" in text_of(page)
    typed = {"key": hidden(page, "key"), "acting": hidden(page, "acting")}
    assert client.post(f"/apply/{firm.world.item_code}", typed).status_code == 302
    assert len(cases.mine(firm.for_firm)) == 1
    assert cases.mine(firm.agent) == []


def test_the_time_line_says_who_did_it_for_whom(firm: Firm, browser: Browser):
    mandate = long(firm)
    actor = queries.acting(firm.agent, mandate, at=worlds.AT).actor
    draft = acts.start(actor=actor, item_code=firm.world.item_code, at=worlds.AT)
    acts.save(actor=actor, case_id=draft.id, values=worlds.FORM, at=worlds.AT)
    for key in ("report", "lease"):
        acts.attach(
            actor=actor,
            case_id=draft.id,
            key=key,
            material_id=worlds.material(firm.world, actor),
            at=worlds.AT,
        )
    acts.submit(actor=actor, case_id=draft.id, at=worlds.AT)
    client = browser(firm.representative)
    act_for(client, firm.for_firm.mandate_id)
    page = text_of(client.get(f"/my/cases/{draft.id}"))
    number = queries.one(firm.agent, mandate).number
    assert f"周洋 代 {COMPANY}（授权编号 {number}）" in page


def test_after_a_withdrawal_the_very_next_press_is_refused_with_the_rule(firm: Firm, browser: Browser):
    mandate, client = long(firm), browser(firm.agent)
    act_for(client, mandate)
    page = client.get(f"/apply/{firm.world.item_code}")
    boss = browser(firm.representative)
    act_for(boss, firm.for_firm.mandate_id)
    assert boss.post(f"/my/mandates/{mandate}", {"do": "withdraw"}).status_code == 302
    pressed = client.post(f"/apply/{firm.world.item_code}", {"key": hidden(page, "key")})
    assert pressed.status_code == 403
    assert "mandates.withdrawn" in text_of(pressed)
    assert 'href="/my/acting"' in text_of(pressed)
    assert cases.mine(firm.for_firm) == cases.mine(firm.agent) == []
    # She goes on in her own name only when she says so.
    assert client.get("/my").status_code == 403
    assert client.get("/my/acting").status_code == 200
    assert client.post("/my/acting", {"for": "self"}).status_code == 302
    assert client.get("/my").status_code == 200


def test_a_page_drawn_for_another_identity_begins_nothing(firm: Firm, browser: Browser):
    mandate, client = long(firm), browser(firm.agent)
    act_for(client, mandate)
    stale = client.get(f"/apply/{firm.world.item_code}")
    client.post("/my/acting", {"for": "self"})
    typed = {"key": hidden(stale, "key"), "acting": hidden(stale, "acting")}
    pressed = client.post(f"/apply/{firm.world.item_code}", typed)
    assert pressed.status_code == 409
    assert "mandates.changed" in text_of(pressed)
    assert cases.mine(firm.agent) == []


@pytest.mark.parametrize("planted", ["another", "nobodys", "own giver"])
def test_anothers_mandate_in_the_session_is_worth_nothing(firm: Firm, browser: Browser, planted: str):
    mandate = {"another": long(firm), "nobodys": uuid.uuid4(), "own giver": firm.for_firm.mandate_id}[planted]
    client = browser(firm.world.applicant)
    kept = client.session
    kept[ACTING] = str(mandate)
    kept.save()
    for address in ("/my", "/my/mandates", "/my/materials", f"/apply/{firm.world.item_code}"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert COMPANY not in text_of(answer)


def test_only_a_mandate_that_counts_can_be_chosen(firm: Firm, browser: Browser):
    offered = firm.offer(last=worlds.AT.date() + timedelta(days=900))
    client = browser(firm.agent)
    assert COMPANY not in text_of(client.get("/my/acting"))
    for chosen in (str(offered), str(firm.for_firm.mandate_id), "x", ""):
        assert client.post("/my/acting", {"for": chosen}).status_code == 302
        assert ACTING not in client.session


@pytest.mark.parametrize("who", ["stranger", None])
def test_a_mandate_is_shown_to_its_two_sides_only(firm: Firm, browser: Browser, who: str | None):
    mandate = long(firm)
    client = browser(firm.world.stranger if who else None)
    expected = 404 if who else 302
    assert client.get(f"/my/mandates/{mandate}").status_code == expected
    for verb in ("accept", "withdraw", "resign", "fly"):
        assert client.post(f"/my/mandates/{mandate}", {"do": verb}).status_code in (302, 403, 404, 422)
    assert queries.one(firm.agent, mandate).state is State.ACCEPTED


def test_signing_in_again_is_as_oneself(firm: Firm, browser: Browser):
    client = browser(firm.agent)
    act_for(client, long(firm))
    client.post("/logout")
    client.post("/login", {"login": "zhouyang", "password": worlds.PASSWORD})
    assert ACTING not in client.session
    assert f"正在代<strong>{COMPANY}" not in text_of(client.get("/my"))


def test_the_account_page_is_the_visitors_own_for_whomever_she_acts(firm: Firm, browser: Browser):
    mandate, client = long(firm), browser(firm.agent)
    act_for(client, mandate)
    actions.withdraw(actor=firm.for_firm, mandate_id=mandate, at=datetime.now(UTC))
    assert client.get("/my/account").status_code == 200
    assert client.post("/logout").status_code == 302


def test_a_parent_registers_a_child_and_a_stranger_does_not(firm: Firm, browser: Browser):
    typed = {"name": "李小明", "id_number": mandating.number(mandating.CHILD)}
    refused = browser(firm.world.applicant).post("/my/children", typed)
    assert refused.status_code == 422
    client = browser(firm.representative)
    assert client.post("/my/children", typed).status_code == 302
    assert "李小明" in text_of(client.get("/my/acting"))


def test_the_new_representative_takes_over_on_the_page(firm: Firm, registers: Registers, browser: Browser):
    mandate = long(firm, acts={Act.READ})
    registers.companies[mandating.CODE] |= {
        "representative": "王秀兰",
        "number": mandating.number("46010619900101212"),
    }
    typed = {"name": COMPANY, "code": mandating.CODE}
    assert browser(firm.world.stranger).post("/my/companies/take-over", typed).status_code == 422
    assert browser(firm.world.applicant).post("/my/companies/take-over", typed).status_code == 302
    assert queries.one(firm.agent, mandate).state is State.WITHDRAWN


def test_whoever_acts_for_herself_pays_no_statement_for_it(firm: Firm, browser: Browser):
    client = browser(firm.agent)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/my/notices").status_code == 200
    assert [one["sql"] for one in asked if "mandate" in one["sql"]] == []
    act_for(client, long(firm))
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/my/notices").status_code == 200
    assert len([one for one in asked if "FROM mandate" in one["sql"]]) == 1


@pytest.mark.parametrize(
    "address", ["acting", "mandates", "mandates/new", "companies", "companies/take-over", "children"]
)
def test_strangers_sign_in_first(world: World, browser: Browser, address: str):
    answer = browser(None).get(f"/my/{address}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")
