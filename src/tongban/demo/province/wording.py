"""What a basic item of the demonstration says (演示标准): terms as befit its type, marked as made up, quoting laws as they stand."""

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from tongban.demo.province.counters import FEE
from tongban.demo.province.items import Basic
from tongban.offers.publicinfo.rules.laws import read_law
from tongban.standards.item_codes import ItemType

Body = dict[str, object]

_PERMISSION = "行政许可法(2019-04-23)"
_SERVICE = "国务院关于在线政务服务的若干规定(2019-04-26)"
_BUSINESS = "优化营商环境条例(2019-10-22)"
# Where a name speaks of what one of our laws regulates, its article is cited as well: (words of the name, law, article).
_CITED: Sequence[tuple[str, str, str]] = (
    ("社会团体.*(?:变更|修改)", "社会团体登记管理条例(2016-02-06)", "第十八条"),
    ("社会团体.*注销", "社会团体登记管理条例(2016-02-06)", "第二十一条"),
    ("社会团体", "社会团体登记管理条例(2016-02-06)", "第三条"),
    ("互联网上网服务.*变更", "互联网上网服务营业场所管理条例(2022-03-29)", "第十三条"),
    ("互联网上网服务", "互联网上网服务营业场所管理条例(2022-03-29)", "第七条"),
    ("剧毒化学品购买", "危险化学品安全管理条例(2013-12-07)", "第三十九条"),
    ("危险化学品.*经营", "危险化学品安全管理条例(2013-12-07)", "第三十三条"),
    ("居民身份证", "居民身份证法(2011-10-29)", "第十条"),
    ("公共场所卫生", "公共场所卫生管理条例(2019-04-23)", "第四条"),
)
_THEMES: Mapping[str, str] = {
    "人社局": "就业创业与社会保障",
    "医疗保障局": "医疗卫生",
    "卫健局": "医疗卫生",
    "民政局": "婚姻家庭与救助",
    "残联": "婚姻家庭与救助",
    "退役军人事务局": "优待抚恤",
    "教科体局": "教育科研",
    "公安分局": "户籍与出入境",
    "交通运输局": "交通出行",
    "住建局": "住房与建设",
    "自然资源和规划局": "土地与规划",
    "税务局": "税收财务",
    "农业农村局": "农林牧渔",
    "林业局": "农林牧渔",
    "生态环境局": "环保绿化",
}
_LICENCE_STEPS = (
    ("受理", "核对材料；需要补正的，一次告知全部内容。"),
    ("审查", "审查材料；需要现场核查的，由两名以上工作人员进行。"),
    ("决定", "作出准予或者不予许可的书面决定。"),
    ("制证", "生成电子证照。"),
    ("送达", "电子证照即时可以下载；纸质证照邮寄或者到窗口领取。"),
)
_OTHER_STEPS = (
    ("受理", "核对材料；需要补正的，一次告知全部内容。"),
    ("审核", "核对情况，作出处理。"),
    ("办结送达", "把结果告知申请人。"),
)
_PERSONS, _BODIES = ["自然人"], ["企业法人", "事业法人", "社会组织法人", "非法人企业", "其他组织"]
_SAID = (
    "名称、类型：%s。",
    "条文：中华人民共和国法律、行政法规的公布文本（data/laws）。",
    "演示内容：受理条件、材料、时限、流程、收费按事项名称和类型拟写，不是任何机关的正式规定。",
)
_YES_NO = [{"value": "no", "label": "不是，为自己办"}, {"value": "yes", "label": "是，受别人委托代办"}]
_PLACE = [{"value": "own", "label": "自己的"}, {"value": "rented", "label": "租的"}]


