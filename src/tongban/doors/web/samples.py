"""Sample content of the living page (样例内容): invented people, true shapes; no reader meets it elsewhere."""

from datetime import UTC, date, datetime
from typing import Any

import segno

from tongban.doors.web.samples_clock import clock
from tongban.doors.web.samples_guide import joint, process

SENT = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)
TAKEN = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
DUE = date(2026, 12, 22)
NUMBER = "11460105MB0000000X4460112310200001202611230007"
CLINIC = "海口市秀英区行政审批服务局"


def _field(name: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """One field as a door passes it (字段)."""
    blank = {
        "name": name,
        "label": label,
        "type": kind,
        "help": "",
        "value": "",
        "errors": [],
        "required": True,
    }
    return blank | more


def _rows() -> dict[str, Any]:
    """A table to fill in (表格字段), with a row that is wrong."""
    names = ("刘海波", "")
    rows = [
        {
            "fields": [
                _field(
                    f"staff-{place}-name",
                    "姓名",
                    value=name,
                    errors=[] if name else ["请填写这一项。"],
                ),
                _field(f"staff-{place}-since", "上岗日期", "date", value=date(2026, 11, 2), required=False),
            ],
            "less": f"staff-{place}",
        }
        for place, name in enumerate(names)
    ]
    return _field("staff", "从业人员", "rows", rows=rows, more="staff", next="staff-2-name", least=0, most=20)


def _form_page() -> list[dict[str, Any]]:
    """The fields of a form page (一页的字段), one asked only after an answer, one prefilled, one a table."""
    delivery = _field(
        "delivery",
        "怎样领取结果",
        "radio",
        value="2",
        options=_options("只要电子证照", "邮寄纸质证照"),
        when=None,
    )
    when = {
        "words": "“怎样领取结果”是“邮寄纸质证照”的，才填。",
        "data": '[{"name": "delivery", "values": ["2"]}]',
    }
    address = _field(
        "address", "收件地址", source="来自您 2026年11月2日（周一） 提交的“采伐许可”，有变化请改。", when=when
    )
    return [delivery, address, _rows() | {"when": None}]


def _previews() -> list[dict[str, Any]]:
    """A form of one page as its editor sees it (表单预览)."""
    field = _field("preview_purpose", "采伐目的", help="照实填。", when=None)
    return [
        {
            "title": "怎样采伐",
            "intro": "",
            "condition": "“是不是代别人办”是“不是”的，才填。",
            "fields": [field],
        }
    ]


def _options(*labels: str) -> list[dict[str, str]]:
    """Choices numbered from 1 (选项)."""
    return [{"value": str(place), "label": label} for place, label in enumerate(labels, 1)]


def _fields() -> dict[str, dict[str, Any]]:
    """Every type of field, in its states (字段状态)."""
    given = {
        "name": "场所平面图.pdf",
        "size": 1_258_291,
        "at": SENT,
        "url": "#file",
        "remove_name": "remove_plan",
    }
    allowed = "PDF、JPG 或 PNG，不超过 20 MB。"
    file_rule = {"allowed": allowed, "accept": ".pdf,.jpg,.jpeg,.png", "max_bytes": 20 * 1024 * 1024}
    return {
        "text": _field("shop", "场所名称", help="与营业执照上的名称一致。", value="椰风理发店", maxlength=60),
        "optional": _field("nickname", "招牌名称", required=False),
        "wrong": _field(
            "phone",
            "手机号码",
            "tel",
            value="1380013",
            autocomplete="tel",
            errors=["手机号码应为 11 位数字，现在只有 7 位。请补全，例如 13800138000。"],
        ),
        "readonly": _field(
            "holder",
            "申请人",
            value="王秀兰（460106********2126）",
            readonly=True,
            help="来自您的实名信息，不用填。",
        ),
        "date": _field("opens", "计划开业日期", "date", value=date(2026, 12, 28), width="m"),
        "number": _field("area", "营业面积", "number", value="86.5", unit="平方米", width="s"),
        "select": _field(
            "kind",
            "场所类别",
            "select",
            options=_options("理发店、美容店", "旅店", "公共浴室", "游泳场所"),
            value="1",
            width="m",
        ),
        "textarea": _field(
            "note", "还要说明什么", "textarea", required=False, maxlength=500, help="最多 500 字。"
        ),
        "radio": _field(
            "water",
            "用什么水？",
            "radio",
            value="1",
            options=[
                {"value": "1", "label": "市政自来水"},
                {"value": "2", "label": "自己打的井或水箱", "help": "要多交一份水质检测报告。"},
            ],
        ),
        "checks": _field(
            "air",
            "有哪些设备？（可多选）",
            "checkbox",
            value=["2"],
            required=False,
            options=_options("集中空调", "消毒柜", "机械通风"),
        ),
        "yes": _field(
            "truth",
            "以上内容属实。如有虚假，我承担相应的法律责任。",
            "checkbox",
            errors=["请先阅读并勾选，才能提交。"],
        ),
        "file": _field(
            "plan", "场所平面图", "file", help="标明每个房间的用途和面积。", given=given, **file_rule
        ),
        "file_later": _field(
            "report",
            "卫生检测报告",
            "file",
            required=False,
            state={"state": "warn", "word": "可以后补"},
            **file_rule,
        ),
        "file_wrong": _field(
            "health",
            "从业人员健康证明",
            "file",
            errors=["这个文件的名字是 PDF，内容却不是。请重新导出或拍照后再传。"],
            **file_rule,
        ),
        "grouped": _field(
            "town",
            "在哪个乡镇",
            "select",
            width="m",
            groups=[{"label": "秀英区", "options": _options("海秀镇", "石山镇")}],
        ),
        "rating": _field(
            "grade",
            "这次办事，您满意吗？",
            "radio",
            help="评价只记一次，办理人员看不到您的名字。",
            value="1",
            options=_options("非常满意", "满意", "基本满意", "不满意", "非常不满意"),
        ),
    }  # fmt: skip -- one field a line reads as a list


def _guide() -> dict[str, Any]:
    """What a guide shows (指南)."""
    return {
        "facts": [
            {"label": "最多跑几次", "value": "0 次", "note": "结果可以邮寄"},
            {"label": "多久", "value": "20 个工作日", "note": "法定 20 个工作日"},
            {"label": "收费", "value": "不收费"},
            {"label": "怎么办", "value": "网上办", "note": "也可到窗口"},
        ],
        "cards": [
            {
                "title": "公共场所卫生许可（新办）",
                "url": "#",
                "text": "开理发店、旅店、浴室、游泳馆之前要办。",
                "meta": [CLINIC, "20 个工作日", "不收费", "网上办"],
            },
            {
                "title": "公共场所卫生许可（延续）",
                "url": "#",
                "text": "许可证到期前 30 日提出。",
                "meta": [CLINIC, "5 个工作日", "不收费"],
            },
        ],
        "themes": [
            {"title": "开店经营", "url": "#", "text": "开饭馆、理发店、旅店、超市"},
            {"title": "生儿育女", "url": "#", "text": "出生证、落户、医保、生育津贴"},
            {"title": "退休养老", "url": "#", "text": "退休、养老金、高龄补贴"},
        ],
        "steps": [
            {"name": "提交", "days": None, "who": "您", "text": "网上填写并上传材料", "state": "done"},
            {"name": "受理", "days": 5, "who": CLINIC, "text": "材料不齐会一次告知", "state": "done"},
            {"name": "审查", "days": 15, "who": CLINIC, "text": "可能上门查看", "state": "now"},
            {"name": "决定", "days": 5, "who": CLINIC, "state": ""},
            {"name": "发证", "days": 0, "who": CLINIC, "text": "电子证照即时可用", "state": ""},
        ],
        "process": process(),
        "joint": joint(),
        "outline": {
            "name": "某区",
            "path": "M70 40L210 24L262 96L236 196L120 214L52 140Z",
            "marks": [{"number": 1, "x": 130, "y": 90}, {"number": 2, "x": 190, "y": 150}],
            "bar_length": 72,
            "bar_end": 84,
        },
        "events": [
            {"at": SENT, "title": "您提交了申请", "state": "done"},
            {
                "at": TAKEN,
                "title": "受理",
                "who": "秀英区政务服务中心 3 号窗口",
                "text": "材料齐全，开始计算时限。",
                "state": "done",
            },
            {
                "at": datetime(2026, 11, 26, 2, 0, tzinfo=UTC),
                "title": "正在审查",
                "who": CLINIC,
                "state": "now",
            },
            {"at": DUE, "title": "出结果", "state": "next"},
        ],
    }


def _case() -> dict[str, Any]:
    """What a case shows (办件)."""
    return {
        "summary": [
            {"label": "场所名称", "value": "椰风理发店", "url": "#"},
            {"label": "场所地址", "value": "海口市秀英区海秀镇业里村 12 号", "url": "#"},
            {"label": "计划开业日期", "value": date(2026, 12, 28), "url": "#"},
            {
                "label": "场所平面图",
                "file": {"name": "场所平面图.pdf", "size": 1_258_291, "url": "#"},
                "url": "#",
            },
            {"label": "还要说明什么", "value": "", "url": "#"},
        ],
        "letter": {
            "title": "补正材料告知书",
            "number": NUMBER,
            "to": "王秀兰",
            "opening": "您申请的公共场所卫生许可（新办），还差下面两样材料。我们一次全部告诉您，补齐后不会再要别的。",
            "rows": [{"label": "收到申请", "value": date(2026, 11, 20)}],
            "reasons": [
                {"what": "场所平面图上没有标明消毒间的位置。", "why": "《公共场所卫生管理条例》第三条"},
                {"what": "卫生检测报告已过一年。", "why": "办事指南“需要什么”第 3 项"},
            ],
            "todo": ["在网上补传这两份材料，不用跑窗口。", "不想办了，可以撤回申请，以后还能再申请。"],
            "by": date(2026, 12, 8),
            "ask": {
                "name": "秀英区政务服务中心 3 号窗口",
                "phone": "0898-00000000",
                "place": "工作日 8:30—12:00，14:30—17:30",
            },
            "objection": "认为要求超出办事指南的，可以向秀英区人民政府政务服务管理机构投诉；对决定不服的，可以在知道之日起六十日内申请行政复议，或者六个月内提起行政诉讼。",
            "organ": CLINIC,
            "date": date(2026, 11, 24),
        },
        "sheet": {
            "title": "收件回执",
            "number": NUMBER,
            "rows": [
                {"label": "申请人", "value": "王秀兰"},
                {"label": "办理事项", "value": "公共场所卫生许可（新办）"},
                {"label": "收到日期", "value": SENT.date()},
                {"label": "最晚答复", "value": date(2026, 11, 30)},
            ],
            "text": "我们最晚在上面的日期告诉您是否受理。凭办件编号可随时查进度。",
            "qr": _qr("https://example.org/case"),
            "qr_text": "扫一扫，查进度",
            "organ": CLINIC,
            "date": SENT.date(),
        },
        "licence": {
            "name": "公共场所卫生许可证",
            "number": "琼秀卫公证字〔2026〕第 0007 号",
            "holder": "椰风理发店",
            "organ": CLINIC,
            "issued": date(2026, 12, 15),
            "valid_to": date(2030, 12, 14),
            "state": "ok",
            "state_word": "有效",
            "qr": _qr("https://example.org/verify"),
            "verify_url": "#",
            "pdf_url": "#",
        },
    }  # fmt: skip -- related values share a line


def _desk() -> dict[str, Any]:
    """What a clerk's list shows (工作台)."""
    waiting, running = {"state": "wait", "word": "待受理"}, {"state": "now", "word": "审查中"}
    supplement = {"state": "warn", "word": "待补正"}
    title = "公共场所卫生许可（新办）"
    return {
        "filters": [
            {"text": "待我办", "url": "#", "count": 12, "current": True},
            {"text": "快到期", "url": "#", "count": 2, "current": False},
            {"text": "全部", "url": "#", "count": 148, "current": False},
        ],
        "worklist": [
            {
                "url": "#",
                "title": title,
                "who": "王秀兰",
                "number": NUMBER,
                "tag": running,
                "due": DUE,
                "due_note": "还有 18 天",
                "late": False,
                "current": True,
            },
            {
                "url": "#",
                "title": "林木采伐许可",
                "who": "符亚明",
                "number": NUMBER[:-2] + "12",
                "tag": waiting,
                "due": date(2026, 11, 24),
                "due_note": "明天到期",
                "late": False,
                "current": False,
            },
            {
                "url": "#",
                "title": title,
                "who": "海口椰林酒店管理有限公司",
                "number": NUMBER[:-2] + "03",
                "tag": running,
                "due": date(2026, 11, 20),
                "due_note": "已超期 1 天",
                "late": True,
                "current": False,
            },
            {
                "url": "#",
                "title": "公共场所卫生许可（延续）",
                "who": "陈小妹",
                "number": NUMBER[:-2] + "15",
                "tag": supplement,
                "due": None,
                "due_note": "等申请人补正",
                "late": False,
                "current": False,
            },
        ],
        "columns": [
            {"label": "办件", "number": False, "sort_url": "#", "sorted": "ascending"},
            {"label": "申请人", "number": False},
            {"label": "状态", "number": False},
            {"label": "收到", "number": False},
            {"label": "材料", "number": True},
        ],
        "rows": [
            {"cells": [{"text": title, "url": "#"}, "王秀兰", running, SENT.date(), 4]},
            {"cells": [{"text": "林木采伐许可", "url": "#"}, "符亚明", waiting, SENT.date(), 12]},
        ],
        "narrow_fields": [
            {
                "name": "sample",
                "label": "主题",
                "any": "不限",
                "options": [{"value": "1", "text": "开店创业", "chosen": True}],
            }
        ],
        "narrow_chips": [{"text": "开店创业", "url": "#"}],
        "beside": [
            {"term": "监督电话", "left": ["12345"], "right": ["0898-12345"]},
            {"term": "权力依据", "left": [], "right": ["《行政许可法》第十二条", "《行政许可法》第十五条"]},
        ],
        "pager": {"number": 2, "pages": 8, "total": 148, "previous_url": "#", "next_url": "#"},
        "accounts": [
            {
                "role": "申请人",
                "name": "王秀兰",
                "login": "wang",
                "password": "样例密码",
                "try_this": "搜“理发店”，交一份申请",
            },
            {
                "role": "窗口人员",
                "name": "林海",
                "login": "lin",
                "password": "样例密码",
                "try_this": "在待我办里受理",
            },
        ],
    }  # fmt: skip -- one row a line reads as the table it becomes


def _qr(text: str) -> str:
    """A QR picture as data URI (二维码)."""
    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=2))


