"""The export of a case held against its own ledger (办件导出核对). Pure: what ``tongban verify`` knows of a case's archive."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tongban.base.ledger.rules import Finding
from tongban.standards.canonical import digest
from tongban.work.cases.rules.moves import EDITABLE, State

FORMAT = "tongban-export-1"
EXPORT = "cases.export"  # the act
CASE, LEDGER, README, CLOCK = "case.json", "ledger.json", "README.txt", "clock.json"
JSON_MEMBERS = frozenset({CASE, LEDGER})


def evidence_name(digest: str) -> str:
    """Name of the member that is the evidence of a signed act (签名证据文件名); ``digest``: as the ledger's entry names it."""
    return f"signatures/{digest}.p7s"


Body = Mapping[str, Any]


def check_export(told: Body, acts: Sequence[Body], digests: Mapping[str, str]) -> list[Finding]:
    """Findings between what an export tells of its case and what the ledger tells (核对导出).

    ``told``: case.json; ``acts``: the bodies of the ledger's entries, already proven; ``digests``: SHA-256 of each member.
    """
    try:
        signed = _signed(acts)
        return [
            *_case(told, acts),
            *_papers(told, acts, digests),
            *_evidence(signed, digests),
            *_members(told, digests, signed),
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        return [Finding(CASE, f"is not the form of an export: {type(fault).__name__} {fault}")]


def _of(acts: Sequence[Body], stream: str) -> list[Body]:
    return [act for act in acts if act["stream"] == stream]


def _case(told: Body, acts: Sequence[Body]) -> Iterator[Finding]:
    case = told["case"]
    own = _of(acts, f"case:{case['id']}")
    moves = [act["data"] for act in own if "to" in act["data"]]
    if not moves:
        yield Finding(LEDGER, "tells nothing of this case")
        return
    last = moves[-1]
    if (case["number"], case["state"]) != (last["number"], last["to"]):
        yield Finding(CASE, "number or state is not what the last act left")
    for name in ("act_by", "warn_on", "promised_on", "due_on"):
        dated = [act["data"] for act in own if "to" in act["data"] or act["act"] in _REDATING]
        if case[name] != dated[-1].get(name):
            yield Finding(CASE, f"{name} is not what the last act left")
    forms = [act["data"]["form"] for act in own if "form" in act["data"]]
    if State(case["state"]) not in EDITABLE and digest(told["form"]) != forms[-1]:
        yield Finding(CASE, "form is not what was submitted")
    edition = told["edition"]
    fixed = [
        act["data"]["digest"]
        for act in acts
        if act["data"].get("edition") == edition["id"] and "digest" in act["data"]
    ]
    if digest(edition["body"]) != edition["digest"] or (fixed and fixed[-1] != edition["digest"]):
        yield Finding(CASE, "edition is not the one that was published")


_REDATING = frozenset({"cases.recompute", "cases.migrate", "cases.upgrade"})


def _papers(told: Body, acts: Sequence[Body], digests: Mapping[str, str]) -> Iterator[Finding]:
    own = [act["data"] for act in _of(acts, f"case:{told['case']['id']}")]
    kept = {act["data"]["material"]: act["data"]["digest"] for act in acts if act["act"] == "materials.keep"}
    for one in told["attachments"]:
        if kept.get(one["material"]) != one["digest"] or digests.get(one["file"]) != one["digest"]:
            yield Finding(one["file"], "is not the file whose digest the ledger keeps")
    words = {data["document"]: data["digest"] for data in own if "document" in data}
    filed = {data["filed"]: data for data in own if "filed" in data}
    for one in told["documents"]:
        if words.get(one["id"]) != digest(one["body"]):
            yield Finding(CASE, f"document {one['id']} does not say what was recorded")
        paper = filed.get(one["id"], {})
        if one["number"] != paper.get("number") or digests.get(one["file"]) != paper.get("file"):
            yield Finding(one["file"] or CASE, "is not the document whose digest the ledger keeps")
    for one in told["licences"]:
        issued = [a["data"]["content"] for a in _of(acts, f"licence:{one['id']}") if "content" in a["data"]]
        if issued != [digest(one["content"])] or digests.get(one["file"]) != one["content"]["document"]:
            yield Finding(one["file"], "is not the licence whose digest the ledger keeps")


def _signed(acts: Sequence[Body]) -> dict[str, str]:
    return {evidence_name(str(act["signature"])): str(act["signature"]) for act in acts if "signature" in act}


def _evidence(signed: Mapping[str, str], digests: Mapping[str, str]) -> Iterator[Finding]:
    for name, named in signed.items():
        if digests.get(name) != named:
            yield Finding(name, "is not the evidence of a signature that the ledger names")


def _members(told: Body, digests: Mapping[str, str], signed: Mapping[str, str]) -> Iterator[Finding]:
    papers = (*told["attachments"], *told["documents"], *told["licences"])
    known = {CASE, LEDGER, README, CLOCK, "manifest.json"} | {one["file"] for one in papers} | set(signed)
    for name in sorted(digests.keys() - known):
        yield Finding(name, f"is in the archive, but {CASE} says nothing of it")
