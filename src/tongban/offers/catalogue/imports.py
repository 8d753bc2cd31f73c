"""Imports of the catalogue (事项导入): basic items from csv, guides from JSON; each file goes in whole or not at all."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, TypeVar
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.db import fetch_all
from tongban.base.errors import Invalid, Refusal
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.models import BasicEdition, BasicItem, Edition, Item
from tongban.offers.catalogue.queries import tokens
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.narrowing import violations
from tongban.offers.catalogue.rules.sightings import Shown, days, entries
from tongban.people.parties import queries as parties
from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.item_codes import BusinessBasicCode, ItemType, Level, parent_of, parse_basic
from tongban.standards.text import Message

COLUMNS = ["code", "name", "item_type", "department", "parent", "origin", "demonstration"]
CHINA = ZoneInfo("Asia/Shanghai")

T = TypeVar("T")

# --- basic items -------------------------------------------------------------------------------------------------------

# One statement a batch: what differs is changed, what is the same is left alone and not counted.
_WRITE = """
    INSERT INTO basic_item AS b (code, name, item_type, department, parent_id, origin, demonstration, search)
    SELECT t.code, t.name, t.item_type, t.department, t.parent, t.origin, t.demonstration, to_tsvector('simple', t.words)
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::text[])
        AS t (code, name, item_type, department, parent, origin, demonstration, words)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, item_type = excluded.item_type,
        department = excluded.department, parent_id = excluded.parent_id, origin = excluded.origin,
        demonstration = excluded.demonstration, search = excluded.search
    WHERE (b.name, b.item_type, b.department, b.parent_id, b.origin, b.demonstration, b.search) IS DISTINCT FROM
        (excluded.name, excluded.item_type, excluded.department, excluded.parent_id, excluded.origin,
         excluded.demonstration, excluded.search)
    RETURNING b.xmax = 0
"""


def run_items(path: Path, report: Report) -> int:
    """Import the basic items (基本目录导入) of a csv file, parents before children; returns the exit code."""
    known: set[str] = set(BasicItem.objects.values_list("code", flat=True))
    seen: set[str] = set()

    def read(row: Row) -> BasicItem:
        item = _basic_item(row, known)
        if item.code in seen:
            raise BadRow(f"code {item.code} stands twice in this file")
        seen.add(item.code)
        known.add(item.code)
        return item

    return run_import(path, report, read_csv(path, COLUMNS), read, _write_items)


def _basic_item(row: Row, known: set[str]) -> BasicItem:
    """One row, checked (核对一行). Raises BadRow or BadCode (both ValueError) with the reason."""
    code = parse_basic(row["code"])
    item_type = row["item_type"].strip()
    if item_type not in set(ItemType) - {ItemType.POWER}:
        raise BadRow(f"type {item_type!r} is no type of items")
    if item_type != code.type:
        raise BadRow(f"type {item_type} contradicts the code, which says {code.type}")
    name = plaintext.clean(row["name"], limit=200)
    if not name:
        raise BadRow("the name is empty")
    if row["demonstration"] not in ("yes", "no"):
        raise BadRow("demonstration must be yes or no")
    parent = row["parent"].strip()
    if isinstance(code, BusinessBasicCode) and not parent:
        raise BadRow(f"{code} is a business item: its basic item must be named as parent")
    if parent:
        upper = parent_of(code)
        if upper is None or str(upper) != parent:
            raise BadRow(f"{parent!r} cannot be the parent of {code} by their digits")
        if parent not in known:
            raise BadRow(f"parent {parent!r} is not known (it must stand before its children)")
    return BasicItem(
        code=str(code),
        name=name,
        item_type=item_type,
        department=plaintext.clean(row["department"], limit=60),
        parent_id=parent or None,
        origin=plaintext.clean(row["origin"], limit=200),
        demonstration=row["demonstration"] == "yes",
    )


def _write_items(batch: list[BasicItem], outcome: Outcome) -> None:
    columns = (
        [item.code for item in batch],
        [item.name for item in batch],
        [item.item_type for item in batch],
        [item.department for item in batch],
        [item.parent_id for item in batch],
        [item.origin for item in batch],
        [item.demonstration for item in batch],
        [" ".join(tokens(item.name)) for item in batch],
    )
    added = [bool(row[0]) for row in fetch_all(_WRITE, columns)]
    outcome.added += sum(added)
    outcome.changed += len(added) - sum(added)
    outcome.unchanged += len(batch) - len(added)


# --- sightings ---------------------------------------------------------------------------------------------------------

SEEN = ["item_code", "channel", "where", "seen_on", "reporter", "name", "statutory_days", "promised_days"]
SEEN += ["materials", "fees", "note"]


def run_sightings(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import what was seen at counters and on sites (所见导入) from a csv file; returns the exit code. Idempotent."""
    when = at or timezone.now()
    codes = set(Item.objects.values_list("code", flat=True))

    def read(row: Row) -> actions.Seen:
        shown = Shown(
            plaintext.clean(row["name"], limit=200),
            days(row["statutory_days"]),
            days(row["promised_days"]),
            entries(row["materials"]),
            entries(row["fees"]),
        )
        where, on = row["where"], date.fromisoformat(row["seen_on"].strip())
        code, channel = row["item_code"].strip(), row["channel"].strip()
        seen = actions.Seen(code, channel, where, on, row["reporter"], shown, row["note"])
        if seen.item_code not in codes:
            raise BadRow(f"no item with the code {seen.item_code!r}")
        try:
            actions.read_seen(seen, when.astimezone(CHINA).date())
        except Invalid as invalid:
            raise BadRow("; ".join(why for _, why in _refused(invalid, ""))) from invalid
        return seen

    def write(batch: list[actions.Seen], outcome: Outcome) -> None:
        for seen in batch:
            _, fresh = actions.record_sighting(actor=system("catalogue.import"), seen=seen, at=when)
            outcome.added += fresh
            outcome.unchanged += not fresh

    return run_import(path, report, read_csv(path, SEEN), read, write)


