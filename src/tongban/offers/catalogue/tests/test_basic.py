"""The standard of a basic item: who sets it, who is held to it, and what nobody can do around it."""

import threading
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connections, transaction
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, PROVINCE, SINCE, SUPPLEMENT_BASIC_CODE, World, publish_edition

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.models import BasicEdition, Edition
from tongban.people.parties.queries import organ_by_code
from tongban.people.parties.tests.filling import take_in_organs
from tongban.standards import credit_code
from tongban.standards.text import Message

NEXT, LATER = date(2027, 1, 1), date(2027, 6, 1)
PLATFORM = system("tests")
TERMS = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
PROVINCIAL = credit_code.make("11460000000000077")


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def limits(promised: int, statutory: int = 20) -> dict[str, object]:
    return {"limits": {"statutory_days": statutory, "promised_days": promised}}


def draft(actor: Actor = PLATFORM, **changed: object) -> uuid.UUID:
    return actions.draft_basic(actor=actor, basic_code=BASIC_CODE, body=TERMS | changed, at=AT)


def publish(edition_id: uuid.UUID, starts_on: date = SINCE, actor: Actor = PLATFORM) -> None:
    worlds.put_standard_through(actor, edition_id, starts_on)


def own_draft(world: World, **changed: object) -> uuid.UUID:
    return actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE | changed, at=AT)


@pytest.fixture
def provincial(world: World, tmp_path: Path) -> Actor:
    rows = "name,short_name,credit_code,place,kind,duties,demonstration\n"
    (tmp_path / "o.csv").write_text(
        f"{rows}省卫健委,省卫健委,{PROVINCIAL},{PROVINCE},部门,,yes\n", encoding="utf-8"
    )
    take_in_organs(tmp_path / "o.csv")
    organ = organ_by_code(PROVINCIAL)
    assert organ is not None
    posts = frozenset({Post("editor", organ.id)})
    return Actor(kind=ActorKind.STAFF, id=uuid.UUID(int=9), name="省里的编辑", posts=posts)


# --- who ---------------------------------------------------------------------------------------------------------------


def test_only_an_editor_of_a_provincial_organ_or_the_platform_sets_the_standard(
    world: World, provincial: Actor
):
    other_post = frozenset(Post("clerk", post.organ_id) for post in provincial.posts)
    clerk = Actor(kind=ActorKind.STAFF, name="省里的窗口", posts=other_post)
    made = draft(provincial)
    for actor in (provincial, PLATFORM):
        assert may_edit_basic(actor) == (True, "")
    for actor in (world.editor, clerk, world.decider, world.applicant, PUBLIC):
        allowed, reason = may_edit_basic(actor)
        assert not allowed
        assert reason
        for attempt in (lambda actor=actor: draft(actor), lambda actor=actor: publish(made, actor=actor)):
            with pytest.raises(Forbidden) as refused:
                attempt()
            assert refused.value.rule == "catalogue.basic_editor"
    assert not BasicEdition.objects.exclude(state="draft").exists()
    publish(made, actor=provincial)


def test_an_unknown_basic_item_or_edition_is_not_found(world: World):
    with pytest.raises(NotFound):
        actions.draft_basic(actor=PLATFORM, basic_code="000123009000", body=TERMS, at=AT)
    with pytest.raises(NotFound):
        publish(uuid.UUID(int=5))


# --- the life of a standard --------------------------------------------------------------------------------------------


def test_the_standard_of_a_day_is_the_one_in_force_then(world: World):
    publish(draft())
    publish(draft(keywords=["新"]), NEXT)
    before, after = (queries.basic_in_force(BASIC_CODE, day) for day in (date(2026, 12, 31), NEXT))
    assert before is not None
    assert after is not None
    assert (before.number, before.ends_on, after.number, after.ends_on) == (1, NEXT, 2, None)
    assert after.terms.keywords == ("新",)
    assert queries.basic_in_force(BASIC_CODE, date(2019, 12, 31)) is None
    assert queries.basic_in_force(SUPPLEMENT_BASIC_CODE, NEXT) is None


def test_a_retired_standard_binds_nobody_from_that_day(world: World):
    made = draft()
    publish(made)
    actions.retire_basic(actor=PLATFORM, edition_id=made, ends_on=NEXT, reason="取消", at=AT)
    assert queries.basic_in_force(BASIC_CODE, NEXT) is None
    publish_edition(world.editor, world.item_id, starts_on=NEXT, **limits(9))
    acts = [act.act for act in ledger.acts_of(f"basic:{BASIC_CODE}")]
    verbs = ("draft", "check", "approve", "publish", "retire")
    assert acts == [f"catalogue.{verb}_basic" for verb in verbs]


