"""Lists taken in from a file: whole or not at all, and twice is once."""

from datetime import date

import pytest
from tests import world as worlds
from tests.world import World

from tongban.base.ledger.queries import acts_of
from tongban.offers.powers import imports, queries
from tongban.offers.powers.models import EntryEdition
from tongban.offers.powers.rules.usual import ACCOUNTABILITY, duties_of
from tongban.offers.powers.tests.filling import OTHER_BASIC, row, take_in
from tongban.standards.item_codes import ItemType

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture
def world() -> World:
    return worlds.build()


def test_a_file_goes_in_as_one_adjustment_of_each_organ_and_day_and_twice_is_once(world, tmp_path):
    rows = [
        row(),
        row(basic=OTHER_BASIC),
        row(organ=worlds.OTHER_ORGAN_CODE),
        row(starts_on="2026-01-01", phone="0898-65200000", reason="换了电话"),
        row(basic=OTHER_BASIC, starts_on="2026-01-01", listed="no", reason="取消", basis="《决定》"),
    ]
    code, told = take_in(tmp_path, *rows)
    assert (code, told) == (0, ["powers.csv: 4 added, 1 changed, 0 unchanged, 0 refused"])
    assert [
        (a.number, a.added, a.changed, a.removed, a.reason) for a in queries.published(world.organ_id)
    ] == [
        (2, 0, 1, 1, "换了电话；取消"),
        (1, 2, 0, 0, "首次公布清单"),
    ]
    assert [a.act for a in acts_of(f"powers:{world.organ_id}")] == ["powers.adjust", "powers.adjust"]
    code, told = take_in(tmp_path, *rows)
    assert (code, told) == (0, ["powers.csv: 0 added, 0 changed, 5 unchanged, 0 refused"])
    assert len(queries.published(world.organ_id)) == 2


def test_what_a_row_leaves_out_is_what_is_usual_and_says_so(world, tmp_path):
    take_in(
        tmp_path, row(note="说明。"), row(basic=OTHER_BASIC, duties="受理责任：收。", accountability="不收。")
    )
    usual, own = queries.list_of(world.organ_id, DAY)
    assert usual.content.duties == duties_of(ItemType.LICENCE)
    assert usual.content.accountability == ACCOUNTABILITY
    assert "通用范本" in usual.content.note
    assert (str(own.content.duties[0]), own.content.note) == ("受理责任：收。", "")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"organ": "x"}, "信用代码"),
        ({"organ": "11460000000000001J"}, "not known"),
        ({"basic": "12"}, "基本编码"),
        ({"basic": "460199999999"}, "460199999999: 没有这个基本目录事项"),
        ({"basic": "46200100100000"}, "基本编码"),
        ({"starts_on": "tomorrow"}, "no day"),
        ({"listed": "maybe"}, "listed must be yes or no"),
        ({"demonstration": ""}, "demonstration must be yes or no"),
        ({"basis": ""}, "basis: 请填写这一项"),
        ({"basis": "无书名号"}, "basis: 每行写一条依据"),
        ({"level": "9"}, "level:"),
        ({"phone": "x"}, "phone:"),
        ({"listed": "no"}, "both are wanted"),
        ({"listed": "no", "reason": "r"}, "不用调出"),
        ({"office": "\x07"}, "office:"),
    ],
)
def test_one_bad_row_and_nothing_is_in_and_the_row_is_named(world, tmp_path, bad, reason):
    code, told = take_in(tmp_path, row(organ=worlds.OTHER_ORGAN_CODE), row(**bad))
    assert code == 1
    assert told[0].startswith("powers.csv:3: ")
    assert reason in told[0]
    assert told[-1] == "powers.csv: 1 rows refused, nothing was imported"
    assert not EntryEdition.objects.exists()


def test_a_row_that_stands_twice_is_refused(world, tmp_path):
    code, told = take_in(tmp_path, row(), row(phone="110"))
    assert code == 1
    assert "stands twice" in told[0]


def test_a_file_cannot_rewrite_what_is_published(world, tmp_path):
    assert take_in(tmp_path, row(), row(starts_on="2026-01-01", phone="110"))[0] == 0
    code, told = take_in(tmp_path, row(phone="119"))
    assert code == 1
    assert "更晚的日子" in told[0]
    assert [e.content.phone for e in queries.list_of(world.organ_id, DAY)] == ["110"]


def test_a_file_that_is_none_is_refused(world, tmp_path):
    told: list[str] = []
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\xfe")
    assert imports.run(file, told.append) == 1
    file.write_text("organ\nx\n")
    assert imports.run(file, told.append) == 1
    assert "columns missing" in told[-2]
