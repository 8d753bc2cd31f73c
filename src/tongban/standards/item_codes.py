"""Item codes (事项编码): basic 12, implementation 31, business item 33, and the older 10 and 24.

Sources: structure as in the national rules for basic catalogues and implementation lists, seen on real published
records; item types and levels of exercise from GB/T 39046 tables A.1 and A.2. Sure for 12, 31 and 33: every real code at
hand parses, and the organ's credit code inside each of them has a right check character, so that check is required.
Not checked, because published records differ: whether the division, the field or the serial exists.

The 10-character code follows the shape printed in a provincial standard (DB52/T 1264-2018, read only in an excerpt:
type 2 letters, main item 5, sub-item 3). The 24-character one was seen on one real record, on which it reads as division
12 + organisation code 9 + serial 3. Both are only kept as aliases: their parts are not interpreted.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tongban.standards import credit_code
from tongban.standards.codes import BadCode, normalised
from tongban.standards.text import msg

WITH_CHILDREN: Final = "00Y"
WITHOUT_CHILDREN: Final = "000"

_BASIC: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{3})(00Y|[0-9]{3})", re.ASCII)
_OLD: Final = re.compile(r"(?:[0-9A-Z]{2}[0-9]{5}(?:00Y|[0-9]{3})|[0-9]{12}[0-9A-Z]{12})", re.ASCII)


class ItemType(StrEnum):
    """Types of items (事项类型), GB/T 39046 table A.1. ``POWER`` is the heading over 01-10; some lists use it."""

    POWER = "00"
    LICENCE = "01"
    PENALTY = "02"
    COERCION = "03"
    LEVY = "04"
    PAYMENT = "05"
    INSPECTION = "06"
    CONFIRMATION = "07"
    REWARD = "08"
    RULING = "09"
    OTHER_POWER = "10"
    PUBLIC_SERVICE = "20"

    @property
    def label(self) -> str:
        """The Chinese name (名称)."""
        return _TYPE_NAMES[self]


_TYPE_NAMES: Final = {
    ItemType.POWER: msg("行政权力"),
    ItemType.LICENCE: msg("行政许可"),
    ItemType.PENALTY: msg("行政处罚"),
    ItemType.COERCION: msg("行政强制"),
    ItemType.LEVY: msg("行政征收"),
    ItemType.PAYMENT: msg("行政给付"),
    ItemType.INSPECTION: msg("行政检查"),
    ItemType.CONFIRMATION: msg("行政确认"),
    ItemType.REWARD: msg("行政奖励"),
    ItemType.RULING: msg("行政裁决"),
    ItemType.OTHER_POWER: msg("其他行政权力"),
    ItemType.PUBLIC_SERVICE: msg("公共服务"),
}


class Level(StrEnum):
    """Levels of exercise (行使层级), GB/T 39046 table A.2. ``GRADED``: several levels share the item."""

    STATE = "1"
    PROVINCE = "2"
    CITY = "3"
    COUNTY = "4"
    TOWN = "5"
    VILLAGE = "6"
    GRADED = "7"

    @property
    def label(self) -> str:
        """The Chinese name (名称)."""
        return _LEVEL_NAMES[self]


_LEVEL_NAMES: Final = {
    Level.STATE: msg("国家级"),
    Level.PROVINCE: msg("省级"),
    Level.CITY: msg("市级"),
    Level.COUNTY: msg("县级"),
    Level.TOWN: msg("镇（乡、街道）级"),
    Level.VILLAGE: msg("村（社区）级"),
    Level.GRADED: msg("分级管理"),
}


def _bad_basic(code: str) -> BadCode:
    return BadCode(
        "item_codes.basic",
        msg("基本编码应为12位数字，末三位可为00Y：%(code)s"),
        {"code": code},
    )


@dataclass(frozen=True, slots=True)
class BasicCode:
    """A basic item code (基本编码): division 2 (``00`` national) + type 2 + field 2 + main item 3 + sub-item 3."""

    division: str
    type: ItemType
    field: str
    main: str
    sub: str

    def __post_init__(self) -> None:
        if not _BASIC.fullmatch(str(self)):
            raise _bad_basic(str(self))

    def __str__(self) -> str:
        return f"{self.division}{self.type}{self.field}{self.main}{self.sub}"

    @classmethod
    def parse(cls, text: str) -> "BasicCode":
        """The code typed as ``text`` (解析基本编码); :class:`BadCode` when it is none or its type is unknown."""
        code = normalised(text)
        found = _BASIC.fullmatch(code)
        if found is None:
            raise _bad_basic(code)
        division, type_, field, main, sub = found.groups()
        try:
            item_type = ItemType(type_)
        except ValueError:
            raise BadCode(
                "item_codes.type",
                msg("基本编码第3、4位的事项类型代码不存在：%(type)s"),
                {"type": type_},
            ) from None
        return cls(division=division, type=item_type, field=field, main=main, sub=sub)


@dataclass(frozen=True, slots=True)
class ImplementationCode:
    """An implementation code (实施编码): the organ's credit code 18 + level of exercise 1 + basic code 12."""

    organ: str
    level: Level
    basic: BasicCode

    def __post_init__(self) -> None:
        if not credit_code.holds(self.organ):
            raise BadCode(
                "item_codes.organ",
                msg("实施编码前18位不是有效的统一社会信用代码：%(code)s"),
                {"code": self.organ},
            )

    def __str__(self) -> str:
        return f"{self.organ}{self.level}{self.basic}"

    @classmethod
    def parse(cls, text: str) -> "ImplementationCode":
        """The code typed as ``text`` (解析实施编码); :class:`BadCode` when it is none."""
        code = normalised(text)
        if len(code) != 31:
            raise BadCode(
                "item_codes.implementation",
                msg("实施编码应为31位，现为%(length)s位"),
                {"length": len(code)},
            )
        try:
            level = Level(code[18])
        except ValueError:
            raise BadCode(
                "item_codes.level",
                msg("实施编码第19位的行使层级代码不存在：%(level)s"),
                {"level": code[18]},
            ) from None
        return cls(organ=code[:18], level=level, basic=BasicCode.parse(code[19:]))


