"""Names (甄别名): distinguished names of subjects and issuers, as lists of what they say.

Sources: RFC 5280, 4.1.2.4 and appendix A; RFC 4514 for their text; RFC 4519 and ETSI EN 319 412-1 for ``organizationIdentifier``.
Texts are UTF8String, which carries Chinese; country and serial number are PrintableString, as their definition demands.
"""

from collections.abc import Iterable
from typing import Final

from . import der

OIDS: Final = {
    "C": "2.5.4.6",
    "ST": "2.5.4.8",
    "L": "2.5.4.7",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "CN": "2.5.4.3",
    "serialNumber": "2.5.4.5",
    "title": "2.5.4.12",
    "organizationIdentifier": "2.5.4.97",
    "UID": "0.9.2342.19200300.100.1.1",
}
_LABELS = {dotted: label for label, dotted in OIDS.items()}
_PRINTABLE = frozenset(("C", "serialNumber"))
_ESCAPED = frozenset(',+"\\<>;=')
_STRINGS = (der.UTF8_STRING, der.PRINTABLE_STRING, der.IA5_STRING)


def build_name(parts: Iterable[tuple[str, str]]) -> bytes:
    """A name (构造甄别名), DER, from labels of :data:`OIDS` and texts, the widest first; ValueError where one is empty or unknown."""
    encoded = []
    for label, content in parts:
        if label not in OIDS or not content:
            raise ValueError(f"no name can say {label}={content!r}")
        tag = der.PRINTABLE_STRING if label in _PRINTABLE and content.isascii() else der.UTF8_STRING
        encoded.append(der.tlv(der.SET, der.sequence(der.oid(OIDS[label]), der.text(content, tag))))
    return der.sequence(*encoded)


def read_name(encoded: bytes) -> list[tuple[str, str]]:
    """What a name says (读取甄别名): labels, or numbers where there is none, and texts; raises :class:`~.der.Malformed`."""
    found = []
    for part in der.read_items(encoded, "name"):
        for attribute in part.expect(der.SET, "name").items():
            items = attribute.expect(der.SEQUENCE, "name").items()
            if len(items) != 2:
                raise der.Malformed("name")
            dotted = items[0].oid()
            content = (
                items[1].text() if items[1].tag in _STRINGS else items[1].body.decode("utf-8", "replace")
            )
            found.append((_LABELS.get(dotted, dotted), content))
    return found


def name_text(encoded: bytes) -> str:
    """A name in one line (甄别名文本), the narrowest first (RFC 4514)."""
    return ",".join(f"{label}={_escaped(content)}" for label, content in reversed(read_name(encoded)))


def part_of(encoded: bytes, label: str) -> str | None:
    """The last part with this label (取某项), None where there is none."""
    found = [content for known, content in read_name(encoded) if known == label]
    return found[-1] if found else None


def _escaped(content: str) -> str:
    plain = "".join("\\" + char if char in _ESCAPED else char for char in content)
    return "\\" + plain if plain[:1] in ("#", " ") else plain
