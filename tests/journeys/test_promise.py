"""A promise from its making to its breach and back (告知承诺旅程), in a real browser."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.people import Applicant, Official, until, visitor
from tests.journeys.running import Running

from tongban.demo.mandates import COMPANY
from tongban.standards import credit_code

ITEM = "11460100000000028F3460132179000"  # 人力资源服务许可 in 海口市, which knows a commitment
PICTURES = os.environ.get("TONGBAN_PROMISE_PICTURES")


def looked_at(page, name: str) -> None:
    """Keep a picture at both widths, where the run was asked to."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size(before)


def official(browser: Browser, here: Running, login: str) -> Official:
    made = Official(visitor(browser, here).page, here)
    made.sign_in("workbench", login)
    return made


def filled_in(lin: Applicant, name: str) -> None:
    """As far as the page of the commitment."""
    lin.page.goto(lin.here.url("portal") + f"/apply/{ITEM}")
    lin.press("开始填")
    lin.fill("机构名称", name)
    lin.fill("统一社会信用代码", credit_code.make("91460100MA5TDEM0A"))
    lin.fill("经营地址", "海口市美兰区演示路9号")
    lin.fill("专职工作人员人数", "4")
    lin.choose("做哪些业务", "职业介绍")
    lin.press("保存并继续")
    lin.sees("您要承诺的内容")


def promised(lin: Applicant, paper: Path, name: str) -> str:
    """An application on a promise, sent; the address of its case."""
    filled_in(lin, name)
    looked_at(lin.page, "promise")
    lin.choose("您选哪一种办法", "我承诺")
    lin.press("继续")
    lin.sees("您已经承诺，不用交。")
    looked_at(lin.page, "materials")
    section = lin.page.locator("main section.tb-paper", has_text="章程")
    section.locator("input[type=file]").set_input_files(paper)
    lin.go(section.get_by_role("button", name="上传"))
    expect(lin.page.locator("main input[type=file]")).to_have_count(1)  # nothing else is asked
    lin.follow("继续")
    lin.sees("怎样领取结果")
    lin.press("保存并继续")
    lin.sees("承诺书校验码")
    looked_at(lin.page, "send")
    lin.press("提交申请")
    lin.sees("已经提交")
    lin.follow("看办理进度")
    return lin.page.url


def act(who: Official, label: str, **texts: str) -> None:
    """One act on the check whose page is open."""
    who.follow(label)
    for name, text in texts.items():
        field = who.page.locator(f"main [name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=text)
        else:
            field.fill(text)
    looked_at(who.page, f"act-{label}")
    who.press(label)


@pytest.mark.parametrize("javascript", [True, False], ids=["desk", "phone, no JavaScript"])
def test_a_promise_is_decided_at_once_checked_broken_revoked_and_repaired(
    browser: Browser, installation: Running, papers: dict[str, Path], javascript: bool
):
    name = f"晓梅承诺介绍所{'一' if javascript else '二'}号"
    lin = Applicant(
        visitor(browser, installation, javascript=javascript, phone=not javascript).page, installation
    )
    lin.sign_in("portal", "lin")
    lin.page.goto(installation.url("portal") + f"/apply/{ITEM}")
    lin.sees("这个事项不给个人办")
    lin.follow("换个身份办事")
    lin.choose("以谁的身份办事", COMPANY)
    lin.press("就用这个身份")
    case = promised(lin, papers["good"], name)

    shen = official(browser, installation, "shen")
    shen.open_case(name)
    shen.act("当场准予许可")
    lin.page.goto(case)
    until(lin.page, "证照已签发，办件办结")
    lin.sees("待核查")
    looked_at(lin.page, "case-scheduled")

    number = case.rstrip("/").rsplit("/", 1)[1]
    check = installation.url("workbench") + f"/checks/{number}"
    shen.page.goto(check)
    act(shen, "指定核查人", to="杨帆")
    yang = official(browser, installation, "yang")
    yang.page.goto(installation.url("workbench") + "/checks?only=mine")
    yang.sees(COMPANY)
    looked_at(yang.page, "checks")
    yang.page.goto(check)
    until_day = (datetime.now(UTC).date() + timedelta(days=20)).isoformat()
    act(yang, "记录承诺不实", finding="登记的地址没有这家机构。", rectify_by=until_day)
    yang.sees("承诺不实，限期整改")

    lin.page.goto(case)
    lin.sees("登记的地址没有这家机构。")
    looked_at(lin.page, "case-breach")
    shen.page.goto(check)
    act(shen, "撤销决定", reason="逾期没有改正。", article="行政许可法第六十九条")
    shen.sees("已撤销决定")
    looked_at(shen.page, "check-revoked")
    lin.page.goto(case)
    lin.sees("决定已被撤销")
    lin.page.goto(installation.url("portal") + "/my")
    lin.sees("已撤销")

    filled_in(lin, f"{name}再办")
    lin.sees("您现在不能用告知承诺")
    looked_at(lin.page, "barred")
    expect(lin.page.locator("main input[type=radio]")).to_have_count(0)
    lin.press("按一般程序继续")
    expect(lin.page.locator("main input[type=file]")).to_have_count(3)  # in the ordinary way all is asked

    shen.page.goto(check)
    act(shen, "修复信用", reason="已经搬到登记的地址，签齐了劳动合同。")
    shen.sees("信用已修复")
    filled_in(lin, f"{name}又办")
    lin.choose("您选哪一种办法", "我承诺")
    lin.press("继续")
    lin.sees("您已经承诺，不用交。")


def test_a_decision_by_rule_is_told_and_reviewed_by_a_person(browser: Browser, installation: Running):
    ming = Applicant(visitor(browser, installation).page, installation)
    ming.sign_in("portal", "ming")
    ming.page.goto(installation.url("portal") + "/my")
    ming.go(ming.page.locator("main a[href*='/my/cases/']", has_text="社会保障卡挂失").first)
    ming.sees("这个决定是怎么作的")
    ming.sees("机关正在复核")
    looked_at(ming.page, "ruled")
    yang = official(browser, installation, "yang")
    yang.page.goto(installation.url("workbench") + "/reviews")
    yang.sees("等复核")
    looked_at(yang.page, "reviews")
    yang.go(yang.page.locator("main td a, main th a").first)
    looked_at(yang.page, "ruled-case")
    yang.act("复核自动决定", opinion="挂失以后不能恢复，可以补办新卡。")
    ming.page.reload()
    ming.sees("挂失以后不能恢复，可以补办新卡。")
    ming.sees("申请人工复核")
