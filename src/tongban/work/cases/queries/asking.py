"""What may still be asked of an applicant (还能要求什么), and what the platform knows or verifies by itself."""

import json
import uuid
from collections.abc import Collection, Mapping
from datetime import date

from tongban.base.db import fetch_all, fetch_one
from tongban.offers.catalogue.rules.form import holds
from tongban.offers.catalogue.rules.guide import DecisionRule, Guide, Material
from tongban.records.licences import queries as licences
from tongban.work.cases.models import Check
from tongban.work.cases.queries.prefill import fixed
from tongban.work.cases.rules.application import FIELD, MATERIAL, replaced, still_to_come
from tongban.work.cases.rules.checks import UNREPAIRED

_DEMANDED = """
    SELECT body FROM case_document
    WHERE case_id = %s AND verb IN ('request_supplement', 'request_again') ORDER BY at DESC, id DESC LIMIT 1
"""


def demanded_targets(case_id: uuid.UUID) -> frozenset[str]:
    """What the case's last supplement notice asks for (补正范围); empty where there was none."""
    row = fetch_one(_DEMANDED, [case_id])
    return frozenset() if row is None else _targets(row[0])


def _targets(body: str) -> frozenset[str]:
    return frozenset(demand["target"] for demand in json.loads(body)["demands"])


_DEMANDED_OF = """
    SELECT DISTINCT ON (d.case_id) d.case_id, d.body FROM case_document d JOIN case_file c ON c.id = d.case_id
    WHERE d.case_id = ANY(%s) AND (
        c.state = 'supplement' AND d.verb IN ('request_supplement', 'request_again')
        OR c.state = 'returned' AND d.verb = 'return_for_changes')
    ORDER BY d.case_id, d.at DESC, d.id DESC
"""


def demanded_of(cases: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """What the applicants of these cases are answering now (正在补正的内容): of a supplement notice or a pre-review, by case."""
    return {row[0]: _targets(row[1]) for row in fetch_all(_DEMANDED_OF, [list(cases)])} if cases else {}


_FIRST = """
    SELECT d.body, (SELECT array_agg(DISTINCT a.key) FROM case_attachment a
                    WHERE a.case_id = d.case_id AND a.attached_at > d.at)
    FROM case_document d WHERE d.case_id = %s AND d.verb = 'request_supplement'
"""


def arrived_since_first_notice(case_id: uuid.UUID) -> frozenset[str]:
    """What arrived after the first supplement notice (首次告知后收到的内容): answers that it asked for, materials handed in since."""
    row = fetch_one(_FIRST, [case_id])
    if row is None:
        return frozenset()
    fields = {target for target in _targets(row[0]) if target.startswith(f"{FIELD}:")}
    return frozenset(fields | {f"{MATERIAL}:{key}" for key in row[1] or ()})


def held_materials(guide: Guide, *, party_id: uuid.UUID, on: date) -> dict[str, str]:
    """Materials that the platform can verify by an electronic licence (电子证照可免交材料): key -> licence number."""
    wanted = {material.key: material.licence for material in guide.materials if material.licence}
    found = {kind: licences.valid_of(party_id, kind, on=on) for kind in set(wanted.values())}
    return {key: licence.number for key, kind in wanted.items() if (licence := found[kind]) is not None}


def waited_for(
    guide: Guide,
    form: Mapping[str, object],
    attached: Collection[str],
    *,
    party_id: uuid.UUID,
    on: date,
    committed: bool,
) -> tuple[Material, ...]:
    """Deferred materials that a case waits for (还在等的容缺材料): neither promised instead, nor verifiable by the platform."""
    waiting = still_to_come(guide, form, attached, committed=committed)
    if not any(material.licence for material in waiting):
        return waiting
    held = held_materials(guide, party_id=party_id, on=on)
    return tuple(material for material in waiting if material.key not in held)


def held_targets(guide: Guide, *, party_id: uuid.UUID, on: date, committed: bool = False) -> frozenset[str]:
    """What nobody may be asked for (不得要求的内容): answers that the platform gives, materials that it verifies, and those
    in whose place the applicant committed."""
    answers = fixed(guide.form, party_id=party_id, on=on)
    materials = held_materials(guide, party_id=party_id, on=on).keys() | replaced(guide, committed=committed)
    return frozenset({*(f"{FIELD}:{key}" for key in answers), *(f"{MATERIAL}:{key}" for key in materials)})


def has_bad_record(party_id: uuid.UUID) -> bool:
    """Whether a party has an unrepaired breach of a commitment (失信未修复)."""
    return Check.objects.filter(
        party_id=party_id, state__in=sorted(state.value for state in UNREPAIRED)
    ).exists()


def unmet(
    rule: DecisionRule, form: Mapping[str, object], *, party_id: uuid.UUID, on: date
) -> tuple[list[str], dict[str, object]]:
    """Which conditions of a rule of decision do not hold (未满足的条件), and the inputs that were looked at."""
    held = {kind: licences.valid_of(party_id, kind, on=on) for kind in {*rule.holds, *rule.lacks}}
    inputs: dict[str, object] = {
        "answers": {key: form.get(key) for key in rule.when},
        "licences": {kind: licence.number if licence else None for kind, licence in sorted(held.items())},
        "on": on.isoformat(),
    }
    missing = [] if holds(rule.when, form) else ["when"]
    missing += [f"holds:{kind}" for kind in rule.holds if held[kind] is None]
    missing += [f"lacks:{kind}" for kind in rule.lacks if held[kind] is not None]
    return missing, inputs


_LAPSING = """
    SELECT id, state FROM case_file
    WHERE state IN ('pre_review', 'passed', 'submitted') AND act_by < %s AND NOT provisional
    ORDER BY act_by, id LIMIT %s
"""


def lapsing(today: date, limit: int = 200) -> list[tuple[uuid.UUID, str]]:
    """Cases whose last day for a word has passed (逾期未告知的办件): (id, state), the longest waiting first."""
    return [(row[0], row[1]) for row in fetch_all(_LAPSING, [today, limit])]
