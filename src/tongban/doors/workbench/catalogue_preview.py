"""The form as applicants will see it (表单预览), drawn by the code that draws it for them."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tongban.doors.web import forms
from tongban.offers.catalogue.rules.form import FieldSpec, Form, Section

Pages = list[dict[str, Any]]


def preview(body: Any) -> Pages | None:
    """The pages of a form (表单各页), of a half-written one those questions that are whole; None where nothing is."""
    try:
        return forms.preview(Form.model_validate(body))
    except ValidationError:
        pass
    try:
        return forms.preview(Form.model_validate({"sections": _whole(body)}))
    except ValidationError:
        return None


def _whole(body: Any) -> list[dict[str, Any]]:
    sections = body.get("sections") if isinstance(body, Mapping) else None
    told = []
    for number, section in enumerate(sections if isinstance(sections, list) else []):
        if not isinstance(section, Mapping):
            continue
        rows = section.get("fields")
        fields = [one for one in (rows if isinstance(rows, list) else []) if _is(FieldSpec, one)]
        page = dict(section) | {"fields": fields}
        page.setdefault("key", f"page_{number + 1}")
        page.setdefault("title", "…")
        if fields and _is(Section, page):
            told.append(page)
    return told


def _is(kind: type[FieldSpec] | type[Section], body: Any) -> bool:
    try:
        kind.model_validate(body)
    except ValidationError:
        return False
    return True
