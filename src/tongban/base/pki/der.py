"""DER (可辨别编码规则): a strict reader and a writer of ASN.1's distinguished encoding.

Source: ITU-T X.690 (2021), clauses 8 to 11. One value has one encoding here: lengths are the shortest, numbers have no idle bytes, nothing
stands behind the end. What is read and written again is therefore the same bytes, and one altered bit cannot hide in an encoding.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
PRINTABLE_STRING: Final = 0x13
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

_LONGEST = 4  # bytes of a length: more than four gigabytes is no structure of ours
_DIGITS = re.compile(r"[0-9]+Z")
_UTC_UNTIL = 2050  # RFC 5280, 4.1.2.5: UTCTime through 2049


class Malformed(ValueError):  # noqa: N818 -- names the state of what was read
    """Not the structure that was expected (结构错误); the text says where, in English, for the log."""


class Value:
    """One encoded value (编码值): its tag, its content, and all its bytes as they stand."""

    __slots__ = ("body", "der", "tag")

    def __init__(self, tag: int, body: bytes, der: bytes) -> None:
        self.tag = tag
        self.body = body
        self.der = der

    def expect(self, tag: int, what: str) -> "Value":
        """The value itself where it has this tag (标签核对); raises :class:`Malformed`."""
        if self.tag != tag:
            raise Malformed(f"{what}: tag {self.tag:#04x} where {tag:#04x} belongs")
        return self

    def items(self) -> list["Value"]:
        """What a constructed value holds (成员), in its order; raises :class:`Malformed`."""
        if not self.tag & 0x20:
            raise Malformed(f"tag {self.tag:#04x} is not constructed")
        body, at, end, found = self.body, 0, len(self.body), []
        while at < end:
            one, at = _next(body, at, end)
            found.append(one)
        return found

    def first(self) -> "Value":
        """The first of what it holds (首项); raises :class:`Malformed` where it holds nothing."""
        found = self.items()
        if not found:
            raise Malformed("empty")
        return found[0]

    def pair(self, what: str) -> tuple["Value", "Value"]:
        """The two that it holds (两项); raises :class:`Malformed` where there are not two."""
        found = self.items()
        if len(found) != 2:
            raise Malformed(f"{what}: two parts were expected")
        return found[0], found[1]

    def number(self) -> int:
        """Whole number (整数) of an INTEGER or ENUMERATED."""
        body = self.body
        if self.tag & 0x1F not in (INTEGER, ENUMERATED) and not self.tag & 0x80:
            raise Malformed("not a number")
        if not body or (
            len(body) > 1 and ((body[0] == 0 and body[1] < 128) or (body[0] == 255 and body[1] > 127))
        ):
            raise Malformed("a number with idle bytes")
        return int.from_bytes(body, "big", signed=True)

    def oid(self) -> str:
        """Object identifier (对象标识符) as numbers with dots."""
        return _dotted(self.expect(OID, "object identifier").body)

    def truth(self) -> bool:
        """BOOLEAN (布尔值): DER knows 0 and 255."""
        if self.body not in (b"\0", b"\xff"):
            raise Malformed("neither true nor false")
        return self.body == b"\xff"

    def octets(self) -> bytes:
        """OCTET STRING (字节串)."""
        return self.expect(OCTET_STRING, "octet string").body

    def bits(self) -> bytes:
        """BIT STRING (位串) of whole bytes."""
        body = self.expect(BIT_STRING, "bit string").body
        if not body or body[0] != 0:
            raise Malformed("a bit string of whole bytes was expected")
        return body[1:]

    def named_bits(self) -> frozenset[int]:
        """Numbers of the bits that are set (具名位), in a BIT STRING of names."""
        body = self.body
        if not body or body[0] > 7 or (len(body) == 1 and body[0]):
            raise Malformed("bit string")
        whole = int.from_bytes(body[1:], "big")
        length = 8 * (len(body) - 1)
        found = frozenset(place for place in range(length) if whole >> (length - 1 - place) & 1)
        if named_bits(found)[2:] != body:
            raise Malformed("idle bits")
        return found

    def time(self) -> datetime:
        """UTCTime or GeneralizedTime (时间) in UTC, with fractions of a second where there are some."""
        text = self.body.decode("ascii", "replace")
        if self.tag not in (UTC_TIME, GENERALIZED_TIME):
            raise Malformed("not a time")
        if "." in text:
            whole, _, fraction = text.removesuffix("Z").partition(".")
            digits = fraction.isascii() and fraction.isdigit() and len(fraction) <= 6
            if self.tag != GENERALIZED_TIME or not digits or fraction.endswith("0") or not text.endswith("Z"):
                raise Malformed("fraction of a second")
            text, micro = whole + "Z", int(fraction.ljust(6, "0"))
        else:
            micro = 0
        if len(text) != len("yymmddHHMMSSZ") + 2 * (self.tag == GENERALIZED_TIME) or not _DIGITS.fullmatch(
            text
        ):
            raise Malformed("not a time as DER writes it")
        if self.tag == UTC_TIME:  # RFC 5280, 4.1.2.5.1: two digits mean 1950 to 2049
            text = ("19" if text >= "5" else "20") + text
        month, day, hour, minute, second = (int(text[place : place + 2]) for place in range(4, 14, 2))
        try:
            return datetime(int(text[:4]), month, day, hour, minute, second, micro, UTC)
        except ValueError as problem:
            raise Malformed("no such time") from problem

    def text(self) -> str:
        """Text (文本) of a UTF8String, PrintableString or IA5String."""
        try:
            return self.body.decode("utf-8" if self.tag == UTF8_STRING else "ascii")
        except UnicodeDecodeError as problem:
            raise Malformed("not a text") from problem


def _next(data: bytes, at: int, end: int) -> tuple[Value, int]:
    """The value that begins at ``at``, and where the next one does."""
    if at + 2 > end:
        raise Malformed("cut off")
    tag, length, body = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise Malformed("a tag of more than one byte")
    if length > 127:
        size = length & 127
        if not 0 < size <= _LONGEST or body + size > end:
            raise Malformed("length")
        length = int.from_bytes(data[body : body + size], "big")
        if data[body] == 0 or length < 128:
            raise Malformed("length is not the shortest")
        body += size
    stop = body + length
    if stop > end:
        raise Malformed("runs over its end")
    return Value(tag, data[body:stop], data[at:stop]), stop


def read(data: bytes) -> Value:
    """The one value that ``data`` is (读取); raises :class:`Malformed`, also where something stands behind it."""
    found, end = _next(data, 0, len(data))
    if end != len(data):
        raise Malformed("something stands behind the end")
    return found


def split(data: bytes) -> tuple[Value, bytes]:
    """The first value and what stands behind it (拆分); raises :class:`Malformed`."""
    found, end = _next(data, 0, len(data))
    return found, data[end:]


def read_items(data: bytes, what: str, tag: int = SEQUENCE) -> list[Value]:
    """What the one constructed value holds (读取成员)."""
    return read(data).expect(tag, what).items()


@lru_cache(maxsize=1024)
def _dotted(body: bytes) -> str:
    if not body or body[-1] & 128:
        raise Malformed("object identifier")
    arcs, value, fresh = [], 0, True
    for byte in body:
        if fresh and byte == 128:
            raise Malformed("object identifier with idle bytes")
        value, fresh = value << 7 | byte & 127, not byte & 128
        if fresh:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def tlv(tag: int, *parts: bytes) -> bytes:
    """Tag, length, content (标签-长度-值)."""
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE (序列)."""
    return tlv(SEQUENCE, *parts)


