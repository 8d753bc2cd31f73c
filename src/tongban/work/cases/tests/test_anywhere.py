"""Which counters serve which organs, how a result is delivered, where originals are: without a database."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from tests import world as worlds

from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.rules.anywhere import covers, territory
from tongban.work.cases.rules.delivery import Way, collected_at, masked_address, masked_name, ways_of
from tongban.work.cases.rules.originals import cannot_send, expected_by, latest

ROOT = Path(__file__).parents[5]


@dataclass(frozen=True)
class Rung:
    code: str
    level: str


PROVINCE = Rung("46", "province")
HAIKOU, SANYA = Rung("4601", "prefecture"), Rung("4602", "prefecture")
LONGHUA, MEILAN, JIYANG = Rung("460106", "county"), Rung("460108", "county"), Rung("460203", "county")
WENCHANG = Rung("469005", "county")  # directly under the province
TOWN = Rung("460106001", "township")

IN = {
    "province": (PROVINCE,),
    "haikou": (PROVINCE, HAIKOU),
    "longhua": (PROVINCE, HAIKOU, LONGHUA),
    "town": (PROVINCE, HAIKOU, LONGHUA, TOWN),
    "meilan": (PROVINCE, HAIKOU, MEILAN),
    "sanya": (PROVINCE, SANYA),
    "jiyang": (PROVINCE, SANYA, JIYANG),
    "wenchang": (PROVINCE, WENCHANG),
}
SERVED = {
    # deciding organ in longhua: which counters may take in
    ("longhua", "county"): {"longhua", "town"},
    ("longhua", "city"): {"longhua", "town", "meilan", "haikou"},
    ("longhua", "province"): set(IN),
    ("longhua", "country"): set(IN),
    # a city that stands directly under the province is county and city in one
    ("wenchang", "county"): {"wenchang"},
    ("wenchang", "city"): {"wenchang"},
    ("wenchang", "province"): set(IN),
    # an organ above the scope's level shares it with the counters of its own place only
    ("haikou", "county"): {"haikou"},
    ("haikou", "city"): {"haikou", "longhua", "town", "meilan"},
    ("province", "city"): {"province"},
}


@pytest.mark.parametrize(("organ", "scope"), SERVED)
def test_a_scope_covers_the_counters_of_its_territory_and_no_others(organ: str, scope):
    served = {counter for counter, path in IN.items() if covers(scope, path, IN[organ])}
    assert served == SERVED[organ, scope]


def test_a_wider_scope_never_loses_a_counter():
    scopes = ("county", "city", "province", "country")
    for organ in ("longhua", "town", "jiyang", "wenchang"):
        for narrow, wide in pairwise(scopes):
            for path in IN.values():
                assert not covers(narrow, path, IN[organ]) or covers(wide, path, IN[organ])


def test_a_place_that_is_not_known_is_covered_by_nothing_but_the_whole_country():
    assert territory((), "country") == ""
    assert not covers("province", (), IN["longhua"])
    assert not covers("county", IN["longhua"], ())


def _guide(**channels: object) -> Guide:
    told = {"online": "full", "visits": 0, "post": False} | channels
    return Guide.model_validate(worlds.GUIDE | {"channels": told})


def test_an_edition_offers_online_always_and_the_other_ways_where_it_says_so():
    assert ways_of(_guide()) == (Way.ONLINE,)
    assert ways_of(_guide(post=True)) == (Way.ONLINE, Way.POST)
    assert ways_of(_guide(post=True, ways=["window", "computer"])) == (Way.ONLINE, Way.POST, Way.COUNTER)


def test_only_a_chosen_counter_hands_out():
    counter = uuid.UUID(int=7)
    assert collected_at({"way": "counter", "counter": str(counter)}) == {counter}
    assert collected_at({"way": "post", "counter": str(counter)}) == frozenset()
    assert collected_at({}) == frozenset()


def test_a_masked_recipient_tells_neither_the_name_nor_the_door():
    assert masked_name("林晓梅") == "林**"
    assert masked_name("") == ""
    assert masked_address("海南省海口市美兰区演示路1号2栋301") == "海南省海口市****"
    assert "1号" not in masked_address("1号楼")


@dataclass(frozen=True)
class Leg:
    what: str
    sender_id: uuid.UUID
    receiver_id: uuid.UUID
    received: bool


A, B, C = (uuid.UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("legs", "by", "fine"),
    [
        ([], A, True),
        ([Leg("身份证", A, B, False)], A, False),
        ([Leg("身份证", A, B, False)], B, False),
        ([Leg("身份证", A, B, True)], B, True),
        ([Leg("身份证", A, B, True)], A, False),
        ([Leg("身份证", A, B, True), Leg("身份证", B, A, True)], A, True),
        ([Leg("户口簿", A, B, False)], A, True),
    ],
)
def test_only_who_holds_a_paper_sends_it(legs: list[Leg], by: uuid.UUID, fine: bool):
    assert (cannot_send("身份证", by, legs) == "") == fine


def test_the_last_way_of_a_paper_tells_where_it_is():
    legs = [Leg("身份证", A, B, True), Leg("户口簿", A, C, False), Leg("身份证", B, C, True)]
    assert {what: leg.receiver_id for what, leg in latest(legs).items()} == {"身份证": C, "户口簿": C}


def test_an_original_is_looked_for_after_five_working_days():
    with (ROOT / "data" / "cn_holidays_2004_2026.csv").open(encoding="utf-8") as lines:
        days = Calendar.from_rows(rows_of(lines), edition="cn_holidays_2004_2026")
    sent = datetime(2026, 11, 5, 18, 0, tzinfo=UTC)  # Friday 02:00 in China
    assert expected_by(sent, days) == date(2026, 11, 13)
