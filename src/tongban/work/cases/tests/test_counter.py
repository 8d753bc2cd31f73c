"""A counter that serves other organs: taking in, passing on, originals, delivery; and who may do what."""

import io
import uuid
from dataclasses import replace

import pytest
from tests import world as worlds

from tongban.base.actor import PUBLIC, Actor, Post
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue import actions as catalogue
from tongban.people.parties import queries as parties
from tongban.records.materials import queries as kept
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.actions import Presented
from tongban.work.cases.models import Case, Original
from tongban.work.cases.rules.delivery import Way
from tongban.work.cases.rules.moves import State, Verb

NUMBER = "46010619900101212"
CARD = Presented("王秀兰", NUMBER + worlds.mod11_2(NUMBER))
CHANNELS = {"online": "none", "visits": 1, "visit_reason": "要核对原件", "post": True, "anywhere": "city"}
ITEM = {"channels": CHANNELS | {"ways": ["window"]}}


@pytest.fixture
def open_item(world) -> worlds.World:
    """The item can be begun at any counter of the city, and not online."""
    edition = worlds.publish_edition(world.editor, world.item_id, starts_on=world.at.date(), **ITEM)
    return replace(world, edition_id=edition)


def begun(world: worlds.World, **given: object) -> actions.Ref:
    asked = {"applicant": CARD, "item_code": world.item_code, "at": world.at} | given
    return actions.start_at_counter(actor=world.other_clerk, counter=world.other_organ_id, **asked)


def filled(world: worlds.World, *, checked: bool = True) -> actions.Ref:
    draft, clerk = begun(world), world.other_clerk
    assert not actions.save(actor=clerk, case_id=draft.id, values=worlds.FORM, at=world.at)
    for key in ("report", "lease"):
        take_in(world, draft.id, key, checked=checked)
    return draft


def take_in(world: worlds.World, case_id: uuid.UUID, key: str, *, checked: bool, actor: Actor | None = None):
    actions.take_in(
        actor=actor or world.other_clerk,
        case_id=case_id,
        key=key,
        stream=io.BytesIO(worlds.PDF),
        file_name="报告.pdf",
        checked=checked,
        at=world.at,
    )


def sent(world: worlds.World) -> actions.Ref:
    return actions.submit(actor=world.other_clerk, case_id=filled(world).id, at=world.at)


def elsewhere(world: worlds.World, **changed: object) -> uuid.UUID:
    """The same basic item at the other organ; returns its edition."""
    posts = frozenset({Post("editor", world.other_organ_id, worlds.OTHER_COUNTY)})
    editor = replace(world.editor, posts=posts)
    item = catalogue.register_item(
        actor=editor, basic_code=worlds.BASIC_CODE, organ_id=world.other_organ_id, level="4", at=world.at
    )
    return worlds.publish_edition(editor, item, **changed)


def passed_on(world: worlds.World, case_id: uuid.UUID, **given: object) -> actions.Ref:
    asked = {"to": world.other_organ_id, "reason": "店在琼山区。", "at": world.at} | given
    return actions.transfer(**({"actor": world.clerk, "case_id": case_id} | asked))


# --- taking in ---------------------------------------------------------------------------------------------------------


def test_a_counter_elsewhere_takes_an_application_in_as_if_the_applicant_had_sent_it(open_item):
    world = open_item
    case = sent(world)
    row = Case.objects.get(pk=case.id)
    assert (row.party_id, row.counter_id, row.organ_id) == (
        world.applicant.party_id,
        world.other_organ_id,
        world.organ_id,
    )
    assert case.state is State.SUBMITTED
    assert [found.id for found in queries.mine(world.applicant)] == [case.id]
    assert [found.id for found in queries.of_counter(world.other_clerk)] == [case.id]
    assert [found.id for found in queries.work_list(world.clerk)] == [case.id]
    assert list(queries.against_ledger()) == []


def test_what_a_counter_did_for_her_stands_in_the_ledger_as_such(open_item):
    case = sent(open_item)
    told = {act.act: act.data for act in ledger.acts_of(f"case:{case.id}")}
    assert told["cases.start"]["counter"] == str(open_item.other_organ_id)
    assert told["cases.submit"]["at_counter"] == str(open_item.other_organ_id)
    text = str(told)
    assert CARD.name not in text
    assert CARD.id_number not in text


