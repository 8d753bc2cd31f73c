"""The registrars' desk (证书登记): what waits, registering at the counter, one record with its history, statistics."""

import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.doors.web.certificates import pages, record
from tongban.doors.web.downloads import csv_file
from tongban.doors.workbench.door import now, staff
from tongban.doors.workbench.shown import Shown
from tongban.people.certificates import actions, queries
from tongban.people.certificates.queries import CertificateView
from tongban.people.certificates.rules.moves import CERTIFICATE_STATE_LABELS, ENDED, CertificateState
from tongban.people.certificates.rules.profiles import (
    PROFILE_LABELS,
    PROFILES,
    Delivery,
    HolderKind,
    ProfileKind,
)
from tongban.people.certificates.rules.registering import AT_COUNTER, PROOF_LABELS, Holder, ProofKind
from tongban.people.identity import queries as identity
from tongban.people.identity.rules import Role
from tongban.people.parties import queries as parties
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import msg

ROOT = "/certificates"
_SOON = "soon"
_LISTS = (
    CertificateState.REQUESTED,
    CertificateState.APPROVED,
    CertificateState.ISSUED,
    CertificateState.SUSPENDED,
    CertificateState.REVOKED,
    CertificateState.SUPERSEDED,
    CertificateState.EXPIRED,
)
_TYPED = (
    "keeper_name",
    "keeper_number",
    "counter",
    "name",
    "organ_code",
    "id_number",
    "login",
    "code",
    "document",
    "document_number",
)
_CHOSEN = ("delivery", "algorithm", "request")


def _only_registrars(actor: Actor) -> None:
    """Whoever registers nothing has no such desk (仅限登记人员)."""
    if not actor.organs_as(Role.REGISTRAR):
        raise NotFound("certificates.desk", msg("没有这个页面。"))


