"""Who stands at the counter (窗口核验身份): a clerk sees the document; proves, opens, gives back and merges accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Refusal
from tongban.doors.web.account.own import field, say, typed_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.door import now, staff
from tongban.people.identity import actions
from tongban.people.identity.rules import Role
from tongban.standards.text import msg

PAGE = "/counter/people"


@dataclass(frozen=True, slots=True)
class Task:
    """What a clerk does for who stands before her (窗口账号业务): its page in words. ``login``: what the login is here for."""

    url: str
    title: str
    lead: str
    word: str
    failed: str
    login: str = ""
    needs_login: bool = False
    phone: bool = False


PROVE = Task(
    PAGE,
    msg("窗口核验身份"),
    msg("当面看证件原件，把办事人的账号提到高级实名。记在您名下，办事人会收到消息。"),
    msg("核验，提到高级实名"),
    msg("没有核验"),
    msg("刚在网上注册、还没有核验过的人才填。"),
)
OPEN = Task(
    f"{PAGE}/open",
    msg("窗口开户"),
    msg("给还没有账号的人开一个，直接是高级实名。给办事人一次性码，由本人设密码，您看不到密码。"),
    msg("开户，给一次性码"),
    msg("没有开户"),
    msg("办事人自己起，以后登录用。"),
    needs_login=True,
    phone=True,
)
RECOVER = Task(
    f"{PAGE}/recover",
    msg("窗口找回账号"),
    msg(
        "给忘了密码、丢了手机的办事人一个一次性码。原来的密码、动态码、通行密钥、外部账号和所有登录马上作废。"
    ),
    msg("作废原来的，给一次性码"),
    msg("没有找回"),
    msg("刚在网上注册、还没有核验过的人才填。"),
)
MERGE = Task(
    f"{PAGE}/merge",
    msg("窗口合并账号"),
    msg(
        "办事人有两个账号：把还没核验的那个并进核验过的那个。并掉的马上不能再登录；办过的件、材料和证照都不变。"
    ),
    msg("合并"),
    msg("没有合并"),
    msg("填要并掉的、还没核验过的那个账号的登录名。"),
    needs_login=True,
)
TASKS = (PROVE, OPEN, RECOVER, MERGE)


def document_fields(
    typed: dict[str, str], refusal: Refusal | None, task: Task = PROVE
) -> list[dict[str, object]]:
    """The fields that a clerk fills in from the document (证件字段)."""
    phone = field("phone", _("手机号码"), typed, refusal, "tel", maxlength=20, autocomplete="off")
    return [
        field("name", _("姓名"), typed, refusal, help=_("照证件填。"), maxlength=60, autocomplete="off"),
        field("id_number", _("身份证号码"), typed, refusal, maxlength=20, autocomplete="off"),
        *([phone] if task.phone else []),
        field(
            "login",
            _("登录名"),
            typed,
            refusal,
            help=translated(task.login),
            required=task.needs_login,
            maxlength=60,
            autocomplete="off",
        ),
    ]


def _seen(request: HttpRequest) -> None:
    if "seen" not in request.POST:
        problem = msg("请先当面看过证件原件。")
        raise Forbidden("identity.document_seen", problem, fields={"seen": [problem]})


def _page(request: HttpRequest, task: Task, typed: dict[str, str], refusal: Refusal | None) -> HttpResponse:
    seen = field("seen", _("我当面看过证件原件，是本人"), {}, refusal, "checkbox")
    listed = refusal.fields.items() if refusal else ()
    context = {
        "task": task,
        "others": [one for one in TASKS if one is not task],
        "fields": [*document_fields(typed, refusal, task), seen],
        "errors": [{"name": name, "text": text} for name, texts in listed for text in texts],
        "refusal": refusal if refusal and not refusal.fields else None,
    }
    return render(request, "workbench/people.html", context, status=refusal.status if refusal else 200)


Act = Callable[..., Any]


def _do(
    request: HttpRequest, actor: Actor, task: Task, act: Act, done: Callable[[Any], HttpResponse]
) -> HttpResponse:
    """One of the tasks (办一项): the form, the act, and what follows it."""
    if not actor.organs_as(Role.CLERK):
        raise Forbidden("identity.counter", msg("只有窗口受理人员能当面核验身份。"))
    typed = typed_of(request, "name", "id_number", "login", *(["phone"] if task.phone else []))
    if request.method != "POST":
        return _page(request, task, typed, None)
    try:
        _seen(request)
        made = act(actor=actor, at=now(), **typed)
    except Refusal as refusal:
        return _page(request, task, typed, refusal)
    return done(made)


def code_page(request: HttpRequest, made: tuple[str, str], address: str, onward: str) -> HttpResponse:
    """The code, shown this once (一次性码页)."""
    login, code = made
    context = {"login": login, "code": code, "address": address, "onward": onward}
    return render(request, "workbench/people_code.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Raise an account to the advanced level (窗口实名)."""

    def done(_made: object) -> HttpResponse:
        say(request, "ok", _("核验好了"), _("账号现在是高级实名，可以办所有的事。"))
        return HttpResponseRedirect(PAGE)

    return _do(request, actor, PROVE, actions.prove_at_counter, done)


def _giving(request: HttpRequest, actor: Actor, task: Task, act: Act) -> HttpResponse:
    """A task that ends with a code for her (给一次性码), shown once."""
    address = f"{settings.PUBLIC_URL}/recover"
    return _do(request, actor, task, act, lambda made: code_page(request, made, address, task.url))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open an account for who has none (窗口开户): a code, with which she sets her own password."""
    return _giving(request, actor, OPEN, actions.open_at_counter)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give an account back to its owner (窗口找回账号): a code, with which she sets a new password."""
    return _giving(request, actor, RECOVER, actions.recover_at_counter)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make one of two accounts of who stands at the counter (窗口合并账号)."""

    def done(kept: str) -> HttpResponse:
        told = _("以后只用“%(login)s”登录。") % {"login": kept}
        say(request, "ok", _("两个账号合成了一个"), told)
        return HttpResponseRedirect(MERGE.url)

    return _do(request, actor, MERGE, actions.merge_at_counter, done)
