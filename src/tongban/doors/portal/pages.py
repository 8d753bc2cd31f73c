"""The pages of an application (申请分页): one subject per page, in order, and how far one has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.base.errors import NotFound
from tongban.doors.portal import promising
from tongban.doors.portal.case_page import demanded_fields, wanted_materials
from tongban.doors.portal.visit import today
from tongban.doors.web import delivery as delivering
from tongban.doors.web.forms import field_name
from tongban.doors.web.papers import material_name
from tongban.offers.catalogue.rules.form import FieldSpec, field_of, holds
from tongban.offers.catalogue.rules.guide import Material
from tongban.standards.text import msg
from tongban.work.cases.queries import CaseView
from tongban.work.cases.rules.application import FIELD, open_materials
from tongban.work.cases.rules.moves import State

SUPPLEMENT = "supplement"  # the one page of answers that a supplement has, in place of the guide's sections


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an application (一页): its title, its address, the fields on it."""

    title: str
    url: str
    intro: str = ""
    fields: tuple[FieldSpec, ...] = ()


def pages_of(case: CaseView) -> list[Page]:
    """All pages (全部分页): of a draft every section, of a supplement only what was demanded; then materials and check."""
    found = _sections(case)
    if promising.commits(case):
        found.append(Page(_("告知承诺"), reverse("promise", args=[case.id])))
    if materials_of(case):
        found.append(Page(_("材料"), reverse("materials", args=[case.id])))
    if delivering.asked(case):
        found.append(Page(_("怎样领取结果"), reverse("delivery", args=[case.id])))
    return [*found, Page(_("核对并提交"), reverse("check", args=[case.id]))]


def _sections(case: CaseView) -> list[Page]:
    if case.state is State.SUPPLEMENT:
        specs = demanded_fields(case)
        address = reverse("section", args=[case.id, SUPPLEMENT])
        return [Page(_("要改的内容"), address, fields=tuple(specs))] if specs else []
    form = case.edition.guide.form
    heard = form.heard(case.form)
    return [
        Page(section.title, reverse("section", args=[case.id, section.key]), section.intro, section.fields)
        for section in form.sections
        if holds(section.when, heard)
    ]


def section_page(case: CaseView, section: str) -> Page:
    """The page of one section (取分页); raises NotFound where the application has no such page now."""
    address = reverse("section", args=[case.id, section])
    found = next((page for page in _sections(case) if page.url == address), None)
    if found is None:
        raise NotFound("portal.section", msg("这份申请没有这一页。"))
    return found


def materials_of(case: CaseView) -> Sequence[Material]:
    """The materials that can be handed in now (可交材料): of a supplement those demanded and what changed answers require."""
    if case.state is State.SUPPLEMENT:
        attached = {given.key for given in case.attachments} | promising.waived(case, today()).keys()
        wanted = open_materials(case.edition.guide, case.form, attached, case.demands())
        return [material for material in case.edition.guide.materials if material.key in wanted]
    return wanted_materials(case)


def progress(case: CaseView, url: str) -> dict[str, Any]:
    """Where the page of this address stands (第几步), and the addresses before and after it."""
    pages = pages_of(case)
    at = next((place for place, page in enumerate(pages) if page.url == url), 0)
    return {
        "number": at + 1,
        "total": len(pages),
        "name": pages[at].title,
        "back_url": pages[at - 1].url if at else reverse("case", args=[case.id]),
        "next_url": pages[min(at + 1, len(pages) - 1)].url,
    }


def addresses_of_change(case: CaseView) -> tuple[dict[str, str], dict[str, str]]:
    """Where each field and each material can be changed (修改地址): only what may be changed now."""
    of_fields = {
        spec.key: f"{page.url}#id_{field_name(spec.key)}" for page in _sections(case) for spec in page.fields
    }
    to_materials = reverse("materials", args=[case.id])
    of_materials = {m.key: f"{to_materials}#{material_name(m.key)}" for m in materials_of(case)}
    return of_fields, of_materials


def missing(case: CaseView, errors: dict[str, list[str]]) -> list[dict[str, str]]:
    """What is missing before sending (还差什么), each with the address where it is put right."""
    of_fields, of_materials = addresses_of_change(case)
    fields = case.edition.guide.form.by_key()
    names = {material.key: material.name for material in case.edition.guide.materials}
    rows: list[dict[str, str]] = []
    for target, texts in errors.items():
        kind, _colon, key = target.partition(":")
        key = field_of(key)  # of a cell the table
        label = fields[key].label if kind == FIELD else names[key]
        url = (of_fields if kind == FIELD else of_materials).get(key, "")
        rows.extend({"label": label, "text": text, "url": url} for text in texts)
    return rows
