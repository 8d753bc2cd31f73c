"""Intermediary services and agencies: what their entries must tell, and that they live as announcements do."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DocumentKind,
    check_content,
    may_become,
)
from tongban.offers.publicinfo.rules.intermediaries import (
    agency_facts,
    check_agency,
    check_service,
    service_facts,
    typed,
)
from tongban.offers.publicinfo.tests import filling
from tongban.standards import credit_code


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def second(world: World) -> Actor:
    return filling.second_editor(world)


@pytest.fixture
def service(world: World, second: Actor) -> uuid.UUID:
    return filling.published(world, second, **filling.SERVICE).id


def agency(service: uuid.UUID, **changed: str) -> dict[str, str]:
    return filling.AGENCY | {"services": str(service)} | changed


# --- what an entry must tell --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("items", ""),
        ("items", "123"),
        ("items", "000123001000\nx"),
        ("basis", ""),
        ("basis", "《没有写完"),
        ("payer", "somebody"),
        ("pricing", ""),
        ("charge", ""),
        ("days", "0"),
        ("days", "401"),
        ("days", "五"),
        ("days", "-1"),
        ("days", "³"),
        ("result", " "),
        ("result", "\x00"),
        ("body", ""),
    ],
)
def test_a_service_names_the_field_that_is_wrong(name: str, wrong: str):
    assert check_content(filling.SERVICE)[1] == {}
    content, errors = check_content(filling.SERVICE | {name: wrong})
    assert content is None
    assert list(errors) == [name]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("credit_code", credit_code.make("91460000000000001")[:-1] + "0"),
        ("credit_code", "91460000"),
        ("credit_code", ""),
        ("qualifications", "只有名称"),
        ("qualifications", "名称；编号；2027-02-30"),
        ("qualifications", "名称；；长期"),
        ("services", ""),
        ("places", ""),
        ("address", ""),
        ("phone", "不知道"),
        ("charge", ""),
        ("since", "2026-13-01"),
        ("since", ""),
        ("title", "\u202e"),
    ],
)
def test_an_agency_names_the_field_that_is_wrong(name: str, wrong: str):
    given = agency(uuid.uuid4())
    assert check_content(given)[1] == {}
    content, errors = check_content(given | {name: wrong})
    assert content is None
    assert list(errors) == [name]


def test_a_free_service_needs_no_charge_and_an_agency_no_notes():
    free = filling.SERVICE | {"pricing": "free", "charge": ""}
    assert check_content(free)[1] == {}
    assert check_content(agency(uuid.uuid4(), body="", qualifications=""))[1] == {}


def test_a_service_is_read_back_as_it_was_typed():
    facts, errors = check_service(filling.SERVICE)
    assert not errors
    read = service_facts(facts)
    assert read.items == ("000123001000", "000123002000")
    assert [(c.title, c.article) for c in read.basis] == [("公共场所卫生管理条例", "第四条"), ("某办法", "")]
    assert (read.alone, read.days, read.payer.value, read.pricing.value) == (True, 7, "applicant", "market")


def test_a_qualification_holds_on_its_last_day_and_not_after():
    facts, errors = check_agency(agency(uuid.uuid4()))
    assert not errors
    limited, for_good = agency_facts(facts).qualifications
    assert limited.holds_on(date(2027, 12, 31))
    assert not limited.holds_on(date(2028, 1, 1))
    assert for_good.holds_on(date(2999, 1, 1))


_WORDS = st.text(st.sampled_from("卫生检测《》甲;；|a 1第条"), min_size=1, max_size=12)


@given(basis=st.lists(_WORDS, min_size=1, max_size=4), rows=st.lists(st.tuples(_WORDS, _WORDS), max_size=3))
def test_what_the_checks_take_they_take_again_unchanged(basis: list[str], rows: list[tuple[str, str]]):
    kept, errors = check_service(filling.SERVICE | {"basis": "\n".join(basis)})
    if not errors:
        assert check_service(typed(kept)) == (kept, {})
    lines = "\n".join(f"{name}；{number}；长期" for name, number in rows)
    kept, errors = check_agency(agency(uuid.uuid4(), qualifications=lines))
    if not errors:
        assert check_agency(typed(kept)) == (kept, {})


def test_only_announcements_may_change_their_kind():
    for before in DocumentKind:
        for after in DocumentKind:
            both = before in ANNOUNCED and after in ANNOUNCED
            assert may_become(before, after) == (before is after or both)


# --- the life ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_service_is_public_after_a_second_person_read_it_and_never_before(world: World, second: Actor):
    ref = filling.in_review(world, **filling.SERVICE)
    assert queries.services() == []
    with pytest.raises(Forbidden):
        actions.approve(actor=world.editor, document_id=ref.id, confirmed=True, at=world.at)
    actions.approve(actor=second, document_id=ref.id, confirmed=True, at=world.at)
    (shown,) = queries.services()
    assert shown.document.title == "公共场所卫生检测"
    assert queries.services(item="000123001000") == [shown]
    assert queries.services(item="000123009000") == []
    assert queries.service(ref.id) == shown


@pytest.mark.django_db
def test_lists_are_apart_from_announcements(world: World, second: Actor, service: uuid.UUID):
    assert queries.announced() == []
    with pytest.raises(NotFound):
        queries.public_document(service)
    notice = filling.published(world, second)
    assert [d.id for d in queries.announced()] == [notice.id]
    assert [s.document.id for s in queries.services()] == [service]
    with pytest.raises(NotFound):
        queries.service(notice.id)


@pytest.mark.django_db
def test_a_document_stays_on_its_list(world: World, second: Actor):
    ref = filling.draft(world)
    with pytest.raises(Invalid) as refused:
        actions.write(actor=world.editor, document_id=ref.id, content=filling.SERVICE, at=world.at)
    assert list(refused.value.fields) == ["kind"]
    public = filling.published(world, second, **filling.SERVICE)
    with pytest.raises(Invalid):
        actions.revise(actor=world.editor, document_id=public.id, content=filling.CONTENT, at=world.at)
    statement = "UPDATE info_edition SET kind = 'service', facts = '{\"a\": 1}' WHERE document_id = %s"
    actions.write(actor=world.editor, document_id=ref.id, content=filling.CONTENT, at=world.at)
    with connection.cursor() as cursor:
        cursor.execute(statement, [ref.id])  # alone it may: nothing else of this document is there
    other = filling.published(world, second)
    actions.revise(actor=world.editor, document_id=other.id, content=filling.CONTENT, at=world.at)
    with (
        pytest.raises(IntegrityError, match="one_family"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{statement} AND state = 'draft'", [other.id])


@pytest.mark.django_db
def test_the_database_refuses_facts_where_none_belong_and_their_change_after_sending(
    world: World, second: Actor, service: uuid.UUID
):
    notice = filling.draft(world)
    refused = (
        (IntegrityError, "facts_where_listed", "UPDATE info_edition SET facts = '{\"a\": 1}'", notice.id),
        (DatabaseError, "fixed", "UPDATE info_edition SET facts = facts || '{\"days\": 1}'", service),
    )
    for error, said, statement, document in refused:
        with pytest.raises(error, match=said), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} WHERE document_id = %s", [document])


@pytest.mark.django_db
def test_an_agency_names_services_and_places_that_are_here(world: World, second: Actor, service: uuid.UUID):
    waiting = filling.in_review(world, **filling.SERVICE | {"title": "还没公开的"})
    for changed, field in (
        ({"services": str(uuid.uuid4())}, "services"),
        ({"services": str(waiting.id)}, "services"),
        ({"services": f"{service}\nx"}, "services"),
        ({"places": "469999000000"}, "places"),
    ):
        with pytest.raises(Invalid) as refused:
            filling.draft(world, **agency(service, **changed))
        assert list(refused.value.fields) == [field]


@pytest.mark.django_db
def test_an_agency_stands_once_on_the_list(world: World, second: Actor, service: uuid.UUID):
    ref = filling.draft(world, **agency(service))
    for _stage in ("draft", "published"):
        with pytest.raises(Invalid) as refused:
            filling.draft(world, **agency(service, title="另一个名字"))
        assert list(refused.value.fields) == ["credit_code"]
        if _stage == "draft":
            actions.send(actor=world.editor, document_id=ref.id, at=world.at)
            actions.approve(actor=second, document_id=ref.id, confirmed=True, at=world.at)
    other = filling.draft(world, **agency(service, credit_code=credit_code.make("91460000000000002")))
    with (
        pytest.raises(IntegrityError, match="info_agency_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE info_edition SET facts = (SELECT facts FROM info_edition WHERE document_id = %s),"
            " state = 'published', published_at = made_at, reviewer_id = %s WHERE document_id = %s",
            [ref.id, second.id, other.id],
        )


@pytest.mark.django_db
def test_an_agency_taken_off_the_list_says_why_and_may_be_entered_anew(
    world: World, second: Actor, service: uuid.UUID
):
    ref = filling.published(world, second, **agency(service))
    assert queries.agencies_by_service() == {service: 1}
    actions.withdraw(actor=world.editor, document_id=ref.id, reason="资质被吊销", at=world.at)
    assert queries.agencies() == []
    assert queries.agencies_by_service() == {}
    assert [(gone.id, gone.reason) for gone in queries.removed_agencies()] == [(ref.id, "资质被吊销")]
    again = filling.published(world, second, **agency(service))
    assert [each.document.id for each in queries.agencies()] == [again.id]


@pytest.mark.django_db
def test_agencies_are_found_by_service_and_by_place_above_and_below(
    world: World, second: Actor, service: uuid.UUID
):
    other = filling.published(world, second, **filling.SERVICE | {"title": "别的服务"}).id
    made = {}
    for number, (name, place, gives) in enumerate(
        [
            ("全省", worlds.PROVINCE, service),
            ("全市", worlds.CITY, service),
            ("本区", worlds.COUNTY, other),
            ("邻区", worlds.OTHER_COUNTY, service),
        ],
        2,
    ):
        code = credit_code.make(f"91460000{number:09d}")
        changed = {"title": name, "places": place, "credit_code": code}
        made[name] = filling.published(world, second, **agency(gives, **changed)).id

    def names(**asked) -> set[str]:
        return {each.document.title for each in queries.agencies(**asked)}

    assert names() == names(place=worlds.PROVINCE) == {"全省", "全市", "本区", "邻区"}
    assert names(place=worlds.COUNTY) == {"全省", "全市", "本区"}
    assert names(place=worlds.TOWN) == {"全省", "全市", "本区"}
    assert names(place=worlds.CITY) == {"全省", "全市", "本区", "邻区"}
    assert names(service=service, place=worlds.COUNTY) == {"全省", "全市"}
    assert names(place="469999000000") == set()
    assert queries.agencies_by_service(worlds.COUNTY) == {service: 2, other: 1}
    listed = queries.agencies(limit=2)
    rest = queries.agencies(after=listed[-1].document.id)
    assert {each.document.id for each in [*listed, *rest]} == set(made.values())
    assert len(listed) + len(rest) == 4
    assert queries.agencies(after=uuid.uuid4()) == []


@pytest.mark.django_db
def test_the_list_is_told_as_it_stood_at_a_moment(world: World, second: Actor):
    day = timedelta(days=1)
    ref = filling.published(world, second, **filling.SERVICE)
    newer = filling.SERVICE | {"days": "3"}
    actions.revise(actor=world.editor, document_id=ref.id, content=newer, at=world.at + day)
    actions.send(actor=world.editor, document_id=ref.id, at=world.at + day)
    actions.approve(actor=second, document_id=ref.id, confirmed=True, at=world.at + 2 * day)

    def days_at(at: datetime | None) -> list[int]:
        return [each.facts.days for each in queries.services(at=at)]

    assert days_at(world.at - day) == []
    assert days_at(world.at) == days_at(world.at + day) == [7]
    assert days_at(world.at + 2 * day) == days_at(None) == [3]
    assert [d.number for d in queries.public_history(ref.id, kinds=(DocumentKind.SERVICE,))] == [2, 1]
    actions.withdraw(actor=world.editor, document_id=ref.id, reason="不再需要", at=world.at + 3 * day)
    assert days_at(world.at) == days_at(None) == []


@pytest.mark.django_db
def test_of_two_who_enter_one_agency_at_the_same_moment_one_is_told(
    world: World, second: Actor, service: uuid.UUID, monkeypatch
):
    first = filling.in_review(world, **agency(service))
    from tongban.offers.publicinfo.actions import documents

    # As if the other had not been there yet when this one looked.
    monkeypatch.setattr(documents, "unknown_in_agency", lambda facts, document_id: {})
    other = filling.in_review(world, **agency(service))
    actions.approve(actor=second, document_id=first.id, confirmed=True, at=world.at)
    with pytest.raises(Conflict, match="已经在名录里"):
        actions.approve(actor=second, document_id=other.id, confirmed=True, at=world.at)
    assert [each.document.id for each in queries.agencies()] == [first.id]


@pytest.mark.django_db
def test_what_was_being_written_of_a_removed_agency_keeps_nobody_from_entering_it_anew(
    world: World, second: Actor, service: uuid.UUID
):
    ref = filling.published(world, second, **agency(service))
    actions.revise(
        actor=world.editor, document_id=ref.id, content=agency(service, phone="12345"), at=world.at
    )
    actions.withdraw(actor=world.editor, document_id=ref.id, reason="停业", at=world.at)
    again = filling.published(world, second, **agency(service))
    assert [each.document.id for each in queries.agencies()] == [again.id]
