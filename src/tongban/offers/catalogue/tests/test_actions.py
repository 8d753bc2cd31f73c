import threading
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, SINCE, SUPPLEMENT_BASIC_CODE, World, publish_edition

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.access import visible_to
from tongban.offers.catalogue.models import Edition, Item
from tongban.offers.catalogue.rules.editions import PENDING

NEXT = date(2027, 1, 1)
LATER = date(2027, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def draft(world: World, **changed: object) -> uuid.UUID:
    return actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE | changed, at=AT)


def publish(
    world: World, edition_id: uuid.UUID, starts_on: date = NEXT, *, actor: Actor | None = None
) -> None:
    worlds.put_through(actor or world.editor, edition_id, starts_on, "换版")


def retire(world: World, edition_id: uuid.UUID, ends_on: date, *, actor: Actor | None = None) -> None:
    actions.retire(actor=actor or world.editor, edition_id=edition_id, ends_on=ends_on, reason="取消", at=AT)


def row(edition_id: uuid.UUID) -> tuple[str, date | None, date | None]:
    found = Edition.objects.get(pk=edition_id)
    return found.state, found.starts_on, found.ends_on


def acts(world: World) -> list[str]:
    return [act.act for act in ledger.acts_of(f"item:{world.item_id}")]


def away_editor(world: World) -> Actor:
    return Actor(
        kind=ActorKind.STAFF, name="外单位编辑", posts=frozenset({Post("editor", world.other_organ_id)})
    )


# --- registering -------------------------------------------------------------------------------------------------------


def test_registering_twice_gives_the_same_item_and_one_entry(world: World):
    again = actions.register_item(
        actor=world.editor, basic_code=BASIC_CODE, organ_id=world.organ_id, level="4", at=AT
    )
    assert again == world.item_id
    assert acts(world).count("catalogue.register_item") == 1


def test_an_item_has_one_level_in_an_organ(world: World):
    with pytest.raises(Conflict) as refused:
        actions.register_item(
            actor=world.editor, basic_code=BASIC_CODE, organ_id=world.organ_id, level="3", at=AT
        )
    assert refused.value.rule == "catalogue.level"


@pytest.mark.parametrize(
    ("basic", "level", "error"),
    [
        ("000123009000", "4", NotFound),
        ("1", "4", NotFound),
        ("", "4", NotFound),
        (SUPPLEMENT_BASIC_CODE, "9", Invalid),
        (SUPPLEMENT_BASIC_CODE, "", Invalid),
        (SUPPLEMENT_BASIC_CODE, "44", Invalid),
        (SUPPLEMENT_BASIC_CODE, "４", Invalid),
    ],
)
def test_what_cannot_be_registered_is_refused(world: World, basic: str, level: str, error: type[Exception]):
    with pytest.raises(error):
        actions.register_item(
            actor=world.editor, basic_code=basic, organ_id=world.organ_id, level=level, at=AT
        )
    assert Item.objects.count() == 1


# --- who ---------------------------------------------------------------------------------------------------------------


def test_only_the_organs_own_editor_registers_drafts_publishes_and_retires(world: World):
    edition_id = draft(world)
    before = acts(world)
    others = (
        away_editor(world),
        world.clerk,
        world.decider,
        world.other_clerk,
        world.applicant,
        PUBLIC,
        system("x"),
    )
    for actor in others:
        tries: list[Callable[[], object]] = [
            lambda actor=actor: actions.register_item(
                actor=actor, basic_code=SUPPLEMENT_BASIC_CODE, organ_id=world.organ_id, level="4", at=AT
            ),
            lambda actor=actor: actions.draft_edition(actor=actor, item_id=world.item_id, body=GUIDE, at=AT),
            lambda actor=actor: publish(world, edition_id, actor=actor),
            lambda actor=actor: retire(world, world.edition_id, NEXT, actor=actor),
        ]
        for number, attempt in enumerate(tries):
            # For an editor elsewhere the draft is as absent as what there is not.
            hidden = number == 2 and bool(actor.organs_as("editor"))
            with pytest.raises(NotFound if hidden else Forbidden) as refused:
                attempt()
            assert refused.value.rule == ("catalogue.edition" if hidden else "catalogue.editor")
    assert acts(world) == before
    assert row(edition_id)[0] == "draft"
    assert row(world.edition_id)[0] == "published"


def test_a_draft_is_seen_by_the_organs_editor_alone_and_a_published_edition_by_everybody(world: World):
    edition_id = draft(world)

    def seen(actor: Actor) -> set[uuid.UUID]:
        return set(Edition.objects.filter(visible_to(actor)).values_list("id", flat=True))

    assert seen(world.editor) == {world.edition_id, edition_id}
    for actor in (away_editor(world), world.clerk, world.reviewer, world.stranger, PUBLIC):
        assert seen(actor) == {world.edition_id}
    publish(world, edition_id)
    retire(world, edition_id, LATER)
    assert seen(PUBLIC) == {world.edition_id, edition_id}


# --- drafting and publishing -------------------------------------------------------------------------------------------


