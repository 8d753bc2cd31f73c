"""Bundles through the database: one answer for all, all submitted or none, once, and nothing half done."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests import bundle as shops
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Bundle, Case
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.bundles import Phase
from tongban.work.cases.rules.moves import State


@pytest.fixture
def shop(world: worlds.World) -> shops.Shop:
    return shops.build(world)


def _found(world: worlds.World, ref: actions.BundleRef) -> queries.BundleFile:
    return queries.bundle(world.applicant, ref.id)


def _save(world: worlds.World, ref: actions.BundleRef, **values: object):
    return actions.save_bundle(actor=world.applicant, bundle_id=ref.id, values=values, at=worlds.AT)


def _attach(world: worlds.World, ref: actions.BundleRef, key: str):
    material = worlds.material(world)
    actions.attach_to_bundle(
        actor=world.applicant, bundle_id=ref.id, key=key, material_id=material, at=worlds.AT
    )
    return material


def test_each_item_goes_to_the_organ_that_is_responsible_at_the_place(world, shop):
    ref = shops.started(world)
    members = _found(world, ref).members
    assert [member.edition.item_code for member in members] == list(shop.items)
    assert [member.short for member in members] == ["卫生许可", "食品许可", "门店招牌"]
    assert {member.state for member in members} == {State.DRAFT}


def test_where_one_item_is_not_offered_the_bundle_cannot_be_started(world, shop):
    with pytest.raises(Conflict, match="换个地方"):
        actions.start_bundle(actor=world.applicant, code=shops.CODE, place=worlds.OTHER_COUNTY, at=worlds.AT)
    assert (Bundle.objects.count(), Case.objects.count()) == (0, 0)


def test_staff_and_nobody_start_no_bundle(world, shop):
    with pytest.raises(Forbidden):
        actions.start_bundle(actor=world.clerk, code=shops.CODE, place=worlds.COUNTY, at=worlds.AT)
    with pytest.raises(NotFound):
        actions.start_bundle(actor=world.applicant, code="no-such", place=worlds.COUNTY, at=worlds.AT)


def test_one_answer_goes_to_every_item_that_asks_it(world, shop):
    ref = shops.started(world)
    assert _save(world, ref, shop_name="阿秀饭店", address="滨海大道1号", kitchen="12") == {}
    forms = [member.form for member in _found(world, ref).members]
    assert [form.get("shop_name") or form.get("unit_name") for form in forms] == ["阿秀饭店"] * 3
    assert [form["address"] for form in forms] == ["滨海大道1号"] * 3
    assert ["kitchen" in form for form in forms] == [False, True, False]


def test_an_answer_that_one_item_cannot_take_is_taken_by_none_and_told_once(world, shop):
    ref = shops.started(world)
    errors = _save(world, ref, shop_name="长" * 50, address="滨海大道1号")
    assert list(errors) == ["shop_name"]
    assert _found(world, ref).answers == {"address": "滨海大道1号"}


def test_an_empty_answer_takes_the_earlier_one_out_everywhere(world, shop):
    ref = shops.filled(world)
    assert _save(world, ref, shop_name="") == {}
    assert "shop_name" not in _found(world, ref).answers


def test_one_material_goes_to_every_item_that_wants_it_and_out_of_all_again(world, shop):
    ref = shops.started(world)
    material = _attach(world, ref, "layout")
    found = _found(world, ref)
    assert [[one.key for one in member.attachments] for member in found.members] == [["plan"], ["layout"], []]
    assert [(key, one.material_id) for key, _, one in found.given()] == [("layout", material)]
    actions.detach_from_bundle(actor=world.applicant, bundle_id=ref.id, key="layout", material_id=material)
    assert _found(world, ref).given() == []


def test_a_material_nobody_wants_and_one_of_somebody_else_are_refused(world, shop):
    ref = shops.started(world)
    with pytest.raises(Invalid):
        _attach(world, ref, "lease")  # asked only where the place is rented
    with pytest.raises(NotFound):
        actions.attach_to_bundle(
            actor=world.applicant,
            bundle_id=ref.id,
            key="layout",
            material_id=worlds.material(world, world.stranger),
            at=worlds.AT,
        )


def test_a_bundle_is_its_applicants_alone(world, shop):
    ref = shops.filled(world)
    for actor in (world.stranger, world.clerk):
        with pytest.raises(NotFound):
            queries.bundle(actor, ref.id)
        with pytest.raises(NotFound):
            actions.save_bundle(actor=actor, bundle_id=ref.id, values={}, at=worlds.AT)
        with pytest.raises(NotFound):
            actions.submit_bundle(actor=actor, bundle_id=ref.id, at=worlds.AT)


def test_a_draft_of_a_bundle_is_not_filled_in_sent_or_thrown_away_by_itself(world, shop):
    case = _found(world, shops.filled(world)).members[0].id
    for act in (
        lambda: actions.save(actor=world.applicant, case_id=case, values={"area": "1"}, at=worlds.AT),
        lambda: actions.submit(actor=world.applicant, case_id=case, at=worlds.AT),
        lambda: actions.discard(actor=world.applicant, case_id=case, at=worlds.AT),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.rule == "cases.in_bundle"


def test_all_are_submitted_together_under_one_number(world, shop):
    ref = shops.submitted(world)
    found = _found(world, ref)
    assert found.number == ref.number == "YJS20261102000001"
    assert {member.state for member in found.members} == {State.SUBMITTED}
    assert all(member.number for member in found.members)
    assert {member.submitted_at for member in found.members} == {found.submitted_at}
    acts = [act.act for act in ledger.acts_of(f"bundle:{ref.id}")]
    assert acts == ["bundles.start", "bundles.submit"]
    for member in found.members:
        assert [a.act for a in ledger.acts_of(f"case:{member.id}")] == ["cases.start", "cases.submit"]
    assert list(queries.bundles_against_ledger()) == []
    assert list(queries.against_ledger()) == []


def test_where_one_item_is_incomplete_nothing_is_submitted_and_all_that_is_missing_is_told(world, shop):
    ref = shops.filled(world)
    _save(world, ref, kitchen="", words_2="", own_place="")
    entries = ledger.counts()[0]
    with pytest.raises(Invalid) as refused:
        actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT)
    assert set(refused.value.fields) == {"field:own_place", "field:kitchen", "field:words_2"}
    assert set(queries.bundle_lacks(_found(world, ref), worlds.AT.date())) == set(refused.value.fields)
    assert set(Case.objects.values_list("state", "number")) == {("draft", None)}
    assert ledger.counts()[0] == entries


_BREAKS = """
    CREATE FUNCTION power_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the power is gone'; END $$;
    CREATE TRIGGER power_gone BEFORE UPDATE OF number ON case_file
        FOR EACH ROW WHEN (NEW.number LIKE '%%{code}%%') EXECUTE FUNCTION power_gone();
