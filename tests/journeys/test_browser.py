"""The case from one end to the other, in a real browser (浏览器旅程)."""

import os
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect
from tests.journeys.people import Applicant, Official, until, visitor
from tests.journeys.running import Running

PICTURES = os.environ.get("TONGBAN_PICTURES")


def picture(page, name: str) -> None:
    """Keep a picture of the page for the README, where the run was asked to."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def applicant(browser: Browser, here: Running, **how: bool) -> Applicant:
    made = Applicant(visitor(browser, here, **how).page, here)
    made.sign_in("portal", "lin")
    return made


def official(browser: Browser, here: Running, login: str, **how: bool) -> Official:
    made = Official(visitor(browser, here, **how).page, here)
    made.sign_in("workbench", login)
    return made


def qr_code_of(pdf: Path) -> str:
    image = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", str(pdf), str(image)], check=True)
    codes = zxingcpp.read_barcodes(Image.open(image.with_suffix(".png")))
    assert len(codes) == 1
    return codes[0].text


@pytest.mark.parametrize(
    ("javascript", "phone"), [(True, False), (False, True)], ids=["desk", "phone, no JavaScript"]
)
def test_from_an_everyday_word_to_a_licence_that_anyone_can_verify(
    browser: Browser,
    installation: Running,
    papers: dict[str, Path],
    tmp_path: Path,
    javascript: bool,
    phone: bool,
):
    how = {"javascript": javascript, "phone": phone}
    unit = f"晓梅理发店{'一' if javascript else '二'}号"
    lin = applicant(browser, installation, **how)
    case = lin.apply(papers["good"], unit=unit)
    lin.sees("已提交，等待受理")

    chen = official(browser, installation, "chen", **how)
    chen.open_case(unit)
    if not phone:
        picture(chen.page, "workbench")
    chen.press("受理")
    huang = official(browser, installation, "huang", **how)
    huang.open_case(unit)
    huang.act("提出审查意见", opinion="材料齐全，现场符合要求，建议准予。")
    lin.page.goto(case)
    lin.sees("审查完毕，等待决定")
    lin.sees("申请已受理")
    fu = official(browser, installation, "fu", **how)
    fu.open_case(unit)
    fu.act("准予许可")

    lin.page.goto(case)
    until(lin.page, "证照已签发，办件办结")
    lin.page.locator("main label", has_text="非常满意").first.click()
    lin.press("提交评价")
    lin.sees("非常满意")

    with lin.page.expect_download() as download:
        lin.page.get_by_role("link", name="下载证照").first.click()
    pdf = tmp_path / "licence.pdf"
    download.value.save_as(pdf)
    said = subprocess.run(["pdfsig", str(pdf)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said

    stranger = visitor(browser, installation, **how)
    stranger.page.goto(qr_code_of(pdf))
    stranger.sees("有效")
    stranger.sees("卫生许可证")
    expect(stranger.page.locator("main")).not_to_contain_text("林晓梅")


def test_a_supplement_is_asked_for_once_and_names_every_place(
    browser: Browser, installation: Running, papers: dict[str, Path]
):
    unit = "补正理发店"
    lin = applicant(browser, installation)
    case = lin.apply(papers["good"], unit=unit)
    chen = official(browser, installation, "chen")
    chen.open_case(unit)
    chen.follow("一次性告知补正")
    chen.page.locator("main label", has_text="营业面积").first.click()
    chen.page.locator("[name='text-field:area']").fill("面积与平面图不一致，请核对。")
    chen.press("预览文书")
    chen.press("确认")

    lin.page.goto(case)
    lin.sees("面积与平面图不一致，请核对。")
    lin.follow("去补正")
    expect(lin.page.get_by_text("面积与平面图不一致，请核对。").first).to_be_visible()
    lin.fill("营业面积", "40")
    lin.press("保存并继续")
    while lin.page.get_by_role("button", name="重新提交").count() == 0:
        go_on = lin.page.locator("main").get_by_role("button", name="保存并继续")
        if go_on.count():
            lin.go(go_on)
        else:
            lin.follow("继续")
    lin.press("重新提交")
    lin.sees("已经提交")

    # A second time is not offered, with the reason beside it, and refused where its address is opened all the same.
    chen.open_case(unit)
    chen.sees("已经告知过")
    expect(chen.page.locator("main").get_by_role("link", name="一次性告知补正")).to_have_count(0)
    chen.page.goto(chen.page.url.split("?")[0] + "/request_supplement")
    chen.sees("已经告知过")
    expect(chen.page.locator("[name='text-field:area']")).to_have_count(0)


def test_a_refusal_is_a_letter_with_reason_article_and_remedy(
    browser: Browser, installation: Running, papers: dict[str, Path]
):
    unit = "不合格理发店"
    lin = applicant(browser, installation)
    case = lin.apply(papers["good"], unit=unit)
    chen = official(browser, installation, "chen")
    chen.open_case(unit)
    chen.press("受理")
    huang = official(browser, installation, "huang")
    huang.open_case(unit)
    huang.act("提出审查意见", opinion="检测报告不合格，建议不予许可。")
    fu = official(browser, installation, "fu")
    fu.open_case(unit)
    fu.act("不予许可", reason="空气质量检测不合格。", article="公共场所卫生管理条例第三条")
    lin.page.goto(case)
    lin.sees("没有批准")
    lin.sees("空气质量检测不合格。")
    lin.sees("公共场所卫生管理条例第三条")
    lin.sees("行政复议")


def test_an_applicant_withdraws_and_the_clerk_no_longer_has_the_case(
    browser: Browser, installation: Running, papers: dict[str, Path]
):
    unit = "撤回理发店"
    lin = applicant(browser, installation)
    lin.apply(papers["good"], unit=unit)
    lin.go(lin.page.get_by_role("link", name="撤回申请").first)
    lin.press("撤回申请")
    lin.sees("您已撤回申请")
    chen = official(browser, installation, "chen")
    with pytest.raises(AssertionError, match="not in the work list"):
        chen.open_case(unit)


def test_what_was_typed_survives_a_mistake_and_a_file_that_is_not_what_it_says_is_told_at_its_field(
    browser: Browser, installation: Running, papers: dict[str, Path]
):
    lin = applicant(browser, installation)
    page = lin.page
    lin.find_guide("开理发店")
    picture(page, "portal")
    lin.go(page.get_by_role("link", name="我要办").first)
    lin.press("开始填")
    lin.fill("单位名称", "写错的店")
    lin.fill("统一社会信用代码", "91460100MA5RC12340")
    lin.fill("营业面积", "很大")
    lin.press("保存并继续")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("单位名称").first).to_have_value("写错的店")
    expect(page.get_by_label("营业面积").first).to_have_value("很大")
    lin.sees("请填数字")
    page.goto(page.url.split("/form/")[0] + "/materials")
    section = page.locator("main section.tb-paper").first
    section.locator("input[type=file]").set_input_files(papers["false"])
    lin.go(section.get_by_role("button", name="上传"))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main section.tb-paper").first.locator(".tb-error")).to_be_visible()
