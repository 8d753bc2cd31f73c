"""What of a form is asked, known and taken in (表单与办件): conditions, prefill, tables and places, through the actions."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests import world as worlds
from tests.world import World

from tongban.base.errors import Invalid
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue.queries import guide_of
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.models import Case
from tongban.work.cases.queries import against_ledger, known
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State
from tongban.work.cases.tests.forms import (
    DELIVERY,
    MOBILE,
    MORE,
    OWNER,
    POST,
    SIGN,
    SINCE,
    STAFF,
    TOWN,
    publish,
)


def begin(world: World) -> actions.Ref:
    return actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)


def save(world: World, case: actions.Ref, **values: object) -> dict[str, list[str]]:
    return actions.save(actor=world.applicant, case_id=case.id, values=values, at=world.at)


def send(world: World, case: actions.Ref) -> actions.Ref:
    for key in ("report", "lease"):
        found = worlds.material(world)
        actions.attach(actor=world.applicant, case_id=case.id, key=key, material_id=found, at=world.at)
    return actions.submit(actor=world.applicant, case_id=case.id, at=world.at)


def form_of(case: actions.Ref) -> dict[str, object]:
    return Case.objects.get(pk=case.id).form


def test_a_draft_keeps_a_hidden_answer_and_a_submitted_case_does_not_hold_it(world):
    publish(world, DELIVERY, POST, TOWN, STAFF)
    case = begin(world)
    assert save(world, case, **MORE, post_address="海口市演示路1号") == {}
    assert form_of(case)["post_address"] == "海口市演示路1号"
    send(world, case)
    assert "post_address" not in form_of(case)
    assert [*against_ledger()] == [], "the ledger fixed exactly what was taken in"


def test_what_a_changed_answer_asks_for_is_demanded_at_submission(world):
    publish(world, DELIVERY, POST, TOWN, STAFF)
    case = begin(world)
    save(world, case, **MORE | {"delivery": "post"})
    with pytest.raises(Invalid) as refusal:
        send(world, case)
    assert set(refusal.value.fields) == {"field:post_address"}


def test_a_mistake_in_a_table_is_told_at_its_cell_and_the_earlier_table_stays(world):
    publish(world, DELIVERY, POST, TOWN, STAFF)
    case = begin(world)
    save(world, case, **MORE)
    errors = save(world, case, staff=[{"name": "甲", "sex": "1"}, {"name": "乙", "sex": "女"}])
    assert errors == {"staff.1.sex": ["请从列出的选项里选一项。"]}
    assert form_of(case)["staff"] == MORE["staff"]
    assert save(world, case, staff=[]) == {}
    assert "staff" not in form_of(case)


@pytest.mark.parametrize("code", [worlds.COUNTY, "460106999000", "469999999999"])
def test_a_place_that_is_not_there_or_of_another_level_is_not_taken(world, code):
    publish(world, DELIVERY, POST, TOWN, STAFF)
    case = begin(world)
    save(world, case, town=worlds.TOWN)
    assert set(save(world, case, town=code)) == {"town"}
    assert form_of(case)["town"] == worlds.TOWN


def test_what_the_platform_knows_stands_in_a_new_draft(world):
    publish(world, OWNER, MOBILE)
    case = begin(world)
    assert form_of(case) == {"owner": "王秀兰", "mobile": "13800138000"}
    assert save(world, case, mobile="13900139000") == {}
    assert form_of(case)["mobile"] == "13900139000"


def test_what_is_fixed_is_nobodys_to_change_and_is_submitted_as_the_platform_knows_it(world):
    publish(world, OWNER, MOBILE)
    case = begin(world)
    save(world, case, **worlds.FORM)
    assert save(world, case, owner="王秀兰") == {}, "saying the same is no change"
    assert save(world, case, owner="李四") == {"owner": ["这一项由平台带出，不能改。"]}
    assert set(save(world, case, owner="")) == {"owner"}
    Case.objects.filter(pk=case.id).update(form=form_of(case) | {"owner": "李四"})
    send(world, case)
    assert form_of(case)["owner"] == "王秀兰"


def test_an_earlier_application_gives_its_answers_to_the_next_of_the_same_party_only(world):
    publish(world, DELIVERY, POST)
    first = begin(world)
    save(world, first, **worlds.FORM, delivery="post", post_address="海口市演示路1号")
    assert "post_address" not in form_of(begin(world)), "a draft is nothing that an office took in"
    send(world, first)
    assert form_of(begin(world))["post_address"] == "海口市演示路1号"
    other = actions.start(actor=world.stranger, item_code=world.item_code, at=world.at)
    assert form_of(other) == {}


def test_a_valid_licence_gives_what_stands_on_it(world):
    worlds.closed(world)  # its licence is made, and valid, from the real day on
    publish(world, SIGN)
    later = datetime.now(UTC)
    case = actions.start(actor=world.applicant, item_code=world.item_code, at=later)
    assert form_of(case) == {"sign": "阿秀理发店"}
    form, party = guide_of(Case.objects.get(pk=case.id).edition_id).form, world.applicant.party_id
    told = known(form, party_id=party, on=later.date() + timedelta(days=1))["sign"]
    assert (told.origin, told.name) == ("licence", "公共场所卫生许可证")
    assert known(form, party_id=party, on=later.date() + timedelta(days=5 * 366)) == {}, (
        "it has expired by then"
    )
    assert known(form, party_id=world.stranger.party_id, on=later.date() + timedelta(days=1)) == {}


def test_a_fact_that_the_licence_does_not_print_is_no_source(world):
    worlds.closed(world)
    publish(world, SIGN | {"prefill": "licence:123.area"})
    case = actions.start(actor=world.applicant, item_code=world.item_code, at=datetime.now(UTC))
    assert form_of(case) == {}


def test_what_is_known_but_no_answer_to_the_field_is_not_filled_in(world):
    publish(world, MOBILE | {"prefill": "party.name"})
    assert form_of(begin(world)) == {}


def test_a_form_without_sources_costs_nothing_more_to_start(world, django_assert_num_queries):
    publish(world, DELIVERY)
    form = guide_of(Case.objects.get(pk=begin(world).id).edition_id).form
    with django_assert_num_queries(0):
        known(form, party_id=world.applicant.party_id, on=world.at.date())


def test_a_supplement_opens_what_its_answers_ask_for_as_well(world):
    publish(world, DELIVERY, POST, TOWN, STAFF)
    case = begin(world)
    save(world, case, **MORE)
    case = send(world, case)
    beyond = [Demand("field:post_address", "请写到门牌号。")]
    with pytest.raises(Invalid):
        actions.request_supplement(actor=world.clerk, case_id=case.id, demands=beyond, at=world.at)
    demands = [Demand("field:delivery", "请选邮寄，窗口暂停。")]
    actions.request_supplement(actor=world.clerk, case_id=case.id, demands=demands, at=world.at)
    assert set(save(world, case, town=worlds.TOWN, shop_name="另一家")) == {"shop_name"}
    assert save(world, case, delivery="post", post_address="海口市演示路2号") == {}
    again = actions.resubmit(actor=world.applicant, case_id=case.id, at=world.at)
    assert again.state is State.SUBMITTED
    assert form_of(case)["post_address"] == "海口市演示路2号"
    assert [*against_ledger()] == []


def test_answers_are_shown_as_people_read_them(world):
    publish(world, DELIVERY, POST, TOWN, STAFF)
    case = begin(world)
    save(world, case, **MORE)
    view = queries.one(world.applicant, case.id)
    fields = view.edition.guide.form.by_key()
    told = {key: queries.shown(fields[key], view.form[key]) for key in ("delivery", "town", "staff")}
    assert told["delivery"] == "到窗口领取"
    assert told["town"] == "海南省海口市龙华区中山街道"
    assert told["staff"] == "1. 姓名：刘海波；性别：男性"


def test_a_table_fits_on_a_licence(world):
    result = copy.deepcopy(worlds.GUIDE["result"])
    result["fields"].append("staff")
    form = copy.deepcopy(worlds.GUIDE["form"])
    form["sections"][0]["fields"].append(STAFF)
    worlds.publish_edition(world.editor, world.item_id, starts_on=SINCE, form=form, result=result)
    case = begin(world)
    save(world, case, **worlds.FORM, staff=[{"name": "甲", "sex": "1"}, {"name": "乙", "sex": "2"}])
    case = send(world, case)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合。", at=world.at)
    granted = actions.grant(actor=world.decider, case_id=case.id, note="", at=world.at)
    jobs.issue_licence(0, str(case.id), granted.number or "")
    assert queries.one(world.applicant, case.id).state is State.CLOSED


_VALUES = st.one_of(
    st.sampled_from(["post", "window", "own", "rented", "", "海口", "36.5", "13800138000", worlds.TOWN]),
    st.integers(-1, 3),
    st.lists(st.fixed_dictionaries({}, optional={"name": st.just("甲"), "sex": st.just("1")}), max_size=4),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.lists(
        st.dictionaries(
            st.sampled_from([*MORE, "post_address", "words", "opening", "owner", "income"]),
            _VALUES,
            max_size=8,
        ),
        max_size=4,
    )
)
def test_whatever_is_typed_a_submitted_case_holds_only_what_its_edition_asks_in_that_situation(world, typed):
    if not Case.objects.exists():
        publish(world, DELIVERY, POST, TOWN, STAFF, OWNER)
    case = begin(world)
    save(world, case, **MORE)
    for values in typed:
        actions.save(actor=world.applicant, case_id=case.id, values=values, at=world.at)
    form = guide_of(Case.objects.get(pk=case.id).edition_id).form
    try:
        send(world, case)
    except Invalid:
        event("refused")
        return
    event("submitted")
    kept = form_of(case)
    asked = form.asked(kept)
    assert set(kept) <= set(asked)
    assert {key for key, field in asked.items() if field.required} <= set(kept)
    assert kept["owner"] == "王秀兰"


def test_an_identity_number_is_no_source(world):
    asked = copy.deepcopy(worlds.GUIDE["form"])
    asked["sections"][0]["fields"].append({"key": "n", "label": "证件号码", "prefill": "party.id_number"})
    body = worlds.GUIDE | {"form": asked}
    with pytest.raises(Invalid):
        catalogue.draft_edition(actor=world.editor, item_id=world.item_id, body=body, at=world.at)
