"""Enters the real guides of data/guides_source as drafts (真实指南录入): data/guides_entered/*.json, and where each fact went.

Each line of a source becomes an element of a guide, or, where no element has a place for it, a remark (其他说明) under its own
label. ``facts.csv`` names for every fact the source, the line and the place; the README lists what had no place. A test
imports the drafts and looks every fact up in what was stored. Run as ``python scripts/enter_guides.py`` with ``src`` on the
path; the same input gives the same files.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
SOURCE, TARGET = DATA / "guides_source", DATA / "guides_entered"
ORGAN, LEVEL = "11460000000000003Q", "2"  # the service centre of the province, a demonstration organ

# The basic item of each source. The last four stand in no list that is here: they get rows of their own.
BASIC = {
    "01": "460135040000",
    "03": "460135115000",
    "04": "462099001000",
    "05": "460150356000",
    "06": "460150356000",
    "07": "460150356000",
    "08": "460150356000",
    "09": "460150356000",
    "10": "00016421300Y",
    "11": "00016421300Y",
    "12": "00016421300Y",
    "13": "00016421300Y",
    "14": "00016421300Y",
    "16": "460135118000",
    "17": "460135117000",
    "18": "460135118000",
    "20": "460135050000",
    "21": "460132026000",
    "22": "460132026000",
    "23": "460132026000",
    "24": "460135050000",
    "25": "460132026000",
    "26": "462022012000",
    "29": "002014010008",
    "31": "460119013000",
    "32": "460119013000",
    "34": "460199002000",
    "35": "460199003000",
    "36": "460199003000",
    "37": "460199001000",
}
OWN_BASIC = [
    ("460199001000", "高等职业学校设立", "01"),
    ("460199002000", "网上办理流程（来源没有写事项名称）", "01"),
    ("460199003000", "原件预审事项（来源没有写事项名称）", "01"),
    ("462099001000", "婚姻登记档案证明自助打印", "20"),
]


@dataclass
class Entry:
    """One source on its way into a draft (录入中的指南): the body so far, old codes, and where each fact went."""

    body: dict[str, Any] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)  # (line, path of the element)

    def put(self, line: str, element: str, value: Any) -> None:
        """Add entries to a list, parts to an object, or set a text (放入要素)."""
        standing = self.body.get(element)
        if isinstance(value, list):
            self.body[element] = [*(standing or []), *value]
        elif isinstance(value, dict):
            self.body[element] = (standing or {}) | value
        else:
            self.body[element] = value
        self.facts.append((line, element))

    def window(self, line: str, **parts: str) -> None:
        """Say something of the one counter that a source names (办理地点)."""
        (standing,) = self.body.get("windows") or [{}]
        self.body["windows"] = [standing | parts]
        self.facts.append((line, "windows"))

    def remark(self, line: str, label: str, text: str) -> None:
        """Keep what no element has a place for (其他说明)."""
        self.put(line, "remarks", [{"label": label, "text": text}])


Put = Callable[[Entry, str, str, str], None]  # entry, line, label, value


def _parts(value: str, marks: str = ";；") -> list[str]:
    return [part.strip() for part in re.split(f"[{marks}]", value) if part.strip()]


def _texts(element: str, marks: str = ";；") -> Put:
    return lambda entry, line, label, value: entry.put(line, element, _parts(value, marks))


def _text(element: str) -> Put:
    return lambda entry, line, label, value: entry.put(line, element, value)


def _part(element: str, name: str) -> Put:
    return lambda entry, line, label, value: entry.put(line, element, {name: value})


def _is(element: str, value: Any) -> Put:
    return lambda entry, line, label, _: entry.put(line, element, value)


def _remark(entry: Entry, line: str, label: str, value: str) -> None:
    entry.remark(line, label, value)


_BASIS = re.compile(r"《(?P<title>[^》]+)》(?P<article>第[^(（]+条)?(?:[(（](?P<text>.+)[)）])?$")


def _basis(entry: Entry, line: str, label: str, value: str) -> None:
    told = []
    for part in _parts(value):
        found = _BASIS.fullmatch(part)
        parts = found.groupdict() if found else {"title": part}
        told.append({name: text for name, text in parts.items() if text})
    entry.put(line, "basis", told)


def _days(name: str) -> Put:
    def put(entry: Entry, line: str, label: str, value: str) -> None:
        found = re.search(r"[0-9]+", value)
        if found is None or "分钟" in value:
            entry.put(line, "limits", {"note": f"{label}：{value}"})
            return
        note = entry.body.get("limits", {}).get("note", "")
        told = f"{label}：{value}"
        entry.put(line, "limits", {name: int(found.group()), "note": f"{note}；{told}" if note else told})

    return put


def _steps(entry: Entry, line: str, label: str, value: str) -> None:
    steps = []
    for part in re.split("→", value):
        found = re.search(r"([0-9]+)个?工作日", part)
        name = re.split(r"[(（:：;；,，]", part)[0].strip()[:200]
        steps.append({"name": name, "what": part.strip()} | ({"days": int(found.group(1))} if found else {}))
    entry.put(line, "steps", steps)


def _result(entry: Entry, line: str, label: str, value: str) -> None:
    years = re.search(r"([0-9]+)年", value)
    name = re.sub(r"[(（].*[)）]", "", value).strip("《》 ")
    parts = [part.strip() for part in value.split("/")]
    if len(parts) == 3:  # kind / name / sample
        entry.put(line, "result", {"kind": "certificate", "name": parts[1]})
        entry.remark(line, label, value)
        return
    entry.put(line, "result", {"name": name} | ({"valid_years": int(years.group(1))} if years else {}))
    if years:
        entry.remark(line, label, value)


def _visits(entry: Entry, line: str, label: str, value: str) -> None:
    count = re.search(r"[0-9]+", value)
    entry.put(line, "channels", {"visits": int(count.group()) if count else 0})


_WAYS = {"窗口": "window", "当面": "window", "网上": "computer", "网办": "computer"}


def _ways(entry: Entry, line: str, label: str, value: str) -> None:
    told = entry.body.get("channels", {}).get("ways", [])
    more = [way for word, way in _WAYS.items() if word in value and way not in told]
    entry.put(line, "channels", {"ways": [*told, *more]})
    if "全程网办" in value:
        entry.put(line, "channels", {"online": "full"})


def _delivery(entry: Entry, line: str, label: str, value: str) -> None:
    entry.put(line, "channels", {"post": "邮寄" in value or value.startswith("是")})
    entry.remark(line, label, value)


def _codes(entry: Entry, line: str, label: str, value: str) -> None:
    old = re.match(r"([0-9]{10})\(旧10位\)", value)
    if old:
        entry.aliases.append(old.group(1))
        entry.facts.append((line, "aliases"))
        return
    entry.remark(line, label, value)


def _kind(entry: Entry, line: str, label: str, value: str) -> None:
    entry.put(line, "case_kind", {"承诺件": "promised", "即办件": "instant"}[value])


def _window(name: str) -> Put:
    return lambda entry, line, label, value: entry.window(line, **{name: value})


PUTS: dict[str, Put] = {
    "设定依据": _basis,
    "依据": _basis,
    "受理条件": _texts("conditions"),
    "申请条件": _texts("conditions"),
    "准予条件": _texts("conditions"),
    "条件": _texts("conditions"),
    "适用": _texts("conditions"),
    "不予条件": _texts("refusal_conditions"),
    "数量限制": _text("quantity_limit"),
    "服务对象": _texts("served", "、;；"),
    "审批对象": _texts("served", "、;；"),
    "办理时限": _days("promised_days"),
    "承诺时限": _days("promised_days"),
    "承诺办结时限": _days("promised_days"),
    "法定时限": _days("statutory_days"),
    "法定办结时限": _days("statutory_days"),
    "审查时限": _days("statutory_days"),
    "受理时限": _days("reply_days"),
    "流程": _steps,
    "环节": _steps,
    "结果": _result,
    "审批结果": _result,
    "有效期": lambda entry, line, label, value: entry.put(
        line, "result", {"valid_years": int(re.sub(r"\D", "", value))}
    ),
    "收费": _is("fees", []),
    "是否收费": _is("fees", []),
    "网上支付": _is("fees", []),
    "特别程序": _is("special_procedures", []),
    "联办机构": _is("joint_organs", []),
    "委托部门": _text("entrusted_organ"),
    "办理处室": _text("office"),
    "实施主体性质": _is("organ_nature", "statutory"),
    "权力来源": _is("power_source", "own"),
    "办件类型": _kind,
    "办理形式": _ways,
    "受理方法": _ways,
    "网办类型": _ways,
    "通办范围": _is("channels", {"anywhere": "city"}),
    "到办事现场次数": _visits,
    "到现场次数": _visits,
    "必须到现场原因": _part("channels", "visit_reason"),
    "是否支持预约办理": _is("channels", {"appointment": False}),
    "自助终端": _is("channels", {"terminals": []}),
    "是否支持物流快递": _delivery,
    "送达": _delivery,
    "咨询": _part("phones", "advice"),
    "咨询电话": _part("phones", "advice"),
    "投诉": _part("phones", "complaint"),
    "监督": _part("phones", "complaint"),
    "投诉渠道": _part("phones", "complaint"),
    "受理地点": _window("address"),
    "办理地点": _window("address"),
    "办理时间": _window("hours"),
    "办公时间": _window("hours"),
    "事项编码": _codes,
}

_SHAPES = {"纸质": "paper", "电子化": "electronic", "纸质/电子化": "either"}
_NEEDS = {"必要": "required", "非必要": "optional"}


def material(place: int, text: str) -> dict[str, Any]:
    """A numbered line below 申请材料 (材料一行), e.g. ``申请人身份证|原件|纸质|1|必要``."""
    name, *rest = [part.strip() for part in text.split("|")]
    told: dict[str, Any] = {"key": f"m{place}", "name": name}
    for part in rest:
        count = re.match(r"(原件|复印件)?([0-9]+)份?", part)
        if part in _SHAPES:
            told["form"] = _SHAPES[part]
        elif part in _NEEDS:
            told["requirement"] = _NEEDS[part]
        elif part in ("原件", "复印件"):
            told["original"] = {"原件": "original", "复印件": "copy"}[part]
        elif part == "申请人自备":
            told["source"] = "own"
        elif count and "(" not in part and " " not in part:
            told |= {"copies": int(count.group(2))}
            told |= {"original": "original" if count.group(1) == "原件" else "copy"} if count.group(1) else {}
        elif part != "-":
            told["notes"] = "；".join(filter(None, (told.get("notes"), part)))
    return told


def entered(text: str) -> tuple[str, Entry]:
    """(title, entry) of a source (录入一份)."""
    title, *lines = text.strip().splitlines()
    title = title.removeprefix("# ").strip()
    entry = Entry()
    entry.put(title, "name", re.sub(r"[(（].*[)）]$", "", title))
    if entry.body["name"] != title:
        entry.remark(title, "来源页面", title)
    entry.body["demonstration"] = True
    for line in (line.strip() for line in lines):
        numbered = re.match(r"([0-9]+)\. (.+)", line)
        if numbered:
            entry.put(line, "materials", [material(int(numbered.group(1)), numbered.group(2))])
        elif line.startswith("- "):
            label, _, value = line.removeprefix("- ").partition(": ")
            if label == "completeness":
                entry.put(line, "sources", [f"{title}（外省公开指南摘录；完整程度：{value}）"])
            elif label in ("事项类型", "事项类别"):
                entry.facts.append((line, "basic"))  # the type is the basic item's, told by its code
            elif label.startswith("计划") and value == "无":
                entry.facts.append((line, "plan"))  # a draft has no plan
            else:
                PUTS.get(label, _remark)(entry, line, label, value)
    return title, entry


def main() -> None:
    """Write everything anew (全部重写)."""
    TARGET.mkdir(exist_ok=True)
    facts, homeless = [], Counter[str]()
    for source in sorted(SOURCE.glob("*.md")):
        _, entry = entered(source.read_text(encoding="utf-8"))
        number = source.name[:2]
        body = {
            "basic": BASIC[number],
            "organ": ORGAN,
            "level": LEVEL,
            "aliases": entry.aliases,
            "guide": entry.body,
        }
        written = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
        (TARGET / f"{source.stem}.json").write_text(written, encoding="utf-8")
        facts += [(source.name, line, place) for line, place in entry.facts]
        homeless.update(remark["label"] for remark in entry.body.get("remarks", []))
    _table(TARGET / "facts.csv", ("source", "line", "place"), facts)
    origin = "名称：data/guides_source；编码自编"
    rows = [(code, name, type_, "", "", origin, "yes") for code, name, type_ in OWN_BASIC]
    header = ("code", "name", "item_type", "department", "parent", "origin", "demonstration")
    _table(TARGET / "basic_items.csv", header, rows)
    (TARGET / "README.md").write_text(_readme(len(facts), homeless), encoding="utf-8")


def _table(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _readme(facts: int, homeless: Counter[str]) -> str:
    rows = "\n".join(f"| {label} | {count} |" for label, count in sorted(homeless.items()))
    return f"""# The real guides, entered

Made by `scripts/enter_guides.py` from `data/guides_source/`: {len(BASIC)} guides of other provinces as drafts of a demonstration organ,
{facts} facts, each with its place in `facts.csv`. They are drafts, incomplete as their sources are, and nobody's own word:

```sh
.venv/bin/tongban import items data/guides_entered/basic_items.csv
.venv/bin/tongban import drafts data/guides_entered
```

## What had no place
No element of the structure has a place for these; they are kept, word for word, as remarks (其他说明) under their own label. Codes, organs
and levels of other provinces stand among them because the item's own code says them here; 来源页面 is the title with its place.

| label in the source | how often |
| --- | --- |
{rows}

Nothing was dropped: `offers/catalogue/tests/test_entered.py` imports the drafts and looks every fact up in what was stored.
"""


if __name__ == "__main__":
    main()
