"""From a draft to its publication: who does what, what stays fixed, what comes back."""

import io
import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, World, second

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.files import actions as files
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.models import Alias, BasicItem, Edition, GuideFile, Item

NEXT, LATER = date(2027, 1, 1), date(2027, 6, 1)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def draft(world: World, **changed: object) -> uuid.UUID:
    return actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE | changed, at=AT)


def check(world: World, edition_id: uuid.UUID, actor: Actor | None = None) -> None:
    actions.check(actor=actor or world.editor, edition_id=edition_id, starts_on=NEXT, reason="换版", at=AT)


def state(edition_id: uuid.UUID) -> str:
    return Edition.objects.get(pk=edition_id).state


def last_act(world: World) -> str:
    return ledger.acts_of(f"item:{world.item_id}")[-1].act


def test_a_draft_is_checked_approved_and_published_by_two_people(world: World):
    made = draft(world)
    check(world, made)
    actions.approve(actor=second(world.editor), edition_id=made, remark="看过了", at=AT)
    found = Edition.objects.get(pk=made)
    assert (found.state, found.approver, found.remark) == ("approved", "编辑小陈", "看过了")
    assert queries.in_force(world.item_code, NEXT).id == world.edition_id
    actions.publish(actor=world.editor, edition_id=made, at=AT)
    assert queries.in_force(world.item_code, NEXT).id == made
    acts = [act.act for act in ledger.acts_of(f"item:{world.item_id}")][-4:]
    assert acts == [f"catalogue.{verb}" for verb in ("draft", "check", "approve", "publish")]


def test_who_wrote_any_of_it_cannot_approve(world: World):
    made, helper = draft(world), second(world.editor)
    digest = Edition.objects.get(pk=made).digest
    actions.write(actor=helper, edition_id=made, body=GUIDE | {"keywords": ["新"]}, seen=digest, at=AT)
    check(world, made)
    for writer in (world.editor, helper):
        with pytest.raises(Forbidden) as refused:
            actions.approve(actor=writer, edition_id=made, at=AT)
        assert refused.value.rule == "catalogue.approve"
    with pytest.raises(IntegrityError, match="edition_four_eyes"), transaction.atomic():
        execute(
            "UPDATE edition SET state = 'approved', approved_at = now(), approved_by = %s WHERE id = %s",
            [helper.id, made],
        )
    actions.approve(actor=second(world.editor), edition_id=made, at=AT)


