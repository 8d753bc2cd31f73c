"""Prefill sources (预填来源): what the platform holds already and need not ask again. A closed list; rules name, cases resolve.

There are only sources that really hold something today: the applicant's own record, the applicant's own licences, and what
the applicant sent with an earlier application. The identity number is no source: a case carries its applicant anyway, and
nothing in the platform hands the number out; a credit code is public. An address is none either: nobody keeps one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from tongban.standards.codes import BadCode
from tongban.standards.item_codes import BasicCode


class Origin(StrEnum):
    """Where a prefilled answer comes from (预填出处)."""

    PARTY = "party"  # 实名信息
    LICENCE = "licence"  # 证照
    EARLIER = "earlier"  # 以前的申请


PARTY_FIELDS = ("name", "phone", "credit_code")  # the last of a legal person only


@dataclass(frozen=True, slots=True)
class Source:
    """A prefill source (预填来源): ``of`` is the licence type or the basic code, ``field`` what is taken from there."""

    origin: Origin
    of: str
    field: str


_SHAPE = re.compile(
    rf"(?:(party)()\.({'|'.join(PARTY_FIELDS)})"
    r"|(licence):([0-9A-Z]{3})\.([a-z][a-z0-9_]{0,39})"
    r"|(earlier):([0-9A-Z]{12})\.([a-z][a-z0-9_]{0,39}))"
)


def source(text: str) -> Source:
    """The source that ``text`` names (解析预填来源); raises ValueError where there is none such."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError(
            "no such source: party.name, party.phone, party.credit_code, licence:<type>.<field> or earlier:<basic code>.<field>"
        )
    origin, of, field = (part for part in found.groups() if part is not None)
    if origin == Origin.EARLIER:
        try:
            BasicCode.parse(of)
        except BadCode as error:
            raise ValueError(f"{of} is no basic code") from error
    return Source(Origin(origin), of, field)


def _named(text: str) -> str:
    source(text)
    return text


Prefill = Annotated[str, AfterValidator(_named)]
