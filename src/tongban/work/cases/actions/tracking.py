"""Tracking (凭编号和查询码查办件): anybody who holds both reads the outline; guesses are slowed and told nothing."""

import uuid
from datetime import datetime

from tongban.base.crypto import derived_key
from tongban.base.errors import NotFound
from tongban.people.identity import actions as identity
from tongban.standards.text import msg
from tongban.work.cases.queries.tracking import KEY, Outline, outline, sought
from tongban.work.cases.rules.tracking import is_code, typed

_PURPOSE = "cases.track"
NOBODY = uuid.UUID(int=0)


def track(*, number: str, code: str, address: str, at: datetime) -> Outline:
    """The outline of the case of this number (查询办件概况) for who gives its code.

    Raises NotFound with the same words for a wrong number and a wrong code, Forbidden while guesses from this ``address``
    at this number wait.
    """
    number, code = typed(number), typed(code)
    found = sought(number)

    def right() -> bool:
        # A number that there is not costs the same HMAC.
        return is_code(code, found.id if found else NOBODY, derived_key(*KEY)) and found is not None

    if not identity.guessed(purpose=_PURPOSE, subject=number, address=address, right=right, at=at):
        raise NotFound("cases.track", msg("编号和查询码对不上。请照回执上的写，查询码是八位字母和数字。"))
    assert found is not None  # noqa: S101 -- right() said so
    return outline(found)
