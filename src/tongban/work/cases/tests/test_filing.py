"""Documents are made once, signed and numbered without gaps; notices are sent once; results are open; all of it for the right people."""

import subprocess
import uuid

import pytest
from django.db import connection
from tests import world as worlds

from tongban.base.actor import PUBLIC, system
from tongban.base.errors import Forbidden, Invalid, NotFound
from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import queries as ledger
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.models import Document, Notice
from tongban.work.cases.rules.moves import Verb

pytestmark = pytest.mark.django_db

FILER = system("tests.filer")
DAY = worlds.AT.date()


def rename_applicant(world: worlds.World, name: str) -> None:
    connection.cursor().execute("UPDATE party SET name = %s WHERE id = %s", [name, world.applicant.party_id])


def told(case_id) -> list[ledger.Act]:
    return [act for act in ledger.acts_of(f"case:{case_id}") if act.act == "cases.file_document"]


def test_a_document_is_made_once_whatever_runs_twice(world, tmp_path):
    case = worlds.accepted(world)
    for event in (1, 2):
        jobs.make_document(event, str(case.id), case.number)
    (made,) = [d for d in queries.one(world.applicant, case.id).documents if d.verb is Verb.ACCEPT]
    assert made.number == "龙华区卫健委许受〔2026〕1号"
    (entry,) = told(case.id)
    assert (entry.data["filed"], entry.data["number"], entry.data["file"]) == (
        str(made.id),
        made.number,
        made.file,
    )
    found = queries.document_file(world.applicant, case.id, made.id)
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"".join(found.chunks))
    assert found.size == paper.stat().st_size
    said = subprocess.run(["pdfsig", str(paper)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert list(queries.against_ledger()) == []


def test_numbers_of_a_series_have_no_gaps_even_where_a_paper_could_not_be_made(world):
    first = worlds.accepted(world)
    jobs.make_document(1, str(first.id), first.number)
    rename_applicant(world, "王\x07")  # no font draws it
    second = worlds.accepted(world)
    with pytest.raises(Invalid):
        jobs.make_document(2, str(second.id), second.number)
    rename_applicant(world, "王秀兰")
    jobs.make_document(2, str(second.id), second.number)
    numbers = Document.objects.filter(verb="accept").order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["龙华区卫健委许受〔2026〕1号", "龙华区卫健委许受〔2026〕2号"]


def test_organs_of_one_short_name_share_a_series_and_no_number_twice(world):
    connection.cursor().execute(
        "UPDATE organ SET short_name = %s WHERE id = %s", ["龙华区卫健委", world.other_organ_id]
    )
    case, other = worlds.accepted(world), worlds.accepted(world)
    connection.cursor().execute(
        "UPDATE case_file SET organ_id = %s WHERE id = %s", [world.other_organ_id, other.id]
    )
    for one in (case, other):
        jobs.make_document(1, str(one.id), one.number)
    assert Document.objects.filter(number__isnull=False).values("number").distinct().count() == 2


def test_only_the_platform_files_a_paper(world):
    case = worlds.accepted(world)
    (document,) = queries.unfiled(case.id)
    for person in (world.applicant, world.clerk, world.decider):
        with pytest.raises(Forbidden):
            actions.file_pdf(actor=person, document_id=document, at=worlds.AT)


def test_a_changed_file_of_a_document_is_found(world):
    case = worlds.accepted(world)
    jobs.make_document(1, str(case.id), case.number)
    Document.objects.filter(case_id=case.id).update(number="龙华区卫健委许受〔2026〕9号")
    (finding,) = queries.against_ledger()
    assert "number or file" in str(finding)


def test_applicant_and_clerk_read_the_paper_and_a_stranger_does_not(world):
    case = worlds.accepted(world)
    jobs.make_document(1, str(case.id), case.number)
    (document,) = Document.objects.filter(case_id=case.id)
    for person in (world.applicant, world.clerk, world.supervisor):
        assert b"%PDF" in next(iter(queries.document_file(person, case.id, document.id).chunks))
    for person in (world.stranger, world.other_clerk, PUBLIC):
        with pytest.raises(NotFound):
            queries.document_file(person, case.id, document.id)


def test_opinions_between_officials_get_no_paper(world):
    case = worlds.examined(world)
    jobs.make_document(1, str(case.id), case.number)
    assert {d.verb for d in Document.objects.filter(case_id=case.id, number__isnull=False)} == {"accept"}


# Notices.


def test_each_act_that_concerns_the_applicant_is_told_once(world):
    case = worlds.closed(world)
    for event in (1, 2, 3):
        jobs.notify(event, str(case.id), case.number)
    shown = [(notice.verb, notice.read_at is None) for notice in queries.notices(world.applicant)]
    assert shown == [(Verb.CLOSE, True), (Verb.GRANT, True), (Verb.ACCEPT, True), (Verb.SUBMIT, False)]
    assert queries.unread(world.applicant) == 3


def test_a_notice_that_was_missed_comes_with_the_next(world):
    case = worlds.submitted(world)
    jobs.notify(1, str(case.id), case.number)
    actions.accept(actor=world.clerk, case_id=case.id, at=worlds.AT)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="好", at=worlds.AT)
    actions.refuse(actor=world.decider, case_id=case.id, reason="不合格", article="第四条", at=worlds.AT)
    jobs.notify(3, str(case.id), case.number)
    assert [n.verb for n in queries.notices(world.applicant)] == [Verb.REFUSE, Verb.ACCEPT, Verb.SUBMIT]


def test_notices_are_read_by_their_addressee_alone(world):
    case = worlds.accepted(world)
    jobs.notify(1, str(case.id), case.number)
    for person in (world.stranger, world.clerk, PUBLIC):
        assert queries.notices(person) == []
        assert actions.read_notices(actor=person, at=worlds.AT) == 0
    assert actions.read_notices(actor=world.applicant, case_id=uuid.uuid4(), at=worlds.AT) == 0
    assert actions.read_notices(actor=world.applicant, case_id=case.id, at=worlds.AT) == 1
    assert queries.unread(world.applicant) == 0
    assert Notice.objects.filter(read_at__isnull=True).count() == 0


# Tracking.


def test_number_and_code_open_the_outline_and_say_no_name(world):
    case = worlds.accepted(world)
    jobs.make_document(1, str(case.id), case.number)
    code = queries.track_code(case.id)
    found = actions.track(
        number=f" {case.number[:10]} {case.number[10:]}", code=code.lower(), address="a", at=worlds.AT
    )
    assert found.applicant == "**兰"
    assert [step.verb for step in found.steps] == [Verb.SUBMIT, Verb.ACCEPT]
    assert found.documents[0].number == "龙华区卫健委许受〔2026〕1号"
    assert found.due_on is not None
    assert "小林" not in str(found)


def test_a_wrong_number_and_a_wrong_code_hear_the_same(world):
    case, other = worlds.submitted(world), worlds.submitted(world)
    heard = set()
    for number, code in (
        (case.number, queries.track_code(other.id)),
        (case.number, ""),
        (case.number, "二二二二二二二二"),
        ("X" * 43, queries.track_code(case.id)),
        ("编号", "22222222"),
        ("", ""),
    ):
        with pytest.raises(NotFound) as refused:
            actions.track(number=number, code=code, address=f"{number}{code}", at=worlds.AT)
        heard.add((refused.value.rule, refused.value.message))
    assert len(heard) == 1


def test_guesses_at_one_number_are_slowed_for_their_address_only(world):
    case = worlds.submitted(world)
    code = queries.track_code(case.id)
    for _ in range(5):
        with pytest.raises(NotFound):
            actions.track(number=case.number, code="22222222", address="a", at=worlds.AT)
    with pytest.raises(Forbidden):
        actions.track(number=case.number, code=code, address="a", at=worlds.AT)
    assert actions.track(number=case.number, code=code, address="b", at=worlds.AT).number == case.number


# Results.


def test_a_granted_licence_is_open_to_all_with_the_name_masked_and_a_refusal_is_not(world):
    granted, refused = worlds.closed(world), worlds.examined(world)
    actions.refuse(actor=world.decider, case_id=refused.id, reason="不合格", article="第四条", at=worlds.AT)
    for case in (granted, refused):
        jobs.make_document(1, str(case.id), case.number)
    (shown,) = queries.results(on=DAY)
    assert (shown.number, shown.holder_name) == ("龙华区卫健委许准〔2026〕1号", "**兰")
    assert (shown.decided_on, shown.revoked) == (DAY, False)
    assert shown.standing is not None
    assert shown.valid_to is not None
    assert [organ.id for organ in queries.organs_with_results()] == [world.organ_id]
    assert queries.results(on=DAY, organ_id=world.other_organ_id) == []
    assert queries.results(on=DAY, month=DAY.replace(day=1)) == [shown]
    assert queries.results(on=DAY, month=DAY.replace(month=12, day=1)) == []
    assert queries.results(on=DAY, item_id=world.item_id) == [shown]


def test_results_page_by_page_show_each_once_in_two_statements(world, django_assert_num_queries):
    cases = [worlds.granted(world) for _ in range(5)]
    for case in cases:
        jobs.make_document(1, str(case.id), case.number)
    seen, before = [], None
    while True:
        with django_assert_num_queries(2):
            page = queries.results(on=DAY, before=before, limit=2)
        seen += [one.number for one in page]
        if len(page) < 2:
            break
        before = (page[-1].decided_on, page[-1].id)
    assert len(seen) == len(set(seen)) == 5


# Receipts.


def test_a_receipt_proves_the_applicants_acts_and_nobody_else_gets_it(world):
    case = worlds.submitted(world)
    before = queries.own_receipt(world.applicant, case.id)
    assert (before.acts, before.waiting) == (0, 2)
    ledger_actions.seal(at=worlds.AT)
    actions.accept(actor=world.clerk, case_id=case.id, at=worlds.AT)
    found = queries.own_receipt(world.applicant, case.id)
    assert (found.acts, found.waiting) == (2, 0)
    assert all("cases.accept" not in entry["body"] for entry in found.content["entries"])
    for person in (world.clerk, world.decider, world.stranger, world.supervisor, PUBLIC):
        with pytest.raises(NotFound):
            queries.own_receipt(person, case.id)
