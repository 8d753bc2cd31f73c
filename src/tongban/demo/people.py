"""The people of the demonstration (演示人物): lawful numbers of people who cannot be, and two offices with their staff."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor, system
from tongban.demo.accounts import APPLICANT_TOKEN, CLERK_TOKEN, PASSWORD
from tongban.people.identity import actions as identity
from tongban.people.identity import queries as identities
from tongban.people.identity.rules import Role
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as organs
from tongban.standards.iso7064 import mod11_2

SEEDER = system("demo.seed")
SINCE = date(2025, 1, 1)  # posts begin with the first editions
TOKEN_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Applicant:
    """An applicant (演示申请人). ``first17``: division, 1900-01-01 as a birthday that says what it is, sequence."""

    login: str
    name: str
    first17: str
    phone: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Official:
    """An official (演示工作人员) with one role in each of some organs."""

    login: str
    name: str
    role: Role
    organs: tuple[str, ...]
    token: str | None = None


HEALTH = "海口市美兰区卫生健康委员会"
FORESTRY = "琼中黎族苗族自治县林业局"
GOVERNMENT = "海口市美兰区人民政府"
MARKET = "海口市美兰区市场监督管理局"
FIRE = "海口市美兰区消防救援大队"
LABOUR = "海口市人力资源和社会保障局"
ENFORCEMENT = "海口市美兰区综合行政执法局"
PROVINCIAL = "海南省人民政府政务服务中心"
SANYA = "三亚市吉阳区卫生健康委员会"  # its counter takes in for the whole province
WENCHANG = "文昌市卫生健康委员会"

APPLICANTS = (
    Applicant("lin", "林晓梅", "46010819000101002", "13000000001", APPLICANT_TOKEN),
    Applicant("wang", "王大海", "46903019000101001", "13000000002"),
    Applicant("ming", "明小华", "46010819000101004", "13000000003"),
    Applicant("gong", "林阿公", "46010819000101021", "13000000021"),  # an elder; 明小华 helps him
)
# 王大海's child: a minor, in a division that does not exist.
CHILD = ("王小海", "46019920200101001" + mod11_2("46019920200101001"))
OFFICIALS = (
    Official("chen", "陈美玲", Role.CLERK, (HEALTH,), CLERK_TOKEN),
    Official("huang", "黄志强", Role.REVIEWER, (HEALTH,)),
    Official("fu", "符国栋", Role.DECIDER, (HEALTH,)),
    Official("li", "李小芳", Role.CLERK, (FORESTRY,)),
    Official("zhou", "周海燕", Role.REVIEWER, (FORESTRY,)),
    Official("wu", "吴建华", Role.DECIDER, (FORESTRY,)),
    Official("xie", "谢文", Role.EDITOR, (HEALTH, FORESTRY)),
    Official("pan", "潘莉", Role.EDITOR, (HEALTH, FORESTRY)),
    Official("guo", "郭敏", Role.EDITOR, (PROVINCIAL,)),
    Official("feng", "冯涛", Role.EDITOR, (PROVINCIAL,)),
    Official("mei", "梅雪", Role.HEAD, (HEALTH,)),
    Official("ren", "任洁", Role.PERSONNEL, (HEALTH,)),
    Official("hai", "海涛", Role.GOVERNOR, (GOVERNMENT,)),
    Official("tang", "唐敏", Role.SUPERVISOR, (PROVINCIAL,)),
    # Two registrars of certificates: what one registers, the other approves.
    Official("jiang", "江雨", Role.REGISTRAR, (PROVINCIAL,)),
    Official("yao", "姚远", Role.REGISTRAR, (PROVINCIAL,)),
    Official("han", "韩雪", Role.CLERK, (SANYA,)),
    Official("yun", "云小玲", Role.CLERK, (WENCHANG,)),
    Official("xing", "邢伟", Role.REVIEWER, (WENCHANG,)),
    Official("long", "龙建军", Role.DECIDER, (WENCHANG,)),
    # Who handles the restaurant together: the market office receives and decides, others give their opinions.
    Official("su", "苏晴", Role.CLERK, (MARKET,)),
    Official("qiu", "邱岩", Role.REVIEWER, (MARKET,)),
    Official("dong", "董明", Role.DECIDER, (MARKET,)),
    Official("fang", "方强", Role.REVIEWER, (FIRE,)),
    # A promise is decided at once and checked later by another; what a rule decided, a person reviews.
    Official("qin", "秦梅", Role.CLERK, (LABOUR,)),
    Official("yang", "杨帆", Role.REVIEWER, (LABOUR,)),
    Official("shen", "沈越", Role.DECIDER, (LABOUR,)),
    Official("zeng", "曾丽", Role.REVIEWER, (ENFORCEMENT,)),
)


def staff_of(organ: str, *people: tuple[str, str, Role]) -> tuple[Official, ...]:
    """Officials of one organ (一个机关的工作人员), each as (login, name, role), to be added to ``OFFICIALS``.

    Whoever is to be found in the printed table gets a row in ``accounts.ACCOUNTS`` as well.
    """
    return tuple(Official(login, name, role, (organ,)) for login, name, role in people)


def card(login: str) -> tuple[str, str]:
    """Name and number on the identity card of a demonstration applicant (演示证件), as a counter reads them."""
    person = next(one for one in APPLICANTS if one.login == login)
    return person.name, person.first17 + mod11_2(person.first17)


def register_all(at: datetime) -> int:
    """Open the accounts that are not there yet (登记演示人物), each whole or not at all; returns how many were opened."""
    return _open_all((*APPLICANTS, *OFFICIALS), at)


def open_officials(officials: Sequence[Official], at: datetime) -> int:
    """The same for further officials (登记更多工作人员)."""
    return _open_all(officials, at)


def _open_all(persons: Iterable[Applicant | Official], at: datetime) -> int:
    ids = {organ.name: organ.id for organ in organs.organs()}
    opened = 0
    for person in persons:
        if identities.account_by_login(person.login) is not None:
            continue
        with transaction.atomic():
            if isinstance(person, Applicant):
                account_id = _open_applicant(person, at)
            else:
                account_id = _open_official(person, ids, at)
            if person.token is not None:
                identity.issue_token(
                    actor=SEEDER,
                    account_id=account_id,
                    label="演示",
                    days=TOKEN_DAYS,
                    at=at,
                    token=person.token,
                )
        opened += 1
    return opened


def _open_applicant(person: Applicant, at: datetime) -> uuid.UUID:
    number = person.first17 + mod11_2(person.first17)
    party_id = parties.register(actor=SEEDER, name=person.name, id_number=number, phone=person.phone, at=at)
    return identity.open_account(
        actor=SEEDER, login=person.login, password=PASSWORD, party_id=party_id, at=at
    )


def _open_official(person: Official, ids: dict[str, uuid.UUID], at: datetime) -> uuid.UUID:
    account_id = identity.open_account(
        actor=SEEDER, login=person.login, password=PASSWORD, staff_name=person.name, at=at
    )
    for organ in person.organs:
        identity.appoint(
            actor=SEEDER,
            account_id=account_id,
            organ_id=ids[organ],
            role=person.role,
            since=SINCE,
            at=at,
        )
    return account_id


def actor(login: str, at: datetime) -> Actor:
    """The actor behind a demonstration account (演示行为人)."""
    account = identities.account_by_login(login)
    found = None if account is None else identities.actor_of(account.id, at=at)
    if found is None:
        raise LookupError(f"no account {login!r}: the seed opens it first")
    return found[0]
