"""People at their browsers (旅程人物): what each of them does, in the words on the page."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect
from tests.journeys.running import Running

from tongban.demo.accounts import PASSWORD, PIN

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@dataclass
class Visitor:
    """Somebody with a browser window of their own (访客)."""

    page: Page
    here: Running

    def sign_in(self, door: str, login: str) -> None:
        self.page.goto(self.here.url(door) + "/login")
        self.fill("登录名", login)
        self.fill("密码", PASSWORD)
        self.press("登录")

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(text)

    def choose(self, question: str, answer: str) -> None:
        """One option, whether they stand as a list or as buttons."""
        group = self.page.get_by_role("group", name=re.compile(re.escape(question)))
        if group.count():
            group.locator("label", has_text=re.compile(rf"^\s*{re.escape(answer)}")).first.click()
            return
        options = self.page.get_by_label(question, exact=False).first
        value = options.locator("option", has_text=answer).first.get_attribute("value")
        options.select_option(value)

    def go(self, where: Locator) -> None:
        """Click what leads to another page, and wait until that page is there."""
        with self.page.expect_navigation():
            where.click()

    def press(self, name: str) -> None:
        self.go(self.page.locator("main").get_by_role("button", name=name).first)

    def follow(self, name: str) -> None:
        self.go(self.page.locator("main").get_by_role("link", name=name).first)

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        found = self.page.locator("main").get_by_text(text).first
        expect(found).to_be_visible()
        return found


def visitor(browser: Browser, here: Running, *, javascript: bool = True, phone: bool = False) -> Visitor:
    """A fresh window (新窗口)."""
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        locale="zh-CN",
        java_script_enabled=javascript,
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    return Visitor(page, here)


class Applicant(Visitor):
    """The applicant (申请人) 林晓梅."""

    def find_guide(self, words: str) -> None:
        """From an everyday word to the guide of her own place, 海口市美兰区."""
        page = self.page
        page.goto(self.here.url("portal") + "/places/460108000000")
        page.goto(self.here.url("portal") + "/")
        page.locator("input[name=q]").first.fill(words)
        self.go(page.get_by_role("button", name="搜索").first)
        self.go(page.locator("main li", has_text="美兰区").get_by_role("link").first)

    def apply(self, paper: Path, *, unit: str) -> str:
        """From an everyday word to a receipt; returns the address of the case."""
        page = self.page
        self.find_guide("开理发店")
        self.sees("要交什么")
        self.go(page.get_by_role("link", name="我要办").first)
        self.press("开始填")
        self.fill_in(unit)
        self.hand_in(paper)
        self.follow("继续")
        self.choose("怎样领取结果", "只要电子")
        self.press("保存并继续")
        self.sees(unit)
        self.press("提交申请")
        self.sees("已经提交")
        self.follow("看办理进度")
        return page.url

    def fill_in(self, unit: str) -> None:
        self.fill("单位名称", unit)
        self.choose("场所种类", "理发")
        self.fill("场所地址", "海口市美兰区和平大道 1 号")
        self.fill("营业面积", "36.5")
        self.choose("有没有集中空调", "没有")
        self.press("保存并继续")
        self.fill("直接为顾客服务的人数", "3")
        self.press("保存并继续")
        self.choose("是不是代别人办", "不是")
        self.press("保存并继续")

    def hand_in(self, paper: Path) -> None:
        sections = self.page.locator("main section.tb-paper")
        for number in range(sections.count()):
            section = sections.nth(number)
            if section.locator(".tb-given").count() == 0:
                section.locator("input[type=file]").set_input_files(paper)
                self.go(section.get_by_role("button", name="上传"))


class Official(Visitor):
    """Somebody at the workbench (工作人员)."""

    def open_case(self, unit: str) -> None:
        """The case of this unit, found in the own work list."""
        self.page.goto(self.here.url("workbench") + "/")
        addresses = [
            link.get_attribute("href") or ""
            for link in self.page.locator("nav.tb-list a[href*='/cases/']").all()
        ]
        for address in dict.fromkeys(addresses):
            self.page.goto(self.here.url("workbench") + address)
            if self.page.locator("main").get_by_text(unit).count():
                return
        raise AssertionError(f"{unit} is not in the work list: {addresses}")

    def act(self, label: str, **texts: str) -> None:
        """An act that asks for words: fill in, look at the letter where there is one, sign where it must be, confirm."""
        self.follow(label)
        for name, text in texts.items():
            self.page.locator(f"main [name={name}]").fill(text)
        self.sign()
        buttons = self.page.locator("main form button[type=submit]")
        self.go(buttons.first)
        confirm = self.page.locator("main").get_by_role("button", name=re.compile("^确认"))
        if confirm.count():
            self.sign()
            self.go(confirm)

    def sign(self, pin: str = PIN) -> None:
        """Type the PIN where the act must be signed."""
        asked = self.page.locator("main input[name=pin][required]")
        if asked.count():
            asked.fill(pin)


def until(page: Page, text: str, seconds: float = 20) -> None:
    """Reload until ``text`` is there (等待): what follows an act is done by the worker."""
    deadline = time.monotonic() + seconds
    while not page.locator("main").get_by_text(text).count():
        assert time.monotonic() < deadline, f"{text} did not appear on {page.url}"
        time.sleep(0.3)
        page.reload()
