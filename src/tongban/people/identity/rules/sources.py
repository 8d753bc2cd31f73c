"""What is asked of a source of facts about people and companies, and what it may answer (权威来源问答). Pure.

The protocol of our own, documented in docs/operations/sources.md: one question, one answer, both as JSON in canonical spelling,
both signed with HMAC-SHA-256 (RFC 2104) under a key that the two ends share. Whatever is not exactly an answer is none.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Outcome of a check (核对结果)."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"  # the source knows nobody of this number


# Kinds of questions besides those of :class:`~tongban.people.identity.rules.proofs.ProofKind`.
LEGAL_PERSON = "legal_person"  # name and unified social credit code of a company
REPRESENTATIVE = "legal_representative"  # name and resident id of a person; value: credit code of her company
PARENT = "parent"  # name and resident id of a parent; value: resident id of the child


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a source (核对请求): does this ``value`` of this kind belong to who bears this name and number?"""

    id: str
    kind: str
    name: str
    number: str
    value: str = ""

    def body(self) -> bytes:
        """The question as it travels (请求正文)."""
        asked = {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "number": self.number,
            "value": self.value,
        }
        return json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of a source (核对答复): ``source`` says who answers, ``reference`` finds the answer again there."""

    outcome: Outcome
    source: str
    reference: str
    at: datetime


class Rubbish(Exception):  # noqa: N818 -- names the state of the answer, as the refusals do
    """What came back is not an answer to the question (无效答复): forged, cut off, about something else, or no sense at all."""


def request_signature(key: bytes, moment: int, path: str, body: bytes) -> str:
    """Signature of a request (请求签名) made at ``moment`` (Unix seconds)."""
    text = f"{moment}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def answer_signature(key: bytes, asked: str, body: bytes) -> str:
    """Signature of an answer (答复签名), bound to the signature of the request it answers."""
    text = f"{asked}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two signatures are the same (比对签名), in constant time, whatever they are made of."""
    return hmac.compare_digest(one.encode(), other.encode())


def read_answer(key: bytes, question: Question, asked: str, body: bytes, signature: str) -> Answer:
    """The answer in ``body`` (读答复). Raises :class:`Rubbish` where anything about it does not fit."""
    if not same(answer_signature(key, asked, body), signature):
        raise Rubbish("the signature does not fit")
    try:
        told = json.loads(body)
        if told["id"] != question.id:
            raise Rubbish("an answer to another question")
        at = datetime.fromisoformat(told["at"])
        answer = Answer(Outcome(told["outcome"]), str(told["source"])[:60], str(told["reference"])[:64], at)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Rubbish("not an answer") from error
    if at.tzinfo is None or not answer.source:
        raise Rubbish("not an answer")
    return answer
