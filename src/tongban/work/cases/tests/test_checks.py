"""Checks of promises: the table, every state by every verb, who may, lists, the ledger as witness; and what is never asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger import queries as ledger
from tongban.offers.catalogue.rules.guide import Guide
from tongban.records.licences import queries as licences
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.access import may_check
from tongban.work.cases.models import Case, Check, Document
from tongban.work.cases.queries import Reviewed, Which
from tongban.work.cases.rules.application import Demand, check_complete, replaced, still_to_come
from tongban.work.cases.rules.checks import (
    CHECK_LABELS,
    CHECK_MOVES,
    CHECK_VERB_LABELS,
    UNREPAIRED,
    CheckState,
    CheckVerb,
    find_check,
    moves_from,
)
from tongban.work.cases.rules.checks_witness import expected_check
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.letters import Facts, letter
from tongban.work.cases.rules.moves import State, Verb

CODE = "000123011000"
TODAY = date(2026, 11, 2)
S, V = CheckState, CheckVerb
# The life of a check, written a second time.
LIFE = {
    (S.SCHEDULED, V.ASSIGN): (S.SCHEDULED, "decider"),
    (S.SCHEDULED, V.KEEP): (S.KEPT, "reviewer"),
    (S.SCHEDULED, V.BREACH): (S.BREACHED, "reviewer"),
    (S.BREACHED, V.RECTIFY): (S.RECTIFIED, "reviewer"),
    (S.BREACHED, V.REVOKE): (S.REVOKED, "decider"),
    (S.RECTIFIED, V.REPAIR): (S.REPAIRED, "decider"),
    (S.REVOKED, V.REPAIR): (S.REPAIRED, "decider"),
}
WAYS = {
    S.SCHEDULED: (),
    S.KEPT: (V.KEEP,),
    S.BREACHED: (V.BREACH,),
    S.RECTIFIED: (V.BREACH, V.RECTIFY),
    S.REVOKED: (V.BREACH, V.REVOKE),
    S.REPAIRED: (V.BREACH, V.RECTIFY, V.REPAIR),
}


# Rules, without a database.


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("verb", V)
def test_every_state_and_verb_is_in_the_table_or_cannot_happen(state: S, verb: V):
    move = find_check(state, verb)
    told = None if move is None else (move.target, move.role)
    assert told == LIFE.get((state, verb))
    assert (move in moves_from(state)) == (move is not None)


def test_the_table_has_no_row_twice_and_every_state_and_verb_has_its_word():
    assert len(CHECK_MOVES) == len(LIFE) == len(set(CHECK_MOVES))
    assert set(CHECK_LABELS) == set(S)
    assert set(CHECK_VERB_LABELS) == set(V)


def test_a_breach_stays_on_record_through_everything_but_its_repair():
    assert {state for state in S if V.BREACH in WAYS[state]} - {S.REPAIRED} == UNREPAIRED


@pytest.mark.parametrize("move", CHECK_MOVES, ids=lambda move: f"{move.source}-{move.verb}")
def test_a_move_of_a_check_is_made_by_its_role_in_the_deciding_organ_and_by_nobody_else(move):
    here, elsewhere = engine.unknown(), engine.unknown()
    for role in ("clerk", "reviewer", "decider", "head", "editor", "supervisor"):
        for organ in (here, elsewhere):
            actor = Actor(ActorKind.STAFF, engine.unknown(), posts=frozenset({Post(role, organ)}))
            allowed, reason = may_check(actor, move, here)
            assert allowed == (role == move.role and organ == here)
            assert bool(reason) != allowed


def guide(**changed: object) -> Guide:
    return Guide.model_validate(worlds.GUIDE | changed)


def test_what_was_promised_instead_is_neither_missing_nor_waited_for_and_only_by_whom_promised():
    promising = guide(**engine.COMMITMENT)
    asked = {"material:report", "material:lease"}
    assert set(check_complete(promising, worlds.FORM, ())) == asked
    assert set(check_complete(promising, worlds.FORM, (), committed=True)) == asked - {"material:report"}
    assert set(check_complete(guide(), worlds.FORM, (), committed=True)) == asked  # it knows no promise
    deferring = guide(**engine.COMMITMENT, **engine.later("report", "lease"))
    assert [m.key for m in still_to_come(deferring, worlds.FORM, ())] == ["report", "lease"]
    assert [m.key for m in still_to_come(deferring, worlds.FORM, (), committed=True)] == ["lease"]
    assert replaced(promising, committed=False) == frozenset()


def test_a_granting_on_a_promise_tells_the_very_text_and_its_digest():
    text = guide(**engine.COMMITMENT).commitment
    facts = Facts(guide(), dates=Dates(), committed=True, promise=text, promise_digest="ab" * 32)
    for verb in (Verb.GRANT, Verb.GRANT_AT_ONCE):
        rows = {row.label: row.value for row in letter(verb, {"note": ""}, facts).rows}
        assert "卫生检测报告合格。" in str(rows["您承诺的内容"])
        assert rows["承诺不实的后果"] == "承诺不实的，撤销许可。"
        assert rows["承诺书校验码"] == "ab" * 32
    plain = letter(Verb.GRANT, {"note": ""}, Facts(guide()))
    assert {row.label for row in plain.rows} == {"您会得到"}


class Told:
    """An act as the ledger tells it."""

    def __init__(self, act: str, **data: object) -> None:
        self.act, self.data = f"cases.{act}", data
        self.at, self.actor = datetime(2026, 11, 2, tzinfo=UTC), {"id": "x"}


def test_the_acts_of_a_case_tell_its_check_and_a_decision_without_a_promise_tells_none():
    assert expected_check([Told("submit"), Told("grant")]) is None
    row = expected_check([Told("submit", committed={}), Told("grant_at_once", check_due_on="2026-12-14")])
    assert row is not None
    assert (row["state"], row["due_on"], row["checked_at"]) == (S.SCHEDULED, "2026-12-14", None)
    acts = [
        Told("submit", committed={}),
        Told("grant"),
        Told("check_assign", check="scheduled", assignee="a"),
        Told("check_breach", check="breached", finding="假的", rectify_by="2026-12-01"),
        Told("check_rectify", check="rectified", finding="改好了"),
    ]
    found = expected_check(acts)
    assert found is not None
    assert "due_on" not in found  # an act from before it was told
    assert (found["state"], found["assignee_id"], found["finding"]) == ("rectified", "a", "假的")
    assert found["ended_at"] == acts[0].at


# Through the database.


def promised(world: worlds.World, code: str = "") -> actions.Ref:
    """A closed case that was decided at once on a promise."""
    code = code or engine.item(world, CODE, **engine.COMMITMENT)
    draft = engine.draft(world, code, without=("report",))
    actions.commit(actor=world.applicant, case_id=draft.id, agreed=True, at=world.at)
    actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    granted = actions.grant_at_once(actor=world.decider, case_id=draft.id, note="", at=world.at)
    engine.issued(granted)
    return granted


def do(verb: V, actor: Actor, case_id, *, at=worlds.AT, key=None, to=None):
    given = {"actor": actor, "case_id": case_id, "at": at, "key": key}
    if verb is V.ASSIGN:
        return actions.assign_check(to=to, **given)
    if verb is V.KEEP:
        return actions.find_kept(finding="和承诺一样。", **given)
    if verb is V.BREACH:
        until = at.date() + timedelta(days=30)
        return actions.find_breach(finding="报告是假的。", rectify_by=until, **given)
    if verb is V.RECTIFY:
        return actions.find_rectified(finding="补测合格。", **given)
    if verb is V.REVOKE:
        return actions.revoke_for_breach(reason="逾期没有改正。", article="行政许可法第六十九条", **given)
    return actions.repair_record(reason="整改满三个月。", **given)


def brought(world: worlds.World, state: S) -> actions.Ref:
    case = promised(world)
    for verb in WAYS[state]:
        move = find_check(S(Check.objects.get(pk=case.id).state), verb)
        do(verb, getattr(world, move.role), case.id)
    assert Check.objects.get(pk=case.id).state == state
    return case


WHO = ("applicant", "stranger", "clerk", "reviewer", "decider", "head", "editor", "other_clerk", "supervisor")


@pytest.mark.parametrize("state", S)
def test_every_verb_by_every_role_moves_a_check_only_as_the_table_says(world, state: S):
    case = brought(world, state)
    before, entries = Check.objects.values().get(pk=case.id), ledger.counts()[0]
    for verb in V:
        move = find_check(state, verb)
        for who in WHO:
            if move is not None and who == move.role:
                continue
            with pytest.raises((NotFound, Forbidden, Conflict)):
                do(verb, getattr(world, who), case.id, to=world.reviewer.id)
            assert (Check.objects.values().get(pk=case.id), ledger.counts()[0]) == (before, entries)


@pytest.mark.parametrize(("state", "verb"), LIFE, ids=str)
def test_each_row_of_the_table_is_written_once_however_often_it_is_pressed(world, state: S, verb: V):
    case = brought(world, state)
    role = LIFE[state, verb][1]
    entries = ledger.counts()[0]
    do(verb, getattr(world, role), case.id, key="press", to=world.reviewer.id)
    after = ledger.counts()[0]
    do(verb, getattr(world, role), case.id, key="press", to=world.reviewer.id)
    assert ledger.counts()[0] == after
    # Revoking writes three entries: of the case, of its licence, of its check.
    assert after - entries == (3 if verb is V.REVOKE else 1)
    assert Check.objects.get(pk=case.id).state == LIFE[state, verb][0]
    assert list(queries.checks_against_ledger()) == []


def test_a_promise_broken_and_not_mended_takes_decision_and_licence_with_it(world):
    case = brought(world, S.BREACHED)
    do(V.REVOKE, world.decider, case.id)
    assert queries.one(world.applicant, case.id).state is State.REVOKED
    licence = licences.of_case(world.applicant, case.id, on=TODAY)
    assert licence is not None
    assert licence.revoked_because == "逾期没有改正。"


def test_a_decision_that_was_revoked_by_itself_leaves_its_check_to_be_ended(world):
    case = brought(world, S.BREACHED)
    actions.revoke(
        actor=world.decider, case_id=case.id, reason="另有原因。", article="第六十九条", at=world.at
    )
    assert do(V.REVOKE, world.decider, case.id).state is State.REVOKED
    assert Check.objects.get(pk=case.id).state == S.REVOKED


def test_an_empty_word_or_a_day_out_of_bounds_is_told_at_its_field_and_writes_nothing(world):
    case = promised(world)
    given = {"actor": world.reviewer, "case_id": case.id, "at": world.at}
    entries = ledger.counts()[0]
    for until in (None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=181)):
        with pytest.raises(Invalid) as refusal:
            actions.find_breach(finding=" ", rectify_by=until, **given)
        assert set(refusal.value.fields) == {"finding", "rectify_by"}
    with pytest.raises(Invalid):
        actions.find_kept(finding="", **given)
    with pytest.raises(Conflict) as other:
        actions.assign_check(actor=world.decider, case_id=case.id, to=world.other_clerk.id, at=world.at)
    assert other.value.rule == "cases.colleague"
    assert ledger.counts()[0] == entries
    actions.find_breach(finding="假的", rectify_by=TODAY + timedelta(days=180), **given)


def test_a_case_without_a_promise_has_no_check(world):
    case = worlds.closed(world)
    assert queries.check_of(world.reviewer, case.id) is None
    with pytest.raises(NotFound):
        do(V.KEEP, world.reviewer, case.id)
    with pytest.raises(NotFound):
        queries.check(world.reviewer, case.id)


def test_applicant_organ_and_supervisor_read_a_check_and_a_stranger_does_not(world):
    case = brought(world, S.BREACHED)
    for reader in (world.applicant, world.reviewer, world.decider, world.clerk, world.supervisor):
        found = queries.check(reader, case.id)
        assert (found.state, found.finding) == (S.BREACHED, "报告是假的。")
    assert [m.verb for m in queries.check(world.reviewer, case.id).moves] == [V.RECTIFY]
    assert [m.verb for m in queries.check(world.decider, case.id).moves] == [V.REVOKE]
    assert queries.check(world.applicant, case.id).moves == ()
    for outsider in (world.stranger, world.other_clerk, world.editor, PUBLIC):
        assert queries.check_of(outsider, case.id) is None
        assert queries.checks(outsider, Which.ALL, today=TODAY) == []
    assert queries.checks(world.applicant, Which.ALL, today=TODAY) == []  # her own case is no work of hers
    assert [row.case_id for row in queries.checks(world.supervisor, Which.ALL, today=TODAY)] == [case.id]


def test_the_list_shows_the_most_pressing_first_and_what_is_late_by_the_day_alone(world):
    code = engine.item(world, CODE, **engine.COMMITMENT)
    scheduled, kept, mine = (promised(world, code) for _ in range(3))
    broken = promised(world, code)
    do(V.KEEP, world.reviewer, kept.id)
    do(V.ASSIGN, world.decider, mine.id, to=world.reviewer.id)
    do(V.BREACH, world.reviewer, broken.id)

    def listed(which: Which, today: date = TODAY) -> list[object]:
        return [row.case_id for row in queries.checks(world.reviewer, which, today=today)]

    assert listed(Which.OPEN) == [broken.id, scheduled.id, mine.id]  # 2 December before 14 December
    assert listed(Which.MINE) == [mine.id]
    assert listed(Which.BAD) == [broken.id]
    assert set(listed(Which.ALL)) == {scheduled.id, kept.id, mine.id, broken.id}
    assert listed(Which.LATE) == []
    assert listed(Which.LATE, date(2026, 12, 2)) == []  # the last day is still in time
    assert listed(Which.LATE, date(2026, 12, 3)) == [broken.id]
    assert listed(Which.LATE, date(2026, 12, 15)) == [broken.id, scheduled.id, mine.id]
    first = queries.checks(world.reviewer, Which.OPEN, today=TODAY, limit=1)[0]
    rest = queries.checks(world.reviewer, Which.OPEN, today=TODAY, after=(first.by, first.case_id))
    assert [row.case_id for row in rest] == [scheduled.id, mine.id]


def test_a_bad_record_is_shown_to_who_handles_a_case_of_that_party_and_ends_with_its_repair(world):
    broken = brought(world, S.BREACHED)
    next_case = worlds.submitted(world)
    for reader in (world.clerk, world.decider, world.applicant):
        case = queries.one(reader, next_case.id)
        assert [one.case_id for one in queries.bad_records(reader, case)] == [broken.id]
    do(V.RECTIFY, world.reviewer, broken.id)
    assert [one.state for one in queries.bad_records_of(world.applicant.party_id)] == [S.RECTIFIED]
    do(V.REPAIR, world.decider, broken.id)
    assert queries.bad_records_of(world.applicant.party_id) == []


def test_checks_are_held_against_the_ledger_and_each_changed_column_is_named(world):
    case = brought(world, S.BREACHED)
    assert list(queries.checks_against_ledger()) == []
    for column, value in (
        ("due_on", date(2030, 1, 1)),
        ("state", "kept"),
        ("finding", "没有问题"),
        ("rectify_by", date(2030, 1, 1)),
        ("assignee_id", world.reviewer.id),
    ):
        before = Check.objects.values_list(column, flat=True).get(pk=case.id)
        execute(f"UPDATE case_check SET {column} = %s WHERE case_id = %s", [value, case.id])
        found = [finding.problem for finding in queries.checks_against_ledger()]
        assert found == [f"changed: {column} is not what its last act left"]
        execute(f"UPDATE case_check SET {column} = %s WHERE case_id = %s", [before, case.id])
    plain = worlds.closed(world)
    execute("UPDATE case_check SET case_id = %s WHERE case_id = %s", [plain.id, case.id])
    assert {finding.problem for finding in queries.checks_against_ledger()} == {
        "changed: the ledger knows no check of this case",
        "missing: recorded in the ledger",
    }


def test_a_check_that_is_gone_is_missed(world):
    case = promised(world)
    execute("DELETE FROM case_check WHERE case_id = %s", [case.id])
    assert [finding.problem for finding in queries.checks_against_ledger()] == [
        "missing: recorded in the ledger"
    ]


# What the platform holds or was promised is never asked.


def holding(*keys: str, requirement: str = "required") -> dict[str, object]:
    """The plain materials, these of which the licence of the plain item (type 123) stands for."""
    found = engine.later(*(keys if requirement == "later" else ()))
    for one in found["materials"]:  # type: ignore[attr-defined] # a list, see engine.later
        if one["key"] in keys:
            one["licence"] = "123"
    return found


def holder(world: worlds.World) -> None:
    """The applicant holds the licence of the plain item, type 123, since before the tests' day."""
    case = worlds.closed(world)
    execute("UPDATE licence SET valid_from = %s WHERE case_id = %s", [date(2026, 1, 1), case.id])


