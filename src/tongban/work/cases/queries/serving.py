"""Whether an item serves somebody (服务对象核对): asked where an application is begun, and told before."""

import uuid

from tongban.base.errors import Conflict
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.rules.serving import serves
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind
from tongban.standards.text import msg

_NOT_SERVED = {
    PartyKind.PERSON: msg(
        "这个事项不给个人办，服务对象是：%(served)s。要替法人或者其他组织办，请先换成它的身份，凭授权来办。"
    ),
    PartyKind.LEGAL: msg(
        "这个事项只给个人办，服务对象是：%(served)s。不能以法人的身份申请，请换成您本人的身份。"
    ),
}


def unserved(guide: Guide, party_id: uuid.UUID) -> Conflict | None:
    """Why an item is not for this party (不是服务对象), or None."""
    kind = parties.party(party_id).kind
    if serves(guide.served, kind):
        return None
    return Conflict("cases.served", _NOT_SERVED[kind], {"served": "、".join(guide.served)})
