"""Labels (要素名称): what each part of an element is called where people read or write it, and each of its choices.

``TERMS`` of :mod:`elements` names whole elements; here are the parts of one. A part that nobody named is shown by its
name in the structure; a test sees to it that there is none.
"""

from collections.abc import Mapping

from tongban.offers.catalogue.rules.elements import (
    ANYWHERE_LABELS,
    FORM_LABELS,
    INSTANCE_LABELS,
    KIND_LABELS,
    LEVEL_LABELS,
    NATURE_LABELS,
    ONLINE_LABELS,
    ORIGINAL_LABELS,
    PAYER_LABELS,
    POWER_LABELS,
    PROCEDURE_LABELS,
    REQUIREMENT_LABELS,
    TERMS,
    UNIT_LABELS,
    WAY_LABELS,
)
from tongban.standards.text import msg

_NAME, _BASIS, _NOTES, _DAYS = msg("名称"), msg("依据"), msg("说明"), msg("工作日")
_KEY, _ASKED, _KIND = msg("代号"), msg("什么情况下才要"), msg("种类")

_ASKING: Mapping[str, str] = {
    "key": _KEY,
    "label": msg("问什么"),
    "type": msg("怎样回答"),
    "help": _NOTES,
    "required": msg("必填"),
    "max_length": msg("最多多少字"),
    "minimum": msg("最小"),
    "maximum": msg("最大"),
    "unit": msg("单位"),
    "role": msg("算作什么"),
    "options": msg("选项"),
    "codes": msg("用哪一个代码表"),
    "check": msg("按什么核对"),
    "place_level": msg("到哪一级地方"),
    "columns": msg("表格的列"),
    "min_rows": msg("最少几行"),
    "max_rows": msg("最多几行"),
    "when": _ASKED,
    "prefill": msg("从哪里预填"),
    "fixed": msg("预填的不再问"),
    "autocomplete": msg("浏览器自动填写"),
}