def test_a_draft_is_numbered_recorded_and_not_yet_in_force(world: World):
    edition_id = draft(world, name="新名")
    found = Edition.objects.get(pk=edition_id)
    assert (found.number, found.state, found.name, found.starts_on) == (2, "draft", "新名", None)
    entry = ledger.acts_of(f"item:{world.item_id}")[-1]
    assert (entry.act, entry.data["digest"], entry.data["number"]) == ("catalogue.draft", found.digest, 2)
    assert queries.in_force(world.item_code, NEXT).id == world.edition_id


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "名\x00"},
        {"limits": {"statutory_days": -1, "promised_days": 2}},
        {"form": {"sections": [{"key": "A"}]}},
        {"more": 1},
        {"name": "\ud800"},
        {"limits": {"statutory_days": 10**400, "promised_days": 5}},
    ],
)
def test_a_draft_that_is_no_guide_is_refused_and_nothing_is_written(world: World, changed: dict[str, Any]):
    with pytest.raises(Invalid) as refused:
        draft(world, **changed)
    assert refused.value.fields
    assert Edition.objects.count() == 1


def test_a_draft_may_contradict_itself_but_is_not_sent_to_approval(world: World):
    edition_id = draft(world, limits={"statutory_days": 1, "promised_days": 2})
    with pytest.raises(Invalid) as refused:
        publish(world, edition_id)
    assert set(refused.value.fields) == {"limits"}
    assert row(edition_id)[0] == "draft"


def test_the_edition_before_ends_on_the_day_the_new_one_starts(world: World):
    edition_id = draft(world)
    publish(world, edition_id)
    assert row(world.edition_id) == ("superseded", SINCE, NEXT)
    assert row(edition_id) == ("published", NEXT, None)
    assert queries.in_force_id(world.item_code, NEXT - DAY) == world.edition_id
    assert queries.in_force_id(world.item_code, NEXT) == edition_id
    entry = ledger.acts_of(f"item:{world.item_id}")[-1]
    assert (entry.act, entry.at) == ("catalogue.publish", AT)
    assert entry.data == {
        "edition": str(edition_id),
        "digest": Edition.objects.get(pk=edition_id).digest,
        "starts_on": "2027-01-01",
        "ends_on": None,
        "reason": "换版",
        "approver": "编辑小陈",
    }


@pytest.mark.parametrize("starts_on", [SINCE, SINCE - DAY])
def test_an_edition_that_starts_no_later_than_the_one_in_force_is_refused(world: World, starts_on: date):
    edition_id = draft(world)
    with pytest.raises(Conflict) as refused:
        publish(world, edition_id, starts_on)
    assert refused.value.rule == "catalogue.order"
    assert row(edition_id)[0] == "draft"
    assert row(world.edition_id) == ("published", SINCE, None)


def test_an_edition_cannot_be_put_before_one_that_is_announced(world: World):
    announced, between = draft(world), draft(world)
    publish(world, announced, LATER)
    with pytest.raises(Conflict):
        publish(world, between, NEXT)
    assert queries.in_force_id(world.item_code, NEXT) == world.edition_id


def test_what_was_published_or_retired_cannot_be_published_again(world: World):
    edition_id = draft(world)
    publish(world, edition_id)
    for done in (edition_id, world.edition_id):
        with pytest.raises(Conflict) as refused:
            publish(world, done, LATER)
        assert refused.value.rule == "catalogue.move"
    retire(world, edition_id, LATER)
    with pytest.raises(Conflict):
        publish(world, edition_id, LATER)


def test_a_retired_edition_holds_until_its_last_day_and_then_nothing_is_in_force(world: World):
    retire(world, world.edition_id, NEXT)
    assert row(world.edition_id) == ("retired", SINCE, NEXT)
    assert queries.in_force_id(world.item_code, NEXT - DAY) == world.edition_id
    assert queries.in_force_id(world.item_code, NEXT) is None
    entry = ledger.acts_of(f"item:{world.item_id}")[-1]
    assert entry.act == "catalogue.retire"
    assert entry.data == {"edition": str(world.edition_id), "ends_on": "2027-01-01", "reason": "取消"}
    assert queries.edition(world.edition_id).guide.name == GUIDE["name"], "cases that stand on it go on"


def test_only_an_edition_in_use_can_be_retired(world: World):
    edition_id = draft(world)
    with pytest.raises(Conflict):
        retire(world, edition_id, NEXT)
    publish(world, edition_id)
    with pytest.raises(Conflict):
        retire(world, world.edition_id, LATER)
    retire(world, edition_id, LATER)
    with pytest.raises(Conflict):
        retire(world, edition_id, LATER)


def test_an_edition_cannot_end_before_it_starts(world: World):
    with pytest.raises(Conflict) as refused:
        retire(world, world.edition_id, SINCE - DAY)
    assert refused.value.rule == "catalogue.order"
    assert row(world.edition_id) == ("published", SINCE, None)


