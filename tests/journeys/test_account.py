"""Registering with three proofs, and stepping up in the middle of an application (注册、核验、当场提升等级), on a desk and on a phone
without JavaScript; a passkey by the browser's own virtual authenticator.
"""

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.people import Official, Visitor, visitor
from tests.journeys.running import Running, request

from tongban.demo.accounts import PASSWORD as DEMO_PASSWORD

ITEM = "社会保障卡换领、换发"
PEOPLE = {
    "desk": ("符晓明", "460106190001010112", "13000000004", "6222000000000041"),
    "phone": ("黎春燕", "460106190001010120", "13000000005", "6222000000000058"),
}
PASSWORD = "a long enough one"


def message(here: Running, phone: str) -> str:
    """The code in the last message to this telephone, as the stand-in shows it."""
    _status, body = request(here.ports["sources"], "GET", "/messages.json")
    text = next(one["text"] for one in json.loads(body) if one["phone"] == phone)
    found = re.search(r"[0-9]{6}", text)
    assert found is not None
    return found[0]


def registered(one: Visitor, login: str, person: tuple[str, ...]) -> None:
    """Register and prove three things: identity card, telephone, bank card."""
    name, number, phone, card = person
    one.page.goto(one.here.url("portal") + "/login")
    one.follow("注册")
    for label, text in (
        ("姓名", name),
        ("身份证号码", number),
        ("手机号码", phone),
        ("登录名", login),
        ("密码", PASSWORD),
    ):
        one.fill(label, text)
    one.press("注册，并核验身份证")
    one.sees("还差 2 项")
    one.follow("手机号码")
    one.press("发验证码")
    one.fill("短信验证码", message(one.here, phone))
    one.press("核验")
    one.sees("还差 1 项")
    one.follow("银行卡")
    one.fill("银行卡号", card)
    one.press("核验")
    one.sees("您现在是基本实名")


def filled_in(one: Visitor, paper: Path) -> None:
    """The application, up to the page before it is sent."""
    page = one.page
    page.goto(one.here.url("portal") + "/places/460100000000")
    page.goto(
        one.here.url("portal") + "/search?q=%E7%A4%BE%E4%BC%9A%E4%BF%9D%E9%9A%9C%E5%8D%A1%E6%8D%A2%E9%A2%86"
    )
    one.go(page.locator("main li", has_text=ITEM).get_by_role("link").first)
    one.sees("网上申请要高级实名")
    one.go(page.get_by_role("link", name="我要办").first)
    one.press("开始填")
    one.choose("为什么换卡", "不能读卡")
    one.fill("社会保障卡卡号", "A00000004")
    one.press("保存并继续")
    section = page.locator("main section.tb-paper").first
    section.locator("input[type=file]").set_input_files(paper)
    one.go(section.get_by_role("button", name="上传"))
    one.follow("继续")
    if page.get_by_role("group", name=re.compile("怎样领取结果")).count():
        one.choose("怎样领取结果", "只要电子")
        one.press("保存并继续")


@pytest.mark.parametrize("way", ["desk", "phone"])
def test_three_proofs_and_a_step_up_in_the_middle_of_an_application(
    browser: Browser, installation: Running, papers: dict[str, Path], way: str
):
    one = visitor(browser, installation, javascript=way == "desk", phone=way == "phone")
    person = PEOPLE[way]
    registered(one, f"new-{way}", person)
    filled_in(one, papers["good"])

    one.press("提交申请")
    one.sees("这一步要高级实名")
    one.sees("您填的都留着")
    clerk = Official(visitor(browser, installation).page, installation)
    clerk.sign_in("workbench", "chen")
    clerk.page.goto(installation.url("workbench") + "/counter/people")
    clerk.fill("姓名", person[0])
    clerk.fill("身份证号码", person[1])
    clerk.page.locator("label[for=id_seen]").click()
    clerk.press("核验，提到高级实名")
    expect(clerk.page.get_by_text("账号现在是高级实名")).to_be_visible()

    one.follow("在窗口核验过了，接着办")
    one.sees("证明现在操作的是您本人")
    one.follow("动态码：手机上的验证器")
    secret = one.page.locator("main code").inner_text().replace(" ", "")
    one.press("发验证码")
    if one.page.get_by_text("请等一分钟再发").count():  # the one of the registration is not a minute old
        time.sleep(60)
        one.press("发验证码")
    one.fill("动态码", pyotp.TOTP(secret).at(datetime.now(UTC)))
    one.fill("再输一次密码", PASSWORD)
    one.fill("短信验证码", message(installation, person[2]))
    one.press("绑定")
    expect(one.page.locator("main code")).to_have_count(10)
    one.follow("抄好了，继续")
    one.sees("您刚才填的都在")
    one.press("接着提交")
    one.sees("已经提交")


def test_a_passkey_of_the_browser_signs_in_without_a_password(browser: Browser, installation: Running):
    """Chromium's virtual authenticator over its debugging protocol. A passkey belongs to a name, so the door is asked as localhost."""
    made = visitor(browser, installation)
    page = made.page
    site = f"http://localhost:{installation.ports['workbench']}"
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(site + "/login")
    made.fill("登录名", "huang")
    made.fill("密码", DEMO_PASSWORD)
    made.go(page.get_by_role("button", name="登录", exact=True))
    page.goto(site + "/account/ways/passkey")
    made.fill("给它起个名字", "旅程里的钥匙")
    made.fill("再输一次密码", DEMO_PASSWORD)
    made.press("绑定")
    made.sees("旅程里的钥匙")
    page.locator("header").get_by_role("button", name="退出").click()
    page.goto(site + "/login")
    made.press("用通行密钥登录")
    page.goto(site + "/account/sessions")
    made.sees("通行密钥")
