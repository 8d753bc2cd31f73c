"""What an entry of a power list says (权责事项内容), how people write it, and how two wordings compare.

The elements are those that published power and responsibility lists have in common: name, type, who exercises it, basis,
duties by stage, when somebody is held to account, the telephone of supervision.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from tongban.offers.catalogue.rules.elements import Row
from tongban.standards import phone as phones
from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import ItemType, Level
from tongban.standards.text import Message, msg

LONGEST_OFFICE: Final = 100  # characters; [O] all limits of this file are our own numbers
LONGEST_LINE: Final = 600
LONGEST_NOTE: Final = 400
MOST_LINES: Final = 40
Errors = dict[str, list[str]]

# A public service is no power, and ``00`` is the heading over all of them.
POWERS: Final = tuple(kind for kind in ItemType if kind not in (ItemType.POWER, ItemType.PUBLIC_SERVICE))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ground(_Frozen):
    """Basis (权力依据): a law, or a document, and the article of it."""

    title: str
    article: str = ""

    def __str__(self) -> str:
        return f"《{self.title}》{self.article}"


class Duty(_Frozen):
    """Duty (责任事项): what the organ must do at one stage of exercising the power."""

    stage: str
    text: str

    def __str__(self) -> str:
        return f"{self.stage}：{self.text}"


class Content(_Frozen):
    """Content of an entry (权责事项内容). ``office``: the body or office that exercises the power."""

    office: str
    level: Level
    basis: tuple[Ground, ...] = ()
    duties: tuple[Duty, ...]
    accountability: tuple[str, ...]
    phone: str
    note: str = ""
    demonstration: bool = False

    def told(self) -> dict[str, object]:
        """As it is stored (存储形式)."""
        return self.model_dump(mode="json")


def content_digest(code: str, name: str, item_type: str, told: Mapping[str, object]) -> str:
    """Digest of what an edition says (内容摘要), with the name and the type that the basic item had then."""
    return digest({"basic": code, "name": name, "type": item_type, "content": dict(told)})


# --- as people write it ------------------------------------------------------------------------------------------------

_GROUND: Final = re.compile(r"《([^《》]+)》(.*)", re.DOTALL)
_DUTY: Final = re.compile(r"([^：:]{1,20})[：:](.+)", re.DOTALL)


def _lines(text: str) -> list[str]:
    """The lines that are not empty, each cleaned; raises BadCode."""
    lines = [plaintext.clean(line, limit=LONGEST_LINE) for line in text.replace("\r", "\n").split("\n")]
    found = [line for line in lines if line]
    if len(found) > MOST_LINES:
        raise BadCode(
            "powers.lines",
            msg("最多%(limit)s行，现有%(count)s行"),
            {"limit": MOST_LINES, "count": len(found)},
        )
    return found


def read_basis(text: str) -> tuple[Ground, ...]:
    """The basis written one a line (读依据): 《title》article. Raises BadCode naming the line that is none."""
    found = []
    for line in _lines(text):
        parts = _GROUND.fullmatch(line)
        if parts is None:
            raise BadCode(
                "powers.basis",
                msg("每行写一条依据，先写书名号里的名称：《行政许可法》第十二条。这一行不是：%(line)s"),
                {"line": line},
            )
        found.append(Ground(title=parts[1].strip(), article=parts[2].strip()))
    return tuple(found)


def read_duties(text: str) -> tuple[Duty, ...]:
    """The duties written one a line (读责任事项): stage, colon, text. Raises BadCode naming the line that is none."""
    found = []
    for line in _lines(text):
        parts = _DUTY.fullmatch(line)
        if parts is None:
            raise BadCode(
                "powers.duties",
                msg("每行写一个环节的责任：受理责任：……。这一行不是：%(line)s"),
                {"line": line},
            )
        found.append(Duty(stage=parts[1].strip(), text=parts[2].strip()))
    return tuple(found)


def _office(text: str) -> str:
    return plaintext.clean(text, limit=LONGEST_OFFICE)


def _level(text: str) -> Level:
    try:
        return Level(text.strip())
    except ValueError:
        raise BadCode("powers.level", msg("请从列出的选项里选一个。")) from None


def _phone(text: str) -> str:
    return str(phones.parse(text)) if text.strip() else ""


def _note(text: str) -> str:
    return plaintext.clean(text, limit=LONGEST_NOTE)


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "office": _office,
    "level": _level,
    "basis": read_basis,
    "duties": read_duties,
    "accountability": lambda text: tuple(_lines(text)),
    "phone": _phone,
    "note": _note,
}


def check_content(given: Mapping[str, str], *, demonstration: bool = False) -> tuple[Content | None, Errors]:
    """The content that somebody typed (核对内容), and what is wrong with it by field.

    A power without basis is none; only demonstration data may leave it out, and says that it is demonstration.
    """
    read: dict[str, object] = {}
    errors: Errors = {}
    for name, reader in _READERS.items():
        try:
            read[name] = reader(given.get(name, ""))
        except BadCode as error:
            errors[name] = [Message(error.message, error.params)]
            continue
        if not read[name] and name != "note" and not (name == "basis" and demonstration):
            errors[name] = [msg("请填写这一项。")]
    if errors:
        return None, errors
    return Content.model_validate(read | {"demonstration": demonstration}), {}


def typed(content: Content) -> dict[str, str]:
    """The content as somebody would type it (填表形式); :func:`check_content` reads the same back."""
    return {
        "office": content.office,
        "level": content.level.value,
        "basis": "\n".join(map(str, content.basis)),
        "duties": "\n".join(map(str, content.duties)),
        "accountability": "\n".join(content.accountability),
        "phone": content.phone,
        "note": content.note,
    }


# --- comparing ---------------------------------------------------------------------------------------------------------

TERMS: Final[Mapping[str, str]] = {
    "name": msg("事项名称"),
    "type": msg("权力类型"),
    "office": msg("行使主体"),
    "level": msg("行使层级"),
    "basis": msg("权力依据"),
    "duties": msg("责任事项"),
    "accountability": msg("追责情形"),
    "phone": msg("监督电话"),
    "note": msg("备注"),
    "demonstration": msg("演示内容"),
}


def lines_of(name: str, item_type: str, content: Content) -> dict[str, tuple[str, ...]]:
    """Every element in words (要素文字), line by line."""
    return {
        "name": (name,),
        "type": (ItemType(item_type).label,),
        "office": (content.office,),
        "level": (content.level.label,),
        "basis": tuple(map(str, content.basis)),
        "duties": tuple(map(str, content.duties)),
        "accountability": content.accountability,
        "phone": (content.phone,),
        "note": (content.note,) if content.note else (),
        "demonstration": (msg("是"),) if content.demonstration else (),
    }


Said = tuple[str, str, Content]


def rows(before: Said | None, after: Said | None) -> list[Row]:
    """Two wordings element by element (对照); an element that neither has is left out."""
    left = lines_of(*before) if before else {}
    right = lines_of(*after) if after else {}
    return [
        Row(
            element,
            term,
            left.get(element, ()),
            right.get(element, ()),
            left.get(element) == right.get(element),
        )
        for element, term in TERMS.items()
        if left.get(element) or right.get(element)
    ]


def differing(before: Said | None, after: Said | None) -> list[Row]:
    """Only the elements that differ (不同的要素)."""
    return [row for row in rows(before, after) if not row.same]


def known(codes: Iterable[str]) -> list[ItemType]:
    """The powers among ``codes`` (权力类型), in their official order."""
    given = set(codes)
    return [kind for kind in POWERS if kind in given]
