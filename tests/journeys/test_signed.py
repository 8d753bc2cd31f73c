"""A decision signed with a certificate, and the applicant who checks who did it (签名的决定), in a real browser and without our database."""

import subprocess
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, TimeoutError, expect
from tests.journeys.people import Applicant, until
from tests.journeys.running import Running
from tests.journeys.test_browser import applicant, official

from config.home import ROOT
from tongban import verify

NOTE = "材料齐全，准予许可。"


def taken(lin: Applicant, address: str, where: Path) -> None:
    """The archive, once the worker has sealed everything, which it does every ten seconds."""
    for _ in range(6):
        lin.page.goto(address)
        try:
            with lin.page.expect_download(timeout=10_000) as download:
                lin.page.get_by_role("button", name="下载责任认定包（zip）").click()
        except TimeoutError:
            continue
        download.value.save_as(where)
        return
    raise AssertionError(f"no archive from {address}: {lin.page.locator('main').inner_text()}")


@pytest.mark.parametrize("javascript", [True, False], ids=["desk", "no JavaScript"])
def test_an_official_signs_a_decision_and_the_applicant_checks_who_did_it(
    browser: Browser, installation: Running, papers: dict[str, Path], tmp_path: Path, javascript: bool
):
    unit = f"签名理发店{'一' if javascript else '二'}号"
    lin = applicant(browser, installation, javascript=javascript)
    case = lin.apply(papers["good"], unit=unit)
    chen = official(browser, installation, "chen")
    chen.open_case(unit)
    chen.press("受理")
    huang = official(browser, installation, "huang")
    huang.open_case(unit)
    huang.act("提出审查意见", opinion="现场符合要求，建议准予。")

    fu = official(browser, installation, "fu", javascript=javascript)
    fu.open_case(unit)
    fu.follow("准予许可")
    fu.page.locator("main [name=note]").fill(NOTE)
    fu.sign("not-my-pin")
    fu.press("准予许可")
    expect(fu.page.locator("#id_pin-error")).to_contain_text("证书口令不对")
    expect(fu.page.locator("main [name=note]")).to_have_value(NOTE)
    expect(fu.page.locator("main [name=pin]")).to_have_value("")
    fu.sign()
    fu.press("准予许可")
    fu.sees("已签名")

    lin.page.goto(case)
    until(lin.page, "证照已签发，办件办结")
    lin.sees("已签名")
    lin.page.goto(case + "/responsibility")
    lin.sees("各项核验都相符")
    lin.sees("符国栋 签名")
    archive = tmp_path / "report.zip"
    taken(lin, case + "/responsibility", archive)

    assert verify.run(archive) == 0
    said = subprocess.run(
        ["bash", ROOT / "scripts" / "verify_responsibility.sh", archive],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "ok"), said.stderr
    with zipfile.ZipFile(archive) as opened:
        assert NOTE.encode() in b"".join(
            opened.read(name) for name in opened.namelist() if name.startswith("texts/")
        )
    with lin.page.expect_download() as download:
        lin.page.get_by_role("button", name="下载报告（PDF）").click()
    paper = tmp_path / "report.pdf"
    download.value.save_as(paper)
    words = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "符国栋" in words
    assert "各项核验全部相符" in words
