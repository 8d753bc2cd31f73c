"""Around the catalogue (演示账号和所见): two editors who see enough of it, and what was seen at some counters."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from tongban.base.actor import system
from tongban.demo import people
from tongban.demo.people import Official
from tongban.demo.province.departments import RECEIVES_FOR_ALL
from tongban.demo.province.whole import Province
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.rules.sightings import Shown, SightChannel
from tongban.people.identity.rules import Role

_PLACES = ("460000000000", "460100000000", "460106000000")  # the province, 海口市, 龙华区
_SIGHTINGS = 60  # [O] our own number
_SEER = system("demo.province")


def run(province: Province, at: datetime) -> None:
    """Accounts and sightings (装入账号和所见); what is there stays as it is."""
    receiving = [
        one.name
        for one in province.offices
        if one.department == RECEIVES_FOR_ALL.given and one.place in _PLACES
    ]
    editors = [Official(login, name, Role.EDITOR, tuple(receiving)) for login, name in EDITORS]
    people.open_officials(editors, at)
    with transaction.atomic():
        _see(province, at)


EDITORS = (("gao", "高敏"), ("luo", "罗杰"))


def _see(province: Province, at: datetime) -> None:
    """Sightings of items that many carry out: half of what is seen is right, half is old or local habit."""
    chance = province.chance("sightings")
    counters = [one for basic in province.shipped[::25] for one in province.counters.of_basic(basic)]
    for number, counter in enumerate(chance.sample(counters, k=min(_SIGHTINGS, len(counters)))):
        code = f"{counter.office.code}{counter.office.level}{counter.basic.code}"
        guide = queries.in_force(code, at.date()).guide
        shown = Shown(
            guide.name,
            promised_days=guide.limits.promised_days,
            materials=tuple(material.name for material in guide.materials),
        )
        if number % 2:
            shown = chance.choice(
                (
                    replace(shown, promised_days=guide.limits.statutory_days),
                    replace(shown, materials=(*(shown.materials or ()), "户口簿复印件")),
                    replace(shown, fees=("工本费 · 每证5元",)),
                    replace(shown, name=f"{guide.name}审批"),
                )
            )
        channel = chance.choice(list(SightChannel))
        where = f"{counter.office.short}的{_WHERE[channel]}（演示）"
        seen_on: date = at.date() - timedelta(days=chance.randint(1, 60))
        seen = catalogue.Seen(code, channel, where, seen_on, "演示督查", shown, "演示内容，不是真实的检查")
        if not _known(code, where):
            catalogue.record_sighting(actor=_SEER, seen=seen, at=at)


def _known(code: str, where: str) -> bool:
    found = queries.sightings(item_code=code, only_differing=False)
    return any(one.whereabouts == where for one in found)


_WHERE = {
    SightChannel.WEB: "网页",
    SightChannel.COUNTER: "窗口公示牌",
    SightChannel.TERMINAL: "自助终端",
    SightChannel.LEAFLET: "一次性告知单",
}