"""


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_breaks_at_any_item_leaves_nothing_half_done(world, shop, number):
    ref = shops.filled(world)
    before = list(Case.objects.order_by("id").values())
    entries = ledger.counts()[0]
    with connection.cursor() as cursor:
        cursor.execute(_BREAKS.format(code=shops.CODES[number]).replace("%%", "%"))
    with pytest.raises(DatabaseError, match="the power is gone"), transaction.atomic():
        actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT)
    assert list(Case.objects.order_by("id").values()) == before
    assert ledger.counts()[0] == entries
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER power_gone ON case_file")
    sent = actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT)
    assert sent.number == "YJS20261102000001"  # the serial of the broken one was given back


def test_the_second_press_gets_the_first_answer_and_does_nothing(world, shop):
    start = {
        "actor": world.applicant,
        "code": shops.CODE,
        "place": worlds.COUNTY,
        "at": worlds.AT,
        "key": "s",
    }
    assert actions.start_bundle(**start) == actions.start_bundle(**start)
    assert Bundle.objects.count() == 1
    ref = shops.filled(world)
    version = _found(world, ref).version
    press = {"actor": world.applicant, "bundle_id": ref.id, "at": worlds.AT, "key": "k", "version": version}
    first = actions.submit_bundle(**press)
    entries = ledger.counts()[0]
    assert actions.submit_bundle(**press) == first
    assert ledger.counts()[0] == entries
    with pytest.raises(Conflict):
        actions.submit_bundle(**press | {"key": "other"})


def test_a_stale_page_does_not_submit(world, shop):
    ref = shops.filled(world)
    version = _found(world, ref).version
    _save(world, ref, kitchen="13")
    with pytest.raises(Conflict) as refused:
        actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT, version=version)
    assert refused.value.rule == "cases.bundle_version"


def test_delivery_is_chosen_once_and_stands_in_every_case_without_an_address_in_the_ledger(world, shop):
    ref = shops.filled(world)
    _save(world, ref, delivery="post", post_address="海甸岛一东路1号")
    actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT)
    kept = list(Case.objects.values_list("delivery", flat=True))
    assert {(one["way"], "海甸岛" in str(one)) for one in kept} == {("post", False)}  # where to is sealed
    assert list(queries.against_ledger()) == []
    for member in _found(world, ref).members:
        assert "海甸岛" not in str([act.data for act in ledger.acts_of(f"case:{member.id}")])


def test_what_is_undecided_is_withdrawn_together_and_what_is_decided_stays(world, shop):
    ref = shops.submitted(world)
    first = _found(world, ref).members[0].id
    actions.decline(actor=world.clerk, case_id=first, reason="不归我们管", article="第三十二条", at=worlds.AT)
    actions.withdraw_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT, key="w")
    found = _found(world, ref)
    assert [member.state for member in found.members] == [State.DECLINED, State.WITHDRAWN, State.WITHDRAWN]
    assert found.outlook.phase is Phase.OVER
    assert (
        actions.withdraw_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT, key="w").id == ref.id
    )
    with pytest.raises(Conflict):
        actions.withdraw_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT)
    assert list(queries.bundles_against_ledger()) == []


def test_drafts_are_thrown_away_together_and_what_is_submitted_is_not(world, shop):
    ref = shops.filled(world)
    actions.discard_bundle(actor=world.applicant, bundle_id=ref.id, at=worlds.AT)
    assert (Bundle.objects.count(), Case.objects.count()) == (0, 0)
    assert list(queries.bundles_against_ledger()) == []
    with pytest.raises(Conflict):
        actions.discard_bundle(actor=world.applicant, bundle_id=shops.submitted(world).id, at=worlds.AT)


def test_one_due_date_is_the_latest_of_the_items_and_follows_them(world, shop):
    ref = shops.submitted(world)
    before = _found(world, ref).outlook
    assert before.phase is Phase.RUNNING
    assert before.estimated
    assert before.critical == 1  # ten days promised for the food permit
    for place in (0, 1):
        case = _found(world, ref).members[place].id
        actions.accept(actor=world.clerk, case_id=case, at=worlds.AT + timedelta(hours=1))
    after = _found(world, ref)
    assert after.members[1].promised_on is not None
    assert before.day is not None
    assert after.outlook.day is not None
    assert after.members[1].promised_on <= after.outlook.day <= before.day


def test_a_submitted_member_is_supplemented_on_its_own_page(world, shop):
    ref = shops.submitted(world)
    case = _found(world, ref).members[0].id
    demands = [Demand("field:address", "请写到门牌号。")]
    actions.request_supplement(actor=world.clerk, case_id=case, demands=demands, at=worlds.AT)
    assert _found(world, ref).outlook.phase is Phase.YOURS
    errors = actions.save(
        actor=world.applicant, case_id=case, values={"address": "滨海大道1号三楼"}, at=worlds.AT
    )
    assert errors == {}
    actions.resubmit(actor=world.applicant, case_id=case, at=worlds.AT)
    assert _found(world, ref).outlook.phase is Phase.RUNNING


def test_a_row_changed_behind_the_ledger_is_found(world, shop):
    ref = shops.submitted(world)
    Bundle.objects.filter(pk=ref.id).update(place=worlds.OTHER_COUNTY)
    assert [finding.row for finding in queries.bundles_against_ledger()] == [f"case_bundle({ref.id})"]
    Bundle.objects.filter(pk=ref.id).update(place=worlds.TOWN)
    Case.objects.filter(pk=_found(world, ref).members[2].id).update(bundle_id=None)
    assert any("its cases" in finding.problem for finding in queries.bundles_against_ledger())


def test_items_with_a_newer_guide_are_changed_together_and_then_submitted_without_losing_an_answer(
    world, shop
):
    ref = shops.filled(world)
    later = worlds.AT + timedelta(days=1)
    form = queries.bundle(world.applicant, ref.id).members[0].edition.guide.form.model_dump(mode="json")
    worlds.publish_edition(world.editor, world.item_id, starts_on=later.date(), form=form, keywords=["新版"])
    with pytest.raises(Conflict) as refused:
        actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=later)
    assert refused.value.rule == actions.EDITION_ENDED
    assert queries.bundle_behind(_found(world, ref), later.date()) == ["卫生许可"]
    answers = _found(world, ref).answers
    actions.upgrade_bundle(actor=world.applicant, bundle_id=ref.id, at=later)
    assert queries.bundle_behind(_found(world, ref), later.date()) == []
    assert _found(world, ref).answers == answers
    assert actions.submit_bundle(actor=world.applicant, bundle_id=ref.id, at=later).number
    assert list(queries.bundles_against_ledger()) == list(queries.against_ledger()) == []


def test_a_bundle_that_does_not_exist_is_absent(world, shop):
    with pytest.raises(NotFound):
        queries.bundle(world.applicant, new_id())
