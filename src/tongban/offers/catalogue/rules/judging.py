"""Judging (边写边查) what is being written: everything that is wrong, missing, beyond the standard or of poor quality, at once.

A text may be half written: what can be judged already is. The same rules decide when it goes to approval.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from tongban.offers.catalogue.rules.drafts import completed, missing, read_partial
from tongban.offers.catalogue.rules.guide import Terms
from tongban.offers.catalogue.rules.narrowing import Violation, violations
from tongban.offers.catalogue.rules.quality import Finding, findings, score_of
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import ItemType
from tongban.standards.text import Message, msg


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be taken (填错的地方): where, and how to mend it."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a text (检查结果). ``wrong``: it is no guide like this; ``beyond``: more than the standard allows.

    ``missing``: elements that are not there yet; until they are, ``points`` (0 to 100) is None.
    """

    wrong: tuple[Wrong, ...]
    missing: tuple[str, ...]
    beyond: tuple[Violation, ...]
    findings: tuple[Finding, ...]
    points: int | None


def judge(
    kind: type[Terms], body: Mapping[str, object], item_type: ItemType, standard: Terms | None
) -> Judgement:
    """Everything that is to be said of ``body`` (检查), a draft of ``kind``, under the standard of its day."""
    whole = completed(body, standard) if kind is not Terms else dict(body)
    lacking = tuple(missing(kind, whole))
    readable, between = _readable(kind, whole)
    try:
        read_partial(kind, body)
        wrong: tuple[Wrong, ...] = ()
    except ValidationError as error:
        wrong = wrongs(error)
    wrong += tuple(one for one in between if one not in wrong and one.path not in lacking)
    if readable is None:
        return Judgement(wrong, lacking, (), (), None)
    beyond = tuple(violations(standard, readable)) if standard is not None else ()
    found = tuple(findings(readable, item_type, has_basic=kind is Terms, standard=standard))
    complete = not lacking and not wrong
    return Judgement(wrong, lacking, beyond, found, score_of(found) if complete else None)


def _readable(kind: type[Terms], whole: Mapping[str, object]) -> tuple[Terms | None, tuple[Wrong, ...]]:
    """The most that can be read of it: the guide, or at least the terms in it, and why it is not the guide."""
    try:
        return kind.model_validate(whole), ()
    except ValidationError as error:
        between = wrongs(error)
    try:
        terms = {name: value for name, value in whole.items() if name in Terms.model_fields}
        return Terms.model_validate(terms), between
    except ValidationError:
        return None, between


def wrongs(error: ValidationError) -> tuple[Wrong, ...]:
    """What pydantic refused (逐处说明), in words for who wrote it."""
    return tuple(
        Wrong(".".join(_places(one)) or "guide", told(one))
        for one in cast(list[Mapping[str, Any]], error.errors())
    )


def _places(one: Mapping[str, Any]) -> Iterator[str]:
    return (str(part) for part in one["loc"])


_NUMBER = msg("请填数字。")
_WHOLE = msg("请填整数。")
_CHOOSE = msg("请从列出的选项里选一个。")
NEEDED = msg("这一项要填。")
_TOLD: Mapping[str, str] = {
    "missing": NEEDED,
    "string_too_short": NEEDED,
    "string_type": NEEDED,
    "string_too_long": msg("最多%(max_length)s个字。"),
    "string_pattern_mismatch": msg("写法不对，请看说明。"),
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "greater_than_equal": msg("不能小于%(ge)s。"),
    "less_than_equal": msg("不能大于%(le)s。"),
    "literal_error": _CHOOSE,
    "enum": _CHOOSE,
    "bool_parsing": _CHOOSE,
    "bool_type": _CHOOSE,
    "too_short": msg("至少要有一条。"),
    "extra_forbidden": msg("没有这一项。"),
}
# What the structure says in English to those who write guides as files.
_BETWEEN: Mapping[str, str] = {
    "promised limit is longer": msg("承诺期限不能比法定期限长。"),
    "visits need a reason": msg("要到现场的，写明为什么。"),
    "fully online needs no visit": msg("全程网办的，到现场次数是0。"),
    "must be offered": msg("不用到现场又不是全程网办的，要能邮寄。"),
    "longitude and latitude": msg("经度和纬度要一起填。"),
    "complaint must differ": msg("咨询电话和投诉电话不能是同一个。"),
    "materials have the same key": msg("有两份材料的代号相同。"),
    "depends on": msg("条件里用到的问题或者选项，表单里没有。"),
    "the result prints": msg("结果上要印的内容，表单里没有问。"),
    "promise of 0 days": msg("当场办结的是即办件，请改办件类型或者承诺期限。"),
    "fields have the same key": msg("表单里有两个问题的代号相同。"),
    "sections have the same key": msg("表单里有两页的代号相同。"),
    "a choice has options": msg("选择题要有选项，别的题没有选项。"),
    "options have the same value": msg("有两个选项的值相同。"),
    "departments have the key": msg("有两个联办部门的代号相同。"),
    "do not stand before it": msg("“等谁的意见”里只能写排在前面的部门的代号。"),
    "the commitment replaces": msg("承诺代替的材料，申请材料里没有。"),
    "minimum is greater": msg("最小的比最大的还大。"),
}


def told(one: Mapping[str, Any]) -> str:
    """One refusal in words (说明)."""
    context = one.get("ctx") or {}
    inner = context.get("error")
    if isinstance(inner, BadCode):
        return Message(inner.message, inner.params)
    if one["type"] in _TOLD:
        values = {name: value for name, value in context.items() if isinstance(value, int | float | str)}
        return Message(_TOLD[one["type"]], values) if values else _TOLD[one["type"]]
    why = str(inner or one["msg"])
    known = next((chinese for part, chinese in _BETWEEN.items() if re.search(part, why)), None)
    return known or Message(msg("这里写得不对：%(why)s"), {"why": why})
