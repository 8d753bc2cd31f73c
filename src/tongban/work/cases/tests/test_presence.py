"""Who stands at the counter: for a company, for another person, under which mandate; and what ends between begin and submit."""

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import mandating
from tests import world as worlds
from tests.mandating import AGENT, ALL, CHILD, CODE, COMPANY, REPRESENTATIVE, Firm
from tests.stand_ins import Registers

from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger import queries as ledger
from tongban.oversight.responsibility import queries as responsibility
from tongban.people.mandates import actions as mandates
from tongban.people.mandates import queries as mandated
from tongban.people.mandates.queries import MandateView
from tongban.people.mandates.rules import Act, Kind
from tongban.work.cases import actions, queries
from tongban.work.cases.actions import Paper, Presented, Standing
from tongban.work.cases.models import Case, Presence
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.presence import Document

AT = worlds.AT
FIRM = Presented(COMPANY, CODE)
BOSS = Presented("李明", mandating.number(REPRESENTATIVE))
CLERK = Presented("周洋", mandating.number(AGENT))
CARD = Presented("王秀兰", "460106199001012127")
ITEM = {"channels": {"online": "full", "visits": 0, "post": True, "anywhere": "city", "ways": ["window"]}}


@dataclass(frozen=True)
class Counter:
    """A counter of the city that may take in what the office decides (窗口)."""

    firm: Firm

    @property
    def world(self) -> worlds.World:
        return self.firm.world

    def begun(self, **given: Any) -> actions.Ref:
        asked = {"applicant": FIRM, "item_code": self.world.item_code, "at": AT} | given
        return actions.start_at_counter(
            actor=self.world.other_clerk, counter=self.world.other_organ_id, **asked
        )

    def filled(self, **given: Any) -> actions.Ref:
        draft, clerk = self.begun(**given), self.world.other_clerk
        assert not actions.save(actor=clerk, case_id=draft.id, values=worlds.FORM, at=AT)
        for key in ("report", "lease"):
            actions.take_in(
                actor=clerk,
                case_id=draft.id,
                key=key,
                stream=io.BytesIO(worlds.PDF),
                file_name="报告.pdf",
                checked=True,
                at=AT,
            )
        return draft

    def sent(self, case_id: uuid.UUID, at: Any = AT) -> actions.Ref:
        return actions.submit(actor=self.world.other_clerk, case_id=case_id, at=at)

    def named(self, case_id: uuid.UUID, standing: Standing, at: Any = AT) -> None:
        actions.name_presence(actor=self.world.other_clerk, case_id=case_id, standing=standing, at=at)


@pytest.fixture
def counter(db: None, settings: Any) -> Iterator[Counter]:
    world = worlds.build()
    worlds.publish_edition(world.editor, world.item_id, starts_on=AT.date(), **ITEM)
    with mandating.standing_in_for(settings) as registers:
        assert isinstance(registers, Registers)
        yield Counter(mandating.build(world))


def of(mandate: uuid.UUID) -> str:
    return mandated.of_id(mandate).number


def represented(counter: "Counter") -> str:
    (found,) = mandated.received(counter.firm.representative)
    return found.number


def recorded(counter: "Counter") -> list[MandateView]:
    """What was recorded for the agent."""
    return mandated.received(counter.firm.agent)


def paper(**changed: Any) -> Paper:
    terms = mandates.Terms(
        acts=changed.pop("acts", frozenset({"apply", "supplement"})),
        since=AT.date(),
        last=AT.date() + timedelta(days=6),
        **changed,
    )
    return Paper(terms, "授权委托书、营业执照", io.BytesIO(worlds.PDF), "委托书.pdf")


