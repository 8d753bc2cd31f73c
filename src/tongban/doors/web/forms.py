"""The guide's form as fields of a page (表单呈现): from what the edition asks to what the parts draw, and back.

One drawing for whoever fills it in and for whoever builds it: :func:`page_fields` for a page that is answered, :func:`preview`
for an editor. A field whose condition rests on other pages is drawn or not; one whose condition rests on the same page is
drawn with the words that say when it is asked, and a script hides and shows it. Nothing depends on that script.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.offers.catalogue.rules.form import (
    Between,
    Column,
    Errors,
    FieldSpec,
    FieldType,
    Form,
    When,
    holds,
)
from tongban.offers.catalogue.rules.form.prefill import Origin
from tongban.people.places import queries as places
from tongban.standards.canonical import digest
from tongban.standards.text import Message, msg
from tongban.work.cases.queries import Known, shown

ANSWER = "f_"  # before the key of a field, so that no field of a guide collides with the page's own
MORE, LESS = "more", "less"  # names of the buttons that add and take out a row
_MOST_TYPED = 200  # rows read from one page; the form's own limit, told in words, is lower

_FEW_OPTIONS = 6  # more are a list to pull down
_DRAWN: Mapping[FieldType, Mapping[str, str]] = {
    FieldType.TEXT: {"type": "text"},
    FieldType.LONG_TEXT: {"type": "textarea"},
    FieldType.INTEGER: {"type": "number", "inputmode": "numeric", "width": "s"},
    FieldType.DECIMAL: {"type": "number", "width": "s"},
    FieldType.DATE: {"type": "date", "width": "m"},
    FieldType.CHOICE: {"type": "radio"},
    FieldType.YES_NO: {"type": "radio"},
    FieldType.MULTIPLE: {"type": "checkbox"},
    FieldType.ROWS: {"type": "rows"},
    FieldType.PLACE: {"type": "select", "width": "m"},
    FieldType.PHONE: {"type": "tel", "inputmode": "tel", "width": "m"},
    FieldType.CREDIT_CODE: {"type": "text", "width": "m"},
    FieldType.RESIDENT_ID: {"type": "text", "width": "m"},
}
_HAS_LENGTH = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})


def field_name(key: str) -> str:
    """Name of a guide's field in a page (字段名); a cell of a table, ``staff.0.name``, becomes ``f_staff-0-name``."""
    return ANSWER + key.replace(".", "-")


def answers(post: QueryDict, fields: Iterable[FieldSpec]) -> dict[str, object]:
    """What was typed into ``fields`` (填写内容), as it came; a field that was not sent is empty."""
    return {field.key: _typed(post, field, field_name(field.key)) for field in fields}


def _typed(post: QueryDict, field: Column, name: str) -> object:
    if field.type is FieldType.MULTIPLE:
        return post.getlist(name)
    if not isinstance(field, FieldSpec) or field.type is not FieldType.ROWS:
        return post.get(name, "")
    found = {
        int(number)
        for sent in post
        if sent.startswith(f"{name}-") and (number := sent[len(name) + 1 :].partition("-")[0]).isdecimal()
    }
    return [
        {column.key: _typed(post, column, f"{name}-{number}-{column.key}") for column in field.columns}
        for number in sorted(found)[:_MOST_TYPED]
    ]


WAS = "was_"  # before the name of a field: a mark of the answer that the page was drawn with


def mark(value: object) -> str:
    """A mark of an answer (内容标记), the same for what is kept and for what a page sends back when nobody touched it."""
    return digest({"answer": _plain(value)})[:16]


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: plain for key, part in value.items() if (plain := _plain(part))}
    if isinstance(value, list | tuple):
        return [plain for part in value if (plain := _plain(part))]
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def touched(post: QueryDict, typed: Mapping[str, object]) -> dict[str, object]:
    """Of what a page sent what was changed on it (改过的内容); all of it where the page carries no marks.

    Another device may have answered the others meanwhile: they are not this page's to write.
    """
    return {key: value for key, value in typed.items() if post.get(WAS + field_name(key)) != mark(value)}


def marks(values: Mapping[str, object]) -> dict[str, str]:
    """The marks of answers (内容标记) by the names under which a page carries them."""
    return {WAS + field_name(key): mark(value) for key, value in values.items()}