@dataclass(frozen=True, slots=True)
class BusinessCode:
    """A business-item code (业务办理项编码): an implementation code 31 + serial 2."""

    implementation: ImplementationCode
    serial: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{2}", self.serial):
            raise BadCode(
                "item_codes.business_serial",
                msg("业务办理项编码末两位应为数字：%(serial)s"),
                {"serial": self.serial},
            )

    def __str__(self) -> str:
        return f"{self.implementation}{self.serial}"

    @classmethod
    def parse(cls, text: str) -> "BusinessCode":
        """The code typed as ``text`` (解析业务办理项编码); :class:`BadCode` when it is none."""
        code = normalised(text)
        if len(code) != 33:
            raise BadCode(
                "item_codes.business",
                msg("业务办理项编码应为33位，现为%(length)s位"),
                {"length": len(code)},
            )
        return cls(implementation=ImplementationCode.parse(code[:31]), serial=code[31:])


@dataclass(frozen=True, slots=True)
class OldCode:
    """A code of the older generation (旧编码), 10 or 24 characters; kept as an alias and not interpreted."""

    text: str

    def __post_init__(self) -> None:
        if not _OLD.fullmatch(self.text):
            raise BadCode(
                "item_codes.old",
                msg("旧事项编码应为10位或24位数字、字母：%(code)s"),
                {"code": self.text},
            )

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> "OldCode":
        """The code typed as ``text`` (解析旧编码); :class:`BadCode` when it is none."""
        return cls(normalised(text))


@dataclass(frozen=True, slots=True)
class BusinessBasicCode:
    """What all business items of one kind share (业务办理项的基本部分): a basic code 12 + serial 2.

    A business item's code of 33 is organ 18 + level 1 + this. That the serial means the same in every organ is [O], our
    own reading of 同一事项、同一标准、同一编码; no rule was found that counts the serials for the whole province.
    """

    basic: BasicCode
    serial: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{2}", self.serial):
            raise BadCode(
                "item_codes.business_serial",
                msg("业务办理项编码末两位应为数字：%(serial)s"),
                {"serial": self.serial},
            )

    def __str__(self) -> str:
        return f"{self.basic}{self.serial}"

    @property
    def type(self) -> ItemType:
        """The type of its basic item (事项类型)."""
        return self.basic.type


def parse_basic(text: str) -> BasicCode | BusinessBasicCode:
    """The code of a basic item or of a kind of business item (解析目录编码), told by its length; :class:`BadCode` for none."""
    code = normalised(text)
    if len(code) == 14:
        return BusinessBasicCode(BasicCode.parse(code[:12]), code[12:])
    return BasicCode.parse(code)


ItemCode = BasicCode | ImplementationCode | BusinessCode | OldCode


def parse_any(text: str) -> ItemCode:
    """The item code that ``text`` is, told by its length (识别事项编码); :class:`BadCode` when it is none."""
    code = normalised(text)
    match len(code):
        case 12:
            return BasicCode.parse(code)
        case 31:
            return ImplementationCode.parse(code)
        case 33:
            return BusinessCode.parse(code)
        case 10 | 24:
            return OldCode.parse(code)
    raise BadCode(
        "item_codes.length",
        msg("事项编码应为12、31或33位（旧编码10或24位），现为%(length)s位"),
        {"length": len(code)},
    )


def is_main_with_children(code: BasicCode) -> bool:
    """Whether the item is a main item that has children (有子项的主项)."""
    return code.sub == WITH_CHILDREN


def parent_of(code: BasicCode | BusinessBasicCode) -> BasicCode | None:
    """The main item over a child (所属主项), e.g. ``00016421300Y`` over ``000164213003``; ``None`` for a main item.

    The item over a business item is its basic item.
    """
    if isinstance(code, BusinessBasicCode):
        return code.basic
    if code.sub in (WITH_CHILDREN, WITHOUT_CHILDREN):
        return None
    return BasicCode(
        division=code.division, type=code.type, field=code.field, main=code.main, sub=WITH_CHILDREN
    )