def test_what_an_electronic_licence_proves_is_asked_neither_at_submission_nor_in_a_supplement(world):
    code = engine.item(world, CODE, **holding("report"))
    before = engine.draft(world, code, without=("report",))
    with pytest.raises(Invalid) as refusal:
        actions.submit(actor=world.applicant, case_id=before.id, at=world.at)
    assert set(refusal.value.fields) == {"material:report"}  # she holds none yet
    holder(world)
    sent = actions.submit(actor=world.applicant, case_id=before.id, at=world.at)
    held = [moment.data["held"] for moment in queries.one(world.clerk, sent.id).moments]
    assert set(held[0]) == {"report"}
    for ask in (actions.request_supplement, actions.propose_second_notice):
        more = {} if ask is actions.request_supplement else {"because": "x", "rests_on": "field:address"}
        with pytest.raises((Invalid, Conflict)) as refusal:
            ask(
                actor=world.clerk,
                case_id=sent.id,
                demands=[Demand("material:report", "请交报告")],
                at=world.at,
                **more,
            )
        assert "material:report" in refusal.value.fields
    assert not Document.objects.filter(case_id=sent.id).exists()


def test_a_deferred_material_that_a_licence_proves_is_not_waited_for(world):
    code = engine.item(world, CODE, **holding("lease", requirement="later"))
    waits = engine.accepted(world, code, without=("lease",))
    assert Case.objects.get(pk=waits.id).later_by is not None
    holder(world)
    free = engine.accepted(world, code, without=("lease",))
    assert Case.objects.get(pk=free.id).later_by is None
    actions.examine(actor=world.reviewer, case_id=free.id, opinion="符合", at=world.at)
    granted = actions.grant(actor=world.decider, case_id=free.id, note="", at=world.at)
    assert granted.state is State.GRANTED