class Wording:
    """Terms by basic item (拟写标准): the same ``seed`` and item give the same terms."""

    def __init__(self, data: Path, seed: int) -> None:
        self._laws, self._seed = data / "laws", seed

    def terms(self, basic: Basic) -> Body:
        """The terms of one basic item (一个事项的标准)."""
        chance = random.Random(f"{self._seed}/terms/{basic.code}")  # noqa: S311 -- demonstration data, nothing secret
        licence = basic.item_type in (ItemType.LICENCE, ItemType.CONFIRMATION)
        situation = licence and basic.what in ("", "新办", "变更地址") and chance.random() < 0.5
        limits, instant = _limits(chance, licence)
        body: Body = {
            "name": basic.name,
            "served": _served(basic),
            "basis": self._basis(basic),
            "conditions": _conditions(basic, licence),
            "refusal_conditions": ["不符合受理条件。", "隐瞒有关情况或者提供虚假材料。"],
            "quantity_limit": "没有数量限制。",
            "case_kind": "instant" if instant else "promised",
            "limits": limits,
            "steps": _steps(_LICENCE_STEPS if licence else _OTHER_STEPS, limits["promised_days"]),
            "materials": _materials(basic, licence, situation),
            "form": _form(situation),
            "channels": _channels(chance),
            "result": _result(basic, licence),
            "rights": ["可以查询办理进度。", "对决定不服的，可以申请行政复议或者提起行政诉讼。"],
            "remedies": "收到决定之日起六十日内可以申请行政复议，六个月内可以提起行政诉讼。",
            "faq": _questions(basic, limits),
            "keywords": _keywords(basic),
            "themes": [_THEMES.get(basic.department, "准营准办" if licence else "公共服务")],
            "sources": [_SAID[0] % basic.origin.strip("。"), *_SAID[1:]],
            "demonstration": True,
        }
        return body | _seldom(chance, licence) | _forgotten(chance)

    def _basis(self, basic: Basic) -> list[Body]:
        found = [(law, article) for words, law, article in _CITED if re.search(words, basic.name)][:1]
        general = (
            [(_PERMISSION, "第四十二条")] if basic.item_type is ItemType.LICENCE else [(_SERVICE, "第六条")]
        )
        if basic.department in ("市监局", "行政审批局") and basic.item_type is not ItemType.LICENCE:
            general = [(_BUSINESS, "第三十五条")]
        return [self._quoted(law, article) for law, article in (*found, *general)]

    def _quoted(self, law: str, article: str) -> Body:
        title, articles = _articles(self._laws / f"{law}.md")
        return {"title": title, "article": article, "text": articles[article]}


@lru_cache
def _articles(file: Path) -> tuple[str, Mapping[str, str]]:
    law = read_law(file.read_text(encoding="utf-8").split("\n"))
    return law.title, {article.number.label: article.text for article in law.articles}


def _served(basic: Basic) -> list[str]:
    if basic.what == "个人申请":
        return _PERSONS
    if basic.what == "企业申请":
        return ["企业法人", "非法人企业"]
    return ["事业法人", "社会组织法人"] if basic.what.startswith("事业单位") else [*_PERSONS, *_BODIES]


def _conditions(basic: Basic, licence: bool) -> list[str]:
    told = ["申请人属于本事项的服务对象。", "申请的事情归本机关管。"]
    if licence:
        told.append("符合法律、法规规定的准予条件。")
    if basic.what.startswith(
        ("变更", "增加", "延续", "遗失", "损毁", "注销", "补办", "停发", "恢复", "终止")
    ):
        told.append("已经依法办理过这个事项，并且还在有效期内。")
    return told


def _limits(chance: random.Random, licence: bool) -> tuple[dict[str, int], bool]:
    """Days, and whether it is done at once. Twenty days for a licence: 行政许可法第42条; the rest is [O], our own."""
    statutory = 20 if licence else chance.choice((10, 15, 20))
    if chance.random() < (0.1 if licence else 0.3):
        return {"statutory_days": statutory, "promised_days": 0}, True
    promised = chance.choice((5, 7, 10, 12)) if licence else chance.choice((2, 3, 5, 7))
    return {"statutory_days": statutory, "promised_days": promised}, False


def _steps(named: Sequence[tuple[str, str]], promised: int) -> list[Body]:
    days = {"受理": min(1, promised), "审查": max(0, promised - 2), "审核": max(0, promised - 1)}
    days |= {"决定": min(1, promised), "制证": min(1, promised)}
    return [{"name": name, "days": days.get(name, 0), "what": what} for name, what in named]


def _material(key: str, name: str, notes: str, point: str, **more: object) -> Body:
    return {"key": key, "name": name, "notes": notes, "review_points": [point], **more}


def _materials(basic: Basic, licence: bool, situation: bool) -> list[Body]:
    own: Body = {"kind": "form", "source": "own", "original": "original"}
    found = [
        _material(
            "application",
            "申请表",
            "网上申请时在线填写。",
            "填写完整，有签名",
            signature="申请人签名或者盖章",
            **own,
        ),
        _material(
            "identity",
            "申请人身份证明",
            "自然人交居民身份证，单位交登记证书。",
            "在有效期内，与申请人一致",
            kind="certificate",
            source="government",
        ),
    ]
    found += _special_materials(basic.what, licence)
    if situation:
        lease = "租期包括申请的日期"
        found.append(
            _material("lease", "场所租赁合同", "场所是租的才要交。", lease, when={"own_place": "rented"})
        )
    mandate = _material("mandate", "委托书", "代别人办的才要交。", "写明委托事项，有委托人签名", **own)
    return [*found, mandate | {"when": {"by_agent": "yes"}}]