def test_an_item_that_cannot_be_applied_for_online_is_begun_at_the_counter_only(open_item):
    with pytest.raises(Conflict, match="到窗口办"):
        actions.start(actor=open_item.applicant, item_code=open_item.item_code, at=open_item.at)
    assert begun(open_item).state is State.DRAFT


def test_beyond_the_scope_of_the_edition_no_counter_takes_in(world):
    with pytest.raises(Conflict) as refused:
        begun(world)  # 本县通办
    assert refused.value.rule == "cases.scope"
    own = actions.start_at_counter(
        actor=world.clerk, counter=world.organ_id, applicant=CARD, item_code=world.item_code, at=world.at
    )
    assert Case.objects.get(pk=own.id).counter_id == world.organ_id


@pytest.mark.parametrize("who", ["reviewer", "decider", "editor", "clerk", "applicant", "stranger"])
def test_only_a_clerk_of_that_counter_begins_there(open_item, who: str):
    with pytest.raises(Forbidden):
        actions.start_at_counter(
            actor=getattr(open_item, who),
            counter=open_item.other_organ_id,
            applicant=CARD,
            item_code=open_item.item_code,
            at=open_item.at,
        )
    assert not Case.objects.exists()


def test_a_wrong_name_and_an_unknown_number_are_answered_alike(open_item):
    nobody = "46010619900101222"
    wrong = (
        replace(CARD, name="王秀"),
        replace(CARD, id_number=CARD.id_number[:-1]),
        replace(CARD, id_number=nobody + worlds.mod11_2(nobody)),
        replace(CARD, name="李四", phone="13800138001"),
        replace(CARD, name=""),
    )
    said = set()
    for applicant in wrong:
        with pytest.raises(Invalid) as refused:
            begun(open_item, applicant=applicant)
        said.add((refused.value.rule, str(refused.value.message), str(refused.value.fields)))
    assert len(said) == 1
    assert not Case.objects.exists()


def test_somebody_new_is_registered_on_the_spot(open_item):
    first17 = "46010619800101231"
    new = Presented("吴新来", first17 + worlds.mod11_2(first17), "13800138009")
    case = Case.objects.get(pk=begun(open_item, applicant=new).id)
    assert parties.party(case.party_id).name == "吴新来"
    with pytest.raises(Invalid) as refused:
        begun(open_item, applicant=replace(new, id_number="460106198001012315", phone="12"))
    assert "phone" in refused.value.fields


def test_a_second_press_begins_nothing_more(open_item):
    assert begun(open_item, key="key-00001").id == begun(open_item, key="key-00001").id
    assert Case.objects.count() == 1


def test_a_paper_held_against_its_original_is_grade_b_and_the_applicants_own(open_item):
    case = queries.one(open_item.other_clerk, filled(open_item, checked=True).id)
    assert {paper.trust for paper in case.attachments} == {"B"}
    own = kept.mine(open_item.applicant)
    assert {paper.material_id for paper in case.attachments} <= {paper.id for paper in own}
    told = [
        act for act in ledger.acts_of(f"party:{open_item.applicant.party_id}") if act.act == "materials.keep"
    ]
    assert {act.actor["id"] for act in told} == {str(open_item.other_clerk.id)}
    assert {act.data["trust"] for act in told} == {"B"}


def test_a_paper_that_was_not_held_against_its_original_is_grade_c_and_the_same_file_lies_there_once(
    open_item,
):
    draft = begun(open_item)
    for checked in (False, False, True, True):
        take_in(open_item, draft.id, "report", checked=checked)
    case = queries.one(open_item.other_clerk, draft.id)
    assert [paper.trust for paper in case.attachments] == ["C", "B"]


def test_nobody_but_the_counter_takes_papers_in(open_item):
    draft = begun(open_item)
    for who in (open_item.clerk, open_item.stranger):
        with pytest.raises(NotFound):
            take_in(open_item, draft.id, "report", checked=True, actor=who)
    with pytest.raises(Forbidden):
        take_in(open_item, draft.id, "report", checked=True, actor=open_item.applicant)
    with pytest.raises(Invalid):
        take_in(open_item, draft.id, "beyond", checked=True)


def test_who_sees_a_case_of_a_counter(open_item):
    world = open_item
    draft = begun(world)
    for insider in (world.applicant, world.other_clerk):
        assert queries.one(insider, draft.id).counter_id == world.other_organ_id
    for outsider in (world.clerk, world.decider, world.stranger, world.editor, PUBLIC):
        with pytest.raises(NotFound):
            queries.one(outsider, draft.id)
    case = sent(world)
    for insider in (world.applicant, world.other_clerk, world.clerk, world.reviewer, world.decider):
        assert queries.one(insider, case.id).number == case.number
    for outsider in (world.stranger, world.editor, PUBLIC):
        with pytest.raises(NotFound):
            queries.one(outsider, case.id)


