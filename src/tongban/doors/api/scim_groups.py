"""Posts for personnel systems (人事接口的岗位): SCIM 2.0 groups, one for each role in the organ whose staff the caller keeps.

Sources: RFC 7643 4.2, RFC 7644 3.5.2. A personnel system does not appoint: a changed membership becomes a *proposal* (任免) in the name of
its account, and counts when the head or a second personnel officer has approved it; until then the group tells it in the extension
``urn:tongban:params:scim:schemas:extension:1.0:Proposals``. Groups are neither made nor ended here: which roles there are is a rule.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from scim2_models import Context, ListResponse, Meta, PatchOp, ResponseParameters, SearchRequest

from tongban.base.actor import Actor
from tongban.base.errors import Invalid, NotFound
from tongban.doors.api.errors import said
from tongban.doors.api.scim import USUAL_RESULTS, actor_of, answer, sent, spoken
from tongban.doors.api.scim_types import MOST_RESULTS, Group, PostMember, Proposals, ProposedMember
from tongban.people.identity import actions
from tongban.people.identity import queries as identity
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.people.identity.rules.appointments import AppointmentKind, AppointmentState
from tongban.standards.text import msg

Post = Group[Proposals]
_REASON = msg("人事系统（SCIM）提出")


@dataclass(frozen=True, slots=True)
class _Organ:
    """What is known of the organ's posts (机关岗位现状): logins by account, who holds what today, what waits."""

    actor: Actor
    organ_id: uuid.UUID
    logins: Mapping[str, str]
    names: Mapping[str, str]
    held: Mapping[Role, list[str]]
    waiting: Mapping[Role, list[tuple[str, AppointmentKind]]]


def _organ(request: HttpRequest, at: datetime) -> _Organ:
    actor = actor_of(request, at)
    organ_id, today = identity.keeping_organ(actor), identity.day_of(at)
    logins: dict[str, str] = {}
    names: dict[str, str] = {}
    for member in identity.staff_list(actor, at=at):
        logins[str(member.id)], names[str(member.id)] = member.login, member.name
    held: dict[Role, list[str]] = {role: [] for role in Role}
    for one in identity.staff_of(actor, at=at):
        if one.organ_id == organ_id:
            logins[str(one.account_id)], names[str(one.account_id)] = one.login, one.name
            if one.since <= today:
                held[one.role].append(str(one.account_id))
    accounts = {login: account for account, login in logins.items()}
    waiting: dict[Role, list[tuple[str, AppointmentKind]]] = {role: [] for role in Role}
    for proposal in identity.appointments(actor):
        waits = proposal.organ_id == organ_id and proposal.state is AppointmentState.PROPOSED
        if waits and proposal.login in accounts:
            waiting[proposal.role].append((accounts[proposal.login], proposal.kind))
    return _Organ(actor, organ_id, logins, names, held, waiting)


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri("/scim/v2/Groups")


def _group(organ: _Organ, role: Role, address: str) -> Post:
    members = [PostMember(value=one, display=organ.names[one]) for one in organ.held[role]]
    proposed = [
        ProposedMember(value=one, display=organ.names[one], kind=kind.value)
        for one, kind in organ.waiting[role]
    ]
    group = Post(
        id=role.value,
        display_name=said(ROLE_LABELS[role]),
        members=members or None,
        meta=Meta(resource_type="Group", location=f"{address}/{role.value}"),
    )
    if proposed:
        group[Proposals] = Proposals(proposed=proposed)
    return group


def _role(given: str) -> Role:
    if given not in set(Role):
        raise NotFound("scim.group", msg("没有这个岗位。"))
    return Role(given)


def _told(request: HttpRequest, organ: _Organ, role: Role, context: Context) -> HttpResponse:
    wanted = ResponseParameters[Post].model_validate(dict(request.GET.items()))
    with translation.override(translation.get_language_from_request(request)):
        body = _group(organ, role, _address(request)).model_dump(scim_ctx=context, response_parameters=wanted)
    return answer(body, Location=f"{_address(request)}/{role.value}")


def _list(request: HttpRequest) -> HttpResponse:
    return _found(request, SearchRequest[Post].model_validate(dict(request.GET.items())))


def _search(request: HttpRequest) -> HttpResponse:
    return _found(request, SearchRequest[Post].model_validate(sent(request), scim_ctx=Context.SEARCH_REQUEST))


def _found(request: HttpRequest, wanted: "SearchRequest[Post]") -> HttpResponse:
    organ = _organ(request, datetime.now(UTC))
    with translation.override(translation.get_language_from_request(request)):
        found = [_group(organ, role, _address(request)) for role in Role]
    if wanted.filter is not None:
        found = [group for group in found if wanted.filter.match(group)]
    if wanted.sort_by is not None:
        found = wanted.sort(found)
    start = wanted.start_index_0 or 0
    most = min(USUAL_RESULTS if wanted.count is None else wanted.count, MOST_RESULTS)
    page = found[start : start + most]
    listed = ListResponse[Post](
        total_results=len(found), start_index=start + 1, items_per_page=len(page), resources=page
    )
    return answer(listed.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=wanted))


def _read(request: HttpRequest, given: str) -> HttpResponse:
    organ = _organ(request, datetime.now(UTC))
    return _told(request, organ, _role(given), Context.RESOURCE_QUERY_RESPONSE)


def _patch(request: HttpRequest, given: str) -> HttpResponse:
    """Propose what the changed membership would be (提出任免), all of it or nothing. What waits already is not proposed again."""
    at = datetime.now(UTC)
    organ, role = _organ(request, at), _role(given)
    group = _group(organ, role, _address(request))
    wanted = PatchOp[Post].model_validate(sent(request), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    wanted.patch(group)
    after, before = {one.value or "" for one in group.members or ()}, set(organ.held[role])
    changes = [(one, AppointmentKind.APPOINT) for one in sorted(after - before)]
    changes += [(one, AppointmentKind.DISMISS) for one in sorted(before - after)]
    with transaction.atomic():
        for account, kind in changes:
            if (account, kind) not in organ.waiting[role]:
                _propose(organ, role, account, kind, at)
    return _told(request, _organ(request, at), role, Context.RESOURCE_PATCH_RESPONSE)


def _propose(organ: _Organ, role: Role, account: str, kind: AppointmentKind, at: datetime) -> None:
    if account not in organ.logins:
        problem = msg("本机关没有登记这位工作人员。")
        raise Invalid("scim.member", problem, fields={"members": [problem]})
    actions.propose_appointment(
        actor=organ.actor,
        kind=kind,
        login=organ.logins[account],
        organ_id=organ.organ_id,
        role=role,
        items=(),
        since=identity.day_of(at),
        reason=str(_REASON),
        at=at,
    )


groups = spoken(GET=_list)
group = spoken(GET=_read, PATCH=_patch)
search = spoken(POST=_search)
