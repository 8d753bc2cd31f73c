"""The sheets and their columns (工作表与列), described once: for writing, reading, the report of errors and the page about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tongban.offers.catalogue.rules import elements
from tongban.offers.catalogue.rules.sheets.cells import (
    Cell,
    Choice,
    Decimal,
    Entries,
    Flag,
    Pairs,
    Rest,
    Text,
    Whole,
)
from tongban.standards.text import msg

Path = tuple[str, ...]

_TEXT, _WHOLE, _FLAG, _LIST = Text(), Whole(), Flag(), Entries()
_MATERIAL_KINDS: Mapping[str, str] = {
    "certificate": msg("证照"),
    "form": msg("表格"),
    "other": msg("其他材料"),
}
_SOURCES: Mapping[str, str] = {
    "own": msg("申请人自备"),
    "government": msg("政府部门核发"),
    "other": msg("其他机构出具"),
}
_RESULT_KINDS: Mapping[str, str] = {
    "certificate": msg("证照"),
    "approval": msg("批文"),
    "proof": msg("证明"),
    "other": msg("其他结果"),
}
_FIELD_TYPES: Mapping[str, str] = {
    "text": msg("一行文字"),
    "long_text": msg("多行文字"),
    "integer": msg("整数"),
    "decimal": msg("小数"),
    "date": msg("日期"),
    "choice": msg("选择"),
    "multiple": msg("多选"),
    "yes_no": msg("是否"),
    "place": msg("区划"),
    "rows": msg("表格行"),
    "phone": msg("手机号码"),
    "credit_code": msg("统一社会信用代码"),
    "resident_id": msg("公民身份号码"),
}


def _values(labels: Mapping[Any, str]) -> dict[str, str]:
    return {str(key): label for key, label in labels.items()}


@dataclass(frozen=True, slots=True)
class Column:
    """A column (列): its heading, where its value stands in the entry, how a cell of it is written and read.

    ``told``: only for who reads the table, not taken in. ``needed``: an entry without it is none.
    """

    header: str
    path: Path
    cell: Cell = _TEXT
    needed: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet (工作表): a row an entry of ``path`` in the guide; the sheet of items has a row an item.

    ``texts``: an entry is one text, not an object. ``within``: headings of the columns that say to which entry of the
    list before it this one belongs, e.g. an option to its field.
    """

    name: str
    path: Path
    columns: tuple[Column, ...]
    texts: bool = False

    @property
    def header(self) -> tuple[str, ...]:
        """The first row (表头)."""
        return (
            (CODE, *(column.header for column in self.columns))
            if self.path == ()
            else (
                CODE,
                ORDER,
                *(column.header for column in self.columns),
            )
        )


CODE: Final = msg("事项编码")
ORDER: Final = msg("序号")
REST: Final = msg("其他设置")
ORGAN: Final = msg("实施机关（只供查看）")


def _attachment(word: str, key: str) -> tuple[Column, ...]:
    """A file beside a text (附件): its bytes are kept apart, the table says which ones."""
    return (
        Column(f"{word}名称", (key, "name")),
        Column(f"{word}摘要", (key, "digest")),
        Column(f"{word}大小", (key, "size"), _WHOLE),
        Column(f"{word}类型", (key, "media_type")),
    )


def _texts(name: str, element: str) -> Sheet:
    return Sheet(name, (element,), (Column(msg("内容"), (), needed=True),), texts=True)