@staff
@require_safe
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list (登记工作列表): what waits for approval first, then by state, by what ends soon, by name."""
    _only_registrars(actor)
    at, chosen = now(), str(request.GET.get("list", CertificateState.REQUESTED))
    state = CertificateState(chosen) if chosen in set(CertificateState) else None
    name = str(request.GET.get("name", "")).replace("\x00", "")[:60].strip()
    found = queries.listed(
        actor,
        states=[state] if state else [],
        name=name,
        expiring_at=at if chosen == _SOON else None,
        before=_uuid(request.GET.get("before", "")),
        limit=queries.PAGE + 1,
    )
    rows, more = found[: queries.PAGE], len(found) > queries.PAGE
    waiting = queries.waiting(actor)
    context = {
        "filters": _filters(chosen, waiting),
        "columns": [{"label": label, "number": False} for label in record.COLUMNS],
        "rows": [record.row(one, ROOT) for one in rows],
        "name": name,
        "list": chosen,
        "older": f"{ROOT}?{urlencode({'list': chosen, 'name': name, 'before': rows[-1].id})}" if more else "",
    }
    return render(request, "workbench/certificates.html", context)


def _filters(chosen: str, waiting: int) -> list[Shown]:
    words: list[tuple[str, str, int | None]] = [
        (state.value, _(CERTIFICATE_STATE_LABELS[state]), waiting if state == "requested" else None)
        for state in _LISTS
    ]
    words += [(_SOON, _("快到期"), None), ("all", _("全部"), None)]
    return [
        {"text": text, "url": f"{ROOT}?list={value}", "count": count, "current": value == chosen}
        for value, text, count in words
    ]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID) -> HttpResponse:
    """One registration (登记档案), with how the holder was proven and its whole history."""
    found = _one(actor, certificate_id)
    proof = queries.proof_of(actor, certificate_id)
    told = [
        (_("身份证明"), _(PROOF_LABELS[proof.kind])),
        (_("证件号码"), proof.number),
        (_("谁看过原件"), f"{proof.seen_by}（{proof.counter}）" if proof.seen_by else ""),
    ]
    if found.profile is ProfileKind.LEGAL_PERSON:
        told.append((_("交给谁"), _keeper_name(found)))
    more: list[Shown] = [{"label": label, "value": value} for label, value in told if value]
    acts = queries.history(actor, certificate_id)
    page = {"archive_url": f"{ROOT}/{found.id}/archive" if found.state in ENDED else ""}
    return pages.one(request, found, acts, root=ROOT, back=(ROOT, _("证书登记")), more=more, page=page)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID, verb: str) -> HttpResponseBase:
    """One act on a registration (办理)."""
    found = _one(actor, certificate_id)
    return pages.act(request, actor, found, verb, root=ROOT, back=(ROOT, _("证书登记")))


@staff
@require_safe
def file(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID) -> HttpResponseBase:
    """The certificate itself (证书文件), PEM."""
    return pages.file(actor, _one(actor, certificate_id))


@staff
@require_POST
def archive(request: HttpRequest, actor: Actor, certificate_id: uuid.UUID) -> HttpResponseBase:
    """The archive of an ended registration (登记档案), taken away, which is recorded."""
    _only_registrars(actor)
    taken = actions.take_archive(actor=actor, certificate_id=certificate_id, at=now())
    response = StreamingHttpResponse(taken.chunks, content_type="application/zip")
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, taken.file_name) or "attachment"
    )
    return response


def _one(actor: Actor, certificate_id: uuid.UUID) -> CertificateView:
    _only_registrars(actor)
    return queries.one(actor, certificate_id, at=now())


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor, kind: str = "") -> HttpResponse:
    """Register at the counter (窗口登记): first which kind, then whose and how she was proven."""
    _only_registrars(actor)
    if kind and kind not in set(ProfileKind):
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    if not kind:
        cards = [
            {
                "title": _(PROFILE_LABELS[one]),
                "url": f"{ROOT}/new/{one}",
                "text": _WHOSE[PROFILES[one].holder],
            }
            for one in ProfileKind
        ]
        cards = [card | {"text": _(str(card["text"]))} for card in cards]
        return render(request, "workbench/certificate_kinds.html", {"cards": cards})
    profile, refusal = ProfileKind(kind), None
    typed = {name: str(request.POST.get(name, ""))[:200] for name in _TYPED}
    typed |= {name: str(request.POST.get(name, ""))[:20_000] for name in _CHOSEN}
    if request.method == "POST":
        try:
            made = actions.register(
                actor=actor,
                organ_id=_counter(actor, typed["counter"]),
                profile=profile,
                algorithm=pages.algorithm_of(typed["algorithm"]),
                delivery=pages.delivery_of(typed["delivery"]),
                holder=_holder(profile, typed),
                document=_document(profile, typed["document"]),
                document_number=typed["document_number"],
                request=typed["request"],
                at=now(),
                key=pages.key_of(request),
            )
            text = _("请另一位登记人员审核。")
            request.session["notice"] = {"kind": "ok", "title": _("已登记"), "text": text}
            return HttpResponseRedirect(f"{ROOT}/{made}")
        except (Invalid, Conflict, Forbidden) as refused:
            refusal = refused
    context = {
        "title": _("登记：%(kind)s") % {"kind": _(PROFILE_LABELS[profile])},
        "fields": _fields(actor, profile, typed, refusal.fields if refusal else {}),
        "url": f"{ROOT}/new/{kind}",
        "root": ROOT,
    }
    return pages.form(request, "register", context, refusal)


_WHOSE = {
    HolderKind.PERSON: msg("办事人，凭居民身份证"),
    HolderKind.OFFICIAL: msg("机关工作人员，凭工作证"),
    HolderKind.BODY: msg("单位或者它的设备，凭单位授权"),
}


def _counter(actor: Actor, typed: str) -> uuid.UUID:
    """The counter at which one registers; nothing typed is the only one there is."""
    organs = sorted(actor.organs_as(Role.REGISTRAR))
    if len(organs) == 1 and not typed:
        return organs[0]
    chosen = next((organ for organ in organs if str(organ) == typed), None)
    if chosen is None:
        raise Invalid("certificates.counter", pages.MENDED, fields={"counter": [msg("请选一项。")]})
    return chosen


def _document(profile: ProfileKind, typed: str) -> ProofKind:
    allowed = AT_COUNTER[PROFILES[profile].holder]
    if typed not in set(ProofKind) or ProofKind(typed) not in allowed:
        raise Invalid("certificates.document", pages.MENDED, fields={"document": [msg("请选一项。")]})
    return ProofKind(typed)


def _holder(profile: ProfileKind, typed: Mapping[str, str]) -> Holder:
    """Whom the typed words mean (查持有人): the rules say what is missing where nobody is found."""
    kind = PROFILES[profile].holder
    if kind is HolderKind.PERSON:
        party_id = parties.by_number(typed["id_number"])
        same = party_id is not None and parties.matches(party_id, typed["name"])
        return Holder(typed["name"], party_id=party_id if same else None)
    organ = parties.organ_by_code(_plain(typed["code"]).upper())
    if kind is HolderKind.OFFICIAL:
        account = identity.account_by_login(_plain(typed["login"]))
        known = identity.actor_of(account.id, at=now()) if account is not None and account.is_active else None
        if known is None or organ is None or organ.id not in known[0].organs():
            return Holder(typed["login"] or "—", code=typed["code"])
        return Holder(known[0].name, account_id=known[0].id, organ_id=organ.id)
    if profile is ProfileKind.SEAL:
        name = organ.name if organ else "—"
        return Holder(name, typed["code"], organ_id=organ.id if organ else None)
    if profile is ProfileKind.SERVER and typed["organ_code"].strip():
        return _organs_server(typed)
    keeper = _keeper(typed) if profile is ProfileKind.LEGAL_PERSON else None
    return Holder(typed["name"], typed["code"], account_id=keeper)


def _organs_server(typed: Mapping[str, str]) -> Holder:
    """A server of an organ's own (机关的服务器), under the organ's name in the register, whatever was typed as one."""
    organ = parties.organ_by_code(_plain(typed["organ_code"]).upper())
    if organ is None:
        unknown = [msg("机关名录里没有这个统一社会信用代码。")]
        raise Invalid("certificates.organ", pages.MENDED, fields={"organ_code": unknown})
    return Holder(organ.name, typed["code"], organ_id=organ.id)


def _keeper_name(found: CertificateView) -> str:
    """Whom a legal person's certificate was handed to (经办人姓名), '' where nobody was named."""
    account = identity.account_of_holder(found.account_id, None)
    return parties.party(account.party_id).name if account is not None and account.party_id else ""


