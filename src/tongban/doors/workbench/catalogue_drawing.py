"""Drawing the editor (编辑页呈现): each part of a guide as fields, with what the standard says of it beside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.files.rules import EXTENSIONS, kind_names
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue_reading import file_token
from tongban.doors.workbench.catalogue_shapes import LEAVES, Kind, Shape
from tongban.offers.catalogue.actions import LARGEST_FILE
from tongban.offers.catalogue.rules.guide import Terms
from tongban.standards.text import Message, msg

Node = dict[str, Any]
Body = Mapping[str, Any]

_FOLDED = 6  # [O] an entry with more parts than this is folded until it is looked at
_KNOWN_BY = ("key", "name", "kind", "question", "label", "value", "title")
_TITLES = ("name", "label", "title", "question", "kind", "value")
_ALLOWED = Message(
    msg("可以传 %(kinds)s，每个不超过 %(size)s MB。"),
    {"kinds": kind_names(EXTENSIONS), "size": LARGEST_FILE // 1024 // 1024},
)


@dataclass
class Drawing:
    """What a page is drawn with (绘制依据). ``wrong``: what is to be said, by name; ``asked``: questions of the form by key;
    ``follows``: elements that are as the standard has them, because the text leaves them to it.

    ``url``: where a file of the text is looked at. ``touched``: the name that the last press was about.
    """

    standard: Body
    wrong: Mapping[str, list[Node]]
    asked: Mapping[str, Node]
    url: str
    has_standard: bool
    follows: tuple[str, ...] = ()
    may_follow: bool = True
    touched: str = ""
    names: set[str] = field(default_factory=set)

    def element(self, shape: Shape, body: Body) -> Node:
        """One element (要素): as the standard has it until somebody states it, or with its fields."""
        own = shape.name not in self.follows
        sayable = shape.name in Terms.model_fields  # of a counter a standard cannot say anything
        rule = self.standard.get(shape.name, shape.default) if sayable else _ABSENT
        value = body.get(shape.name, shape.default)
        node = self.part(shape, value, rule, shape.name) if own else {"name": shape.name, "problems": []}
        return {
            "name": shape.name,
            "label": shape.label,
            "help": shape.help if shape.kind in (Kind.OBJECT, Kind.ROWS) else "",
            "own": own,
            "may_follow": self.may_follow and shape.name in self.standard and own,
            "standard": words(shape, rule) if shape.name in self.standard else [],
            "part": node,
            "problems": self._said(shape.name) if not own else [],
        }

    def part(self, shape: Shape, value: Any, rule: Any, name: str) -> Node:
        """One part under its name (一项)."""
        self.names.add(name)
        drawn: Node = {"name": name, "label": shape.label, "problems": self._said(name), "help": shape.help}
        if shape.kind is Kind.ROWS:
            return drawn | self._rows(shape, value, rule, name)
        if shape.kind is Kind.TEXTS or (shape.kind is Kind.LINES and _has_breaks(value)):
            return drawn | self._texts(shape, value, rule, name)
        if shape.kind is Kind.OBJECT:
            return drawn | {"kind": "object", "parts": self._parts(shape, value, rule, name)}
        if shape.kind is Kind.FILE:
            return drawn | self._file(shape, value, rule, name)
        if shape.kind is Kind.WHEN:
            return (
                drawn | {"kind": "when", "asks": self._when(value, name)} | self._beside(shape, value, rule)
            )
        return (
            drawn | {"kind": "leaf", "field": _field(shape, value, name)} | self._beside(shape, value, rule)
        )

    def _said(self, name: str) -> list[Node]:
        return self.wrong.get(name, [])

    def _beside(self, shape: Shape, value: Any, rule: Any) -> Node:
        if not self.has_standard or rule is _ABSENT:
            return {"beside": None}
        said = rule if rule is not None else shape.default
        same = (value if value not in (None, "") else shape.default) == said or (not value and not said)
        return {"beside": words(shape, said) or [_("没有")], "same": same}

    def _parts(self, shape: Shape, value: Any, rule: Any, name: str) -> list[Node]:
        said = value if isinstance(value, Mapping) else {}
        lacking = rule is _ABSENT or (not isinstance(rule, Mapping))
        return [
            self.part(
                part,
                said.get(part.name, part.default),
                _ABSENT if lacking else rule.get(part.name, part.default),
                f"{name}.{part.name}",
            )
            for part in shape.parts()
        ]

    def _rows(self, shape: Shape, value: Any, rule: Any, name: str) -> Node:
        rows = value if isinstance(value, Sequence) and not isinstance(value, str) else []
        rules = rule if isinstance(rule, Sequence) and not isinstance(rule, str) else []
        drawn, taken = [], set()
        for place, row in enumerate(rows):
            met = match(row, rules)
            taken.add(met)
            here = f"{name}.{place}"
            parts = self._parts(shape, row, _ABSENT if met is None else rules[met], here)
            called = title(shape, row) or _("新的一条")
            drawn.append(
                self._entry(here, place, len(rows), called)
                | {
                    "parts": parts,
                    "beyond": self.has_standard and rule is not _ABSENT and met is None,
                    "folded": len(parts) > _FOLDED,
                    "open": bool(row is None or not row or self.touched == here or _has_problems(parts)),
                }
            )
        left = [
            {"take": f"take:{name}.{place}", "words": title(shape, one)}
            for place, one in enumerate(rules)
            if place not in taken and "." not in name
        ]
        return {"kind": "rows", "rows": drawn, "left": left, "add": f"add:{name}"}

    def _texts(self, shape: Shape, value: Any, rule: Any, name: str) -> Node:
        texts = value if isinstance(value, Sequence) and not isinstance(value, str) else []
        rules = rule if isinstance(rule, Sequence) and not isinstance(rule, str) else []
        drawn = []
        for place, text in enumerate(texts):
            here = f"{name}.{place}"
            self.names.add(here)
            leaf = {
                "kind": "leaf",
                "name": here,
                "problems": self._said(here),
                "field": _plain_field(here, shape.label, "textarea", text, rows=2, maxlength=shape.longest)
                | {"required": True},
                "beside": None,
            }
            drawn.append(
                self._entry(here, place, len(texts), "")
                | {
                    "parts": [leaf],
                    "beyond": self.has_standard and rule is not _ABSENT and bool(text) and text not in rules,
                }
            )
        left = [
            {"take": f"take:{name}.{place}", "words": text}
            for place, text in enumerate(rules)
            if text not in texts and "." not in name
        ]
        return {"kind": "rows", "plain": True, "rows": drawn, "left": left, "add": f"add:{name}"}

    def _entry(self, here: str, place: int, count: int, title: str) -> Node:
        self.names.add(here)
        return {
            "name": here,
            "title": title,
            "number": place + 1,
            "problems": self._said(here),
            "up": f"up:{here}" if place else "",
            "down": f"down:{here}" if place + 1 < count else "",
            "remove": f"remove:{here}",
        }

    def _file(self, shape: Shape, value: Any, rule: Any, name: str) -> Node:
        given = value if isinstance(value, Mapping) else None
        return {
            "kind": "file",
            "token": file_token(given) if given else "",
            "remove": f"nofile:{name}",
            "field": _plain_field(f"{name}.upload", shape.label, "file", "")
            | {
                "required": False,
                "accept": ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings),
                "allowed": _ALLOWED,
                "max_bytes": LARGEST_FILE,
                "state": None,
                "given": {
                    "name": given.get("name", ""),
                    "size": given.get("size"),
                    "url": f"{self.url}/files/{given.get('digest', '')}",
                }
                if given
                else None,
            },
        } | ({"beside": None} if rule is _ABSENT else self._beside(shape, value, rule))

    def _when(self, value: Any, name: str) -> list[Node]:
        told = value if isinstance(value, Mapping) else {}
        known = [
            one
            | {
                "name": f"{name}.{key}",
                "options": [
                    option | {"on": option["value"] in _several(told.get(key))} for option in one["options"]
                ],
                "open": key in told,
            }
            for key, one in self.asked.items()
            if not isinstance(told.get(key), Mapping)
        ]
        return known + [
            {"name": f"{name}.{key}", "label": key, "options": [], "raw": _written(test)}
            for key, test in told.items()
            if key not in self.asked or isinstance(test, Mapping)
        ]


class _Absent:
    """The standard has no such entry at all (基本目录没有这一条)."""


_ABSENT = _Absent()


def questions(form: Any) -> dict[str, Node]:
    """Questions of a form that conditions may rest on (可作条件的问题), by key, with what can be chosen."""
    told: dict[str, Node] = {}
    sections = form.get("sections", []) if isinstance(form, Mapping) else []
    for section in sections if isinstance(sections, list) else []:
        for one in (section or {}).get("fields", []) if isinstance(section, Mapping) else []:
            if isinstance(one, Mapping) and one.get("key") and one.get("options"):
                options = [
                    {"value": str(option.get("value", "")), "label": str(option.get("label", ""))}
                    for option in one["options"]
                    if isinstance(option, Mapping)
                ]
                told[str(one["key"])] = {"label": str(one.get("label", one["key"])), "options": options}
    return told


def words(shape: Shape, value: Any) -> list[str]:
    """What a part says, in words, line by line (文字)."""
    if value in (None, "", [], {}, ()):
        return []
    if shape.kind is Kind.YES or isinstance(value, bool):
        return [_("是") if value else _("否")]
    if shape.kind in (Kind.CHOICE, Kind.CHECKS):
        known = {key: translated(label) for key, label in shape.options}
        return ["、".join(known.get(str(one), str(one)) for one in _several(value))]
    if shape.kind is Kind.LINES:
        return ["、".join(map(str, value))]
    if shape.kind is Kind.TEXTS:
        return list(map(str, value))
    if shape.kind is Kind.ROWS and isinstance(value, Sequence):
        return [_row_words(shape, row) for row in value]
    if shape.kind is Kind.OBJECT and isinstance(value, Mapping):
        return [
            _part_words(part, value[part.name])
            for part in shape.parts()
            if value.get(part.name) not in (None, "", [])
        ]
    if shape.kind is Kind.FILE and isinstance(value, Mapping):
        return [str(value.get("name", ""))]
    return [_written(value)] if isinstance(value, Mapping | list | tuple) else [str(value)]


def _part_words(part: Shape, value: Any) -> str:
    return _("%(label)s：%(words)s") % {
        "label": translated(part.label),
        "words": "；".join(words(part, value)),
    }


def _row_words(shape: Shape, row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    told = [
        "；".join(words(part, row[part.name]))
        for part in shape.parts()
        if part.name != "key" and part.kind in LEAVES and row.get(part.name) not in (None, "", part.default)
    ]
    return " · ".join(told[:4])


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _several(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _has_breaks(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(one, str) and "\n" in one for one in value)


def _has_problems(parts: list[Node]) -> bool:
    return any(
        part.get("problems") or _has_problems(part.get("parts", [])) or _has_problems(part.get("rows", []))
        for part in parts
    )


def title(shape: Shape, row: Any) -> str:
    """By what an entry is called (条目名称), empty where it has no name yet."""
    if not isinstance(row, Mapping):
        return ""
    for part in shape.parts():
        if part.name in _TITLES and row.get(part.name):
            return "；".join(words(part, row[part.name]))
    return ""


def match(row: Any, rules: Sequence[Any]) -> int | None:
    """Which entry of the standard this one is (对应条目): by what both are known by."""
    if not isinstance(row, Mapping):
        return None
    for known in _KNOWN_BY:
        if row.get(known):
            return next(
                (
                    n
                    for n, one in enumerate(rules)
                    if isinstance(one, Mapping) and one.get(known) == row[known]
                ),
                None,
            )
    return None


def _plain_field(name: str, label: str, kind: str, value: Any, **more: Any) -> Node:
    return {"name": name, "label": label, "type": kind, "value": value, "help": "", "errors": []} | more


def _field(shape: Shape, value: Any, name: str) -> Node:
    drawn = _plain_field(name, shape.label, "text", value)
    needed = shape.required and shape.kind is not Kind.YES
    drawn |= {"help": shape.help, "required": needed}
    if shape.kind is Kind.TEXT:
        drawn |= {"type": "textarea", "rows": 3, "maxlength": shape.longest}
    elif shape.kind is Kind.LINE:
        drawn |= {"maxlength": shape.longest}
    elif shape.kind is Kind.LINES:
        drawn |= {
            "type": "textarea",
            "rows": 3,
            "value": "\n".join(_several(value)),
            "help": shape.help or msg("一行一个。"),
        }
    elif shape.kind in (Kind.WHOLE, Kind.NUMBER):
        drawn |= {"type": "number", "width": "s"} | (
            {"inputmode": "numeric"} if shape.kind is Kind.WHOLE else {}
        )
    elif shape.kind is Kind.YES:
        drawn |= {"type": "checkbox", "required": True}
    elif shape.kind in (Kind.CHOICE, Kind.CHECKS):
        options = [{"value": key, "label": label} for key, label in shape.options]
        several = shape.kind is Kind.CHECKS
        drawn |= {
            "type": "checkbox" if several else "select",
            "options": options,
            "required": needed or several,
        }
        if not several:
            drawn |= {"width": "m", "value": {True: "yes", False: "no"}.get(value, value)}
    elif shape.kind is Kind.JSON:
        drawn |= {"value": "" if value in (None, [], {}) else _written(value)}
    return drawn