def acts_of(case_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    return {act.act: dict(act.data) for act in ledger.acts_of(f"case:{case_id}")}


# --- a company ---------------------------------------------------------------------------------------------------------


def test_a_company_is_nobody_at_a_counter_until_it_is_said_who_stands_there(counter: Counter):
    with pytest.raises(Invalid) as refused:
        counter.begun()
    assert refused.value.rule == "cases.presence"
    assert "present_name" in refused.value.fields
    for nobody in (FIRM, Presented("李小明", CLERK.id_number)):
        with pytest.raises(Invalid):
            counter.begun(standing=Standing(person=nobody, mandate=represented(counter)))
    assert not Case.objects.exists()


def test_the_representative_stands_there_for_her_company(counter: Counter):
    number = represented(counter)
    case = counter.sent(counter.filled(standing=Standing(person=BOSS, mandate=number)).id)
    told = acts_of(case.id)
    expected = {
        "party": str(counter.firm.representative.party_id),
        "seen": "id_card",
        "mandate": str(mandated.received(counter.firm.representative)[0].id),
    }
    assert told["cases.start"]["present"] == told["cases.submit"]["present"] == expected
    assert told["cases.submit"]["at_counter"] == str(counter.world.other_organ_id)
    assert BOSS.name not in str(told)
    assert list(queries.against_ledger()) == []


def test_without_a_mandate_nobody_begins_for_a_company_and_those_in_force_are_named(counter: Counter):
    with pytest.raises(Invalid) as refused:
        counter.begun(standing=Standing(person=BOSS))
    assert refused.value.rule == "cases.presence_mandate"
    assert represented(counter) in str(
        refused.value.fields["mandate"][0] % refused.value.fields["mandate"][0].params
    )
    with pytest.raises(Invalid) as refused:
        counter.begun(standing=Standing(person=CLERK))
    assert "没有查到有效的授权" in str(refused.value.fields["mandate"][0])
    with pytest.raises(Invalid):  # somebody else's mandate
        counter.begun(standing=Standing(person=CLERK, mandate=represented(counter)))
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"items": [worlds.SUPPLEMENT_BASIC_CODE]}, "mandates.item"),
        ({"places": [worlds.OTHER_COUNTY]}, "mandates.place"),
        ({"acts": {Act.WITHDRAW}}, "mandates.act"),
        ({"items": [worlds.BASIC_CODE], "places": [worlds.COUNTY]}, None),
    ],
)
def test_an_agents_mandate_must_reach_this_item_in_this_place(
    counter: Counter, terms: dict[str, Any], rule: str | None
):
    standing = Standing(person=CLERK, mandate=of(counter.firm.accepted(**terms)))
    if rule is None:
        assert counter.sent(counter.filled(standing=standing).id).number
        return
    with pytest.raises(Invalid) as refused:
        counter.begun(standing=standing)
    assert (refused.value.rule, set(refused.value.fields)) == (rule, {"mandate"})
    assert not Case.objects.exists()


@pytest.mark.parametrize("when", ["offered", "early", "late", "withdrawn"])
def test_a_mandate_that_does_not_count_today_is_none(counter: Counter, when: str):
    firm, at = counter.firm, AT
    if when == "early":
        mandate = firm.accepted(since=AT.date() + timedelta(days=2))
    elif when == "offered":
        mandate = firm.offer()
    else:
        mandate = firm.accepted(last=AT.date())
    if when == "withdrawn":
        mandates.withdraw(actor=firm.for_firm, mandate_id=mandate, at=AT)
    if when == "late":
        at = AT + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        counter.begun(standing=Standing(person=CLERK, mandate=of(mandate)), at=at)
    assert refused.value.rule == "cases.presence_mandate"


def test_a_mandate_withdrawn_between_begin_and_submit_stops_the_submit(counter: Counter):
    mandate = counter.firm.accepted()
    draft = counter.filled(standing=Standing(person=CLERK, mandate=of(mandate)))
    mandates.withdraw(actor=counter.firm.for_firm, mandate_id=mandate, at=AT)
    with pytest.raises(Forbidden) as refused:
        counter.sent(draft.id)
    assert refused.value.rule == "mandates.withdrawn"
    assert Case.objects.get(pk=draft.id).state == "draft"
    counter.named(draft.id, Standing(person=BOSS, mandate=represented(counter)))
    assert counter.sent(draft.id).number


def test_whoever_may_only_fill_in_does_not_send(counter: Counter):
    standing = Standing(person=CLERK, mandate=of(counter.firm.accepted(acts={Act.FILL})))
    draft = counter.filled(standing=standing)
    with pytest.raises(Forbidden) as refused:
        counter.sent(draft.id)
    assert refused.value.rule == "mandates.act"


