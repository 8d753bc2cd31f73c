"""A law changes, and what rests on the changed articles is flagged: exactly that, once, until an editor has looked at it."""

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import world as worlds
from tests.world import AT, GUIDE, World

from tongban import wiring
from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of, verify
from tongban.base.outbox import worker
from tongban.offers.catalogue import actions, jobs, queries
from tongban.offers.catalogue.models import BasicEdition, BasicItem, Edition, ReviewFlag
from tongban.offers.catalogue.rules.citing import Became, FlagOutcome
from tongban.offers.publicinfo import imports as laws

LAW = "中华人民共和国果园法"
OLD = "第一条 为了果园。\n\n第二条 果园要登记。\n\n第三条 登记不收费。\n\n第四条 二十日内登记。\n"
NEW = "第一条 为了果园。\n\n第二条 果园要登记，登记要快。\n\n第三条 登记不收费。\n\n第四条 十日内登记。\n\n第五条 新的一条。\n"
PLATFORM = system("tests")


@pytest.fixture
def world(transactional_db: None) -> World:
    return worlds.build()


def take_in(tmp_path: Path, day: str, text: str) -> None:
    file = tmp_path / f"果园法({day}).md"
    file.write_text(f"# {LAW}\n\n2020年通过\n\n<!-- INFO END -->\n\n{text}", encoding="utf-8")
    told: list[str] = []
    assert laws.run(file, told.append) == 0, told


def relayed() -> None:
    worker.drain(wiring.FOLLOWUPS, wiring.TIMERS)


def published(world: World, number: int, *basis: tuple[str, str]) -> str:
    """A standard and an item that cite this; the code of the basic item."""
    code = f"46012{number}001000"
    BasicItem.objects.create(code=code, name="果园登记", item_type="01", origin="测试", demonstration=True)
    body = copy.deepcopy(GUIDE) | {
        "basis": [{"title": title, "article": article} for title, article in basis]
    }
    terms = {key: value for key, value in body.items() if key not in ("windows", "phones")}
    posts = frozenset({Post("editor", world.organ_id)})
    actor = Actor(kind=ActorKind.SYSTEM, name="tests", posts=posts)
    told: dict[str, Any] = {"actor": actor, "starts_on": worlds.SINCE, "reason": "", "at": AT}
    actions.publish_standards(standards=[actions.FirstStandard(code, terms)], **told)
    actions.publish_items(items=[actions.FirstEdition(code, world.organ_id, "4", body)], **told)
    return code


def flagged() -> set[tuple[str, str, str]]:
    found = set()
    for flag in ReviewFlag.objects.select_related("edition__item", "basic_edition"):
        code = flag.edition.item.basic_id if flag.edition else flag.basic_edition.basic_id
        found.add((code, flag.article, flag.became))
    return found


def test_exactly_what_cites_a_changed_article_is_flagged_and_once(world: World, tmp_path: Path):
    take_in(tmp_path, "2020-01-01", OLD)
    short = published(world, 0, ("果园法", "第二条第一款"))
    full = published(world, 1, (f"《{LAW}》", "第三条、第四条"))
    spanned = published(world, 2, (f"《{LAW}》（2020年）", "第一条至第三条"))
    behind = published(world, 3, (f"《{LAW}》第四条", ""))
    published(world, 4, (LAW, "第三条"))  # an article that stays
    published(world, 5, (LAW, ""))  # names no article
    published(world, 6, ("公共果园法", "第二条"), ("果园法实施条例", "第四条"))  # other laws
    relayed()
    assert not ReviewFlag.objects.exists()  # a law's first wording changes nothing
    take_in(tmp_path, "2026-01-01", NEW)
    relayed()
    wanted = {
        (short, "第二条", "changed"),
        (full, "第四条", "changed"),
        (spanned, "第二条", "changed"),
        (behind, "第四条", "changed"),
    }
    assert flagged() == wanted
    assert ReviewFlag.objects.count() == 2 * len(wanted)  # the standard and the item, each

    def again() -> None:
        flag = ReviewFlag.objects.all()[0]
        changed: list[dict[str, object]] = [
            {"kind": "changed", "old": "第二条", "new": "第二条"},
            {"kind": "changed", "old": "第四条", "new": "第四条"},
            {"kind": "added", "new": "第五条"},
        ]
        jobs.flag_law_change(
            1, law=flag.law, edition=str(flag.wording), starts_on="2026-01-01", changed=changed, dated="x"
        )

    before = list(ReviewFlag.objects.order_by("id").values_list("id", "raised_at"))
    again()
    assert list(ReviewFlag.objects.order_by("id").values_list("id", "raised_at")) == before
    item = Edition.objects.get(item__basic=short).item_id
    assert [act.act for act in acts_of(f"item:{item}")].count("catalogue.flag") == 1
    assert [act.act for act in acts_of(f"basic:{short}")][-1] == "catalogue.flag"
    assert list(verify()) == []


