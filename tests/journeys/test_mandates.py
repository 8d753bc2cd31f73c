"""A company appoints an agent, who accepts, applies for it and is then withdrawn (授权旅程), in a real browser, at a desk and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.people import Applicant, Official, visitor
from tests.journeys.running import Running

from tongban.demo.accounts import PASSWORD
from tongban.demo.mandates import COMPANY
from tongban.demo.people import card


def person(browser: Browser, here: Running, login: str, *, phone: bool = False) -> Applicant:
    made = Applicant(visitor(browser, here, phone=phone).page, here)
    made.sign_in("portal", login)
    return made


def seen_at_a_counter(browser: Browser, here: Running, login: str) -> Applicant:
    """She was at a counter with her card and sets her password with the code from there: known as well as can be, without a device."""
    clerk = Official(visitor(browser, here).page, here)
    clerk.sign_in("workbench", "chen")
    name, number = card(login)
    for page, word in (("", "核验，提到高级实名"), ("/recover", "作废原来的，给一次性码")):
        clerk.page.goto(f"{here.url('workbench')}/counter/people{page}")
        clerk.fill("姓名", name)
        clerk.fill("身份证号码", number)
        clerk.page.locator("label[for=id_seen]").click()
        clerk.press(word)  # the second time she is proven already, and that is said
    made = Applicant(visitor(browser, here).page, here)
    made.page.goto(here.url("portal") + "/recover")
    made.fill("登录名", login)
    made.fill("一次性码", clerk.page.locator("main code").inner_text())
    made.fill("新密码", PASSWORD)
    made.press("设密码，登录")
    made.sees("登录方式")
    return made


def open_(who: Applicant, address: str) -> None:
    who.page.goto(who.here.url("portal") + address)


def acts_for_company(who: Applicant) -> None:
    open_(who, "/my/acting")
    who.choose("以谁的身份办事", COMPANY)
    who.press("就用这个身份")
    expect(who.page.locator(".tb-acting")).to_contain_text(COMPANY)


def appoint(lin: Applicant, agent: str) -> None:
    """From the item's guide to an offer: this item, in this city, to apply and to supplement."""
    lin.find_guide("开理发店")
    item = re.search(r"/items/([0-9A-Z]{31})", lin.page.url)
    assert item is not None
    open_(lin, f"/my/mandates/new?item={item[1]}")
    name, number = card(agent)
    lin.fill("对方的姓名", name)
    lin.fill("对方的身份证号码", number)
    lin.choose("只限哪个地方", "美兰区")
    lin.press("发给对方")
    lin.sees("等对方接受")


@pytest.mark.parametrize(("phone", "agent"), [(False, "wang"), (True, "gong")], ids=["desk", "phone"])
def test_a_company_appoints_an_agent_who_applies_and_is_withdrawn(
    browser: Browser, installation: Running, papers: dict[str, Path], phone: bool, agent: str
):
    unit = f"椰树下理发店（{agent}）"
    lin = seen_at_a_counter(
        browser, installation, "lin"
    )  # who appoints an agent of a company is known as well as can be
    acts_for_company(lin)
    appoint(lin, agent)

    hired = person(browser, installation, agent, phone=phone)
    open_(hired, "/my/mandates")
    hired.follow("看清楚，再接受")
    hired.sees(COMPANY)
    hired.sees("提交申请、补正、补交材料")
    hired.press("接受授权")
    acts_for_company(hired)

    # She applies for the company, and both see who did it for whom.
    address = hired.apply(papers["good"], unit=unit)
    said = re.compile(rf"{card(agent)[0]} 代 {re.escape(COMPANY)}（授权编号 SQ\d+）")
    hired.sees(said)
    lin.page.goto(address)
    lin.sees(said)

    # She begins another one, and is withdrawn while its page is open.
    hired.find_guide("开理发店")
    hired.go(hired.page.get_by_role("link", name="我要办").first)
    hired.press("开始填")
    hired.fill_in(f"{unit}二店")
    draft = re.search(r"/my/cases/[0-9a-f-]{36}", hired.page.url)
    assert draft is not None
    open_(lin, "/my/mandates")
    given = lin.page.locator(".tb-mandate", has_text=card(agent)[0])
    lin.go(given.get_by_role("button", name="收回").first)
    lin.page.get_by_text("已收回授权").first.wait_for()

    # Her next press is refused with the rule; nothing that was filled in is lost.
    section = hired.page.locator("main section.tb-paper").first
    section.locator("input[type=file]").set_input_files(papers["good"])
    hired.go(section.get_by_role("button", name="上传"))
    hired.sees("已经收回，不能再代办")
    hired.sees("mandates.withdrawn")
    open_(lin, draft[0])
    lin.sees(f"{unit}二店")
    lin.follow("接着填")

    # She goes on in her own name when she says so, and finds nothing of the company's.
    hired.page.goto(installation.url("portal") + "/my/acting")
    hired.sees("刚才的身份不能再用")
    hired.press("就用这个身份")
    expect(hired.page.locator(".tb-acting")).to_have_count(0)
    hired.page.goto(address)
    hired.sees("没有找到这件办件")
