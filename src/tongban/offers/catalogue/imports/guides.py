"""Import of guides (指南导入) from JSON: the standard of a basic item and what each organ makes of it, whole or not at all."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.errors import Invalid, Refusal
from tongban.base.imports import Outcome, Report
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.imports.reading import (
    BadFile,
    Refuse,
    bad,
    hidden_in,
    read_json,
    refused_by,
    refusing,
    said,
    take_files,
    value_of,
)
from tongban.offers.catalogue.models import BasicEdition, Edition
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.narrowing import violations
from tongban.people.parties import queries as parties
from tongban.standards.canonical import digest
from tongban.standards.item_codes import Level, parse_basic

CHINA = ZoneInfo("Asia/Shanghai")

_KEYS = ("basic", "organs", "level", "starts_on", "guide", "local", "aliases")
_NEEDED = _KEYS[:-2]
# An implementation states its own counter, and may be quicker and nearer than the whole; it may not ask for more.
_LOCAL = (
    "windows",
    "phones",
    "channels",
    "limits",
    "steps",
    "power_source",
    "organ_nature",
    "entrusted_organ",
    "office",
    "departments",
    "commitment",
    "rule",
)
_COUNTER = tuple(
    name for name in Guide.model_fields if name not in Terms.model_fields
)  # what only an organ can state: the standard of a basic item has none
_REASON = "由指南文件导入"


@dataclass(frozen=True, slots=True)
class _Told:
    """What a guide file says (指南文件), read but not yet held against the database."""

    basic: str
    level: str
    starts_on: date
    organs: tuple[str, ...]
    guide: Mapping[str, object]
    local: Mapping[str, Mapping[str, object]]
    aliases: Mapping[str, Sequence[str]]


def run_guides(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import guides (指南导入) from a JSON file, or from all in a folder; returns the exit code.

    The guide is the standard of the basic item: it is published as its basic edition, without counters and telephones.
    For each organ named the item is registered and an edition drafted and published, only where its content differs
    from the last one published. Where the standard changes, it and all editions begin together. A first edition begins on the file's ``starts_on``; a changed one today, or on
    ``starts_on`` where that is still to come. ``at``: when this is done, now unless given.
    """
    return take_files(path, report, at or timezone.now(), _take_guide)


def _take_guide(file: Path, outcome: Outcome, refuse: Refuse, at: datetime) -> None:
    """One file: the standard of the basic item, then what each organ makes of it. Raises BadFile."""
    told = _told(file)
    terms = _terms(told)
    drafts: list[_Draft] = []
    for place, organ in enumerate(told.organs):
        try:
            with transaction.atomic():
                drafts.append(_draft_for(told, terms, organ, f"$.organs[{place}]", at))
        except BadFile as found:
            refuse(found.findings)
    if len(drafts) < len(told.organs):
        return
    _publish(told, terms, drafts, at)
    outcome.added += sum(draft.body is not None and draft.first for draft in drafts)
    outcome.changed += sum(draft.body is not None and not draft.first for draft in drafts)
    outcome.unchanged += sum(draft.body is None for draft in drafts)


def _told(file: Path) -> _Told:
    """The file, as far as it can be judged without the database. Raises BadFile."""
    body = read_json(file)
    if not isinstance(body, dict):
        bad("$", "an object is wanted")
    if hidden := list(hidden_in(body, "$")):
        raise BadFile(hidden)
    findings = [(f"$.{key}", "unknown key") for key in body if key not in _KEYS]
    findings += [(f"$.{key}", "is missing") for key in _NEEDED if key not in body]
    if findings:
        raise BadFile(findings)
    organs, local, guide = body["organs"], body.get("local", {}), body["guide"]
    if not isinstance(organs, list) or not organs or not all(isinstance(code, str) for code in organs):
        bad("$.organs", "a list of credit codes is wanted")
    if len(set(organs)) != len(organs):
        bad("$.organs", "an organ stands twice")
    if not isinstance(guide, dict):
        bad("$.guide", "an object is wanted")
    if not isinstance(local, dict):
        bad("$.local", "an object is wanted")
    for code, own in local.items():
        if code not in organs:
            bad(f"$.local.{code}", "this organ is not among $.organs")
        if not isinstance(own, dict):
            bad(f"$.local.{code}", "an object is wanted")
        for key in own:
            if key not in _LOCAL:
                bad(f"$.local.{code}.{key}", f"an organ states only {', '.join(_LOCAL)} by itself")
    return _Told(
        basic=value_of("$.basic", body["basic"], lambda text: str(parse_basic(text))),
        level=value_of("$.level", body["level"], lambda text: str(Level(text))),
        starts_on=value_of("$.starts_on", body["starts_on"], date.fromisoformat),
        organs=tuple(organs),
        guide=guide,
        local=local,
        aliases=_aliases(body.get("aliases", {}), organs),
    )


