"""One thing (一件事) of three items from search to the page that follows it, at a desk and on a phone without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys.people import Applicant, Official, visitor
from tests.journeys.running import Running

from tongban.standards import credit_code

MEILAN = "460108000000"
SHOP_CODE = credit_code.make("92460108MA5T00001")


def _answer(lin: Applicant, shop: str) -> None:
    """Every question once, page by page, as the merged form asks it."""
    lin.fill("店名", shop)
    lin.fill("统一社会信用代码", SHOP_CODE)
    lin.fill("经营地址", "海口市美兰区和平大道 1 号")
    lin.fill("营业面积", "60")
    lin.press("保存并继续")
    lin.choose("场所种类", "宾馆")
    lin.choose("有没有集中空调", "没有")
    lin.press("保存并继续")
    lin.fill("直接为顾客服务的人数", "3")
    lin.press("保存并继续")
    lin.choose("是不是代别人办", "不是")
    lin.press("保存并继续")
    lin.choose("做哪一种餐饮", "热食")
    lin.press("保存并继续")
    lin.fill("食品安全管理人员姓名", "林晓梅")
    lin.fill("接触食品的人数", "3")
    lin.press("保存并继续")
    lin.fill("招牌上的字", shop)
    lin.fill("招牌长", "3")
    lin.fill("招牌宽", "0.8")
    lin.choose("晚上亮不亮灯", "亮灯")
    lin.press("保存并继续")
    lin.choose("怎样领取结果", "只要电子")
    lin.press("保存并继续")


@pytest.mark.parametrize(
    ("javascript", "phone"), [(True, False), (False, True)], ids=["desk", "phone, no JavaScript"]
)
def test_three_items_are_filled_in_once_sent_together_and_followed_on_one_page(
    browser: Browser, installation: Running, papers: dict[str, Path], javascript: bool, phone: bool
):
    shop = f"晓梅小餐馆{'一' if javascript else '二'}号"
    lin = Applicant(visitor(browser, installation, javascript=javascript, phone=phone).page, installation)
    lin.sign_in("portal", "lin")
    page = lin.page
    page.goto(installation.url("portal") + f"/places/{MEILAN}")
    page.goto(installation.url("portal") + "/")
    page.locator("input[name=q]").first.fill("开饭馆")
    lin.go(page.get_by_role("button", name="搜索").first)
    lin.follow("开办小餐馆")
    lin.sees("分开办要填")
    lin.go(page.get_by_role("button", name=re.compile("开始填|重新填一份")).first)
    _answer(lin, shop)
    lin.hand_in(papers["good"])
    lin.follow("继续")
    # The name was asked once, and stands in the check once.
    expect(page.locator("main dd", has_text=shop)).to_have_count(
        2
    )  # the shop's name, and the words on its sign
    lin.sees("各机关同时收到")
    lin.press("一起提交")
    lin.sees("已经一起提交")
    lin.sees(re.compile(r"YJS\d{14}"))
    lin.follow("看办理进度")
    follow = page.url
    for organ in ("卫生健康委员会", "市场监督管理局", "综合行政执法局"):
        expect(page.locator("main table")).to_contain_text(organ)
    expect(page.locator("main table").get_by_text("已提交，等待受理")).to_have_count(3)
    lin.sees("最晚全部出结果")
    lin.sees("最慢的是食品许可")

    chen = Official(visitor(browser, installation).page, installation)
    chen.sign_in("workbench", "chen")
    chen.open_case(shop)
    chen.press("受理")
    page.goto(follow)
    expect(page.locator("main table").get_by_text("已提交，等待受理")).to_have_count(2)
    page.goto(installation.url("portal") + "/my")
    card = page.locator("main li", has_text="开办小餐馆").first
    expect(card).to_contain_text("一件事，3 项")
    lin.follow("开办小餐馆")
    lin.go(page.get_by_role("link", name="撤回申请").first)
    lin.press("一起撤回")
    lin.sees("已撤回")
    expect(page.locator("main table").get_by_text("已撤回")).to_have_count(3)