def test_what_a_commitment_stands_for_is_asked_of_nobody_who_committed(world):
    code = engine.item(world, CODE, **engine.COMMITMENT)
    draft = engine.draft(world, code, without=("report",))
    actions.commit(actor=world.applicant, case_id=draft.id, agreed=True, at=world.at)
    actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    demands = [Demand("material:report", "请交报告")]
    with pytest.raises(Invalid) as refusal:
        actions.request_supplement(actor=world.clerk, case_id=draft.id, demands=demands, at=world.at)
    assert "material:report" in refusal.value.fields
    ordinary = engine.submitted(world, code)
    assert actions.request_supplement(actor=world.clerk, case_id=ordinary.id, demands=demands, at=world.at)


def test_the_promise_of_a_case_is_the_text_of_its_day_whatever_the_guide_says_later(world):
    case = promised(world)
    later = dict(engine.COMMITMENT["commitment"]) | {"proves": ["别的。"]}  # type: ignore[call-overload] # the fixture keeps it as a dict of texts
    worlds.publish_edition(
        world.editor, worlds.item_of(CODE), starts_on=date(2026, 12, 1), name="事项", commitment=later
    )
    found = queries.promise_of(queries.one(world.applicant, case.id).committed)
    assert found is not None
    assert found.text.proves == ("卫生检测报告合格。",)
    assert queries.promise_of(None) is None


