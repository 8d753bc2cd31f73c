"""Promises of the demonstration (演示承诺件): a check that is scheduled, one that found a breach, and a decision by rule under review."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from tongban.base.actor import Actor, system
from tongban.base.ledger.queries import done_before
from tongban.demo import files
from tongban.demo.cases import moment
from tongban.demo.people import LABOUR, actor, card
from tongban.offers.catalogue import queries as catalogue
from tongban.people.mandates import actions as mandates
from tongban.people.mandates import queries as mandated
from tongban.people.parties import actions as registering
from tongban.people.parties import queries as parties
from tongban.records.materials import actions as materials
from tongban.standards import credit_code
from tongban.standards.item_codes import BasicCode, ImplementationCode, Level
from tongban.work.cases import actions, jobs

_RULE = system("cases.rule")  # as the worker's job does
AGENCY, CARD = "460132179000", "462023102000"
AGENCY_COMPANY = "海南小华人力资源有限公司（演示）"
AGENCY_CODE = credit_code.make("91460100MB9000004")
_AGENCY = {
    "agency_code": AGENCY_CODE,
    "staff_count": 5,
    "scope": ["introduce", "guide"],
}


def play_all(now: datetime) -> int:
    """Make the cases that are not there yet (形成演示承诺件), each whole or not at all; returns how many were made."""
    stories = {"promise_scheduled": _scheduled, "promise_broken": _broken, "rule_reviewed": _ruled}
    return sum(_once(key, story, now) for key, story in stories.items())


def _agency(at: datetime) -> Actor:
    """The legal representative as she acts for her agency (代表法人): it is bodies that are licensed, not people."""
    found = parties.legal_by_code(AGENCY_CODE)
    if found is None:
        clerk = actor("chen", at)
        (counter,) = clerk.organs_as("clerk")
        mandates.register_company_at_counter(
            actor=clerk,
            counter=counter,
            facts=registering.legal_facts(
                name=AGENCY_COMPANY, code=AGENCY_CODE, kind="enterprise", phone="400-000-0004"
            ),
            representative=mandates.Shown(*card("ming")),
            seen="营业执照、法定代表人身份证（演示）",
            at=at,
        )
        found = parties.legal_by_code(AGENCY_CODE)
    own = actor("ming", at)
    (mandate,) = [one for one in mandated.received(own) if found and one.giver_id == found.id]
    return mandated.acting(own, mandate.id, at=at).actor


def _once(key: str, story: Callable[[Actor, str, datetime], None], now: datetime) -> bool:
    applicant = actor("ming", moment(15, 0, now))
    if done_before(applicant, f"demo.{key}") is not None:
        return False
    with transaction.atomic():
        story(applicant, f"demo.{key}", now)
    return True


def _item_code(basic: str) -> str:
    organ = next(organ for organ in parties.organs() if organ.name == LABOUR)
    code = ImplementationCode(organ=organ.credit_code, level=Level("3"), basic=BasicCode.parse(basic))
    return str(code)


def _promised(key: str, name: str, at: datetime) -> UUID:
    """An agency that applies on a promise and is granted at once (承诺办理)."""
    applicant = _agency(at)
    ref = actions.start(actor=applicant, item_code=_item_code(AGENCY), at=at, key=key)
    answers = _AGENCY | {"agency_name": name, "address": "海口市美兰区演示路8号"}
    errors = actions.save(actor=applicant, case_id=ref.id, values=answers, at=at)
    if errors:
        raise ValueError(f"{key}: {errors}")
    actions.commit(actor=applicant, case_id=ref.id, agreed=True, at=at)
    guide = catalogue.in_force(_item_code(AGENCY), at.date()).guide
    for paper in guide.materials_for(answers):
        if guide.commitment is None or paper.key in guide.commitment.replaces:
            continue
        content = files.pdf(paper.name, guide.name)
        kept = materials.keep(
            actor=applicant,
            stream=io.BytesIO(content),
            file_name=f"{paper.name}.pdf",
            title=paper.name,
            at=at,
        )
        actions.attach(actor=applicant, case_id=ref.id, key=paper.key, material_id=kept, at=at)
    sent = actions.submit(actor=applicant, case_id=ref.id, at=at)
    decided = at + timedelta(minutes=20)
    actions.grant_at_once(actor=actor("shen", decided), case_id=ref.id, note="准予许可。", at=decided)
    jobs.issue_licence(0, str(ref.id), str(sent.number))
    return ref.id


def _scheduled(applicant: Actor, key: str, now: datetime) -> None:
    case_id = _promised(key, "小华演示职业介绍所", moment(14, 1, now))
    at = moment(13, 1, now)
    to = actor("yang", at).id
    assert to is not None  # noqa: S101 -- an account's actor has its id
    actions.assign_check(actor=actor("shen", at), case_id=case_id, to=to, at=at)


def _broken(applicant: Actor, key: str, now: datetime) -> None:
    case_id = _promised(key, "小华演示劳务中介", moment(13, 3, now))
    at = moment(3, 1, now)
    actions.find_breach(
        actor=actor("yang", at),
        case_id=case_id,
        finding="到场查看，登记的地址没有这家机构，5名专职工作人员只有2人签了劳动合同。",
        rectify_by=at.date() + timedelta(days=30),
        at=at,
    )


def _ruled(applicant: Actor, key: str, now: datetime) -> None:
    at = moment(2, 1, now)
    ref = actions.start(actor=applicant, item_code=_item_code(CARD), at=at, key=key)
    answers = {"whose": "own", "why": "lost"}
    actions.save(actor=applicant, case_id=ref.id, values=answers, at=at)
    sent = actions.submit(actor=applicant, case_id=ref.id, at=at)
    actions.grant_by_rule(actor=_RULE, case_id=ref.id, at=at + timedelta(minutes=1))
    jobs.issue_licence(0, str(ref.id), str(sent.number))
    asked = moment(1, 1, now)
    why = "卡找到了，想知道还能不能恢复。"
    actions.ask_review(actor=applicant, case_id=ref.id, reason=why, at=asked)