def test_an_editor_of_another_organ_moves_nothing(world: World):
    away = replace(world.other_clerk, id=new_id())
    made = draft(world)
    seen = Edition.objects.get(pk=made).digest
    for attempt in (
        lambda: actions.write(actor=away, edition_id=made, body=GUIDE, seen=seen, at=AT),
        lambda: check(world, made, away),
        lambda: actions.discard(actor=away, edition_id=made, at=AT),
        lambda: actions.approve(actor=away, edition_id=made, at=AT),
        lambda: actions.publish(actor=away, edition_id=made, at=AT),
        lambda: actions.send_back(actor=away, edition_id=made, reason="", at=AT),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert state(made) == "draft"


def test_a_draft_that_somebody_else_changed_is_not_overwritten(world: World):
    made = draft(world)
    seen = Edition.objects.get(pk=made).digest
    fresh = actions.write(actor=world.editor, edition_id=made, body={"name": "一"}, seen=seen, at=AT)
    with pytest.raises(Conflict) as refused:
        actions.write(actor=second(world.editor), edition_id=made, body={"name": "二"}, seen=seen, at=AT)
    assert refused.value.rule == "catalogue.stale"
    assert Edition.objects.get(pk=made).body == {"name": "一"}
    assert fresh == Edition.objects.get(pk=made).digest


def test_a_draft_may_be_incomplete_but_not_be_sent(world: World):
    made = actions.draft_edition(
        actor=world.editor, item_id=world.item_id, body={"phones": GUIDE["phones"]}, at=AT
    )
    with pytest.raises(Invalid) as refused:
        check(world, made)
    assert {"windows", "name", "limits"} <= set(refused.value.fields)
    assert state(made) == "draft"
    shown = queries.own_edition(world.editor, made, NEXT)
    assert "windows" in shown.missing
    assert shown.score == 0


def test_what_a_draft_leaves_out_is_the_standards_when_it_is_sent(world: World):
    terms = {name: value for name, value in GUIDE.items() if name not in ("windows", "phones")}
    platform = worlds.system("tests")
    standard = actions.draft_basic(actor=platform, basic_code=BASIC_CODE, body=terms, at=AT)
    worlds.put_standard_through(platform, standard, worlds.SINCE)
    own = {name: GUIDE[name] for name in ("windows", "phones")}
    made = actions.draft_edition(actor=world.editor, item_id=world.item_id, body=own, at=AT)
    assert queries.own_edition(world.editor, made, NEXT).missing == []
    check(world, made)
    assert Edition.objects.get(pk=made).name == GUIDE["name"]
    assert Edition.objects.get(pk=made).body["materials"]


def test_what_waits_for_approval_is_fixed_and_what_is_sent_back_is_not(world: World):
    made = draft(world)
    check(world, made)
    seen = Edition.objects.get(pk=made).digest
    with pytest.raises(Conflict) as refused:
        actions.write(actor=world.editor, edition_id=made, body=GUIDE, seen=seen, at=AT)
    assert refused.value.rule == "catalogue.move"
    for change in ("body = '{}'", "starts_on = starts_on + 1", "state = 'published', published_at = now()"):
        with pytest.raises((InternalError, ProgrammingError), match="content is fixed"), transaction.atomic():
            execute(f"UPDATE edition SET {change} WHERE id = %s", [made])
    actions.send_back(actor=second(world.editor), edition_id=made, reason="材料写多了", at=AT)
    found = Edition.objects.get(pk=made)
    assert (found.state, found.remark, found.checked_at) == ("draft", "材料写多了", None)
    actions.write(actor=world.editor, edition_id=made, body=GUIDE, seen=found.digest, at=AT)
    check(world, made)
    actions.approve(actor=second(world.editor), edition_id=made, at=AT)
    actions.send_back(actor=world.editor, edition_id=made, reason="再想想", at=AT)
    assert (state(made), Edition.objects.get(pk=made).approved_by) == ("draft", None)


def test_nothing_is_published_that_was_not_approved(world: World):
    made = draft(world)
    for _ in range(2):
        with pytest.raises(Conflict):
            actions.publish(actor=world.editor, edition_id=made, at=AT)
        with pytest.raises(Conflict):
            actions.approve(actor=second(world.editor), edition_id=made, at=AT) if state(
                made
            ) == "draft" else (actions.publish(actor=world.editor, edition_id=made, at=AT))
        if state(made) == "draft":
            check(world, made)
    assert state(made) == "checked"


def test_a_discarded_draft_is_gone_and_the_ledger_says_so(world: World):
    made = draft(world)
    actions.discard(actor=world.editor, edition_id=made, at=AT)
    assert not Edition.objects.filter(pk=made).exists()
    assert last_act(world) == "catalogue.discard"
    with pytest.raises(NotFound):
        actions.discard(actor=world.editor, edition_id=made, at=AT)
    sent = draft(world)
    check(world, sent)
    with pytest.raises(Conflict):
        actions.discard(actor=world.editor, edition_id=sent, at=AT)


def test_the_same_key_gives_the_same_draft_again(world: World):
    first, again = (
        actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE, at=AT, key="one-key-1")
        for _ in range(2)
    )
    assert first == again
    assert Edition.objects.filter(item=world.item_id, state="draft").count() == 1


def test_a_planned_end_is_kept_and_must_come_after_the_start(world: World):
    made = draft(world)
    with pytest.raises(Invalid) as refused:
        worlds.put_through(world.editor, made, NEXT, ends_on=NEXT)
    assert set(refused.value.fields) == {"ends_on"}
    worlds.put_through(world.editor, made, NEXT, ends_on=LATER)
    assert queries.in_force_id(world.item_code, NEXT) == made
    assert queries.in_force_id(world.item_code, LATER) is None


def test_the_past_of_a_standing_edition_cannot_be_rewritten(world: World):
    made = draft(world)
    with pytest.raises(Conflict) as refused:
        worlds.put_through(world.editor, made, date(2026, 11, 1))
    assert refused.value.rule == "catalogue.past"
    worlds.put_through(world.editor, made, date(2026, 11, 2))


# --- business items, old codes -----------------------------------------------------------------------------------------


