"""Acts on laws (法规行为): take in a law's wording."""

from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden
from tongban.base.record import record
from tongban.base.search import actions as search
from tongban.offers.publicinfo.models import Article, Law, LawEdition
from tongban.offers.publicinfo.queries import changes
from tongban.offers.publicinfo.rules.finding import of_law
from tongban.offers.publicinfo.rules.laws import Change, LawText, digest_of, in_force_from, kind_of
from tongban.standards.citations import key_of
from tongban.standards.text import msg


@transaction.atomic
def publish_law(*, actor: Actor, text: LawText, dated: date, source_digest: str, at: datetime) -> bool:
    """Take in a law's wording (录入法规文本) of a day; whether it is new: the same wording again changes nothing.

    The wording in force until then ends on the day on which this one starts. Raises Conflict where another wording of
    the same day is published, or where it would start before the one that it follows.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("publicinfo.law_import", msg("法规由平台按官方文本导入，不能手工改。"))
    key, told = key_of(text.title), digest_of(text, dated)
    law, _ = Law.objects.get_or_create(key=key, defaults={"title": text.title, "kind": kind_of(text)})
    law = Law.objects.select_for_update().get(pk=law.pk)
    if law.title != text.title:
        raise Conflict("publicinfo.law_title", msg("同一个简称下已经有另一部法规。"))
    same = law.editions.filter(dated=dated).first()
    if same is not None:
        if same.digest == told:
            return False
        raise Conflict("publicinfo.law_same_day", msg("这一天的文本已经公布，内容不能再改。"))
    starts_on, said = in_force_from(text, dated)
    before = law.editions.filter(dated__lt=dated).order_by("-dated").first()
    after = law.editions.filter(dated__gt=dated).order_by("dated").first()
    if (before and before.starts_on > starts_on) or (after and after.starts_on < starts_on):
        raise Conflict("publicinfo.law_order", msg("施行日期和前后的文本对不上：后公布的文本不能先施行。"))
    edition = LawEdition(
        law=law,
        dated=dated,
        history=text.history,
        starts_on=starts_on,
        starts_said=said,
        ends_on=after.starts_on if after else None,
        digest=told,
        source_digest=source_digest,
    )
    if before is not None:
        before.ends_on = starts_on
        before.save(update_fields=["ends_on"])
    edition.save(force_insert=True)
    _write_articles(edition, text)
    edition.published_at = at
    edition.save(update_fields=["published_at"])
    search.put(
        of_law(
            edition=str(edition.id),
            key=key,
            title=text.title,
            kind=law.kind,
            dated=dated,
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            chapters=[article.chapter for article in text.articles],
        )
    )
    _record_law(actor, edition, before, after, at)
    return True


def _write_articles(edition: LawEdition, text: LawText) -> None:
    Article.objects.bulk_create(
        Article(
            edition=edition,
            number=article.number.number,
            inserted=article.number.inserted,
            label=article.number.label,
            chapter=article.chapter,
            section=article.section,
            text=article.text,
        )
        for article in text.articles
    )


def _record_law(
    actor: Actor, edition: LawEdition, before: LawEdition | None, after: LawEdition | None, at: datetime
) -> None:
    """One entry; where the law has another wording as well, the event names every article that differs."""
    data: dict[str, object] = {
        "law": edition.law.key,
        "edition": str(edition.id),
        "dated": edition.dated.isoformat(),
        "starts_on": edition.starts_on.isoformat(),
        "digest": edition.digest,
        "source_digest": edition.source_digest,
    }
    stream = f"law:{edition.law_id}"
    if before is None and after is None:
        record(stream=stream, act="publicinfo.law_published", actor=actor, at=at, data=data)
        return
    # A wording taken in late, before one that is here, differs from what follows it.
    older, newer = (before, edition) if before else (edition, after)
    assert older is not None and newer is not None  # noqa: S101, PT018 -- one of the two neighbours is there, see above
    data |= {
        "from": older.dated.isoformat(),
        "to": newer.dated.isoformat(),
        "changed": [_told(change) for change in changes(older.id, newer.id)],
    }
    record(stream=stream, act="publicinfo.law_changed", actor=actor, at=at, data=data, event=data)


def _told(change: Change) -> dict[str, str]:
    """A changed article in the event: what happened, under which number before and after."""
    named = {"old": change.old, "new": change.new}
    return {"kind": change.kind.value} | {
        name: article.number.label for name, article in named.items() if article is not None
    }
