"""A basic item with room on every side (可收窄的标准), and what changes of it break, for the tests of narrowing."""

import copy
import json
from collections.abc import Callable
from typing import Any

from tests.world import GUIDE

from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.narrowing import violations

Body = dict[str, Any]
Change = Callable[[Body], object]

# A basic item with room on every side: something to lower, to drop and to raise in each element.
BASE: Body = {
    **json.loads(json.dumps(GUIDE)),
    "quantity_limit": "每年一百件",
    "fees": [
        {
            "name": "工本费",
            "standard": "每证20元",
            "basis": "某文件",
            "online": True,
            "reductions": "低保户免收",
        }
    ],
    "special_procedures": [{"kind": "hearing", "days": 20}, {"kind": "expert_review", "days": 30}],
    "intermediaries": [{"name": "卫生检测", "payer": "organ"}],
    "remarks": [{"label": "提醒", "text": "许可证要挂在显眼的地方。"}],
    "channels": {
        "ways": ["window", "computer"],
        "appointment": True,
        "online": "accept",
        "visits": 2,
        "visit_reason": "交回旧证",
        "post": True,
        "anywhere": "city",
    },
}
BASE["materials"][0] |= {
    "copies": 2,
    "original": "copy",
    "requirement": "later",
    "signature": "签名",
    "form": "either",
}
BASE["materials"].append({"key": "photo", "name": "照片", "kind": "other", "source": "own", "form": "paper"})
BASE["limits"] |= {"statutory_unit": "day", "pre_review_days": 3, "extension_days": 8}
BASIC = Guide.model_validate(BASE)


def shop(body: Body) -> list[Body]:
    return body["form"]["sections"][0]["fields"]


def contact(body: Body) -> list[Body]:
    return body["form"]["sections"][1]["fields"]


def local(*changes: Change) -> Guide:
    body = copy.deepcopy(BASE)
    for change in changes:
        change(body)
    return Guide.model_validate(body)


def found(*changes: Change) -> set[tuple[str, str]]:
    return {(one.rule.value, one.path) for one in violations(BASIC, local(*changes))}


NEW_MATERIAL = {"key": "extra", "name": "无犯罪证明", "kind": "other", "source": "other"}
