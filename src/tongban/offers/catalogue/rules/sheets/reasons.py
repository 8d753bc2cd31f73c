"""Reasons (原因): what the structure of a guide refuses, in words for who filled in the table."""

import re
from collections.abc import Mapping
from typing import Any

from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_NEEDED = msg("这一格不能空。")
_CHOICE = msg("不是可以填的值，请照说明填。")
_NUMBER = msg("这里要填数字，例如 110.35。")
_KINDS: Mapping[str, str] = {
    "missing": _NEEDED,
    "string_too_short": _NEEDED,
    "string_too_long": msg("最多 %(max_length)s 个字符。"),
    "string_pattern_mismatch": msg("写法不对，请照说明填。"),
    "string_type": msg("这里要填文字。"),
    "int_type": msg("这里要填整数。"),
    "int_parsing": msg("这里要填整数。"),
    "int_from_float": msg("这里要填整数。"),
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "greater_than_equal": msg("不能小于 %(ge)s。"),
    "less_than_equal": msg("不能大于 %(le)s。"),
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "bool_type": _CHOICE,
    "bool_parsing": _CHOICE,
    "too_short": msg("至少要有一项。"),
    "extra_forbidden": msg("没有这一项。"),
}
# What the structure itself says, in English, to those who write guides as files.
_SENTENCES: Mapping[str, str] = {
    "promised limit is longer": msg("承诺时限不能比法定时限长。"),
    "visits need a reason": msg("要到现场的，要写必须现场办理的原因。"),
    "fully online needs no visit": msg("全程网办的事项，到现场次数应当是 0。"),
    "post must be offered": msg("不用到现场又不是全程网办的，要能物流快递。"),
    "longitude and latitude": msg("经度和纬度要一起填。"),
    "must differ": msg("咨询电话和监督投诉电话不能相同。"),
    "materials have the same key": msg("有两份材料的标识相同。"),
    "depends on": msg("适用情形用到了表单里没有的字段或者选项。"),
    "the result prints": msg("证照打印字段用到了表单里没有的字段。"),
    "promise of 0 days": msg("承诺时限是 0 的，办件类型应当是即办件。"),
    "fields have the same key": msg("有两个字段的标识相同。"),
    "sections have the same key": msg("有两个分页的标识相同。"),
    "options have the same value": msg("有两个选项的值相同。"),
    "a choice has options": msg("选择字段要有选项，其他字段没有选项。"),
    "minimum is greater": msg("最小值比最大值还大。"),
}


def reason_of(error: Mapping[str, Any]) -> str:
    """One refusal in words (原因)."""
    context = error.get("ctx") or {}
    inner = context.get("error")
    if isinstance(inner, BadCode):
        return Message(inner.message, inner.params)
    if error["type"] in _KINDS:
        values = {name: value for name, value in context.items() if isinstance(value, int | float | str)}
        return Message(_KINDS[error["type"]], values) if values else _KINDS[error["type"]]
    said = str(inner or error["msg"])
    known = next((chinese for part, chinese in _SENTENCES.items() if re.search(part, said)), None)
    return known or Message(msg("这里写得不对：%(said)s"), {"said": said[:200]})
