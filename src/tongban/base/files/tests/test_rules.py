import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.files import rules

from . import samples


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (samples.PDF, rules.PDF),
        (samples.PNG, rules.PNG),
        (samples.JPEG, rules.JPEG),
        (samples.DOCX, rules.DOCX),
        (samples.XLSX, rules.XLSX),
        (samples.office("word/document.xml", "word/vbaProject.bin"), None),
        (samples.office("word/document.xml", "word/VBAPROJECT.BIN"), None),
        (samples.office("notes.txt"), None),
        (samples.DOCX[:-10], None),
        (b"PK\x03\x04" + bytes(100), None),
        (b"MZ\x90\x00 this program", None),
        (b"<html>%PDF-1.7", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"", None),
    ],
)
def test_the_kind_is_read_from_the_bytes(content: bytes, expected: str | None) -> None:
    assert rules.found_type(io.BytesIO(content)) == expected


def test_a_package_that_would_unpack_to_more_than_any_document_is_none() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<xml/>")
        with package.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(257):
                part.write(bytes(1024 * 1024))
    assert len(made.getvalue()) < 1024 * 1024
    assert rules.found_type(made) is None


def test_a_package_with_an_endless_list_of_parts_is_not_read_to_its_end() -> None:
    package = samples.office("word/document.xml", *(f"{number:0>200}" for number in range(5_000)))
    assert rules.found_type(io.BytesIO(package)) is None


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", samples.DOCX]))
def test_no_bytes_make_the_check_fail_other_than_by_an_answer(content: bytes, start: bytes) -> None:
    assert rules.found_type(io.BytesIO(start + content)) in {*rules.MEDIA_TYPES, None}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("身份证.PDF", "pdf"),
        ("a.tar.jpeg", "jpeg"),
        ("无扩展名", ""),
        ("", ""),
        ("x.pdf ", "pdf"),
        ("x.", ""),
    ],
)
def test_extension_is_the_last_part_in_lower_case(name: str, expected: str) -> None:
    assert rules.extension(name) == expected


@pytest.mark.parametrize(
    "made_up", ["", "a" * 63, "a" * 65, "A" * 64, "../" + "a" * 61, "a" * 63 + "\n", "g" * 64]
)
def test_only_64_hexadecimal_digits_name_a_file(made_up: str) -> None:
    assert not rules.is_digest(made_up)


def test_kinds_are_named_in_a_fixed_order() -> None:
    assert rules.kind_names({rules.JPEG, rules.PDF}) == "PDF/JPG"