# --- a paper that is recorded there and then ------------------------------------------------------------------------------


def test_a_paper_mandate_is_recorded_with_the_case_and_counts_at_once(counter: Counter):
    case = counter.sent(counter.filled(standing=Standing(person=CLERK, paper=paper())).id)
    (kept,) = recorded(counter)
    assert (kept.agent_name, kept.giver_name, kept.seen) == ("周洋", COMPANY, "授权委托书、营业执照")
    assert kept.counter_name == "海口市琼山区卫生健康委员会"
    assert acts_of(case.id)["cases.submit"]["present"]["mandate"] == str(kept.id)


def test_a_paper_that_does_not_reach_is_not_recorded_either(counter: Counter):
    beyond = paper(items=[worlds.SUPPLEMENT_BASIC_CODE])
    with pytest.raises(Invalid) as refused:
        counter.begun(standing=Standing(person=CLERK, paper=beyond))
    assert refused.value.rule == "mandates.item"
    assert not recorded(counter)
    nothing_seen = replace(paper(), seen=" ")
    with pytest.raises(Invalid) as refused:
        counter.begun(standing=Standing(person=CLERK, paper=nothing_seen))
    assert "seen" in refused.value.fields


def test_a_second_press_records_the_paper_once(counter: Counter):
    first = counter.begun(standing=Standing(person=CLERK, paper=paper()), key="key-00001")
    again = counter.begun(standing=Standing(person=CLERK, paper=paper()), key="key-00001")
    assert first.id == again.id
    assert len(recorded(counter)) == 1


# --- another person ----------------------------------------------------------------------------------------------------


def test_a_parent_stands_there_for_her_child_by_the_register_that_the_clerk_saw(counter: Counter):
    child = Presented("李小明", mandating.number(CHILD), "13700137000")
    shown = Paper(
        mandates.Terms(frozenset(), AT.date(), AT.date(), kind=Kind.PARENT),
        "户口簿",
        io.BytesIO(worlds.PDF),
        "户口簿.pdf",
    )
    case = counter.sent(counter.filled(applicant=child, standing=Standing(person=BOSS, paper=shown)).id)
    assert Case.objects.get(pk=case.id).party.name == "李小明"
    shown_by = {one.kind: one.seen for one in mandated.received(counter.firm.representative)}
    assert shown_by[Kind.PARENT] == "户口簿"


def test_a_helper_fills_in_at_a_counter_and_the_person_herself_comes_to_send(counter: Counter):
    world = counter.world
    terms = mandates.Terms(
        frozenset({"fill", "read"}), AT.date(), AT.date() + timedelta(days=9), kind=Kind.HELPER
    )
    helper = mandates.offer(
        actor=world.applicant, agent_name="周洋", agent_number=CLERK.id_number, terms=terms, at=AT
    )
    mandates.accept(actor=counter.firm.agent, mandate_id=helper, at=AT)
    draft = counter.filled(applicant=CARD, standing=Standing(person=CLERK, mandate=of(helper)))
    with pytest.raises(Forbidden) as refused:
        counter.sent(draft.id)
    assert refused.value.rule == "mandates.confirm"
    counter.named(draft.id, Standing())
    case = counter.sent(draft.id)
    assert acts_of(case.id)["cases.submit"]["present"] == {
        "party": str(world.applicant.party_id),
        "seen": "id_card",
    }


def test_somebody_new_is_registered_as_she_stands_there(counter: Counter):
    first17 = "46010619800101231"
    new = Presented("吴新来", mandating.number(first17), "13800138009")
    case = counter.begun(applicant=CARD, standing=Standing(person=new, paper=paper()))
    assert Presence.objects.get(pk=case.id).present.name == "吴新来"
    with pytest.raises(Invalid) as refused:
        counter.begun(applicant=CARD, standing=Standing(person=replace(new, name="吴"), paper=paper()))
    assert "present_number" in refused.value.fields


def test_who_is_named_as_another_and_is_the_applicant_needs_no_mandate(counter: Counter):
    case = counter.begun(applicant=CARD, standing=Standing(Document.PERMIT, CARD))
    kept = Presence.objects.get(pk=case.id)
    assert (kept.present_id, kept.mandate_id, kept.seen) == (kept.party_id, None, "permit")


