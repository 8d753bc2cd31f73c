"""Fields that change with answers, and an edition that asks them (带条件的表单), for tests of cases and of the doors."""

import copy
import uuid
from typing import Any

from tests import world as worlds
from tests.world import World

SINCE = worlds.AT.date()  # from this day on the edition of :func:`publish` is in force

DELIVERY: dict[str, Any] = {
    "key": "delivery",
    "label": "怎样领取结果",
    "type": "choice",
    "options": [{"value": "post", "label": "邮寄"}, {"value": "window", "label": "到窗口领取"}],
}
POST: dict[str, Any] = {
    "key": "post_address",
    "label": "收件地址",
    "when": {"delivery": "post"},
    "prefill": f"earlier:{worlds.BASIC_CODE}.post_address",
}
TOWN: dict[str, Any] = {"key": "town", "label": "在哪个乡镇", "type": "place", "place_level": "township"}
STAFF: dict[str, Any] = {
    "key": "staff",
    "label": "从业人员",
    "type": "rows",
    "max_rows": 3,
    "columns": [
        {"key": "name", "label": "姓名"},
        {"key": "sex", "label": "性别", "type": "choice", "codes": "GBT2261.1-2003"},
    ],
}
OWNER: dict[str, Any] = {"key": "owner", "label": "申请人", "prefill": "party.name", "fixed": True}
MOBILE: dict[str, Any] = {"key": "mobile", "label": "手机", "type": "phone", "prefill": "party.phone"}
SIGN: dict[str, Any] = {
    "key": "sign",
    "label": "招牌上的字",
    "prefill": "licence:123.shop_name",
    "required": False,
}
MORE = {
    **worlds.FORM,
    "delivery": "window",
    "town": worlds.TOWN,
    "staff": [{"name": "刘海波", "sex": "1"}],
}


def publish(world: World, *fields: dict[str, Any], form: dict[str, Any] | None = None) -> uuid.UUID:
    """An edition of the world's item that asks these fields as well, on a page of their own."""
    asked = copy.deepcopy(form or worlds.GUIDE["form"])
    asked["sections"].append({"key": "more", "title": "其他", "fields": list(fields)})
    return worlds.publish_edition(world.editor, world.item_id, starts_on=SINCE, form=asked)
