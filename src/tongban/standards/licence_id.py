"""Electronic-licence identifiers (电子证照标识): who defined the kind, who issued it, which one, which version.

``1.2.156.3005.2.<definer 18 + type 3>.<issuer 18>.<serial>.<version 3>.<check>``; the check character is ISO/IEC 7064
MOD 37,36 over all characters after the root, dots removed.
Source: the real published record of one licence, on which the check and both credit codes hold; taken to be the form of
GB/T 36904-2018 (电子证照 标识规范), whose text was not at hand. The length of the serial is not known: 1 to 64.

What is promised: every single wrong character is caught (the check, and a credit code's own check).
"""

import re
from dataclasses import dataclass
from typing import Final

from tongban.standards import credit_code
from tongban.standards.codes import BadCode, normalised
from tongban.standards.iso7064 import mod37_36
from tongban.standards.text import msg

ROOT: Final = "1.2.156.3005.2"
_PARTS: Final = re.compile(
    r"([0-9A-Z]{18})([0-9A-Z]{3})\.([0-9A-Z]{18})\.([0-9A-Z]{1,64})\.([0-9]{3})\.([0-9A-Z])"
)


@dataclass(frozen=True, slots=True)
class LicenceId:
    """An electronic-licence identifier (电子证照标识) and its parts; ``version`` counts from 1 to 999."""

    definer: str
    type: str
    issuer: str
    serial: str
    version: int

    def __post_init__(self) -> None:
        if not _PARTS.fullmatch(f"{self._body}.0") or self.version < 1:
            raise BadCode("licence_id.form", msg("电子证照标识的组成部分格式不符"))
        for code in (self.definer, self.issuer):
            if not credit_code.holds(code):
                raise BadCode(
                    "licence_id.organ",
                    msg("电子证照标识中的统一社会信用代码无效：%(code)s"),
                    {"code": code},
                )

    @property
    def _body(self) -> str:
        return f"{self.definer}{self.type}.{self.issuer}.{self.serial}.{self.version:03d}"

    @property
    def check(self) -> str:
        """The check character (校验位)."""
        return mod37_36(self._body.replace(".", ""))

    def __str__(self) -> str:
        return f"{ROOT}.{self._body}.{self.check}"


def make(*, definer: str, type: str, issuer: str, serial: str, version: int = 1) -> str:
    """The identifier of a licence (生成电子证照标识); :class:`BadCode` when a part does not fit."""
    return str(LicenceId(definer=definer, type=type, issuer=issuer, serial=serial, version=version))


def parse(text: str) -> LicenceId:
    """The identifier typed as ``text``, checked (核验电子证照标识); :class:`BadCode` when it is none."""
    code = normalised(text)
    found = _PARTS.fullmatch(code.removeprefix(f"{ROOT}.")) if code.startswith(f"{ROOT}.") else None
    if found is None:
        raise BadCode(
            "licence_id.form",
            msg("电子证照标识格式不符，应以1.2.156.3005.2开头并含类型、颁发机构、流水号、版本和校验位"),
        )
    definer, type_, issuer, serial, version, check = found.groups()
    if mod37_36(definer + type_ + issuer + serial + version) != check:
        raise BadCode("licence_id.check", msg("电子证照标识最后一位校验不符，请逐位核对是否输错"))
    return LicenceId(definer=definer, type=type_, issuer=issuer, serial=serial, version=int(version))


def check(text: str) -> bool:
    """Whether ``text``, exactly as it stands, is a right identifier (校验通过)."""
    try:
        return str(parse(text)) == text
    except BadCode:
        return False