# Decisions by rule.


def ruled(world: worlds.World, code: str = "") -> actions.Ref:
    code = code or engine.item(world, CODE, **engine.RULE)
    case = engine.submitted(world, code, own_place="own")
    jobs.decide_by_rule(0, str(case.id), case.number or "")
    engine.issued(case)
    return case


def test_an_applicant_asks_for_a_person_s_view_of_a_decision_by_rule_and_reads_it(world):
    case = ruled(world)
    given = {"case_id": case.id, "at": world.at}
    with pytest.raises(Forbidden):
        actions.ask_review(actor=world.clerk, reason="x", **given)
    with pytest.raises(NotFound):
        actions.ask_review(actor=world.stranger, reason="x", **given)
    with pytest.raises(Invalid):
        actions.ask_review(actor=world.applicant, reason="  ", **given)
    actions.ask_review(actor=world.applicant, reason="地址看错了。", **given)
    assert queries.review_standing(case.id) == (True, True)
    with pytest.raises(Conflict) as refusal:
        actions.ask_review(actor=world.applicant, reason="再问一次", **given)
    assert refusal.value.rule == "cases.review_asked"
    answered = world.at + timedelta(hours=1)
    actions.review(actor=world.reviewer, case_id=case.id, opinion="地址没有错。", at=answered)
    assert queries.review_standing(case.id) == (True, False)
    told = {d.verb: d.body for d in queries.one(world.applicant, case.id).documents}
    assert told[Verb.REVIEW]["opinion"] == "地址没有错。"
    again = world.at + timedelta(hours=2)
    actions.ask_review(actor=world.applicant, case_id=case.id, reason="还是不对。", at=again)


