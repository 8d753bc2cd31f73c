"""Makes data/basic_items.csv (基本目录): names and types of real items, under codes that are mostly our own.

Sources: data/county_items_1135.csv (the whole list of one county-level area elsewhere in China) and data/licence_items.csv.
A real basic code of 12 digits of the national list (division 00) is kept; every other item gets a demonstration code: division 46, type, field
01-99 by department, main item counted within both, 000. Run as ``python scripts/make_basic_items.py``; the same input
gives the same file.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
HEADER = ["code", "name", "item_type", "department", "parent", "origin", "demonstration"]

COUNTY = "县区事项清单（外省某县级地区，1135项）"
# Who exercises the item stands in the implementation, not in the name of the basic item.
LEVEL = re.compile(r"[（(](?:县级|市级|市级/县级|县级行使|县级权限|住建行使|根据省政府.*)[）)]$")
ELSEWHERE = re.compile("四川|广安|省政府349号")
DEPARTMENTS = {"区委办": "党委办公室", "区委统战部": "统战部", "区政府办": "政府办公室"}
NATIONAL = re.compile(r"00[0-9]{7}(?:00Y|[0-9]{3})")
LICENCE_TYPE = "01"
MAIN_LOGGING = "00016421300Y"

# Codes that the guides stand on: name -> (code, department, parent, origin, demonstration).
FIXED = {
    "公共场所卫生许可": (
        "460150356000",
        "卫健局",
        "",
        "名称：上海静安/嘉定自助终端事项；编码：上海310150356000换为海南区划46",
        "yes",
    ),
    "林木采伐许可证核发（县级权限）": (
        "000164213999",
        "林业局",
        MAIN_LOGGING,
        f"名称：{COUNTY}；县级子项的真实编码未知，末三位999为演示",
        "yes",
    ),
    "林木采伐许可证核发（设区的市级权限）": (
        "000164213003",
        "林业局",
        MAIN_LOGGING,
        "单项页面（国家级基本编码）",
        "no",
    ),
}


# Items that no list here has: (code, name, type, department). Field 98 is no department's.
OWN = (("460198001000", "餐饮店联合审批", "01", "市监局"),)


@dataclass
class Catalogue:
    """The catalogue while it is gathered (汇集): one row a name, one code a row."""

    rows: list[list[str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    fields: dict[str, int] = field(default_factory=dict)
    mains: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, name: str, item_type: str, department: str, origin: str, code: str = "") -> None:
        """Add an item unless its name is there (加入)."""
        if name in self.names:
            return
        parent, demonstration = "", "no"
        if name in FIXED:
            code, department, parent, origin, demonstration = FIXED[name]
        elif not code:
            code, demonstration = self._own_code(item_type, department), "yes"
        elif any(code == own[0] for own in OWN):
            demonstration = "yes"
        if code in self.codes:
            raise ValueError(f"{code} would stand twice, the second time for {name}")
        self.names.add(name)
        self.codes.add(code)
        self.rows.append([code, name, item_type, department, parent, origin, demonstration])

    def _own_code(self, item_type: str, department: str) -> str:
        number = self.fields.setdefault(department, len(self.fields) + 1)
        self.mains[(item_type, number)] += 1
        return f"46{item_type}{number:02d}{self.mains[(item_type, number)]:03d}000"


def department_of(given: str) -> str:
    """A department's name without the area that it belongs to (部门通名)."""
    return DEPARTMENTS.get(given) or given.removeprefix("广安").removeprefix("区")


def clean(name: str) -> str:
    """A name without the level in brackets at its end (去层级后缀), brackets full width and in pairs."""
    told = name.strip().replace("(", "（").replace(")", "）")
    return told if told in FIXED else LEVEL.sub("", told)


def county_items() -> Iterator[tuple[str, str, str]]:
    """(name, type, department) of the county's list (县区清单)."""
    with (DATA / "county_items_1135.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = clean(row["item_name"])
            if not ELSEWHERE.search(name):
                yield name, row["task_type_code"].zfill(2), department_of(row["department"])


def licence_items() -> Iterator[tuple[str, str, str, str]]:
    """(name, national code or nothing, type, source) of the list of licences (许可清单)."""
    with (DATA / "licence_items.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            told = re.sub("^上海市|《|》", "", row["item_name"])
            if "据受理条件" in told:
                continue  # a name that the transcriber gave it
            real = row["code"] if NATIONAL.fullmatch(row["code"]) else ""
            item_type = row["code"][2:4] if re.fullmatch(r"[0-9]{9}[0-9Y]{3}", row["code"]) else LICENCE_TYPE
            name = clean(told)
            yield name, real, item_type, row["source"]


def gather() -> Catalogue:
    """Both lists in one catalogue (汇总): the codes of the national list first, for they are not ours to give."""
    found = Catalogue()
    listed = list(licence_items())
    for name, code, item_type, source in listed:
        if code and name not in found.names:
            found.add(
                name,
                item_type,
                "人社局" if "社会保障卡" in name else "林业局",
                f"{source}（国家级基本编码）",
                code,
            )
    for name, item_type, department in county_items():
        found.add(name, item_type, department, COUNTY)
    for name, code, item_type, source in listed:
        if not code:
            found.add(name, item_type, "其他部门", f"{source}（名称）")
    for code, name, item_type, department in OWN:
        found.add(name, item_type, department, "名称和编码自编，演示几个部门一起办", code)
    return found


def main() -> None:
    """Write the file (写出): a main item stands before its children."""
    found = gather()
    with (DATA / "basic_items.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(found.rows, key=lambda row: (bool(row[4]), row[0])))


if __name__ == "__main__":
    main()