def test_the_counter_withdraws_and_resubmits_for_her_but_never_accepts(open_item):
    case = sent(open_item)
    verbs = {move.verb for move in queries.one(open_item.other_clerk, case.id).moves}
    assert verbs == {Verb.WITHDRAW}
    with pytest.raises(Forbidden):
        actions.accept(actor=open_item.other_clerk, case_id=case.id, at=open_item.at)


# --- passing on --------------------------------------------------------------------------------------------------------


def test_a_misdirected_case_goes_on_with_everything_and_the_five_days_run_on(world):
    edition = elsewhere(world)
    case = worlds.submitted(world)
    actions.claim(actor=world.clerk, case_id=case.id, at=world.at)
    before = Case.objects.filter(pk=case.id).values().get()
    later = world.at.replace(day=4)
    assert passed_on(world, case.id, at=later).state is State.SUBMITTED
    after = Case.objects.filter(pk=case.id).values().get()
    assert (after["organ_id"], after["edition_id"], after["place"]) == (
        world.other_organ_id,
        edition,
        worlds.OTHER_COUNTY,
    )
    same = ("number", "form", "act_by", "warn_on", "clock", "submitted_at", "party_id")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["handler_id"] is None
    assert len(queries.one(world.applicant, case.id).attachments) == 2
    assert list(queries.against_ledger()) == []


def test_who_passed_a_case_on_still_reads_it_and_the_other_organ_handles_it(world):
    elsewhere(world)
    case = worlds.submitted(world)
    passed_on(world, case.id)
    assert queries.one(world.clerk, case.id).moves == []
    with pytest.raises(Forbidden):
        actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    assert [row.id for row in queries.work_list(world.other_clerk)] == [case.id]
    assert actions.accept(actor=world.other_clerk, case_id=case.id, at=world.at).state is State.ACCEPTED
    with pytest.raises(NotFound):
        queries.one(world.stranger, case.id)


def test_what_the_other_edition_asks_beyond_keeps_nothing_back_and_no_answer_is_lost(world):
    sections = [
        {
            "key": "other",
            "title": "其他",
            "fields": [
                {"key": "shop_name", "label": "店名", "max_length": 60},
                {"key": "lane", "label": "巷道", "max_length": 60},
            ],
        }
    ]
    materials = [{"key": "photo", "name": "照片", "kind": "other", "source": "own"}]
    result = worlds.GUIDE["result"] | {"fields": ["shop_name"]}
    elsewhere(world, form={"sections": sections}, materials=materials, result=result)
    case = worlds.submitted(world)
    form = Case.objects.get(pk=case.id).form
    passed_on(world, case.id)
    row = Case.objects.get(pk=case.id)
    assert row.state == State.SUBMITTED
    assert {**row.kept, **row.form} == form
    notice = queries.one(world.other_clerk, case.id).documents[-1]
    assert set(notice.body["lacking"]) == {"field:lane", "material:photo"}
    asked = [worlds.Demand(target, "请补上。") for target in ("field:lane", "material:photo")]
    assert (
        actions.request_supplement(actor=world.other_clerk, case_id=case.id, demands=asked, at=world.at).state
        is State.SUPPLEMENT
    )
    assert list(queries.against_ledger()) == []


def test_a_case_is_passed_on_only_to_an_organ_with_the_same_item_and_never_back(world):
    case = worlds.submitted(world)
    for to in (world.other_organ_id, world.organ_id, uuid.uuid4()):
        with pytest.raises(Invalid) as refused:
            passed_on(world, case.id, to=to)
        assert "to" in refused.value.fields
    elsewhere(world)
    with pytest.raises(Invalid) as refused:
        passed_on(world, case.id, reason=" ")
    assert "reason" in refused.value.fields
    passed_on(world, case.id)
    with pytest.raises(Conflict) as refused:
        passed_on(world, case.id, actor=world.other_clerk, to=world.organ_id)
    assert refused.value.rule == "cases.transfer_back"
    assert queries.receivers(queries.one(world.other_clerk, case.id), world.at.date()) == []


