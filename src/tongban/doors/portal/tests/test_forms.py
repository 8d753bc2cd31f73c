"""Filling in a form that changes with its answers (表单填写), page by page and without a script."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.tests.forms import DELIVERY, MOBILE, MORE, OWNER, POST, STAFF, TOWN, publish

Browser = Callable[[Actor | None], Client]
CANTEEN = {
    "key": "canteen",
    "title": "食堂",
    "when": {"delivery": "post"},
    "fields": [{"key": "seats", "label": "座位数", "type": "integer"}],
}


@pytest.fixture
def case(world: World) -> actions.Ref:
    publish(world, DELIVERY, POST, STAFF, TOWN, OWNER, MOBILE)
    return actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)


def page_of(case: actions.Ref) -> str:
    return f"/my/cases/{case.id}/form/more"


def form_of(world: World, case: actions.Ref) -> dict[str, object]:
    return queries.one(world.applicant, case.id).form


TYPED = {
    "f_delivery": "window",
    "f_town": MORE["town"],
    "f_mobile": "13800138000",
    "f_staff-0-name": "刘海波",
    "f_staff-0-sex": "1",
}


def test_without_a_script_everything_is_shown_with_the_words_that_say_when_it_is_asked(world, browser, case):
    page = html.unescape(text_of(browser(world.applicant).get(page_of(case))))
    assert "“怎样领取结果”是“邮寄”的，才填。" in page
    assert 'name="f_post_address"' in page
    assert '<optgroup label="龙华区">' in page
    assert "来自您的实名信息，有变化请改。" in page


def test_what_is_not_asked_is_not_demanded_and_kept_until_it_is(world, browser, case):
    person = browser(world.applicant)
    done = person.post(page_of(case), TYPED | {"f_post_address": "海口市演示路1号"})
    assert done["Location"].endswith("/materials")
    assert form_of(world, case)["post_address"] == "海口市演示路1号"
    again = person.post(page_of(case), TYPED | {"f_delivery": "post", "f_post_address": ""})
    assert again.status_code == 422
    assert 'id="id_f_post_address-error"' in text_of(again)


def test_a_mistake_in_what_is_not_asked_stops_nobody(world, browser, case):
    typed = TYPED | {"f_post_address": "字" * 101}
    assert browser(world.applicant).post(page_of(case), typed).status_code == 302
    assert "post_address" not in form_of(world, case)


def test_a_row_is_added_and_taken_out_by_buttons_and_nothing_typed_is_lost(world, browser, case):
    person = browser(world.applicant)
    typed = {"f_delivery": "pigeon", "f_mobile": "138", "f_staff-0-name": "刘海波"}
    two = person.post(page_of(case), typed | {"more": "f_staff"})
    assert two.status_code == 200
    page = text_of(two)
    assert 'name="f_staff-1-name"' in page
    assert 'value="刘海波"' in page
    assert 'value="138"' in page, "what is wrong stays as it was typed"
    assert "tb-error" not in page
    three = person.post(page_of(case), typed | {"f_staff-1-name": "王秀兰", "less": "f_staff-0"})
    assert 'value="王秀兰"' in text_of(three)
    assert 'value="刘海波"' not in text_of(three)
    assert form_of(world, case)["staff"] == [{"name": "王秀兰"}]


def test_the_key_enter_goes_on_and_takes_out_no_row(world, browser, case):
    page = text_of(browser(world.applicant).get(page_of(case)))
    form = page[page.index(f'action="{page_of(case)}"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert "name=" not in first[0]


def test_a_mistake_in_a_cell_comes_back_at_the_cell(world, browser, case):
    typed = TYPED | {"f_staff-1-name": "乙", "f_staff-1-sex": "女"}
    answer = browser(world.applicant).post(page_of(case), typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'href="#id_f_staff-1-sex"' in page
    assert 'id="id_f_staff-1-sex-error"' in page
    assert 'value="乙"' in page


def test_what_is_fixed_is_shown_and_whatever_is_sent_for_it_changes_nothing(world, browser, case):
    person = browser(world.applicant)
    page = text_of(person.get(page_of(case)))
    owner = re.search(r'<input[^>]*name="f_owner"[^>]*>', page)
    assert owner is not None
    assert "readonly" in owner[0]
    assert 'value="王秀兰"' in owner[0]
    assert person.post(page_of(case), TYPED | {"f_owner": "李四"}).status_code == 302
    assert form_of(world, case)["owner"] == "王秀兰"
    check = text_of(person.get(f"/my/cases/{case.id}/check"))
    assert "id_f_mobile" in check
    assert "id_f_owner" not in check, "there is nothing to change"


def test_saving_while_typing_keeps_a_table(world, browser, case):
    kept = browser(world.applicant).post(f"{page_of(case)}/keep", TYPED)
    assert kept.status_code == 200
    assert form_of(world, case)["staff"] == [{"name": "刘海波", "sex": "1"}]


def test_a_page_that_no_answer_asks_for_is_not_there(world, browser):
    way = {"key": "way", "title": "领取", "fields": [DELIVERY]}
    publish(world, STAFF, form={"sections": [*worlds.GUIDE["form"]["sections"], way, CANTEEN]})
    case = actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    person, url = browser(world.applicant), f"/my/cases/{case.id}/form"
    assert person.get(f"{url}/canteen").status_code == 404
    assert person.post(f"{url}/way", {"f_delivery": "window"})["Location"] == f"{url}/more"
    assert person.post(f"{url}/way", {"f_delivery": "post"})["Location"] == f"{url}/canteen"
    assert "第 4 步，共 8 步" in text_of(person.get(f"{url}/canteen"))


def test_a_supplement_page_holds_what_was_demanded_and_what_hangs_on_it(world, browser, case):
    save = {"actor": world.applicant, "case_id": case.id, "at": world.at}
    assert actions.save(values=MORE | {"mobile": "13800138000"}, **save) == {}
    for key in ("report", "lease"):
        actions.attach(key=key, material_id=worlds.material(world), **save)
    actions.submit(**save)
    demands = [Demand("field:delivery", "窗口暂停，请选邮寄。")]
    actions.request_supplement(actor=world.clerk, case_id=case.id, demands=demands, at=world.at)
    person, url = browser(world.applicant), f"/my/cases/{case.id}/form/supplement"
    page = text_of(person.get(url))
    assert "窗口暂停，请选邮寄。" in page
    assert 'name="f_post_address"' in page
    assert 'name="f_town"' not in page
    assert person.post(url, {"f_delivery": "post", "f_post_address": ""}).status_code == 422
    done = person.post(url, {"f_delivery": "post", "f_post_address": "海口市演示路3号"})
    assert done["Location"].endswith("/check")
    assert form_of(world, case)["post_address"] == "海口市演示路3号"


@pytest.mark.parametrize("role", ["stranger", "clerk"])
def test_nobody_else_adds_rows(world, browser, case, role):
    answer = browser(getattr(world, role)).post(page_of(case), TYPED | {"more": "f_staff"})
    assert answer.status_code in (302, 403, 404)
    assert "staff" not in form_of(world, case)


@pytest.mark.parametrize(
    "typed",
    [
        {"f_staff": "x", "more": "f_staff"},
        {"f_staff-99999999999999999999-name": "x", "less": "f_staff-99999999999999999999"},
        {"f_staff-٣-name": "x", "less": "f_staff-٣"},
        {"f_staff-0-name": "\x00", "more": "f_nothing", "less": ""},
        {"f_town": "x" * 5000, "f_staff-0-sex": "\u202e"},
    ],
)
def test_garbage_in_a_table_is_no_fault(world, browser, case, typed):
    assert browser(world.applicant).post(page_of(case), typed).status_code in (200, 422)