@pytest.mark.parametrize(
    "change", ["body = '{}'", "starts_on = NULL", "state = 'draft'", "digest = 'x'", "number = 7"]
)
def test_a_published_standard_cannot_be_changed_or_deleted(world: World, change: str):
    made = draft()
    publish(made)
    for statement in (f"UPDATE basic_edition SET {change}", "DELETE FROM basic_edition"):
        with pytest.raises((InternalError, ProgrammingError), match="content is fixed"), transaction.atomic():
            execute(statement)


def test_no_two_standards_are_in_force_on_one_day(world: World):
    publish(draft())
    second = draft(keywords=["新"])
    with pytest.raises(IntegrityError, match="basic_edition_one_in_force"), transaction.atomic():
        execute(
            "UPDATE basic_edition SET state = 'published', starts_on = %s, checked_at = now(), approved_at = now(),"
            " published_at = now() WHERE id = %s",
            [NEXT, second],
        )
    with pytest.raises(Conflict) as refused:
        publish(second, SINCE)
    assert refused.value.rule == "catalogue.order"


def test_a_standard_with_an_error_of_quality_is_refused(world: World):
    with pytest.raises(Invalid) as refused:
        publish(draft(steps=[{"name": "受理", "days": 1}]))
    assert (refused.value.rule, set(refused.value.fields)) == ("catalogue.quality", {"steps"})


def test_a_standard_knows_no_counter(world: World):
    with pytest.raises(Invalid) as refused:
        draft(windows=GUIDE["windows"])
    assert set(refused.value.fields) == {"windows"}


# --- held to the standard ----------------------------------------------------------------------------------------------


def test_an_edition_beyond_the_standard_is_refused_with_every_violation_at_its_place(world: World):
    publish(draft())
    extra = {"key": "extra", "name": "无犯罪证明", "kind": "other", "source": "other"}
    materials = [*GUIDE["materials"], extra]  # type: ignore[misc] # a list in this literal
    made = own_draft(world, materials=materials, **limits(6))
    with pytest.raises(Invalid) as refused:
        worlds.put_through(world.editor, made, NEXT)
    assert refused.value.rule == "catalogue.narrowing"
    assert set(refused.value.fields) == {"materials.extra", "limits.promised_days"}
    (told,) = refused.value.fields["limits.promised_days"]
    assert isinstance(told, Message)
    assert (told.params["basic"], told.params["local"]) == ("5", "6")
    assert Edition.objects.get(pk=made).state == "draft"
    assert queries.in_force(world.item_code, NEXT).ends_on is None


def test_an_edition_that_narrows_is_published(world: World):
    publish(draft())
    made = publish_edition(world.editor, world.item_id, starts_on=NEXT, **limits(1))
    assert queries.in_force(world.item_code, NEXT).id == made


def test_without_a_standard_an_edition_is_published_as_before(world: World):
    publish_edition(world.editor, world.item_id, starts_on=NEXT, **limits(15))


def test_an_edition_is_held_to_a_standard_that_only_comes_later_too(world: World):
    publish(draft())
    publish_edition(world.editor, world.item_id, starts_on=NEXT, **limits(3))
    publish(draft(**limits(3)), LATER)
    made = own_draft(world, **limits(5))
    with pytest.raises(Invalid) as refused:
        worlds.put_through(world.editor, made, date(2027, 3, 1))
    assert refused.value.rule == "catalogue.narrowing"


def test_an_edition_with_an_error_of_quality_is_refused(world: World):
    made = own_draft(world, faq=[])
    with pytest.raises(Invalid) as refused:
        worlds.put_through(world.editor, made, NEXT)
    assert (refused.value.rule, set(refused.value.fields)) == ("catalogue.quality", {"faq"})


# --- changing the standard ---------------------------------------------------------------------------------------------


def test_a_standard_that_would_break_an_edition_is_refused_with_the_list(world: World):
    made = draft(**limits(3))
    ((code, broken),) = queries.impact(made, SINCE)
    assert (code, [(one.path, one.basic, one.local) for one in broken]) == (
        world.item_code,
        [("limits.promised_days", "3", "5")],
    )
    with pytest.raises(Conflict) as refused:
        publish(made)
    assert refused.value.rule == "catalogue.impact"
    assert refused.value.params == {"count": 1}
    assert set(refused.value.fields) == {world.item_code}
    assert BasicEdition.objects.get(pk=made).state == "draft"


def test_what_ended_before_the_standard_begins_is_not_looked_at(world: World):
    publish_edition(world.editor, world.item_id, starts_on=NEXT, **limits(3))
    made = draft(**limits(3))
    assert queries.impact(made, NEXT) == []
    assert queries.impact(made, date(2026, 12, 31)) != []
    publish(made, NEXT)


