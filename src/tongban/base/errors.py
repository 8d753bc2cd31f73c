"""Refusals (拒绝): the expected ways in which an act does not happen, each with the rule that refused it."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 -- the domain's word; a refusal is an answer, not an error
    """An act was refused by a rule. Everything else that is raised is a fault.

    ``rule``: stable id of the rule, e.g. ``cases.four_eyes``.
    ``message``: Chinese text marked with :func:`tongban.standards.text.msg`, with ``%(name)s`` places for
    ``params``; the doors translate it.
    ``fields``: field name -> messages, for forms and the API.
    """

    status = 409

    def __init__(
        self,
        rule: str,
        message: str,
        params: Mapping[str, Any] | None = None,
        fields: Mapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.params = dict(params or {})
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}

    def __str__(self) -> str:
        return f"[{self.rule}] {self.message % self.params if self.params else self.message}"


class Invalid(Refusal):
    """What was given cannot be taken (422); ``fields`` says where and how to mend it."""

    status = 422


class Forbidden(Refusal):
    """The actor may not do this (403)."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or not for this actor: the two are not told apart (404)."""

    status = 404


class Conflict(Refusal):
    """The thing has moved on, or the act contradicts what already happened (409)."""

    status = 409
