"""Makes data/hainan_organs.csv (机构表): the bodies that the plan names, and the local bodies behind our guides.

Division codes are read from data/hainan_divisions.csv. No real credit code is at hand for any of these bodies, so each
gets one of our own making (right by its check character, organisation code 00000000n) and is marked as demonstration.
Run as ``python scripts/make_hainan_organs.py`` with ``src`` on the path; the same input gives the same file.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from tongban.standards import credit_code

DATA = Path(__file__).parents[1] / "data"

# (full name, short name, kind) of the single bodies in hainan_departments_2016.csv; groups of bodies, companies and
# the office of a coordination group are left out: they receive no applications.
PROVINCIAL = {
    "海南省人民政府办公厅": ("海南省人民政府办公厅", "省政府办公厅", "政府办公"),
    "省工业和信息化厅": ("海南省工业和信息化厅", "省工业和信息化厅", "工业和信息化"),
    "省政府政务服务中心": ("海南省人民政府政务服务中心", "省政府政务服务中心", "政务服务"),
    "省财政厅": ("海南省财政厅", "省财政厅", "财政"),
    "省工商行政管理局(省工商局)": ("海南省工商行政管理局", "省工商局", "市场监管"),
    "省人力资源和社会保障厅": ("海南省人力资源和社会保障厅", "省人社厅", "人力资源和社会保障"),
    "省卫生和计划生育委员会(省卫生计生委)": ("海南省卫生和计划生育委员会", "省卫生计生委", "卫生健康"),
    "省民政厅": ("海南省民政厅", "省民政厅", "民政"),
    "省食品药品监督管理局": ("海南省食品药品监督管理局", "省食品药品监管局", "市场监管"),
    "省测绘地理信息局": ("海南省测绘地理信息局", "省测绘地理信息局", "测绘地理信息"),
    "省公安厅": ("海南省公安厅", "省公安厅", "公安"),
    "省外事侨务办公室": ("海南省外事侨务办公室", "省外事侨务办", "外事侨务"),
    "省发展和改革委员会": ("海南省发展和改革委员会", "省发展改革委", "发展和改革"),
    "省住房和城乡建设厅": ("海南省住房和城乡建设厅", "省住房城乡建设厅", "住房和城乡建设"),
    "省互联网信息办公室(省网信办)": ("海南省互联网信息办公室", "省网信办", "网信"),
    "省通信管理局": ("海南省通信管理局", "省通信管理局", "通信管理"),
    "省国家保密局": ("海南省国家保密局", "省国家保密局", "保密"),
}
HEALTH = ("卫生健康委员会", "卫健委", "卫生健康", "公共场所卫生许可")
FORESTRY = ("林业局", "林业局", "林业", "林木采伐许可证核发")
GOVERNMENT = ("人民政府", "政府", "人民政府", "批准统一办理、联合办理、集中办理的延期")
# (path of place names below the province, what the full name begins with, what the short name begins with, body)
LOCAL = [
    (("海口市", "龙华区"), "海口市龙华区", "龙华区", HEALTH),
    (("海口市", "美兰区"), "海口市美兰区", "美兰区", HEALTH),
    (("海口市", "琼山区"), "海口市琼山区", "琼山区", HEALTH),
    (("海口市", "秀英区"), "海口市秀英区", "秀英区", HEALTH),
    (("三亚市", "吉阳区"), "三亚市吉阳区", "吉阳区", HEALTH),
    (("琼海市",), "琼海市", "琼海市", HEALTH),
    (("文昌市",), "文昌市", "文昌市", HEALTH),
    (("琼中黎族苗族自治县",), "琼中黎族苗族自治县", "琼中县", FORESTRY),
    (("白沙黎族自治县",), "白沙黎族自治县", "白沙县", FORESTRY),
    (("文昌市",), "文昌市", "文昌市", FORESTRY),
    (
        ("海口市",),
        "海口市",
        "海口市",
        ("人力资源和社会保障局", "人社局", "人力资源和社会保障", "社会保障卡换领、换发"),
    ),
    (("海口市", "美兰区"), "海口市美兰区", "美兰区", GOVERNMENT),
    (
        ("海口市", "美兰区"),
        "海口市美兰区",
        "美兰区",
        ("市场监督管理局", "市监局", "市场监管", "餐饮店联合审批，牵头"),
    ),
    (
        ("海口市", "美兰区"),
        "海口市美兰区",
        "美兰区",
        ("消防救援大队", "消防大队", "消防救援", "餐饮店联合审批，消防意见"),
    ),
    (
        ("海口市", "美兰区"),
        "海口市美兰区",
        "美兰区",
        ("综合行政执法局", "综合执法局", "综合行政执法", "餐饮店联合审批，门店招牌意见"),
    ),
]
PROVINCE = "海南省"
DRAWER = "统计汇总码"  # counties directly under the province hang in it


def codes_by_path() -> dict[tuple[str, ...], str]:
    """Division codes of prefectures and counties by the path of their names (按名称路径取代码)."""
    with (DATA / "hainan_divisions.csv").open(encoding="utf-8", newline="") as lines:
        places = {row["code"]: row for row in csv.DictReader(lines)}
    found: dict[tuple[str, ...], str] = {(PROVINCE,): ""}
    for code, place in places.items():
        if place["level"] == "province":
            found[(PROVINCE,)] = code
        if place["level"] not in ("prefecture", "county") or place["kind"] == DRAWER:
            continue
        above = places[place["parent"]]
        is_top = above["level"] == "province" or above["kind"] == DRAWER
        found[(place["name"],) if is_top else (above["name"], place["name"])] = code
    return found


def rows() -> Iterator[list[str]]:
    """The rows of the table (逐行), the province first."""
    codes = codes_by_path()
    serial = 0

    def row(name: str, short: str, place: str, kind: str, duties: str) -> list[str]:
        nonlocal serial
        serial += 1
        code = credit_code.make(f"11{place[:6]}{serial:09d}")
        return [name, short, code, place, kind, duties, "yes"]

    with (DATA / "hainan_departments_2016.csv").open(encoding="utf-8", newline="") as lines:
        for given in csv.DictReader(lines):
            if given["name"] in PROVINCIAL:
                name, short, kind = PROVINCIAL[given["name"]]
                yield row(name, short, codes[(PROVINCE,)], kind, given["role_in_seed"])
    for path, full, short, (body, short_body, kind, duties) in LOCAL:
        yield row(full + body, short + short_body, codes[path], kind, duties)


def main() -> None:
    """Write the file (写出)."""
    with (DATA / "hainan_organs.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", "short_name", "credit_code", "place", "kind", "duties", "demonstration"])
        writer.writerows(rows())


if __name__ == "__main__":
    main()
