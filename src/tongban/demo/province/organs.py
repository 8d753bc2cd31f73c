"""Organs of the whole province (全省演示机关): departments of province, cities and counties; towns; village stations.

No real credit code is at hand: each is of our own making (category 11, the place's division, organisation code
9 + town 3 + village 3 + department 2, right check character), and every organ is marked as demonstration.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.demo.province.departments import DEPARTMENTS
from tongban.standards import credit_code
from tongban.standards.item_codes import Level

HEADER = ["name", "short_name", "credit_code", "place", "kind", "duties", "demonstration"]
DRAWER = "统计汇总码"
# Rows of islands without a seat of government of their own: the departments of 三沙市 serve them.
ISLANDS = frozenset({"460321000000", "460322000000", "460323000000"})
LEVELS: Mapping[str, Level] = {
    "province": Level.PROVINCE,
    "prefecture": Level.CITY,
    "county": Level.COUNTY,
    "township": Level.TOWN,
    "village": Level.VILLAGE,
}
_LONGEST_SHORT, _LONGEST_NAME = 40, 100


@dataclass(frozen=True, slots=True)
class Office:
    """An organ of the demonstration (演示机关): ``department`` as the items' data calls it, "" for towns and villages."""

    name: str
    short: str
    code: str
    place: str
    place_name: str
    kind: str
    department: str
    level: Level


Place = Mapping[str, str]


def places(data: Path) -> dict[str, Place]:
    """Rows of the divisions by code (区划表), as shipped."""
    with (data / "hainan_divisions.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}


def full_name(code: str, known: Mapping[str, Place]) -> str:
    """A place's name with all above it but the province (全称): 海口市秀英区长流镇."""
    place = known[code]
    above = known.get(place["parent"])
    if above is None or above["level"] == "province" or above["kind"] == DRAWER:
        return place["name"]
    return full_name(above["code"], known) + place["name"]


def offices(data: Path) -> list[Office]:
    """All organs (机关表), the province first; those that are shipped keep their credit codes."""
    known = places(data)
    with (data / "hainan_organs.csv").open(encoding="utf-8", newline="") as lines:
        shipped = {(row["place"], row["name"]): row["credit_code"] for row in csv.DictReader(lines)}
    return list(_made(known, shipped))


def _made(known: Mapping[str, Place], shipped: Mapping[tuple[str, str], str]) -> Iterator[Office]:
    for code, place in sorted(known.items()):
        level, name = place["level"], full_name(code, known)
        if place["kind"] == DRAWER or code in ISLANDS:
            continue
        if level in ("province", "prefecture", "county"):
            for number, department in enumerate(DEPARTMENTS, 1):
                full = department.province if level == "province" else department.local.format(name)
                short = full if level == "province" else department.short.format(place["name"])
                if full:
                    own = shipped.get((code, full)) or _code(code, number)
                    yield _office(full, short, own, place, name, department.kind, department.given)
        elif level == "township":
            yield _office(
                name + _seat(place), place["name"] + _seat(place), _code(code, 0), place, name, "乡镇"
            )
        else:
            station = "便民服务站"
            yield _office(name + station, place["name"] + station, _code(code, 0), place, name, "村级服务站")


def _seat(place: Place) -> str:
    if place["kind"] == "街道":
        return "办事处"
    return "人民政府" if place["kind"] in ("镇", "乡") else "便民服务中心"


def _code(place: str, number: int) -> str:
    return credit_code.make(f"11{place[:6]}9{place[6:12]}{number:02d}")


def _office(
    name: str, short: str, code: str, place: Place, place_name: str, kind: str, department: str = ""
) -> Office:
    return Office(
        name[-_LONGEST_NAME:],
        short[-_LONGEST_SHORT:],
        code,
        place["code"],
        place_name,
        kind,
        department,
        LEVELS[place["level"]],
    )


def rows(made: Sequence[Office]) -> Iterator[list[str]]:
    """What the import of departments takes (导入行)."""
    for one in made:
        yield [one.name, one.short, one.code, one.place, one.kind, "演示机关，信用代码为演示代码", "yes"]
