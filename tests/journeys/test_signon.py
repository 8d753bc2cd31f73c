"""Signing on and off across two systems in a real browser (统一登录旅程): one sign-on opens both, one sign-out closes both."""

import os
import re

from playwright.sync_api import Browser, Page, expect
from tests.journeys.running import Running

from tongban.demo.accounts import PASSWORD


def sign_in(page: Page, login: str) -> None:
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("TONGBAN_SIGNON_PICTURES"):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 720})


def sign_on_to_both(page: Page, one: str, other: str, login: str) -> None:
    page.goto(one)
    expect(page.locator("#state")).to_have_text("没有登录")
    page.get_by_role("link", name="用通办账号登录").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    sign_in(page, login)
    expect(page.get_by_text("在页面上称呼您")).to_be_visible()
    picture(page, "consent")
    page.get_by_role("button", name="同意并登录").click()
    expect(page.locator("#state")).to_have_text("已登录")
    expect(page.get_by_text({"wang": "王大海", "ming": "明小华"}[login])).to_be_visible()
    picture(page, "example")
    # The other one asks no password: only what is shared.
    page.goto(other)
    page.get_by_role("link", name="用通办账号登录").click()
    expect(page.get_by_label("密码")).to_have_count(0)
    page.get_by_role("button", name="同意并登录").click()
    expect(page.locator("#state")).to_have_text("已登录")


def out_at(page: Page, address: str) -> None:
    """The system was told by the issuer: within seconds it knows nobody."""
    for _ in range(60):
        page.goto(address)
        if page.locator("#state").inner_text() == "没有登录":
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"still signed in at {address}")


def test_sign_out_at_the_portal_reaches_both_systems(installation: Running, browser: Browser):
    one, other = installation.url("example1"), installation.url("example2")
    page = browser.new_context(locale="zh-CN").new_page()
    sign_on_to_both(page, one, other, "wang")
    page.goto(installation.url("portal"))
    page.get_by_role("button", name="退出").click()
    out_at(page, one)
    out_at(page, other)


def test_sign_out_at_one_system_reaches_the_other_and_the_portal(installation: Running, browser: Browser):
    one, other = installation.url("example1"), installation.url("example2")
    page = browser.new_context(locale="zh-CN").new_page()
    sign_on_to_both(page, one, other, "ming")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(re.compile(re.escape(other)))
    expect(page.locator("#state")).to_have_text("没有登录")
    out_at(page, one)
    page.goto(installation.url("portal"))
    expect(page.get_by_role("button", name="退出")).to_have_count(0)


def test_a_system_asks_for_a_higher_level_and_may_be_refused_it(installation: Running, browser: Browser):
    one = installation.url("example1")
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{one}/login?level=3")
    sign_in(page, "lin")
    expect(page.get_by_role("heading", name="需要更可靠的登录")).to_be_visible()
    picture(page, "level")
    page.get_by_role("button", name="不了，返回系统").click()
    expect(page.get_by_text("access_denied")).to_be_visible()
