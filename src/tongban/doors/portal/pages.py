"""The pages of an application (申请分页): one subject per page, in order, and how far one has come."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.errors import NotFound
from tongban.doors.portal.application import SUPPLEMENT, Application
from tongban.doors.web.forms import field_name
from tongban.doors.web.papers import material_name
from tongban.offers.catalogue.rules.form import FieldSpec, field_of, holds
from tongban.standards.text import msg
from tongban.work.cases.rules.application import FIELD
from tongban.work.cases.rules.moves import State


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an application (一页): its title, its address, the fields on it. ``items``: of a bundle those that ask it."""

    title: str
    url: str
    intro: str = ""
    fields: tuple[FieldSpec, ...] = ()
    items: tuple[str, ...] = ()


def pages_of(application: Application) -> list[Page]:
    """All pages (全部分页): of a draft every section, of a supplement only what was demanded; then materials and check."""
    found = _sections(application)
    if application.commits:
        found.append(Page(_("告知承诺"), application.url("promise")))
    if application.materials:
        found.append(Page(_("材料"), application.url("materials")))
    if application.asks_delivery:
        found.append(Page(_("怎样领取结果"), application.url("delivery")))
    return [*found, Page(_("核对并提交"), application.url("check"))]


def _sections(application: Application) -> list[Page]:
    if application.state is State.SUPPLEMENT:
        specs = application.demanded_fields()
        address = application.url("section", SUPPLEMENT)
        return [Page(_("要改的内容"), address, fields=tuple(specs))] if specs else []
    heard = application.form.heard(application.answers)
    return [
        Page(
            section.title,
            application.url("section", section.key),
            section.intro,
            section.fields,
            application.asks.get(section.key, ()),
        )
        for section in application.form.sections
        if holds(section.when, heard)
    ]


def section_page(application: Application, section: str) -> Page:
    """The page of one section (取分页); raises NotFound where the application has no such page now."""
    address = application.url("section", section)
    found = next((page for page in _sections(application) if page.url == address), None)
    if found is None:
        raise NotFound("portal.section", msg("这份申请没有这一页。"))
    return found


def progress(application: Application, url: str) -> dict[str, Any]:
    """Where the page of this address stands (第几步), and the addresses before and after it."""
    pages = pages_of(application)
    at = next((place for place, page in enumerate(pages) if page.url == url), 0)
    return {
        "number": at + 1,
        "total": len(pages),
        "name": pages[at].title,
        "back_url": pages[at - 1].url if at else application.home,
        "next_url": pages[min(at + 1, len(pages) - 1)].url,
    }


def addresses_of_change(application: Application) -> tuple[dict[str, str], dict[str, str]]:
    """Where each field and each material can be changed (修改地址): only what may be changed now."""
    of_fields = {
        spec.key: f"{page.url}#id_{field_name(spec.key)}"
        for page in _sections(application)
        for spec in page.fields
    }
    to_materials = application.url("materials")
    of_materials = {m.key: f"{to_materials}#{material_name(m.key)}" for m in application.materials}
    return of_fields, of_materials


def missing(application: Application, errors: dict[str, list[str]]) -> list[dict[str, str]]:
    """What is missing before sending (还差什么), each with the address where it is put right."""
    of_fields, of_materials = addresses_of_change(application)
    fields = application.form.by_key()
    rows: list[dict[str, str]] = []
    for target, texts in errors.items():
        kind, _colon, key = target.partition(":")
        key = field_of(key)  # of a cell the table
        label = fields[key].label if kind == FIELD else application.names[key]
        url = (of_fields if kind == FIELD else of_materials).get(key, "")
        rows.extend({"label": label, "text": text, "url": url} for text in texts)
    return rows
