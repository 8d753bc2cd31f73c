"""Signed messages between systems (签名的交换消息): canonical JSON and the evidence over it, to be verified years later. Pure.

Source: RFC 8785 for the one written form, RFC 5652 and RFC 3161 for the evidence; the envelope is ours. A system signs with its certificate as
somebody signs an act; who the system is and what it may send is for whoever receives the message to ask.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongban.base.actor import ActSigner
from tongban.oversight.responsibility.rules.report import Judge, Part, Signed
from tongban.standards.canonical import canonical
from tongban.standards.text import msg

FORMAT = "tongban-message-1"
_MEMBERS = {"format", "message", "signature"}


def sign_message(message: Mapping[str, Any], signer: ActSigner, at: datetime) -> dict[str, Any]:
    """The envelope (签名信封) of a message. ``TypeError`` or ``ValueError`` for a message that has no canonical form."""
    content = dict(message)
    evidence = signer.sign_act(canonical(content), at)
    return {"format": FORMAT, "message": content, "signature": base64.b64encode(evidence).decode()}


def verify_message(envelope: object, judge: Judge) -> Signed:
    """Who signed a message and whether it holds (核验消息); never raises for what an envelope is."""
    if not isinstance(envelope, dict) or set(envelope) != _MEMBERS or envelope["format"] != FORMAT:
        return _unread(msg("不是签名的交换消息。"))
    try:
        content = canonical(envelope["message"])
        evidence = base64.b64decode(envelope["signature"], validate=True)
    except (TypeError, ValueError):
        return _unread(msg("消息或者签名不能读取。"))
    if base64.b64encode(evidence).decode() != envelope["signature"]:
        return _unread(msg("签名的写法和签的时候不一样。"))
    return judge(evidence, content)


def _unread(problem: str) -> Signed:
    return Signed("", "", "", "", None, faults={Part.SIGNATURE: problem})
