"""Bulk changes: everything is looked through and shown before anything is done, and then all of it is done or nothing."""

import io
import json
import uuid
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, SUPPLEMENT_BASIC_CODE, World

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue import actions, jobs
from tongban.offers.catalogue.actions import changes
from tongban.offers.catalogue.imports import run_sheets
from tongban.offers.catalogue.models import BulkChange, BulkRow, Edition, Item
from tongban.offers.catalogue.queries import changes as queries
from tongban.offers.catalogue.queries.files import Format, written
from tongban.offers.catalogue.queries.transfer import own_texts, public_texts
from tongban.offers.catalogue.rules.changes import ChangeState, Verdict
from tongban.offers.catalogue.rules.operations import read_operation

TODAY = AT.date()
NEXT = date(2027, 1, 1)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def away(world: World) -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        id=new_id(),
        name="外单位编辑",
        posts=frozenset({Post("editor", world.other_organ_id)}),
    )


def exported(world: World, kind: Format = "xlsx") -> bytes:
    return b"".join(written(kind, own_texts(world.editor, {}, TODAY, drafts=True)))


def as_json(*items: tuple[str, dict[str, Any]]) -> bytes:
    return json.dumps([{"code": code, "body": body} for code, body in items]).encode()


def taken(world: World, content: bytes, key: str | None = None) -> queries.ChangeView:
    made = changes.take_in(actor=world.editor, name="事项.xlsx", content=content, at=AT, key=key)
    return queries.change_of(world.editor, made)


def body_of(world: World) -> dict[str, Any]:
    found: dict[str, Any] = Edition.objects.get(pk=world.edition_id).body
    return found