# --- guides ------------------------------------------------------------------------------------------------------------

_LARGEST_GUIDE = 2 * 1024 * 1024  # bytes; [O] our own number
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
)
_COUNTER = tuple(
    name for name in Guide.model_fields if name not in Terms.model_fields
)  # what only an organ can state: the standard of a basic item has none
_REASON = "由指南文件导入"


class _Bad(Exception):  # noqa: N818 -- a finding about a file, with the place in it
    """Something in a guide file that cannot be taken (指南有误): JSON path and reason."""

    def __init__(self, findings: Sequence[tuple[str, str]]) -> None:
        super().__init__(findings)
        self.findings = findings


def _bad(where: str, why: str) -> NoReturn:
    raise _Bad([(where, why)])


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


class _NothingWritten(Exception):  # noqa: N818 -- a way out of the transaction, not an error
    """Leaves the transaction of an import that found something bad."""


def run_guides(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import guides (指南导入) from a JSON file, or from all in a folder; returns the exit code.

    The guide is the standard of the basic item: it is published as its basic edition, without counters and telephones.
    For each organ named the item is registered and an edition drafted and published, only where its content differs
    from the last one published. Where the standard changes, it and all editions begin together. A first edition begins on the file's ``starts_on``; a changed one today, or on
    ``starts_on`` where that is still to come. ``at``: when this is done, now unless given.
    """
    when = at or timezone.now()
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    outcome = Outcome(path, report)
    if not files:
        report(f"{path.name}: no *.json file in this folder")
        return 1
    try:
        with transaction.atomic():
            for file in files:
                _take_guide(file, outcome, report, when)
            if outcome.refused:
                raise _NothingWritten
    except _NothingWritten:
        report(f"{path.name}: {outcome.refused} problems, nothing was imported")
        return 1
    report(outcome.summary())
    return 0


def _take_guide(file: Path, outcome: Outcome, report: Report, at: datetime) -> None:
    """One file: the standard of the basic item, then what each organ makes of it."""

    def refuse(findings: Sequence[tuple[str, str]]) -> None:
        for where, why in dict.fromkeys(findings):
            outcome.refused += 1
            report(f"{file.name}: {where}: {why}")

    try:
        told = _told(file)
        terms = _terms(told)
    except _Bad as found:
        refuse(found.findings)
        return
    drafts: list[_Draft] = []
    for place, organ in enumerate(told.organs):
        try:
            with transaction.atomic():
                drafts.append(_draft_for(told, terms, organ, f"$.organs[{place}]", at))
        except _Bad as found:
            refuse(found.findings)
    if len(drafts) < len(told.organs):
        return
    try:
        _publish(told, terms, drafts, at)
    except _Bad as found:
        refuse(found.findings)
        return
    outcome.added += sum(draft.body is not None and draft.first for draft in drafts)
    outcome.changed += sum(draft.body is not None and not draft.first for draft in drafts)
    outcome.unchanged += sum(draft.body is None for draft in drafts)


def _told(file: Path) -> _Told:
    """The file, as far as it can be judged without the database. Raises _Bad."""
    body = _json(file)
    if not isinstance(body, dict):
        _bad("$", "an object is wanted")
    if hidden := list(_hidden(body, "$")):
        raise _Bad(hidden)
    findings = [(f"$.{key}", "unknown key") for key in body if key not in _KEYS]
    findings += [(f"$.{key}", "is missing") for key in _NEEDED if key not in body]
    if findings:
        raise _Bad(findings)
    organs, local, guide = body["organs"], body.get("local", {}), body["guide"]
    if not isinstance(organs, list) or not organs or not all(isinstance(code, str) for code in organs):
        _bad("$.organs", "a list of credit codes is wanted")
    if len(set(organs)) != len(organs):
        _bad("$.organs", "an organ stands twice")
    if not isinstance(guide, dict):
        _bad("$.guide", "an object is wanted")
    if not isinstance(local, dict):
        _bad("$.local", "an object is wanted")
    for code, own in local.items():
        if code not in organs:
            _bad(f"$.local.{code}", "this organ is not among $.organs")
        if not isinstance(own, dict):
            _bad(f"$.local.{code}", "an object is wanted")
        for key in own:
            if key not in _LOCAL:
                _bad(f"$.local.{code}.{key}", f"an organ states only {', '.join(_LOCAL)} by itself")
    return _Told(
        basic=_value("$.basic", body["basic"], lambda text: str(parse_basic(text))),
        level=_value("$.level", body["level"], lambda text: str(Level(text))),
        starts_on=_value("$.starts_on", body["starts_on"], date.fromisoformat),
        organs=tuple(organs),
        guide=guide,
        local=local,
        aliases=_aliases(body.get("aliases", {}), organs),
    )


def _aliases(given: object, organs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Old codes by organ. Raises _Bad."""
    if not isinstance(given, dict):
        _bad("$.aliases", "an object is wanted")
    for code, old in given.items():
        if code not in organs:
            _bad(f"$.aliases.{code}", "this organ is not among $.organs")
        if not isinstance(old, list) or not all(isinstance(one, str) for one in old):
            _bad(f"$.aliases.{code}", "a list of old codes is wanted")
    return given


def _json(file: Path) -> object:
    try:
        raw = file.read_bytes()
        if len(raw) > _LARGEST_GUIDE:
            _bad("$", f"larger than {_LARGEST_GUIDE} bytes")
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        _bad("$", f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        _bad("$", "the file is not UTF-8 text")
    except RecursionError:
        _bad("$", "nested too deeply")
    except ValueError as error:
        _bad("$", f"the file is not JSON: {error}")


def _hidden(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Texts with control characters or broken ones, which neither a page nor the database can take."""
    if isinstance(value, str):
        try:
            plaintext.clean(value, limit=_LARGEST_GUIDE, multiline=True)
        except plaintext.BadText as error:
            yield where, str(error)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _hidden(key, f"{where}.{key!r}")
            yield from _hidden(part, f"{where}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _hidden(part, f"{where}[{place}]")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys stand once: the last of two would win in silence."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _value(where: str, given: object, read: Callable[[str], T]) -> T:
    if not isinstance(given, str):
        _bad(where, "a text is wanted")
    try:
        return read(given)
    except ValueError as error:
        _bad(where, str(error))


@dataclass(frozen=True, slots=True)
class _Draft:
    """What an organ is to say (待发布内容): nothing new where ``body`` is None, because the last published edition says it."""

    where: str
    editor: Actor
    item_id: uuid.UUID
    body: dict[str, object] | None
    first: bool


def _terms(told: _Told) -> Terms:
    """What the basic item says: the guide without what only an organ can state. Raises _Bad."""
    common = {key: value for key, value in told.guide.items() if key not in _COUNTER}
    try:
        return actions.read_terms(common)
    except Invalid as invalid:
        raise _Bad(list(_elements(invalid, {}, ""))) from invalid


def _draft_for(told: _Told, terms: Terms, code: str, where: str, at: datetime) -> _Draft:
    """Register the item for one organ and draft its edition, where it differs from the last published."""
    organ = parties.organ_by_code(code)
    if organ is None:
        _bad(where, f"no organ with the credit code {code}")
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
        raise _Bad(list(_refused(refusal, where))) from refusal
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
            with _refusing(draft.where):
                _put_through(draft, told.starts_on if draft.first else today, at)
        return
    fresh = (
        last is None
        and not Edition.objects.filter(item__basic=told.basic).exclude(state__in=PENDING).exists()
    )
    starts_on = told.starts_on if fresh else today
    everybody = frozenset(post for draft in drafts for post in draft.editor.posts)
    actor = Actor(kind=ActorKind.SYSTEM, name="catalogue.import", posts=everybody)
    with _refusing("$.guide"):
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


@contextmanager
def _refusing(where: str) -> Iterator[None]:
    """A savepoint in which a refusal becomes a finding about the file."""
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        raise _Bad(list(_refused(refusal, where))) from refusal
    except IntegrityError as error:
        _bad(where, f"contradicts what is published: {str(error).splitlines()[0]}")


def _refused(refusal: Refusal, where: str) -> Iterator[tuple[str, str]]:
    yield where, str(refusal)
    for name, reasons in refusal.fields.items():
        for reason in reasons:
            yield where, f"{name}: {_said(reason)}"


def _said(text: str) -> str:
    return str(text) % text.params if isinstance(text, Message) else text


def _guide_for(told: _Told, terms: Terms, code: str) -> Guide:
    """The guide with what the organ states by itself. Raises _Bad with every element that cannot be taken."""
    own = told.local.get(code, {})
    try:
        guide = actions.read_guide({**told.guide, **own})
    except Invalid as invalid:
        raise _Bad(list(_elements(invalid, own, code))) from invalid
    beyond = {one.path: [_said(one.told())] for one in violations(terms, guide)}
    if beyond:
        raise _Bad(list(_elements(Invalid("catalogue.narrowing", "", fields=beyond), own, code)))
    return guide


def _elements(invalid: Invalid, own: Mapping[str, object], code: str) -> Iterator[tuple[str, str]]:
    for element, reasons in invalid.fields.items():
        base = f"$.local.{code}" if element.partition(".")[0] in own else "$.guide"
        for reason in reasons:
            yield (base if element == "guide" else f"{base}.{element}"), reason
