"""Joiners and leavers from a file: whole or not at all, twice is once; posts, deputies and sessions end with the leaver."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, imports, queries
from tongban.people.identity.models import Account, Deputy, Holding, Session, StaffRecord
from tongban.people.identity.rules import ROLE_LABELS, Method, Role
from tongban.people.identity.rules.appointments import AppointmentKind, AppointmentVerb
from tongban.people.identity.rules.labels import STAFF_LABELS
from tongban.people.parties.queries import OrganView, organs
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.staffing")
HEAD = "organ,login,name,number,roles,active"

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(db) -> tuple[OrganView, OrganView]:
    take_in_places()
    take_in_organs()
    first, second, *_ = organs()
    return first, second


def take_in(folder: Path, *rows: str) -> tuple[int, list[str]]:
    told: list[str] = []
    file = folder / "staff.csv"
    file.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return imports.run(file, told.append), told


def keeper(organ: OrganView) -> Actor:
    return Actor(ActorKind.STAFF, None, name="人事系统", posts=frozenset({Post(Role.PERSONNEL, organ.id)}))


def join(organ: OrganView, login: str = "zhao", **more: object):
    return actions.join_staff(actor=BY, organ_id=organ.id, login=login, name="赵敏", at=AT, **more)


def test_a_file_of_joiners_gives_accounts_and_posts(both, tmp_path):
    organ = both[0]
    rows = [
        f"{organ.credit_code},zhao,赵敏,A-1,clerk reviewer,yes",
        f"{organ.credit_code},qian,钱进,A-2,,yes",
    ]
    assert take_in(tmp_path, *rows) == (0, ["staff.csv: 2 added, 0 changed, 0 unchanged, 0 refused"])
    zhao = Account.objects.get(login="zhao")
    assert {one.role for one in Holding.objects.filter(account=zhao, organ_id=organ.id, until=None)} == {
        "clerk",
        "reviewer",
    }
    assert not zhao.has_usable_password()
    assert [one.number for one in queries.staff_list(keeper(organ), at=AT)] == ["A-1", "A-2"]
    assert take_in(tmp_path, *rows) == (0, ["staff.csv: 0 added, 0 changed, 2 unchanged, 0 refused"])


def test_a_file_changes_posts_and_lets_leavers_go(both, tmp_path):
    organ = both[0]
    take_in(
        tmp_path,
        f"{organ.credit_code},zhao,赵敏,A-1,clerk,yes",
        f"{organ.credit_code},qian,钱进,A-2,head,yes",
    )
    code, told = take_in(
        tmp_path, f"{organ.credit_code},zhao,赵敏,A-1,decider,yes", f"{organ.credit_code},qian,钱进,A-2,,no"
    )
    assert (code, told) == (0, ["staff.csv: 0 added, 2 changed, 0 unchanged, 0 refused"])
    zhao, qian = (Account.objects.get(login=login) for login in ("zhao", "qian"))
    now = datetime.now(UTC)
    found = queries.actor_of(zhao.id, at=now)
    assert found is not None
    assert {post.role for post in found[0].posts} == {"decider"}
    assert queries.actor_of(qian.id, at=now) is None
    assert not qian.is_active
    assert [act.act for act in acts_of(f"account:{qian.id}")][-1] == "identity.leave_staff"


def test_one_bad_row_and_nothing_is_in(both, tmp_path):
    code = both[0].credit_code
    result, told = take_in(
        tmp_path,
        f"{code},zhao,赵敏,A-1,clerk,yes",
        f"{code},qian,钱进,A-2,king,yes",
        f"{code},sun,孙立,A-3,clerk,no",
        f"{code},li,李强,A-4,,maybe",
        "91460000000000000X,zhou,周正,A-5,,yes",
        f"{code},zhao,赵敏,A-6,,yes",
        f"{code},wu,,A-7,,yes",
        f"{code},zheng,郑和,A-1,,yes",
    )
    assert result == 1
    assert [re.match(r"staff\.csv:(\d+): ", line)[1] for line in told[:-1]] == [
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
    ]
    assert "no such role: king" in told[0]
    assert not Account.objects.exists()
    assert not StaffRecord.objects.exists()


def test_an_official_who_was_there_before_is_put_on_the_list(both, tmp_path):
    organ, other = both
    account = actions.open_account(actor=BY, login="wang", password="a long one", at=AT, staff_name="王芳")
    actions.appoint(
        actor=BY, account_id=account, organ_id=organ.id, role=Role.CLERK, since=date(2020, 1, 1), at=AT
    )
    assert take_in(tmp_path, f"{organ.credit_code},wang,王芳,W-1,clerk,yes")[0] == 0
    assert queries.staff_member(keeper(organ), account, at=AT).number == "W-1"
    assert Account.objects.get(pk=account).check_password("a long one")
    # Another organ takes her only when the first has let her go.
    assert take_in(tmp_path, f"{other.credit_code},wang,王芳,X-1,,yes")[0] == 1
    actions.remove_staff(actor=keeper(organ), account_id=account, at=AT)
    assert take_in(tmp_path, f"{other.credit_code},wang,王芳,X-1,,yes")[0] == 0
    assert queries.staff_list(keeper(organ), at=AT) == []
    assert queries.staff_member(keeper(other), account, at=AT).active


def test_nobody_deputises_for_or_as_a_leaver(both):
    organ = both[0]
    leaver, colleague = join(organ), join(organ, "qian")
    for account in (leaver, colleague):
        actions.appoint(
            actor=BY, account_id=account, organ_id=organ.id, role=Role.CLERK, since=AT.date(), at=AT
        )
    today = queries.day_of(AT)
    for one, other in ((leaver, colleague), (colleague, leaver)):
        found = queries.actor_of(one, at=AT)
        assert found is not None
        actions.deputise(actor=found[0], organ_id=organ.id, role=Role.CLERK, deputy_id=other, since=today,
                         until=today + timedelta(days=5), at=AT)  # fmt: skip
    actions.change_staff(actor=keeper(organ), account_id=leaver, active=False, at=AT)
    assert not Deputy.objects.filter(ended_at=None).exists()
    found = queries.actor_of(colleague, at=AT)
    assert found is not None
    assert {post.for_id for post in found[0].posts} == {None}


def test_a_post_of_the_future_never_begins_for_a_leaver(both):
    organ = both[0]
    leaver = join(organ)
    begins = AT.date() + timedelta(days=10)
    actions.appoint(actor=BY, account_id=leaver, organ_id=organ.id, role=Role.HEAD, since=begins, at=AT)
    actions.change_staff(actor=keeper(organ), account_id=leaver, active=False, at=AT)
    actions.change_staff(actor=keeper(organ), account_id=leaver, active=True, at=AT)
    found = queries.actor_of(leaver, at=AT + timedelta(days=20))
    assert found is not None
    assert found[0].posts == frozenset()


def test_a_keeper_reaches_her_organ_only_and_gives_no_posts(both):
    organ, other = both
    account = join(organ)
    with pytest.raises(Forbidden):
        join_by(keeper(other), organ)
    with pytest.raises(NotFound):
        actions.change_staff(actor=keeper(other), account_id=account, name="别人", at=AT)
    with pytest.raises(NotFound):
        actions.remove_staff(actor=keeper(other), account_id=account, at=AT)
    with pytest.raises(Forbidden):
        actions.set_posts(actor=keeper(organ), account_id=account, roles=[Role.DECIDER], at=AT)
    clerk = Actor(ActorKind.STAFF, None, name="某", posts=frozenset({Post(Role.CLERK, organ.id)}))
    with pytest.raises(Forbidden):
        queries.staff_list(clerk, at=AT)


def join_by(actor: Actor, organ: OrganView) -> None:
    actions.join_staff(actor=actor, organ_id=organ.id, login="x", name="某", at=AT)


def test_what_a_joiner_must_have(both):
    organ = both[0]
    for wrong in (
        {"login": ""},
        {"name": ""},
        {"name": "某" * 61},
        {"number": "9" * 61},
        {"password": "short"},
    ):
        with pytest.raises(Invalid) as caught:
            actions.join_staff(
                **{"actor": BY, "organ_id": organ.id, "login": "y", "name": "某", "at": AT} | wrong
            )
        assert set(caught.value.fields) == set(wrong)
    join(organ, number="A-1")
    with pytest.raises(Conflict):
        join(organ)
    with pytest.raises(Conflict):
        join(organ, "another", number="A-1")


def test_a_login_of_an_applicant_is_not_adopted(both):
    account = Account.objects.create(login="someone", level=1, opened_at=AT)
    with pytest.raises(Conflict):
        actions.adopt_staff(actor=BY, organ_id=both[0].id, account_id=account.id, number="", at=AT)


def test_the_table_of_acts_has_a_word_for_each():
    assert len(set(STAFF_LABELS.values())) == len(STAFF_LABELS)
    assert Role.PERSONNEL in ROLE_LABELS


def test_sessions_and_tokens_end_with_the_leaver(both):
    organ = both[0]
    leaver = join(organ)
    token = actions.issue_token(actor=BY, account_id=leaver, label="x", days=10, at=AT)
    session = actions.begin_session(account_id=leaver, door="workbench", device="x", address="10.0.0.1",
                                    methods=[Method.PASSWORD], actor=BY, at=AT)  # fmt: skip
    actions.appoint(
        actor=BY, account_id=leaver, organ_id=organ.id, role=Role.CLERK, since=date(2020, 1, 1), at=AT
    )
    actions.remove_staff(actor=keeper(organ), account_id=leaver, at=AT + timedelta(hours=1))
    assert Session.objects.get(pk=session).ended_because == "left"
    assert Holding.objects.get(account_id=leaver).until == queries.day_of(AT)
    # Not even when the account opens again.
    Account.objects.filter(pk=leaver).update(is_active=True)
    assert queries.actor_of_token(token, at=AT + timedelta(hours=2)) is None
    assert queries.actor_of_session(session, at=AT + timedelta(hours=2)) is None


def test_a_leaver_is_not_appointed_any_more(both):
    organ = both[0]
    leaver, officer, head = join(organ), join(organ, "officer"), join(organ, "head")
    for account, role in ((officer, Role.PERSONNEL), (head, Role.HEAD)):
        actions.appoint(actor=BY, account_id=account, organ_id=organ.id, role=role, since=AT.date(), at=AT)
    proposer, decider = (found[0] for one in (officer, head) if (found := queries.actor_of(one, at=AT)))
    proposed = actions.propose_appointment(
        actor=proposer, kind=AppointmentKind.APPOINT, login="zhao", organ_id=organ.id, role=Role.CLERK, items=[],
        since=queries.day_of(AT), reason="任免文件 1 号", at=AT,
    )  # fmt: skip
    actions.change_staff(actor=keeper(organ), account_id=leaver, active=False, at=AT)
    with pytest.raises(Conflict):
        actions.decide_appointment(
            actor=decider, appointment_id=proposed, verb=AppointmentVerb.APPROVE, remark="", at=AT
        )
    assert not Holding.objects.filter(account_id=leaver).exists()
