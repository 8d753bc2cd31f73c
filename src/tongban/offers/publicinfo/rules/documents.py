"""Life of a document (信息的一生) as one table, and what may stand in it: announcements, intermediary services, agencies.

Source: 政府信息公开条例 article 17 (nothing is published before it was examined for secrets). Four eyes are our own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tongban.offers.publicinfo.rules.fields import MISSING, Errors, line, only_errors
from tongban.offers.publicinfo.rules.intermediaries import check_agency, check_service
from tongban.standards import resident_id
from tongban.standards.codes import BadCode
from tongban.standards.text import msg


class DocumentKind(StrEnum):
    """Kind of a document (信息类别)."""

    NOTICE = "notice"
    POLICY = "policy"
    REVIEW_RULE = "review_rule"
    FAQ = "faq"
    COMPLAINT = "complaint"
    SERVICE = "service"
    AGENCY = "agency"


DOCUMENT_KIND_LABELS = {
    DocumentKind.NOTICE: msg("通知公告"),
    DocumentKind.POLICY: msg("政策文件"),
    DocumentKind.REVIEW_RULE: msg("审查细则"),
    DocumentKind.FAQ: msg("常见问答"),
    DocumentKind.COMPLAINT: msg("投诉渠道"),
    DocumentKind.SERVICE: msg("中介服务"),
    DocumentKind.AGENCY: msg("中介机构"),
}
# What organs announce; the other kinds are lists of their own, with facts beside the text. One document stays what it is.
ANNOUNCED: Final = tuple(
    kind for kind in DocumentKind if kind not in (DocumentKind.SERVICE, DocumentKind.AGENCY)
)


def may_become(before: DocumentKind, after: DocumentKind) -> bool:
    """Whether a document of one kind may be rewritten as another (可改类别): only among announcements."""
    return before is after or (before in ANNOUNCED and after in ANNOUNCED)


class DocumentState(StrEnum):
    """State of a document edition (信息状态)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


DOCUMENT_STATE_LABELS = {
    DocumentState.DRAFT: msg("草稿"),
    DocumentState.IN_REVIEW: msg("待保密审查"),
    DocumentState.PUBLISHED: msg("已公开"),
    DocumentState.REVISED: msg("已有新版"),
    DocumentState.WITHDRAWN: msg("已撤下"),
}


class DocumentVerb(StrEnum):
    """What moves a document edition (信息动作)."""

    WRITE = "write"
    SEND = "send"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    REVISE = "revise"
    WITHDRAW = "withdraw"


DOCUMENT_VERB_LABELS = {
    DocumentVerb.WRITE: msg("修改内容"),
    DocumentVerb.SEND: msg("送保密审查"),
    DocumentVerb.SEND_BACK: msg("退回修改"),
    DocumentVerb.APPROVE: msg("审查通过并公开"),
    DocumentVerb.REVISE: msg("被新版取代"),
    DocumentVerb.WITHDRAW: msg("撤下"),
}


class MadeBy(StrEnum):
    """Who may make a move (由谁)."""

    EDITOR = "editor"  # any editor of the organ
    SECOND = "second"  # an editor of the organ who wrote nothing of this edition
    SYSTEM = "system"  # follows from another move, in the same transaction


@dataclass(frozen=True, slots=True)
class DocumentMove:
    """Move (信息流转): from a state, by a verb, to a state, and who may make it."""

    source: DocumentState
    verb: DocumentVerb
    target: DocumentState
    by: MadeBy


DOCUMENT_MOVES = (
    DocumentMove(DocumentState.DRAFT, DocumentVerb.WRITE, DocumentState.DRAFT, MadeBy.EDITOR),
    DocumentMove(DocumentState.DRAFT, DocumentVerb.SEND, DocumentState.IN_REVIEW, MadeBy.EDITOR),
    DocumentMove(DocumentState.IN_REVIEW, DocumentVerb.SEND_BACK, DocumentState.DRAFT, MadeBy.SECOND),
    DocumentMove(DocumentState.IN_REVIEW, DocumentVerb.APPROVE, DocumentState.PUBLISHED, MadeBy.SECOND),
    DocumentMove(DocumentState.PUBLISHED, DocumentVerb.REVISE, DocumentState.REVISED, MadeBy.SYSTEM),
    DocumentMove(DocumentState.PUBLISHED, DocumentVerb.WITHDRAW, DocumentState.WITHDRAWN, MadeBy.EDITOR),
)

_TABLE: Final = {(move.source, move.verb): move for move in DOCUMENT_MOVES}
OPEN: Final = frozenset({DocumentState.DRAFT, DocumentState.IN_REVIEW})
PUBLIC: Final = frozenset(DocumentState) - OPEN


def find(source: DocumentState, verb: DocumentVerb) -> DocumentMove | None:
    """The move from ``source`` by ``verb`` (查流转表), or None: then it cannot happen."""
    return _TABLE.get((source, verb))


def verbs_from(source: DocumentState) -> tuple[DocumentMove, ...]:
    """All moves that lead out of ``source`` (可行流转)."""
    return tuple(move for move in DOCUMENT_MOVES if move.source is source)


LONGEST_TITLE: Final = 120  # characters, as the others; [O] our own numbers
LONGEST_BODY: Final = 20_000
LONGEST_REASON: Final = 400


@dataclass(frozen=True, slots=True)
class Content:
    """What an edition says (信息内容). ``facts``: what a service or an agency says in fields."""

    kind: DocumentKind
    title: str
    body: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def told(self) -> dict[str, object]:
        """As it is digested (摘要内容); without facts as it was before there were any."""
        said: dict[str, object] = {"kind": self.kind.value, "title": self.title, "body": self.body}
        return said | {"facts": dict(self.facts)} if self.facts else said


def check_content(given: Mapping[str, str]) -> tuple[Content | None, Errors]:
    """The content that an editor typed (核对内容): kind, title, body, and a list's fields; None where something is wrong."""
    kind = next((known for known in DocumentKind if known == given.get("kind", "")), None)
    title, bad_title = line(given, "title", limit=LONGEST_TITLE)
    body, bad_body = line(
        given, "body", limit=LONGEST_BODY, multiline=True, needed=kind is not DocumentKind.AGENCY
    )
    facts: dict[str, object] = {}
    bad_facts: Errors = {}
    if kind is DocumentKind.SERVICE:
        facts, bad_facts = check_service(given)
    elif kind is DocumentKind.AGENCY:
        facts, bad_facts = check_agency(given)
    errors = (
        only_errors({"kind": [] if kind else [MISSING], "title": bad_title, "body": bad_body}) | bad_facts
    )
    return (None, errors) if errors or kind is None else (Content(kind, title, body, facts), {})


def check_reason(text: str) -> tuple[str, Errors]:
    """Why something is sent back or withdrawn (核对理由)."""
    clean, problems = line({"reason": text}, "reason", limit=LONGEST_REASON, multiline=True)
    return clean, {"reason": problems} if problems else {}


_RESIDENT: Final = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def personal_numbers(text: str) -> tuple[str, ...]:
    """What looks like somebody's resident id or mobile number (疑似个人信息), as it stands in ``text``; once each.

    A help for the reviewer's eye and no more: names and addresses it does not find.
    """
    ids = []
    for found in _RESIDENT.findall(text):
        try:
            resident_id.parse(found)
        except BadCode:
            continue
        ids.append(found)
    return tuple(dict.fromkeys([*ids, *_MOBILE.findall(text)]))
