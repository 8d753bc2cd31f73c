"""Makes data/powers.csv (权责清单): demonstration lists of the organs in data/hainan_organs.csv.

No list of these organs is at hand. Each gets those powers of data/basic_items.csv whose department is its own line of work,
and the item that its guide carries out; public services are no powers and are left out. The basis is what
data/licence_items.csv and the guides know of an item by its name or code, and is empty where they know none: every row is
marked as demonstration. Duties and accountability are left to the usual ones of the importer, which says so in each entry.
So that there is something to compare, each county's organ adjusts its list once: a telephone changes, one entry leaves, one comes.

Run as ``python scripts/make_powers.py``; the same input gives the same file.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

# Line of work of an organ -> departments of the county's list whose items are of that line.
LINES = {
    "政府办公": ("政府办公室",),
    "工业和信息化": ("经信局",),
    "财政": ("财政局",),
    "市场监管": ("市监局",),
    "人力资源和社会保障": ("人社局",),
    "卫生健康": ("卫健局",),
    "民政": ("民政局",),
    "测绘地理信息": ("自然资源和规划局",),
    "公安": ("公安分局",),
    "发展和改革": ("发改局",),
    "住房和城乡建设": ("住建局",),
    "林业": ("林业局",),
}
# Only what the line itself does: the county's land department has far more than surveying.
ONLY = {"测绘地理信息": re.compile("测绘|地图|测量")}
COLUMNS = [
    "organ",
    "basic",
    "starts_on",
    "listed",
    "office",
    "level",
    "basis",
    "duties",
    "accountability",
    "phone",
    "note",
    "reason",
    "demonstration",
]
# Children whose name says whose power they are.
OF_LEVEL = {"000164213003": "3", "000164213999": "4"}
SERVICE = "20"
FIRST, LATER = "2025-01-01", "2026-03-01"
HOTLINE, LATER_HOTLINE = "12345", "0898-12345"
CITED = re.compile("《([^《》]+)》([^《》、；，。]*)")
ARTICLE = re.compile("第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十])?")


def items() -> list[dict[str, str]]:
    """The basic items that are powers (权力事项); main items whose children stand in the list are told by their children."""
    with (DATA / "basic_items.csv").open(encoding="utf-8", newline="") as lines:
        found = [row for row in csv.DictReader(lines) if row["item_type"] != SERVICE]
    parents = {row["parent"] for row in found}
    return [row for row in found if row["code"] not in parents]


def bases() -> dict[str, str]:
    """Basis by name or code of an item (依据), one law a line, as far as the data knows it."""
    found: dict[str, list[str]] = {}
    with (DATA / "licence_items.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for title, behind in CITED.findall(row["legal_basis"]):
                article = ARTICLE.search(behind)
                for known in (row["item_name"], row["code"]):
                    found.setdefault(known, []).append(f"《{title}》{article[0] if article else ''}")
    for path in sorted((DATA / "guides").glob("*.json")):
        guide = json.loads(path.read_text(encoding="utf-8"))
        found[guide["basic"]] = [
            f"《{one['title'].strip('《》')}》{one.get('article', '')}" for one in guide["guide"]["basis"]
        ]
    return {known: "\n".join(dict.fromkeys(lines)) for known, lines in found.items() if known}


def guided() -> dict[str, set[str]]:
    """Basic codes by credit code of those that carry them out with a guide (有指南的事项)."""
    found: dict[str, set[str]] = {}
    for path in sorted((DATA / "guides").glob("*.json")):
        guide = json.loads(path.read_text(encoding="utf-8"))
        for organ in guide["organs"]:
            found.setdefault(organ, set()).add(guide["basic"])
    return found


def level_of(place: str) -> str:
    """Level of exercise by the place of the organ (行使层级): province, prefecture, county."""
    if place.endswith("0" * 10):
        return "2"
    return "3" if place.endswith("0" * 8) else "4"


def rows() -> Iterator[dict[str, str]]:
    """The rows of the file (逐行), organ by organ, its first list and then its adjustment."""
    powers, known, own = items(), bases(), guided()
    with (DATA / "hainan_organs.csv").open(encoding="utf-8", newline="") as lines:
        organs = list(csv.DictReader(lines))
    for organ in organs:
        only = ONLY.get(organ["kind"])
        found = [
            item
            for item in powers
            if item["code"] in own.get(organ["credit_code"], set())
            or (
                OF_LEVEL.get(item["code"], level_of(organ["place"])) == level_of(organ["place"])
                and item["department"] in LINES.get(organ["kind"], ())
                and (only is None or only.search(item["name"]))
            )
        ]
        if found:
            yield from _list(organ, found, known, own.get(organ["credit_code"], set()))


def _list(
    organ: dict[str, str], found: list[dict[str, str]], known: dict[str, str], kept: set[str]
) -> Iterator[dict[str, str]]:
    level = level_of(organ["place"])

    def row(item: dict[str, str], starts_on: str, **more: str) -> dict[str, str]:
        return {
            "organ": organ["credit_code"],
            "basic": item["code"],
            "starts_on": starts_on,
            "listed": "yes",
            "office": organ["name"],
            "level": level,
            "basis": known.get(item["code"]) or known.get(item["name"], ""),
            "duties": "",
            "accountability": "",
            "phone": HOTLINE,
            "note": "",
            "reason": "演示：首次公布清单",
            "demonstration": "yes",
        } | more

    moving = [item for item in found if item["code"] not in kept]
    adjusts = level == "4" and len(moving) > 3
    late, leaving, changing = (moving[-1], moving[-2], moving[0]) if adjusts else (None, None, None)
    yield from (row(item, FIRST) for item in found if item is not late)
    if late and leaving and changing:
        yield row(changing, LATER, phone=LATER_HOTLINE, reason="演示：监督电话加上区号")
        yield row(leaving, LATER, listed="no", basis="演示数据，没有真实的调出依据", reason="演示：调出一项")
        yield row(late, LATER, reason="演示：调入一项")


def main() -> None:
    """Write the file (写出)."""
    with (DATA / "powers.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    main()