def samples() -> dict[str, Any]:
    """All sample content of the living page (全部样例), by the name of the part."""
    shown = (
        _guide()
        | _case()
        | _desk()
        | {"field": _fields(), "form_page": _form_page(), "previews": _previews()}
    )
    shown["tags"] = [
        {"state": "wait", "word": "待受理"},
        {"state": "now", "word": "审查中"},
        {"state": "ok", "word": "已办结"},
        {"state": "warn", "word": "待补正"},
        {"state": "bad", "word": "不予许可"},
        {"state": "idle", "word": "已撤回"},
    ]  # fmt: skip -- three states a line
    shown["errors"] = [
        {"name": "phone", "text": "手机号码应为 11 位数字，现在只有 7 位"},
        {"name": "truth", "text": "请先阅读并勾选，才能提交"},
    ]
    shown["bars"] = [
        {
            "label": "全程网办",
            "value": "620 项（62%）",
            "share": "62",
            "tone": "sea",
            "url": "#",
            "current": True,
        },
        {"label": "网上申请", "value": "310 项（31%）", "share": "31", "tone": "mid"},
        {"label": "不能网上办", "value": "70 项（7%）", "share": "7", "tone": "idle"},
    ]
    shown["effects"] = [
        "办件会停在这里，机关不再办理。",
        "您交的材料还留在“我的材料”里。",
        "以后可以重新申请。",
    ]
    shown["hints"] = [{"text": text, "url": "#"} for text in ("开饭馆", "理发店", "社保卡", "砍树")]
    shown["clock"] = clock()
    shown["now"], shown["due"] = SENT, DUE
    return shown