def test_nobody_passes_on_what_is_not_theirs_to_receive(world):
    elsewhere(world)
    case = worlds.submitted(world)
    for who, refusal in (
        (world.reviewer, Forbidden),
        (world.applicant, Forbidden),
        (world.other_clerk, NotFound),
        (world.stranger, NotFound),
    ):
        with pytest.raises(refusal):
            passed_on(world, case.id, actor=who)
    accepted = worlds.accepted(world)
    with pytest.raises(Conflict):
        passed_on(world, accepted.id)


# --- originals ---------------------------------------------------------------------------------------------------------


def post(world: worlds.World, case_id: uuid.UUID, **given: object) -> None:
    asked = {"what": ["report"], "receiver": world.organ_id, "tracking": "EM123456789CN", "at": world.at}
    actions.send_originals(**({"actor": world.other_clerk, "case_id": case_id} | asked | given))


def test_both_ends_sign_for_an_original_and_everybody_concerned_sees_where_it_is(open_item):
    world = open_item
    case = sent(world)
    post(world, case.id, what=["report", "lease"])
    shown = queries.originals(world.applicant, queries.one(world.applicant, case.id))
    assert {(one.what, one.received, one.sent_by) for one in shown} == {
        ("卫生检测报告", False, "外单位小黄"),
        ("租赁合同", False, "外单位小黄"),
    }
    report = next(one for one in shown if one.what == "卫生检测报告")
    for clerk in (world.clerk, world.other_clerk):
        assert {one.id for one in queries.on_the_way(clerk)} == {one.id for one in shown}
    assert queries.on_the_way(world.reviewer) == []
    actions.receive_originals(
        actor=world.clerk, case_id=case.id, originals=[report.id], at=world.at.replace(day=3)
    )
    assert [one.what for one in queries.on_the_way(world.clerk)] == ["租赁合同"]
    now = queries.originals(world.clerk, queries.one(world.clerk, case.id))
    first = next(one for one in now if one.id == report.id)
    assert (first.received_by, first.received) == ("窗口小林", True)
    acts = [act.act for act in ledger.acts_of(f"case:{case.id}")]
    assert acts[-2:] == ["cases.send_originals", "cases.receive_originals"]
    assert Case.objects.get(pk=case.id).state == State.SUBMITTED
    assert list(queries.against_ledger()) == []


def test_an_original_is_sent_once_and_signed_for_once(open_item):
    world = open_item
    case = sent(world)
    post(world, case.id, key="key-00001")
    post(world, case.id, key="key-00001")
    assert Original.objects.count() == 1
    with pytest.raises(Invalid) as refused:
        post(world, case.id)
    assert "what:report" in refused.value.fields
    one = Original.objects.get()
    actions.receive_originals(actor=world.clerk, case_id=case.id, originals=[one.id], at=world.at)
    with pytest.raises(Conflict):
        actions.receive_originals(actor=world.clerk, case_id=case.id, originals=[one.id], at=world.at)
    post(world, case.id, actor=world.clerk, receiver=world.other_organ_id)  # and back again
    assert Original.objects.count() == 2


def test_originals_pass_only_between_those_who_take_part(open_item):
    world = open_item
    case = sent(world)
    wrong: list[tuple[dict[str, object], type[Exception]]] = [
        ({"actor": world.reviewer}, Forbidden),
        ({"actor": world.applicant}, Forbidden),
        ({"actor": world.stranger}, NotFound),
        ({"receiver": world.other_organ_id}, Forbidden),
        ({"receiver": uuid.uuid4()}, Invalid),
        ({"what": []}, Invalid),
        ({"what": ["beyond"]}, Invalid),
        ({"tracking": "单" * 61}, Invalid),
        ({"case_id": begun(world).id}, Conflict),
    ]
    for given, refusal in wrong:
        with pytest.raises(refusal):
            post(world, given.pop("case_id", case.id), **given)
    post(world, case.id)
    one = Original.objects.get()
    for actor, refusal in (
        (world.other_clerk, Forbidden),
        (world.decider, Forbidden),
        (world.stranger, NotFound),
    ):
        with pytest.raises(refusal):
            actions.receive_originals(actor=actor, case_id=case.id, originals=[one.id], at=world.at)
    with pytest.raises(NotFound):
        actions.receive_originals(actor=world.clerk, case_id=case.id, originals=[uuid.uuid4()], at=world.at)


# --- delivery ----------------------------------------------------------------------------------------------------------

