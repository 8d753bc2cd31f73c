"""A newer edition at the portal (新版指南), and one draft filled in on several devices: nothing that was typed is lost."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import FORM, World

from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import against_ledger
from tongban.work.cases.rules.carrying import answers
from tongban.work.cases.rules.moves import State
from tongban.work.cases.tests.forms import STAFF, publish
from tongban.work.cases.tests.test_upgrading import CHANGED, newer

LATER = worlds.AT + timedelta(days=1)


@pytest.fixture
def draft(world: World) -> actions.Ref:
    return worlds.draft_filled(world)


def of(case: actions.Ref) -> str:
    return f"/my/cases/{case.id}"


def seen(world: World, case: actions.Ref) -> queries.CaseView:
    return queries.one(world.applicant, case.id)


def sent(page: Any, **typed: str) -> dict[str, str]:
    """What a browser sends of a page: all its inputs as they are drawn, but for what somebody typed."""
    text = html.unescape(text_of(page))
    form = text[text.index("data-autosave") :]
    form = form[: form.index("</form>")]
    inputs = re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*>', form)
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'\bname="([^"]+)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        kind = re.search(r'\btype="([^"]+)"', tag)
        if name is None or (kind and kind[1] in ("radio", "checkbox") and " checked" not in tag):
            continue
        found[name[1]] = value[1] if value else ""
    assert inputs
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        found[name] = value.strip()
    return found | typed


def test_a_draft_tells_of_the_newer_edition_and_is_changed_by_one_press(world, browser, draft):
    person = browser(world.applicant)
    assert "有新版指南" not in text_of(person.get(of(draft)))
    new = newer(world, **CHANGED)
    before = seen(world, draft)
    for page in ("", "/form/shop", "/check"):
        assert f"{of(draft)}/edition" in text_of(person.get(f"{of(draft)}{page}")), page
    offer = person.get(f"{of(draft)}/edition")
    text = text_of(offer)
    for words in ("不再符合要求，需要重填", "新要求", "不再要求，内容留存", "阿秀理发店", "报告.pdf"):
        assert words in text
    assert seen(world, draft).edition.id == world.edition_id, "looking changes nothing"
    form = {name: hidden(offer, name) for name in ("key", "version", "edition")}
    for _ in range(2):
        assert person.post(f"{of(draft)}/edition", form).status_code == 302
    after = seen(world, draft)
    assert after.edition.id == new
    assert answers(after.form, after.kept) == answers(before.form, before.kept)
    assert person.get(f"{of(draft)}/edition").status_code == 302, "there is nothing to change to any more"


def test_who_sends_a_draft_of_an_ended_edition_is_led_to_the_comparison(world, browser, draft):
    newer(world, **CHANGED)
    person = browser(world.applicant)
    page = text_of(person.get(f"{of(draft)}/check"))
    assert "先换到新版，再提交" in page
    answer = person.post(f"{of(draft)}/check", {"version": str(seen(world, draft).version)})
    assert answer["Location"] == f"{of(draft)}/edition"
    assert seen(world, draft).state is State.DRAFT


def test_who_begins_anew_is_shown_the_draft_of_the_earlier_edition(world, browser, draft):
    newer(world, **CHANGED)
    assert of(draft) in text_of(browser(world.applicant).get(f"/apply/{world.item_code}"))


def test_strangers_find_no_comparison_and_a_stale_press_changes_nothing(world, browser, draft):
    new = newer(world, **CHANGED)
    assert browser(world.stranger).get(f"{of(draft)}/edition").status_code == 404
    assert browser(None).get(f"{of(draft)}/edition").status_code == 302
    person = browser(world.applicant)
    for form in (
        {"version": "99", "edition": str(new)},
        {"version": "1", "edition": str(world.edition_id)},
        {"version": "", "edition": "x"},
    ):
        assert person.post(f"{of(draft)}/edition", form).status_code == 409
    assert seen(world, draft).edition.id == world.edition_id


def test_a_page_of_the_old_edition_is_kept_when_it_is_sent_after_the_upgrade(world, browser, draft):
    person = browser(world.applicant)
    page = person.get(f"{of(draft)}/form/shop")
    newer(world, **CHANGED)
    actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER)
    actions.save(actor=world.applicant, case_id=draft.id, values={"own_place": "30"}, at=LATER)
    auto = person.post(f"{of(draft)}/form/shop/keep", sent(page, f_shop_name="阿秀美容"))
    assert list(auto.json()) == ["was_f_shop_name"]
    assert seen(world, draft).kept["shop_name"] == "阿秀美容"
    answer = person.post(f"{of(draft)}/form/shop", sent(page, f_shop_name="阿秀美容店", f_own_place="own"))
    assert answer.status_code == 409
    assert "自己的" in text_of(answer), "what could not be kept is shown to be copied"
    view = seen(world, draft)
    assert view.kept["shop_name"] == "阿秀美容店"
    assert view.form["own_place"] == 30
    assert person.post(f"{of(draft)}/form/shop", sent(page, f_shop_name="阿秀")).status_code == 200
    assert [*against_ledger()] == []


def test_a_section_that_the_new_edition_does_not_have_is_kept_as_well(world, browser):
    publish(world, STAFF)
    case = actions.start(actor=world.applicant, item_code=world.item_code, at=LATER)
    person = browser(world.applicant)
    page = person.get(f"{of(case)}/form/more")
    newer(world, **CHANGED)
    actions.upgrade(actor=world.applicant, case_id=case.id, at=LATER)
    typed = {"f_staff-0-name": "刘海波", "f_staff-0-sex": "1"}
    assert person.post(f"{of(case)}/form/more", sent(page) | typed).status_code == 200
    assert seen(world, case).kept["staff"] == [{"name": "刘海波", "sex": "1"}]


def two_pages(
    browser: Any, world: World, draft: actions.Ref, section: str
) -> tuple[Client, Any, Client, Any]:
    one, two = browser(world.applicant), browser(world.applicant)
    url = f"{of(draft)}/form/{section}"
    return one, one.get(url), two, two.get(url)


def test_a_page_writes_only_what_was_changed_on_it(world, browser, draft):
    phone, first, desk, second = two_pages(browser, world, draft, "contact")
    url = f"{of(draft)}/form/contact"
    assert phone.post(f"{url}/keep", sent(first, f_phone="13900139000")).status_code == 200
    assert desk.post(url, sent(second, f_area="40")).status_code == 302
    form = seen(world, draft).form
    assert (form["phone"], form["area"]) == ("13900139000", "40")
    assert {key: form[key] for key in ("shop_name", "address")} == {
        key: FORM[key] for key in ("shop_name", "address")
    }


def test_an_answer_that_another_device_gave_is_not_missed_on_this_page(world, browser):
    case = actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    phone, first, desk, second = two_pages(browser, world, case, "contact")
    url = f"{of(case)}/form/contact"
    rest = {"f_address": "海口", "f_area": "3"}
    assert phone.post(f"{url}/keep", sent(first, f_phone="13900139000")).status_code == 200
    assert desk.post(url, sent(second, **rest)).status_code == 302, "the telephone is there"


def test_what_was_saved_by_itself_may_be_taken_back_to_what_it_was(world, browser, draft):
    person = browser(world.applicant)
    url = f"{of(draft)}/form/shop"
    page = sent(person.get(url))
    marks = person.post(f"{url}/keep", page | {"f_shop_name": "另一家"}).json()
    assert seen(world, draft).form["shop_name"] == "另一家"
    assert person.post(f"{url}/keep", page | marks | {"f_shop_name": "阿秀理发店"}).status_code == 200
    assert seen(world, draft).form["shop_name"] == "阿秀理发店"


def test_a_mistake_is_no_change_that_was_kept(world, browser, draft):
    person = browser(world.applicant)
    url = f"{of(draft)}/form/contact"
    page = sent(person.get(url))
    assert person.post(f"{url}/keep", page | {"f_phone": "138"}).json() == {}
    answer = person.post(url, page | {"f_phone": "138"})
    assert answer.status_code == 422
    assert sent(answer)["was_f_phone"] == page["was_f_phone"]
    assert sent(answer)["f_phone"] == "138"
