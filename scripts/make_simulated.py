"""Make the invented people and companies of the stand-in for sources (生成模拟来源数据): data/simulated_*.csv.

Nobody in them exists: birthday 1900-01-01 (of the child: a division that does not exist), telephones 1300000xxxx, cards and accounts that count up, each with its right check
digit. Run again after a change here; the result is tracked.
"""

import csv
from pathlib import Path

from tongban.standards import credit_code
from tongban.standards.bank_card import check_digit
from tongban.standards.iso7064 import mod11_2

DATA = Path(__file__).resolve().parents[1] / "data"
# Name, division, sequence of the day. The first three are the demonstration's applicants.
PEOPLE = (
    ("林晓梅", "460108", "002"),
    ("王大海", "469030", "001"),
    ("明小华", "460108", "004"),
    ("符晓明", "460106", "011"),
    ("黎春燕", "460106", "012"),
    ("吴清华", "460107", "013"),
    ("郑阿婆", "460105", "014"),
    ("何雨欣", "460105", "016"),
    ("羊志远", "460400", "017"),
)
COMPANIES = (
    ("海口清风美容有限公司（演示）", "91460100MB9000001", 3),
    ("三亚椰风餐饮有限公司（演示）", "91460200MB9000002", 4),
    ("海南椰树下商贸有限公司（演示）", "91460100MB9000003", 0),
)


def person(place: int, name: str, division: str, sequence: str) -> dict[str, str]:
    """One invented person (模拟人员)."""
    first17 = f"{division}19000101{sequence}"
    card = f"62220000000{place:04d}"
    return {
        "name": name,
        "number": first17 + mod11_2(first17),
        "phone": f"1300000{place:04d}",
        "social_security": f"A{place:08d}",
        "bank_card": card + check_digit(card),
        "housing_fund": f"4601{place:08d}",
        "driving_licence": f"4600{place:08d}",
        "parent": "",
    }


def child(name: str, first17: str, parent: str) -> dict[str, str]:
    """One invented child (模拟未成年人), who has no cards and accounts yet."""
    known = {"name": name, "number": first17 + mod11_2(first17), "parent": parent}
    return {column: known.get(column, "") for column in person(1, *PEOPLE[0])}


def main() -> None:
    """Write both files (写文件)."""
    people = [person(place, *one) for place, one in enumerate(PEOPLE, 1)]
    people.append(child("王小海", "46019920200101001", people[1]["number"]))
    companies = [
        {
            "name": name,
            "credit_code": credit_code.make(first17),
            "representative": people[who]["name"],
            "number": people[who]["number"],
        }
        for name, first17, who in COMPANIES
    ]
    for file, rows in (("simulated_people.csv", people), ("simulated_companies.csv", companies)):
        with (DATA / file).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