POST = {
    "way": "post",
    "recipient": "王秀兰",
    "phone": "13800138000",
    "address": "海口市龙华区滨海大道1号2栋301",
}


def made(world: worlds.World, **chosen: object) -> actions.Ref:
    case = filled(world)
    actions.choose_delivery(actor=world.other_clerk, case_id=case.id, at=world.at, **chosen)
    actions.submit(actor=world.other_clerk, case_id=case.id, at=world.at)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件。", at=world.at)
    granted = actions.grant(actor=world.decider, case_id=case.id, note="", at=world.at)
    jobs.issue_licence(0, str(case.id), granted.number or "")
    return replace(granted, state=State(Case.objects.get(pk=case.id).state))


def test_an_address_lies_encrypted_and_is_whole_only_for_who_delivers(open_item):
    world = open_item
    case = made(world, **POST)
    row = str(Case.objects.filter(pk=case.id).values().get())
    told = str([act.data for act in ledger.acts_of(f"case:{case.id}")])
    for secret in ("滨海大道1号2栋301", POST["phone"]):
        assert secret not in str(Case.objects.get(pk=case.id).delivery)
        assert secret not in told
    assert "2栋301" not in row
    seen = {
        who: queries.delivery(getattr(world, who), queries.one(getattr(world, who), case.id))
        for who in ("applicant", "clerk", "decider", "other_clerk")
    }
    assert {who: found.whole for who, found in seen.items()} == {
        "applicant": False,
        "clerk": True,
        "decider": False,
        "other_clerk": False,
    }
    assert (seen["clerk"].address, seen["clerk"].phone) == (POST["address"], POST["phone"])
    assert (seen["decider"].address, seen["decider"].phone) == ("海口市龙华区****", "138****8000")


def test_what_goes_by_post_is_delivered_with_its_number_and_the_case_ends(open_item):
    case = made(open_item, **POST)
    given = {"case_id": case.id, "recipient": "王秀兰", "at": open_item.at}
    with pytest.raises(Invalid):
        actions.deliver(actor=open_item.clerk, **given)
    with pytest.raises(Forbidden):
        actions.deliver(actor=open_item.other_clerk, tracking="EM1", **given)
    ended = actions.deliver(actor=open_item.clerk, tracking="EM987654321CN", **given)
    assert ended.state is State.CLOSED
    assert list(queries.against_ledger()) == []


def test_a_result_is_collected_at_the_counter_that_she_chose(open_item):
    world = open_item
    case = made(world, way="counter", counter=world.other_organ_id)
    assert [row.id for row in queries.to_hand_out(world.other_clerk)] == [case.id]
    assert queries.to_hand_out(world.clerk) == []
    ended = actions.deliver(actor=world.other_clerk, case_id=case.id, recipient="王秀兰", at=world.at)
    assert ended.state is State.CLOSED


def test_only_ways_counters_and_addresses_that_fit_can_be_chosen(open_item):
    world = open_item
    case = filled(world)
    wrong: list[tuple[dict[str, object], str]] = [
        (POST | {"address": " "}, "address"),
        (POST | {"phone": "123"}, "phone"),
        (POST | {"recipient": "\x00"}, "recipient"),
        ({"way": "pigeon"}, "way"),
        ({"way": "counter"}, "counter"),
        ({"way": "counter", "counter": uuid.uuid4()}, "counter"),
    ]
    for chosen, name in wrong:
        with pytest.raises(Invalid) as refused:
            actions.choose_delivery(actor=world.other_clerk, case_id=case.id, at=world.at, **chosen)
        assert name in refused.value.fields
    assert Case.objects.get(pk=case.id).delivery == {}
    for who in (world.clerk, world.stranger):
        with pytest.raises(NotFound):
            actions.choose_delivery(actor=who, case_id=case.id, way=Way.ONLINE, at=world.at)
    actions.choose_delivery(actor=world.applicant, case_id=case.id, at=world.at, **POST)
    actions.submit(actor=world.other_clerk, case_id=case.id, at=world.at)
    with pytest.raises(Conflict):
        actions.choose_delivery(actor=world.applicant, case_id=case.id, way=Way.ONLINE, at=world.at)


def test_counters_to_collect_at_are_those_of_the_scope_that_are_staffed(open_item):
    case = queries.one(open_item.other_clerk, filled(open_item).id)
    found = queries.counters(case, open_item.at.date())
    assert [organ.id for organ in found] == [open_item.organ_id, open_item.other_organ_id]