PARTS: Mapping[str, Mapping[str, str]] = {
    "Basis": {"title": msg("法规名称"), "article": msg("条款"), "text": msg("条文")},
    "Limits": {
        "statutory_days": msg("法定期限"),
        "promised_days": msg("承诺期限（工作日）"),
        "statutory_unit": msg("法定期限按什么算"),
        "note": msg("法定期限的说明"),
        "reply_days": msg("几个工作日内答复是否受理"),
        "delivery_days": msg("决定后几个工作日内送达"),
        "pre_review_days": msg("预审承诺（工作日）"),
        "extension_days": msg("最多延长几个工作日"),
        "later_days": msg("容缺材料几个工作日内补交"),
    },
    "Step": {"name": msg("环节"), "days": _DAYS, "what": msg("做什么"), "post": msg("由谁办")},
    "SpecialProcedure": {
        "kind": msg("程序"),
        "days": msg("需要几个工作日"),
        "what": msg("做什么"),
        "basis": _BASIS,
    },
    "Intermediary": {"name": msg("服务名称"), "basis": _BASIS, "payer": msg("谁付费"), "notes": _NOTES},
    "Material": {
        "key": _KEY,
        "name": msg("材料名称"),
        "kind": _KIND,
        "source": msg("来源"),
        "issuer": msg("来源渠道说明"),
        "form": msg("纸质还是电子"),
        "original": msg("原件还是复印件"),
        "copies": msg("份数"),
        "signature": msg("签名签章要求"),
        "requirement": msg("必要性"),
        "basis": msg("要求的依据"),
        "notes": msg("填写说明"),
        "licence": msg("可免交的电子证照类型"),
        "review_points": msg("审查要点"),
        "blank": msg("空白表格"),
        "sample": msg("样本"),
        "when": _ASKED,
    },
    "Fee": {
        "name": msg("收费项目"),
        "standard": msg("收费标准"),
        "basis": msg("收费依据"),
        "reductions": msg("减免情形"),
        "online": msg("能不能网上缴"),
    },
    "Channels": {
        "ways": msg("办理形式"),
        "online": msg("网上办理深度"),
        "visits": msg("到办事现场次数"),
        "visit_reason": msg("为什么要到现场"),
        "post": msg("可以邮寄"),
        "anywhere": msg("通办范围"),
        "appointment": msg("可以预约"),
        "appointment_how": msg("怎样预约"),
        "terminals": msg("自助终端"),
        "level": msg("网上申请的实名等级"),
    },
    "Window": {
        "name": msg("窗口名称"),
        "address": msg("地址"),
        "hours": msg("办公时间"),
        "phone": msg("电话"),
        "transport": msg("交通指引"),
        "longitude": msg("经度"),
        "latitude": msg("纬度"),
    },
    "Phones": {"advice": msg("咨询电话"), "complaint": msg("监督投诉电话")},
    "Result": {
        "name": msg("结果名称"),
        "kind": msg("结果种类"),
        "licence_type": msg("证照类型代码"),
        "valid_years": msg("有效期（年）"),
        "sample": msg("结果样本"),
        "fields": msg("印在结果上的内容"),
    },
    "Question": {"question": msg("问"), "answer": msg("答")},
    "Remark": {"label": msg("标题"), "text": msg("内容")},
    "Department": {
        "key": _KEY,
        "organ": msg("部门的统一社会信用代码"),
        "name": msg("部门名称"),
        "what": msg("出具什么意见"),
        "days": msg("几个工作日内出具意见"),
        "after": msg("等谁的意见"),
        "instance": msg("是不是下级先审"),
    },
    "Commitment": {
        "proves": msg("要证明什么"),
        "duty": msg("申请人承诺什么"),
        "liability": msg("承诺不实的责任"),
        "replaces": msg("代替哪些材料"),
        "check_days": msg("决定后几个工作日内核查"),
    },
    "DecisionRule": {
        "name": msg("规则名称"),
        "when": msg("申请表里怎样回答的"),
        "holds": msg("必须持有的证照类型"),
        "lacks": msg("不得持有的证照类型"),
    },
    "Form": {"sections": msg("分页")},
    "Section": {
        "key": _KEY,
        "title": msg("这一页的标题"),
        "intro": msg("这一页的说明"),
        "fields": msg("问题"),
        "when": _ASKED,
    },
    "FieldSpec": _ASKING,
    "Column": _ASKING,
    "Option": {"value": msg("值"), "label": msg("写给人看的")},
}

MATERIAL_KIND_LABELS: Mapping[str, str] = {
    "certificate": msg("证照证明"),
    "form": msg("申请表格文书"),
    "other": msg("其他"),
}
MATERIAL_SOURCE_LABELS: Mapping[str, str] = {
    "own": msg("申请人自备"),
    "government": msg("政府部门核发"),
    "other": msg("其他"),
}
RESULT_KIND_LABELS: Mapping[str, str] = {
    "certificate": msg("证照"),
    "approval": msg("批文"),
    "proof": msg("证明"),
    "other": msg("其他"),
}
FIELD_TYPE_LABELS: Mapping[str, str] = {
    "text": msg("一行字"),
    "long_text": msg("一段字"),
    "integer": msg("整数"),
    "decimal": msg("小数"),
    "date": msg("日期"),
    "choice": msg("单选"),
    "multiple": msg("多选"),
    "yes_no": msg("是或者否"),
    "rows": msg("表格"),
    "place": msg("地方"),
    "phone": msg("手机号"),
    "credit_code": msg("统一社会信用代码"),
    "resident_id": msg("身份证号"),
}
_CHECK_LABELS: Mapping[str, str] = {
    "any_phone": msg("任何电话号码"),
    "item_code": msg("事项编码"),
    "case_number": msg("办件编号"),
    "licence_id": msg("证照编号"),
    "division": msg("行政区划代码"),
}
_ROLE_LABELS: Mapping[str, str] = {"amount": msg("申请金额")}
_LEVEL_LABELS: Mapping[str, str] = {"county": msg("县区"), "township": msg("乡镇街道")}

