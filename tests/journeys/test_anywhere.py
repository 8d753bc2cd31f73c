"""A case begun at a counter in one city for an organ in another (全省通办旅程), decided there, delivered by post, its originals received."""

import re
from pathlib import Path

from playwright.sync_api import Browser
from tests.journeys.people import Applicant, Official, until, visitor
from tests.journeys.running import Running

from tongban.demo.people import card

UNIT = "晓梅旅店（文昌店）"
ADDRESS = "海南省三亚市吉阳区迎宾路3号楼502"


def official(browser: Browser, here: Running, login: str) -> Official:
    made = Official(visitor(browser, here).page, here)
    made.sign_in("workbench", login)
    return made


def taken_in(han: Official, paper: Path) -> str:
    """Taken in at the counter in 三亚; returns the path of the case at the workbench."""
    page = han.page
    han.follow("窗口收件")
    page.locator("main [name=item]").fill("卫生许可延续")
    han.press("找事项")
    han.follow("卫生许可")
    han.sees("文昌市卫生健康委员会")
    name, number = card("lin")
    han.fill("申请人姓名", name)
    han.fill("身份证号码", number[:-1] + ("1" if number[-1] != "1" else "2"))
    han.press("开始收件")
    han.sees("没有查到姓名和证件号码都相符的人")
    han.fill("身份证号码", number)
    han.press("开始收件")

    han.fill("单位名称", UNIT)
    for key, text in (
        ("address", "文昌市文城镇演示路9号"),
        ("category", "住宿场所"),
        ("old_number", "琼文卫公演字第0002号"),
        ("ends", "2027-03-01"),
        ("staff", "4"),
    ):
        page.locator(f"main [name=f_{key}]").fill(text)
    han.press("保存并继续")
    sections = page.locator("main section.tb-paper")
    for place in range(sections.count()):
        section = sections.nth(place)
        section.locator("input[type=file]").set_input_files(paper)
        section.locator("label", has_text="原件已核对").click()
        han.go(section.get_by_role("button", name="上传"))
    han.sees("窗口核验过原件")
    han.follow("继续")
    han.choose("怎样领取结果", "邮寄")
    han.fill("收件人", name)
    han.fill("收件人手机", "13000000001")
    han.fill("收件地址", ADDRESS)
    han.press("保存并继续")
    han.sees(ADDRESS)
    han.press("提交申请")
    han.sees("打印下面的回执")
    han.follow("寄原件")
    han.choose("寄哪些原件", "原卫生许可证")
    han.fill("运单号", "EM100000001CN")
    han.press("登记寄出")
    han.sees("在路上")
    return re.sub(r"/originals.*", "", page.url)


def test_begun_in_one_city_decided_in_another_delivered_by_post(
    browser: Browser, installation: Running, papers: dict[str, Path]
):
    han = official(browser, installation, "han")
    case = taken_in(han, papers["good"])

    lin = Applicant(visitor(browser, installation, phone=True).page, installation)
    lin.sign_in("portal", "lin")
    mine = case.replace(installation.url("workbench"), installation.url("portal")).replace(
        "/cases/", "/my/cases/"
    )
    lin.page.goto(installation.url("portal") + "/my")
    lin.sees("卫生许可")
    lin.page.goto(mine)
    lin.sees("三亚市吉阳区卫生健康委员会")
    lin.sees("EM100000001CN")
    assert ADDRESS not in lin.page.content()

    yun = official(browser, installation, "yun")
    yun.page.goto(case)
    yun.sees("吉阳区卫健委窗口代为申请")
    assert ADDRESS not in yun.page.content()
    for label in ("预审通过", "收件"):
        yun.follow(label)
        yun.press(label)
    yun.page.goto(case + "/originals")
    yun.sees("等您签收")
    yun.press("签收")
    yun.sees("云小玲")
    yun.page.goto(case)
    yun.press("受理")

    xing = official(browser, installation, "xing")
    xing.page.goto(case)
    xing.act("提出审查意见", opinion="材料齐全，原件已核对，建议准予延续。")
    long = official(browser, installation, "long")
    long.page.goto(case)
    long.act("准予许可")

    yun.page.goto(case)
    until(yun.page, "待送达")
    yun.sees(ADDRESS)
    yun.act("送达", recipient="林晓梅", tracking="EM200000002CN")
    lin.page.goto(mine)
    lin.sees("证照已经送达，办件办结")
    han.page.goto(installation.url("workbench") + "/counter")
    han.sees("已办结")
