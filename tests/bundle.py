"""A bundle of three items in the small world (测试用一件事): the county's health permit and food permit, the province's sign."""

import copy
import uuid
from dataclasses import dataclass
from typing import Any

from tests import world as worlds
from tests.world import GUIDE, World

from tongban.base.actor import system
from tongban.base.search import actions as search
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue.models import BasicItem
from tongban.offers.catalogue.rules.finding import of_basic
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Role
from tongban.work.cases import actions as cases

SIGN_CODE = "000123003000"
CODES = (worlds.BASIC_CODE, worlds.SUPPLEMENT_BASIC_CODE, SIGN_CODE)
CODE = "small-shop"

DELIVERY: dict[str, Any] = {
    "key": "delivery",
    "title": "办理方式",
    "fields": [
        {
            "key": "delivery",
            "label": "怎样领取结果",
            "type": "choice",
            "options": [{"value": "net", "label": "只要电子证照"}, {"value": "post", "label": "邮寄"}],
        },
        {"key": "post_address", "label": "收件地址", "when": {"delivery": "post"}},
    ],
}
FOOD: dict[str, Any] = {
    "sections": [
        {
            "key": "unit",
            "title": "店铺",
            "fields": [
                {"key": "unit_name", "label": "单位名称", "max_length": 40},
                {"key": "address", "label": "经营地址", "max_length": 120},
                {"key": "kitchen", "label": "厨房面积", "type": "decimal", "unit": "平方米"},
            ],
        },
        DELIVERY,
    ]
}
SIGN: dict[str, Any] = {
    "sections": [
        {
            "key": "sign",
            "title": "招牌",
            "fields": [
                {"key": "shop_name", "label": "店名", "max_length": 60},
                {"key": "words", "label": "招牌上的字", "max_length": 40},
                {"key": "address", "label": "经营地址", "max_length": 200},
            ],
        },
        DELIVERY,
    ]
}
BODY: dict[str, Any] = {
    "code": CODE,
    "name": "开办小餐馆",
    "purpose": "开一家小餐馆要办的三件事，填一张表、交一套材料，一次办好。",
    "place": worlds.PROVINCE,
    "items": [
        {"basic": CODES[0], "short": "卫生许可"},
        {"basic": CODES[1], "short": "食品许可"},
        {"basic": CODES[2], "short": "门店招牌"},
    ],
    "facts": [
        {
            "fact": "shop_name",
            "label": "店名",
            "fields": {CODES[0]: "shop_name", CODES[1]: "unit_name", CODES[2]: "shop_name"},
        }
    ],
    "materials": [
        {"material": "layout", "name": "平面图", "materials": {CODES[0]: "plan", CODES[1]: "layout"}}
    ],
    "delivery": {"fact": "delivery", "ways": {"net": "online", "post": "post"}, "address": "post_address"},
    "keywords": ["开饭馆", "小餐馆"],
    "themes": ["开店办企业"],
    "sources": ["测试用的一件事。"],
    "demonstration": True,
}
ANSWERS: dict[str, object] = {
    "shop_name": "阿秀饭店",
    "own_place": "rented",
    "address": "海口市龙华区滨海大道1号",
    "area": "36.5",
    "phone": "13800138000",
    "kitchen": "12",
    "words_2": "阿秀饭店",
    "delivery": "net",
}
PAPERS = ("report", "lease", "layout")


@dataclass(frozen=True, slots=True)
class Shop:
    """The world and its bundle (一件事世界)."""

    world: World
    editor: Any
    items: tuple[str, ...]


def build(world: World) -> Shop:
    """Register the items, publish their guides and the bundle."""
    BasicItem.objects.create(
        code=SIGN_CODE, name="户外招牌设置", item_type="20", origin="测试", demonstration=True
    )
    search.put(of_basic(code=SIGN_CODE, name="户外招牌设置", department="", demonstration=True))
    provincial = _editor(world.provincial_id)
    form = copy.deepcopy(GUIDE["form"])
    form["sections"].append(DELIVERY)  # type: ignore[index, call-overload, attr-defined] # a plain JSON value
    worlds.publish_edition(world.editor, world.item_id, starts_on=worlds.AT.date(), form=form)
    food = catalogue.register_item(
        actor=world.editor, basic_code=CODES[1], organ_id=world.organ_id, level="4", at=worlds.AT
    )
    layout = {"key": "layout", "name": "平面布局图"}
    changed: dict[str, object] = {"result": {"name": "许可证", "licence_type": "124"}}
    worlds.publish_edition(
        world.editor,
        food,
        name="饮用水供水单位卫生许可",
        form=FOOD,
        materials=[layout],
        limits={"statutory_days": 20, "promised_days": 10},
        **changed,
    )
    sign = catalogue.register_item(
        actor=provincial, basic_code=SIGN_CODE, organ_id=world.provincial_id, level="2", at=worlds.AT
    )
    worlds.publish_edition(
        provincial,
        sign,
        name="户外招牌设置",
        form=SIGN,
        materials=[],
        limits={"statutory_days": 20, "promised_days": 3},
        **changed,
    )
    publish(BODY)
    codes = (
        f"{worlds.ORGAN_CODE}4{CODES[0]}",
        f"{worlds.ORGAN_CODE}4{CODES[1]}",
        f"{worlds.PROVINCIAL_CODE}2{CODES[2]}",
    )
    return Shop(world, provincial, codes)


def publish(body: dict[str, Any]) -> bool:
    """Publish a definition (发布一件事), as the import does."""
    return catalogue.publish_bundle(
        actor=system("tests.world"),
        definition=catalogue.read_bundle(body),
        on=worlds.AT.date(),
        at=worlds.AT,
    )


def _editor(organ_id: uuid.UUID) -> Any:
    owner = system("tests.world")
    account = identity.open_account(
        actor=owner, login="editor2", password=worlds.PASSWORD, at=worlds.AT, staff_name="省编辑小王"
    )
    identity.appoint(
        actor=owner, account_id=account, organ_id=organ_id, role=Role.EDITOR, since=worlds.SINCE, at=worlds.AT
    )
    found = actor_of(account, at=worlds.AT)
    assert found is not None
    return found[0]


def started(world: World) -> cases.BundleRef:
    """A bundle of drafts (已开始)."""
    return cases.start_bundle(actor=world.applicant, code=CODE, place=worlds.TOWN, at=worlds.AT)


def filled(world: World) -> cases.BundleRef:
    """A bundle with every answer and material that it needs (已填好)."""
    found = started(world)
    errors = cases.save_bundle(actor=world.applicant, bundle_id=found.id, values=ANSWERS, at=worlds.AT)
    assert errors == {}, errors
    for key in PAPERS:
        cases.attach_to_bundle(
            actor=world.applicant,
            bundle_id=found.id,
            key=key,
            material_id=worlds.material(world),
            at=worlds.AT,
        )
    return found


def submitted(world: World) -> cases.BundleRef:
    """A submitted bundle (已提交)."""
    return cases.submit_bundle(actor=world.applicant, bundle_id=filled(world).id, at=worlds.AT)