def problems(world: World, change: queries.ChangeView) -> list[tuple[str, int, str, str]]:
    found = queries.problems_of(world.editor, change.id)
    return [
        (p.place.sheet, p.place.row, p.place.column, str(p.reason) % getattr(p.reason, "params", {}))
        for p in found
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_what_was_exported_comes_back_and_nothing_differs(world: World, kind: Format):
    change = taken(world, exported(world, kind))
    assert (change.state, change.same, change.changed, change.fresh) == (ChangeState.READY, 1, 0, 0)
    changes.confirm(actor=world.editor, change_id=change.id, at=AT)
    assert queries.change_of(world.editor, change.id).state is ChangeState.DONE
    assert Edition.objects.count() == 1


def test_what_differs_is_shown_and_becomes_a_draft_when_it_is_confirmed(world: World):
    body = body_of(world) | {"limits": body_of(world)["limits"] | {"promised_days": 3}}
    change = taken(world, as_json((world.item_code, body)))
    assert (change.state, change.changed, change.held) == (ChangeState.READY, 1, 0)
    (row,) = queries.rows_of(world.editor, change.id)
    assert [one.element for one in row.rows] == ["limits"]
    assert Edition.objects.count() == 1
    changes.confirm(
        actor=world.editor, change_id=change.id, at=AT, together=True, starts_on=NEXT, reason="提速"
    )
    edition = Edition.objects.get(state="checked")
    assert (edition.body["limits"]["promised_days"], edition.starts_on, edition.reason) == (3, NEXT, "提速")
    acts = [act.act for act in ledger.acts_of(f"item:{world.item_id}")]
    assert acts[-2:] == ["catalogue.draft", "catalogue.check"]
    changes.confirm(actor=world.editor, change_id=change.id, at=AT)
    assert Edition.objects.count() == 2


def test_an_item_that_is_not_registered_yet_is_registered_with_its_first_draft(world: World):
    code = f"{worlds.ORGAN_CODE}4{SUPPLEMENT_BASIC_CODE}"
    change = taken(world, as_json((code, {"name": "饮用水许可"})))
    assert (change.fresh, change.held) == (1, 1)
    with pytest.raises(Invalid):
        changes.confirm(
            actor=world.editor, change_id=change.id, at=AT, together=True, starts_on=NEXT, reason="x"
        )
    changes.confirm(actor=world.editor, change_id=change.id, at=AT)
    assert Edition.objects.get(item__code=code).body == {"name": "饮用水许可"}


def test_one_bad_item_and_nothing_of_the_file_is_taken(world: World):
    good = body_of(world) | {"office": "许可科"}
    bad = {"limits": {"statutory_days": 20, "promised_days": 500}}
    change = taken(
        world, as_json((world.item_code, good), (f"{worlds.ORGAN_CODE}4{SUPPLEMENT_BASIC_CODE}", bad))
    )
    assert change.state is ChangeState.REFUSED
    assert problems(world, change) == [("JSON", 2, "body.limits.promised_days", "不能大于400。")]
    assert not BulkRow.objects.exists()
    with pytest.raises(Conflict):
        changes.confirm(actor=world.editor, change_id=change.id, at=AT)


def edited(content: bytes, sheet: str, old: str, new: str) -> bytes:
    """A csv export in which one text of one sheet was changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode("utf-8-sig")
            if name == f"{sheet}.csv":
                assert old in text
                text = text.replace(old, new, 1)
            after.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("sheet", "old", "new", "told"),
    [
        ("办理流程", ",受理,1,", ",受理,一,", ("办理流程", 2, "环节时限", "这里要填整数。")),
        (
            "申请材料",
            "其他材料",
            "什么",
            ("申请材料", 2, "材料类型", "这里要填其中之一：证照／表格／其他材料"),
        ),
        (
            "申请材料",
            "own_place=rented",
            "own_place=lent",
            ("申请材料", 3, "适用情形", "条件里用到的问题或者选项，表单里没有。"),
        ),
        (
            "表单字段",
            ",shop,",
            ",nowhere,",
            ("表单字段", 2, "所在分页", "没有标识是“nowhere”的一行可以归属。"),
        ),
        ("事项", "事项名称", "名字", ("事项", 1, "事项名称", "缺少这一列。")),
        ("常见问题", ",1,", ",x,", ("常见问题", 2, "序号", "序号要填整数，也可以不填。")),
        (
            "其他说明",
            "说明内容",
            "说明内容\r\n11460106MB12345674999,,名,话",
            ("其他说明", 2, "事项编码", "“事项”表里没有这个编码，不知道这一行是谁的。"),
        ),
    ],
)  # fmt: skip -- one line a case reads as a table
def test_what_is_wrong_is_told_by_sheet_row_column_and_reason(
    world: World, sheet: str, old: str, new: str, told: tuple[str, int, str, str]
):
    change = taken(world, edited(exported(world, "csv"), sheet, old, new))
    assert change.state is ChangeState.REFUSED
    assert told in problems(world, change)


def test_beyond_the_standard_is_refused_with_the_place_in_the_file(world: World):
    terms = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
    platform = Actor(kind=ActorKind.SYSTEM, name="tests")
    standard = actions.draft_basic(actor=platform, basic_code=BASIC_CODE, body=terms, at=AT)
    worlds.put_standard_through(platform, standard, worlds.SINCE)
    content = edited(exported(world, "csv"), "受理条件", "有固定的经营场所。", "有很大的经营场所。")
    change = taken(world, content)
    assert change.state is ChangeState.REFUSED
    assert {(sheet, column) for sheet, _, column, _ in problems(world, change)} == {("受理条件", "内容")}


def test_only_who_edits_an_organ_changes_its_items(world: World):
    content = exported(world, "json")
    with pytest.raises(Forbidden):
        changes.take_in(actor=world.clerk, name="x", content=content, at=AT)
    made = changes.take_in(actor=away(world), name="x", content=content, at=AT)
    assert BulkChange.objects.get(pk=made).state == ChangeState.REFUSED
    mine = taken(world, content)
    for act in (changes.confirm, changes.drop):
        with pytest.raises(NotFound):
            act(actor=away(world), change_id=mine.id, at=AT)
    with pytest.raises(NotFound):
        queries.change_of(away(world), mine.id)


def test_the_same_key_takes_a_file_in_once(world: World):
    content = exported(world, "json")
    assert taken(world, content, "key-1").id == taken(world, content, "key-1").id
    assert BulkChange.objects.count() == 1


def test_what_changed_after_it_was_shown_stops_everything(world: World):
    change = taken(world, as_json((world.item_code, body_of(world) | {"office": "许可科"})))
    actions.draft_edition(actor=world.editor, item_id=world.item_id, body={"office": "别的科"}, at=AT)
    changes.confirm(actor=world.editor, change_id=change.id, at=AT)
    after = queries.change_of(world.editor, change.id)
    assert (after.state, after.refused) == (ChangeState.REFUSED, 1)
    assert Edition.objects.filter(state="draft").count() == 1
    assert Edition.objects.get(state="draft").body == {"office": "别的科"}


def test_a_dropped_change_is_gone_and_dropping_again_changes_nothing(world: World):
    change = taken(world, as_json((world.item_code, body_of(world) | {"office": "许可科"})))
    for _ in range(2):
        changes.drop(actor=world.editor, change_id=change.id, at=AT)
    assert queries.change_of(world.editor, change.id).state is ChangeState.DROPPED
    with pytest.raises(Conflict):
        changes.confirm(actor=world.editor, change_id=change.id, at=AT)


@pytest.mark.parametrize(
    ("operation", "element", "value"),
    [
        ({"kind": "shorten", "days": 3}, "limits", 3),
        ({"kind": "set", "column": "承办处室", "cell": "许可科"}, "office", "许可科"),
        ({"kind": "phone", "old": "0898-00000002", "new": "0898-7"}, "phones", "0898-7"),
        ({"kind": "hours", "hours": "全天"}, "windows", "全天"),
        ({"kind": "replace", "old": "龙华区", "new": "新区"}, "windows", "新区"),
        ({"kind": "add_window", "window": {"name": "东", "address": "路", "hours": "全天"}}, "windows", "东"),
        ({"kind": "drop_material", "key": "plan"}, "materials", None),
    ],
)  # fmt: skip -- one line a case reads as a table
def test_an_operation_is_shown_before_and_after_and_then_done(
    world: World, operation: dict[str, Any], element: str, value: object
):
    made = changes.choose(actor=world.editor, operation=read_operation(operation), selection={}, at=AT)
    (row,) = queries.rows_of(world.editor, made)
    assert (row.verdict, [one.element for one in row.rows]) == (Verdict.CHANGED, [element])
    changes.confirm(actor=world.editor, change_id=made, at=AT, together=True, starts_on=NEXT, reason="统一")
    after = Edition.objects.get(state="checked").body
    assert str(value) in json.dumps(after[element], ensure_ascii=False) or value is None
    assert {name for name in after if after[name] != body_of(world).get(name)} == {element}


def test_an_operation_that_breaks_a_rule_is_refused_or_leaves_those_items_out(world: World):
    operation = read_operation({"kind": "set", "column": "监督投诉电话", "cell": "0898-00000001"})
    made = changes.choose(actor=world.editor, operation=operation, selection={}, at=AT)
    assert queries.change_of(world.editor, made).state is ChangeState.REFUSED
    skipping = changes.choose(actor=world.editor, operation=operation, selection={"skip": True}, at=AT)
    view = queries.change_of(world.editor, skipping)
    assert (view.state, view.same, view.held, view.changed) == (ChangeState.READY, 1, 1, 0)


def test_only_the_province_changes_everybody_s_items_and_only_as_drafts(world: World):
    operation = read_operation({"kind": "shorten", "days": 3})
    selection = {"everybody": True, "basic": BASIC_CODE}
    with pytest.raises(Forbidden):
        changes.choose(actor=world.editor, operation=operation, selection=selection, at=AT)
    province = replace(away(world), kind=ActorKind.SYSTEM)
    made = changes.choose(actor=province, operation=operation, selection=selection, at=AT)
    with pytest.raises(Invalid):
        changes.confirm(actor=province, change_id=made, at=AT, together=True, starts_on=NEXT, reason="x")
    changes.confirm(actor=province, change_id=made, at=AT)
    assert Edition.objects.get(state="draft").item_id == world.item_id


def test_the_operator_s_command_makes_drafts_or_tells_every_place(world: World, tmp_path: Path):
    path = tmp_path / "items.json"
    told: list[str] = []
    path.write_bytes(as_json((world.item_code, body_of(world) | {"office": "许可科"})))
    assert run_sheets(path, told.append, at=AT) == 0
    assert told == ["items.json: 0 added, 1 changed, 0 unchanged, 0 refused"]
    assert run_sheets(path, told.append, at=AT) == 0
    assert told[-1] == "items.json: 0 added, 0 changed, 1 unchanged, 0 refused"
    path.write_bytes(b"PK\x03\x04nothing")
    assert run_sheets(path, told.append, at=AT) == 1


def test_looking_through_needs_no_more_statements_for_more_items(
    world: World, django_assert_max_num_queries: Any
):
    items = [(world.item_code, body_of(world))]
    for count in range(30):
        code = f"0001239{count:02d}000"
        basic = type(Item.objects.get().basic)(
            code=code, name="事项", item_type="20", origin="测试", demonstration=True
        )
        basic.save(force_insert=True)
        items.append((f"{worlds.ORGAN_CODE}4{code}", {"name": f"事项{count}"}))
    with django_assert_max_num_queries(40):
        assert taken(world, as_json(*items)).fresh == 30


def test_the_public_catalogue_is_exported_as_of_a_day(world: World):
    assert [code for code, _, _ in public_texts(TODAY)] == [world.item_code]
    assert [code for code, _, _ in public_texts(date(2019, 1, 1))] == []
    assert uuid.UUID(str(world.item_id))


def test_a_long_file_is_looked_through_and_done_by_the_worker_once(world: World):
    kind = type(Item.objects.select_related("basic").get().basic)
    codes = [f"0001239{count:03d}00" for count in range(210)]
    kind.objects.bulk_create(
        kind(code=code, name="事项", item_type="20", origin="测试", demonstration=True) for code in codes
    )
    long = {"name": "长", "conditions": ["条件" * 500] * 3}
    content = as_json(*((f"{worlds.ORGAN_CODE}4{code}", long) for code in codes))
    change = taken(world, content)
    assert change.state is ChangeState.WAITING
    for _ in range(2):
        jobs.look_through(0, str(change.id))
        ready = queries.change_of(world.editor, change.id)
        assert (ready.state, ready.fresh, ready.progress) == (ChangeState.READY, 210, 210)
    changes.confirm(actor=world.editor, change_id=change.id, at=AT)
    assert queries.change_of(world.editor, change.id).state is ChangeState.CONFIRMED
    assert Edition.objects.count() == 1
    for _ in range(2):
        jobs.carry_out(0, str(change.id))
        assert queries.change_of(world.editor, change.id).state is ChangeState.DONE
        assert Edition.objects.count() == 211
