"""A case begun in one city for an organ in another (演示：全省通办): taken in in 三亚, handled in 文昌, its originals sent after it."""

import io
from datetime import date, datetime, timedelta

from django.db import transaction

from tongban.base.ledger.queries import done_before
from tongban.demo import files
from tongban.demo.cases import CHINA, moment
from tongban.demo.people import SANYA, WENCHANG, actor, card
from tongban.offers.catalogue import queries as catalogue
from tongban.people.parties import queries as organs
from tongban.standards.item_codes import BasicCode, ImplementationCode, Level
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.delivery import Way

_KEY = "demo.elsewhere"
_BASIC = "460132107000"  # 公共场所卫生许可延续, at the health office of 文昌 for the whole province
_BEGUN, _RECEIVED, _SIGNED = 4, 3, 1  # working days ago
APPLICANT = "wang"
_ADDRESS = "海南省三亚市吉阳区演示路2号"


def play(now: datetime) -> int:
    """Make the case if it is not there yet (形成异地办件), whole or not at all; returns how many were made."""
    begun = moment(_BEGUN, 0, now)
    clerk = actor("han", begun)
    if done_before(clerk, _KEY) is not None:
        return 0
    found = {organ.name: organ for organ in organs.organs() if organ.name in (SANYA, WENCHANG)}
    here, there = found[SANYA], found[WENCHANG]
    code = str(ImplementationCode(organ=there.credit_code, level=Level("4"), basic=BasicCode.parse(_BASIC)))
    guide = catalogue.in_force(code, begun.astimezone(CHINA).date()).guide
    with transaction.atomic():
        case = actions.start_at_counter(
            actor=clerk,
            counter=here.id,
            applicant=actions.Presented(*card(APPLICANT)),
            item_code=code,
            at=begun,
            key=_KEY,
        )
        errors = actions.save(actor=clerk, case_id=case.id, values=_answers(begun.date()), at=begun)
        if errors:
            raise ValueError(f"elsewhere: {errors}")
        for material in guide.materials:
            actions.take_in(
                actor=clerk,
                case_id=case.id,
                key=material.key,
                stream=io.BytesIO(files.pdf(material.name, guide.name)),
                file_name=f"{material.name}.pdf",
                checked=True,
                at=begun,
            )
        actions.choose_delivery(
            actor=clerk,
            case_id=case.id,
            way=Way.POST,
            recipient=card(APPLICANT)[0],
            phone="13000000002",
            address=_ADDRESS,
            at=begun,
        )
        actions.submit(actor=clerk, case_id=case.id, at=moment(_BEGUN, 1, now))
        sent = moment(_BEGUN, 2, now)
        actions.send_originals(
            actor=clerk,
            case_id=case.id,
            what=["old_licence"],
            receiver=there.id,
            tracking="DEMO0000001CN",
            at=sent,
        )
        receiving = actor("yun", moment(_RECEIVED, 0, now))
        actions.pass_review(actor=receiving, case_id=case.id, at=moment(_RECEIVED, 1, now))
        actions.receive(actor=receiving, case_id=case.id, at=moment(_RECEIVED, 2, now))
        paper = queries.originals(receiving, queries.one(receiving, case.id))[0]
        actions.receive_originals(
            actor=receiving, case_id=case.id, originals=[paper.id], at=moment(_SIGNED, 0, now)
        )
        actions.accept(actor=receiving, case_id=case.id, at=moment(_SIGNED, 1, now))
    return 1


def _answers(on: date) -> dict[str, object]:
    return {
        "unit_name": "大海演示旅店（文昌店）",
        "address": "文昌市演示路8号",
        "category": "住宿场所",
        "old_number": "琼文卫公演字第0001号",
        "ends": (on + timedelta(days=60)).isoformat(),
        "staff": 6,
    }
