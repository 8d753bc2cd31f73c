"""The demonstration's connected systems (演示接入系统): registered by one editor, approved by another."""

from datetime import datetime

from tongban.demo import people
from tongban.demo.examples import Example, in_use
from tongban.demo.people import PROVINCIAL
from tongban.people.parties import queries as parties
from tongban.people.signon import actions, queries
from tongban.people.signon.rules.registration import typed

_WRITER, _APPROVER = "guo", "feng"


def connect_all(now: datetime) -> int:
    """Connect the examples (接入示例) that are not connected at their present addresses; returns how many. May be done again."""
    return sum(_connect(example, now) for example in in_use())


def reconnect(now: datetime) -> int:
    """The same for those that were connected before (更新示例), and for no other: nothing is added to somebody's own database."""
    return sum(_connect(one, now) for one in in_use() if queries.addressee(one.client_id) is not None)


def _connect(example: Example, now: datetime) -> int:
    writer, approver = people.actor(_WRITER, now), people.actor(_APPROVER, now)
    row = next((one for one in queries.desk(writer) if one.client_id == example.client_id), None)
    values = _values(example)
    if row is None:
        organ = parties.organ_by_name(PROVINCIAL)
        if organ is None:
            raise LookupError(PROVINCIAL)
        system_id = actions.request_system(
            actor=writer,
            organ_id=organ.id,
            values=values,
            at=now,
            client_id=example.client_id,
            rehearsal=True,
        )
        version = 1
    elif row.kept is not None and typed(row.kept).items() >= values.items():
        return 0
    elif row.state == "approved" or row.state == "requested":
        system_id, version = row.id, row.version + 1
        actions.amend(
            actor=writer, system_id=row.id, version=row.version, values=values, at=now, rehearsal=True
        )
    else:
        return 0  # somebody tried what suspending does: that stays
    actions.approve(actor=approver, system_id=system_id, version=version, at=now)
    return 1


def _values(example: Example) -> dict[str, str]:
    return {
        "name": example.name,
        "audience": "public",
        "method": "private_key_jwt",
        "signing": "ES256",
        "level": "1",
        "redirects": f"{example.address}/callback",
        "after_sign_out": f"{example.address}/",
        "back_channel": f"{example.address}/backchannel",
        "keys_address": f"{example.address}/jwks",
        "sector": f"{example.client_id}.invalid",  # both are served on one host, and are two systems all the same
        "flow_code": "on",
        **{f"purpose_{scope}": purpose for scope, purpose in example.purposes},
    }
