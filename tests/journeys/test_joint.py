"""Several departments handle one application together (联合办理旅程): one acceptance, turns of their own, one pause, one answer."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.people import Applicant, Official, until, visitor
from tests.journeys.running import Running

from tongban.standards import credit_code

ITEM = "11460108000000030B4460198001000"  # 餐饮店联合审批, 海口市美兰区市场监督管理局
SHOP = "联办小餐馆"


def official(browser: Browser, here: Running, login: str, case: str) -> Official:
    """An official with the case before her."""
    window = visitor(browser, here)
    one = Official(window.page, here)
    one.sign_in("workbench", login)
    one.page.goto(here.url("workbench") + f"/cases/{case}")
    return one


def apply(browser: Browser, here: Running, paper: Path, *, phone: bool) -> Applicant:
    """The applicant hands in one form and one set of materials."""
    lin = Applicant(visitor(browser, here, phone=phone).page, here)
    lin.sign_in("portal", "lin")
    lin.page.goto(here.url("portal") + f"/items/{ITEM}")
    lin.sees("几家一起办")
    lin.page.goto(here.url("portal") + f"/apply/{ITEM}")
    lin.press("开始填")
    lin.fill("店名", SHOP)
    lin.fill("统一社会信用代码", credit_code.make("92460108MA5RC1234"))
    lin.fill("经营地址", "海口市美兰区和平大道 2 号")
    lin.fill("营业面积", "60")
    lin.choose("做哪一种餐饮", "热食类食品制售")
    lin.press("保存并继续")
    lin.fill("食品安全管理人员姓名", "林晓梅")
    lin.fill("接触食品的人数", "4")
    lin.choose("要不要挂新招牌", "不挂")
    lin.press("保存并继续")
    lin.hand_in(paper)
    lin.follow("继续")
    lin.press("保存并继续")
    lin.press("提交申请")
    lin.sees("已经提交")
    lin.follow("看办理进度")
    return lin


def opine(one: Official, words: str) -> None:
    one.follow("提出部门意见")
    one.choose("本部门意见", "同意")
    one.page.locator("main [name=opinion]").fill(words)
    one.press("提出部门意见")
    one.sees("各部门办到哪里")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_departments_work_side_by_side_one_pauses_and_one_answer_comes(
    browser: Browser, installation: Running, papers: dict[str, Path], phone: bool
):
    here = installation
    lin = apply(browser, here, papers["good"], phone=phone)
    address = lin.page.url
    case = address.rstrip("/").rsplit("/", 1)[-1]

    su = official(browser, here, "su", case)
    su.press("受理")
    lin.page.goto(address)
    lin.sees("各部门办到哪里")
    lin.sees("最慢的一路")

    fang = official(browser, here, "fang", case)
    fang.follow("本部门进入特别程序")
    fang.choose("哪一种特别程序", "检验")
    fang.fill("需要多少个工作日", "3")
    fang.page.locator("main [name=reason]").fill("灭火器材要送检。")
    fang.press("本部门进入特别程序")
    fang.sees("特别程序中")
    lin.page.reload()
    lin.sees("只顺延这个部门的时间")

    zeng = official(browser, here, "zeng", case)
    expect(zeng.page.locator("main").get_by_role("link", name="提出部门意见")).to_have_count(
        0
    )  # not its turn yet
    opine(official(browser, here, "huang", case), "健康证明齐全。")
    opine(official(browser, here, "qiu", case), "场所和制度符合要求。")
    zeng.page.reload()
    opine(zeng, "招牌沿用，符合规定。")
    fang.page.reload()
    fang.follow("本部门特别程序结束")
    fang.press("本部门特别程序结束")
    opine(fang, "送检合格。")

    dong = official(browser, here, "dong", case)
    dong.act("准予许可")
    lin.page.goto(address)
    until(lin.page, "证照已签发，办件办结")
    lin.sees("各部门都已办完")
