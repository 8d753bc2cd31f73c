"""What is to be said of a text, beside its fields (检查意见): from paths of the rules to names of the editor's page."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue_shapes import group_of
from tongban.offers.catalogue.rules.elements import TERMS, term_of
from tongban.offers.catalogue.rules.judging import NEEDED, Judgement
from tongban.offers.catalogue.rules.quality import HIDDEN_DEMAND, Severity
from tongban.standards.text import msg

Problem = dict[str, Any]

_WORDS = {
    "wrong": ("bad", msg("填错了")),
    "missing": ("bad", msg("还没写")),
    "beyond": ("bad", msg("超出基本目录")),
    "hidden": ("warn", msg("可能另有要求")),
    "error": ("bad", msg("必须改")),
    "warning": ("warn", msg("建议改")),
}


def problems(judged: Judgement, body: Mapping[str, Any]) -> list[Problem]:
    """Everything that is to be said (检查意见), the gravest first: name of the field, element, message, rule."""
    return [*_stopping(judged, body), *_found(judged, body)]


def _stopping(judged: Judgement, body: Mapping[str, Any]) -> Iterator[Problem]:
    for wrong in judged.wrong:
        kind = "missing" if wrong.message == NEEDED else "wrong"
        yield _problem(kind, wrong.path, wrong.message, body, rule="catalogue.guide")
    for element in judged.missing:
        yield _problem("missing", element, msg("这一项还没有写。"), body, rule="catalogue.missing")
    for one in judged.beyond:
        yield _problem("beyond", one.path, one.message, body, rule=one.rule.value) | {
            "basic": translated(one.basic) or _("没有"),
            "local": translated(one.local) or _("没有"),
        }


def _found(judged: Judgement, body: Mapping[str, Any]) -> Iterator[Problem]:
    for found in judged.findings:
        kind = "error" if found.severity is Severity.ERROR else "warning"
        kind = "hidden" if found.check == HIDDEN_DEMAND else kind
        yield _problem(kind, found.path, found.message, body, rule=found.check)


def _problem(kind: str, path: str, message: str, body: Mapping[str, Any], *, rule: str) -> Problem:
    state, word = _WORDS[kind]
    name = name_of(path, body)
    element = path.partition(".")[0]
    return {
        "kind": kind,
        "state": state,
        "word": _(word),
        "name": name,
        "element": translated(term_of(path)) if element in TERMS else "",
        "group": group_of(element).slug,
        "message": translated(message),
        "rule": rule,
    }


def name_of(path: str, body: Mapping[str, Any]) -> str:
    """The name of the field that a path of the rules means (路径到字段): these know materials and questions by their key."""
    element, _dot, rest = path.partition(".")
    if element == "materials" and rest:
        key, _dot, part = rest.partition(".")
        place = _place_of(body.get("materials"), key)
        return f"materials.{place}.{part}".rstrip(".") if place is not None else path
    if element == "form" and rest and not rest.startswith("sections"):
        key, _dot, part = rest.partition(".")
        return _in_form(body.get("form"), key, part) or element
    return path


def _place_of(rows: Any, key: str) -> int | None:
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, Mapping) and row.get("key") == key:
            return place
    return None


def _in_form(form: Any, key: str, part: str) -> str:
    sections = form.get("sections") if isinstance(form, Mapping) else None
    for number, section in enumerate(sections if isinstance(sections, list) else []):
        place = _place_of(section.get("fields") if isinstance(section, Mapping) else None, key)
        if place is not None:
            return f"form.sections.{number}.fields.{place}.{part}".rstrip(".")
    return ""


def by_name(found: Collection[Problem]) -> dict[str, list[Problem]]:
    """The same by the field beside which it is said (按字段)."""
    told: dict[str, list[Problem]] = {}
    for one in found:
        told.setdefault(one["name"], []).append(one)
    return told


def settled(found: list[Problem], names: Collection[str]) -> list[Problem]:
    """Each problem at the nearest field that the page really has (落到页面字段)."""
    return [one | {"name": _nearest(one["name"], names)} for one in found]


def _nearest(name: str, names: Collection[str]) -> str:
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name
