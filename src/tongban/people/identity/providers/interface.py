"""What identity asks of the outside (外部接口): facts about people and companies, and short messages to a telephone."""

from datetime import datetime
from typing import Protocol

from tongban.people.identity.rules.sources import Answer, Question


class Unavailable(Exception):  # noqa: N818 -- names the state of the other end, as the refusals do
    """The other end does not answer, or not with sense (外部不可用). Nothing is known; asking again later is right."""


class Source(Protocol):
    """Source of facts (权威来源): population, legal persons, and whoever keeps the cards and accounts of people."""

    def check(self, question: Question, at: datetime) -> Answer:
        """The answer to a question (核对). Raises :class:`Unavailable`; never a guess."""
        ...


class Messages(Protocol):
    """Sender of short messages (短信通道)."""

    def send(self, phone: str, text: str, at: datetime) -> None:
        """Hand a message over (发送). Raises :class:`Unavailable` where it was not taken."""
        ...
