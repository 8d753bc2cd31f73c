"""What search finds of the catalogue (事项检索文档): editions of items, and basic items that nobody offers yet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tongban.base.search.rules.documents import Document
from tongban.offers.catalogue.rules.bundles import Definition
from tongban.offers.catalogue.rules.guide import CaseKind, Guide
from tongban.offers.catalogue.rules.serving import NATURAL

GUIDE, BASIC, BUNDLE = "guide", "item", "bundle"  # kinds of search documents
ALWAYS = date(1949, 10, 1)  # basic items have no first day
_DEPTHS = ("none", "accept", "full")
_SCOPES = ("county", "city", "province", "country")
_OFFERED, _TOGETHER, _NOT_OFFERED, _AFTERWARDS = (
    1.0,
    1.0,
    0.8,
    0.93,
)  # [O] how readily each is what people look for
# What is done to something one has already; who does not say so looks for the thing itself.
_LATER = [
    "变更",
    "注销",
    "延续",
    "补办",
    "补发",
    "补领",
    "换发",
    "换领",
    "补证",
    "补换",
    "遗失",
    "转出",
    "转入",
    "过户",
    "校验",
    "复审",
    "年检",
    "终止",
    "歇业",
    "停业",
    "恢复",
    "撤销",
    "更正",
    "备案变更",
    "缩小",
    "扩大",
]


@dataclass(frozen=True, slots=True)
class Offer:
    """Whose edition it is (版本归属), as plain values."""

    edition: str
    code: str
    basic_code: str
    basic_name: str
    department: str
    level: str
    organ: str
    organ_name: str
    place: str
    place_name: str
    starts_on: date
    ends_on: date | None


def group_of(basic_code: str) -> str:
    """The group in which a basic item and all its implementations are ranked (检索组)."""
    return f"basic:{basic_code}"


def prior_of(name: str, *, offered: bool) -> float:
    """How readily an item is what people look for (先验): the thing itself before what is done to it later."""
    later = any(word in name for word in _LATER)
    return (_OFFERED if offered else _NOT_OFFERED) * (_AFTERWARDS if later else 1.0)


def served_as(served: tuple[str, ...]) -> set[str]:
    """Whom an item serves, in two words (服务对象归类): a person, a company or another body."""
    return {"person" if one == NATURAL else "company" for one in served}


def of_edition(guide: Guide, offer: Offer) -> Document:
    """The search document of a published edition (版本检索文档)."""
    channels, limits = guide.channels, guide.limits
    facets = {
        f"kind:{GUIDE}",
        f"level:{offer.level}",
    }
    # Depth and scope are asked for as "at least": what is done wholly online can be begun online as well.
    facets |= {
        f"online:{depth}" for depth in _DEPTHS[: _DEPTHS.index(channels.online) + 1] if depth != "none"
    }
    facets |= {
        f"anywhere:{scope}" for scope in _SCOPES[: _SCOPES.index(channels.anywhere) + 1] if scope != "county"
    }
    facets |= {f"served:{one}" for one in served_as(guide.served)}
    facets |= {f"theme:{theme}" for theme in guide.themes}
    facets |= {f"event:{event}" for event in guide.life_events}
    if offer.department:
        facets.add(f"department:{offer.department}")
    return Document(
        key=f"edition:{offer.edition}",
        kind=GUIDE,
        ref=offer.code,
        group=group_of(offer.basic_code),
        title=guide.name,
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
        place=offer.place,
        owner=offer.organ,
        keywords=guide.keywords,
        words=" ".join(
            ("" if offer.basic_name == guide.name else offer.basic_name, *guide.themes, guide.result.name)
        ),
        facets=frozenset(facets),
        prior=prior_of(guide.name, offered=True),
        shown={
            "organ": offer.organ_name,
            "place_name": offer.place_name,
            "edition": offer.edition,
            "promised_days": limits.promised_days,
            "statutory_days": limits.statutory_days,
            "visits": channels.visits,
            "free": not guide.fees,
            "online": channels.online,
            "instant": guide.case_kind is CaseKind.INSTANT,
            "demonstration": guide.demonstration,
        },
    )


def of_basic(*, code: str, name: str, department: str, demonstration: bool) -> Document:
    """The search document of a basic item (基本目录检索文档), found where nobody offers it yet."""
    facets = {f"kind:{BASIC}"} | ({f"department:{department}"} if department else set())
    return Document(
        key=group_of(code),
        kind=BASIC,
        ref=code,
        group=group_of(code),
        title=name,
        starts_on=ALWAYS,
        facets=frozenset(facets),
        words=department,
        prior=prior_of(name, offered=False),
        shown={"department": department, "item_type": code[2:4], "demonstration": demonstration},
    )


def of_bundle(definition: Definition, edition: str, names: Sequence[str], on: date) -> Document:
    """The search document of a bundle (一件事检索文档); ``names``: of its items."""
    facets = {f"kind:{BUNDLE}"} | {f"theme:{theme}" for theme in definition.themes}
    return Document(
        key=f"bundle:{edition}",
        kind=BUNDLE,
        ref=f"bundle:{definition.code}",
        group=f"bundle:{definition.code}",
        title=definition.name,
        starts_on=on,
        place=definition.place,
        keywords=definition.keywords,
        words=" ".join((*names, *definition.themes)),
        facets=frozenset(facets),
        prior=_TOGETHER,
        shown={
            "bundle": definition.code,
            "items": [item.short for item in definition.items],
            "demonstration": definition.demonstration,
        },
    )