def test_after_a_retirement_a_new_edition_starts_on_its_last_day_and_not_before(world: World):
    retire(world, world.edition_id, NEXT)
    edition_id = draft(world)
    with pytest.raises(Conflict) as refused:
        publish(world, edition_id, NEXT - DAY)
    assert refused.value.rule == "catalogue.order"
    publish(world, edition_id, NEXT)
    assert queries.in_force_id(world.item_code, NEXT) == edition_id
    assert row(world.edition_id) == ("retired", SINCE, NEXT)


def test_an_announced_edition_that_was_called_off_stands_in_nobodys_way(world: World):
    announced, other = draft(world), draft(world)
    publish(world, announced, LATER)
    retire(world, announced, LATER)
    with pytest.raises(Conflict):
        publish(world, other, NEXT)  # the first edition was closed for LATER and still holds
    publish(world, other, LATER)
    assert queries.in_force_id(world.item_code, LATER) == other


@pytest.mark.parametrize("reason", ["因" * 401, "因\x00", "因\n果", "\ud800"])
def test_a_reason_that_cannot_be_kept_is_refused_at_its_field(world: World, reason: str):
    edition_id = draft(world)
    for attempt in (
        lambda: actions.check(
            actor=world.editor, edition_id=edition_id, starts_on=NEXT, reason=reason, at=AT
        ),
        lambda: actions.retire(
            actor=world.editor, edition_id=world.edition_id, ends_on=NEXT, reason=reason, at=AT
        ),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert set(refused.value.fields) == {"reason"}


def test_what_does_not_exist_is_not_found(world: World):
    for attempt in (
        lambda: actions.draft_edition(actor=world.editor, item_id=new_id(), body=GUIDE, at=AT),
        lambda: publish(world, new_id()),
        lambda: retire(world, new_id(), NEXT),
    ):
        with pytest.raises(NotFound):
            attempt()


# --- at once -----------------------------------------------------------------------------------------------------------


def together(tries: list[Callable[[], object]]) -> list[object]:
    """What each gave or raised, all begun at the same time on connections of their own."""
    answers: list[object] = [None] * len(tries)
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


def assert_one_a_day(world: World) -> None:
    """Every day belongs to exactly one edition from the first published on, except behind a retirement."""
    spans = sorted(
        Edition.objects.exclude(state__in=PENDING).values_list("starts_on", "ends_on"),
        key=lambda span: span[0],
    )
    assert spans[0][0] == SINCE
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    for starts_on, _ in spans:
        assert queries.in_force(world.item_code, starts_on).starts_on == starts_on


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_ten_publications_for_one_day_at_once_exactly_one_is_made():
    world = worlds.build()
    drafts = [draft(world, name=f"第{number}稿") for number in range(10)]
    answers = together([lambda e=edition_id: publish(world, e) for edition_id in drafts])
    assert answers.count("done") == 1, answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9, answers
    assert_one_a_day(world)
    assert acts(world).count("catalogue.publish") == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_publications_for_ten_days_at_once_leave_one_edition_in_force_each_day():
    world = worlds.build()
    drafts = [draft(world, name=f"第{number}稿") for number in range(10)]
    answers = together(
        [lambda e=edition_id, n=n: publish(world, e, NEXT + n * DAY) for n, edition_id in enumerate(drafts)]
    )
    assert all(answer == "done" or isinstance(answer, Conflict) for answer in answers), answers
    assert answers[-1] == "done", "nothing stands in the way of the last day"
    assert_one_a_day(world)
    assert acts(world).count("catalogue.publish") == 1 + answers.count("done")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_publishing_and_retiring_at_once_never_wait_for_each_other_for_ever():
    world = worlds.build()
    standing = world.edition_id
    for turn in range(5):
        fresh, starts_on = draft(world), NEXT + turn * DAY
        answers = together(
            [
                lambda e=fresh, day=starts_on: publish(world, e, day),
                lambda e=standing, day=starts_on: retire(world, e, day),
            ]
        )
        assert answers[0] == "done", answers
        assert answers[1] == "done" or isinstance(answers[1], Conflict), answers
        assert_one_a_day(world)
        standing = fresh


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_items_registered_and_drafts_written_at_once_are_one_item_and_numbered_in_turn():
    world = worlds.build()
    answers = together(
        [
            lambda: actions.register_item(
                actor=world.editor,
                basic_code=SUPPLEMENT_BASIC_CODE,
                organ_id=world.organ_id,
                level="4",
                at=AT,
            )
            for _ in range(6)
        ]
    )
    assert len(set(answers)) == 1, answers
    assert len(ledger.acts_of(f"item:{answers[0]}")) == 1
    drafts = together([lambda: draft(world) for _ in range(6)])
    assert not [answer for answer in drafts if isinstance(answer, Exception)]
    assert sorted(Edition.objects.filter(item=world.item_id).values_list("number", flat=True)) == list(
        range(1, 8)
    )


def test_a_refused_publication_leaves_the_standing_edition_as_it_was(world: World):
    edition_id = draft(world)
    publish_edition(world.editor, world.item_id, starts_on=NEXT)
    before = list(Edition.objects.order_by("id").values())
    with pytest.raises(Conflict):
        publish(world, edition_id, NEXT)
    assert list(Edition.objects.order_by("id").values()) == before
