"""Registering by an outside account, proving, coming in again by it and taking it off (外部账号), at a provider in a process of its own."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.people import Visitor, visitor
from tests.journeys.running import Running
from tests.journeys.test_account import message

PEOPLE = {  # as the simulated sources know them
    "desk": ("吴清华", "460107190001010135", "13000000006", "6222000000000066"),
    "phone": ("郑阿婆", "460105190001010140", "13000000007", "6222000000000074"),
}
PASSWORD = "a long enough one"


def by_provider(one: Visitor, who: str) -> None:
    """Off to the provider, the person is picked there, and back."""
    one.page.goto(one.here.url("portal") + "/login")
    one.page.get_by_role("button", name="用模拟身份平台登录").click()
    one.page.wait_for_url(re.compile(rf":{one.here.ports['provider']}/authorize"))
    one.page.get_by_role("button", name=who).click()
    one.page.wait_for_url(re.compile(rf"^{re.escape(one.here.url('portal'))}/(?!login/outside/)"))


def proven(one: Visitor, person: tuple[str, ...]) -> None:
    one.sees("还差 2 项")
    one.follow("手机号码")
    one.press("发验证码")
    one.fill("短信验证码", message(one.here, person[2]))
    one.press("核验")
    one.sees("还差 1 项")
    one.follow("银行卡")
    one.fill("银行卡号", person[3])
    one.press("核验")
    one.sees("您现在是基本实名")


@pytest.mark.parametrize("way", ["desk", "phone"])
def test_an_outside_account_opens_an_account_and_lets_its_owner_in_until_she_takes_it_off(
    browser: Browser, installation: Running, way: str
):
    one = visitor(browser, installation, javascript=way == "desk", phone=way == "phone")
    person = PEOPLE[way]
    portal = installation.url("portal")
    by_provider(one, person[0])
    one.sees("这个外部账号还没有关联")
    one.follow("开一个新账号")
    for label, text in (("姓名", person[0]), ("身份证号码", person[1]), ("手机号码", person[2])):
        one.fill(label, text)
    one.fill("登录名", f"outside-{way}")
    one.press("注册，并核验身份证")
    proven(one, person)

    one.page.goto(portal + "/my/account/linked")
    one.sees("这是唯一的登录方式")
    one.page.locator("header").get_by_role("button", name="退出").click()
    by_provider(one, person[0])
    one.page.goto(portal + "/my/account/sessions")
    one.sees("外部账号")

    one.page.goto(portal + "/my/account/ways/password")
    _with_code(one, person[2], {"新密码": PASSWORD, "新密码再输一次": PASSWORD}, "设密码")
    one.page.goto(portal + "/my/account/linked")
    one.follow("解除")
    _with_code(one, person[2], {"再输一次密码": PASSWORD}, "解除")
    one.sees("还没有关联外部账号")

    one.page.locator("header").get_by_role("button", name="退出").click()
    by_provider(one, person[0])
    one.sees("这个外部账号还没有关联")
    one.page.goto(portal + "/my/account")
    expect(one.page).to_have_url(re.compile("/login"))


def _with_code(one: Visitor, phone: str, typed: dict[str, str], word: str) -> None:
    one.press("发验证码")
    if one.page.get_by_text("请等一分钟再发").count():  # the last one is not a minute old
        time.sleep(60)
        one.press("发验证码")
    for label, text in typed.items():
        one.page.get_by_label(label, exact=True).fill(text)
    one.fill("短信验证码", message(one.here, phone))
    one.press(word)