def business(code: str = f"{BASIC_CODE}01") -> None:
    BasicItem.objects.create(
        code=code,
        name="公共场所卫生许可延续",
        item_type="01",
        parent_id=BASIC_CODE,
        origin="测试",
        demonstration=True,
    )


def register(world: World, basic: str, level: str = "4") -> uuid.UUID:
    return actions.register_item(
        actor=world.editor, basic_code=basic, organ_id=world.organ_id, level=level, at=AT
    )


def test_a_business_item_has_a_code_of_33_and_a_guide_of_its_own(world: World):
    business()
    item = register(world, f"{BASIC_CODE}01")
    assert Item.objects.get(pk=item).code == f"{world.item_code}01"
    made = actions.draft_edition(actor=world.editor, item_id=item, body=GUIDE | {"name": "延续"}, at=AT)
    worlds.put_through(world.editor, made, worlds.SINCE)
    assert queries.in_force(f"{world.item_code}01", NEXT).guide.name == "延续"
    assert queries.in_force(world.item_code, NEXT).id == world.edition_id


@pytest.mark.parametrize("code", [f"{BASIC_CODE}0", "00012300900001", f"{BASIC_CODE}A1"])
def test_a_business_item_stands_below_its_basic_item(world: World, code: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        business(code)


def test_an_item_whose_code_says_another_basic_item_is_refused_by_the_database(world: World):
    business()
    with pytest.raises(IntegrityError, match="item_code_says_basic"), transaction.atomic():
        execute("UPDATE item SET basic_id = %s WHERE id = %s", [f"{BASIC_CODE}01", world.item_id])


OLD = "441900000000007330248001"


def test_an_old_code_leads_to_the_present_one(world: World):
    actions.add_alias(actor=world.editor, old_code=f" {OLD} ", code=world.item_code, at=AT)
    actions.add_alias(actor=world.editor, old_code=OLD, code=world.item_code, at=AT)
    assert queries.code_of_alias(OLD) == world.item_code
    assert Alias.objects.count() == 1
    actions.add_alias(actor=worlds.system("tests"), old_code="0100605999", code=BASIC_CODE, at=AT)
    assert queries.code_of_alias("0100605999") == BASIC_CODE
    assert queries.code_of_alias("x") is queries.code_of_alias("0100605998") is None


def test_what_is_no_old_code_or_means_another_item_is_refused(world: World):
    actions.add_alias(actor=world.editor, old_code=OLD, code=world.item_code, at=AT)
    business()
    register(world, f"{BASIC_CODE}01")
    for old, code, error in (
        ("123", world.item_code, Invalid),
        (OLD, f"{world.item_code}01", Conflict),
        (OLD, "nothing", NotFound),
    ):
        with pytest.raises(error):
            actions.add_alias(actor=world.editor, old_code=old, code=code, at=AT)
    with pytest.raises(Forbidden):
        actions.add_alias(actor=world.clerk, old_code="0100605999", code=world.item_code, at=AT)


# --- files of guides ---------------------------------------------------------------------------------------------------


def test_a_draft_names_only_files_that_were_given_for_guides(world: World):
    private = files.store(io.BytesIO(worlds.PDF + b"private"), limit=10_000, at=AT).digest
    report, *rest = GUIDE["materials"]  # type: ignore[misc] # a list in this literal

    def named(digest: str) -> list[object]:
        told = {"name": "表", "digest": digest, "size": 9, "media_type": "application/pdf"}
        return [report | {"blank": told}, *rest]

    with pytest.raises(Invalid) as refused:
        draft(world, materials=named(private))
    assert (refused.value.rule, set(refused.value.fields)) == ("catalogue.attachment", {"materials.0.blank"})
    given = actions.give_file(actor=world.editor, stream=io.BytesIO(worlds.PDF), name="空白表.pdf", at=AT)
    assert given == actions.give_file(
        actor=second(world.editor), stream=io.BytesIO(worlds.PDF), name="空白表.pdf", at=AT
    )
    assert draft(world, materials=named(str(given["digest"])))
    assert len(ledger.acts_of(f"guide_file:{given['digest']}")) == 1


def test_only_an_editor_gives_files_for_guides(world: World):
    for actor in (world.applicant, world.clerk, world.decider):
        with pytest.raises(Forbidden):
            actions.give_file(actor=actor, stream=io.BytesIO(worlds.PDF), name="表.pdf", at=AT)
    assert not GuideFile.objects.exists()