def set_of(parts: Iterable[bytes], tag: int = SET) -> bytes:
    """SET OF (集合), sorted as DER demands."""
    return tlv(tag, *sorted(parts))


def integer(value: int, tag: int = INTEGER) -> bytes:
    """INTEGER (整数), the shortest way."""
    size = ((value if value >= 0 else ~value).bit_length() // 8) + 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


@lru_cache(maxsize=1024)
def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER (对象标识符)."""
    first, second, *rest = map(int, dotted.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        groups = [arc & 127]
        while arc := arc >> 7:
            groups.append(arc & 127 | 128)
        content += bytes(reversed(groups))
    return tlv(OID, bytes(content))


def octets(content: bytes, tag: int = OCTET_STRING) -> bytes:
    """OCTET STRING (字节串)."""
    return tlv(tag, content)


def bits(content: bytes) -> bytes:
    """BIT STRING (位串) of whole bytes."""
    return tlv(BIT_STRING, b"\0", content)


def named_bits(numbers: Iterable[int], tag: int = BIT_STRING) -> bytes:
    """BIT STRING of names (具名位串): trailing zeros are left away (X.690, 11.2.2)."""
    places = set(numbers)
    if not places:
        return tlv(tag, b"\0")
    length = max(places) + 1
    idle = -length % 8
    whole = sum(1 << (length - 1 - place) for place in places) << idle
    return tlv(tag, bytes((idle,)), whole.to_bytes((length + idle) // 8, "big"))


def boolean(value: bool) -> bytes:
    """BOOLEAN (布尔值)."""
    return b"\x01\x01\xff" if value else b"\x01\x01\x00"


def null() -> bytes:
    """NULL (空值)."""
    return b"\x05\x00"


def text(content: str, tag: int = UTF8_STRING) -> bytes:
    """Text (文本): UTF8String where no other tag is asked for."""
    return tlv(tag, content.encode("utf-8" if tag == UTF8_STRING else "ascii"))


def time(at: datetime) -> bytes:
    """Time as in certificates and CMS (时间): whole seconds, UTCTime through 2049 (RFC 5280, 4.1.2.5)."""
    moment = at.astimezone(UTC)
    if moment.year >= _UTC_UNTIL:
        return generalized_time(moment.replace(microsecond=0))
    return tlv(UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())


def generalized_time(at: datetime) -> bytes:
    """GeneralizedTime (广义时间), with as many digits of a second as needed (X.690, 11.7)."""
    moment = at.astimezone(UTC)
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    # strftime does not fill years below 1000 up everywhere; nothing here is that old.
    return tlv(GENERALIZED_TIME, f"{moment.strftime('%Y%m%d%H%M%S')}{fraction}Z".encode())


def explicit(number: int, *parts: bytes) -> bytes:
    """Explicit tag (显式标签) of the context, also the implicit tag of something constructed."""
    return tlv(0xA0 | number, *parts)


def implicit(number: int, content: bytes) -> bytes:
    """Implicit tag (隐式标签) of the context for something plain: ``content`` is without its own tag."""
    return tlv(0x80 | number, content)


class Fields:
    """The members of a sequence, taken one by one (逐项读取); what is optional may be missing."""

    __slots__ = ("_at", "_found", "_what")

    def __init__(self, found: list[Value], what: str) -> None:
        self._found = found
        self._what = what
        self._at = 0

    def take(self, tag: int | None = None) -> Value:
        """The next member (取下一项); raises :class:`Malformed`."""
        if self._at >= len(self._found):
            raise Malformed(f"{self._what}: something is missing")
        found = self._found[self._at]
        if tag is not None:
            found.expect(tag, self._what)
        self._at += 1
        return found

    def maybe(self, tag: int) -> Value | None:
        """The next member where it has this tag (取可选项)."""
        if self._at < len(self._found) and self._found[self._at].tag == tag:
            return self.take()
        return None

    def end(self) -> None:
        """Nothing is left (读毕); raises :class:`Malformed`."""
        if self._at < len(self._found):
            raise Malformed(f"{self._what}: something too much")


def fields(value: Value | bytes, what: str, tag: int = SEQUENCE) -> Fields:
    """Members of a sequence to be taken one by one (逐项读取)."""
    whole = read(value) if isinstance(value, bytes) else value
    return Fields(whole.expect(tag, what).items(), what)