# --- once, and on its day ------------------------------------------------------------------------------------------------


def test_a_presence_counts_on_its_day_and_for_one_act(counter: Counter):
    draft, world = counter.filled(applicant=CARD), counter.world
    later = AT + timedelta(days=1)
    with pytest.raises(Conflict) as refused:
        counter.sent(draft.id, later)
    assert refused.value.rule == "cases.presence"
    counter.named(draft.id, Standing(), later)
    counter.sent(draft.id, later)
    assert not Presence.objects.exists()
    demands = [Demand("field:address", "请写到门牌号。")]
    actions.request_supplement(actor=world.clerk, case_id=draft.id, demands=demands, at=later)
    actions.save(actor=world.other_clerk, case_id=draft.id, values={"address": "滨海大道1号"}, at=later)
    for act in (actions.resubmit, actions.withdraw):
        with pytest.raises(Conflict) as refused:
            act(actor=world.other_clerk, case_id=draft.id, at=later)
        assert refused.value.rule == "cases.presence"
    counter.named(draft.id, Standing(), later)
    assert actions.resubmit(actor=world.other_clerk, case_id=draft.id, at=later).state == "submitted"


def test_the_applicant_herself_online_needs_nobody_to_stand_anywhere(counter: Counter):
    draft = counter.filled(applicant=CARD)
    Presence.objects.all().delete()
    case = actions.submit(actor=counter.world.applicant, case_id=draft.id, at=AT)
    assert "present" not in acts_of(case.id)["cases.submit"]


def test_only_the_counter_that_took_it_in_names_who_stands_there(counter: Counter):
    world, draft = counter.world, counter.filled(applicant=CARD)
    for who, refusal in ((world.clerk, NotFound), (world.stranger, NotFound), (world.applicant, Forbidden)):
        with pytest.raises(refusal):
            actions.name_presence(actor=who, case_id=draft.id, standing=Standing(), at=AT)
    with pytest.raises(Invalid):
        counter.named(draft.id, Standing("library card"))


def test_the_database_refuses_somebody_without_a_mandate(counter: Counter):
    draft = counter.filled(applicant=CARD)
    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.filter(pk=draft.id).update(present_id=counter.firm.agent.party_id)


# --- what is told ------------------------------------------------------------------------------------------------------


def test_time_line_and_report_tell_clerk_who_stood_there_for_whom_and_by_what_right(counter: Counter):
    case = counter.sent(counter.filled(standing=Standing(person=CLERK, paper=paper())).id)
    number = recorded(counter)[0].number
    (moment,) = (one for one in queries.one(counter.world.clerk, case.id).moments if one.verb is Verb.SUBMIT)
    assert moment.by == "外单位小黄"
    assert moment.present is not None
    assert moment.present.mandate is not None
    told = moment.present.mandate
    assert (told.agent_name, told.giver_name, told.number) == ("周洋", COMPANY, number)
    found = responsibility.report_of(counter.world.supervisor, case.id, at=AT)
    lines = [line for line in found.report.lines if line.attendance is not None]
    assert [line.act for line in lines] == ["cases.start", "cases.submit"]
    for line in lines:
        assert line.who == "外单位小黄"
        assert line.attendance is not None
        assert line.attendance.mandate is not None
        assert line.attendance.mandate.number == number
        assert line.attendance.mandate.seen == "授权委托书、营业执照"


def test_an_applicant_who_came_herself_is_told_as_such(counter: Counter):
    case = counter.sent(counter.filled(applicant=CARD).id)
    found = responsibility.report_of(counter.world.supervisor, case.id, at=AT)
    there = [line.attendance for line in found.report.lines if line.attendance is not None]
    assert [(one.seen, one.mandate) for one in there] == [(Document.ID_CARD, None)] * 2


def test_everything_that_may_be_named_is_allowed_to_be_sent(counter: Counter):
    everything = counter.firm.accepted(acts=ALL)
    for document in Document:
        case = counter.begun(standing=Standing(document, CLERK, mandate=of(everything)))
        assert Presence.objects.get(pk=case.id).seen == document