ITEMS: Final = Sheet(
    msg("事项"),
    (),
    (
        Column(ORGAN, ("organ",), told=True),
        Column(msg("事项名称"), ("name",)),
        Column(msg("服务对象"), ("served",), _LIST),
        Column(msg("办件类型"), ("case_kind",), Choice(_values(elements.KIND_LABELS))),
        Column(msg("法定办结时限"), ("limits", "statutory_days"), _WHOLE),
        Column(msg("法定时限单位"), ("limits", "statutory_unit"), Choice(elements.UNIT_LABELS)),
        Column(msg("承诺办结时限"), ("limits", "promised_days"), _WHOLE),
        Column(msg("时限说明"), ("limits", "note")),
        Column(msg("受理答复时限"), ("limits", "reply_days"), _WHOLE),
        Column(msg("送达时限"), ("limits", "delivery_days"), _WHOLE),
        Column(msg("预审时限"), ("limits", "pre_review_days"), _WHOLE),
        Column(msg("延长时限"), ("limits", "extension_days"), _WHOLE),
        Column(msg("容缺补交时限"), ("limits", "later_days"), _WHOLE),
        Column(msg("数量限制"), ("quantity_limit",)),
        Column(msg("办理形式"), ("channels", "ways"), Entries(elements.WAY_LABELS)),
        Column(msg("网上办理深度"), ("channels", "online"), Choice(elements.ONLINE_LABELS)),
        Column(msg("到办事现场次数"), ("channels", "visits"), _WHOLE),
        Column(msg("必须现场办理原因"), ("channels", "visit_reason")),
        Column(msg("物流快递"), ("channels", "post"), _FLAG),
        Column(msg("通办范围"), ("channels", "anywhere"), Choice(elements.ANYWHERE_LABELS)),
        Column(msg("预约办理"), ("channels", "appointment"), _FLAG),
        Column(msg("预约方式"), ("channels", "appointment_how")),
        Column(msg("自助终端"), ("channels", "terminals"), _LIST),
        Column(msg("网上申请的实名等级"), ("channels", "level"), Choice(elements.LEVEL_LABELS)),
        Column(msg("审批结果名称"), ("result", "name")),
        Column(msg("审批结果类型"), ("result", "kind"), Choice(_RESULT_KINDS)),
        Column(msg("证照类型代码"), ("result", "licence_type")),
        Column(msg("有效期（年）"), ("result", "valid_years"), _WHOLE),
        Column(msg("证照打印字段"), ("result", "fields"), _LIST),
        *(
            Column(column.header, ("result", *column.path), column.cell)
            for column in _attachment("审批结果样本", "sample")
        ),
        Column(msg("权力来源"), ("power_source",), Choice(elements.POWER_LABELS)),
        Column(msg("实施主体性质"), ("organ_nature",), Choice(elements.NATURE_LABELS)),
        Column(msg("受委托机关"), ("entrusted_organ",)),
        Column(msg("联办机构"), ("joint_organs",), _LIST),
        Column(msg("承办处室"), ("office",)),
        Column(msg("承诺证明的内容"), ("commitment", "proves"), _LIST),
        Column(msg("承诺内容"), ("commitment", "duty")),
        Column(msg("不实承诺的责任"), ("commitment", "liability")),
        Column(msg("承诺代替的材料"), ("commitment", "replaces"), _LIST),
        Column(msg("承诺核查时限"), ("commitment", "check_days"), _WHOLE),
        Column(msg("自动审批规则"), ("rule", "name")),
        Column(msg("自动审批的回答"), ("rule", "when"), Pairs()),
        Column(msg("自动审批须持有的证照类型"), ("rule", "holds"), _LIST),
        Column(msg("自动审批不得持有的证照类型"), ("rule", "lacks"), _LIST),
        Column(msg("咨询电话"), ("phones", "advice")),
        Column(msg("监督投诉电话"), ("phones", "complaint")),
        Column(msg("救济途径"), ("remedies",)),
        Column(msg("检索词"), ("keywords",), _LIST),
        Column(msg("主题"), ("themes",), _LIST),
        Column(msg("人生大事、经营大事"), ("life_events",), _LIST),
        Column(msg("演示内容"), ("demonstration",), _FLAG),
    ),
)

SECTIONS: Final = Sheet(
    msg("表单分页"),
    ("form", "sections"),
    (
        Column(msg("分页标识"), ("key",), needed=True),
        Column(msg("分页标题"), ("title",)),
        Column(msg("分页说明"), ("intro",)),
        Column(REST, (REST,), Rest()),
    ),
)
FIELDS: Final = Sheet(
    msg("表单字段"),
    ("form", "sections", "fields"),
    (
        Column(msg("所在分页"), ("section",), needed=True),
        Column(msg("字段标识"), ("key",), needed=True),
        Column(msg("字段名称"), ("label",)),
        Column(msg("字段类型"), ("type",), Choice(_FIELD_TYPES)),
        Column(msg("填写说明"), ("help",)),
        Column(msg("必填"), ("required",), _FLAG),
        Column(msg("最多字数"), ("max_length",), _WHOLE),
        Column(msg("最小值"), ("minimum",), _WHOLE),
        Column(msg("最大值"), ("maximum",), _WHOLE),
        Column(msg("单位"), ("unit",)),
        Column(msg("自动填写"), ("autocomplete",)),
        Column(REST, (REST,), Rest()),
    ),
)
OPTIONS: Final = Sheet(
    msg("字段选项"),
    ("form", "sections", "fields", "options"),
    (
        Column(msg("所属字段"), ("field",), needed=True),
        Column(msg("选项值"), ("value",), needed=True),
        Column(msg("选项名称"), ("label",)),
    ),
)

