import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
import zxingcpp
from django.conf import settings as installed

from tongban.base import documents
from tongban.base.errors import Invalid

LICENCE = Path(installed.ROOT) / "src/tongban/records/licences/templates_pdf/licence.typ"
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
URL = "http://127.0.0.1:8000/verify/1.2.156.3005.2.11460000MB1527.11460000.2026000001.001.X"


def licence_data(**changed: object) -> dict[str, object]:
    data: dict[str, object] = {
        "title": "公共场所卫生许可证",
        "number": "琼卫公证字〔2026〕第000123号",
        "identifier": "1.2.156.3005.2.11460000MB1527.11460000.2026000001.001.X",
        "holder": "海口龙华䶮喆㛃理发店",
        "holder_code": "92460106MA5T7K3Q8X",
        "fields": [
            {"label": "经营地址", "value": "海口市龙华区滨海大道123号"},
            {"label": "许可项目", "value": "理发店"},
        ],
        "organ": "海口市龙华区卫生健康委员会",
        "issued_on": "2026-11-23",
        "valid_from": "2026-11-23",
        "valid_to": "2030-11-22",
        "verify_url": URL,
        "demonstration": True,
    }
    return data | changed


def run(tool: str, *arguments: str | Path) -> bytes:
    program = shutil.which(tool)
    if program is None:
        pytest.fail(f"{tool} is missing; Debian has it in poppler-utils")
    command = [program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).stdout


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return run("pdftotext", "-layout", path, "-").decode().replace("\u200b", "")


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Iterator[Path]:
    """A home of its own, with keys of its own."""
    home = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("home")
    home.setattr(installed, "HOME", folder)
    yield folder
    home.undo()


@pytest.fixture(scope="module")
def signed(installation: Path) -> bytes:
    pdf = documents.render(LICENCE, licence_data(), at=AT)
    return documents.sign_pdf(pdf, reason="核发证照", location="海口", at=AT)


def test_a_licence_shows_what_it_was_given(tmp_path: Path) -> None:
    shown = text_of(documents.render(LICENCE, licence_data(), at=AT), tmp_path)
    for expected in ("公共场所卫生许可证", "琼卫公证字〔2026〕第000123号", "92460106MA5T7K3Q8X", "经营地址",
                     "海口市龙华区卫生健康委员会", "2026年11月23日", "2030年11月22日", "扫码核验", "演示数据，不具法律效力"):  # fmt: skip
        assert expected in shown, expected


def test_a_licence_that_counts_carries_no_demonstration_mark(tmp_path: Path) -> None:
    data = licence_data(demonstration=False, valid_to="", holder_code="")
    shown = text_of(documents.render(LICENCE, data, at=AT), tmp_path)
    assert "演示" not in shown
    assert "起长期有效" in shown
    assert "证件代码" not in shown


@pytest.mark.parametrize("name", ["王䶮", "李喆", "陈㛃", "王𬀩"])
def test_rare_characters_of_names_are_drawn(name: str, tmp_path: Path) -> None:
    # PDF/A refuses a character without a glyph, so that rendering at all is half of the proof.
    assert name in text_of(documents.render(LICENCE, licence_data(holder=name), at=AT), tmp_path)


def test_a_character_that_no_font_has_is_refused_with_the_character_named() -> None:
    with pytest.raises(Invalid) as refused:
        documents.render(LICENCE, licence_data(holder="王\x07"), at=AT)
    assert refused.value.rule == "documents.no_glyph"


def test_a_template_fault_stays_a_fault() -> None:
    incomplete = licence_data()
    del incomplete["holder"]
    with pytest.raises(typst.TypstError):
        documents.render(LICENCE, incomplete, at=AT)


def test_markup_in_the_data_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    hostile = '#panic("x") *a* $b$ \\ "q" ' + "]" + "#read('licence.typ')"
    shown = text_of(documents.render(LICENCE, licence_data(holder=hostile), at=AT), tmp_path)
    assert '#panic("x") *a* $b$' in shown


def test_many_and_long_fields_go_over_to_a_second_page(tmp_path: Path) -> None:
    fields = [{"label": f"事项{number}", "value": "内容" * 60} for number in range(30)]
    shown = text_of(documents.render(LICENCE, licence_data(fields=fields), at=AT), tmp_path)
    assert "事项29" in shown
    assert "第 2 页" in shown


def test_the_same_data_and_time_give_the_same_bytes() -> None:
    assert documents.render(LICENCE, licence_data(), at=AT) == documents.render(
        LICENCE, licence_data(), at=AT
    )


def test_the_archive_copy_carries_its_data_for_machines(signed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "licence.pdf"
    path.write_bytes(signed)
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B" in run("pdfinfo", "-meta", path)
    run("pdfdetach", "-save", "1", "-o", tmp_path / "data.json", path)
    kept = json.loads((tmp_path / "data.json").read_text())
    assert kept == licence_data()


def test_the_printed_qr_code_leads_to_the_verification_page(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "licence.pdf").write_bytes(signed)
    run("pdftoppm", "-r", "150", "-gray", "-singlefile", tmp_path / "licence.pdf", tmp_path / "page")
    _, size, _, pixels = (tmp_path / "page.pgm").read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    found = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width)))
    assert [code.text for code in found] == [URL]


def test_pdfsig_finds_the_signature_valid_over_the_whole_document(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "licence.pdf").write_bytes(signed)
    said = run("pdfsig", tmp_path / "licence.pdf").decode()
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "海南省政务服务（演示）" in said
    # The time is the one passed in, not the machine's.
    assert "Nov 23 2026" in said


@pytest.mark.skipif(shutil.which("certutil") is None, reason="certutil (libnss3-tools) makes the trust store")
def test_pdfsig_trusts_the_signature_once_our_root_is_trusted(
    installation: Path, signed: bytes, tmp_path: Path
) -> None:
    (tmp_path / "licence.pdf").write_bytes(signed)
    store = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", store, "--empty-password")
    root = installation / "keys" / "root.crt"
    run("certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root)
    assert "Certificate is Trusted" in run("pdfsig", "-nssdir", store, tmp_path / "licence.pdf").decode()


def test_pdfsig_notices_one_altered_byte(signed: bytes, tmp_path: Path) -> None:
    altered = bytearray(signed)
    altered[len(signed) // 3] ^= 1
    (tmp_path / "licence.pdf").write_bytes(altered)
    assert "Signature is Valid" not in run("pdfsig", tmp_path / "licence.pdf").decode()


def test_signing_leaves_the_rendered_bytes_in_front_untouched(signed: bytes) -> None:
    assert signed.startswith(documents.render(LICENCE, licence_data(), at=AT))


def test_a_qr_code_is_one_self_contained_svg() -> None:
    drawn = documents.qr_svg("https://example.invalid/验证")
    assert drawn.startswith("<?xml")
    assert "<svg" in drawn
