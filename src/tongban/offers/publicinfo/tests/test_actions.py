import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import world as worlds
from tests.world import World

from tongban.base.actor import PUBLIC, Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ledger.queries import acts_of
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.models import DocumentEdition
from tongban.offers.publicinfo.rules.documents import OPEN, DocumentKind, DocumentState, DocumentVerb, find
from tongban.offers.publicinfo.tests import filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def second(world: World) -> Actor:
    return filling.second_editor(world)


def made_in(world: World, second: Actor, state: DocumentState) -> actions.DocumentRef:
    if state is DocumentState.DRAFT:
        return filling.draft(world)
    if state is DocumentState.IN_REVIEW:
        return filling.in_review(world)
    if state is DocumentState.PUBLISHED:
        return filling.published(world, second)
    return filling.withdrawn(world, second)


def do(verb: DocumentVerb, actor: Actor, ref: actions.DocumentRef, world: World, **more):
    calls = {
        DocumentVerb.WRITE: (actions.write, {"content": filling.CONTENT | {"title": "改过的"}}),
        DocumentVerb.SEND: (actions.send, {}),
        DocumentVerb.SEND_BACK: (actions.send_back, {"reason": "日期不对"}),
        DocumentVerb.APPROVE: (actions.approve, {"confirmed": True}),
        DocumentVerb.WITHDRAW: (actions.withdraw, {"reason": "过期了"}),
    }
    call, given = calls[verb]
    return call(actor=actor, document_id=ref.id, at=world.at, **{**given, **more})


@pytest.mark.parametrize("verb", [verb for verb in DocumentVerb if verb is not DocumentVerb.REVISE])
@pytest.mark.parametrize("state", [state for state in DocumentState if state is not DocumentState.REVISED])
def test_every_verb_from_every_state_does_what_the_table_says(world, second, state, verb):
    ref = made_in(world, second, state)
    move = find(state, verb)
    if move is None:
        with pytest.raises(Conflict):
            do(verb, second, ref, world)
        assert queries.one(world.editor, ref.id).state is state
    else:
        after = do(verb, second, ref, world)
        assert (after.state, after.version) == (move.target, ref.version + 1)
        assert acts_of(f"info:{ref.id}")[-1].act == f"publicinfo.{verb}"


@pytest.mark.parametrize("verb", [verb for verb in DocumentVerb if verb is not DocumentVerb.REVISE])
def test_strangers_meet_nothing_and_colleagues_a_refusal(world, verb):
    second, elsewhere = (
        filling.second_editor(world),
        filling.second_editor(world, world.other_organ_id, "far"),
    )
    state = next(s for s in DocumentState if find(s, verb))
    ref = made_in(world, second, state)
    for actor in (PUBLIC, world.applicant, world.clerk, elsewhere):
        with pytest.raises((NotFound, Forbidden)) as refused:
            do(verb, actor, ref, world)
        assert isinstance(refused.value, NotFound) == (state in OPEN)
    assert queries.one(world.editor, ref.id).version == ref.version


def test_who_wrote_a_word_of_it_reviews_nothing_of_it(world, second):
    ref = filling.draft(world)
    do(DocumentVerb.WRITE, second, ref, world)
    do(DocumentVerb.SEND, world.editor, ref, world)
    for writer in (world.editor, second):
        for verb in (DocumentVerb.APPROVE, DocumentVerb.SEND_BACK):
            with pytest.raises(Forbidden, match="没有动笔"):
                do(verb, writer, ref, world)
    third = filling.second_editor(world, login="third")
    assert do(DocumentVerb.APPROVE, third, ref, world).state is DocumentState.PUBLISHED


def test_nothing_is_published_without_the_reviewer_s_word(world, second):
    ref = filling.in_review(world)
    with pytest.raises(Invalid) as refused:
        do(DocumentVerb.APPROVE, second, ref, world, confirmed=False)
    assert list(refused.value.fields) == ["confirmed"]
    assert queries.announced() == []


def test_a_revision_replaces_and_keeps_what_was_published(world, second):
    ref = filling.published(world, second)
    newer = actions.revise(
        actor=world.editor, document_id=ref.id, content=filling.CONTENT | {"title": "新的"}, at=world.at
    )
    assert (newer.number, newer.state) == (2, DocumentState.DRAFT)
    assert queries.public_document(ref.id).title == "周六照常办理"
    with pytest.raises(Conflict):  # one new edition at a time
        actions.revise(actor=second, document_id=ref.id, content=filling.CONTENT, at=world.at)
    do(DocumentVerb.SEND, world.editor, ref, world)
    do(DocumentVerb.APPROVE, second, ref, world)
    assert queries.public_document(ref.id).title == "新的"
    assert [(e.number, e.state.value) for e in queries.public_history(ref.id)] == [
        (2, "published"),
        (1, "revised"),
    ]
    assert len({e.digest for e in queries.public_history(ref.id)}) == 2


def test_a_withdrawn_document_keeps_its_address_and_shows_nothing_else(world, second):
    ref = filling.withdrawn(world, second)
    told = queries.public_document(ref.id)
    assert (told.state, told.reason) == (DocumentState.WITHDRAWN, "写错了日期")
    assert queries.public_history(ref.id) == []
    assert queries.announced() == []
    assert [d.id for d in queries.announced(gone=True)] == [ref.id]
    with pytest.raises(Conflict):
        actions.revise(actor=world.editor, document_id=ref.id, content=filling.CONTENT, at=world.at)