def test_what_is_removed_or_numbered_anew_is_flagged_and_what_has_ended_is_not(world: World, tmp_path: Path):
    take_in(tmp_path, "2020-01-01", OLD)
    removed = published(world, 0, (LAW, "第二条"))
    moved = published(world, 1, (LAW, "第三条"))
    ended = published(world, 2, (LAW, "第四条"))
    edition = Edition.objects.get(item__basic=ended)
    actor = Actor(
        kind=ActorKind.STAFF, name="编", id=world.editor.id, posts=frozenset({Post("editor", world.organ_id)})
    )
    gone = datetime.now(UTC).date() - timedelta(days=3)
    actions.retire(actor=actor, edition_id=edition.id, ends_on=gone, reason="取消", at=AT)
    standard = BasicEdition.objects.get(basic=ended)
    actions.retire_basic(actor=PLATFORM, edition_id=standard.id, ends_on=gone, reason="取消", at=AT)
    take_in(tmp_path, "2026-01-01", "第一条 为了果园。\n\n第二条 登记不收费。\n\n第三条 二十日内登记。\n")
    relayed()
    assert flagged() == {(removed, "第二条", "removed"), (moved, "第三条", "moved")}
    flag = ReviewFlag.objects.filter(became=Became.MOVED)[0]
    assert (flag.now, flag.law) == ("第二条", "果园法")


@pytest.fixture
def one_flag(world: World, tmp_path: Path) -> ReviewFlag:
    take_in(tmp_path, "2020-01-01", OLD)
    published(world, 0, (LAW, "第二条"))
    take_in(tmp_path, "2026-01-01", NEW)
    relayed()
    return ReviewFlag.objects.get(edition__isnull=False)


def test_an_editor_sees_and_clears_it_with_a_reason(world: World, one_flag: ReviewFlag):
    found, total = queries.flags(world.editor)
    assert (total, [one.id for one in found]) == (1, [one_flag.id])
    assert (found[0].law, found[0].article, found[0].became) == ("果园法", "第二条", Became.CHANGED)
    assert queries.flagged_laws(world.editor) == {"果园法": 1}
    assert [one.id for one in queries.flags_on(found[0].edition_id)] == [one_flag.id]
    for note in ("", "   ", "x" * 401):
        with pytest.raises(Invalid):
            actions.keep_as_is(actor=world.editor, flag_id=one_flag.id, note=note, at=AT)
    actions.keep_as_is(actor=world.editor, flag_id=one_flag.id, note="只是措辞", at=AT)
    assert queries.flags(world.editor) == ([], 0)
    (cleared,), _ = queries.flags(world.editor, cleared=True)
    assert (cleared.outcome, cleared.note, cleared.cleared_name) == (
        FlagOutcome.KEPT,
        "只是措辞",
        world.editor.name,
    )
    with pytest.raises(Conflict):
        actions.keep_as_is(actor=world.editor, flag_id=one_flag.id, note="再来", at=AT)
    assert one_flag.edition is not None
    act = acts_of(f"item:{one_flag.edition.item_id}")[-1]
    assert (act.act, act.data["outcome"], act.data["note"]) == ("catalogue.clear_flag", "kept", "只是措辞")


def test_a_new_draft_clears_it_too_and_holds_what_is_in_force(world: World, one_flag: ReviewFlag):
    made = actions.redraft(actor=world.editor, flag_id=one_flag.id, note="", at=AT)
    draft = Edition.objects.get(pk=made)
    assert one_flag.edition is not None
    assert (draft.state, draft.body) == ("draft", one_flag.edition.body)
    assert queries.flag(world.editor, one_flag.id).outcome is FlagOutcome.DRAFTED
    with pytest.raises(Conflict):
        actions.redraft(actor=world.editor, flag_id=one_flag.id, note="", at=AT)
    assert Edition.objects.filter(state="draft").count() == 1


def test_the_standard_s_flag_is_the_province_s(world: World, one_flag: ReviewFlag):
    own = ReviewFlag.objects.get(basic_edition__isnull=False)
    with pytest.raises(Forbidden):
        actions.keep_as_is(actor=world.editor, flag_id=own.id, note="不用改", at=AT)
    with pytest.raises(NotFound):
        queries.flag(world.editor, own.id)
    made = actions.redraft(actor=PLATFORM, flag_id=own.id, note="跟着改", at=AT)
    assert BasicEdition.objects.get(pk=made).state == "draft"


def test_strangers_neither_see_nor_clear(world: World, one_flag: ReviewFlag):
    stranger = Actor(kind=ActorKind.STAFF, name="外", posts=frozenset({Post("editor", world.other_organ_id)}))
    assert queries.flags(stranger) == ([], 0)
    with pytest.raises(NotFound):
        queries.flag(stranger, one_flag.id)
    for act in (actions.keep_as_is, actions.redraft):
        with pytest.raises(Forbidden):
            act(actor=stranger, flag_id=one_flag.id, note="不用改", at=AT)
    with pytest.raises(Forbidden):
        queries.flags(world.clerk)