def changed_rows(
    post: QueryDict, fields: Iterable[FieldSpec], typed: Mapping[str, object]
) -> dict[str, object]:
    """``typed`` after a press on 再加一行 or 删除这一行 (增减行); as it was where the press means nothing."""
    tables = {field_name(field.key): field for field in fields if field.type is FieldType.ROWS}
    changed = dict(typed)
    more = tables.get(post.get(MORE, ""))
    if more is not None:
        rows = _rows_of(changed[more.key])
        changed[more.key] = [*rows, {}] if len(rows) < more.most_rows else rows
    name, _dash, number = post.get(LESS, "").rpartition("-")
    less = tables.get(name)
    if less is not None and number.isdecimal():
        rows = _rows_of(changed[less.key])
        changed[less.key] = [row for place, row in enumerate(rows) if place != int(number)]
    return changed


def _rows_of(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def presses_rows(post: QueryDict) -> bool:
    """Whether the press was one that adds or takes out a row (是不是增减行)."""
    return MORE in post or LESS in post


def page_fields(
    form: Form,
    specs: Sequence[FieldSpec],
    values: Mapping[str, object],
    errors: Errors | None = None,
    known: Mapping[str, Known] | None = None,
) -> list[dict[str, Any]]:
    """The fields of a page (一页的字段) with what was typed, what is wrong, and what the platform knew already."""
    here = {spec.key for spec in specs}
    heard, conditions = form.heard(values), form.conditions()
    return [
        _conditional(
            form, spec, conditions[spec.key], here, values, errors or {}, (known or {}).get(spec.key)
        )
        for spec in specs
        if holds({key: test for key, test in conditions[spec.key].items() if key not in here}, heard)
    ]


def preview(form: Form, values: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
    """The whole form as its pages (表单预览): title, intro, condition in words, fields. The same drawing that is answered."""
    here, conditions, fields = set(form.by_key()), form.conditions(), form.by_key()
    return [
        {
            "title": section.title,
            "intro": section.intro,
            "condition": condition_words(section.when, fields),
            "fields": [
                _conditional(form, spec, conditions[spec.key], here, values or {}, {}, None)
                for spec in section.fields
            ],
        }
        for section in form.sections
    ]


def _conditional(
    form: Form,
    spec: FieldSpec,
    when: When,
    here: Collection[str],
    values: Mapping[str, object],
    errors: Errors,
    known: Known | None,
) -> dict[str, Any]:
    on_page = {key: test for key, test in when.items() if key in here}
    drawn = field(spec, values.get(spec.key, ""), errors, known=known)
    drawn["when"] = (
        {"words": condition_words(on_page, form.by_key()), "data": _as_data(on_page)} if on_page else None
    )
    return drawn


def condition_words(when: When, fields: Mapping[str, FieldSpec]) -> str:
    """When something is asked (适用条件), in words; '' where always."""
    parts = [
        _("“%(question)s”是“%(answer)s”")
        % {"question": fields[key].label, "answer": test_words(fields[key], test)}
        for key, test in when.items()
    ]
    return _("%(situation)s的，才填。") % {"situation": _("，并且").join(parts)} if parts else ""


def test_words(field: FieldSpec, test: tuple[str, ...] | Between) -> str:
    """What an answer has to be (条件取值), in words."""
    if isinstance(test, Between):
        bounds = {"low": test.minimum, "high": test.maximum}
        if test.maximum is None:
            return _("不少于 %(low)s") % bounds
        return _("不多于 %(high)s") % bounds if test.minimum is None else _("%(low)s 到 %(high)s") % bounds
    return _("或者").join(translated(option.label) for option in field.choices if option.value in test)


def _as_data(when: When) -> str:
    """A condition for the script that hides and shows (条件数据)."""
    return json.dumps(
        [
            {"name": field_name(key)}
            | (test.model_dump(exclude_none=True) if isinstance(test, Between) else {"values": list(test)})
            for key, test in when.items()
        ]
    )


def field(
    spec: FieldSpec, value: object = "", errors: Errors | None = None, *, known: Known | None = None
) -> dict[str, Any]:
    """One field for the part ``field`` (字段呈现)."""
    wrong = errors or {}
    few = spec.type in (FieldType.CHOICE, FieldType.YES_NO) and len(spec.choices) <= _FEW_OPTIONS
    found = _drawn(spec, spec.key, value, wrong, as_list=not few)
    if known is not None and spec.fixed:
        lines = spec.type in (FieldType.ROWS, FieldType.LONG_TEXT)
        given = {"value": shown(spec, known.value), "readonly": True, "options": [], "unit": ""}
        said = _source_words(known, fixed=True)
        return found | given | {"type": "textarea" if lines else "text", "source": said}
    if known is not None and known.value == value:
        found["source"] = _source_words(known, fixed=False)
    if spec.type is FieldType.PLACE:
        found["groups"] = place_groups(spec.place_level or "county")
    if spec.type is FieldType.ROWS:
        found |= _table(spec, value, wrong)
    return found


def _drawn(spec: Column, place: str, value: object, errors: Errors, *, as_list: bool) -> dict[str, Any]:
    """What a field and a cell of a table have in common. ``as_list``: a choice of one is a list to pull down."""
    drawn = dict(_DRAWN[spec.type])
    if as_list and drawn["type"] == "radio":
        drawn = {"type": "select"}
    return {
        "name": field_name(place),
        "label": spec.label,
        "help": spec.help,
        "value": "" if value is None else value,
        "errors": list(errors.get(place, ())),
        "required": spec.required,
        "options": [{"value": option.value, "label": option.label} for option in spec.choices],
        "maxlength": spec.max_length if spec.type in _HAS_LENGTH else None,
        "autocomplete": spec.autocomplete,
        "unit": spec.unit,
        "source": "",
        **drawn,
    }


def _table(spec: FieldSpec, value: object, errors: Errors) -> dict[str, Any]:
    """The rows of a table, at least as many as must be there. In a table there is no room for radio buttons."""
    rows = _rows_of(value)
    rows += [{}] * (spec.least_rows - len(rows))
    name = field_name(spec.key)
    return {
        "rows": [
            {
                "fields": [
                    _drawn(
                        column,
                        f"{spec.key}.{number}.{column.key}",
                        row.get(column.key, ""),
                        errors,
                        as_list=True,
                    )
                    for column in spec.columns
                ],
                "less": f"{name}-{number}" if len(rows) > spec.least_rows else "",
            }
            for number, row in enumerate(rows)
        ],
        "more": name if len(rows) < spec.most_rows else "",
        "next": f"{name}-{len(rows)}-{spec.columns[0].key}",
        "least": spec.least_rows if spec.least_rows > 1 else 0,
        "most": spec.most_rows,
    }


def place_groups(level: str) -> list[dict[str, Any]]:
    """Places to choose from (可选区划), under the place above each where there are several."""
    groups: dict[str, list[dict[str, str]]] = {}
    for code, name, above in places.of_level(level):
        groups.setdefault(above if level == "township" else "", []).append({"value": code, "label": name})
    return [{"label": label, "options": options} for label, options in groups.items()]


_SOURCES: Mapping[Origin, str] = {
    Origin.PARTY: msg("来自您的实名信息"),
    Origin.LICENCE: msg("来自您的证照《%(name)s》（%(date)s）"),
    Origin.EARLIER: msg("来自您 %(date)s 提交的“%(name)s”"),
}


def _source_words(known: Known, *, fixed: bool) -> str:
    text = _(_SOURCES[known.origin]) % {"name": known.name, "date": date_zh(known.at)}
    return (_("%(source)s，不用填。") if fixed else _("%(source)s，有变化请改。")) % {"source": text}


def summary_of_errors(specs: Iterable[FieldSpec], errors: Errors) -> list[dict[str, str]]:
    """The error summary (错误汇总): each message with the label of its field, in the order of the page."""
    return [
        {"name": field_name(key), "text": labelled(label, text)}
        for spec in specs
        for key, label in _places(spec, errors)
        for text in errors[key]
    ]


def _places(spec: FieldSpec, errors: Errors) -> Iterator[tuple[str, str]]:
    """Where in a field something is wrong, with its label: the field itself, or cells of a table in order."""
    if spec.key in errors:
        yield spec.key, spec.label
    columns = {column.key: column.label for column in spec.columns}
    order = list(columns)
    cells = [key.split(".") for key in errors if key.startswith(f"{spec.key}.")]
    for _key, row, column in sorted(
        (cell for cell in cells if len(cell) == 3 and cell[2] in columns),
        key=lambda cell: (int(cell[1]), order.index(cell[2])),
    ):
        words = {"table": spec.label, "row": int(row) + 1, "label": columns[column]}
        yield f"{spec.key}.{row}.{column}", Message(msg("%(table)s第 %(row)s 行的%(label)s"), words)


def labelled(label: str, text: str) -> str:
    """``text`` with the field that it is about (错误带字段名), for a summary that stands away from the fields."""
    return Message(msg("%(label)s：%(text)s"), {"label": label, "text": text})
