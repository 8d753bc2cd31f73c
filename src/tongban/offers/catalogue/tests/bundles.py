"""Bundles for tests (测试用一件事): guides with forms of their own, and a definition over them."""

from typing import Any

from tests.world import GUIDE

from tongban.offers.catalogue.rules.bundles import Definition
from tongban.offers.catalogue.rules.guide import Terms

CODES = ("000123001000", "000123002000", "000123003000")
SHORTS = ("卫生", "食品", "招牌")


def terms(*fields: dict[str, Any], title: str = "店铺", **changed: Any) -> Terms:
    """The world's guide with these fields on one page, and without materials."""
    kept = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
    form = {"sections": [{"key": "shop", "title": title, "fields": list(fields)}]}
    result = {"name": "许可证", "licence_type": "123"}
    return Terms.model_validate({**kept, "form": form, "materials": [], "result": result, **changed})


def definition(count: int = 2, **changed: Any) -> Definition:
    """A bundle of so many items."""
    items = [{"basic": code, "short": short} for code, short in zip(CODES, SHORTS, strict=True)][:count]
    body = {
        "code": "small-shop",
        "name": "开小店",
        "purpose": "开一家小店要办的事，一次办。",
        "place": "460000000000",
        "items": items,
        "sources": ["测试"],
    }
    return Definition.model_validate(body | changed)