def _special_materials(what: str, licence: bool) -> list[Body]:
    old = _material(
        "former",
        "原证照",
        "已经有电子证照的不用交。",
        "与登记信息一致",
        kind="certificate",
        source="government",
    )
    if what.startswith(("变更", "增加")):
        return [old, _material("change", "变更内容的证明", "写明变更前后的内容。", "与申请的变更一致")]
    if what == "遗失补证":
        return [_material("loss", "遗失说明", "写明什么时候、怎样遗失。", "有签名", original="original")]
    if what in ("损毁换证", "注销", "终止", "延续"):
        return [old]
    if not licence:
        return [
            _material(
                "proof",
                "情况说明和证明",
                "说明申请的事情，附有关证明。",
                "与申请内容一致",
                requirement="optional",
            )
        ]
    return [
        _material("site", "场所平面图", "标明面积和用途。", "与实际相符"),
        _material("staff", "人员资格证明", "法律要求有资格的人员才要。", "在有效期内", requirement="later"),
    ]


def _field(key: str, label: str, **more: object) -> Body:
    return {"key": key, "label": label, **more}


def _form(situation: bool) -> Body:
    asked: list[Body] = [
        _field("matter", "申请什么", type="long_text", max_length=500, help="用自己的话写清楚就行。")
    ]
    if situation:
        asked.append(_field("own_place", "场所是自己的还是租的", type="choice", options=_PLACE))
    handling = [_field("by_agent", "是不是代别人办", type="choice", options=_YES_NO)]
    return {
        "sections": [
            {"key": "matter", "title": "申请内容", "fields": asked},
            {"key": "handling", "title": "办理方式", "fields": handling},
        ]
    }


def _channels(chance: random.Random) -> Body:
    drawn = chance.random()
    if drawn < 0.6:
        return {"online": "full", "visits": 0, "post": True, "ways": ["window", "computer", "mobile"]}
    told: Body = {"online": "accept", "visits": 1, "visit_reason": "核对原件", "ways": ["window", "computer"]}
    return told if drawn < 0.85 else told | {"online": "none", "ways": ["window"]}


def _result(basic: Basic, licence: bool) -> Body:
    bare = re.sub("（[^（）]*）$", "", basic.name)
    if licence:
        return {"name": f"{bare}决定书"[:200], "kind": "approval", "licence_type": f"D{basic.item_type}"}
    return {"name": f"{bare}办理结果"[:200], "kind": "proof", "licence_type": f"D{basic.item_type}"}


def _questions(basic: Basic, limits: Mapping[str, int]) -> list[Body]:
    days = limits["promised_days"]
    answer = f"承诺{days}个工作日，从受理那天算起。" if days else "材料齐全的当场办结。"
    return [
        {"question": "多少天能办好？", "answer": answer},
        {"question": "可以请别人代办吗？", "answer": "可以，要交委托书。"},
    ]


def _keywords(basic: Basic) -> list[str]:
    bare = re.sub("（[^（）]*）$", "", basic.name)
    return list(dict.fromkeys(filter(None, (bare, basic.what))))


def _forgotten(chance: random.Random) -> Body:
    """What some standards leave out, so that scores differ as they do in life; nothing that would refuse publishing."""
    if chance.random() > 0.3:
        return {}
    left_out: Sequence[str] = chance.sample(
        ("quantity_limit", "keywords", "themes", "refusal_conditions"), k=2
    )
    return {name: "" if name == "quantity_limit" else [] for name in left_out}


def _seldom(chance: random.Random, licence: bool) -> Body:
    """What only some items have: special procedures, fees, intermediaries, joint organs. How many is [O], our own."""
    body: Body = {}
    if licence and chance.random() < 0.12:
        kind = chance.choice(("inspection", "expert_review", "publicity", "testing"))
        days = chance.choice((5, 10, 15))
        body["special_procedures"] = [
            {"kind": kind, "days": days, "basis": "《中华人民共和国行政许可法》第四十五条"}
        ]
    if chance.random() < 0.06:
        amount = chance.choice((5, 10, 20, 50))
        body["fees"] = [
            {
                "name": FEE,
                "standard": f"每证{amount}元",
                "basis": "演示收费，没有引用真实的收费文件",
                "reductions": "低保对象免收",
                "online": True,
            }
        ]
    if licence and chance.random() < 0.06:
        service = chance.choice(("检验检测报告编制", "安全评价", "测绘成果编制"))
        body["intermediaries"] = [
            {"name": service, "payer": "applicant", "notes": "演示内容，由申请人自己选机构"}
        ]
    if licence and chance.random() < 0.06:
        body["joint_organs"] = [chance.choice(("消防救援机构", "生态环境部门", "自然资源部门"))]
    return body
