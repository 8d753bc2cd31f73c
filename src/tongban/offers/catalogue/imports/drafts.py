"""Import of drafts (草稿导入) from JSON: what is known of a guide so far, to be completed by an editor. Nothing is published.

A file is ``{"basic": code, "organ": credit code, "level": "2", "aliases": [old codes], "guide": {…}}``, where ``guide`` may
lack any element at any depth, but holds nothing that is wrong.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.imports import Outcome, Report
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.imports.reading import (
    Refuse,
    bad,
    hidden_in,
    read_json,
    refusing,
    take_files,
    value_of,
)
from tongban.offers.catalogue.models import Edition
from tongban.offers.catalogue.rules.drafts import read_partial
from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.parties import queries as parties
from tongban.standards.canonical import digest
from tongban.standards.item_codes import Level, parse_basic

_KEYS = ("basic", "organ", "level", "aliases", "guide")


def run_drafts(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import drafts (草稿导入) from a JSON file, or from all in a folder; returns the exit code.

    A text that the item has already as an edition, in whatever state, is left alone. ``at``: now unless given.
    """
    return take_files(path, report, at or timezone.now(), _take_draft)


def _take_draft(file: Path, outcome: Outcome, refuse: Refuse, at: datetime) -> None:
    told = _told(file, refuse)
    if told is None:
        return
    code = value_of("$.organ", told["organ"], str)
    organ = parties.organ_by_code(code)
    if organ is None:
        bad("$.organ", f"no organ with the credit code {code}")
    editor = Actor(
        kind=ActorKind.SYSTEM, name="catalogue.import", posts=frozenset({Post("editor", organ.id)})
    )
    basic = value_of("$.basic", told["basic"], lambda text: str(parse_basic(text)))
    level = value_of("$.level", told["level"], lambda text: str(Level(text)))
    guide, old_codes = told["guide"], told.get("aliases", [])
    if not isinstance(guide, dict) or not isinstance(old_codes, list):
        bad("$", "guide is wanted as an object, aliases as a list")
    with refusing("$.guide"):
        item_id = actions.register_item(actor=editor, basic_code=basic, organ_id=organ.id, level=level, at=at)
        for old in old_codes:
            actions.add_alias(actor=editor, old_code=str(old), code=f"{code}{level}{basic}", at=at)
        if _is_there(item_id, guide):
            outcome.unchanged += 1
            return
        actions.draft_edition(actor=editor, item_id=item_id, body=guide, at=at)
        outcome.added += 1


def _told(file: Path, refuse: Refuse) -> Mapping[str, object] | None:
    body = read_json(file)
    if not isinstance(body, dict):
        bad("$", "an object is wanted")
    findings = [*hidden_in(body, "$")]
    findings += [(f"$.{key}", "unknown key") for key in body if key not in _KEYS]
    findings += [(f"$.{key}", "is missing") for key in _KEYS if key not in body and key != "aliases"]
    refuse(findings)
    return None if findings else body


def _is_there(item_id: uuid.UUID, guide: Mapping[str, object]) -> bool:
    try:
        told = digest(read_partial(Guide, guide))
    except ValueError:  # the act itself says what is wrong
        return False
    return Edition.objects.filter(item=item_id, digest=told).exists()
