"""The shipped guides found by words that people use (日常用语)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from tongban.offers.catalogue import imports, queries
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

pytestmark = pytest.mark.django_db
FELLING, HEALTH, CARD = "000164213999", "460150356000", "002014010008"
LONGHUA, QIONGZHONG = "460106000000", "469030000000"
AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What is shipped, imported once for this module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        take_in_places()
        take_in_organs()
        told: list[str] = []
        assert imports.run_items(Path(settings.DATA) / "basic_items.csv", told.append) == 0, told
        assert imports.run_guides(Path(settings.DATA) / "guides", told.append, at=AT) == 0, told
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("text", "basic"),
    [
        ("砍树", FELLING),
        ("砍自家的树要办什么证", FELLING),
        ("我家种的桉树想卖掉", FELLING),
        ("伐木证", FELLING),
        ("采伐许可怎么办", FELLING),
        ("卖木材需要什么手续", FELLING),
        ("开理发店", HEALTH),
        ("我想开个理发店", HEALTH),
        ("美容院要办什么证", HEALTH),
        ("开民宿", HEALTH),
        ("宾馆卫生许可证", HEALTH),
        ("游泳馆开业", HEALTH),
        ("卫生许可", HEALTH),
        ("足浴店", HEALTH),
        ("ＫＴＶ", HEALTH),
        ("开酒吧要什么手续", HEALTH),
        ("社保卡坏了", CARD),
        ("社保卡刷不了怎么办", CARD),
        ("换一张新的社保卡", CARD),
        ("社会保障卡补办", CARD),
        ("医保卡坏了去哪里换", CARD),
    ],
)
@pytest.mark.parametrize("place", [LONGHUA, QIONGZHONG])
def test_words_of_every_day_find_the_item_among_the_first_three(text: str, basic: str, place: str):
    hits = queries.search(text, place=place, on=date(2026, 11, 2))
    assert basic in {hit.code[-12:] for hit in hits[:3]}, [(hit.name, hit.place_name) for hit in hits]


@pytest.mark.usefixtures("shipped")
def test_the_visitors_county_is_the_first_that_offers_it():
    for text, place in (("理发店", LONGHUA), ("砍树", QIONGZHONG)):
        assert queries.search(text, place=place, on=date(2026, 11, 2))[0].place == place


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("出租车", "出租汽车"),
        ("养老", "养老"),
        ("取水", "取水"),
        ("民办幼儿园", "民办"),
    ],
)
def test_what_no_organ_offers_yet_is_found_in_the_whole_catalogue(text: str, name: str):
    assert [hit.name for hit in queries.search_basic(text) if name in hit.name]
