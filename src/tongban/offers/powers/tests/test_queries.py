"""Lists as of a day and between two days, in a fixed number of statements; the ledger notices whoever touches the tables."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import world as worlds
from tests.world import World

from tongban.base.db import execute
from tongban.offers.powers import queries
from tongban.offers.powers.rules.adjustments import Change, ChangeKind, Validity
from tongban.offers.powers.tests import filling
from tongban.offers.powers.tests.filling import BASIC, FIRST, LATER, NEXT, OTHER_BASIC
from tongban.standards.item_codes import ItemType

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.build()


def basics(count: int, kind: str = "02") -> list[str]:
    codes = [f"46{kind}01{n:03d}000" for n in range(count)]
    execute(
        "INSERT INTO basic_item (code, name, item_type, department, origin, demonstration)"
        " SELECT code, '事项' || code, %s, '', '测试', true FROM unnest(%s::text[]) AS t (code)",
        [kind, codes],
    )
    return codes


def test_a_list_is_read_as_it_stood_on_any_day(world):
    filling.listed(world, BASIC)
    filling.adjusted(
        world,
        [Change(BASIC, filling.content(phone="0898-65200000")), Change(OTHER_BASIC, filling.content())],
        NEXT,
    )
    before = NEXT - timedelta(days=1)
    assert queries.list_of(world.organ_id, FIRST - timedelta(days=1)) == []
    assert [e.content.phone for e in queries.list_of(world.organ_id, before)] == ["12345"]
    assert [e.content.phone for e in queries.list_of(world.organ_id, NEXT)] == ["0898-65200000", "12345"]
    assert queries.entry_of(world.organ_id, BASIC, before).ends_on == NEXT
    assert queries.entry_of(world.organ_id, BASIC, NEXT).number == 2
    assert queries.entry_of(world.organ_id, OTHER_BASIC, before) is None
    assert queries.entry_of(world.other_organ_id, BASIC, NEXT) is None


def test_an_entry_keeps_the_name_under_which_it_was_published(world):
    filling.listed(world, BASIC)
    execute("UPDATE basic_item SET name = '改了名' WHERE code = %s", [BASIC])
    assert queries.entry_of(world.organ_id, BASIC, NEXT).name == "公共场所卫生许可"
    assert list(queries.against_ledger()) == []


def test_what_differs_between_two_days_is_told_element_by_element(world):
    filling.listed(world, BASIC)
    filling.adjusted(world, [Change(BASIC, filling.content(phone="0898-65200000"))], NEXT)
    filling.adjusted(world, [Change(BASIC, filling.content())], LATER)
    (changed,) = queries.difference(world.organ_id, FIRST, NEXT)
    assert (changed.kind, [(r.element, r.left, r.right) for r in changed.rows]) == (
        ChangeKind.CHANGE,
        [("phone", ("12345",), ("0898-65200000",))],
    )
    assert queries.difference(world.organ_id, FIRST, LATER) == []  # it says the same again
    assert queries.difference(world.organ_id, NEXT, NEXT) == []
    (backwards,) = queries.difference(world.organ_id, NEXT, FIRST)
    assert backwards.rows[0].left == ("0898-65200000",)


def test_the_history_tells_what_stood_when(world):
    filling.listed(world, BASIC)
    filling.adjusted(world, [Change(BASIC, filling.content(note="新"))], NEXT)
    filling.adjusted(world, [Change(BASIC, None, "取消", "《决定》")], LATER)
    on = LATER - timedelta(days=1)
    newest, oldest = queries.history(world.organ_id, BASIC, on)
    assert (newest.validity, oldest.validity) == (Validity.IN_FORCE, Validity.SUPERSEDED)
    assert [row.element for row in newest.changes] == ["note"]
    assert (newest.removed, newest.end_reason, newest.end_basis) == (True, "取消", "《决定》")
    assert queries.history(world.organ_id, BASIC, LATER)[0].validity is Validity.REMOVED
    assert queries.history(world.organ_id, OTHER_BASIC, on) == []


def test_places_organs_and_types_are_counted(world):
    filling.listed(world, BASIC, OTHER_BASIC, *basics(3))
    filling.listed(world, BASIC, organ_id=world.other_organ_id, on=LATER)
    assert [(p.code, p.organs, p.entries) for p in queries.places(NEXT)] == [(worlds.COUNTY, 1, 5)]
    assert [p.code for p in queries.places(LATER)] == [worlds.COUNTY, worlds.OTHER_COUNTY]
    assert [(o.code, o.entries) for o in queries.organs_of(worlds.COUNTY, NEXT)] == [(worlds.ORGAN_CODE, 5)]
    assert queries.organs_of(worlds.OTHER_COUNTY, NEXT) == []
    counted = queries.counts(world.organ_id, NEXT)
    assert counted.by_type == {ItemType.LICENCE: 2, ItemType.PENALTY: 3}
    assert counted.total == 5
    lines = queries.lines(world.organ_id, NEXT, kind=ItemType.PENALTY, page=2, size=2)
    assert len(lines) == 1


def test_every_question_is_one_statement_whatever_the_size(world):
    filling.listed(world, *basics(40))
    filling.adjusted(world, [Change(BASIC, filling.content())], NEXT)
    for ask in (
        lambda: queries.list_of(world.organ_id, NEXT),
        lambda: queries.lines(world.organ_id, NEXT),
        lambda: queries.counts(world.organ_id, NEXT),
        lambda: queries.difference(world.organ_id, FIRST - timedelta(days=1), NEXT),
        lambda: queries.history(world.organ_id, BASIC, NEXT),
        lambda: queries.entry_of(world.organ_id, BASIC, NEXT),
        lambda: queries.published(world.organ_id),
        lambda: queries.places(NEXT),
        lambda: queries.organs_of(worlds.COUNTY, NEXT),
    ):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask()
        assert len(asked) == 1


def test_an_adjustment_costs_the_same_statements_for_one_change_and_for_many(world):
    codes = basics(60)
    costs = []
    for part in (codes[:1], codes[1:]):
        with CaptureQueriesContext(connection) as asked:
            filling.listed(world, *part)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 14


def test_what_can_be_added_is_found_by_name_or_code_and_never_a_service(world):
    (service,) = basics(1, "20")
    filling.listed(world, BASIC)
    found = queries.candidates(world.organ_id, "卫生许可", NEXT)
    assert [(one.code, one.listed) for one in found] == [(BASIC, True), (OTHER_BASIC, False)]
    assert [one.code for one in queries.candidates(world.organ_id, BASIC, NEXT)] == [BASIC]
    assert queries.candidates(world.organ_id, service, NEXT) == []
    assert queries.candidates(world.organ_id, "%", NEXT) == []


DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(6)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(
        st.lists(st.sampled_from(["", "a", "b", "out"]), min_size=3, max_size=3), min_size=6, max_size=6
    )
)
def test_any_run_of_adjustments_reads_back_as_it_was_made(world, plan):
    """Three entries, six days: what a list says on a day is what the adjustments up to it made of it."""
    with transaction.atomic():
        codes = basics(3, "03")
        state: dict[str, str] = {}
        told: list[dict[str, str]] = []
        for day, wishes in zip(DAYS, plan, strict=True):
            changes = []
            for code, wish in zip(codes, wishes, strict=True):
                if wish == "out" and code in state:
                    changes.append(Change(code, None, "r", "b"))
                    del state[code]
                elif wish in ("a", "b") and state.get(code) != wish:
                    changes.append(Change(code, filling.content(note=wish)))
                    state[code] = wish
            if changes:
                filling.adjusted(world, changes, day)
            told.append(dict(state))
        for day, expected in zip(DAYS, told, strict=True):
            assert {e.basic: e.content.note for e in queries.list_of(world.organ_id, day)} == expected
        for since, old in zip(DAYS, told, strict=True):
            kinds = {d.basic: d.kind for d in queries.difference(world.organ_id, since, DAYS[-1])}
            assert kinds == {
                code: ChangeKind.ADD
                if code not in old
                else ChangeKind.REMOVE
                if code not in told[-1]
                else ChangeKind.CHANGE
                for code in codes
                if old.get(code) != told[-1].get(code)
            }
        assert list(queries.against_ledger()) == []
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE power_edition SET body = jsonb_set(body, '{phone}', '\"110\"') WHERE ends_on IS NULL",
        "UPDATE power_edition SET name = 'x'",
        "UPDATE power_edition SET starts_on = starts_on - 1 WHERE number = 1",
        "UPDATE power_edition SET ends_on = ends_on - 1 WHERE ends_on IS NOT NULL",
        "UPDATE power_edition SET removed = true, end_reason = 'x', end_basis = 'y' WHERE ends_on IS NOT NULL",
        "DELETE FROM power_edition WHERE number = 2",
        "UPDATE power_adjustment SET reason = 'x'",
        "UPDATE power_adjustment SET starts_on = starts_on + 1",
        "DELETE FROM power_edition; DELETE FROM power_adjustment",
    ],
)
def test_whoever_gets_past_the_triggers_is_found_by_the_ledger(world, tampering):
    filling.listed(world, BASIC)
    filling.adjusted(world, [Change(BASIC, filling.content(note="新"))], NEXT)
    assert list(queries.against_ledger()) == []
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks waiting cannot be altered
    for table in ("power_edition", "power_adjustment"):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for statement in tampering.split("; "):
        execute(statement)
    assert list(queries.against_ledger()) != []
