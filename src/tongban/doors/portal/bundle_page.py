"""A bundle as people read it (一件事呈现): what it is and saves, how its items stand side by side, one card in a list. No request."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.doors.portal import case_page
from tongban.doors.portal.application import asked_by
from tongban.doors.portal.guide_page import REASON_PROVISIONAL
from tongban.doors.web.papers import REQUIREMENT_TAGS
from tongban.doors.web.templatetags.tongban import date_zh, workdays
from tongban.offers.catalogue.queries import EditionView
from tongban.offers.catalogue.rules.bundles import Definition, Merged
from tongban.standards.text import Message, msg
from tongban.work.cases.queries import BundleFile, CaseRow
from tongban.work.cases.rules.bundles import PHASE_LABELS, Outlook, Phase
from tongban.work.cases.rules.labels import PUBLIC_LABELS
from tongban.work.cases.rules.moves import EDITABLE, OPEN, State

TAGS: Mapping[Phase, str] = {
    Phase.DRAFT: "idle",
    Phase.YOURS: "warn",
    Phase.RUNNING: "now",
    Phase.DECIDED: "ok",
    Phase.OVER: "ok",
    Phase.WITHDRAWN: "idle",
}
_WE: Mapping[Phase, str] = {
    Phase.DRAFT: msg("您填的内容已经保存，机关还看不到。"),
    Phase.YOURS: msg("其余各项照常办理，不受影响。"),
    Phase.RUNNING: msg("各项同时在办，%(total)s 项里有 %(ready)s 项已经出结果。"),
    Phase.DECIDED: msg("各项都出结果了，正在送达。"),
    Phase.OVER: msg("各项都办完了。"),
    Phase.WITHDRAWN: msg("您撤回了申请，机关不再办理。"),
}
_YOU: Mapping[Phase, str] = {
    Phase.DRAFT: msg("接着填，填完一起提交。"),
    Phase.YOURS: msg("打开标着“待补正”的一项，按告知书补正。"),
    Phase.RUNNING: msg("现在不用做什么。"),
    Phase.DECIDED: msg("现在不用做什么。"),
    Phase.OVER: msg("结果在下面各项里，证照可以随时下载。"),
    Phase.WITHDRAWN: msg("需要时可以重新申请，交过的材料还在“我的材料”里。"),
}
_BY = {
    Phase.YOURS: msg("其余各项最晚"),
    Phase.RUNNING: msg("最晚全部出结果"),
    Phase.DECIDED: msg("最晚送达"),
}
_CARD_BY = {
    Phase.YOURS: msg("有一项等您补正"),
    Phase.RUNNING: msg("最晚 %(date)s 全部出结果"),
    Phase.DECIDED: msg("最晚 %(date)s 送达"),
}
ESTIMATED = msg("还有没受理的，按承诺时间预计；受理以后以受理的为准。")
_HANDED_OVER = {
    "online": msg("电子证照出一件发一件，不用来取。"),
    "post": msg("全部出结果以后，一起邮寄给您；电子证照出一件发一件。"),
    "counter": msg("全部出结果以后，到窗口一起领；电子证照出一件发一件。"),
}


def standing(bundle: BundleFile) -> dict[str, Any]:
    """Where the bundle is now (当前状态): for the box at its head."""
    found = bundle.outlook
    by = found.day if found.phase in _BY else None
    longest = bundle.members[found.critical].short if found.critical is not None and by else ""
    return {
        "tag": {"state": TAGS[found.phase], "word": PHASE_LABELS[found.phase]},
        "we": Message(_WE[found.phase], {"total": len(bundle.members), "ready": found.ready}),
        "you": _YOU[found.phase],
        "by": by,
        "by_label": _BY.get(found.phase, ""),
        "longest": longest if len(bundle.members) > 1 else "",
        "estimated": ESTIMATED if by and found.estimated else "",
        "provisional": REASON_PROVISIONAL if by and found.provisional else "",
    }


COLUMNS = [{"label": label} for label in (msg("事项"), msg("现在"), msg("办理机关"), msg("最晚"))]


def member_rows(bundle: BundleFile) -> list[dict[str, Any]]:
    """The items side by side (各项进度): each leads to its own page."""
    drafted = bundle.number is None
    return [
        {
            "cells": [
                {
                    "text": member.short,
                    "url": reverse("guide", args=[member.edition.item_code])
                    if drafted
                    else reverse("case", args=[member.id]),
                },
                {"state": case_page.TAGS[member.state], "word": PUBLIC_LABELS[member.state]},
                member.edition.organ_name,
                _until(member.state, member.act_by),
            ]
        }
        for member in bundle.members
    ]


def _until(state: State, act_by: object) -> object:
    return act_by if act_by is not None and state in OPEN and state not in EDITABLE else "—"


def handed_over(bundle: BundleFile) -> str:
    """How the results come (结果怎样送达), as it was chosen once for all; empty where nobody chose."""
    handing = bundle.definition.delivery
    answer = bundle.answers.get(handing.fact) if handing else None
    way = handing.ways.get(str(answer)) if handing else None
    return _HANDED_OVER[way] if way else ""


# --- before it starts --------------------------------------------------------------------------------------------------


def facts(editions: Sequence[EditionView], merged: Merged, day: object) -> list[dict[str, str]]:
    """What it saves (省多少): items, questions, materials, and by when."""
    asked = sum(len(edition.guide.form.by_key()) for edition in editions)
    wanted = sum(len(edition.guide.materials) for edition in editions)
    return [
        {
            "label": _("一次办"),
            "value": ngettext("%(n)s 项", "%(n)s 项", len(editions)) % {"n": len(editions)},
        },
        {
            "label": _("填一张表"),
            "value": ngettext("%(n)s 处", "%(n)s 处", len(merged.facts)) % {"n": len(merged.facts)},
            "note": _("分开办要填 %(n)s 处") % {"n": asked},
        },
        {
            "label": _("交一套材料"),
            "value": ngettext("%(n)s 份", "%(n)s 份", len(merged.papers)) % {"n": len(merged.papers)},
            "note": _("分开办要交 %(n)s 份") % {"n": wanted},
        },
        {"label": _("今天提交，最晚"), "value": date_zh(day), "note": _("全部出结果")},
    ]


def item_cards(definition: Definition, editions: Sequence[EditionView]) -> list[dict[str, Any]]:
    """The items (各项), each leading to its guide."""
    return [
        {
            "title": edition.guide.name,
            "url": reverse("guide", args=[edition.item_code]),
            "text": edition.organ_name,
            "meta": [
                _("受理后%(days)s") % {"days": workdays(edition.guide.limits.promised_days)}
                if edition.guide.limits.promised_days
                else _("当场办结"),
                edition.guide.result.name,
            ],
        }
        for edition in editions
    ]


def papers(definition: Definition, merged: Merged) -> list[dict[str, Any]]:
    """The materials (材料), each once, with the items that it is for."""
    shorts = [item.short for item in definition.items]
    return [
        {
            "name": paper.material.name,
            "notes": paper.material.notes,
            "tag": REQUIREMENT_TAGS.get(paper.material.requirement),
            "sometimes": any(
                material.when
                for place, key in paper.wanted.items()
                for material in merged.guides[place].materials
                if material.key == key
            ),
            "for": asked_by(tuple(shorts[place] for place in paper.wanted), len(shorts)),
        }
        for paper in merged.papers.values()
    ]


def questions(definition: Definition, merged: Merged) -> list[dict[str, Any]]:
    """The merged form in short (表单概览): page by page what is asked, and for which items."""
    shorts = [item.short for item in definition.items]
    return [
        {
            "title": section.title,
            "for": asked_by(tuple(shorts[place] for place in merged.askers[section.key]), len(shorts)),
            "labels": [spec.label for spec in section.fields],
        }
        for section in merged.form.sections
    ]


# --- in a list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """One card of a list (清单一格): a case, or a bundle with all its cases. ``states``: of what is in it."""

    states: tuple[State, ...]
    card: dict[str, Any]

    @property
    def waiting(self) -> bool:
        """Whether something of it waits for the applicant (等您办)."""
        return any(state in EDITABLE for state in self.states)

    @property
    def running(self) -> bool:
        """Whether it is being handled (正在办)."""
        return not self.waiting and any(state in OPEN for state in self.states)


def units(
    rows: Sequence[CaseRow],
    names: Mapping[uuid.UUID, tuple[str, str | None]],
    outlooks: Mapping[uuid.UUID, Outlook],
) -> list[Unit]:
    """A list of cases in which each bundle is one card (清单), where its first case stands."""
    found: list[Unit] = []
    seen: set[uuid.UUID] = set()
    for row in rows:
        if row.bundle_id is None or row.bundle_id not in names:
            found.append(Unit((row.state,), case_page.card(row)))
        elif row.bundle_id not in seen:
            seen.add(row.bundle_id)
            members = [one for one in rows if one.bundle_id == row.bundle_id]
            card = _card(row.bundle_id, names[row.bundle_id][0], members, outlooks[row.bundle_id])
            found.append(Unit(tuple(member.state for member in members), card))
    return found


def _card(bundle_id: uuid.UUID, name: str, members: Sequence[CaseRow], outlook: Outlook) -> dict[str, Any]:
    first = members[0]
    template = _CARD_BY.get(outlook.phase)
    by = template if outlook.day or outlook.phase is Phase.YOURS else None
    text = _(by) % {"date": date_zh(outlook.day)} if by else _(_YOU[outlook.phase])
    if by and (outlook.estimated or outlook.provisional) and outlook.phase is not Phase.YOURS:
        text += _("（预计）")
    sent = _("%(date)s 提交") if first.submitted_at else _("%(date)s 开始填")
    return {
        "title": name,
        "url": reverse("bundle", args=[bundle_id]),
        "tag": {"state": TAGS[outlook.phase], "word": PHASE_LABELS[outlook.phase]},
        "text": text,
        "meta": [
            _("一件事，%(n)s 项") % {"n": len(members)},
            *(f"{member.item_name}：{_(PUBLIC_LABELS[member.state])}" for member in members),
            sent % {"date": date_zh(first.submitted_at or first.started_at)},
        ],
    }
