"""Who carries out what, and how (演示实施清单): organs of all levels, each with its counter and lawful local differences."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tongban.demo.province.departments import of
from tongban.demo.province.items import Basic
from tongban.demo.province.organs import Office
from tongban.standards.item_codes import WITH_CHILDREN, Level

Body = dict[str, object]

# What towns receive, and what village stations help with, by names of the data; the choice is [O], our own.
TOWN_ITEMS = (
    "最低生活保障",
    "临时救助",
    "特困人员救助供养",
    "80周岁以上老年人高龄津贴发放",
    "重度残疾人护理补贴",
    "困难残疾人生活补贴",
    "残疾人证新办",
    "残疾人证换领",
    "失业登记",
    "就业登记",
    "就业困难人员认定",
    "社会保障卡申领",
    "城乡居民基本养老保险参保登记",
    "城乡居民参保登记",
    "孤儿救助资格认定及基本生活费发放",
    "退役报到",
)
VILLAGE_ITEMS = (
    "最低生活保障",
    "80周岁以上老年人高龄津贴发放",
    "城乡居民基本养老保险参保登记",
    "城乡居民参保登记",
)
_PER_VILLAGE = 2
# Shares and numbers below are [O], our own: together they give the size that the province is said to have.
_EVERYWHERE, _EVERYWHERE_BUSINESS = 0.08, 0.02
_MOST_PLACES = 7
_IN_PROVINCE, _IN_PROVINCE_BUSINESS = 0.3, 0.1
FEE = "证照工本费"
_HOURS = "工作日 08:30-12:00、14:30-17:30（演示）"


@dataclass(frozen=True, slots=True)
class Counter:
    """That an organ carries out a basic item (演示实施项)."""

    basic: Basic
    office: Office


class Counters:
    """Implementations by basic item (实施分工): the same ``seed`` gives the same."""

    def __init__(self, made: Sequence[Office], seed: int) -> None:
        self._seed = seed
        self._local: Mapping[str, list[Office]] = defaultdict(list)
        self._province: dict[str, Office] = {}
        self._small: Mapping[Level, list[Office]] = defaultdict(list)
        for office in made:
            if office.level is Level.PROVINCE:
                self._province[office.department] = office
            elif office.department:
                self._local[office.department].append(office)
            else:
                self._small[office.level].append(office)

    def _chance(self, *about: str) -> random.Random:
        return random.Random(f"{self._seed}/{'/'.join(about)}")  # noqa: S311 -- demonstration data, nothing secret

    def of_basic(self, basic: Basic) -> Iterator[Counter]:
        """All who carry out one basic item (谁来办)."""
        if basic.code.endswith(WITH_CHILDREN):
            return
        for office in self._chosen(basic):
            yield Counter(basic, office)

    def _chosen(self, basic: Basic) -> Iterator[Office]:
        business = bool(basic.what)
        # A business item is handled where its item is: both draw from the same order of places.
        places = self._local[of(basic.department).given]
        ordered = self._chance("places", basic.code[:12]).sample(places, k=len(places))
        chance = self._chance("share", basic.code)
        if chance.random() < (_EVERYWHERE_BUSINESS if business else _EVERYWHERE):
            yield from ordered
        else:
            yield from ordered[: chance.randint(0, 1) if business else chance.randint(2, _MOST_PLACES)]
        province = self._province.get(of(basic.department).given)
        if province is not None and chance.random() < (_IN_PROVINCE_BUSINESS if business else _IN_PROVINCE):
            yield province
        if basic.name in TOWN_ITEMS:
            yield from self._small[Level.TOWN]
        if basic.name in VILLAGE_ITEMS:
            yield from (one for one in self._small[Level.VILLAGE] if self._helps(one, basic.name))

    def _helps(self, station: Office, name: str) -> bool:
        return name in self._chance("village", station.code).sample(VILLAGE_ITEMS, k=_PER_VILLAGE)

    def body(self, counter: Counter, terms: Mapping[str, object]) -> Body:
        """What this organ says by itself (本机关的内容): its counter, and now and then something better than the standard."""
        office = counter.office
        chance = self._chance("body", counter.basic.code, office.code)
        number = int(hashlib.sha256(office.code.encode()).hexdigest()[:8], 16)
        phone = f"0898-0000{number % 9000:04d}"
        small = office.level in (Level.TOWN, Level.VILLAGE)
        hall = office.name if small else f"{office.place_name}政务服务中心"
        window = "综合窗口" if small else f"{office.short}窗口"
        body: Body = {
            "windows": [
                {
                    "name": f"{hall}{window}"[:200],
                    "address": f"{hall}（演示地址，不是真实地址）"[:200],
                    "hours": _HOURS,
                    "phone": phone,
                }
            ],
            "phones": {"advice": phone, "complaint": f"0898-0000{9000 + number % 1000:04d}"},
            "power_source": "entrusted" if small else "own",
            "organ_nature": "entrusted" if small else "statutory",
            "office": "" if small else f"{office.short}审批科",
        }
        for better in (_quicker, _lighter, _cheaper, _nearer, _simpler):
            body |= better(chance, terms)
        return {key: value for key, value in body.items() if value != ""}

    def aliases(self, counter: Counter) -> tuple[str, ...]:
        """Old codes of 24 (旧编码) of a part of the implementations: place 12, department 2, then what tells the item."""
        basic, office = counter.basic, counter.office
        if basic.what or self._chance("alias", basic.code, office.code).random() > 0.2:
            return ()
        return (f"{office.place}{office.code[15:17]}{basic.code[2:12]}",)


def _list(value: object) -> list[Body]:
    return list(value) if isinstance(value, list) else []


def _quicker(chance: random.Random, terms: Mapping[str, object]) -> Body:
    limits = terms["limits"]
    if not isinstance(limits, dict) or limits["promised_days"] < 2 or chance.random() > 0.3:
        return {}
    return {"limits": limits | {"promised_days": chance.randint(1, limits["promised_days"] - 1)}}


def _lighter(chance: random.Random, terms: Mapping[str, object]) -> Body:
    materials = _list(terms["materials"])
    if len(materials) < 3 or chance.random() > 0.08:
        return {}
    dropped = chance.randrange(1, len(materials) - 1)
    return {"materials": [one for place, one in enumerate(materials) if place != dropped]}


def _cheaper(chance: random.Random, terms: Mapping[str, object]) -> Body:
    fees = _list(terms.get("fees"))
    if not fees or chance.random() > 0.3:
        return {}
    if chance.random() < 0.5 or any(fee["name"] != FEE for fee in fees):
        return {"fees": []}
    return {"fees": [fee | {"standard": "每证2元"} for fee in fees]}


def _nearer(chance: random.Random, terms: Mapping[str, object]) -> Body:
    channels = terms["channels"]
    if not isinstance(channels, dict) or chance.random() > 0.15:
        return {}
    better: Body = {"terminals": ["政务服务中心自助终端（演示）"]}
    if channels.get("anywhere", "county") == "county":
        choices: tuple[Body, ...] = (better, {"anywhere": "city"}, {"anywhere": "province"})
        better = chance.choice(choices)
    if channels["visits"] and chance.random() < 0.3:
        better = {"online": "full", "visits": 0, "post": True, "visit_reason": ""}
    return {"channels": channels | better}


def _simpler(chance: random.Random, terms: Mapping[str, object]) -> Body:
    conditions, special = terms["conditions"], _list(terms.get("special_procedures"))
    if special and chance.random() < 0.3:
        return {"special_procedures": [one | {"days": 3} for one in special]}
    if isinstance(conditions, list) and len(conditions) > 2 and chance.random() < 0.04:
        return {"conditions": conditions[:-1]}
    return {}
