"""A power list from the proposal of one editor to the page that everybody reads (清单调整旅程)."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser
from tests.journeys.people import visitor
from tests.journeys.running import Running

ORGAN = "海口市美兰区卫生健康委员会"


def test_what_one_editor_proposes_and_another_approves_everybody_can_read_and_compare(
    browser: Browser, installation: Running
):
    today = timezone.localdate()
    xie = visitor(browser, installation)
    xie.sign_in("workbench", "xie")
    xie.page.goto(installation.url("workbench") + "/powers/new")
    xie.choose("机关", ORGAN)
    xie.fill("理由", "科室职责调整")
    xie.fill("依据", "《公共场所卫生管理条例》")
    xie.fill("从哪天起", today.isoformat())
    xie.press("开始")
    xie.follow("选要调整的事项")
    xie.fill("事项名称里的字", "公共场所卫生许可")
    xie.press("找")
    xie.follow("修改")
    xie.fill("监督电话", "0898-65200000")
    xie.press("保存到这次调整")
    xie.sees("0898-65200000")
    here = xie.page.url
    xie.follow("送审核")
    xie.press("送审核")
    xie.sees("没有动笔")

    pan = visitor(browser, installation, javascript=False, phone=True)
    pan.sign_in("workbench", "pan")
    pan.page.goto(here)
    pan.sees("0898-65200000")
    pan.follow("审核通过并公布")
    pan.press("审核通过并公布")
    pan.sees("已公布")

    anybody = visitor(browser, installation, javascript=False, phone=True)
    anybody.page.goto(installation.url("portal") + "/powers?place=460108000000")
    anybody.follow(ORGAN)
    anybody.sees("修改 1 项")
    anybody.follow("公共场所卫生许可")
    anybody.sees("0898-65200000")
    address = anybody.page.url.rpartition("/")[0]
    anybody.page.goto(f"{address}/changes?from={today - timedelta(days=1)}&to={today}")
    anybody.sees("0898-65200000")
    anybody.sees("12345")
    with anybody.page.expect_download() as download:
        anybody.page.goto(address)
        anybody.page.get_by_role("link", name="下载 Excel 表格").click()
    assert download.value.suggested_filename == f"美兰区卫健委权责清单{today.isoformat()}.xlsx"