def test_a_standard_and_the_editions_that_follow_it_begin_together(world: World):
    publish(draft())
    posts = frozenset({Post("editor", world.organ_id)})
    actor = Actor(kind=ActorKind.SYSTEM, name="tests", posts=posts)
    standard = draft(**limits(8))
    edition = actions.go_along(
        actor=actor, item_id=world.item_id, body=GUIDE | limits(8), basic_id=standard, at=AT
    )
    publish(standard, NEXT, actor)
    assert queries.in_force(world.item_code, date(2026, 12, 31)).guide.limits.promised_days == 5
    assert queries.in_force(world.item_code, NEXT).id == edition
    found = queries.basic_in_force(BASIC_CODE, NEXT)
    assert found is not None
    assert found.id == standard


def test_who_may_not_edit_an_organ_publishes_nothing_along_with_a_standard(world: World):
    standard = draft(**limits(3))
    with pytest.raises(Forbidden):
        actions.go_along(actor=PLATFORM, item_id=world.item_id, body=GUIDE, basic_id=standard, at=AT)
    assert not Edition.objects.filter(along=standard).exists()


def together(tries: list[Callable[[], object]]) -> list[object]:
    answers: list[Any] = [None] * len(tries)
    gate = threading.Barrier(len(tries))

    def run(place: int) -> None:
        try:
            gate.wait(timeout=30)
            answers[place] = tries[place]() or "done"
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_edition_and_a_stricter_standard_at_once_never_both_stand():
    world = worlds.build()
    publish(draft())
    publish_edition(world.editor, world.item_id, starts_on=NEXT, **limits(2))
    for month in range(1, 7):
        day = date(2028, month, 1)
        standard, edition = (
            draft(keywords=[str(month)], **limits(3)),
            own_draft(world, **limits(5 - month % 2)),
        )
        back = own_draft(world, **limits(2))

        def local(edition_id: uuid.UUID = edition, day: date = day) -> None:
            worlds.put_through(world.editor, edition_id, day)

        answers = together([local, lambda made=standard, day=day: publish(made, day)])
        assert answers.count("done") == 1, answers
        if answers[0] == "done":
            assert isinstance(answers[1], Conflict)
            local(back, date(2028, month, 15))
        else:
            assert isinstance(answers[0], Invalid)
            publish(draft(), date(2028, month, 15))


# --- proposing what follows --------------------------------------------------------------------------------------------


def test_a_changed_standard_proposes_the_editions_that_it_would_break_once(world: World, provincial: Actor):
    publish(draft())
    made = draft(provincial, **limits(3))
    (proposed,) = actions.propose(actor=provincial, edition_id=made, starts_on=NEXT, at=AT)
    assert actions.propose(actor=provincial, edition_id=made, starts_on=NEXT, at=AT) == []
    found = Edition.objects.get(pk=proposed)
    assert (found.item_id, found.along_id, found.body["limits"]["promised_days"]) == (world.item_id, made, 3)
    actions.check_basic(actor=provincial, edition_id=made, starts_on=NEXT, reason="压缩", at=AT)
    with pytest.raises(Forbidden):
        actions.approve_basic(actor=provincial, edition_id=made, at=AT)
    actions.approve_basic(actor=worlds.second(provincial), edition_id=made, at=AT)
    assert queries.in_force(world.item_code, NEXT).guide.limits.promised_days == 5
    actions.publish_basic(actor=provincial, edition_id=made, at=AT)
    assert queries.in_force(world.item_code, date(2026, 12, 31)).guide.limits.promised_days == 5
    assert queries.in_force(world.item_code, NEXT).id == proposed


def test_what_goes_along_does_not_go_alone_and_is_discarded_with_its_standard(
    world: World, provincial: Actor
):
    made = draft(provincial, **limits(3))
    (proposed,) = actions.propose(actor=provincial, edition_id=made, starts_on=NEXT, at=AT)
    with pytest.raises(Conflict) as refused:
        worlds.put_through(world.editor, proposed, NEXT)
    assert refused.value.rule == "catalogue.along"
    actions.check_basic(actor=provincial, edition_id=made, starts_on=NEXT, reason="", at=AT)
    assert Edition.objects.get(pk=proposed).state == "checked"
    actions.send_back_basic(actor=provincial, edition_id=made, reason="再改", at=AT)
    assert Edition.objects.get(pk=proposed).state == "draft"
    actions.discard_basic(actor=provincial, edition_id=made, at=AT)
    assert not Edition.objects.filter(pk=proposed).exists()