def test_what_is_public_can_be_withdrawn_while_a_new_edition_is_written(world, second):
    ref = filling.published(world, second)
    actions.revise(actor=world.editor, document_id=ref.id, content=filling.CONTENT, at=world.at)
    do(DocumentVerb.WITHDRAW, world.editor, ref, world)
    assert queries.public_document(ref.id).state is DocumentState.WITHDRAWN
    with pytest.raises(Conflict, match="已经撤下"):
        do(DocumentVerb.SEND, world.editor, ref, world)


def test_a_stale_page_and_a_second_press_do_nothing_twice(world, second):
    first = actions.start(
        actor=world.editor, organ_id=world.organ_id, content=filling.CONTENT, at=world.at, key="press-one"
    )
    again = actions.start(
        actor=world.editor, organ_id=world.organ_id, content=filling.CONTENT, at=world.at, key="press-one"
    )
    assert first == again
    sent = do(DocumentVerb.SEND, world.editor, first, world, key="press-two", version=1)
    assert do(DocumentVerb.SEND, world.editor, first, world, key="press-two", version=1) == sent
    with pytest.raises(Conflict):
        do(DocumentVerb.SEND, world.editor, first, world, key="press-one")
    with pytest.raises(Conflict):
        do(DocumentVerb.APPROVE, second, first, world, version=1)
    assert [act.act for act in acts_of(f"info:{first.id}")] == ["publicinfo.start", "publicinfo.send"]


@pytest.mark.parametrize("organ", ["other", "clerk"])
def test_only_editors_write_and_only_for_their_organ(world, organ):
    actor = world.editor if organ == "other" else world.clerk
    organ_id = world.other_organ_id if organ == "other" else world.organ_id
    with pytest.raises(Forbidden):
        actions.start(actor=actor, organ_id=organ_id, content=filling.CONTENT, at=world.at)


def test_bad_content_and_reasons_are_refused_by_field(world, second):
    with pytest.raises(Invalid) as refused:
        filling.draft(world, title="", kind="x")
    assert set(refused.value.fields) == {"title", "kind"}
    ref = filling.in_review(world)
    with pytest.raises(Invalid) as refused:
        do(DocumentVerb.SEND_BACK, second, ref, world, reason=" ")
    assert set(refused.value.fields) == {"reason"}


def test_the_filter_and_the_answer_for_one_agree(world, second):
    from tongban.offers.publicinfo.access import sees, visible_to

    for state in (s for s in DocumentState if s is not DocumentState.REVISED):
        made_in(world, second, state)
    for actor in (PUBLIC, world.applicant, world.clerk, world.editor, second):
        for row in DocumentEdition.objects.select_related("document"):
            listed = DocumentEdition.objects.filter(visible_to(actor), pk=row.pk).exists()
            assert listed == sees(actor, organ_id=row.document.organ_id, state=DocumentState(row.state))


def test_the_desk_shows_the_latest_edition_of_each_document_to_its_editors(world, second):
    ref = filling.published(world, second)
    actions.revise(actor=world.editor, document_id=ref.id, content=filling.CONTENT, at=world.at)
    filling.draft(world)
    assert sorted(d.number for d in queries.desk(second)) == [1, 2]
    assert [d.number for d in queries.desk(second, state=DocumentState.PUBLISHED)] == []
    assert queries.desk(world.clerk) == []
    with pytest.raises(NotFound):
        queries.one(world.clerk, ref.id)
    told = queries.life_of(second, ref.id)
    assert (told[0].verb, told[0].number) == (None, 2)
    with pytest.raises(NotFound):
        queries.life_of(world.clerk, ref.id)


def test_announcements_come_newest_first_page_by_page(world, second):
    refs = []
    for day in range(5):
        made = filling.in_review(world, kind="faq" if day == 2 else "notice")
        refs.append(made.id)
        actions.approve(
            actor=second, document_id=made.id, confirmed=True, at=world.at + timedelta(days=day // 2)
        )
    newest = [d.id for d in queries.announced()]
    assert set(newest) == set(refs)
    assert newest[0] == refs[4]
    assert [d.id for d in queries.announced(limit=2)] + [
        d.id for d in queries.announced(before=newest[1])
    ] == newest
    assert [d.id for d in queries.announced(kinds=[DocumentKind.FAQ])] == [refs[2]]
    assert queries.announced(before=uuid.uuid4()) == []


@pytest.mark.parametrize(
    "state", [s for s in DocumentState if s not in (DocumentState.DRAFT, DocumentState.REVISED)]
)
def test_the_database_refuses_to_change_what_was_sent_or_published(world, second, state):
    ref = made_in(world, second, state)
    statements = [
        "UPDATE info_edition SET body = 'x'",
        "DELETE FROM info_edition",
        "UPDATE info_edition SET writers = '{}'",
    ]
    if state is not DocumentState.IN_REVIEW:
        statements += [
            "UPDATE info_edition SET state = 'draft'",
            "UPDATE info_edition SET published_at = published_at + interval '1 day'",
        ]
    for statement in statements:
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} WHERE document_id = %s", [ref.id])


def test_the_database_refuses_a_publication_that_only_its_writer_read(world):
    ref = filling.draft(world)
    for reviewer in ("NULL", "writers[1]"):
        with (
            pytest.raises(IntegrityError, match="four_eyes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE info_edition SET state = 'published', published_at = made_at, reviewer_id = {reviewer}"
                " WHERE document_id = %s",
                [ref.id],
            )


def test_an_unknown_document_is_not_found(world):
    for call in (queries.public_document, queries.public_history):
        with pytest.raises(NotFound):
            call(uuid.uuid4())
    with pytest.raises(Refusal):
        actions.send(actor=world.editor, document_id=uuid.uuid4(), at=world.at)
    with pytest.raises(NotFound):
        queries.public_document(filling.draft(world).id)