def _aliases(given: object, organs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Old codes by organ. Raises BadFile."""
    if not isinstance(given, dict):
        bad("$.aliases", "an object is wanted")
    for code, old in given.items():
        if code not in organs:
            bad(f"$.aliases.{code}", "this organ is not among $.organs")
        if not isinstance(old, list) or not all(isinstance(one, str) for one in old):
            bad(f"$.aliases.{code}", "a list of old codes is wanted")
    return given


@dataclass(frozen=True, slots=True)
class _Draft:
    """What an organ is to say (待发布内容): nothing new where ``body`` is None, because the last published edition says it."""

    where: str
    editor: Actor
    item_id: uuid.UUID
    body: dict[str, object] | None
    first: bool


def _terms(told: _Told) -> Terms:
    """What the basic item says: the guide without what only an organ can state. Raises BadFile."""
    common = {key: value for key, value in told.guide.items() if key not in _COUNTER}
    try:
        return actions.read_terms(common)
    except Invalid as invalid:
        raise BadFile(list(_elements(invalid, {}, ""))) from invalid


def _draft_for(told: _Told, terms: Terms, code: str, where: str, at: datetime) -> _Draft:
    """Register the item for one organ and draft its edition, where it differs from the last published."""
    organ = parties.organ_by_code(code)
    if organ is None:
        bad(where, f"no organ with the credit code {code}")
    body = _guide_for(told, terms, code).body()
    editor = Actor(
        kind=ActorKind.SYSTEM, name="catalogue.import", posts=frozenset({Post("editor", organ.id)})
    )
    try:
        item_id = actions.register_item(
            actor=editor, basic_code=told.basic, organ_id=organ.id, level=told.level, at=at
        )
        for old in told.aliases.get(code, ()):
            item_code = f"{organ.credit_code}{told.level}{told.basic}"
            actions.add_alias(actor=editor, old_code=old, code=item_code, at=at)
    except Refusal as refusal:
        raise BadFile(list(refused_by(refusal, where))) from refusal
    last = Edition.objects.filter(item_id=item_id).exclude(state__in=PENDING).order_by("-number").first()
    same = last is not None and last.digest == digest(body)
    return _Draft(where, editor, item_id, None if same else body, first=last is None)


def _publish(told: _Told, terms: Terms, drafts: Sequence[_Draft], at: datetime) -> None:
    """Publish what is new: where the standard itself changed, everything together and from one day."""
    last = (
        BasicEdition.objects.filter(basic=told.basic).exclude(state__in=PENDING).order_by("-number").first()
    )
    body = terms.body()
    today = max(told.starts_on, at.astimezone(CHINA).date())
    if last is not None and last.digest == digest(body):
        for draft in drafts:
            with refusing(draft.where):
                _put_through(draft, told.starts_on if draft.first else today, at)
        return
    fresh = (
        last is None
        and not Edition.objects.filter(item__basic=told.basic).exclude(state__in=PENDING).exists()
    )
    starts_on = told.starts_on if fresh else today
    everybody = frozenset(post for draft in drafts for post in draft.editor.posts)
    actor = Actor(kind=ActorKind.SYSTEM, name="catalogue.import", posts=everybody)
    with refusing("$.guide"):
        edition = actions.draft_basic(actor=actor, basic_code=told.basic, body=body, at=at)
        for draft in drafts:
            if draft.body is not None:
                actions.go_along(actor=actor, item_id=draft.item_id, body=draft.body, basic_id=edition, at=at)
        actions.check_basic(actor=actor, edition_id=edition, starts_on=starts_on, reason=_REASON, at=at)
        actions.approve_basic(actor=actor, edition_id=edition, at=at)
        actions.publish_basic(actor=actor, edition_id=edition, at=at)


def _put_through(draft: _Draft, starts_on: date, at: datetime) -> None:
    """Everything that a person would do for a new text of an organ, in the platform's own name."""
    if draft.body is None:
        return
    editor = draft.editor
    edition = actions.draft_edition(actor=editor, item_id=draft.item_id, body=draft.body, at=at)
    actions.check(actor=editor, edition_id=edition, starts_on=starts_on, reason=_REASON, at=at)
    actions.approve(actor=editor, edition_id=edition, at=at)
    actions.publish(actor=editor, edition_id=edition, at=at)


def _guide_for(told: _Told, terms: Terms, code: str) -> Guide:
    """The guide with what the organ states by itself. Raises BadFile with every element that cannot be taken."""
    own = told.local.get(code, {})
    try:
        guide = actions.read_guide({**told.guide, **own})
    except Invalid as invalid:
        raise BadFile(list(_elements(invalid, own, code))) from invalid
    beyond = {one.path: [said(one.told())] for one in violations(terms, guide)}
    if beyond:
        raise BadFile(list(_elements(Invalid("catalogue.narrowing", "", fields=beyond), own, code)))
    return guide


def _elements(invalid: Invalid, own: Mapping[str, object], code: str) -> Iterator[tuple[str, str]]:
    for element, reasons in invalid.fields.items():
        base = f"$.local.{code}" if element.partition(".")[0] in own else "$.guide"
        for reason in reasons:
            yield (base if element == "guide" else f"{base}.{element}"), reason