def _keeper(typed: Mapping[str, str]) -> uuid.UUID | None:
    """The account of whom a legal person's certificate is handed to (经办人的账号)."""
    party_id = parties.by_number(typed["keeper_number"])
    if party_id is None or not parties.matches(party_id, typed["keeper_name"]):
        return None
    account = identity.account_of_holder(None, party_id)
    return account.id if account is not None and account.is_active else None


def _plain(typed: str) -> str:
    """A typed text fit to be looked for; what cannot be a text finds nothing."""
    try:
        return plaintext.clean(typed, limit=200)
    except BadCode:
        return ""


def _fields(
    actor: Actor, profile: ProfileKind, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> list[Shown]:
    kind = PROFILES[profile].holder
    shapes: dict[str, Shown] = {}
    organs = parties.organs_by_id(actor.organs_as(Role.REGISTRAR))
    if len(organs) > 1:
        shapes["counter"] = {
            "label": _("在哪个窗口登记"),
            "type": "select",
            "options": [{"value": str(organ.id), "label": organ.name} for organ in organs.values()],
        }
    if kind is HolderKind.PERSON:
        shapes["name"] = {"label": _("姓名"), "width": "m"}
        shapes["id_number"] = {"label": _("居民身份证号码"), "width": "m"}
    elif kind is HolderKind.OFFICIAL:
        shapes["login"] = {"label": _("登录名"), "width": "m"}
        shapes["code"] = {"label": _("所在机关的统一社会信用代码"), "width": "m"}
    elif profile is ProfileKind.SEAL:
        shapes["code"] = {"label": _("机关的统一社会信用代码"), "width": "m"}
    else:
        shapes["name"] = {"label": _("单位名称")}
        server = profile is ProfileKind.SERVER
        shapes["code"] = {"label": _("服务器域名") if server else _("统一社会信用代码"), "width": "m"}
        if server:
            shapes["organ_code"] = {
                "label": _("机关的统一社会信用代码"),
                "width": "m",
                "required": False,
                "help": _("机关自己的服务器才填，单位名称以机关名录为准；用这张证书可以替机关发报文。"),
            }
        else:
            shapes["keeper_name"] = {
                "label": _("交给谁：姓名"),
                "width": "m",
                "help": _("法定代表人或者代理人。这个人凭证书登录，只代这家法人办事。"),
            }
            shapes["keeper_number"] = {"label": _("交给谁：居民身份证号码"), "width": "m"}
    shapes["document"] = {
        "label": _("看过哪个原件"),
        "type": "radio",
        "options": [{"value": one.value, "label": PROOF_LABELS[one]} for one in AT_COUNTER[kind]],
    }
    shapes["document_number"] = {"label": _("原件号码"), "width": "m", "help": _("加密保存。")}
    shapes["delivery"] = pages.delivery_field(PROFILES[profile].deliveries)
    shapes["algorithm"] = pages.algorithm_field()
    given = {"algorithm": "p256"}
    if len(AT_COUNTER[kind]) == 1:
        given["document"] = AT_COUNTER[kind][0].value
    deliveries = PROFILES[profile].deliveries
    if len(deliveries) == 1:
        given["delivery"] = deliveries[0].value
    rows: list[Shown] = [
        {
            "name": name,
            "required": True,
            "value": typed.get(name) or given.get(name, ""),
            "errors": errors.get(name, []),
        }
        | shape
        for name, shape in shapes.items()
    ]
    request: Shown = {"name": "request", "value": typed["request"], "errors": errors.get("request", [])}
    return [*rows, request | pages.request_field(required=deliveries == (Delivery.REQUEST,))]


@staff
@require_safe
def statistics(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Statistics (证书统计): by kind and state as a table, issued and ended by month as a chart with its table."""
    _only_registrars(actor)
    found = queries.statistics(actor, at=now())
    most = max([1, *found.issued.values()])
    states = [state for state in CertificateState if any(key[1] is state for key in found.by_state)]
    context = {
        "bars": [
            {"label": month, "value": str(number), "share": round(100 * number / most), "tone": "sea"}
            for month, number in found.issued.items()
        ],
        "months": {
            "columns": _columns((_("月份"), _("签发"), _("吊销和换发"))),
            "rows": [{"cells": [month, found.issued[month], found.ended[month]]} for month in found.issued],
        },
        "kinds": {
            "columns": _columns(
                (_("种类"), *(_(CERTIFICATE_STATE_LABELS[state]) for state in states), _("合计"))
            ),
            "rows": [
                {
                    "cells": [
                        _(PROFILE_LABELS[profile]),
                        *(found.by_state.get((profile, state), 0) for state in states),
                        found.total(profile),
                    ]
                }
                for profile in ProfileKind
            ],
        },
        "root": ROOT,
    }
    return render(request, "workbench/certificate_statistics.html", context)


def _columns(labels: Sequence[str]) -> list[Shown]:
    return [{"label": label, "number": place > 0} for place, label in enumerate(labels)]


@staff
@require_safe
def statistics_file(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a table to save (统计表下载)."""
    _only_registrars(actor)
    found = queries.statistics(actor, at=now())
    lines = [
        (_(PROFILE_LABELS[profile]), _(CERTIFICATE_STATE_LABELS[state]), number)
        for (profile, state), number in sorted(found.by_state.items())
    ]
    return csv_file(_("证书统计.csv"), (_("种类"), _("状态"), _("数量")), lines)
