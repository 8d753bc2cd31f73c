"""A guide with every element filled (要素齐全的指南), each text of it unlike every other, so that a page can be searched for it."""

import io
from datetime import date
from typing import Any

from tests import world as worlds
from tests.world import GUIDE, ORGAN_CODE, OTHER_ORGAN_CODE, World

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.ids import new_id
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.models import BasicItem
from tongban.offers.catalogue.rules.guide import Attachment

LONGITUDE, LATITUDE = 110.3214, 19.9876  # within 龙华区


def attachment(name: str) -> dict[str, object]:
    """A file given for guides (已存附件), its content told by its name."""
    editor = Actor(kind=ActorKind.STAFF, posts=frozenset({Post("editor", new_id())}))
    content = io.BytesIO(worlds.PDF + name.encode())
    return actions.give_file(actor=editor, stream=content, name="", at=worlds.AT) | {"name": name}


def full_guide() -> dict[str, Any]:
    """The body (指南内容), with files that are stored in this database."""
    return GUIDE | {
        "basis": [
            {"title": "某某管理办法", "article": "第九条", "text": "条文：应当先办许可。"},
            {"title": "某某实施细则", "article": "第三条", "text": "条文：由县级办理。"},
        ],
        "quantity_limit": "每个场所一张",
        "limits": {
            "statutory_days": 30,
            "promised_days": 7,
            "statutory_unit": "day",
            "note": "细则另有说法的从细则",
            "reply_days": 4,
            "delivery_days": 9,
            "pre_review_days": 2,
            "extension_days": 12,
            "later_days": 6,
        },
        "steps": [
            {"name": "受理甲", "days": 1, "what": "看齐不齐乙", "post": "窗口岗丙"},
            {"name": "审查丁", "days": 3, "what": "看对不对戊", "post": "审查岗己"},
            {"name": "决定庚", "days": 0, "what": "出文书辛", "post": "决定岗壬"},
            {"name": "制证子", "days": 1, "what": "印证照丑", "post": "制证岗寅"},
            {"name": "送达卯", "days": 2, "what": "寄出去辰", "post": "送达岗巳"},
        ],
        "special_procedures": [
            {"kind": "hearing", "days": 15, "what": "有人反对才听证", "basis": "许可法第四十六条"},
            {"kind": "expert_review", "days": 6, "what": "请三位专家", "basis": "许可法第五十五条"},
        ],
        "joint_organs": ["区消防救援大队", "区生态环境局"],
        "intermediaries": [
            {"name": "水质检测", "basis": "条例第五条", "payer": "either", "notes": "一年内有效"}
        ],
        "materials": [
            {
                "key": "form",
                "name": "申请表午",
                "kind": "form",
                "source": "own",
                "issuer": "区卫健委窗口",
                "form": "paper",
                "original": "original",
                "copies": 3,
                "signature": "经营者签字盖章",
                "requirement": "required",
                "basis": "办法第十条",
                "notes": "黑色墨水填写",
                "review_points": ["签字齐全未"],
                "licence": "321",
                "blank": attachment("空白申请表.pdf"),
                "sample": attachment("填好的申请表.pdf"),
            },
            {
                "key": "lease",
                "name": "租赁合同申",
                "kind": "certificate",
                "source": "government",
                "form": "electronic",
                "requirement": "later",
                "when": {"own_place": "rented"},
            },
            {"key": "plan", "name": "平面图酉", "source": "other", "requirement": "optional"},
        ],
        "fees": [
            {
                "name": "工本费戌",
                "standard": "每证十元",
                "basis": "价费一号文",
                "reductions": "小微企业免收",
                "online": True,
            },
            {"name": "检测费亥", "standard": "每样五十元", "basis": "价费二号文", "online": False},
        ],
        "channels": {
            "ways": ["window", "computer", "mobile", "post", "terminal", "phone"],
            "online": "full",
            "visits": 0,
            "visit_reason": "想当面核对原件的可以来",
            "post": True,
            "anywhere": "province",
            "appointment": True,
            "appointment_how": "拨打热线预约",
            "terminals": ["中心一楼自助机", "街道自助机"],
            "level": "advanced",
        },
        "windows": [
            {
                "name": "一号综合窗口",
                "address": "滨海路一号（演示地址）",
                "hours": "周一到周五八点到十二点",
                "phone": "0898-00000011",
                "transport": "坐九路车到滨海站",
                "longitude": LONGITUDE,
                "latitude": LATITUDE,
            },
            {"name": "二号窗口", "address": "山南路二号（演示地址）", "hours": "周六上午九点到十一点"},
        ],
        "phones": {"advice": "0898-00000021", "complaint": "0898-00000022"},
        "result": {
            "name": "卫生许可证书",
            "kind": "approval",
            "licence_type": "9Z7",
            "valid_years": 4,
            "sample": attachment("证书样本.pdf"),
            "fields": ["shop_name", "address"],
        },
        "rights": ["可以查阅案卷", "可以要求听证"],
        "remedies": "向区政府申请复议",
        "faq": [{"question": "开网吧要办吗？", "answer": "网吧不用办。"}],
        "keywords": ["理发店证", "美容店证"],
        "themes": ["开店办企业"],
        "life_events": ["我要开一家店"],
        "remarks": [{"label": "承诺制说明", "text": "本事项可以告知承诺。"}],
        "sources": ["测试资料之一", "测试资料之二"],
        "power_source": "passed_down",
        "organ_nature": "authorised",
        "entrusted_organ": "中山街道办事处",
        "office": "医政科",
        "departments": [
            {
                "key": "fire",
                "organ": ORGAN_CODE,
                "name": "区消防救援大队甲",
                "what": "看疏散通道乙",
                "days": 4,
                "instance": "lower",
            },
            {
                "key": "town",
                "organ": OTHER_ORGAN_CODE,
                "name": "区城市管理局丙",
                "days": 3,
                "after": ["fire"],
            },
            {"key": "water", "organ": OTHER_ORGAN_CODE, "name": "区水务局丁", "days": 5},
        ],
        "commitment": {
            "proves": ["经营场所合法使用戊", "设施设备齐全己"],
            "duty": "承诺符合全部条件庚",
            "liability": "不实的撤销许可辛",
            "replaces": ["plan"],
            "check_days": 45,
        },
        "rule": {
            "name": "自有场所当场批准壬",
            "when": {"own_place": "rented"},
            "holds": ["8Y6"],
            "lacks": ["7X5"],
        },
    }


def publish(world: World, starts_on: date, **changed: object) -> None:
    """The full guide as the edition of the world's item from a day on (发布)."""
    worlds.publish_edition(world.editor, world.item_id, starts_on=starts_on, **(full_guide() | changed))


def names(guide_body: dict[str, Any]) -> list[Attachment]:
    """The files of a body (附件清单)."""
    found = [m[part] for m in guide_body["materials"] for part in ("blank", "sample") if part in m]
    return [Attachment.model_validate(one) for one in [*found, guide_body["result"]["sample"]]]


def kind_of_basic_item(code: str, name: str) -> None:
    """A business item below its basic item (业务办理项), by its code of 14."""
    BasicItem.objects.create(
        code=code, name=name, item_type="01", parent_id=code[:12], origin="测试", demonstration=True
    )
