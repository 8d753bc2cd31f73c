"""Code lists (代码表) that forms share: each with its standard, edition and source, and never changed once named.

A list is named with its edition, so that a form that uses it goes on meaning what it meant: a later edition is another list.
Sources: GB/T 2261.1-2003, 2261.2-2003 and 4761-2008 (one-digit codes) as published; the others as in ``data/codes``, which
a test compares. The table of GB/T 4761 says 子 and 女 where this one says 儿子 and 女儿, so that nobody reads a sex in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list (代码表): its ``id`` as forms name it, title, edition, source, and (code, label) in order."""

    id: str
    title: str
    edition: str
    source: str
    entries: tuple[tuple[str, str], ...]


_LISTS: Final = (
    CodeList(
        id="GBT2261.1-2003",
        title=msg("人的性别代码"),
        edition="2003",
        source="GB/T 2261.1-2003",
        entries=(
            ("1", msg("男性")),
            ("2", msg("女性")),
            ("9", msg("未说明的性别")),
            ("0", msg("未知的性别")),
        ),
    ),
    CodeList(
        id="GBT2261.2-2003",
        title=msg("婚姻状况代码"),
        edition="2003",
        source="GB/T 2261.2-2003",
        entries=(
            ("10", msg("未婚")),
            ("20", msg("已婚")),
            ("21", msg("初婚")),
            ("22", msg("再婚")),
            ("23", msg("复婚")),
            ("30", msg("丧偶")),
            ("40", msg("离婚")),
            ("90", msg("未说明的婚姻状况")),
        ),
    ),
    CodeList(
        id="GBT4761-2008",
        title=msg("家庭关系代码"),
        edition="2008",
        source="GB/T 4761-2008",
        entries=(
            ("0", msg("本人或者户主")),
            ("1", msg("配偶")),
            ("2", msg("儿子")),
            ("3", msg("女儿")),
            ("4", msg("孙子、孙女，外孙子、外孙女")),
            ("5", msg("父母")),
            ("6", msg("祖父母、外祖父母")),
            ("7", msg("兄、弟、姐、妹")),
            ("8", msg("其他")),
        ),
    ),
    CodeList(
        id="id_types_zhejiang",
        title=msg("证件类型"),
        edition="2019",
        source="data/codes/id_types_zhejiang.csv",
        entries=(
            ("1", msg("身份证")),
            ("2", msg("护照")),
            ("3", msg("军官证")),
            ("4", msg("港澳通行证")),
            ("5", msg("台胞证")),
            ("6", msg("外国人永居证")),
        ),
    ),
    CodeList(
        id="service_object_A4",
        title=msg("服务对象"),
        edition="2020",
        source="data/codes/service_object_A4.csv (GB/T 39046 A.4)",
        entries=(
            ("1", msg("自然人")),
            ("2", msg("企业法人")),
            ("3", msg("事业法人")),
            ("4", msg("社会组织法人")),
            ("5", msg("行政机关")),
            ("6", msg("其他组织")),
        ),
    ),
)

CODE_LISTS: Final[Mapping[str, CodeList]] = {one.id: one for one in _LISTS}
