"""Small files of every kind, whole enough to be told apart (测试文件样本)."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"


def office(*members: str) -> bytes:
    """An Office Open XML package with these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for member in ("[Content_Types].xml", *members):
            package.writestr(member, "<xml/>")
    return made.getvalue()


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