CHOICES: Mapping[str, Mapping[str, str]] = {
    "case_kind": {kind.value: label for kind, label in KIND_LABELS.items()},
    "power_source": POWER_LABELS,
    "organ_nature": NATURE_LABELS,
    "Limits.statutory_unit": UNIT_LABELS,
    "SpecialProcedure.kind": PROCEDURE_LABELS,
    "Intermediary.payer": PAYER_LABELS,
    "Material.kind": MATERIAL_KIND_LABELS,
    "Material.source": MATERIAL_SOURCE_LABELS,
    "Material.form": FORM_LABELS,
    "Material.original": ORIGINAL_LABELS,
    "Material.requirement": {one.value: label for one, label in REQUIREMENT_LABELS.items()},
    "Channels.ways": WAY_LABELS,
    "Channels.online": ONLINE_LABELS,
    "Channels.anywhere": ANYWHERE_LABELS,
    "Channels.level": LEVEL_LABELS,
    "Result.kind": RESULT_KIND_LABELS,
    "Department.instance": INSTANCE_LABELS,
    "FieldSpec.type": FIELD_TYPE_LABELS,
    "Column.type": FIELD_TYPE_LABELS,
    "FieldSpec.role": _ROLE_LABELS,
    "Column.role": _ROLE_LABELS,
    "FieldSpec.check": _CHECK_LABELS,
    "Column.check": _CHECK_LABELS,
    "FieldSpec.place_level": _LEVEL_LABELS,
    "Column.place_level": _LEVEL_LABELS,
}

HELPS: Mapping[str, str] = {
    "Material.key": msg("小写字母和数字，空着就自动起。各地同一份材料的代号要一样。"),
    "Section.key": msg("小写字母和数字，空着就自动起。"),
    "FieldSpec.key": msg("小写字母和数字，空着就自动起。"),
    "Column.key": msg("小写字母和数字，空着就自动起。"),
    "FieldSpec.prefill": msg(
        "例如 party.name（姓名）、party.phone（手机号）、party.credit_code（法人的信用代码）、licence:证照类型.字段、earlier:基本编码.字段。"
    ),
    "FieldSpec.role": msg("申请金额：代理人的授权写了金额上限的，按这一项看；数字，单位元、万元或者亿元。"),
    "FieldSpec.autocomplete": msg("浏览器认识的名称，例如 name、tel。"),
    "Result.licence_type": msg("三位数字或者大写字母。"),
    "Result.fields": msg("表单里问题的代号，一行一个。"),
    "Phones.advice": msg("带区号，例如0898-12345。"),
    "Phones.complaint": msg("带区号，和咨询电话不同。"),
    "Limits.delivery_days": msg("行政许可法第四十四条：十日内。"),
    "Guide.departments": msg("自己一家办的，不用加。牵头的部门也写上，它要看的时间也算在里面。"),
    "Guide.commitment": msg("不实行告知承诺的，整个空着。"),
    "Guide.rule": msg("由人审批的，整个空着。"),
    "Limits.pre_review_days": msg("受理前先看一遍材料、给出意见的时间。空着：提交了就等受理。"),
    "Limits.extension_days": msg("空着：十个工作日，联合办理的十五个（行政许可法第四十二条）。"),
    "Limits.later_days": msg("空着：十个工作日。"),
    "Department.key": msg("小写字母和数字，空着就自动起。"),
    "Department.organ": msg("十八位。"),
    "Department.after": msg("排在前面的部门的代号，一行一个。空着：受理后就开始。"),
    "Department.instance": msg("下级机关先审查的，最多二十个工作日（行政许可法第四十三条）。"),
    "Commitment.replaces": msg("材料的代号，一行一个。"),
    "DecisionRule.holds": msg("三位数字或者大写字母，一行一个。"),
    "DecisionRule.lacks": msg("三位数字或者大写字母，一行一个。"),
    "Limits.reply_days": msg("行政许可法第三十二条：五日内。"),
}


def label_of(owner: str, name: str) -> str:
    """What the part ``name`` of an element of the structure ``owner`` is called (名称); of a whole element, its term."""
    return PARTS.get(owner, {}).get(name) or TERMS.get(name, name)


def choices_of(owner: str, name: str) -> Mapping[str, str]:
    """What can be chosen there, in words (选项名称); empty where nobody named it."""
    return CHOICES.get(f"{owner}.{name}") or CHOICES.get(name, {})
