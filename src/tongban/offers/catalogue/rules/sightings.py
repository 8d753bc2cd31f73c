"""Sightings (所见文本) held against the edition in force on their day: what a counter or a site shows otherwise. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tongban.offers.catalogue.rules.names import comparable
from tongban.standards.text import msg


class SightChannel(StrEnum):
    """Where something was shown (所见渠道)."""

    WEB = "web"
    COUNTER = "counter"
    TERMINAL = "terminal"
    LEAFLET = "leaflet"


CHANNEL_LABELS: Mapping[SightChannel, str] = {
    SightChannel.WEB: msg("网页"),
    SightChannel.COUNTER: msg("窗口"),
    SightChannel.TERMINAL: msg("自助终端"),
    SightChannel.LEAFLET: msg("宣传单、告示"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown (所见内容). None, or "" as a name: not told there; an empty list says that there are none."""

    name: str = ""
    statutory_days: int | None = None
    promised_days: int | None = None
    materials: tuple[str, ...] | None = None
    fees: tuple[str, ...] | None = None

    def says_nothing(self) -> bool:
        """Whether there is nothing to compare (空白)."""
        return self == Shown()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where what was shown differs (所见不一致): the element, what was shown, and what the edition in force says."""

    element: str
    shown: str
    stands: str


def mismatches(shown: Shown, body: Mapping[str, object]) -> list[Mismatch]:
    """Where ``shown`` differs from the content of an edition (核对所见). Names are compared without width, case and punctuation."""
    found: list[Mismatch] = []
    limits = body.get("limits")
    stands = limits if isinstance(limits, dict) else {}
    if shown.name and comparable(shown.name) != comparable(str(body.get("name", ""))):
        found.append(Mismatch("name", shown.name, str(body.get("name", ""))))
    for element in ("statutory_days", "promised_days"):
        said = getattr(shown, element)
        if said is not None and said != stands.get(element):
            found.append(Mismatch(element, str(said), str(stands.get(element, ""))))
    if shown.materials is not None:
        found += _lists(
            "materials", shown.materials, [str(one["name"]) for one in _entries(body, "materials")]
        )
    if shown.fees is not None:
        fees = [f"{one['name']} · {one['standard']}" for one in _entries(body, "fees")]
        found += _lists("fees", shown.fees, fees)
    return found


def _entries(body: Mapping[str, object], element: str) -> Sequence[Mapping[str, object]]:
    value = body.get(element)
    return value if isinstance(value, list) else []


def _lists(element: str, shown: Iterable[str], stands: Iterable[str]) -> list[Mismatch]:
    one, two = ({comparable(text): text for text in texts} for texts in (shown, stands))
    if one.keys() == two.keys():
        return []
    only, missing = (
        "；".join(text for key, text in mine.items() if key not in other)
        for mine, other in ((one, two), (two, one))
    )
    return [Mismatch(element, only, missing)]


NONE = frozenset({"无", "没有", "不收费", "none"})
_BETWEEN = re.compile(r"[；;\n]+")


def entries(text: str) -> tuple[str, ...] | None:
    """A list as somebody writes it (分项), parted by ； or by lines: None where nothing is told, empty where it says 无."""
    told = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    if not told:
        return None
    return () if len(told) == 1 and told[0] in NONE else tuple(told)


def days(text: str) -> int | None:
    """A number of days as somebody writes it (天数): None where nothing is told. ValueError where it is no number."""
    told = text.strip()
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 5):
        raise ValueError(f"{told[:20]!r} is no number of days")
    return int(told)
