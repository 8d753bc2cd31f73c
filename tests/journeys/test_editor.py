"""Editors at their desk, in a real browser (编辑旅程): a new item from the standard to a citizen's draft; a hidden demand that is found."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from tests.journeys.people import Applicant, Official, Visitor, visitor
from tests.journeys.running import Running

ITEM = "社会保障卡换领、换发"
HEALTH = "海口市美兰区卫生健康委员会"
LICENCE = "公共场所卫生许可"
DEMAND = "另附法定代表人无犯罪证明原件"


def official(browser: Browser, here: Running, login: str, **how: bool) -> Official:
    made = Official(visitor(browser, here, **how).page, here)
    made.sign_in("workbench", login)
    expect(made.page.get_by_role("button", name="退出")).to_be_visible()
    return made


def type_into(who: Visitor, name: str, text: str) -> None:
    who.page.locator(f"main [name='{name}']").fill(text)


def confirm(who: Visitor, verb: str, **typed: str) -> None:
    """One act on its page: fill in what it asks, confirm."""
    who.follow(verb)
    for name, text in typed.items():
        type_into(who, name, text)
    who.press(f"确认：{verb}")


def begin(who: Visitor, origin: str) -> str:
    """A new draft of the item that is looked at; returns its address."""
    who.press(origin)
    return who.page.url.rpartition("/edit/")[0]


@pytest.mark.parametrize(
    ("javascript", "phone"), [(True, False), (False, True)], ids=["desk", "phone, no JavaScript"]
)
def test_an_editor_publishes_a_new_item_that_a_citizen_finds_reads_and_starts(
    browser: Browser, installation: Running, javascript: bool, phone: bool
):
    how = {"javascript": javascript, "phone": phone}
    today = timezone.localdate(datetime.now(UTC)).isoformat()
    xie = official(browser, installation, "xie", **how)
    xie.page.goto(installation.url("workbench") + "/catalogue/basics")
    type_into(xie, "q", ITEM)
    xie.press("查找")
    xie.follow(ITEM)
    organ = HEALTH if javascript else "琼中黎族苗族自治县林业局"
    xie.page.locator("main [name=organ]").select_option(label=organ)
    xie.page.locator("main [name=level]").select_option(label="县级")
    xie.press("登记")
    expect(xie.page.get_by_text("已经登记")).to_be_visible()
    draft = begin(xie, "从基本目录的标准写起")

    xie.page.goto(f"{draft}/edit/channels")
    xie.go(xie.page.locator("main button[value='add:windows']"))
    hall = f"演示窗口{'一' if javascript else '二'}号"
    for name, text in {"name": hall, "address": "演示路 1 号", "hours": "工作日 8:30—17:30"}.items():
        type_into(xie, f"windows.0.{name}", text)
    type_into(xie, "phones.advice", "0898-00000003")
    type_into(xie, "phones.complaint", "0898-00000004")
    if javascript:
        expect(xie.page.locator("[data-saving]")).to_have_text(re.compile("已保存 [0-9:]{5}"))
    xie.press("保存，下一组")
    xie.page.goto(draft)
    confirm(xie, "检查并送审", starts_on=today, reason="本机关开始办理")
    xie.sees("待审批")

    pan = official(browser, installation, "pan", **how)
    pan.page.goto(installation.url("workbench") + "/catalogue/waiting")
    pan.sees(ITEM)
    pan.page.goto(draft)
    confirm(pan, "批准", remark="同意")
    xie.page.goto(draft)
    confirm(xie, "发布")
    xie.sees("在用")

    lin = Applicant(visitor(browser, installation, **how).page, installation)
    lin.sign_in("portal", "lin")
    public = xie.page.get_by_role("link", name="看公开的页面").get_attribute("href") or ""
    code = public.rpartition("/")[2]
    place = "460108000000" if javascript else "469030000000"
    lin.page.context.add_cookies(
        [{"name": "tongban_place", "value": place, "url": installation.url("portal")}]
    )
    lin.page.goto(installation.url("portal") + "/search?q=社保卡")
    lin.go(lin.page.locator(f"main a[href*='{code}']").first)
    lin.sees(hall)
    lin.go(lin.page.get_by_role("link", name="我要办").first)
    lin.press("开始填")
    expect(lin.page.locator("main form")).to_be_visible()


def test_a_reviewer_refuses_an_edition_with_a_hidden_extra_material(browser: Browser, installation: Running):
    xie = official(browser, installation, "xie")
    xie.page.goto(installation.url("workbench") + "/catalogue")
    xie.follow(LICENCE)
    xie.follow("版本沿革")
    draft = begin(xie, "从现行版本改起")
    xie.page.goto(f"{draft}/edit/materials")
    xie.page.locator("details.tb-entry summary").first.click()
    type_into(xie, "materials.0.notes", f"房屋产权证明或者租赁合同。{DEMAND}。")
    expect(xie.page.locator("[data-saving]")).to_have_text(re.compile("已保存 [0-9:]{5}"))
    expect(xie.page.locator("[data-problems='materials.0.notes']")).to_contain_text(DEMAND)
    xie.page.goto(draft)
    tomorrow = timezone.localdate(datetime.now(UTC)).toordinal() + 1
    confirm(xie, "检查并送审", starts_on=datetime.fromordinal(tomorrow).date().isoformat(), reason="改说明")
    xie.sees("批准要由没有动笔的人来做")

    pan = official(browser, installation, "pan")
    pan.go(pan.page.locator("header").get_by_role("link", name="待审批"))
    waiting = pan.page.locator("section.tb-waiting", has_text=DEMAND)
    first = waiting.locator(".tb-notice")
    expect(first).to_contain_text("先看这里")
    pan.go(waiting.get_by_role("link", name="退回修改"))
    type_into(pan, "reason", "指南里没有这份材料，不能另外要")
    pan.press("确认：退回修改")

    xie.page.goto(draft)
    xie.sees("指南里没有这份材料，不能另外要")
    xie.sees("草稿")
    lin = Applicant(visitor(browser, installation).page, installation)
    lin.find_guide("开理发店")
    expect(lin.page.get_by_text(DEMAND)).to_have_count(0)
    confirm(xie, "删除草稿")
