"""Deputies (代理人): name and end them."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated, record
from tongban.people.identity.models import Deputy, Holding
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules import Role, absence_problem
from tongban.standards.text import msg


def deputise(
    *,
    actor: Actor,
    organ_id: uuid.UUID,
    role: Role,
    deputy_id: uuid.UUID,
    since: date,
    until: date,
    at: datetime,
    key: str | None = None,
) -> uuid.UUID:
    """Name a deputy (委托代理): a colleague of the organ acts in one of the actor's roles; returns the deputising's id.

    ``until`` is exclusive. Only what one holds oneself can be given: a deputy names no deputy of her own. The same key by
    the same actor gives the same again.
    """
    if actor.id is None or not any(
        (post.role, post.organ_id, post.for_id) == (role, organ_id, None) for post in actor.posts
    ):
        raise Forbidden(
            "identity.deputy_role", msg("只能委托您本人担任的岗位；代理别人的岗位不能再转给他人。")
        )
    _ensure_fit(actor.id, organ_id, deputy_id, since, until, day_of(at))
    named = Deputy(
        id=new_id(),
        account_id=actor.id,
        deputy_id=deputy_id,
        organ_id=organ_id,
        role=role,
        since=since,
        until=until,
        named_at=at,
    )
    data = {
        "id": str(named.id),
        "deputy": str(deputy_id),
        "organ": str(organ_id),
        "role": role.value,
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    try:
        with transaction.atomic():
            # First the entry: a second press is known by its key before it could stand in its own way.
            record(
                stream=f"account:{actor.id}", act="identity.deputise", actor=actor, at=at, data=data, key=key
            )
            named.save(force_insert=True)
    except Repeated:
        return _deputised_under(actor, key or "")
    except IntegrityError as error:
        if "deputy_once" in str(error):
            raise Conflict("identity.deputy_once", msg("这几天已经委托这位同事代理这个岗位了。")) from error
        raise
    return named.id


def _ensure_fit(
    account_id: uuid.UUID,
    organ_id: uuid.UUID,
    deputy_id: uuid.UUID,
    since: date,
    until: date,
    today: date,
) -> None:
    """Raise Invalid with everything that stands against this deputy on these days, under the rule of the first."""
    found: list[tuple[str, str, str]] = []
    if deputy_id == account_id:
        found.append(("identity.deputy_oneself", "deputy", msg("不能委托自己，请选一位同事。")))
    elif not _in_office(deputy_id, organ_id, today):
        found.append(("identity.deputy_colleague", "deputy", msg("请选本机关在职的同事。")))
    problem = absence_problem(since, until, today)
    if problem is not None:
        found.append(("identity.deputy_days", *problem))
    if found:
        fields = {field: [text] for _rule, field, text in found}
        raise Invalid(found[0][0], msg("请改正标出的内容。"), fields=fields)


def _in_office(account_id: uuid.UUID, organ_id: uuid.UUID, today: date) -> bool:
    held = Holding.objects.filter(
        Q(until=None) | Q(until__gt=today),
        account_id=account_id,
        account__is_active=True,
        account__party=None,
        organ_id=organ_id,
        since__lte=today,
    )
    return held.exists()


def _deputised_under(actor: Actor, key: str) -> uuid.UUID:
    done = done_with(actor, key)
    if done is None or done[1].act != "identity.deputise":
        raise Conflict("identity.key", msg("这个请求编号已经用在另一次操作上。"))
    return uuid.UUID(str(done[1].data["id"]))


@transaction.atomic
def end_deputy(*, actor: Actor, deputising_id: uuid.UUID, at: datetime) -> None:
    """End a deputising (结束代理) at once; only who named the deputy may. A second time is refused."""
    found = Deputy.objects.select_for_update().filter(pk=deputising_id).first()
    if found is None or found.account_id != actor.id:
        raise NotFound("identity.deputy", msg("没有这次代理。"))
    if found.ended_at is not None or found.until <= day_of(at):
        raise Conflict("identity.deputy_ended", msg("这次代理已经结束了。"))
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    data = {"id": str(found.id), "deputy": str(found.deputy_id)}
    record(stream=f"account:{actor.id}", act="identity.end_deputy", actor=actor, at=at, data=data)
