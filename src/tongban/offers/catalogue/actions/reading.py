"""Reading what is given (读入): guides, terms, drafts and reasons, refused with every element that cannot be taken."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from tongban.base.errors import Invalid
from tongban.offers.catalogue.actions.files import ensure_given
from tongban.offers.catalogue.rules.drafts import read_partial
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.judging import wrongs
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

LONGEST_REASON = 400  # characters; [O] our own number, the width of the column

T = TypeVar("T", bound=Terms)


def read_guide(body: Mapping[str, object]) -> Guide:
    """The guide that ``body`` describes (读指南); raises Invalid with every element that cannot be taken."""
    return read(Guide, body)


def read_terms(body: Mapping[str, object]) -> Terms:
    """The terms of a basic item that ``body`` describes (读事项标准); raises Invalid like :func:`read_guide`."""
    return read(Terms, body)


def read(kind: type[T], body: Mapping[str, object]) -> T:
    """What ``body`` describes, whole (读全文); raises Invalid."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise _invalid(error) from error


def read_draft(kind: type[Terms], body: Mapping[str, object]) -> dict[str, object]:
    """What a draft says, as it is kept (读草稿): it may be incomplete, but nothing in it may be wrong. Raises Invalid.

    A file that it names was given for guides.
    """
    try:
        read = read_partial(kind, body)
    except ValidationError as error:
        raise _invalid(error) from error
    ensure_given(read)
    return read


def _invalid(error: ValidationError) -> Invalid:
    fields: dict[str, list[str]] = {}
    for found in wrongs(error):
        fields.setdefault(found.path, []).append(found.message)
    return Invalid("catalogue.guide", msg("指南里有不合规定的内容。"), fields=fields)


def read_reason(text: str) -> str:
    """Why something is done, as it is kept (读理由); raises Invalid."""
    try:
        return plaintext.clean(text, limit=LONGEST_REASON)
    except BadCode as error:
        told: list[str] = [Message(error.message, error.params)]
        raise Invalid("catalogue.reason", error.message, error.params, fields={"reason": told}) from error