def test_what_a_person_decided_is_no_decision_by_rule(world):
    code = engine.item(world, CODE, **engine.RULE)
    case = engine.accepted(world, code)  # rented: the rule does not hold
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合", at=world.at)
    engine.issued(actions.grant(actor=world.decider, case_id=case.id, note="", at=world.at))
    with pytest.raises(Conflict) as refusal:
        actions.ask_review(actor=world.applicant, case_id=case.id, reason="x", at=world.at)
    assert refusal.value.rule == "cases.not_by_rule"
    assert queries.decided_by_rule(world.reviewer, Reviewed.ALL) == []


def test_every_decision_by_rule_is_listed_for_its_organ_those_asked_about_apart(world):
    first = ruled(world)
    _free(first)  # the rule grants nothing to who holds the result already
    second = engine.submitted(world, f"{worlds.ORGAN_CODE}4{CODE}", own_place="own")
    jobs.decide_by_rule(0, str(second.id), second.number or "")
    engine.issued(second)

    def listed(which: Reviewed, actor: Actor = world.reviewer) -> list[object]:
        return [row.case.id for row in queries.decided_by_rule(actor, which)]

    assert listed(Reviewed.ALL) == listed(Reviewed.UNSEEN) == [second.id, first.id]
    assert listed(Reviewed.ASKED) == []
    actions.ask_review(actor=world.applicant, case_id=first.id, reason="x", at=world.at)
    assert listed(Reviewed.ASKED) == [first.id]
    assert (queries.reviews_asked(world.reviewer), queries.reviews_asked(world.clerk)) == (1, 0)
    later = world.at + timedelta(hours=1)
    actions.review(actor=world.reviewer, case_id=first.id, opinion="没有错", at=later)
    assert listed(Reviewed.ASKED) == []
    assert listed(Reviewed.UNSEEN) == [second.id]
    assert queries.reviews_asked(world.reviewer) == 0
    for outsider in (world.applicant, world.stranger, world.other_clerk, world.editor):
        assert listed(Reviewed.ALL, outsider) == []
    row = queries.decided_by_rule(world.reviewer, Reviewed.ALL, before=second.id)[0]
    assert (row.case.id, row.rule) == (first.id, "自有场所自动审批")


def _free(case: actions.Ref) -> None:
    execute("UPDATE licence SET state = 'revoked', revoked_at = now() WHERE case_id = %s", [case.id])