LISTS: Final[Sequence[Sheet]] = (
    Sheet(
        msg("设定依据"),
        ("basis",),
        (
            Column(msg("法律法规名称"), ("title",)),
            Column(msg("条款"), ("article",)),
            Column(msg("条文"), ("text",)),
        ),
    ),
    _texts(msg("受理条件"), "conditions"),
    _texts(msg("不予许可的情形"), "refusal_conditions"),
    Sheet(
        msg("办理流程"),
        ("steps",),
        (
            Column(msg("环节名称"), ("name",)),
            Column(msg("环节时限"), ("days",), _WHOLE),
            Column(msg("环节内容"), ("what",)),
            Column(msg("办理岗位"), ("post",)),
        ),
    ),
    Sheet(
        msg("特别程序"),
        ("special_procedures",),
        (
            Column(msg("程序种类"), ("kind",), Choice(elements.PROCEDURE_LABELS)),
            Column(msg("程序时限"), ("days",), _WHOLE),
            Column(msg("程序内容"), ("what",)),
            Column(msg("程序依据"), ("basis",)),
        ),
    ),
    Sheet(
        msg("联办部门"),
        ("departments",),
        (
            Column(msg("部门标识"), ("key",)),
            Column(msg("部门信用代码"), ("organ",)),
            Column(msg("部门名称"), ("name",)),
            Column(msg("部门意见"), ("what",)),
            Column(msg("部门时限"), ("days",), _WHOLE),
            Column(msg("在谁之后"), ("after",), _LIST),
            Column(msg("下级先审"), ("instance",), Choice(elements.INSTANCE_LABELS)),
        ),
    ),
    Sheet(
        msg("中介服务"),
        ("intermediaries",),
        (
            Column(msg("中介服务名称"), ("name",)),
            Column(msg("中介服务依据"), ("basis",)),
            Column(msg("付费方"), ("payer",), Choice(elements.PAYER_LABELS)),
            Column(msg("中介服务说明"), ("notes",)),
        ),
    ),
    Sheet(
        msg("申请材料"),
        ("materials",),
        (
            Column(msg("材料标识"), ("key",)),
            Column(msg("材料名称"), ("name",)),
            Column(msg("材料类型"), ("kind",), Choice(_MATERIAL_KINDS)),
            Column(msg("来源渠道"), ("source",), Choice(_SOURCES)),
            Column(msg("来源渠道说明"), ("issuer",)),
            Column(msg("材料形式"), ("form",), Choice(elements.FORM_LABELS)),
            Column(msg("原件或复印件"), ("original",), Choice(elements.ORIGINAL_LABELS)),
            Column(msg("份数"), ("copies",), _WHOLE),
            Column(msg("签名签章要求"), ("signature",)),
            Column(msg("材料必要性"), ("requirement",), Choice(_values(elements.REQUIREMENT_LABELS))),
            Column(msg("材料依据"), ("basis",)),
            Column(msg("填报须知"), ("notes",)),
            Column(msg("受理标准"), ("review_points",), _LIST),
            Column(msg("可免交的电子证照类型"), ("licence",)),
            Column(msg("适用情形"), ("when",), Pairs()),
            *_attachment("空白表格", "blank"),
            *_attachment("示例样表", "sample"),
        ),
    ),
    SECTIONS,
    FIELDS,
    OPTIONS,
    Sheet(
        msg("收费项目"),
        ("fees",),
        (
            Column(msg("收费项目名称"), ("name",)),
            Column(msg("收费标准"), ("standard",)),
            Column(msg("收费依据"), ("basis",)),
            Column(msg("减免情形"), ("reductions",)),
            Column(msg("网上缴费"), ("online",), _FLAG),
        ),
    ),
    Sheet(
        msg("办理地点"),
        ("windows",),
        (
            Column(msg("窗口名称"), ("name",)),
            Column(msg("窗口地址"), ("address",)),
            Column(msg("办理时间"), ("hours",)),
            Column(msg("窗口电话"), ("phone",)),
            Column(msg("交通指引"), ("transport",)),
            Column(msg("经度"), ("longitude",), Decimal()),
            Column(msg("纬度"), ("latitude",), Decimal()),
        ),
    ),
    Sheet(
        msg("常见问题"),
        ("faq",),
        (Column(msg("问题"), ("question",)), Column(msg("解答"), ("answer",))),
    ),
    _texts(msg("权利和义务"), "rights"),
    Sheet(
        msg("其他说明"),
        ("remarks",),
        (Column(msg("说明名称"), ("label",)), Column(msg("说明内容"), ("text",))),
    ),
    _texts(msg("内容来源"), "sources"),
)

SHEETS: Final[Mapping[str, Sheet]] = {sheet.name: sheet for sheet in (ITEMS, *LISTS)}
