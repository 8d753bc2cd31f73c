"""Sightings held against what was in force (所见核对): where a counter or a site really shows something else."""

import json
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.base.db import fetch_all
from tongban.offers.catalogue.queries.guides import PUBLIC
from tongban.offers.catalogue.rules.sightings import Mismatch, Shown, SightChannel, mismatches


@dataclass(frozen=True, slots=True)
class SightingView:
    """A sighting beside the edition in force on its day (所见视图). ``edition_id`` None: there was none on that day.

    ``mismatches``: where they differ; none and an edition: what is shown is right.
    """

    id: uuid.UUID
    item_code: str
    item_name: str
    organ_name: str
    place_name: str
    channel: SightChannel
    whereabouts: str
    seen_on: date
    reporter: str
    note: str
    edition_id: uuid.UUID | None
    edition_number: int
    mismatches: list[Mismatch]


# Only what is compared is unpacked of a body. At most one edition is in force on a day, which a constraint holds.
_SEEN = f"""
    SELECT s.id, i.code, coalesce(e.name, b.name), o.name, p.name, s.channel, s.whereabouts, s.seen_on, s.reporter, s.note,
           e.id, coalesce(e.number, 0), s.name, s.statutory_days, s.promised_days, s.materials, s.fees,
           jsonb_build_object('name', e.name, 'limits', c.limits, 'materials', c.materials, 'fees', c.fees)::text
    FROM sighting s JOIN item i ON i.id = s.item_id JOIN basic_item b ON b.code = i.basic_id
    JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id
    LEFT JOIN edition e ON e.item_id = s.item_id AND {PUBLIC} AND e.starts_on <= s.seen_on
         AND (e.ends_on IS NULL OR e.ends_on > s.seen_on)
    LEFT JOIN LATERAL jsonb_to_record(e.body) AS c (limits jsonb, materials jsonb, fees jsonb) ON true
    WHERE (%s = '' OR s.channel = %s) AND (%s = '' OR i.code = %s)
    ORDER BY s.seen_on DESC, s.id
"""  # noqa: S608 -- constant text


def sightings(*, channel: str = "", item_code: str = "", only_differing: bool = True) -> list[SightingView]:
    """What was seen, the newest first (所见清单), each held against the edition in force on its day. One statement.

    ``only_differing``: without what agrees. What organs show is public, and so is what was seen of it.
    """
    rows = fetch_all(_SEEN, [channel, channel, item_code, item_code])
    found = (_view(row) for row in rows)
    return [one for one in found if not only_differing or one.mismatches or one.edition_id is None]


def _view(row: tuple[Any, ...]) -> SightingView:
    (
        id_,
        code,
        name,
        organ,
        place,
        channel,
        whereabouts,
        seen_on,
        reporter,
        note,
        edition,
        number,
        *told,
        body,
    ) = row
    said, statutory, promised, materials, fees = told
    shown = Shown(
        said,
        statutory,
        promised,
        None if materials is None else tuple(materials),
        None if fees is None else tuple(fees),
    )
    found = [] if edition is None else mismatches(shown, json.loads(body))
    return SightingView(
        id_,
        code,
        name,
        organ,
        place,
        SightChannel(channel),
        whereabouts,
        seen_on,
        reporter,
        note,
        edition,
        number,
        found,
    )
