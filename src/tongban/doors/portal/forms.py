"""The guide's form as fields of a page (表单呈现): from what the edition asks to what the part ``field`` draws, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from tongban.base.files.rules import EXTENSIONS, kind_names
from tongban.offers.catalogue.rules.form import Errors, FieldSpec, FieldType
from tongban.offers.catalogue.rules.guide import Material, Requirement
from tongban.records.materials.rules import LARGEST_BYTES
from tongban.standards.text import Message, msg

_ANSWER = "f_"  # before the key of a field, so that no field of a guide collides with the page's own
_FILE = "m_"

_FEW_OPTIONS = 6  # more are a list to pull down
_DRAWN: Mapping[FieldType, Mapping[str, str]] = {
    FieldType.TEXT: {"type": "text"},
    FieldType.LONG_TEXT: {"type": "textarea"},
    FieldType.INTEGER: {"type": "number", "inputmode": "numeric", "width": "s"},
    FieldType.DECIMAL: {"type": "number", "width": "s"},
    FieldType.DATE: {"type": "date", "width": "m"},
    FieldType.CHOICE: {"type": "radio"},
    FieldType.PHONE: {"type": "tel", "inputmode": "tel", "width": "m"},
    FieldType.CREDIT_CODE: {"type": "text", "width": "m"},
    FieldType.RESIDENT_ID: {"type": "text", "width": "m"},
}
_HAS_LENGTH = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})


def field_name(key: str) -> str:
    """Name of a guide's field in a page (字段名)."""
    return _ANSWER + key


def material_name(key: str) -> str:
    """Name of a guide's material in a page (材料名)."""
    return _FILE + key


def answers(request: HttpRequest, fields: Iterable[FieldSpec]) -> dict[str, str]:
    """What was typed into ``fields`` (填写内容), as it came; a field that was not sent is empty."""
    return {field.key: request.POST.get(field_name(field.key), "") for field in fields}


def field(spec: FieldSpec, value: object = "", errors: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """One field for the part ``field`` (字段呈现)."""
    drawn = dict(_DRAWN[spec.type])
    if spec.type is FieldType.CHOICE and len(spec.options) > _FEW_OPTIONS:
        drawn = {"type": "select"}
    return {
        "name": field_name(spec.key),
        "label": spec.label,
        "help": spec.help,
        "value": "" if value is None else value,
        "errors": list(errors),
        "required": spec.required,
        "options": [{"value": option.value, "label": option.label} for option in spec.options],
        "maxlength": spec.max_length if spec.type in _HAS_LENGTH else None,
        "autocomplete": spec.autocomplete,
        "unit": spec.unit,
        **drawn,
        **more,
    }


def fields(
    specs: Iterable[FieldSpec], values: Mapping[str, object], errors: Errors | None = None
) -> list[dict[str, Any]]:
    """The fields of a page (字段列表) with what was typed and what is wrong."""
    wrong = errors or {}
    return [field(spec, values.get(spec.key, ""), wrong.get(spec.key, ())) for spec in specs]


def summary_of_errors(specs: Iterable[FieldSpec], errors: Errors) -> list[dict[str, str]]:
    """The error summary (错误汇总): each message with the label of its field, in the order of the page."""
    return [
        {"name": field_name(spec.key), "text": labelled(spec.label, text)}
        for spec in specs
        for text in errors.get(spec.key, ())
    ]


def labelled(label: str, text: str) -> str:
    """``text`` with the field that it is about (错误带字段名), for a summary that stands away from the fields."""
    params = {"label": label, "text": text}
    return Message(msg("%(label)s：%(text)s"), params)


ACCEPT = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)
ALLOWED = Message(
    msg("可以传 %(kinds)s，每个不超过 %(size)s MB。"),
    {"kinds": kind_names(EXTENSIONS), "size": LARGEST_BYTES // 1024 // 1024},
)
TOO_LARGE = Message(
    msg("这个文件超过 %(size)s MB，请压缩或分开后再传。"), {"size": LARGEST_BYTES // 1024 // 1024}
)


def file_field(material: Material, errors: Sequence[str] = ()) -> dict[str, Any]:
    """One upload for the part ``file`` (上传字段)."""
    return {
        "name": material_name(material.key),
        "label": msg("选一个文件"),
        "type": "file",
        "help": "",
        "errors": list(errors),
        "required": True,
        "accept": ACCEPT,
        "allowed": ALLOWED,
        "max_bytes": LARGEST_BYTES,
        "given": None,
        "state": None,
    }


# What is said beside a material; one that must be handed in needs no word.
REQUIREMENT_TAGS: Mapping[Requirement, Mapping[str, str]] = {
    Requirement.OPTIONAL: {"state": "idle", "word": msg("可以不交")},
    Requirement.LATER: {"state": "warn", "word": msg("可以后补")},
}
