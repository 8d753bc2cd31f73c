"""Acts on review flags (复核提示行为): raise them where a law changed, clear them with a reason or a new draft."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.db import fetch_all
from tongban.base.errors import Conflict, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.record import Deed, record, record_all
from tongban.offers.catalogue.actions import basic, editions
from tongban.offers.catalogue.actions.items import ensure_basic_editor, ensure_editor
from tongban.offers.catalogue.actions.reading import read_reason
from tongban.offers.catalogue.models import BasicEdition, Item, ReviewFlag
from tongban.offers.catalogue.queries.flags import Citing, citing
from tongban.offers.catalogue.rules.citing import FlagOutcome, Touched, changed_articles, touched
from tongban.standards.text import msg

_BATCH = 500  # editions of one transaction; [O] our own number
_LONGEST_CITED = 400  # characters, the width of the column

# What is flagged already stays as it is, cleared or not: a second run of the job adds nothing.
_RAISE = """
    INSERT INTO review_flag (id, edition_id, basic_edition_id, law, wording, law_starts_on, article, became, now, cited,
                             raised_at, outcome, note, cleared_name)
    SELECT t.id, t.edition, t.basic_edition, %s, %s, %s, t.article, t.became, t.now, t.cited, %s, '', '', ''
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS t (id, edition, basic_edition, article, became, now, cited)
    ON CONFLICT DO NOTHING RETURNING id
"""


def flag_law_change(
    *,
    actor: Actor,
    law: str,
    wording: uuid.UUID,
    starts_on: date,
    changed: Iterable[Mapping[str, object]],
    at: datetime,
) -> int:
    """Flag every edition in force, or to be, that cites an article which a new wording changed (标记受影响事项).

    ``changed``: as the event of the changed law names them. Returns how many flags are new. May be done again, also
    after having been stopped half way.
    """
    articles = changed_articles(changed)
    today = timezone.localtime(at).date()
    raised = 0
    for batch in batched(citing(law, today) if articles else (), _BATCH):
        found = [(one, hit) for one in batch for hit in touched(json.loads(one.basis), law, articles)]
        raised += _raise(actor, law, wording, starts_on, found, at)
    return raised


@transaction.atomic
def _raise(
    actor: Actor,
    law: str,
    wording: uuid.UUID,
    starts_on: date,
    found: Sequence[tuple[Citing, Touched]],
    at: datetime,
) -> int:
    if not found:
        return 0
    ids = [new_id() for _ in found]
    columns = (
        ids,
        [None if one.is_basic else one.edition_id for one, _ in found],
        [one.edition_id if one.is_basic else None for one, _ in found],
        [hit.article.number.label for _, hit in found],
        [hit.article.became.value for _, hit in found],
        [hit.article.now for _, hit in found],
        [hit.cited[:_LONGEST_CITED] for _, hit in found],
    )
    fresh = {row[0] for row in fetch_all(_RAISE, [law, wording, starts_on, at, *columns])}
    deeds = [
        Deed(
            one.stream,
            "catalogue.flag",
            {
                "flag": str(id_),
                "edition": str(one.edition_id),
                "law": law,
                "wording": str(wording),
                "article": hit.article.number.label,
                "became": hit.article.became.value,
            },
        )
        for id_, (one, hit) in zip(ids, found, strict=True)
        if id_ in fresh
    ]
    record_all(deeds, actor=actor, at=at)
    return len(fresh)


@transaction.atomic
def keep_as_is(*, actor: Actor, flag_id: uuid.UUID, note: str, at: datetime) -> None:
    """Clear a flag because nothing has to change (不用改), with the reason."""
    flag = _opened(actor, flag_id)
    _clear(actor, flag, FlagOutcome.KEPT, _read_note(note), at)


@transaction.atomic
def redraft(*, actor: Actor, flag_id: uuid.UUID, note: str, at: datetime) -> uuid.UUID:
    """Clear a flag by beginning a new draft from the edition that it is on (起草新版本); returns the draft's id."""
    flag = _opened(actor, flag_id)
    if flag.edition is not None:
        item = Item.objects.select_for_update().select_related("basic").get(pk=flag.edition.item_id)
        made = editions.start(actor, item, flag.edition.body, at)
    else:
        assert flag.basic_edition is not None  # noqa: S101 -- a constraint: a flag is on one of the two
        standing: BasicEdition = flag.basic_edition
        made = basic.draft_basic(actor=actor, basic_code=standing.basic_id, body=standing.body, at=at)
    _clear(actor, flag, FlagOutcome.DRAFTED, read_reason(note), at, draft=str(made))
    return made


def _read_note(note: str) -> str:
    clean = read_reason(note)
    if not clean:
        told = msg("请写明为什么不用改。")
        raise Invalid("catalogue.flag_note", told, fields={"note": [told]})
    return clean


def _opened(actor: Actor, flag_id: uuid.UUID) -> ReviewFlag:
    """The flag, locked, for who may edit what it is on; raises NotFound, Forbidden, Conflict."""
    found = ReviewFlag.objects.select_for_update(of=("self",)).select_related(
        "edition__item", "basic_edition"
    )
    flag = found.filter(pk=flag_id).first()
    if flag is None:
        raise NotFound("catalogue.flag", msg("没有这条复核提示。"))
    if flag.edition is not None:
        ensure_editor(actor, flag.edition.item.organ_id)
    else:
        ensure_basic_editor(actor)
    if flag.cleared_at is not None:
        raise Conflict("catalogue.flag_cleared", msg("这条复核提示已经有人处理了。"))
    return flag


def _clear(
    actor: Actor, flag: ReviewFlag, outcome: FlagOutcome, note: str, at: datetime, **more: str
) -> None:
    flag.outcome, flag.note, flag.cleared_at = outcome, note, at
    flag.cleared_by, flag.cleared_name = actor.id, actor.name[:60]
    flag.save(update_fields=["outcome", "note", "cleared_at", "cleared_by", "cleared_name"])
    if flag.edition is not None:
        stream = f"item:{flag.edition.item_id}"
    else:
        stream = f"basic:{flag.basic_edition.basic_id if flag.basic_edition else ''}"
    data = {"flag": str(flag.id), "outcome": outcome.value, "note": note, **more}
    record(stream=stream, act="catalogue.clear_flag", actor=actor, at=at, data=data)
